"""Certified planning: a plan with a proof of how near to the best it is.

A lower bound comes from all years on mean days (``master``), an upper bound from operating every step of
every year with the sizes found there (``bounds``). The years' duals return as cuts, days are grouped anew by
what the plan makes of them, and days that run short become groups of their own, until the gap is as small as
was asked for and nothing is unserved.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from parkzero.errors import StoppedError
from parkzero.language.block import Penalties
from parkzero.lp import interior, proximal
from parkzero.lp.expr import Each
from parkzero.lp.solver import Basis, Options, version
from parkzero.planning.assemble import Built, Design, build_year
from parkzero.planning.bounds import Evaluated
from parkzero.planning.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from parkzero.planning.grouping import classes, first_features, looks
from parkzero.planning.master import Bounded, Master
from parkzero.planning.mend import mended
from parkzero.planning.monolith import monolith
from parkzero.planning.plan import (
    Operated,
    Plan,
    Progress,
    Standing,
    Status,
    peak_memory_mb,
    relative_gap,
)
from parkzero.planning.resume import go_on, state_of
from parkzero.planning.search import Search
from parkzero.planning.workers import Crew, crew
from parkzero.planning.years import MOST_KEPT, Years
from parkzero.study.study import Study
from parkzero.texts import say
from parkzero.units import FloatArray

# Mean days of the first lower bound, where a gap of COARSE or more is asked for and where less is.
COARSE, COARSE_DAYS, FINE_DAYS = 0.005, 8, 14
# The look ahead has this share of them, and no more steps than in hours: it only tells days apart.
LOOK, LOOK_LEAST = 0.7, 4
# Mean days of the problems that lead to the look ahead.
LADDER = (2, 3, 5, 8)
GROWTH = 1.4
MOST_ROUNDS = 40
# Below this many columns the whole problem at full resolution is quicker than any bounds.
SMALL_COLUMNS = 40_000
# Where a plan is near enough to the best but leaves something unserved, it is sought again with that many
# times the price of what a valid plan must not contain. Cuts stay valid: a higher price only adds cost.
HARSHER = 30.0
HARSHNESS = (1.0, HARSHER, HARSHER**2)
# Rounds that a closed gap may still take to serve everything before the price rises.
PATIENCE = 3
# A lower bound that closes less than this share of the gap asks for more mean days, unless the last trial
# closed so much of it.
STALE, GAINED = 0.03, 0.25
# Share of the way to the small problem's sizes that is gone: from those of the best plan, and from those that
# an earlier search left where a guess of what years cost says where to look.
HALF_WAY, FROM_GUESSED = 0.5, 0.75
# Columns of a year from which its solution waits for memory: in windows, and at once.
LARGE_YEAR, LARGE_AT_ONCE = 4_000_000, 700_000
# Threads of one process that operate years side by side.
MOST_THREADS = 2
# How much nearer to its bound a year is operated than the plan is asked to be.
NEARER = 0.1
# What is said where a lower bound ends the search.
CLOSED = "the lower bound is near enough"
YEAR = Options(method="simplex", crossover=True, threads=1)


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
        workers: years that are operated side by side.
        time_limit: seconds after which the best plan so far is returned.
        progress: told of both bounds as they close.
        resume: file in which the state of the search is kept; a search of the same study goes on from it,
            one of a similar study (other prices, other growth) begins ahead.
        small: columns below which the whole problem is solved at once.
        first_days: mean days of the first lower bound; by default as many as the gap asks for.

    Returns:
        The plan; ``stopped`` when time ran out or the user pressed Ctrl-C before the gap closed.

    Raises:
        SolverError: when a solve ends without an answer, or a bound does not hold.
        StoppedError: when it was stopped before any plan was found.
    """
    begun = time.perf_counter()
    first, design = build_year(study, study.horizon.years[0], study.timeline)
    if len(first.matrix.cost) * len(study.horizon.years) <= small or (small and billed_alone(study, first)):
        options = Options(method="ipx", crossover=False, threads=1, seconds=time_limit)
        plan = monolith(study, options, gap, progress)
        return replace(plan, method="certified")
    days = first_days or (COARSE_DAYS if gap >= COARSE else FINE_DAYS)
    kept = load_checkpoint(resume, study, design) if resume is not None else None
    search = _begin(study, first, design, gap, days, begun, progress, kept)
    asked: list[Search] = []
    stopped, helpers_mb = False, 0.0
    for harshness in HARSHNESS:
        try:
            if asked:
                search.say("something is still unserved: asking again at a higher price for it")
                search = _harder(search, harsher(study, harshness))
            asked.append(search)
            count = side_by_side(first, workers)
            threads = as_threads(first, count)
            with crew(search.study, count, NEARER * gap, search.years, threads) as team:
                stopped = _search(search, team, time_limit, resume, kept if len(asked) == 1 else None)
                helpers_mb = max(helpers_mb, team.peak_memory_mb)
        except KeyboardInterrupt:
            stopped = True
            search.say("stopped by the user")
            if search.like is not None:  # a bound owner by owner was sought
                _keep(search, None, resume)
        if stopped or search.done:
            break
    if not search.done:
        # Where nothing serves everything, what is short is best told at the price that was asked.
        search = asked[0]
    return _plan(search, study, helpers_mb, stopped)


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
    return Search(study, design, years, label, features, days, gap, begun, progress)


