"""The books: every shipped row, the values that others build on, schedules, paths and refusals."""

from __future__ import annotations

import copy
import dataclasses
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero import books
from parkzero.books import BookError, Library
from parkzero.books.library import TABLES, read_shipped
from parkzero.books.rows import COLUMNS, read_rows
from parkzero.books.schedule import read_schedules
from parkzero.errors import StudyError

HEAD = ",".join(COLUMNS) + "\n"
TOU_HEAD = ",".join([*COLUMNS, "block", "days", "start", "end"]) + "\n"


def row(
    key: str = "a.b",
    value: str = "1",
    start: str = "2025-01-01",
    end: str = "",
    *,
    standing: str = "law",
    confidence: str = "S",
    unit: str = "VND/kWh",
    document: str = "Decision 1",
) -> str:
    """One row of a book, right unless told otherwise."""
    return f"{key},{value},{unit},{start},{end},Viet Nam,{document},{standing},{confidence}\n"


def faults_of(text: str) -> str:
    """All faults of a book, as one text."""
    with pytest.raises(StudyError) as caught:
        Library.read({"mine.csv": text})
    return str(caught.value)


# ------------------------------------------------------------------------------------ shipped rows


FILES = [f"{name}.csv" for name in TABLES]


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_dated_cited_and_flagged(name: str) -> None:
    rows, faults = read_rows(name, read_shipped(name))
    assert not faults
    assert rows
    for place, cells in rows:
        assert cells["document"] or cells["seen_in"], place
        assert cells.get("unit") or cells.get("text"), place
        assert cells["confidence"] in {"P", "S", "D", "M"}, place
        assert cells["standing"] in {"law", "official", "pilot", "draft", "issued", "analyst"}, place
        for day in (cells["valid_from"], cells["valid_to"]):
            assert not day or date.fromisoformat(day).isoformat() == day, place


def test_the_library_holds_all_rows_of_all_files() -> None:
    count = sum(len(read_rows(name, read_shipped(name))[0]) for name in FILES)
    assert len(books.entries("")) + len(books.shipped().all_statements("")) == count


def test_prices_and_factors_carry_the_confidence_that_they_were_compiled_with() -> None:
    flags = {
        ("tariff.manufacturing.22_110kV.peak", date(2026, 1, 1)): "S",
        ("tariff.manufacturing.22_110kV.peak", date(2025, 1, 1)): "M",
        ("grid_ef.official", date(2023, 7, 1)): "S",
        ("grid_ef.path.slow", date(2030, 7, 1)): "D",
        ("fuel.natural_gas.ipcc.ncv", date(2025, 1, 1)): "P",
        ("fuel.natural_gas.ipcc.co2", date(2025, 1, 1)): "D",
        ("fuel.natural_gas.ipcc.ch4", date(2025, 1, 1)): "M",
        ("tech.vn_catalogue.pv_ground.investment", date(2025, 1, 1)): "D",
    }
    assert {place: books.find(*place).confidence for place in flags} == flags


# ----------------------------------------------------------------------------------------- tariffs

RATES = [
    ("manufacturing.ge110kV", date(2025, 5, 10), (1811, 3266, 1146)),
    ("manufacturing.22_110kV", date(2025, 5, 10), (1833, 3398, 1190)),
    ("manufacturing.6_22kV", date(2050, 1, 1), (1899, 3508, 1234)),
    ("manufacturing.lt6kV", date(2026, 9, 30), (1987, 3640, 1300)),
    ("manufacturing.22_110kV", date(2025, 5, 9), (1749, 3242, 1136)),
    ("manufacturing.22_110kV", date(2024, 10, 11), (1749, 3242, 1136)),
    ("manufacturing.22_110kV", date(2024, 10, 10), (1669, 3093, 1084)),
    ("manufacturing.lt6kV", date(2023, 11, 9), (1809, 3314, 1184)),
    ("business.ge22kV", date(2025, 6, 1), (2887, 5025, 1609)),
    ("business.lt6kV", date(2025, 6, 1), (3152, 5422, 1918)),
    ("wholesale_industrial_park.busbar110kV_transformer_gt100MVA", date(2025, 6, 1), (1744, 3197, 1117)),
    ("wholesale_industrial_park.mv_22_110kV", date(2025, 6, 1), (1800, 3334, 1168)),
]


