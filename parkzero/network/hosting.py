"""Room in a network: what more each node can take or give, firm or flexible, and what a megawatt more costs.

A further load, or a further plant at a power factor of one, is put at one node on top of the plan's own
hours. By the linear flow each hour has room for so much before a branch on its way to the root is full or a
voltage on that way leaves its band. Firm is the room of the fullest hour, proven by alternating current: it
is lowered until no hour breaks a limit. Flexible is the room of all hours but the fullest ones, in which it
would have to stand back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parkzero.network.check import SLIGHT, Checked, Year
from parkzero.network.flow import Flow, flow
from parkzero.network.grid import LEAST, Branch, Grid
from parkzero.units import FloatArray

FLEXIBLE = 0.02
"""Share of the hours in which what is flexible may have to stand back."""
FULLEST = 300
"""Hours that are looked at under alternating current, the fullest by the linear flow."""
MOST = 1e3
"""Room beyond this is no limit [MW]."""
SHIFTS = (0.0, 0.25, 0.5, 0.75, -0.25, -0.5)
"""Shares of their range by which taps under load may move from the plan's, where there is room to."""
CONGESTED = 0.01
"""Firm room below this is none [MW]."""


@dataclass(frozen=True, slots=True)
class Room:
    """Room of one node in one year.

    Attributes:
        year: milestone year.
        bus: node.
        load, flexible_load: what more may be drawn, firm or flexible [MW].
        plant, flexible_plant: what more may be given [MW].
        by: branch or node whose limit ends the firm load first; empty where nothing does.
        price: what a megawatt drawn in all hours of the year costs, by the prices of the plan [money/MW].
        network: the part of that which is not the price at the root: losses and congestion [money/MW].
            Neither is a number where the plan has no prices.
    """

    year: int
    bus: str
    load: float
    flexible_load: float
    plant: float
    flexible_plant: float
    by: str
    price: float
    network: float


def rooms(checked: Checked, hours: float) -> list[Room]:
    """Room of every node but the root in every milestone year.

    Args:
        checked: the network.
        hours: real hours that a step stands for in a year [h].
    """
    return [
        _room(checked.grid, year, index, bus, hours)
        for year in checked.years
        for index, bus in enumerate(checked.grid.nodes)
        if bus != checked.grid.root
    ]


def congested(found: Sequence[Room]) -> dict[str, int | None]:
    """First milestone year in which a node has no firm room for a load; None where it always has."""
    years: dict[str, int | None] = {}
    for room in found:
        years.setdefault(room.bus, None)
        if years[room.bus] is None and room.load < CONGESTED:
            years[room.bus] = room.year
    return years


def _room(grid: Grid, year: Year, index: int, bus: str, hours: float) -> Room:
    price = year.hours.price
    own, root = float(price[index].sum() * hours), float(price[0].sum() * hours)
    if any(b.rating.get(year.year, 0.0) <= LEAST for b in grid.path(bus)):
        return Room(year.year, bus, 0.0, 0.0, 0.0, 0.0, grid.path(bus)[-1].name, own, own - root)
    load, by = _linear(grid, year, bus, +1.0)
    plant, _ = _linear(grid, year, bus, -1.0)
    firm, given = (_proven(grid, year, index, bus, r, s) for r, s in ((load, 1.0), (plant, -1.0)))
    return Room(
        year.year, bus, firm, max(firm, _all_but(load)), given, max(given, _all_but(plant)),
        by if firm < MOST else "", own, own - root,
    )  # fmt: skip


def _all_but(room: FloatArray) -> float:
    """Room of all hours but the fullest."""
    return float(min(MOST, max(0.0, np.quantile(room, FLEXIBLE))))


