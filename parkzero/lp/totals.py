"""Rows over the whole of a problem: first at a guessed price, then as they are.

A row that names thousands of columns (a cap on the year's emissions) makes every later step of the simplex
dense once its price moves: where it binds hard, a year takes five times as long. With its price guessed and
charged to its columns instead, the problem falls into loosely tied hours again. All guesses are then scaled
by one factor until the rows are nearly kept, which takes few steps each time, and from there the rows
themselves take few more. The answer is that of the problem as it stands, whatever was guessed: a bad guess
costs time.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from parkzero.lp.solver import (
    Handle,
    Options,
    Problem,
    Solution,
    change_costs,
    cost_scale,
    load,
    quiet,
    read,
    run,
    set_options,
    solve,
)
from parkzero.units import FloatArray

Tangent = tuple[float, float, float]
"""Factor, cost there, and slope."""

# What the rows are broken by, at their prices, may be this share of the cost. Prices that are too high leave
# costs rather than rows to be put right, which takes longer.
NEAR_BELOW, NEAR_ABOVE = 2.5e-2, 1e-3
# While only one side is known, the factor moves by this share.
STRIDE = 0.15
MOST_STEPS = 6


def solve_at_prices(problem: Problem, prices: FloatArray, options: Options) -> Solution:
    """Solve a linear problem by the simplex, beginning from its optimum at guessed prices of some rows.

    Args:
        problem: the problem, without whole numbers.
        prices: guessed duals, zero where a row stands as it is [rows]; one that leans on a bound that its
            row does not have counts as zero.
        options: how to solve; the method is the simplex.

    Raises:
        SolverError: when no method ends with an answer.
    """
    begun = time.perf_counter()
    has_side = np.isfinite(np.where(prices > 0, problem.low, problem.high))
    prices = np.where(has_side, prices, 0.0)
    rows = np.flatnonzero(prices)
    low, high = problem.low.copy(), problem.high.copy()
    low[rows], high[rows] = -np.inf, np.inf
    highs, scale = quiet(), cost_scale(problem)
    set_options(highs, options)
    load(highs, replace(problem, low=low, high=high))
    _near(highs, problem, prices, scale)
    change_costs(highs, problem.cost * scale)
    for row in rows:
        highs.changeRowBounds(int(row), float(problem.low[row]), float(problem.high[row]))
    run(highs)
    found = read(highs, problem, scale, options, time.perf_counter() - begun)
    return found if found.status != "unknown" else solve(problem, options)


def _near(highs: Handle, problem: Problem, prices: FloatArray, scale: float) -> None:
    """Leave the solver at an optimum for such a factor of the prices that the rows are nearly kept.

    The cost as a function of the factor is concave, and its slope is what the rows are broken by: the next
    factor is where the tangents on either side meet.
    """
    charged = problem.matrix.T @ prices
    rows = np.flatnonzero(prices)
    sides = np.where(prices[rows] > 0, problem.low[rows], problem.high[rows])
    below: Tangent | None = None
    above: Tangent | None = None
    factor = 1.0
    for _ in range(MOST_STEPS):
        change_costs(highs, (problem.cost - factor * charged) * scale)
        run(highs)
        found = highs.getSolution()
        if not found.value_valid:
            return
        values, activity = np.asarray(found.col_value), np.asarray(found.row_value)[rows]
        slope = float(prices[rows] @ (sides - activity))
        cost = float((problem.cost - factor * charged) @ values) + factor * float(prices[rows] @ sides)
        share = factor * slope / max(1.0, abs(cost))
        if -NEAR_ABOVE <= share <= NEAR_BELOW:
            return
        here = (factor, cost, slope)
        below, above = (here, above) if slope > 0 else (below, here)
        if below is not None and above is not None:
            (f, c, s), (g, d, t) = below, above
            factor = (d - c + s * f - t * g) / (s - t)
            if not f < factor < g:
                return
        else:
            factor *= 1 + STRIDE if slope > 0 else 1 - STRIDE
