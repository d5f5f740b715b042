"""Prices: what one more megawatt-hour would cost at each bus."""

from __future__ import annotations

from functools import partial

import polars as pl
from markupsafe import Markup

from parkzero.report.charts.lines import Curve, curves
from parkzero.report.facts import Facts
from parkzero.report.markup import details, table
from parkzero.report.numbers import Scale, price
from parkzero.report.palette import INK
from parkzero.report.sections.parts import Key, empty, figure, section
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
    draw = partial(
        curves, lines=lines, unit=scale.unit, along=both(""), marks=[float(y) for y in facts.years]
    )
    keys = [Key(line.name, line.colour) for line in lines]
    chart = figure(
        facts,
        "prices-mean",
        say("prices.chart"),
        scale.unit,
        draw,
        source="prices_mean",
        keys=keys,
        numbers=_means(facts, lines, scale),
        wide=True,
    )
    return section("prices", chart, details(say("prices.each"), _each(rows, scale)))


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
        rows.append([line.name, *(plain.show(values.get(float(y), float("nan"))) for y in facts.years)])
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
    body = [
        [
            r["bus"],
            known(f"carrier.{r['carrier']}", r["carrier"]),
            str(r["year"]),
            *(scale.show(float(r[k])) for k in ("mean", "low", "high")),
        ]
        for r in rows.sort("carrier", "bus", "year").iter_rows(named=True)
    ]
    return table(head, body, text_columns=2, caption=say("prices.each") + " (" + scale.unit + ")")
