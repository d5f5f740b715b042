"""Better prices of the rows that tie parts together, from what the parts did at earlier ones.

A part that was solved at several prices can do any mixture of what it did there. A small problem chooses
these mixtures, and what the open parts (who sell to the others) do in every detail, so that the tying rows
are kept. Its duals are the next prices to ask at, its optimum says how high a bound they may give (Dantzig
and Wolfe 1960). Prices far from known ones ask parts for what they never did: a row may be broken at a price
a little above or below its own, which keeps the next ones within a box (Marsten, Hogan and Blankenship 1975).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from parkzero.lp.parts import IntArray, Mask, Parts
from parkzero.lp.solver import Problem, Solution
from parkzero.units import FloatArray


@dataclass(frozen=True, slots=True)
class Asked:
    """Prices to ask at next.

    Attributes:
        prices: of tying rows, zero elsewhere [rows].
        most: about the highest bound that prices within the box may give [money].
    """

    prices: FloatArray
    most: float


def asked_next(
    problem: Problem,
    parts: Parts,
    open_parts: Mask,
    done: Sequence[FloatArray],
    prices: FloatArray,
    box: float,
    solve: Callable[[Problem], Solution],
) -> Asked | None:
    """Prices to ask at next; None where the small problem has no optimum.

    Args:
        problem: the problem, without whole numbers.
        parts: its parts.
        open_parts: parts that stand in the small problem with all columns and rows [parts].
        done: what all columns did at some prices [columns].
        prices: the best so far [rows].
        box: share of a balance's price (or of the middle one, if that is more) by which it may move.
        solve: solves the small problem.
    """
    small, tying = _small(problem, parts, open_parts, done, prices, box)
    found = solve(small)
    if found.status != "optimal":
        return None
    asked = np.zeros(len(problem.low))
    asked[tying] = found.duals[: len(tying)]
    return Asked(asked, found.objective)


def _small(
    problem: Problem,
    parts: Parts,
    open_parts: Mask,
    done: Sequence[FloatArray],
    prices: FloatArray,
    box: float,
) -> tuple[Problem, IntArray]:
    """The small problem, and the tying rows, which are its first rows.

    Columns: those of open parts and of no part, shares of what each closed part did, and what may be bought
    above a balance's price and sold below it.
    """
    matrix, tying = problem.matrix, np.flatnonzero(parts.tying)
    free = (parts.part < 0) | open_parts[np.maximum(parts.part, 0)]
    own = _rows_of(matrix, free, parts.tying)
    columns = np.flatnonzero(free)
    closed = np.flatnonzero(~open_parts)
    taken, costs = _mixtures(problem, parts, closed, done, tying)
    balances = np.flatnonzero((problem.low == problem.high)[tying])
    centre = prices[tying[balances]]
    wide = box * np.maximum(np.abs(centre), np.median(np.abs(centre)) if len(centre) else 0.0)
    edge = sparse.csr_array(
        (np.ones(len(balances)), (balances, np.arange(len(balances)))), shape=(len(tying), len(balances))
    )
    one = sparse.csr_array(np.tile(np.eye(len(closed)), (1, len(done))))
    none = np.zeros(2 * len(balances))
    top: list[sparse.csr_array | None] = [matrix[tying][:, columns], taken, edge, -edge]
    blocks = [top, [matrix[own][:, columns], None, None, None], [None, one, None, None]]
    shares, ones = np.ones(len(costs)), np.ones(len(closed))
    return Problem(
        sparse.csr_array(sparse.block_array(blocks, format="csr")),
        np.concatenate([problem.cost[columns], costs, centre + wide, wide - centre]),
        np.concatenate([problem.low[tying], problem.low[own], ones]),
        np.concatenate([problem.high[tying], problem.high[own], ones]),
        np.concatenate([problem.lower[columns], np.zeros(len(costs)), none]),
        np.concatenate([problem.upper[columns], shares, none + np.inf]),
        np.zeros(len(columns) + len(costs) + len(none), dtype=np.bool_),
        problem.constant,
    ), tying


def _mixtures(
    problem: Problem, parts: Parts, closed: IntArray, done: Sequence[FloatArray], tying: IntArray
) -> tuple[sparse.csr_array, FloatArray]:
    """What each closed part took of the tying rows each time, and what it cost."""
    rows = problem.matrix[tying]
    each = [np.where(parts.part == number, values, 0.0) for values in done for number in closed]
    values = np.array(each).reshape(-1, len(problem.cost)).T
    return sparse.csr_array(rows @ values), problem.cost @ values


def _rows_of(matrix: sparse.csr_array, free: Mask, tying: Mask) -> IntArray:
    """Rows that tie nothing and name free columns."""
    width = np.diff(matrix.indptr)
    some = np.flatnonzero((width > 0) & ~tying)
    found: IntArray = some[free[matrix.indices[matrix.indptr[some]]]]
    return found
