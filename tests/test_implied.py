"""Bounds that rows imply, and what they spare the dual bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from parkzero.lp import implied as module
from parkzero.lp import solver
from parkzero.lp.implied import implied
from parkzero.lp.rolling import in_windows
from parkzero.lp.solver import Options, Problem, dual_bound, solve
from parkzero.units import FloatArray

INF = np.inf


def problem(
    matrix: list[list[float]], low: list[float], high: list[float], lower: list[float], upper: list[float],
    cost: list[float] | None = None,
) -> Problem:  # fmt: skip
    """A problem without whole numbers."""
    columns = len(lower)
    return Problem(
        sparse.csr_array(np.array(matrix, dtype=float).reshape(len(low), columns)),
        np.array(cost or [0.0] * columns), np.array(low, dtype=float), np.array(high, dtype=float),
        np.array(lower, dtype=float), np.array(upper, dtype=float), np.zeros(columns, dtype=np.bool_),
    )  # fmt: skip


def bounds(some: Problem) -> tuple[list[float], list[float]]:
    """Bounds that the rows of a problem imply."""
    lower, upper = implied(some.matrix, some.low, some.high, some.lower, some.upper)
    return list(lower), list(upper)


def test_a_flow_is_at_most_what_its_size_is_at_most() -> None:
    """Flow <= size, size <= 3: so the flow is at most 3. The store is at most twice the flow: 6."""
    some = problem([[1, -1, 0], [0, -2, 1]], [-INF, -INF], [0, 0], [0, 0, 0], [INF, 3, INF])
    some = Problem(
        sparse.csr_array(np.array([[1.0, -1.0, 0.0], [-2.0, 0.0, 1.0]])), some.cost, some.low, some.high,
        some.lower, some.upper, some.whole,
    )  # fmt: skip
    lower, upper = bounds(some)
    assert upper == pytest.approx([3, 3, 6])
    assert lower == [0, 0, 0]


def test_a_free_column_is_bounded_from_both_sides_of_an_equal_row() -> None:
    """What comes in (0 to 5) less what goes out (0 to 2) is the net flow: -2 to 5."""
    lower, upper = bounds(problem([[1, -1, -1]], [0], [0], [0, 0, -INF], [5, 2, INF]))
    assert (lower[2], upper[2]) == pytest.approx((-2, 5))


def test_a_row_with_two_open_ends_implies_nothing() -> None:
    """Two flows without bounds may both be large, if one takes what the other gives."""
    assert bounds(problem([[1, -1]], [-INF], [4], [0, 0], [INF, INF])) == ([0, 0], [INF, INF])


def test_an_open_row_and_a_stored_zero_imply_nothing() -> None:
    """A row without a limit says nothing, nor does one say anything of a column with the factor zero."""
    some = problem([[1, 1]], [-INF], [INF], [0, 0], [INF, 1])
    assert bounds(some)[1] == [INF, 1]
    zero = sparse.csr_array((np.array([0.0, 1.0]), np.array([0, 1]), np.array([0, 2])), shape=(1, 2))
    told = implied(zero, np.array([-INF]), np.array([4.0]), np.zeros(2), np.full(2, INF))
    assert list(told[1]) == pytest.approx([INF, 4])


def test_rows_are_taken_in_pieces_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large problem's rows are taken a part at a time: what they imply is the same."""
    some = problem([[1, -1, 0], [0, 1, -1], [0, 0, 1]], [-INF] * 3, [0, 0, 7], [0] * 3, [INF] * 3)
    monkeypatch.setattr(module, "ROWS", 1)
    assert bounds(some)[1] == pytest.approx([7, 7, 7])


def test_a_bound_is_charged_with_what_rows_imply() -> None:
    """Flow <= size <= 3 at a gain of 1 each: duals a hair from the best charge that hair three times.

    With the dual 0.99 instead of 1, the flow's reduced cost is -0.01: at most 3 of it cost 0.03, where a
    reach of a thousand cost 10.
    """
    some = problem([[1, -1]], [-INF], [0], [0, 0], [INF, 3], cost=[-1, 0])
    bound, _ = dual_bound(some, np.array([-0.99]), 1000.0)
    assert bound == pytest.approx(-3.0)  # -0.99 x 3 for the size, -0.01 x 3 for the flow
    assert bound <= -3.0 + 1e-12


@pytest.mark.parametrize("implying", [True, False])
def test_who_knows_that_duals_prove_little_looks_for_no_implied_bounds(
    implying: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flow is at most a size of at most 3; a dual of nothing leaves its cost of -1 without a bound."""
    asked: list[bool] = []

    def spied(matrix: sparse.csr_array, *sides: FloatArray) -> tuple[FloatArray, FloatArray]:
        asked.append(True)
        return implied(matrix, *sides)

    monkeypatch.setattr(solver, "implied", spied)
    sized = problem([[1.0, -1.0]], [-INF], [0.0], [0.0, 0.0], [INF, 3.0], [-1.0, 0.0])
    in_windows(sized, np.array([3.0, 3.0]), np.zeros(1), Options(), implying=implying)
    assert asked == [True] * implying


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_point_is_inside_and_no_bound_is_above_the_optimum(seed: int) -> None:
    """Of random problems with a known point: it is inside, and any duals prove no more than the optimum."""
    rng = np.random.default_rng(seed)
    rows, columns = int(rng.integers(1, 8)), int(rng.integers(1, 8))
    matrix = rng.choice([0.0, 0.0, 1.0, -1.0, 2.5, -1000.0], (rows, columns))
    point = rng.choice([0.0, 1.0, 1e5, -3.0], columns)
    low = np.where(rng.random(rows) < 0.5, matrix @ point - rng.choice([0.0, 1.0], rows), -INF)
    high = np.where(rng.random(rows) < 0.5, matrix @ point + rng.choice([0.0, 1.0], rows), INF)
    lower = np.where(rng.random(columns) < 0.6, point - rng.choice([0.0, 2.0], columns), -INF)
    upper = np.where(rng.random(columns) < 0.4, point + rng.choice([0.0, 2.0], columns), INF)
    some = problem(
        matrix.tolist(), list(low), list(high), list(lower), list(upper), list(rng.normal(size=columns))
    )
    least, most = implied(some.matrix, some.low, some.high, some.lower, some.upper)
    assert (least <= point).all()
    assert (point <= most).all()
    cost = float(some.cost @ point)
    bound, _ = dual_bound(some, rng.normal(size=rows), 1e6)
    assert bound <= cost + 1e-6 * max(1.0, abs(cost))


def test_what_was_tightened_never_cuts_off_the_optimum() -> None:
    """A problem whose optimum lies on its implied bounds has the same optimum with them."""
    some = problem([[1, -1], [3, 1]], [-INF, -INF], [0, 8], [0, 0], [INF, 3], cost=[-2, -1])
    lower, upper = bounds(some)
    tight = Problem(some.matrix, some.cost, some.low, some.high, np.array(lower), np.array(upper), some.whole)
    assert solve(tight).objective == pytest.approx(solve(some).objective)
