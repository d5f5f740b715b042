"""What the law asks of a facility on a day: lists, thresholds, statements and their deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from parkzero import books
from parkzero.books import BookError, Dated, Entry, Statement
from parkzero.books.library import shelf
from parkzero.books.vietnamese import cited
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import Both, Text, listed, say

_UNITS: Final = {
    "tCO2e/year": Both("tấn CO₂tđ/năm", "t CO₂e/year"),
    "toe/year": Both("TOE/năm", "toe/year"),
    "t/year": Both("tấn/năm", "t/year"),
}
GROUPS: Final = ("A", "B", "C")
"""A without quota, B with a pilot quota, C with a quota from 2027 on."""
LIST: Final = "ghg.list.facilities"
_EVERY: Final = 2


@dataclass(frozen=True, slots=True)
class Duty:
    """What is due.

    Attributes:
        kind: inventory, mitigation_report or surrender.
        due: the last day.
        years: calendar years that it covers.
        rule: the row that says so.
        form: the form; empty where none is known.
    """

    kind: str
    due: date
    years: tuple[int, ...]
    rule: Dated
    form: str = ""

    def text(self) -> Text:
        """What is due, in one sentence."""
        years = listed([str(year) for year in self.years])
        told = {
            "inventory": say(
                "Inventory ({form}) due {day}, for {years}",
                form=cited_form(self.form),
                day=self.due,
                years=years,
            ),
            "mitigation_report": say(
                "Mitigation report ({form}) due {day}, for {years}",
                form=cited_form(self.form),
                day=self.due,
                years=years,
            ),
        }
        return told.get(self.kind) or say(
            "Allowances to be surrendered by {day}, for {years}", day=self.due, years=years
        )


def cited_form(form: str) -> Both:
    """A form by its name in both languages: Form 06, Mẫu 06."""
    return Both(cited(form).vi.replace("Form ", "Mẫu ").replace("of Annex", "Phụ lục"), form)


def list_on(day: date) -> Entry:
    """The list of facilities that applies on a day: its document and count.

    Raises:
        BookError: before the first list.
    """
    return books.find(LIST, day)


def named_on(name: str, day: date) -> Statement | None:
    """The row of a facility in the selection of the list that the books hold; None where it is not in it."""
    key = "facility." + "_".join(name.strip().split())
    found = [row for row in shelf("statements").all_statements("facility") if row.key.lower() == key.lower()]
    return next((row for row in found if row.covers(day)), None)


def threshold(kind: str, day: date) -> Entry:
    """What a facility of a kind may emit or use before it is to be listed.

    Args:
        kind: emission, industry_energy, commercial_building, freight_company or solid_waste.
        day: the day.
    """
    return books.find(f"ghg.threshold.{kind}", day)


def inventory_due(group: str, day: date) -> Duty:
    """The next inventory that a facility owes on a day.

    Raises:
        StudyError: when there is no such group.
    """
    if group not in GROUPS:
        raise StudyError(
            [Fault(Place(field="group"), say("is not known"), group, listed(GROUPS))], say("The inventory")
        )
    rule = shelf("statements").statements[f"ghg.due.group{group}"][-1]
    first_data = int(shelf("statements").statements[f"ghg.data_from.group{group}"][-1].text)
    month, number = (int(part) for part in rule.text.split("-"))
    year = rule.valid_from.year if rule.valid_from else day.year
    while date(year, month, number) < day:
        year += _EVERY
    form = books.statement("ghg.form.inventory", day).text
    years = tuple(y for y in range(year - _EVERY, year) if y >= first_data)
    return Duty("inventory", date(year, month, number), years, rule, form)


def mitigation_due(day: date) -> Duty:
    """The next yearly report on mitigation that a facility owes on a day."""
    rule = shelf("statements").statements["ghg.due.mitigation_report"][-1]
    month, number = (int(part) for part in rule.text.split("-"))
    year = max(day.year, rule.valid_from.year if rule.valid_from else day.year)
    if date(year, month, number) < day:
        year += 1
    form = shelf("statements").statements["ghg.form.mitigation_report"][-1].text.split(",")[0]
    return Duty("mitigation_report", date(year, month, number), (year - 1,), rule, form)


def surrender_due(day: date) -> Duty | None:
    """The surrender of allowances that is to come on a day; None after the last that is known."""
    for rule in shelf("statements").statements["ets.surrender_deadline"]:
        due = date.fromisoformat(rule.text)
        if day <= due and rule.valid_from and rule.valid_to:
            return Duty("surrender", due, tuple(range(rule.valid_from.year, rule.valid_to.year + 1)), rule)
    return None


def require_whole(years: Sequence[int], duty: Duty, name: str = "") -> None:
    """Refuse a statement that lacks one of the years that are due together.

    Raises:
        StudyError: quoting the rule.
    """
    lacking = [year for year in duty.years if year not in years]
    if lacking:
        period = _period(duty.due)
        fault = Fault(
            Place(name, field="year"),
            say("is a statement for one year where two are due")
            if len(duty.years) > 1
            else say("lacks a year that is due"),
            listed([str(y) for y in years]),
            say("activities of {years}", years=listed([str(y) for y in duty.years])),
            say(
                "{document} {article}: one statement holds {count} years; due {day}",
                document=cited(period.document),
                article=cited(period.article),
                count=len(duty.years),
                day=duty.due,
            ),
        )
        raise StudyError([fault], say("The statement"))


def _period(day: date) -> Dated:
    try:
        return books.find("ghg.inventory.period", day)
    except BookError:
        return books.find("ghg.inventory.frequency", day)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a facility stands on a day.

    Attributes:
        facility: its id.
        listed: whether it is on the list; None where neither the user nor the books say.
        list_rule: the list that applies.
        over: thresholds that it passes, with its own value.
        duties: what it owes next.
        sentences: all of it, in words.
    """

    facility: str
    listed: bool | None
    list_rule: Entry
    over: tuple[tuple[Entry, float], ...]
    duties: tuple[Duty, ...]
    sentences: tuple[Text, ...]