@pytest.mark.parametrize(("name", "on", "expected"), RATES)
def test_rates_normal_peak_offpeak(name: str, on: date, expected: tuple[float, float, float]) -> None:
    found = books.tariff(name, on)
    assert tuple(found.rate_array) == expected
    assert found.rates == dict(zip(("normal", "peak", "offpeak"), expected, strict=True))
    assert found.capacity_charge is None
    assert found.valid_from is not None
    assert found.valid_from <= on


def test_peak_less_offpeak_at_22_kv_is_2208() -> None:
    rates = books.tariff("manufacturing.22_110kV", date(2025, 6, 1)).rates
    assert rates["peak"] - rates["offpeak"] == 3398 - 1190 == 2208


def test_a_tariff_ends_the_day_before_the_next_decision() -> None:
    old = books.tariff("manufacturing.6_22kV", date(2025, 1, 1))
    assert (old.valid_from, old.valid_to) == (date(2024, 10, 11), date(2025, 5, 9))
    assert "2699/QĐ-BCT" in old.entries[0].document
    new = books.tariff("manufacturing.6_22kV", date(2025, 5, 10))
    assert (new.valid_from, new.valid_to) == (date(2025, 5, 10), None)
    assert "1279/QĐ-BCT" in new.entries[0].document


def test_two_part_pilot_has_a_capacity_charge_and_lower_energy_rates() -> None:
    pilot = books.tariff("manufacturing.22_110kV", date(2026, 1, 1), two_part=True)
    assert tuple(pilot.rate_array) == (1275, 2182, 859)
    assert pilot.capacity_charge == 235414
    assert {entry.standing for entry in pilot.entries} == {"pilot"}


def test_all_classes_have_a_tariff_today_and_their_rates_are_ordered() -> None:
    assert len(books.tariff_classes()) == 4 + 3 + 5
    for name in books.tariff_classes():
        rates = books.tariff(name, date(2026, 11, 1)).rates
        assert rates["offpeak"] < rates["normal"] < rates["peak"]


def test_a_tariff_not_valid_on_a_date_says_which_dates_exist() -> None:
    with pytest.raises(BookError) as caught:
        books.tariff("manufacturing.22_110kV", date(2023, 11, 8))
    for text in ("2023-11-08", "2023-11-09 to 2024-10-10", "2024-10-11 to 2025-05-09", "from 2025-05-10"):
        assert text in str(caught.value)
    assert caught.value.exit_code == 2
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize(
    ("name", "two_part", "words"),
    [
        ("manufacturing.22_110", False, "Did you mean manufacturing.22_110kV?"),
        ("x", False, "business.6_22kV"),
        ("business.lt6kV", True, "manufacturing only"),
    ],
)
def test_a_class_that_does_not_exist_is_refused(name: str, two_part: bool, words: str) -> None:
    with pytest.raises(BookError, match=words):
        books.tariff(name, date(2026, 1, 1), two_part=two_part)


def test_vat_is_8_percent_to_the_end_of_2026_and_then_10() -> None:
    assert books.find("tariff.vat", date(2026, 12, 31)).value == 8
    assert books.find("tariff.vat", date(2027, 1, 1)).value == 10


def test_the_export_cap_of_roofs_changes_with_the_decree() -> None:
    assert books.find("rooftop.surplus_sale_cap", date(2026, 6, 25)).value == 20
    assert books.find("rooftop.surplus_sale_cap", date(2026, 6, 26)).value == 50


# --------------------------------------------------------------------------------------- schedules

