"""Prices of the buses: what one more megawatt-hour would have cost in each step.

The dual of a bus's balance is the change of the plan's discounted cost over all years that the milestone
stands for; divided by the year's weight and the step's weight and length it is a price [money/MWh].
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from parkzero.lp.model import dotted
from parkzero.planning.assemble import BALANCE
from parkzero.planning.plan import Operated, Plan
from parkzero.results import frames
from parkzero.units import FloatArray


def prices_of(operated: Operated, buses: list[str]) -> dict[str, FloatArray]:
    """Price of each bus in each step [money/MWh]."""
    timeline = operated.built.context.timeline
    scale = operated.built.weight * timeline.weights * timeline.hours
    rows = {block.dotted: block for block in operated.built.matrix.rows}
    result = {}
    for bus in buses:
        result[bus] = operated.duals[rows[dotted(bus, BALANCE)].inside] / scale
    return result


def prices_mean_of(plan: Plan) -> pl.DataFrame:
    """Mean, lowest and highest price of each bus and year; empty where duals are not known."""
    rows: list[tuple[Any, ...]] = []
    for operated in plan.years:
        weights = operated.built.context.timeline.weights
        for bus, price in prices_of(operated, list(plan.study.buses)).items():
            if not np.isfinite(price).all():
                continue
            mean = float(price @ weights / weights.sum())
            carrier = plan.study.buses[bus].carrier
            rows.append((operated.built.year, bus, carrier, mean, float(price.min()), float(price.max())))
    return frames.table(frames.PRICES_MEAN, rows)