def _linear(grid: Grid, year: Year, bus: str, sign: float) -> tuple[FloatArray, str]:
    """Room of each step by the linear flow [MW], and what ends it in the fullest."""
    tangent = grid.nodes[bus].tangent if sign > 0 else 0.0
    room = np.full(year.hours.active.shape[1], MOST)
    by = np.full(room.shape, -1)
    names: list[str] = []
    place = {b.name: i for i, b in enumerate(grid.branches)}
    numbers = {b: i for i, b in enumerate(grid.nodes)}
    slope, spare = 0.0, np.zeros(room.shape)
    for branch in grid.path(bus):
        i, rating = place[branch.name], branch.rating[year.year]
        more = _until_full(year.flow, i, rating * branch.loading, sign, tangent)
        room, by = _lower(room, by, more, len(names))
        names.append(branch.name)
        units = max(rating / branch.unit, 1e-9)
        slope += 2 * (branch.r + branch.x * tangent) / units
        node = grid.nodes[branch.end]
        square = year.flow.voltage[numbers[branch.end]] ** 2
        if branch.tap_range > 0:
            spare += 2 * (branch.tap_range - sign * year.hours.tapped[i])
        left = ((square - node.low**2) if sign > 0 else (node.high**2 - square)) + spare
        room, by = _lower(room, by, np.maximum(left, 0.0) / slope, len(names))
        names.append(branch.end)
    fullest = int(by[int(room.argmin())])
    return np.nan_to_num(room), names[fullest] if fullest >= 0 else ""


def _lower(room: FloatArray, by: FloatArray, more: FloatArray, number: int) -> tuple[FloatArray, FloatArray]:
    less = more < room
    return np.where(less, more, room), np.where(less, number, by)


def _until_full(found: Flow, i: int, most: float, sign: float, tangent: float) -> FloatArray:
    """What more of a load (or a plant) fills a branch: the root of |S + d (1 + j tangent)| = most."""
    p, q = found.entering[i] * sign, found.reactive[i] * sign
    a, b, c = 1 + tangent**2, p + q * tangent, p**2 + q**2 - most**2
    inside = np.maximum(b**2 - a * c, 0.0)
    more: FloatArray = np.maximum((-b + np.sqrt(inside)) / a, 0.0)
    return more


def _proven(grid: Grid, year: Year, index: int, bus: str, room: FloatArray, sign: float) -> float:
    """The firm room: that of the fullest hour, lowered until alternating current breaks no limit."""
    firm = float(min(MOST, room.min()))
    fullest = np.argsort(room)[: min(FULLEST, len(room))].astype(np.int64)
    before = _beyond(grid, year, grid.path(bus), fullest, index, 0.0)
    if before > SLIGHT:
        return 0.0
    low, high = 0.0, firm
    if _beyond(grid, year, grid.path(bus), fullest, index, sign * high) <= SLIGHT:
        return high
    for _ in range(8):
        middle = (low + high) / 2
        if _beyond(grid, year, grid.path(bus), fullest, index, sign * middle) <= SLIGHT:
            low = middle
        else:
            high = middle
    return low


def _beyond(
    grid: Grid, year: Year, path: Sequence[Branch], hours: npt.NDArray[np.int64], index: int, more: float
) -> float:
    """By how much a limit on the way is broken with so much more at a node; below zero: none is.

    Taps under load may move from where the plan has them, by hour; all voltages are then looked at.
    """
    active, reactive = year.hours.active[:, hours].copy(), year.hours.reactive[:, hours].copy()
    active[index] += more
    if more > 0:
        reactive[index] += more * list(grid.nodes.values())[index].tangent
    tapped = year.hours.tapped[:, hours]
    worst = np.full(len(hours), np.inf)
    for share in SHIFTS if any(b.tap_range > 0 for b in path) else (0.0,):
        moved = tapped + np.array([[share * b.tap_range] for b in grid.branches])
        found = flow(grid, year.year, active, reactive, moved)
        beyond = _broken(grid, path, found, share != 0.0)
        worst = np.minimum(worst, np.where(found.solved > 0, beyond, np.inf))
        if worst.max() <= SLIGHT:
            break
    return float(worst.max())


def _broken(grid: Grid, path: Sequence[Branch], found: Flow, everywhere: bool) -> FloatArray:
    """By how much the most broken limit of each hour is broken."""
    place, numbers = (
        {b.name: i for i, b in enumerate(grid.branches)},
        {b: i for i, b in enumerate(grid.nodes)},
    )
    worst = np.full(found.solved.shape, -np.inf)
    for branch in path:
        worst = np.maximum(worst, found.loading[place[branch.name]] - branch.loading)
    for branch in grid.branches if everywhere else path:
        node, volts = grid.nodes[branch.end], found.voltage[numbers[branch.end]]
        worst = np.fmax(worst, np.fmax(node.low - volts, volts - node.high))
    return worst
