"""Flows of a network by pandapower, from ParkZero's tables; runs in .venv-ac and knows no ParkZero.

    .venv-ac/bin/python tests/oracle/pandapower_flows.py FOLDER

The folder holds nodes.csv, lines.csv, transformers.csv, and hours.npz: what is drawn at each node, ``p`` and
``q`` of shape [nodes, hours] [MW, Mvar], and ``tap`` [transformers, hours], positions of the changer that
raises the voltage behind. It leaves theirs.npz: voltages [pu], and loading of lines and transformers [1].
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandapower as pp
import pandas as pd


def built(folder: Path) -> tuple[Any, list[int], list[int], list[int]]:
    """The network, and the indices of its buses, lines and transformers in the tables' order."""
    nodes, lines, trafos = (
        pd.read_csv(folder / f"{name}.csv") for name in ("nodes", "lines", "transformers")
    )
    net = pp.create_empty_network(f_hz=50.0, sn_mva=1.0)
    root = nodes[nodes.slack.notna()].iloc[0]
    buses = {row.node: pp.create_bus(net, row.nominal_kv) for row in nodes.itertuples()}
    pp.create_ext_grid(net, buses[root.node], vm_pu=root.voltage)
    for bus in buses.values():
        pp.create_load(net, bus, p_mw=0.0, q_mvar=0.0)
    wires = [
        pp.create_line_from_parameters(
            net, buses[r["from"]], buses[r["to"]], r.length_km, r.r_ohm_per_km, r.x_ohm_per_km, r.c_nf_per_km,
            max_i_ka=r.circuit_mva / (np.sqrt(3) * r.kv), parallel=int(r.circuits),
        )
        for _, r in lines.iterrows()
    ]  # fmt: skip
    units = [
        pp.create_transformer_from_parameters(
            net, buses[r["from"]], buses[r["to"]], sn_mva=r.unit_mva, parallel=int(r.units),
            vn_hv_kv=r.high_kv / (1 + r.tap_percent / 100), vn_lv_kv=r.low_kv,
            vkr_percent=100 * r.load_kw / (1000 * r.unit_mva), vk_percent=r.uk_percent,
            pfe_kw=r.no_load_kw, i0_percent=r.i0_percent, shift_degree=0.0,
            tap_side="hv", tap_neutral=0, tap_pos=0, tap_step_percent=r.tap_step_percent,
            tap_changer_type="Ratio",
        )
        for _, r in trafos.iterrows()
    ]  # fmt: skip
    return net, list(buses.values()), wires, units


def main() -> None:
    """Solve each hour."""
    folder = Path(sys.argv[1])
    net, buses, wires, units = built(folder)
    hours = np.load(folder / "hours.npz")
    volts, full, stepped = [], [], []
    for hour in range(hours["p"].shape[1]):
        net.load["p_mw"], net.load["q_mvar"] = hours["p"][:, hour], hours["q"][:, hour]
        net.trafo.loc[units, "tap_pos"] = -hours["tap"][:, hour]  # fewer turns before it raise what is behind
        pp.runpp(net, trafo_model="pi", trafo_loading="power", tolerance_mva=1e-10, numba=False)
        volts.append(net.res_bus.vm_pu.loc[buses].to_numpy())
        full.append(net.res_line.loading_percent.loc[wires].to_numpy() / 100)
        stepped.append(net.res_trafo.loading_percent.loc[units].to_numpy() / 100)
    np.savez(
        folder / "theirs.npz",
        voltage=np.array(volts).T,
        lines=np.array(full).T,
        transformers=np.array(stepped).T,
    )


if __name__ == "__main__":
    main()
