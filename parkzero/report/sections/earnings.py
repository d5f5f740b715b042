"""What a measure really earns: columns side by side that are not added up."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from parkzero.books.vietnamese import cited
from parkzero.carbon.earnings import Earned, Earnings, earnings
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, table
from parkzero.report.numbers import Scale, figure, money
from parkzero.report.sections.parts import note, section
from parkzero.report.words import Both, both, say
from parkzero.texts import in_words

COLUMNS = ("energy", "direct", "ets", "cbam", "electricity", "attributes", "credits", "incentives")


def earned(facts: Facts) -> Markup | None:
    """The section of the last milestone year; None where nothing is built."""
    found = earnings(facts.results)
    if not found.rows:
        return None
    largest = max(abs(row.energy) for row in found.rows)
    scale = money(facts.currency, largest)
    duty = money("VND", max(abs(row.ets or 0.0) for row in found.rows))
    head: list[Both | str] = [say("word.technology"), *(say(f"earnings.{name}") for name in COLUMNS)]
    head[1 + COLUMNS.index("ets")] = say("earnings.ets_in", unit=duty.unit)
    rows = [_row(facts, row, scale, duty) for row in found.rows]
    parts = [table(head, rows, text_last=2), note(say("earnings.note", year=str(found.year)))]
    return section("earnings", *parts, *(note(text) for text in sentences(facts, found)))


def sentences(facts: Facts, found: Earnings) -> list[Both]:
    """What electricity alone does not lower, with the rules, and the prices behind the columns."""
    ets, cbam = found.rules
    told = [
        say(
            "earnings.electric_only",
            name=facts.technology_name(row.kind),
            ets=cited(f"{ets.document}, {ets.article}"),
            cbam=cited(cbam.document),
        )
        for row in found.rows
        if row.electric_only
    ]
    prices = say(
        "earnings.prices",
        ets=figure(found.ets_price.value, 4),
        ets_day=_day(found.ets_price.valid_from),
        cbam=figure(found.cbam_price.value, 4),
        cbam_day=_day(found.cbam_price.valid_from),
    )
    return [*told, prices]


def _day(day: date | None) -> Both:
    return Both(in_words(day, "vi"), in_words(day, "en")) if day else both("")


def cells(facts: Facts, row: Earned) -> list[Both | float | None]:
    """A row's cells: numbers as they are, verdict and incentives in words."""
    name = facts.technology_name(row.kind) if row.kind else say("earnings.unattributed")
    favours = [say(f"incentive.{e.key.replace('.', '_')}", value=f"{e.value:g}") for e in row.incentives]
    numbers = [row.energy, row.direct, row.ets, row.cbam, row.electricity, row.attributes]
    told = Both("; ".join(f.vi for f in favours), "; ".join(f.en for f in favours))
    return [name, *numbers, say(f"earnings.verdict_{row.verdict}"), told]


def _row(facts: Facts, row: Earned, scale: Scale, duty: Scale) -> list[Child]:
    name, energy, *numbers, verdict, favours = cells(facts, row)
    numbers[1] = None if row.ets is None else row.ets * duty.factor
    told: list[Child] = [name if isinstance(name, Both) else ""]
    told.append(scale.full(float(energy if isinstance(energy, float) else 0.0)))
    told += ["–" if n is None or isinstance(n, Both) else figure(n) for n in numbers]
    return [*told, verdict if isinstance(verdict, Both) else "", favours if isinstance(favours, Both) else ""]
