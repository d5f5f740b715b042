"""Peak days: mean days of their own for the days on which what stands for a month is likely to be set.

A month's peak is set on one day of it, and a mean day over other days too is calmer. Where the day that asks
most is alone, or with days that are peaks elsewhere in the year, the mean of its hours is as high as the mean
of the months' peaks, and the lower bound sees them. Which days these are is known from the net need that a
first look leaves: of each connection its owner's, and everyone's for what all share. A choice that is wrong
costs time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from parkzero.lp.expr import Each
from parkzero.lp.model import Matrix
from parkzero.planning.grouping import grouped
from parkzero.planning.ownership import SHARED, owners_in
from parkzero.study.study import Study
from parkzero.timeline import MONTHS, IntArray
from parkzero.units import FloatArray

Peaks = npt.NDArray[np.bool_]
"""Which days are peaks of which connection [days x connections]."""

# A day that asks so nearly as much as the month's highest is as good a peak.
NEARLY = 0.02


def by_month(matrix: Matrix) -> list[str]:
    """Assets that something is counted of by month."""
    return sorted({block.asset for block in matrix.columns if block.each is Each.MONTH})


def needs_of_connections(study: Study, matrix: Matrix, needs: Mapping[str, FloatArray]) -> FloatArray:
    """What is asked each day of everyone behind a connection [days x connections].

    Args:
        study: the study.
        matrix: a year.
        needs: what the rules of each asset ask in each step [steps].
    """
    _, owners = owners_in(study)
    found = []
    for connection in by_month(matrix):
        owner = owners.get(connection, SHARED)
        behind = [n for asset, n in needs.items() if owner in (SHARED, owners.get(asset, SHARED))]
        total = np.sum(behind, axis=0) if behind else np.zeros(study.timeline.steps)
        found.append(total.reshape(study.timeline.calendar.days, -1).sum(axis=1))
    return np.column_stack(found)


def peak_days(needs: FloatArray, months: IntArray) -> Peaks:
    """As few days of each month as hold a peak of every connection; the days that ask most first.

    Args:
        needs: what is asked each day of each connection [days x connections].
        months: month of each day [days].
    """
    found = np.zeros(needs.shape, dtype=np.bool_)
    for month in np.unique(months):
        inside = np.flatnonzero(months == month)
        most = needs[inside].max(axis=0)
        share = np.divide(needs[inside], most, out=np.zeros((len(inside), len(most))), where=most > 0)
        near, missing = share >= 1 - NEARLY, most > 0
        while missing.any():
            # Of days that serve as many connections the one that asks most.
            best = int(np.argmax((near * missing).sum(axis=1) + share[:, missing].mean(axis=1)))
            found[inside[best]] = near[best]
            missing &= ~near[best]
    return found


def grouped_apart(features: FloatArray, label: IntArray, count: int, peaks: Peaks) -> IntArray:
    """Group days by likeness, peak days apart from the others [days].

    As many more groups as a year has months, or as there are connections: days on which the same ones peak
    belong together before any others.

    Args:
        features: what each day looks like [days x features].
        label: class of each day [days].
        count: groups of the days that are no peaks.
        peaks: which are.
    """
    picked = peaks.any(axis=1)
    if picked.all() or not picked.any():
        return grouped(features, label, count)
    rest = grouped(features[~picked], label[~picked], count)
    # The shares of a day's features come to less than one connection that peaks or does not.
    scale = 2 * np.linalg.norm(features[picked], axis=1).max() or 1.0
    likeness = np.hstack([peaks[picked], features[picked] / scale])
    groups = np.zeros(len(label), dtype=np.int32)
    groups[~picked] = rest
    groups[picked] = grouped(likeness, label[picked], max(MONTHS, peaks.shape[1])) + rest.max() + 1
    return groups
