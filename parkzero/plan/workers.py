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

from parkzero.lp.solver import Options
from parkzero.plan.assemble import Built, build_year
from parkzero.plan.bounds import Evaluated, evaluate
from parkzero.plan.plan import peak_memory_mb
from parkzero.study.study import Study
from parkzero.units import FloatArray


class _Local:
    """What one worker keeps between its tasks."""

    study: Study | None = None
    built: dict[int, Built]


def _begin(study: Study) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Local.study, _Local.built = study, {}


def _operate(year: int, sizes: FloatArray, options: Options) -> tuple[Evaluated, float]:
    study = _Local.study
    assert study is not None
    if year not in _Local.built:
        _Local.built.clear()  # one year at a time: a large park's year takes hundreds of megabytes
        _Local.built[year] = build_year(study, year, study.timeline)[0]
    return evaluate(_Local.built[year], sizes, options), peak_memory_mb()


class Crew:
    """Operates years, in this process or in several."""

    def __init__(self, study: Study, executor: Executor | None) -> None:
        self._study = study
        self._executor = executor
        self.peaks: list[float] = []

    def operate(self, sizes: FloatArray, options: Options) -> list[Evaluated]:
        """Operate all milestone years with given sizes, in the order of the years."""
        years = self._study.horizon.years
        if self._executor is None:
            _Local.study = self._study
            if not hasattr(_Local, "built"):
                _Local.built = {}
            _Local.built.clear()
            found = [_operate(year, sizes, options) for year in years]
        else:
            # Late years hold most technologies and take longest: begin with them.
            tasks: dict[int, Future[tuple[Evaluated, float]]] = {
                year: self._executor.submit(_operate, year, sizes, options) for year in reversed(years)
            }
            found = [tasks[year].result() for year in years]
            self.peaks.append(max(peak for _, peak in found))
        return [evaluated for evaluated, _ in found]


@contextmanager
def crew(study: Study, workers: int) -> Iterator[Crew]:
    """A crew of spawned processes (this process alone where ``workers`` is one)."""
    if workers <= 1 or len(study.horizon.years) == 1:
        yield Crew(study, None)
        return
    count = min(workers, len(study.horizon.years))
    executor = ProcessPoolExecutor(
        count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(study,)
    )
    try:
        yield Crew(study, executor)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        _terminate(list((getattr(executor, "_processes", None) or {}).values()))


def _terminate(processes: Sequence[multiprocessing.process.BaseProcess]) -> None:
    for process in processes:
        if process.is_alive():
            process.terminate()
