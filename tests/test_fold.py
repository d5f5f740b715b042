"""Folding: a year that is solved without its single-column rows has the same answer, duals and bound."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from parkzero.lp import fold
from parkzero.lp.fold import solve_folded
from parkzero.lp.solver import Options, Problem, Solution, solve
from parkzero.planning.assemble import fixed
from parkzero.study import Study
from parkzero.units import FloatArray
from tests.cases.harness import EXACT, years_of
from tests.cases.strategies import studies

INF = np.inf
CLOSE = 1e-7


def problem(
    rows: list[list[float]],
    cost: list[float],
    low: list[float],
    high: list[float],
    lower: list[float] | None = None,
    upper: list[float] | None = None,
) -> Problem:
    """A small problem."""
    columns = len(cost)
    return Problem(
        sparse.csr_array(np.array(rows, dtype=np.float64)),
        np.array(cost, dtype=np.float64),
        np.array(low, dtype=np.float64),
        np.array(high, dtype=np.float64),
        np.zeros(columns) if lower is None else np.array(lower, dtype=np.float64),
        np.full(columns, INF) if upper is None else np.array(upper, dtype=np.float64),
        np.zeros(columns, dtype=np.bool_),
        5.0,
    )


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Problem]:
    """What reaches the solver."""
    kept: list[Problem] = []

    def watched(problem: Problem, options: Options) -> Solution:
        kept.append(problem)
        return solve(problem, options)

    monkeypatch.setattr(fold, "solve", watched)
    return kept


def test_a_row_of_columns_that_the_last_round_removes_is_left_out(seen: list[Problem]):
    """z0 = 3 leaves z1 = 1 and z2 = 2, and nothing of z1 + z2 <= 3; the fourth stays."""
    shop = problem(
        [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 0]], [1] * 4, [3, 4, 5, -INF], [3, 4, 5, 3]
    )
    found = solve_folded(shop, EXACT)
    assert found.values == pytest.approx([3, 1, 2, 0])
    assert seen[0].matrix.shape == (0, 1)


def test_an_entry_of_zero_names_no_column(seen: list[Problem]):
    """x0 + 0 x1 >= 3 is a bound of x0, and x0 + x1 >= 4 is all that reaches the solver."""
    shop = problem([[1, 1], [1, 1]], [2, 1], [3, 4], [INF, INF])
    shop.matrix.data[1] = 0.0
    found = solve_folded(shop, EXACT)
    assert found.values == pytest.approx([3, 1])
    assert found.duals == pytest.approx([1, 1])
    assert [kept.matrix.shape for kept in seen] == [(1, 2)]


def test_a_row_of_one_column_becomes_its_bound_and_earns_its_dual(seen: list[Problem]):
    """Sell up to 3 of what earns 2: one more that may be sold is worth 2, and no row reaches the solver."""
    found = solve_folded(problem([[1, 0], [1, 1]], [-2, -1], [-INF, -INF], [3, 4]), EXACT)
    assert found.values == pytest.approx([3, 1])
    assert found.objective == pytest.approx(5 - 6 - 1)
    assert found.duals == pytest.approx([-1, -1])
    assert found.bound == pytest.approx(found.objective)
    assert seen[0].matrix.shape == (1, 2)


def test_a_row_with_a_negative_coefficient_bounds_from_the_other_side(seen: list[Problem]):
    """-2 z <= -6 is z >= 3: one more on its right-hand side takes half a unit of cost 4 away."""
    found = solve_folded(problem([[-2, 0], [1, 1]], [4, 1], [-INF, 4], [-6, INF]), EXACT)
    assert found.values == pytest.approx([3, 1])
    assert found.duals == pytest.approx([-1.5, 1])
    assert found.bound == pytest.approx(found.objective) == pytest.approx(5 + 13)
    assert seen[0].lower[0] == 3


def test_an_equality_of_one_column_removes_it(seen: list[Problem]):
    """2 z = 6 leaves one column alone in its row, which removes that as well; the third stays."""
    found = solve_folded(problem([[2, 0, 0], [1, 1, 0]], [1, 1, 1], [6, 4], [6, 4]), EXACT)
    assert found.values == pytest.approx([3, 1, 0])
    assert found.bound == pytest.approx(found.objective) == pytest.approx(9)
    assert seen[0].matrix.shape == (0, 1)
    # Lifting 6 by 2 lifts z by 1 and lets the other column fall by 1: worth nothing.
    assert found.duals == pytest.approx([0, 1])


def test_where_no_choice_is_left_the_only_answer_is_the_optimum():
    found = solve_folded(problem([[2, 0], [1, 1]], [1, 1], [6, 4], [6, 4]), EXACT)
    assert found.status == "optimal"
    assert found.values == pytest.approx([3, 1])
    assert found.bound == pytest.approx(found.objective) == pytest.approx(9)
    assert found.duals == pytest.approx([0, 1])


def test_the_tightest_of_several_rows_earns_the_dual():
    shop = problem([[1], [2], [1]], [-1], [-INF, -INF, -INF], [5, 6, 4], upper=[9])
    found = solve_folded(shop, EXACT)
    assert found.values == pytest.approx([3])
    assert found.duals == pytest.approx([0, -0.5, 0])


def test_of_two_equal_rows_one_earns_the_dual_not_both():
    found = solve_folded(problem([[1], [1]], [-1], [-INF, -INF], [3, 3]), EXACT)
    assert sorted(found.duals) == pytest.approx([-1, 0])
    assert found.bound == pytest.approx(found.objective)


@pytest.mark.parametrize(
    "shop",
    [
        problem([[1, 0], [1, 0]], [1, 1], [3, -INF], [INF, 2]),
        problem([[1, 0, 0], [1, 1, 0]], [1, 1, 1], [3, -INF], [3, 2]),
        problem([[1, 0]], [1, 1], [-INF], [-1]),
        problem([[0, 0], [1, 1]], [1, 1], [1, 0], [2, 1]),
    ],
    ids=["two rows", "fixed, then no room", "below the column's own bound", "an empty row"],
)
def test_bounds_that_cross_are_infeasible_and_no_answer(shop: Problem):
    assert solve(shop, EXACT).status == "infeasible"
    assert solve_folded(shop, EXACT).status in ("infeasible", "unknown")


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_bounds_that_cross_by_rounding_alone_are_one_value(sign: float):
    third = 0.1 + 0.2
    shop = problem([[sign, 0], [sign, 0]], [sign, 1], [third, -INF], [INF, 0.3], [-9, 0], [9, 1])
    found = solve_folded(shop, EXACT)
    assert found.status == "optimal"
    assert found.values == pytest.approx([0.3 * sign, 0])


@st.composite
def foldable(draw: st.DrawFn, feasible: bool = True) -> Problem:
    """Random problems of which many rows name one column; each has a point inside unless told otherwise."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    columns, singles, others = draw(st.integers(1, 7)), draw(st.integers(0, 9)), draw(st.integers(0, 5))
    single = np.zeros((singles, columns))
    single[np.arange(singles), rng.integers(columns, size=singles)] = rng.choice([-2.0, -0.5, 1, 3], singles)
    other = np.round(rng.normal(0, 2, (others, columns)), 1) * (rng.random((others, columns)) < 0.5)
    matrix = np.vstack([single, other])[rng.permutation(singles + others)]
    point = np.round(rng.uniform(-1, 3, columns), 1)
    rows = len(matrix)
    centre = matrix @ point if feasible else matrix @ point + rng.normal(0, 2, rows)
    width = np.where(rng.random(rows) < 0.3, 0.0, np.round(rng.exponential(1, rows), 1))
    low = np.where((rng.random(rows) < 0.4) & (width > 0), -INF, centre - width)
    high = np.where((rng.random(rows) < 0.4) & (width > 0), INF, centre + np.where(width > 0, 0.5, 0.0))
    lower = np.where(rng.random(columns) < 0.1, point, point - rng.exponential(2, columns))
    upper = np.where(rng.random(columns) < 0.1, point, point + rng.exponential(2, columns))
    lower, upper = np.minimum(lower, point), np.maximum(upper, point)
    # One more column that no row names keeps a choice open.
    matrix = np.hstack([matrix, np.zeros((rows, 1))])
    lower, upper = np.append(lower, -1.0), np.append(upper, 1.0)
    cost = np.round(rng.normal(0, 3, columns + 1), 1)
    return Problem(
        sparse.csr_array(matrix), cost, low, high, lower, upper, np.zeros(columns + 1, dtype=np.bool_), 5.0
    )


