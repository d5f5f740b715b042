"""Pictures of a network: the map with loading, and the room of its nodes."""

from __future__ import annotations

import math

import numpy as np

from parkzero.charts import About, Chart
from parkzero.charts import network as drawn
from parkzero.charts.flows import Branch as Line
from parkzero.charts.flows import Place
from parkzero.network.check import SLIGHT, Checked
from parkzero.network.grid import Grid
from parkzero.texts import data, say


def loading_map(checked: Checked, year: int, source: str) -> Chart:
    """Nodes where they stand, and branches by how full their fullest hour of a year is."""
    grid, found = checked.grid, next(y for y in checked.years if y.year == year)
    at = places(grid)
    spots = [Place(bus, data(bus), x, y) for bus, (x, y) in at.items()]
    lines = []
    for i, b in enumerate(grid.branches):
        load = float(np.nan_to_num(found.flow.loading[i]).max())
        share = load / b.loading
        lines.append(Line(data(b.name), b.start, b.end, min(share, 1.0) if share <= 1 + SLIGHT else share))
    return drawn(About(say("network.map_title", year=str(year)), "%", source), spots, lines)


def places(grid: Grid) -> dict[str, tuple[float, float]]:
    """Where each node is drawn: its coordinates, or a tree where not all have some."""
    if all(math.isfinite(n.x) and math.isfinite(n.y) for n in grid.nodes.values()):
        return {bus: (n.x, n.y) for bus, n in grid.nodes.items()}
    depth = {grid.root: 0}
    for b in grid.branches:
        depth[b.end] = depth[b.start] + 1
    leaves, at = 0, dict[str, tuple[float, float]]()
    for bus in reversed(list(grid.nodes)):
        below = [at[b.end][1] for b in grid.branches if b.start == bus]
        if below:
            at[bus] = (float(depth[bus]), sum(below) / len(below))
        else:
            at[bus], leaves = (float(depth[bus]), float(leaves)), leaves + 1
    return {bus: at[bus] for bus in grid.nodes}
