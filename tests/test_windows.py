"""Windows: a year solved a fortnight at a time has the answer of the whole year, or none is claimed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from parkzero.bench import reference_study
from parkzero.lp import over_time, rolling, seams, windows
from parkzero.lp.blend import Blend, Pass, _scale, blended
from parkzero.lp.fold import folded, solve_folded
from parkzero.lp.over_time import solve_over_time
from parkzero.lp.rolling import Rolling, solve_in_windows
from parkzero.lp.solver import (
    Basis,
    Handle,
    Point,
    Problem,
    Solution,
    dual_bound,
    primal_violation,
    solve,
)
from parkzero.lp.windows import Clock, Ordered, Window
from parkzero.planning.assemble import Built, build_year, fixed
from parkzero.planning.bounds import clock_of, evaluate
from parkzero.study import Study
from parkzero.units import MWH, FloatArray, Quantity
from tests.cases.harness import (
    EXACT,
    compose,
    days,
    grid,
    load,
    stands,
    years_of,
)
from tests.cases.storage import battery
from tests.cases.strategies import studies
from tests.test_totals import PLANTS, capped, guess

INF = np.inf
CLOSE = 1e-7
Shorter = Callable[[int, tuple[int, ...]], None]


@pytest.fixture
def shorter(monkeypatch: pytest.MonkeyPatch) -> Shorter:
    """Windows of fewer days, that look fewer days ahead."""

    def set_to(own: int, ahead: tuple[int, ...]) -> None:
        monkeypatch.setattr(windows, "DAYS", own)
        monkeypatch.setattr(rolling, "AHEAD", ahead)

    return set_to


def plants() -> Clock:
    """The plants of ``capped`` as steps, one a day: seven windows."""
    steps = np.tile(np.arange(PLANTS), 2)
    kinds = np.repeat([0, 1], PLANTS)
    return Clock(steps, kinds, np.append(np.zeros(PLANTS, dtype=np.int64), -1), PLANTS, 1)


def year_of(study: Study, *sizes: float) -> tuple[Problem, Clock, Built]:
    """The study's only year with sizes, none if not given."""
    design, years = years_of(study, study.timeline)
    built = next(iter(years))
    return fixed(built, np.array(sizes) if sizes else np.zeros(len(design.names))), clock_of(built), built


def in_windows(problem: Problem, clock: Clock, enough: float = rolling.NEAR) -> Solution | None:
    """The folded problem's solution in windows."""
    form = folded(problem)
    found = solve_in_windows(form.small, clock.of(form.free, form.live), EXACT, enough=enough)
    return None if found is None else form.unfolded(found)


# ------------------------------------------------------------------------------------ what ties steps


def stored(*price: float, losses: float = 1.0, energy: float = 1.0) -> Study:
    """A load of 1 MW in the first hour of each day, a grid with a price for each day, and a battery."""
    hour = np.append(1.0, np.zeros(23))
    return compose(
        load(raw=np.tile(hour, len(price))),
        grid(raw=np.repeat(np.array(price, dtype=np.float64), 24)),
        battery(
            power=stands(1.0),
            energy=stands(energy, MWH),
            efficiency_in=Quantity(losses),
            efficiency_out=Quantity(1.0),
        ),
        timeline=days(len(price)),
    )


def test_a_store_carries_over_the_edge_of_a_window(shorter: Shorter):
    """Power costs 10 on even days and 90 on odd ones: each odd day's hour is bought the day before.

    Windows of one day: only looking ahead shows what the store is worth at the end of a day. Twelve days:
    each even day buys 2 MWh at 10, its own hour and the next day's: 6 * 20 = 120.
    """
    problem, clock, _ = year_of(stored(*[10.0, 90.0] * 6))
    shorter(1, (1,))
    found = in_windows(problem, clock)
    assert found is not None
    assert found.objective == pytest.approx(120.0)
    assert found.bound == pytest.approx(120.0)
    # with nothing ahead the store ends each day empty, and nobody may call that an optimum
    shorter(1, (0,))
    assert in_windows(problem, clock) is None
    assert solve_over_time(problem, clock, EXACT).objective == pytest.approx(120.0)


def test_looking_further_ahead_is_tried_where_two_days_are_not_enough(
    shorter: Shorter, monkeypatch: pytest.MonkeyPatch
):
    """Power is cheap on every sixth day, and the store lasts for five: a day ahead cannot fill it."""
    problem, clock, _ = year_of(stored(*[*[90.0] * 5, 10.0] * 4, energy=5.0))
    tried: list[int] = []
    began = Rolling.__init__

    def spied(self: Rolling, problem: Problem, clock: Clock, ahead: int, *others: Any) -> None:
        tried.append(ahead)
        began(self, problem, clock, ahead, *others)

    monkeypatch.setattr(Rolling, "__init__", spied)
    shorter(6, (1, 5))
    found = in_windows(problem, clock)
    assert tried == [1, 5]
    assert found is not None
    assert found.objective == pytest.approx(4 * 6 * 10.0)


