"""Clarabel's interior point: its answers are checked like any, and no other ending passes for an optimum."""

from __future__ import annotations

import dataclasses
import signal
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import clarabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from parkzero.lp import interior
from parkzero.lp.interior import METHOD, solve_interior
from parkzero.lp.solver import Options, Problem, Solution, dual_bound, primal_violation, solve
from parkzero.units import FloatArray

INF = np.inf
SURE = Options(method="simplex", crossover=True, threads=1)
ALONE = Options(threads=1)


def problem(rows: Any, cost: Any, low: Any, high: Any, lower: Any = 0.0, upper: Any = INF) -> Problem:
    """A small problem."""
    cost = np.array(cost, dtype=np.float64)
    return Problem(
        sparse.csr_array(np.array(rows, dtype=np.float64)),
        cost,
        np.array(low, dtype=np.float64),
        np.array(high, dtype=np.float64),
        np.array(np.broadcast_to(lower, cost.shape), dtype=np.float64),
        np.array(np.broadcast_to(upper, cost.shape), dtype=np.float64),
        np.zeros(len(cost), dtype=np.bool_),
        7.0,
    )


# Two products, 3 hours of one machine and 4 of another: 1 and 1 bring 3 + 2.
SHOP = problem([[2, 1], [1, 3]], [-3, -2], [-INF, -INF], [3, 4])


def test_the_optimum_is_found_and_proven():
    found = solve_interior(SHOP, ALONE)
    assert (found.status, found.ran) == ("optimal", METHOD)
    assert found.objective == pytest.approx(7 - 3 - 2)
    assert found.values == pytest.approx([1, 1], abs=1e-6)
    assert found.duals == pytest.approx([-7 / 5, -1 / 5], abs=1e-6)
    assert found.bound == pytest.approx(found.objective, abs=1e-6)
    assert found.seconds > 0


# x0 is fixed, x1 has no least, x2 neither but at most 3, x4 at least -1; rows are equal, ranged, one-sided.
MIXED = problem(
    [[0, 1, 1, 0, 0], [0, -1, 0, 1, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 1]],
    [10, 1, 2, 3, 1],
    [5, 1, -INF, -8],
    [5, 2, INF, INF],
    [2, -INF, -INF, -INF, -1],
    [2, 4, 3, INF, INF],
)


def test_rows_of_every_sort_and_columns_of_every_sort_have_their_part():
    """Rows equal, ranged, free and one-sided; columns fixed, free, bounded above, below and on both sides.

    x0 = 2 is fixed. x3 >= x1 + 1 comes with x1, so that x1 costs 1 + 3 and x2 only 2: of x1 + x2 = 5, x2
    takes as much as it may, 3. Then x1 = 2 and x3 = 3. x4 costs 1 and sits at its lowest, -1.
    """
    found = solve_interior(MIXED, ALONE)
    assert found.status == "optimal"
    assert found.values == pytest.approx([2, 2, 3, 3, -1], abs=1e-6)
    assert found.objective == pytest.approx(7 + 20 + 2 + 6 + 9 - 1)
    assert found.duals == pytest.approx(solve(MIXED, SURE).duals, abs=1e-6)


