"""Certified planning: a plan with a proof of how near to the best it is.

A lower bound comes from all years on mean days (``master``), an upper bound from operating every step of
every year with the sizes found there (``bounds``). The years' duals return as cuts, days are grouped anew by
what the plan makes of them, and days that run short become groups of their own, until the gap is as small as
was asked for and nothing is unserved.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from parkzero.components.block import Penalties
from parkzero.errors import SolverError
from parkzero.lp.session import Basis
from parkzero.lp.solver import Options, version
from parkzero.plan.assemble import Built, Design, build_year
from parkzero.plan.bounds import Cut, Evaluated, renew
from parkzero.plan.checkpoint import Checkpoint, fingerprint, load_checkpoint, save_checkpoint
from parkzero.plan.grouping import classes, first_features, grouped, net_need
from parkzero.plan.master import Bounded, Master
from parkzero.plan.monolith import monolith
from parkzero.plan.plan import (
    SLACK_TOLERANCE,
    Operated,
    Plan,
    Progress,
    Status,
    Step,
    peak_memory_mb,
    relative_gap,
)
from parkzero.plan.workers import Crew, crew
from parkzero.study.study import Study
from parkzero.timeline import IntArray
from parkzero.units import FloatArray

# Mean days of the first lower bound, where a gap of COARSE or more is asked for and where less is.
COARSE, COARSE_DAYS, FINE_DAYS = 0.005, 8, 14
# The look ahead has this share of them, and no more steps than in hours: it only tells days apart.
LOOK, LOOK_LEAST = 0.7, 4
GROWTH = 1.4
MOST_ROUNDS = 40
MOST_DUALS = 3_000_000
MOST_ALONE = 6
# Below this many columns the whole problem at full resolution is quicker than any bounds.
SMALL_COLUMNS = 40_000
# Where a plan is near enough to the best but leaves something unserved, it is sought again with that many
# times the price of what a valid plan must not contain. Cuts stay valid: a higher price only adds cost.
HARSHER = 30.0
HARSHNESS = (1.0, HARSHER, HARSHER**2)
# Rounds that a closed gap may still take to serve everything before the price rises.
PATIENCE = 3
# Renewed cuts that say at least this share of an earlier plan's cost are worth beginning with.
RENEWED = 0.5
# A lower bound that closes less than this share of the gap asks for more mean days.
STALE = 0.03
YEAR = Options(method="simplex", crossover=True, threads=1)


@dataclass(slots=True)
class Search:
    """The state of a search for a plan."""

    study: Study
    design: Design
    label: IntArray
    features: FloatArray
    count: int
    tolerance: float
    begun: float
    progress: Progress | None
    lower: float = -np.inf
    upper: float = np.inf
    cuts: list[Cut] = field(default_factory=list)
    best: list[Evaluated] = field(default_factory=list)
    sizes: FloatArray = field(default_factory=lambda: np.zeros(0))
    alone: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    grouping: IntArray | None = None
    basis: Basis | None = None
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
    def done(self) -> bool:
        """Whether the gap is closed by a plan that serves everything."""
        return self.closed and self.short <= SLACK_TOLERANCE

    def groups(self) -> IntArray:
        """The days' groups for the next lower bound."""
        return grouped(self.features, self.label, self.count, self.alone)

    def master(self) -> Master:
        """The next lower bound's problem with all cuts; at first that of an earlier search."""
        fresh = self.basis is None or self.grouping is None
        groups = self.groups() if fresh or self.grouping is None else self.grouping
        self.say(f"lower bound from {groups.max() + 1} mean days")
        master = Master(self.study, self.design, groups)
        if self.basis is not None:
            master.begin_at(self.basis)
        master.add(self.cuts)
        self.grouping, self.basis = groups, None
        return master

    def took(self, bounded: Bounded) -> None:
        """Take a lower bound."""
        self.lower = max(self.lower, bounded.bound)

    @property
    def picked(self) -> tuple[int, ...]:
        """Years that tell days apart: the first, an early, a middle and the last one."""
        years = self.study.horizon.years
        return tuple(years[i] for i in sorted({0, len(years) // 4, len(years) // 2, len(years) - 1}))

    def look(self, needs: list[FloatArray]) -> None:
        """Take what each step of the picked years asks of the park as what days look like."""
        days = self.study.timeline.calendar.days
        horizon = self.study.horizon
        weights = [horizon.weights[horizon.years.index(year)] for year in self.picked]
        self.features = np.hstack([n.reshape(days, -1) / w for n, w in zip(needs, weights, strict=True)])

    def took_years(self, sizes: FloatArray, years: list[Evaluated]) -> None:
        """Take a trial plan: its cost, its cuts, and how its days look."""
        cost = sum(e.cost for e in years)
        self.cuts.extend(e.cut for e in years)
        if cost < self.upper:
            self.upper, self.best, self.sizes = cost, years, sizes
        self.look([e.need for e in years if e.year in self.picked])
        worst = np.sum([e.short for e in years], axis=0)
        order = np.argsort(worst)[::-1][:MOST_ALONE]
        short = order[worst[order] > SLACK_TOLERANCE]
        self.alone = np.union1d(self.alone, short).astype(np.int32)
        if self.upper < self.lower - 1e-5 * abs(self.upper):
            raise SolverError(
                f"a bound does not hold: the lower bound {self.lower:.8g} is above the cost {self.upper:.8g}"
            )


def certified(
    study: Study,
    gap: float = 0.001,
    workers: int = 2,
    time_limit: float = np.inf,
    progress: Progress | None = None,
    resume: Path | None = None,
    small: int = SMALL_COLUMNS,
    first_days: int = 0,
) -> Plan:
    """Find a plan whose proven distance from the best is at most ``gap``.

    Args:
        study: what is asked.
        gap: relative gap at which to stop.
        workers: processes that operate years.
        time_limit: seconds after which the best plan so far is returned.
        progress: told of both bounds as they close.
        resume: file in which the state of the search is kept; a search of the same study goes on from it,
            one of a similar study (other prices, other growth) starts from its sizes and groups.
        small: columns below which the whole problem is solved at once.
        first_days: mean days of the first lower bound; by default as many as the gap asks for.

    Returns:
        The plan; ``stopped`` when time ran out or the user pressed Ctrl-C before the gap closed.

    Raises:
        SolverError: when a solve ends without an answer, or before any plan was found.
    """
    begun = time.perf_counter()
    first, design = build_year(study, study.horizon.years[0], study.timeline)
    if len(first.matrix.cost) * len(study.horizon.years) <= small or (small and billed_alone(study, first)):
        plan = monolith(study, Options(method="ipx", crossover=False, threads=1), gap, progress)
        return replace(plan, method="certified")
    days = first_days or (COARSE_DAYS if gap >= COARSE else FINE_DAYS)
    kept = load_checkpoint(resume, study, design) if resume is not None else None
    asked: list[Search] = []
    for harshness in HARSHNESS:
        search = _begin(harsher(study, harshness), first, design, gap, days, begun, progress)
        with crew(search.study, workers) as team:
            try:
                stopped = _search(search, team, time_limit, resume, kept)
            except KeyboardInterrupt:
                if not search.best:
                    raise
                stopped = True
                search.say("stopped by the user")
        asked.append(search)
        if stopped or search.done:
            break
        search.say("something is still unserved: asking again at a higher price for it")
        kept = replace(search_state(search), fingerprint=fingerprint(harsher(study, harshness * HARSHER)))
    if search.closed and not search.done:
        search = asked[0]  # nothing serves everything: what is short is best told at the price that was asked
    return _plan(search, study, team)


def _begin(
    study: Study, first: Built, design: Design, gap: float, days: int, begun: float, progress: Progress | None
) -> Search:
    label, left = classes(first.context.model.multipliers, study.timeline)
    features = first_features(first.matrix, study.timeline, left)
    return Search(study, design, label, features, days, gap, begun, progress)


def _search(search: Search, team: Crew, limit: float, resume: Path | None, kept: Checkpoint | None) -> bool:
    """Close the gap; return whether it stopped before that."""
    trial = None
    if kept is None:
        _look_ahead(search)
    else:
        trial = _continue(search, kept)
    master: Master | None = None
    ended: Basis | None = None
    patience = PATIENCE
    for _ in range(MOST_ROUNDS):
        if trial is None:
            if master is None:
                master = search.master()
            before = search.lower
            bounded = master.solve()
            ended = master.basis if resume is not None else None
            search.took(bounded)
            if search.done:
                return False
            trial = _next_sizes(search, bounded)
            if search.best and search.lower - before < STALE * (search.upper - search.lower):
                search.count = min(round(search.count * GROWTH), search.study.timeline.calendar.days)
                master = None
        if time.perf_counter() - search.begun > limit:
            search.say("time is up")
            return True
        search.say("operating every step of every year")
        years = team.operate(trial, YEAR)
        search.took_years(trial, years)
        trial = None
        search.say("operated every year")
        if resume is not None:
            save_checkpoint(resume, search_state(search, ended))
        if search.done:
            return False
        patience -= int(search.closed)
        if patience < 0:
            return False
        if master is not None:
            master.add([e.cut for e in years])
    return True


def _look_ahead(search: Search) -> None:
    """Group the days by what a first, small plan makes of them."""
    wanted = search.count
    search.count = max(LOOK_LEAST, round(wanted * LOOK * 24 / search.study.timeline.calendar.per_day))
    groups = search.groups()
    search.say(f"first look with {groups.max() + 1} mean days")
    bounded = Master(search.study, search.design, groups).solve()
    search.took(bounded)
    needs = []
    for year in search.picked:
        built, _ = build_year(search.study, year, search.study.timeline)
        moved = built.matrix.design @ bounded.sizes
        needs.append(net_need(built.matrix, moved, bounded.worth[year], search.study.timeline))
    search.look(needs)
    search.count = wanted


def _next_sizes(search: Search, bounded: Bounded) -> FloatArray:
    """Sizes to try next: half way between the best plan's and the small problem's.

    The small problem's own sizes sit at its corners and swing from round to round; cuts taken half way to
    the best plan close the gap in fewer rounds. Whole numbers cannot be averaged.
    """
    if not len(search.sizes) or search.design.whole.any():
        return bounded.sizes
    return (bounded.sizes + search.sizes) / 2


def _continue(search: Search, kept: Checkpoint) -> FloatArray | None:
    """Go on from a kept state: all of it for the same study, its sizes and groups for a similar one."""
    search.features, search.count, search.alone = kept.features, kept.count, kept.alone
    search.grouping, search.basis = kept.grouping, kept.basis
    if kept.fingerprint == fingerprint(search.study):
        search.lower, search.cuts = kept.lower, list(kept.cuts)
    search.say("going on from an earlier search")
    if renewed(search, kept):
        search.sizes = kept.sizes
        return None
    return kept.sizes


def renewed(search: Search, kept: Checkpoint) -> bool:
    """Renew the last cuts of an earlier search for this study; whether they say enough to begin with.

    Duals bound a year whatever its right-hand sides: after a change of growth they are as good as new. After
    a change of prices they may say nothing, and the years are operated first.
    """
    study = search.study
    if kept.fingerprint == fingerprint(study) or not kept.duals:
        return False
    cuts = []
    for year, duals in zip(study.horizon.years, kept.duals, strict=True):
        built, _ = build_year(study, year, study.timeline)
        if len(duals) != len(built.matrix.low):
            return False
        cuts.append(renew(built, kept.sizes, duals))
    if sum(c.constant + float(c.slope @ kept.sizes) for c in cuts) < RENEWED * kept.upper:
        return False
    search.cuts = cuts
    return True


def kept_duals(search: Search) -> tuple[FloatArray, ...]:
    """Row duals of each of the best plan's years [rows], where they are few enough to keep."""
    rows = sum(len(e.duals) for e in search.best)
    return tuple(e.duals for e in search.best) if rows <= MOST_DUALS else ()


def search_state(search: Search, ended: Basis | None = None) -> Checkpoint:
    """What is kept of a search on disk; ``ended`` is the basis of the last lower bound."""
    return Checkpoint(
        fingerprint(search.study),
        search.lower,
        search.upper,
        search.sizes,
        tuple(search.cuts),
        search.features,
        search.count,
        search.alone,
        search.design.names,
        search.grouping if ended is not None else None,
        ended,
        kept_duals(search),
    )


def billed_alone(study: Study, first: Built) -> bool:
    """Whether the study is a single year with monthly peaks.

    They tie the year's days together, and one problem for one year is then quicker than bounds.
    """
    months = len(study.timeline.months)
    monthly = any(block.count == months for block in first.matrix.columns if months > 1)
    return len(study.horizon.years) == 1 and monthly


def harsher(study: Study, factor: float) -> Study:
    """The study with ``factor`` times the price of what a valid plan must not contain."""
    if factor == 1:
        return study
    penalties = Penalties(study.penalties.unserved * factor, study.penalties.excess * factor)
    return replace(study, penalties=penalties)


def _plan(search: Search, study: Study, team: Crew) -> Plan:
    """The best plan found, with its proof."""
    if not search.best:
        raise SolverError("time ran out before any plan was found")
    status: Status = "optimal" if search.done else "infeasible" if search.closed else "stopped"
    operated = tuple(
        Operated(build_year(search.study, e.year, study.timeline)[0], e.values, e.duals, e.reduced)
        for e in search.best
    )
    seconds = time.perf_counter() - search.begun
    peak = peak_memory_mb() + team.peak_memory_mb
    return Plan(
        study,
        status,
        search.design,
        search.sizes,
        operated,
        search.upper,
        min(search.lower, search.upper),
        search.tolerance,
        "certified",
        version(search.best[0].ran),
        seconds,
        peak,
        tuple(search.history),
    )
