"""Clarabel behind arrays: an interior point for linear problems that are too large for the simplex.

The only module that knows ``clarabel``. A problem of many alike parts (tenants, years, mean days) that share
few columns has a sparse factor; Clarabel spends its time on that alone, and takes a seventh of HiPO's on the
lower bound of ten tenants. It has no presolve: the problem is folded first. What it ends with is checked like
any solution; whatever is not an optimum is HiGHS's to answer.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final

import clarabel
import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkzero.lp.fold import folded, solve_form
from parkzero.lp.limits import standing
from parkzero.lp.solver import (
    Options,
    Problem,
    Solution,
    Status,
    checked,
    cost_scale,
    unjudged,
)
from parkzero.units import FloatArray

METHOD = "clarabel"
# Reduced costs are as exact as this, relative to the costs: the dual bound is charged for what they lack. The
# last steps of an interior point are its quickest, so that three digits more take three steps.
FEASIBLE = 1e-9
MOST_STEPS = 300
TOLERANCE = 1e-8
_STATUS: Final[dict[str, Status]] = {"Solved": "optimal", "MaxTime": "time_limit"}


@dataclass(frozen=True, slots=True)
class _Cones:
    """Which rows and column bounds stand in the cone form ``matrix @ z + s = right``.

    Attributes:
        equal, at_most, at_least: rows of the problem [rows].
        above, below: columns with an upper and a lower bound [columns].
    """

    equal: npt.NDArray[np.bool_]
    at_most: npt.NDArray[np.bool_]
    at_least: npt.NDArray[np.bool_]
    above: npt.NDArray[np.bool_]
    below: npt.NDArray[np.bool_]

    def form(self, problem: Problem) -> tuple[sparse.csc_matrix, FloatArray]:
        """Matrix and right-hand side: equal rows first, then all that is not negative."""
        matrix, unit = problem.matrix, sparse.eye_array(len(problem.cost), format="csr")
        stacked = sparse.vstack(
            [
                matrix[self.equal],
                matrix[self.at_most],
                -matrix[self.at_least],
                unit[self.above],
                -unit[self.below],
            ],
            format="csc",
        )
        right = [
            problem.low[self.equal],
            problem.high[self.at_most],
            -problem.low[self.at_least],
            problem.upper[self.above],
            -problem.lower[self.below],
        ]
        return sparse.csc_matrix(stacked), np.concatenate(right)

    def duals(self, multipliers: FloatArray) -> FloatArray:
        """Duals of the problem's rows, from the multipliers of the cone form."""
        ends = np.cumsum([int(part.sum()) for part in (self.equal, self.at_most, self.at_least)])
        duals = np.zeros(len(self.equal))
        duals[self.equal] = -multipliers[: ends[0]]
        duals[self.at_most] -= multipliers[ends[0] : ends[1]]
        duals[self.at_least] += multipliers[ends[1] : ends[2]]
        return duals


def version() -> str:
    """Solver and version in words."""
    return f"Clarabel {clarabel.__version__}"


def solve_interior(problem: Problem, options: Options) -> Solution:
    """Solve a linear problem by Clarabel's interior point.

    Args:
        problem: the problem, without whole numbers.
        options: time limit, threads and tolerance.

    Returns:
        An optimum with its proven bound (whatever the solver's last word, if the residuals say so); else
        ``time_limit``, or ``unknown`` for any other ending (also that no values fit the rows: a method that
        proves it should say so).

    Raises:
        KeyboardInterrupt: when the user pressed Ctrl-C, at the next step of the interior point.
    """
    return solve_form(folded(problem), options, by=_solved)


def _solved(problem: Problem, options: Options) -> Solution:
    begun = time.perf_counter()
    cones, scale = _cones(problem), cost_scale(problem)
    matrix, right = cones.form(problem)
    equal = int(cones.equal.sum())
    kinds = [clarabel.ZeroConeT(equal), clarabel.NonnegativeConeT(len(right) - equal)]
    nothing = sparse.csc_matrix((len(problem.cost), len(problem.cost)))
    solver = clarabel.DefaultSolver(nothing, problem.cost * scale, matrix, right, kinds, _settings(options))
    standing().left()
    with _listening() as watch:
        solver.set_termination_callback(watch)
        found = solver.solve()
    if watch.limits.over and str(found.status) != "Solved":
        watch.limits.end()
    status: Status = _STATUS.get(str(found.status), "unknown")
    values, duals = np.asarray(found.x), cones.duals(np.asarray(found.z)) / scale
    raw = unjudged(status, values, duals, METHOD, time.perf_counter() - begun)
    return checked(problem, values, duals, raw)


class _Watch:
    """Asked after each step whether to stop."""

    def __init__(self) -> None:
        self.heard, self.limits = False, standing()

    def __call__(self, info: object) -> bool:
        return self.heard or self.limits.over

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Take note of a signal."""
        self.heard = True


@contextmanager
def _listening() -> Iterator[_Watch]:
    """Take note of Ctrl-C while the solver is at work, and hand it on when it has stopped.

    What a signal raised among the solver's steps would be lost in the solver.
    """
    watch, before = _Watch(), signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield watch
        return
    signal.signal(signal.SIGINT, watch.hear)
    try:
        yield watch
    finally:
        signal.signal(signal.SIGINT, before)
    if watch.heard:
        signal.raise_signal(signal.SIGINT)


def _cones(problem: Problem) -> _Cones:
    equal = problem.low == problem.high
    return _Cones(
        equal,
        np.isfinite(problem.high) & ~equal,
        np.isfinite(problem.low) & ~equal,
        np.isfinite(problem.upper),
        np.isfinite(problem.lower),
    )


def _settings(options: Options) -> clarabel.DefaultSettings:
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_iter = MOST_STEPS
    settings.max_threads = options.threads
    settings.direct_solve_method = "qdldl"
    settings.presolve_enable = False
    # Near enough is judged relative to the cost alone.
    settings.tol_gap_abs = 1e-12
    settings.tol_gap_rel = TOLERANCE if options.tolerance is None else options.tolerance
    settings.tol_feas = FEASIBLE
    if np.isfinite(options.seconds):
        settings.time_limit = options.seconds
    return settings
