"""A grid from simple tables, nodes.csv, lines.csv and transformers.csv, as buses and assets of a study.

Every fault is told at once: what a table does not hold, an unknown node, a length below zero, a line without
impedance, a loop, an island, a second slack node.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.study.toml_text import to_toml
from parkzero.study.writer import replace_file
from parkzero.tables import read_csv_safely
from parkzero.texts import Text, data, listed, of_error, say
from parkzero.written_numbers import to_float

_SIZE = ("capex", "lifetime", "first_year", "loading_percent")
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "nodes": (
        ("node", "power_factor", "voltage_min", "voltage_max"),
        ("bus", "slack", "nominal_kv", "voltage", "x_m", "y_m", "compensation_mvar", "compensation_max_mvar",
         "compensation_capex", "compensation_lifetime"),
    ),
    "lines": (
        ("name", "from", "to", "length_km", "r_ohm_per_km", "x_ohm_per_km", "kv", "circuit_mva", "circuits"),
        ("c_nf_per_km", "max_circuits", *_SIZE),
    ),
    "transformers": (
        ("name", "from", "to", "high_kv", "low_kv", "unit_mva", "units", "no_load_kw", "load_kw",
         "uk_percent"),
        ("i0_percent", "max_units", "tap_percent", "tap_range_percent", "tap_step_percent", *_SIZE),
    ),
}  # fmt: skip
"""Columns of each table: those that are needed, and those that may be left out or empty."""
WORDS = ("name", "node", "bus", "from", "to", "slack")
SIGNED = ("x_m", "y_m", "tap_percent")
ABOVE = ("length_km", "r_ohm_per_km", "kv", "circuit_mva", "high_kv", "low_kv", "unit_mva", "load_kw",
         "uk_percent", "power_factor", "voltage_min", "voltage_max", "nominal_kv")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: words and numbers by column, and where it stands."""

    cells: Mapping[str, Any]
    place: Place

    def at(self, column: str) -> Place:
        """The place of one of its cells."""
        return Place(file=self.place.file, line=self.place.line, field=column)

    def number(self, column: str, otherwise: float = 0.0) -> float:
        """A number of it, or another where it has none."""
        found = self.cells.get(column)
        return otherwise if found is None else float(found)


@dataclass(frozen=True, slots=True)
class Tables:
    """A grid as its tables tell it: rows of nodes, lines and transformers."""

    rows: Mapping[str, list[Row]] = field(default_factory=dict)

    @property
    def slack(self) -> Row:
        """The node that holds the voltage."""
        return next(r for r in self.rows["nodes"] if r.cells.get("slack"))

    def bus(self, node: str) -> str:
        """The bus of a node: the one that it names, or one of its own name."""
        row = next(r for r in self.rows["nodes"] if r.cells["node"] == node)
        return str(row.cells.get("bus") or node)


def read_tables(folder: Path) -> Tables:
    """Read a grid.

    Raises:
        StudyError: with all faults of all tables.
    """
    faults: list[Fault] = []
    rows = {name: _read(folder / f"{name}.csv", name, faults) for name in COLUMNS}
    found = Tables(rows)
    named = _names(found)
    faults += named
    if not named and all(
        {"from", "to", "name"} <= set(r.cells) for k in ("lines", "transformers") for r in rows[k]
    ):
        faults += _joined(found)
    if faults:
        raise StudyError(faults, title=data(folder.name))
    return found


def _read(path: Path, name: str, faults: list[Fault]) -> list[Row]:
    if name == "transformers" and not path.is_file():
        return []
    try:
        table = read_csv_safely(path)
    except StudyError as error:
        faults += error.faults
        return []
    needed, other = COLUMNS[name]
    for head in table.columns:
        if head not in needed and head not in other and head != "note":
            known = (*needed, *other, "note")
            where, what = Place(file=path.name, field=head), say("is no column of the sheet")
            faults.append(Fault(where, what, head, listed(known), did_you_mean(head, known)))
    for head in needed:
        if head not in table.columns:
            faults.append(Fault(Place(file=path.name, field=head), say("is missing")))
    heads, found = list(table.columns), []
    for line, values in zip(table.lines, zip(*table.columns.values(), strict=True), strict=True):
        row = Row({h: v for h, v in zip(heads, values, strict=True) if v}, Place(file=path.name, line=line))
        found.append(Row(_numbers(row, needed, other, faults), row.place))
    return found