def test_the_year_is_a_circle(shorter: Shorter):
    """The first day's dear hour is bought on the last day: the year ends with what it begins with."""
    problem, clock, built = year_of(stored(90.0, 90.0, 90.0, 90.0, 90.0, 10.0))
    shorter(1, (1,))
    found = in_windows(problem, clock)
    assert found is not None
    level = next(b for b in built.matrix.columns if b.dotted == "battery.stored")
    levels = found.values[level.start : level.start + level.count]
    assert levels[-1] == pytest.approx(1.0)
    # 2 MWh at 10 on the last day, four hours at 90
    assert found.objective == pytest.approx(20.0 + 4 * 90.0)


def test_a_store_over_the_seasons_is_left_to_the_whole_year(shorter: Shorter):
    """What is filled on the first day of twelve is used on the last: no window sees both."""
    prices = [1.0, *[50.0] * 10, 90.0]
    problem, clock, _ = year_of(stored(*prices, energy=12.0))
    shorter(1, (1, 2))
    assert in_windows(problem, clock) is None
    found = solve_over_time(problem, clock, EXACT)
    assert found.objective == pytest.approx(solve_folded(problem, EXACT).objective)
    assert found.objective == pytest.approx(12.0)


# ------------------------------------------------------------------------------------------ any study


@settings(max_examples=40, deadline=None)
@given(study=studies(days=3), seed=st.integers(0, 2**32 - 1), own=st.integers(1, 1))
def test_what_windows_claim_is_true(study: Study, seed: int, own: int):
    """Values keep all rows, cost no less than the best, and the bound is no more than that."""
    design, years = years_of(study, study.timeline)
    most = np.where(np.isfinite(design.upper), design.upper, 5.0)
    sizes = np.random.default_rng(seed).uniform(0, 1, len(most)) * most
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "DAYS", own)
        patch.setattr(rolling, "LEAST_WINDOWS", 2)
        patch.setattr(rolling, "AHEAD", (1,))
        for built in years:
            problem = replace(fixed(built, sizes), whole=np.zeros(len(built.matrix.cost), dtype=np.bool_))
            found = in_windows(problem, clock_of(built), enough=1e-2)
            if found is None:
                continue
            best = solve_folded(problem, EXACT).objective
            slack = CLOSE * max(1.0, abs(best))
            assert primal_violation(problem, found.values) <= 1e-6
            assert found.objective >= best - slack
            assert found.bound <= best + slack
            assert found.objective - found.bound <= 1e-2 * max(1.0, abs(found.objective)) + slack


@pytest.mark.parametrize("year", [2030, 2050])
def test_a_year_of_the_reference_has_the_cost_of_one_problem(year: int, monkeypatch: pytest.MonkeyPatch):
    study = reference_study(days=70, years=(2030, 2050))
    built, design = build_year(study, year, study.timeline)
    sizes = np.where(np.isfinite(design.upper), design.upper, 30.0) / 3
    at_once = solve_folded(fixed(built, sizes), EXACT)

    def never(*_: object) -> Solution:
        raise AssertionError("the year was solved at once")

    monkeypatch.setattr(over_time, "solve_form", never)
    found = evaluate(built, sizes, EXACT)
    assert found.cost == pytest.approx(at_once.objective, rel=1e-7)
    at_sizes = found.cut.constant + float(found.cut.slope @ sizes)
    assert at_sizes == pytest.approx(at_once.objective, rel=1e-6)


def steps_of_windows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The simplex's steps in each window that is solved from now on."""
    steps: list[int] = []
    basis = windows.quick_basis_of

    def counted(highs: Handle, *others: Any) -> Basis:
        steps.append(highs.getInfo().simplex_iteration_count)
        return basis(highs, *others)

    monkeypatch.setattr(windows, "quick_basis_of", counted)
    return steps


def test_windows_begin_where_the_one_before_ended(monkeypatch: pytest.MonkeyPatch):
    """A fortnight is much like the last one: what follows the first window takes far fewer steps than it."""
    study = reference_study(days=70, years=(2035,))
    problem, clock, _ = year_of(study, *np.full(len(build_year(study, 2035, study.timeline)[1].names), 20.0))
    steps = steps_of_windows(monkeypatch)
    assert in_windows(problem, clock) is not None
    _, first, *others = steps
    assert max(others[:-1]) < first / 3


# -------------------------------------------------------------------------------------------- totals


@pytest.mark.parametrize("price", [0.0, -5.9, -4.0, -9.0, 3.0])
def test_a_cap_over_all_windows_is_kept_exactly_whatever_was_guessed(price: float):
    """See ``capped``: half of one plant's share is dirty, and that fixes the price at 5.9."""
    found = solve_in_windows(capped(), plants(), EXACT, lambda: guess(price))
    assert found is not None
    assert found.objective == pytest.approx(100 + 174.05, rel=1e-8)
    assert found.bound == pytest.approx(found.objective, rel=1e-5)
    assert found.values[:PLANTS].sum() == pytest.approx(40.5)


