"""The shipped example: it reads clean, says what is made up, and can be planned."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from importlib import resources
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parkzero.components import (
    BatchLoad,
    Chiller,
    Chp,
    Demand,
    ElectricityDemand,
    FuelBoiler,
    Grid,
    HeatDemand,
    HeatPump,
    Measure,
    PrivateWire,
    Solar,
    ThermalStore,
    Wind,
)
from parkzero.planning.api import plan
from parkzero.results import results_of
from parkzero.study import Study, read, to_workbook

FOLDER = Path(str(resources.files("parkzero") / "examples" / "hai_phong"))
MONDAY = 5 * 24  # 6 January 2025, in hourly steps
TRADES = 7


@pytest.fixture(scope="module")
def study() -> Study:
    return read(FOLDER)


def changed(folder: Path, *replacements: tuple[str, str]) -> Study:
    """The example read from a copy with some of its text replaced; each text must be there."""
    target = folder / "copy"
    shutil.copytree(FOLDER, target)
    text = (target / "park.toml").read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    (target / "park.toml").write_text(text, encoding="utf-8")
    return read(target)


def of_kind(study: Study, kind: type) -> list:
    return [c for c in study.components if isinstance(c, kind)]


# ------------------------------------------------------------------------------------------ what it is


def test_it_reads_without_a_fault_or_a_warning(study: Study):
    assert study.warnings == ()
    assert study.milestones.years[0] == 2025
    assert study.milestones.years[-1] == 2050
    assert study.currency == "VND"


def test_it_says_that_it_is_an_example(study: Study):
    assert "mẫu" in study.name
    assert "Example" in study.name
    assert all(t.name.endswith("(ví dụ)") for t in study.tenants.values())
    assert "This park is invented" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_tenants_of_different_trades_with_load_roof_and_meter_of_their_own(study: Study):
    assert len(study.tenants) == TRADES
    assert len({t.trade for t in study.tenants.values()}) == TRADES
    for kind in (ElectricityDemand, Grid, Solar):
        owners = {c.owner for c in of_kind(study, kind)}
        assert owners >= set(study.tenants), kind
    classes = {study.sources[f"assets.{c.name}.price"].text for c in of_kind(study, Grid)}
    assert {"22_110kV" in text for text in classes} == {True, False}


def test_heat_at_several_temperatures_from_boilers_that_age(study: Study):
    levels = {study.buses[c.bus].temperature for c in of_kind(study, HeatDemand)}
    assert levels - {None} == {80.0, 105.0, 110.0, 450.0}
    assert [b.pressure for b in study.buses.values() if b.carrier == "steam"] == [9.0]  # 175 degC
    old = [b for b in of_kind(study, FuelBoiler) if b.power.existing is not None]
    aged = {b.owner for b in old if 2025 < b.power.existing_until < 2050}
    assert aged == {c.owner for c in of_kind(study, HeatDemand)}
    assert all(study.buses[p.to].temperature <= 120 for p in of_kind(study, HeatPump))


def test_levers_of_each_theme_may_be_chosen(study: Study):
    """Cogeneration, cold and its store, what saves, what waits, a contract: beside what parks long have."""
    held = {c.kind for c in study.components}
    assert held >= {"chp", "chiller", "measure", "batch_load", "private_wire", "thermal_store"}
    assert {study.buses[c.bus].carrier for c in of_kind(study, ThermalStore)} == {"heat", "cooling"}
    for measure in of_kind(study, Measure):
        for field in ("saving", "extent.capex"):
            assert study.sources[f"assets.{measure.name}.{field}"].citation
    (wire,) = of_kind(study, PrivateWire)
    assert float(np.max(wire.power.capex.values)) == 0  # contracted, not built
    for user in (*of_kind(study, BatchLoad), *of_kind(study, Demand)):  # they come: no bill of today has them
        assert float(np.max(user.load.at(2025).value)) == 0
        assert float(np.max(user.load.at(2030).value)) > 0


def test_what_is_sold_in_pieces_says_so(study: Study):
    sizes = [c.power for kind in (Solar, Wind, HeatPump, Chp, Chiller) for c in of_kind(study, kind)]
    assert all(size.module is not None for size in sizes)


def test_old_boilers_carry_the_heat_of_the_milestones_that_they_serve(study: Study):
    """Nothing is built in 2025, so the boilers of today must be large enough for today and for growth."""
    demand = {c.owner: c for c in of_kind(study, HeatDemand)}
    for boiler in of_kind(study, FuelBoiler):
        for year in study.milestones.years:
            if boiler.power.existing is not None and year < boiler.power.existing_until:
                peak = float(np.max(demand[boiler.owner].load.at(year).value))
                assert peak <= float(boiler.power.existing.value), (boiler.name, year)


# --------------------------------------------------------------------------------- hours of the tariff


@pytest.mark.parametrize(
    ("schedule", "morning", "evening"),
    [
        ("auto", (3398, 1833), (3398, 3398)),
        ("legacy", (3398, 3398), (3398, 3398)),
        ("qd963", (1833, 1833), (3398, 3398)),
    ],
)
def test_both_schedules_can_be_chosen(tmp_path: Path, schedule: str, morning: tuple, evening: tuple):
    """Circular 16/2014 has a peak from 9:30 to 11:30, Decision 963 has none; both have one at 18:00.

    By date, 2025 takes the former and 2030 the latter. Rates of 1279/QĐ-BCT, 22 to 110 kV [VND/kWh].
    """
    found = changed(
        tmp_path,
        ('price = { tariff = "manufacturing.22_110kV", schedule = "auto" }',
         f'price = {{ tariff = "manufacturing.22_110kV", schedule = "{schedule}" }}'),
        ("milestones = [2025, 2030, 2035, 2040, 2045, 2050]", "milestones = [2025, 2030]"),
    )  # fmt: skip
    (grid,) = [g for g in of_kind(found, Grid) if g.owner == "dien_tu"]
    for hour, expected in ((10, morning), (18, evening)):
        prices = [float(grid.price.at(y).value[MONDAY + hour]) / 1000 for y in (2025, 2030)]
        assert prices == pytest.approx(expected)


# ---------------------------------------------------------------------------------------------- bills


def legacy_block(start: dt.datetime) -> str:
    """Hours of Circular 16/2014/TT-BCT, written out a second time to check the books against."""
    hour = start.hour + start.minute / 60
    if hour < 4 or hour >= 22:
        return "Thấp điểm (kWh)"
    peak = 9.5 <= hour < 11.5 or 17 <= hour < 20
    return "Cao điểm (kWh)" if peak and start.weekday() != 6 else "Bình thường (kWh)"


def test_series_reproduce_every_register_of_every_bill(tmp_path: Path):
    found = changed(
        tmp_path,
        ('step = "60 min"', 'step = "30 min"'),
        ("milestones = [2025, 2030, 2035, 2040, 2045, 2050]", "milestones = [2025]"),
    )
    first = dt.datetime(2025, 1, 1)
    starts = [first + dt.timedelta(minutes=30 * i) for i in range(17_520)]
    keys = [(s.month, legacy_block(s)) for s in starts]
    for demand in of_kind(found, ElectricityDemand):
        load = np.asarray(demand.load.at(2025).value) * 1000  # kW
        totals: dict[tuple[int, str], float] = {}
        for key, power in zip(keys, load.tolist(), strict=True):
            totals[key] = totals.get(key, 0.0) + power / 2
        with (FOLDER / "bills" / f"{demand.owner}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 12
        for row in rows:
            month = int(row.pop("Tháng"))
            highest = float(row.pop("Công suất cực đại (kW)"))
            inside = [p for (m, _), p in zip(keys, load.tolist(), strict=True) if m == month]
            assert max(inside) <= highest * (1 + 1e-9)
            registers = {name: billed for name, billed in row.items() if name.endswith("(kWh)")}
            assert len(registers) == 3
            for name, billed in registers.items():
                assert totals[month, name] == pytest.approx(float(billed), rel=1e-9), (demand.owner, month)


# ---------------------------------------------------------------------------------- where numbers come from


def test_every_number_of_the_books_has_a_citation_and_a_confidence(study: Study):
    booked = {
        path: source
        for path, source in study.sources.items()
        if any(f"{key} = " in source.text for key in ("book", "fuel", "tariff"))
    }
    assert len(booked) > 100
    assert [p for p, s in booked.items() if not s.citation or s.confidence not in tuple("PSDM")] == []
    # Fuel prices of the books are from memory, and the flag says so.
    assert {s.confidence for p, s in booked.items() if p.endswith(("lpg.price", "coal.price"))} == {"M"}
    assert study.sources["assets.dien_tu_grid.price"].citation.startswith("Decision 1279/QĐ-BCT")


def test_assumptions_say_that_they_are(study: Study):
    notes = {c.name: c.note for c in study.components if c.kind in ("emission_cap", "offset", "carbon_price")}
    assert len(notes) == 3
    assert all(note.startswith("ASSUMPTION of the example") for note in notes.values())


def test_whatever_is_not_measured_is_labelled_synthetic(study: Study):
    drawn = [c for kind in (ElectricityDemand, HeatDemand, BatchLoad, Demand) for c in of_kind(study, kind)]
    made = [c for kind in (Solar, Wind, PrivateWire) for c in of_kind(study, kind)]
    made_up = {f"assets.{c.name}.load" for c in drawn} | {f"assets.{c.name}.output" for c in made}
    made_up |= {f"assets.{c.name}.outdoor" for c in of_kind(study, Chiller)}
    assert made_up == set(study.synthetic)
    assert "Noi Bai TMYx" in study.synthetic["assets.park_pv.output"]


def test_yields_and_costs_are_those_of_the_region(study: Study):
    for plant in of_kind(study, Solar):
        yearly = float(np.sum(plant.output.at(2025).value))  # kWh per kWp in hourly steps
        assert 1000 <= yearly <= 1120, plant.name  # 1,000 to 1,120 in the north
        usd = float(plant.power.capex.at(2025).value) / 26_300_000
        market = 550 if plant.name == "park_pv" else 650
        assert usd == pytest.approx(market, rel=0.01)
    for pump in of_kind(study, HeatPump):
        assert 2.5 <= float(np.mean(pump.cop.at(2030).value)) <= 4.5, pump.name


def test_the_readme_tells_the_energy_of_the_bills(study: Study):
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for demand in of_kind(study, ElectricityDemand):
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{demand.owner}` |")]
        assert f"{float(np.sum(demand.load.at(2025).value)) / 1000:.1f} GWh" in row


# ------------------------------------------------------------------------------------------------- uses


def test_it_makes_a_workbook_that_means_the_same(tmp_path: Path, study: Study):
    to_workbook(FOLDER, tmp_path / "park.xlsx")
    again = read(tmp_path / "park.xlsx")
    assert {c.name for c in again.components} == {c.name for c in study.components}
    (first,) = [c for c in of_kind(study, ElectricityDemand) if c.owner == "bao_bi"]
    (second,) = [c for c in of_kind(again, ElectricityDemand) if c.owner == "bao_bi"]
    assert np.array_equal(first.load.at(2050).value, second.load.at(2050).value)


TWO_PARTS = [
    (
        f'price = {{ tariff = "{name}", schedule = "auto" }}',
        f'price = {{ tariff = "{name}", schedule = "auto", two_part = true }}\n'
        f'demand_charge = {{ tariff = "{name}" }}',
    )
    for name in ("manufacturing.22_110kV", "manufacturing.6_22kV")
]


def test_the_two_part_tariff_can_be_chosen_and_planned(tmp_path: Path):
    """As the README says it; each tenant pays for what its own meter measured."""
    found = changed(
        tmp_path,
        *TWO_PARTS,
        ('leap_day = "drop"', 'leap_day = "drop"\ndays = 2'),
        ("milestones = [2025, 2030, 2035, 2040, 2045, 2050]", "milestones = [2025]"),
    )
    assert 'demand_charge = { tariff = "manufacturing.22_110kV" }' in (FOLDER / "README.md").read_text(
        "utf-8"
    )
    connections = of_kind(found, Grid)
    assert len(connections) == TRADES
    made = plan(found)
    assert made.status == "optimal"
    ledger = results_of(made).ledger.filter(pl.col("account") == "demand_charge")
    assert sorted(ledger["asset"].unique().to_list()) == sorted(c.name for c in connections)


def test_two_days_of_two_years_are_planned_with_everything_served(tmp_path: Path):
    found = changed(
        tmp_path,
        ('leap_day = "drop"', 'leap_day = "drop"\ndays = 2'),
        ("milestones = [2025, 2030, 2035, 2040, 2045, 2050]", "milestones = [2025, 2030]"),
    )
    made = plan(found)
    assert made.status == "optimal"
    summary = results_of(made).summary
    assert summary["unserved_mwh"] == pytest.approx(0, abs=1e-3)
    assert made.lower_bound == pytest.approx(made.objective, rel=1e-5)
    emissions = {int(y): e for y, e in summary["emissions_t"].items()}
    assert emissions[2030] <= 60_000 * (1 + 1e-6)
    assert emissions[2025] > emissions[2030]
