"""The reference pathway in PyPSA: independent code for the same park, run by the Python of .venv-twin.

Usage: ``python twin_reference.py --days 30 --years 2025,2030 --what solve|assemble [--method hipo]``. Prints
one line of JSON. Knows nothing of ParkZero but its file of synthetic series. Cells and inverters of all
cohorts share one DC bus; the power rating of an inverter holds for both directions at the AC bus.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import os
import time
import warnings
from pathlib import Path

import highspy
import linopy
import numpy as np
import pandas as pd
import pypsa

SYNTHETIC = Path(__file__).resolve().parent.parent / "parkzero" / "bench" / "synthetic.py"
RATE, UPKEEP = 0.08, 0.02
GROWTH = {2025: 1.0, 2030: 1.3, 2035: 1.55, 2040: 1.75, 2045: 1.9, 2050: 2.0}
GRID_FACTOR = {2025: 0.66, 2030: 0.5, 2035: 0.35, 2040: 0.2, 2045: 0.1, 2050: 0.03}
CAP = {2030: 0.75, 2035: 0.5, 2040: 0.3, 2045: 0.12, 2050: 0.06}
BASE = 8760 * (38 * 0.66 + 20 / 0.9 * 0.202)
LIFE = {"pv": 25, "wind": 25, "cells": 15, "inverter": 15, "heat_pump": 20, "boiler": 20, "store": 25}
FAR = 1000.0


def synthetic_series(hours: int) -> dict[str, np.ndarray]:
    """The series of the case, from ParkZero's file loaded by its path."""
    spec = importlib.util.spec_from_file_location("synthetic", SYNTHETIC)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.reference_series(hours)


def yearly(cost: float, fall: float, year: int, life: int) -> float:
    """Yearly cost of a unit built in a year: capital recovery and upkeep."""
    price = cost * (1 - fall * (year - 2025) / 25)
    return price * (RATE * (1 + RATE) ** life / ((1 + RATE) ** life - 1) + UPKEEP)


class Twin:
    """The reference pathway as a PyPSA network.

    Heat stores stand behind a charging and a discharging link each, as is common in PyPSA, or directly on the
    steam bus (``direct``), which says the same with fewer variables because their power has no limit.
    """

    def __init__(self, days: int, years: list[int], direct: bool = False) -> None:
        self.direct = direct
        self.hours, self.years, self.several = days * 24, years, len(years) > 1
        self.weight = 8760 / self.hours
        self.raw = synthetic_series(self.hours)
        self.n = pypsa.Network()
        self._time()
        self._buses_and_supply()
        for year in years:
            self._cohort(year)

    def _time(self) -> None:
        n, hours = self.n, pd.date_range("2025-01-01", periods=self.hours, freq="h")
        if self.several:
            n.set_snapshots(pd.MultiIndex.from_product([self.years, hours], names=["period", "timestep"]))
            n.investment_periods = self.years
            spans = [*np.diff(self.years).tolist(), 5]
            n.investment_period_weightings["years"] = spans
            n.investment_period_weightings["objective"] = [
                sum((1 + RATE) ** -(y - self.years[0] + k) for k in range(span))
                for y, span in zip(self.years, spans, strict=True)
            ]
        else:
            n.set_snapshots(hours)
        n.snapshot_weightings["objective"] = self.weight
        n.snapshot_weightings["generators"] = self.weight
        n.snapshot_weightings["stores"] = 1.0

    def tiled(self, values: np.ndarray, grow: bool = False) -> pd.Series:
        """A series repeated in each year, grown with the demand if asked."""
        parts = [values * (GROWTH[y] if grow else 1.0) for y in self.years]
        return pd.Series(np.concatenate(parts), index=self.n.snapshots)

    def _buses_and_supply(self) -> None:
        n, raw = self.n, self.raw
        for bus in ("el", "steam", "gas", "dc"):
            n.add("Bus", bus)
        n.add("Load", "load", bus="el", p_set=self.tiled(raw["load"], grow=True))
        n.add("Load", "steam", bus="steam", p_set=self.tiled(raw["steam"], grow=True))
        n.add("Generator", "grid", bus="el", p_nom=FAR, marginal_cost=self.tiled(raw["price"]))
        n.add("Generator", "export", bus="el", p_nom=10.0, p_min_pu=-1.0, p_max_pu=0.0, marginal_cost=25.0)
        n.add("Generator", "natural_gas", bus="gas", p_nom=FAR, marginal_cost=45.0)
        n.add("Generator", "biogas", bus="gas", p_nom=FAR, marginal_cost=110.0)

    def _cohort(self, y: int) -> None:
        n, raw = self.n, self.raw
        born = {"build_year": y} if self.several else {}

        def built(what: str, cost: float, fall: float = 0.0) -> dict[str, object]:
            return {"capital_cost": yearly(cost, fall, y, LIFE[what]), "lifetime": LIFE[what], **born}

        def power(what: str, cost: float, fall: float = 0.0) -> dict[str, object]:
            return {"p_nom_extendable": True, **built(what, cost, fall)}

        def energy(what: str, cost: float, fall: float = 0.0) -> dict[str, object]:
            return {"e_nom_extendable": True, "e_cyclic": True, "e_cyclic_per_period": True,
                    **built(what, cost, fall)}  # fmt: skip

        each = 6 if self.several else 1
        n.add("Generator", f"pv {y}", bus="el", p_max_pu=self.tiled(raw["pv"]), p_nom_max=120 / each,
              **power("pv", 650e3, 0.45))  # fmt: skip
        n.add("Generator", f"wind {y}", bus="el", p_max_pu=self.tiled(raw["wind"]), p_nom_max=60 / each,
              **power("wind", 1500e3, 0.25))  # fmt: skip
        n.add("Store", f"cells {y}", bus="dc", **energy("cells", 220e3, 0.5))
        n.add("Link", f"charger {y}", bus0="el", bus1="dc", efficiency=0.95, **power("inverter", 120e3, 0.4))
        discharger = {**power("inverter", 0.0), "marginal_cost": 0.5 * 0.95}
        n.add("Link", f"discharger {y}", bus0="dc", bus1="el", efficiency=0.95, **discharger)
        n.add("Link", f"heat pump {y}", bus0="el", bus1="steam", efficiency=2.2,
              **power("heat_pump", 900e3, 0.25))  # fmt: skip
        n.add(
            "Link", f"electric boiler {y}", bus0="el", bus1="steam", efficiency=0.98, **power("boiler", 120e3)
        )
        n.add("Link", f"gas boiler {y}", bus0="gas", bus1="steam", efficiency=0.9, **power("boiler", 80e3))
        bus = "steam" if self.direct else f"heat {y}"
        n.add("Store", f"heat {y}", bus=bus, standing_loss=0.005, **energy("store", 25e3))
        if not self.direct:
            n.add("Bus", bus)
            n.add("Link", f"heat in {y}", bus0="steam", bus1=bus, p_nom=500.0, lifetime=LIFE["store"], **born)
            n.add(
                "Link", f"heat out {y}", bus0=bus, bus1="steam", p_nom=500.0, lifetime=LIFE["store"], **born
            )

    def model(self) -> linopy.Model:
        """The network's model with the two rules that PyPSA has no word for."""
        n = self.n
        n.optimize.create_model(multi_investment_periods=self.several, include_objective_constant=False)
        m = n.model
        size, flow = m["Link-p_nom"], m["Generator-p"]
        for y in self.years:
            one = size.sel(name=f"charger {y}", drop=True)
            one = one - 0.95 * size.sel(name=f"discharger {y}", drop=True)
            m.add_constraints(one == 0, name=f"one rating {y}")
            if y in CAP:
                bought, burnt = flow.sel(name="grid", drop=True), flow.sel(name="natural_gas", drop=True)
                if self.several:
                    bought, burnt = bought.sel(period=y), burnt.sel(period=y)
                tonnes = bought.sum() * (self.weight * GRID_FACTOR[y]) + burnt.sum() * (self.weight * 0.202)
                m.add_constraints(tonnes <= CAP[y] * BASE * GROWTH[y], name=f"cap {y}")
        return m


