"""Certified planning: a plan with a proof of how near to the best it is.

A lower bound comes from all years on mean days (``master``), an upper bound from operating every step of
every year with the sizes found there (``bounds``). The years' duals return as cuts, days are grouped anew by
what the plan makes of them, and days that run short become groups of their own, until the gap is as small as
was asked for and nothing is unserved.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from parkzero.errors import SolverError, StoppedError
from parkzero.language.block import Penalties
from parkzero.lp import interior, long_solve, proximal
from parkzero.lp.limits import NONE, StopAsked, TimeUp, limited, standing
from parkzero.lp.solver import Basis, Options, Point, version
from parkzero.planning.again.checkpoint import Checkpoint, load_checkpoint
from parkzero.planning.again.earlier import Earlier, allowed, taken_over
from parkzero.planning.aside import aside
from parkzero.planning.assemble import Built, Design, build_year
from parkzero.planning.bounds import Evaluated
from parkzero.planning.grouping import classes, first_features, looks, needs
from parkzero.planning.hard_days import busiest, found_hard
from parkzero.planning.master import SIMPLEX_SIZES, Bounded, Master
from parkzero.planning.memory import SMALL_COLUMNS
from parkzero.planning.mend import mended
from parkzero.planning.monolith import monolith
from parkzero.planning.peak_days import by_month, needs_of_connections, peak_days
from parkzero.planning.plan import (
    Operated,
    Plan,
    Progress,
    Status,
    Stop,
    peak_memory_mb,
    relative_gap,
)
from parkzero.planning.search import NEARER, Search
from parkzero.planning.workers import Hire, Team, crew
from parkzero.planning.years import MOST_KEPT, Years
from parkzero.study.study import Study
from parkzero.texts import Text, say
from parkzero.units import FloatArray

# Mean days of the first lower bound, where a gap of COARSE or more is asked for and where less is.
COARSE, COARSE_DAYS, FINE_DAYS = 0.005, 8, 14
# The look ahead has this share of them, and no more steps than in hours: it only tells days apart.
LOOK, LOOK_LEAST = 0.7, 4
# Mean days of the problems that lead to the look ahead.
LADDER = (2, 3, 5, 8)
GROWTH = 1.4
# A large bound begins from nothing each time. Where so wide a gap or a wider one is asked for, there come so
# many times as many mean days once trials have told what days are worth; then cuts on the same days do more,
# as they do from the first on where a narrower gap is asked for.
WIDE_GAP, DEAR_GROWTH = 0.01, 2.0
MOST_ROUNDS = 40
# Where a plan is near enough to the best but leaves something unserved, it is sought again with that many
# times the price of what a valid plan must not contain. Cuts stay valid: a higher price only adds cost.
HARSHER = 30.0
HARSHNESS = (1.0, HARSHER, HARSHER**2)
# Rounds that a closed gap may still take to serve everything before the price rises.
PATIENCE = 3
# A lower bound that closes less than this share of the gap asks for more mean days, unless the last trial
# closed so much of it.
STALE, GAINED = 0.03, 0.25
# Share of the way from the best plan's sizes to the small problem's that is gone.
HALF_WAY = 0.5
# Columns of a year from which its solution waits for memory.
LARGE_YEAR = 4_000_000
# Threads of one process that operate years side by side.
MOST_THREADS = 2
# Where bounds are dear, a mended plan that leaves this share of the gap is worth its operation.
SPARED = 0.8
# Days before and after a busy one that sizes are to serve with it before they are tried.
BUSY = 1
# What is said where a lower bound ends the search.
CLOSED = say("the lower bound is near enough")
YEAR = Options(method="simplex", crossover=True, threads=1)
AT_ONCE = Options(method="ipx", crossover=False, threads=1)


def certified(
    study: Study,
    gap: float = 0.001,
    workers: int = 2,
    time_limit: float = np.inf,
    progress: Progress | None = None,
    resume: Path | None = None,
    small: int = SMALL_COLUMNS,
    first_days: int = 0,
    stop: Stop | None = None,
    hire: Hire = crew,
    wider: Plan | None = None,
    bounds: bool = False,
) -> Plan:
    """Find a plan whose proven distance from the best is at most ``gap``.

    Args:
        study: what is asked.
        gap: relative gap at which to stop.
        workers: years that are operated side by side.
        time_limit: seconds after which the best plan so far is returned.
        progress: told of both bounds as they close.
        resume: file that keeps the search; one of the same study goes on from it, one of a like study ahead.
        small: columns below which the whole problem is solved at once.
        first_days: mean days of the first lower bound; by default as many as the gap asks for.
        stop: asked now and then whether to stop; Ctrl-C asks for that as well.
        hire: who operates years; by default this process and helpers beside it.
        wider: a plan of a study of which this is a narrower case: its lower bound holds here.
        bounds: whether the bound is all that is asked for: the plan may leave something unserved.

    Returns:
        The plan; ``stopped`` when time ran out or somebody asked to stop before the gap closed.

    Raises:
        SolverError: when a solve ends without an answer, or a bound does not hold.
        StoppedError: when it was stopped before any plan was found.
    """
    begun = time.perf_counter()
    asked: list[Search] = []
    with limited(time_limit, stop) as limits:
        try:
            first, design = build_year(study, study.milestones.years[0], study.timeline)
            if len(first.matrix.cost) * len(study.milestones.years) <= small:
                return replace(monolith(study, AT_ONCE, gap, progress), method="certified")
            days = first_days or (COARSE_DAYS if gap >= COARSE else FINE_DAYS)
            kept = load_checkpoint(resume, study, design) if resume is not None else None
            asked.append(_begin(study, first, design, gap, days, begun, progress, kept))
            asked[0].bounds, asked[0].lower = bounds, wider.lower_bound if wider is not None else -np.inf
            count = side_by_side(first, workers)
            team = partial(hire, workers=count, enough=NEARER * gap, threads=as_threads(first, count))
            stopped, helpers_mb = aside(partial(_sought, asked, team, kept, resume, wider), limits)
        except StopAsked as why:
            if not asked or not asked[0].best:
                raise StoppedError(say("stopped before any plan was found")) from None
            asked[0].say(_why(why))  # nobody waits for what has not ended yet
            stopped, helpers_mb = True, 0.0
    # Where nothing serves everything, what is short is best told at the price that was asked.
    found = asked[-1] if asked[-1].done else asked[0]
    with NONE.here():
        return _plan(found, study, helpers_mb, stopped)


def _sought(
    asked: list[Search], hire: Callable[..., AbstractContextManager[Team]], kept: Checkpoint | None,
    file: Path | None, wider: Plan | None = None,
) -> tuple[bool, float]:  # fmt: skip
    """Search, at higher and higher prices for what is unserved where need be.

    Args:
        asked: the search, to which those at higher prices are added.
        hire: who operates years.
        kept: what is kept of an earlier search, and the file in which this one is.
        file: where this one is kept.
        wider: whose sizes are tried first, as far as they are open here.

    Returns:
        Whether it was stopped, and the memory of helpers [MB].
    """
    stopped, helpers_mb, earlier, search = False, 0.0, Earlier(file), asked[0]
    for harshness in HARSHNESS:
        try:
            if harshness > 1:
                search.say(say("something is still unserved: asking again at a higher price for it"))
                search = _harder(search, harsher(asked[0].study, harshness))
                asked.append(search)
            with hire(search.study, years=search.years) as team:
                if search is asked[0]:
                    earlier = taken_over(search, kept, file)
                    if wider is not None and wider.design.names == search.design.names:
                        sizes = np.clip(wider.sizes, search.design.lower, search.design.upper)
                        earlier.sizes = sizes if allowed(sizes, search.design) else None
                else:
                    earlier = Earlier(file, search.sizes if len(search.sizes) else None)
                stopped = Rounds(search, team, earlier).close()
                helpers_mb = max(helpers_mb, team.peak_memory_mb)
        except SolverError:
            if search is asked[0] or search.lower > search.upper:
                raise  # nothing is known yet; or a bound does not hold, which nobody may overlook
            # What cannot be served at all makes such prices the whole cost: doubles tell nothing else apart.
            stopped = True
            search.say(say("no solver ends at this price: what is unserved may be left so"))
        except (KeyboardInterrupt, StopAsked) as why:
            if standing().stopping.given_up:
                raise
            stopped = True
            search.say(_why(why))
            if earlier.like is not None:  # a bound owner by owner was sought
                earlier.keep(search, None)
        if stopped or search.done:
            break
    return stopped, helpers_mb


def _why(ended: BaseException) -> Text:
    return say("time is up") if isinstance(ended, TimeUp) else say("stopped by the user")


def _begin(
    study: Study,
    first: Built,
    design: Design,
    gap: float,
    days: int,
    begun: float,
    progress: Progress | None,
    kept: Checkpoint | None = None,
) -> Search:
    label, left = classes(first.context.model.multipliers, study.timeline)
    features = kept.features if kept is not None else first_features(first.matrix, study.timeline, left)
    years = Years(study)
    years.keep(first)
    monthly = bool(by_month(first.matrix))
    return Search(study, design, years, label, features, days, gap, begun, progress, by_month=monthly)


def side_by_side(first: Built, workers: int) -> int:
    """How many years are operated side by side.

    A large year waits for memory rather than for arithmetic: two on the two hardware threads of one core are
    a quarter to a half faster than one after the other, and take twice the memory, 4 GB for ten tenants.
    """
    if len(first.matrix.cost) <= LARGE_YEAR:
        return workers
    return min(workers, max(1, (os.cpu_count() or 1) // 2))


def as_threads(first: Built, count: int) -> bool:
    """Whether those who operate years are threads of one process.

    They begin at once and share the years, which this process keeps if they are small. But more than half of
    a year's time is Python's, which one thread has at a time: more than two are quicker as processes.
    """
    return count <= MOST_THREADS and len(first.matrix.cost) <= MOST_KEPT


@dataclass(slots=True)
class Rounds:
    """Bounds and trials in turn, until the gap is closed.

    Attributes:
        search: what is known.
        team: who operates years.
        earlier: what an earlier search gives.
        master, last: the lower bound's problem, and the one before on fewer mean days.
        ended: where the last lower bound ended, where that is kept.
        patience: rounds that a closed gap may still take.
        mended_now: whether the trial is the last one mended.
        improved: whether a trial was better than all before since the last lower bound.
        gained: share of the gap that the last trial closed.
        grown: whether there came more mean days for a large bound.
        over: whether the search has ended.
    """

    search: Search
    team: Team
    earlier: Earlier
    master: Master | None = None
    last: Master | None = None
    ended: Basis | None = None
    patience: int = PATIENCE
    mended_now: bool = False
    improved: bool = True
    gained: float = 1.0
    grown: bool = False
    over: bool = False

    def close(self) -> bool:
        """Close the gap; return whether it stopped before that.

        Raises:
            StopAsked: when somebody asked for that.
        """
        search = self.search
        trial = self.earlier.trial(search, YEAR)
        for _ in range(MOST_ROUNDS):
            standing().left()
            trial = self._bound() if trial is None else trial
            if trial is None:
                return not search.done
            standing().left()
            trial = self._operate(trial)
            if self.over:
                return False
        return True

    def _bound(self) -> FloatArray | None:
        """Take a lower bound; the next sizes to try, None where there are none to try."""
        search = self.search
        if self.earlier.bounds(search, self.team.solve):
            self._closed(None)
            return None
        asked, self.earlier.asked = self.earlier.asked, None
        if asked is not None:
            return asked
        dear = not self.earlier.known and search.proof is not None and search.tolerance >= WIDE_GAP
        grows = dear and not self.grown
        if grows and search.trials and self.master is None:
            search.refine(DEAR_GROWTH)
            self.grown = True
        master = self.master or self.earlier.master(search) or self._next_master()
        before = search.lower
        bounded = master.solve()
        self.ended = master.basis if self.earlier.file is not None else None
        search.took(bounded)
        if search.done:
            self._closed(self.ended)
            return None
        if search.exhausted(before, self.improved) and not search.closed:
            search.say(say("nothing is left to refine: yes-or-no decisions in the hours keep the gap open"))
            return None
        if search.closed and (found := _mended(search, search.sizes, search.best)) is not None:
            return found
        self.improved = False
        stale = bool(search.best) and search.lower - before < STALE * (search.upper - search.lower)
        guess = self.earlier.guessed(master)
        if stale and self.gained < GAINED:
            if not grows:  # else there come more in any case
                search.refine(GROWTH)
            self._refined(master)
        else:
            # A large one begins from nothing in any case, and its memory is needed now.
            self.master = None if master.large else master
        sizes = _next_sizes(search, bounded, stale) if guess is None else guess
        return _serving(search, sizes) if master.large and not self.earlier.known else sizes

    def _closed(self, ended: Basis | None) -> None:
        self.search.say(CLOSED)
        self.earlier.keep(self.search, ended)

    def _next_master(self) -> Master:
        """The next lower bound's problem; before the first one smaller ones tell days apart."""
        search = self.search
        return search.master(self.last) if self.earlier.known or search.trials else _first(search)

    def _refined(self, master: Master | None) -> None:
        """The next lower bound is on other days; it may begin where the last one ended."""
        self.last, self.master = (None if master is None or master.large else master), None

    def _operate(self, trial: FloatArray) -> FloatArray | None:
        """Operate the years with some sizes; the next ones to try at once, None where a bound comes first."""
        search = self.search
        search.say(say("operating every step of every year"))
        before = self.earlier.operated()
        years = self.team.operate(trial, YEAR, self.mended_now, search.totals, before, search.seen)
        if standing().stopping.given_up:
            standing().end()
        upper = search.upper
        harder = search.took_years(trial, years)
        self.improved = self.improved or search.upper < upper
        known = search.lower < upper < np.inf
        self.gained = (upper - search.upper) / (upper - search.lower) if known else 1.0
        search.say(say("operated every year"))
        if search.done or not self.earlier.pending:
            self.earlier.keep(search, self.ended)  # else it is kept after the bound that follows at once
        if search.done:
            self.over = True
            return None
        # So is a plan near enough to the best that leaves something unserved, if it was not mended just now.
        short = harder or (search.closed and not self.mended_now)
        found = _mended(search, trial, years, far=not self.mended_now) if short else None
        self.mended_now = found is not None
        self.patience -= int(search.closed and not self.mended_now)
        self.over = self.patience < 0
        if harder:
            self._refined(self.master)
        elif self.master is not None:
            self.master.add([e.cut for e in years])
        return found


