"""Alternating-current power flow of many hours at once, by power-grid-model.

The library is optional (``pip install parkzero[ac]``). Branches are as they stand in the year: several units
side by side are one of their common rating. The voltage at the root is held.

Source: power-grid-model (LF Energy), Newton-Raphson; https://power-grid-model.readthedocs.io
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.network.grid import LEAST, OMEGA, Branch, Grid
from parkzero.texts import say
from parkzero.units import FloatArray

STIFF = 1e15
"""Short-circuit power behind the root [VA]: its voltage is held."""
TOLERANCE = 1e-8


@dataclass(frozen=True, slots=True)
class Flow:
    """Voltages and loads of a network in many hours.

    Attributes:
        voltage: [pu], shape [nodes, steps]; not a number where no flow exists or no branch stands.
        loading: share of what stands, shape [branches, steps].
        entering, leaving: active power at the root's side of each branch and at its other [MW].
        reactive: reactive power at the root's side of each branch [Mvar].
        solved: whether there is a flow, shape [steps].
    """

    voltage: FloatArray
    loading: FloatArray
    entering: FloatArray
    leaving: FloatArray
    reactive: FloatArray
    solved: FloatArray

    @property
    def losses(self) -> FloatArray:
        """Losses of each branch [MW], shape [branches, steps]."""
        return self.entering - self.leaving


def library() -> Any:
    """power-grid-model.

    Raises:
        StudyError: when it is not installed.
    """
    try:
        import power_grid_model
    except ImportError as error:
        hint = say("pip install power-grid-model, or parkzero[ac]")
        told = Fault(Place(field="power-grid-model"), say("is not installed"), hint=hint)
        raise StudyError([told], title=say("The alternating-current check")) from error
    return power_grid_model


def flow(
    grid: Grid, year: int, active: FloatArray, reactive: FloatArray, tapped: FloatArray | None = None
) -> Flow:
    """The flow of each step.

    Args:
        grid: the network.
        year: milestone year, whose ratings stand.
        active: what is drawn at each node, shape [nodes, steps] [MW].
        reactive: likewise [Mvar].
        tapped: change of voltage by tapping that is wanted, shape [branches, steps]; the nearest tap counts.

    Raises:
        StudyError: when power-grid-model is not installed.
    """
    pgm = library()
    numbers = {bus: i for i, bus in enumerate(grid.nodes)}
    stand = [b for b in grid.branches if b.rating.get(year, 0.0) > LEAST]
    lines, steps_up = [b for b in stand if not b.stepped], [b for b in stand if b.stepped]
    count = len(numbers)
    data = {
        "node": _nodes(pgm, grid), "source": _source(pgm, grid, count), "sym_load": _loads(pgm, count),
        "line": _lines(pgm, grid, year, lines, numbers, 3 * count),
        "transformer": _transformers(pgm, grid, year, steps_up, numbers, 3 * count + len(lines)),
    }  # fmt: skip
    data = {name: part for name, part in data.items() if len(part)}
    steps = active.shape[1]
    update = {"sym_load": _drawn(pgm, active, reactive)}
    tapping = [i for i, b in enumerate(steps_up) if b.tap_range > 0]
    if tapping and tapped is not None:
        update["transformer"] = _taps(pgm, grid, steps_up, tapping, tapped, data)
    found, solved = _calculated(pgm, data, update, steps)
    return _told(grid, found, solved, lines, steps_up, steps)


def _calculated(pgm: Any, data: dict[str, Any], update: dict[str, Any], steps: int) -> tuple[Any, FloatArray]:
    wanted = {"node": ["id", "u_pu"]} | {
        kind: ["id", "loading", "p_from", "p_to", "q_from"]
        for kind in ("line", "transformer")
        if kind in data
    }
    model = pgm.PowerGridModel(data)
    solved = np.ones(steps)
    found = model.calculate_power_flow(
        update_data=update, error_tolerance=TOLERANCE, output_component_types=wanted, threading=0,
        continue_on_batch_error=True, max_iterations=30,
    )  # fmt: skip
    failed = getattr(model.batch_error, "failed_scenarios", None)
    if failed is not None:
        solved[np.asarray(failed, dtype=np.int64)] = 0.0
    return found, solved


def _told(
    grid: Grid, found: Any, solved: FloatArray, lines: Sequence[Branch], steps_up: Sequence[Branch],
    steps: int,
) -> Flow:  # fmt: skip
    shape = (len(grid.branches), steps)
    loading, entering, leaving, reactive = (np.zeros(shape) for _ in range(4))
    place = {b.name: i for i, b in enumerate(grid.branches)}
    for kind, own in (("line", lines), ("transformer", steps_up)):
        for k, branch in enumerate(own):
            i, part = place[branch.name], found[kind]
            loading[i] = part["loading"][:, k]
            entering[i], leaving[i] = part["p_from"][:, k] / 1e6, -part["p_to"][:, k] / 1e6
            reactive[i] = part["q_from"][:, k] / 1e6
    voltage = found["node"]["u_pu"].T.astype(np.float64)
    bad = solved == 0
    for table in (voltage, loading, entering, leaving, reactive):
        table[:, bad] = np.nan
    voltage = np.where(voltage < 1e-6, np.nan, voltage)  # behind a branch that does not stand
    return Flow(voltage, loading, entering, leaving, reactive, solved)


def _array(pgm: Any, kind: str, count: int) -> Any:
    return pgm.initialize_array(pgm.DatasetType.input, kind, count)


def _nodes(pgm: Any, grid: Grid) -> Any:
    nodes = _array(pgm, "node", len(grid.nodes))
    nodes["id"] = np.arange(len(nodes))
    nodes["u_rated"] = [node.nominal * 1e3 for node in grid.nodes.values()]
    return nodes


def _source(pgm: Any, grid: Grid, count: int) -> Any:
    source = _array(pgm, "source", 1)
    source["id"], source["node"], source["status"] = 2 * count, 0, 1
    source["u_ref"], source["sk"] = grid.voltage, STIFF
    return source


def _loads(pgm: Any, count: int) -> Any:
    loads = _array(pgm, "sym_load", count)
    loads["id"], loads["node"], loads["status"] = count + np.arange(count), np.arange(count), 1
    loads["type"], loads["p_specified"], loads["q_specified"] = pgm.LoadGenType.const_power, 0.0, 0.0
    return loads


def _lines(
    pgm: Any, grid: Grid, year: int, own: Sequence[Branch], numbers: dict[str, int], first: int
) -> Any:
    lines = _array(pgm, "line", len(own))
    for k, b in enumerate(own):
        rating, kv = b.rating[year], grid.nodes[b.end].nominal
        circuits = rating / b.unit
        lines[k]["id"], lines[k]["from_node"], lines[k]["to_node"] = (
            first + k,
            numbers[b.start],
            numbers[b.end],
        )
        lines[k]["r1"], lines[k]["x1"] = b.r * kv**2 / circuits, b.x * kv**2 / circuits
        lines[k]["c1"], lines[k]["tan1"] = -b.shunt * rating / (OMEGA * b.low**2), 0.0
        lines[k]["i_n"] = rating * 1e3 / (math.sqrt(3) * b.low)
        lines[k]["from_status"] = lines[k]["to_status"] = 1
    return lines


def _transformers(
    pgm: Any, grid: Grid, year: int, own: Sequence[Branch], numbers: dict[str, int], first: int
) -> Any:  # fmt: skip
    found = _array(pgm, "transformer", len(own))
    for k, b in enumerate(own):
        rating, one = b.rating[year], found[k]
        high, scale = b.high * 1e3 / (1 + b.tap), b.unit * (grid.nodes[b.end].nominal / b.low) ** 2
        one["id"], one["from_node"], one["to_node"] = first + k, numbers[b.start], numbers[b.end]
        one["from_status"] = one["to_status"] = 1
        one["u1"], one["u2"], one["sn"] = high, b.low * 1e3, rating * 1e6
        one["uk"], one["pk"] = scale * math.hypot(b.r, b.x), scale * b.r * rating * 1e6
        one["i0"], one["p0"] = math.hypot(b.shunt, b.idle), b.idle * rating * 1e6
        one["winding_from"], one["winding_to"], one["clock"] = 1, 1, 0
        most = round(b.tap_range / b.tap_step)
        one["tap_side"], one["tap_pos"], one["tap_nom"] = 0, 0, 0
        one["tap_min"], one["tap_max"] = -most, most
        one["tap_size"] = high * b.tap_step
    return found


def _drawn(pgm: Any, active: FloatArray, reactive: FloatArray) -> Any:
    count, steps = active.shape
    update = pgm.initialize_array(pgm.DatasetType.update, "sym_load", (steps, count))
    update["id"] = count + np.arange(count)[None, :]
    update["p_specified"], update["q_specified"] = active.T * 1e6, reactive.T * 1e6
    return update


def _taps(
    pgm: Any, grid: Grid, own: Sequence[Branch], tapping: list[int], tapped: FloatArray, data: dict[str, Any]
) -> Any:  # fmt: skip
    place = {b.name: i for i, b in enumerate(grid.branches)}
    update = pgm.initialize_array(pgm.DatasetType.update, "transformer", (tapped.shape[1], len(tapping)))
    for column, k in enumerate(tapping):
        branch = own[k]
        most = round(branch.tap_range / branch.tap_step)
        turns = 1 / (1 + tapped[place[branch.name]]) - 1  # fewer before it raise what is behind it
        wanted = np.rint(turns / branch.tap_step)
        update["id"][:, column] = data["transformer"]["id"][k]
        update["tap_pos"][:, column] = np.clip(wanted, -most, most).astype(np.int8)
    return update
