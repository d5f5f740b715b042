"""Co-benefits, commitments and criteria as plain rows, for the workbook."""

from __future__ import annotations

import math
from collections.abc import Iterator

from parkzero.eip.commitments import MEASURES
from parkzero.report.cobenefits import kind_name, kinds_of
from parkzero.report.facts import Facts
from parkzero.report.scorecard import name_of
from parkzero.report.sections.park import (
    found_benefits,
    found_commitments,
    found_scorecards,
    told_of_park,
)
from parkzero.report.words import Both, Lang, known, say

Cell = str | float | int | None


def park_tables(facts: Facts, lang: Lang) -> Iterator[tuple[Both, list[Both], list[list[Cell]]]]:
    """Title, headings and rows of each sheet; none where the report is of a tenant or has no reference."""
    if not told_of_park(facts):
        return
    yield say("benefit.sheet"), _heads(
        "benefit.what", "benefit.owner", "benefit.technology", "benefit.where", "commitment.column.year",
        "benefit.low", "benefit.amount", "benefit.high", "word.unit", "eip.column.confidence",
        "commitment.column.rows",
    ), _benefits(facts, lang)  # fmt: skip
    steps = ("promise", "year", "value", "target", "missing", "cost", "rows", "source")
    heads = _heads(*(f"commitment.column.{c}" for c in steps))
    yield say("commitment.sheet"), [*heads, say("eip.column.row")], _commitments(facts, lang)
    columns = ("state", "criterion", "test", "value", "source")
    heads = [say("score.framework_head"), *_heads(*(f"score.column.{c}" for c in columns))]
    yield (
        say("score.sheet"),
        [*heads, say("eip.column.confidence"), say("eip.column.row")],
        _scores(facts, lang),
    )


def _heads(*keys: str) -> list[Both]:
    return [say(key) for key in keys]


def _benefits(facts: Facts, lang: Lang) -> list[list[Cell]]:
    kinds = kinds_of(facts.results)
    return [
        [
            known(f"benefit.{r['what']}", r["what"]).of(lang), facts.owner(r["owner"]).of(lang),
            kind_name(r["kind"], kinds).of(lang), known(f"benefit.place.{r['place']}", r["place"]).of(lang),
            r["year"], r["low"], r["amount"], r["high"],
            known(f"benefit.unit.{r['unit']}", r["unit"]).of(lang),
            r["confidence"], "; ".join(r["rows"]),
        ]
        for r in found_benefits(facts).lines.iter_rows(named=True)
    ]  # fmt: skip


def _commitments(facts: Facts, lang: Lang) -> list[list[Cell]]:
    return [
        [
            f"{h.commitment.text.of(lang)} [{MEASURES[h.commitment.measure]}]", s.year, s.value,
            s.target if math.isfinite(s.target) else None, s.missing, s.cost, "; ".join(s.rows),
            h.commitment.source, h.commitment.row,
        ]
        for h in found_commitments(facts)
        for s in h.steps
    ]  # fmt: skip


def _scores(facts: Facts, lang: Lang) -> list[list[Cell]]:
    return [
        [
            name_of(card.framework.name).of(lang), say(f"score.state.{s.state}").of(lang),
            f"{s.criterion.key} {s.criterion.text.of(lang)}", s.criterion.test, s.value, s.criterion.source,
            s.criterion.confidence, s.criterion.row,
        ]
        for card in found_scorecards(facts)
        for s in card.scored
    ]  # fmt: skip
