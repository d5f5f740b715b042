"""A workbook of ficus (github.com/yabata/ficus) as a study, held against a linear problem of the same rules.

Usage: ``python benchmarks/peer_ficus.py REPOSITORY [PATH …]``, for a clone, bare or not. The workbooks are
read at run time; nothing of them is kept. Power is in kW and energy in kWh there. What is not read: ``Num``
of a process beyond 1, depth of discharge, and the integer variants (part load, minimum sizes, in or out).
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from by_hand import Problem

from parkzero.planning.monolith import monolith
from parkzero.study import read

PATHS = ("examples/example.xlsx", "doc/NewFactory/NewFactory.xlsx")
YEAR = 365 * 24 * 3600
Row = dict[str, Any]


class Book:
    """What a workbook says."""

    def __init__(self, content: bytes) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        time = self.rows("Time-Settings")[0]
        self.first, self.last, self.seconds = (int(time[k]) for k in ("start", "end", "timebase"))
        self.steps, self.hours = self.last - self.first + 1, self.seconds / 3600
        self.share = self.steps * self.seconds / YEAR
        self.processes, self.ratios = self.rows("Process"), self.rows("Process-Commodity")
        self.classes, self.stores = self.rows("Process-Class"), self.rows("Storage")
        self.outside = {row["Commodity"]: row for row in self.rows("Ext-Commodities")}
        self.bought, self.sold = self.series("Ext-Import"), self.series("Ext-Export")
        self.demand, self.free = self.series("Demand"), self.series("SupIm")

    def rows(self, sheet: str) -> list[Row]:
        """The rows of a sheet by its heads."""
        head, *rest = self._book[sheet].iter_rows(values_only=True)
        named = [dict(zip(head, row, strict=False)) for row in rest if row[0] is not None]
        return [{k: np.inf if v == "inf" else v for k, v in r.items() if k is not None} for r in named]

    def series(self, sheet: str) -> dict[str, np.ndarray]:
        """The columns of a sheet over the steps that count."""
        kept = [row for row in self.rows(sheet) if self.first <= row["Time"] <= self.last]
        return {name: np.array([float(r[name]) for r in kept]) for name in kept[0] if name != "Time"}

    def flows(self, process: str, direction: str) -> dict[str, float]:
        """What a process takes in or gives out, for one of its flow."""
        found = (r for r in self.ratios if r["Process"] == process and r["Direction"] == direction)
        return {r["Commodity"]: float(r["ratio"]) for r in found}


def annuity(row: Row) -> float:
    """Yearly share of an investment."""
    grown = (1 + row["wacc"]) ** row["depreciation"]
    return float(grown * row["wacc"] / (grown - 1))


def by_hand(book: Book) -> float:
    """The least cost of a year by the workbook's rules alone."""
    lp, count, hours = Problem(), book.steps, book.hours
    balance: dict[str, list[dict[int, float]]] = {}
    fixed = 0.0

    def put(name: str, columns: list[int], coefficient: float) -> None:
        rows = balance.setdefault(name, [{} for _ in range(count)])
        for row, column in zip(rows, columns, strict=True):
            row[column] = row.get(column, 0.0) + coefficient

    for name, price in book.bought.items():
        outside = book.outside[name]
        flow = lp.columns(count, price * hours / book.share, outside["import-max"])
        peak = lp.column(outside["demand-rate"])
        window = int(outside["time-interval-demand-rate"]) // book.seconds
        for end in range(window, count + 1, window):
            lp.row([(peak, 1.0), *((c, -1 / window) for c in flow[end - window : end])], low=0.0)
        put(name, flow, 1.0)
    for name, price in book.sold.items():
        put(name, lp.columns(count, -price * hours / book.share, book.outside[name]["export-max"]), -1.0)
    members: dict[str, list[tuple[int, float, float]]] = {}
    for process in book.processes:
        fixed += process["cost-fix"] * process["cap-installed"]
        cost = process["cost-inv"] * annuity(process) + process["cost-fix"]
        new = lp.column(cost, process["cap-new-max"])
        outputs, inputs = (book.flows(process["Process"], d) for d in ("Out", "In"))
        fee = sum(
            c["fee"] * (outputs if c["Direction"] == "Out" else inputs).get(c["Commodity"], 0.0)
            for c in book.classes
            if c["Class"] == process["class"]
        )
        flow = lp.columns(count, (process["cost-var"] + fee) * hours / book.share)
        for t, column in enumerate(flow):
            lp.row([(column, 1.0), (new, -1.0)], high=process["cap-installed"])
            for name in inputs.keys() & book.free.keys():
                most = float(book.free[name][t])
                lp.row([(column, 1.0), (new, -most)], high=most * process["cap-installed"])
        for name, ratio in outputs.items():
            put(name, flow, ratio)
            members.setdefault(f"{process['class']} {name}", []).append(
                (new, ratio, process["cap-installed"])
            )
        for name in inputs.keys() - book.free.keys():
            put(name, flow, -inputs[name])
    for one in book.classes:
        together = members.get(f"{one['Class']} {one['Commodity']}", [])
        if np.isfinite(one["cap-max"]):
            lp.row([(c, r) for c, r, _ in together], high=one["cap-max"] - sum(r * k for _, r, k in together))
    for store in book.stores:
        into, out_of = kept(lp, book, store)
        put(store["Commodity"], into, -1.0)
        put(store["Commodity"], out_of, 1.0)
    for name, rows in balance.items():
        for t, row in enumerate(rows):
            need = float(book.demand[name][t]) if name in book.demand else 0.0
            lp.row(row.items(), need, need)
    return lp.least()[0] + fixed


