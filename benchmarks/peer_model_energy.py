"""PyPSA's model-energy with hydrogen as a study, held against a linear problem of the same rules.

Usage: ``python benchmarks/peer_model_energy.py REPOSITORY [DAYS [METHOD ...]]``, for a clone, bare or not, of
PyPSA; the whole year without days. The network's tables are read at run time; nothing of them is kept. Its
steps are three hours, ParkZero's one: each is repeated, which changes no optimum, since nothing is lost in
its stores over time. Hydrogen is energy there and tonnes here, at 33.33 MWh/t.

Methods: ``simplex``, ``ipx`` and ``hipo`` solve it as one problem, ``certified`` searches; ``hand`` is the
linear problem by HiGHS' simplex, ``hand-ipm`` by its interior points, brought to a vertex.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from by_hand import Problem

from parkzero.lp.solver import Options
from parkzero.planning.certify import certified
from parkzero.planning.monolith import monolith
from parkzero.study import read

FOLDER = "examples/networks/model-energy/model-energy"
HOURS, PER_DAY = 3, 8
GAP = 1e-4  # of the certified search
HYDROGEN = 33.33
Rows = dict[str, dict[str, str]]


class Network:
    """What the tables say, of the first days."""

    def __init__(self, repository: str, days: int) -> None:
        self._repository, self.days, self.steps = repository, days, days * PER_DAY
        self.parts: Rows = {}
        for table in ("generators", "links", "storage_units", "stores"):
            self.parts |= {row["name"]: row for row in self._rows(table)}
        shares, loads = self._rows("generators-p_max_pu"), self._rows("loads-p_set")
        self.series = {k: np.array([float(row[k]) for row in shares]) for k in ("wind", "solar")}
        self.series["load"] = np.array([float(row["demand"]) for row in loads])

    def _rows(self, table: str) -> list[dict[str, str]]:
        path = f"HEAD:{FOLDER}/{table}.csv"
        shown = subprocess.run(["git", "-C", self._repository, "show", path], capture_output=True, check=True)
        return list(csv.DictReader(io.StringIO(shown.stdout.decode())))

    def of(self, part: str, field: str) -> float:
        """A number of a part."""
        return float(self.parts[part][field])


def by_hand(network: Network, solver: str = "choose") -> float:
    """The least cost of a year by the network's rules alone."""
    lp, count, of = Problem(), network.steps, network.of
    weight = HOURS * 365 / network.days
    names = ("wind", "solar", "electrolysis", "turbine", "battery storage", "hydrogen storage")
    wind, solar, electrolysis, turbine, battery, tank = (
        lp.column(of(name, "capital_cost")) for name in names
    )
    shed = lp.columns(count, of("load shedding", "marginal_cost") * weight, of("load shedding", "p_nom"))
    blown, shone, split, burnt, into, out_of, cells, held = (lp.columns(count) for _ in range(8))
    store, dispatch = (of("battery storage", f"efficiency_{k}") for k in ("store", "dispatch"))
    made, spent = of("electrolysis", "efficiency"), of("turbine", "efficiency")
    limits = [(blown, wind, network.series["wind"]), (shone, solar, network.series["solar"])]
    limits += [(flow, size, np.ones(count)) for flow, size in (
        (split, electrolysis), (burnt, turbine), (into, battery), (out_of, battery), (held, tank),
    )]  # fmt: skip
    limits += [(cells, battery, np.full(count, of("battery storage", "max_hours")))]
    for t in range(count):
        for flow, size, most in limits:
            lp.row([(flow[t], 1.0), (size, -float(most[t]))], high=0.0)
        gained = [(into[t], -store * HOURS), (out_of[t], HOURS / dispatch)]
        lp.row([(cells[t], 1.0), (cells[t - 1], -1.0), *gained], 0.0, 0.0)
        gained = [(split[t], -made * HOURS), (burnt[t], float(HOURS))]
        lp.row([(held[t], 1.0), (held[t - 1], -1.0), *gained], 0.0, 0.0)
        flows = [(c[t], 1.0) for c in (shed, blown, shone, out_of)] + [(c[t], -1.0) for c in (split, into)]
        need = float(network.series["load"][t])
        lp.row([*flows, (burnt[t], spent)], need, need)
    return lp.least(solver)[0]


def size(yearly: float, unit: str) -> str:
    """A size that costs so much a year: without interest a tenth of ten times as much."""
    return f'{{ capex = "{10 * yearly!r} EUR/{unit}", lifetime = "10 years" }}'


