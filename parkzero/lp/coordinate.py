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
PART_WAY = 0.6
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
class Asked:
    """Prices to ask at next.

    Attributes:
        prices: of tying rows, zero elsewhere [rows].
        most: about the highest bound that prices near the best ones may give [money].
    """

    prices: FloatArray
    most: float


def asked_next(
    problem: Problem,
    parts: Parts,
    open_parts: Mask,
    done: Sequence[FloatArray],
    prices: FloatArray,
    near: float,
    solve: Callable[[Problem, FloatArray], Solution],
    accounts: Accounts | None = None,
) -> Asked | None:
    """Prices to ask at next; None where the small problem has no optimum.

    Args:
        problem: the problem, without whole numbers.
        parts: its parts.
        open_parts: parts that stand in the small problem with all columns and rows [parts].
        done: what all columns did at some prices [columns].
        prices: the best so far [rows].
        near: share by which a balance's price (or the middle one, if that is more) would move if all were
            missing that came and went there at first.
        solve: solves the small problem, with the curvature of each column's cost.
        accounts: tying rows that count what is spent; without, prices are in the objective's money.
    """
    tying = np.flatnonzero(parts.tying)
    missing = _missing(problem, tying, done[0], prices, near, accounts)
    small = _small(problem, parts, open_parts, done, tying, missing)
    curvature = np.concatenate([np.zeros(len(small.cost) - len(missing.costs)), missing.curvature])
    found = solve(small, curvature)
    if found.status != "optimal":
        return None
    asked = np.zeros(len(problem.low))
    asked[tying] = prices[tying] + PART_WAY * (found.duals[: len(tying)] - prices[tying])
    return Asked(asked, found.objective + float(curvature @ found.values**2))


@dataclass(frozen=True, slots=True)
class _Missing:
    """What may be missing: tying rows x columns; bounds, cost and curvature of each column."""

    matrix: sparse.csr_array
    lower: FloatArray
    costs: FloatArray
    curvature: FloatArray


def _missing(
    problem: Problem,
    tying: IntArray,
    before: FloatArray,
    prices: FloatArray,
    near: float,
    accounts: Accounts | None,
) -> _Missing:
    """Columns for what balances lack or have too much, at a price in the money of their account."""
    balances = tying[(problem.low == problem.high)[tying]]
    account, part = _accounts_of(balances, prices, accounts)
    booked, count = account >= 0, len(balances)
    centre = prices[balances] / part
    used, unit = np.unique(account[booked]), accounts.unit if accounts is not None else 1.0
    # Columns: what each balance lacks, each account's part raised, each lowered.
    at, raised, lowered = np.arange(count), count + np.arange(len(used)), count + len(used)
    rows = np.concatenate([balances, account[booked], used, used])
    columns = np.concatenate([at, at[booked], raised, lowered + np.arange(len(used))])
    amounts = [np.ones(count), -centre[booked] / unit, np.ones(len(used)), -np.ones(len(used))]
    matrix = sparse.csr_array(
        (np.concatenate(amounts), (np.searchsorted(tying, rows), columns)),
        shape=(len(tying), count + 2 * len(used)),
    )
    moves = unit * accounts.box if accounts is not None else 0.0
    none = np.zeros(2 * len(used))
    return _Missing(
        matrix,
        np.concatenate([np.full(count, -np.inf), none]),
        np.concatenate([np.where(booked, 0.0, centre), prices[used] + moves, moves - prices[used]]),
        np.concatenate([near * _steepness(problem, balances, before, prices), none]),
    )


def _steepness(problem: Problem, balances: IntArray, before: FloatArray, prices: FloatArray) -> FloatArray:
    """Each balance's price for each of its units that came and went before; the middle one's, if more."""
    price, moved = np.abs(prices[balances]), abs(problem.matrix[balances]) @ np.abs(before)
    if not len(balances):
        return price
    least = max(LEAST_MOVED * float(np.median(moved)), TINY)
    steep: FloatArray = np.maximum(price, np.median(price)) / np.maximum(moved, least)
    return steep


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
    missing: _Missing,
) -> Problem:
    """The small problem, whose first rows are the tying ones.

    Columns: those of open parts and of no part, shares of what each closed part did, and what is missing.
    """
    matrix = problem.matrix
    free = (parts.part < 0) | open_parts[np.maximum(parts.part, 0)]
    own = _rows_of(matrix, free, parts.tying)
    columns = np.flatnonzero(free)
    closed = np.flatnonzero(~open_parts)
    taken, costs = _mixtures(problem, parts, closed, done, tying)
    one = sparse.csr_array(np.tile(np.eye(len(closed)), (1, len(done))))
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
