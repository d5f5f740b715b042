"""The questionnaire: sheets tenants, streams, distances and settings of a workbook, or CSV files.

A CSV file of streams takes ``tenants.csv``, ``distances.csv`` and ``settings.csv`` from beside it. All faults
are collected and said at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parkzero.eip.costs import book_costs
from parkzero.eip.hours import months_of, week_of
from parkzero.eip.matching import LONGEST, Between, Settings, distances
from parkzero.eip.offers import (
    BASE_UNITS,
    CLASSES,
    LICENCES,
    MEDIA,
    QUALITIES,
    Offer,
    faults_of_offers,
    limits_of,
)
from parkzero.eip.trades import Trade, trades
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.tables import open_workbook_safely, read_csv_safely
from parkzero.texts import NOTHING, Text, data, listed, of_error, say
from parkzero.written_numbers import to_float

SHEETS = ("tenants", "streams", "distances", "settings")
SPARE = ("help", "trades", "note", "notes")
NOTES = ("note", "ghi_chu", "name_vi")
COLUMNS: dict[str, tuple[str, ...]] = {
    "tenants": ("id", "name", "trade", "x_km", "y_km"),
    "streams": (
        "id", "name", "tenant", "side", "medium", "amount", "unit", "supply_degC", "target_degC",
        "contribution_K", "cp_kJ_per_kgK", "vent", "quality", "treated_to", "treatment_cost", "material",
        "waste_code", "legal_class", "licence", "specification", "hours", "months", "reliability_percent",
        "cost_now", "emissions_t_per_unit", "bus", "confidence",
    ),
    "distances": ("from", "to", "km"),
    "settings": ("key", "value"),
}  # fmt: skip
NEEDED = {"tenants": ("id",), "streams": ("id", "tenant", "side", "medium", "unit"),
          "distances": ("from", "to", "km"), "settings": ("key", "value")}  # fmt: skip
SETTINGS = (
    "currency", "per_usd", "least_hours", *(f"longest_{m}" for m in MEDIA), *(f"least_{m}" for m in MEDIA),
    *(f"pipe_{m}" for m in ("heat", "steam", "cooling", "water", "co2")),
    *(f"exchanger_{m}" for m in ("heat", "steam", "cooling")),
    *(f"loss_{m}" for m in ("heat", "steam", "cooling", "water")),
    *(f"backup_{m}" for m in ("heat", "steam", "cooling")), "truck", "upkeep", "rate", "life",
)  # fmt: skip
# Into the base unit of a medium, apart from mass flows of heat, which need their heat capacity.
_UNITS = {"MW": 1.0, "kW": 1e-3, "m3/h": 1.0, "L/s": 3.6, "t/h": 1.0, "kg/h": 1e-3}
_YEARLY = {"MWh/year": 1.0, "GWh/year": 1e3, "m3/year": 1.0, "t/year": 1.0, "kg/year": 1e-3}
_OF = {"MW": ("MW", "kW", "MWh/year", "GWh/year", "t/h", "kg/h"), "m3/h": ("m3/h", "L/s", "m3/year"),
       "t/h": ("t/h", "kg/h", "t/year", "kg/year")}  # fmt: skip

Rows = list["Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: its cells by column, and where it stands."""

    cells: Mapping[str, Any]
    place: Place

    def at(self, column: str) -> Place:
        """The place of one of its cells."""
        p = self.place
        return Place(p.file, p.sheet, p.cell, p.line, column)


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant with its trade and where it stands [km]."""

    key: str
    name: str
    trade: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Site:
    """What a questionnaire says.

    Attributes:
        name: of the file.
        tenants, offers: by what they are.
        between: distances of the tenants.
        settings: of discovery, with costs of links.
        currency: of all money.
    """

    name: str
    tenants: tuple[Tenant, ...]
    offers: tuple[Offer, ...]
    between: Between
    settings: Settings
    currency: str


def read_site(path: Path) -> Site:
    """Read a questionnaire.

    Raises:
        StudyError: with every fault of every sheet.
    """
    sheets = _sheets(path)
    faults: list[Fault] = []
    for name, rows in sheets.items():
        faults += _headings(name, rows)
    if "streams" not in sheets or not sheets["streams"]:
        needs = say("a sheet streams with a row for each")
        faults.append(Fault(Place(file=path.name), say("holds no streams"), needs=needs))
    if faults:
        raise StudyError(faults, title=data(path.name))
    reader = _Reader(faults)
    settings, currency = reader.settings(sheets.get("settings", []))
    tenants = reader.tenants(sheets.get("tenants", []), sheets["streams"])
    given = reader.distances(sheets.get("distances", []), tenants)
    offers = reader.offers(sheets["streams"], tenants)
    if faults:
        raise StudyError(faults, title=data(path.name))
    between = distances({t.key: (t.x, t.y) for t in tenants}, given)
    faults += triangle_faults(between, set(given), Place(file=path.name, sheet="distances"))
    missing = [t.key for t in tenants if not np.isfinite(between.km[between.index[t.key]]).all()]
    if missing and len(tenants) > 1:
        hint = say("give x_km and y_km of each tenant, or all distances")
        faults.append(
            Fault(
                Place(file=path.name),
                say("does not say how far {names} are", names=listed(missing)),
                hint=hint,
            )
        )
    if faults:
        raise StudyError(faults, title=data(path.name))
    return Site(path.stem, tenants, offers, between, settings, currency)


def triangle_faults(between: Between, given: set[tuple[str, str]], place: Place) -> list[Fault]:
    """Distances that are longer than a way by a third tenant."""
    names = list(between.index)
    for a, b in sorted(given):
        i, j = between.index[a], between.index[b]
        by = between.km[i] + between.km[j]
        k = int(np.nanargmin(by))
        if by[k] < between.km[i, j] * (1 - 1e-9) - 1e-9:
            got = say("{direct:g} km, but {through:g} km by {other}", direct=float(between.km[i, j]),
                      through=float(by[k]), other=names[k])  # fmt: skip
            what = say("is farther from {other} than by a third tenant", other=b)
            hint = say("mend the distance that is wrong")
            return [
                Fault(Place(place.file, place.sheet, field=a), what, got, say("no way that is shorter"), hint)
            ]
    return []


def _sheets(path: Path) -> dict[str, Rows]:
    if path.suffix.lower() == ".xlsx":
        found: dict[str, Rows] = {}
        for name, rows in open_workbook_safely(path).items():
            if name.lower() not in (*SHEETS, *SPARE):
                raise StudyError([Fault(
                    Place(file=path.name, sheet=name), say("is no sheet of the questionnaire"), name,
                    listed(SHEETS), did_you_mean(name, SHEETS),
                )], title=data(path.name))  # fmt: skip
            if name.lower() in SHEETS and rows:
                heads = {c.column: str(c.value).strip() for c in rows[0]}
                found[name.lower()] = [
                    Row({heads.get(c.column, ""): c.value for c in row},
                        Place(file=path.name, sheet=name, line=row[0].row))
                    for row in rows[1:]
                ]  # fmt: skip
        return found
    folder = path if path.is_dir() else path.parent
    files = {name: folder / f"{name}.csv" for name in SHEETS}
    if not path.is_dir():
        files["streams"] = path
    return {name: _csv(file) for name, file in files.items() if name == "streams" or file.is_file()}


def _csv(file: Path) -> Rows:
    table = read_csv_safely(file)
    heads = list(table.columns)
    return [
        Row({h: v for h, v in zip(heads, values, strict=True) if v}, Place(file=file.name, line=line))
        for line, values in zip(table.lines, zip(*table.columns.values(), strict=True), strict=True)
    ]


def _headings(name: str, rows: Rows) -> list[Fault]:
    known = COLUMNS[name]
    heads = dict.fromkeys(h for row in rows for h in row.cells)
    return [
        Fault(rows[0].at(h), say("is no column of the sheet"), h, listed(known), did_you_mean(h, known))
        for h in heads
        if h not in known and h not in NOTES
    ]  # fmt: skip


class _Reader:
    """Reads rows and notes what is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def wrong(self, row: Row, column: str, what: Text, needs: Text, hint: Text = NOTHING) -> None:
        got = row.cells.get(column)
        self.faults.append(Fault(row.at(column), what, "" if got is None else str(got), needs, hint))

    def text(self, row: Row, column: str, allowed: Sequence[str] = (), default: str = "") -> str:
        value = row.cells.get(column)
        found = default if value is None else str(value).strip()
        if allowed and found not in allowed:
            self.wrong(row, column, say("is not known"), listed(allowed), did_you_mean(found, allowed))
            return allowed[0]
        return found

    def number(
        self, row: Row, column: str, default: float | None = None, strict: bool = False
    ) -> float | None:
        value = row.cells.get(column)
        if value is None or value == "":
            return default
        if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
            self.wrong(row, column, say("is no number"), say("a number"))
            return default
        if isinstance(value, int | float):
            return float(value)
        try:
            return to_float(str(value).strip(), "", strict)
        except ValueError as error:
            self.wrong(row, column, say("is no number"), of_error(error))
            return default

    def parsed(self, row: Row, column: str, read: Callable[[str], Any], needs: Text) -> Any:  # noqa: ANN401
        try:
            return read(self.text(row, column))
        except ValueError as error:
            self.wrong(row, column, say("is not understood at {part}", part=str(error)), needs)
            return read("")

    def settings(self, rows: Rows) -> tuple[Settings, str]:
        given: dict[str, float] = {}
        currency = "USD"
        for row in rows:
            key = self.text(row, "key", SETTINGS)
            if key == "currency":
                currency = self.text(row, "value", ("USD", "VND", "EUR"))
            elif (value := self.number(row, "value")) is not None:
                given[key] = value
                if key.startswith("loss_") and not 0 <= value < 100:
                    self.wrong(row, "value", say("is no loss of a pipe"), say("0 to 100 % in a kilometre"))
        if currency != "USD" and "per_usd" not in given:
            place = rows[0].place if rows else Place()
            needs = say("per_usd: money of {currency} for a dollar", currency=currency)
            self.faults.append(
                Fault(place, say("names a currency, but no rate to the dollar of the books"), currency, needs)
            )
        costs = book_costs(given.get("per_usd", 1.0), given)
        longest = {**LONGEST, **{m: given[f"longest_{m}"] for m in MEDIA if f"longest_{m}" in given}}
        least = {m: given[f"least_{m}"] for m in MEDIA if f"least_{m}" in given}
        return Settings(given.get("least_hours", 500.0), longest, least, costs), currency

    def tenants(self, rows: Rows, streams: Rows) -> tuple[Tenant, ...]:
        found: dict[str, Tenant] = {}
        for row in rows:
            key = self.text(row, "id")
            if not key or key in found:
                self.wrong(row, "id", say("is missing, or another tenant's"), say("a name of its own"))
                continue
            x, y = self.number(row, "x_km"), self.number(row, "y_km")
            nowhere = float("nan")
            found[key] = Tenant(
                key, self.text(row, "name") or key, self.text(row, "trade"),
                nowhere if x is None else x, nowhere if y is None else y,
            )  # fmt: skip
        if not rows:
            names = dict.fromkeys(self.text(row, "tenant") for row in streams)
            found = {n: Tenant(n, n, "", float("nan"), float("nan")) for n in names}
        return tuple(found.values())

    def distances(self, rows: Rows, tenants: Sequence[Tenant]) -> dict[tuple[str, str], float]:
        names = [t.key for t in tenants]
        found: dict[tuple[str, str], float] = {}
        for row in rows:
            a, b = self.text(row, "from", names), self.text(row, "to", names)
            km = self.number(row, "km")
            if km is None or km < 0:
                self.wrong(row, "km", say("is no distance"), say("0 km or more"))
            elif found.setdefault((min(a, b), max(a, b)), km) != km:
                self.wrong(row, "km", say("differs from the way back"), say("one distance for both ways"))
        return found

    def offers(self, rows: Rows, tenants: Sequence[Tenant]) -> tuple[Offer, ...]:
        known = {t.key: trades().get(t.trade) for t in tenants}
        found: dict[str, Offer] = {}
        for row in rows:
            before = len(self.faults)
            offer = self.offer(row, known)
            if offer.key in found or not offer.key:
                self.wrong(row, "id", say("is missing, or another stream's"), say("a name of its own"))
            if len(self.faults) == before:
                self.faults += faults_of_offers([offer])
            found[offer.key] = offer
        return tuple(found.values())

    def offer(self, row: Row, tenants: Mapping[str, Trade | None]) -> Offer:
        medium = self.text(row, "medium", (*MEDIA, "wastewater"))
        side = self.text(row, "side", ("source", "sink"))
        tenant = self.text(row, "tenant", tuple(tenants))
        quality = self.text(row, "quality", ("", *QUALITIES))
        if medium == "wastewater":
            medium, quality = "water", quality or "wastewater"
        week = self.parsed(row, "hours", week_of, say("such as Mon-Sat 06:00-22:00; Sun 08:00-12:00"))
        months = self.parsed(row, "months", months_of, say("such as 1-12 or 11-3"))
        share = self.number(row, "reliability_percent", 100.0)
        supply, target, contribution, confidence = self.temperatures(row, medium, side, tenants.get(tenant))
        cost = {c: self.number(row, c, None, strict=True) for c in ("cost_now", "treatment_cost")}
        offer = Offer(
            self.text(row, "id"), tenant, "source" if side == "source" else "sink", medium, 1.0, week, months,
            self.text(row, "name"), supply, target, contribution,
            self.text(row, "vent", ("", "no", "yes", "không", "có")) in ("yes", "có"), quality,
            self.text(row, "treated_to", ("", *QUALITIES)), self.text(row, "material").lower(),
            self.text(row, "waste_code"), self.text(row, "legal_class", CLASSES, "product"),
            self.text(row, "licence", LICENCES, "none"),
            self.parsed(row, "specification", limits_of, say("such as COD<=100 mg/L; pH>=6")),
            (100.0 if share is None else share) / 100.0, cost["cost_now"], cost["treatment_cost"],
            self.number(row, "emissions_t_per_unit"), self.text(row, "bus"),
            self.text(row, "confidence", ("", "P", "S", "D", "M")) or confidence, row.place,
        )  # fmt: skip
        return self.rated(row, offer)

    def temperatures(
        self, row: Row, medium: str, side: str, trade: Trade | None
    ) -> tuple[float, float, float, str]:
        """Temperatures as given, else those usual in the tenant's trade; and how surely they are known."""
        supply, target = self.number(row, "supply_degC"), self.number(row, "target_degC")
        usual = trade.usual.get((side, medium)) if trade else None
        confidence = "S"
        if usual is not None and supply is None and target is None:
            supply, target, confidence = usual[0], usual[1], "M"
        gap = self.number(row, "contribution_K", 5.0)
        none = float("nan")
        return (
            none if supply is None else supply, none if target is None else target,
            5.0 if gap is None else gap, confidence,
        )  # fmt: skip

    def rated(self, row: Row, offer: Offer) -> Offer:
        """The offer with its rate in the base unit of its medium."""
        import dataclasses

        base = BASE_UNITS[offer.medium]
        unit = self.text(row, "unit", _OF[base])
        amount = self.number(row, "amount", None, strict=True)
        if amount is None:
            if "amount" not in row.cells:
                self.wrong(row, "amount", say("is missing"), say("what flows while the stream is there"))
            return offer
        if unit in _YEARLY:
            return dataclasses.replace(offer, rate=amount * _YEARLY[unit] / max(offer.hours, 1e-9))
        rate = amount * _UNITS[unit]
        if base == "MW" and unit in ("t/h", "kg/h"):
            rate *= self.heat_of(row, offer)
        return dataclasses.replace(offer, rate=rate)

    def heat_of(self, row: Row, offer: Offer) -> float:
        """Heat of a tonne an hour [MW]: of evaporation for steam, else by its heat capacity."""
        if offer.medium == "steam" and offer.supply == offer.target:
            return evaporation(offer.supply) / 3600.0
        capacity = self.number(row, "cp_kJ_per_kgK")
        if capacity is None or capacity <= 0:
            what = (
                say("has no heat capacity")
                if capacity is not None
                else say("is missing, but the amount is a mass")
            )
            self.wrong(row, "cp_kJ_per_kgK", what, say("more than 0 kJ/kgK, such as 4.19 for water"))
            return 1.0
        return capacity * abs(offer.supply - offer.target) / 3600.0


def evaporation(temperature: float) -> float:
    """Heat of evaporation of water [kJ/kg] at a temperature [degC]; within 2 % from 60 to 300 degC.

    Source: Watson (1943), from 2256.4 kJ/kg at 100 degC and the critical temperature of 373.95 degC.
    """
    return float(2256.4 * (max(373.95 - temperature, 0.0) / 273.95) ** 0.38)