@settings(max_examples=150)
@given(shop=foldable())
def test_folded_and_unfolded_have_one_optimum_and_one_bound(shop: Problem):
    plain, folded = solve(shop, EXACT), solve_folded(shop, EXACT)
    assert plain.status == folded.status == "optimal"
    assert folded.objective == pytest.approx(plain.objective, rel=CLOSE, abs=CLOSE)
    assert folded.bound == pytest.approx(plain.objective, rel=CLOSE, abs=CLOSE)
    assert folded.residuals.primal <= 1e-7
    assert folded.reduced == pytest.approx(shop.cost - shop.matrix.T @ usable(shop, folded.duals), abs=1e-7)


def usable(shop: Problem, duals: FloatArray) -> FloatArray:
    """The duals of rows that have the bound to which they point."""
    kept = np.where((duals > 0) & np.isfinite(shop.low), duals, 0.0)
    return np.where((duals < 0) & np.isfinite(shop.high), duals, kept)


@settings(max_examples=100)
@given(shop=foldable(feasible=False))
def test_folding_finds_an_optimum_just_where_there_is_one(shop: Problem):
    plain, folded = solve(shop, EXACT), solve_folded(shop, EXACT)
    assert (folded.status == "optimal") == (plain.status == "optimal")
    if plain.status == "optimal":
        assert folded.objective == pytest.approx(plain.objective, rel=CLOSE, abs=CLOSE)


@settings(max_examples=60)
@given(shop=foldable(), data=st.data())
def test_duals_of_folded_rows_bound_every_other_right_hand_side(shop: Problem, data: st.DataObject):
    """What makes a cut: with other right-hand sides the same duals bound the new optimum from below."""
    found = solve_folded(shop, EXACT)
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    shift = rng.normal(0, 0.5, len(shop.low))
    moved = dataclasses.replace(shop, low=shop.low + shift, high=shop.high + shift)
    other = solve(moved, EXACT)
    promised = found.bound + float(usable(shop, found.duals) @ shift)
    if other.status == "optimal":
        assert promised <= other.objective + CLOSE * max(1.0, abs(other.objective))


@settings(max_examples=25)
@given(study=studies(days=2), seed=st.integers(0, 2**32 - 1))
def test_folded_years_cost_what_unfolded_years_cost(study: Study, seed: int):
    design, years = years_of(study, study.timeline)
    most = np.where(np.isfinite(design.upper), design.upper, 5.0)
    sizes = np.random.default_rng(seed).uniform(0, 1, len(most)) * most
    for built in years:
        year = fixed(built, sizes)
        plain, folded = solve(year, EXACT), solve_folded(year, EXACT)
        assert folded.status == "optimal"
        assert folded.objective == pytest.approx(plain.objective, rel=CLOSE)
        assert folded.bound == pytest.approx(plain.objective, rel=CLOSE)
