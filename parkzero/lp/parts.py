"""A lower bound part by part: at guessed prices of the rows that tie parts together.

Rows that name columns of several owners (a park's bus, a cap, a year's cost) tie their parts together.
Priced, they leave each owner a problem of its own, far quicker to solve than all at once. The duals of the
parts and the prices are duals of the whole, and weak duality says what they prove: prices that are a little
off cost a little of the bound (Lagrangian relaxation: Geoffrion 1974).

After a change of costs the prices move with whatever sets them: where a column is used whose cost rose, its
row's price rises by as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from parkzero.lp.solver import Problem, Solution
from parkzero.units import FloatArray

IntArray = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Solver = Callable[[Sequence[Problem]], Sequence[Solution]]
"""Solves problems; where one has no optimum, what it says of that one alone may be its answer."""

# A column that is further from its bounds than this share of the most in its row is in use.
USED = 1e-3


@dataclass(frozen=True, slots=True)
class Parts:
    """What ties a problem's parts together, and which part each column belongs to.

    Attributes:
        tying: rows that name columns of several owners [rows].
        part: number of each column's part; -1 for those that only tying rows name [columns].
        count: number of parts.
    """

    tying: Mask
    part: IntArray
    count: int


def parts_of(problem: Problem, owners: IntArray) -> Parts:
    """The parts of a problem.

    Args:
        problem: the problem.
        owners: number of each column's owner, -1 where that is not known: such a column belongs to whoever it
            shares an untying row with [columns].
    """
    matrix, rows = problem.matrix, len(problem.low)
    tying = _mixed(matrix, owners)
    inner = sparse.csr_array(sparse.diags_array((~tying).astype(np.float64)) @ abs(matrix))
    inner.eliminate_zeros()
    row, column = inner.nonzero()
    links = sparse.csr_array((np.ones(len(row)), (row, rows + column)), shape=(rows + len(owners),) * 2)
    _, component = connected_components(links, directed=False)
    place = component[rows:]
    named = np.diff(sparse.csc_array(inner).indptr) > 0
    # A part is all of an owner's components; one whose owner is not known stands alone.
    owner = np.full(int(component.max(initial=0)) + 1, -1, dtype=np.int64)
    np.maximum.at(owner, place, owners)
    label = np.where(owner >= 0, owner, owner.size + np.arange(owner.size))[place]
    part = np.full(len(owners), -1, dtype=np.int64)
    numbers, part[named] = np.unique(label[named], return_inverse=True)
    return Parts(tying, part, len(numbers))


def _mixed(matrix: sparse.csr_array, owners: IntArray) -> Mask:
    """Rows that name columns of several known owners."""
    named = owners[matrix.indices]
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    known = named >= 0
    least = np.full(matrix.shape[0], np.iinfo(np.int64).max)
    most = np.full(matrix.shape[0], -1, dtype=np.int64)
    np.minimum.at(least, row[known], named[known])
    np.maximum.at(most, row[known], named[known])
    mixed: Mask = (most >= 0) & (least < most)
    return mixed


def moved_prices(
    problem: Problem, parts: Parts, sellers: Mask, duals: FloatArray, values: FloatArray
) -> FloatArray:
    """Duals of a similar problem, those of tying rows moved with the costs of what sets them [rows].

    Only equal rows (balances) move, by sellers that name one of them.

    Args:
        problem: the problem.
        parts: its parts.
        sellers: columns whose costs may set prices [columns].
        duals: of a similar problem with other costs [rows].
        values: in its optimum [columns].
    """
    balances = np.flatnonzero(parts.tying & (problem.low == problem.high))
    tied = sparse.csc_array(problem.matrix[balances])
    single = np.flatnonzero((np.diff(tied.indptr) == 1) & sellers)
    at = tied.indptr[single]
    rows, coefficients = balances[tied.indices[at]], tied.data[at]
    most = np.zeros(len(problem.low))
    np.maximum.at(most, rows, np.abs(coefficients * values[single]))
    least = USED * np.maximum(most[rows], USED * most.max(initial=0.0)) / np.abs(coefficients)
    above, below = (values - problem.lower)[single] > least, (problem.upper - values)[single] > least

    def follow(found: FloatArray, moves: Mask, reduced: FloatArray, weight: FloatArray) -> FloatArray:
        """Rows move so that columns gain nothing; where several move one, it is the weightiest."""
        chosen = np.flatnonzero(moves)
        order = chosen[np.argsort(weight[chosen], kind="stable")]
        moved = found.copy()
        moved[rows[order]] = found[rows[order]] + (reduced / coefficients)[order]
        return moved

    def gains(found: FloatArray) -> FloatArray:
        reduced: FloatArray = (problem.cost - problem.matrix.T @ found)[single]
        return reduced

    # Who sells sets the price of the row; then nobody may gain without end.
    reduced = gains(duals)
    found = follow(duals, above & below, reduced, np.abs(values[single]))
    reduced = gains(found)
    return follow(found, below & (reduced < 0), reduced, -reduced)


def solved_in_parts(
    problem: Problem, parts: Parts, prices: FloatArray, values: FloatArray, solve: Solver
) -> tuple[FloatArray, FloatArray] | None:
    """Values and duals of a problem whose tying rows are priced; None where a part has no optimum.

    The values keep each part's rows, not the tying ones.

    Args:
        problem: the problem, without whole numbers.
        parts: its parts.
        prices: duals of the tying rows; others are not looked at [rows].
        values: of columns that belong to no part [columns].
        solve: solves problems.
    """
    duals, found = np.where(parts.tying, prices, 0.0), values.copy()
    cost = problem.cost - problem.matrix.T @ duals
    columns = [np.flatnonzero(parts.part == number) for number in range(parts.count)]
    rows = _rows(problem.matrix, parts)
    alone = [
        Problem(
            sparse.csr_array(problem.matrix[row][:, column]),
            cost[column],
            problem.low[row],
            problem.high[row],
            problem.lower[column],
            problem.upper[column],
            problem.whole[column],
        )
        for row, column in zip(rows, columns, strict=True)
    ]
    solutions = solve(alone)
    if any(solution.status != "optimal" for solution in solutions):
        return None
    for row, column, solution in zip(rows, columns, solutions, strict=True):
        found[column], duals[row] = solution.values, solution.duals
    return found, duals


def _rows(matrix: sparse.csr_array, parts: Parts) -> list[IntArray]:
    """Rows of each part."""
    width = np.diff(matrix.indptr)
    of = np.full(matrix.shape[0], -1, dtype=np.int64)
    some = np.flatnonzero((width > 0) & ~parts.tying)
    of[some] = parts.part[matrix.indices[matrix.indptr[some]]]
    return [np.flatnonzero(of == number) for number in range(parts.count)]
