"""The calendar behind all series of a study, and how a year of values is brought onto it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkzero.timeline import Calendar, RealDays
from parkzero.units import FloatArray

_DAY = 1440
_BEFORE_LEAP_DAY = 59  # days from 1 January to 28 February, both included


@dataclass(frozen=True, slots=True)
class Clock:
    """The calendar year and step of a study.

    Attributes:
        year: calendar year behind all series.
        minutes: length of a step [min].
        leap: whether 29 February is kept where the year has one.
        days: number of days planned from 1 January; 0 for the whole year.
    """

    year: int
    minutes: int = 60
    leap: bool = True
    days: int = 0

    @property
    def whole(self) -> Calendar:
        """All days of the year, 29 February included where it exists."""
        return Calendar(self.year, self.minutes)

    @property
    def year_days(self) -> int:
        """Days of the year as the study counts them: 365, or 366 with a leap day that is kept."""
        return Calendar(self.year, self.minutes, leap=self.leap).days

    @property
    def timeline(self) -> RealDays:
        """The steps of the study; the first days of a year are weighted so that they stand for all of it."""
        days = self.days or self.year_days
        return RealDays(Calendar(self.year, self.minutes, days, self.leap), scale=self.year_days / days)

    def fit(self, values: FloatArray, minutes: int) -> FloatArray:
        """Bring a year of values onto the study's steps.

        Finer values are averaged, coarser ones repeated, so energy is kept either way. 29 February is left
        out, or takes the values of 28 February, as the study's year needs it.

        Args:
            values: mean value of each step of a year of 365 or 366 days, shape [days x 1440 / minutes].
            minutes: length of its steps [min].

        Returns:
            Values of shape [steps of the study].
        """
        per_day = _DAY // minutes
        days = np.asarray(values, dtype=np.float64).reshape(-1, per_day)
        if len(days) == 366 and self.year_days == 365:
            days = np.delete(days, _BEFORE_LEAP_DAY, axis=0)
        elif len(days) == 365 and self.year_days == 366:
            days = np.insert(days, _BEFORE_LEAP_DAY, days[_BEFORE_LEAP_DAY - 1], axis=0)
        days = days[: self.days] if self.days else days
        flat = days.ravel()
        if minutes < self.minutes:
            return np.asarray(flat.reshape(-1, self.minutes // minutes).mean(axis=1))
        return np.repeat(flat, minutes // self.minutes)