def test_a_problem_without_a_choice_needs_no_solver(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(interior.clarabel, "DefaultSolver", None)
    found = solve_interior(problem([[1, 1]], [1, 2], [3], [3], [1, 2], [1, 2]), ALONE)
    assert (found.status, found.objective) == ("optimal", 7 + 1 + 4)


@st.composite
def random_problems(draw: st.DrawFn) -> Problem:
    """Feasible and bounded: rows hold around known values, and every column has a side to lean on."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, columns = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    matrix = np.round(rng.normal(size=(rows, columns)), 1) * (rng.random((rows, columns)) < 0.7)
    values = np.round(rng.normal(size=columns), 1)
    activity = matrix @ values
    below, above = rng.integers(0, 3, rows), rng.integers(0, 3, rows)
    low = np.where(below == 0, -INF, activity - below + 1)
    high = np.where(above == 0, INF, activity + above - 1)
    # Duals that fit make the problem bounded: cost = matrix.T @ duals + what bounds take up.
    duals = rng.normal(size=rows)
    duals = np.where((duals > 0) & np.isfinite(low), duals, np.where(np.isfinite(high), -abs(duals), 0.0))
    lower = np.where(rng.random(columns) < 0.5, values - rng.integers(0, 2, columns), -INF)
    upper = np.where(rng.random(columns) < 0.5, values + rng.integers(0, 2, columns), INF)
    reduced = np.where(np.isfinite(lower), rng.random(columns), 0.0)
    reduced -= np.where(np.isfinite(upper), rng.random(columns), 0.0)
    return problem(matrix, matrix.T @ duals + reduced, low, high, lower, upper)


@settings(max_examples=60, deadline=None)
@given(random_problems())
def test_it_agrees_with_the_simplex(shop: Problem):
    best, found = solve(shop, SURE), solve_interior(shop, ALONE)
    assert found.status == best.status == "optimal"
    assert_agrees(shop, found, best.objective)
    assert primal_violation(shop, found.values) <= 1e-6


def assert_agrees(shop: Problem, found: Solution, best: float) -> None:
    """Near the best, never above it, and bounded as its own duals say."""
    size = max(1.0, abs(best))
    assert found.objective == pytest.approx(best, abs=1e-4 * size)
    assert found.bound <= best + 1e-7 * size
    assert found.bound == pytest.approx(best, abs=1e-4 * size)
    bound, _ = dual_bound(shop, found.duals, 10.0 * max(1.0, float(np.abs(found.values).max())))
    assert bound == pytest.approx(found.bound)


def test_what_no_values_fit_is_for_the_simplex_to_say():
    shop = dataclasses.replace(SHOP, low=np.array([2.0, 5.0]))
    assert solve_interior(shop, ALONE).status == "unknown"


def test_what_has_no_end_is_for_the_simplex_to_say():
    shop = problem([[1, -1]], [-1, 0], [0], [0])
    assert solve_interior(shop, ALONE).status == "unknown"


def interrupting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let a signal come while the solver is at work; returns the steps that it then still takes."""
    told: list[int] = []

    class Interrupted(interior._Watch):
        def __call__(self, info: Any) -> bool:
            told.append(info.iterations)
            if info.iterations == 1:
                signal.raise_signal(signal.SIGINT)
            return super().__call__(info)

    monkeypatch.setattr(interior, "_Watch", Interrupted)
    return told


def test_ctrl_c_ends_it_at_the_next_step(monkeypatch: pytest.MonkeyPatch):
    told = interrupting(monkeypatch)
    started = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            solve_interior(SHOP, ALONE)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, started)
    assert told == [0, 1]


def test_where_ctrl_c_is_passed_over_it_goes_on(monkeypatch: pytest.MonkeyPatch):
    """So it is in processes that operate years, whose parent decides."""
    told = interrupting(monkeypatch)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert solve_interior(SHOP, ALONE).status == "optimal"
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(told) > 2


def test_it_runs_in_any_thread():
    """Signals are the main thread's alone."""
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(solve_interior, SHOP, ALONE).result().status == "optimal"


class Lying:
    """Clarabel, but for its last word and its values."""

    def __init__(self, ending: str, moved: float, *given: Any) -> None:
        self._honest, self._ending, self._moved = _DEFAULT(*given), ending, moved

    def set_termination_callback(self, watch: Any) -> None:
        self._honest.set_termination_callback(watch)

    def solve(self) -> Any:
        found = self._honest.solve()
        return SimpleNamespace(status=self._ending, x=self._values(found.x), z=found.z)

    def _values(self, values: Any) -> FloatArray:
        return np.asarray(values) + self._moved


_DEFAULT = clarabel.DefaultSolver
ENDINGS = ["AlmostSolved", "InsufficientProgress", "MaxIterations", "NumericalError", "Unsolved", "Solved"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_ending_passes_for_an_optimum_with_values_that_break_rows(
    ending: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(interior.clarabel, "DefaultSolver", lambda *given: Lying(ending, 0.1, *given))
    assert solve_interior(SHOP, ALONE).status == "unknown"


@pytest.mark.parametrize("ending", ENDINGS)
def test_any_ending_is_an_optimum_whose_bound_proves_it(ending: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(interior.clarabel, "DefaultSolver", lambda *given: Lying(ending, 0.0, *given))
    found = solve_interior(SHOP, ALONE)
    assert found.status == "optimal"
    assert found.bound == pytest.approx(found.objective, abs=1e-6)