def solver_options(method: str) -> dict[str, object]:
    """Options of HiGHS; ``hipo`` and ``ipx`` run without crossover, ``simplex`` ends in a vertex."""
    options = {"solver": method, "threads": 2, "log_to_console": False, "output_flag": False}
    return options if method == "simplex" else {**options, "run_crossover": "off"}


def peak_mb() -> float:
    """Most memory that this process has taken [MB]; 0 where the system does not tell."""
    if os.name == "nt":
        return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def run(days: int, years: list[int], what: str, method: str, direct: bool) -> dict[str, object]:
    """Build, and solve or hand over to arrays; seconds of each part."""
    begun = time.perf_counter()
    twin = Twin(days, years, direct)
    network = time.perf_counter()
    model = twin.model()
    modelled = time.perf_counter()
    found: dict[str, object] = {"variables": int(model.nvars), "constraints": int(model.ncons)}
    seconds = {"network": network - begun, "model": modelled - network}
    if what == "assemble":
        matrices = model.matrices
        entries = matrices.A.nnz
        arrays = (matrices.c, matrices.lb, matrices.ub, matrices.b, matrices.sense)
        found |= {"entries": int(entries), "arrays": len(arrays)}
        seconds["arrays"] = time.perf_counter() - modelled
    else:
        status = model.solve("highs", io_api="direct", **solver_options(method))
        found |= {"status": list(map(str, status)), "objective": float(model.objective.value)}
        found["sizes"] = {f"{k} {i}": float(v) for k in ("Link-p_nom", "Generator-p_nom", "Store-e_nom")
                          for i, v in model[k].solution.to_series().items()}  # fmt: skip
        seconds["solve"] = time.perf_counter() - modelled
    versions = {"pypsa": pypsa.__version__, "linopy": linopy.__version__, "highs": highspy.Highs().version()}
    total = time.perf_counter() - begun
    return {**found, "seconds": total, "parts": seconds, "peak_mb": peak_mb(), "versions": versions}


def main() -> None:
    """Read the command line and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--years", default=",".join(map(str, GROWTH)))
    parser.add_argument("--what", choices=("solve", "assemble"), default="solve")
    parser.add_argument("--method", choices=("hipo", "ipx", "simplex"), default="hipo")
    parser.add_argument("--direct", action="store_true", help="heat stores directly on the steam bus")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    years = [int(y) for y in given.years.split(",")]
    print(json.dumps(run(given.days, years, given.what, given.method, given.direct)))


if __name__ == "__main__":
    main()
