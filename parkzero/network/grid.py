"""The electric network of a run: nodes, branches and what is drawn at each node, read from its results.

It knows branches, nodes and their root by the traits that the results hold, and their data by the fields.
Reactive power at a node is what its branches bring, so that the run alone is enough.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from parkzero.errors import Fault, Place, StudyError
from parkzero.results.results import Results
from parkzero.texts import say
from parkzero.units import FloatArray

BRANCH, NODE, ROOT = "branch", "node", "root"
OMEGA = 2 * math.pi * 50  # [1/s]
TAPS = ("tap", "tap_range", "tap_step")
LEAST = 1e-6
"""What stands below this does not stand [MVA]."""


@dataclass(frozen=True, slots=True)
class Node:
    """A bus of the network.

    Attributes:
        bus: its bus.
        name: of the record that says so; empty for the root.
        nominal: voltage between phases [kV].
        low, high: band [pu].
        x, y: where it stands [m]; not numbers where nobody says.
        tangent: reactive power for each MW that loads draw.
    """

    bus: str
    name: str
    nominal: float
    low: float
    high: float
    x: float
    y: float
    tangent: float


@dataclass(frozen=True, slots=True)
class Branch:
    """A line or a transformer, pointing away from the root.

    Attributes:
        name: of the asset.
        start, end: buses, the root's side first.
        forward: whether the asset itself points that way.
        stepped: whether it is a transformer.
        unit: rating to which its impedance belongs [MVA].
        loading: share of the rating that may be used.
        r, x: of one unit, per unit on one MVA and the nominal voltage of its end.
        high, low: voltages for which it is made, at its start and at its end [kV].
        idle: losses without load, as a share of the rating.
        shunt: reactive power it takes without load, as a share of the rating; of a cable below zero.
        tap, tap_range, tap_step: shares of the voltage; taps are at its start.
        rating: what stands in each milestone year [MVA].
    """

    name: str
    start: str
    end: str
    forward: bool
    stepped: bool
    unit: float
    loading: float
    r: float
    x: float
    high: float
    low: float
    idle: float
    shunt: float
    tap: float
    tap_range: float
    tap_step: float
    rating: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """A network.

    Attributes:
        name: of the record that makes a network of the branches.
        root: bus where the voltage is held.
        voltage: there [pu].
        nodes: by bus, the root first, parents before their children.
        branches: in the order of the nodes that they lead to.
    """

    name: str
    root: str
    voltage: float
    nodes: Mapping[str, Node]
    branches: tuple[Branch, ...]

    def before(self, bus: str) -> Branch | None:
        """The branch that leads to a node; None for the root."""
        return next((b for b in self.branches if b.end == bus), None)

    def path(self, bus: str) -> list[Branch]:
        """The branches between the root and a node, the root's first."""
        found: list[Branch] = []
        branch = self.before(bus)
        while branch is not None:
            found.insert(0, branch)
            branch = self.before(branch.start)
        return found


@dataclass(frozen=True, slots=True)
class Hours:
    """What a plan does to a network in one year.

    Attributes:
        active, reactive: what is drawn at each node, shape [nodes, steps] in the grid's order [MW, Mvar].
        voltage: that of the plan, shape [nodes, steps] [pu].
        flow: active power at the middle of each branch, away from the root [branches, steps] [MW].
        tapped: change of voltage by tapping under load in the plan, shape [branches, steps].
        price: of each node's bus [money/MWh], shape [nodes, steps].
    """

    active: FloatArray
    reactive: FloatArray
    voltage: FloatArray
    flow: FloatArray
    tapped: FloatArray
    price: FloatArray


def grids_of(results: Results) -> list[Grid]:
    """The networks of a run.

    Raises:
        StudyError: when it has none.
    """
    rows = [
        (r["asset"], set((r["traits"] or "").split()), json.loads(r["fields"]))
        for r in results.components.iter_rows(named=True)
    ]
    roots = [(name, fields) for name, traits, fields in rows if ROOT in traits]
    if not roots:
        needs = say("an asset of kind distribution, from which lines and transformers lead to nodes")
        raise StudyError([Fault(Place(), say("has no electric network"), needs=needs)], title=say("The run"))
    branches = [(name, fields) for name, traits, fields in rows if BRANCH in traits]
    nodes = {f["bus"]: (name, f) for name, traits, f in rows if NODE in traits}
    return [_grid(results, name, fields, branches, nodes) for name, fields in roots]


def _grid(
    results: Results, name: str, root: dict[str, Any], branches: list[tuple[str, dict[str, Any]]],
    nodes: dict[str, tuple[str, dict[str, Any]]],
) -> Grid:  # fmt: skip
    bus, nominal = str(root["bus"]), _number(root["nominal"])
    found = {bus: _node(bus, nominal, *nodes.get(bus, ("", {})))}
    made, open_, used = list[Branch](), [bus], set[str]()
    for start in open_:  # grows while it is walked
        for asset, fields in branches:
            if asset in used or start not in (fields["source"], fields["to"]):
                continue
            end = fields["to"] if fields["source"] == start else fields["source"]
            used.add(asset)
            level = _number(fields["low"]) if "low" in fields else found[start].nominal
            if end not in found:
                found[end] = _node(end, level, *nodes.get(end, ("", {})))
                made.append(_branch(results, asset, fields, start, found[end]))
                open_.append(end)
    return Grid(name, bus, _number(root["voltage"]), found, tuple(made))


