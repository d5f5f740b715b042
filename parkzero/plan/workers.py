"""Years in processes of their own: each worker builds a year once and operates it again and again.

Workers are spawned, never forked: the solver's threads do not survive a fork. They ignore Ctrl-C, which is
for the process that the user talks to.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import wait

from parkzero.lp.rolling import NEAR
from parkzero.lp.solver import Options
from parkzero.plan.again import operated_again
from parkzero.plan.assemble import Built, build_year
from parkzero.plan.bounds import Evaluated, evaluate
from parkzero.plan.plan import peak_memory_mb
from parkzero.plan.standing import Standing, operated_as_before
from parkzero.plan.total_prices import guessed_prices
from parkzero.study.study import Study
from parkzero.units import FloatArray

# Years of more columns than this are built anew each time: that is quick, and keeping them takes memory.
MOST_KEPT = 300_000
# An earlier operation may stand if it is this much farther from the bound than one that is found anew.
STANDING = 2.5


@dataclass(slots=True)
class Yard:
    """The years that one process operates.

    Attributes:
        study: the study.
        enough: relative distance of a year's cost from its proven bound that will do.
        built, last: years as arrays, and how each was operated last.
    """

    study: Study
    enough: float = NEAR
    built: dict[int, Built] = field(default_factory=dict)
    last: dict[int, tuple[FloatArray, Evaluated]] = field(default_factory=dict)

    def operate(
        self,
        year: int,
        sizes: FloatArray,
        options: Options,
        mended: bool,
        known: Mapping[str, float] | None = None,
        before: Standing | None = None,
    ) -> Evaluated:
        """Operate a year with given sizes.

        Args:
            year: a milestone year.
            sizes: what is built [columns].
            options: how to solve.
            mended: whether the sizes are the last ones mended, so that little need be solved again.
            known: duals of rows over the year in a similar problem, by name.
            before: how it was operated with these sizes in a similar study.
        """
        built = self.built.get(year) or build_year(self.study, year, self.study.timeline)[0]
        if len(built.matrix.cost) <= MOST_KEPT:
            self.built[year] = built
        last = self.last.get(year)
        again = operated_again(built, *last, sizes, options) if mended and last is not None else None
        if mended and last is not None:
            before = Standing(last[1].values, last[1].duals)
        if again is None and before is not None:
            again = operated_as_before(self.study, built, sizes, before, options, STANDING * self.enough)
        guess = partial(guessed_prices, self.study, built, sizes, options)
        found = again or evaluate(built, sizes, options, guess, self.enough, known)
        self.last[year] = sizes, found
        return found


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
    _yards.append(Yard(study, enough))


def _operate(
    year: int,
    sizes: FloatArray,
    options: Options,
    mended: bool,
    known: Mapping[str, float] | None,
    before: Standing | None,
) -> tuple[Evaluated, float]:
    return _yards[0].operate(year, sizes, options, mended, known, before), peak_memory_mb()


class Crew:
    """Operates years, in this process and in helpers beside it.

    A year is always operated by the same process, which remembers it.
    """

    def __init__(self, study: Study, enough: float, executors: Sequence[Executor]) -> None:
        self._years = study.horizon.years
        self._executors = executors
        self._yard = Yard(study, enough)
        self._peaks: dict[int, float] = {}

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
        before: Mapping[int, Standing] | None = None,
    ) -> list[Evaluated]:
        """Operate all milestone years with given sizes, in the order of the years; see ``Yard.operate``.

        What is known, and how it was operated before, is said for each year.
        """
        known, before = known or {}, before or {}
        count = len(self._executors) + 1
        tasks: dict[int, Future[tuple[Evaluated, float]]] = {
            year: self._executors[i % count - 1].submit(
                _operate, year, sizes, options, mended, known.get(year), before.get(year)
            )
            for i, year in enumerate(self._years)
            if i % count
        }
        found = {
            year: self._yard.operate(year, sizes, options, mended, known.get(year), before.get(year))
            for year in self._years
            if year not in tasks
        }
        for i, year in enumerate(self._years):
            if year in tasks:
                found[year], peak = tasks[year].result()
                self._peaks[i % count] = max(peak, self._peaks.get(i % count, 0.0))
        return [found[year] for year in self._years]


@contextmanager
def crew(study: Study, workers: int, enough: float = NEAR) -> Iterator[Crew]:
    """A crew of ``workers`` processes, of which this one is the first and the others are spawned.

    Args:
        study: the study.
        workers: processes.
        enough: relative distance of a year's cost from its proven bound that will do.
    """
    count = min(workers, len(study.horizon.years)) - 1
    if count <= 0:
        yield Crew(study, enough, ())
        return
    spawn = multiprocessing.get_context("spawn")
    executors = [ProcessPoolExecutor(1, mp_context=spawn, initializer=_begin) for _ in range(count)]
    for executor in executors:
        # Starts the process now, while the first lower bound is sought. The study goes as a task rather than
        # with the start: a process that dies at its start then breaks the pool instead of blocking it.
        executor.submit(_receive, study, enough)
    try:
        yield Crew(study, enough, executors)
    finally:
        for executor in executors:
            processes = list((getattr(executor, "_processes", None) or {}).values())
            executor.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()
