"""Series rebuilt from monthly bills and a pattern of shifts."""

from __future__ import annotations

from typing import Any

import numpy as np

from parkzero.errors import Fault, StudyError
from parkzero.language.fields import Field, Profile
from parkzero.series import Bill, ShiftPattern, read_bills, rebuild
from parkzero.series.bill_files import unused_columns
from parkzero.series.bills import BLOCKS
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.growth import yearly_factor
from parkzero.study.options import Options
from parkzero.study.plausible import MOST_MEAN, round_up
from parkzero.study.tariff_series import block_shares, schedule_of
from parkzero.study.values import date
from parkzero.texts import listed, say
from parkzero.timeline import Calendar
from parkzero.units import MW, ONE, H

BILL_KEYS = ("bills", "shifts", "growth", "factor", "schedule", "mend", "limit")
_SHIFT_KEYS = (
    "shifts", "start_hour", "shift_hours", "lunch_dip", "lunch_hour", "lunch_minutes", "base_share",
    "days_off", "works_holidays", "tet_days_before", "tet_days_after", "national_day", "extra_days_off",
)  # fmt: skip
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH_APART = 3.0  # a month's energy beyond this multiple of the usual month is told
_DIGIT_APART = 5.0  # and above this multiple it is refused: a digit too many makes it ten
_REASON = say("rebuilt from monthly bills and a pattern of shifts")
_MONTH_HOURS = 730.0
_FINEST = 30  # block edges lie on the half hour, so hourly steps would straddle them


def from_bills(context: Context, path: Path, table: Tree, spec: Field) -> Profile | None:
    """A year's load that reproduces every register of every bill."""
    desk = context.desk
    desk.known(path, table, BILL_KEYS)
    if spec.unit != MW:
        desk.fault(path, say("cannot come from bills"), needs=say("a load"))
        return None
    pattern = shift_pattern(context, (*path, "shifts"), table.get("shifts", {}))
    factor = yearly_factor(context, path, table, "growth")
    calendar = Calendar(context.clock.year, min(context.clock.minutes, _FINEST))
    plan = schedule_of(context, (*path, "schedule"), table.get("schedule", "auto"))
    name = table["bills"]
    bills = context.opened(path, ("bills", str(name)), lambda: _bills(context, name))
    if pattern is None or factor is None or plan is None or bills is None:
        return None
    shares = block_shares(context, path, calendar, plan, calendar.year)
    options = Options(context, path, table)
    mend, limit = options.mend(), options.number("limit", MW, None, 0)
    if shares is None or not options.ok or not _of_the_year(context, path, bills):
        return None
    try:
        if mend.spike != "keep":
            _refuse_digits(bills, limit)
        made = rebuild(bills, pattern, calendar.year, shares, calendar.minutes)
    except StudyError as error:
        context.absorb(path, error)
        return None
    _tell_months(context, str(name), bills)
    left = unused_columns(context.files.table(name))
    if left:
        context.desk.note(path, say("{name}: columns not used: {names}", name=name, names=", ".join(left)))
    for finding in made.findings:
        desk.warn(say("{name}: {finding}", name=name, finding=finding))
    context.source(path, table, synthetic=_REASON)
    return Profile(context.clock.fit(made.power, calendar.minutes), spec.unit, factor)


def _of_the_year(context: Context, path: Path, bills: tuple[Bill, ...]) -> bool:
    """Bills that name a year name the calendar's; weekdays and holidays would be those of another else."""
    other = sorted({bill.year for bill in bills} - {0, context.clock.year})
    if other:
        hint = say(
            "set [park] calendar_year, or leave the year out where the bills shall stand for {year}",
            year=context.clock.year,
        )
        what = say("holds bills of another year than the calendar")
        got, needs = ", ".join(map(str, other)), say("bills of {years}", years=context.clock.year)
        context.desk.fault((*path, "bills"), what, got, needs, hint)
    return not other


def _tell_pattern(context: Context, path: Path, pattern: ShiftPattern) -> None:
    """How the pattern was understood: its shifts, its days off and its holidays."""
    days = listed(say(f"weekday.{_WEEKDAYS[d]}") for d in pattern.days_off)
    context.desk.note(
        path,
        say(
            "{shifts} shifts from {start:g} h; days off: {days}; {holidays}; at rest {base:.0%} of the load",
            shifts=pattern.shifts, start=pattern.start_hour, base=pattern.base_share,
            days=days or say("no day off"),
            holidays=say("works on public holidays")
            if pattern.works_holidays
            else say("rests on public holidays"),
        ),
    )  # fmt: skip


