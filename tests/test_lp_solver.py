"""The solver: its answers are checked, its bounds proven, and no other ending passes for an optimum."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from parkzero.errors import SolverError
from parkzero.lp import solver
from parkzero.lp.solver import (
    Options,
    Problem,
    begin_at_basis,
    dual_bound,
    is_optimal,
    primal_violation,
    quiet,
    row_violations,
    set_options,
    solve,
)
from parkzero.planning.assemble import build_year
from parkzero.planning.monolith import monolith
from parkzero.units import MONEY, MW, MWH, FloatArray
from tests.cases.harness import EXACT, compose, grid, load, per
from tests.cases.strategies import random_study

INF = np.inf


def problem(
    rows: list[list[float]],
    cost: list[float],
    low: list[float],
    high: list[float],
    lower: float = 0.0,
    upper: float = INF,
    whole: bool = False,
) -> Problem:
    """A small problem."""
    columns = len(cost)
    return Problem(
        matrix=sparse.csr_array(np.array(rows, dtype=np.float64)),
        cost=np.array(cost, dtype=np.float64),
        low=np.array(low, dtype=np.float64),
        high=np.array(high, dtype=np.float64),
        lower=np.full(columns, lower),
        upper=np.full(columns, upper),
        whole=np.full(columns, whole),
        constant=7.0,
    )


# Two products, 3 hours of one machine and 4 of another: 1 and 1 bring 3 + 2.
SHOP = problem([[2, 1], [1, 3]], [-3, -2], [-INF, -INF], [3, 4])


@pytest.mark.parametrize("method", ["simplex", "ipx", "hipo", "choose"])
def test_every_method_finds_the_optimum_and_proves_it(method: Any):
    solution = solve(SHOP, Options(method, threads=1))
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(7 - 3 - 2, abs=1e-5)
    assert solution.values == pytest.approx([1, 1], abs=1e-4)
    assert solution.bound <= solution.objective + 1e-6
    assert solution.bound == pytest.approx(solution.objective, abs=1e-4)
    assert solution.ran == method


def test_duals_are_what_one_more_of_a_bound_changes():
    solution = solve(SHOP, EXACT)
    for row in range(2):
        high = SHOP.high.copy()
        high[row] += 0.1
        moved = solve(Problem(**{**_fields(SHOP), "high": high}), EXACT)
        assert (moved.objective - solution.objective) / 0.1 == pytest.approx(solution.duals[row])
    assert solution.duals == pytest.approx([-7 / 5, -1 / 5])


def _fields(shop: Problem) -> dict[str, Any]:
    return {name: getattr(shop, name) for name in Problem.__slots__}


def test_reduced_costs_are_what_one_more_of_a_columns_bound_changes():
    """The third product costs 1 and brings nothing: forcing one makes the plan one dearer."""
    shop = problem([[2, 1, 0]], [-3, -1, 1], [-INF], [3.5], upper=1.0)
    solution = solve(shop, EXACT)
    for column in (0, 2):
        name = "lower" if column == 2 else "upper"
        bounds = getattr(shop, name).copy()
        bounds[column] += 0.1
        moved = solve(Problem(**{**_fields(shop), name: bounds}), EXACT)
        assert (moved.objective - solution.objective) / 0.1 == pytest.approx(solution.reduced[column])


def test_whole_numbers_are_whole():
    shop = problem([[2, 1], [1, 3]], [-3, -2], [-INF, -INF], [2.9, 4], whole=True)
    solution = solve(shop, EXACT)
    assert solution.ran == "mip"
    assert solution.values == pytest.approx([1, 0])
    assert solution.bound == pytest.approx(solution.objective)


# --------------------------------------------------------------------------------------- endings


def test_infeasible_is_said():
    assert solve(problem([[1]], [1], [2], [3], upper=1.0), EXACT).status == "infeasible"


def test_unbounded_is_said():
    assert solve(problem([[1, -1]], [-1, 0], [-INF], [3]), EXACT).status == "unbounded"


def test_out_of_time_is_said_and_is_no_plan():
    study = random_study(1, 3, {"battery", "solar", "thermal_store", "heat_pump"}, (2025, 2030))
    with pytest.raises(SolverError, match="time_limit"):
        monolith(study, Options("simplex", threads=1, seconds=0.0))


class Lying:
    """HiGHS that ends with another status, or with another solution, than it found."""

    def __init__(self, status: highspy.HighsModelStatus, spoil: Callable[[FloatArray], FloatArray]) -> None:
        self._highs = _honest()
        self._status = status
        self._spoil = spoil

    def __getattr__(self, name: str) -> Any:
        return getattr(self._highs, name)

    def getModelStatus(self) -> highspy.HighsModelStatus:
        return self._status

    def getSolution(self) -> Any:
        found = self._highs.getSolution()
        found.col_value = list(self._spoil(np.asarray(found.col_value)))
        return found


_honest = solver.quiet
STUDY = compose(load(1, 2), grid(20, 100))
BAD = [
    highspy.HighsModelStatus.kUnknown,
    highspy.HighsModelStatus.kIterationLimit,
    highspy.HighsModelStatus.kSolveError,
    highspy.HighsModelStatus.kNotset,
    highspy.HighsModelStatus.kObjectiveBound,
    highspy.HighsModelStatus.kInterrupt,
]


# Power may be bought at 20 and sold at 1: who does both in an hour loses 19 and breaks no rule.
RESALE = compose(
    load(1, 2),
    grid(20, 100, export_limit=per(9, MW), export_own_only=False, export_price=per(1, MONEY / MWH)),
)


@pytest.mark.parametrize("method", ["simplex", "ipx", "hipo"])
@pytest.mark.parametrize("status", BAD)
def test_an_unknown_ending_that_is_not_optimal_never_passes(
    status: highspy.HighsModelStatus, method: Any, monkeypatch: pytest.MonkeyPatch
):
    """Feasible, but dearer than need be: only the proof by duals can tell, and it does."""
    built, design = build_year(RESALE, 2025, RESALE.timeline)
    first = {c.dotted: len(design.lower) + c.start for c in built.matrix.columns}

    def dearer(values: FloatArray) -> FloatArray:
        moved = values.copy()
        moved[[first["grid.import"], first["grid.export"]]] += 1.0
        return moved

    monkeypatch.setattr(solver, "quiet", lambda: Lying(status, dearer))
    with pytest.raises(SolverError, match="no method found an answer"):
        monolith(RESALE, Options(method, threads=1))


@pytest.mark.parametrize("status", [highspy.HighsModelStatus.kOptimal, *BAD])
def test_a_solution_that_breaks_a_row_never_passes_whatever_the_solver_says(
    status: highspy.HighsModelStatus, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(solver, "quiet", lambda: Lying(status, lambda values: values * 0.5))
    with pytest.raises(SolverError, match="no method found an answer; tried hipo"):
        monolith(STUDY, Options("hipo", threads=1))


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("value", [np.nan, INF, -INF])
def test_a_solution_that_is_no_number_never_passes(value: float, monkeypatch: pytest.MonkeyPatch):
    spoil = lambda values: np.full_like(values, value)  # noqa: E731  # one line says it
    monkeypatch.setattr(solver, "quiet", lambda: Lying(highspy.HighsModelStatus.kOptimal, spoil))
    with pytest.raises(SolverError):
        monolith(STUDY, EXACT)


def test_an_unknown_ending_whose_duals_prove_it_optimal_is_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        solver, "quiet", lambda: Lying(highspy.HighsModelStatus.kUnknown, lambda values: values)
    )
    assert monolith(STUDY, EXACT).objective == pytest.approx(220)


def test_a_sure_method_steps_in_where_the_fast_one_fails(monkeypatch: pytest.MonkeyPatch):
    tries = []

    def first_lies() -> Any:
        tries.append(1)
        spoil = lambda values: values * 0.5  # noqa: E731  # one line says it
        return Lying(highspy.HighsModelStatus.kUnknown, spoil) if len(tries) == 1 else _honest()

    monkeypatch.setattr(solver, "quiet", first_lies)
    solution = solve(SHOP, Options("hipo", threads=1))
    assert solution.status == "optimal"
    assert solution.ran == "ipx"
    assert len(tries) == 2


# ------------------------------------------------------------------------------------------ HiPO


@pytest.mark.parametrize(("method", "runs"), [("hipo", True), ("ipx", False)])
def test_hipo_really_runs(
    method: Any, runs: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    """Without highspy-extras of the same version HiGHS takes another method, and only its log says so."""

    def talking() -> highspy.Highs:
        highs = _honest()
        highs.setOptionValue("output_flag", True)
        return highs

    monkeypatch.setattr(solver, "quiet", talking)
    study = random_study(1, 3, {"battery", "solar", "thermal_store", "heat_pump"}, (2025, 2030))
    plan = monolith(study, Options(method, threads=1, crossover=not runs))
    assert plan.status == "optimal"
    log = capfd.readouterr().out
    assert ("Running HiPO" in log) is runs
    assert ("Hipo: Solved" in log) is runs


# ---------------------------------------------------------------------------------------- bounds


@st.composite
def problems(draw: st.DrawFn, boxed: bool) -> Problem:
    """Random feasible problems, with bounds on all columns or on some."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    matrix = np.round(rng.normal(0, 2, (rows, columns)), 1) * (rng.random((rows, columns)) < 0.7)
    point = rng.uniform(0, 3, columns)
    low, high = matrix @ point - rng.exponential(1, rows), matrix @ point + rng.exponential(1, rows)
    equal = rng.random(rows) < 0.2
    high = np.where(equal, low, high)
    low, high = (np.where(equal, matrix @ point, x) for x in (low, high))
    low = np.where((rng.random(rows) < 0.3) & ~equal, -INF, low)
    high = np.where((rng.random(rows) < 0.3) & ~equal, INF, high)
    lower = point - rng.exponential(2, columns)
    upper = point + rng.exponential(2, columns)
    cost = np.round(rng.normal(0, 3, columns), 1)
    if not boxed:
        lower = np.where(rng.random(columns) < 0.4, -INF, lower)
        upper = np.where(rng.random(columns) < 0.4, INF, upper)
    return Problem(
        sparse.csr_array(matrix),
        cost,
        low,
        high,
        lower,
        upper,
        np.zeros(columns, dtype=bool),
        float(rng.normal()),
    )


