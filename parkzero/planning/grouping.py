"""Grouping days: which days share a mean day.

Any partition gives a proven bound; a good one gives a tight bound. Days are first parted by whatever
multiplies hourly variables (prices, factors), so that few products need to be enclosed. Within such a class
days are grouped by what they look like: at first by all data of the year, later by the *net need* that the
current sizes leave, valued at each rule's own dual. That lifts the bound far more than grouping raw data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parkzero.lp.expr import Each
from parkzero.lp.model import Matrix
from parkzero.timeline import IntArray, Timeline
from parkzero.units import FloatArray

# More classes of exactly equal multipliers than this are grouped by likeness instead.
MOST_CLASSES = 8
# Weight of what multiplies hourly variables beside what is asked: an enclosed product is loose in the first
# order of its spread, the mean of what is asked only in the second.
GIVEN = 1.0
# A rule over the year whose terms come to no more than this [its unit] has no price worth knowing.
TRACE = 1e-3


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
        if rows.each is not Each.STEP:
            continue
        part = rows.inside
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


@dataclass(frozen=True, slots=True)
class Worth:
    """What a solution of a year, on whatever timeline, says of the worth of things.

    Attributes:
        duals: mean dual of each hourly rule, by name.
        totals: dual of each rule over the year, by name.
        sizes: value of each column without steps, by name.
        flows: mean day of each hourly column, by name, each of shape [steps of a day].
    """

    duals: Mapping[str, float]
    totals: Mapping[str, float]
    sizes: Mapping[str, float]
    flows: Mapping[str, FloatArray]


def needs(matrix: Matrix, moved: FloatArray, worth: Worth) -> dict[str, FloatArray]:
    """What the hourly rules of each asset ask at given sizes [money], by asset, each of shape [steps].

    Their right-hand sides (demand less what sun and wind could give), each times the mean dual of the rule.

    Args:
        matrix: the full year.
        moved: right-hand side that the design takes up, shape [rows].
        worth: from any solution of the year.
    """
    scalar = np.zeros(matrix.operation.shape[1])
    for block in matrix.columns:
        if block.each is Each.YEAR:
            scalar[block.start] = worth.sizes.get(block.dotted, 0.0)
    shift = matrix.operation @ scalar + moved
    found: dict[str, FloatArray] = {}
    for rows in matrix.rows:
        price = worth.duals.get(rows.dotted, 0.0)
        if rows.each is Each.STEP and price:
            part = rows.inside
            asked = price * finite(matrix.low[part] - shift[part], matrix.high[part] - shift[part])
            found[rows.asset] = found[rows.asset] + asked if rows.asset in found else asked
    return found


def looks(matrix: Matrix, worth: Worth, timeline: Timeline, asked: Mapping[str, FloatArray]) -> FloatArray:
    """What days look like at given sizes [money], shape [days x features].

    First what each step asks of the park (``needs``). Then what each step would give if everything ran as on
    the mean day: that differs from day to day where series multiply hourly variables (a COP, a price), and
    the mean of days that differ in them bounds them badly.

    Args:
        matrix: the full year.
        worth: from any solution of the year.
        timeline: the full year.
        asked: what the rules of each asset ask in each step [steps].
    """
    days, steps = timeline.calendar.days, timeline.steps
    flows = np.zeros(matrix.operation.shape[1])
    for block in matrix.columns:
        if block.each is Each.STEP and block.dotted in worth.flows:
            flows[block.inside] = np.tile(worth.flows[block.dotted], days)
    made, given = matrix.operation @ flows, np.zeros(steps)
    need: FloatArray = sum(asked.values(), np.zeros(steps))
    for block in matrix.columns:
        if block.each is Each.STEP:
            given -= matrix.cost[block.inside] * flows[block.inside]
    for rows in matrix.rows:
        price = worth.duals.get(rows.dotted, 0.0)
        if rows.each is Each.STEP and price:
            given += price * made[rows.inside]
    return np.hstack([need.reshape(days, -1), GIVEN * given.reshape(days, -1)])


def worth_of(matrix: Matrix, duals: FloatArray, values: FloatArray, timeline: Timeline) -> Worth:
    """What a solution on a timeline says of the worth of things."""
    per_day = timeline.calendar.per_day
    share = timeline.weights[::per_day] / timeline.weights[::per_day].sum()
    amounts = abs(matrix.operation) @ np.abs(values)
    by_month = np.zeros(len(values))
    for block in matrix.columns:
        by_month[block.inside] = float(block.each is Each.MONTH)
    wide = np.diff(matrix.operation.indptr) >= per_day
    tells = (amounts > TRACE) & (wide | (abs(matrix.operation) @ by_month > 0))
    return Worth(
        {r.dotted: float(np.mean(duals[r.inside])) for r in matrix.rows if r.each is Each.STEP},
        {r.dotted: float(duals[r.start]) for r in matrix.rows if r.each is Each.YEAR and tells[r.start]},
        {b.dotted: float(values[b.start]) for b in matrix.columns if b.each is Each.YEAR},
        {
            b.dotted: share @ values[b.inside].reshape(-1, per_day)
            for b in matrix.columns
            if b.each is Each.STEP
        },
    )


def by_row(matrix: Matrix, totals: Mapping[str, float]) -> FloatArray:
    """The duals of rules over the year, by name, as duals of rows; zero elsewhere [rows]."""
    found = np.zeros(len(matrix.low))
    for rows in matrix.rows:
        if rows.each is Each.YEAR:
            found[rows.start] = totals.get(rows.dotted, 0.0)
    return found


def grouped(features: FloatArray, label: IntArray, count: int) -> IntArray:
    """Group the days of each class by likeness (Ward), ``count`` groups in all.

    Args:
        features: what each day looks like [days x features].
        label: class of each day [days].
        count: number of groups aimed at; at least one for each class.

    Returns:
        Group of each day, numbered without a hole [days].
    """
    # A tenth of a second to import, which processes that only operate years are spared.
    from scipy.cluster.hierarchy import fcluster, linkage

    result = np.full(len(label), -1)
    next_group = 0
    kinds = np.unique(label)
    spread = np.array([_spread(features[label == k]) for k in kinds])
    sizes = np.array([np.sum(label == k) for k in kinds])
    for kind, share in zip(kinds, _share_out(max(count, len(kinds)), spread, sizes), strict=True):
        members = np.flatnonzero(label == kind)
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