def _tell_months(context: Context, name: str, bills: tuple[Bill, ...]) -> None:
    """Warn of a month that is far from all others, as a digit too many makes it."""
    energy = np.array([sum(b.registers) for b in bills])
    usual = float(np.median(energy))
    for bill, kwh in zip(bills, energy, strict=True):
        if usual > 0 and not usual / _MONTH_APART <= kwh <= _MONTH_APART * usual:
            told = say(
                "{name}: month {month} holds {kwh:,.6g} kWh, the usual {usual:,.6g} kWh: is a digit wrong?",
                name=name, month=bill.month, kwh=float(kwh), usual=usual,
            )  # fmt: skip
            context.desk.warn(told)


def _refuse_digits(bills: tuple[Bill, ...], limit: float | None) -> None:
    """Refuse energies that no company uses, and a month that a digit too many sets apart from all others.

    Raises:
        StudyError: with the largest register of the largest bill.
    """
    energy = np.array([sum(b.registers) for b in bills])
    usual, bill, kwh = float(np.median(energy)), bills[int(np.argmax(energy))], float(energy.max())
    place = bill.place(BLOCKS[int(np.argmax(bill.registers))])
    mean, most = kwh / _MONTH_HOURS / 1000, MOST_MEAN if limit is None else limit
    if mean > most:
        what = say("holds more than the connection carries")
        if limit is None:
            what = say("holds more than any company uses: is the unit in the header right?")
        got = say("{kwh:,.6g} kWh in month {month}, {mean:,.4g} MW on average",
                  kwh=kwh, month=bill.month, mean=mean)  # fmt: skip
        hint = say("limit='{most:.0f} MW' if the connection carries so much", most=round_up(1.5 * mean))
        raise StudyError([Fault(place, what, got, say("at most {most:,.6g} MW on average", most=most), hint)])
    if usual > 0 and kwh > _DIGIT_APART * usual:
        what = say("makes month {month} hold {times:.2g} times the usual energy: is a digit too many?",
                   month=bill.month, times=kwh / usual)  # fmt: skip
        needs = say("about {usual:,.6g} kWh", usual=usual)
        hint = say("correct it, or Mend(spike='keep') if the month was so")
        raise StudyError([Fault(place, what, f"{kwh:,.6g} kWh", needs, hint)])


def _bills(context: Context, name: object) -> tuple[Bill, ...]:
    return read_bills(context.files.table(name))


def shift_pattern(context: Context, path: Path, value: object) -> ShiftPattern | None:
    """How a tenant works, from its table."""
    desk = context.desk
    table = desk.table(path, value)
    desk.known(path, table, _SHIFT_KEYS)
    options = Options(context, path, table)
    usual = ShiftPattern()
    made: dict[str, Any] = {
        "shifts": options.whole("shifts", usual.shifts, 1, 3),
        "start_hour": options.number("start_hour", H, usual.start_hour, 0, 24),
        "shift_hours": options.number("shift_hours", H, usual.shift_hours, 1, 24),
        "lunch_dip": options.number("lunch_dip", ONE, usual.lunch_dip, 0, 1),
        "lunch_hour": options.number("lunch_hour", H, usual.lunch_hour, 0, 24),
        "lunch_minutes": (options.number("lunch_minutes", H, usual.lunch_minutes / 60, 0, 4) or 0.0) * 60,
        "base_share": options.number("base_share", ONE, usual.base_share, 0, 1),
        "works_holidays": options.flag("works_holidays", usual.works_holidays),
        "tet_days_before": options.whole("tet_days_before", usual.tet_days_before, 0, 30),
        "tet_days_after": options.whole("tet_days_after", usual.tet_days_after, 0, 30),
        "national_day": options.words("national_day", ("before", "after"), usual.national_day),
    }
    off = _weekdays(context, (*path, "days_off"), table.get("days_off", ["sun"]))
    extra = [date(desk, (*path, "extra_days_off"), day) for day in _items(context, path, table)]
    if not options.ok or not isinstance(value, dict) or off is None or None in extra:
        return None
    try:
        pattern = ShiftPattern(**made, days_off=off, extra_days_off=tuple(d for d in extra if d is not None))
    except StudyError as error:
        desk.absorb(path, error)
        return None
    _tell_pattern(context, path, pattern)
    return pattern


def _items(context: Context, path: Path, table: Tree) -> list[object]:
    value = table.get("extra_days_off", [])
    if isinstance(value, list) and len(value) <= 366:
        return value
    context.desk.fault((*path, "extra_days_off"), say("is not a list of days"), value, say('["2025-12-24"]'))
    return []


def _weekdays(context: Context, path: Path, value: object) -> tuple[int, ...] | None:
    if isinstance(value, list) and all(isinstance(day, str) and day in _WEEKDAYS for day in value):
        return tuple(sorted({_WEEKDAYS.index(day) for day in value}))
    context.desk.fault(
        path, say("is not a list of weekdays"), value, say('["sat", "sun"], or [] where every day is worked')
    )
    return None