def test_prices_are_guessed_only_where_a_total_binds():
    asked: list[bool] = []

    def spied() -> FloatArray:
        asked.append(True)
        return guess(-5.0)

    loose = capped()
    found = solve_in_windows(replace(loose, high=np.append(loose.high[:-1], 500.0)), plants(), EXACT, spied)
    assert found is not None
    assert found.objective == pytest.approx(100.0)
    assert not asked
    assert solve_in_windows(capped(), plants(), EXACT, spied) is not None
    assert asked == [True]


@pytest.mark.parametrize("price", [-5.9, -4.0, -9.0, 3.0, -1e-9])
def test_a_cap_is_kept_exactly_whatever_was_known_of_its_price(price: float):
    found = solve_in_windows(capped(), plants(), EXACT, lambda: guess(-5.0), known=guess(price))
    assert found is not None
    assert found.objective == pytest.approx(100 + 174.05, rel=1e-8)
    assert found.bound == pytest.approx(found.objective, rel=1e-5)


def test_a_known_price_that_is_near_spares_the_guess(monkeypatch: pytest.MonkeyPatch):
    rolled: list[float] = []
    roll = Rolling.roll

    def spied(self: Rolling, prices: FloatArray) -> Pass | None:
        rolled.append(float(prices[0]))
        return roll(self, prices)

    def never() -> FloatArray:
        raise AssertionError("no guess is needed")

    monkeypatch.setattr(Rolling, "roll", spied)
    assert solve_in_windows(capped(), plants(), EXACT, never, known=guess(-5.9)) is not None
    assert rolled == [-5.9]


# ------------------------------------------------------------------------------ how a similar one was solved