def _mended(
    search: Search, trial: FloatArray, years: list[Evaluated], far: bool = False
) -> FloatArray | None:
    """The trial with the least more that serves who was short, where that may close the gap.

    Where bounds are dear and a plan is to be near, a better one is worth it, too, if it may be ``far`` yet:
    the next sizes lie half way to it.
    """
    short = {owner for e in years for owner in e.hard}
    if search.design.whole.any() or not short:
        return None
    hard = {year: {o: d for o, d in days.items() if o in short} for year, days in search.hard.items()}
    found = mended(search.study, search.design, trial, hard)
    if found is None:
        return None
    sizes, more = found
    hoped = sum(e.cost - e.penalty for e in years) + more
    gap, had = (relative_gap(search.lower, cost) for cost in (hoped, search.upper))
    dear = search.proof is not None and (search.tolerance < COARSE or gap < SPARED * had)
    if gap > search.tolerance and not (far and dear and gap < had):
        return None
    search.say(say("mending what was short"))
    return sizes


def _serving(search: Search, sizes: FloatArray) -> FloatArray:
    """The sizes that mean days choose with the least more that serves each owner's busiest days.

    Mean days are calmer than days are: what they choose runs short on almost all days, and a trial of it
    tells little but that.
    """
    if search.design.whole.any():
        return sizes
    years = search.study.milestones.years
    days = busiest(search.study, search.years.of(years[0]))
    hard = found_hard(search.hard, dict.fromkeys(years, days))
    found = mended(search.study, search.design, sizes, hard, BUSY)
    return sizes if found is None else found[0]