def side_by_side(first: Built, workers: int) -> int:
    """How many years are operated side by side.

    A large year waits for memory rather than for arithmetic: two on the two hardware threads of one core are
    a quarter to a half faster than one after the other, and take twice the memory, 4 GB for ten tenants.
    """
    if len(first.matrix.cost) <= (LARGE_AT_ONCE if monthly(first) else LARGE_YEAR):
        return workers
    return min(workers, max(1, (os.cpu_count() or 1) // 2))


def as_threads(first: Built, count: int) -> bool:
    """Whether those who operate years are threads of one process.

    They begin at once and share the years, which this process keeps if they are small. But more than half of
    a year's time is Python's, which one thread has at a time: more than two are quicker as processes. A year
    that is solved at once would not end with the plan when the user presses Ctrl-C.
    """
    return count <= MOST_THREADS and len(first.matrix.cost) <= MOST_KEPT and not monthly(first)


def _search(search: Search, team: Crew, limit: float, resume: Path | None, kept: Checkpoint | None) -> bool:
    """Close the gap; return whether it stopped before that."""
    trial = go_on(search, kept) if kept is not None else search.sizes if len(search.sizes) else None
    master: Master | None = None
    last: Master | None = None
    ended: Basis | None = None
    patience, mended_now, improved, gained = PATIENCE, False, True, 1.0
    if trial is not None and search.stands(trial, YEAR):
        trial = None  # a bound comes first: it may do without what the years would tell
    for _ in range(MOST_ROUNDS):
        if trial is None:
            if _closed_apart(search, team):
                search.say(CLOSED)
                _keep(search, None, resume)
                return False
            if master is None:
                master = _first(search) if kept is None and not search.trials else search.master(last)
            before = search.lower
            bounded = master.solve()
            ended = master.basis if resume is not None else None
            search.took(bounded)
            if search.done:
                search.say(CLOSED)
                _keep(search, ended, resume)
                return False
            if search.exhausted(before, improved) and not search.closed:
                search.say("nothing is left to refine: yes-or-no decisions in the hours keep the gap open")
                return True
            improved = False
            stale = bool(search.best) and search.lower - before < STALE * (search.upper - search.lower)
            guess = search.guessed(master)
            trial = (
                _next_sizes(search, bounded, stale)
                if guess is None
                else _part_way(FROM_GUESSED, guess, search.sizes)
            )
            if stale and gained < GAINED:
                search.refine(GROWTH)
                last, master = (None if master.large else master), None
            elif master.large:
                master = None  # it begins from nothing in any case, and its memory is needed now
        if time.perf_counter() - search.begun > limit:
            search.say("time is up")
            return True
        search.say("operating every step of every year")
        years = team.operate(trial, YEAR, mended_now, search.totals, search.before)
        search.before = {}  # the next sizes are others
        upper = search.upper
        harder = search.took_years(trial, years)
        improved = improved or search.upper < upper  # since the last lower bound
        gained = (upper - search.upper) / (upper - search.lower) if search.lower < upper < np.inf else 1.0
        search.say("operated every year")
        if search.done or search.earlier is None:
            _keep(search, ended, resume)  # else it is kept after the bound that follows at once
        if search.done:
            return False
        # So is a plan near enough to the best that leaves something unserved, if it was not mended just now.
        short = harder or (search.closed and not mended_now)
        trial = _mended(search, trial, years) if short else None
        mended_now = trial is not None
        patience -= int(search.closed and not mended_now)
        if patience < 0:
            return False
        if harder:
            last, master = (None if master is None or master.large else master), None
        elif master is not None:
            master.add([e.cut for e in years])
    return True


def _keep(search: Search, ended: Basis | None, resume: Path | None) -> None:
    """Keep the state of the search on disk; ``ended`` is the basis of its last lower bound."""
    if resume is not None and search.best:
        save_checkpoint(resume, state_of(search, ended), search.study)


def _closed_apart(search: Search, team: Crew) -> bool:
    """Whether a lower bound owner by owner closes the gap, where an earlier search left one to follow."""
    apart = search.apart(team.solve)
    if apart is not None:
        search.took(apart)
    return search.done


def _mended(search: Search, trial: FloatArray, years: list[Evaluated]) -> FloatArray | None:
    """The trial with the least more that serves who was short, where that may close the gap."""
    short = {owner for e in years for owner in e.hard}
    if search.design.whole.any() or not short:
        return None
    hard = {year: {o: d for o, d in days.items() if o in short} for year, days in search.hard.items()}
    found = mended(search.study, search.design, trial, hard)
    if found is None:
        return None
    sizes, more = found
    hoped = sum(e.cost - e.penalty for e in years) + more
    if relative_gap(search.lower, hoped) > search.tolerance:
        return None
    search.say("mending what was short")
    return sizes


def _first(search: Search) -> Master:
    """The first lower bound's problem; where it is small, days are told apart by smaller ones first."""
    master = search.master()
    if not master.quick:
        return master
    last = _look_ahead(search)
    search.grouping = None
    return search.master(last)


def _look_ahead(search: Search) -> Master:
    """Group the days by what a first, small plan makes of them.

    A few mean days are split again and again: each problem begins where the one before ended.
    """
    wanted = search.count
    look = max(LOOK_LEAST, round(wanted * LOOK * 24 / search.study.timeline.calendar.per_day))
    master: Master | None = None
    for count in [*(n for n in LADDER if n < look), look]:
        search.count = count
        groups = search.groups()
        search.say(f"first look with {groups.max() + 1} mean days")
        last, master = master, Master(search.study, search.design, groups)
        if last is not None:
            master.begin_like(last)
        bounded = master.solve()
        search.took(bounded)
    needs = []
    for year in search.picked:
        built = search.years.of(year)
        moved = built.matrix.design @ bounded.sizes
        needs.append(looks(built.matrix, moved, bounded.worth[year], search.study.timeline))
    search.look(needs)
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
    return _part_way(HALF_WAY, bounded.sizes, search.sizes)


def _part_way(share: float, sizes: FloatArray, before: FloatArray) -> FloatArray:
    return share * sizes + (1 - share) * before


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


def billed_alone(study: Study, first: Built) -> bool:
    """Whether the study is a single year with monthly peaks.

    They tie the year's days together, and one problem for one year is then quicker than bounds.
    """
    return len(study.horizon.years) == 1 and monthly(first)


def monthly(first: Built) -> bool:
    """Whether columns by month (peaks) tie the days of a year together, so that windows do not fit it."""
    by_month = any(block.each is Each.MONTH for block in first.matrix.columns)
    return by_month and len(first.context.timeline.months) > 1


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
    peak = peak_memory_mb() + helpers_mb
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
    if not search.unpriced:
        return Operated(built, year.values, year.duals, year.reduced)
    unknown = np.full(len(year.duals), np.nan), np.full(len(year.values), np.nan)
    return Operated(built, year.values, *unknown, Standing(year.values, year.duals, year.bases))


def _solvers(search: Search) -> str:
    """What operated the years, and what else bounded them, in words."""
    beside = {interior.METHOD: interior.version, proximal.METHOD: proximal.version}
    bounded = [told() for method, told in beside.items() if method in search.bounded_by]
    return ", ".join([version(search.best[0].ran), *bounded])
