"""Products of an exporter from a workbook or a folder of CSV files, with the activities of an inventory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from parkzero.carbon.cbam import CATEGORIES, Precursor, Product
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.inventory.calculate import calculate
from parkzero.inventory.reading import COLUMNS as INVENTORY
from parkzero.inventory.reading import Given, read_given
from parkzero.inventory.tabular import Rows, read_tables
from parkzero.texts import listed, say

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "products": ("product", "cn", "category", "basis", "produced", "exported", "direct", "electricity",
                 "electricity_factor", "benchmark", "column", "benchmark_key", "default_key", "paid", "note"),
    "precursors": ("product", "precursor", "tonnes", "direct", "indirect", "benchmark", "basis", "note"),
    "routes": ("product", "route", "tonnes"),
    "attribution": ("product", "facility", "share", "electricity_share"),
    "installation": ("key", "value"),
    **INVENTORY,
}  # fmt: skip
INSTALLATION: Final = (
    "name", "address", "city", "country", "unlocode", "latitude", "longitude", "contact", "period_from",
    "period_to", "gwp", "cscf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Export:
    """What an exporter gave.

    Attributes:
        name: of the file.
        products: by id.
        installation: what the official communication says of the installation.
    """

    name: str
    products: Mapping[str, Product]
    installation: Mapping[str, str]


def read_export(path: Path, year: int, gwp: str | None = None) -> Export:
    """Read an exporter's file.

    Args:
        path: workbook or folder; sheet ``products``, and where wanted ``precursors``, ``routes``,
            ``installation``, and the sheets of an inventory with ``attribution``: then direct emissions and
            electricity are shares of what the inventory counts.
        year: whose activities count.
        gwp: set of potentials of that inventory.

    Raises:
        StudyError: with all faults.
    """
    faults: list[Fault] = []
    tables = read_tables(path, COLUMNS, faults)
    if "products" not in tables:
        raise StudyError(
            [Fault(Place(path.name), say("has no table of products"), "", listed(COLUMNS))],
            say("The border adjustment"),
        )
    told = _installation(tables.get("installation"))
    precursors, routes = _precursors(tables.get("precursors")), _routes(tables.get("routes"))
    attributed = _attributed(tables, path, year, gwp or told.get("gwp"), faults)
    products = _products(tables["products"], precursors, routes, attributed)
    names = set(products)
    for kind, of in (("precursors", precursors), ("routes", routes), ("attribution", attributed)):
        for name in of:
            if name not in names:
                faults.append(
                    Fault(
                        Place(path.name, kind),
                        say("names no product of the file"),
                        name,
                        listed(names),
                        did_you_mean(name, names),
                    )
                )
    faults += [f for rows in tables.values() for f in rows.faults]
    if faults:
        raise StudyError(faults, say("The border adjustment"))
    return Export(path.name, products, told)


def _products(
    rows: Rows,
    precursors: Mapping[str, list[Precursor]],
    routes: Mapping[str, dict[str, float]],
    attributed: Mapping[str, tuple[float, float]],
) -> dict[str, Product]:
    for needed in ("product", "cn", "category", "basis"):
        if needed not in rows.columns:
            rows.faults.append(
                Fault(Place(rows.file, rows.sheet, field=needed), say("is missing"), "", say("a column"))
            )
    numbers = {
        c: rows.numbers(c, 0.0)
        for c in ("exported", "direct", "electricity", "electricity_factor", "benchmark", "paid")
    }
    numbers["produced"] = rows.numbers("produced")  # below 0 is refused with the rule that forbids it
    category, basis = rows.choices("category", CATEGORIES), rows.choices("basis", ("actual", "default"))
    column = rows.choices("column", ("A", "B"))
    texts = {c: rows.texts(c) for c in ("product", "cn", "benchmark_key", "default_key")}
    found: dict[str, Product] = {}
    for i, name in enumerate(texts["product"]):
        if not name or name in found:
            rows.fault((i, "product"), say("stands twice") if name else say("is empty"), name)
            continue
        given = {c: numbers[c][i] for c in numbers}
        direct, mwh = attributed.get(name, (0.0, 0.0))
        if name in attributed and not math.isnan(given["direct"]):
            rows.fault((i, "direct"), say("is given here and by the attribution"), f"{given['direct']:g}")
        found[name] = Product(
            name,
            texts["cn"][i],
            category[i],
            "default" if basis[i] == "default" else "actual",
            _zero(given["produced"]),
            _zero(given["exported"]),
            direct if name in attributed else _zero(given["direct"]),
            mwh if name in attributed and math.isnan(given["electricity"]) else _zero(given["electricity"]),
            given["electricity_factor"],
            given["benchmark"],
            column[i],
            texts["benchmark_key"][i],
            texts["default_key"][i],
            tuple(precursors.get(name, ())),
            routes.get(name, {}),
            _zero(given["paid"]),
            rows.place(i),
        )
    return found


def _zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _precursors(rows: Rows | None) -> dict[str, list[Precursor]]:
    found: dict[str, list[Precursor]] = {}
    if rows is None:
        return found
    tonnes, direct = rows.numbers("tonnes", 0.0, needed=True), rows.numbers("direct", 0.0)
    indirect, benchmark = rows.numbers("indirect", 0.0), rows.numbers("benchmark", 0.0)
    basis, names = rows.choices("basis", ("actual", "default")), rows.texts("precursor")
    for i, product in enumerate(rows.texts("product")):
        one = Precursor(
            names[i],
            tonnes[i],
            direct[i],
            _zero(indirect[i]),
            benchmark[i],
            "default" if basis[i] == "default" else "actual",
        )
        found.setdefault(product, []).append(one)
    return found


def _routes(rows: Rows | None) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    if rows is None:
        return found
    tonnes, routes = (
        rows.numbers("tonnes", 0.0, needed=True),
        rows.choices("route", ("BF_BOF", "DRI_EAF", "scrap_EAF")),
    )
    for i, product in enumerate(rows.texts("product")):
        of = found.setdefault(product, {})
        of[routes[i]] = of.get(routes[i], 0.0) + tonnes[i]
    return found


def _installation(rows: Rows | None) -> dict[str, str]:
    if rows is None:
        return {}
    keys, values = rows.texts("key"), rows.texts("value")
    for i, key in enumerate(keys):
        if key not in INSTALLATION:
            rows.fault(
                (i, "key"), say("is not known"), key, listed(INSTALLATION), did_you_mean(key, INSTALLATION)
            )
    return {k: v for k, v in zip(keys, values, strict=True) if v}


def _attributed(
    tables: Mapping[str, Rows], path: Path, year: int, gwp: str | None, faults: list[Fault]
) -> dict[str, tuple[float, float]]:
    """Direct emissions [t] and electricity [MWh] of products by their share of a facility's inventory."""
    rows = tables.get("attribution")
    if rows is None:
        return {}
    if "activities" not in tables:
        faults.append(
            Fault(Place(path.name, "attribution"), say("has no table of activities"), "", listed(INVENTORY))
        )
        return {}
    given: Given = read_given(path, more=tuple(c for c in COLUMNS if c not in INVENTORY))
    inventory = calculate(given, gwp, years=[year])
    lines = inventory.lines.filter(~pl.col("biogenic") & ~pl.col("outside"))
    direct = _sums(lines.filter(pl.col("scope") == 1), "co2e")
    power = _sums(lines.filter(pl.col("source") == "electricity"), "amount")
    shares, mwh_shares = (
        rows.numbers("share", 0.0, 1.0, needed=True),
        rows.numbers("electricity_share", 0.0, 1.0),
    )
    facilities, given_away = rows.texts("facility"), dict[str, float]()
    found: dict[str, tuple[float, float]] = {}
    for i, product in enumerate(rows.texts("product")):
        facility = facilities[i]
        if facility not in direct and facility not in power:
            rows.fault((i, "facility"), say("has no activities in {years}", years=str(year)), facility)
            continue
        given_away[facility] = given_away.get(facility, 0.0) + shares[i]
        if given_away[facility] > 1 + 1e-9:
            rows.fault(
                (i, "share"),
                say("gives away more than the facility emitted"),
                f"{given_away[facility]:g}",
                say("at most {most:g}", most=1.0),
            )
        before = found.get(product, (0.0, 0.0))
        mwh = power.get(facility, 0.0) * (shares[i] if math.isnan(mwh_shares[i]) else mwh_shares[i])
        found[product] = (before[0] + direct.get(facility, 0.0) * shares[i], before[1] + mwh)
    return found


def _sums(lines: pl.DataFrame, column: str) -> dict[str, float]:
    rows: list[tuple[Any, Any]] = lines.group_by("facility").agg(pl.col(column).sum()).rows()
    return {str(f): float(v) for f, v in rows}
