"""The highest import of each connection beside what it allows, and what of the plan can be bought."""

from __future__ import annotations

from markupsafe import Markup

from parkzero.report.facts import Facts
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import figure, number, percent
from parkzero.report.sections.parts import note, section
from parkzero.report.words import Both, both, say
from parkzero.results.peaks import Peak, peaks_of
from parkzero.results.purchases import purchases_of


def peaks(facts: Facts) -> Markup | None:
    """One row for each connection, a column for each milestone year; nothing where there is none."""
    found = peaks_of(facts.results)
    if not found:
        return None
    by_asset: dict[str, dict[int, Peak]] = {}
    for peak in found:
        by_asset.setdefault(peak.asset, {})[peak.year] = peak
    head: list[Both | str] = [
        say("word.owner"),
        say("peaks.connection"),
        say("peaks.limit") + " [MW]",
        *(f"{year} [MW]" for year in facts.years),
        say("peaks.change"),
        say("peaks.used"),
    ]
    rows = [_row(facts, asset, own) for asset, own in by_asset.items()]
    hidden = None if any(p.limit is not None for p in found) else note(say("peaks.no_limit"))
    return section("peaks", table(head, rows, text_columns=2), hidden)


def _row(facts: Facts, asset: str, own: dict[int, Peak]) -> list[Child]:
    first, last = own[min(own)], own[max(own)]
    used = [p.peak / p.limit for p in own.values() if p.limit]
    limit = last.limit
    change = last.peak / first.peak - 1 if first.peak > 0 else None
    most = max(used) if used else None
    return [
        facts.owner(first.owner),
        facts.asset(asset),
        both("–") if limit is None else figure(limit),
        *(figure(own[year].peak) if year in own else both("–") for year in facts.years),
        both("–") if change is None else (Both("+", "+") if change > 0 else both("")) + percent(change),
        both("–") if most is None else percent(most),
    ]


def purchases(facts: Facts) -> Markup | None:
    """What to buy of the plan's sizes in whole modules; nothing where no size says in which it is sold."""
    found = purchases_of(facts.results)
    if not found:
        return None
    head: list[Both | str] = [
        say("word.asset"),
        say("word.owner"),
        say("word.year"),
        say("purchases.plan"),
        say("purchases.buy"),
    ]
    rows: list[list[Child]] = []
    for p in found:
        unit = Both(f" {p.unit}", f" {p.unit}")
        buy: Child = tag("strong", say("purchases.small", module=figure(p.module) + unit))
        if p.count:
            buy = say(
                "purchases.count",
                count=number(p.count, 0),
                module=figure(p.module) + unit,
                sum=figure(p.bought) + unit,
            )
        rows.append([facts.asset(p.asset), facts.owner(p.owner), str(p.year), figure(p.built) + unit, buy])
    return section("purchases", table(head, rows, text_columns=2), note(say("purchases.note")))
