"""Wear of batteries: the cycles of a plan's own hours by rainflow, against those that it was sized for.

Sizing takes all cycles that a battery may do in a year as done. Here the stored energy of every step is
counted as ASTM E1049-85 does: each closed swing is a cycle of its depth, each open one half of one. A swing
of a tenth of the energy counts as a tenth of a full cycle, since the fade that is planned with is linear in
what passes.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl

from parkzero.results.stored import Stored
from parkzero.units import FloatArray

WEARS = "wears"
"""Trait of stores that fade with their cycles."""
_SMALL = 1e-9
_COLUMNS = {
    "year": pl.Int64, "asset": pl.String, "cycles": pl.Float64, "deepest": pl.Float64,
    "allowed": pl.Float64, "by_age": pl.Float64, "by_cycles": pl.Float64, "planned": pl.Float64,
}  # fmt: skip


def full_cycles(levels: FloatArray) -> tuple[float, float]:
    """Full cycles of a series of levels, as shares of what may be held, and the deepest swing."""
    import rainflow

    found = [(depth, count) for depth, _, count, _, _ in rainflow.extract_cycles(levels)]
    return float(sum(depth * count for depth, count in found)), max((d for d, _ in found), default=0.0)


def wear(results: Stored) -> pl.DataFrame:
    """Cycles and fade of every battery in each milestone year; see ``Results.wear``."""
    batteries = results.tables["components"].filter(pl.col("traits").str.split(" ").list.contains(WEARS))
    rows = [
        row
        for year in results.tables["years"]["year"]
        for asset, fields in batteries.select("asset", "fields").iter_rows()
        if (row := _of_year(results, int(year), asset, json.loads(fields))) is not None
    ]
    return pl.DataFrame(rows, schema=_COLUMNS)


def _of_year(results: Stored, year: int, asset: str, fields: dict[str, Any]) -> dict[str, Any] | None:
    sizes = results.tables["sizes"].filter(
        (pl.col("asset") == asset) & (pl.col("size") == "energy") & (pl.col("year") == year)
    )
    held = float(sizes["standing"].sum())
    flows = results.frame("flows", year)
    if held <= _SMALL or f"{asset}.stored" not in flows.columns:
        return None
    levels = flows[f"{asset}.stored"].to_numpy() / held
    cycles, deepest = full_cycles(np.concatenate([levels[-1:], levels]))  # a year is a circle
    years = results.tables["years"]
    cycles *= float(years.filter(pl.col("year") == year)["scale"][0])
    allowed = _number(fields, "cycles")
    by_age, per_cycle = _number(fields, "calendar_fade") or 0.0, _number(fields, "cycle_fade") or 0.0
    return {
        "year": year, "asset": asset, "cycles": cycles, "deepest": deepest, "allowed": allowed,
        "by_age": by_age, "by_cycles": cycles * per_cycle,
        "planned": by_age + (allowed or 0.0) * per_cycle,
    }  # fmt: skip


def _number(fields: dict[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if isinstance(value, dict):
        value = value.get("value")
    return None if value is None else float(np.asarray(value, dtype=np.float64))
