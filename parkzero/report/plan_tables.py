"""What can be bought, and peaks beside their connections, as plain rows for the workbook."""

from __future__ import annotations

from collections.abc import Iterator

from parkzero.report.facts import Facts
from parkzero.report.words import Both, Lang, say
from parkzero.results.peaks import peaks_of
from parkzero.results.purchases import purchases_of

Cell = str | float | int | None


def plan_tables(facts: Facts, lang: Lang) -> Iterator[tuple[Both, list[Both], list[list[Cell]]]]:
    """Title, headings and rows of each sheet that has any; years as text, since they are no amounts."""
    bought: list[list[Cell]] = [
        [
            facts.asset(p.asset).of(lang), facts.owner(p.owner).of(lang), str(p.year), p.built, p.unit,
            p.module, p.count, p.bought,
        ]
        for p in purchases_of(facts.results)
    ]  # fmt: skip
    if bought:
        heads = ["word.asset", "word.owner", "word.year", "purchases.plan", "word.unit"]
        more = ["purchases.module", "purchases.modules", "purchases.buy"]
        yield say("purchases.sheet"), [say(h) for h in (*heads, *more)], bought
    peaks: list[list[Cell]] = [
        [
            facts.asset(p.asset).of(lang), facts.owner(p.owner).of(lang), str(p.year), p.peak, p.limit,
            None if p.limit is None or p.limit <= 0 else p.peak / p.limit * 100,
        ]
        for p in peaks_of(facts.results)
    ]  # fmt: skip
    if peaks:
        heads = ["peaks.connection", "word.owner", "word.year", "peaks.peak", "peaks.limit", "peaks.share"]
        yield say("peaks.sheet"), [say(h) for h in heads], peaks