@settings(max_examples=150)
@given(
    some=problems(boxed=True), seed=st.integers(0, 2**32 - 1), size=st.sampled_from([0.0, 0.1, 1.0, 100.0])
)
def test_any_duals_give_a_lower_bound(some: Problem, seed: int, size: float):
    duals = np.random.default_rng(seed).normal(0, 1, len(some.low)) * size
    best = solve(some, EXACT)
    assert best.status == "optimal"
    found, _ = dual_bound(some, duals, reach=0.0)
    assert found <= best.objective + 1e-6 * max(1, abs(best.objective))
    tight, _ = dual_bound(some, best.duals, reach=0.0)
    assert tight == pytest.approx(best.objective, abs=1e-6 * max(1, abs(best.objective)))


@settings(max_examples=150)
@given(some=problems(boxed=False), seed=st.integers(0, 2**32 - 1))
def test_any_duals_bound_open_columns_within_reach(some: Problem, seed: int):
    best = solve(some, EXACT)
    if best.status == "optimal":
        duals = best.duals + np.random.default_rng(seed).normal(0, 0.1, len(some.low))
        found, _ = dual_bound(some, duals, reach=float(np.abs(best.values).max()))
        assert found <= best.objective + 1e-6 * max(1, abs(best.objective))
        assert best.bound <= best.objective + 1e-6 * max(1, abs(best.objective))