def _first(search: Search) -> Master:
    """The first lower bound's problem; days are told apart by smaller ones first.

    Where it is large that is left out, unless peak days are to be found.
    """
    if not search.by_month:
        master = search.master()
        if not master.quick:
            return master
    last = _look_ahead(search)
    search.grouping = None
    return search.master(last)


def _look_ahead(search: Search) -> Master:
    """Group the days by what a first, small plan makes of them.

    A few mean days are split again and again: each problem begins where the one before ended. Whole units are
    not asked for yet.
    """
    design = replace(search.design, whole=np.zeros_like(search.design.whole))
    wanted = search.count
    look = max(LOOK_LEAST, round(wanted * LOOK * 24 / search.study.timeline.calendar.per_day))
    master: Master | None = None
    # Where it begins from nothing each time, there is no use in a ladder.
    steps = LADDER if len(search.design.lower) <= SIMPLEX_SIZES else ()
    for count in [*(n for n in steps if n < look), look]:
        search.count = count
        groups = search.groups()
        search.say(say("first look with {days} mean days", days=int(groups.max()) + 1))
        last, master = master, Master(search.study, design, groups)
        if last is not None:
            master.begin_like(last)
        bounded = master.solve()
        search.took(bounded)
    study, found, asked_days = search.study, [], []
    for year in search.picked:
        matrix, worth = search.years.of(year).matrix, bounded.worth[year]
        asked = needs(matrix, matrix.design @ bounded.sizes, worth)
        found.append(looks(matrix, worth, study.timeline, asked))
        if search.by_month:
            asked_days.append(needs_of_connections(study, matrix, asked))
    search.look(found)
    if asked_days:
        search.peaks = peak_days(np.sum(asked_days, axis=0), study.timeline.calendar.day_months)
    search.count = wanted
    assert master is not None
    return master


