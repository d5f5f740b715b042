"""Limits that assets share, limits as a change from a base, and incentives, as a study file writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkzero.components import EmissionCap, Incentive, SharedLimit
from parkzero.errors import StudyError
from parkzero.planning.assemble import build_year
from parkzero.study import Study, read
from parkzero.units import M2, MW, MWH

PARK = """
format = 2
name = "mends"
[park]
currency = "USD"
calendar_year = 2025
days = 2
[years]
milestones = [2025, 2030]
[money]
discount_rate = "8 %"
[buses]
el = { carrier = "electricity" }
[assets.load]
kind = "electricity_demand"
bus = "el"
load = "2 MW"
[assets.grid]
kind = "grid"
bus = "el"
price = "80 USD/MWh"
emission_factor = "0.6 t/MWh"
[assets.pv]
kind = "solar"
bus = "el"
output = "20 %"
power = { capex = "600 USD/kW", lifetime = "25 years", existing = "100 kW" }
[assets.bess]
kind = "battery"
bus = "el"
power.capex = "100 USD/kW"
energy.capex = "200 USD/kWh"
efficiency_in = "95 %"
efficiency_out = "95 %"
lifetime = "15 years"
[policies.one]
"""


def made(folder: Path, policy: str) -> Study:
    """The study with one policy."""
    (folder / "park.toml").write_text(PARK + policy, encoding="utf-8")
    return read(folder)


def faults(folder: Path, policy: str) -> list[str]:
    """The faults of the study with one policy, as ``field what``."""
    with pytest.raises(StudyError) as caught:
        made(folder, policy)
    return [f"{fault.where.field} {fault.what}" for fault in caught.value.faults]


LAND = 'kind = "shared_limit"\narea = "1.5 ha"\n'


def test_uses_are_read_in_the_units_of_limit_and_size(tmp_path: Path):
    study = made(tmp_path, LAND + 'uses = { pv = "6 m2/kW", bess = { energy = "15 m2/MWh" } }')
    limit = next(c for c in study.components if isinstance(c, SharedLimit))
    assert limit.area is not None
    assert limit.area.at(2025).value == pytest.approx(15_000)
    assert {name: (q.value, q.unit) for name, q in limit.uses.items()} == {
        "pv.power": (pytest.approx(6000), M2 / MW),
        "bess.energy": (pytest.approx(15), M2 / MWH),
    }
    build_year(study, 2030, study.timeline)


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (LAND + 'uses = { pw = "6 m2/kW" }', "policies.one.uses.pw is not an asset of the study"),
        (LAND + 'uses = { load = "6 m2/kW" }', "policies.one.uses.load has no size"),
        (LAND + 'uses = { bess = "6 m2/kW" }', "policies.one.uses.bess has several sizes"),
        (LAND + 'uses = { bess = { heat = "6 m2/kW" } }', "policies.one.uses.bess.heat is no size of bess"),
        (LAND + 'uses = { pv = "6 m2" }', "policies.one.uses.pv is in m2, which cannot be turned into m²/MW"),
        (LAND + 'uses = { pv = "-6 m2/kW" }', "policies.one.uses.pv is negative"),
        (LAND + "uses = {}", "policies.one.uses limits nothing"),
        ('kind = "shared_limit"\nuses = { pv = 1 }', "policies.one limits nothing"),
        (LAND + 'power = "2 MW"\nuses = { pv = "6 m2/kW" }', "policies.one.power is given beside area"),
        (
            'kind = "shared_limit"\npower = "50 kW"\nuses = { pv = 1 }',
            "policies.one.power is less than what stands already takes in 2025",
        ),
        ('kind = "emission_cap"\nlimit = "-30 %"', "policies.one.base is missing, but limit is a change"),
        (
            'kind = "emission_cap"\nlimit = "70 %"\nbase = "12000 t"',
            "policies.one.limit does not say whether it is a change from the base",
        ),
        (
            'kind = "emission_cap"\nlimit = { 2025 = "9000 t", 2030 = "-30 %" }\nbase = "12000 t"',
            "policies.one.limit.2025 does not say whether it is a change from the base",
        ),
        ('kind = "incentive"\nasset = "pv"', "policies.one.per_energy is missing"),
        ('kind = "incentive"\nasset = "pw"\ngrant = "9 USD/kW"', "policies.one.asset is not an asset"),
        (
            'kind = "incentive"\nasset = "load"\ngrant = "9 USD/kW"',
            "policies.one.grant counts power, but load has no size in MW",
        ),
    ],
)  # fmt: skip
def test_faults_are_told(policy: str, told: str, tmp_path: Path):
    assert any(fault.startswith(told) for fault in faults(tmp_path, policy)), faults(tmp_path, policy)


def test_a_limit_may_be_a_change_from_a_base(tmp_path: Path):
    policy = 'kind = "emission_cap"\nlimit = { 2025 = "+0 %", 2030 = "-30 %" }\nbase = "12000 tCO2"'
    cap = next(c for c in made(tmp_path, policy).components if isinstance(c, EmissionCap))
    assert cap.limit.at(2025).value == pytest.approx(12_000)
    assert cap.limit.at(2030).value == pytest.approx(8_400)
    assert cap.base is not None


def test_a_base_beside_a_limit_in_tonnes_is_told(tmp_path: Path):
    study = made(tmp_path, 'kind = "emission_cap"\nlimit = "9000 t"\nbase = "12000 tCO2"')
    assert any("the limit is no change from it" in str(warning) for warning in study.warnings)


def test_an_incentive_for_what_is_not_generated_is_refused(tmp_path: Path):
    study = made(tmp_path, 'kind = "incentive"\nasset = "pv"\nenergy = "heat"\nper_energy = "9 USD/MWh"')
    assert any(isinstance(c, Incentive) for c in study.components)
    with pytest.raises(StudyError, match="does not generate"):
        build_year(study, 2025, study.timeline)
