"""Cuts hold for all sizes, and the search for a plan ends between its bounds with the gap closed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkzero.lp.solver import solve
from parkzero.planning import master
from parkzero.planning.assemble import fixed
from parkzero.planning.bounds import evaluate
from parkzero.planning.certify import certified
from parkzero.study import Study
from tests.cases.harness import EXACT, optimum, years_of
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
    """Whether the lower bound is the simplex's or an interior point's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(master, "SIMPLEX_SIZES", most_sizes)
        plan = certified(study, gap=1e-4, workers=1, small=0, first_days=1)
    exact = optimum(study)
    assert plan.lower_bound <= exact + CLOSE * abs(exact)
    assert plan.objective >= exact - CLOSE * abs(exact)
    assert plan.gap <= 1e-4
    assert plan.status in ("optimal", "infeasible")
