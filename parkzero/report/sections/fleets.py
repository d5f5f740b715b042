"""Fleets: whether every trip is driven in time, replacement, cost of a kilometre, exhaust."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import polars as pl
from markupsafe import Markup

from parkzero.charts import Layer, stacked_bars
from parkzero.charts.curves import Curve, line_chart
from parkzero.charts.hours import Band, Task, schedule, week
from parkzero.charts.palette import spare
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import number
from parkzero.report.sections.parts import figure, note, said_of, section
from parkzero.report.words import Both, both, say
from parkzero.units import FloatArray

_SHOWN = 12
_OWN = "charge"


def fleets(facts: Facts) -> Markup | None:
    """All that is said of fleets; nothing where there is none."""
    tables = facts.results.tables
    driven = tables.get("fleet_replay")
    if driven is None or not driven.height:
        return None
    parts = [
        _standing(driven),
        _replay(facts, driven),
        _replacement(facts),
        _cost(facts),
        *_day(facts),
        *_exhaust(facts),
    ]
    return section("fleets", *(part for part in parts if part is not None))


def _standing(driven: pl.DataFrame) -> Markup:
    """What the replay found, in a sentence."""
    late, low, gone = (int(driven[name].sum()) for name in ("late", "breaches", "uncovered"))
    counts = {"late": late, "breaches": low, "uncovered": gone, "trips": int(driven["trips"].sum())}
    counts["rounds"] = max(driven["rounds"].to_list())
    given = {name: number(count, 0) for name, count in counts.items()}
    if late + low + gone:
        return tag("p", tag("strong", say("fleets.found", **given)))
    clean = {name: given[name] for name in ("trips", "rounds")}
    return tag("p", tag("strong", say("fleets.clean", **clean)))


def _replay(facts: Facts, driven: pl.DataFrame) -> Markup:
    head: list[Both | str] = [
        say("word.year"), say("fleets.fleet"), say("fleets.vehicles"), say("fleets.trips"), say("fleets.km"),
        say("fleets.late"), say("fleets.breaches"), say("fleets.short"),
    ]  # fmt: skip
    rows: list[list[Child]] = [
        [str(r["year"]), facts.asset(r["fleet"]), number(r["vehicles"], 0), number(r["trips"], 0),
         number(r["km"], 0), number(r["late"], 0), number(r["breaches"], 0), number(r["short_steps"], 0)]
        for r in driven.to_dicts()
    ]  # fmt: skip
    return tag("div", table(head, rows, text_columns=2), note(say("fleets.replay_note")))


def _colours(facts: Facts) -> dict[str, str]:
    """The colour of each kind of vehicle, the same in every picture."""
    tables = (facts.results.tables[name]["asset"] for name in ("fleet_duties", "fleet_costs"))
    return {asset: spare(i) for i, asset in enumerate(sorted({a for column in tables for a in column}))}


def _replacement(facts: Facts) -> Markup | None:
    """Vehicles in service by kind and year."""
    duties = facts.results.tables["fleet_duties"]
    if not duties.height:
        return None
    layers, colours = [], _colours(facts)
    for asset in duties["asset"].unique(maintain_order=True).to_list():
        own = duties.filter(pl.col("asset") == asset)
        sums = dict(own.group_by("year").agg(pl.col("vehicles").sum()).iter_rows())
        layers.append(
            Layer(facts.asset(asset), colours[asset], tuple(float(sums.get(y, 0)) for y in facts.years))
        )
    about = said_of(facts, say("fleets.replacement"), say("fleets.unit"), "fleet_duties")
    return figure(
        facts, "fleets-replacement", stacked_bars(about, [str(y) for y in facts.years], layers), wide=True
    )


def _cost(facts: Facts) -> Markup | None:
    """Cost of a kilometre by kind and year, energy and chargers included."""
    costs = facts.results.tables["fleet_costs"]
    if not costs.height:
        return None
    curves, colours = [], _colours(facts)
    for asset in costs["asset"].unique(maintain_order=True).to_list():
        own = costs.filter(pl.col("asset") == asset).sort("year")
        points = tuple((float(y), float(v)) for y, v in own.select("year", "per_km").iter_rows())
        curves.append(Curve(facts.asset(asset), colours[asset], points))
    unit = both(f"{facts.currency}/km")
    about = said_of(facts, say("fleets.cost"), unit, "fleet_costs")
    drawn = figure(
        facts, "fleets-cost", line_chart(about, curves, marks=[float(y) for y in facts.years]), wide=True
    )
    return tag("div", drawn, note(say("fleets.cost_note")))


def _day(facts: Facts) -> list[Markup]:
    """The depot's busiest days: charging by duty, and when each duty stands at a plug."""
    year = facts.years[-1]
    frame = facts.frame("flows", year)
    sums: dict[str, FloatArray] = defaultdict(lambda: np.zeros(frame.height))
    for name in frame.columns:
        parts = name.split(".")
        if len(parts) == 4 and parts[3] == _OWN:
            sums[parts[1]] = sums[parts[1]] + frame[name].to_numpy() * 1000
    if not sums:
        return []
    per_day = round(24 / float(facts.results.years["hours"][0]))
    total = np.sum(list(sums.values()), axis=0).reshape(-1, per_day).sum(axis=1)
    first = min(max(int(np.argmax(total)) - 1, 0), max(len(total) - 3, 0))
    part = slice(first * per_day, min(first + 3, len(total)) * per_day)
    shown = sorted((g for g in sums if sums[g][part].any()), key=lambda g: int(g[1:]))
    bands = [Band(both(g), spare(i), sums[g][part]) for i, g in enumerate(shown)]
    days = [both(str(d)[:10]) for d in frame["start"].to_list()[part][::per_day]]
    about = said_of(facts, say("fleets.day", year=str(year)), both("kW"), "hourly/flows")
    drawn = [figure(facts, "fleets-day", week(about, bands, days), wide=True)]
    windows = facts.results.tables["fleet_windows"]
    colours = {"stands": "#44aa77", "drives": "#c3cbd5"}
    tasks = [
        Task(both(r["duty"]), r["start"], r["end"], say(f"fleets.{r['what']}"), colours[r["what"]])
        for r in windows.to_dicts()
    ]
    if tasks:
        told = said_of(facts, say("fleets.windows"), both("h"), "fleet_windows")
        drawn.append(figure(facts, "fleets-windows", schedule(told, tasks), wide=True))
    return drawn


def _exhaust(facts: Facts) -> list[Markup]:
    """Nitrogen oxides and fine dust by school and year."""
    rows = facts.results.tables["fleet_exhaust"]
    drawn = []
    for column in ("nox_kg", "pm25_kg"):
        whom = pl.when(pl.col("school") != "").then(pl.col("school")).otherwise(pl.lit("–"))
        sums = rows.with_columns(whom.alias("whom")).group_by("whom", "year").agg(pl.col(column).sum())
        names = sorted(set(sums["whom"].to_list()))
        if not float(sums[column].sum()) > 0 or len(names) > 3 * _SHOWN:
            continue
        found = {(w, y): float(v) for w, y, v in sums.iter_rows()}
        layers = []
        for i, name in enumerate(names):
            label = say("fleets.between") if name == "–" else both(name)
            layers.append(Layer(label, spare(i), tuple(found.get((name, y), 0.0) for y in facts.years)))
        about = said_of(facts, say(f"fleets.{column}"), both("kg"), "fleet_exhaust")
        chart = stacked_bars(about, [str(y) for y in facts.years], layers)
        drawn.append(figure(facts, f"fleets-{column.partition('_')[0]}", chart, wide=True))
    return drawn
