"""Prices and emissions of fuels from the books: ``{fuel = "lpg"}``, with ``growth`` where it is a price."""

from __future__ import annotations

import datetime as dt

from parkzero.books import GWP_SETS, BookError, Entry, emission_factor, fuel_price
from parkzero.language.fields import ByYear, Field
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.growth import yearly_factor
from parkzero.study.values import in_range, word
from parkzero.units import MONEY, MWH, T

FUEL_KEYS = ("fuel", "growth", "factor", "gwp")
_BIOGENIC = "biogenic_factor"


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
    factor = yearly_factor(context, path, table, "growth", min(context.money.base_year, milestones[0]))
    if not isinstance(name, str):
        desk.fault((*path, "fuel"), "is not the name of a fuel", name, "text such as 'lpg'")
        return None
    if spec.unit not in (MONEY / MWH, T / MWH):
        desk.fault(path, "cannot come from a fuel", needs=f"a value in {spec.unit}")
        return None
    gwp = word(desk, (*path, "gwp"), table.get("gwp", "AR5"), GWP_SETS)
    if gwp is None:
        return None
    try:
        found = _price(context, name) if spec.unit == MONEY / MWH else _emissions(path, name, gwp)
    except BookError as error:
        desk.fault((*path, "fuel"), "is not in the books as asked", name, hint=str(error))
        return None
    if found is None:
        desk.fault(path, "is in a currency for which [money] gives no rate", name)
        return None
    value, entries = found
    if factor is None or not in_range(desk, path, value, spec, table):
        return None
    context.source(path, table, entries)
    return ByYear(milestones, tuple(value * float(factor.at(y).value) for y in milestones), spec.unit)


def _price(context: Context, name: str) -> tuple[float, tuple[Entry, ...]] | None:
    """Price [money/MWh] at the end of the year in whose money the study is."""
    value, currency, entries = fuel_price(name, dt.date(context.money.base_year, 12, 31))
    worth = (context.money.rates or {}).get(currency)
    return None if worth is None else (value * worth, entries)


def _emissions(path: Path, name: str, gwp: str) -> tuple[float, tuple[Entry, ...]]:
    """What counts towards the inventory [t/MWh], or what is biogenic and reported apart."""
    counted, biogenic, entries = emission_factor(name, gwp)
    return (biogenic if path[-1] == _BIOGENIC else counted), entries
