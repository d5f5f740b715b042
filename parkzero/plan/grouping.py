"""Grouping days: which days share a mean day.

Any partition gives a proven bound; a good one gives a tight bound. Days are first parted by whatever
multiplies hourly variables (prices, factors), so that few products need to be enclosed. Within such a class
days are grouped by what they look like: at first by all data of the year, later by the *net need* that the
current sizes leave, valued at each rule's own dual. That lifts the bound far more than grouping raw data.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from parkzero.lp.model import Matrix
from parkzero.timeline import IntArray, Timeline
from parkzero.units import FloatArray

# More classes of exactly equal multipliers than this are grouped by likeness instead.
MOST_CLASSES = 8


def classes(multipliers: list[FloatArray], timeline: Timeline) -> tuple[IntArray, list[FloatArray]]:
    """Classes of days whose multipliers agree, and the multipliers that differ too often to be kept apart.

    Args:
        multipliers: series that multiply hourly variables, each of shape [real steps].
        timeline: the full year.

    Returns:
        Class of each day [days], and the multipliers left as features.
    """
    days = timeline.calendar.days
    label = np.zeros(days, dtype=np.int32)
    left = []
    for series in multipliers:
        rows = np.column_stack([label, series.reshape(days, -1)])
        _, found = np.unique(rows, axis=0, return_inverse=True)
        if found.max() < MOST_CLASSES:
            label = found.astype(np.int32)
        else:
            left.append(series)
    return label, left


def first_features(matrix: Matrix, timeline: Timeline, more: list[FloatArray]) -> FloatArray:
    """What days look like before any plan is known, shape [days x features].

    Every hourly right-hand side and every hourly coefficient on a size, each scaled by its own mean.
    """
    days, steps = timeline.calendar.days, timeline.steps
    found: list[tuple[FloatArray, float]] = [(series, 0.5) for series in more]
    columns = matrix.operation.tocsc()
    wide = np.flatnonzero(np.diff(columns.indptr) >= steps // 4)
    for rows in matrix.rows:
        if rows.count != steps:
            continue
        part = slice(rows.start, rows.start + steps)
        found.append((finite(matrix.low[part], matrix.high[part]), 1.0))
        for column in wide:
            where = columns.indices[columns.indptr[column] : columns.indptr[column + 1]]
            inside = (where >= part.start) & (where < part.stop)
            if inside.any():
                values = np.zeros(steps)
                values[where[inside] - part.start] = columns.data[columns.indptr[column] :][: len(where)][
                    inside
                ]
                found.append((values, 0.5))
    kept = [
        weight * series.reshape(days, -1) / np.mean(np.abs(series))
        for series, weight in found
        if np.ptp(series) > 0
    ]
    return np.hstack(kept) if kept else np.zeros((days, 1))


def finite(low: FloatArray, high: FloatArray) -> FloatArray:
    """The finite side of rows that have one (zero where none is)."""
    side = np.where(np.isfinite(low), low, high)
    return np.where(np.isfinite(side), side, 0.0)


def net_need(matrix: Matrix, moved: FloatArray, worth: Mapping[str, float], timeline: Timeline) -> FloatArray:
    """What each step asks of the park at given sizes [money], shape [steps].

    Right-hand sides of all hourly rules (demand less what sun and wind could give), each times the mean dual
    of the rule.

    Args:
        matrix: the full year.
        moved: right-hand side that the design takes up, shape [rows].
        worth: mean dual of each hourly rule, and value of each size, by name; from any solution of the year.
        timeline: the full year.
    """
    scalar = np.zeros(matrix.operation.shape[1])
    for block in matrix.columns:
        if block.count == 1:
            scalar[block.start] = worth.get(block.name, 0.0)
    shift = matrix.operation @ scalar + moved
    need = np.zeros(timeline.steps)
    for rows in matrix.rows:
        price = worth.get(rows.name, 0.0)
        if rows.count == timeline.steps and price:
            part = slice(rows.start, rows.start + rows.count)
            need += price * finite(matrix.low[part] - shift[part], matrix.high[part] - shift[part])
    return need


def worth_of(matrix: Matrix, duals: FloatArray, values: FloatArray, steps: int) -> dict[str, float]:
    """Mean dual of each hourly rule and value of each size, by name, of a solution."""
    worth = {
        r.name: float(np.mean(duals[r.start : r.start + r.count])) for r in matrix.rows if r.count == steps
    }
    worth.update({b.name: float(values[b.start]) for b in matrix.columns if b.count == 1})
    return worth


def grouped(features: FloatArray, label: IntArray, count: int, alone: IntArray) -> IntArray:
    """Group the days of each class by likeness (Ward), ``count`` groups in all; some days stay alone.

    Args:
        features: what each day looks like [days x features].
        label: class of each day [days].
        count: number of groups aimed at; at least one for each class.
        alone: days that become groups of their own.

    Returns:
        Group of each day, numbered without a hole [days].
    """
    days = len(label)
    result = np.full(days, -1)
    free = np.setdiff1d(np.arange(days), alone)
    next_group = 0
    kinds = np.unique(label[free])
    spread = np.array([_spread(features[free[label[free] == k]]) for k in kinds])
    shares = _share_out(
        max(count - len(alone), len(kinds)), spread, np.array([np.sum(label[free] == k) for k in kinds])
    )
    for kind, share in zip(kinds, shares, strict=True):
        members = free[label[free] == kind]
        if share <= 1 or len(members) <= 1:
            found = np.zeros(len(members), dtype=int)
        elif share >= len(members):
            found = np.arange(len(members))
        else:
            _, found = np.unique(
                fcluster(linkage(features[members], "ward"), share, "maxclust"), return_inverse=True
            )
        result[members] = found + next_group
        next_group += int(found.max()) + 1
    for day in alone:
        result[day] = next_group
        next_group += 1
    return result.astype(np.int32)


def _spread(rows: FloatArray) -> float:
    """Total distance of the days of a class from their mean."""
    return float(np.sum(np.linalg.norm(rows - rows.mean(axis=0), axis=1))) if len(rows) > 1 else 0.0


def _share_out(count: int, spread: FloatArray, sizes: FloatArray) -> IntArray:
    """Share ``count`` groups among classes by their spread; each class gets one, none more than its days."""
    shares = np.ones(len(spread), dtype=np.int64)
    for _ in range(count - len(spread)):
        open_ = shares < sizes
        if not open_.any():
            break
        shares[np.argmax(np.where(open_, (spread + 1e-12) / shares**1.5, -1.0))] += 1
    return shares.astype(np.int32)
