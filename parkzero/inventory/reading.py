"""What a user gives for an inventory: activities, facilities, factors of the site, instruments, settings."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.inventory.factors import GAS_BOUNDS, GRID_LEAST, GRID_MOST, SiteFactor
from parkzero.inventory.gwp import gas_id
from parkzero.inventory.sources import DIMENSIONS, Source, amount_unit, sources
from parkzero.inventory.tabular import Rows, each, frame, read_tables
from parkzero.texts import data, listed, say
from parkzero.units import MWH, T, convert

BASES: Final = ("net", "net_as_received", "net_dry", "gross", "gross_as_received", "gross_dry")
QUALITY: Final = {"measured": 1, "invoiced": 2, "calculated": 3, "estimated": 4, "assumed": 5}
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "activities": (
        "facility",
        "year",
        "month",
        "source",
        "item",
        "amount",
        "unit",
        "quality",
        "uncertainty",
        "document",
        "heating_value",
        "basis",
        "moisture",
        "density",
        "enthalpy",
        "efficiency",
        "note",
    ),
    "facilities": ("facility", "name", "park", "zone", "kind", "group", "listed", "product", "note"),
    "factors": (
        "facility",
        "source",
        "item",
        "gas",
        "value",
        "unit",
        "valid_from",
        "valid_to",
        "document",
        "approved",
        "gwp",
        "uncertainty",
        "note",
    ),
    "instruments": (
        "facility",
        "year",
        "kind",
        "certificate",
        "amount",
        "unit",
        "factor",
        "factor_unit",
        "document",
    ),
    "shared": (
        "utility",
        "year",
        "method",
        "product",
        "facility",
        "amount",
        "unit",
        "reference",
        "temperature",
        "ambient",
    ),
    "changes": ("day", "facility", "year", "scope", "effect", "reason", "kind"),
    "settings": ("key", "value", "note"),
}
SETTINGS: Final = (
    "gwp",
    "methane",
    "grid",
    "residual_mix",
    "base_year",
    "threshold",
    "approach",
    "organisation",
    "landfill",
    "landfill_k",
)
ACTIVITY: Final = {
    "facility": pl.String,
    "year": pl.Int32,
    "month": pl.Int8,
    "source": pl.String,
    "item": pl.String,
    "dimension": pl.String,
    "currency": pl.String,
    "amount": pl.Float64,
    "unit": pl.String,
    "written": pl.Float64,
    "quality": pl.Int8,
    "uncertainty": pl.Float64,
    "document": pl.String,
    "heating_value": pl.Float64,
    "basis": pl.String,
    "moisture": pl.Float64,
    "density": pl.Float64,
    "enthalpy": pl.Float64,
    "efficiency": pl.Float64,
    "place": pl.Int32,
}
INSTRUMENT: Final = {
    "facility": pl.String,
    "year": pl.Int32,
    "kind": pl.String,
    "certificate": pl.String,
    "mwh": pl.Float64,
    "factor": pl.Float64,
    "document": pl.String,
}
KINDS: Final = ("i-rec", "dppa", "supplier", "own")
_GAS_NAMES = re.compile(r"\b([kmMG]?g|t|tonne)\s*(CO2e|CO2|CH4|N2O|COD|HFC|C|N)(?=\b|/)")


@dataclass(frozen=True, slots=True)
class Given:
    """What a user gave.

    Attributes:
        name: of the file or run.
        activities: one row for each amount, in the units of ``sources.DIMENSIONS``.
        facilities: rows by facility.
        factors: the site's own.
        instruments: certificates and contracts of electricity.
        shared: rows of shared utilities.
        changes: rows of changes of structure or method.
        settings: by key.
        lines: where a row of ``activities`` stands, for messages.
    """

    name: str
    activities: pl.DataFrame
    facilities: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    factors: Sequence[SiteFactor] = ()
    instruments: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=INSTRUMENT))
    shared: Sequence[Mapping[str, Any]] = ()
    changes: Sequence[Mapping[str, Any]] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    lines: Rows | None = None

    def place(self, row: int) -> Place:
        """Where an activity stands."""
        return self.lines.place(row) if self.lines is not None and row >= 0 else Place(self.name)


def read_given(path: Path | str, more: Sequence[str] = ()) -> Given:
    """Read a workbook, a folder of CSV files, or one CSV file of activities.

    Args:
        path: of any of them.
        more: sheets of others that are passed over.

    Raises:
        StudyError: with all faults of all tables.
    """
    source = Path(path)
    faults: list[Fault] = []
    tables = read_tables(source, COLUMNS, faults, more)
    if "activities" not in tables:
        raise StudyError(
            [
                Fault(
                    Place(source.name),
                    say("has no table of activities"),
                    "",
                    listed(COLUMNS),
                    say("parkzero inventory --template FILE.xlsx writes an empty one"),
                )
            ],
            say("The inventory"),
        )
    given = Given(
        source.name,
        _activities(tables["activities"]),
        _facilities(tables.get("facilities")),
        _factors(tables.get("factors")),
        _instruments(tables.get("instruments")),
        _shared(tables.get("shared")),
        _changes(tables.get("changes")),
        _settings(tables.get("settings")),
        tables["activities"],
    )
    faults += [fault for rows in tables.values() for fault in rows.faults]
    faults += _twice(given)
    if faults:
        raise StudyError(faults, say("The inventory"))
    return given


def _missing(rows: Rows, *columns: str) -> None:
    for column in columns:
        if column not in rows.columns:
            rows.faults.append(
                Fault(Place(rows.file, rows.sheet, field=column), say("is missing"), "", say("a column"))
            )
            rows.columns[column] = [None] * len(rows)


def _activities(rows: Rows) -> pl.DataFrame:
    _missing(rows, "facility", "year", "source", "amount", "unit")
    kinds = sources()
    named = rows.choices("source", kinds)
    for i, text in enumerate(rows.texts("facility")):
        if not text:
            rows.fault((i, "facility"), say("is empty"))
    units = list(zip(rows.texts("unit"), named, strict=True))
    found = each(
        units, lambda pair: amount_unit(pair[0], kinds[pair[1]].dimensions) if pair[1] in kinds else None
    )
    told: set[tuple[str, str]] = set()
    for i, (pair, unit) in enumerate(zip(units, found, strict=True)):
        if pair[0].upper() == "TOE" and pair[1] in kinds and kinds[pair[1]].items in ("grid", "losses"):
            _two_amounts(rows, i, pair[0])
        if unit is None and pair[1] in kinds and pair not in told:
            told.add(pair)
            rows.fault(
                (i, "unit"),
                say("is no unit of {source}", source=kinds[pair[1]].words),
                pair[0] or "–",
                listed(kinds[pair[1]].dimensions),
            )
    written = rows.numbers("amount", 0.0, 1e15, needed=True)
    scale = [unit[1] if unit else math.nan for unit in found]
    quality = [QUALITY.get(q, 0) for q in rows.choices("quality", QUALITY)]
    items = each(rows.texts("item"), str.lower)
    gases = {name for name, kind in kinds.items() if kind.items == "gas"}
    columns: dict[str, Sequence[Any]] = {
        "facility": rows.texts("facility"),
        "year": _whole(rows, "year", 1990, 2100),
        "month": _whole(rows, "month", 1, 12),
        "source": named,
        "item": [gas_id(i) if s in gases else i for i, s in zip(items, named, strict=True)],
        "dimension": [u[0] if u else "" for u in found],
        "currency": [u[2] if u else "" for u in found],
        "amount": [a * f for a, f in zip(written, scale, strict=True)],
        "unit": rows.texts("unit"),
        "written": written,
        "quality": quality,
        "uncertainty": rows.numbers("uncertainty", 0.0, 10.0),
        "document": rows.texts("document"),
        "heating_value": _heating(rows),
        "basis": rows.choices("basis", BASES),
        "moisture": rows.numbers("moisture", 0.0, 0.99),
        "density": rows.numbers("density", 0.05, 25.0),
        "enthalpy": rows.numbers("enthalpy"),
        "efficiency": rows.numbers("efficiency"),
        "place": list(range(len(rows))),
    }
    return frame(columns, ACTIVITY)


def _heating(rows: Rows) -> list[float]:
    """Heating values [MJ/kg], which a basis must accompany."""
    values, bases = rows.numbers("heating_value"), rows.texts("basis")
    for i, (value, basis) in enumerate(zip(values, bases, strict=True)):
        if not math.isnan(value) and not basis:
            rows.fault(
                (i, "basis"),
                say("has a heating value without its basis"),
                f"{value:g} MJ/kg",
                listed(BASES[1:3]),
                say(
                    "IPCC 2006 vol. 2 ch. 1.4.1: net calorific value of the fuel as it is burnt; dry"
                    " values need the moisture"
                ),
            )
    return values


def _whole(rows: Rows, column: str, low: int, high: int) -> list[int]:
    values = rows.numbers(column, low, high, needed=column == "year")
    for i, value in enumerate(values):
        if not math.isnan(value) and value != int(value):
            rows.fault((i, column), say("is not a whole number"), f"{value:g}")
    return [0 if math.isnan(v) else int(v) for v in values]


def _facilities(rows: Rows | None) -> dict[str, dict[str, Any]]:
    if rows is None:
        return {}
    _missing(rows, "facility")
    groups = rows.choices("group", ("A", "B", "C"))
    kinds = rows.choices("kind", ("industry", "building", "freight", "waste", "utility"))
    columns = {c: rows.texts(c) for c in ("facility", "name", "park", "zone", "product")}
    listed_flags = rows.flags("listed")
    return {
        name: {
            **{c: columns[c][i] for c in columns},
            "group": groups[i],
            "kind": kinds[i] or "industry",
            "listed": listed_flags[i],
        }
        for i, name in enumerate(columns["facility"])
    }


def factor_unit(text: str, dimensions: Sequence[str]) -> tuple[float, str, str] | None:
    """Factor into t per held unit, dimension below the line, currency; None where it is no unit of these."""
    plain = (
        _GAS_NAMES.sub(r"\1", text.strip())
        .replace("tkm", "(t*km)")
        .replace("pkm", "(piece*km)")
        .replace("Nm3", "m3")
    )
    for dimension in dimensions:
        try:
            scale, _, currency = convert(plain, T / DIMENSIONS[dimension])
        except ValueError:
            continue
        if plain:
            return scale, dimension, currency
    return None


def _factors(rows: Rows | None) -> list[SiteFactor]:
    if rows is None:
        return []
    _missing(rows, "source", "gas", "value", "unit", "document")
    kinds = sources()
    named, gases = rows.choices("source", kinds), [gas_id(g) for g in rows.texts("gas")]
    values = rows.numbers("value", 0.0, needed=True)
    units, documents = rows.texts("unit"), rows.texts("document")
    first, last, approved = rows.days("valid_from"), rows.days("valid_to"), rows.flags("approved")
    facilities, items, sets = rows.texts("facility"), rows.texts("item"), rows.texts("gwp")
    spreads = rows.numbers("uncertainty", 0.0, 10.0)
    found = []
    for i in range(len(rows)):
        if not documents[i]:
            rows.fault(
                (i, "document"), say("is empty"), "", say("what states the factor, by number and date")
            )
        if gases[i] == "co2e" and not sets[i]:
            rows.fault(
                (i, "gwp"), say("is empty"), "", say("the set of warming potentials behind a factor in CO2e")
            )
        held = _factor_of(rows, i, kinds.get(named[i]), gases[i], units[i], values[i])
        if held is not None:
            scale, dimension, currency = held
            found.append(
                SiteFactor(
                    facilities[i],
                    named[i],
                    items[i].lower(),
                    gases[i],
                    values[i] * scale,
                    dimension,
                    currency,
                    first[i],
                    last[i],
                    documents[i],
                    bool(approved[i]),
                    sets[i],
                    spreads[i],
                    str(rows.place(i)),
                )
            )
    return found


def _factor_of(
    rows: Rows,
    i: int,
    source: Source | None,
    gas: str,
    unit: str,
    value: float,
) -> tuple[float, str, str] | None:
    """Scale, dimension and currency of a factor; what cannot be is told."""
    if source is None or math.isnan(value):
        return None
    if gas == "ncv":
        try:
            scale = convert(unit, MWH / T)[0] * 3.6  # MWh/t to MJ/kg
        except ValueError:
            rows.fault((i, "unit"), say("is no unit of a heating value"), unit, data("MJ/kg"))
            return None
        return scale, "energy", ""
    dimensions = source.dimensions if source.items not in ("fuel", "road") else ("energy", "mass", "volume")
    found = factor_unit(unit, dimensions)
    if found is None:
        rows.fault(
            (i, "unit"),
            say("is no unit of a factor of {source}", source=source.words),
            unit,
            say("mass of gas per amount, such as kg/TJ or kgCO2e/t"),
            listed(say(f"dimension.{d}") for d in dimensions),
        )
        return None
    per = value * found[0]
    low, high = GAS_BOUNDS.get(gas, (0.0, math.inf))
    if source.items in ("fuel", "road") and found[1] == "energy" and not low <= per / 3.6e-6 <= high:
        rows.fault(
            (i, "value"),
            say("is no factor that can be"),
            f"{per / 3.6e-6:g} kg/TJ",
            say("{low:g} to {high:g} kg/TJ", low=low, high=high),
        )
    if source.name == "electricity" and per > GRID_MOST:
        rows.fault(
            (i, "value"),
            say("is no factor that can be"),
            f"{per:g} t/MWh",
            say("at most {most:g} t/MWh", most=GRID_MOST),
        )
    if source.name == "electricity" and gas in ("co2", "co2e") and 0 < per < GRID_LEAST:
        rows.fault(
            (i, "value"),
            say("is no factor that can be"),
            f"{value:g} {unit} = {per:.2g} t/MWh",
            say("at least {least:g} t/MWh, or 0", least=GRID_LEAST),
        )
    most = {"mass": 1000.0, "volume": 100.0}.get(found[1], math.inf)
    if per > most:
        rows.fault(
            (i, "value"), say("is no factor that can be"), f"{per:g}", say("at most {most:g}", most=most)
        )
    return found


def _two_amounts(rows: Rows, row: int, written: str) -> None:
    """Electricity in tonnes of oil equivalent is 11.63 MWh by its heat, 6.48 MWh by the table of 2011."""
    rows.fault(
        (row, "unit"),
        say("is in tonnes of oil equivalent, which stand for two amounts of energy"),
        written,
        say("MWh (the table 3505/BCT-KHCN of 2011 counts 0.1543 TOE for 1 MWh of electricity)"),
    )


def _instruments(rows: Rows | None) -> pl.DataFrame:
    if rows is None:
        return pl.DataFrame(schema=INSTRUMENT)
    _missing(rows, "facility", "year", "kind", "amount", "unit")
    found = each(rows.texts("unit"), lambda u: amount_unit(u, ("energy",)))
    for i, (written, unit) in enumerate(zip(rows.texts("unit"), found, strict=True)):
        if unit is None:
            rows.fault((i, "unit"), say("is no unit of energy"), written)
        elif written.upper() == "TOE":
            _two_amounts(rows, i, written)
    per = each(rows.texts("factor_unit"), lambda u: factor_unit(u or "t/MWh", ("energy",)))
    factors = rows.numbers("factor", 0.0, 3000.0)
    amounts = rows.numbers("amount", 0.0, needed=True)
    certificates = rows.texts("certificate")
    for i, name in enumerate(certificates):
        if name and name in certificates[:i]:
            rows.fault(
                (i, "certificate"),
                say("is claimed twice"),
                name,
                say("each certificate once"),
                say("GHG Protocol Scope 2 Guidance, quality criterion 3: one instrument, one claim"),
            )
    columns: dict[str, Sequence[Any]] = {
        "facility": rows.texts("facility"),
        "year": _whole(rows, "year", 1990, 2100),
        "kind": rows.choices("kind", KINDS),
        "certificate": certificates,
        "mwh": [a * (u[1] if u else math.nan) for a, u in zip(amounts, found, strict=True)],
        "factor": [
            0.0 if math.isnan(f) else f * (p[0] if p else 1.0) for f, p in zip(factors, per, strict=True)
        ],
        "document": rows.texts("document"),
    }
    return frame(columns, INSTRUMENT)


def _shared(rows: Rows | None) -> list[dict[str, Any]]:
    if rows is None:
        return []
    _missing(rows, "utility", "year", "method", "product", "facility", "amount", "unit")
    methods = rows.choices(
        "method", ("meter", "energy", "exergy", "ghgp_efficiency", "oemof_iea", "oemof_efficiency")
    )
    products = rows.choices("product", ("electricity", "heat", "other"))
    years, amounts = _whole(rows, "year", 1990, 2100), rows.numbers("amount", 0.0, needed=True)
    units = each(rows.texts("unit"), lambda u: amount_unit(u, ("energy", "mass", "volume")))
    references, temperatures = rows.numbers("reference"), rows.numbers("temperature", -50, 2000)
    ambients = [25.0 if math.isnan(v) else v for v in rows.numbers("ambient", -50, 60)]
    for i, (written, unit) in enumerate(zip(rows.texts("unit"), units, strict=True)):
        if unit is None:
            rows.fault((i, "unit"), say("is no unit of energy"), written)
        elif written.upper() == "TOE" and products[i] == "electricity":
            _two_amounts(rows, i, written)
    return [
        {
            "utility": u,
            "year": years[i],
            "method": methods[i],
            "product": products[i],
            "facility": f,
            "amount": amounts[i] * (units[i][1] if units[i] else math.nan),
            "reference": references[i],
            "temperature": temperatures[i],
            "ambient": ambients[i],
            "place": rows.place(i),
        }
        for i, (u, f) in enumerate(zip(rows.texts("utility"), rows.texts("facility"), strict=True))
    ]


def _changes(rows: Rows | None) -> list[dict[str, Any]]:
    if rows is None:
        return []
    _missing(rows, "day", "facility", "year", "effect", "reason")
    days, years, effects = (
        rows.days("day"),
        _whole(rows, "year", 1990, 2100),
        rows.numbers("effect", needed=True),
    )
    kinds = rows.choices("kind", ("structure", "method", "error"))
    return [
        {
            "day": days[i],
            "facility": f,
            "year": years[i],
            "scope": rows.texts("scope")[i],
            "effect": effects[i],
            "reason": rows.texts("reason")[i],
            "kind": kinds[i] or "structure",
        }
        for i, f in enumerate(rows.texts("facility"))
    ]


def _settings(rows: Rows | None) -> dict[str, str]:
    if rows is None:
        return {}
    _missing(rows, "key", "value")
    keys, values = rows.texts("key"), rows.texts("value")
    for i, key in enumerate(keys):
        if key not in SETTINGS:
            rows.fault((i, "key"), say("is not known"), key, listed(SETTINGS), did_you_mean(key, SETTINGS))
    return {key: value for key, value in zip(keys, values, strict=True) if value}


def _twice(given: Given) -> list[Fault]:
    """Rows that stand twice in every respect, which a copy made and no meter."""
    if given.activities.is_empty():
        return []
    own = pl.exclude("place")
    rows = given.activities.filter(~pl.struct(own).is_first_distinct())
    return [
        Fault(
            given.place(row["place"]),
            say("stands twice"),
            f"{row['facility']} {row['source']} {row['written']:g} {row['unit']}",
            say("each amount once, or documents that tell them apart"),
        )
        for row in rows.head(20).iter_rows(named=True)
    ]
