"""Prices to ask at next: hand-solved, never beyond their box, and better than the first ones."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkzero.bench import tenants_study
from parkzero.lp.coordinate import Accounts, Asked, asked_next
from parkzero.lp.parts import Parts, parts_of, solved_apart
from parkzero.lp.solver import Problem, Solution, dual_bound, solve
from parkzero.plan import master, workers
from parkzero.plan.assemble import Design, build_year
from parkzero.plan.bounds import Cut
from parkzero.plan.master import Bounded, Master, Proof
from parkzero.plan.ownership import column_owners
from parkzero.units import FloatArray
from tests.test_parts import (
    BOUGHT,
    DUALS,
    EXACT,
    OWNERS,
    bound_apart,
    first,
    market,
    one_by_one,
    problem_of,
)
from tests.test_standing import GAP, dearer, kept, large, park

__all__ = ["first", "kept", "large"]

INF = np.inf
NO_ONE = np.zeros(2, dtype=np.bool_)


def exactly(problem: Problem) -> Solution:
    return solve(problem, EXACT)


def asked(problem: Problem, box: float, *done: FloatArray, prices: FloatArray = DUALS) -> Asked:
    found = asked_next(problem, parts_of(problem, OWNERS), NO_ONE, done, prices, box, exactly)
    assert found is not None
    return found


# At 13 from the grid she makes her 3 at 12, and can make no more; he makes 1 at 4 and buys 4 at 13: 92.
DEARER = dataclasses.replace(market(grid=13.0), upper=np.array([INF, INF, 3, INF, INF]))
MADE = np.array([4.0, 0.0, 3.0, 4.0, 1.0])


def test_the_seller_sets_the_price_within_the_box():
    """Both do what they did: 7 from the grid at 13, which nobody sells for less, and his own 1 at 4."""
    found = asked(DEARER, 0.5, BOUGHT)
    assert found.prices == pytest.approx([13, 0, 0, 0])
    assert found.most == pytest.approx(7 * 13 + 4)
    assert bound_apart(DEARER, found.prices) == pytest.approx(92)


def test_no_price_leaves_the_box():
    """A tenth above 10 the 7 may be bought at 11 from nowhere: more than that no row is worth."""
    found = asked(DEARER, 0.1, BOUGHT)
    assert found.prices[0] == pytest.approx(11)
    assert found.most == pytest.approx(7 * 11 + 4)
    assert bound_apart(DEARER, found.prices) == pytest.approx(81)


def test_what_was_done_at_several_prices_is_mixed():
    """She has made her own 3 as well, at 36: dearer than at a price of 11, cheaper than at 13."""
    assert asked(DEARER, 0.1, BOUGHT, MADE).most == pytest.approx(81)
    assert asked(DEARER, 0.5, BOUGHT, MADE).most == pytest.approx(92)


def test_where_a_row_may_be_sold_at_more_than_it_costs_there_are_no_prices():
    """At 8 from the grid and 9 at the box's edge anyone would buy without end."""
    problem = market(grid=8.0)
    assert asked_next(problem, parts_of(problem, OWNERS), NO_ONE, [BOUGHT], DUALS, 0.1, exactly) is None


