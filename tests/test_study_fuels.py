"""Two forms of a study's values: fuels of the books, and a load spread over a pattern of shifts."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from parkzero.errors import StudyError
from parkzero.study import Study, read

SMALL = Path(__file__).parent / "data" / "small_park"
PRICE = 'price = { start = "60 USD/MWh", growth = "1.5 %" }'
FACTOR = 'emission_factor = "227 kgCO2e/MWh"'
HEAT = 'load = { value = "0.8 MW", growth = { 2025 = "2 %", 2030 = "1 %" } }'


def small(folder: Path, *replacements: tuple[str, str]) -> Study:
    target = folder / "park"
    shutil.copytree(SMALL, target)
    text = (target / "park.toml").read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    (target / "park.toml").write_text(text, encoding="utf-8")
    return read(target)


def asset(study: Study, name: str):
    (found,) = [c for c in study.components if c.name == name]
    return found


def test_a_fuel_brings_its_price_and_emissions_with_their_sources(tmp_path: Path):
    """LPG: 22 MVND/t at 47.3 MJ/kg; 63,100 kg CO2, 1 kg CH4 (28), 0.1 kg N2O (265) per TJ."""
    price = (PRICE, 'price = { fuel = "lpg", growth = "2 %" }')
    study = small(tmp_path, price, (FACTOR, 'emission_factor = { fuel = "lpg" }'))
    fuel = asset(study, "lpg")
    first = 22e6 * 3.6 / 47.3
    assert float(fuel.price.at(2025).value) == pytest.approx(first)
    assert float(fuel.price.at(2030).value) == pytest.approx(first * 1.02**5)
    assert float(fuel.emission_factor.at(2040).value) == pytest.approx((63_100 + 28 + 26.5) * 3.6e-6)
    source = study.sources["assets.lpg.price"]
    assert source.confidence == "M"
    assert source.citation


def test_a_fuel_priced_in_dollars_takes_the_rate_of_the_study(tmp_path: Path):
    """Compressed natural gas: 16 USD/MMBtu, 26,000 VND for a dollar at the end of 2025."""
    study = small(tmp_path, (PRICE, 'price = { fuel = "cng", on = "2024-06-01", growth = 0 }'))
    expected = 16 / 0.29307107 * 26_000
    assert float(asset(study, "lpg").price.at(2040).value) == pytest.approx(expected)


TARIFF = 'price = { tariff = "manufacturing.22_110kV", schedule = "auto", escalation = "1 %" }'


@pytest.mark.parametrize(
    ("old", "new", "field", "what"),
    [
        (PRICE, 'price = { fuel = "lgp" }', "lpg.price.fuel", "not in the books"),
        (PRICE, "price = { fuel = 3 }", "lpg.price.fuel", "not the name of a fuel"),
        (PRICE, 'price = { fuel = "lpg", grwoth = "1 %" }', "lpg.price.grwoth", "unknown field"),
        (
            FACTOR,
            'emission_factor = { fuel = "lpg", gwp = "AR9" }',
            "lpg.emission_factor.gwp",
            "AR4, AR5, AR6",
        ),
        (
            'power.capex = "60 USD/kW"',
            'power.capex = { fuel = "lpg" }',
            "det_boiler.power.capex",
            "cannot come from a fuel",
        ),
        (
            TARIFF,
            'price = { value = "1 VND/kWh", shifts = {} }',
            "det_grid.price.shifts",
            "cannot shape this",
        ),
        (HEAT, 'load = { value = "1 MW", shifts = { shifts = 4 } }', "det_heat.load.shifts.shifts", "3"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, field: str, what: str):
    with pytest.raises(StudyError) as raised:
        small(tmp_path, (old, new))
    assert any(f"assets.{field}" in str(fault) and what in str(fault) for fault in raised.value.faults)


def test_a_load_spread_over_shifts_is_full_at_work_and_less_at_rest(tmp_path: Path):
    shifts = '{ shifts = 2, start_hour = "6 h", base_share = "25 %" }'
    study = small(tmp_path, (HEAT, f'load = {{ value = "0.8 MW", shifts = {shifts}, growth = "2 %" }}'))
    load = asset(study, "det_heat").load
    monday, sunday = 5 * 48, 4 * 48  # 6 and 5 January 2025 in half hours
    day = np.asarray(load.at(2025).value)[monday : monday + 48]
    assert day[12:44] == pytest.approx(0.8)  # 6:00 to 22:00
    assert [*day[:12], *day[44:]] == pytest.approx([0.2] * 16)
    assert np.asarray(load.at(2025).value)[sunday + 24] == pytest.approx(0.2)
    assert np.asarray(load.at(2030).value)[monday + 20] == pytest.approx(0.8 * 1.02**5)
    assert (
        "not measured" in study.synthetic["assets.det_heat.load"] or study.synthetic["assets.det_heat.load"]
    )


# ------------------------------------------------------------------------------------ the law of a day


def test_a_price_that_ends_before_the_study_needs_to_be_told_how_it_goes_on(tmp_path: Path):
    with pytest.raises(StudyError) as caught:
        small(tmp_path, (PRICE, 'price = { fuel = "lpg" }'))
    told = str(caught.value)
    assert "lpg.price.growth" in told
    assert "2025-12-31, where the books end" in told


def test_a_price_outside_its_dates_is_refused_with_those_that_there_are(tmp_path: Path):
    with pytest.raises(StudyError, match=r"after the last.*2024-01-01 to 2025-12-31"):
        small(tmp_path, (PRICE, 'price = { fuel = "lpg", on = "2026-06-01", growth = 0 }'))


def test_factors_without_a_set_of_warming_potentials_say_which_was_taken(tmp_path: Path):
    factor = 'emission_factor = { fuel = "lpg" }'
    assert any("AR5" in warning for warning in small(tmp_path, (FACTOR, factor)).warnings)


def test_with_the_set_named_nothing_is_said(tmp_path: Path):
    factor = 'emission_factor = { fuel = "lpg", gwp = "AR6" }'
    assert not any("AR5" in warning for warning in small(tmp_path, (FACTOR, factor)).warnings)


PLAIN = 'price = { tariff = "manufacturing.22_110kV", schedule = "auto", escalation = 0'


def test_a_study_of_an_earlier_day_is_planned_with_that_days_rates_and_hours(tmp_path: Path):
    """1,749 VND before 10 May 2025; the hours of 2014 go on although Decision 963 changed them in 2026."""
    day = small(tmp_path / "day", (TARIFF, f'{PLAIN}, on = "2025-03-01" }}'))
    now = small(tmp_path / "now", (TARIFF, f"{PLAIN} }}"))
    before, after = asset(day, "det_grid").price, asset(now, "det_grid").price
    assert 1_749_000 in before.values
    assert 1_833_000 in after.values
    assert not before.years  # all years have the hours of 2014
    assert after.years  # from 2030 on those of 2026


def test_rate_date_is_the_day_of_all_rows(tmp_path: Path):
    euro = ('on = "2025-06-30", from = "EUR"', 'on = "2024-12-31", from = "EUR"')
    study = small(tmp_path, (TARIFF, f"{PLAIN} }}"), ("[money]", '[money]\nrate_date = "2025-03-01"'), euro)
    price = asset(study, "det_grid").price
    assert 1_749_000 in price.values
    assert not price.years
