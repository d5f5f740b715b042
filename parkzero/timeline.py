"""Time: calendars of real steps and the timelines that models run on.

A ``Calendar`` is a real year, or a part of one, in steps of 15, 30 or 60 minutes (a leap year has 8,784
hours); it may start on any day. A ``Timeline`` is what a model sees of it: real days that close to a circle,
mean days that stand for groups of days, single days, or some days ahead of what has been measured. It alone
knows what stands before a step, how often a step occurs, which billing month it belongs to, how raw series
are averaged, and what was there before it begins. Steps are labelled by their start.

Three things differ between timelines, and nobody concludes one from another:
    relaxed     whether whole numbers are let go, because the timeline bounds the year from below
    complete    whether it stands for a year: yearly costs are counted, limits on the year hold as they are
    passages    how levels pass from chain to chain; a real year closes to a circle without any
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Final, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from parkzero.units import FloatArray

IntArray = npt.NDArray[np.int32]

STEP_MINUTES: Final = (15, 30, 60)
MONTHS: Final = 12
NEW_YEAR: Final = "01-01"
_LEAP_DAY: Final = "02-29"
_FIRST: Final = re.compile(r"\d\d-\d\d")


@dataclass(frozen=True)
class Calendar:
    """The real steps of twelve months, or of their first days.

    Attributes:
        year: calendar year in which it begins.
        minutes: length of a step [min]: 15, 30 or 60.
        days: number of days; 0 stands for the whole year.
        leap: False drops 29 February, so that every year has 365 days.
        first: month and day with which it begins, as ``"07-01"``.
        skip: how many of its days are left out at the beginning.
    """

    year: int
    minutes: int = 60
    days: int = 0
    leap: bool = True
    first: str = NEW_YEAR
    skip: int = 0

    def __post_init__(self) -> None:
        if self.minutes not in STEP_MINUTES:
            raise ValueError(f"steps are 15, 30 or 60 minutes long, not {self.minutes}")
        try:
            longest = len(_days(self.year, self.leap, self.first)) - self.skip
        except ValueError:
            raise ValueError(f"a year begins on a day such as 07-01, not on {self.first!r}") from None
        if self.skip < 0 or not 0 <= self.days <= longest:
            raise ValueError(f"{self.year} has {longest} days, not {self.days}")
        if self.days == 0:
            object.__setattr__(self, "days", longest)

    @cached_property
    def dates(self) -> npt.NDArray[np.datetime64]:
        """The date of each day, shape [days]."""
        return _days(self.year, self.leap, self.first)[self.skip :][: self.days]

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


def _days(year: int, leap: bool, first: str) -> npt.NDArray[np.datetime64]:
    if not _FIRST.fullmatch(first) or first == _LEAP_DAY:
        raise ValueError(first)
    days = np.arange(np.datetime64(f"{year}-{first}"), np.datetime64(f"{year + 1}-{first}"))
    if leap:
        return days
    leaps = [np.datetime64(f"{y}-02-28") + 1 for y in (year, year + 1)]
    kept: npt.NDArray[np.datetime64] = days[~(np.isin(days, leaps) & (_month(days) == 2))]
    return kept


def _month(days: npt.NDArray[np.datetime64]) -> IntArray:
    found: IntArray = (days.astype("datetime64[M]").astype(int) % MONTHS + 1).astype(np.int32)
    return found


@dataclass(frozen=True, slots=True)
class Stock:
    """What is known of a level before a timeline begins, and what it is worth after its end.

    Attributes:
        start: measured at the beginning.
        least: what it must hold at the end.
        value: worth of a unit that it holds at the end [money/unit].
    """

    start: float
    least: float = 0.0
    value: float = 0.0


class Timeline(Protocol):
    """The steps that a model sees."""

    @property
    def calendar(self) -> Calendar:
        """The real steps behind it."""
        ...

    @property
    def own(self) -> Calendar:
        """The real steps that it stands for: of days ahead those days alone."""
        ...

    @property
    def scale(self) -> float:
        """How many times it occurs in a year."""
        ...

    @property
    def relaxed(self) -> bool:
        """Whether whole numbers are let go, because it bounds the year from below."""
        ...

    @property
    def complete(self) -> bool:
        """Whether it stands for a year: yearly costs are counted, limits on the year hold as they are."""
        ...

    @property
    def steps(self) -> int:
        """Number of steps."""
        ...

    @property
    def hours(self) -> float:
        """Length of a step [h]."""
        ...

    @property
    def chains(self) -> int:
        """Runs of consecutive steps."""
        ...

    @property
    def sizes(self) -> FloatArray:
        """Real days behind each chain of steps, shape [chains]."""
        ...

    @property
    def weights(self) -> FloatArray:
        """How often each step occurs in the year, shape [steps]."""
        ...

    @property
    def firsts(self) -> IntArray:
        """First step of each chain, shape [chains]."""
        ...

    @property
    def lasts(self) -> IntArray:
        """Last step of each chain, shape [chains]."""
        ...

    @property
    def before(self) -> IntArray:
        """Where the level before each step stands, shape [steps].

        An index below ``steps`` is the end of that step; ``steps + k`` is the start of chain k.
        """
        ...

    @property
    def starts(self) -> int:
        """How many chains have a start of their own; none where the steps close to a circle."""
        ...

    @property
    def passages(self) -> tuple[int, IntArray, IntArray] | None:
        """Which chains pass on to which; None where levels pass on from step to step alone.

        Returns:
            Number of passages, that into which each chain ends and that out of which it starts, [chains].
        """
        ...

    @property
    def turn(self) -> int:
        """The passage at which the calendar ends and begins anew."""
        ...

    @property
    def months(self) -> IntArray:
        """Billing months that occur, 0 to 11, shape [months]."""
        ...

    @property
    def month_starts(self) -> IntArray:
        """First step of each billing month, shape [months]; empty where one is not of one piece."""
        ...

    @property
    def bills(self) -> FloatArray:
        """Bills for which each of them stands, shape [months]."""
        ...

    @property
    def month_shares(self) -> sparse.csr_array:
        """Share of each step's real days that lie in each billing month, CSR [steps x months]."""
        ...

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean, smallest and largest real value behind each step; raw has shape [real steps]."""
        ...

    def excess(self, raw: FloatArray, mean: FloatArray) -> FloatArray:
        """Mean excess of the real values behind each step over their mean, zero where they are below it."""
        ...

    def stock(self, level: str) -> Stock | None:
        """What is known of a level ``asset.name`` before the first step; None where nothing is.

        Raises:
            LookupError: when it would have to be known.
        """
        ...

    def billed(self, peak: str) -> FloatArray:
        """What each month has already measured of a peak ``asset.name``, shape [months].

        Raises:
            LookupError: when it would have to be known.
        """
        ...

    def left(self, limit: str) -> float:
        """What is left of a limit on the year, ``asset.rule``, where the timeline is not complete.

        Raises:
            LookupError: when it is not known.
        """
        ...


@dataclass(frozen=True)
class _Days:
    """What all timelines of whole days share."""

    calendar: Calendar

    @property
    def own(self) -> Calendar:
        """All of them."""
        return self.calendar

    @property
    def hours(self) -> float:
        """Length of a step [h]."""
        return self.calendar.hours

    @property
    def turn(self) -> int:
        """The passage at which the calendar ends and begins anew; where there is one, it is that."""
        return 0

    @property
    def months(self) -> IntArray:
        """Billing months that occur, 0 to 11, shape [months]."""
        return np.unique(self.calendar.day_months).astype(np.int32)

    @property
    def month_starts(self) -> IntArray:
        """Unknown, unless each step is one real step."""
        return np.zeros(0, dtype=np.int32)

    def stock(self, level: str) -> Stock | None:
        """Nothing is known."""
        return None

    def billed(self, peak: str) -> FloatArray:
        """Nothing has been billed."""
        return np.zeros(len(self.months))

    def left(self, limit: str) -> float:
        """Limits on the year hold as they are."""
        raise LookupError(limit)


class _OneChain:
    """One run of steps."""

    steps: int
    chains: ClassVar[int] = 1
    passages: ClassVar[None] = None

    @property
    def sizes(self) -> FloatArray:
        """One chain, which occurs once."""
        return np.ones(1)

    @property
    def firsts(self) -> IntArray:
        """The first step."""
        return np.zeros(1, dtype=np.int32)

    @property
    def lasts(self) -> IntArray:
        """The last step."""
        return np.full(1, self.steps - 1, dtype=np.int32)


@dataclass(frozen=True)
class _OfYear(_Days):
    """What stands for a whole year."""

    scale: float = 1.0
    complete: ClassVar[bool] = True

    @property
    def bills(self) -> FloatArray:
        """A part of a year that stands for all of it stands for twelve bills, however few days it has."""
        return np.full(len(self.months), min(self.scale, MONTHS / len(self.months)))


@dataclass(frozen=True)
class RealDays(_OneChain, _OfYear):
    """Every step is one real step, and the last one comes before the first.

    Attributes:
        calendar: the real steps.
        scale: how many times the calendar occurs in a year (1, or 365/days for a part of a year).
    """

    relaxed: ClassVar[bool] = False
    starts: ClassVar[int] = 0

    @property
    def steps(self) -> int:  # type: ignore[override]  # only read
        """Number of steps."""
        return self.calendar.steps

    @cached_property
    def weights(self) -> FloatArray:
        """How often each step occurs in the year, shape [steps]."""
        return np.full(self.steps, self.scale)

    @cached_property
    def before(self) -> IntArray:
        """The step before each step, shape [steps]; a circle."""
        return np.roll(np.arange(self.steps, dtype=np.int32), 1)

    @cached_property
    def month_shares(self) -> sparse.csr_array:
        """The billing month of each step, CSR [steps x months]."""
        return _months_of(self.calendar, self.calendar.day_months, self.months)

    @property
    def month_starts(self) -> IntArray:
        """First step of each billing month, in the order of ``months``; none where one is in two parts."""
        days = self.calendar.day_months
        begins = np.flatnonzero(np.diff(days, prepend=-1))
        if len(begins) != len(self.months):
            return np.zeros(0, dtype=np.int32)
        return (begins[np.argsort(days[begins])] * self.calendar.per_day).astype(np.int32)

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The real values, which are mean, smallest and largest at once."""
        return raw, raw, raw

    def excess(self, raw: FloatArray, mean: FloatArray) -> FloatArray:
        """Nothing is averaged."""
        return np.zeros(len(raw))

    def grouped(self, groups: IntArray) -> MeanDays:
        """Mean days over the same calendar; groups has shape [days] with every number used.

        Raises:
            ValueError: when the groups are not 0 to n - 1.
        """
        if len(groups) != self.calendar.days or not np.array_equal(
            np.unique(groups), np.arange(groups.max() + 1)
        ):
            raise ValueError("groups must number the days 0 to n - 1 without a hole")
        return MeanDays(self.calendar, self.scale, groups.astype(np.int32))


