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

from parkzero.lp.solver import Options, Problem, Solution, solve_once
from parkzero.lp.windows import Ordered
from parkzero.units import FloatArray

EXACT = Options(method="simplex", crossover=True, threads=1)
# Totals that are broken by less than this share of the largest are kept.
KEPT = 1e-9
# Where prices near the best ones make no mixture, one is sought at any.
WIDE = np.inf


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
        inside: whether these lie inside the box around the best ones so far.
    """

    shares: FloatArray
    untimed: FloatArray
    cost: float
    prices: FloatArray
    inside: bool


def blended(whole: Ordered, passes: Sequence[Pass], box: float) -> Blend | None:
    """The cheapest mixture of passes that keeps the totals, at prices near the best so far.

    Args:
        whole: the ordered problem.
        passes: what windows do.
        box: share of the best prices within which the next ones are.

    Returns:
        The mixture; None where not even prices at the box's edge make one.
    """
    found = solve_once(_mixing(whole, passes, box), EXACT)
    if found.status != "optimal":
        return None
    prices, inside = found.duals[: whole.totals.shape[0]], _keeps(whole, passes, found)
    # At the box's edge totals are bought or sold, though a dearer mixture may keep them.
    found = found if inside else solve_once(_mixing(whole, passes, WIDE), EXACT)
    kept = found.status == "optimal" and _keeps(whole, passes, found)
    windows, loose = len(passes[0].costs), len(whole.cost) - whole.hourly_columns
    parts = len(passes) * windows
    return Blend(
        found.values[:parts].reshape(len(passes), windows),
        found.values[parts : parts + loose],
        found.objective if kept else np.inf,
        prices,
        inside,
    )


def _keeps(whole: Ordered, passes: Sequence[Pass], found: Solution) -> bool:
    """Whether a mixture keeps the totals by itself."""
    mixed = len(passes) * len(passes[0].costs) + len(whole.cost) - whole.hourly_columns
    largest = max(1.0, *(float(np.abs(done.taken).max(initial=0.0)) for done in passes))
    return float(np.abs(found.values[mixed:]).max(initial=0.0)) <= KEPT * largest


def _mixing(whole: Ordered, passes: Sequence[Pass], box: float) -> Problem:
    """Columns: each pass in each window, columns without a step, and what prices at the box's edges buy."""
    windows, totals, first = len(passes[0].costs), whole.totals, whole.hourly_columns
    best = max(passes, key=lambda done: done.bound)
    sides = whole.low[whole.hourly_rows :], whole.high[whole.hourly_rows :]
    wide = box * _scale(totals, best, *sides) if box < WIDE else np.full(totals.shape[0], WIDE)
    boxed = np.flatnonzero(np.isfinite(wide))
    edge = sparse.csr_array(np.eye(totals.shape[0])[:, boxed])
    taken = sparse.csr_array(np.vstack([done.taken for done in passes]).T)
    one = sparse.csr_array(np.tile(np.eye(windows), (1, len(passes))))
    top, below = [taken, totals[:, first:], edge, -edge], [one, None, None, None]
    matrix = sparse.csr_array(sparse.block_array([top, below], format="csr"))
    ones, none = np.ones(windows), np.zeros(2 * len(boxed))
    edges = (best.prices + wide)[boxed], -(best.prices - wide)[boxed]
    parts = np.concatenate([done.costs for done in passes])
    return Problem(
        matrix,
        np.concatenate([parts, whole.cost[first:], *edges]),
        np.concatenate([sides[0], ones]),
        np.concatenate([sides[1], ones]),
        np.concatenate([np.zeros(len(parts)), whole.lower[first:], none]),
        np.concatenate([np.ones(len(parts)), whole.upper[first:], none + np.inf]),
        np.zeros(matrix.shape[1], dtype=np.bool_),
        whole.constant,
    )


def _scale(totals: sparse.csr_array, best: Pass, low: FloatArray, high: FloatArray) -> FloatArray:
    """Size of each price; where nothing is known of it, what a unit of its total costs on the whole.

    That is far too much for what is a small part of the whole: no more than any price of a total of as many
    columns, where one is known.
    """
    amounts = np.abs(best.taken).sum(axis=0)
    for side in (low, high):
        amounts = np.maximum(amounts, np.where(np.isfinite(side), np.abs(side), 0.0))
    spent = float(np.abs(best.costs).sum())
    usual = np.divide(spent, amounts, out=np.full(len(amounts), np.inf), where=amounts > 0)
    width = np.diff(totals.indptr)
    alike = np.where(width[:, None] == width, np.abs(best.prices), 0.0).max(axis=1, initial=0.0)
    usual = np.where(alike > 0, np.minimum(usual, alike), usual)
    return np.where(best.prices != 0, np.abs(best.prices), usual)