def _node(bus: str, nominal: float, name: str, fields: dict[str, Any]) -> Node:
    factor = _number(fields.get("power_factor"), 1.0)
    return Node(
        bus, name, _number(fields.get("nominal"), nominal),
        _number(fields.get("voltage_min"), 0.0), _number(fields.get("voltage_max"), 9.0),
        _number(fields.get("x"), math.nan), _number(fields.get("y"), math.nan),
        math.sqrt(1 - factor**2) / factor,
    )  # fmt: skip


def _branch(results: Results, name: str, fields: dict[str, Any], start: str, end: Node) -> Branch:
    sizes = results.sizes.filter((pl.col("asset") == name) & (pl.col("size") == "capacity"))
    rating = {int(y): float(s) for y, s in sizes.select("year", "standing").iter_rows()}
    transformer = "short_circuit" in fields
    unit = _number(fields["unit_rating" if transformer else "circuit"])
    taps = [_number(fields[k]) if transformer else 0.01 * (k == "tap_step") for k in TAPS]
    r, x, idle, shunt = _of_transformer(fields, unit) if transformer else _of_line(fields, unit)
    high, low = (_number(fields[k]) for k in (("high", "low") if transformer else ("voltage", "voltage")))
    scale = (low / end.nominal) ** 2
    return Branch(
        name, start, end.bus, fields["source"] == start, transformer, unit, _number(fields["loading"]),
        r * scale, x * scale, high, low, idle, shunt, taps[0], taps[1], taps[2], rating,
    )  # fmt: skip


def _of_transformer(fields: dict[str, Any], unit: float) -> tuple[float, float, float, float]:
    """Resistance and reactance per unit on one MVA, losses and reactive power without load as shares."""
    r, z = _number(fields["load_loss"]), _number(fields["short_circuit"])
    idle, current = _number(fields["no_load_loss"]), _number(fields["no_load_current"])
    return r / unit, math.sqrt(z**2 - r**2) / unit, idle, math.sqrt(max(0.0, current**2 - idle**2))


def _of_line(fields: dict[str, Any], unit: float) -> tuple[float, float, float, float]:
    """Resistance and reactance per unit on one MVA, no losses without load, what its capacitance takes."""
    kv, length = _number(fields["voltage"]), _number(fields["length"])
    farads = _number(fields["capacitance"]) * 3600 * length  # [MW s/kV²]
    r, x = (_number(fields[k]) * length / kv**2 for k in ("resistance", "reactance"))
    return r, x, 0.0, -OMEGA * farads * kv**2 / unit


def hours_of(results: Results, grid: Grid, year: int) -> Hours:
    """What a plan draws at each node of a network in each step of a year."""
    flows, injected = results.frame("flows", year), results.frame("injections", year)
    buses, steps = list(grid.nodes), flows.height
    place = {bus: i for i, bus in enumerate(buses)}
    own = {b.name for b in grid.branches}
    active, reactive = np.zeros((len(buses), steps)), np.zeros((len(buses), steps))
    for column in injected.columns:
        bus, _, asset = column.partition("|")
        if bus in place and asset not in own:
            active[place[bus]] -= injected[column].to_numpy()
    middle, tapped = np.zeros((len(grid.branches), steps)), np.zeros((len(grid.branches), steps))
    for i, b in enumerate(grid.branches):
        sign, rating = (1.0 if b.forward else -1.0), b.rating.get(year, 0.0)
        at = {k: flows[f"{b.name}.{k}"].to_numpy() for k in ("forward", "back", "lost", "reactive")}
        middle[i] = sign * (at["forward"] - at["back"])
        half = 0.5 * b.x / b.r * at["lost"] + (0.0 if b.stepped else 0.5 * b.shunt * rating)
        reactive[place[b.end]] += at["reactive"] - half
        reactive[place[b.start]] -= at["reactive"] + half + (b.shunt * rating if b.stepped else 0.0)
        surplus = _surplus(b, rating, middle[i], at)
        active[place[b.start]] += surplus / 2
        active[place[b.end]] += surplus / 2
        if b.tap_range > 0:
            tapped[i] = flows[f"{b.name}.tapped"].to_numpy() / 2 - b.tap_range
    reactive[0] = 0.0  # at the root it changes no voltage
    square = np.full((len(buses), steps), grid.voltage**2)
    for bus, node in grid.nodes.items():
        if bus != grid.root and f"{node.name}.voltage" in flows.columns:
            square[place[bus]] = flows[f"{node.name}.voltage"].to_numpy() + node.low**2
    prices = results.frame("prices", year)
    price = np.array([prices[bus].to_numpy() for bus in buses])
    return Hours(active, reactive, np.sqrt(np.maximum(square, 0.0)), middle, tapped, price)


def _surplus(b: Branch, rating: float, active: FloatArray, at: Mapping[str, FloatArray]) -> FloatArray:
    """What a plan loses in a branch beyond the branch's own losses: energy worth nothing there, curtailed."""
    if rating <= LEAST:
        return np.zeros(len(active))
    own = b.r * b.unit / rating * (active**2 + at["reactive"] ** 2)
    found: FloatArray = np.maximum(at["lost"] - 1.1 * own - 1e-6, 0.0)
    return found


def _number(field: Any, otherwise: float = math.nan) -> float:  # noqa: ANN401  a field as JSON
    if isinstance(field, dict):
        return float(field["value"])
    return otherwise if field is None else float(field)
