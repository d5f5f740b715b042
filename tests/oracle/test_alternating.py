"""Networks of tables under alternating current: ParkZero and pandapower find the same voltages and loadings.

Radial grids go the whole way: tables, study, plan, what stands, flow. The linear flow refuses rings; the
check itself does not, so that meshed grids are those of the tables with ties put in.
"""

from __future__ import annotations

import csv
import dataclasses
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.ac_flows import read_grid
from parkzero.network.flow import Flow, flow
from parkzero.network.grid import Branch, Grid

HERE = Path(__file__).resolve().parent
HOURS, NEAR = 200, 1e-6
Rows = list[dict[str, Any]]


def tables(rng: np.random.Generator) -> tuple[Rows, Rows, Rows]:
    """A random substation at 110 kV, cables and overhead lines at 22 kV, and some stations behind them."""
    high, low, medium = rng.choice([110.0, 115.0]), rng.choice([22.0, 23.0, 24.0]), 22.0

    def node(name: str, kv: float, **more: Any) -> dict[str, Any]:
        base = {"node": name, "power_factor": 0.9, "voltage_min": 0.7, "voltage_max": 1.3, "nominal_kv": kv}
        return base | more

    def trafo(name: str, start: str, end: str, up: float, down: float, mva: float) -> dict[str, Any]:
        return {
            "name": name, "from": start, "to": end, "high_kv": up, "low_kv": down, "unit_mva": mva,
            "units": int(rng.integers(1, 4)), "no_load_kw": mva * rng.uniform(0.5, 2),
            "load_kw": mva * rng.uniform(3, 12), "uk_percent": rng.uniform(4, 12),
            "i0_percent": rng.uniform(0.2, 1.5), "tap_percent": rng.choice([-2.5, 0.0, 5.0]),
            "tap_range_percent": 10, "tap_step_percent": 1.25,
        }  # fmt: skip

    nodes = [
        node("gate", 110.0, slack="yes", voltage=round(rng.uniform(0.98, 1.05), 3)),
        node("busbar", medium),
    ]
    trafos, lines = [trafo("substation", "gate", "busbar", high, low, 40.0)], []
    for i in range(10):
        start = nodes[int(rng.integers(1, len(nodes)))]["node"]
        cable = rng.random() < 0.6
        lines.append({
            "name": f"line{i}", "from": start, "to": f"n{i}", "length_km": rng.uniform(0.2, 4),
            "r_ohm_per_km": rng.uniform(0.06, 0.3), "x_ohm_per_km": rng.uniform(0.09, 0.4),
            "c_nf_per_km": rng.uniform(150, 400) if cable else 10.0, "kv": rng.choice([22.0, 24.0]),
            "circuit_mva": rng.uniform(8, 20), "circuits": int(rng.integers(1, 4)),
        })  # fmt: skip
        nodes.append(node(f"n{i}", medium))
    for i in range(3):
        nodes.append(node(f"low{i}", 0.4))
        trafos.append(trafo(f"station{i}", f"n{i}", f"low{i}", 22.0, 0.4, 1.6))
    return nodes, lines, trafos


def written(folder: Path, nodes: Rows, lines: Rows, trafos: Rows) -> None:
    """The tables as files."""
    for name, rows in (("nodes", nodes), ("lines", lines), ("transformers", trafos)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))  # the first node is the slack, which says all
            writer.writeheader()
            writer.writerows(rows)


def drawn(rng: np.random.Generator, nodes: Rows, taps: int) -> dict[str, Any]:
    """Random hours: loads, sun, reactive power either way; positions of the changers."""
    kv = np.array([n["nominal_kv"] for n in nodes])[:, None]
    most = np.where(kv > 22, 0.0, np.where(kv < 1, 0.5, 4.0))
    shape = (len(nodes), HOURS)
    return {
        "p": most * rng.uniform(-0.6, 1.0, shape), "q": most * rng.uniform(-0.3, 0.5, shape),
        "tap": rng.integers(-4, 5, (taps, HOURS)),
    }  # fmt: skip


def tied(grid: Grid, rng: np.random.Generator) -> tuple[Grid, Rows]:
    """The grid with rings: two more lines between nodes of 22 kV, each like one that stands."""
    ends = [bus for bus in grid.nodes if bus.startswith("n")]
    ties, rows = list[Branch](), Rows()
    for i in range(2):
        like = next(b for b in grid.branches if b.name == f"line{i}")
        start, end = rng.choice(ends, 2, replace=False)
        ties.append(dataclasses.replace(like, name=f"tie{i}", start=str(start), end=str(end)))
        rows.append({"name": f"tie{i}", "from": start, "to": end, "like": like.name})
    return dataclasses.replace(grid, branches=(*grid.branches, *ties)), rows


def ours(grid: Grid, hours: dict[str, Any], nodes: Rows, trafos: Rows) -> Flow:
    """The flow, with what is drawn in the grid's own order."""
    place = {n["node"]: i for i, n in enumerate(nodes)}
    order = [place[bus] for bus in grid.nodes]
    tapped = np.zeros((len(grid.branches), HOURS))
    for row, positions in zip(trafos, hours["tap"], strict=True):
        at = next(i for i, b in enumerate(grid.branches) if b.name == row["name"])
        tapped[at] = 1 / (1 - positions * row["tap_step_percent"] / 100) - 1
    return flow(grid, 2025, hours["p"][order], hours["q"][order], tapped)


@pytest.mark.oracle
@pytest.mark.parametrize("meshed", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pandapower_finds_the_same_flow(seed: int, meshed: bool, tmp_path: Path, ac_python: Path):
    rng = np.random.default_rng(seed)
    nodes, lines, trafos = tables(rng)
    written(tmp_path, nodes, lines, trafos)
    grid = read_grid(tmp_path)
    if meshed:
        grid, ties = tied(grid, rng)
        like = {row["name"]: row for row in lines}
        lines += [like[t.pop("like")] | t for t in ties]
        written(tmp_path, nodes, lines, trafos)
    hours = drawn(rng, nodes, len(trafos))
    np.savez(tmp_path / "hours.npz", **hours)
    found = ours(grid, hours, nodes, trafos)
    subprocess.run(
        [str(ac_python), str(HERE / "pandapower_flows.py"), str(tmp_path)], check=True, timeout=600
    )
    theirs = np.load(tmp_path / "theirs.npz")
    assert found.solved.all()
    place = {n["node"]: i for i, n in enumerate(nodes)}
    volts = theirs["voltage"][[place[bus] for bus in grid.nodes]]
    full = {
        r["name"]: f
        for t, rows in (("lines", lines), ("transformers", trafos))
        for r, f in zip(rows, theirs[t], strict=True)
    }
    assert np.ptp(volts) > 0.05
    assert np.abs(found.voltage - volts).max() < NEAR
    assert np.abs(found.loading - np.array([full[b.name] for b in grid.branches])).max() < NEAR