def _next_sizes(search: Search, bounded: Bounded, stale: bool) -> FloatArray:
    """Sizes to try next: half way between the best plan's and the small problem's.

    The small problem's own sizes sit at its corners and swing from round to round; cuts taken half way to
    the best plan close the gap in fewer rounds. Where the lower bound stands still, though, it is the plan
    that is far from the best, and its sizes are left behind. So are those of an earlier search, which answer
    another question: a part of them leaves caps to be kept at great cost. Whole numbers cannot be averaged.
    """
    if stale or not search.best or search.design.whole.any():
        return bounded.sizes
    return HALF_WAY * bounded.sizes + (1 - HALF_WAY) * search.sizes


def _harder(search: Search, study: Study) -> Search:
    """The search of the same study at a higher price for what is short; its cuts and bound still hold."""
    return replace(
        search,
        study=study,
        years=Years(study),
        upper=np.inf,
        trials=[],
        best=[],
        cuts=list(search.cuts),
        history=[],
    )


def harsher(study: Study, factor: float) -> Study:
    """The study with ``factor`` times the price of what a valid plan must not contain."""
    if factor == 1:
        return study
    penalties = Penalties(study.penalties.unserved * factor, study.penalties.excess * factor)
    return replace(study, penalties=penalties)


def _plan(search: Search, study: Study, helpers_mb: float, stopped: bool) -> Plan:
    """The best plan found, with its proof."""
    if not search.best:
        raise StoppedError(say("stopped before any plan was found"))
    status: Status = (
        "optimal" if search.done else "infeasible" if search.closed and not stopped else "stopped"
    )
    operated = tuple(_operated(search, e) for e in search.best)
    seconds = time.perf_counter() - search.begun
    peak = peak_memory_mb() + helpers_mb + long_solve.most_memory_mb()
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
        _solvers(search),
        seconds,
        peak,
        tuple(search.history),
    )


def _operated(search: Search, year: Evaluated) -> Operated:
    """A year of the best plan; its duals are left open where they are an earlier study's."""
    built = search.years.of(year.year)
    if year.told:
        return Operated(built, year.values, year.duals, year.reduced)
    unknown = np.full(len(year.duals), np.nan), np.full(len(year.values), np.nan)
    return Operated(built, year.values, *unknown, Point(year.values, year.duals, year.bases))


def _solvers(search: Search) -> str:
    """What operated the years, and what else bounded them, in words."""
    beside = {interior.METHOD: interior.version, proximal.METHOD: proximal.version}
    bounded = [told() for method, told in beside.items() if method in search.bounded_by]
    return ", ".join([version(search.best[0].ran), *bounded])
