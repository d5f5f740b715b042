"""Bills reckoned anew with a calendar, a loop and the rates as printed, against what a run stored.

Nothing here asks the books or the schedules of ParkZero: the hours of Circular 16/2014/TT-BCT and of
Decision 963/QĐ-BCT and the prices of 1279/QĐ-BCT are typed below. What is read is the stored run alone.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from parkzero.planning.api import plan
from parkzero.results import load, results_of, save
from parkzero.results.results import Results
from parkzero.study import read
from tests.bills import Rates, bill_of

# Decision 1279/QĐ-BCT, manufacturing from 22 to under 110 kV, and the two-part pilot [VND/kWh].
ONE_PART = Rates("1833", "3398", "1190")
TWO_PART = Rates("1275", "2182", "859")
CAPACITY = Decimal(235_414)  # [VND/kW a month]

PARK = """
format = 2
name = "A plant and its bill"
[park]
currency = "{currency}"
calendar_year = {calendar}
step = "{step} min"
[years]
milestones = {milestones}
[money]
discount_rate = "8 %"
base_year = 2025
rates = [{{ on = "2025-06-30", from = "USD", value = "26000 VND", source = "made up" }}]
[tenants.plant]
name = "Plant"
[buses.electricity]
carrier = "electricity"
tenant = "plant"
[assets.load]
kind = "electricity_demand"
owner = "plant"
bus = "electricity"
load = {{ file = "load.csv", column = "kW", year = {calendar} }}
{roof}
[assets.grid]
kind = "grid"
owner = "plant"
bus = "electricity"
emission_factor = "0.66 tCO2/MWh"
{grid}
"""
GRID = 'price = { tariff = "manufacturing.22_110kV", schedule = "auto" }'
PILOT = (
    'price = { tariff = "manufacturing.22_110kV", schedule = "auto", two_part = true }\n'
    'demand_charge = { tariff = "manufacturing.22_110kV" }'
)
ROOF = """[assets.roof]
kind = "solar"
owner = "plant"
bus = "electricity"
output = { file = "load.csv", column = "sun", year = 2025 }
power.capex = "500 USD/kW"
lifetime = "25 years"
power.max = "0.3 MW"
"""
USUAL = {"currency": "VND", "calendar": 2025, "step": 60, "milestones": [2025], "grid": GRID, "roof": ROOF}


def starts(year: int, minutes: int) -> Iterator[dt.datetime]:
    at = dt.datetime(year, 1, 1)
    while at.year == year:
        yield at
        at += dt.timedelta(minutes=minutes)


def rows(year: int, minutes: int) -> Iterator[str]:
    """A load that no two hours share, with two shifts and quiet Sundays, and a sun that knows its season."""
    for n, at in enumerate(starts(year, minutes)):
        hour = at.hour + at.minute / 60
        shift = (300.0 - 9.0 * at.month) if 6 <= hour < 22 and at.weekday() != 6 else 40.0
        power = shift + 90.0 * math.sin(n * 0.7) ** 2 + 13.0 * ((n * 7919) % 101) / 101
        sun = max(0.0, math.sin((hour - 6) / 12 * math.pi)) * (0.7 - 0.2 * math.cos(at.month))
        yield f"{at:%Y-%m-%d %H:%M},{power!r},{sun!r}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    """Plans and stores a study once for all tests that ask for the same, and loads what was stored."""
    made: dict[str, Results] = {}

    def stored(**changed: object) -> Results:
        asked = {**USUAL, **changed}
        if str(asked) not in made:
            folder = tmp_path_factory.mktemp("park")
            lines = rows(int(str(asked["calendar"])), int(str(asked["step"])))
            (folder / "load.csv").write_text("time,kW,sun\n" + "\n".join(lines), encoding="utf-8")
            (folder / "park.toml").write_text(PARK.format(**asked), encoding="utf-8")
            run = folder.with_name(f"{folder.name}-run")
            save(results_of(plan(read(folder), method="monolith")), run)
            made[str(asked)] = load(run)
        return made[str(asked)]

    return stored


def booked(results: Results, year: int, account: str) -> float:
    kept = results.ledger.filter((pl.col("year") == year) & (pl.col("account") == account))
    return float(kept["amount"].sum())


def bill(results: Results, year: int, rates: Rates, interval: int = 30):
    return bill_of(results.frame("flows", year), "grid.import", year, rates, interval)


def test_an_hour_that_straddles_a_boundary_is_priced_by_halves(run):
    # 09:00 to 10:00 is half normal, half peak under Circular 16/2014: only half of its energy is dear.
    results = run()
    found = bill(results, 2025, ONE_PART)
    assert booked(results, 2025, "energy") == pytest.approx(float(found.energy), rel=1e-9)
    assert booked(results, 2025, "imported") == pytest.approx(float(sum(found.kwh.values())) / 1000, rel=1e-9)
    assert min(found.kwh.values()) > 0


def test_the_hours_change_on_22_april_2026_and_stay_changed(run):
    results = run(milestones=[2025, 2026, 2030])
    for year in (2025, 2026, 2030):
        found = bill(results, year, ONE_PART)
        assert booked(results, year, "energy") == pytest.approx(float(found.energy), rel=1e-9)
    frame = results.frame("flows", 2026)
    early = bill_of(frame, "grid.import", 2025, ONE_PART, 30)
    late = bill_of(frame, "grid.import", 2030, ONE_PART, 30)
    assert booked(results, 2026, "energy") not in (
        pytest.approx(float(early.energy), rel=1e-4),
        pytest.approx(float(late.energy), rel=1e-4),
    )


def test_a_named_schedule_holds_whatever_the_year(run):
    results = run(milestones=[2030], grid=GRID.replace("auto", "legacy"))
    found = bill_of(results.frame("flows", 2030), "grid.import", 2025, ONE_PART, 30)
    assert booked(results, 2030, "energy") == pytest.approx(float(found.energy), rel=1e-9)


def test_a_leap_year_is_billed_on_all_its_days(run):
    # Weekdays are those of the calendar of the series, so Sundays without peak hours fall where they fell.
    results = run(calendar=2024, roof=ROOF.replace("2025", "2024"))
    found = bill(results, 2025, ONE_PART)
    assert results.frame("flows", 2025).height == 8784
    assert booked(results, 2025, "energy") == pytest.approx(float(found.energy), rel=1e-9)


def test_prices_rise_with_escalation_and_turn_into_dollars(run):
    grid = GRID.replace("}", ', escalation = "2 %" }')
    results = run(milestones=[2025, 2030], grid=grid, currency="USD")
    for year in (2025, 2030):
        dollars = bill(results, year, ONE_PART).energy * Decimal("1.02") ** (year - 2025) / 26_000
        assert booked(results, year, "energy") == pytest.approx(float(dollars), rel=1e-9)


@pytest.mark.parametrize("step", [15, 30, 60])
def test_the_two_part_bill_takes_each_months_highest_half_hour(run, step):
    # Steps of an hour know no half hours: the hour's mean is what there is.
    results = run(step=step, grid=PILOT, roof="")
    found = bill(results, 2025, TWO_PART, max(30, step))
    assert booked(results, 2025, "energy") == pytest.approx(float(found.energy), rel=1e-9)
    assert len(found.peaks) == 12
    charge = sum(found.peaks.values()) * CAPACITY
    assert booked(results, 2025, "demand_charge") == pytest.approx(float(charge), rel=1e-6)


def test_quarter_hours_are_averaged_before_the_peak_is_taken(run):
    results = run(step=15, grid=PILOT, roof="")
    halves = bill(results, 2025, TWO_PART, 30).peaks
    quarters = bill(results, 2025, TWO_PART, 15).peaks
    assert all(halves[m] < quarters[m] for m in halves)


def test_a_ratchet_bills_no_month_below_its_share_of_the_highest(run):
    results = run(grid=PILOT + '\nratchet = "95 %"')
    found = bill(results, 2025, TWO_PART, 60)
    least = max(found.peaks.values()) * Decimal("0.95")
    assert min(found.peaks.values()) < least
    charge = sum(max(peak, least) for peak in found.peaks.values()) * CAPACITY
    assert booked(results, 2025, "demand_charge") == pytest.approx(float(charge), rel=1e-6)


def test_a_power_factor_below_090_raises_the_energy_bill(run):
    # Circular 15/2014: k = 0.90 / cos phi - 1, here 0.05 / 0.85; nothing from 0.90 on.
    factors = "power_factor = { 2025 = 0.85, 2026 = 0.9, 2030 = 0.97 }"
    results = run(milestones=[2025, 2026, 2030], grid=f"{GRID}\n{factors}")
    for year, raised in ((2025, Fraction(5, 85)), (2026, 0), (2030, 0)):
        expected = float(Fraction(bill(results, year, ONE_PART).energy) * raised)
        assert booked(results, year, "power_factor") == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_the_bill_by_hand_notices_another_tariff(run):
    # The check above is worth something only if it fails when a rate is wrong by a dong.
    results = run()
    wrong = bill(results, 2025, Rates("1833", "3399", "1190")).energy
    assert booked(results, 2025, "energy") != pytest.approx(float(wrong), rel=1e-6)


def test_a_meter_that_names_ends_is_billed_in_the_step_it_measured_and_said_so(tmp_path):
    # 01:00 at the end of the first hour is that hour; taken for a start, every peak would move by an hour.
    (tmp_path / "park.toml").write_text(PARK.format(**{**USUAL, "roof": ""}), encoding="utf-8")
    started = list(rows(2025, 60))
    ended = []
    for row in started:
        stamp, rest = row.split(",", 1)
        at = dt.datetime.strptime(stamp, "%Y-%m-%d %H:%M") + dt.timedelta(hours=1)
        ended.append(f"{at:%Y-%m-%d %H:%M},{rest}")
    loads, told = [], []
    for lines in (started, ended):
        (tmp_path / "load.csv").write_text("time,kW,sun\n" + "\n".join(lines), encoding="utf-8")
        study = read(tmp_path)
        (demand,) = (c for c in study.components if c.name == "load")
        loads.append(demand.load.values)
        told.append([w for w in study.warnings if "end of their step" in w])
    assert loads[1] == pytest.approx(loads[0])
    assert (len(told[0]), len(told[1])) == (0, 1)