def rolls(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Prices at which windows are rolled."""
    found: list[float] = []
    roll = Rolling.roll

    def spied(self: Rolling, prices: FloatArray) -> Pass | None:
        found.append(float(prices[0]) if len(prices) else 0.0)
        return roll(self, prices)

    monkeypatch.setattr(Rolling, "roll", spied)
    monkeypatch.setattr(Rolling, "reprice", None)
    return found


def solved_before(price: float) -> Point:
    found = solve_in_windows(capped(), plants(), EXACT, known=guess(price))
    assert found is not None
    assert len(found.bases) == 8
    return Point(found.values, found.duals, found.bases)


def test_values_of_a_similar_problem_stand_where_windows_prove_them(monkeypatch: pytest.MonkeyPatch):
    """All costs 1 % higher: the same plants, at one roll and no other price than the one known."""
    before, rolled = solved_before(-5.9), rolls(monkeypatch)
    dearer = replace(capped(), cost=1.01 * capped().cost)
    found = solve_in_windows(dearer, plants(), EXACT, known=guess(-5.959), enough=1e-3, before=before)
    assert found is not None
    assert found.objective == pytest.approx(1.01 * (100 + 174.05), rel=1e-8)
    assert found.bound == pytest.approx(found.objective, rel=1e-3)
    assert len(found.bases) == 8
    assert rolled == [-5.959]


def test_values_stand_though_what_sets_a_price_is_dearer(monkeypatch: pytest.MonkeyPatch):
    """The excess over the cap is bought at 60 instead of 50: the known price is off, what is done is not."""
    problem, clock = excess(50.0)
    first = solve_in_windows(problem, clock, EXACT)
    assert first is not None
    rolled, known = rolls(monkeypatch), np.append(np.zeros(PLANTS), -50.0)
    before = Point(first.values, first.duals, first.bases)
    found = solve_in_windows(excess(60.0)[0], clock, EXACT, enough=1e-6, known=known, before=before)
    assert found is not None
    assert found.objective == pytest.approx(100 + 495 + 180 + 7, rel=1e-8)
    assert rolled == pytest.approx([-60.0])


def test_values_that_are_no_longer_near_enough_do_not_stand():
    """Dirty plants have become the dear ones: what was done is far from the best now."""
    before = solved_before(-5.9)
    turned = capped()
    cost = turned.cost.copy()
    cost[PLANTS:] = 0.5
    found = solve_in_windows(replace(turned, cost=cost), plants(), EXACT, known=guess(-5.9), before=before)
    assert found is not None
    assert found.objective == pytest.approx(50.0)


def test_values_that_break_a_row_do_not_stand(monkeypatch: pytest.MonkeyPatch):
    """Every plant dirty is cheap, but more than the cap allows: they do not, however near they seem."""
    real = rolling._still_near
    monkeypatch.setattr(rolling, "_still_near", lambda *given: real(*given[:-2], 1e9, given[-1]))
    broken = replace(solved_before(-5.9), values=np.append(np.ones(PLANTS), np.zeros(PLANTS)))
    found = solve_in_windows(capped(), plants(), EXACT, known=guess(-5.9), before=broken)
    assert found is not None
    assert found.objective == pytest.approx(100 + 174.05, rel=1e-8)


def test_what_is_done_just_now_stands_before_what_was(shorter: Shorter):
    """Nothing ties the windows: their own values are exact, those of seven digits are not taken."""
    shorter(7, (2,))
    problem, clock, _ = year_of(stored(*np.tile([10.0, 20.0, 5.0], 14)))
    exact = in_windows(problem, clock)
    assert exact is not None
    form = folded(problem)
    rough = Point(exact.values[form.free] * (1 + 1e-7), exact.duals, exact.bases)
    times = clock.of(form.free, form.live)
    again = solve_in_windows(form.small, times, EXACT, enough=1e-3, before=rough)
    assert again is not None
    assert np.abs(again.values - rough.values).max() > 0
    assert primal_violation(form.small, again.values) <= 1e-12


def test_windows_begin_where_those_of_a_similar_problem_ended(monkeypatch: pytest.MonkeyPatch):
    study = reference_study(days=70, years=(2035,))
    sizes = np.full(len(build_year(study, 2035, study.timeline)[1].names), 20.0)
    problem, clock, _ = year_of(study, *sizes)
    form = folded(problem)
    times = clock.of(form.free, form.live)
    first = solve_in_windows(form.small, times, EXACT)
    assert first is not None
    steps = steps_of_windows(monkeypatch)
    solve_in_windows(form.small, times, EXACT)
    cold = sum(steps)
    steps.clear()
    dearer = replace(form.small, cost=1.001 * form.small.cost)
    before = Point(first.values, first.duals, first.bases)
    again = solve_in_windows(dearer, times, EXACT, enough=1e-3, before=before)
    assert again is not None
    assert again.objective == pytest.approx(1.001 * first.objective - 0.001 * form.small.constant, rel=1e-5)
    assert sum(steps) < cold / 10
    steps.clear()
    others = tuple((columns[1:], rows) for columns, rows in first.bases)
    before = replace(before, bases=others)
    assert solve_in_windows(dearer, times, EXACT, enough=1e-3, before=before) is not None
    assert sum(steps) == pytest.approx(cold, rel=0.2)  # bases that do not fit are passed over


def test_bases_alone_are_where_windows_of_other_sizes_begin(monkeypatch: pytest.MonkeyPatch):
    """Nothing is said of values: what comes out is as near to its bound as is asked for."""
    study = reference_study(days=70, years=(2035,))
    count = len(build_year(study, 2035, study.timeline)[1].names)
    first = solved_year(study, np.full(count, 20.0))
    steps = steps_of_windows(monkeypatch)
    alone = solved_year(study, np.full(count, 21.0))
    cold = sum(steps)
    steps.clear()
    again = solved_year(study, np.full(count, 21.0), Point(np.zeros(0), np.zeros(0), first.bases))
    assert sum(steps) < 0.9 * cold
    assert again.objective == pytest.approx(alone.objective, rel=1e-9)
    assert again.bound == pytest.approx(again.objective, rel=1e-5)


def solved_year(study: Study, sizes: FloatArray, before: Point | None = None) -> Solution:
    problem, clock, _ = year_of(study, *sizes)
    found = solve_over_time(problem, clock, EXACT, before=before)
    assert found.ran.endswith(rolling.IN_WINDOWS)
    return found


@pytest.mark.parametrize("known", ["values", "bases", "nothing"])
def test_what_only_follows_a_change_need_come_no_nearer_than_is_enough(
    known: str, monkeypatch: pytest.MonkeyPatch
):
    """So other prices are asked at farther away: a mixture is had sooner, if a rougher one."""
    asked: list[float] = []
    boxes: list[tuple[float, ...]] = []
    real = rolling._closed

    def spied(*given: Any) -> Any:
        asked.append(given[3])
        boxes.append(given[5])
        return real(*given)

    monkeypatch.setattr(rolling, "_closed", spied)
    monkeypatch.setattr(rolling, "_still_near", lambda *_: None)  # no values stand
    before = solved_before(-5.9)
    asked.clear()
    boxes.clear()
    follows = {"values": before, "bases": replace(before, values=np.zeros(0)), "nothing": None}[known]
    found = solve_in_windows(capped(), plants(), EXACT, known=guess(-5.9), enough=1e-3, before=follows)
    assert found is not None
    assert asked == pytest.approx([1e-3 * (rolling.AIM if follows is None else 1)])
    assert boxes == [rolling.BOXES if follows is None else rolling.FOLLOWING]


def test_what_is_bought_beside_the_steps_sets_the_price_of_a_total():
    """An excess is bought at 50, then at 60: that is the cap's price, whatever it was."""
    for price in (50.0, 60.0):
        problem, clock = excess(price)
        rolling_ = Rolling(problem, clock, 0, EXACT)
        bought = np.append(np.zeros(2 * PLANTS), 3.0)
        assert rolling_.moved(np.array([-50.0]), bought) == pytest.approx([-price])
        assert rolling_.moved(np.array([-7.0]), 0 * bought) == pytest.approx([-7.0])  # nothing is bought


def test_known_prices_that_are_far_off_are_left_for_a_guess(monkeypatch: pytest.MonkeyPatch):
    """No excess may be bought, and prices move by a quarter at a time: -0.1 is too far from -5.9."""
    asked: list[bool] = []
    monkeypatch.setattr(rolling, "MOST_PASSES", 3)

    def spied() -> FloatArray:
        asked.append(True)
        return guess(-5.0)

    found = solve_in_windows(capped(), plants(), EXACT, spied, known=guess(-0.1))
    assert found is not None
    assert found.objective == pytest.approx(100 + 174.05, rel=1e-8)
    assert asked == [True]


@pytest.mark.parametrize(("known", "second", "guessed_after"), [(-5.0, -5.85, 2), (-4.0, -5.0, 1)])
def test_what_comes_of_known_prices_is_rolled_again_before_a_guess_where_it_is_fairly_near(
    known: float, second: float, guessed_after: int, monkeypatch: pytest.MonkeyPatch
):
    """Three more prices are asked: from -5 they come near -5.9, which is rolled; from -4 they do not."""
    rolled: list[float] = []
    asked: list[int] = []
    roll = Rolling.roll

    def spied(self: Rolling, prices: FloatArray) -> Pass | None:
        rolled.append(float(prices[0]))
        return roll(self, prices)

    def guessed() -> FloatArray:
        asked.append(len(rolled))
        return guess(-5.0)

    monkeypatch.setattr(Rolling, "roll", spied)
    monkeypatch.setattr(rolling, "MOST_PASSES", 3)
    found = solve_in_windows(capped(), plants(), EXACT, guessed, known=guess(known))
    assert found is not None
    assert found.objective == pytest.approx(100 + 174.05, rel=1e-8)
    assert rolled[1] == pytest.approx(second)
    assert asked == [guessed_after]


def test_known_prices_that_tell_nothing_or_lean_on_nothing_are_none():
    known = Rolling(capped(), plants(), 0, EXACT).of_totals
    assert known(guess(-5.9)) == pytest.approx([-5.9])
    assert known(guess(-1e-9)) == pytest.approx([0.0])
    assert known(guess(3.0)) == pytest.approx([0.0])  # the total has no least


def test_an_equality_and_a_least_total_are_kept_too():
    # Exactly 80.5 dirty plants: clean are k = 0 to 18 and half of 19.
    problem = capped()
    low, high = problem.low.copy(), problem.high.copy()
    low[-1] = high[-1] = 80.5
    found = solve_in_windows(replace(problem, low=low, high=high), plants(), EXACT)
    assert found is not None
    assert found.objective == pytest.approx(100 + 0.1 * (18 * 19 / 2) + 0.95, rel=1e-8)
    saved = problem.cost.copy()
    saved[PLANTS:] = 1 - (saved[PLANTS:] - 1)
    low[-1], high[-1] = 40.5, INF
    found = solve_in_windows(replace(problem, cost=saved, low=low, high=high), plants(), EXACT)
    assert found is not None
    assert found.objective == pytest.approx(solve(replace(problem, cost=saved, low=low, high=high)).objective)


def excess(price: float) -> tuple[Problem, Clock]:
    """``capped`` with no more than -3 dirty plants, and an excess at a price that makes this possible."""
    problem, clock = capped(), plants()
    column = np.zeros((PLANTS + 1, 1))
    column[-1] = -1.0
    matrix = windows.sparse.csr_array(windows.sparse.hstack([problem.matrix, column], format="csr"))
    wider = Problem(
        matrix,
        np.append(problem.cost, price),
        problem.low,
        np.append(problem.high[:-1], -3.0),
        np.append(problem.lower, 0.0),
        np.append(problem.upper, INF),
        np.append(problem.whole, False),
        7.0,
    )
    return wider, Clock(
        np.append(clock.steps, -1), np.append(clock.column_kinds, -1), clock.row_kinds, PLANTS, 1
    )


def test_an_excess_over_a_cap_that_cannot_be_kept_is_bought():
    """All are clean, for 0.1 * 99 * 100 / 2 = 495 more, and an excess of 3 is bought at 50 each."""
    problem, clock = excess(50.0)
    found = solve_in_windows(problem, clock, EXACT)
    assert found is not None
    assert found.values[-1] == pytest.approx(3.0)
    assert found.objective == pytest.approx(100 + 495 + 150 + 7, rel=1e-8)
    assert found.bound == pytest.approx(found.objective, rel=1e-5)


def test_prices_that_nothing_was_known_of_are_rolled_at_again(monkeypatch: pytest.MonkeyPatch):
    """No guess is to be had: what is handed on is chosen anew at better prices."""
    study = reference_study(days=70, years=(2045,))
    built, design = build_year(study, 2045, study.timeline)
    sizes = np.full(len(design.names), 20.0)
    problem, clock = fixed(built, sizes), clock_of(built)
    (total,) = np.flatnonzero(np.diff(problem.matrix.indptr) > 500)
    free = replace(problem, high=np.where(np.arange(len(problem.high)) == total, INF, problem.high))
    taken = float((problem.matrix @ solve_folded(free, EXACT).values)[total])
    high = problem.high.copy()
    high[total] = 0.98 * taken
    tight = replace(problem, high=high)
    rolled: list[float] = []
    roll = Rolling.roll

    def spied(self: Rolling, prices: FloatArray) -> Pass | None:
        rolled.append(float(prices[0]))
        return roll(self, prices)

    monkeypatch.setattr(rolling, "MOST_PASSES", 4)
    monkeypatch.setattr(Rolling, "roll", spied)
    found = solve_over_time(tight, clock, EXACT, lambda: None)
    assert found.ran == "simplex in windows"
    assert found.objective == pytest.approx(solve_folded(tight, EXACT).objective, rel=1e-5)
    assert rolled[0] == 0.0
    assert len(rolled) > 2
    assert len(set(rolled)) == len(rolled)


def rolled_year() -> tuple[Rolling, Pass]:
    """Five fortnights of the reference in 2045, and what is done where emissions cost nothing."""
    study = reference_study(days=70, years=(2045,))
    built, design = build_year(study, 2045, study.timeline)
    form = folded(fixed(built, np.full(len(design.names), 20.0)))
    rolled = Rolling(form.small, clock_of(built).of(form.free, form.live), 2, EXACT)
    first = rolled.roll(np.zeros(1))
    assert first is not None
    return rolled, first


def test_what_windows_hand_on_is_held_at_other_prices():
    """Passes are blended window by window: all of them must agree on the levels between windows."""
    rolled, first = rolled_year()
    for price in (-300.0, -3000.0, -30000.0):
        other = rolled.reprice(np.array([price]), first.values)
        assert other is not None
        for window in rolled._year:
            at = window.named_before
            assert other.values[at] == pytest.approx(first.values[at], abs=1e-9)


def test_some_windows_at_other_prices_may_do():
    """Asked after each quarter of the windows: the others stay as they were, and nothing is proven."""
    rolled, first = rolled_year()
    price, seen = np.array([-3000.0]), list[Pass]()
    whole = rolled.reprice(price, first.values, lambda done: seen.append(done) is not None)
    assert whole is not None
    assert len(seen) == 3  # after the last quarter nobody is asked
    assert whole.bound > -INF
    some = rolled.reprice(price, first.values, lambda done: True)
    assert some is not None
    assert some.bound == -INF
    assert not len(some.duals)
    for window in range(5):
        done = whole if window in (0, 4) else first
        own = rolled._window_of == window
        values = some.values[: len(rolled._window_of)]
        assert values[own] == pytest.approx(done.values[: len(own)][own], abs=1e-9)
        assert some.taken[window] == pytest.approx(done.taken[window])
        assert some.costs[window] == pytest.approx(done.costs[window])
    assert some.taken.sum() < first.taken.sum() - 1.0


def test_no_more_windows_are_asked_than_a_near_mixture_needs(monkeypatch: pytest.MonkeyPatch):
    """The cap is missed by a hundredth: a fifth of the year at a higher price is more than enough."""
    rolled, first = rolled_year()
    whole = rolled.whole
    taken = float(first.taken.sum())
    high = whole.high.copy()
    high[whole.hourly_rows :] = 0.99 * taken
    whole.high = high
    solved: list[int] = []
    real = Window.solve

    def spied(self: Window, *given: Any, **named: Any) -> bool:
        solved.append(self.first)
        return real(self, *given, **named)

    monkeypatch.setattr(Window, "solve", spied)
    passes, blend = rolling._asked(rolled, first, 1, 0.5, 0.05)
    assert blend is not None
    assert len(passes) == 2
    assert blend.cost - first.bound <= 0.05 * abs(blend.cost)
    assert (
        float((blend.shares[:, :, None] * np.stack([p.taken for p in passes])).sum()) <= 0.99 * taken + 1e-6
    )
    assert solved == [0, 4 * 14 * 24]
    solved.clear()
    rolling._asked(rolled, first, 1, 0.5, 1e-9)  # nothing is as near as that: all are asked, and the turn
    assert len(solved) == 6


def test_all_windows_but_one_do_one_thing():
    """A mixture is needed in one window only: hours in which a store fills and empties at once stay rare."""
    whole = Ordered(capped(), plants())
    dirty, clean = np.full((7, 1), 100 / 7), np.zeros((7, 1))
    nothing = np.zeros(0)
    passes = [
        Pass(np.zeros(1), nothing, np.full(7, 10.0), dirty, 0.0, nothing),
        Pass(np.full(1, -9.0), nothing, np.full(7, 30.0), clean, 0.0, nothing),
    ]
    blend = blended(whole, passes, 100.0)
    assert blend is not None
    assert np.sum((blend.shares > 1e-9) & (blend.shares < 1 - 1e-9)) <= 2
    assert (blend.shares[0] * dirty[:, 0]).sum() == pytest.approx(40.5)
    # the passes' shares add up to one in each window
    assert blend.shares.sum(axis=0) == pytest.approx(np.ones(7))


def test_a_mixture_is_found_though_its_price_lies_outside_the_box():
    """It costs 20 to spare a window's 100/7; 70 are spent on 100, and a quarter of 70/100 is the box."""
    whole = Ordered(capped(), plants())
    nothing = np.zeros(0)
    passes = [
        Pass(np.zeros(1), nothing, np.full(7, 10.0), np.full((7, 1), 100 / 7), 1.0, nothing),
        Pass(np.full(1, -9.0), nothing, np.full(7, 30.0), np.zeros((7, 1)), 0.0, nothing),
    ]
    near, far = blended(whole, passes, 0.25), blended(whole, passes, 100.0)
    assert near is not None
    assert far is not None
    assert far.inside
    assert not near.inside
    assert near.cost == pytest.approx(far.cost)
    assert (near.shares[0] * 100 / 7).sum() == pytest.approx(40.5)
    assert near.prices == pytest.approx([-0.25 * 0.7])
    assert far.prices == pytest.approx([-20 / (100 / 7)])


def test_a_mixture_is_found_at_any_price():
    """The price of the best pass tells next to nothing: a mixture takes a thousand times as much."""
    whole = Ordered(capped(), plants())
    nothing = np.zeros(0)
    passes = [
        Pass(np.full(1, -1e-3), nothing, np.full(7, 10.0), np.full((7, 1), 100 / 7), 1.0, nothing),
        Pass(np.full(1, -9.0), nothing, np.full(7, 30.0), np.zeros((7, 1)), 0.0, nothing),
    ]
    near = blended(whole, passes, 0.25)
    assert near is not None
    assert not near.inside
    assert (near.shares[0] * 100 / 7).sum() == pytest.approx(40.5)
    assert near.cost == pytest.approx(70 + 20 * near.shares[1].sum())


def test_an_unknown_price_is_no_larger_than_those_of_totals_like_it():
    """A megawatt of 200 spent is 100 apiece; its like is 5, of which a total of one column says nothing."""
    totals = sparse.csr_array(np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 0]]))
    best = Pass(
        np.array([0.0, -5, 0]), np.zeros(0), np.array([200.0]), np.full((1, 3), 2.0), 0.0, np.zeros(0)
    )
    none = np.full(3, -np.inf)
    assert _scale(totals, best, none, -none).tolist() == [5, 5, 100]


