"""Sizes: what is built, stands and retires, and what one more unit would be worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from parkzero.language.block import Cohorts
from parkzero.planning.plan import Plan
from parkzero.results import frames
from parkzero.units import FloatArray


def sizes_of(plan: Plan, kinds: Mapping[str, str]) -> pl.DataFrame:
    """Built, standing, retired and existing amounts of every size in every milestone year."""
    rows: list[tuple[Any, ...]] = []
    for cohorts in plan.design.cohorts.values():
        rows += _rows(cohorts, built(plan, cohorts), plan.study.milestones.years, kinds)
    return frames.table(frames.SIZES, rows)


def built(plan: Plan, cohorts: Cohorts) -> FloatArray:
    """What each milestone year builds of a size [MW or MWh], shape [years]."""
    return np.maximum(plan.sizes[plan.design.block(cohorts).inside], 0.0) * cohorts.unit_size


def _rows(
    cohorts: Cohorts, added: FloatArray, years: tuple[int, ...], kinds: Mapping[str, str]
) -> list[tuple[Any, ...]]:
    result: list[tuple[Any, ...]] = []
    before = 0.0
    for i, year in enumerate(years):
        existing = cohorts.old(year)
        alive = [float(cohorts.lives(v, year)) for v in years]
        standing = float(added @ np.array(alive)) + existing
        gone = before + float(added[i]) - standing if i else 0.0
        kind, there = kinds.get(cohorts.asset, ""), cohorts.stays[0] <= year < cohorts.stays[1]
        result.append(
            (cohorts.asset, cohorts.owner, kind, cohorts.name, str(cohorts.unit), year, float(added[i]),
             standing, max(gone, 0.0), existing, cohorts.lifetime, there)
        )  # fmt: skip
        before = standing
    return result


def reduced_of(plan: Plan) -> FloatArray:
    """Change of the plan's cost when one more unit of each design column is forced in, shape [columns].

    Zero where a size is built freely, positive where it is not worth its cost, negative at a limit.
    """
    reduced = np.zeros(len(plan.sizes))
    for operated in plan.years:
        matrix = operated.built.matrix
        reduced += matrix.design_cost - matrix.design.T @ np.nan_to_num(operated.duals)
    return reduced


def builds_of(plan: Plan) -> pl.DataFrame:
    """For every size and year of building: its limit, its cost in the plan and its reduced cost.

    ``cheaper`` is the share by which the cost of an asset that is not built would have to fall, where the
    plan was priced.
    """
    reduced, cheaper = reduced_of(plan), plan.cheaper or {}
    cost = sum((o.built.matrix.design_cost for o in plan.years), np.zeros(len(plan.sizes)))
    rows: list[tuple[Any, ...]] = []
    for cohorts in plan.design.cohorts.values():
        amounts, start = built(plan, cohorts), plan.design.block(cohorts).start
        for i, year in enumerate(plan.study.milestones.years):
            j, unit = start + i, cohorts.unit_size
            most = float(plan.design.upper[j]) * unit
            rows.append(
                (cohorts.asset, cohorts.name, str(cohorts.unit), year, float(amounts[i]),
                 most if np.isfinite(most) else None, float(cost[j] / unit), float(reduced[j] / unit),
                 cheaper.get(cohorts.asset))
            )  # fmt: skip
    return frames.table(frames.BUILDS, rows)
