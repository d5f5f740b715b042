"""Better prices of the rows that tie parts together, from what the parts did at earlier ones.

A part that was solved at several prices can do any mixture of what it did there. A small problem chooses
these mixtures, and what the open parts (who sell to the others) do in every detail, so that the tying rows
are kept. Its duals are the next prices to ask at, its optimum says how high a bound they may give (Dantzig
and Wolfe 1960). Prices far from known ones ask parts for what they never did: a row may be broken at a price
that rises with how much is missing, so that prices move by as much as a row needs and no more (Lemarechal
1975; Kiwiel 1990). What is asked next is part of the way there (Wentges 1997).

Where a row counts what is spent and others may hold up part of that (cuts), all prices fall with the part
that it still counts. What is missing is bought in the money of that row, so that the part may move as well,
within a box.
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
# How far of the way to the small problem's prices the next ones are asked at.
PART_WAY = 0.7
# A balance where next to nothing came and went counts as if there were this share of the middle one's.
LEAST_MOVED, TINY = 0.1, 1e-9


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
class Market:
    """Who trades, and what is known of them.

    Attributes:
        problem: the problem, without whole numbers.
        parts: its parts.
        open_parts: parts that stand in the small problem with all columns and rows [parts].
        done: what all columns did at some prices, first at those of a similar problem [columns].
        accounts: tying rows that count what is spent; without, prices are in the objective's money.
    """

    problem: Problem
    parts: Parts
    open_parts: Mask
    done: list[FloatArray]
    accounts: Accounts | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """How far prices may move, in shares of a balance's price (of the middle one, if that is more).

    Attributes:
        near: where all is missing that came and went in a balance at first.
        farthest: whatever is missing.
    """

    near: float
    farthest: float


@dataclass(frozen=True, slots=True)
class Asked:
    """Prices to ask at next.

    Attributes:
        prices: of tying rows, zero elsewhere [rows].
        most: about the highest bound that prices so near to the best ones may give [money].
    """

    prices: FloatArray
    most: float


def asked_next(
    market: Market, prices: FloatArray, trust: Trust, solve: Callable[[Problem, FloatArray], Solution]
) -> Asked | None:
    """Prices to ask at next; None where the small problem has no optimum.

    Args:
        market: who trades.
        prices: the best so far [rows].
        trust: how far others may be from them.
        solve: solves the small problem, with the curvature of each column's cost.
    """
    tying = np.flatnonzero(market.parts.tying)
    missing = _missing(market, tying, prices, trust)
    small = _small(market, tying, missing)
    curvature = np.concatenate([np.zeros(len(small.cost) - len(missing.costs)), missing.curvature])
    found = solve(small, curvature)
    if found.status != "optimal":
        return None
    asked = np.zeros(len(market.problem.low))
    asked[tying] = prices[tying] + PART_WAY * (found.duals[: len(tying)] - prices[tying])
    # What is missing counts at the prices found, which rose with it.
    return Asked(asked, found.objective + float(curvature @ found.values**2))


@dataclass(frozen=True, slots=True)
class _Missing:
    """What may be missing: tying rows x columns; lower bound, cost and curvature of each column."""

    matrix: sparse.csr_array
    lower: FloatArray
    costs: FloatArray
    curvature: FloatArray


def _missing(market: Market, tying: IntArray, prices: FloatArray, trust: Trust) -> _Missing:
    """Columns for what balances lack or have too much, at a price in the money of their account.

    For each balance: what is missing at a price that rises with it, what more is bought at the farthest price
    above, and sold at that below. Then each account's part raised, and lowered.
    """
    problem, accounts = market.problem, market.accounts
    balances = tying[(problem.low == problem.high)[tying]]
    account, part = _accounts_of(balances, prices, accounts)
    booked, count = account >= 0, len(balances)
    scale, centre = _scale(prices[balances]), prices[balances] / part
    wide = trust.farthest * scale / part
    used, unit = np.unique(account[booked]), accounts.unit if accounts is not None else 1.0
    at, each = np.arange(count), np.arange(len(used))
    rows, columns, amounts = [], [], []
    costs = [centre, centre + wide, wide - centre]
    for i, (sign, cost) in enumerate(zip((1.0, 1.0, -1.0), costs, strict=True)):
        rows += [balances, account[booked]]
        columns += [i * count + at, i * count + at[booked]]
        amounts += [np.full(count, sign), -cost[booked] / unit]
    matrix = sparse.csr_array(
        (
            np.concatenate([*amounts, np.ones(len(used)), np.full(len(used), -1.0)]),
            (
                np.searchsorted(tying, np.concatenate([*rows, used, used])),
                np.concatenate([*columns, 3 * count + each, 3 * count + len(used) + each]),
            ),
        ),
        shape=(len(tying), 3 * count + 2 * len(used)),
    )
    moves = unit * accounts.box if accounts is not None else 0.0
    paid = [np.where(booked, 0.0, cost) for cost in costs]
    none = np.zeros(2 * count + 2 * len(used))
    return _Missing(
        matrix,
        np.concatenate([np.full(count, -np.inf), none]),
        np.concatenate([*paid, prices[used] + moves, moves - prices[used]]),
        np.concatenate([trust.near * scale / _moved(market, balances), none]),
    )


def _scale(prices: FloatArray) -> FloatArray:
    """Each price, or the middle one, if that is more."""
    size = np.abs(prices)
    return np.maximum(size, np.median(size)) if len(size) else size


def _moved(market: Market, balances: IntArray) -> FloatArray:
    """What came and went in each balance at first; a part of the middle one's, if that is more."""
    moved: FloatArray = abs(market.problem.matrix[balances]) @ np.abs(market.done[0])
    least = max(LEAST_MOVED * float(np.median(moved)), TINY) if len(moved) else TINY
    return np.maximum(moved, least)


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


def _small(market: Market, tying: IntArray, missing: _Missing) -> Problem:
    """The small problem, whose first rows are the tying ones.

    Columns: those of open parts and of no part, shares of what each closed part did, and what is missing.
    """
    problem, parts, open_parts = market.problem, market.parts, market.open_parts
    matrix = problem.matrix
    free = (parts.part < 0) | open_parts[np.maximum(parts.part, 0)]
    own = _rows_of(matrix, free, parts.tying)
    columns = np.flatnonzero(free)
    closed = np.flatnonzero(~open_parts)
    taken, costs = _mixtures(problem, parts, closed, market.done, tying)
    one = sparse.csr_array(np.tile(np.eye(len(closed)), (1, len(market.done))))
    top: list[sparse.csr_array | None] = [matrix[tying][:, columns], taken, missing.matrix]
    blocks = [top, [matrix[own][:, columns], None, None], [None, one, None]]
    shares, ones = np.ones(len(costs)), np.ones(len(closed))
    return Problem(
        sparse.csr_array(sparse.block_array(blocks, format="csr")),
        np.concatenate([problem.cost[columns], costs, missing.costs]),
        np.concatenate([problem.low[tying], problem.low[own], ones]),
        np.concatenate([problem.high[tying], problem.high[own], ones]),
        np.concatenate([problem.lower[columns], np.zeros(len(costs)), missing.lower]),
        np.concatenate([problem.upper[columns], shares, np.full(len(missing.costs), np.inf)]),
        np.zeros(len(columns) + len(costs) + len(missing.costs), dtype=np.bool_),
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