# 2 June 2025 is a Monday, 7 June a Saturday and 8 June a Sunday. 0 normal, 1 peak, 2 off-peak.
LEGACY = [
    ("2025-06-02T09:29", 0, "minute before the morning peak"),
    ("2025-06-02T09:30", 1, "morning peak starts"),
    ("2025-06-02T11:29", 1, "last minute of the morning peak"),
    ("2025-06-02T11:30", 0, "morning peak ends"),
    ("2025-06-02T16:59", 0, "minute before the evening peak"),
    ("2025-06-02T17:00", 1, "evening peak starts"),
    ("2025-06-02T19:59", 1, "last minute of the evening peak"),
    ("2025-06-02T20:00", 0, "evening peak ends"),
    ("2025-06-02T21:59", 0, "minute before off-peak"),
    ("2025-06-02T22:00", 2, "off-peak starts"),
    ("2025-06-03T00:00", 2, "off-peak goes on after midnight"),
    ("2025-06-03T03:59", 2, "last minute of off-peak"),
    ("2025-06-03T04:00", 0, "off-peak ends"),
    ("2025-06-07T10:00", 1, "Saturday has peaks"),
    ("2025-06-07T18:00", 1, "Saturday has an evening peak"),
    ("2025-06-08T10:00", 0, "Sunday has no morning peak, normal instead"),
    ("2025-06-08T18:00", 0, "Sunday has no evening peak, normal instead"),
    ("2025-06-08T23:00", 2, "Sunday has off-peak"),
    ("2025-09-02T10:00", 1, "National Day 2025, a Tuesday: the rule names no holidays"),
]
QD963 = [
    ("2026-06-01T00:00", 2, "off-peak starts at midnight"),
    ("2026-06-01T05:59", 2, "last minute of off-peak"),
    ("2026-06-01T06:00", 0, "off-peak ends"),
    ("2026-06-01T10:00", 0, "the morning peak is gone"),
    ("2026-06-01T17:29", 0, "minute before the peak"),
    ("2026-06-01T17:30", 1, "peak starts"),
    ("2026-06-01T22:29", 1, "last minute of the peak"),
    ("2026-06-01T22:30", 0, "peak ends"),
    ("2026-06-01T23:59", 0, "the night before midnight is normal"),
    ("2026-06-06T18:00", 1, "Saturday has a peak"),
    ("2026-06-07T18:00", 0, "Sunday has no peak"),
    ("2026-06-07T03:00", 2, "Sunday has off-peak"),
]
CASES = [("legacy", *case) for case in LEGACY] + [("qd963", *case) for case in QD963]


@pytest.mark.parametrize(("name", "when", "expected", "why"), CASES, ids=[f"{c[0]}: {c[3]}" for c in CASES])
def test_block_of_a_minute(name: str, when: str, expected: int, why: str) -> None:
    schedule = books.schedule(name=name)
    assert schedule.block_at(np.array([when], dtype="datetime64[m]"), 1)[0] == expected, why


@pytest.mark.parametrize("name", ["legacy", "qd963"])
def test_every_stretch_bites(name: str) -> None:
    """Strike one stretch of a schedule: some case must then fall in another block."""
    schedule = books.schedule(name=name)
    cases = [case for case in CASES if case[0] == name]
    starts = np.array([case[1] for case in cases], dtype="datetime64[m]")
    right = [case[2] for case in cases]
    assert schedule.block_at(starts, 1).tolist() == right
    for struck in schedule.blocks:
        rest = dataclasses.replace(schedule, blocks=tuple(b for b in schedule.blocks if b is not struck))
        assert rest.block_at(starts, 1).tolist() != right, struck.entry.key


def test_hours_of_a_week_in_each_block() -> None:
    """Legacy: peak 5 h on 6 days, off-peak 6 h on 7. Decision 963: 5 h on 6 days and 6 h on 7 as well."""
    week = np.arange("2025-06-02", "2025-06-09", 30, dtype="datetime64[m]")
    for schedule in books.schedules():
        hours = schedule.shares(week, 30).sum(axis=0) * 0.5
        assert hours.tolist() == [168 - 30 - 42, 30, 42]


def test_an_hour_that_straddles_half_past_nine_costs_half_normal_half_peak() -> None:
    schedule = books.schedule(on=date(2025, 6, 2))
    starts = np.array(["2025-06-02T09:00", "2025-06-02T10:00", "2025-06-02T11:00"], dtype="datetime64[m]")
    shares = schedule.shares(starts, 60)
    assert shares.tolist() == [[0.5, 0.5, 0], [0, 1, 0], [0.5, 0.5, 0]]
    price = books.tariff("manufacturing.22_110kV", date(2025, 6, 2)).price(shares)
    assert price.tolist() == [(1833 + 3398) / 2, 3398, (1833 + 3398) / 2]


def test_block_of_a_straddling_step_is_that_of_most_of_its_time_then_of_its_start() -> None:
    schedule = books.schedule(name="legacy")
    starts = np.array(["2025-06-02T09:00", "2025-06-02T09:10", "2025-06-02T11:00"], dtype="datetime64[m]")
    assert schedule.block_at(starts, 60).tolist() == [books.NORMAL, books.PEAK, books.PEAK]


