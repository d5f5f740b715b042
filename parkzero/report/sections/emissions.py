"""Emissions by scope against the caps."""

from __future__ import annotations

import numpy as np
import polars as pl
from markupsafe import Markup

from parkzero.charts import Layer, Limit, stacked_bars
from parkzero.charts.bars import visible
from parkzero.report.facts import Facts
from parkzero.report.sections.parts import figure, layer_table, note, said_of, section
from parkzero.report.words import Both, both, say
from parkzero.units import FloatArray

_AVOIDED = {"by_grid": "#c3cbd5", "by_park": "#8fd3bf"}


def emissions(facts: Facts) -> Markup:
    """Scope 1 and 2 by year, offsets below zero, caps as dashes."""
    sums = {a: facts.by_year(a) for a in ("scope1", "scope2", "offset_mass", "biogenic")}
    largest = float((sums["scope1"] + sums["scope2"]).max(initial=0.0))
    factor, unit = (1e-3, say("unit.kt")) if largest >= 20_000 else (1.0, say("unit.t"))
    signs = {"scope1": 1.0, "scope2": 1.0, "offset_mass": -1.0}
    layers = [
        Layer(
            facts.account(a).name, facts.account(a).colour, tuple(float(v) for v in sums[a] * sign * factor)
        )
        for a, sign in signs.items()
    ]
    layers = visible(layers)
    limits = _limits(facts, factor)
    names = [str(year) for year in facts.years]
    told: list[Layer | Limit] = [*layers, *limits]
    if sums["biogenic"].max(initial=0.0) > 0:
        outside = tuple(float(v) * factor for v in sums["biogenic"])
        told.append(Layer(facts.account("biogenic").name, "", outside))
    about = said_of(facts, say("emissions.chart"), unit, "ledger, policies")
    chart = stacked_bars(about, names, layers, limits, say("emissions.net"))
    drawn = figure(facts, "emissions-scope", chart, numbers=layer_table([both(""), *names], told), wide=True)
    return section("emissions", drawn, note(say("emissions.note")), *_wedges(facts, factor, unit))


def _wedges(facts: Facts, factor: float, unit: Both) -> list[Markup]:
    """What is emitted and what is avoided, against the first year's emissions per energy demanded."""
    parts = avoided(facts)
    if parts is None:
        return []
    layers = [
        Layer(
            say(f"emissions.{name}"),
            _AVOIDED.get(name) or facts.account(name).colour,
            tuple(float(v) for v in values * factor),
        )
        for name, values in parts.items()
    ]
    layers = visible(layers)
    names = [str(year) for year in facts.years]
    about = said_of(facts, say("emissions.wedges"), unit, "ledger")
    chart = stacked_bars(about, names, layers, net=say("emissions.reference"))
    numbers = layer_table([both(""), *names], layers, total=True)
    drawn = figure(facts, "emissions-wedges", chart, numbers=numbers, wide=True)
    return [drawn, note(say("emissions.wedges_note"))]


def avoided(facts: Facts) -> dict[str, FloatArray] | None:
    """Emissions of each year and what keeps them below the reference [t], shape [years] each.

    The reference grows from the first year's emissions as energy demand grows. The cleaner grid avoids what
    this year's import would have emitted more at the first year's grid factor; the park avoids the rest.

    Returns:
        Scopes 1 and 2, avoided by the grid, avoided in the park; None where there is nothing to compare with.
    """
    one, two, bought = (facts.by_year(a) for a in ("scope1", "scope2", "imported"))
    rows = facts.results.ledger.filter(
        pl.col("account").is_in(["consumed", "heat_supplied"]) & pl.col("kind").str.ends_with("_demand")
    )
    sums = dict(rows.group_by("year").agg(pl.col("amount").sum()).iter_rows())
    demand = np.array([float(sums.get(year, 0.0)) for year in facts.years])
    if len(demand) < 2 or demand[0] <= 0 or bought[0] <= 0 or one[0] + two[0] <= 0:
        return None
    reference = (one[0] + two[0]) * demand / demand[0]
    by_grid = bought * two[0] / bought[0] - two
    return {"scope1": one, "scope2": two, "by_grid": by_grid, "by_park": reference - one - two - by_grid}


def _limits(facts: Facts, factor: float) -> list[Limit]:
    found = []
    rows = facts.results.policies.filter((pl.col("family") == "emission") & pl.col("limit").is_finite())
    names = list(dict.fromkeys(rows["policy"].to_list()))
    for policy in names:
        own = rows.filter(pl.col("policy") == policy)
        kind = own["kind"][0]
        by_year = dict(zip(own["year"], own["limit"], strict=True))
        values = tuple(by_year[y] * factor if y in by_year else None for y in facts.years)
        found.append(Limit(facts.technology_name(kind) + (f" ({policy})" if len(names) > 1 else ""), values))
    return found
