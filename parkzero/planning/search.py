"""The state of a search for a plan: bounds, cuts, the best plan so far, and what days look like to it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from parkzero.errors import SolverError
from parkzero.lp.solver import Basis, Point
from parkzero.planning.assemble import Design
from parkzero.planning.bounds import Cut, Evaluated
from parkzero.planning.grouping import grouped
from parkzero.planning.hard_days import count, found_hard
from parkzero.planning.master import Bounded, Master, Proof
from parkzero.planning.peak_days import Peaks, grouped_apart
from parkzero.planning.plan import SLACK_TOLERANCE, Progress, Step, relative_gap
from parkzero.planning.years import Years
from parkzero.study.study import Study
from parkzero.texts import Text, say
from parkzero.timeline import IntArray
from parkzero.units import FloatArray

# A lower bound this much above the cost of a plan, relative to it, is an alarm and never a result.
ALARM = 1e-5
# How much nearer to the best years, and whole numbers of the lower bound, are solved than the plan is asked
# to be.
NEARER = 0.1
# A bound that rises by less than this, relative to itself, stands still.
STILL = 1e-9


@dataclass(slots=True)
class Search:
    """The state of a search for a plan.

    Attributes:
        study, design, years: what is asked, and its arrays.
        label, features: class of each day, and what days look like [days], [days x features].
        count: mean days that come next.
        tolerance: relative gap at which to stop.
        begun: when it began [s].
        progress: told of both bounds as they close.
        lower, upper: proven lower bound, and cost of the best plan [money].
        cuts: proven lower bounds of single years.
        trials: sizes that were operated, and the duals of their years.
        best, sizes: the best plan.
        hard: hard days of each year and owner.
        totals: duals of rows over the year, by year and name.
        grouping, basis: days' groups of the last lower bound [days], and where to begin the next.
        by_month: whether something is counted by month, which ties the month's days.
        peaks: which days are peaks of whom [days x connections].
        seen: how each year was operated last, where months tie its days: windows begin there.
        bounded_by: methods that bounded it.
        proof: what the last large lower bound rests on.
        history: what was said.
        bounds: whether the bound is all that is asked for: what is unserved then keeps nobody.
    """

    study: Study
    design: Design
    years: Years
    label: IntArray
    features: FloatArray
    count: int
    tolerance: float
    begun: float
    progress: Progress | None
    lower: float = -np.inf
    upper: float = np.inf
    cuts: list[Cut] = field(default_factory=list)
    trials: list[tuple[FloatArray, tuple[FloatArray, ...]]] = field(default_factory=list)
    best: list[Evaluated] = field(default_factory=list)
    sizes: FloatArray = field(default_factory=lambda: np.zeros(0))
    hard: dict[int, dict[str, IntArray]] = field(default_factory=dict)
    totals: dict[int, dict[str, float]] = field(default_factory=dict)
    grouping: IntArray | None = None
    basis: Basis | None = None
    by_month: bool = False
    peaks: Peaks = field(default_factory=lambda: np.zeros((0, 0), dtype=np.bool_))
    seen: dict[int, Point] = field(default_factory=dict)
    bounded_by: set[str] = field(default_factory=set)
    proof: Proof | None = None
    history: list[Step] = field(default_factory=list)
    bounds: bool = False

    def say(self, text: Text) -> None:
        """Note and report where the search stands."""
        step = Step(self.lower, self.upper, time.perf_counter() - self.begun, text)
        self.history.append(step)
        if self.progress is not None:
            self.progress(step)

    @property
    def short(self) -> float:
        """Largest shortfall of the best plan so far in a day [MWh or t]."""
        return max((float(e.short.max(initial=0.0)) for e in self.best), default=np.inf)

    @property
    def closed(self) -> bool:
        """Whether the gap is closed, be it by a plan that leaves something unserved."""
        return relative_gap(self.lower, self.upper) <= self.tolerance

    @property
    def needed(self) -> float:
        """Lower bound that closes the gap of the best plan so far."""
        return self.upper - self.tolerance * abs(self.upper)

    @property
    def done(self) -> bool:
        """Whether the gap is closed by a plan that serves everything, or that need not."""
        return self.closed and (self.bounds or self.short <= SLACK_TOLERANCE)

    @property
    def told(self) -> bool:
        """Whether the duals of the best plan say what things are worth; else they are an earlier search's."""
        return all(e.told for e in self.best)

    def groups(self) -> IntArray:
        """The days' groups for the next lower bound."""
        if self.peaks.size:
            return grouped_apart(self.features, self.label, self.count, self.peaks)
        return grouped(self.features, self.label, self.count)

    def master(self, like: Master | None = None) -> Master:
        """The next lower bound's problem with all cuts; ``like`` is the last one, to begin where it ended."""
        fresh = self.basis is None or self.grouping is None
        groups = self.groups() if fresh or self.grouping is None else self.grouping
        self.say(say("lower bound from {days} mean days", days=int(groups.max()) + 1))
        master = Master(self.study, self.design, groups, hard=self.hard, near=NEARER * self.tolerance)
        if self.basis is not None:
            master.begin_at(self.basis)
        elif like is not None:
            master.begin_like(like)
        master.add(self.cuts)
        self.grouping, self.basis = groups, None
        return master

    def refine(self, times: float) -> None:
        """Ask for so many times as many mean days: one more at least, and no more than there are days."""
        more = max(self.count + 1, round(self.count * times))
        self.count = min(more, self.study.timeline.calendar.days)

    def took(self, bounded: Bounded) -> None:
        """Take a lower bound.

        Raises:
            SolverError: when it is above the cost of a plan.
        """
        self.bounded(bounded.bound)
        self.bounded_by.add(bounded.ran)
        self.proof = bounded.proof or self.proof
        for year, worth in bounded.worth.items():
            self._priced(year, worth.totals)

    def bounded(self, bound: float) -> None:
        """Take a proven lower bound.

        Raises:
            SolverError: when it is above the cost of a plan.
        """
        self.lower = max(self.lower, bound)
        self._check()

    def _priced(self, year: int, totals: Mapping[str, float]) -> None:
        """Take prices of rows over a year; where a row does not bind, the last one that it had is kept."""
        known = self.totals.setdefault(year, {})
        known.update({name: price for name, price in totals.items() if price or name not in known})

    def exhausted(self, before: float, improved: bool) -> bool:
        """Whether every day is a group of its own, and neither bound moved in the last round."""
        single = self.grouping is not None and self.grouping.max() + 1 == len(self.grouping)
        return single and not improved and self.lower - before <= STILL * abs(self.lower)

    @property
    def picked(self) -> tuple[int, ...]:
        """Years that tell days apart: the first, an early, a middle and the last one."""
        years = self.study.milestones.years
        return tuple(years[i] for i in sorted({0, len(years) // 4, len(years) // 2, len(years) - 1}))

    def look(self, needs: list[FloatArray]) -> None:
        """Take what days of the picked years look like.

        A small problem with whole numbers has no duals and so nothing to say.
        """
        if not all(np.isfinite(need).all() for need in needs):
            return
        milestones = self.study.milestones
        weights = [milestones.weights[milestones.years.index(year)] for year in self.picked]
        self.features = np.hstack([n / w for n, w in zip(needs, weights, strict=True)])

    def took_years(self, sizes: FloatArray, years: list[Evaluated]) -> bool:
        """Take a trial plan: its cost, its cuts, and how its days look; return whether it found hard days."""
        cost = sum(e.cost for e in years)
        self.cuts.extend(e.cut for e in years)
        self.trials.append((sizes, tuple(e.duals for e in years)))
        if cost < self.upper or (not self.told and cost <= self.upper) or self._ends(cost, years):
            self.upper, self.best, self.sizes = cost, years, sizes
        for e in years:
            self._priced(e.year, e.totals)
            if self.by_month:
                self.seen[e.year] = Point(e.values, e.duals, e.bases)
        self.look([e.need for e in years if e.year in self.picked])
        known = self.hard
        self.hard = found_hard(known, {e.year: e.hard for e in years})
        self._check()
        return count(self.hard) > count(known)

    def _ends(self, cost: float, years: list[Evaluated]) -> bool:
        """Whether years that serve everything are near enough, where the cheapest plan does not."""
        serves = all(e.short.max(initial=0.0) <= SLACK_TOLERANCE for e in years)
        return serves and self.short > SLACK_TOLERANCE and relative_gap(self.lower, cost) <= self.tolerance

    def _check(self) -> None:
        if self.upper < self.lower - ALARM * abs(self.upper):
            raise SolverError(
                say(
                    "a bound does not hold: the lower bound {lower:.8g} is above the cost {upper:.8g}",
                    lower=self.lower,
                    upper=self.upper,
                )
            )
