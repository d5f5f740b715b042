"""Cost of each year by account and by who bears it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from markupsafe import Markup

from parkzero.charts import Layer, stacked_bars
from parkzero.charts.bars import visible
from parkzero.charts.palette import SOFT, spare
from parkzero.report.facts import Facts
from parkzero.report.markup import details
from parkzero.report.numbers import Scale, money
from parkzero.report.sections.parts import figure, grid, layer_table, note, said_of, section
from parkzero.report.words import Both, both, counted, say

_MOST = 10


def costs(facts: Facts) -> Markup:
    """Yearly cost by account, and by owner where there are several."""
    largest = float(np.nanmax(np.abs(facts.cost), initial=0.0))
    scale = money(facts.currency, largest)
    accounts = [
        Layer(
            facts.accounts[a].name,
            facts.accounts[a].colour,
            tuple(float(v) for v in facts.by_year(a) * scale.factor),
        )
        for a in facts.costs
    ]
    several = len(facts.owners) > 1
    tiles = [_tile(facts, "cost-account", say("cost.account"), visible(accounts), scale, not several)]
    if several:
        tiles.append(_tile(facts, "cost-owner", say("cost.owner"), visible(_by_owner(facts, scale)), scale))
    total = float(facts.cost @ facts.weights)
    whole = money(facts.currency, total)
    return section(
        "costs",
        grid(*tiles) if several else tiles[0],
        note(say("cost.total", total=whole.full(total, 4))),
        *_actors(facts, scale),
    )


def _actors(facts: Facts, scale: Scale) -> list[Markup]:
    """What each actor pays, less what it is paid, in each year."""
    rows = facts.results.by_actor().filter(pl.col("account").is_in(facts.costs))
    names = {a["actor"]: Both(a["vi"], a["en"]) for a in facts.results.tables["actors"].to_dicts()}
    layers = []
    for actor in names:
        own = rows.filter(pl.col("actor") == actor).group_by("year").agg(pl.col("amount").sum())
        sums = dict(own.iter_rows())
        values = tuple(float(sums.get(year, 0.0)) * scale.factor for year in facts.years)
        layers.append(Layer(names[actor], "", values))
    head: list[Both | str] = [scale.unit + say("unit.per_year"), *(str(year) for year in facts.years)]
    shown = layer_table(head, visible(layers), total=True)
    return [details(say("cost.actors"), note(say("cost.actors_note")), shown)]


def _by_owner(facts: Facts, scale: Scale) -> list[Layer]:
    """Cost by owner, the largest first."""
    rows = [
        (facts.owner(o), tuple(float(v) for v in facts.by_year(*facts.costs, owner=o) * scale.factor))
        for o in facts.owners
    ]
    order = sorted(rows, key=lambda row: -sum(abs(v) for v in row[1]))
    return [Layer(name, spare(i), values) for i, (name, values) in enumerate(order)]


def _drawn(layers: list[Layer]) -> list[Layer]:
    """The layers that a stack can show: beyond ten owners the small ones are drawn as one."""
    rest = [layer.values for layer in layers[_MOST:]]
    if len(rest) < 2:
        return layers
    summed = tuple(float(v) for v in np.sum(rest, axis=0))
    return [*layers[:_MOST], Layer(counted("owner.others", len(rest)), SOFT, summed)]


def _tile(
    facts: Facts, name: str, title: Both, layers: Sequence[Layer], scale: Scale, wide: bool = False
) -> Markup:
    names = [str(year) for year in facts.years]
    unit = scale.unit + say("unit.per_year")
    drawn = _drawn(list(layers)) if name == "cost-owner" else layers
    chart = stacked_bars(said_of(facts, title, unit, "ledger"), names, drawn, net=say("word.sum"))
    numbers = layer_table([both(""), *names], layers, total=True)
    return figure(facts, name, chart, numbers=numbers, wide=wide)
