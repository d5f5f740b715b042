"""Hourly tables of a plan in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from parkzero.lp.model import dotted
from parkzero.planning.plan import Operated, Plan
from parkzero.results.prices import prices_of
from parkzero.results.results import Kind
from parkzero.units import FloatArray


@dataclass(frozen=True, slots=True)
class PlanHours:
    """Hourly tables made from a plan when they are asked for.

    Attributes:
        plan: the plan.
        series: coefficients that differ between steps, by year and name.
    """

    plan: Plan
    series: dict[int, dict[str, FloatArray]] = field(default_factory=dict)

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        """Hourly values of one year."""
        operated = next(o for o in self.plan.years if o.built.year == year)
        columns = {
            "flows": lambda: flows_of(operated),
            "injections": lambda: injections_of(operated, self.plan.sizes),
            "prices": lambda: prices_of(operated, list(self.plan.study.buses)),
            "rates": lambda: self.series.get(year, {}),
        }[kind]()
        starts = operated.built.context.timeline.own.starts.astype("datetime64[ms]")
        return pl.DataFrame({"start": starts, **columns})


def flows_of(operated: Operated) -> dict[str, FloatArray]:
    """Every flow, level and switch by ``asset.flow`` [MW or MWh]."""
    blocks, steps = operated.built.context.model.operation.blocks, operated.built.context.timeline.steps
    result = {}
    for asset, name, _ in operated.built.context.flows:
        block = blocks[dotted(asset, name)]
        result[block.dotted] = operated.values[block.inside][:steps]  # a level also has its start
    return result


def injections_of(operated: Operated, sizes: FloatArray) -> dict[str, FloatArray]:
    """What each asset injects into each bus, by ``bus|asset`` [MW]."""
    result: dict[str, FloatArray] = {}
    for bus, parts in operated.built.context.injections.items():
        for asset, expr in parts:
            name, value = f"{bus}|{asset}", expr.value(sizes, operated.values)
            result[name] = result[name] + value if name in result else value
    return result
