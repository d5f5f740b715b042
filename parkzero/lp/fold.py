"""Folding: rows that name a single column become its bounds, and columns without a choice disappear.

A year with given sizes is mostly such rows (an output below what the sun gives, a flow below a capacity).
Folded before they reach the solver, they cost neither its memory nor its time. Unfolding gives every row its
dual back; the dual bound is then computed on the whole problem, so that a mistake here could only weaken it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkzero.lp.solver import (
    PRIMAL_TOLERANCE,
    Options,
    Problem,
    Residuals,
    Solution,
    checked,
    primal_violation,
    solve,
)
from parkzero.lp.totals import solve_at_prices
from parkzero.units import FloatArray

IntArray = npt.NDArray[np.int64]
Solver = Callable[[Problem, Options], Solution]
ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Fold:
    """Rows of one round that became bounds: row, column and coefficient of each, each of shape [k]."""

    rows: IntArray
    columns: IntArray
    coefficients: FloatArray


@dataclass(frozen=True, slots=True)
class Folded:
    """A problem and its folded form.

    Attributes:
        problem: the problem.
        small: its folded form.
        live: rows that stand in it [rows].
        free: columns that stand in it [columns].
        folds: rows that became bounds, by round.
        lower, upper: folded bounds of all columns [columns].
    """

    problem: Problem
    small: Problem
    live: npt.NDArray[np.bool_]
    free: npt.NDArray[np.bool_]
    folds: list[Fold]
    lower: FloatArray
    upper: FloatArray

    def unfolded(self, found: Solution) -> Solution:
        """The solution of the problem, from one of the folded form."""
        rows, columns = len(self.live), len(self.free)
        if found.status != "optimal":
            return replace(found, values=np.full(columns, np.nan), duals=np.full(rows, np.nan))
        values = np.where(self.free, 0.0, self.lower)
        values[self.free] = found.values
        duals = _unfold(self.problem, self.folds, self.live, found.duals, self.lower, self.upper)
        return checked(self.problem, values, duals, found)


def folded(problem: Problem) -> Folded:
    """Fold a problem."""
    folds, live, rest, lower, upper = _fold(problem)
    free = lower < upper
    width = np.concatenate([[0], np.cumsum(free[rest.indices])])[rest.indptr]
    live &= np.diff(width) > 0
    fixed = np.where(free, 0.0, lower)
    moved = problem.matrix @ fixed
    small = Problem(
        _picked(rest, live, free),
        problem.cost[free],
        (problem.low - moved)[live],
        (problem.high - moved)[live],
        lower[free],
        upper[free],
        problem.whole[free],
        problem.constant + float(problem.cost @ fixed),
    )
    return Folded(problem, small, live, free, folds, lower, upper)


def solve_folded(problem: Problem, options: Options) -> Solution:
    """Solve a linear problem by way of its folded form.

    Args:
        problem: the problem, without whole numbers.
        options: how to solve.

    Raises:
        SolverError: when no method ends with an answer.
    """
    return solve_form(folded(problem), options)


def solve_form(
    form: Folded, options: Options, prices: FloatArray | None = None, by: Solver | None = None
) -> Solution:
    """Solve a problem that is folded already, by HiGHS or another solver; see ``solve_folded``.

    ``prices`` are guessed duals of rows that are better priced first, zero elsewhere [rows].
    """
    if not form.free.any():
        found = _nothing_to_choose(form)
    elif prices is not None and prices[form.live].any():
        found = solve_at_prices(form.small, prices[form.live], options)
    else:
        found = (by or solve)(form.small, options)
    return form.unfolded(found)


def _nothing_to_choose(form: Folded) -> Solution:
    """The only values there are: the optimum where they keep the rows."""
    fits = primal_violation(form.problem, form.lower) <= PRIMAL_TOLERANCE
    nothing = Residuals(0.0, 0.0, 0.0)
    return Solution(
        "optimal" if fits else "infeasible",
        np.zeros(0),
        np.zeros(len(form.small.low)),
        np.zeros(0),
        0.0,
        -np.inf,
        nothing,
        "none",
        0.0,
    )


def _fold(
    problem: Problem,
) -> tuple[list[Fold], npt.NDArray[np.bool_], sparse.csr_array, FloatArray, FloatArray]:
    """Folds by round, rows that stay, the matrix over columns that still move, and the folded bounds."""
    lower, upper = problem.lower.copy(), problem.upper.copy()
    live = np.ones(len(problem.low), dtype=np.bool_)
    open_ = problem.matrix
    folds: list[Fold] = []
    for _ in range(ROUNDS):
        still = np.where(lower < upper, 0.0, lower)
        moved = problem.matrix @ still
        open_ = _over(open_, lower < upper)
        width = np.diff(open_.indptr)
        rows = np.flatnonzero((width == 1) & live)
        at = open_.indptr[rows]
        columns, coefficients = open_.indices[at].astype(np.int64), open_.data[at]
        low, high = (problem.low - moved)[rows] / coefficients, (problem.high - moved)[rows] / coefficients
        np.maximum.at(lower, columns, np.where(coefficients > 0, low, high))
        np.minimum.at(upper, columns, np.where(coefficients > 0, high, low))
        live[rows] = False
        live[(width == 0) & live] = False
        folds.append(Fold(rows, columns, coefficients))
    return folds, live, open_, lower, upper


def _picked(
    matrix: sparse.csr_array, rows: npt.NDArray[np.bool_], columns: npt.NDArray[np.bool_]
) -> sparse.csr_array:
    """Some rows and columns of a matrix."""
    part = _over(sparse.csr_array(matrix[rows]), columns)
    place = (np.cumsum(columns) - 1).astype(part.indices.dtype)
    return sparse.csr_array(
        (part.data, place[part.indices], part.indptr), (part.shape[0], int(columns.sum()))
    )


def _over(matrix: sparse.csr_array, columns: npt.NDArray[np.bool_]) -> sparse.csr_array:
    """The entries of a matrix in some of its columns, as a matrix of the same shape."""
    data = np.where(columns[matrix.indices], matrix.data, 0.0)
    kept = sparse.csr_array((data, matrix.indices.copy(), matrix.indptr.copy()), matrix.shape)
    kept.eliminate_zeros()
    return kept


def _unfold(
    problem: Problem,
    folds: list[Fold],
    live: npt.NDArray[np.bool_],
    small: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
) -> FloatArray:
    """Duals of all rows: those of the small problem, and what each folded row's bound is worth."""
    duals = np.zeros(len(live))
    duals[live] = small
    for fold in reversed(folds):
        reduced = problem.cost - problem.matrix.T @ duals
        moved = problem.matrix @ np.where(lower < upper, 0.0, lower)
        worth = reduced[fold.columns] / fold.coefficients
        # A row earns its column's reduced cost where it gives the bound that the reduced cost leans on.
        leans_low = worth > 0
        own = np.where(lower < upper, 0.0, lower)[fold.columns] * fold.coefficients
        side = np.where(leans_low, problem.low[fold.rows], problem.high[fold.rows]) - moved[fold.rows] + own
        bound = np.where(reduced[fold.columns] > 0, lower[fold.columns], upper[fold.columns])
        sided = np.isfinite(side)
        gap = np.abs(np.where(sided, side, 0.0) / fold.coefficients - bound)
        gives = sided & (gap <= 1e-9 * np.maximum(1.0, np.abs(bound)))
        earning = np.flatnonzero(gives & (worth != 0))
        # Two rows may give the same bound: the first of them earns it.
        _, first = np.unique(fold.columns[earning], return_index=True)
        chosen = earning[first]
        duals[fold.rows[chosen]] = worth[chosen]
    return duals
