"""Better prices of the rows that tie parts together, from what the parts did at earlier ones.

A part that was solved at several prices can do any mixture of what it did there. A small problem chooses
these mixtures, and what the open parts (who sell to the others) do in every detail, so that the tying rows
are kept. Its duals are the next prices to ask at, its optimum says how high a bound they may give (Dantzig
and Wolfe 1960). Prices far from known ones ask parts for what they never did: a row may be broken at a price
a little above or below its own, which keeps the next ones within a box (Marsten, Hogan and Blankenship 1975).

Where a row counts what is spent and others may hold up part of that (cuts), all prices fall with the part
that it still counts. The box is around prices in the money of that row, so that the part may move as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from parkzero.lp.parts import IntArray, Mask, Parts
from parkzero.lp.solver import Problem, Solution
from parkzero.units import FloatArray

# An account that counts a smaller part of what is spent says nothing of prices.
LEAST_PART = 0.05


@dataclass(frozen=True, slots=True)
class Accounts:
    """Rows that count what is spent.

    Attributes:
        row: the account of each row, -1 where its price is the objective's money [rows].
        unit: money of the objective in one of an account's units.
        box: by how much the part of what is spent that an account counts may move.
    """

    row: IntArray
    unit: float
    box: float


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
    accounts: Accounts | None = None,
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
        accounts: tying rows that count what is spent; without, prices are in the objective's money.
    """
    tying = np.flatnonzero(parts.tying)
    edges = _edges(problem, tying, prices, box, accounts)
    small = _small(problem, parts, open_parts, done, tying, edges)
    found = solve(small)
    if found.status != "optimal":
        return None
    asked = np.zeros(len(problem.low))
    asked[tying] = found.duals[: len(tying)]
    return Asked(asked, found.objective)


@dataclass(frozen=True, slots=True)
class _Edges:
    """What may be bought and sold at the edges of the box: tying rows x columns, and cost of each column."""

    matrix: sparse.csr_array
    costs: FloatArray


def _edges(
    problem: Problem, tying: IntArray, prices: FloatArray, box: float, accounts: Accounts | None
) -> _Edges:
    """Columns that buy a balance above its price or sell it below, in the money of its account."""
    balances = tying[(problem.low == problem.high)[tying]]
    account, part = _accounts_of(balances, prices, accounts)
    booked = account >= 0
    centre = prices[balances] / part
    wide = box * np.maximum(np.abs(centre), np.median(np.abs(centre)) if len(centre) else 0.0)
    # Columns: each balance bought, each sold, each account's part raised, each lowered.
    used, unit = np.unique(account[booked]), accounts.unit if accounts is not None else 1.0
    at, count = np.arange(len(balances)), len(balances)
    rows, columns, amounts = [], [], []
    for start, sign in ((0, 1.0), (count, -1.0)):
        price = sign * centre + wide
        rows += [balances, account[booked]]
        columns += [start + at, start + at[booked]]
        amounts += [np.full(count, sign), -price[booked] / unit]
    for start, sign in ((2 * count, 1.0), (2 * count + len(used), -1.0)):
        rows.append(used)
        columns.append(start + np.arange(len(used)))
        amounts.append(np.full(len(used), sign))
    matrix = sparse.csr_array(
        (np.concatenate(amounts), (np.searchsorted(tying, np.concatenate(rows)), np.concatenate(columns))),
        shape=(len(tying), 2 * (count + len(used))),
    )
    moves = unit * accounts.box if accounts is not None else 0.0
    paid = [np.where(booked, 0.0, centre + wide), np.where(booked, 0.0, wide - centre)]
    return _Edges(matrix, np.concatenate([*paid, prices[used] + moves, moves - prices[used]]))


def _accounts_of(
    balances: IntArray, prices: FloatArray, accounts: Accounts | None
) -> tuple[IntArray, FloatArray]:
    """The account of each balance, and the part of what is spent that it counts [balances].

    That is -1 and all of it where there is no account, or where it counts next to nothing.
    """
    if accounts is None:
        return np.full(len(balances), -1), np.ones(len(balances))
    account = accounts.row[balances]
    part = prices[np.maximum(account, 0)] / accounts.unit
    booked = (account >= 0) & (part >= LEAST_PART)
    return np.where(booked, account, -1), np.where(booked, part, 1.0)


def _small(
    problem: Problem,
    parts: Parts,
    open_parts: Mask,
    done: Sequence[FloatArray],
    tying: IntArray,
    edges: _Edges,
) -> Problem:
    """The small problem, whose first rows are the tying ones.

    Columns: those of open parts and of no part, shares of what each closed part did, and the box's edges.
    """
    matrix = problem.matrix
    free = (parts.part < 0) | open_parts[np.maximum(parts.part, 0)]
    own = _rows_of(matrix, free, parts.tying)
    columns = np.flatnonzero(free)
    closed = np.flatnonzero(~open_parts)
    taken, costs = _mixtures(problem, parts, closed, done, tying)
    one = sparse.csr_array(np.tile(np.eye(len(closed)), (1, len(done))))
    none = np.zeros(len(edges.costs))
    top: list[sparse.csr_array | None] = [matrix[tying][:, columns], taken, edges.matrix]
    blocks = [top, [matrix[own][:, columns], None, None], [None, one, None]]
    shares, ones = np.ones(len(costs)), np.ones(len(closed))
    return Problem(
        sparse.csr_array(sparse.block_array(blocks, format="csr")),
        np.concatenate([problem.cost[columns], costs, edges.costs]),
        np.concatenate([problem.low[tying], problem.low[own], ones]),
        np.concatenate([problem.high[tying], problem.high[own], ones]),
        np.concatenate([problem.lower[columns], np.zeros(len(costs)), none]),
        np.concatenate([problem.upper[columns], shares, none + np.inf]),
        np.zeros(len(columns) + len(costs) + len(none), dtype=np.bool_),
        problem.constant,
    )


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
