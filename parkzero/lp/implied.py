"""Bounds of columns that rows imply: what a column can be in no point that keeps all rows.

A flow is at most a size, a size at most its limit: the flow has no bound of its own, yet it has one. An
interior point leaves small reduced costs that point to bounds which columns do not have; what they cost at
most is known where rows imply such a bound, and else only by an assumption (``parkzero.lp.solver.REACH``).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from parkzero.units import FloatArray

# Each pass hands bounds on by one row: from a size to a flow, from there to what it fills.
PASSES = 8
# Rows at a time, so that a whole year takes no more memory than it has.
ROWS = 200_000
# Bounds are this much wider than worked out, relative to the largest of what they are worked out from.
ROUNDING = 1e-9


def implied(
    matrix: sparse.csr_array, low: FloatArray, high: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Bounds of columns as rows imply them; infinite where they imply none.

    Args:
        matrix: CSR [rows x columns].
        low: least value of each row [rows].
        high: largest value of each row [rows].
        lower: least value of each column [columns].
        upper: largest value of each column [columns].

    Returns:
        Least and largest value of each column in any point that keeps rows and bounds [columns].
    """
    lower, upper, known = lower.copy(), upper.copy(), -1
    for _ in range(PASSES):
        found = int(np.isfinite(lower).sum() + np.isfinite(upper).sum())
        if found == known:
            break
        known = found
        for start in range(0, len(low), ROWS):
            part = slice(start, start + ROWS)
            _hand_on(matrix[part], high[part], lower, upper)
            _hand_on(-matrix[part], -low[part], lower, upper)
    return lower, upper


def _hand_on(matrix: sparse.csr_array, limit: FloatArray, lower: FloatArray, upper: FloatArray) -> None:
    """Tighten bounds by rows that are at most ``limit``: each term has the room that the others leave."""
    rows, at, terms = np.repeat(np.arange(len(limit)), np.diff(matrix.indptr)), matrix.indices, matrix.data
    least = np.where(terms > 0, lower[at], upper[at])
    open_ = ~np.isfinite(least) & (terms != 0)
    least = terms * np.where(np.isfinite(least), least, 0.0)

    def of_row(values: FloatArray) -> FloatArray:
        found = np.bincount(rows, values, minlength=len(limit))[rows]
        return found.astype(np.float64)

    told = (of_row(open_.astype(np.float64)) == open_) & np.isfinite(limit)[rows]
    wide = ROUNDING * (of_row(np.abs(least)) + np.abs(limit)[rows])
    room = limit[rows] - (of_row(least) - least) + wide
    rising, falling = told & (terms > 0), told & (terms < 0)
    np.minimum.at(upper, at[rising], room[rising] / terms[rising])
    np.maximum.at(lower, at[falling], room[falling] / terms[falling])
