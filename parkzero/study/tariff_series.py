"""Prices from the dated tariffs and time-of-use schedules of the books.

Rates are those of one day: the study's own, or the one named by ``on``; they change over the years only by
``escalation`` or ``factor``. The hours of the blocks are those in force in each milestone year, on the
weekdays of the study's calendar, unless a schedule is named; where the study or the tariff names a day, what
was in force on that day goes on after it, whatever was decided later.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from parkzero.books import (
    BookError,
    Schedule,
    Tariff,
    schedule,
    schedules,
    schedules_in_words,
    tariff,
    tariff_classes,
)
from parkzero.language.fields import ByYear, Field, Profile
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.growth import yearly_factor
from parkzero.study.options import Options
from parkzero.study.values import date, word
from parkzero.texts import say
from parkzero.timeline import Calendar
from parkzero.units import MONEY, MW, MWH, FloatArray

TARIFF_KEYS = ("tariff", "schedule", "two_part", "escalation", "factor", "on")
CHARGE_KEYS = ("tariff", "escalation", "factor", "on")
_KILO = 1000.0  # money per kWh to money per MWh, money per kW to money per MW


def from_tariff(context: Context, path: Path, table: Tree, spec: Field) -> Profile | None:
    """The price of each step, an array for each milestone year."""
    desk = context.desk
    desk.known(path, table, TARIFF_KEYS)
    if spec.unit != MONEY / MWH:
        desk.fault(path, say("cannot come from a tariff"), needs=say("a price per energy"))
        return None
    two_part = Options(context, path, table).flag("two_part", False)
    found = tariff_on(context, path, table, two_part)
    plan = schedule_of(context, (*path, "schedule"), table.get("schedule", "auto"))
    factor = yearly_factor(context, path, table, "escalation")
    if found is None or plan is None or factor is None:
        return None
    known = date(desk, (*path, "on"), table["on"]) if "on" in table else context.money.on
    arrays = _by_milestone(context, path, found, plan, known)
    if arrays is None:
        return None
    used = tuple(e for p in ([plan] if isinstance(plan, Schedule) else schedules()) for e in p.entries[:1])
    context.source(path, table, (*found.entries, *used))
    first = arrays[context.years.milestones[0]]
    return Profile(first, spec.unit, factor, {y: a for y, a in arrays.items() if a is not first})


def _by_milestone(
    context: Context, path: Path, found: Tariff, plan: Schedule | str, known: dt.date | None
) -> dict[int, FloatArray] | None:
    rate = dict(context.money.rates or {})["VND"]
    arrays: dict[int, FloatArray] = {}
    kept: dict[bytes, FloatArray] = {}
    for year in context.years.milestones:
        shares = block_shares(context, path, context.clock.timeline.calendar, plan, year, known)
        if shares is None:
            return None
        # Years with the same hours share one array.
        arrays[year] = kept.setdefault(shares.tobytes(), found.price(shares) * (_KILO * rate))
    return arrays


def charge_of_tariff(context: Context, path: Path, table: Tree, spec: Field) -> ByYear | None:
    """The capacity charge of a two-part tariff, for each month's peak."""
    desk = context.desk
    desk.known(path, table, CHARGE_KEYS)
    if spec.unit != MONEY / MW:
        desk.fault(path, say("cannot come from a tariff"), needs=say("a value in {unit}", unit=spec.unit))
        return None
    found = tariff_on(context, path, table, two_part=True)
    factor = yearly_factor(context, path, table, "escalation")
    if found is None or factor is None or found.capacity_charge is None:
        return None
    context.source(path, table, found.entries[-1:])
    charge = found.capacity_charge * _KILO * dict(context.money.rates or {})["VND"]
    milestones = context.years.milestones
    return ByYear(milestones, tuple(charge * float(factor.at(y).value) for y in milestones), spec.unit)


