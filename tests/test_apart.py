"""Problems that fall apart are solved part by part, with the answer of the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from parkzero.lp import apart
from parkzero.lp.apart import solve_apart
from parkzero.lp.solver import Options, Problem, Solution, solve
from tests.cases.harness import EXACT
from tests.test_totals import capped

INF = np.inf


def blocks(seed: int, count: int, lone: int) -> Problem:
    """Blocks of four columns and three rows in a random order, and columns that no row names."""
    rng = np.random.default_rng(seed)
    parts = [sparse.csr_array(rng.uniform(0.1, 1.0, (3, 4))) for _ in range(count)]
    matrix = sparse.csr_array(sparse.block_diag(parts, format="csr"))
    matrix = sparse.csr_array(sparse.hstack([matrix, sparse.csr_array((3 * count, lone))], format="csr"))
    rows, columns = rng.permutation(3 * count), rng.permutation(4 * count + lone)
    width = len(columns)
    return Problem(
        sparse.csr_array(matrix[rows][:, columns]),
        rng.uniform(0.5, 2.0, width),
        rng.uniform(1.0, 2.0, 3 * count),
        np.full(3 * count, INF),
        rng.uniform(0.0, 0.1, width),
        np.full(width, 50.0),
        np.zeros(width, dtype=np.bool_),
        3.0,
    )


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Columns of each problem that reaches the solver; parts of four columns are large."""
    kept: list[int] = []

    def watched(problem: Problem, options: Options) -> Solution:
        kept.append(len(problem.cost))
        return solve(problem, options)

    monkeypatch.setattr(apart, "solve", watched)
    monkeypatch.setattr(apart, "SMALL", 4)
    return kept


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 5), lone=st.integers(0, 3))
def test_the_answer_is_that_of_the_whole(seed: int, count: int, lone: int):
    problem = blocks(seed, count, lone)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apart, "SMALL", 4)
        found = solve_apart(problem, EXACT)
    whole = solve(problem, EXACT)
    assert found.status == "optimal"
    assert found.objective == pytest.approx(whole.objective, rel=1e-9)
    assert found.bound == pytest.approx(whole.objective, rel=1e-9)


def test_each_part_is_solved_alone_and_small_ones_together(seen: list[int]):
    solve_apart(blocks(1, 3, 2), EXACT)
    assert sorted(seen) == [2, 4, 4, 4]


def test_what_hangs_together_stays_together(seen: list[int]):
    """A cap names every plant."""
    solve_apart(capped(), EXACT)
    assert seen == [len(capped().cost)]


def test_a_row_without_columns_is_worth_nothing(seen: list[int]):
    problem = blocks(3, 2, 0)
    matrix = sparse.csr_array(sparse.vstack([problem.matrix, sparse.csr_array((1, 8))], format="csr"))
    wider = replace(problem, matrix=matrix, low=np.append(problem.low, -1.0), high=np.append(problem.high, 1))
    found = solve_apart(wider, EXACT)
    assert found.status == "optimal"
    assert found.bound == pytest.approx(solve(problem, EXACT).objective, rel=1e-9)
    assert found.duals[-1] == 0.0


def test_a_part_without_an_answer_is_the_answer(seen: list[int]):
    problem = blocks(2, 3, 0)
    low = problem.low.copy()
    low[4] = 1e6
    found = solve_apart(replace(problem, low=low), EXACT)
    assert found.status == "infeasible"
    assert np.isnan(found.objective)
