"""Cash flow: investment when it is paid, operation year by year, both discounted to the first year."""

from __future__ import annotations

import numpy as np
import polars as pl
from markupsafe import Markup

from parkzero.charts import Layer, stacked_bars
from parkzero.charts.bars import visible
from parkzero.charts.palette import SOFT
from parkzero.report.facts import Facts
from parkzero.report.investment import invested, rate_of, yearly_flows
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import beside, money, percent
from parkzero.report.sections.parts import empty, figure, layer_table, note, pair, said_of, section
from parkzero.report.words import Both, say
from parkzero.units import FloatArray

_PARTS = ("investment", "bought", "running", "sold")


def cash(facts: Facts) -> Markup:
    """Yearly payments over the whole horizon."""
    paid = invested(facts)
    if not np.isfinite(rate_of(facts)):
        return section("cash", empty("cash.no_rate"))
    sums = dict(paid.group_by("year").agg(pl.col("amount").sum()).iter_rows())
    invest = np.array([float(sums.get(year, 0.0)) for year in facts.years])
    running = {
        group: facts.by_year(*(a for a in facts.costs if facts.accounts[a].group == group))
        for group in _PARTS[1:]
    }
    chart = _chart(facts, invest, running)
    parts = [chart, note(say("cash.note", rate=percent(rate_of(facts)))), _table(facts, paid)]
    return section("cash", *parts)


def _chart(facts: Facts, invest: FloatArray, running: dict[str, FloatArray]) -> Markup:
    years: list[int] = []
    flows = {}
    for name, operation in {**running, "investment": np.zeros(len(facts.years))}.items():
        years, paid, spent = yearly_flows(facts, invest, operation)
        flows[name] = paid if name == "investment" else spent
    factors = (1 + rate_of(facts)) ** -(np.array(years, dtype=np.float64) - years[0])
    scale = money(facts.currency, float(max(np.abs(v * factors).max(initial=0.0) for v in flows.values())))
    layers = [
        Layer(
            say(f"cash.{name}"),
            _colour(facts, name),
            tuple(float(v) for v in flows[name] * factors * scale.factor),
        )
        for name in _PARTS
        if np.any(flows[name])
    ]
    marked = set(facts.years)
    names = [str(y) for y in years]
    layers = visible(layers)
    largest = max((abs(v) for layer in layers for v in layer.values), default=0.0)
    rows: list[list[Child]] = [
        [n, *(beside(layer.values[i], largest) for layer in layers)] for i, n in enumerate(names)
    ]
    about = said_of(facts, say("cash.chart"), scale.unit, "ledger, sizes")
    chart = stacked_bars(about, names, layers, shown=[y in marked for y in years])
    numbers = table([say("word.year"), *(pair(layer.name) for layer in layers)], rows)
    return figure(facts, "cash-years", chart, numbers=numbers, wide=True)


def _colour(facts: Facts, group: str) -> str:
    """The colour of a group: that of the first account in it."""
    return next((a.colour for a in facts.accounts.values() if a.family == "cost" and a.group == group), SOFT)


def _table(facts: Facts, paid: pl.DataFrame) -> Markup:
    """Investment by technology and year of building, undiscounted."""
    scale = money(facts.currency, max(paid["amount"].abs().to_list(), default=0.0))
    layers = []
    for kind in dict.fromkeys(paid["kind"].to_list()):
        rows = paid.filter(pl.col("kind") == kind).group_by("year").agg(pl.col("amount").sum())
        own = dict(rows.iter_rows())
        values = tuple(float(own.get(y, 0.0)) * scale.factor for y in facts.years)
        layers.append(Layer(facts.technology_name(kind), "", values))
    head: list[Both | str] = [scale.unit, *(str(y) for y in facts.years)]
    caption = tag("h3", say("cash.table"))
    return caption + layer_table(head, visible(layers), total=True)
