"""The pathway by year: what stands and what is built, by technology."""

from __future__ import annotations

import polars as pl
from markupsafe import Markup

from parkzero.charts import Layer, stacked_bars
from parkzero.charts.bars import visible
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, details, table
from parkzero.report.numbers import figure as shown
from parkzero.report.sections.parts import empty, figure, grid, said_of, section
from parkzero.report.words import say
from parkzero.results.labels import counted_in

_GROUPS = ("power", "storage", "heat", "cold", "molecules", "demand", "network", "contract")
_LEAST = 1e-3  # a kilowatt: what a solver leaves of nothing is less
_STATES = ("built", "standing", "retired")


def group_of(group: str, unit: str) -> str:
    """The chart in which a size of a kind of some group stands; what stores charge with stands with power."""
    if group == "storage" or unit == "MWh":
        return "power" if unit == "MW" else "storage"
    return group if group in _GROUPS else "power"


def pathway(facts: Facts) -> Markup:
    """Standing and built capacity in each milestone year."""
    sizes = facts.results.sizes.filter(
        pl.any_horizontal(pl.col(state).fill_nan(0.0).abs() > _LEAST for state in _STATES)
    )
    if sizes.is_empty():
        return section("pathway", empty("pathway.nothing"))
    placed: dict[tuple[str, str], list[bool]] = {}
    for i, (kind, unit) in enumerate(sizes.select("kind", "unit").iter_rows()):
        key = group_of(facts.drawn(kind).group, unit), unit
        placed.setdefault(key, [False] * sizes.height)[i] = True
    order = sorted(placed, key=lambda key: (_GROUPS.index(key[0]), key[1]))
    tiles = [
        _tile(facts, sizes.filter(pl.Series(placed[key])), *key, state)
        for key in order
        for state in ("standing", "built")
    ]
    return section("pathway", grid(*tiles), details(say("pathway.each"), _each(facts, sizes)))


def _tile(facts: Facts, rows: pl.DataFrame, group: str, unit: str, state: str) -> Markup:
    layers = []
    for kind in sorted(set(rows["kind"].to_list())):
        sums = dict(rows.filter(pl.col("kind") == kind).group_by("year").agg(pl.col(state).sum()).iter_rows())
        values = tuple(float(sums.get(year, 0.0)) for year in facts.years)
        if any(abs(v) > _LEAST for v in values):
            drawn = facts.drawn(kind)
            layers.append(Layer(drawn.name, drawn.colour, values))
    names = [str(year) for year in facts.years]
    layers = visible(layers)
    about = said_of(facts, say(f"pathway.{group}.{state}"), counted_in(unit), "sizes")
    key = group if unit in ("MW", "MWh") else f"{group}-{unit.replace('/', '-')}"
    return figure(facts, f"{key}-{state}", stacked_bars(about, names, layers))


def _each(facts: Facts, sizes: pl.DataFrame) -> Markup:
    head = ["asset", "technology", "owner", "year", "built", "standing", "retired", "unit"]
    rows: list[list[Child]] = []
    for r in sizes.sort("owner", "asset", "size", "year", maintain_order=True).iter_rows(named=True):
        names: list[Child] = [
            facts.asset(r["asset"]),
            facts.technology_name(r["kind"]),
            facts.owner(r["owner"]),
        ]
        amounts: list[Child] = [shown(r[state] if abs(r[state]) > _LEAST else 0.0) for state in _STATES]
        rows.append([*names, str(r["year"]), *amounts, counted_in(r["unit"])])
    return table([say(f"word.{h}") for h in head], rows, text_columns=4)
