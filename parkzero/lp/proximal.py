"""PIQP behind arrays: a proximal interior point for the problem of one owner.

The only module that knows ``piqp``. It takes a third to a half of Clarabel's time: it does fewer operations
for each step, and keeps bounds of columns out of its rows (Schwan, Jiang, Kuhn and Jones 2023). Costs may be
curved as well. It can neither be stopped nor given a time, so that it is asked here about problems of a
second alone; the problem of all owners has a process of its own (``parkzero.lp.long_solve``). What it ends
with is checked like any solution; whatever is not an optimum, or near one by its own proof, is Clarabel's to
answer.
"""

from __future__ import annotations

import time
from dataclasses import replace
from importlib import metadata
from typing import Final

import numpy as np
import piqp
from scipy import sparse

from parkzero.lp.fold import folded, solve_form
from parkzero.lp.interior import solve_interior
from parkzero.lp.limits import standing
from parkzero.lp.solver import Options, Problem, Solution, Status, checked, cost_scale, judged, unjudged
from parkzero.units import FloatArray

METHOD = "piqp"
# Problems of more columns may take longer than anyone waits for Ctrl-C.
MOST_COLUMNS = 100_000
# Nor where so little time is left [s].
SOON = 10.0
# The gap between costs and bound is this share of the tolerance asked for. Values and reduced costs are as
# exact as the tolerance's square: the dual bound is charged for what reduced costs lack.
NEAR = 0.1
TOLERANCE = 1e-5
# It takes 10 to 80 steps, or would take many more for the last digit of one row. What it ends with is then
# nearer than what Clarabel calls an optimum, as a rule; it passes where costs and bound are as near as this.
MOST_STEPS = 110
PROVEN = 1e-3
# All owners' presolved problem takes 150 to 250 steps to a gap of so many times the tolerance; what residuals
# lack by then is charged to the bound. With less regularisation than this at first it may stand still.
LONG_STEPS, LONG_NEAR, LONG_GAP, LONG_LEAST = 300, 1e-7, 10.0, 1e-8
ORDER = 0  # the same each time
_STATUS: Final[dict[str, Status]] = {"PIQP_SOLVED": "optimal", "PIQP_DUAL_INFEASIBLE": "unbounded"}
OUT_OF_STEPS = "PIQP_MAX_ITER_REACHED"


def version() -> str:
    """Solver and version in words."""
    return f"PIQP {metadata.version('piqp')}"


def solve_proximal(problem: Problem, options: Options) -> Solution:
    """Solve a linear problem of one owner.

    Args:
        problem: the problem, without whole numbers.
        options: how near the optimum to come; how Clarabel solves it where this does not.

    Returns:
        An optimum with its proven bound; else what Clarabel says.
    """
    if _long(problem):
        return solve_interior(problem, options)
    found = solve_form(folded(problem), options, by=_solved)
    return found if found.status in ("optimal", "unbounded") else solve_interior(problem, options)


def solve_curved(problem: Problem, curvature: FloatArray, options: Options) -> Solution:
    """Solve a problem whose costs also rise with the square of its columns: nothing is proven.

    Args:
        problem: the problem, without whole numbers.
        curvature: half of it times a column's square is a cost, too [columns].
        options: how near the optimum to come.

    Returns:
        Values and duals, where it ends with an optimum; the objective counts what is not curved alone.
    """
    if _long(problem):
        return unjudged("unknown", np.zeros(0), np.zeros(0), METHOD)
    found, _ = _run(problem, curvature, _solver(options.tolerance or TOLERANCE))
    return replace(found, objective=float(problem.cost @ found.values) + problem.constant)


def solve_unchecked(problem: Problem, tolerance: float) -> Solution:
    """What it ends with on a presolved problem of all owners: unchecked, after a minute or more.

    Rows and columns come to it in no order. With years one after the other and rows that stand in all of
    their steps its ordering of the factor ended the process.
    """
    any_order = np.random.default_rng(ORDER)
    rows, columns = any_order.permutation(len(problem.low)), any_order.permutation(len(problem.cost))
    mixed = Problem(
        sparse.csr_array(problem.matrix[rows][:, columns]),
        problem.cost[columns],
        problem.low[rows],
        problem.high[rows],
        problem.lower[columns],
        problem.upper[columns],
        problem.whole[columns],
    )
    solver = _solver(tolerance)
    settings = solver.settings
    settings.max_iter = LONG_STEPS
    settings.eps_abs = settings.eps_rel = LONG_NEAR
    settings.eps_duality_gap_rel = LONG_GAP * tolerance
    settings.reg_lower_limit = LONG_LEAST
    found, _ = _run(mixed, np.zeros(len(columns)), solver)
    values, duals = np.empty_like(found.values), np.empty_like(found.duals)
    values[columns], duals[rows] = found.values, found.duals
    return replace(found, values=values, duals=duals)


def _long(problem: Problem) -> bool:
    """Whether it may take longer than anyone waits."""
    return len(problem.cost) > MOST_COLUMNS or standing().left() < SOON


def _solved(problem: Problem, options: Options) -> Solution:
    raw, ended = _run(problem, np.zeros(len(problem.cost)), _solver(options.tolerance or TOLERANCE))
    told = checked(problem, raw.values, raw.duals, raw)
    if ended == OUT_OF_STEPS and told.residuals.gap <= PROVEN:
        told = judged(problem, replace(told, status="optimal"))
    return told


def _run(problem: Problem, curvature: FloatArray, solver: piqp.SparseSolver) -> tuple[Solution, str]:
    """What PIQP ends with, unchecked, and its own word for that."""
    begun = time.perf_counter()
    scale, equal = cost_scale(problem), problem.low == problem.high
    matrix, curved = problem.matrix, sparse.csc_matrix(sparse.diags_array(curvature * scale, format="csc"))
    curved.eliminate_zeros()
    # What has no bound is infinite here, too.
    solver.setup(
        curved,
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
    seconds = time.perf_counter() - begun
    return unjudged(status, np.asarray(found.x), duals, METHOD, seconds), ended.name


def _solver(tolerance: float) -> piqp.SparseSolver:
    solver = piqp.SparseSolver()
    settings = solver.settings
    settings.max_iter = MOST_STEPS
    settings.eps_abs = settings.eps_rel = tolerance**2
    settings.check_duality_gap = True
    # Near enough is judged relative to the cost alone.
    settings.eps_duality_gap_abs, settings.eps_duality_gap_rel = 1e-12, NEAR * tolerance
    return solver
