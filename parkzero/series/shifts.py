"""The shape of a factory's load from its shifts: when people work, what runs when they do not.

A shape has no unit and no size; ``bills`` scales it so that every register of every bill is met.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series.calendar import public_holidays, tet
from parkzero.texts import say
from parkzero.units import FloatArray

_DAY = 1440


@dataclass(frozen=True, slots=True)
class ShiftPattern:
    """How a tenant works.

    Attributes:
        shifts: shifts a day, 1 to 3.
        start_hour: hour at which the first shift begins, local time [h].
        shift_hours: length of a shift [h]; three shifts of 8 h fill the day.
        lunch_dip: share of the working load that stops in the lunch break, 0 to 1.
        lunch_hour: start of the lunch break [h].
        lunch_minutes: length of the lunch break [min].
        base_share: load outside working hours as a share of the working load, 0 to 1.
        days_off: weekdays off, Monday is 0; (6,) for a free Sunday, () when Sundays are worked.
        works_holidays: whether public holidays are worked.
        tet_days_before: days off before the first day of Tết.
        tet_days_after: days off from the first day of Tết on, that day included.
        national_day: whether 1 or 3 September is free beside 2 September.
        extra_days_off: further days off.
    """

    shifts: int = 1
    start_hour: float = 7.5
    shift_hours: float = 8.0
    lunch_dip: float = 0.0
    lunch_hour: float = 11.5
    lunch_minutes: float = 60.0
    base_share: float = 0.1
    days_off: tuple[int, ...] = (6,)
    works_holidays: bool = False
    tet_days_before: int = 3
    tet_days_after: int = 5
    national_day: str = "before"
    extra_days_off: Collection[dt.date] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        """Refuse a pattern that no factory can have."""
        limits = (
            ("shifts", self.shifts, 1, 3),
            ("start_hour", self.start_hour, 0, 24),
            ("shift_hours", self.shift_hours, 1, 24),
            ("lunch_dip", self.lunch_dip, 0, 1),
            ("lunch_hour", self.lunch_hour, 0, 24),
            ("lunch_minutes", self.lunch_minutes, 0, 240),
            ("base_share", self.base_share, 0, 1),
            ("tet_days_before", self.tet_days_before, 0, 30),
            ("tet_days_after", self.tet_days_after, 0, 30),
        )
        faults = [
            Fault(
                Place(field=name),
                say("is out of range"),
                str(value)[:20],
                say("{low} to {high}", low=low, high=high),
            )
            for name, value, low, high in limits
            if not (math.isfinite(value) and low <= value <= high)
        ]
        if not faults and self.shifts * self.shift_hours > 24 + 1e-9:
            got = f"{self.shifts} x {self.shift_hours:g} h"
            faults.append(
                Fault(Place(field="shift_hours"), say("gives more than a day"), got, say("at most 24 h"))
            )
        if any(day not in range(7) for day in self.days_off):
            faults.append(
                Fault(
                    Place(field="days_off"),
                    say("is no weekday"),
                    str(self.days_off)[:40],
                    say("0 (Mon) to 6 (Sun)"),
                )
            )
        if self.national_day not in ("before", "after"):
            faults.append(
                Fault(
                    Place(field="national_day"),
                    say("is unknown"),
                    str(self.national_day)[:20],
                    say("before, after"),
                )
            )
        if faults:
            raise StudyError(faults, title=say("The shift pattern"))


def days_off(pattern: ShiftPattern, year: int) -> frozenset[dt.date]:
    """All days of the year on which the pattern does not work."""
    days = set(pattern.extra_days_off)
    first = dt.date(year, 1, 1)
    length = (dt.date(year + 1, 1, 1) - first).days
    every = [first + dt.timedelta(days=i) for i in range(length)]
    days |= {day for day in every if day.weekday() in pattern.days_off}
    if not pattern.works_holidays:
        days |= set(
            public_holidays(year, national_day="after" if pattern.national_day == "after" else "before")
        )
        new_year = tet(year)
        span = range(-pattern.tet_days_before, pattern.tet_days_after)
        days |= {new_year + dt.timedelta(days=i) for i in span}
    return frozenset(day for day in days if day.year == year)


def load_shape(
    pattern: ShiftPattern, year: int, step_minutes: int = 30, *, leap_day: bool = True
) -> FloatArray:
    """The load of each step relative to the full working load.

    A step that is worked in part counts by its minutes. A night shift belongs to the day on which it
    begins, so it runs into the morning of a day off.

    Args:
        pattern: how the tenant works.
        year: calendar year.
        step_minutes: step [min], a divisor of 60.
        leap_day: False leaves 29 February out.

    Returns:
        Shape (n,), 0 to 1, for all steps of the year.
    """
    off = days_off(pattern, year)
    first = dt.date(year, 1, 1)
    length = (dt.date(year + 1, 1, 1) - first).days
    minutes = np.zeros((length + 2) * _DAY)
    for i in range(-1, length):
        day = first + dt.timedelta(days=i)
        worked = day.weekday() not in pattern.days_off if i < 0 else day not in off
        if worked:
            begin = (i + 1) * _DAY + round(pattern.start_hour * 60)
            end = begin + min(round(pattern.shifts * pattern.shift_hours * 60), _DAY)
            minutes[begin:end] = 1.0
            lunch = (i + 1) * _DAY + round(pattern.lunch_hour * 60)
            stop = lunch + round(pattern.lunch_minutes)
            minutes[max(begin, lunch) : min(end, stop)] *= 1.0 - pattern.lunch_dip
    working = minutes[_DAY : (length + 1) * _DAY].reshape(-1, step_minutes).mean(axis=1)
    shape = np.asarray(pattern.base_share + (1.0 - pattern.base_share) * working)
    if length == 366 and not leap_day:
        per_day = _DAY // step_minutes
        shape = np.delete(shape, slice(59 * per_day, 60 * per_day))
    return shape
