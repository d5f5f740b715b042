"""What a study means: numbers worked out by hand beside what the reader makes of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from parkzero import books, study, units
from parkzero.components import ByYear, Profile
from parkzero.errors import StudyError
from parkzero.study import Study
from parkzero.study.clock import Clock
from parkzero.study.paths import compounded
from parkzero.timeline import Calendar

SMALL = Path(__file__).parent / "data" / "small_park"
BASE = """
format = 2
name = "Values"
[park]
{park}
[years]
milestones = [2025, 2030, 2040]
[money]
{money}
[buses.el]
carrier = "electricity"
[assets.load]
kind = "electricity_demand"
bus = "el"
load = {load}
[assets.grid]
kind = "grid"
bus = "el"
emission_factor = "0.6 tCO2/MWh"
{grid}
"""
PARK = 'currency = "VND"\ncalendar_year = 2025\ndays = 7'
MONEY = 'discount_rate = "8 %"\nbase_year = 2025'
GRID = 'price = "2000 VND/kWh"'


def made(
    folder: Path, *, park: str = PARK, money: str = MONEY, load: str = '"1 MW"', grid: str = GRID
) -> Study:
    text = BASE.format(park=park, money=money, load=load, grid=grid)
    (folder / "park.toml").write_text(text, encoding="utf-8")
    return study.read(folder)


def field(found: Study, asset: str, name: str) -> object:
    value: object = next(c for c in found.components if c.name == asset)
    for part in name.split("."):
        value = getattr(value, part)
    return value


def path(found: Study, asset: str, name: str) -> ByYear:
    value = field(found, asset, name)
    assert isinstance(value, ByYear)
    return value


def series(found: Study, asset: str, name: str) -> Profile:
    value = field(found, asset, name)
    assert isinstance(value, Profile)
    return value


@pytest.fixture(scope="module")
def small() -> Study:
    return study.read(SMALL)


# ------------------------------------------------------------------------------------- money


def test_a_foreign_price_takes_the_newest_rate_up_to_the_end_of_the_base_year(small: Study) -> None:
    # 650 USD/kW at 26,000 VND (June 2025), not 25,400 (December 2024)
    assert path(small, "det_pv", "power.capex").at(2025).value == pytest.approx(650 * 1000 * 26_000)


def test_a_rate_of_the_studys_currency_is_turned_round(tmp_path: Path) -> None:
    money = MONEY + '\nrates = [{ on = 2025-01-01, from = "USD", value = "25000 VND" }]'
    park = PARK.replace("VND", "USD")
    found = made(tmp_path, park=park, money=money, grid='price = "2000 VND/kWh"')
    assert series(found, "grid", "price").values[0] == pytest.approx(2000 * 1000 / 25_000)


def test_an_explicit_day_chooses_the_rate(tmp_path: Path) -> None:
    money = (
        MONEY + '\nrate_date = "2026-07-01"\nrates = [{ on = 2026-06-30, from = "USD", value = "26300 VND" }]'
    )
    found = made(tmp_path, money=money, grid='price = "70 USD/MWh"')
    assert series(found, "grid", "price").values[0] == pytest.approx(70 * 26_300)


def test_a_nominal_discount_rate_becomes_real(tmp_path: Path) -> None:
    found = made(
        tmp_path, money='discount_rate = "8 %"\nbasis = "nominal"\ninflation = "3 %"\nbase_year = 2025'
    )
    assert found.milestones.rate == pytest.approx(1.08 / 1.03 - 1)


def test_nominal_paths_are_deflated_and_single_prices_are_not(tmp_path: Path) -> None:
    money = 'discount_rate = "8 %"\nbasis = "nominal"\ninflation = "3 %"\nbase_year = 2025'
    grid = (
        'price = "2000 VND/kWh"\nexport_limit = "1 MW"\n'
        'export_price = { 2025 = "600 VND/kWh", 2040 = "900 VND/kWh" }\n'
        'demand_charge = { 2025 = "1 VND/kW", 2040 = "1 VND/kW", money = "real" }'
    )
    found = made(tmp_path, money=money, grid=grid)
    export = path(found, "grid", "export_price")
    # in 2030 the nominal line stands at 700 VND/kWh; five years of 3 % inflation lie between
    assert export.at(2030).value == pytest.approx(700_000 / 1.03**5)
    assert export.at(2040).value == pytest.approx(900_000 / 1.03**15)
    assert path(found, "grid", "demand_charge").at(2040).value == pytest.approx(1000.0)
    assert series(found, "grid", "price").at(2040).value[0] == pytest.approx(2_000_000)


def test_a_price_for_each_month_holds_in_all_of_it(tmp_path: Path) -> None:
    park, others = 'currency = "VND"\ncalendar_year = 2025\ndays = 40', ", ".join(['"3 VND/kW"'] * 11)
    grid = f'{GRID}\ndemand_charge = {{ months = ["1 VND/kW", {others}], growth = "2 %" }}'
    charge = series(made(tmp_path, park=park, grid=grid), "grid", "demand_charge")
    assert charge.at(2025).value == pytest.approx(np.repeat([1000.0, 3000.0], [31 * 24, 9 * 24]))
    assert charge.at(2030).value[0] == pytest.approx(1000.0 * 1.02**5)


@pytest.mark.parametrize("months", ['["1 VND/kW"]', '"1 VND/kW"'])
def test_a_year_has_twelve_months(tmp_path: Path, months: str) -> None:
    with pytest.raises(StudyError, match="not one value for each month"):
        made(tmp_path, grid=f"{GRID}\ndemand_charge = {{ months = {months} }}")


def test_an_export_price_may_be_a_series(tmp_path: Path) -> None:
    sold = 'export_price = { value = "600 VND/kWh", growth = "2 %" }'
    grid = f'price = "2000 VND/kWh"\nexport_limit = "1 MW"\n{sold}'
    found = series(made(tmp_path, grid=grid), "grid", "export_price")
    assert found.at(2030).value == pytest.approx(np.full(168, 600_000 * 1.02**5))


def test_a_price_of_the_books_is_converted_and_cited(small: Study) -> None:
    entry = books.find("tech.dea.battery_energy.investment", dt.date(2030, 6, 1))
    assert entry.unit == "EUR2025/kWh"
    assert path(small, "bess", "energy.capex").at(2030).value == pytest.approx(
        entry.value * 1000 * 30_000 * 0.9
    )
    source = small.sources["assets.bess.energy.capex"]
    assert "Danish Energy Agency" in source.citation
    assert source.confidence == "S"
    assert source.place.file == "park.toml"


def test_money_of_another_price_year_is_warned_of(tmp_path: Path) -> None:
    wind = """
