"""Years side by side: each worker builds a year once and operates it again and again.

Two workers are threads of one process where its years are small: the solver leaves Python alone while it
runs, and nothing need start or be sent. More of them would wait for Python, and are processes. Those are
spawned, never forked: the solver's threads do not survive a fork. They ignore Ctrl-C, which is for the
process that the user talks to.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from typing import Protocol, TypeVar

import numpy as np

from parkzero.lp.limits import standing
from parkzero.lp.proximal import solve_proximal
from parkzero.lp.rolling import NEAR
from parkzero.lp.solver import Options, Point, Problem, Solution
from parkzero.planning.again.as_before import operated_as_before
from parkzero.planning.assemble import Built
from parkzero.planning.bounds import Evaluated, evaluate
from parkzero.planning.mended_years import operated_mended
from parkzero.planning.plan import SLACK_TOLERANCE, peak_memory_mb
from parkzero.planning.total_prices import guessed_prices
from parkzero.planning.years import Years
from parkzero.study.study import Study
from parkzero.units import FloatArray

# Seconds that the thread beside a helper has to end with it.
ENDS = 2.0
# Seconds after which it is asked again whether to stop, while others are at work.
LISTENS = 0.2


Found = TypeVar("Found")


@dataclass(slots=True)
class Yard:
    """The years that one process operates.

    Attributes:
        study: the study.
        years: its years as arrays.
        enough: relative distance of a year's cost from its proven bound that will do.
        last: how each year was operated last.
    """

    study: Study
    years: Years
    enough: float = NEAR
    last: dict[int, tuple[FloatArray, Evaluated]] = field(default_factory=dict)

    def operate(
        self,
        year: int,
        sizes: FloatArray,
        options: Options,
        mended: bool,
        known: Mapping[str, float] | None = None,
        before: Point | None = None,
        seen: Point | None = None,
    ) -> Evaluated:
        """Operate a year with given sizes.

        Args:
            year: a milestone year.
            sizes: what is built [columns].
            options: how to solve.
            mended: whether the sizes are the last ones mended, so that little need be solved again.
            known: duals of rows over the year in a similar problem, by name.
            before: how it was operated with these sizes in a similar study.
            seen: how it was operated with other sizes.
        """
        built = self.years.of(year)
        last = self.last.get(year)
        again = operated_mended(built, *last, sizes, options) if mended and last is not None else None
        done = _fitting(built, before)
        if mended and last is not None:
            before = last[1]
        if again is None and before is not None:
            again = operated_as_before(self.study, built, sizes, before, options, self.enough)
            # Mended sizes are to serve what was short: one that is near enough and does not is no answer.
            if again is not None and mended and again.short.max(initial=0.0) > SLACK_TOLERANCE:
                again = None
        guess = partial(guessed_prices, self.study, built, sizes, options)
        found = again or evaluate(built, sizes, options, guess, self.enough, known, done, seen)
        self.last[year] = sizes, found
        return found


def _fitting(built: Built, before: Point | None) -> Point | None:
    """How a similar year was operated, where it has as many columns; else where its windows ended."""
    if before is None or len(before.values) == len(built.matrix.cost):
        return before
    return Point(np.zeros(0), before.duals, before.bases)


class Team(Protocol):
    """Operates years, here or elsewhere."""

    @property
    def peak_memory_mb(self) -> float:
        """The most memory that others than this process have taken for it [MB]."""

    def operate(
        self,
        sizes: FloatArray,
        options: Options,
        mended: bool = False,
        known: Mapping[int, Mapping[str, float]] | None = None,
        before: Mapping[int, Point] | None = None,
        seen: Mapping[int, Point] | None = None,
    ) -> list[Evaluated]:
        """Operate all milestone years with given sizes, in the order of the years; see ``Yard.operate``.

        What is known, and how it was operated before and last, is said for each year.

        Raises:
            StopAsked: when somebody asked to stop.
        """

    def solve(self, problems: Sequence[Problem], options: Options) -> list[Solution]:
        """Solve linear problems of single owners by an interior point.

        Returns:
            The solutions in the order given; where one is no optimum, the first such alone.
        """


Hire = Callable[..., AbstractContextManager[Team]]
"""Makes up a team for as long as it is needed; called as ``crew`` is."""


_yards: list[Yard] = []


def _begin() -> None:
    """Leave Ctrl-C to the process that the user talks to, and end with it even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _receive(study: Study, enough: float) -> None:
    _yards.append(Yard(study, Years(study), enough))


