"""Years in processes of their own: each worker builds a year once and operates it again and again.

Workers are spawned, never forked: the solver's threads do not survive a fork. They ignore Ctrl-C, which is
for the process that the user talks to.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from parkzero.lp.solver import Options
from parkzero.plan.assemble import Built, build_year
from parkzero.plan.bounds import Evaluated, evaluate
from parkzero.plan.plan import peak_memory_mb
from parkzero.study.study import Study
from parkzero.units import FloatArray


@dataclass(slots=True)
class Yard:
    """The years that one process operates; each is built once."""

    study: Study
    built: dict[int, Built] = field(default_factory=dict)

    def operate(self, year: int, sizes: FloatArray, options: Options) -> Evaluated:
        """Operate a year with given sizes."""
        if year not in self.built:
            self.built[year] = build_year(self.study, year, self.study.timeline)[0]
        return evaluate(self.built[year], sizes, options)


_yards: list[Yard] = []


def _begin(study: Study) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _yards.append(Yard(study))


def _operate(year: int, sizes: FloatArray, options: Options) -> tuple[Evaluated, float]:
    return _yards[0].operate(year, sizes, options), peak_memory_mb()


class Crew:
    """Operates years, in this process or in several.

    A year is always operated by the same process, which then builds it only once.
    """

    def __init__(self, study: Study, executors: Sequence[Executor]) -> None:
        self._years = study.horizon.years
        self._executors = executors
        self._yard = Yard(study)
        self._peaks: dict[int, float] = {}

    @property
    def peak_memory_mb(self) -> float:
        """Sum of the most memory that each worker has taken [MB]."""
        return sum(self._peaks.values())

    def operate(self, sizes: FloatArray, options: Options) -> list[Evaluated]:
        """Operate all milestone years with given sizes, in the order of the years."""
        if not self._executors:
            return [self._yard.operate(year, sizes, options) for year in self._years]
        count = len(self._executors)
        tasks: list[Future[tuple[Evaluated, float]]] = [
            self._executors[i % count].submit(_operate, year, sizes, options) for i, year in enumerate(self._years)
        ]
        found = []
        for i, task in enumerate(tasks):
            evaluated, peak = task.result()
            found.append(evaluated)
            self._peaks[i % count] = max(peak, self._peaks.get(i % count, 0.0))
        return found


@contextmanager
def crew(study: Study, workers: int) -> Iterator[Crew]:
    """A crew of spawned processes (this process alone where ``workers`` is one)."""
    count = min(workers, len(study.horizon.years))
    if count <= 1:
        yield Crew(study, ())
        return
    spawn = multiprocessing.get_context("spawn")
    executors = [ProcessPoolExecutor(1, mp_context=spawn, initializer=_begin, initargs=(study,)) for _ in range(count)]
    for executor in executors:
        executor.submit(int)  # starts the process now, while the first lower bound is sought
    try:
        yield Crew(study, executors)
    finally:
        for executor in executors:
            processes = list((getattr(executor, "_processes", None) or {}).values())
            executor.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()