def _months_of(calendar: Calendar, day_months: IntArray, months: IntArray) -> sparse.csr_array:
    """The billing month of each step of some days, CSR [steps x months]."""
    place = np.repeat(np.searchsorted(months, day_months), calendar.per_day)
    where = (np.arange(len(place)), place)
    return sparse.csr_array((np.ones(len(place)), where), shape=(len(place), len(months)))


@dataclass(frozen=True)
class _Chains(_OfYear):
    """Days that stand apart from one another: each is a chain with a start of its own."""

    relaxed: ClassVar[bool] = True

    @property
    def sizes(self) -> FloatArray:
        """Real days behind each chain, shape [chains]."""
        raise NotImplementedError

    @property
    def chains(self) -> int:
        """One for each day."""
        return len(self.sizes)

    @property
    def starts(self) -> int:
        """Every chain has a start of its own."""
        return self.chains

    @property
    def steps(self) -> int:
        """Number of steps."""
        return self.chains * self.calendar.per_day

    @cached_property
    def weights(self) -> FloatArray:
        """How often each step occurs in the year, shape [steps]."""
        return np.repeat(self.sizes * self.scale, self.calendar.per_day)

    @cached_property
    def firsts(self) -> IntArray:
        """First step of each chain, shape [chains]."""
        return np.arange(0, self.steps, self.calendar.per_day, dtype=np.int32)

    @cached_property
    def lasts(self) -> IntArray:
        """Last step of each chain, shape [chains]."""
        return self.firsts + np.int32(self.calendar.per_day - 1)

    @cached_property
    def before(self) -> IntArray:
        """The step before each step; before a day its free start [steps]."""
        earlier = np.arange(-1, self.steps - 1, dtype=np.int32)
        earlier[self.firsts] = self.steps + np.arange(self.chains, dtype=np.int32)
        return earlier