def _solve(problem: Problem, options: Options) -> Solution:
    return solve_proximal(problem, options)


_Asked = tuple[int, FloatArray, Options, bool, Mapping[str, float] | None, Point | None, Point | None]


def _operate(*asked: *_Asked) -> tuple[Evaluated, float]:
    return _yards[0].operate(*asked), peak_memory_mb()


class _Shares:
    """Which process operates which year: its own ones first, then those that others have not begun.

    Args:
        years: the years.
        places: process that had each year last; kept up to date.
        fixed: whether each process must have its own years, because it remembers them.

    Attributes:
        lock: held while a year is taken.
    """

    def __init__(self, years: Sequence[int], places: dict[int, int], fixed: bool) -> None:
        self._places, self._fixed, self.lock = places, fixed, threading.RLock()
        self._open = list(years)

    def take(self, place: int) -> int | None:
        """The next year for a process; None where nothing is left for it."""
        with self.lock:
            own = [year for year in self._open if self._places[year] == place]
            if not own and (self._fixed or not self._open):
                return None
            year = own[0] if own else self._open[-1]
            self._open.remove(year)
            self._places[year] = place
            return year


class Crew:
    """Operates years, in this process and by helpers beside it.

    What a process remembers of a year only makes it quicker to mend: whoever operates it finds the same.

    Args:
        study: the study.
        enough: relative distance of a year's cost from its proven bound that will do.
        executors: the helpers.
        years: the years as arrays, where this process has built some.
        threads: whether the helpers are threads of this process, which remember what it does.
    """

    def __init__(
        self,
        study: Study,
        enough: float,
        executors: Sequence[Executor],
        years: Years | None = None,
        threads: bool = False,
    ) -> None:
        self._years, self._limits = study.milestones.years, standing()
        self._executors, self._threads = executors, threads
        self._yard = Yard(study, years or Years(study), enough)
        self._peaks: dict[int, float] = {}
        self._places = {year: i % (len(executors) + 1) for i, year in enumerate(self._years)}

    @property
    def peak_memory_mb(self) -> float:
        """Sum of the most memory that each helper has taken [MB], this process not counted."""
        return sum(self._peaks.values())

    def operate(
        self,
        sizes: FloatArray,
        options: Options,
        mended: bool = False,
        known: Mapping[int, Mapping[str, float]] | None = None,
        before: Mapping[int, Point] | None = None,
        seen: Mapping[int, Point] | None = None,
    ) -> list[Evaluated]:
        """Operate all milestone years with given sizes; see ``Team``."""
        known, before, seen = known or {}, before or {}, seen or {}
        fixed = mended and not self._threads  # threads remember what this process does
        shares = _Shares(self._years, self._places, fixed)
        sent: dict[int, Future[tuple[Evaluated, float]]] = {}
        operate = self._beside if self._threads else _operate

        def asked(year: int) -> _Asked:
            return year, sizes, options, mended, known.get(year), before.get(year), seen.get(year)

        def send(place: int) -> bool:
            # Whoever finds nothing left must also find what was sent: it is waited for.
            with shares.lock:
                year = shares.take(place)
                if year is None:
                    return False
                try:
                    sent[year] = self._executors[place - 1].submit(operate, *asked(year))
                except RuntimeError as fault:  # the helper has died, or all is over
                    sent[year] = Future()
                    sent[year].set_exception(fault)
                    return False
            if not fixed:
                sent[year].add_done_callback(lambda _: send(place))
            return fixed  # what only the helper may do is sent at once

        for place in range(1, len(self._executors) + 1):
            while send(place):
                pass
        found = {}
        while (year := shares.take(0)) is not None:
            self._limits.left()
            found[year] = self._yard.operate(*asked(year))
        for year in self._years:
            if year not in found:
                found[year], peak = self._waited_for(sent[year])
                place = self._places[year]
                self._peaks[place] = max(peak, self._peaks.get(place, 0.0))
        return [found[year] for year in self._years]

    def _waited_for(self, task: Future[Found]) -> Found:
        """What a helper found; now and then it is asked whether to stop."""
        while True:
            try:
                return task.result(LISTENS)
            except TimeoutError:
                if task.done():  # it is the task's own
                    raise
                self._limits.left()

    def _beside(self, *asked: *_Asked) -> tuple[Evaluated, float]:
        """The same as ``_operate``, by a thread: what it takes is this process's."""
        with self._limits.here():
            return self._yard.operate(*asked), 0.0

    def solve(self, problems: Sequence[Problem], options: Options) -> list[Solution]:
        """Solve linear problems of single owners; see ``Team``."""
        count = 1 if self._threads else len(self._executors) + 1  # it keeps Python to itself
        largest = sorted(range(len(problems)), key=lambda i: -len(problems[i].cost))
        tasks = {
            i: self._executors[place % count - 1].submit(_solve, problems[i], options)
            for place, i in enumerate(largest)
            if place % count
        }
        found: dict[int, Solution] = {}
        for i in sorted(largest, key=lambda i: i in tasks):
            self._limits.left()
            found[i] = self._waited_for(tasks[i]) if i in tasks else _solve(problems[i], options)
            if found[i].status != "optimal":
                for task in tasks.values():
                    task.cancel()
                return [found[i]]
        return [found[i] for i in range(len(problems))]


