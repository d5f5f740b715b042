"""Time: calendars of real steps and the timelines that models run on.

A ``Calendar`` is one real year in steps of 15, 30 or 60 minutes (a leap year has 8,784 hours). A ``Timeline``
is what a model sees: the full year, a part of it, or mean days that stand for groups of days. It alone knows
what stands before a step, how often a step occurs, which billing month it belongs to, and how raw series are
averaged. Steps are labelled by their start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from parkzero.units import FloatArray

IntArray = npt.NDArray[np.int32]

STEP_MINUTES: Final = (15, 30, 60)
MONTHS: Final = 12


@dataclass(frozen=True)
class Calendar:
    """The real steps of a year, or of its first days.

    Attributes:
        year: calendar year of the series.
        minutes: length of a step [min]: 15, 30 or 60.
        days: number of days, from 1 January; 0 stands for the whole year.
        leap: False drops 29 February, so that every year has 365 days.
    """

    year: int
    minutes: int = 60
    days: int = 0
    leap: bool = True

    def __post_init__(self) -> None:
        if self.minutes not in STEP_MINUTES:
            raise ValueError(f"steps are 15, 30 or 60 minutes long, not {self.minutes}")
        longest = len(_days(self.year, self.leap))
        if not 0 <= self.days <= longest:
            raise ValueError(f"{self.year} has {longest} days, not {self.days}")
        if self.days == 0:
            object.__setattr__(self, "days", longest)

    @cached_property
    def dates(self) -> npt.NDArray[np.datetime64]:
        """The date of each day, shape [days]."""
        return _days(self.year, self.leap)[: self.days]

    @property
    def per_day(self) -> int:
        """Steps in a day."""
        return 24 * 60 // self.minutes

    @property
    def steps(self) -> int:
        """Steps in the calendar."""
        return self.days * self.per_day

    @property
    def hours(self) -> float:
        """Length of a step [h]."""
        return self.minutes / 60

    @cached_property
    def starts(self) -> npt.NDArray[np.datetime64]:
        """Start of each step in local standard time, shape [steps]."""
        within = np.arange(self.per_day) * np.timedelta64(self.minutes, "m")
        starts: npt.NDArray[np.datetime64] = np.add.outer(self.dates.astype("datetime64[m]"), within)
        return starts.ravel()

    @cached_property
    def day_months(self) -> IntArray:
        """Month of each day, 0 to 11, shape [days]."""
        return (self.dates.astype("datetime64[M]").astype(int) % MONTHS).astype(np.int32)

    @cached_property
    def weekdays(self) -> IntArray:
        """Day of the week of each day, Monday 0 to Sunday 6, shape [days]."""
        return ((self.dates.astype("datetime64[D]").astype(int) + 3) % 7).astype(np.int32)


def _days(year: int, leap: bool) -> npt.NDArray[np.datetime64]:
    days = np.arange(np.datetime64(f"{year}-01-01"), np.datetime64(f"{year + 1}-01-01"))
    if leap:
        return days
    kept: npt.NDArray[np.datetime64] = (
        days[days != np.datetime64(f"{year}-02-28") + 1] if len(days) > 365 else days
    )
    return kept


@dataclass(frozen=True)
class Timeline:
    """The steps that a model sees.

    Attributes:
        calendar: the real steps behind it.
        groups: group of each real day, 0 to the number of groups - 1, shape [days]; None for the full year.
        scale: how many times the calendar occurs in a year (1, or 365/days for a part of a year).
    """

    calendar: Calendar
    groups: IntArray | None = None
    scale: float = 1.0

    @property
    def whole(self) -> bool:
        """Whether every step is one real step."""
        return self.groups is None

    @cached_property
    def sizes(self) -> FloatArray:
        """Real days behind each chain of steps, shape [chains]."""
        if self.groups is None:
            return np.ones(1)
        return np.bincount(self.groups).astype(np.float64)

    @property
    def chains(self) -> int:
        """Runs of consecutive steps: one for the full year, one for each mean day."""
        return len(self.sizes)

    @property
    def steps(self) -> int:
        """Number of steps."""
        return self.calendar.steps if self.groups is None else self.chains * self.calendar.per_day

    @property
    def hours(self) -> float:
        """Length of a step [h]."""
        return self.calendar.hours

    @cached_property
    def weights(self) -> FloatArray:
        """How often each step occurs in the year, shape [steps]."""
        if self.groups is None:
            return np.full(self.steps, self.scale)
        return np.repeat(self.sizes * self.scale, self.calendar.per_day)

    @cached_property
    def firsts(self) -> IntArray:
        """First step of each chain, shape [chains]."""
        return np.arange(0, self.steps, self.steps // self.chains, dtype=np.int32)

    @cached_property
    def lasts(self) -> IntArray:
        """Last step of each chain, shape [chains]."""
        return self.firsts + np.int32(self.steps // self.chains - 1)

    @cached_property
    def before(self) -> IntArray:
        """Where the level before each step stands, shape [steps].

        An index below ``steps`` is the end of that step; ``steps + k`` is the free start of chain k. The full
        year is a circle and needs no free start.
        """
        earlier = np.arange(-1, self.steps - 1, dtype=np.int32)
        if self.groups is None:
            earlier[0] = self.steps - 1
        else:
            earlier[self.firsts] = self.steps + np.arange(self.chains, dtype=np.int32)
        return earlier

    @cached_property
    def passages(self) -> tuple[int, IntArray, IntArray]:
        """Which chains pass on to which, from one day to the next.

        Where the days after some chains are just the days of some others, what the former end with is what
        the latter start with, summed over their days. Each smallest such set is one passage: all chains
        together where days of every kind follow one another, a pair of days where single days do.

        Returns:
            Number of passages, that into which each chain ends and that out of which it starts, [chains].
        """
        if self.groups is None:
            return 1, np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32)
        eves, nodes = np.roll(self.groups, 1), 2 * self.chains
        links = sparse.coo_array(
            (np.ones(len(eves)), (eves, self.chains + self.groups)), shape=(nodes, nodes)
        )
        count, label = csgraph.connected_components(links, directed=False)
        return int(count), label[: self.chains].astype(np.int32), label[self.chains :].astype(np.int32)

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean, smallest and largest real value behind each step; raw has shape [real steps]."""
        if self.groups is None:
            return raw, raw, raw
        days = raw.reshape(self.calendar.days, self.calendar.per_day)
        order, starts = self._order
        ordered = days[order]
        mean = np.add.reduceat(ordered, starts, axis=0) / self.sizes[:, None]
        low = np.minimum.reduceat(ordered, starts, axis=0)
        high = np.maximum.reduceat(ordered, starts, axis=0)
        mean = np.where(low == high, low, mean)
        return mean.ravel(), low.ravel(), high.ravel()

    def excess(self, raw: FloatArray, mean: FloatArray) -> FloatArray:
        """Mean excess of the real values behind each step over their mean, zero where they are below it."""
        if self.groups is None:
            return np.zeros(len(raw))
        days = raw.reshape(self.calendar.days, self.calendar.per_day)
        above = np.maximum(days - mean.reshape(self.chains, -1)[self.groups], 0.0)
        order, starts = self._order
        total: FloatArray = np.add.reduceat(above[order], starts, axis=0) / self.sizes[:, None]
        return total.ravel()

    @cached_property
    def _order(self) -> tuple[IntArray, IntArray]:
        assert self.groups is not None
        order = np.argsort(self.groups, kind="stable").astype(np.int32)
        starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.int32)
        return order, starts

    @cached_property
    def months(self) -> IntArray:
        """Billing months that occur, shape [months]."""
        return np.unique(self.calendar.day_months).astype(np.int32)

    @cached_property
    def month_shares(self) -> sparse.csr_array:
        """Share of each step's real days that lie in each billing month, CSR [steps x months]."""
        place = np.searchsorted(self.months, self.calendar.day_months)
        group = np.arange(self.calendar.days) if self.groups is None else self.groups
        chains = self.calendar.days if self.groups is None else self.chains
        table = np.zeros((chains, len(self.months)))
        np.add.at(table, (group, place), 1.0)
        table /= table.sum(axis=1, keepdims=True)
        return sparse.csr_array(np.repeat(table, self.calendar.per_day, axis=0))

    def grouped(self, groups: IntArray) -> Timeline:
        """Mean days over the same calendar; groups has shape [days] with every number used.

        Raises:
            ValueError: when the groups are not 0 to n - 1.
        """
        if len(groups) != self.calendar.days or not np.array_equal(
            np.unique(groups), np.arange(groups.max() + 1)
        ):
            raise ValueError("groups must number the days 0 to n - 1 without a hole")
        return Timeline(self.calendar, groups.astype(np.int32), self.scale)


