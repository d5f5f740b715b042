"""Emissions by scope against the caps."""

from __future__ import annotations

from functools import partial

import polars as pl
from markupsafe import Markup

from parkzero.report.charts.bars import Layer, Limit, stacked_columns, visible
from parkzero.report.facts import Facts, account_name
from parkzero.report.palette import ACCOUNT, ALERT, INK
from parkzero.report.sections.parts import Key, figure, layer_table, note, section
from parkzero.report.words import both, say

_POLICIES = ("emission_cap", "emission_budget")


def emissions(facts: Facts) -> Markup:
    """Scope 1 and 2 by year, offsets below zero, caps as dashes."""
    sums = {a: facts.by_year(a) for a in ("scope1", "scope2", "offset_mass", "biogenic")}
    largest = float((sums["scope1"] + sums["scope2"]).max(initial=0.0))
    factor, unit = (1e-3, say("unit.kt")) if largest >= 20_000 else (1.0, say("unit.t"))
    signs = {"scope1": 1.0, "scope2": 1.0, "offset_mass": -1.0}
    layers = [
        Layer(account_name(a), ACCOUNT[a], tuple(float(v) for v in sums[a] * sign * factor))
        for a, sign in signs.items()
    ]
    layers = visible(layers)
    limits = _limits(facts, factor)
    names = [str(year) for year in facts.years]
    told: list[Layer | Limit] = [*layers, *limits]
    if sums["biogenic"].max(initial=0.0) > 0:
        outside = tuple(float(v) * factor for v in sums["biogenic"])
        told.append(Layer(account_name("biogenic"), "", outside))
    keys = [Key(layer.name, layer.colour) for layer in reversed(layers)]
    keys += [Key(limit.name, ALERT, shape="dash") for limit in limits]
    net = say("emissions.net") if any(v < 0 for k in layers for v in k.values) else None
    if net is not None:
        keys.append(Key(net, INK, shape="ring"))
    draw = partial(stacked_columns, names=names, layers=layers, unit=unit, limits=limits, net=net)
    chart = figure(
        facts,
        "emissions-scope",
        say("emissions.chart"),
        unit,
        draw,
        source="ledger, policies",
        keys=keys,
        numbers=layer_table([both(""), *names], told),
        wide=True,
    )
    return section("emissions", chart, note(say("emissions.note")))


def _limits(facts: Facts, factor: float) -> list[Limit]:
    found = []
    rows = facts.results.policies.filter(pl.col("kind").is_in(_POLICIES) & pl.col("limit").is_finite())
    names = list(dict.fromkeys(rows["policy"].to_list()))
    for policy in names:
        own = rows.filter(pl.col("policy") == policy)
        kind = own["kind"][0]
        by_year = dict(zip(own["year"], own["limit"], strict=True))
        values = tuple(by_year[y] * factor if y in by_year else None for y in facts.years)
        found.append(Limit(say(f"policy.{kind}") + (f" ({policy})" if len(names) > 1 else ""), values))
    return found
