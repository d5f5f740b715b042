"""PIQP behind arrays: a proximal interior point for the problem of one owner.

The only module that knows ``piqp``. On the problem of one owner it takes a third of Clarabel's time: it does
fewer operations for each step, and keeps bounds of columns out of its rows (Schwan, Jiang, Kuhn and Jones
2023). On the problem of all owners it does not come to an end. It can neither be stopped nor given a time, so
that it is asked about problems of a second alone. What it ends with is checked like any solution; whatever is
not an optimum is Clarabel's to answer.
"""

from __future__ import annotations

import time
from importlib import metadata
from typing import Final

import numpy as np
import piqp
from scipy import sparse

from parkzero.lp.fold import folded, solve_form
from parkzero.lp.interior import solve_interior
from parkzero.lp.solver import Options, Problem, Residuals, Solution, Status, checked, cost_scale

METHOD = "piqp"
# Problems of more columns may take longer than anyone waits for Ctrl-C.
MOST_COLUMNS = 100_000
# Values and reduced costs are as exact as this: the dual bound is charged for what reduced costs lack.
FEASIBLE = 1e-10
NEAR = 1e-6
MOST_STEPS = 150
_STATUS: Final[dict[str, Status]] = {"PIQP_SOLVED": "optimal", "PIQP_DUAL_INFEASIBLE": "unbounded"}


def version() -> str:
    """Solver and version in words."""
    return f"PIQP {metadata.version('piqp')}"


def solve_proximal(problem: Problem, options: Options) -> Solution:
    """Solve a linear problem of one owner.

    Args:
        problem: the problem, without whole numbers.
        options: how Clarabel solves it where this does not.

    Returns:
        An optimum with its proven bound; else what Clarabel says.
    """
    if len(problem.cost) > MOST_COLUMNS:
        return solve_interior(problem, options)
    found = solve_form(folded(problem), options, by=_solved)
    return found if found.status in ("optimal", "unbounded") else solve_interior(problem, options)


def _solved(problem: Problem, options: Options) -> Solution:
    begun = time.perf_counter()
    scale, equal = cost_scale(problem), problem.low == problem.high
    matrix, none = problem.matrix, sparse.csc_matrix((len(problem.cost), len(problem.cost)))
    solver = _solver()
    # What has no bound is infinite here, too.
    solver.setup(
        none,
        problem.cost * scale,
        sparse.csc_matrix(matrix[equal]),
        problem.low[equal],
        sparse.csc_matrix(matrix[~equal]),
        problem.low[~equal],
        problem.high[~equal],
        problem.lower,
        problem.upper,
    )
    ended = solver.solve()
    found = solver.result
    duals = np.zeros(len(problem.low))
    duals[equal] = -np.asarray(found.y) / scale
    duals[~equal] = (np.asarray(found.z_l) - np.asarray(found.z_u)) / scale
    status: Status = _STATUS.get(ended.name, "unknown")
    values, unknown = np.asarray(found.x), Residuals(np.inf, np.inf, np.inf)
    empty = np.full(len(values), np.nan)
    raw = Solution(
        status, values, duals, empty, np.nan, -np.inf, unknown, METHOD, time.perf_counter() - begun
    )
    return checked(problem, values, duals, raw)


def _solver() -> piqp.SparseSolver:
    solver = piqp.SparseSolver()
    settings = solver.settings
    settings.max_iter = MOST_STEPS
    settings.eps_abs = settings.eps_rel = FEASIBLE
    settings.check_duality_gap = True
    # Near enough is judged relative to the cost alone.
    settings.eps_duality_gap_abs, settings.eps_duality_gap_rel = 1e-12, NEAR
    return solver
