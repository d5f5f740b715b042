"""A large problem that is solved from nothing each time: by PIQP, else by Clarabel, else by HiGHS.

It is asked for bounds, and these are its duals' alone: whoever comes near enough by what its duals prove, on
the whole problem, has answered.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from scipy import sparse

from parkzero.lp.interior import solve_interior
from parkzero.lp.long_solve import solve_long
from parkzero.lp.presolve import presolved
from parkzero.lp.solver import Options, Problem, Solution, solve, with_rows
from parkzero.units import FloatArray

# Where costs and bound are as near as this, a row that values keep to four digits instead of five is no
# reason to ask a method that takes ten times as long. Of PIQP less is asked: sizes are put right in any case.
PROVEN, KEPT = 1e-3, 1e-2


class Anew:
    """A problem that is solved from nothing each time; see ``parkzero.lp.session`` for one that is not.

    Args:
        problem: the problem, without whole numbers.
        options: how to solve it where interior points end without an optimum; its tolerance is theirs, too.
    """

    def __init__(self, problem: Problem, options: Options) -> None:
        self.problem = problem
        self._options = options

    def append(self, rows: sparse.csr_array, low: FloatArray, high: FloatArray) -> None:
        """Add rows: CSR [new rows x columns], bounds of shape [new rows]."""
        self.problem = with_rows(self.problem, rows, low, high)

    def solve(self, seconds: float = np.inf) -> Solution:
        """Solve.

        Raises:
            SolverError: when no method ends with an answer.
        """
        form, until = presolved(self.problem), time.perf_counter() + seconds
        near = min(self._options.gap, PROVEN)
        for way, gap, kept in ((solve_long, near, KEPT), (solve_interior, PROVEN, PROVEN)):
            options = replace(self._options, seconds=max(until - time.perf_counter(), 0.0))
            found = form.undone(way(form.small, options))
            if found.status == "time_limit":
                return found
            if found.residuals.primal <= kept and found.residuals.gap <= gap:
                return replace(found, status="optimal")
        return solve(self.problem, options)
