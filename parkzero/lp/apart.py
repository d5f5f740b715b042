"""Problems that fall apart: parts that share no row are solved one after the other.

The simplex takes more than twice as long for two parts together as for each alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from parkzero.lp.solver import Options, Problem, Solution, checked, solve

# Parts of fewer columns are solved together.
SMALL = 2_000


def solve_apart(problem: Problem, options: Options) -> Solution:
    """Solve a linear problem part by part; the answer is that of the whole.

    Args:
        problem: the problem, without whole numbers.
        options: how to solve.

    Returns:
        The solution; if a part has none, that part's, with values and duals of the whole unknown.

    Raises:
        SolverError: when no method ends with an answer for some part.
    """
    rows, columns = problem.matrix.shape
    entries = sparse.coo_array(problem.matrix)
    links = np.ones(entries.nnz, dtype=np.int8), (entries.row, rows + entries.col)
    _, label = csgraph.connected_components(
        sparse.csr_array(links, shape=(rows + columns, rows + columns)), directed=False
    )
    of_rows, of_columns = label[:rows], label[rows:]
    sizes = np.bincount(of_columns, minlength=label.max() + 1)
    large = np.flatnonzero(sizes >= SMALL)
    values, duals = np.zeros(columns), np.zeros(rows)
    pooled = np.isin(of_columns, large, invert=True), np.isin(of_rows, large, invert=True)
    parts = [(of_columns == part, of_rows == part) for part in large.tolist()]
    seconds = 0.0
    for its_columns, its_rows in [*parts, pooled]:
        if not its_columns.any():
            continue
        part = Problem(
            sparse.csr_array(problem.matrix[its_rows][:, its_columns]),
            problem.cost[its_columns],
            problem.low[its_rows],
            problem.high[its_rows],
            problem.lower[its_columns],
            problem.upper[its_columns],
            problem.whole[its_columns],
        )
        found = solve(part, options)
        seconds += found.seconds
        if found.status != "optimal":
            unknown = np.full(columns, np.nan), np.full(rows, np.nan)
            return replace(found, values=unknown[0], duals=unknown[1], reduced=unknown[0], seconds=seconds)
        values[its_columns], duals[its_rows] = found.values, found.duals
    return checked(problem, values, duals, replace(found, seconds=seconds))
