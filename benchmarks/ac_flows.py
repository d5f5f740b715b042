"""Times and checks power flows of a SimBench grid. Needs `make ac-env`; its data are not part of ParkZero.

    python -m benchmarks.ac_flows

pandapower, in .venv-ac, writes the grid as ParkZero's own tables with what is drawn at each node, and solves
some random quarter hours of its own network. ParkZero reads the tables as it reads a user's, and solves six
years of quarter hours.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from parkzero.network.flow import flow
from parkzero.network.grid import Grid, grids_of
from parkzero.network.tables import read_tables, write_grid
from parkzero.planning.monolith import monolith
from parkzero.results import results_of
from parkzero.study import read

HERE = Path(__file__).resolve().parent
AC_PYTHON = HERE.parent / ".venv-ac" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
GRID, YEARS, COMPARED = "1-MV-comm--0-sw", 6, 200
PARK = """format = 2
name = "A grid from tables"

[park]
currency = "VND"
calendar_year = 2025
days = 1

[years]
milestones = [2025]

[money]
discount_rate = "8 %"

[planning]
unserved_price = "40 MVND/MWh"

[buses.{root}]
carrier = "electricity"

[assets.connection]
kind = "grid"
bus = "{root}"
price = "1500 VND/kWh"
emission_factor = "0.7 t/MWh"

[assets.need]
kind = "electricity_demand"
bus = "{root}"
load = "1 MW"
"""


def read_grid(folder: Path) -> Grid:
    """The network of tables as a run has it: read, written into a study, planned for a day without loads."""
    tables = read_tables(folder)
    study = folder / "study"
    study.mkdir()
    root = tables.bus(str(tables.slack.cells["node"]))
    (study / "park.toml").write_text(PARK.format(root=root), encoding="utf-8")
    write_grid(tables, study)
    (found,) = grids_of(results_of(monolith(read(study))))
    return found


def main() -> None:
    """Print seconds of six years and the largest difference of a voltage."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = [str(AC_PYTHON), str(HERE / "simbench_tables.py"), name, GRID, str(COMPARED)]
        subprocess.run(made, check=True)
        grid = read_grid(folder)
        nodes = read_tables(folder).rows["nodes"]
        place = {str(row.cells["node"]): i for i, row in enumerate(nodes)}
        order = [place[bus] for bus in grid.nodes]
        with np.load(folder / "hours.npz") as hours, np.load(folder / "theirs.npz") as theirs:
            active, reactive = hours["p"][order], hours["q"][order]
            steps, volts, buses = theirs["steps"], theirs["voltage"], list(theirs["nodes"])
    (year,) = {y for b in grid.branches for y in b.rating}
    began, busy = time.perf_counter(), time.process_time()
    for _ in range(YEARS):
        found = flow(grid, year, active, reactive)
    took, worked = time.perf_counter() - began, time.process_time() - busy
    print(f"{len(grid.nodes)} nodes, {len(grid.branches)} branches, all solved: {bool(found.solved.all())}")
    print(f"{YEARS} x {active.shape[1]:,} flows: {took:.1f} s ({worked:.1f} s of processors)")
    rows = [list(grid.nodes).index(bus) for bus in buses]
    apart = np.abs(found.voltage[rows][:, steps] - volts)
    print(f"largest difference of {COMPARED} random steps to pandapower: {apart.max():.2e} pu")


if __name__ == "__main__":
    main()
