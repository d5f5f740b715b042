"""Duals at the seams of windows: where those of two neighbours agree, one hands over to the other.

At its end a window does not know what a store's level is worth, and at its beginning, where the level is
given, that worth is often open within limits. In the steps that two windows share, the earlier one's duals
hold at the beginning and the later one's at the end; somewhere between they agree. Handing over there loses
nothing of the dual bound. Wherever it is done the bound is true (weak duality), so the step with the least
loss is taken. A column that stands for a part of the year is named by rows of all of it: its reduced cost
counts them all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from parkzero.lp.solver import REACH
from parkzero.lp.windows import IntArray, Ordered, Window
from parkzero.units import FloatArray


def joined_duals(
    whole: Ordered, windows: Sequence[Window], values: FloatArray, costs: FloatArray, prices: FloatArray
) -> FloatArray:
    """Duals of the whole from those of windows [rows].

    Args:
        whole: the ordered problem.
        windows: the turn of the year first, then the windows of the year in order, each solved.
        values: the values put together [columns].
        costs: cost of each column, the totals' prices charged [columns].
        prices: prices of the totals [totals].
    """
    turn, *year = windows
    duals = np.concatenate([np.zeros(whole.hourly_rows), prices])
    for window in year:
        duals[window.rows[: window.own_rows]] = window.duals[: window.own_rows]
    for early, late in zip([turn, *year], [*year, turn], strict=True):
        _hand_over(whole, early, late, values, costs, duals)
    return duals


def _hand_over(
    whole: Ordered, early: Window, late: Window, values: FloatArray, costs: FloatArray, duals: FloatArray
) -> None:
    """Put the duals of the steps that two windows share at their place in ``duals``."""
    count = whole.count
    if late.first < 0:  # the year ends with what its turn begins with
        first, end = late.first + count, count
    else:
        first, end = late.first, min(early.reach, late.end)
    # Columns one step before may be named by the shared rows; shared columns by the rows one step after.
    shared, columns = whole.rows_in(first, end), whole.columns_in(first - 1, end)
    before, after = whole.rows_in(first - 1, first), whole.rows_in(end, end + 1)
    step = whole.row_steps[shared][:, None]
    mixed = np.where(step < np.arange(first, end + 1), _of(early, shared), _of(late, shared))
    choices = mixed.shape[1]
    known = [np.repeat(duals[rows][:, None], choices, axis=1) for rows in (before, after)]
    near = _part(whole, np.concatenate([before, shared, after]), columns)
    reduced = costs[columns][:, None] - near.T @ np.vstack([known[0], mixed, known[1]])
    if len(whole.span_columns):
        kept = ~whole.spans[columns]
        of_parts, named = _of_parts(whole, costs, duals, shared, mixed)
        columns, reduced = np.append(columns[kept], named), np.vstack([reduced[kept], of_parts])
    duals[shared] = mixed[:, int(np.argmin(_lost(whole, columns, values, reduced)))]


def _of_parts(
    whole: Ordered, costs: FloatArray, duals: FloatArray, shared: IntArray, mixed: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Reduced costs by choice of the parts of the year that shared rows name, and their columns."""
    own = sparse.csr_array(whole.by_span)[shared]
    named = np.unique(own.indices)
    columns, rest = whole.span_columns[named], duals[: whole.hourly_rows].copy()
    rest[shared] = 0.0
    elsewhere = costs[columns] - whole.by_span[:, named].T @ rest
    return elsewhere[:, None] - own[:, named].T @ mixed, columns


def _part(whole: Ordered, rows: IntArray, columns: IntArray) -> sparse.csr_array:
    """Some rows and columns of the ordered problem.

    They nearly always follow one another, and are then taken as they stand: that is five times as quick.
    """
    matrix = whole.matrix
    if not len(rows) or not len(columns) or not (_in_line(rows) and _in_line(columns)):
        return sparse.csr_array(matrix[rows][:, columns])
    starts = matrix.indptr[rows[0] : rows[-1] + 2]
    entries = slice(starts[0], starts[-1])
    place, width = matrix.indices[entries] - columns[0], len(columns)
    inside = (place >= 0) & (place < width)
    data = np.where(inside, matrix.data[entries], 0.0)
    return sparse.csr_array((data, np.where(inside, place, 0), starts - starts[0]), (len(rows), width))


def _in_line(numbers: IntArray) -> bool:
    """Whether numbers that rise, but for one step around the circle, follow one another."""
    return bool(numbers[-1] - numbers[0] == len(numbers) - 1)


def _of(window: Window, rows: IntArray) -> FloatArray:
    """The window's duals of some of its rows, as a column."""
    order = np.argsort(window.rows)
    return window.duals[order[np.searchsorted(window.rows, rows, sorter=order)]][:, None]


def _lost(whole: Ordered, columns: IntArray, values: FloatArray, reduced: FloatArray) -> FloatArray:
    """What reduced costs take from the dual bound, by choice; reduced has shape [columns x choices]."""
    far = REACH * max(1.0, float(np.abs(values[columns]).max(initial=0.0)))
    here, lower, upper = values[columns], whole.lower[columns], whole.upper[columns]
    above = np.where(np.isfinite(lower), here - lower, far)[:, None]
    below = np.where(np.isfinite(upper), upper - here, far)[:, None]
    total: FloatArray = np.where(reduced > 0, reduced * above, -reduced * below).sum(axis=0)
    return total
