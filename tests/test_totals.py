"""Totals priced first: the answer is the same whatever was guessed, and the guess is really used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from parkzero.bench.cases import tenants_study
from parkzero.components import Component, EmissionCap
from parkzero.lp import over_time, totals
from parkzero.lp.fold import folded, solve_form
from parkzero.lp.solver import Handle, Options, Problem, Solution
from parkzero.planning import total_prices, workers
from parkzero.planning.assemble import Built, build_year
from parkzero.planning.bounds import Evaluated, evaluate
from parkzero.planning.monolith import monolith
from parkzero.planning.workers import Yard
from parkzero.planning.years import Years
from parkzero.study import Study
from parkzero.units import FloatArray

INF = np.inf
EXACT = Options(method="simplex", crossover=True, threads=1)
PLANTS = 100


def capped() -> Problem:
    """Plants that each make 1, dirty for 1 or clean for 1 + k/10; all together no more than 40.5 dirty.

    What is dearest to clean stays dirty: the 40 plants k = 60 to 99, and half of k = 59, whose 5.9 is the
    price of the cap. Cost: 100 for all, and k/10 for each plant below 59 and half of that of 59:
    0.1 * (58 * 59 / 2) + 2.95 = 174.05.
    """
    extra = np.arange(PLANTS) / 10
    each = sparse.eye_array(PLANTS)
    matrix = sparse.vstack(
        [
            sparse.hstack([each, each]),
            sparse.csr_array(np.concatenate([np.ones(PLANTS), np.zeros(PLANTS)])[None, :]),
        ],
        format="csr",
    )
    count = 2 * PLANTS
    return Problem(
        sparse.csr_array(matrix),
        np.concatenate([np.ones(PLANTS), 1 + extra]),
        np.append(np.ones(PLANTS), -INF),
        np.append(np.ones(PLANTS), 40.5),
        np.zeros(count),
        np.full(count, INF),
        np.zeros(count, dtype=np.bool_),
    )


def guess(price: float) -> FloatArray:
    """The price of the cap, and of nothing else."""
    prices: FloatArray = np.append(np.zeros(PLANTS), price)
    return prices


@pytest.fixture
def charged(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What each unit of the cap costs in each run of the solver, in the order of the runs."""
    prices: list[float] = []
    change = totals.change_costs

    def spied(highs: Handle, costs: FloatArray) -> None:
        prices.append(float(costs[0] / costs[PLANTS]) - 1)
        change(highs, costs)

    monkeypatch.setattr(totals, "change_costs", spied)
    return prices


@pytest.mark.parametrize("price", [-5.9, -4.0, -0.01, -9.0, -1e4, 3.0, 0.0])
def test_the_answer_is_the_same_whatever_was_guessed(price: float, monkeypatch: pytest.MonkeyPatch):
    def surer(problem: Problem, options: Options) -> Solution:
        raise AssertionError("the answer was left to another method")

    monkeypatch.setattr(totals, "solve", surer)
    found = solve_form(folded(capped()), EXACT, guess(price))
    assert found.status == "optimal"
    assert found.objective == pytest.approx(100 + 174.05, rel=1e-9)
    assert found.bound == pytest.approx(found.objective, rel=1e-9)
    assert found.duals[-1] == pytest.approx(-5.9, rel=1e-9)


def test_an_equality_is_priced_from_either_side():
    # Exactly 80.5 dirty plants, though every dirty one saves: clean are k = 0 to 18 and half of 19.
    problem = capped()
    low, high = problem.low.copy(), problem.high.copy()
    low[-1] = high[-1] = 80.5
    for price in (-1.0, -3.0, 1.0):
        found = solve_form(folded(replace(problem, low=low, high=high)), EXACT, guess(price))
        assert found.objective == pytest.approx(100 + 0.1 * (18 * 19 / 2) + 0.95, rel=1e-9)


def test_the_rows_are_free_at_first_and_their_price_is_scaled_until_they_are_nearly_kept(
    charged: list[float],
    monkeypatch: pytest.MonkeyPatch,
):
    loaded: list[Problem] = []
    load = totals.load

    def spied(highs: Handle, problem: Problem) -> float:
        loaded.append(problem)
        return load(highs, problem)

    monkeypatch.setattr(totals, "load", spied)
    totals.solve_at_prices(capped(), guess(-4.0), EXACT)
    assert loaded[0].high[-1] == INF
    # First what was guessed, then more while the cap is broken, in the end nothing: the row stands again.
    assert charged[0] == pytest.approx(4.0)
    assert charged[1] == pytest.approx(4.0 * (1 + totals.STRIDE))
    assert max(charged) < 5.9 * (1 + totals.STRIDE)
    assert charged[-2] == pytest.approx(5.9, abs=0.15)
    assert charged[-1] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("price", "times"), [(-5.85, 2), (3.0, 2)])
