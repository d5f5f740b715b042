"""The ledger as a table, and the variables of the year that are no flow over the steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from parkzero.language.ledger import COSTS, Entry
from parkzero.planning.plan import Operated, Plan
from parkzero.results import frames
from parkzero.results.coefficients import variable
from parkzero.results.names import Names
from parkzero.units import FloatArray

LEAST = 1e-9


def amount_of(entry: Entry, operated: Operated, sizes: FloatArray) -> float:
    """The year's amount of one booking [account unit]."""
    values = entry.expr.value(sizes, operated.values)
    if not entry.hourly:
        return float(values[0])
    timeline = operated.built.context.timeline
    return float(values @ (timeline.weights * timeline.hours))


def ledger_of(plan: Plan, names: Names) -> pl.DataFrame:
    """One row for each booking of each year."""
    rows: list[tuple[Any, ...]] = []
    for operated in plan.years:
        for entry in operated.built.context.ledger.entries:
            amount = amount_of(entry, operated, plan.sizes)
            if abs(amount) < LEAST:
                continue
            unit = plan.study.currency if entry.account in COSTS else str(entry.account.unit)
            rows.append(
                (operated.built.year, entry.asset, entry.owner, names.kinds.get(entry.asset, ""),
                 entry.account.value, entry.label, amount, unit)
            )  # fmt: skip
    return frames.table(frames.LEDGER, rows)


def variables_of(plan: Plan) -> pl.DataFrame:
    """Columns that are neither flows over the steps nor sizes: peaks, allowances, yearly amounts."""
    sizes = {c.builds for c in plan.design.cohorts.values()}
    rows: list[tuple[Any, ...]] = [
        (0, name, float(value), "")
        for name, value in zip(plan.design.names, plan.sizes, strict=True)
        if name[: name.rindex("[")] not in sizes
    ]
    for operated in plan.years:
        steps = operated.built.context.timeline.steps
        for block in operated.built.matrix.columns:
            if block.count == steps and steps > 1:
                continue
            values = operated.values[block.start : block.start + block.count]
            rows += [
                (operated.built.year, variable(block.name, i, block.count), float(v), str(block.unit))
                for i, v in enumerate(np.asarray(values))
            ]
    return frames.table(frames.VARIABLES, rows)
