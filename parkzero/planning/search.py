"""The state of a search for a plan: bounds, cuts, the best plan so far, and what days look like to it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from parkzero.errors import SolverError
from parkzero.lp.solver import Basis, Options
from parkzero.planning.assemble import Design
from parkzero.planning.bounds import Cut, Evaluated
from parkzero.planning.grouping import grouped
from parkzero.planning.hard_days import count, found_hard
from parkzero.planning.master import Bounded, Crowd, Master, Proof
from parkzero.planning.plan import SLACK_TOLERANCE, Progress, Standing, Step, ended, relative_gap
from parkzero.planning.standing import as_before
from parkzero.planning.years import Years
from parkzero.study.study import Study
from parkzero.texts import say
from parkzero.timeline import IntArray
from parkzero.units import FloatArray

# A lower bound this much above the cost of a plan, relative to it, is an alarm and never a result.
ALARM = 1e-5
# A bound that rises by less than this, relative to itself, stands still.
STILL = 1e-9
# How many times as many mean days it takes where those of an earlier search cannot close the gap.
MORE_DAYS = 1.25


@dataclass(slots=True)
class Search:
    """The state of a search for a plan.

    Of an earlier search there are: ``before``, how its years were operated, for the first trial;
    ``earlier``, what its last bound rests on, until it was tried owner by owner, and ``days``, that bound's
    problem where it was built already; and then ``like``, for the bound of all at once. ``lifts`` say by how
    much its operation costs more now than each cut proves, until sizes were sought with that [cuts].
    ``unpriced`` is whether the best plan is operated as in that search, at other prices: its duals are old.
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
    bounded_by: set[str] = field(default_factory=set)
    lifts: FloatArray = field(default_factory=lambda: np.zeros(0))
    proof: Proof | None = None
    before: dict[int, Standing] = field(default_factory=dict)
    earlier: Proof | None = None
    days: Master | None = None
    like: Proof | None = None
    unpriced: bool = False
    history: list[Step] = field(default_factory=list)

    def say(self, text: str) -> None:
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
        """Whether the gap is closed by a plan that serves everything."""
        return self.closed and self.short <= SLACK_TOLERANCE

    def groups(self) -> IntArray:
        """The days' groups for the next lower bound."""
        return grouped(self.features, self.label, self.count)

    def master(self, like: Master | None = None) -> Master:
        """The next lower bound's problem with all cuts; at first that of an earlier search.

        Args:
            like: the last one, to begin where it ended.
        """
        if self.like is not None:
            return self._master_like(self.like)
        fresh = self.basis is None or self.grouping is None
        groups = self.groups() if fresh or self.grouping is None else self.grouping
        self.say(f"lower bound from {groups.max() + 1} mean days")
        master = Master(self.study, self.design, groups, hard=self.hard)
        if self.basis is not None:
            master.begin_at(self.basis)
        elif like is not None:
            master.begin_like(like)
        master.add(self.cuts)
        self.grouping, self.basis = groups, None
        return master

    def _master_like(self, proof: Proof) -> Master:
        """The problem that closed the gap of an earlier search: the same mean and hard days.

        Hard days and cuts make a large problem half as long again to solve; it has them if that one had.
        """
        self.like, self.grouping, self.basis = None, proof.groups, None
        self.say(f"lower bound from {proof.groups.max() + 1} mean days")
        master = self.on_days(proof)
        if len(proof.cuts):
            master.add(self.cuts)
        return master

    def on_days(self, proof: Proof) -> Master:
        """The problem of an earlier lower bound, on the same mean and hard days, with no cuts yet."""
        return Master(self.study, self.design, proof.groups, hard=proof.hard)

    def apart(self, solve: Crowd) -> Bounded | None:
        """A lower bound owner by owner, once after an earlier search; None where that will not do."""
        proof, self.earlier = self.earlier, None
        if proof is None or not self.best:
            return None
        self.say("lower bound owner by owner")
        self.like = proof
        master, self.days = self.days or self.on_days(proof), None
        if not self.unpriced:
            master.add([e.cut for e in self.best])
        self.lower = max(self.lower, master.renewed(proof))
        self._check()
        found = None if self.closed else master.apart(proof, solve, self.needed)
        if found is not None and found.most < self.needed:
            self.like = None
            self.refine(MORE_DAYS)
        return found

    def refine(self, times: float) -> None:
        """Ask for so many times as many mean days: one more at least, and no more than there are days."""
        more = max(self.count + 1, round(self.count * times))
        self.count = min(more, self.study.timeline.calendar.days)

    def guessed(self, master: Master) -> FloatArray | None:
        """Sizes that the small problem seeks where an earlier operation says what years cost, once."""
        lifts, self.lifts = self.lifts, np.zeros(0)
        return master.with_guesses(lifts) if lifts.any() else None

    def took(self, bounded: Bounded) -> None:
        """Take a lower bound.

        Raises:
            SolverError: when it is above the cost of a plan.
        """
        self.lower = max(self.lower, bounded.bound)
        self.bounded_by.add(bounded.ran)
        self.proof = bounded.proof or self.proof
        for year, worth in bounded.worth.items():
            self._priced(year, worth.totals)
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
        years = self.study.horizon.years
        return tuple(years[i] for i in sorted({0, len(years) // 4, len(years) // 2, len(years) - 1}))

    def look(self, needs: list[FloatArray]) -> None:
        """Take what days of the picked years look like.

        A small problem with whole numbers has no duals and so nothing to say.
        """
        if not all(np.isfinite(need).all() for need in needs):
            return
        horizon = self.study.horizon
        weights = [horizon.weights[horizon.years.index(year)] for year in self.picked]
        self.features = np.hstack([n / w for n, w in zip(needs, weights, strict=True)])

    def took_years(self, sizes: FloatArray, years: list[Evaluated]) -> bool:
        """Take a trial plan: its cost, its cuts, and how its days look; return whether it found hard days."""
        cost = sum(e.cost for e in years)
        self.cuts.extend(e.cut for e in years)
        self.trials.append((sizes, tuple(e.duals for e in years)))
        if cost < self.upper or (self.unpriced and cost <= self.upper) or self._ends(cost, years):
            self.upper, self.best, self.sizes, self.unpriced = cost, years, sizes, False
        for e in years:
            self._priced(e.year, e.totals)
        self.look([e.need for e in years if e.year in self.picked])
        known = self.hard
        self.hard = found_hard(known, {e.year: e.hard for e in years})
        self._check()
        return count(self.hard) > count(known)

    def _ends(self, cost: float, years: list[Evaluated]) -> bool:
        """Whether years that serve everything are near enough, where the cheapest plan does not."""
        serves = all(e.short.max(initial=0.0) <= SLACK_TOLERANCE for e in years)
        return serves and self.short > SLACK_TOLERANCE and relative_gap(self.lower, cost) <= self.tolerance

    def stands(self, sizes: FloatArray, options: Options) -> bool:
        """Take a plan that is operated as in an earlier search, where all is still served; whether it is.

        After a change of prices the earlier operation costs hardly more than the best, but its duals prove
        little. That is no matter where a bound on all years, from mean days alone, can do without them.
        """
        if self.earlier is None or len(self.earlier.cuts) or len(self.before) < len(self.study.horizon.years):
            return False
        years: list[Evaluated] = []
        for year in self.study.horizon.years:
            found = as_before(self.years.of(year), sizes, self.before[year], options)
            if found is None or found.short.max(initial=0.0) > SLACK_TOLERANCE:
                return False
            years.append(found)
        self.upper, self.best, self.sizes, self.unpriced = sum(e.cost for e in years), years, sizes, True
        # Whatever is operated next has other sizes.
        self.before = {e.year: ended(e.bases) for e in years}
        self.say("operated as before")
        return True

    def _check(self) -> None:
        if self.upper < self.lower - ALARM * abs(self.upper):
            raise SolverError(
                say(
                    "a bound does not hold: the lower bound {lower:.8g} is above the cost {upper:.8g}",
                    lower=self.lower,
                    upper=self.upper,
                )
            )