@settings(max_examples=100)
@given(some=problems(boxed=True), row=st.integers(0, 5), step=st.floats(-0.5, 0.5))
def test_duals_never_foretell_more_than_a_moved_bound_brings(some: Problem, row: int, step: float):
    """The optimum is convex in the right-hand sides and the dual supports it."""
    row = row % len(some.low)
    here = solve(some, EXACT)
    side = "low" if here.duals[row] > 0 else "high"
    moved = getattr(some, side).copy()
    moved[row] += step
    fields = {**_fields(some), side: moved}
    if some.low[row] == some.high[row]:
        fields |= {"low": moved, "high": moved}
    there = solve(Problem(**fields), EXACT)
    if there.status == "optimal" and (fields["low"] <= fields["high"]).all():
        scale = max(1, abs(there.objective), abs(here.objective))
        assert there.objective >= here.objective + here.duals[row] * step - 1e-6 * scale


def test_violations_are_measured_against_the_size_of_a_row():
    shop = problem([[1, 1]], [1, 1], [1000], [INF])
    assert primal_violation(shop, np.array([500.0, 500.0])) == 0
    assert primal_violation(shop, np.array([500.0, 490.0])) == pytest.approx(10 / 990)
    assert primal_violation(shop, np.array([-2.0, 1002.0])) == pytest.approx(1)
    assert primal_violation(shop, np.array([np.nan, 1.0])) == INF


def test_rows_that_are_kept_are_not_measured_and_tiny_breaks_count_as_they_are():
    shop = problem([[1, 1], [1, 0], [0, 1]], [1, 1], [1000, -INF, 0], [INF, 400, 400])
    told = row_violations(shop, np.array([500.0, 490.0]))
    assert told == pytest.approx([10 / 990, 100 / 500, 90 / 490])
    told = row_violations(shop, np.array([400.0 + 1e-11, 700.0]))
    assert told[0] < 0
    assert told[1] == pytest.approx(1e-11, rel=0.01)


@pytest.mark.parametrize(("statuses", "right"), [([1, 0], True), ([1, 1], False), ([0, 0], False)])
def test_a_basis_of_the_right_size_is_taken_as_it_is_and_another_put_right(statuses: list[int], right: bool):
    """One row: one basic variable. Either way the next run ends at the optimum."""
    shop = problem([[1, 1]], [1, 2], [3], [INF])
    handed: list[Any] = []

    class Spied:
        def setBasis(self, basis: Any) -> None:
            handed.append(basis)
            highs.setBasis(basis)

    highs = quiet()
    set_options(highs, Options(method="simplex", threads=1))
    solver.load(highs, shop)
    begin_at_basis(cast(Any, Spied()), np.array(statuses, np.int8), np.array([0], np.int8))
    assert [basis.alien for basis in handed] == [not right]
    highs.run()
    assert is_optimal(highs)
    assert np.asarray(highs.getSolution().col_value) == pytest.approx([3, 0])


def test_each_thread_has_a_scheduler_of_its_own():
    """The solver refuses another number of threads than it began with in that thread, not in any other."""

    def solved(threads: int) -> str:
        highs = quiet()
        set_options(highs, Options(method="simplex", threads=threads))
        solver.load(highs, SHOP)
        highs.run()
        return highs.getModelStatus().name

    found = [solved(1)]
    with ThreadPoolExecutor(1) as beside:
        found.append(beside.submit(solved, 2).result())
        found.append(solved(2))
        found.append(beside.submit(solved, 1).result())
        found.append(solved(1))
    assert found == ["kOptimal"] * 5
