"""Jobs and wages: job-years of making and building, jobs of operation, what is earned; and land.

Rules:
    building    megawatts built in a year's stretch times job-years a megawatt, times the regional multiplier
    operation   megawatts standing times jobs a megawatt, times the multiplier
    efficiency  investment in heat and storage equipment times job-years a million dollars
    wages       jobs of operation times twelve monthly wages, between the low and the high row

Photovoltaics, wind and biomass follow Rutovitz and others (2015), OECD factors times the multiplier of
non-OECD Asia, which falls to 2030 and is held. Batteries follow factors for Australia (2025), not scaled.
What was lost where boilers stand still is not counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import polars as pl

from parkzero.benefits.air import _newest
from parkzero.benefits.lines import Line, least_sure
from parkzero.books import Entry
from parkzero.books.library import shelf
from parkzero.books.paths import trace
from parkzero.results.case import invested
from parkzero.results.results import Results

MULTIPLIER = "jobs.2015.multiplier_non_oecd_asia"
STEMS = {"solar": ("jobs.2015.pv", True), "wind": ("jobs.2015.wind_onshore", True),
         "battery": ("jobs.2025.battery_utility", False)}  # fmt: skip
EQUIPMENT = ("heat_pump", "industrial_heat_pump", "electric_boiler", "thermal_store", "absorption_chiller",
             "waste_heat", "heat_exchanger", "chiller", "fuel_boiler")  # fmt: skip
WAGE = ("wage.haiphong_parks_example.low", "wage.haiphong_parks_example.high")
LAND = {"solar": "land.pv_ground.most", "wind": "land.wind_onshore.most"}


def jobs(results: Results) -> Iterator[Line]:
    """Job-years, jobs, wages and land by year, owner and technology."""
    for row in results.sizes.filter(pl.col("size") == "power").iter_rows(named=True):
        year, kind = int(row["year"]), row["kind"]
        if kind in STEMS:
            yield from _factors(year, row)
        if kind in LAND:
            yield from _land(results, year, row)
    yield from _equipment(results)


def _factors(year: int, row: dict[str, object]) -> Iterator[Line]:
    kind, owner = str(row["kind"]), str(row["owner"] or "")
    stem, scaled = STEMS[kind]
    times, used = 1.0, tuple[Entry, ...]()
    if scaled:
        values, used = trace(MULTIPLIER, [year], hold=True, library=shelf("benefits"))
        times = float(values[0])
    source = f"sizes:{year}:{row['asset']}"
    built, standing = float(str(row["built"])), float(str(row["standing"]))
    for end, what, place, megawatts, unit in (
        ("manufacturing", "jobs_manufacturing", "abroad", built, "job_years"),
        ("construction", "jobs_construction", "site", built, "job_years"),
        ("om", "jobs_operation", "site", standing, "jobs"),
    ):
        factor = _newest(f"{stem}.{end}")
        if factor is None:
            continue
        amount = megawatts * factor.value * times
        rows = (factor.key, *((MULTIPLIER,) if scaled else ()), source)
        sure = least_sure([factor, *used])
        yield Line(year, owner, kind, what, place, amount, amount, amount, unit, rows, sure)
        if what == "jobs_operation":
            yield from _wages(year, owner, kind, amount, rows)


def _wages(year: int, owner: str, kind: str, workers: float, rows: tuple[str, ...]) -> Iterator[Line]:
    low, high = (_newest(key) for key in WAGE)
    if low is not None and high is not None:
        a, b = workers * 12 * low.value, workers * 12 * high.value
        yield Line(year, owner, kind, "wages", "site", a, (a + b) / 2, b, "MVND", (*WAGE, *rows),
                   least_sure([low, high]))  # fmt: skip


def _equipment(results: Results) -> Iterator[Line]:
    """Job-years of equipment for heat and cold, by its investment in dollars."""
    factor, rate = _newest("jobs.efficiency"), _newest("fx.vnd_per_usd")
    currency = str(results.summary["currency"])
    if factor is None or rate is None or currency not in ("VND", "USD"):
        return
    per_usd = rate.value if currency == "VND" else 1.0
    for row in invested(results).filter(pl.col("kind").is_in(EQUIPMENT)).iter_rows(named=True):
        year, asset = int(row["year"]), row["asset"]
        amount = float(row["amount"]) / per_usd / 1e6 * factor.value
        rows = (factor.key, rate.key, f"sizes:{year}:{asset}", f"ledger:{year}:{asset}:capex")
        yield Line(year, row["owner"] or "", row["kind"], "jobs_construction", "site", amount, amount, amount,
                   "job_years", rows, least_sure([factor, rate]))  # fmt: skip


def _land(results: Results, year: int, row: dict[str, object]) -> Iterator[Line]:
    """Land of what stands: from nothing, on roofs, to the most that the rule allows on the ground."""
    kind, standing = str(row["kind"]), float(str(row["standing"]))
    factor = _newest(LAND[kind])
    if factor is None:
        return
    fields = results.components.filter(pl.col("asset") == row["asset"])["fields"].to_list()
    technology = str(json.loads(fields[0]).get("technology", "")) if fields else ""
    if "roof" in technology:
        return
    most = standing * factor.value
    least = 0.0 if kind == "solar" else most
    rows = (factor.key, f"sizes:{year}:{row['asset']}")
    yield Line(year, str(row["owner"] or ""), kind, "land", "site", least, most, most, "ha", rows,
               least_sure([factor]))  # fmt: skip
