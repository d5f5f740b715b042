"""Made-up years, steps within the hour, and the yield of sun and wind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero.errors import StudyError
from parkzero.series import (
    MonthlyNormals,
    PvPlant,
    WindTurbine,
    pv_capacity_factor,
    sample,
    synthetic_weather,
    wind_capacity_factor,
)
from parkzero.series.weather import HOURS

VALUES = {
    "temperature": (16.0, 17.0, 20.0, 24.0, 27.0, 29.0, 29.0, 28.0, 27.0, 25.0, 21.0, 18.0),
    "temperature_min": (13.0, 15.0, 18.0, 22.0, 24.0, 26.0, 26.0, 25.0, 24.0, 22.0, 18.0, 15.0),
    "temperature_max": (19.0, 20.0, 23.0, 27.0, 31.0, 33.0, 33.0, 32.0, 31.0, 29.0, 25.0, 22.0),
    "ghi": (2.2, 2.4, 2.8, 3.7, 5.0, 5.2, 5.2, 4.8, 4.5, 4.0, 3.4, 2.8),
    "wind_speed": (2.5, 2.5, 2.6, 2.8, 3.0, 3.1, 3.2, 2.7, 2.4, 2.5, 2.4, 2.3),
}
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
MONTH = np.repeat(np.arange(12), DAYS * 24)


def normals(**change):
    return MonthlyNormals(**{**VALUES, "source": "made up for this test", **change})


def make(seed=0, **change):
    return synthetic_weather(normals(**change), latitude=20.9, longitude=106.6, utc_offset=7.0, seed=seed)


@pytest.fixture(scope="module")
def year():
    return make()


def test_a_made_up_year_has_exactly_the_monthly_normals_and_says_that_it_is_synthetic(year):
    for m in range(12):
        inside = month_of(m)
        assert year.temperature[inside].mean() == pytest.approx(VALUES["temperature"][m], rel=1e-9)
        assert year.ghi[inside].sum() / 1000 / DAYS[m] == pytest.approx(VALUES["ghi"][m], rel=1e-9)
        assert year.wind_speed[inside].mean() == pytest.approx(VALUES["wind_speed"][m], rel=1e-9)
    assert year.synthetic
    assert "made up for this test" in year.source
    assert min(year.ghi.min(), year.dni.min(), year.dhi.min(), year.wind_speed.min()) >= 0


def month_of(m):
    return m == MONTH


def test_the_same_seed_gives_the_same_year_and_another_seed_another(year):
    assert np.array_equal(make().ghi, year.ghi)
    assert not np.array_equal(make(seed=1).ghi, year.ghi)


def test_days_of_a_made_up_year_differ_and_the_swing_of_a_day_is_that_of_the_normals(year):
    days = year.ghi.reshape(365, 24).sum(axis=1)
    assert days.std() > 0.2 * days.mean()
    daily = year.temperature.reshape(365, 24)
    swing = (daily.max(axis=1) - daily.min(axis=1)).mean()
    assert swing == pytest.approx(
        np.dot(np.subtract(VALUES["temperature_max"], VALUES["temperature_min"]), DAYS) / 365, rel=0.15
    )


@settings(max_examples=5)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 3.0), st.floats(0.0, 12.0))
def test_any_possible_normals_are_met(seed, ghi, wind):
    made = make(seed=seed, ghi=(ghi,) * 12, wind_speed=(wind,) * 12)
    assert made.ghi[month_of(2)].sum() / 1000 / 31 == pytest.approx(ghi, rel=1e-6, abs=1e-9)
    assert made.wind_speed[month_of(2)].mean() == pytest.approx(wind, rel=1e-6, abs=1e-9)
    assert np.isfinite(made.temperature).all()


def test_more_light_than_a_clear_sky_gives_is_refused_with_the_months():
    with pytest.raises(StudyError) as raised:
        make(ghi=(11.0, *VALUES["ghi"][1:]))
    assert [f.where.field for f in raised.value.faults] == ["ghi"]
    assert "in months 1 " in str(raised.value)
    assert "clear sky" in str(raised.value)


@pytest.mark.parametrize(
    "change",
    [
        {"source": " "},
        {"ghi": (1.0,) * 11},
        {"ghi": (float("nan"),) * 12},
        {"wind_height": 0.0},
        {"temperature": (50.0, *VALUES["temperature"][1:])},
    ],
)
def test_impossible_normals_are_refused(change):
    with pytest.raises(StudyError):
        normals(**change)


# ------------------------------------------------------------------------------- steps in the hour


@pytest.mark.parametrize("step", [15, 30])
def test_steps_within_the_hour_keep_its_energy_and_means(year, step):
    fine = sample(year, step)
    for name in ("ghi", "dni", "dhi", "temperature"):
        hourly = getattr(fine, name).reshape(HOURS, -1).mean(axis=1)
        assert hourly == pytest.approx(getattr(year, name), abs=1e-9), name
        assert len(getattr(fine, name)) == HOURS * 60 // step
    assert fine.ghi.min() >= 0


def test_light_within_an_hour_follows_the_sun(year):
    """Mornings rise and afternoons fall within the hour; an even spread would do neither."""
    quarters = sample(year, 15).ghi.reshape(365, 24, 4)
    assert (quarters[:, 7, 3] >= quarters[:, 7, 0]).mean() > 0.95
    assert (quarters[:, 16, 3] <= quarters[:, 16, 0]).mean() > 0.95


def test_an_hour_keeps_its_light_even_where_the_clear_sky_has_none(year):
    ghi = year.ghi.copy()
    ghi[2] = 5.0  # two in the morning
    assert sample(replace(year, ghi=ghi), 30).ghi[4:6] == pytest.approx([5.0, 5.0])


def test_hours_pass_unchanged_and_odd_steps_are_refused(year):
    assert np.array_equal(sample(year, 60).ghi, year.ghi)
    with pytest.raises(StudyError):
        sample(year, 20)


# ------------------------------------------------------------------------------------------- sun


def test_photovoltaics_yield_what_the_region_yields(year):
    """About 1,400 kWh/m2 of light give about 1,100 kWh/kWp: a performance ratio of 0.75 to 0.85."""
    yearly = pv_capacity_factor(year, PvPlant()).sum()
    assert 0.75 < yearly / (year.ghi.sum() / 1000) < 0.85
    assert pv_capacity_factor(year, PvPlant(), 30).sum() / 2 == pytest.approx(yearly, rel=0.01)


def test_photovoltaics_are_dark_at_night_and_clipped_by_the_inverter(year):
    power = pv_capacity_factor(year, PvPlant(dc_ac=1.6))
    assert power[year.ghi == 0].max() == 0.0
    assert power.max() == pytest.approx(1 / 1.6)


def test_south_beats_north_and_heat_and_losses_cost(year):
    """In the northern tropics a steep roof to the south gathers more over the year than one to the north."""

    def energy(weather=year, **plant):
        return pv_capacity_factor(weather, PvPlant(tilt=30, **plant)).sum()

    base = energy()
    assert base > energy(azimuth=0)
    assert energy(replace(year, temperature=year.temperature + 10)) < base
    assert energy(losses=0.28) == pytest.approx(base * 0.72 / 0.86, rel=0.01)
    east, west = (
        pv_capacity_factor(year, PvPlant(tilt=60, azimuth=a)).reshape(365, 24).mean(axis=0) for a in (90, 270)
    )
    assert np.argmax(east) < 12 <= np.argmax(west)


@pytest.mark.parametrize(
    "wrong", [{"tilt": 120}, {"dc_ac": 0.0}, {"losses": float("nan")}, {"temperature_coefficient": 0.1}]
)
def test_impossible_plants_are_refused(wrong):
    with pytest.raises(StudyError):
        PvPlant(**wrong)


# ------------------------------------------------------------------------------------------ wind


def still(year, speed, **change):
    return replace(year, wind_speed=np.full(HOURS, speed), **change)


CURVE = {"speeds": (3.0, 12.0, 25.0), "powers": (0.0, 2.0, 2.0)}


def test_wind_at_hub_height_by_hand(year):
    """6 m/s at 10 m with shear 0.2 are 6 * 10^0.2 = 9.509 m/s at 100 m: (9.509 - 3) / 9 of rated power."""
    turbine = WindTurbine(**CURVE, hub_height=100, density_correction=False)
    expected = (6 * 10**0.2 - 3) / 9
    assert wind_capacity_factor(still(year, 6.0), turbine) == pytest.approx(np.full(HOURS, expected))
    log = WindTurbine(**CURVE, hub_height=100, roughness=0.1, density_correction=False)
    expected = (6 * np.log(1000) / np.log(100) - 3) / 9
    assert wind_capacity_factor(still(year, 6.0), log)[0] == pytest.approx(expected)


def test_a_turbine_stands_outside_its_curve(year):
    turbine = WindTurbine(**CURVE, hub_height=10, density_correction=False)
    assert wind_capacity_factor(still(year, 2.9), turbine).max() == 0.0
    assert wind_capacity_factor(still(year, 25.1), turbine).max() == 0.0
    assert wind_capacity_factor(still(year, 20.0), turbine).min() == 1.0


def test_thin_air_lowers_the_yield_as_the_standard_says(year):
    """At 40 degC and sea-level pressure the air weighs 1.127 kg/m3; speed falls by its cube root."""
    air = still(year, 8.0, temperature=np.full(HOURS, 40.0), pressure=np.full(HOURS, 101_325.0))
    turbine = WindTurbine(**CURVE, hub_height=10)
    density = 101_325 / (287.05 * 313.15) * np.exp(-9.80665 * 10 / (287.05 * 313.15))
    expected = (8 * (density / 1.225) ** (1 / 3) - 3) / 9
    assert wind_capacity_factor(air, turbine)[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    "wrong",
    [
        {"speeds": (3, 2, 25)},
        {"powers": (0, -1, 2)},
        {"powers": (0, 0, 0)},
        {"hub_height": 1},
        {"powers": (0, 1)},
        {"powers": (0, float("nan"), 1)},
    ],
)
def test_impossible_turbines_are_refused(wrong):
    with pytest.raises(StudyError):
        WindTurbine(**{**CURVE, "hub_height": 100, **wrong})


def test_a_roughness_above_the_mast_is_refused(year):
    with pytest.raises(StudyError, match="mast"):
        wind_capacity_factor(
            replace(year, wind_height=2.0), WindTurbine(**CURVE, hub_height=100, roughness=2.5)
        )


def test_wind_between_calm_hours_is_never_below_zero(year):
    """Lines between hours of 10 and 0 m/s, moved to the mean of each hour, would dip below zero."""
    gusts = np.tile([10.0, 0.0], len(year.wind_speed) // 2)
    fine = sample(replace(year, wind_speed=gusts), 15)
    assert fine.wind_speed.min() == 0.0
    assert fine.wind_speed.max() > 10.0