def _legacy(minute: int, weekday: int) -> int:
    """Circular 16/2014, article 5, in plain words: the block of a minute of the day."""
    if minute >= 22 * 60 or minute < 4 * 60:
        return 2
    if weekday < 6 and (570 <= minute < 690 or 1020 <= minute < 1200):
        return 1
    return 0


@settings(deadline=None, max_examples=60)
@given(start=st.datetimes(datetime(1969, 1, 1), datetime(2060, 1, 1)), step=st.integers(1, 180))
def test_shares_equal_a_count_minute_by_minute_and_sum_to_one(start: datetime, step: int) -> None:
    first = np.datetime64(start.replace(second=0, microsecond=0), "m")
    shares = books.schedule(name="legacy").shares(np.array([first]), step)[0]
    counted = [0, 0, 0]
    for k in range(step):
        at = (first + np.timedelta64(k, "m")).astype(datetime)
        counted[_legacy(at.hour * 60 + at.minute, at.weekday())] += 1
    assert shares == pytest.approx(np.array(counted) / step, abs=1e-12)
    assert shares.sum() == pytest.approx(1.0, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2051, 1, 1)),
    step=st.integers(1, 100_000),
    name=st.sampled_from(["legacy", "qd963"]),
)
def test_a_step_cut_in_two_keeps_its_minutes_in_each_block(start: datetime, step: int, name: str) -> None:
    schedule, first = books.schedule(name=name), np.datetime64(start.replace(second=0, microsecond=0), "m")
    whole = schedule.shares(np.array([first]), 2 * step)[0] * 2
    halves = schedule.shares(np.array([first, first + np.timedelta64(step, "m")]), step).sum(axis=0)
    assert whole == pytest.approx(halves, abs=1e-9)
    assert whole.min() >= 0


def test_a_schedule_is_chosen_by_date_or_by_name() -> None:
    assert books.schedule(on=date(2026, 4, 21)).name == "legacy"
    assert books.schedule(on=date(2026, 4, 22)).name == "qd963"
    assert books.schedule(name="legacy").valid_to == date(2026, 4, 21)
    assert books.schedule(date(2025, 1, 1), "legacy").name == "legacy"
    assert "963/QĐ-BCT" in books.schedule(name="qd963").entries[0].document


@pytest.mark.parametrize(
    ("on", "name", "words"),
    [
        (None, None, "by date or by name"),
        (date(2010, 1, 1), None, "legacy .2014-05-29 to 2026-04-21., qd963 .from 2026-04-22."),
        (date(2027, 1, 1), "legacy", "no schedule legacy holds on 2027-01-01"),
        (None, "legcy", "Did you mean legacy"),
    ],
)
def test_no_schedule_says_which_exist(on: date | None, name: str | None, words: str) -> None:
    with pytest.raises(BookError, match=words):
        books.schedule(on, name)


@pytest.mark.parametrize(
    ("starts", "step", "words"),
    [
        (np.array(["NaT"], dtype="datetime64[m]"), 30, "NaT"),
        (np.array(["2025-06-02T09:30:30"], dtype="datetime64[s]"), 30, "whole minute"),
        (np.array([1.0]), 30, "datetime64"),
        (np.array([["2025-06-02"]], dtype="datetime64[m]"), 30, "list"),
        (np.array(["2025-06-02"], dtype="datetime64[m]"), 0, "step of 0"),
        (np.array(["2025-06-02"], dtype="datetime64[m]"), float("nan"), "step of nan"),
        (np.array(["2025-06-02"], dtype="datetime64[m]"), True, "step of True"),
    ],
)
def test_steps_that_cannot_be_priced_are_refused(starts: np.ndarray, step: int, words: str) -> None:
    with pytest.raises(BookError, match=words):
        books.schedule(name="legacy").shares(starts, step)


def tou_row(start: str, end: str, hours: str, *, key: str = "tou.x.a", days: str = "all") -> str:
    return row(key, hours, unit="h/day").rstrip("\n") + f",peak,{days},{start},{end}\n"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (tou_row("10:00", "09:00", "1"), "no stretch of the day"),
        (tou_row("09:00", "25:00", "1"), "no stretch of the day"),
        (tou_row("09:00", "10:00", "2"), "not the length"),
        (tou_row("09:00", "10:00", "1", days="tuesday"), "days are not known"),
        (tou_row("09:00", "10:00", "1").replace("peak", "dear"), "block is not known"),
        (tou_row("09:00", "11:00", "2") + tou_row("10:00", "12:00", "2", key="tou.x.b"), "overlap"),
        (
            tou_row("09:00", "10:00", "1")
            + tou_row("11:00", "12:00", "1", key="tou.x.b").replace("2025", "2026"),
            "different dates",
        ),
    ],
)
def test_a_faulty_time_of_use_book_is_refused(rows: str, words: str) -> None:
    with pytest.raises(StudyError, match=words):
        read_schedules(TOU_HEAD + rows)


