"""Carriers, roles and pressures at the border: one clear fault each."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkzero import study
from parkzero.errors import StudyError
from parkzero.units import M3, H

PARK = """
format = 2
name = "Carriers"
[park]
currency = "USD"
calendar_year = 2025
days = 1
[years]
milestones = [2025]
[money]
discount_rate = "8 %"
base_year = 2025
[carriers.clinker]
unit = "t/h"
name = "Clinker"
unserved_price = "500 USD/t"
[buses.el]
carrier = "electricity"
[buses.goods]
carrier = "clinker"
[buses.steam]
carrier = "steam"
pressure = "8 bar"
[assets.load]
kind = "electricity_demand"
bus = "el"
load = "1 MW"
[assets.grid]
kind = "grid"
bus = "el"
price = "60 USD/MWh"
emission_factor = "0.6 tCO2/MWh"
[assets.boiler]
kind = "electric_boiler"
source = "el"
to = "steam"
efficiency = "98 %"
power = { capex = "100 USD/kW", fixed_om = "2 USD/kW/year", lifetime = "20 years" }
[assets.dryer]
kind = "heat_demand"
bus = "steam"
load = "1 MW"
"""


DRAWS = 'kind = "demand"\nbus = "goods"\nload = "1 t/h"\n[assets.warmth]\nkind = "heat_demand"'


def read(folder: Path, old: str = "", new: str = "") -> study.Study:
    assert not old or PARK.count(old) == 1, old
    (folder / "park.toml").write_text(PARK.replace(old, new) if old else PARK, encoding="utf-8")
    return study.read(folder)


def test_a_study_adds_a_carrier_and_its_buses_tell_what_it_asks(tmp_path: Path):
    found = read(tmp_path)
    assert str(found.site.rate("goods")) == "t/h"
    assert found.carriers["clinker"].shortage * found.penalties.unserved == pytest.approx(500)
    assert found.buses["steam"].pressure == pytest.approx(8)
    boiler = next(c for c in found.components if c.name == "boiler")
    assert boiler.power.fixed_om.at(2025).value == pytest.approx(2000)


@pytest.mark.parametrize(
    ("old", "new", "field", "what"),
    [
        ('unit = "t/h"', "", "carriers.clinker.unit", "is missing"),
        ('unit = "t/h"', 'unit = "kg/h"', "carriers.clinker.unit", "not one of the choices"),
        ("[carriers.clinker]", "[carriers.heat]", "carriers.heat", "carrier that ParkZero has already"),
        ('pressure = "8 bar"', "", "buses.steam.pressure", "is missing"),
        ('carrier = "clinker"', 'carrier = "clinkr"', "buses.goods.carrier", "not one of the choices"),
        ('to = "steam"', 'to = "goods"', "assets.boiler.to", "is a bus of clinker"),
        ("fixed_om", 'min = "2 MW", fixed_om', "assets.boiler.power.max", "is missing"),
        ('kind = "heat_demand"', DRAWS, "buses.goods", "nothing that feeds"),
    ],
)  # fmt: skip
def test_each_fault_is_told(tmp_path: Path, old: str, new: str, field: str, what: str):
    with pytest.raises(StudyError) as caught:
        read(tmp_path, old, new)
    said = {f.where.field: str(f.what) for f in caught.value.faults}
    assert field in said, said
    assert what in said[field]


def test_a_measure_is_counted_as_what_it_saves(tmp_path: Path):
    water = """[buses.water]
carrier = "clean_water"
[assets.rinsing]
kind = "demand"
bus = "water"
load = "8 m3/h"
[assets.mains]
kind = "purchase"
bus = "water"
price = "0.5 USD/m3"
[assets.sprays]
kind = "measure"
demand = "rinsing"
end_use = "baths"
share = "50 %"
saving = "40 %"
extent = { capex = "900 USD/(m3/h)", lifetime = "8 years" }
rollout = "1 m3/h/year"
[assets.load]"""
    found = read(tmp_path, "[assets.load]", water)
    (sprays,) = [c for c in found.components if c.name == "sprays"]
    assert float(sprays.extent.capex.at(2025).value) == 900.0
    assert sprays.extent.fits(M3 / H)
    with pytest.raises(StudyError, match="sprays"):
        read(tmp_path, "[assets.load]", water.replace("USD/(m3/h)", "USD/kW"))