def test_what_rounding_leaves_of_a_price_is_none():
    """A price that leans on a missing bound, or moves no cost that counts, is asked at as zero."""
    rolled, _ = rolled_year()
    assert rolled.telling(np.array([-2.0])).tolist() == [-2.0]  # a cap has its upper bound alone
    assert rolled.telling(np.array([2.0])).tolist() == [0.0]
    assert rolled.telling(np.array([-1e-13])).tolist() == [0.0]


def test_the_box_is_doubled_at_its_edge_and_quartered_inside(monkeypatch: pytest.MonkeyPatch):
    """And never narrower than it was to begin with."""
    inside, boxes = iter([False, False, True, True, True]), list[float]()
    nothing = np.zeros(0)

    def asked_for(whole: object, passes: list[Pass], box: float) -> Blend:
        boxes.append(box)
        return Blend(nothing, nothing, INF, np.full(1, float(len(passes))), next(inside))

    class Priced:
        whole = None

        def telling(self, prices: FloatArray) -> FloatArray:
            return prices

        def reprice(self, prices: FloatArray, *others: object) -> Pass:
            return Pass(prices, nothing, nothing, nothing, 0.0, nothing)

    monkeypatch.setattr(rolling, "blended", asked_for)
    first = Pass(np.zeros(1), nothing, nothing, nothing, 0.0, nothing)
    rolling._asked(cast(Rolling, Priced()), first, 4, 0.5, 1e-3)
    assert boxes == [0.5, 1.0, 2.0, 0.5, 0.5]


