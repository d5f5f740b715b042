"""Blending what windows do at several prices, so that rows over all windows are kept.

A small problem chooses for each window how much of what it did at each price is done, and what columns
without a step (an excess over a cap) are; its rows are the totals. Its duals are the next prices to ask at.
All but as many windows as there are totals do one thing and not a mixture.

Column generation for block-angular problems: Dantzig, Wolfe (1960), with prices kept in a box around the best
ones so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from parkzero.lp.solver import Options, Problem, solve_once
from parkzero.lp.windows import Ordered
from parkzero.units import FloatArray

EXACT = Options(method="simplex", crossover=True, threads=1)


@dataclass(frozen=True, slots=True)
class Pass:
    """What all windows do at some prices of the totals.

    Attributes:
        prices: the prices [totals].
        values: of all columns with a step [columns].
        costs: what each window costs without these prices [windows].
        taken: what each window takes of each total [windows x totals].
        bound: a lower bound on the whole problem.
        duals: of all rows [rows].
    """

    prices: FloatArray
    values: FloatArray
    costs: FloatArray
    taken: FloatArray
    bound: float
    duals: FloatArray


@dataclass(frozen=True, slots=True)
class Blend:
    """The best mixture of passes.

    Attributes:
        shares: of each pass in each window [passes x windows].
        untimed: values of columns without a step.
        cost: its cost; infinite where no mixture keeps the totals.
        prices: to ask at next [totals].
    """

    shares: FloatArray
    untimed: FloatArray
    cost: float
    prices: FloatArray


def blended(whole: Ordered, passes: Sequence[Pass], box: float) -> Blend | None:
    """The cheapest mixture of passes that keeps the totals; None where there is none even beyond the box."""
    windows, totals = len(passes[0].costs), whole.totals.shape[0]
    first = whole.hourly_columns
    loose = len(whole.cost) - first
    parts = len(passes) * windows
    best = max(passes, key=lambda p: p.bound)
    wide = np.where(best.prices != 0, box * np.abs(best.prices), np.inf)
    boxed = np.flatnonzero(np.isfinite(wide))
    eye = sparse.csr_array((np.ones(len(boxed)), (boxed, np.arange(len(boxed)))), shape=(totals, len(boxed)))
    taken = sparse.csr_array(np.vstack([p.taken for p in passes]).T)
    one = sparse.csr_array(np.tile(np.eye(windows), (1, len(passes))))
    matrix = sparse.block_array(
        [[taken, whole.totals[:, first:], eye, -eye], [one, None, None, None]], format="csr"
    )
    if matrix.shape[1] != parts + loose + 2 * len(boxed):
        raise ValueError("the parts of the blend do not fit")
    problem = Problem(
        sparse.csr_array(matrix),
        np.concatenate(
            [
                *[p.costs for p in passes],
                whole.cost[first:],
                (best.prices + wide)[boxed],
                -(best.prices - wide)[boxed],
            ]
        ),
        np.concatenate([whole.low[whole.hourly_rows :], np.ones(windows)]),
        np.concatenate([whole.high[whole.hourly_rows :], np.ones(windows)]),
        np.concatenate([np.zeros(parts), whole.lower[first:], np.zeros(2 * len(boxed))]),
        np.concatenate([np.ones(parts), whole.upper[first:], np.full(2 * len(boxed), np.inf)]),
        np.zeros(matrix.shape[1], dtype=np.bool_),
        whole.constant,
    )
    found = solve_once(problem, EXACT)
    if found.status != "optimal":
        return None
    outside = found.values[parts + loose :]
    kept = float(np.abs(outside).max(initial=0.0)) <= 1e-9 * max(
        1.0, float(np.abs(taken.data).max(initial=1.0))
    )
    return Blend(
        found.values[:parts].reshape(len(passes), windows),
        found.values[parts : parts + loose],
        found.objective if kept else np.inf,
        found.duals[:totals],
    )
