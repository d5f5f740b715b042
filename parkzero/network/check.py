"""Every hour of a plan's years under alternating current, against the limits of its network."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from parkzero.network.flow import Flow, flow
from parkzero.network.grid import Grid, Hours, Node, grids_of, hours_of
from parkzero.results.results import Results
from parkzero.units import FloatArray

SLIGHT = 1e-5
"""Beyond a limit by less than this share is within it: what two ways of computing differ by."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that some hours of a year break.

    Attributes:
        year: milestone year.
        what: "loading" of a branch, voltage "low" or "high" of a node, or "no_flow".
        of: branch or bus; the root where there is no flow.
        limit: of the study: a share, or [pu].
        worst: what is reached in the worst hour.
        hours: steps in which it is broken.
        start: of the worst of them.
    """

    year: int
    what: str
    of: str
    limit: float
    worst: float
    hours: int
    start: str


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """One year of a network: what the plan says, and what flows; ``each`` is what a step is of it [h]."""

    year: int
    hours: Hours
    flow: Flow
    starts: Sequence[str]
    each: float


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A network checked.

    Attributes:
        grid: the network.
        years: each milestone year.
        breaches: limits that are broken, the worst first.
        error: largest difference of a voltage between the plan and alternating current [pu].
        error_at: bus, year and start of the step where that is.
        losses: of all branches in a year, in the plan and in alternating current [MWh].
    """

    grid: Grid
    years: tuple[Year, ...]
    breaches: tuple[Breach, ...]
    error: float
    error_at: tuple[str, int, str]
    losses: Mapping[int, tuple[float, float]]

    @property
    def checked(self) -> int:
        """Flows that were computed."""
        return sum(len(y.starts) for y in self.years)

    def branch_table(self) -> pl.DataFrame:
        """Each branch and year: rating, its most loaded hour, hours above nine tenths, losses."""
        rows = []
        for y in self.years:
            hours = y.each
            for i, b in enumerate(self.grid.branches):
                load = np.nan_to_num(y.flow.loading[i])
                worst = int(load.argmax())
                rows.append((
                    y.year, b.name, b.start, b.end, b.rating.get(y.year, 0.0), b.loading, float(load[worst]),
                    y.starts[worst], float((load > 0.9 * b.loading).sum() * hours),
                    float(np.nansum(y.flow.losses[i]) * hours),
                ))  # fmt: skip
        names = ("year", "branch", "start", "end", "rating", "limit", "loading", "when", "hours_90", "losses")
        return pl.DataFrame(rows, schema=list(names), orient="row")

    def node_table(self) -> pl.DataFrame:
        """Each node and year: band, lowest and highest voltage, and how far off the plan was."""
        rows = []
        for y in self.years:
            for i, (bus, node) in enumerate(self.grid.nodes.items()):
                volts, apart = y.flow.voltage[i], np.abs(y.flow.voltage[i] - y.hours.voltage[i])
                if np.isnan(volts).all():
                    continue
                rows.append((
                    y.year, bus, node.low, node.high, float(np.nanmin(volts)), float(np.nanmax(volts)),
                    float(np.nanmax(apart)), float(y.hours.active[i].max()),
                ))  # fmt: skip
        names = ("year", "node", "low", "high", "lowest", "highest", "error", "most")
        return pl.DataFrame(rows, schema=list(names), orient="row")


def check(results: Results, allowed: Mapping[str, float] | None = None) -> list[Checked]:
    """Check all networks of a run.

    Args:
        results: the run.
        allowed: limits that count where the run was planned within tighter ones: of branches by name, of
            nodes by ``bus.low`` and ``bus.high``.

    Raises:
        StudyError: when the run has no network, or power-grid-model is not installed.
    """
    return [_checked(results, grid, allowed or {}) for grid in grids_of(results)]


def _checked(results: Results, grid: Grid, allowed: Mapping[str, float]) -> Checked:
    years, row = [], results.years.row(0, named=True)
    each = float(row["hours"] * row["scale"])
    for year in results.year_list:
        hours = hours_of(results, grid, year)
        starts = results.frame("flows", year)["start"].dt.strftime("%Y-%m-%d %H:%M").to_list()
        found = flow(grid, year, hours.active, hours.reactive, hours.tapped)
        years.append(Year(year, hours, found, starts, each))
    grid = _within(grid, allowed)
    breaches = [b for y in years for b in breaches_of(grid, y)]
    breaches.sort(key=lambda b: -abs(b.worst - b.limit))
    worst, at = 0.0, (grid.root, years[0].year, years[0].starts[0])
    for y in years:
        apart = np.nan_to_num(np.abs(y.flow.voltage - y.hours.voltage))
        node, step = np.unravel_index(int(apart.argmax()), apart.shape)
        if apart[node, step] > worst:
            worst, at = float(apart[node, step]), (list(grid.nodes)[int(node)], y.year, y.starts[int(step)])
    return Checked(grid, tuple(years), tuple(breaches), worst, at, _losses(results, grid, years))


def _within(grid: Grid, allowed: Mapping[str, float]) -> Grid:
    """The network with the limits that count."""

    def node(bus: str, n: Node) -> Node:
        low, high = allowed.get(f"{bus}.low", n.low), allowed.get(f"{bus}.high", n.high)
        return dataclasses.replace(n, low=low, high=high)

    branches = tuple(dataclasses.replace(b, loading=allowed.get(b.name, b.loading)) for b in grid.branches)
    return dataclasses.replace(
        grid, nodes={bus: node(bus, n) for bus, n in grid.nodes.items()}, branches=branches
    )


def breaches_of(grid: Grid, year: Year) -> list[Breach]:
    """The limits that a year breaks."""
    found = []
    if not year.flow.solved.all():
        first = int(np.argmin(year.flow.solved))
        count = int((year.flow.solved == 0).sum())
        found.append(Breach(year.year, "no_flow", grid.root, 1.0, math.inf, count, year.starts[first]))
    for i, b in enumerate(grid.branches):
        found += _broken(year, "loading", b.name, b.loading, year.flow.loading[i], b.loading)
    for i, (bus, node) in enumerate(grid.nodes.items()):
        if not node.name:
            continue
        found += _broken(year, "low", bus, node.low, -year.flow.voltage[i], -node.low)
        found += _broken(year, "high", bus, node.high, year.flow.voltage[i], node.high)
    return found


def _broken(year: Year, what: str, of: str, limit: float, values: FloatArray, most: float) -> list[Breach]:
    over = np.nan_to_num(values, nan=-np.inf) > most + SLIGHT
    if not over.any():
        return []
    at = int(np.nanargmax(values))
    return [Breach(year.year, what, of, limit, float(abs(values[at])), int(over.sum()), year.starts[at])]


def _losses(results: Results, grid: Grid, years: Sequence[Year]) -> dict[int, tuple[float, float]]:
    found = {}
    for y in years:
        flows, hours = results.frame("flows", y.year), y.each
        planned = sum(
            float(flows[f"{b.name}.lost"].sum()) + b.idle * b.rating.get(y.year, 0.0) * flows.height
            for b in grid.branches
        )
        found[y.year] = (planned * hours, float(np.nansum(y.flow.losses)) * hours)
    return found
