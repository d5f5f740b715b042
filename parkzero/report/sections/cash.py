"""Cash flow: investment when it is paid, operation year by year, both discounted to the first year."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
from markupsafe import Markup

from parkzero.report.charts.bars import Layer, stacked_columns
from parkzero.report.facts import COSTS, Facts, technology_name
from parkzero.report.investment import invested, rate_of, yearly_flows
from parkzero.report.markup import Child, table
from parkzero.report.numbers import Scale, money, percent
from parkzero.report.palette import ACCOUNT
from parkzero.report.sections.parts import Key, empty, figure, note, section
from parkzero.report.words import Both, both, say
from parkzero.units import FloatArray

_RUNNING = tuple(a for a in COSTS if a not in ("capex", "export", "fuel", "energy"))
_PARTS = {
    "investment": ACCOUNT["capex"],
    "bought": ACCOUNT["energy"],
    "running": ACCOUNT["fixed_om"],
    "sold": ACCOUNT["export"],
}


def cash(facts: Facts) -> Markup:
    """Yearly payments over the whole horizon."""
    paid = invested(facts)
    if not np.isfinite(rate_of(facts)):
        return section("cash", empty("cash.no_rate"))
    sums = dict(paid.group_by("year").agg(pl.col("amount").sum()).iter_rows())
    invest = np.array([float(sums.get(year, 0.0)) for year in facts.years])
    running = {
        "bought": facts.by_year("energy", "fuel"),
        "running": facts.by_year(*_RUNNING),
        "sold": facts.by_year("export"),
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
        Layer(say(f"cash.{name}"), colour, tuple(float(v) for v in flows[name] * factors * scale.factor))
        for name, colour in _PARTS.items()
        if np.any(flows[name])
    ]
    marked = set(facts.years)
    names = [str(y) for y in years]
    plain = Scale(1.0, scale.unit)
    rows: list[list[Child]] = [
        [n, *(plain.show(layer.values[i]) for layer in layers)] for i, n in enumerate(names)
    ]
    draw = partial(
        stacked_columns, names=names, layers=layers, unit=scale.unit, shown=[y in marked for y in years]
    )
    keys = [Key(layer.name, layer.colour) for layer in reversed(layers)]
    numbers = table([say("word.year"), *(layer.name for layer in layers)], rows)
    return figure(
        facts,
        "cash-years",
        say("cash.chart"),
        scale.unit,
        draw,
        source="ledger, sizes",
        keys=keys,
        table=numbers,
        wide=True,
    )


def _table(facts: Facts, paid: pl.DataFrame) -> Markup:
    """Investment by technology and year of building, undiscounted."""
    scale = money(facts.currency, float(paid["amount"].abs().max() or 0.0))  # type: ignore[arg-type]
    rows = []
    for kind in dict.fromkeys(paid["kind"].to_list()):
        own = dict(
            paid.filter(pl.col("kind") == kind).group_by("year").agg(pl.col("amount").sum()).iter_rows()
        )
        rows.append([technology_name(kind), *(scale.show(float(own.get(y, 0.0))) for y in facts.years)])
    sums = dict(paid.group_by("year").agg(pl.col("amount").sum()).iter_rows())
    rows.append([say("word.sum"), *(scale.show(float(sums.get(y, 0.0))) for y in facts.years)])
    head: list[Both | str] = [both(""), *(str(y) for y in facts.years)]
    return table(head, rows, caption=say("cash.table") + " (" + scale.unit + ")")