def kept(lp: Problem, book: Book, store: Row) -> tuple[list[int], list[int]]:
    """The rules of a store: what goes in and what comes out."""
    count, hours = book.steps, book.hours
    power, energy = (
        lp.column(store[f"cost-inv-{k}"] * annuity(store) + store[f"cost-fix-{k}"], store[f"cap-new-max-{k}"])
        for k in "pe"
    )
    into, out_of = (lp.columns(count, store["cost-var"] * hours / book.share) for _ in range(2))
    held = lp.columns(count + 1)
    for end in (held[0], held[-1]):
        lp.row([(end, 1.0), (energy, -store["initial-soc"])], 0.0, 0.0)
    lp.row([(power, 1.0), (energy, -store["max-p-e-ratio"])], high=0.0)
    for t in range(count):
        lp.row([(into[t], 1.0), (power, -1.0)], high=0.0)
        lp.row([(out_of[t], 1.0), (power, -1.0)], high=0.0)
        lp.row([(held[t + 1], 1.0), (energy, -1.0)], high=0.0)
        stays = 1 - store["self-discharge"] * hours
        gained = [(into[t], -store["eff-in"] * hours), (out_of[t], hours / store["eff-out"])]
        lp.row([(held[t + 1], 1.0), (held[t], -stays), *gained], 0.0, 0.0)
    most = store["cycles-max"] * book.share / store["lifetime"]
    lp.row([*((c, hours) for c in into), (energy, -most)], high=0.0)
    return into, out_of


def table(name: str, **fields: object) -> list[str]:
    """A table of TOML; what is ``Raw`` is TOML already."""
    lines = [f"[{name}]"]
    for key, value in fields.items():
        lines.append(f"{key} = {value if isinstance(value, Raw) else json.dumps(value, ensure_ascii=False)}")
    return lines


class Raw(str):
    """TOML that is written as it is."""

    __slots__ = ()


def column(name: str, unit: str) -> Raw:
    """A series of the file."""
    return Raw(f'{{ file = "series.csv", column = "{name}", unit = "{unit}" }}')


def size(row: Row, per: str, suffix: str = "") -> Raw:
    """A size of the workbook."""
    cost, kept_up, most, there = (
        row[f"{k}{suffix}"] for k in ("cost-inv", "cost-fix", "cap-new-max", "cap-installed")
    )
    return Raw(
        f'{{ capex = "{cost!r} EUR/{per}", fixed_om = "{kept_up!r} EUR/{per}",'
        f' max = "{most + there!r} {per}", existing = "{there!r} {per}",'
        f' lifetime = "{row["depreciation"]} years" }}'
    )


def assets(book: Book) -> list[str]:
    """Demands, grid, fuels and processes."""
    elec = book.outside["elec"]
    lines = table("assets.load", kind="electricity_demand", bus="elec", load=column("demand elec", "kW"))
    lines += table("assets.warmth", kind="heat_demand", bus="heat", load=column("demand heat", "kW"))
    # A peak of the year is one that every month pays a twelfth of.
    lines += table(
        "assets.grid", kind="grid", bus="elec", price=column("bought elec", "EUR/kWh"),
        export_price=column("sold elec", "EUR/kWh"), export_limit="10 GW", export_own_only=False,
        demand_charge=f"{elec['demand-rate'] / 12!r} EUR/kW", ratchet="100 %", emission_factor="0 t/MWh",
        demand_minutes=int(elec["time-interval-demand-rate"]) // 60,
    )  # fmt: skip
    for fuel in book.bought.keys() - {"elec"}:
        lines += table(f"assets.{fuel}", kind="fuel", bus=fuel, price=column(f"bought {fuel}", "EUR/kWh"),
                       emission_factor="0 t/MWh")  # fmt: skip
    for process in book.processes:
        lines += made(book, process)
    return lines


def named(text: str) -> str:
    """A name as a study may have it."""
    return text.replace(".", "").replace(" ", "_")


