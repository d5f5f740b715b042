"""Times and checks power flows of a SimBench grid, in an environment of its own: docs/networks.md says how.

pandapower and SimBench (whose data are not part of ParkZero) are needed there. Six years of quarter hours are
computed by power-grid-model, through its converter for pandapower, and 200 random ones are compared with
pandapower's own Newton-Raphson.
"""

from __future__ import annotations

import time

import numpy as np
import pandapower as pp
import simbench
from power_grid_model import DatasetType, PowerGridModel, initialize_array
from power_grid_model_io.converters import PandaPowerConverter

GRID, YEARS, COMPARED = "1-MV-comm--0-sw", 6, 200


def main() -> None:
    """Print seconds of six years and the largest difference of a voltage."""
    net = simbench.get_simbench_net(GRID)
    net.trafo["vector_group"], net.trafo["shift_degree"] = "YNyn0", 0.0  # shifts move no magnitude
    profiles = simbench.get_absolute_values(net, profiles_instead_of_study_cases=True)
    data, extra = PandaPowerConverter().load_input_data(net)
    model = PowerGridModel(data)
    loads = data["sym_load"]
    steps = len(profiles[("load", "p_mw")])
    update = initialize_array(DatasetType.update, "sym_load", (steps, len(loads)))
    update["id"] = loads["id"][None, :]
    share = profiles[("load", "p_mw")].mean(axis=1).to_numpy() / net.load.p_mw.mean()
    update["p_specified"] = loads["p_specified"][None, :] * share[:, None]
    update["q_specified"] = loads["q_specified"][None, :] * share[:, None]
    begun, busy = time.perf_counter(), time.process_time()
    for _ in range(YEARS):
        found = model.calculate_power_flow(update_data={"sym_load": update}, output_component_types=["node"])
    took, worked = time.perf_counter() - begun, time.process_time() - busy
    print(f"{YEARS} x {steps} flows: {took:.1f} s ({worked:.1f} s of processors)")
    worst, numbers = 0.0, np.random.default_rng(1).choice(steps, COMPARED, replace=False)
    nodes = {extra[i]["id_reference"]["index"]: k for k, i in enumerate(found["node"]["id"][0]) if
             extra[i]["id_reference"]["table"] == "bus"}  # fmt: skip
    base = net.load[["p_mw", "q_mvar"]].copy()
    for step in numbers:
        net.load["p_mw"], net.load["q_mvar"] = base.p_mw * share[step], base.q_mvar * share[step]
        pp.runpp(net, tolerance_mva=1e-8, trafo_model="pi")
        own = np.array([found["node"]["u_pu"][step, nodes[bus]] for bus in net.bus.index if bus in nodes])
        theirs = net.res_bus.vm_pu.loc[[bus for bus in net.bus.index if bus in nodes]].to_numpy()
        worst = max(worst, float(np.nanmax(np.abs(own - theirs))))
    print(f"largest difference of {COMPARED} random steps: {worst:.2e} pu")


if __name__ == "__main__":
    main()
