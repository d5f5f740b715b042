"""The pathway by year: what stands and what is built, by technology."""

from __future__ import annotations

import polars as pl
from markupsafe import Markup

from parkzero.charts import Layer, stacked_bars
from parkzero.charts.bars import visible
from parkzero.charts.palette import technology
from parkzero.report.facts import Facts, technology_name
from parkzero.report.markup import Child, details, table
from parkzero.report.numbers import figure as shown
from parkzero.report.sections.parts import empty, figure, grid, said_of, section
from parkzero.report.words import both, say

_HEAT = {"heat_pump", "electric_boiler", "fuel_boiler"}
_LEAST = 1e-3  # a kilowatt: what a solver leaves of nothing is less
_STATES = ("built", "standing", "retired")


def group_of(kind: str, unit: str) -> str:
    """The chart in which a size stands."""
    if unit == "MWh":
        return "storage"
    return "heat" if kind in _HEAT else "network" if kind == "feeder" else "power"


def pathway(facts: Facts) -> Markup:
    """Standing and built capacity in each milestone year."""
    sizes = facts.results.sizes.filter(
        pl.any_horizontal(pl.col(state).fill_nan(0.0).abs() > _LEAST for state in _STATES)
    )
    if sizes.is_empty():
        return section("pathway", empty("pathway.nothing"))
    rows = sizes.with_columns(
        pl.struct("kind", "unit")
        .map_elements(lambda r: group_of(r["kind"], r["unit"]), return_dtype=pl.String)
        .alias("group")
    )
    groups = [g for g in ("power", "storage", "heat", "network") if g in set(rows["group"].to_list())]
    tiles = [
        _tile(facts, rows.filter(pl.col("group") == group), group, state)
        for group in groups
        for state in ("standing", "built")
    ]
    return section("pathway", grid(*tiles), details(say("pathway.each"), _each(facts, sizes)))


def _tile(facts: Facts, rows: pl.DataFrame, group: str, state: str) -> Markup:
    layers = []
    for kind in sorted(set(rows["kind"].to_list())):
        sums = dict(rows.filter(pl.col("kind") == kind).group_by("year").agg(pl.col(state).sum()).iter_rows())
        values = tuple(float(sums.get(year, 0.0)) for year in facts.years)
        if any(abs(v) > _LEAST for v in values):
            layers.append(Layer(technology_name(kind), technology(kind), values))
    unit = both("MWh" if group == "storage" else "MW")
    names = [str(year) for year in facts.years]
    layers = visible(layers)
    about = said_of(facts, say(f"pathway.{group}.{state}"), unit, "sizes")
    return figure(facts, f"{group}-{state}", stacked_bars(about, names, layers))


def _each(facts: Facts, sizes: pl.DataFrame) -> Markup:
    head = ["asset", "technology", "owner", "year", "built", "standing", "retired", "unit"]
    rows: list[list[Child]] = []
    for r in sizes.sort("owner", "asset", "size", "year", maintain_order=True).iter_rows(named=True):
        names: list[Child] = [r["asset"], technology_name(r["kind"]), facts.owner(r["owner"])]
        amounts: list[Child] = [shown(r[state] if abs(r[state]) > _LEAST else 0.0) for state in _STATES]
        rows.append([*names, str(r["year"]), *amounts, r["unit"]])
    return table([say(f"word.{h}") for h in head], rows, text_columns=4)
