"""A lower bound owner by owner, at prices of what they share that follow from a similar problem's.

Each owner's part is far smaller than the whole. Weak duality over the whole then says what the parts prove
together; better prices are sought while they promise enough (``parkzero.lp.coordinate``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from parkzero.lp.coordinate import Accounts, Asked, Market, Trust, asked_next
from parkzero.lp.parts import Parts, moved_prices, parts_of, solved_in_parts
from parkzero.lp.proximal import METHOD, solve_curved
from parkzero.lp.solver import REACH, Options, Problem, Residuals, Solution, dual_bound
from parkzero.planning.master import Bounded, Master, Proof
from parkzero.planning.ownership import NOBODY, column_owners, place_of_shared
from parkzero.units import FloatArray

Crowd = Callable[[Sequence[Problem], Options], Sequence[Solution]]
"""Solves several linear problems; where one has no optimum, its answer is that one alone."""

# Part of what cuts held up of the years' costs that the cuts of a similar study are asked to hold: one that
# promises too much of a size leaves its owner's problem without an optimum.
SHARES = (1.0, 0.5, 0.25)
# Parts that prove less than duals that nobody solved for, by more than this share, have no optimum in truth.
LESS = 0.01
# How far prices may move when better ones are sought, and what share of that where a part has no optimum
# there. Where nothing so near promises enough, it is twice as far each time, but never farther than WIDEST.
TRUST, NARROWER, WIDEST = Trust(0.07, 0.1), 0.5, 0.4
# By how much the part of a year's cost that its mean days hold up may move with them. Where cuts were asked
# to hold less than they held, it is far from its place and moves freely.
PART_BOX, FREE = 0.08, 1.0
# How near its optimum the problem that asks for them is solved: they prove nothing by themselves.
ROUGH = 1e-4
# Times that better prices are sought, as long as they promise this share of what the bound still lacks.
MOST_ASKED, PROMISING = 5, 0.6


def bounded_by_owner(master: Master, proof: Proof, solve: Crowd, needed: float = -np.inf) -> Bounded | None:
    """A lower bound owner by owner.

    Args:
        master: the problem.
        proof: what the bound of a similar problem on the same mean and hard days rests on.
        solve: solves linear problems as the options say.
        needed: bound that will do; better prices are sought for a weaker one [money].

    Returns:
        A proven bound, weaker than that of ``Master.solve`` as far as the prices are off; None where there is
        one owner alone, or an owner's problem has no optimum.
    """
    problem = master.problem
    if len(proof.values) != len(problem.cost) or problem.whole.any():
        return None
    owners = column_owners(master.study, master.design, master.years, len(master.years))
    parts = parts_of(problem, owners.astype(np.int64))
    if parts.count < 2:
        return None
    shared = owners == place_of_shared(master.study)
    if len(proof.begins):
        proof = replace(proof, duals=proof.begins)
    owned = ByOwner(master, parts, proof, solve)
    for share in SHARES if len(master.cuts) and len(proof.cuts) else SHARES[:1]:
        duals = master.placed(proof, share)
        if duals is None:
            return None
        prices = moved_prices(problem, parts, shared | (owners == NOBODY), duals, proof.values)
        told = owned.at_prices(prices)
        least, _ = dual_bound(problem, duals, REACH * proof.reach)
        if told is not None and told.bound > least - LESS * abs(least):
            open_parts = np.zeros(parts.count, dtype=np.bool_)
            open_parts[parts.part[shared & (parts.part >= 0)]] = True
            accounts = accounts_of(master, parts, PART_BOX if share == 1 else FREE)
            market = Market(problem, parts, open_parts, [proof.values, told.values], accounts)
            best, most = owned.at_better_prices(market, prices, told, needed)
            bounded = master.bounded(best)
            return replace(bounded, most=most, proof=_of_all(bounded.proof, proof))
    return None


@dataclass(frozen=True, slots=True)
class ByOwner:
    """The parts of a problem, which are asked at prices.

    Attributes:
        master: the problem.
        parts: its parts.
        proof: what the bound of a similar one rests on.
        solve: solves the problems of the parts.
    """

    master: Master
    parts: Parts
    proof: Proof
    solve: Crowd

    def at_prices(self, prices: FloatArray) -> Solution | None:
        """What the parts say of the whole at some prices; None where one of them has no optimum."""
        problem, chosen = self.master.problem, self.master.chosen
        found = solved_in_parts(
            problem, self.parts, prices, self.proof.values, lambda alone: self.solve(alone, chosen)
        )
        return None if found is None else _told(problem, *found)

    def at_better_prices(
        self, market: Market, prices: FloatArray, told: Solution, needed: float
    ) -> tuple[Solution, float]:
        """The best that the parts say at prices around the first ones, until it is as high as needed.

        Where other prices promise too little to go on: about the most that they may prove; else infinity.
        """
        best, trust = told, TRUST
        for _ in range(MOST_ASKED):
            if best.bound >= needed:
                break
            trust, asked = self._asked(market, prices, trust, best.bound, needed)
            if asked is None:
                break
            if asked.most - best.bound < PROMISING * (needed - best.bound):
                return best, asked.most
            told_now = self.at_prices(asked.prices)
            if told_now is None:
                trust = Trust(NARROWER * trust.near, NARROWER * trust.farthest)
                continue
            market.done.append(told_now.values)
            if told_now.bound > best.bound:
                best, prices = told_now, asked.prices
        return best, np.inf

    def _asked(
        self, market: Market, prices: FloatArray, trust: Trust, known: float, needed: float
    ) -> tuple[Trust, Asked | None]:
        """Prices to ask at next, and how far away: farther where much is promised, but too little."""
        rough = replace(self.master.chosen, tolerance=ROUGH)
        while True:
            asked = asked_next(
                market, prices, trust, lambda small, curvature: solve_curved(small, curvature, rough)
            )
            enough = asked is None or asked.most >= needed or trust.farthest >= WIDEST
            if enough or asked is None or asked.most - known < PROMISING * (needed - known):
                return trust, asked
            trust = Trust(trust.near, 2 * trust.farthest)


def accounts_of(master: Master, parts: Parts, box: float) -> Accounts:
    """What counts the cost of each year's rows, where it ties parts."""
    found = np.full(len(master.problem.low), -1, dtype=np.int64)
    row = len(master.design.matrix.low)
    first = row + sum(len(built.matrix.low) for built in master.years)
    for i, built in enumerate(master.years):
        end = row + len(built.matrix.low)
        found[row:end] = first + i if parts.tying[first + i] else -1
        row = end
    return Accounts(found, master.unit, box)


def _told(problem: Problem, values: FloatArray, duals: FloatArray) -> Solution:
    """What values and duals of the parts say of the whole."""
    reach = REACH * max(1.0, float(np.abs(values).max(initial=0.0)))
    bound, reduced = dual_bound(problem, duals, reach)
    unknown = Residuals(np.inf, np.inf, np.inf)
    cost = float(problem.cost @ values) + problem.constant
    return Solution("unknown", values, duals, reduced, max(cost, bound), bound, unknown, METHOD, 0.0)


def _of_all(found: Proof | None, before: Proof) -> Proof | None:
    """What a bound owner by owner rests on, with what the last one of all at once found, if neither has cuts.

    What owners did apart keeps no row that ties them, and prices that were moved twice lead nowhere: the next
    ones begin where everyone was last seen together.
    """
    if found is None or len(found.cuts) or len(before.cuts):
        return found
    return replace(found, values=before.values, begins=before.duals)
