"""Prices: what one more megawatt-hour would cost at each bus."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from markupsafe import Markup

from parkzero.charts import About, Chart, Curve, Layer, line_chart, stacked_bars
from parkzero.charts.palette import INK
from parkzero.report.facts import Facts
from parkzero.report.markup import details, table
from parkzero.report.numbers import Scale, cleared, price
from parkzero.report.sections.parts import empty, figure, note, pair, said_of, section
from parkzero.report.words import both, known, say

_CARRIERS = ("electricity", "heat", "fuel")
_COLOURS = {"electricity": "#0072b2", "heat": "#cc6677", "fuel": "#3b3b3b"}


def prices(facts: Facts) -> Markup:
    """Mean price by carrier, with the prices of every bus folded away."""
    rows = facts.results.prices_mean.filter(pl.col("mean").is_finite())
    if rows.is_empty():
        return section("prices", empty("prices.unknown"))
    scale = price(facts.currency)
    found = [c for c in _CARRIERS if c in set(rows["carrier"].to_list())]
    lines = [_curve(rows.filter(pl.col("carrier") == c), c, scale) for c in found]
    single = len(facts.years) == 1
    title = say("prices.chart_one", year=str(facts.years[0])) if single else say("prices.chart")
    about = said_of(facts, title, scale.unit, "prices_mean")
    drawn = (
        _columns(about, lines) if single else line_chart(about, lines, marks=[float(y) for y in facts.years])
    )
    chart = figure(facts, "prices-mean", drawn, numbers=_means(facts, lines, scale), wide=True)
    marginal = note(say("prices.marginal")) if facts.marginal else None
    return section("prices", chart, marginal, details(say("prices.each"), _each(rows, scale)))


def _columns(about: About, lines: list[Curve]) -> Chart:
    """A single year has no course: one column for each carrier, named below it."""
    values = [line.points[0][1] for line in lines]
    layers = [
        Layer(say("word.mean"), line.colour, tuple(v if k == i else 0.0 for k, v in enumerate(values)))
        for i, line in enumerate(lines)
    ]
    return replace(stacked_bars(about, [line.name for line in lines], layers), keys=())


def _curve(rows: pl.DataFrame, carrier: str, scale: Scale) -> Curve:
    """The mean over the buses of a carrier."""
    means = rows.group_by("year").agg(pl.col("mean").mean()).sort("year")
    points = tuple((float(y), float(v) * scale.factor) for y, v in means.iter_rows())
    return Curve(known(f"carrier.{carrier}", carrier), _COLOURS.get(carrier, INK), points)


def _means(facts: Facts, lines: list[Curve], scale: Scale) -> Markup:
    plain = Scale(1.0, scale.unit)
    rows = []
    for line in lines:
        values = dict(line.points)
        rows.append([pair(line.name), *(plain.show(values.get(float(y), float("nan"))) for y in facts.years)])
    return table([both(""), *(str(y) for y in facts.years)], rows)


def _each(rows: pl.DataFrame, scale: Scale) -> Markup:
    head = [
        say("word.bus"),
        say("word.carrier"),
        say("word.year"),
        say("word.mean"),
        say("word.low"),
        say("word.high"),
    ]
    largest = max((abs(float(v)) for v in rows["high"] if v is not None), default=0.0)
    body = [
        [
            r["bus"],
            known(f"carrier.{r['carrier']}", r["carrier"]),
            str(r["year"]),
            *(scale.show(cleared(float(r[k]), largest)) for k in ("mean", "low", "high")),
        ]
        for r in rows.sort("carrier", "bus", "year").iter_rows(named=True)
    ]
    return table(head, body, text_columns=2, caption=say("prices.each") + " (" + scale.unit + ")")
