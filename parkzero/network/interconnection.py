"""What a park hands to its utility: what it draws and may draw, branch by branch and year by year."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from parkzero.network.check import Checked, Year
from parkzero.network.grid import LEAST, Branch
from parkzero.network.hosting import CONGESTED, Room
from parkzero.results.results import Results

FULL = 0.999
"""A branch that reaches this share of what it may carry is full."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A branch in one year, as the table of the interconnection has it.

    Attributes:
        year: milestone year.
        branch: line or transformer.
        rating: what stands [MVA].
        firm: what it may carry [MVA].
        peak: largest active power through it [MW].
        peak_at: start of that step.
        factor: power factor in that step.
        back: largest active power the other way [MW].
        loading: share of the rating in its fullest step.
        room: firm room for a load behind it [MW]: the least of the nodes that it leads to directly.
        flexible: room that stands back in the fullest hours [MW].
        worth: what another MVA would have saved in the year [money/MVA]; zero where it is never full, no
            number where the plan has no prices.
        cost: what another MVA costs the plan, built in this year [money/MVA]; None where none can be built.
    """

    year: int
    branch: str
    rating: float
    firm: float
    peak: float
    peak_at: str
    factor: float
    back: float
    loading: float
    room: float
    flexible: float
    worth: float
    cost: float | None


def connections(results: Results, checked: Checked, found: Sequence[Room]) -> list[Connection]:
    """The table of all branches and years, the root's first."""
    at = {(room.year, room.bus): room for room in found}
    return [
        _connection(results, y, i, b, at.get((y.year, b.end)))
        for i, b in enumerate(checked.grid.branches)
        for y in checked.years
    ]


def first_full(table: Sequence[Connection]) -> dict[str, int | None]:
    """First milestone year in which each branch is full, or leaves no firm room; None where none does."""
    years: dict[str, int | None] = {}
    for row in table:
        years.setdefault(row.branch, None)
        full = row.rating > LEAST and (row.loading >= FULL * row.firm / row.rating or row.room < CONGESTED)
        if years[row.branch] is None and full:
            years[row.branch] = row.year
    return years


def _connection(results: Results, y: Year, i: int, b: Branch, room: Room | None) -> Connection:
    entering, reactive = np.nan_to_num(y.flow.entering[i]), np.nan_to_num(y.flow.reactive[i])
    top, rating = int(entering.argmax()), b.rating.get(y.year, 0.0)
    apparent = float(np.hypot(entering[top], reactive[top]))
    return Connection(
        y.year, b.name, rating, rating * b.loading, float(max(entering[top], 0.0)), y.starts[top],
        float(entering[top]) / apparent if apparent > 0 else 1.0, float(max(0.0, -entering.min())),
        float(np.nan_to_num(y.flow.loading[i]).max()), room.load if room else 0.0,
        room.flexible_load if room else 0.0, _worth(results, b, y), _cost(results, b, y.year),
    )  # fmt: skip


def _worth(results: Results, b: Branch, y: Year) -> float:
    """What loosening the capacity of every step by one MVA saves in a year, by the duals of the plan."""
    if np.isnan(y.hours.price).all():
        return math.nan
    rows = results.binding.filter(
        (pl.col("asset") == b.name) & (pl.col("rule") == "capacity") & (pl.col("year") == y.year)
    )
    return float(rows["worth"].sum())


def _cost(results: Results, b: Branch, year: int) -> float | None:
    rows = results.builds.filter(
        (pl.col("asset") == b.name) & (pl.col("size") == "capacity") & (pl.col("year") == year)
    )
    if rows.is_empty() or not rows["cost"][0]:
        return None
    return float(rows["cost"][0])