# ------------------------------------------------------------------------------------------- paths


def test_official_grid_factor_of_2023_and_paths_at_their_anchors() -> None:
    assert books.find("grid_ef.official", date(2023, 12, 31)).value == 0.6592
    assert books.path("grid_ef.path.plan_on_time", [2025, 2030, 2050]).tolist() == [0.5969, 0.335, 0.0188]
    assert books.path("grid_ef.path.plan_5y_late", [2025, 2035, 2050]).tolist() == [0.6291, 0.335, 0.08]
    assert books.path("grid_ef.path.slow", [2030, 2040, 2050]).tolist() == [0.6, 0.4, 0.2]


def test_cost_between_two_dated_years_lies_on_the_line() -> None:
    """Onshore wind 1438.8845 in 2025 and 1383.3059 in 2030: two fifths of the way in 2027."""
    values, used = books.trace("tech.dea.wind_onshore.investment", [2025, 2027, 2030])
    assert values == pytest.approx([1438.8845, 1438.8845 + 0.4 * (1383.3059 - 1438.8845), 1383.3059])
    assert [entry.value for entry in used] == [1438.8845, 1383.3059]
    assert {entry.unit for entry in used} == {"EUR2025/kW"}


def test_near_term_catalogue_value_holds_to_2030_and_then_falls() -> None:
    """570 from 2023 to 2030, 420 in 2050: half way in 2040."""
    values = books.path("tech.vn_catalogue.pv_ground.investment", [2023, 2030, 2040])
    assert values.tolist() == [570, 570, 495]


def test_a_path_is_not_extended_unless_asked() -> None:
    with pytest.raises(BookError, match="known for 2025 to 2050, not for 2024, 2051"):
        books.path("grid_ef.path.slow", [2024, 2030, 2051])
    assert books.path("grid_ef.path.slow", [2024, 2051], hold=True).tolist() == [0.6578, 0.2]


def test_a_value_without_end_is_no_extension() -> None:
    assert books.path("tech.vn_catalogue.pv_ground.lifetime", [1990, 2060]).tolist() == [40, 40]
    assert books.path("finance.debt_share", [2026, 2060]).tolist() == [70, 70]
    with pytest.raises(BookError, match="2025"):
        books.path("finance.debt_share", [2025])


def test_a_year_in_which_the_value_changes_has_no_single_value() -> None:
    with pytest.raises(BookError, match="changes within 2026"):
        books.path("rooftop.surplus_sale_cap", [2026])


def test_values_in_different_units_are_not_joined() -> None:
    text = HEAD + row(end="2025-12-31") + row(start="2030-01-01", unit="USD/kWh")
    with pytest.raises(BookError, match="no line joins them"):
        books.path("a.b", [2027], library=Library.read({"mine.csv": text}))


@pytest.mark.parametrize("year", [float("nan"), float("inf")])
def test_a_year_that_is_no_number_is_refused(year: float) -> None:
    with pytest.raises(BookError, match="not a number"):
        books.path("grid_ef.path.slow", [year], hold=True)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(2025, 2050), min_size=1, max_size=8))
def test_a_path_stays_between_the_entries_that_it_names(years: list[float]) -> None:
    values, used = books.trace("tech.dea.battery_energy.investment", years)
    known = [entry.value for entry in used]
    assert min(known) - 1e-9 <= values.min()
    assert values.max() <= max(known) + 1e-9


def test_families_of_technology_costs_are_never_under_one_key() -> None:
    families = {entry.key.split(".")[1] for entry in books.entries("tech")}
    assert families == {"dea", "nrel", "pnnl", "pypsa", "vn_catalogue", "vn_market", "other"}
    for family, money in (("dea", "EUR2025/"), ("pnnl", "EUR2025/"), ("nrel", "USD2025/"), ("vn_market", "")):
        for entry in books.entries(f"tech.{family}"):
            of_money = any(currency in entry.unit for currency in ("VND", "USD", "EUR"))
            assert not of_money or entry.unit.startswith(money), entry.key


