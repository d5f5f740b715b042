"""PIQP on the problem of all owners, in a process of its own: it takes a minute or more and holds Python.

A process can be ended when somebody asked to stop or no time is left, as a solver that never looks up cannot.
What goes to it and comes back is arrays.
"""

from __future__ import annotations

import ctypes
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkzero.lp import proximal
from parkzero.lp.limits import standing
from parkzero.lp.memory import peak_memory_mb
from parkzero.lp.solver import Options, Problem, Solution, Status, unjudged

# Seconds after which it is asked again whether to go on.
LISTENS = 0.2
# Columns up to which it takes no longer than a process takes to begin, or hardly.
IN_PLACE = 20_000
# Columns from which on its ordering of the factor takes longer than Clarabel takes for all.
MOST_COLUMNS = 400_000
PR_SET_PDEATHSIG = 1  # of Linux
_peaks: list[float] = []
_ARRAYS: Final = ("cost", "low", "high", "lower", "upper", "whole")


def solve_long(problem: Problem, options: Options) -> Solution:
    """What PIQP ends with, unchecked.

    Args:
        problem: the problem, presolved and without whole numbers.
        options: how near the optimum to come, and how long that may take.

    Returns:
        Values and duals; ``unknown`` and none of them where the process found nothing in that time.

    Raises:
        StopAsked: when somebody asked to stop, or no time is left (``TimeUp``).
    """
    begun = time.perf_counter()
    standing().left()
    if len(problem.cost) <= IN_PLACE:
        return proximal.solve_unchecked(problem, options.tolerance or proximal.TOLERANCE)
    answer = _answered(problem, options) if len(problem.cost) <= MOST_COLUMNS else None
    seconds = time.perf_counter() - begun
    if answer is None:
        return unjudged("unknown", np.zeros(0), np.zeros(0), proximal.METHOD, seconds)
    _peaks.append(float(answer["peak"]))
    status: Status = "optimal" if answer["optimal"] else "unknown"
    return unjudged(status, answer["values"], answer["duals"], proximal.METHOD, seconds)


def most_memory_mb() -> float:
    """Most memory that such a process has taken beside this one [MB]."""
    return max(_peaks, default=0.0)


def _pack(problem: Problem, options: Options, file: IO[bytes]) -> None:
    matrix = problem.matrix
    arrays = {name: getattr(problem, name) for name in _ARRAYS}
    np.savez(
        file, data=matrix.data, indices=matrix.indices, indptr=matrix.indptr,
        tolerance=options.tolerance or proximal.TOLERANCE, **arrays,
    )  # fmt: skip
    file.seek(0)


def _answered(problem: Problem, options: Options) -> Mapping[str, npt.NDArray[Any]] | None:
    """What the process says; None where it said nothing."""
    limits, until = standing(), time.perf_counter() + options.seconds
    with TemporaryFile() as asked, TemporaryFile() as said:
        _pack(problem, options, asked)
        with _process(asked, said) as process:
            ends = limits.stopping.ends
            ends.append(process.kill)
            try:
                while process.poll() is None and time.perf_counter() < until:
                    limits.left()
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(LISTENS)
            finally:
                ends.remove(process.kill)
                process.kill()
        if process.returncode:
            limits.left()  # it may have been given up
            return None
        said.seek(0)
        with np.load(said, allow_pickle=False) as found:
            return dict(found)


def _process(asked: IO[bytes], said: IO[bytes]) -> subprocess.Popen[bytes]:
    package = str(Path(__file__).parents[2])
    path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-m", "parkzero.lp.long_solve"],
        stdin=asked,
        stdout=said,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )


def _end_with_parent() -> None:
    """End with the process that asked, even if that is killed, where the system knows how."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Solve the problem on standard input; write what was found."""
    _end_with_parent()
    with np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False) as asked:
        columns, rows = len(asked["cost"]), len(asked["low"])
        parts = asked["data"], asked["indices"], asked["indptr"]
        problem = Problem(
            sparse.csr_array(parts, shape=(rows, columns)), **{name: asked[name] for name in _ARRAYS}
        )
        found = proximal.solve_unchecked(problem, float(asked["tolerance"]))
    ended, peak = found.status == "optimal", peak_memory_mb()
    np.savez(sys.stdout.buffer, values=found.values, duals=found.duals, optimal=ended, peak=peak)


if __name__ == "__main__":
    main()
