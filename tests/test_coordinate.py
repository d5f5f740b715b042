"""Prices to ask at next: hand-solved, never farther than trusted, and better than the first ones."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkzero.bench import tenants_study
from parkzero.lp import coordinate
from parkzero.lp.coordinate import Accounts, Asked, Market, Trust, asked_next
from parkzero.lp.parts import parts_of, solved_in_parts
from parkzero.lp.proximal import solve_curved
from parkzero.lp.solver import Options, Problem, Solution, dual_bound
from parkzero.planning import workers
from parkzero.planning.again import by_owner
from parkzero.planning.again.by_owner import ByOwner, accounts_of, bounded_by_owner
from parkzero.planning.assemble import Design, build_year
from parkzero.planning.bounds import Cut
from parkzero.planning.master import Bounded, Master, Proof
from parkzero.planning.ownership import column_owners
from parkzero.units import FloatArray
from tests.tenant_park import GAP, dearer, park
from tests.test_parts import (
    BOUGHT,
    DUALS,
    OWNERS,
    bound_apart,
    market,
    one_by_one,
    problem_of,
)

INF = np.inf
NO_ONE = np.zeros(2, dtype=np.bool_)


# A price may go to the farthest one for next to nothing that is missing.
AT_ONCE = 1e3


def exactly(problem: Problem, curvature: FloatArray) -> Solution:
    return solve_curved(problem, curvature, Options(tolerance=1e-6))


@pytest.fixture(autouse=True)
def all_the_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """What the small problem says is asked in full; not in tests of whole parks."""
    if "first" not in request.fixturenames:
        monkeypatch.setattr(coordinate, "PART_WAY", 1.0)


def asked(problem: Problem, trust: Trust | float, *done: FloatArray, prices: FloatArray = DUALS) -> Asked:
    """Asked next around some prices; a number is how far they may go at once."""
    trust = trust if isinstance(trust, Trust) else Trust(AT_ONCE, trust)
    market_ = Market(problem, parts_of(problem, OWNERS), NO_ONE, list(done))
    found = asked_next(market_, prices, trust, exactly)
    assert found is not None
    return found


# At 13 from the grid she makes her 3 at 12, and can make no more; he makes 1 at 4 and buys 4 at 13: 92.
DEARER = dataclasses.replace(market(grid=13.0), upper=np.array([INF, INF, 3, INF, INF]))
MADE = np.array([4.0, 0.0, 3.0, 4.0, 1.0])


def test_the_seller_sets_the_price_where_it_may_go_so_far():
    """Both do what they did: 7 from the grid at 13, which nobody sells for less, and his own 1 at 4."""
    found = asked(DEARER, 0.5, BOUGHT)
    assert found.prices == pytest.approx([13, 0, 0, 0], abs=1e-4)
    assert found.most == pytest.approx(7 * 13 + 4)
    assert bound_apart(DEARER, found.prices) == pytest.approx(92, rel=1e-5)


def test_no_price_goes_farther_than_it_may():
    """A tenth above 10 the 7 may be bought at 11 from nowhere: more than that no row is worth."""
    found = asked(DEARER, 0.1, BOUGHT)
    assert found.prices[0] == pytest.approx(11)
    assert found.most == pytest.approx(7 * 11 + 4)
    assert bound_apart(DEARER, found.prices) == pytest.approx(81)


def test_a_price_rises_with_what_is_missing():
    """14 came and went. Were all that missing, the price would be half as high again: 12.5 for the 7."""
    found = asked(DEARER, Trust(0.5, 10.0), BOUGHT)
    assert found.prices[0] == pytest.approx(12.5, rel=1e-5)
    assert found.most == pytest.approx(7 * 12.5 + 4, rel=1e-5)


def test_a_price_rises_until_somebody_sells():
    """Twice as steep, it is 13 where 4.2 are missing; the grid sells the rest: no bound is higher."""
    found = asked(DEARER, Trust(1.0, 10.0), BOUGHT)
    assert found.prices[0] == pytest.approx(13, rel=1e-5)
    assert found.most == pytest.approx(7 * 13 + 4, rel=1e-5)


def test_what_is_asked_is_part_of_the_way(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(coordinate, "PART_WAY", 0.7)
    assert asked(DEARER, 0.1, BOUGHT).prices == pytest.approx([10.7, 0, 0, 0], abs=1e-5)


def test_where_next_to_nothing_came_and_went_prices_are_less_steep():
    """Rows alike but for what came and went: where that is nothing, a tenth of the middle one counts."""
    problem = problem_of(
        [[1, -1, 0, 0, 0, 0], [0, 0, 1, -1, 0, 0], [0, 0, 0, 0, 1, -1]], [0] * 3, [0] * 3, [13.0, 0] * 3
    )
    problem = dataclasses.replace(problem, upper=np.array([0.0, 50] * 3))
    parts = parts_of(problem, np.array([0, 1] * 3))
    done = [np.array([5.0, 5, 5, 5, 0, 0]), np.array([0, 0.5, 0, 0.5, 0, 0.5])]
    prices = np.full(3, 10.0)
    steep: list[FloatArray] = []

    def spied(small: Problem, curvature: FloatArray) -> Solution:
        steep.append(curvature[curvature > 0])
        return exactly(small, curvature)

    asked_next(Market(problem, parts, NO_ONE, done), prices, Trust(0.5, 1.0), spied)
    assert steep[0] == pytest.approx([0.5 * 10 / 10, 0.5 * 10 / 10, 0.5 * 10 / 1])


def test_a_price_of_nothing_may_go_as_far_as_the_middle_one():
    problem = problem_of(
        [[1, -1, 0, 0, 0, 0], [0, 0, 1, -1, 0, 0], [0, 0, 0, 0, 1, -1]], [1] * 3, [1] * 3, [99.0, 0] * 3
    )
    market_ = Market(problem, parts_of(problem, np.array([0, 1] * 3)), NO_ONE, [np.ones(6)])
    found = asked_next(market_, np.array([10.0, 10, 0]), Trust(AT_ONCE, 0.1), exactly)
    assert found is not None
    assert found.prices == pytest.approx([11, 11, 1], rel=1e-5)


def test_what_was_done_at_several_prices_is_mixed():
    """She has made her own 3 as well, at 36: dearer than at a price of 11, cheaper than at 13."""
    assert asked(DEARER, 0.1, BOUGHT, MADE).most == pytest.approx(81)
    assert asked(DEARER, 0.5, BOUGHT, MADE).most == pytest.approx(92, rel=1e-5)


def test_where_a_row_may_be_sold_at_more_than_it_costs_there_are_no_prices():
    """At 8 from the grid, and 9 at the least, anyone would buy without end."""
    problem = market(grid=8.0)
    market_ = Market(problem, parts_of(problem, OWNERS), NO_ONE, [BOUGHT])
    assert asked_next(market_, DUALS, Trust(0.5, 0.1), exactly) is None
    found = asked_next(market_, DUALS, Trust(0.5, 0.5), exactly)
    assert found is not None
    assert found.prices[0] == pytest.approx(8, rel=1e-5)


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
    """With fuel at 6.5 a unit costs 13. One that only did what it did sets none: it goes as far as it may."""
    problem = dataclasses.replace(PLANT, cost=np.array([0, 6.5, 0, 0]))
    parts = parts_of(problem, np.array([0, 0, 1, 2]))
    open_parts = np.array([opened, False, False])
    prices = np.array([10.0, 0, 0, 0])
    done = [BURNT if opened else np.array([7.0, 14.0, 3.0, 5.0])]
    trust = Trust(AT_ONCE, 0.5 if opened else 0.1)
    found = asked_next(Market(problem, parts, open_parts, done), prices, trust, exactly)
    assert found is not None
    assert found.prices[0] == pytest.approx(price, rel=1e-5)


@given(
    st.floats(1, 20),
    st.floats(1, 20),
    st.floats(1, 20),
    st.floats(5, 15),
    st.floats(0.05, 5),
    st.floats(0.01, 0.5),
    st.booleans(),
)
def test_no_bound_at_prices_so_near_is_above_the_most(
    grid: float, hers: float, his: float, price: float, near: float, farthest: float, both: bool
):
    """None on the way to what is asked; what is asked is within what may be."""
    problem = dataclasses.replace(market(grid, hers, his), upper=np.full(5, 50.0))
    prices = np.array([price, 0, 0, 0])
    parts = parts_of(problem, OWNERS)
    found = asked(problem, Trust(near, farthest), *([BOUGHT, MADE] if both else [BOUGHT]), prices=prices)
    assert abs(found.prices[0] - price) <= farthest * price * (1 + 1e-6)
    for share in (0.0, 0.5, 1.0):
        told = solved_in_parts(
            problem, parts, share * found.prices + (1 - share) * prices, BOUGHT, one_by_one
        )
        assert told is not None
        assert dual_bound(problem, told[1], 1e4)[0] <= found.most + 1e-5 * max(1.0, abs(found.most))


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
    """What is asked next at most a tenth from a price, where the account counts a part of what is spent."""
    parts = parts_of(problem, PAYERS)
    prices = np.array([bus, 0, 0, 0, part * UNIT, (1 - part) * UNIT])
    accounts = Accounts(np.array([ACCOUNT, -1, -1, -1, -1, -1]), UNIT, box)
    done = [np.append(BOUGHT, 0.0)]
    found = asked_next(Market(problem, parts, NO_ONE, done, accounts), prices, Trust(AT_ONCE, 0.1), exactly)
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
    told = solved_in_parts(problem, parts_of(problem, PAYERS), at, np.append(BOUGHT, 0.0), one_by_one)
    assert told is not None
    assert dual_bound(problem, told[1], 1e4)[0] <= found.most + 1e-6 * max(1.0, abs(found.most))


# -------------------------------------------------------------------------------------- the small problem


def told_apart(proof: Proof, design: Design, share: float, needed: float) -> Bounded:
    study = dearer(park(), share)
    crew = workers.Crew(study, GAP, ())
    found = bounded_by_owner(Master(study, design, proof.groups, hard=proof.hard), proof, crew.solve, needed)
    assert found is not None
    return found


def apart(proof: Proof, design: Design, share: float, needed: float) -> float:
    return told_apart(proof, design, share, needed).bound


@pytest.mark.parametrize("share", [1.1, 0.9])
def test_better_prices_prove_more_and_never_too_much(
    first: tuple[Proof, Design], share: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(by_owner, "PROMISING", 0.0)
    proof, design = first
    study = dearer(park(), share)
    at_once = Master(study, design, proof.groups, hard=proof.hard).solve().bound
    once, better = apart(proof, design, share, -INF), apart(proof, design, share, at_once)
    assert once < better <= at_once * (1 + 1e-6)
    assert at_once - better < 0.5 * (at_once - once)


def test_prices_are_not_sought_once_the_bound_will_do(
    first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(by_owner, "asked_next", None)
    apart(*first, 1.1, -INF)


def test_what_asks_for_prices_is_solved_roughly(first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch):
    """It proves nothing by itself."""
    seen: list[float | None] = []

    def spied(small: Problem, curvature: FloatArray, options: Options) -> Solution:
        seen.append(options.tolerance)
        return solve_curved(small, curvature, options)

    monkeypatch.setattr(by_owner, "solve_curved", spied)
    apart(*first, 1.1, 1e12)
    assert set(seen) == {by_owner.ROUGH}


def test_what_promises_too_little_is_not_asked(first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch):
    proof, design = first
    once = apart(proof, design, 1.1, -INF)
    seen: list[float] = []
    real = by_owner.asked_next

    def little(*given: Any) -> Asked | None:
        found = real(*given)
        assert found is not None
        seen.append(found.most)
        return dataclasses.replace(found, most=once * 1.001)

    monkeypatch.setattr(by_owner, "asked_next", little)
    found = told_apart(proof, design, 1.1, once * 1.01)
    assert found.bound == pytest.approx(once)
    assert found.most == pytest.approx(once * 1.001)
    assert len(seen) == 1


def test_each_year_has_an_account_of_its_own():
    """The row that says what a year costs names that cost, and with it everyone who spends anything."""
    study = tenants_study(2, days=1, years=(2030, 2040))
    design = build_year(study, 2030, study.timeline)[1]
    one = Master(study, design, np.zeros(1, dtype=np.int32))
    problem, row = one.session.problem, len(design.matrix.low)
    owners = column_owners(study, design, one.years, len(one.years)).astype(np.int64)
    parts = parts_of(problem, owners)
    accounts = accounts_of(one, parts, 0.1).row
    assert (accounts[:row] == -1).all()
    for i, built in enumerate(one.years):
        end = row + len(built.matrix.low)
        assert len(set(accounts[row:end].tolist())) == 1
        account = problem.matrix[[accounts[row]]].toarray()[0]
        assert account[len(problem.cost) - len(one.years) + i] == 1
        row = end
    assert (accounts[row:] == -1).all()
    # One that names a single owner ties nobody: prices are in the objective's money.
    alone = dataclasses.replace(parts, tying=np.zeros(len(problem.low), dtype=np.bool_))
    assert (accounts_of(one, alone, 0.1).row == -1).all()


@pytest.mark.parametrize("fails", [False, True])
def test_where_cuts_hold_less_than_they_held_the_part_moves_freely(
    fails: bool, first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch
):
    proof, design = first
    boxes: list[float] = []

    def spied(*given: Any) -> None:
        boxes.append(given[0].accounts.box)

    monkeypatch.setattr(by_owner, "asked_next", spied)
    told, calls = ByOwner.at_prices, []

    def without(self: ByOwner, *given: Any) -> Solution | None:
        calls.append(1)
        return None if fails and len(calls) == 1 else told(self, *given)

    monkeypatch.setattr(ByOwner, "at_prices", without)
    proof = dataclasses.replace(proof, duals=np.append(proof.duals, 1.0), cuts=np.array([2040]))
    study = dearer(park(), 1.1)
    one = Master(study, design, proof.groups, hard=proof.hard)
    one.add([Cut(2040, 0.0, np.zeros(len(design.lower)))])
    assert bounded_by_owner(one, proof, workers.Crew(study, GAP, ()).solve, 1e12) is not None
    assert boxes == [by_owner.FREE if fails else by_owner.PART_BOX]


def test_prices_that_prove_less_are_left_again(first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch):
    """A third below what the grid asks everyone would buy of it without end, at a loss to the bound."""
    proof, design = first
    once = apart(proof, design, 1.1, -INF)
    centres: list[FloatArray] = []

    def worse(found: Market, prices: FloatArray, *_: Any) -> Asked:
        centres.append(prices)
        return Asked(np.where(found.parts.tying, 0.67 * prices, 0.0), np.inf)

    monkeypatch.setattr(by_owner, "asked_next", worse)
    monkeypatch.setattr(by_owner, "MOST_ASKED", 2)
    assert apart(proof, design, 1.1, 1e12) == once
    assert np.array_equal(*centres)


def test_prices_at_which_a_part_has_no_optimum_are_sought_nearer(
    first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(by_owner, "PROMISING", -INF)
    proof, design = first
    trusted: list[Trust] = []
    real = by_owner.asked_next

    def spied(*given: Any) -> Asked | None:
        trusted.append(given[2])
        found = real(*given)
        assert found is not None
        return dataclasses.replace(found, most=INF)

    monkeypatch.setattr(by_owner, "asked_next", spied)
    told = ByOwner.at_prices
    calls: list[int] = []

    def without(self: ByOwner, *given: Any) -> Solution | None:
        calls.append(1)
        return told(self, *given) if len(calls) != 2 else None

    monkeypatch.setattr(ByOwner, "at_prices", without)
    apart(proof, design, 1.1, 1e12)
    narrower = Trust(by_owner.TRUST.near * by_owner.NARROWER, by_owner.TRUST.farthest * by_owner.NARROWER)
    assert trusted[:3] == [by_owner.TRUST, narrower, narrower]
    assert len(trusted) == by_owner.MOST_ASKED


@pytest.mark.parametrize(
    ("promised", "farthest"),
    [
        (0.5, (0.1,)),  # too little: it is given up
        (0.8, (0.1, 0.2, 0.4)),  # much, but too little from so near
        (1.0, (0.1,)),
    ],
)
def test_where_much_is_promised_but_too_little_prices_are_sought_farther_away(
    promised: float, farthest: tuple[float, ...], first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch
):
    proof, design = first
    once = apart(proof, design, 1.1, -INF)
    needed = 1.01 * once
    seen: list[float] = []

    def spied(_: Market, prices: FloatArray, trust: Trust, *__: Any) -> Asked:
        seen.append(trust.farthest)
        return Asked(prices, once + promised * (needed - once))

    monkeypatch.setattr(by_owner, "asked_next", spied)
    monkeypatch.setattr(by_owner, "MOST_ASKED", 1)
    told_apart(proof, design, 1.1, needed)
    assert seen == pytest.approx(list(farthest))