def test_price_year_is_kept_in_the_unit() -> None:
    entry = books.find("tech.dea.wind_onshore.investment", date(2030, 1, 1))
    assert (entry.unit, entry.plain_unit, entry.price_year) == ("EUR2025/kW", "EUR/kW", 2025)
    vat = books.find("tariff.vat", date(2026, 1, 1))
    assert (vat.plain_unit, vat.price_year) == ("%", None)


# ------------------------------------------------------------------------------------------- fuels


def test_natural_gas_by_hand() -> None:
    """56,100 CO2 + 1 CH4 x 28 + 0.1 N2O x 265 = 56,154.5 kg/TJ; 1 MWh is 3.6 GJ: 0.2021562 t/MWh."""
    fossil, stored, used = books.emission_factor("natural_gas")
    assert fossil == pytest.approx(56154.5 * 3.6 / 1e6, rel=1e-12)
    assert stored == 0
    assert len(used) == 5


def test_wood_keeps_its_co2_apart_but_counts_methane() -> None:
    """30 CH4 x 28 + 4 N2O x 265 = 1,900 kg/TJ counts; 111,800 kg/TJ of CO2 is biogenic."""
    fossil, stored, _ = books.emission_factor("wood")
    assert fossil == pytest.approx(1900 * 3.6e-6, rel=1e-12)
    assert stored == pytest.approx(111800 * 3.6e-6, rel=1e-12)
    assert books.biogenic("wood")
    assert not books.biogenic("natural_gas")


@pytest.mark.parametrize(
    ("gwp", "ch4", "n2o"), [("AR4", 25.0, 298.0), ("AR5", 28.0, 265.0), ("AR6", 27.0, 273.0)]
)
def test_the_set_of_warming_potentials_is_chosen(gwp: str, ch4: float, n2o: float) -> None:
    """Other bituminous coal, IPCC: 94,600 CO2, 10 CH4, 1.5 N2O kg/TJ."""
    fossil = books.emission_factor("other_bituminous_coal", gwp)[0]
    assert fossil == pytest.approx((94600 + 10 * ch4 + 1.5 * n2o) * 3.6e-6, rel=1e-12)


def test_statutory_factors_go_before_ipcc() -> None:
    """Anthracite: Decision 2626 lists 1 kg CH4/TJ where the IPCC default is 10."""
    statutory = books.emission_factor("anthracite")[0]
    ipcc = books.emission_factor("anthracite", factors="ipcc")[0]
    assert ipcc - statutory == pytest.approx(9 * 28 * 3.6e-6, rel=1e-9)


def test_all_fuels_have_factors_in_all_sets() -> None:
    expected = {"natural_gas", "lpg", "diesel", "residual_oil", "anthracite", "wood", "biogas"}
    assert expected <= set(books.fuels())
    for fuel in books.fuels():
        for gwp in books.GWP_SETS:
            fossil, stored, _ = books.emission_factor(fuel, gwp)
            assert 0 < fossil < 1  # blast furnace gas has 0.93
            assert (stored > 0) == books.biogenic(fuel)


@pytest.mark.parametrize(
    ("fuel", "gwp", "words"),
    [
        ("natural_gass", "AR5", "Did you mean natural_gas"),
        ("coal", "AR5", "anthracite"),
        ("wood", "AR9", "AR4"),
    ],
)
def test_unknown_fuels_and_sets_are_refused(fuel: str, gwp: str, words: str) -> None:
    with pytest.raises(BookError, match=words):
        books.emission_factor(fuel, gwp)


def test_fuel_prices_per_energy_by_hand() -> None:
    """LPG 22 M VND/t at 47.3 GJ/t; diesel 31,040 VND/L at 0.845 kg/L and 43 MJ/kg; CNG 16 USD/MMBtu."""
    on = date(2024, 5, 1)
    assert books.fuel_price("lpg", on)[:2] == (pytest.approx(22e6 / (47.3 / 3.6)), "VND")
    assert books.fuel_price("diesel", date(2026, 4, 19))[0] == pytest.approx(31040 / (0.845 * 43 / 3600))
    assert books.fuel_price("cng", on)[:2] == (pytest.approx(16 / 0.29307107), "USD")