def made(book: Book, process: Row) -> list[str]:
    """A process as one of ParkZero's kinds."""
    outputs, inputs = (book.flows(process["Process"], d) for d in ("Out", "In"))
    ((source, taken),) = inputs.items()
    name = f"assets.{named(process['Process'])}"
    fields = {"power": size(process, "kW"), "variable_om": f"{process['cost-var']!r} EUR/kWh"}
    if source in book.free:
        kind = "solar" if "solar" in source else "wind"
        return table(name, kind=kind, bus="elec", output=column(f"free {source}", "1"), **fields)
    if outputs.keys() == {"elec", "heat"}:
        gives = {"efficiency": outputs["elec"] / taken, "heat_efficiency": outputs["heat"] / taken}
        return table(name, kind="chp", fuel=source, bus="elec", heat="heat", **gives, **fields)
    kind = "electric_boiler" if source == "elec" else "fuel_boiler"
    return table(name, kind=kind, source=source, to="heat", efficiency=outputs["heat"] / taken, **fields)


def stores(book: Book) -> list[str]:
    """Batteries and heat stores."""
    lines = []
    for store in book.stores:
        wear, begins = f"{store['cost-var']!r} EUR/kWh", float(store["initial-soc"])
        fields: dict[str, object] = {
            "power": size(store, "kW", "-p"), "energy": size(store, "kWh", "-e"),
            "efficiency_in": float(store["eff-in"]), "efficiency_out": float(store["eff-out"]),
            "loss": f"{store['self-discharge']!r} 1/h", "charge_cost": wear, "discharge_cost": wear,
            "start_level": begins, "end_level": begins,
        }  # fmt: skip
        ratio, name = f"{store['max-p-e-ratio']!r} 1/h", f"assets.{named(store['Storage'])}"
        if store["Commodity"] == "elec":
            cycles = store["cycles-max"] / store["lifetime"]
            lines += table(name, kind="battery", bus="elec", rate_max=ratio, cycles=cycles, **fields)
        else:
            lines += table(name, kind="thermal_store", bus="heat", rate=ratio, **fields)
    return lines


def policies(book: Book) -> list[str]:
    """Fees, subsidies and shared limits of classes."""
    lines = []
    for one in book.classes:
        names = [named(p["Process"]) for p in book.processes if p["class"] == one["Class"]]
        for name in names:
            rate = f"{-one['fee']!r} EUR/kWh"
            lines += table(f"policies.fee_{name}", kind="incentive", asset=name, per_energy=rate)
        if np.isfinite(one["cap-max"]):
            uses = Raw("{ " + ", ".join(f"{name} = 1" for name in names) + " }")
            most = f"{one['cap-max']!r} kW"
            lines += table(f"policies.class_{one['Class']}", kind="shared_limit", power=most, uses=uses)
    return lines


def write(book: Book, folder: Path) -> None:
    """The workbook as a study; its days are repeated to a year of which only they are planned."""
    parts = {"demand": book.demand, "free": book.free, "bought": book.bought, "sold": book.sold}
    columns = {f"{part} {name}": v for part, held in parts.items() for name, v in held.items()}
    stamps = np.datetime64("2025-01-01T00:00") + np.arange(YEAR // book.seconds) * np.timedelta64(
        book.seconds, "s"
    )
    lines = [",".join(["time", *columns])]
    for i, stamp in enumerate(stamps.astype("datetime64[m]")):
        values = (repr(float(v[i % book.steps])) for v in columns.values())
        lines.append(",".join([str(stamp).replace("T", " "), *values]))
    (folder / "series.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    carriers = {"elec": "electricity", "heat": "heat"}
    days, rate = book.steps * book.seconds // 86400, book.processes[0]["wacc"]
    text = ["format = 2", 'name = "ficus"']
    text += table("park", currency="EUR", calendar_year=2025, step=f"{book.seconds // 60} min", days=days)
    text += [*table("years", milestones=[2025]), *table("money", discount_rate=rate)]
    for bus in ("elec", "heat", *(book.bought.keys() - {"elec"})):
        warm = {"temperature": "90 degC"} if bus == "heat" else {}
        text += table(f"buses.{bus}", carrier=carriers.get(bus, "fuel"), **warm)
    text += [*assets(book), *stores(book), *policies(book)]
    (folder / "park.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


def main(repository: str, *paths: str) -> None:
    """Print what each workbook costs, by ParkZero and by hand."""
    for path in paths or PATHS:
        shown = subprocess.run(
            ["git", "-C", repository, "show", f"HEAD:{path}"], capture_output=True, check=True
        )
        book = Book(shown.stdout)
        with tempfile.TemporaryDirectory() as folder:
            write(book, Path(folder))
            plan = monolith(read(folder))
        hand = by_hand(book)
        apart = abs(plan.objective - hand) / abs(hand)
        print(f"{path}: ParkZero {plan.objective:.6f}, by hand {hand:.6f} EUR a year, apart {apart:.1e}")


if __name__ == "__main__":
    main(*sys.argv[1:])
