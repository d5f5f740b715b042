"""Prices: what one more megawatt-hour would cost at each bus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl
from markupsafe import Markup

from parkzero.charts import About, Chart, Curve, Layer, line_chart, stacked_bars
from parkzero.charts.palette import inked
from parkzero.report.facts import Drawn, Facts
from parkzero.report.markup import Child, details, table
from parkzero.report.numbers import Scale, cleared, price
from parkzero.report.sections.parts import empty, figure, note, pair, said_of, section
from parkzero.report.words import both, say


def prices(facts: Facts) -> Markup:
    """Mean price by carrier, a chart for each unit, with the prices of every bus folded away."""
    rows = facts.results.prices_mean.filter(pl.col("mean").is_finite())
    if rows.is_empty():
        return section("prices", empty("prices.unknown"))
    found = set(rows["carrier"].to_list())
    carriers = {c: drawn for c, drawn in facts.carrier_of.items() if c in found}
    amounts = dict.fromkeys(drawn.amount for drawn in carriers.values())
    charts = [_chart(facts, rows, carriers, amount) for amount in amounts]
    marginal = note(say("prices.marginal")) if facts.marginal else None
    return section("prices", *charts, marginal, details(say("prices.each"), _each(facts, rows)))


def _chart(facts: Facts, rows: pl.DataFrame, carriers: Mapping[str, Drawn], amount: str) -> Markup:
    """The mean prices of all carriers that are counted in one unit."""
    scale = price(facts.currency, amount)
    lines = [
        _curve(rows.filter(pl.col("carrier") == c), drawn, scale)
        for c, drawn in carriers.items()
        if drawn.amount == amount
    ]
    single = len(facts.years) == 1
    title = say("prices.chart_one", year=str(facts.years[0])) if single else say("prices.chart")
    about = said_of(facts, title, scale.unit, "prices_mean")
    drawn = (
        _columns(about, lines) if single else line_chart(about, lines, marks=[float(y) for y in facts.years])
    )
    name = "prices-mean" if amount == "MWh" else f"prices-mean-{amount}"
    return figure(facts, name, drawn, numbers=_means(facts, lines, scale), wide=True)


def _columns(about: About, lines: list[Curve]) -> Chart:
    """A single year has no course: one column for each carrier, named below it."""
    values = [line.points[0][1] for line in lines]
    layers = [
        Layer(say("word.mean"), line.colour, tuple(v if k == i else 0.0 for k, v in enumerate(values)))
        for i, line in enumerate(lines)
    ]
    return replace(stacked_bars(about, [line.name for line in lines], layers), keys=())


def _curve(rows: pl.DataFrame, drawn: Drawn, scale: Scale) -> Curve:
    """The mean over the buses of a carrier."""
    means = rows.group_by("year").agg(pl.col("mean").mean()).sort("year")
    points = tuple((float(y), float(v) * scale.factor) for y, v in means.iter_rows())
    return Curve(drawn.name, inked(drawn.colour), points)


def _means(facts: Facts, lines: list[Curve], scale: Scale) -> Markup:
    plain = Scale(1.0, scale.unit)
    rows = []
    for line in lines:
        values = dict(line.points)
        rows.append([pair(line.name), *(plain.show(values.get(float(y), float("nan"))) for y in facts.years)])
    return table([both(""), *(str(y) for y in facts.years)], rows)


def _each(facts: Facts, rows: pl.DataFrame) -> Markup:
    head = [say(f"word.{key}") for key in ("bus", "carrier", "year", "unit", "mean", "low", "high")]
    largest: dict[str, float] = {}
    for c, high in rows.select("carrier", "high").iter_rows():
        largest[c] = max(largest.get(c, 0.0), abs(float(high or 0.0)))
    body: list[list[Child]] = []
    for r in rows.sort("carrier", "bus", "year").iter_rows(named=True):
        drawn = facts.carrier_of.get(r["carrier"]) or Drawn(both(r["carrier"]))
        scale = price(facts.currency, drawn.amount)
        amounts = [scale.show(cleared(float(r[k]), largest[r["carrier"]])) for k in ("mean", "low", "high")]
        body.append([facts.place(r["bus"]), drawn.name, str(r["year"]), scale.unit, *amounts])
    return table(head, body, text_columns=2, caption=say("prices.each"))
