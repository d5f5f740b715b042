"""Policies: what the year's limit was, what it came to, and what loosening it by one unit would save."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from parkzero.language.ledger import Limit
from parkzero.planning.plan import Operated, Plan
from parkzero.results import frames

# A limit binds when its dual is this large, and the value this near to it relative to the limit.
DUAL = 1e-6
NEAR = 1e-4


def policies_of(plan: Plan) -> pl.DataFrame:
    """Every limit and price that a policy tells of, in every year in which it applies."""
    kinds = {c.name: c.kind for c in plan.study.components if c.group == "policy"}
    rows = [
        _row(plan, operated, told, kinds[told.asset])
        for operated in plan.years
        for told in operated.built.context.ledger.limits
        if told.asset in kinds
    ]
    return frames.table(frames.POLICIES, rows)


def _row(plan: Plan, operated: Operated, told: Limit, kind: str) -> tuple[Any, ...]:
    value = _number(told.value.value(plan.sizes, operated.values))
    limit = None if told.limit is None else _number(told.limit.value(plan.sizes, operated.values))
    price = _saving(operated, told) if told.price is None else float(told.price.value)
    binds = limit is not None and price > DUAL and abs(value - limit) <= NEAR * max(1.0, abs(limit))
    return (
        operated.built.year, told.asset, kind, limit, value, str(told.value.unit), price, binds, told.rule,
        told.family, told.least,
    )  # fmt: skip


def _number(values: np.ndarray) -> float:
    return float(values[0])


def _saving(operated: Operated, told: Limit) -> float:
    """Saving of one year when the limit is loosened by one unit; nothing where there is no rule."""
    for block in operated.built.matrix.rows:
        if (block.asset, block.name) == (told.asset, told.rule):
            return abs(float(np.nan_to_num(operated.duals[block.start]))) / operated.built.weight
    return 0.0
