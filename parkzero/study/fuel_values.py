"""Prices and emissions of fuels from the books: ``{fuel = "lpg"}``, with ``growth`` where it is a price.

A price holds on the days that its row names. What it is afterwards is for the study to say: by ``on`` which
day's price is taken, by ``growth`` or ``factor`` how it goes on.
"""

from __future__ import annotations

import datetime as dt

from parkzero.books import GWP_SETS, BookError, Entry, emission_factor, fuel_price
from parkzero.language.fields import ByYear, Field
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.growth import yearly_factor
from parkzero.study.values import date, in_range, word
from parkzero.texts import of_error, say
from parkzero.units import MONEY, MWH, T

FUEL_KEYS = ("fuel", "growth", "factor", "gwp", "on")
_BIOGENIC = "biogenic_factor"
_UNSAID = say(
    "emission factors of the books are summed with the warming potentials of AR5, because gwp is not named; "
    'the law asks for "the latest IPCC guidance": gwp = "AR6" by its text, "AR5" by practice'
)


def from_fuel(context: Context, path: Path, table: Tree, spec: Field) -> ByYear | None:
    """The price of a fuel on the day that counts, or its emissions, by the name of the field.

    Args:
        context: the study being read.
        path: of the field.
        table: as written, with a ``fuel`` of the books.
        spec: the field: a price per energy, or emissions per energy.
    """
    desk = context.desk
    desk.known(path, table, FUEL_KEYS)
    name, milestones = table["fuel"], context.years.milestones
    factor = yearly_factor(context, path, table, "growth")
    if not isinstance(name, str):
        desk.fault((*path, "fuel"), say("is not the name of a fuel"), name, say("text such as 'lpg'"))
        return None
    if spec.unit not in (MONEY / MWH, T / MWH):
        desk.fault(path, say("cannot come from a fuel"), needs=say("a value in {unit}", unit=spec.unit))
        return None
    gwp = word(desk, (*path, "gwp"), table.get("gwp", "AR5"), GWP_SETS)
    on = date(desk, (*path, "on"), table["on"]) if "on" in table else context.money.day
    if gwp is None or on is None:
        return None
    priced = spec.unit == MONEY / MWH
    try:
        found = _price(context, name, on) if priced else _emissions(context, path, table, name, gwp, on)
    except BookError as error:
        desk.fault((*path, "fuel"), say("is not in the books as asked"), name, hint=of_error(error))
        return None
    if found is None:
        desk.fault(path, say("is in a currency for which [money] gives no rate"), name)
        return None
    value, entries = found
    if priced and not _goes_on(context, path, table, entries[0]):
        return None
    if factor is None or not in_range(desk, path, value, spec, table):
        return None
    context.source(path, table, entries)
    return ByYear(milestones, tuple(value * float(factor.at(y).value) for y in milestones), spec.unit)


def _goes_on(context: Context, path: Path, table: Tree, price: Entry) -> bool:
    """Whether the study says how a price goes on that ends before the study does."""
    last = price.valid_to
    if last is None or "growth" in table or "factor" in table or context.years.milestones[-1] <= last.year:
        return True
    needs = say(
        "how it goes on after {last}, where the books end; growth = '0 %' keeps it as it is", last=last
    )
    context.desk.fault((*path, "growth"), say("is missing"), needs=needs)
    return False


def _price(context: Context, name: str, on: dt.date) -> tuple[float, tuple[Entry, ...]] | None:
    """Price [money/MWh] on a day."""
    value, currency, entries = fuel_price(name, on)
    worth = (context.money.rates or {}).get(currency)
    return None if worth is None else (value * worth, entries)


def _emissions(
    context: Context, path: Path, table: Tree, name: str, gwp: str, on: dt.date
) -> tuple[float, tuple[Entry, ...]]:
    """What counts towards the inventory [t/MWh], or what is biogenic and reported apart."""
    counted, biogenic, entries = emission_factor(name, gwp, on=on)
    if "gwp" not in table:
        context.desk.warn(_UNSAID)
    return (biogenic if path[-1] == _BIOGENIC else counted), entries