def park(network: Network) -> str:
    """The network as a study."""
    of = network.of
    shed, ratio = "load shedding", 1 / of("battery storage", "max_hours")
    days = f"days = {network.days}\n" if network.days < 365 else ""
    series = {
        name: f'{{ file = "series.csv", column = "{name}", unit = "{unit}"{more} }}'
        for name, unit, more in (
            ("load", "MW", ', limit = "17000 MW"'),
            ("wind", "1", ""),
            ("solar", "1", ""),
        )
    }
    turbine = of("turbine", "capital_cost") / of("turbine", "efficiency")  # there it is per hydrogen
    return f"""format = 2
name = "model energy"
[park]
currency = "EUR"
calendar_year = 2019
{days}[years]
milestones = [2019]
[money]
discount_rate = 0
[planning]
unserved_price = "50000 EUR/MWh"
[buses]
el = {{ carrier = "electricity" }}
h2 = {{ carrier = "hydrogen" }}
[assets.demand]
kind = "electricity_demand"
bus = "el"
load = {series["load"]}
[assets.shedding]
kind = "grid"
bus = "el"
price = "{of(shed, "marginal_cost")!r} EUR/MWh"
import_limit = "{of(shed, "p_nom")!r} MW"
emission_factor = "0 t/MWh"
[assets.wind]
kind = "wind"
bus = "el"
output = {series["wind"]}
power = {size(of("wind", "capital_cost"), "MW")}
[assets.solar]
kind = "solar"
bus = "el"
output = {series["solar"]}
power = {size(of("solar", "capital_cost"), "MW")}
[assets.electrolysis]
kind = "electrolyser"
source = "el"
to = "h2"
use = "{HYDROGEN / of("electrolysis", "efficiency")!r} MWh/t"
power = {size(of("electrolysis", "capital_cost"), "MW")}
[assets.turbine]
kind = "power_plant"
source = "h2"
bus = "el"
efficiency = {of("turbine", "efficiency")!r}
power = {size(turbine, "MW")}
[assets.tank]
kind = "store"
bus = "h2"
amount = {size(of("hydrogen storage", "capital_cost") * HYDROGEN, "t")}
[assets.battery]
kind = "battery"
bus = "el"
efficiency_in = {of("battery storage", "efficiency_store")!r}
efficiency_out = {of("battery storage", "efficiency_dispatch")!r}
power = {size(of("battery storage", "capital_cost"), "MW")}
energy = {size(0.0, "MWh")}
rate_min = "{ratio!r} 1/h"
rate_max = "{ratio!r} 1/h"
"""


def write(network: Network, folder: Path) -> None:
    """The study and its series, hour by hour."""
    stamps = np.datetime64("2019-01-01T00:00") + np.arange(8760) * np.timedelta64(60, "m")
    columns = {name: np.repeat(values, HOURS) for name, values in network.series.items()}
    lines = [",".join(["time", *columns])]
    for i, stamp in enumerate(stamps):
        values = (repr(float(v[i])) for v in columns.values())
        lines.append(",".join([str(stamp).replace("T", " "), *values]))
    (folder / "series.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "park.toml").write_text(park(network), encoding="utf-8")


def least(network: Network, folder: Path, method: str) -> tuple[float, float]:
    """The least cost by a method, and a bound below which no plan is proven to cost [EUR a year]."""
    if method.startswith("hand"):
        found = by_hand(network, "ipm" if method.endswith("ipm") else "choose")
        return found, found
    study = read(folder)
    if method == "certified":
        plan = certified(study, GAP)
    else:
        plan = monolith(study, Options(method=method, crossover=method != "hipo"))  # type: ignore[arg-type]
    return plan.objective, plan.lower_bound


def main(repository: str, days: str = "365", *methods: str) -> None:
    """Print what it costs, by ParkZero and by hand."""
    network = Network(repository, int(days))
    with tempfile.TemporaryDirectory() as folder:
        write(network, Path(folder))
        for method in methods or ("simplex", "hand"):
            wall, used = time.perf_counter(), sum(os.times()[:4])
            cost, bound = least(network, Path(folder), method)
            seconds = time.perf_counter() - wall, sum(os.times()[:4]) - used
            print(
                f"{days} days, {method}: {cost:.4f} EUR a year, at least {bound:.4f}, {seconds[0]:.0f} s, "
                f"{seconds[1]:.0f} s of processors",
                flush=True,
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
