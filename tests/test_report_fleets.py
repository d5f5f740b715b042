"""What the report draws of fleets: the depot's days beside the tariff, duties with their routes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from parkzero.language.component import CHARGES
from parkzero.language.statement import METERED
from parkzero.report.facts import Facts, facts_of
from parkzero.report.sections.fleets import charts, fleets
from parkzero.report.words import both, say
from parkzero.results import frames
from parkzero.results.results import Kind
from tests.report_cases import made, table

START = [dt.datetime(2025, 1, 1) + dt.timedelta(hours=h) for h in range(72)]


class Hours:
    """Three days: the second is busy, power is cheap at night."""

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        busy = [60e-3 if 24 <= h < 28 else 10e-3 if h < 4 else 0.0 for h in range(72)]
        price = [1.4e6 if h % 24 < 6 else 3.9e6 for h in range(72)]
        columns: dict[str, dict[str, Any]] = {
            "flows": {"bus.g1.posts.charge": busy, "bus.g1.stored": [0.2] * 72, "pump.heat": [1.0] * 72},
            "injections": {"el|posts": busy, "el|meter": busy, "far|other": busy},
            "rates": {"s0": price}, "prices": {},
        }  # fmt: skip
        return pl.DataFrame({"start": START, **columns[kind]})


@pytest.fixture
def depot() -> Facts:
    """A fleet of one duty with four routes, at a meter with a tariff; another meter stands elsewhere."""
    results = made(days=14)
    year = int(results.years["year"][-1])
    rows: dict[str, list[tuple[Any, ...]]] = {
        "fleet_replay": [(year, "school", 1, 2, 80.0, 0, 0.0, 0, 0.0, 0, 0, 1)],
        "fleet_duties": [(year, "school", "g1", "S01, S02, S03, S04", "bus", 1, 1, 80.0)],
        "fleet_windows": [("school", "g1", "stands", "depot", 0.0, 6.0)],
        "fleet_exhaust": [(year, "school", route, "", 80.0, 0.0, 3.0, 0.1) for route in ("S01", "")],
        "fleet_costs": [], "fleet_events": [],
    }  # fmt: skip
    made_tables = {name: frames.table(frames.SCHEMAS[name], found) for name, found in rows.items()}
    told = [
        (asset, "", kind, "", "{}", "power", trait)
        for asset, kind, trait in (
            ("posts", "charger", CHARGES), ("meter", "grid", METERED), ("other", "grid", METERED),
        )
    ]  # fmt: skip
    components = pl.concat([results.tables["components"], table(frames.COMPONENTS, told)])
    rate = [(year, asset, f"{asset}.import", "energy", None, "s0") for asset in ("meter", "other")]
    with_rates = table(frames.RATES, rate)
    tables = {**results.tables, **made_tables, "components": components, "rates": with_rates}
    return facts_of(replace(results, tables=tables, hours=Hours()))


def test_the_depots_days_show_charging_tariff_and_packs_by_duty_and_its_routes(depot: Facts):
    page = str(fleets(depot))
    assert all(f'id="{name}"' in page for name in ("fleets-day", "fleets-tariff", "fleets-stored"))
    assert "g1: S01, S02, S03 …" in page
    assert "S04" not in page


def test_exhaust_is_told_by_route_where_no_trip_names_a_school(depot: Facts):
    drawn = dict(charts(depot))
    assert [str(key.name) for key in drawn["fleets-nox"].keys] == [
        str(say("fleets.between")),
        str(both("S01")),
    ]