def test_prices_stay_in_a_box_around_the_best_so_far():
    whole = Ordered(capped(), plants())
    nothing = np.zeros(0)
    one = Pass(np.full(1, -4.0), nothing, np.full(7, 10.0), np.full((7, 1), 7.0), 0.0, nothing)
    blend = blended(whole, [one], 0.25)
    assert blend is not None
    assert blend.cost == INF
    assert not blend.inside
    assert blend.prices == pytest.approx([-5.0])


def test_a_window_in_which_the_simplex_loses_its_way_is_solved_from_nothing(
    shorter: Shorter, monkeypatch: pytest.MonkeyPatch
):
    """One window of many that ended without an optimum had the whole year solved at once, for minutes."""
    problem, clock, _ = year_of(stored(*[10.0, 90.0] * 6))
    shorter(1, (1,))
    runs = list[int]()

    def lost(highs: Any) -> None:
        runs.append(1)
        if len(runs) != 3:  # the third run ends with nothing
            kept(highs)

    kept = windows.run
    monkeypatch.setattr(windows, "run", lost)
    found = in_windows(problem, clock)
    assert found is not None
    assert found.objective == pytest.approx(solve(problem, EXACT).objective)
    assert len(runs) > 3


# ------------------------------------------------------------------------- what windows are not for