@pytest.mark.parametrize(
    ("fuel", "on", "words"),
    [
        ("diesel", date(2026, 1, 1), "in a gap.*2024-01-01 to 2025-12-31, 2026-04-19 to 2026-04-19"),
        ("diesel", date(2026, 4, 20), "after the last"),
        ("lpg", date(2023, 12, 31), "before the first"),
    ],
)
def test_a_price_of_one_week_is_no_price_for_ever(fuel: str, on: date, words: str) -> None:
    with pytest.raises(BookError, match=words):
        books.fuel_price(fuel, on)


# -------------------------------------------------------------------------------- finding and faults


def test_finding_says_what_was_meant() -> None:
    with pytest.raises(BookError, match=r"Did you mean tariff\.vat\?"):
        books.find("tariff.vatt", date(2026, 1, 1))
    with pytest.raises(BookError, match="Keys begin with air, benchmark, cbam, ceiling"):
        books.find("zzz", date(2026, 1, 1))


def test_prefixes_end_at_dots() -> None:
    assert {entry.key for entry in books.entries("tariff.vat")} == {"tariff.vat"}
    assert not books.entries("tariff.va")
    assert len(books.entries("tariff.manufacturing.ge110kV")) == 9


def test_a_time_of_day_may_be_asked_for() -> None:
    assert books.find("tariff.vat", datetime(2026, 12, 31, 23, 30)).value == 8


def test_citation_names_document_dates_and_confidence() -> None:
    text = books.find("tariff.manufacturing.22_110kV.peak", date(2026, 1, 1)).citation
    assert text.startswith("Decision 1279/QĐ-BCT")
    assert "from 2025-05-10" in text
    assert "S: seen in a secondary source" in text
    assert "any date" in books.find("fuel.wood.ipcc.ncv", date(2026, 1, 1)).citation


def test_overlapping_validity_of_one_key_is_a_fault() -> None:
    text = HEAD + row(end="2025-12-31") + row(start="2025-12-31")
    assert "line 3: a.b overlaps the row that holds 2025-01-01 to 2025-12-31" in faults_of(text)
    assert "overlaps" in faults_of(HEAD + row() + row(start="2030-01-01"))
    touching = Library.read({"mine.csv": HEAD + row(end="2025-12-31") + row(value="2", start="2026-01-01")})
    assert touching.find("a.b", date(2025, 12, 31)).value == 1
    assert touching.find("a.b", date(2026, 1, 1)).value == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (row(value="nan"), "value: is not a finite number"),
        (row(value="1e999"), "value: is not a finite number"),
        (row(value="1_000"), "value: is not a finite number"),
        (row(value=""), "value: is not a finite number"),
        (row(start="10/05/2025"), "valid_from: is not a date"),
        (row(end="2025-02-30"), "valid_to: is not a date"),
        (row(start="20250510"), "valid_from: is not a date"),
        (row(end="2024-12-31"), "valid_to: is before valid_from"),
        (row(standing="in_force"), "standing: is not known"),
        (row(confidence="X"), "confidence: is not known"),
        (row(document=""), "document: is empty"),
        (row(unit=""), "unit: is empty"),
        (row(key="a b"), "key: is no key"),
        ("a.b,1\n", "another number of cells"),
        (row().rstrip("\n") + ",more\n", "another number of cells"),
        ('"a.b', "not readable as CSV"),
    ],
)
def test_a_faulty_row_is_refused_with_its_place(text: str, words: str) -> None:
    message = faults_of(HEAD + text)
    assert "mine.csv, line" in message
    assert words in message


def test_all_faults_are_told_at_once() -> None:
    message = faults_of(HEAD + row(value="x", confidence="Q") + row(key="c.d", start="soon"))
    assert message.startswith("The reference data has 3 faults")
    assert "line 2, value" in message
    assert "line 2, confidence" in message
    assert "line 3, valid_from" in message


def test_missing_columns_are_named() -> None:
    assert "lacks the columns standing, confidence" in faults_of(
        HEAD.replace(",standing,confidence", "") + "x\n"
    )


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=200))
def test_any_text_gives_a_library_or_faults(text: str) -> None:
    for candidate in (text, HEAD + text):
        try:
            held = Library.read({"mine.csv": candidate})
        except StudyError:
            continue
        assert all(np.isfinite(entry.value) for entry in held.entries(""))


def test_what_the_books_give_can_be_copied_and_hashed() -> None:
    for thing in (books.tariff("manufacturing.ge110kV", date(2026, 1, 1)), books.schedule(name="legacy")):
        assert copy.deepcopy(thing) == thing
        assert isinstance(hash(thing), int)