def tariff_on(context: Context, path: Path, table: Tree, two_part: bool) -> Tariff | None:
    """The tariff that is valid on the study's day; a fault names those that are valid on other days."""
    desk = context.desk
    name = word(desk, (*path, "tariff"), table["tariff"], tariff_classes())
    on: dt.date | None = context.money.day
    if "on" in table:
        on = date(desk, (*path, "on"), table["on"])
    if "VND" not in (context.money.rates or {}):
        desk.fault(path, say("is in VND, for which [money] gives no rate"), name or "")
        return None
    if name is None or on is None:
        return None
    try:
        return tariff(name, on, two_part)
    except BookError as error:
        desk.fault(
            path,
            say("is not valid on {on}", on=on),
            name,
            hint=say('name a day with on = "2025-06-01": {error}', error=error),
        )
        return None


def schedule_of(context: Context, path: Path, value: object) -> Schedule | str | None:
    """A named schedule, or "auto" for the one in force in each year."""
    named = [s.name for s in schedules()]
    read = word(context.desk, path, value, ("auto", *named))
    return read if read in (None, "auto") else schedule(name=read)


def block_shares(
    context: Context,
    path: Path,
    calendar: Calendar,
    plan: Schedule | str,
    year: int,
    known: dt.date | None = None,
) -> FloatArray | None:
    """Share of each step in normal, peak and off-peak hours.

    Args:
        context: the study being read.
        path: of the series, for faults.
        calendar: the steps, with the weekdays of the study's calendar.
        plan: a schedule, or "auto" for those in force on the same days of ``year``.
        year: the year whose hours are asked for.
        known: the day whose law goes on after it; by default what the books hold for each day.

    Returns:
        Shape [steps, 3]; None after a fault was noted.
    """
    if isinstance(plan, Schedule):
        return plan.shares(calendar.starts, calendar.minutes)
    shares: FloatArray = np.zeros((calendar.steps, 3))
    months = calendar.dates.astype("datetime64[M]")
    within = (calendar.dates - months).astype("timedelta64[D]").astype(int)
    days = [min(d, known or d) for d in _same_days(months.astype(int) % 12 + 1, within + 1, year)]
    open_days = np.ones(calendar.days, dtype=bool)
    for one in schedules():
        held = open_days & _inside(days, one.valid_from, one.valid_to)
        steps = np.repeat(held, calendar.per_day)
        if held.any():
            shares[steps] = one.shares(calendar.starts[steps], calendar.minutes)
            open_days &= ~held
    if open_days.any():
        listing = schedules_in_words(schedules())
        what = say("has no time-of-use hours on {days}", days=days[int(np.argmax(open_days))])
        context.desk.fault(path, what, hint=say("name a schedule: {listing}", listing=listing))
        return None
    return shares


def _same_days(
    months: np.typing.NDArray[np.int64], days: np.typing.NDArray[np.int64], year: int
) -> list[dt.date]:
    """The same days of another year; 29 February becomes 28 February where there is none."""
    made = []
    for month, day in zip(months.tolist(), days.tolist(), strict=True):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        made.append(dt.date(year, month, 28 if (month, day) == (2, 29) and not leap else day))
    return made


def _inside(days: list[dt.date], first: dt.date | None, last: dt.date | None) -> np.typing.NDArray[np.bool_]:
    return np.array([(first is None or first <= d) and (last is None or d <= last) for d in days])


def rates_by_day(class_name: str, calendar: Calendar, year: int, two_part: bool = False) -> FloatArray:
    """Energy rates of a tariff that were in force on the same days of a year [VND/kWh], shape [days, 3].

    NaN on days for which the books hold none.
    """
    months = calendar.dates.astype("datetime64[M]")
    within = (calendar.dates - months).astype("timedelta64[D]").astype(int)
    rates = np.full((calendar.days, 3), np.nan)
    found: Tariff | None = None
    for i, day in enumerate(_same_days(months.astype(int) % 12 + 1, within + 1, year)):
        if found is None or not _held(found, day):
            try:
                found = tariff(class_name, day, two_part)
            except BookError:
                found = None
                continue
        rates[i] = found.rate_array
    return rates


def _held(found: Tariff, day: dt.date) -> bool:
    return (found.valid_from is None or found.valid_from <= day) and (
        found.valid_to is None or day <= found.valid_to
    )