def test_a_column_of_a_month_in_hourly_rows_is_left_to_the_whole_year(shorter: Shorter):
    problem, clock, _ = year_of(stored(*[10.0, 90.0] * 6))
    shorter(1, (1,))
    assert in_windows(problem, clock) is not None
    steps = clock.steps.copy()
    steps[np.flatnonzero(steps == 30)] = -1
    assert in_windows(problem, replace(clock, steps=steps)) is None
    form = folded(problem)
    by_step, by_month = clock.of(form.free, form.live), replace(clock, steps=steps).of(form.free, form.live)
    assert Ordered(form.small, by_step).fits
    assert not Ordered(form.small, by_month).fits


def test_a_window_without_a_choice_is_passed_over():
    """The first 20 plants must be clean: nothing is left to choose in the first window. 39.5 may be dirty."""
    problem = capped()
    upper = problem.upper.copy()
    upper[:20] = 0.0
    kept = replace(problem, upper=upper)
    found = in_windows(kept, plants())
    assert found is not None
    assert found.objective == pytest.approx(solve_folded(kept, EXACT).objective, rel=1e-8)


def test_short_calendars_are_solved_at_once():
    study = reference_study(days=28, years=(2030,))
    problem, clock, _ = year_of(study, *np.full(len(build_year(study, 2030, study.timeline)[1].names), 5.0))
    assert in_windows(problem, clock) is None