# Her need of 3 and his of 5 are met from a plant that burns 2 units of fuel for each unit it gives.
PLANT = problem_of(
    [[1, 0, -1, -1], [-2, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
    [0, 0, 3, 5],
    [0, INF, INF, INF],
    [0, 5, 0, 0],
)
BURNT = np.array([8.0, 16.0, 3.0, 5.0])


@pytest.mark.parametrize(("opened", "price"), [(True, 13.0), (False, 11.0)])
def test_open_parts_answer_in_every_detail(opened: bool, price: float):
    """With fuel at 6.5 a unit costs 13. A plant that only did what it did sets no price: the box does."""
    problem = dataclasses.replace(PLANT, cost=np.array([0, 6.5, 0, 0]))
    parts = parts_of(problem, np.array([0, 0, 1, 2]))
    open_parts = np.array([opened, False, False])
    prices = np.array([10.0, 0, 0, 0])
    done = [BURNT if opened else np.array([7.0, 14.0, 3.0, 5.0])]
    found = asked_next(problem, parts, open_parts, done, prices, 0.5 if opened else 0.1, exactly)
    assert found is not None
    assert found.prices[0] == pytest.approx(price)


@given(
    st.floats(1, 20),
    st.floats(1, 20),
    st.floats(1, 20),
    st.floats(5, 15),
    st.floats(0.01, 0.5),
    st.booleans(),
)
def test_no_bound_within_the_box_is_above_the_most(
    grid: float, hers: float, his: float, price: float, box: float, both: bool
):
    problem = dataclasses.replace(market(grid, hers, his), upper=np.full(5, 50.0))
    prices = np.array([price, 0, 0, 0])
    parts = parts_of(problem, OWNERS)
    done = [BOUGHT, MADE] if both else [BOUGHT]
    found = asked_next(problem, parts, NO_ONE, done, prices, box, exactly)
    assert found is not None
    assert abs(found.prices[0] - price) <= box * price * (1 + 1e-9)
    for at in (found.prices, prices, np.array([price * (1 - box), 0, 0, 0])):
        told = solved_apart(problem, parts, at, BOUGHT, one_by_one)
        assert told is not None
        assert dual_bound(problem, told[1], 1e4)[0] <= found.most + 1e-6 * max(1.0, abs(found.most))


# Only what the last column says is paid: at least what is spent, at least a cut. Both rows name him and her.
PAYERS = np.append(OWNERS, -1)
ACCOUNT = 4
# Money in one of what the account counts in.
UNIT = 10.0


def paid(cut: float, grid: float = 13.0, hers: float = 12.0, his: float = 4.0) -> Problem:
    bus, needs, his_needs, his_limit = market().matrix.toarray().tolist()
    found = problem_of(
        [
            *([*row, 0] for row in (bus, needs, his_needs, his_limit)),
            [-grid / UNIT, 0, -hers / UNIT, 0, -his / UNIT, 1],
            [0, 0, 1, 0, 1, 1],
        ],
        [0, 3, 5, -INF, 0, cut / UNIT + 1],
        [0, INF, INF, 1, INF, INF],
        [0, 0, 0, 0, 0, UNIT],
    )
    lower = np.array([0, -INF, 0, 0, 0, -INF])
    return dataclasses.replace(found, lower=lower, upper=np.append(np.full(5, 50.0), INF))


def asked_in_accounts(problem: Problem, bus: float, part: float, box: float) -> Asked:
    """What is asked next a tenth around a price, where the account counts a part of what is spent."""
    parts = parts_of(problem, PAYERS)
    prices = np.array([bus, 0, 0, 0, part * UNIT, (1 - part) * UNIT])
    accounts = Accounts(np.array([ACCOUNT, -1, -1, -1, -1, -1]), UNIT, box)
    done = [np.append(BOUGHT, 0.0)]
    found = asked_next(problem, parts, NO_ONE, done, prices, 0.1, exactly, accounts)
    assert found is not None
    return found


@pytest.mark.parametrize(("cut", "part", "most"), [(100.0, 0.4, 92.4), (0.0, 0.6, 48.6)])
def test_prices_fall_and_rise_with_the_part_that_an_account_counts(cut: float, part: float, most: float):
    """7 may be bought at 11, a tenth above 10, which is 5 where half of it counts; his own 1 costs 4: 81.

    The cut says 100, or nothing. A tenth of the weight may go there, and the price goes with it.
    """
    found = asked_in_accounts(paid(cut), bus=5.0, part=0.5, box=0.1)
    assert found.prices[ACCOUNT] == pytest.approx(part * UNIT)
    assert found.prices[0] == pytest.approx(part * 11)
    assert found.most == pytest.approx(most)


def test_an_account_that_counts_next_to_nothing_sets_no_price():
    """A price of 0.1 for a hundredth of what is spent may not rise to 11 with the account."""
    found = asked_in_accounts(paid(0.0), bus=0.1, part=0.01, box=0.1)
    assert found.prices[0] == pytest.approx(0.11)


@given(
    st.floats(0, 200),
    st.floats(1, 20),
    st.floats(1, 20),
    st.floats(5, 15),
    st.floats(0.2, 0.8),
    st.floats(0, 0.15),
)
def test_no_bound_within_the_box_of_an_account_is_above_the_most(
    cut: float, grid: float, hers: float, price: float, part: float, box: float
):
    problem = paid(cut, grid, hers)
    found = asked_in_accounts(problem, price * part, part, box)
    at, counted = found.prices, found.prices[ACCOUNT] / UNIT
    assert abs(counted - part) <= box + 1e-9
    assert abs(at[0] - counted * price) <= 0.1 * counted * price + 1e-9
    told = solved_apart(problem, parts_of(problem, PAYERS), at, np.append(BOUGHT, 0.0), one_by_one)
    assert told is not None
    assert dual_bound(problem, told[1], 1e4)[0] <= found.most + 1e-6 * max(1.0, abs(found.most))


# -------------------------------------------------------------------------------------- the small problem


def told_apart(proof: Proof, design: Design, share: float, needed: float) -> Bounded:
    study = dearer(park(), share)
    crew = workers.Crew(study, GAP, ())
    found = Master(study, design, proof.groups, hard=proof.hard).apart(proof, crew.solve, needed)
    assert found is not None
    return found


def apart(proof: Proof, design: Design, share: float, needed: float) -> float:
    return told_apart(proof, design, share, needed).bound


@pytest.mark.parametrize("share", [1.1, 0.9])
def test_better_prices_prove_more_and_never_too_much(
    first: tuple[Proof, Design], share: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(master, "PROMISING", 0.0)
    proof, design = first
    study = dearer(park(), share)
    at_once = Master(study, design, proof.groups, hard=proof.hard).solve().bound
    once, better = apart(proof, design, share, -INF), apart(proof, design, share, at_once)
    assert once < better <= at_once * (1 + 1e-6)
    assert at_once - better < 0.5 * (at_once - once)


def test_prices_are_not_sought_once_the_bound_will_do(
    first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(master, "asked_next", None)
    apart(*first, 1.1, -INF)


def test_what_promises_too_little_is_not_asked(first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch):
    proof, design = first
    once = apart(proof, design, 1.1, -INF)
    seen: list[float] = []
    real = master.asked_next

    def little(*given: Any) -> Asked | None:
        found = real(*given)
        assert found is not None
        seen.append(found.most)
        return dataclasses.replace(found, most=once * 1.001)

    monkeypatch.setattr(master, "asked_next", little)
    found = told_apart(proof, design, 1.1, once * 1.01)
    assert found.bound == pytest.approx(once)
    assert found.most == pytest.approx(once * 1.001)
    assert len(seen) == 1


def test_each_year_has_an_account_of_its_own():
    """The row that says what a year costs names that cost, and with it everyone who spends anything."""
    study = tenants_study(2, days=1, years=(2030, 2040))
    design = build_year(study, 2030, study.timeline)[1]
    one = Master(study, design, np.zeros(1, dtype=np.int32))
    problem, row = one._session.problem, len(design.matrix.low)
    owners = column_owners(study, design.names, one._years, len(one._years)).astype(np.int64)
    parts = parts_of(problem, owners)
    accounts = one._accounts(parts, 0.1).row
    assert (accounts[:row] == -1).all()
    for i, built in enumerate(one._years):
        end = row + len(built.matrix.low)
        assert len(set(accounts[row:end].tolist())) == 1
        account = problem.matrix[[accounts[row]]].toarray()[0]
        assert account[len(problem.cost) - len(one._years) + i] == 1
        row = end
    assert (accounts[row:] == -1).all()
    # One that names a single owner ties nobody: prices are in the objective's money.
    alone = dataclasses.replace(parts, tying=np.zeros(len(problem.low), dtype=np.bool_))
    assert (one._accounts(alone, 0.1).row == -1).all()


@pytest.mark.parametrize("fails", [False, True])
def test_where_cuts_hold_less_than_they_held_the_part_moves_freely(
    fails: bool, first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch
):
    proof, design = first
    boxes: list[float] = []

    def spied(*given: Any) -> None:
        boxes.append(given[7].box)

    monkeypatch.setattr(master, "asked_next", spied)
    told, calls = Master._at_prices, []

    def without(self: Master, *given: Any) -> Solution | None:
        calls.append(1)
        return None if fails and len(calls) == 1 else told(self, *given)

    monkeypatch.setattr(Master, "_at_prices", without)
    proof = dataclasses.replace(proof, duals=np.append(proof.duals, 1.0), cuts=np.array([2040]))
    study = dearer(park(), 1.1)
    one = Master(study, design, proof.groups, hard=proof.hard)
    one.add([Cut(2040, 0.0, np.zeros(len(design.lower)))])
    assert one.apart(proof, workers.Crew(study, GAP, ()).solve, 1e12) is not None
    assert boxes == [master.FREE if fails else master.PART_BOX]


def test_prices_that_prove_less_are_left_again(first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch):
    """A third below what the grid asks everyone would buy of it without end, at a loss to the bound."""
    proof, design = first
    once = apart(proof, design, 1.1, -INF)
    centres: list[FloatArray] = []

    def worse(problem: Problem, parts: Parts, *given: Any) -> Asked:
        prices = given[2]
        centres.append(prices)
        return Asked(np.where(parts.tying, 0.67 * prices, 0.0), np.inf)

    monkeypatch.setattr(master, "asked_next", worse)
    monkeypatch.setattr(master, "MOST_ASKED", 2)
    assert apart(proof, design, 1.1, 1e12) == once
    assert np.array_equal(*centres)


def test_prices_at_which_a_part_has_no_optimum_are_sought_nearer(
    first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(master, "PROMISING", -INF)
    proof, design = first
    boxes: list[float] = []
    real = master.asked_next

    def spied(*given: Any) -> Asked | None:
        boxes.append(given[5])
        return real(*given)

    monkeypatch.setattr(master, "asked_next", spied)
    told = Master._at_prices
    calls: list[int] = []

    def without(self: Master, *given: Any) -> Solution | None:
        calls.append(1)
        return told(self, *given) if len(calls) != 2 else None

    monkeypatch.setattr(Master, "_at_prices", without)
    apart(proof, design, 1.1, 1e12)
    assert boxes[:2] == [master.BOX, master.BOX * master.NARROWER]
    assert len(boxes) <= master.MOST_ASKED
