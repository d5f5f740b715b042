"""What the totals of a year cost at given sizes, guessed from some of its days.

A cap on the year's emissions prices every hour of it. Its price at given sizes may be far from that in a
plan: sizes that barely keep the cap pay whatever the last tonne takes. A sample of real days shares the
year's hours in small, and its prices are near the year's: a good place to begin (``parkzero.lp.rolling``,
``parkzero.lp.totals``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from parkzero.lp.expr import Each
from parkzero.lp.fold import solve_folded
from parkzero.lp.solver import Options
from parkzero.planning.assemble import Built, build_year, fixed
from parkzero.study.study import Study
from parkzero.timeline import PickedDays
from parkzero.units import FloatArray

# Every such day is in the sample: as it is no multiple of seven, all days of the week are.
EVERY = 8
# Rows that name fewer columns are no trouble.
WIDE = 1_000


def guessed_prices(study: Study, built: Built, sizes: FloatArray, options: Options) -> FloatArray | None:
    """Guessed duals of rows over the whole year that bind, zero elsewhere; None where none does [rows]."""
    matrix, timeline = built.matrix, study.timeline
    width = np.diff(matrix.operation.indptr)
    wide = [r for r in matrix.rows if (width[r.inside] >= WIDE).any()]
    if not wide:
        return None
    days = timeline.calendar.days
    picked = np.arange(min(EVERY // 2, days - 1), days, EVERY, dtype=np.int32)
    scale = timeline.scale * days / len(picked)
    sample, _ = build_year(study, built.year, PickedDays(timeline.calendar, scale, picked, closed=True))
    problem = fixed(sample, sizes)
    found = solve_folded(replace(problem, whole=np.zeros_like(problem.whole)), options)
    if found.status != "optimal":
        return None
    prices, there = np.zeros(len(matrix.low)), {r.dotted: r for r in sample.matrix.rows}
    for rows in wide:
        same = there.get(rows.dotted)
        if same is not None and rows.each is Each.YEAR:
            prices[rows.inside] = found.duals[same.inside]
    return prices if prices.any() else None