@dataclass(frozen=True)
class PickedDays(Timeline):
    """Single real days, torn from their year: what any plan must withstand on each of them alone.

    Nothing is known of the days before and after, so levels are free on both sides of each; rows over months
    or the year say nothing here.

    Attributes:
        picked: which real days, shape [chains].
        closed: whether stores end each run of days as they began it. No plan must do so, but one that can
            serves the run whatever the days around it are like.
    """

    picked: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    closed: bool = False

    @property
    def whole(self) -> bool:
        """Never the full year."""
        return False

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.picked) * self.calendar.per_day

    @cached_property
    def sizes(self) -> FloatArray:
        """Each day stands for itself, shape [chains]."""
        return np.ones(len(self.picked))

    @cached_property
    def weights(self) -> FloatArray:
        """How often each step occurs in the year, shape [steps]."""
        return np.full(self.steps, self.scale)

    @cached_property
    def before(self) -> IntArray:
        """Where the level before each step stands; before a day it is free, or its run's [steps]."""
        earlier = np.arange(-1, self.steps - 1, dtype=np.int32)
        earlier[self.firsts] = self.steps + np.arange(self.chains, dtype=np.int32)
        if self.closed:
            # Days that follow one another are one run, which begins with what it ends with.
            starts = np.flatnonzero(np.diff(self.picked, prepend=-2) != 1)
            ends = np.append(starts[1:], self.chains) - 1
            earlier[self.firsts] = self.firsts - 1
            earlier[self.firsts[starts]] = self.lasts[ends]
        return earlier

    @cached_property
    def passages(self) -> tuple[int, IntArray, IntArray]:
        """One passage, which says nothing of single days."""
        nowhere = np.zeros(self.chains, dtype=np.int32)
        return 1, nowhere, nowhere

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The real values, which are mean, smallest and largest at once."""
        values = raw.reshape(self.calendar.days, -1)[self.picked].ravel()
        return values, values, values

    def excess(self, raw: FloatArray, mean: FloatArray) -> FloatArray:
        """Nothing is averaged."""
        return np.zeros(self.steps)

    @cached_property
    def month_shares(self) -> sparse.csr_array:
        """The billing month of each step, CSR [steps x months]."""
        place = np.searchsorted(self.months, self.calendar.day_months[self.picked])
        where = (np.arange(self.steps), np.repeat(place, self.calendar.per_day))
        return sparse.csr_array((np.ones(self.steps), where), shape=(self.steps, len(self.months)))


def full_year(year: int, minutes: int = 60, leap: bool = True) -> Timeline:
    """The whole year, every step."""
    return Timeline(Calendar(year, minutes, leap=leap))


def part_of_year(year: int, days: int, minutes: int = 60) -> Timeline:
    """The first days of a year, weighted so that they stand for 365 days."""
    return Timeline(Calendar(year, minutes, days), scale=365 / days)
