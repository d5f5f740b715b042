"""Fleets: whether every trip is driven in time, replacement, cost of a kilometre, exhaust."""

from __future__ import annotations

import numpy as np
import polars as pl
from markupsafe import Markup

from parkzero.charts import Chart, Layer, stacked_bars
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
_ROUTES = 3
_CHARGES, _CONNECTION = "charges", "connection"


def fleets(facts: Facts) -> Markup | None:
    """All that is said of fleets; nothing where there is none."""
    tables = facts.results.tables
    driven = tables.get("fleet_replay")
    if driven is None or not driven.height:
        return None
    parts = [_standing(driven), _replay(facts, driven)]
    for name, chart in charts(facts):
        parts.append(figure(facts, name, chart, wide=True))
        if name == "fleets-cost":
            parts.append(note(say("fleets.cost_note")))
    return section("fleets", *parts)


def charts(facts: Facts) -> list[tuple[str, Chart]]:
    """All pictures of fleets by their names in the page."""
    return [*_replacement(facts), *_cost(facts), *_day(facts), *_exhaust(facts)]


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


def _replacement(facts: Facts) -> list[tuple[str, Chart]]:
    """Vehicles in service by kind and year."""
    duties = facts.results.tables["fleet_duties"]
    if not duties.height:
        return []
    layers, colours = [], _colours(facts)
    for asset in duties["asset"].unique(maintain_order=True).to_list():
        own = duties.filter(pl.col("asset") == asset)
        sums = dict(own.group_by("year").agg(pl.col("vehicles").sum()).iter_rows())
        layers.append(
            Layer(facts.asset(asset), colours[asset], tuple(float(sums.get(y, 0)) for y in facts.years))
        )
    about = said_of(facts, say("fleets.replacement"), say("fleets.unit"), "fleet_duties")
    return [("fleets-replacement", stacked_bars(about, [str(y) for y in facts.years], layers))]


def _cost(facts: Facts) -> list[tuple[str, Chart]]:
    """Cost of a kilometre by kind and year, energy and chargers included."""
    costs = facts.results.tables["fleet_costs"]
    if not costs.height:
        return []
    curves, colours = [], _colours(facts)
    for asset in costs["asset"].unique(maintain_order=True).to_list():
        own = costs.filter(pl.col("asset") == asset).sort("year")
        points = tuple((float(y), float(v)) for y, v in own.select("year", "per_km").iter_rows())
        curves.append(Curve(facts.asset(asset), colours[asset], points))
    unit = both(f"{facts.currency}/km")
    about = said_of(facts, say("fleets.cost"), unit, "fleet_costs")
    return [("fleets-cost", line_chart(about, curves, marks=[float(y) for y in facts.years]))]


def _duties(facts: Facts) -> tuple[dict[str, str], dict[tuple[str, str], Both]]:
    """The fleet of each kind of vehicle, and what each duty is called: with its first routes."""
    rows = facts.results.tables["fleet_duties"].to_dicts()
    several = len({r["fleet"] for r in rows}) > 1
    names = {}
    for r in rows:
        routes = r["routes"].split(", ")
        told = ", ".join(routes[:_ROUTES]) + (" …" if len(routes) > _ROUTES else "")
        whose = facts.asset(r["fleet"]) + " " if several else both("")
        names[r["fleet"], r["duty"]] = whose + f"{r['duty']}: {told}"
    return {r["asset"]: r["fleet"] for r in rows}, names


def _day(facts: Facts) -> list[tuple[str, Chart]]:
    """The depot's busiest days: charging by duty beside the tariff, packs, and when each stands at a plug."""
    year = facts.years[-1]
    frame = facts.frame("flows", year)
    fleet_of, names = _duties(facts)
    sums: dict[str, dict[tuple[str, str], FloatArray]] = {"charge": {}, "stored": {}}
    for name in frame.columns:
        parts = name.split(".")
        key = (fleet_of.get(parts[0], ""), parts[1] if len(parts) > 1 else "")
        if key in names and parts[-1] in sums:
            of = sums[parts[-1]]
            of[key] = of.get(key, np.zeros(frame.height)) + frame[name].to_numpy() * 1000
    if not sums["charge"]:
        return []
    per_day = round(24 / float(facts.results.years["hours"][0]))
    total = np.sum(list(sums["charge"].values()), axis=0).reshape(-1, per_day).sum(axis=1)
    first = min(max(int(np.argmax(total)) - 1, 0), max(len(total) - 3, 0))
    part = slice(first * per_day, min(first + 3, len(total)) * per_day)
    days = [both(str(d)[:10]) for d in frame["start"].to_list()[part][::per_day]]
    shown = [k for k in names if k in sums["charge"] and sums["charge"][k][part].any()]

    def by_duty(what: str) -> list[Band]:
        return [Band(names[k], spare(i), sums[what][k][part]) for i, k in enumerate(shown)]

    about = said_of(facts, say("fleets.day", year=str(year)), both("kW"), "hourly/flows")
    drawn = [("fleets-day", week(about, by_duty("charge"), days))]
    if tariff := _tariff(facts, year, part):
        about = said_of(facts, say("fleets.tariff"), both(f"{facts.currency}/kWh"), "hourly/rates")
        drawn.append(("fleets-tariff", week(about, tariff, days)))
    about = said_of(facts, say("fleets.stored"), both("kWh"), "hourly/flows")
    drawn.append(("fleets-stored", week(about, by_duty("stored"), days)))
    colours = {"stands": "#44aa77", "drives": "#c3cbd5"}
    tasks = [
        Task(
            names[r["fleet"], r["duty"]], r["start"], r["end"], say(f"fleets.{r['what']}"), colours[r["what"]]
        )
        for r in facts.results.tables["fleet_windows"].to_dicts()
        if (r["fleet"], r["duty"]) in names
    ]
    if tasks:
        told = said_of(facts, say("fleets.windows"), both("h"), "fleet_windows")
        drawn.append(("fleets-windows", schedule(told, tasks)))
    return drawn


def _tariff(facts: Facts, year: int, part: slice) -> list[Band]:
    """What the depot pays for a kilowatt-hour in each step; nothing where no one price is paid there."""
    injected = [c.split("|") for c in facts.frame("injections", year).columns if "|" in c]
    rows = facts.results.tables["components"].select("asset", "traits").iter_rows()
    traits = {asset: (written or "").split() for asset, written in rows}
    buses = {bus for bus, asset in injected if _CHARGES in traits.get(asset, ())}
    meters = {asset for bus, asset in injected if bus in buses and _CONNECTION in traits.get(asset, ())}
    rates = facts.results.tables["rates"].filter(
        (pl.col("year") == year) & (pl.col("account") == "energy") & pl.col("flow").str.ends_with(".import")
        & pl.col("asset").is_in(sorted(meters)) & (pl.col("series") != "")
    )  # fmt: skip
    if rates.height != 1:
        return []
    row = rates.to_dicts()[0]
    paid = facts.frame("rates", year)[row["series"]].to_numpy()[part] / 1000
    return [Band(facts.asset(row["asset"]), "#6b7785", paid)]


def _exhaust(facts: Facts) -> list[tuple[str, Chart]]:
    """Nitrogen oxides and fine dust by school and year; by route where no trip names a school."""
    rows = facts.results.tables["fleet_exhaust"]
    by = "school" if (rows["school"] != "").any() else "route"
    drawn = []
    for column in ("nox_kg", "pm25_kg"):
        whom = pl.when(pl.col(by) != "").then(pl.col(by)).otherwise(pl.lit("–"))
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
        drawn.append((f"fleets-{column.partition('_')[0]}", chart))
    return drawn