def _numbers(row: Row, needed: Iterable[str], other: Iterable[str], faults: list[Fault]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for column in (*needed, *other):
        written = row.cells.get(column)
        if written is None:
            if column in needed:
                faults.append(Fault(row.at(column), say("is missing")))
            continue
        if column in WORDS:
            made[column] = written
            continue
        try:
            value = to_float(written, "", False)
        except ValueError as error:
            faults.append(Fault(row.at(column), say("is no number"), written, of_error(error)))
            continue
        faults += _range(row, column, value, written)
        made[column] = value
    return made


def _range(row: Row, column: str, value: float, written: str) -> list[Fault]:
    if column == "r_ohm_per_km" and value == 0:
        needs = say("the conductor's resistance; without one a loop would share power at will")
        return [Fault(row.at(column), say("is a line without impedance"), written, needs)]
    if (column in ABOVE and value <= 0) or (value < 0 and column not in SIGNED):
        needs = say("above zero") if column in ABOVE else say("zero or more")
        return [Fault(row.at(column), say("is out of range"), written, needs)]
    return []


def _names(grid: Tables) -> list[Fault]:
    faults, nodes = [], [r.cells.get("node") for r in grid.rows["nodes"]]
    for name in COLUMNS:
        seen = set[object]()
        for row in grid.rows[name]:
            key = row.cells.get("node" if name == "nodes" else "name")
            if key in seen:
                faults.append(Fault(row.place, say("is named twice"), str(key)))
            seen.add(key)
    for row in (*grid.rows["lines"], *grid.rows["transformers"]):
        for end in ("from", "to"):
            node = row.cells.get(end)
            if node is not None and node not in nodes:
                known = [str(n) for n in nodes]
                what = say("is not a node of nodes.csv")
                faults.append(
                    Fault(row.at(end), what, str(node), listed(known[:12]), did_you_mean(str(node), known))
                )
    slacks = [r for r in grid.rows["nodes"] if r.cells.get("slack")]
    needs = say("one slack node: one place that holds the voltage")
    faults += [
        Fault(r.at("slack"), say("is a second slack node"), str(r.cells["node"]), needs) for r in slacks[1:]
    ]
    if not slacks and grid.rows["nodes"]:
        faults.append(Fault(Place(file="nodes.csv", field="slack"), say("names no slack node"), needs=needs))
    faults += [Fault(r.at("nominal_kv"), say("is missing")) for r in slacks if "nominal_kv" not in r.cells]
    return faults


def _joined(grid: Tables) -> list[Fault]:
    """Loops and islands."""
    faults, seen = [], {str(grid.slack.cells["node"])}
    left = [*grid.rows["transformers"], *grid.rows["lines"]]
    going = True
    while going:
        going = False
        for row in list(left):
            ends = {row.cells["from"], row.cells["to"]}
            if not ends & seen:
                continue
            going = True
            left.remove(row)
            if ends <= seen:
                what = say("{branch} closes a loop: the flow is that of a tree", branch=row.cells["name"])
                hint = say("leave out the branch at which the ring is open")
                faults.append(Fault(row.place, what, hint=hint))
            seen |= ends
    for row in grid.rows["nodes"]:
        if row.cells["node"] not in seen:
            what = say("is an island: no branch leads there from the slack node")
            faults.append(Fault(row.place, what, str(row.cells["node"])))
    return faults


def write_grid(grid: Tables, study: Path, name: str = "network") -> tuple[str, ...]:
    """Add a grid to the park.toml of a study: buses that it lacks, and assets.

    Returns:
        Names of the new assets.

    Raises:
        StudyError: when the study is no folder with a park.toml, has such assets already, or cannot be
            written.
    """
    path = study / "park.toml" if study.is_dir() else study
    if path.suffix != ".toml" or not path.is_file():
        hint = say("parkzero convert turns a workbook into a folder")
        told = Fault(Place(file=str(study)), say("is no folder with a park.toml"), hint=hint)
        raise StudyError([told], title=say("The study"))
    text = path.read_text(encoding="utf-8")
    tree = tomllib.loads(text)
    money = str(tree.get("park", {}).get("currency", "VND"))
    assets = assets_of(grid, name, money)
    there = [a for a in assets if a in tree.get("assets", {})]
    if there:
        told = Fault(
            Place(file=path.name), say("holds assets of these names already"), listed(there).of("en")
        )
        raise StudyError([told], title=say("The study"))
    named = (grid.bus(str(row.cells["node"])) for row in grid.rows["nodes"])
    buses = {bus: {"carrier": "electricity"} for bus in named if bus not in tree.get("buses", {})}
    added = to_toml({"buses": buses, "assets": assets} if buses else {"assets": assets})
    replace_file(path, text.rstrip("\n") + f"\n\n# {'-' * 20} {name}\n" + added)
    return tuple(assets)


def _said(value: float, unit: str) -> str:
    """A quantity as a study writes it: all its digits, and never a dot before just three of them."""
    text = f"{value:.14g}"
    whole, _, decimals = text.partition(".")
    return f"{text}{'0' * (len(decimals) == 3 and len(whole) < 5)} {unit}"


def assets_of(grid: Tables, name: str, money: str) -> dict[str, Any]:
    """The assets of a grid, as a study file writes them."""
    slack = grid.slack
    root = {"kind": "distribution", "bus": grid.bus(str(slack.cells["node"])),
            "nominal": _said(slack.number("nominal_kv"), "kV")}  # fmt: skip
    if "voltage" in slack.cells:
        root["voltage"] = _said(100 * slack.number("voltage"), "%")
    made: dict[str, Any] = {name: root}
    for row in grid.rows["nodes"]:
        made[f"node_{row.cells['node']}"] = _node(grid, row, money)
    for row in grid.rows["transformers"]:
        made[str(row.cells["name"])] = _transformer(grid, row, money)
    for row in grid.rows["lines"]:
        made[str(row.cells["name"])] = _line(grid, row, money)
    return made


def _node(grid: Tables, row: Row, money: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "kind": "grid_node", "bus": grid.bus(str(row.cells["node"])),
        "power_factor": _said(100 * row.number("power_factor"), "%"),
        "voltage_min": _said(100 * row.number("voltage_min"), "%"),
        "voltage_max": _said(100 * row.number("voltage_max"), "%"),
    }  # fmt: skip
    if "nominal_kv" in row.cells and not row.cells.get("slack"):
        made["nominal"] = _said(row.number("nominal_kv"), "kV")
    made |= {axis: _said(row.number(f"{axis}_m"), "m") for axis in ("x", "y") if f"{axis}_m" in row.cells}
    if "compensation_mvar" in row.cells or "compensation_max_mvar" in row.cells:
        size: dict[str, Any] = {"existing": _said(row.number("compensation_mvar"), "Mvar")}
        if "compensation_capex" in row.cells:
            size |= {
                "capex": _said(row.number("compensation_capex"), f"{money}/Mvar"),
                "lifetime": _said(row.number("compensation_lifetime"), "years"),
                "max": _said(row.number("compensation_max_mvar", row.number("compensation_mvar")), "Mvar"),
            }
        made["compensation"] = size
    return made


def _sized(row: Row, one: float, stands: str, most: str, money: str) -> dict[str, Any]:
    """The size of a branch: whole units beside those that stand."""
    made: dict[str, Any] = {"existing": _said(row.number(stands) * one, "MW")}
    if "capex" in row.cells:
        made |= {
            "capex": _said(row.number("capex") / one, f"{money}/MW"),
            "lifetime": _said(row.number("lifetime"), "years"),
            "max": _said(row.number(most, row.number(stands)) * one, "MW"),
            "unit": _said(one, "MW"),
        }
        if "first_year" in row.cells:
            made["first_year"] = round(row.number("first_year"))
    return made


def _branch(grid: Tables, row: Row, kind: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "kind": kind, "source": grid.bus(str(row.cells["from"])), "to": grid.bus(str(row.cells["to"]))
    }  # fmt: skip
    if "loading_percent" in row.cells:
        made["loading"] = _said(row.number("loading_percent"), "%")
    return made


def _transformer(grid: Tables, row: Row, money: str) -> dict[str, Any]:
    kilo = 1e3 * row.number("unit_mva")
    made = _branch(grid, row, "transformer") | {
        "capacity": _sized(row, row.number("unit_mva"), "units", "max_units", money),
        "unit_rating": _said(row.number("unit_mva"), "MW"), "high": _said(row.number("high_kv"), "kV"),
        "low": _said(row.number("low_kv"), "kV"),
        "no_load_loss": _said(100 * row.number("no_load_kw") / kilo, "%"),
        "load_loss": _said(100 * row.number("load_kw") / kilo, "%"),
        "short_circuit": _said(row.number("uk_percent"), "%"),
        "no_load_current": _said(row.number("i0_percent"), "%"),
    }  # fmt: skip
    taps = (("tap_percent", "tap"), ("tap_range_percent", "tap_range"), ("tap_step_percent", "tap_step"))
    return made | {to: _said(row.number(column), "%") for column, to in taps if column in row.cells}


def _line(grid: Tables, row: Row, money: str) -> dict[str, Any]:
    made = _branch(grid, row, "power_line") | {
        "capacity": _sized(row, row.number("circuit_mva"), "circuits", "max_circuits", money),
        "circuit": _said(row.number("circuit_mva"), "MW"), "length": _said(row.number("length_km"), "km"),
        "resistance": _said(row.number("r_ohm_per_km"), "ohm/km"),
        "reactance": _said(row.number("x_ohm_per_km"), "ohm/km"), "voltage": _said(row.number("kv"), "kV"),
    }  # fmt: skip
    if "c_nf_per_km" in row.cells:
        made["capacitance"] = _said(row.number("c_nf_per_km"), "nF/km")
    return made


def title_of(grid: Tables) -> Text:
    """What a grid holds, in a sentence."""
    return say(
        "{nodes} nodes, {lines} lines, {transformers} transformers", nodes=len(grid.rows["nodes"]),
        lines=len(grid.rows["lines"]), transformers=len(grid.rows["transformers"]),
    )  # fmt: skip
