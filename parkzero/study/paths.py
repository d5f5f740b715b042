"""Values over the years: one number, a table of years, a growth, or a key of the books.

Forms::

    "650 USD/kW"                                   the same in all years
    {2025 = "650 USD/kW", 2040 = "400 USD/kW"}     straight lines between the years given
    {2025 = …, 2030 = …, how = "steps"}            each value until the next
    {start = "60 USD/MWh", growth = "2 %"}         compound growth (of a factor: start is 1)
    {growth = {2025 = "5 %", 2035 = "2 %"}}        a rate from each year on
    {book = "tech.dea.…", scale = 1.1, hold = true}
    {book = "tariff.vat", on = "2025-06-01"}       the value of that day in all years
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkzero.language.fields import ByYear, Field
from parkzero.study.desk import Desk, shown
from parkzero.study.document import Path, Tree
from parkzero.study.values import Money, booked, date, flag, in_range, number, quantity, word, year_number
from parkzero.texts import NOTHING, say
from parkzero.units import ONE, Unit

_TABLE_KEYS = ("how", "money")
_GROWTH_KEYS = ("start", "growth", "from", "money")
BOOK_KEYS = ("book", "scale", "hold", "on")
_LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class Years:
    """The years that a study needs values for.

    Attributes:
        milestones: milestone years, ascending.
        origin: base year, from which growth and escalation count; the first milestone year if earlier.
    """

    milestones: tuple[int, ...]
    origin: int


def by_year(desk: Desk, path: Path, value: object, spec: Field, years: Years, money: Money) -> ByYear | None:
    """A value over the years, in the field's unit; None after a fault was noted."""
    before = len(desk.faults)
    if not isinstance(value, dict):
        read = quantity(desk, path, value, spec.unit, money)
        made = None if read is None else ByYear((0,), (read,), spec.unit)
        desk.source(path, value)
    elif "book" in value:
        made = _from_book(desk, path, value, spec.unit, years, money)
    elif "growth" in value:
        made = _grown(desk, path, value, spec.unit, years, money)
    else:
        made = _listed(desk, path, value, spec, years, money)
    if made is None or len(desk.faults) > before:
        return None
    checks = [
        in_range(desk, where, v, spec, written)
        for where, v, written in dict.fromkeys(_each(path, value, made, spec))
    ]
    return made if all(checks) and _covers(desk, path, made, spec, years) else None


def _each(path: Path, value: object, made: ByYear, spec: Field) -> list[tuple[Path, float, object]]:
    """Each value with the place at which it was written, where it was written as such."""
    table = {year_number(k): k for k in value if year_number(k)} if isinstance(value, dict) else {}
    found: list[tuple[Path, float, object]] = []
    for year, v in zip(made.years, made.values, strict=True):
        key = table.get(year)
        if key is not None and isinstance(value, dict) and isinstance(value[key], str | int | float):
            found.append(((*path, str(key)), v, value[key]))
        else:
            found.append((path, v, shown(value) if isinstance(value, dict) else value))
    return found


def _covers(desk: Desk, path: Path, made: ByYear, spec: Field, years: Years) -> bool:
    absent = [y for y in years.milestones if not made.covers(y)]
    if not absent:
        return True
    if spec.partial:
        if len(absent) == len(years.milestones):
            desk.warn(say("{path} covers no milestone year, so it never applies", path=".".join(path)))
        return True
    got = say("{first} to {last}", first=made.years[0], last=made.years[-1])
    desk.fault(
        path,
        say("does not cover all milestone years"),
        got,
        say("values for {listing}", listing=_listing(absent)),
    )
    return False


def _listing(years: list[int]) -> str:
    return ", ".join(str(y) for y in years[:8]) + (" …" if len(years) > 8 else "")


def _listed(desk: Desk, path: Path, value: Tree, spec: Field, years: Years, money: Money) -> ByYear | None:
    how = word(desk, (*path, "how"), value.get("how", "linear"), ("linear", "steps"))
    read: dict[int, float] = {}
    for key, written in value.items():
        if key in _TABLE_KEYS:
            continue
        year = year_number(key)
        if year is None:
            what = say("is neither a year nor a known key")
            desk.fault((*path, key), what, needs=say("years such as 2030, or book, growth, how, money"))
            continue
        one = quantity(desk, (*path, key), written, spec.unit, money)
        if one is not None:
            read[year] = one
    if not read:
        if not any(year_number(k) for k in value):
            desk.fault(path, say("gives no value"), value, say("a number with a unit, or a table of years"))
        return None
    if len(read) < sum(1 for k in value if year_number(k) is not None):
        return None  # the value of a year has its own fault
    desk.source(path, value)
    ordered = tuple(sorted(read))
    if len(ordered) == 1:
        if not spec.partial:
            hint = say(
                "write {value!r} alone if it holds in all years", value=shown(next(iter(value.values())))
            )
            desk.fault(
                path,
                say("is given for {ordered} only", ordered=ordered[0]),
                value,
                say("at least two years"),
                hint,
            )
            return None
        # A path of one year holds in all of them, but a policy that names one year applies in that year.
        ordered *= 2
    made = ByYear(ordered, tuple(read[y] for y in ordered), spec.unit, how == "steps")
    return (
        _real(desk, path, made, value, years, money)
        if spec.unit.money
        else _no_money(desk, path, made, value)
    )


