"""Demand charges: months as windows, what is remembered of them as totals, peak days as mean days."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from parkzero.components import Profile
from parkzero.lp import over_time, rolling
from parkzero.lp.fold import solve_folded
from parkzero.lp.solver import Solution
from parkzero.planning.assemble import Design, build_year, fixed
from parkzero.planning.bounds import evaluate
from parkzero.units import MONEY, MW, ONE, FloatArray
from tests.cases.harness import EXACT, days, mw, per, share
from tests.test_certify import PEAKS, park

CLOSE = 1e-6


def by_month(values: list[float], study_days: int) -> Profile:
    """A value for each month as a series."""
    months = days(study_days).calendar.day_months
    return Profile(np.repeat(np.array(values)[months], 24), MONEY / MW)


def evening(study_days: int) -> Profile:
    """The hours of the system's peak."""
    hours = np.zeros(24)
    hours[17:20] = 1.0
    return Profile(np.tile(hours, study_days), ONE)


TIERS = {"demand_tier_2": mw(6), "demand_charge_2": per(9000.0, MONEY / MW)}
COINCIDENT = {"coincident_charge": per(4000.0, MONEY / MW), "coincident_hours": evening(60)}
CHARGES: dict[str, dict[str, Any]] = {
    "a charge": PEAKS,
    "a ratchet": {**PEAKS, "ratchet": share(0.8)},
    "a month that looks back": {**PEAKS, "ratchet": share(0.8), "ratchet_lookback": 1},
    "tiers": {**PEAKS, **TIERS},
    "tiers of what a ratchet bills": {**PEAKS, **TIERS, "ratchet": share(0.8)},
    "hours of the system's peak": {**PEAKS, **COINCIDENT},
}


@pytest.fixture
def two_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two months are windows enough, and no year is solved at once."""
    monkeypatch.setattr(rolling, "LEAST_WINDOWS", 1)

    def never(*_: object) -> Solution:
        raise AssertionError("the year was solved at once")

    monkeypatch.setattr(over_time, "solve_form", never)


def some_sizes(design: Design, seed: int) -> FloatArray:
    """Sizes up to half of what may be built."""
    most = np.where(np.isfinite(design.upper), design.upper, 8.0)
    return most * np.random.default_rng(seed).uniform(0, 0.5, len(most))


@pytest.mark.usefixtures("two_windows")
@pytest.mark.parametrize("charges", CHARGES.values(), ids=CHARGES)
def test_a_year_of_two_months_has_the_cost_and_the_bound_of_one_problem(charges: dict[str, Any]):
    study = park(days=60, years=(2035,), connection=charges)
    built, design = build_year(study, 2035, study.timeline)
    sizes = some_sizes(design, 3)
    best = solve_folded(fixed(built, sizes), EXACT).objective
    found = evaluate(built, sizes, EXACT, enough=1e-3)
    proven = found.cut.constant + float(found.cut.slope @ sizes)
    assert best * (1 - CLOSE) <= found.cost <= best * (1 + 1e-3)
    assert best * (1 - 1e-3) <= proven <= best * (1 + CLOSE)
    for seed in range(4):  # the cut holds for all sizes
        other = some_sizes(design, 10 + seed)
        costs = solve_folded(fixed(built, other), EXACT).objective
        assert found.cut.constant + float(found.cut.slope @ other) <= costs * (1 + CLOSE)
