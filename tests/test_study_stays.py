"""Tenants that come and go: their loads and assets exist in these years alone."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parkzero.components import Incentive, InvestmentLimit, SharedLimit
from parkzero.errors import StudyError
from parkzero.interchange import to_pypsa
from parkzero.planning.certify import certified
from parkzero.planning.monolith import monolith
from parkzero.planning.reference import reference
from parkzero.results.case import flows_of, invested
from parkzero.results.extract import results_of
from parkzero.study import Study, Tenant, read
from parkzero.units import MONEY, MW, MWH, ONE, Quantity
from tests.cases.electric import sun
from tests.cases.harness import compose, grid, load, new, optimum, per, solved, stands
from tests.test_study_mends import PARK

THREE: dict[str, Any] = {"years": (2025, 2030, 2035), "last": 5.0}


def staying(first: int, until: int, *more: Any, **asset: Any) -> Study:
    """A tenant of 1 MW beside the park's own load of 1 MW; each may buy for 20, the tenant may build sun."""
    roof = sun(asset.pop("power", new(8)), 1, name="roof", bus="own", owner="t1")
    parts = (
        load(1),
        grid(20),
        load(1, name="works", bus="own", owner="t1"),
        grid(20, name="meter", bus="own", owner="t1"),
        roof,
    )
    study = compose(*parts, *more, **THREE)
    return dataclasses.replace(study, tenants={"t1": Tenant("t1", "T1", first_year=first, until=until)})


@pytest.mark.parametrize(
    ("first", "until", "cost"),
    [
        (2020, 2060, 15 * 20 + 15 * 8),  # always there: the sun serves it
        (2030, 2060, 15 * 20 + 10 * 8),  # nothing in 2025, not even a roof that waits
        (2020, 2030, 15 * 20 + 5 * 8),  # five of its roof's ten years are paid
        (2030, 2035, 15 * 20 + 5 * 8),
        (2026, 2029, 15 * 20),  # there in no milestone year
    ],
)
def test_what_a_tenant_costs_in_the_years_in_which_it_is_there(first: int, until: int, cost: float):
    study = staying(first, until)
    assert optimum(study) == pytest.approx(cost)
    assert optimum(study, study.timeline.grouped(np.zeros(1, dtype=np.int32))) == pytest.approx(cost)


def test_what_stands_goes_with_it():
    study = staying(2030, 2035, power=stands(1))
    assert optimum(study) == pytest.approx(15 * 20)
    solution, _, _ = solved(staying(2030, 2035, power=new(8)))
    assert solution.status == "optimal"


def test_what_is_shared_counts_it_in_its_years_alone():
    """0.5 MW of one roof: without it in 2025 and 2035 the park has all of it, but what is built stands on."""
    roof = {"uses": {"roof.power": Quantity(1.0, ONE)}}
    limited = staying(2030, 2035, SharedLimit(name="land", power=per(0.5, MW), **roof))
    assert optimum(limited) == pytest.approx(15 * 20 + 5 * (0.5 * 8 + 0.5 * 20))
    purse = InvestmentLimit(name="purse", limit=per(40, MONEY), whose="t1")
    assert optimum(staying(2030, 2035, purse)) == pytest.approx(15 * 20 + 5 * (0.5 * 8 + 0.5 * 20))


def test_an_incentive_pays_while_its_asset_is_there():
    paid = Incentive(name="support", asset="roof", per_energy=per(3, MONEY / MWH))
    assert optimum(staying(2030, 2060, paid)) == pytest.approx(15 * 20 + 10 * (8 - 3))


def test_the_export_to_pypsa_refuses_them(tmp_path: Path):
    with pytest.raises(StudyError) as caught:
        to_pypsa(staying(2030, 2060), tmp_path / "x")
    assert "roof.owner" in {fault.where.field for fault in caught.value.faults}


def test_certified_planning_knows_it():
    study = staying(2030, 2060)
    plan = certified(study, 0.001, small=0, workers=1)
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(15 * 20 + 10 * 8, rel=1e-3)


def test_results_tell_what_stands_and_what_is_left_when_it_goes():
    study = staying(2025, 2030)
    plan = monolith(study)
    results = results_of(plan, reference(study))
    roof = results.sizes.filter(results.sizes["asset"] == "roof")
    assert dict(zip(roof["year"], roof["standing"], strict=True)) == {2025: 1.0, 2030: 0.0, 2035: 0.0}
    flows = flows_of(results, results.ledger, invested(results), "t1")
    # 80 for ten years, of which five are used: half is left when it goes
    assert flows.investment[0] == pytest.approx(80)
    assert flows.residual == pytest.approx(40)


STAY = PARK.replace("[policies.one]", '[tenants.t1]\nname = "T1"\n')


@pytest.mark.parametrize(
    ("years", "told"),
    [
        ("from = 2030\nuntil = 2030", "is not after the year in which the tenant comes"),
        ('from = "soon"', "t1.from"),
    ],
)
def test_years_that_make_no_sense_are_refused(years: str, told: str, tmp_path: Path):
    (tmp_path / "park.toml").write_text(STAY + years, encoding="utf-8")
    with pytest.raises(StudyError, match=told):
        read(tmp_path)


def test_a_tenant_that_is_never_there_is_told(tmp_path: Path):
    (tmp_path / "park.toml").write_text(STAY + "from = 2026\nuntil = 2029", encoding="utf-8")
    assert any("is there in no milestone year" in str(w) for w in read(tmp_path).warnings)