def test_a_good_guess_is_not_scaled_and_one_for_a_missing_bound_charges_nothing(
    price: float, times: int, charged: list[float]
):
    totals.solve_at_prices(capped(), guess(price), EXACT)
    assert len(charged) == times
    assert charged[0] == pytest.approx(max(-price, 0.0), abs=1e-12)


def test_a_guess_that_is_too_high_is_brought_down_between_both_sides(charged: list[float]):
    totals.solve_at_prices(capped(), guess(-7.5), EXACT)
    # 7.5, then a stride lower until the cap is broken, then where the tangents of both sides meet.
    assert charged[1] == pytest.approx(7.5 * (1 - totals.STRIDE))
    assert charged[-2] < 6.4


def with_cap(study: Study, share: float) -> Study:
    """The study with this share of its cap."""

    def changed(component: Component) -> Component:
        if not isinstance(component, EmissionCap):
            return component
        limit = tuple(share * value for value in component.limit.values)
        return replace(component, limit=replace(component.limit, values=limit))

    return replace(study, components=tuple(changed(c) for c in study.components))


@pytest.fixture(scope="module")
def tight() -> tuple[Study, Built, FloatArray]:
    """A year whose cap binds, with what two plans would build: there is a choice of cheap and of clean."""
    study = tenants_study(1, days=30, years=(2040,))
    options = Options(method="hipo", threads=1)
    sizes = monolith(study, options).sizes + monolith(with_cap(study, 0.5), options).sizes
    study = with_cap(study, 0.7)
    return study, build_year(study, 2040, study.timeline)[0], sizes


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """No study is too small for a guess."""
    monkeypatch.setattr(over_time, "PRICED_FIRST", 0)
    monkeypatch.setattr(total_prices, "WIDE", 100)


def test_a_sample_of_days_prices_the_cap_and_nothing_by_the_hour(
    tight: tuple[Study, Built, FloatArray], small: None
):
    study, built, sizes = tight
    prices = total_prices.guessed_prices(study, built, sizes, EXACT)
    assert prices is not None
    (cap,) = (r for r in built.matrix.rows if r.dotted.startswith("cap."))
    assert np.flatnonzero(prices).tolist() == [cap.start]
    true = evaluate(built, sizes, EXACT).duals[cap.start]
    assert 0.2 < prices[cap.start] / true < 5


def test_a_calendar_shorter_than_the_stride_is_sampled_too(small: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(total_prices, "WIDE", 10)
    study = with_cap(tenants_study(1, days=3, years=(2040,)), 0.0)
    built, design = build_year(study, 2040, study.timeline)
    assert total_prices.guessed_prices(study, built, np.zeros(len(design.names)), EXACT) is None
    assert total_prices.guessed_prices(study, built, np.full(len(design.names), 50.0), EXACT) is not None


def test_a_year_operated_at_guessed_prices_costs_the_same(
    tight: tuple[Study, Built, FloatArray], small: None, monkeypatch: pytest.MonkeyPatch
):
    study, built, sizes = tight
    priced: list[FloatArray] = []
    solve_at_prices = totals.solve_at_prices

    def spied(problem: Problem, prices: FloatArray, options: Options) -> Solution:
        priced.append(prices)
        return solve_at_prices(problem, prices, options)

    monkeypatch.setattr("parkzero.lp.fold.solve_at_prices", spied)
    plain = evaluate(built, sizes, EXACT)
    assert not priced
    operated: Evaluated = Yard(study, Years(study)).operate(2040, sizes, EXACT, mended=False)
    assert len(priced) == 1
    assert operated.cost == pytest.approx(plain.cost, rel=1e-8)
    at_sizes = operated.cut.constant + float(operated.cut.slope @ sizes)
    assert at_sizes == pytest.approx(plain.cost, rel=1e-7)


def test_a_small_year_and_one_whose_totals_do_not_bind_are_solved_as_they_are(
    tight: tuple[Study, Built, FloatArray], monkeypatch: pytest.MonkeyPatch
):
    study, built, sizes = tight

    def never() -> None:
        raise AssertionError("a small year was asked for prices")

    assert evaluate(built, sizes, EXACT, never).cost > 0
    monkeypatch.setattr(total_prices, "WIDE", 100)
    without = replace(study, components=tuple(c for c in study.components if c.name != "cap"))
    free, _ = build_year(without, 2040, without.timeline)
    assert total_prices.guessed_prices(without, free, sizes, EXACT) is None


def test_the_guess_is_made_where_years_are_operated(
    tight: tuple[Study, Built, FloatArray], monkeypatch: pytest.MonkeyPatch
):
    asked: list[int] = []

    def spied(study: Study, built: Built, sizes: FloatArray, options: Options) -> None:
        asked.append(built.year)

    monkeypatch.setattr(workers, "guessed_prices", spied)
    monkeypatch.setattr(over_time, "PRICED_FIRST", 0)
    study, _, sizes = tight
    Yard(study, Years(study)).operate(2040, sizes, EXACT, mended=False)
    assert asked == [2040]
