"""Cuts hold for all sizes, and the search for a plan ends between its bounds with the gap closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkzero.components import EmissionBudget
from parkzero.lp.solver import solve
from parkzero.planning import master
from parkzero.planning.assemble import fixed
from parkzero.planning.bounds import evaluate, evaluated, renew
from parkzero.planning.certify import certified
from parkzero.study import Study
from parkzero.units import MWH, Quantity, T
from tests.cases.harness import EXACT, PENALTY, compose, grid, load, optimum, per, years_of
from tests.cases.policies import cap
from tests.cases.strategies import studies

SOME = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
CLOSE = 1e-6


@SOME
@given(study=studies(days=2), seed=st.integers(0, 2**32 - 1))
def test_a_cut_is_the_cost_at_its_sizes_and_no_more_at_any_others(study: Study, seed: int):
    design, years = years_of(study, study.timeline)
    rng = np.random.default_rng(seed)
    most = np.where(np.isfinite(design.upper), design.upper, 5.0)
    points = [rng.uniform(0, 1, len(most)) * most for _ in range(3)]
    for built in years:
        costs = [solve(fixed(built, sizes), EXACT).objective for sizes in points]
        for sizes, cost in zip(points, costs, strict=True):
            found = evaluate(built, sizes, EXACT)
            assert found.cost == pytest.approx(cost, rel=CLOSE)
            assert found.cut.constant + found.cut.slope @ sizes == pytest.approx(cost, rel=CLOSE)
            for other, paid in zip(points, costs, strict=True):
                assert found.cut.constant + found.cut.slope @ other <= paid + CLOSE * abs(paid)


@pytest.mark.parametrize("most_sizes", [master.SIMPLEX_SIZES, 0])
@SOME
@given(study=studies(days=4, years=3))
def test_the_search_ends_between_its_bounds_with_the_gap_closed(study: Study, most_sizes: int):
    """Whether the lower bound is the simplex's or an interior point's, whose last digits are fewer."""
    gap = 1e-4 if most_sizes else 1e-3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(master, "SIMPLEX_SIZES", most_sizes)
        plan = certified(study, gap=gap, workers=1, small=0, first_days=1)
    exact = optimum(study)
    assert plan.lower_bound <= exact + CLOSE * abs(exact)
    assert plan.objective >= exact - CLOSE * abs(exact)
    assert plan.gap <= gap
    assert plan.status in ("optimal", "infeasible")


def test_a_dual_that_leans_on_nothing_has_no_part_in_a_cut():
    """An emission budget is an upper limit alone: what its lower one were worth counts in no slope."""
    budget = EmissionBudget(name="budget", budget=Quantity(0.25, T))
    study = compose(load(1), grid(20, emission_factor=per(0.5, T / MWH)), budget)
    design, (built,) = years_of(study, study.timeline)
    sizes = np.full(len(design.lower), 0.25)
    solution = solve(fixed(built, sizes), EXACT)
    (row,) = (r.start for r in built.matrix.rows if r.dotted == "budget.budget")
    assert solution.duals[row] < 0
    assert built.matrix.design[[row]].nnz
    wrong = solution.duals.copy()
    wrong[row] = 7.0
    right = np.where(np.arange(len(wrong)) == row, 0.0, wrong)
    found, without = (evaluated(built, sizes, replace(solution, duals=d)).cut for d in (wrong, right))
    assert np.array_equal(found.slope, without.slope)
    assert found.constant == without.constant


def test_a_renewed_cut_charges_as_far_as_columns_reach():
    """Emissions of a day, 120 t, are twelve times the largest limit of any step, 10 MW.

    Their price is now 1 % above what an excess costs: each tonne that the excess may reach lowers the cut by
    that. Charged with 100 t alone, the cut would claim 2,000 more than the year costs.
    """
    dirty = grid(raw=np.full(24, 20.0), emission_factor=per(0.5, T / MWH))
    study = compose(load(*[10.0] * 24), dirty, cap(0.0))
    design, (built,) = years_of(study, study.timeline)
    sizes = np.zeros(len(design.lower))
    found = evaluate(built, sizes, EXACT)
    assert found.cost == pytest.approx(240 * 20 + 120 * PENALTY)
    assert 100 < float(found.values.max()) < 1_000
    duals = found.duals.copy()
    for rows in built.matrix.rows:
        if rows.dotted == "cap.cap":
            duals[rows.inside] *= 1.01
        if rows.dotted == "el.balance":
            duals[rows.inside] += 0.5 * 0.01 * PENALTY
    cut = renew(built, sizes, duals)
    assert -np.inf < cut.constant <= found.cost
