"""Blocks cover every trip once with the fewest vehicles; a replay catches what a plan leaves out."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero import study
from parkzero.errors import StudyError
from parkzero.fleet.blocks import Ways, blocks_of, cover, fewest
from parkzero.fleet.days import Dates, SchoolYear, driven
from parkzero.fleet.duty import duty_of
from parkzero.fleet.gtfs import read_gtfs
from parkzero.fleet.replay import Depot, Event, Pack, Plugs, Team, coverage
from parkzero.fleet.timetable import Run, Timetable, Trip, timetable
from parkzero.fleet.trip_tables import read_trips
from parkzero.results.fleets import Driven, Replayed, left
from parkzero.timeline import Calendar

PLACES = ("depot", "a", "b")
RUNS = tuple(Run(x, y, 5.0, 10) for x, y in (("depot", "a"), ("depot", "b"), ("a", "b")))
DATES = Dates.of(Calendar(2025).dates, SchoolYear(((dt.date(2025, 9, 5), dt.date(2025, 12, 31)),)))


@st.composite
def tables(draw: st.DrawFn) -> Timetable:
    """Some trips between three places on one day."""
    spec = st.tuples(
        st.integers(300, 1200), st.integers(5, 90), st.sampled_from(PLACES), st.sampled_from(PLACES)
    )
    trips = tuple(
        Trip(f"t{i}", "r", start, start + lasts, 8.0, here, there)
        for i, (start, lasts, here, there) in enumerate(draw(st.lists(spec, min_size=1, max_size=9)))
    )
    return timetable(trips, [list(range(len(trips)))], RUNS)


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(0, 30))
def test_every_trip_is_driven_once_and_nobody_is_in_two_places(table: Timetable, turn: int):
    duty = duty_of(table, Ways(turn_round=turn), 60)
    assert not duty.wrong
    trips, events = coverage(duty, range(len(duty.vehicles)))
    assert (trips, events) == (len(table.trips), [])


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(0, 30))
def test_a_vertex_cover_proves_that_there_are_no_fewer_blocks(table: Timetable, turn: int):
    trips, ways = range(len(table.trips)), Ways(turn_round=turn)
    assert len(fewest(table, trips, ways)) == len(trips) - cover(table, trips, ways)


def test_a_vehicle_that_is_left_out_leaves_its_trips():
    table = timetable((Trip("t", "r", 400, 500, 9.0), Trip("u", "r", 450, 500, 9.0)), [[0, 1]])
    duty = duty_of(table, Ways(), 60)
    assert [e.kind for e in coverage(duty, [0])[1]] == ["uncovered"]


def depot(charge: float, number: int = 1) -> Depot:
    """Two buses of 60 kWh a day that are charged at 30 kW in four hours of the night."""
    table = timetable((Trip("t", "r", 420, 540, 60.0), Trip("u", "r", 420, 540, 60.0)), [[0, 1]])
    duty = duty_of(table, Ways(), 60)
    use = np.zeros((2, 24))
    use[:, 7:9] = 0.03
    plan = {"c": np.array([charge] * 4 + [0.0] * 20)}
    team = Team("bus.g1", duty, (0, 1), Pack(0.1, 0.0, 0.06), use, plan, begins=0.08)
    return Depot([team], [Plugs("c", "depot", number, 0.03)], 60)


def test_a_plan_that_charges_enough_is_clean():
    assert depot(0.03).drive() == []


def test_a_replay_catches_a_plan_that_charges_too_little():
    assert {e.kind for e in depot(0.01).drive()} == {"late"}


def test_a_replay_catches_chargers_that_cannot_give_what_was_planned():
    assert "short" in {e.kind for e in depot(0.06).drive()}


def test_days_in_both_languages():
    assert (driven("mon-fri", DATES) == driven("T2-T6", DATES)).all()
    assert driven("daily", DATES).all()
    assert not driven("T2-T7, CN", DATES)[28]  # Tết of 2025
    assert driven("school", DATES)[:240].sum() == 0
    week = Dates.of(Calendar(2025).dates[70:77], SchoolYear())  # March: no holiday, and still understood
    assert not driven("holiday", week).any()
    with pytest.raises(StudyError, match="on which days"):
        driven("someday", DATES)


@pytest.mark.parametrize(
    ("trips", "told"),
    [
        ((Trip("t", "r", 400, 500, 9.0, vehicle="v"), Trip("u", "r", 450, 600, 9.0, vehicle="v")),
          "overlapping"),
        ((Trip("t", "r", 400, 500, 9.0, "a", "a", vehicle="v"), Trip("u", "r", 505, 600, 9.0, "b", "b",
          vehicle="v")),
         "two places"),
        ((Trip("t", "r", 400, 500, 9.0, "nowhere", "depot"),), "no empty run"),
        ((Trip("t", "r", 400, 2200, 9.0, vehicle="v"),), "no night"),
    ],
)  # fmt: skip
def test_what_no_vehicle_can_do_is_told(trips: tuple[Trip, ...], told: str):
    table = timetable(trips, [list(range(len(trips)))] * 2, RUNS)
    assert any(told in str(w.what) for w in duty_of(table, Ways(), 60).wrong)
    assert blocks_of(table, Ways()).of


def test_all_faults_of_a_table_are_told_at_once(tmp_path: Path):
    file = tmp_path / "trips.csv"
    file.write_text(
        "route,days,start,end,km,speed\nr,mon,25:99,08:00,1.234,3\n,someday,07:00,06:00,5,3\n", "utf-8"
    )
    with pytest.raises(StudyError) as raised:
        read_trips(file, DATES)
    said = str(raised.value)
    for part in ("nobody reads", "25:99", "1.234", "on which days", "before the trip starts"):
        assert part in said


def test_a_file_that_is_no_feed_is_refused(tmp_path: Path):
    file = tmp_path / "feed.zip"
    file.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(StudyError, match="zip of GTFS"):
        read_gtfs(file, Calendar(2025).dates)


def changed(folder: Path, file: str, was: str, put: str) -> Path:
    """The example of school buses, ten days of it, with one text changed."""
    shutil.copytree(Path(__file__).parent.parent / "examples" / "school_buses", folder)
    park = folder / "park.toml"
    text = park.read_text(encoding="utf-8")
    park.write_text(text.replace('leap_day = "drop"', 'leap_day = "drop"\ndays = 10'), encoding="utf-8")
    text = (folder / file).read_text(encoding="utf-8")
    assert was in text
    (folder / file).write_text(text.replace(was, put, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("was", "put", "told"),
    [
        ("", "", ""),
        ('pack = "140 kWh"', 'pack = "140 MWh"', "electric_small.pack"),
        ('use = "0.83 kWh/km"', 'use = "0.083 kWh/km"', "0.083 kWh/km lies outside the usual 0.107 to 3"),
        ('use = "3.33 kWh/km"', 'use = "33 kWh/km"', "33 kWh/km lies outside the 0.1 to 10"),
        ('nox = "6 g/km"', 'nox = "6 kg/km"', "6,000 g/km"),
        ('cooling = "0.35 kW/K"', 'cooling = "35 kW/K"', "electric_small.cooling"),
        ('power = "60 kW"', 'power = "60 MW"', "depot_chargers.power"),
        ('"420 MVND/piece"', '"420 VND/piece"', "depot_chargers.number.capex"),
        ('"2900 MVND/piece"', '"2900 VND/piece"', "electric_small.vehicles.capex"),
        ('turn_round = "10 min"', 'turn_round = "10 h"', "school.turn_round"),
    ],
)
def test_what_vehicles_do_not_do_is_told(tmp_path: Path, was: str, put: str, told: str):
    """A thousandfold pack drives all day for nothing; the example itself has no word of it."""
    said = [str(w) for w in study.read(changed(tmp_path / "park", "park.toml", was, put)).warnings]
    assert any(told in w for w in said if "usual" in w) == bool(told)


@pytest.mark.parametrize(
    ("file", "was", "put", "told"),
    [
        ("trips.csv", ",34\n", ",3400\n", "more than any vehicle carries"),
        ("runs.csv", "9.7,21", "9.7,2.1", "faster than 150"),
        ("park.toml", 'maintenance = "2900 VND/km"', 'maintenance = "2900 VND/m"', "any price that is paid"),
        ("park.toml", 'terms = ["2025-01-02', 'terms = ["2024-01-02', "longer than a year"),
    ],
)
def test_what_no_vehicle_and_no_school_year_does_is_refused(
    tmp_path: Path, file: str, was: str, put: str, told: str
):
    with pytest.raises(StudyError, match=told):
        study.read(changed(tmp_path / "park", file, was, put))


def test_what_a_replay_still_finds_is_a_warning_of_the_plan():
    """Two late departures, a pack too empty, and a trip driven twice: one not driven right."""
    events = [Event(kind, "g1", 0, 360, 4.0) for kind in ("late", "late", "breach", "clash")]
    found = Replayed((Driven(2030, "school", 3, 10, 80.0, tuple(events)),), rounds=6)
    (told,) = left(found)
    assert "2 departures are late, 1 times a pack" in told
    assert "1 trips are not driven, after 6 plans" in told
    assert left(Replayed((Driven(2030, "school", 3, 10, 80.0),), rounds=2)) == left(None) == []


def test_a_bus_of_the_catalogue_has_a_price_for_each_and_its_upkeep(tmp_path: Path):
    """279,738.9 EUR a bus from 2030 on, 0.8585 kWh and 0.1197 EUR a kilometre; what is written wins."""
    folder = changed(
        tmp_path / "park", "park.toml", 'use = "0.83 kWh/km"', 'technology = "battery_vehicle.city_bus"'
    )
    park = folder / "park.toml"
    text = park.read_text(encoding="utf-8")
    rate = 'rates = [{ on = "2026-06-01", from = "EUR", value = "30000 VND", source = "example" }, '
    for was, put in (
        ("rates = [", rate),
        ("milestones = [2026, 2028, ", "milestones = ["),
        ('maintenance = "2900 VND/km"\nvehicles = { capex = { 2026 = "2900 MVND/piece", '
         '2036 = "2300 MVND/piece" }, lifetime = "12 years",', "vehicles = {"),
    ):  # fmt: skip
        assert was in text
        text = text.replace(was, put, 1)
    park.write_text(text, encoding="utf-8")
    bus = study.read(folder).site.assets["electric_small"]
    assert bus.vehicles.capex.at(2030).value == pytest.approx(279738.9 * 30000)
    assert bus.maintenance.at(2030).value * 1000 == pytest.approx(0.1197 * 30000)
    assert bus.use.value * 1e6 == pytest.approx(0.8585)
    assert bus.power_max.value == pytest.approx(0.06)


def test_a_charger_of_the_catalogue_has_its_power_and_a_price_for_each(tmp_path: Path):
    """60 kW for 20,000 USD, from memory."""
    named = 'technology = "charger.dc_60kW"\ntechnology_hold = true'
    folder = changed(tmp_path / "park", "park.toml", 'power = "60 kW"\nholds = 2\nleast = "6 kW"', named)
    park = folder / "park.toml"
    text = park.read_text(encoding="utf-8").replace('number = { capex = "420 MVND/piece",', "number = {", 1)
    park.write_text(text, encoding="utf-8")
    found = study.read(folder)
    charger = found.site.assets["depot_chargers"]
    assert charger.power.value == pytest.approx(0.06)
    assert charger.number.capex.at(2036).value == pytest.approx(20000 * 26300)
    sources = [s for p, s in found.sources.items() if p.startswith("assets.depot_chargers")]
    assert "M" in {s.confidence for s in sources}
