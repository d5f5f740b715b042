"""Fair splits of what several gain together: Shapley, core, least core, Nash.

A game gives each coalition (a set of players) its worth. ``savings`` games are meant: more is better.

Rules:
    Shapley     mean over all orders of what a player adds when joining
    core        shares that sum to the worth of all and give no coalition less than its own worth
    excess      worth of a coalition less what its members are given; the core has none above zero
    least core  shares whose largest excess is smallest
    Nash        what all gain over going alone, split evenly

The Shapley value may lie outside the core (glove game): then some coalition does better alone, and whoever
shows the split says so.

Source: Shapley (1953); Maschler, Peleg and Shapley (1979) for the least core.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from parkzero.units import FloatArray

Coalition = frozenset[str]
Worth = Callable[[Coalition], float]
EXACT = 12
"""Most players for whom every coalition is asked; more are sampled."""


@dataclass(frozen=True, slots=True)
class Split:
    """Who gets what.

    Attributes:
        shares: by player; they sum to the worth of all.
        errors: standard error of each share; zero where it is exact.
        coalitions: how many coalitions were asked.
    """

    shares: Mapping[str, float]
    errors: Mapping[str, float]
    coalitions: int


def coalitions(players: Sequence[str]) -> list[Coalition]:
    """All coalitions, from none to all."""
    return [frozenset(c) for size in range(len(players) + 1) for c in itertools.combinations(players, size)]


def shapley(players: Sequence[str], worth: Worth) -> Split:
    """The exact Shapley value; the last share takes the rounding, so that the sum is the worth of all.

    Raises:
        ValueError: with more than ``EXACT`` players, for whom ``sampled`` is meant.
    """
    n = len(players)
    if n > EXACT:
        raise ValueError(f"{n} players have {2**n} coalitions; sample their orders instead")
    worths = {c: worth(c) for c in coalitions(players)}
    shares = dict.fromkeys(players, 0.0)
    for player in players:
        parts = [
            math.factorial(len(c)) * math.factorial(n - len(c) - 1) / math.factorial(n)
            * (worths[c | {player}] - worths[c])
            for c in worths
            if player not in c
        ]  # fmt: skip
        shares[player] = math.fsum(parts)
    _close(shares, worths[frozenset(players)] - worths[frozenset()])
    return Split(shares, dict.fromkeys(players, 0.0), len(worths))


def sampled(players: Sequence[str], worth: Worth, orders: int, seed: int = 0) -> Split:
    """The Shapley value from random orders, each with its reverse, with the standard error of each share.

    Raises:
        ValueError: with fewer than two pairs of orders.
    """
    if orders < 4:
        raise ValueError("at least four orders are needed to know an error")
    rng = np.random.default_rng(seed)
    known: dict[Coalition, float] = {}

    def asked(c: Coalition) -> float:
        if c not in known:
            known[c] = worth(c)
        return known[c]

    pairs = []
    for _ in range(orders // 2):
        order = list(rng.permutation(len(players)))
        pairs.append((_joined(players, order, asked) + _joined(players, order[::-1], asked)) / 2)
    table = np.array(pairs)
    shares = dict(zip(players, table.mean(axis=0).tolist(), strict=True))
    errors = table.std(axis=0, ddof=1) / math.sqrt(len(table))
    _close(shares, asked(frozenset(players)) - asked(frozenset()))
    return Split(shares, dict(zip(players, errors.tolist(), strict=True)), len(known))


def _joined(players: Sequence[str], order: Sequence[int], worth: Worth) -> FloatArray:
    added, inside = np.zeros(len(players)), frozenset[str]()
    before = worth(inside)
    for i in order:
        inside |= {players[i]}
        now = worth(inside)
        added[i] = now - before
        before = now
    return added


def _close(shares: dict[str, float], total: float) -> None:
    *_, last = shares
    shares[last] += total - math.fsum(shares.values())


def excesses(players: Sequence[str], worth: Worth, shares: Mapping[str, float]) -> dict[Coalition, float]:
    """What each proper coalition could gain by leaving, largest first."""
    found = {
        c: worth(c) - math.fsum(shares[p] for p in c)
        for c in coalitions(players)
        if 0 < len(c) < len(players)
    }
    return dict(sorted(found.items(), key=lambda item: (-item[1], sorted(item[0]))))


def in_core(
    players: Sequence[str], worth: Worth, shares: Mapping[str, float], tolerance: float = 1e-9
) -> bool:
    """Whether no coalition does better alone, within a share of the worth of all."""
    scale = max(1.0, abs(worth(frozenset(players))))
    return all(e <= tolerance * scale for e in excesses(players, worth, shares).values())


@dataclass(frozen=True, slots=True)
class LeastCore:
    """The least core.

    Attributes:
        shares: one split in it: of all, that nearest to even gains over going alone.
        excess: what the most wronged coalition still lacks; zero or less where the core is not empty.
    """

    shares: Mapping[str, float]
    excess: float


def least_core(players: Sequence[str], worth: Worth) -> LeastCore:
    """Shares whose largest excess is smallest; two linear programs, the second to choose among many.

    Raises:
        ValueError: with more than ``EXACT`` players or fewer than two.
    """
    n = len(players)
    if not 2 <= n <= EXACT:
        raise ValueError(f"a least core is found for 2 to {EXACT} players, not {n}")
    proper = [c for c in coalitions(players) if 0 < len(c) < n]
    member = np.array([[float(p in c) for p in players] for c in proper])
    lowest = np.array([worth(c) for c in proper])
    total = worth(frozenset(players))
    first = optimize.linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=np.hstack([-member, -np.ones((len(proper), 1))]), b_ub=-lowest,
        A_eq=np.append(np.ones(n), 0.0)[None, :], b_eq=[total], bounds=(None, None), method="highs",
    )  # fmt: skip
    assert first.x is not None  # shares that sum to the worth of all always exist
    excess = float(first.x[-1])
    even = nash(players, worth)
    target = np.array([even[p] for p in players])
    scale = max(1.0, float(np.abs(lowest).max(initial=0.0)), abs(total))
    # Nearest to the even split in the sum of distances d >= |share - even|.
    eye = np.eye(n)
    rows = np.vstack([
        np.hstack([-member, np.zeros((len(proper), n))]), np.hstack([eye, -eye]), np.hstack([-eye, -eye])
    ])  # fmt: skip
    second = optimize.linprog(
        np.concatenate([np.zeros(n), np.ones(n)]),
        A_ub=rows, b_ub=np.concatenate([excess + 1e-10 * scale - lowest, target, -target]),
        A_eq=np.concatenate([np.ones(n), np.zeros(n)])[None, :], b_eq=[total], bounds=(None, None),
        method="highs",
    )  # fmt: skip
    chosen = first.x if second.x is None else second.x
    shares = dict(zip(players, chosen[:n].tolist(), strict=True))
    _close(shares, total)  # the program keeps the sum to its tolerance only
    return LeastCore(shares, excess)


def nash(players: Sequence[str], worth: Worth) -> dict[str, float]:
    """Each player's own worth and an even part of what all gain together (equal bargaining power)."""
    alone = {p: worth(frozenset({p})) for p in players}
    surplus = worth(frozenset(players)) - math.fsum(alone.values())
    shares = {p: alone[p] + surplus / len(players) for p in players}
    _close(shares, worth(frozenset(players)))
    return shares
