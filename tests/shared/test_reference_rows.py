"""Every row of the reference folder stands in the books: its value, its confidence, its year.

Where the recheck (``corrections.md``) and a table differ, the recheck stands; ``CORRECTED`` lists those rows.
"""

from __future__ import annotations

import csv
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from parkzero import books
from parkzero.books import Dated, Entry, Statement

pytestmark = pytest.mark.shared

FLAGS = {"seen-primary": "P", "seen-secondary": "S", "derived": "D", "memory": "M"}
SKIPPED = {"glossary_vi.csv"}
# Rows that the recheck found wrong, with what they became, and rows that are no value of the books.
CORRECTED = {
    "grid_ef.path.plan_5y_late": "derived anew from its text",
    "dppa.grid.clearing_charge_PCL": "163.25 was a midpoint",
    "tech.vn_catalogue.battery.energy_investment": "build year 2050, one of three; 172 is D",
    "tech.vn_catalogue.battery.power_investment": "build year 2050, one of three",
    "tou.": "hours are the table tou, which tests/test_books.py reads stretch by stretch",
    "climate.rain_idf": "four numbers under four keys, checked below",
    "cbam.price": "the quarters that were not found are the statement cbam.price.later_quarters",
}
# Names that the books write otherwise.
RENAMED = [
    (r"\(.*?\)", ""),
    (r"R-(717|744|290) \w+", r"R-\1"),
    (r"PM2\.5", "PM2_5"),
    (r"^ef\.2626\.diesel_industry", "fuel.diesel.vn2626"),
    (r"^ef\.2626\.", "fuel.vn2626."),
    (r"gas_diesel_oil", "diesel"),
    (r"liquefied_petroleum_gases", "lpg"),
    (r"residual_fuel_oil", "residual_oil"),
    (r"isw_wood", "wood"),
    (r"other_prim_solid_biomass", "other_solid_biomass"),
    (r"other_biogas", "biogas"),
    (r"\.def$", ""),
    (r"_industry$", ""),
    (r"fuel\.diesel_retail", "fuel.diesel.price"),
    (r"fuel\.coal_5a_industrial", "fuel.coal_5a.price"),
    (r"fuel\.lng_imported", "fuel.lng_imported.price"),
    (r"fuel\.cng_industrial_north", "fuel.cng.price"),
    (r"fuel\.lpg_industrial", "fuel.lpg.price"),
    (r"fuel\.biomass_woodchip", "fuel.woodchip.price"),
    (r"fuel\.rice_husk_briquette", "fuel.rice_husk_briquette.price"),
    (r"^fx\.usd", "fx.vnd_per_usd"),
    (r"_pnnl", ""),
    (r"\.atb\.", ".nrel."),
    (r"\.saving$", ""),
    (r"^tech\.other\.ev_charger_efficiency", "tech.other.ev_charger.efficiency"),
    (r"genset_diesel_efficiency", "diesel_genset.efficiency"),
    (r"wacc_real_", "capital.real_rate_"),
    (r"hot_water_loss_network", "hot_water_network.loss"),
    (r"wind_cf_haiphong_coast_100m", "wind_haiphong_coast_100m"),
    (r"wind_cf_bachlongvi_offshore", "wind_bachlongvi_offshore"),
    (r"DEEP C", "DEEP_C"),
    (r"\.min$", "_min"),
    (r"\.max$", "_max"),
]


def reference() -> Iterator[tuple[str, dict[str, str]]]:
    folder = Path(os.environ["PARKZERO_SHARED"]) / "reference"
    for path in sorted(folder.glob("vn_*.csv")):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                yield path.name, row


def words(key: str) -> frozenset[str]:
    """The words of a key, by which it is found under another name."""
    for old, new in RENAMED:
        key = re.sub(old, new, key)
    return frozenset(re.findall(r"[a-z0-9]+", key.lower().replace("_", " ")))


def numbers(text: str) -> list[float]:
    text = text.replace(" %", "").replace("/year", "").removeprefix("up to ").removeprefix("COP ")
    text = text.split(" (")[0]
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return [float(text)]
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)(?:-|\.\.| x |,)(-?\d+(?:\.\d+)?)", text)
    return [float(part) for part in match.groups()] if match else []


def holds_in(row: Dated, year: str) -> bool:
    if not re.fullmatch(r"\d{4}", year):
        return True
    first, last = date(int(year), 1, 1), date(int(year), 12, 31)
    return (row.valid_from or date.min) <= last and first <= (row.valid_to or date.max)


def test_every_reference_row_stands_in_the_books() -> None:
    entries: dict[float, list[tuple[frozenset[str], Entry]]] = defaultdict(list)
    for entry in books.entries(""):
        entries[entry.value].append((words(entry.key), entry))
    said: list[tuple[frozenset[str], Statement]] = [
        (words(s.key), s) for s in books.shipped().all_statements("")
    ]
    lacking, count = [], 0
    for table, row in reference():
        if row["key"].startswith(tuple(CORRECTED)):
            continue
        count += 1
        wanted, flag = words(row["key"]), FLAGS[row["confidence"]]
        values = numbers(row["value"])
        found = bool(values) and all(
            any(
                wanted <= named and entry.confidence == flag and holds_in(entry, row["year"])
                for named, entry in entries[value]
            )
            for value in values
        )
        if not found and not any(wanted <= named and s.confidence == flag for named, s in said):
            lacking.append((table, row["key"], row["value"], row["year"], flag))
    assert count > 2500
    assert not lacking, f"{len(lacking)} of {count}: {lacking[:20]}"


def test_no_confidence_of_the_books_is_higher_than_that_of_the_reference() -> None:
    """Values that only the recheck or memory gave are D or M, never P or S."""
    known = {value for _, row in reference() for value in numbers(row["value"])}
    for entry in books.entries(""):
        if entry.value not in known and not entry.key.startswith("tou."):
            assert entry.confidence in ("D", "M") or entry.key.startswith("climate.rain_idf"), entry.key


def test_what_the_recheck_found_wrong_is_right() -> None:
    def at(key: str, day: str) -> Entry:
        return books.find(key, date.fromisoformat(day))

    assert at("dppa.grid.clearing_charge_PCL", "2025-07-01").value == 163.2
    assert at("cbam.price", "2026-02-01").value == 75.36
    assert at("tech.vn_catalogue.battery.energy_investment.high", "2050-01-01").confidence == "D"
    assert [at(f"climate.rain_idf.phu_lien.{name}", "2025-01-01").value for name in "ACbn"] == [
        5950,
        0.55,
        21,
        0.82,
    ]
    assert "Round trip efficiency DC" in at("tech.dea.battery_power.efficiency", "2030-01-01").note
    assert at("tariff_structure_2025.ev_charging.gt1kV.peak", "2026-01-01").standing == "issued"
    files = {
        at(f"finance.{name}", "2026-06-01").seen_in
        for name in ("debt_share", "discount_owner", "loan_rate_vnd")
    }
    assert len(files) == 3
    for key, word in (
        ("tou.qd963.peak_evening", "doubt"), ("dppa.grid.k_loss", "1.026"), ("market.fmp_mean", "modeller"),
        ("fuel.wood.ipcc.co2_biogenic", "112,000"), ("fuel.other_solid_biomass.ipcc.ncv", "black liquor"),
        ("fuel.anthracite.vn2626.ch4", "10"), ("gwp100.ar6.ch4_nonfossil", "checked"),
        ("dppa.grid.min_voltage", "confirmed"), ("tariff_two_part_pilot.22_110kV.capacity", "16/2014"),
    ):  # fmt: skip
        assert any(word in entry.note for entry in books.entries(key)), key
