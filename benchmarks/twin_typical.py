"""What a user would pick instead: PyPSA on twelve typical days of tsam, run by the Python of .venv-twin.

Usage: ``python twin_typical.py FOLDER [--days 12] [--no-peaks]``. FOLDER holds ``network``, the park as
PyPSA's CSV files, and ``bills.json``, what its connections pay for their peaks; ``sizes.json`` is written
beside them. Prints one line of JSON. Knows nothing of ParkZero.

* The days: tsam's usual way, hierarchical clusters and their medoids, each series scaled so that its mean
  stays; series of one shape (a load that grows) count once. The days on which any load has its peak come on
  top.
* A typical day occurs as often as its cluster has days (``snapshot_weightings``). Each store closes each day
  at a level of the day's own; PyPSA 1.4 has no word for that (its temporal clusters are segments of time).
* A demand charge is a capacity variable for each month, at least the import of every typical day that occurs
  in the month, as tsam assigns the real days; with a ratchet, at least its share of the year's highest.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import highspy
import linopy
import numpy as np
import pandas as pd
import pypsa
import tsam
import xarray as xr
from twin_reference import peak_mb, solver_options

SERIES = "[a-z]*-*.csv"
SAME = 6  # Decimals to which two series of one shape agree, each from 0 to 1.


@dataclass(frozen=True)
class Days:
    """Typical days of a year.

    Attributes:
        values: of each file of series, by asset; shape [periods x typical steps].
        counts: real days for which each stands, shape [typical days].
        assigned: typical day of each real day, shape [days].
        months: month of each real day, 0 to 11, shape [days].
        hours: length of a step [h].
    """

    values: dict[str, dict[str, np.ndarray]]
    counts: np.ndarray
    assigned: np.ndarray
    months: np.ndarray
    hours: float

    @property
    def per_day(self) -> int:
        """Steps in a day."""
        return round(24 / self.hours)

    @property
    def of_month(self) -> list[tuple[int, int]]:
        """Each month with each typical day that occurs in it."""
        return sorted(set(zip(self.months.tolist(), self.assigned.tolist(), strict=True)))


def typical(network: Path, count: int, peaks: bool) -> Days:
    """Let tsam pick typical days of all series of a folder of PyPSA's."""
    shots = pd.read_csv(network / "snapshots.csv", parse_dates=["timestep"])
    periods = shots["period"].nunique()
    when = pd.DatetimeIndex(shots["timestep"][: len(shots) // periods])
    tables = {path.stem: pd.read_csv(path, index_col=0) for path in sorted(network.glob(SERIES))}
    shapes: dict[bytes, str] = {}
    frame: dict[str, np.ndarray] = {}
    known: dict[tuple[str, str], list[tuple[str, float, float]]] = {}
    loads = set()
    for name, table in tables.items():
        for asset in table:
            for values in table[asset].to_numpy().reshape(periods, -1):
                low, range_ = values.min(), np.ptp(values)
                shape = (values - low) / range_ if range_ else np.zeros(len(values))
                label = shapes.setdefault(np.round(shape, SAME).tobytes(), f"shape {len(shapes)}")
                frame.setdefault(label, shape)
                known.setdefault((name, asset), []).append((label, low, range_))
                loads |= {label} if name == "loads-p_set" and range_ else set()
    hours, days = float(shots["stores"].iloc[0]), len(when) * float(shots["stores"].iloc[0]) / 24
    found = tsam.aggregate(
        pd.DataFrame(frame, index=when),
        min(count, round(days)),
        period_duration=24,
        temporal_resolution=hours,
        cluster=tsam.ClusterConfig(method="hierarchical", representation="medoid"),
        extremes=tsam.ExtremeConfig(method="append", max_value=sorted(loads)) if peaks and loads else None,
    )
    picked = found.cluster_representatives
    numbers = sorted(found.cluster_counts)
    made: dict[str, dict[str, np.ndarray]] = {name: {} for name in tables}
    for (name, asset), parts in known.items():
        made[name][asset] = np.stack([low + by * picked[label].to_numpy() for label, low, by in parts])
    return Days(
        made,
        np.array([found.cluster_counts[number] for number in numbers], dtype=float),
        np.searchsorted(numbers, found.cluster_assignments),
        when[:: round(24 / hours)].month.to_numpy() - 1,
        hours,
    )


def shorter(network: Path, days: Days, out: Path) -> pypsa.Network:
    """The same network on its typical days."""
    shutil.copytree(network, out, dirs_exist_ok=True)
    shots = pd.read_csv(network / "snapshots.csv")
    periods = shots["period"].unique()
    steps = len(days.counts) * days.per_day
    weight = float(shots["objective"].iloc[0]) * np.repeat(days.counts, days.per_day)
    when = pd.date_range("2025-01-01", periods=steps, freq=pd.Timedelta(hours=days.hours))
    count, weights = steps * len(periods), np.tile(weight, len(periods))
    pd.DataFrame({
        "snapshot_number": range(count), "period": np.repeat(periods, steps),
        "timestep": np.tile(when, len(periods)),
        "objective": weights, "stores": days.hours, "generators": weights,
    }).to_csv(out / "snapshots.csv", index=False)  # fmt: skip
    for name, columns in days.values.items():
        flat = {asset: values.ravel() for asset, values in columns.items()}
        pd.DataFrame(flat, index=pd.RangeIndex(count, name="snapshot")).to_csv(out / f"{name}.csv")
    return pypsa.Network(str(out))


def model(n: pypsa.Network, days: Days, bills: dict) -> linopy.Model:
    """The network's model, with days that close and bills of peaks."""
    n.optimize.create_model(multi_investment_periods=True, include_objective_constant=False)
    m = n.model
    if "Store-e" in m.variables:
        m.remove_constraints("Store-energy_balance")
        keep = (1 - n.stores["standing_loss"]) ** days.hours
        keep = xr.DataArray(keep.to_numpy(), dims="name", coords={"name": n.stores.index.to_numpy()})
        order = np.arange(len(days.counts) * days.per_day).reshape(-1, days.per_day)
        for year in n.investment_periods:
            close_days(m, days, keep, np.roll(order, 1, axis=1).ravel(), year)
    if bills:
        for year in n.investment_periods:
            bill_peaks(m, n, days, bills, year)
    return m


def close_days(m: linopy.Model, days: Days, keep: xr.DataArray, before: np.ndarray, year: int) -> None:
    """What a store holds follows from the step before; before a day's first step comes its last."""
    held, given = (m[f"Store-{what}"].sel(period=year) for what in ("e", "p"))
    kept = held.isel(timestep=before).assign_coords(timestep=held.coords["timestep"])
    alive = held.labels >= 0
    m.add_constraints(
        held - keep.sel(name=held.coords["name"].to_numpy()) * kept + days.hours * given == 0,
        name=f"day {year}",
        mask=alive,
    )


def bill_peaks(m: linopy.Model, n: pypsa.Network, days: Days, bills: dict, year: int) -> None:
    """Capacity variables of a year: what each connection is billed for in each month."""
    names, months = sorted(bills), sorted(set(days.months.tolist()))
    import_ = m["Generator-p"].sel(period=year)
    import_ = import_.sel(name=[f"{name}.{year}" for name in names]).assign_coords(name=names)
    stamps = import_.indexes["timestep"]
    grid = {"name": pd.Index(names, name="name")}
    top = m.add_variables(0, coords={**grid, "day": range(len(days.counts))}, name=f"day's peak {year}")
    billed = m.add_variables(0, coords={**grid, "month": months}, name=f"billed {year}")
    day = xr.DataArray(np.repeat(range(len(days.counts)), days.per_day), {"timestep": stamps}, "timestep")
    m.add_constraints(import_ - top.isel(day=day) <= 0, name=f"measured {year}")
    pairs = {"pair": range(len(days.of_month))}
    month, of = (xr.DataArray([pair[i] for pair in days.of_month], pairs, "pair") for i in (0, 1))
    ours = billed.sel(month=month)
    m.add_constraints(ours - top.isel(day=of) >= 0, name=f"billed {year}")
    shares = xr.DataArray([bills[name]["ratchet"] for name in names], grid, "name")
    if float(shares.max()):
        high = m.add_variables(0, coords=grid, name=f"highest {year}")
        m.add_constraints(high - top >= 0, name=f"highest {year}")
        m.add_constraints(billed - shares * high >= 0, name=f"ratchet {year}")
    prices = [[bills[name]["prices"][str(year)][month] for month in months] for name in names]
    weight = float(n.investment_period_weightings.loc[year, "objective"])
    owed = billed * xr.DataArray(weight * np.array(prices), billed.coords, ("name", "month"))
    m.objective = m.objective + owed.sum()


def sizes_of(n: pypsa.Network, m: linopy.Model) -> dict[str, dict[int, float]]:
    """What is built, by carrier (the asset and its size) and year of building."""
    first, made = int(n.investment_periods[0]), {}
    for sheet, table, size in (
        ("Generator", n.generators, "p_nom"),
        ("Link", n.links, "p_nom"),
        ("Store", n.stores, "e_nom"),
    ):
        if f"{sheet}-{size}" not in m.variables:
            continue
        for asset, value in m[f"{sheet}-{size}"].solution.to_series().items():
            row = table.loc[asset]
            if row["build_year"] >= first:
                made.setdefault(row["carrier"], {})[int(row["build_year"])] = float(value)
    return made


def run(folder: Path, count: int, peaks: bool, method: str) -> dict[str, object]:
    """Cluster, build and solve; seconds of each part."""
    begun, cpu = time.perf_counter(), os.times()
    days = typical(folder / "network", count, peaks)
    clustered = time.perf_counter()
    with tempfile.TemporaryDirectory() as out:
        n = shorter(folder / "network", days, Path(out))
    m = model(n, days, json.loads((folder / "bills.json").read_text(encoding="utf-8")))
    modelled = time.perf_counter()
    _, status = m.solve("highs", io_api="direct", **solver_options(method))
    ended, spent = time.perf_counter(), os.times()
    found = {"status": status, "typical_days": len(days.counts), "variables": int(m.nvars), "objective": None}
    if status == "optimal":
        found["objective"] = float(m.objective.value)
        (folder / "sizes.json").write_text(json.dumps(sizes_of(n, m)), encoding="utf-8")
    parts = {"tsam": clustered - begun, "network and model": modelled - clustered, "solve": ended - modelled}
    versions = {"pypsa": pypsa.__version__, "linopy": linopy.__version__, "tsam": tsam.__version__,
                "highs": highspy.Highs().version()}  # fmt: skip
    taken = spent.user + spent.system - cpu.user - cpu.system
    seconds = {"seconds": time.perf_counter() - begun, "cpu_seconds": taken, "parts": parts}
    return {**found, **seconds, "peak_mb": peak_mb(), "versions": versions}


def main() -> None:
    """Read the command line and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=12)
    parser.add_argument("--no-peaks", action="store_true", help="without the days of the loads' peaks")
    parser.add_argument("--method", choices=("hipo", "ipx", "simplex"), default="hipo")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    print(json.dumps(run(given.folder, given.days, not given.no_peaks, given.method)))


if __name__ == "__main__":
    main()