[assets.wind]
kind = "wind"
bus = "el"
output = 0.3
lifetime = "25 years"
power.capex = { book = "tech.vn_catalogue.wind_onshore.investment", hold = true }
"""
    money = MONEY + '\nrates = [{ on = 2025-06-30, from = "USD", value = "26000 VND" }]'
    found = made(tmp_path, money=money, grid=GRID + wind)
    assert "assets.wind.power.capex: money of 2019 in the books is taken as money of 2025" in found.warnings


# ------------------------------------------------------------------------------------- years


def test_a_fuel_of_the_books_gives_price_and_emissions(tmp_path: Path) -> None:
    fuel = """
[buses.wood]
carrier = "fuel"
[assets.wood]
kind = "fuel"
bus = "wood"
price = { fuel = "woodchip", on = "2024-12-31", growth = "1 %" }
emission_factor = { fuel = "wood" }
biogenic_factor = { fuel = "wood", gwp = "AR4" }
"""
    money = MONEY + '\nrates = [{ on = 2025-06-30, from = "USD", value = "26000 VND" }]'
    found = made(tmp_path, money=money, grid=GRID + fuel)
    price, currency, _ = books.fuel_price("woodchip", dt.date(2024, 12, 31))
    worth = {"VND": 1.0, "USD": 26_000.0}[currency]
    assert path(found, "wood", "price").at(2030).value == pytest.approx(price * worth * 1.01**5)
    counted, biogenic, entries = books.emission_factor("wood")
    assert path(found, "wood", "emission_factor").at(2025).value == pytest.approx(counted)
    assert path(found, "wood", "biogenic_factor").at(2025).value == pytest.approx(biogenic)
    assert entries[0].citation in found.sources["assets.wood.emission_factor"].citation


def test_growth_takes_the_rate_of_each_year(small: Study) -> None:
    # 2 % in the five years to 2030, 1 % in the ten to 2040
    load = series(small, "det_heat", "load")
    assert load.at(2030).value[0] == pytest.approx(0.8 * 1.02**5)
    assert load.at(2040).value[0] == pytest.approx(0.8 * 1.02**5 * 1.01**10)
    assert compounded(((2025, 0.5), (2026, 0.0)), 2025, 2027) == pytest.approx(1.5)


def test_factors_multiply_a_series(tmp_path: Path) -> None:
    found = made(
        tmp_path, load='{ value = "2 MW", factor = { 2025 = 1, 2030 = "130 %", 2040 = 2, how = "steps" } }'
    )
    assert [series(found, "load", "load").at(y).value[0] for y in (2025, 2030, 2040)] == [2.0, 2.6, 4.0]


def test_a_policy_of_one_year_applies_in_that_year_alone(tmp_path: Path) -> None:
    grid = GRID + '\n[policies.cap]\nkind = "emission_cap"\nlimit = { 2030 = "900 tCO2" }'
    limit = path(made(tmp_path, grid=grid), "cap", "limit")
    assert [limit.covers(y) for y in (2025, 2030, 2040)] == [False, True, False]
    assert limit.at(2030).value == 900


def test_a_start_grows_from_the_year_of_the_series(small: Study) -> None:
    assert path(small, "lpg", "price").at(2030).value == pytest.approx(60 * 26_000 * 1.015**5)


def test_a_yearly_share_may_say_per_year(small: Study) -> None:
    assert path(small, "det_pv", "power.fixed_om").at(2025).value == pytest.approx(0.02)


# ------------------------------------------------------------------------------------- tariffs


def test_prices_of_a_day_follow_the_hours_in_force_in_each_year(small: Study) -> None:
    rates = books.tariff("manufacturing.22_110kV", dt.date(2025, 12, 31)).rates
    price = series(small, "det_grid", "price")
    monday = 5 * 48  # 6 January 2025
    # until April 2026 Monday 10:00 is peak; the hours of Decision 963 have their peak at 17:30
    at = {h: monday + int(h * 2) for h in (3.0, 8.0, 10.0, 18.0)}
    assert price.at(2025).value[at[10.0]] == pytest.approx(rates["peak"] * 1000)
    assert price.at(2025).value[at[3.0]] == pytest.approx(rates["offpeak"] * 1000)
    later = price.at(2030).value / 1.01**5
    shares = books.schedule(name="qd963").shares(small.timeline.calendar.starts, 30)
    expected = shares @ np.array([rates[b] for b in books.BLOCKS]) * 1000
    np.testing.assert_allclose(later, expected)
    assert later[at[10.0]] != price.at(2025).value[at[10.0]]


def test_a_named_schedule_holds_in_all_years(small: Study) -> None:
    price = series(small, "co_khi_grid", "price")
    np.testing.assert_array_equal(price.at(2025).value, price.at(2040).value)


def test_a_two_part_tariff_gives_its_charge(small: Study) -> None:
    day = dt.date(2026, 1, 15)
    charge = books.tariff("manufacturing.22_110kV", day, two_part=True).capacity_charge
    assert charge is not None
    assert path(small, "co_khi_grid", "demand_charge").at(2030).value == pytest.approx(charge * 1000)


def test_the_year_in_which_the_hours_change_has_both(tmp_path: Path) -> None:
    text = BASE.format(
        park='currency = "VND"\ncalendar_year = 2025\nstep = "30 min"', money=MONEY, load='"1 MW"',
        grid='price = { tariff = "manufacturing.22_110kV" }',
    ).replace("[2025, 2030, 2040]", "[2026]")  # fmt: skip
    (tmp_path / "park.toml").write_text(text, encoding="utf-8")
    found = study.read(tmp_path)
    starts = found.timeline.calendar.starts
    changed = int(np.flatnonzero(starts == np.datetime64("2025-04-22T00:00"))[0])
    price = series(found, "grid", "price").at(2026).value
    rates = books.tariff("manufacturing.22_110kV", dt.date(2025, 12, 31)).rate_array * 1000
    before = books.schedule(name="legacy").shares(starts, 30) @ rates
    after = books.schedule(name="qd963").shares(starts, 30) @ rates
    np.testing.assert_allclose(price[:changed], before[:changed])
    np.testing.assert_allclose(price[changed:], after[changed:])


# ------------------------------------------------------------------------------------- series


def test_bills_are_met_register_by_register(tmp_path: Path) -> None:
    (tmp_path / "bills.csv").write_text((SMALL / "bills.csv").read_text(encoding="utf-8"), encoding="utf-8")
    park = 'currency = "VND"\ncalendar_year = 2025\nstep = "30 min"'
    load = '{ bills = "bills.csv", shifts = { shifts = 2, days_off = ["sat", "sun"] } }'
    found = made(tmp_path, park=park, load=load)
    profile = series(found, "load", "load")
    march = found.timeline.calendar.day_months == 2
    steps = np.repeat(march, 48)
    shares = books.schedule(name="legacy").shares(found.timeline.calendar.starts, 30)[steps]
    registers = profile.values[steps] * 0.5 * 1000 @ shares
    np.testing.assert_allclose(registers, [150_000 + 6_000, 45_000 + 1_500, 30_000 + 900], rtol=1e-9)
    assert "assets.load.load" in found.synthetic


def test_a_value_with_shifts_is_drawn_while_people_work(tmp_path: Path) -> None:
    shifts = '{ shifts = 1, start_hour = "8 h", shift_hours = "8 h", base_share = "25 %" }'
    found = made(tmp_path, load=f'{{ value = "2 MW", shifts = {shifts} }}')
    thursday = series(found, "load", "load").values[24:48]  # 2 January 2025
    assert thursday.tolist() == [0.5] * 8 + [2.0] * 8 + [0.5] * 8
    assert "pattern of shifts" in found.synthetic["assets.load.load"]


def test_hourly_values_are_repeated_on_half_hours_and_keep_their_energy(small: Study) -> None:
    values = series(small, "det_load", "load").values
    np.testing.assert_array_equal(values[::2], values[1::2])
    rows = (SMALL / "load.csv").read_text(encoding="utf-8").splitlines()[1 : 14 * 24 + 1]
    assert values.sum() * 0.5 == pytest.approx(sum(float(r.split(",")[1]) for r in rows) / 1000)
    assert any("repeated on 30-minute steps" in w for w in small.warnings)


def test_finer_values_are_averaged_and_29_february_goes_or_comes() -> None:
    quarter = np.arange(366 * 96, dtype=float)
    common = Clock(2025, 60).fit(quarter, 15)
    assert len(common) == 8760
    assert common[0] == pytest.approx(1.5)
    assert common[59 * 24] == pytest.approx(60 * 96 + 1.5)  # 1 March follows 28 February
    leap = Clock(2024, 60).fit(np.repeat(np.arange(365.0), 24), 60)
    assert len(leap) == 8784
    assert leap[59 * 24] == leap[58 * 24] == 58.0
    assert len(Clock(2024, 60, leap=False).fit(np.zeros(8784), 60)) == 8760


def test_every_day_takes_the_values_of_its_date_whichever_day_a_year_begins_with():
    """From 1 July 2027 on, with the 29 February of 2028; the values have none, or the only one."""
    values = np.repeat(np.arange(365.0), 24)
    found = Clock(2027, 60, first="07-01").fit(values, 60)[::24]
    assert len(found) == 366
    assert found[:184].tolist() == list(range(181, 365))  # 1 July to 31 December
    assert found[184:243].tolist() == list(range(59))  # 1 January to 28 February
    assert found[243] == 58  # 29 February takes the values of the 28th
    assert found[244:].tolist() == list(range(59, 181))
    leap = Clock(2025, 60, first="07-01").fit(np.repeat(np.arange(366.0), 24), 60)[::24]
    assert len(leap) == 365
    assert 59 not in leap


def test_a_study_may_begin_its_year_on_any_day(tmp_path: Path) -> None:
    """July is dear: where the year begins with it, its price stands first."""
    starts = Calendar(2025, 60).starts
    rows = [f"{str(s).replace('T', ' ')},{2 if str(s)[5:7] == '07' else 1}" for s in starts]
    (tmp_path / "price.csv").write_text("time,VND/kWh\n" + "\n".join(rows) + "\n", encoding="utf-8")
    grid = 'price = { file = "price.csv", column = "VND/kWh", unit = "VND/kWh" }'
    park = 'currency = "VND"\ncalendar_year = 2025\nyear_begins = "07-01"'
    found = made(tmp_path, grid=grid, park=park)
    values = series(found, "grid", "price").values
    assert values[: 31 * 24].tolist() == [2000.0] * (31 * 24)
    assert values[31 * 24 :].max() == 1000.0
    assert str(found.timeline.calendar.dates[-1]) == "2026-06-30"
    assert any("the year begins on 07-01" in told for told in found.warnings)


@pytest.mark.parametrize("day", ['"31-12"', '"02-29"', '"7/1"', "7", '"00-00"'])
def test_a_year_begins_on_a_day(tmp_path: Path, day: str) -> None:
    with pytest.raises(StudyError, match="is no day of the year") as caught:
        made(tmp_path, park=f'currency = "VND"\nyear_begins = {day}')
    assert [f.where.field for f in caught.value.faults] == ["park.year_begins"]


def test_a_part_of_the_year_stands_for_all_of_it(tmp_path: Path) -> None:
    found = made(tmp_path)
    assert found.timeline.steps == 7 * 24
    assert found.timeline.weights.sum() * found.timeline.hours == pytest.approx(8760)
    assert "only the first 7 of 365 days are planned" in found.warnings[0]


def test_a_leap_year_keeps_its_day_or_drops_it(tmp_path: Path) -> None:
    leap = 'currency = "VND"\ncalendar_year = 2024'
    assert made(tmp_path, park=leap).timeline.steps == 8784
    dropped = made(tmp_path, park=leap + '\nleap_day = "drop"')
    assert dropped.timeline.steps == 8760
    assert np.datetime64("2024-02-29") not in dropped.timeline.calendar.dates


def test_a_price_file_in_another_unit(tmp_path: Path) -> None:
    starts = Calendar(2025, 60).starts
    rows = [f"{str(s).replace('T', ' ')},{i % 24 - 2}" for i, s in enumerate(starts)]
    (tmp_path / "price.csv").write_text("time,VND/kWh\n" + "\n".join(rows) + "\n", encoding="utf-8")
    grid = 'price = { file = "price.csv", column = "VND/kWh", unit = "VND/kWh" }'
    values = series(made(tmp_path, grid=grid), "grid", "price").values
    # prices may be negative; -2 VND/kWh at midnight
    np.testing.assert_allclose(values[:24], (np.arange(24) - 2) * 1000)


def test_a_parquet_file_reads_as_the_same_table_in_csv(tmp_path: Path) -> None:
    import polars as pl

    starts = Calendar(2025, 60).starts
    power = 500 + np.arange(8760) % 24 + 0.1
    frame = pl.DataFrame({"time": starts.astype("datetime64[us]"), "kW": power})
    frame.write_parquet(tmp_path / "load.parquet")
    found = made(tmp_path, load='{ file = "load.parquet", column = "kW" }')
    np.testing.assert_allclose(series(found, "load", "load").values, power[: 7 * 24] / 1000)


def test_a_heat_pump_reaches_its_share_of_carnot(small: Study) -> None:
    cop = series(small, "det_heat_pump", "cop").values
    np.testing.assert_allclose(cop, 0.45 * (120 + 273.15) / 60)


def test_synthetic_weather_is_labelled(small: Study) -> None:
    assert "made up for tests" in small.synthetic["assets.det_pv.output"]
    output = series(small, "det_pv", "output").values
    assert 0 < output.mean() < 0.4
    assert output[:10].max() == 0  # night


def test_air_sources_follow_the_weather(tmp_path: Path) -> None:
    (tmp_path / "normals.csv").write_text(
        (SMALL / "normals.csv").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "curve.csv").write_text("speed,power\n0,0\n3,0\n12,2000\n25,2000\n", encoding="utf-8")
    weather = 'weather = "synthetic", normals = "normals.csv", normals_source = "test", '
    extra = f"""
