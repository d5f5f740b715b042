"""The calendar behind all series of a study, and how a year of values is brought onto it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkzero.timeline import NEW_YEAR, Calendar, IntArray, RealDays
from parkzero.units import FloatArray

_DAY = 1440
_DAYS = 365
_BEFORE_LEAP_DAY = 59  # days from 1 January to 28 February, both included
_MONTHS = np.cumsum([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30])  # days before each month


@dataclass(frozen=True, slots=True)
class Clock:
    """The calendar year and step of a study.

    Attributes:
        year: calendar year behind all series, in which the study's year begins.
        minutes: length of a step [min].
        leap: whether 29 February is kept where the year has one.
        days: number of days planned from the first on; 0 for the whole year.
        first: month and day with which the study's year begins, as ``"07-01"``.
    """

    year: int
    minutes: int = 60
    leap: bool = True
    days: int = 0
    first: str = NEW_YEAR

    @property
    def year_days(self) -> int:
        """Days of the year as the study counts them: 365, or 366 with a leap day that is kept."""
        return Calendar(self.year, self.minutes, leap=self.leap, first=self.first).days

    @property
    def timeline(self) -> RealDays:
        """The steps of the study; the first days of a year are weighted so that they stand for all of it."""
        days = self.days or self.year_days
        calendar = Calendar(self.year, self.minutes, days, self.leap, self.first)
        return RealDays(calendar, scale=self.year_days / days)

    def fit(self, values: FloatArray, minutes: int) -> FloatArray:
        """Bring a calendar year of values onto the study's steps.

        Finer values are averaged, coarser ones repeated, so energy is kept either way. Each day takes the
        values of its date, whichever day the study's year begins with. 29 February is left out, or takes the
        values of 28 February, as the study's year needs it.

        Args:
            values: mean value of each step of a year of 365 or 366 days, shape [days x 1440 / minutes].
            minutes: length of its steps [min].

        Returns:
            Values of shape [steps of the study].
        """
        per_day = _DAY // minutes
        days = np.asarray(values, dtype=np.float64).reshape(-1, per_day)
        if len(days) == _DAYS:
            days = np.insert(days, _BEFORE_LEAP_DAY, days[_BEFORE_LEAP_DAY - 1], axis=0)
        flat = days[self._places].ravel()
        if minutes < self.minutes:
            return np.asarray(flat.reshape(-1, self.minutes // minutes).mean(axis=1))
        return np.repeat(flat, minutes // self.minutes)

    @property
    def _places(self) -> IntArray:
        """Place of each day of the study in a year that has a 29 February."""
        dates = self.timeline.calendar.dates.astype("datetime64[D]")
        firsts = dates.astype("datetime64[M]")
        month = firsts.astype(int) % len(_MONTHS)
        places: IntArray = (_MONTHS[month] + (dates - firsts).astype(int)).astype(np.int32)
        return places