def standing(
    facility: str,
    day: date,
    *,
    name: str = "",
    kind: str = "industry",
    group: str = "A",
    is_listed: bool | None = None,
    emissions: float = 0.0,
    toe: float = 0.0,
    waste: float = 0.0,
) -> Standing:
    """How a facility stands on a day.

    Args:
        facility: its id.
        day: the day.
        name: as the list writes it.
        kind: industry, building, freight, waste or utility.
        group: A, B or C.
        is_listed: what the user says; None where nothing is said.
        emissions: of its largest year [tCO2e].
        toe: energy of that year [toe].
        waste: treated in that year [t].
    """
    in_force = list_on(day)
    row = named_on(name or facility, day)
    on_it = True if row is not None else is_listed
    tests = [("emission", emissions)]
    energy = {
        "industry": "industry_energy",
        "utility": "industry_energy",
        "building": "commercial_building",
        "freight": "freight_company",
    }.get(kind)
    tests += [(energy, toe)] if energy else []
    tests += [("solid_waste", waste)] if kind == "waste" else []
    over = tuple((entry, value) for key, value in tests if value >= (entry := threshold(key, day)).value)
    duties: tuple[Duty, ...] = ()
    if on_it:
        duties = (inventory_due(group or "A", day), mitigation_due(day))
        surrender = surrender_due(day) if group == "B" else None
        duties += (surrender,) if surrender else ()
    return Standing(facility, on_it, in_force, over, duties, tuple(_sentences(on_it, in_force, over, duties)))


def _sentences(
    on_it: bool | None, in_force: Entry, over: Sequence[tuple[Entry, float]], duties: Sequence[Duty]
) -> list[Text]:
    number = in_force.document.split(" (")[0]
    told: list[Text] = []
    if on_it:
        told.append(say("On the list of {document}", document=cited(number)))
    elif on_it is None:
        told.append(
            say(
                "Whether it is on the list of {document} is not said: the books hold a selection of its"
                " {count:,} facilities; look it up",
                document=cited(number),
                count=int(in_force.value),
            )
        )
    else:
        told.append(say("Not on the list of {document}", document=cited(number)))
    for entry, value in over:
        told.append(
            say(
                "Over the threshold of {limit:,.0f} {unit} with {value:,.0f} ({document} {article})",
                limit=entry.value,
                unit=_UNITS.get(entry.unit, entry.unit),
                value=value,
                document=cited(entry.document),
                article=cited(entry.article),
            )
        )
    if over and not on_it:
        told.append(say("Facilities over a threshold are to be listed: expect to be on the next list"))
    return [*told, *(duty.text() for duty in duties)]