@contextmanager
def _main_hidden(study: Study) -> Iterator[None]:
    """Let processes start without running the main module again, unless a part of the study is defined there.

    All else that they run is ParkZero's. The program that called it may be long to import, and a script that
    calls it without asking for its own name would start itself again and again.
    """
    main = sys.modules["__main__"]
    named = b"__main__" in bytes(ForkingPickler.dumps(study))
    names = () if named else ("__spec__", "__file__")
    hidden = {name: vars(main)[name] for name in names if name in vars(main)}
    for name in hidden:
        setattr(main, name, None)
    try:
        yield
    finally:
        for name, value in hidden.items():
            setattr(main, name, value)


@contextmanager
def crew(
    study: Study, workers: int, enough: float = NEAR, years: Years | None = None, threads: bool = False
) -> Iterator[Crew]:
    """A crew of ``workers``, of which this process is the first.

    Args:
        study: the study.
        workers: how many years are operated side by side.
        enough: relative distance of a year's cost from its proven bound that will do.
        years: the years as arrays, where this process has built some.
        threads: whether the others are threads of this process; else they are processes.
    """
    count = min(workers, len(study.milestones.years)) - 1
    if count <= 0:
        yield Crew(study, enough, (), years)
    elif threads:
        beside = [ThreadPoolExecutor(1) for _ in range(count)]
        try:
            yield Crew(study, enough, beside, years, threads=True)
        finally:
            for executor in beside:
                executor.shutdown(wait=False, cancel_futures=True)  # a year that is begun ends by itself
    else:
        with _helpers(study, count, enough) as executors:
            yield Crew(study, enough, executors, years)


@contextmanager
def _helpers(study: Study, count: int, enough: float) -> Iterator[list[ProcessPoolExecutor]]:
    """Processes that know the study, and end with the plan."""
    spawn = multiprocessing.get_context("spawn")
    executors = [ProcessPoolExecutor(1, mp_context=spawn, initializer=_begin) for _ in range(count)]
    with _main_hidden(study):
        for executor in executors:
            # Starts the process now, while the first lower bound is sought. The study goes as a task rather
            # than with the start: a process that dies at its start then breaks the pool; it does not block.
            executor.submit(_receive, study, enough)
    ends, end = standing().stopping.ends, partial(_terminate, executors)
    ends.append(end)
    try:
        yield executors
    finally:
        ends.remove(end)
        managers = [getattr(executor, "_executor_manager_thread", None) for executor in executors]
        _terminate(executors)
        # A thread that ends while the interpreter does may be woken when its pipe is closed already.
        for manager in managers:
            if manager is not None:
                manager.join(ENDS)


def _terminate(executors: Sequence[ProcessPoolExecutor]) -> None:
    for executor in executors:
        processes = list((getattr(executor, "_processes", None) or {}).values())
        executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