def _no_money(desk: Desk, path: Path, made: ByYear, value: Tree) -> ByYear:
    if "money" in value:
        desk.fault((*path, "money"), say("is given for what is no money"), value["money"])
    return made


def _real(desk: Desk, path: Path, made: ByYear, value: Tree, years: Years, money: Money) -> ByYear | None:
    """Prices in money of each year become prices in money of the base year."""
    default = "nominal" if money.nominal else "real"
    basis = word(desk, (*path, "money"), value.get("money", default), ("real", "nominal"))
    if basis != "nominal":
        return made
    if made.years[0] == made.years[-1]:
        deflated = made.values[0] / (1 + money.inflation) ** (made.years[0] - money.base_year)
        return ByYear(made.years, (deflated,) * 2, made.unit)
    inner = {y for y in years.milestones if made.covers(y)}
    knots = tuple(sorted({*made.years, *inner}))
    values = tuple(float(made.at(y).value) / (1 + money.inflation) ** (y - money.base_year) for y in knots)
    return ByYear(knots, values, made.unit, made.steps)


def _from_book(desk: Desk, path: Path, value: Tree, unit: Unit, years: Years, money: Money) -> ByYear | None:
    desk.known(path, value, BOOK_KEYS)
    hold = flag(desk, (*path, "hold"), value.get("hold", False))
    scale = factor(desk, path, value)
    on = date(desk, (*path, "on"), value["on"]) if "on" in value else None
    found = booked(desk, path, value["book"], years.milestones, unit, money, bool(hold), on)
    if found is None or scale is None or hold is None:
        return None
    values, entries = found
    desk.source(path, value, entries)
    return ByYear(years.milestones, tuple(v * scale for v in values), unit)


def factor(desk: Desk, path: Path, value: Tree) -> float | None:
    """The ``scale`` that a value of the books is multiplied with; 1 when none is given."""
    read = number(value.get("scale", 1))
    if read is None or not 0 < read <= 1000:
        desk.fault(
            (*path, "scale"),
            say("is not a factor"),
            value.get("scale"),
            say("a number above 0, at most 1000"),
        )
        return None
    return read


def _grown(desk: Desk, path: Path, value: Tree, unit: Unit, years: Years, money: Money) -> ByYear | None:
    desk.known(path, value, _GROWTH_KEYS)
    start = quantity(desk, (*path, "start"), value.get("start", 1.0 if unit == ONE else None), unit, money)
    since = year_number(value.get("from", years.origin))
    if since is None or since > years.milestones[0]:
        needs = say("a year up to {first}, the first milestone year", first=years.milestones[0])
        desk.fault(
            (*path, "from"), say("is not a year that growth can count from"), value.get("from", since), needs
        )
        since = None
    rates = growth_rates(desk, (*path, "growth"), value["growth"], money, since)
    if start is None or rates is None or since is None:
        return None
    desk.source(path, value)
    values = tuple(start * compounded(rates, since, y) for y in years.milestones)
    if not np.isfinite(values).all() or max(map(abs, values)) > _LARGEST:
        desk.fault(path, say("grows too large to be real"), value)
        return None
    made = ByYear(years.milestones, values, unit)
    return _real(desk, path, made, value, years, money) if unit.money else _no_money(desk, path, made, value)


def growth_rates(
    desk: Desk, path: Path, value: object, money: Money, since: int | None
) -> tuple[tuple[int, float], ...] | None:
    """Growth rates as (first year, rate), ascending."""
    if not isinstance(value, dict):
        rate = _rate(desk, path, value, money)
        return None if rate is None or since is None else ((since, rate),)
    read: dict[int, float] = {}
    for key, written in value.items():
        year, rate = year_number(key), _rate(desk, (*path, key), written, money)
        if year is None:
            desk.fault((*path, key), say("is not a year"), needs=say("years such as 2030"))
        elif rate is not None:
            read[year] = rate
    if since is not None and (not read or min(read) > since):
        got = say("rates from {least} on", least=min(read)) if read else "no rate"
        desk.fault(
            path, say("leaves years without a growth rate"), got, say("a rate for {since}", since=since)
        )
        return None
    return tuple(sorted(read.items()))


def _rate(desk: Desk, path: Path, value: object, money: Money) -> float | None:
    rate = quantity(desk, path, value, ONE, money)
    if rate is not None and not -0.99 <= rate < 1:
        hint = say("factors such as 1.3 belong under factor") if rate >= 1 else NOTHING
        desk.fault(path, say("is not a growth rate"), value, say("-99 % to 99 % a year"), hint)
        return None
    return rate


def compounded(rates: tuple[tuple[int, float], ...], since: int, year: int) -> float:
    """What 1 in the year ``since`` has become in ``year``.

    Args:
        rates: (first year, rate) ascending; the growth from year y to y + 1 takes the rate of y.
        since: year in which the value is 1.
        year: a year from ``since`` on.
    """
    grown = 1.0
    for y in range(since, year):
        grown *= 1 + [rate for first, rate in rates if first <= y][-1]
        if grown > _LARGEST:
            return float("inf")
    return grown