[buses.heat]
carrier = "heat"
temperature = "70 degC"
[assets.hp]
kind = "heat_pump"
source = "el"
to = "heat"
power.capex = "1 VND/kW"
lifetime = "20 years"
cop = {{ {weather} model = "cop", source = "air", carnot_share = "45 %" }}
[assets.wind]
kind = "wind"
bus = "el"
power.capex = "1 VND/kW"
lifetime = "20 years"
output = {{ {weather} model = "wind", hub_height = "100 m", curve = "curve.csv" }}
"""
    found = made(tmp_path, park=PARK + "\nlatitude = 20.8\nlongitude = 106.6", grid=GRID + extra)
    cop, wind = series(found, "hp", "cop").values, series(found, "wind", "output").values
    # colder air, lower COP; all of it in the reach of 45 % of Carnot between 5 and 35 degC
    assert 0.45 * 343.15 / 65 < cop.min() < cop.max() < 0.45 * 343.15 / 35
    assert 0 <= wind.min() < wind.mean() < wind.max() <= 1
    assert {"assets.hp.cop", "assets.wind.output"} <= set(found.synthetic)


def test_every_value_has_a_source(small: Study) -> None:
    for component in small.components:
        section = "policies" if component.kind in ("emission_cap", "carbon_price") else "assets"
        for name in ("load", "price", "limit", "output", "cop", "efficiency"):
            if getattr(component, name, None) is not None:
                source = small.sources[f"{section}.{component.name}.{name}"]
                assert source.place.line > 0
                assert source.text


def test_messages_name_money_in_the_currency_of_the_study():
    """A unit that does not fit, one that is missing and one that is none: all in the study's own money."""
    for written in ("600 USD/kWh", "600", "600 quarks"):
        with pytest.raises(ValueError, match="USD/MW") as raised:
            units.parse(written, units.MONEY / units.MW, {"USD": 1.0}, "USD")
        assert "VND" not in str(raised.value)