def test_a_window_without_an_answer_leaves_the_problem_to_one():
    """Nothing lets plant 50 make what it must: the problem is infeasible, and says so as before."""
    problem = capped()
    upper = problem.upper.copy()
    upper[[50, PLANTS + 50]] = 0.3
    broken = replace(problem, upper=upper)
    assert Rolling(broken, plants(), 2, EXACT).roll(np.zeros(1)) is None
    assert solve_in_windows(broken, plants(), EXACT) is None
    assert solve_over_time(broken, plants(), EXACT).status == "infeasible"


def test_what_is_near_enough_depends_on_who_asks(shorter: Shorter):
    """One day ahead of such sixth days is not enough to find the best; how far from it is known."""
    problem, clock, _ = year_of(stored(*[80.0, *[90.0] * 5] * 4, energy=5.0))
    shorter(4, (1,))
    assert in_windows(problem, clock) is None
    lax = in_windows(problem, clock, enough=0.1)
    assert lax is not None
    best = solve_folded(problem, EXACT).objective
    assert best * 1.001 < lax.objective <= best * 1.1
    assert lax.objective * 0.9 <= lax.bound <= best + CLOSE


# ---------------------------------------------------------------------------------------------- seams


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_a_part_that_lies_in_line_is_the_same_taken_as_it_stands(
    row: int, rows: int, column: int, columns: int, around: bool
):
    """Around the circle rows do not follow one another; nor do rows with one left out."""
    whole = Ordered(capped(), plants())
    count, width = whole.matrix.shape
    picked = np.arange(min(row, count), min(row + rows, count))
    if around:
        picked = np.append(picked[1:], picked[:1])
    named = np.arange(min(column, width), min(column + columns, width))
    for these in (named, np.delete(named, slice(1, 2))):
        found = seams._part(whole, picked, these)
        assert found.toarray() == pytest.approx(whole.matrix.toarray()[picked][:, these])


def test_duals_are_handed_over_where_neighbours_agree(monkeypatch: pytest.MonkeyPatch):
    """Handed over where they agree least, the bound is as true, and worse."""
    study = reference_study(days=70, years=(2035,))
    built, design = build_year(study, 2035, study.timeline)
    form = folded(fixed(built, np.full(len(design.names), 20.0)))
    clock = clock_of(built).of(form.free, form.live)

    def lost() -> float:
        rolled = Rolling(form.small, clock, 2, EXACT)
        done = rolled.roll(np.zeros(rolled.totals))
        assert done is not None
        costs = float(rolled.whole.cost @ done.values) + form.small.constant
        return (costs - done.bound) / abs(costs)

    real = seams._lost
    assert abs(lost()) < 1e-9
    monkeypatch.setattr(seams, "_lost", lambda *given: -real(*given))
    assert lost() > 1e-6


def test_the_ordered_problem_is_the_problem():
    """Rows and columns in another order: the same bound from the same duals, and every row in its window."""
    problem, clock, _ = year_of(stored(*[10.0, 90.0] * 6))
    form = folded(problem)
    ordered = Ordered(form.small, clock.of(form.free, form.live))
    assert ordered.fits
    assert (ordered.row_steps[1:] >= ordered.row_steps[:-1]).all()
    again = Problem(
        ordered.matrix, ordered.cost, ordered.low, ordered.high, ordered.lower, ordered.upper,
        np.zeros(len(ordered.cost), dtype=np.bool_), ordered.constant,
    )  # fmt: skip
    duals = np.random.default_rng(1).normal(size=len(ordered.low))
    back = np.empty_like(duals)
    back[ordered.rows] = duals
    assert dual_bound(again, duals, 10.0)[0] == pytest.approx(dual_bound(form.small, back, 10.0)[0])
    window = Window(ordered, 24, 48, 72)
    assert set(ordered.row_steps[window.rows]) <= set(range(24, 72))
    assert (ordered.column_steps[window.named_before] == 23).all()


def test_rows_that_no_free_column_names_do_not_stand():
    """Where a bound is folded late, rows empty themselves; they would count as totals."""
    study = reference_study(days=70, years=(2025,))
    built, design = build_year(study, 2025, study.timeline)
    form = folded(fixed(built, np.zeros(len(design.names))))
    assert (np.diff(form.small.matrix.indptr) > 0).all()
