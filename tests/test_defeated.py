"""Settings that defeat their own purpose are told: each was read without a word before."""

from __future__ import annotations

import pytest

from parkzero import study
from parkzero.study.headed import headed_otherwise
from parkzero.units import MONEY, MWH
from tests.misread_cases import park

CASES = [
    pytest.param(
        '"60 MVND/MWh"', '"1000 VND/kWh"', "leaving demand unserved would be cheaper", id="unserved"
    ),
    pytest.param('"20 MVND/tCO2"', '"20 VND/tCO2"', "exceeded rather than met", id="excess in VND"),
    pytest.param('2050 = "0 tCO2"', '2050 = "50000 tCO2"', "limit rises, from", id="cap that grows"),
    pytest.param('"29777 tCO2"', '"29777 kgCO2"', "is the unit right?", id="cap in kilograms"),
    pytest.param("existing_until = 2041", "existing_until = 2020", "is not counted", id="retired already"),
    pytest.param('"60 USD/kW"', '"60 VND/kW"', "is next to nothing: is the unit right?", id="capex in VND"),
    pytest.param("base_year = 2025", "base_year = 2036", "11 years from 2025", id="money of another time"),
]


@pytest.mark.parametrize(("was", "put", "told"), CASES)
def test_a_setting_that_defeats_its_purpose_is_told(tmp_path, was, put, told):
    assert not any(told in str(w) for w in study.read(park()(tmp_path / "as_it_was")).warnings)
    assert any(told in str(w) for w in study.read(park((was, put))(tmp_path / "changed")).warnings)


@pytest.mark.parametrize(
    ("heading", "unit", "told"),
    [
        ("Price [EUR/MWh]", "VND/kWh", "EUR/MWh"),
        ("Giá (nghìn đồng/kWh)", "VND/kWh", "nghìn đồng/kWh"),
        ("price VND/MWh", "VND/kWh", "VND/MWh"),
        ("P (kW)", "VND/kWh", "kW"),
        ("Price [EUR/MWh]", "EUR/MWh", ""),
        ("Giá (nghìn đồng/kWh)", "MVND/MWh", ""),
        ("US$/MWh", "0.1 cent/kWh", ""),
        ("price", "VND/kWh", ""),
        ("Hanoi price", "VND/kWh", ""),
    ],
)
def test_a_price_is_not_read_in_another_unit_than_its_heading_says(heading, unit, told):
    """EUR/MWh read as VND/kWh is a price of a fortieth, or of a thousand times."""
    rates = {"VND": 1.0, "USD": 26_000.0, "EUR": 30_000.0}
    assert headed_otherwise(heading, unit, MONEY / MWH, rates) == told