@dataclass(frozen=True)
class MeanDays(_Chains):
    """Mean days over a calendar: a relaxation of the year.

    Attributes:
        calendar: the real steps behind it.
        scale: how many times the calendar occurs in a year.
        groups: group of each real day, 0 to the number of groups - 1, shape [days].
    """

    groups: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int32))

    @cached_property
    def sizes(self) -> FloatArray:
        """Real days behind each mean day, shape [chains]."""
        return np.bincount(self.groups).astype(np.float64)

    @cached_property
    def passages(self) -> tuple[int, IntArray, IntArray]:
        """Which chains pass on to which, from one day to the next.

        Where the days after some chains are just the days of some others, what the former end with is what
        the latter start with, summed over their days. Each smallest such set is one passage: all chains
        together where days of every kind follow one another, a pair of days where single days do.

        Returns:
            Number of passages, that into which each chain ends and that out of which it starts, [chains].
        """
        eves, nodes = np.roll(self.groups, 1), 2 * self.chains
        links = sparse.coo_array(
            (np.ones(len(eves)), (eves, self.chains + self.groups)), shape=(nodes, nodes)
        )
        count, label = csgraph.connected_components(links, directed=False)
        return int(count), label[: self.chains].astype(np.int32), label[self.chains :].astype(np.int32)

    @property
    def turn(self) -> int:
        """The passage into which the last real day ends."""
        return int(self.passages[1][self.groups[-1]])

    @cached_property
    def month_shares(self) -> sparse.csr_array:
        """Share of each step's real days that lie in each billing month, CSR [steps x months]."""
        place = np.searchsorted(self.months, self.calendar.day_months)
        table = np.zeros((self.chains, len(self.months)))
        np.add.at(table, (self.groups, place), 1.0)
        table /= table.sum(axis=1, keepdims=True)
        return sparse.csr_array(np.repeat(table, self.calendar.per_day, axis=0))

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean, smallest and largest real value behind each step; raw has shape [real steps]."""
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
        days = raw.reshape(self.calendar.days, self.calendar.per_day)
        above = np.maximum(days - mean.reshape(self.chains, -1)[self.groups], 0.0)
        order, starts = self._order
        total: FloatArray = np.add.reduceat(above[order], starts, axis=0) / self.sizes[:, None]
        return total.ravel()

    @cached_property
    def _order(self) -> tuple[IntArray, IntArray]:
        order = np.argsort(self.groups, kind="stable").astype(np.int32)
        starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.int32)
        return order, starts


@dataclass(frozen=True)
class PickedDays(_Chains):
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

    @cached_property
    def sizes(self) -> FloatArray:
        """Each day stands for itself, shape [chains]."""
        return np.ones(len(self.picked))

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
        return _months_of(self.calendar, self.calendar.day_months[self.picked], self.months)


@dataclass(frozen=True)
class Ahead(_OneChain, _Days):
    """Some days ahead of what has been measured.

    What happened before its first step is known: how full stores are, which peaks the months have measured,
    what is left of limits on the year. Its costs are those of its own steps, and of peaks above those that
    are billed already; what stores hold at the end counts at its worth.

    Attributes:
        calendar: the real steps behind all series.
        first: day of the calendar with which it begins, from 0.
        days: how many days it has.
        stocks: of each level, as ``"battery.stored"``, what was measured and what it is worth at the end.
        peaks: of each peak, as ``"grid.peak"``, what each month, 1 to 12, has measured so far [MW].
        rest: of each limit on the year, as ``"gas.yearly"``, what is left of it.
    """

    first: int
    days: int
    stocks: Mapping[str, Stock] = field(default_factory=dict)
    peaks: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    rest: Mapping[str, float] = field(default_factory=dict)
    scale: ClassVar[float] = 1.0
    relaxed: ClassVar[bool] = False
    complete: ClassVar[bool] = False
    starts: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if self.first < 0 or self.days < 1 or self.first + self.days > self.calendar.days:
            raise ValueError(f"days {self.first} to {self.first + self.days} are not all in the calendar")

    @property
    def own(self) -> Calendar:
        """Its days alone."""
        return replace(self.calendar, days=self.days, skip=self.calendar.skip + self.first)

    @property
    def inside(self) -> slice:
        """Its steps among those of the calendar."""
        return slice(self.first * self.calendar.per_day, (self.first + self.days) * self.calendar.per_day)

    @property
    def steps(self) -> int:  # type: ignore[override]  # only read
        """Number of steps."""
        return self.days * self.calendar.per_day

    @cached_property
    def weights(self) -> FloatArray:
        """Each step occurs once."""
        return np.ones(self.steps)

    @cached_property
    def before(self) -> IntArray:
        """The step before each step; before the first what was measured."""
        earlier = np.arange(-1, self.steps - 1, dtype=np.int32)
        earlier[0] = self.steps
        return earlier

    @cached_property
    def _met(self) -> IntArray:
        """Billing month of each of its days."""
        return self.calendar.day_months[self.first : self.first + self.days]

    @cached_property
    def months(self) -> IntArray:
        """Billing months that it meets, and those of which a peak is known, 0 to 11, shape [months]."""
        known = [month - 1 for peaks in self.peaks.values() for month in peaks]
        return np.unique(np.concatenate([self._met, np.array(known, dtype=np.int32)])).astype(np.int32)

    @property
    def bills(self) -> FloatArray:
        """One bill for each month that it meets; those of months gone by are paid."""
        return np.isin(self.months, self._met).astype(np.float64)

    @cached_property
    def month_shares(self) -> sparse.csr_array:
        """The billing month of each step, CSR [steps x months]."""
        return _months_of(self.calendar, self._met, self.months)

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The real values of its steps, which are mean, smallest and largest at once."""
        values = raw[self.inside]
        return values, values, values

    def excess(self, raw: FloatArray, mean: FloatArray) -> FloatArray:
        """Nothing is averaged."""
        return np.zeros(self.steps)

    def stock(self, level: str) -> Stock | None:
        """What was measured of a level."""
        return self.stocks[level]

    def billed(self, peak: str) -> FloatArray:
        """What each month has measured so far; a month that begins with it or in it has measured nothing."""
        known = self.peaks.get(peak, {})
        running = int(self.calendar.day_months[self.first])
        begins = str(self.calendar.dates[self.first]).endswith("-01")
        if not begins and running + 1 not in known:
            raise LookupError(peak)
        return np.array([float(known.get(int(month) + 1, 0.0)) for month in self.months])

    def left(self, limit: str) -> float:
        """What is left of a limit on the year."""
        return float(self.rest[limit])


def full_year(year: int, minutes: int = 60, leap: bool = True) -> RealDays:
    """The whole year, every step."""
    return RealDays(Calendar(year, minutes, leap=leap))


def part_of_year(year: int, days: int, minutes: int = 60) -> RealDays:
    """The first days of a year, weighted so that they stand for 365 days."""
    return RealDays(Calendar(year, minutes, days), scale=365 / days)
