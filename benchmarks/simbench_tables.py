"""A SimBench grid as ParkZero's tables, and some hours by pandapower; runs in .venv-ac, knows no ParkZero.

    .venv-ac/bin/python benchmarks/simbench_tables.py FOLDER GRID HOURS

It leaves nodes.csv, lines.csv and transformers.csv (docs/networks.md), hours.npz with what is drawn at each
node in each quarter hour, ``p`` and ``q`` of shape [nodes, steps] [MW, Mvar], and theirs.npz: ``steps`` drawn
at random, and voltages of pandapower's own network there [pu]. Buses behind a closed switch are one node, a
line that is open at one end leads to a node of its own, and equal transformers side by side are units.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandapower as pp
import pandas as pd
import simbench

SEED = 1


Net = Any  # pandapower's networks have no type


def fused(net: Net) -> dict[int, int]:
    """The bus that stands for each bus."""
    stands = {int(bus): int(bus) for bus in net.bus.index}
    closed = net.switch[(net.switch.et == "b") & net.switch.closed]
    for a, b in zip(closed.bus, closed.element, strict=True):
        old, new = stands[int(b)], stands[int(a)]
        stands = {bus: new if at == old else at for bus, at in stands.items()}
    return stands


def lines(net: Net, at: dict[int, int]) -> tuple[list[dict[str, Any]], list[tuple[str, float]]]:
    """Rows of lines.csv, and the nodes at open ends with their voltages [kV]."""
    away = net.switch[(net.switch.et == "l") & ~net.switch.closed]
    opened = set(zip(away.element, away.bus, strict=True))
    rows, ends = [], []
    for i, one in net.line[net.line.in_service].iterrows():
        kv, names = float(net.bus.vn_kv[one.from_bus]), []
        for bus in (one.from_bus, one.to_bus):
            names.append(f"end{i}" if (i, bus) in opened else f"n{at[int(bus)]}")
        if names[0] == names[1]:
            continue  # open at both ends
        ends += [(name, kv) for name in names if name.startswith("end")]
        rows.append({
            "name": f"line{i}", "from": names[0], "to": names[1], "length_km": one.length_km,
            "r_ohm_per_km": one.r_ohm_per_km, "x_ohm_per_km": one.x_ohm_per_km,
            "c_nf_per_km": one.c_nf_per_km, "kv": kv, "circuit_mva": np.sqrt(3) * kv * one.max_i_ka * one.df,
            "circuits": one.parallel,
        })  # fmt: skip
    return rows, ends


def transformers(net: Net, at: dict[int, int]) -> list[dict[str, Any]]:
    """Rows of transformers.csv."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for i, one in net.trafo[net.trafo.in_service].iterrows():
        assert one.tap_side == "hv"
        turns = (one.tap_pos - one.tap_neutral) * one.tap_step_percent / 100
        row = {
            "from": f"n{at[int(one.hv_bus)]}", "to": f"n{at[int(one.lv_bus)]}", "high_kv": one.vn_hv_kv,
            "low_kv": one.vn_lv_kv, "unit_mva": one.sn_mva, "no_load_kw": one.pfe_kw,
            "load_kw": one.vkr_percent / 100 * one.sn_mva * 1000, "uk_percent": one.vk_percent,
            "i0_percent": one.i0_percent, "tap_percent": 100 * (1 / (1 + turns) - 1),
        }  # fmt: skip
        kept = found.setdefault(tuple(row.values()), {"name": f"trafo{i}", "units": 0} | row)
        kept["units"] += int(one.parallel)
    return list(found.values())


def drawn(net: Net, at: dict[int, int], names: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is drawn at each node in each step, and the series of loads and plants behind it."""
    series = simbench.get_absolute_values(net, profiles_instead_of_study_cases=True)
    place, steps = {name: k for k, name in enumerate(names)}, len(series[("load", "p_mw")])
    found = {key: np.zeros((len(names), steps)) for key in ("p", "q")}
    for table, sign in (("load", 1.0), ("sgen", -1.0)):
        for index, bus in net[table].bus.items():
            for key, column in (("p", "p_mw"), ("q", "q_mvar")):
                values = series.get((table, column))
                own = net[table].at[index, column] if values is None else values[index].to_numpy()
                found[key][place[f"n{at[int(bus)]}"]] += sign * own
    return found, series


def theirs(net: Net, series: dict[str, Any], nodes: list[int], steps: list[int]) -> list[Any]:
    """Voltages by pandapower, shape [steps, nodes] [pu]."""
    found = []
    for step in steps:
        for (table, column), values in series.items():
            if len(net[table]):
                net[table][column] = values.iloc[step]
        pp.runpp(net, trafo_model="pi", tolerance_mva=1e-10, numba=False)
        found.append(net.res_bus.vm_pu.loc[nodes].to_numpy())
    return found


def main() -> None:
    """Write it all."""
    folder, grid, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    net = simbench.get_simbench_net(grid)
    at = fused(net)
    wires, ends = lines(net, at)
    kept, root = sorted(set(at.values())), at[int(net.ext_grid.bus.iloc[0])]
    every = [(f"n{bus}", float(net.bus.vn_kv[bus])) for bus in kept] + ends
    pd.DataFrame({
        "node": [name for name, _ in every], "power_factor": 1, "voltage_min": 0.8, "voltage_max": 1.2,
        "slack": ["yes" if name == f"n{root}" else None for name, _ in every],
        "nominal_kv": [kv for _, kv in every],
        "voltage": [net.ext_grid.vm_pu.iloc[0] if name == f"n{root}" else None for name, _ in every],
    }).to_csv(folder / "nodes.csv", index=False)  # fmt: skip
    pd.DataFrame(wires).to_csv(folder / "lines.csv", index=False)
    pd.DataFrame(transformers(net, at)).to_csv(folder / "transformers.csv", index=False)
    hours, series = drawn(net, at, [name for name, _ in every])
    np.savez(folder / "hours.npz", **hours)
    steps = np.random.default_rng(SEED).choice(hours["p"].shape[1], count, replace=False)
    volts = np.array(theirs(net, series, kept, list(steps))).T
    np.savez(folder / "theirs.npz", steps=steps, voltage=volts, nodes=[f"n{bus}" for bus in kept])


if __name__ == "__main__":
    main()
