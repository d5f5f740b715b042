"""The example of the manual's page on money is what the plan costs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from parkzero.components import constant
from parkzero.planning.monolith import monolith
from parkzero.results import results_of
from parkzero.units import MONEY, MW, YEAR, Quantity
from tests.results_cases import grid, load, solar, study_of

PAGE = Path(__file__).parent.parent / "docs" / "money.md"


def shown(row: str) -> float:
    """The value of a row of the example's table."""
    found = re.search(rf"^\| {row} \|.*\| ([\d,.]+)[^|]*\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, row
    return float(found[1].replace(",", ""))


def test_the_example_of_the_manual_is_what_the_plan_costs():
    built = solar(
        capex=constant(600e3, MONEY / MW), lifetime=Quantity(25.0, YEAR), max=Quantity(1.0, MW),
        fixed_om=constant(0.02),
    )  # fmt: skip
    study = study_of(load(1.0), grid(80.0), built, years=(2030, 2040), rate=0.08)
    plan = monolith(study)
    weights = study.milestones.weights
    assert weights == pytest.approx((shown("weight of 2030"), shown("weight of 2040")), abs=5e-5)
    assert 100 * study.milestones.annuity(25) == pytest.approx(shown("annuity over 25 years"), abs=5e-5)
    ledger = results_of(plan).ledger
    for account, row in (
        ("capex", "capex of a year"), ("fixed_om", "upkeep of a year"), ("energy", "energy bought in a year"),
    ):  # fmt: skip
        for year in (2030, 2040):
            held = ledger.filter((ledger["account"] == account) & (ledger["year"] == year))
            assert float(held["amount"].sum()) == pytest.approx(shown(row), abs=0.5), (account, year)
    assert plan.objective == pytest.approx(shown("the plan"), abs=0.5)
    assert sum(weights) * shown("a typical year") == pytest.approx(plan.objective, abs=6)
