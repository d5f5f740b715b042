"""Activities times factors, all at once: one join by what an activity's factors depend on.

Every distinct kind of activity finds its factors once; amounts then meet them in one vectorised join. A line
is one gas of one activity, so that sums by facility, month, scope, category, gas or factor are one grouping.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from parkzero.errors import Fault, Place, StudyError
from parkzero.inventory.decay import decayed
from parkzero.inventory.factors import FactorFault, Factors, Part, Spec
from parkzero.inventory.gwp import OUTSIDE, Potentials, chosen, components, unknown_gas
from parkzero.inventory.reading import Given
from parkzero.inventory.scope2 import Market, market_based
from parkzero.inventory.sources import sources
from parkzero.texts import Text, counted, say

_KEYS: Final = (
    "source",
    "item",
    "dimension",
    "currency",
    "year",
    "heating_value",
    "basis",
    "moisture",
    "density",
    "enthalpy",
    "efficiency",
)
FACTOR = {
    "kind": pl.UInt32,
    "gas": pl.String,
    "per_unit": pl.Float64,
    "gwp": pl.Float64,
    "factor": pl.String,
    "tier": pl.String,
    "document": pl.String,
    "vintage": pl.String,
    "confidence": pl.String,
    "spread": pl.Float64,
    "heat": pl.String,
    "heat_spread": pl.Float64,
    "outside": pl.Boolean,
    "biogenic": pl.Boolean,
    "provisional": pl.Boolean,
}

MOST: Final = 1e8  # [tCO2e] of one line; the largest power plants emit a third of it in a year


@dataclass(frozen=True, slots=True)
class Inventory:
    """An inventory.

    Attributes:
        given: what it was made from.
        gwp: its set of warming potentials.
        lines: one row for each gas of each activity: facility, year, month, source, item, scope, category,
            gas, mass [t], co2e [t], and the factor with tier, document, vintage and confidence.
        market: scope 2 of electricity by instruments.
        grid: key of the grid's factor.
        notes: what a reader must know.
    """

    given: Given
    gwp: Potentials
    lines: pl.DataFrame
    market: Market
    grid: str
    notes: Sequence[Text] = ()
    facilities: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def years(self) -> list[int]:
        """Years with activities, ascending."""
        return sorted(int(year) for year in self.lines["year"].unique())

    def of_year(self, year: int) -> pl.DataFrame:
        """Lines of one year that count towards the scopes."""
        return self.lines.filter((pl.col("year") == year) & ~pl.col("biogenic") & ~pl.col("outside"))

    def total(
        self, *, year: int | None = None, facility: str | None = None, scope: int | None = None
    ) -> float:
        """Emissions [tCO2e], location-based, without biogenic CO2 and what stands outside the scopes."""
        rows = self.lines.filter(~pl.col("biogenic") & ~pl.col("outside"))
        for name, value in (("year", year), ("facility", facility), ("scope", scope)):
            if value is not None:
                rows = rows.filter(pl.col(name) == value)
        return float(rows["co2e"].sum())

    def by(self, *columns: str) -> pl.DataFrame:
        """Emissions [tCO2e] by some columns of the lines, with biogenic CO2 apart [t]."""
        counts = (~pl.col("biogenic") & ~pl.col("outside")).cast(pl.Float64)
        biogenic = pl.col("biogenic").cast(pl.Float64)
        return (
            self.lines.group_by(*columns)
            .agg(
                (pl.col("co2e") * counts).sum().alias("co2e"),
                (pl.col("mass") * biogenic).sum().alias("biogenic"),
            )
            .sort(*columns)
        )


def calculate(
    given: Given,
    gwp: str | None = None,
    *,
    methane: str | None = None,
    years: Sequence[int] | None = None,
) -> Inventory:
    """The inventory of what a user gave.

    Args:
        given: activities and the rest.
        gwp: set of warming potentials; that of the settings by default.
        methane: ``general`` or ``by_origin``; that of the settings by default.
        years: only these; all by default.

    Raises:
        StudyError: with all faults: no set chosen, activities without a factor, instruments beyond the use.
    """
    settings = given.settings
    potentials = chosen(gwp or settings.get("gwp"), methane or settings.get("methane", "general"))
    activities = decayed(given, years)
    if years is not None:
        activities = activities.filter(pl.col("year").is_in(list(years)))
        if activities.is_empty():
            fault = Fault(
                Place(given.name), say("has no activities in {years}", years=", ".join(map(str, years)))
            )
            raise StudyError([fault], say("The inventory"))
    grid = settings.get("grid", "grid_ef.official")
    factors = Factors(sources(), given.factors, potentials.name, grid)
    faults: list[Fault] = []
    kinds, table = _factors_of(given, activities, factors, potentials, faults)
    if faults:
        raise StudyError(faults, say("The inventory"))
    lines = _lines(kinds, table)
    beyond = lines.filter(pl.col("co2e") > MOST)
    if not beyond.is_empty():
        raise StudyError([_beyond(given, row) for row in beyond.iter_rows(named=True)], say("The inventory"))
    market = market_based(given, lines, years)
    notes = [*_notes(lines, given, potentials), *market.notes]
    return Inventory(given, potentials, lines, market, grid, notes, given.facilities)


def _beyond(given: Given, row: Mapping[str, Any]) -> Fault:
    what = say("is more than any facility emits, by far")
    needs = say("an amount and unit of at most {most:g} tCO2e", most=MOST)
    return Fault(given.place(int(row["place"])), what, f"{row['item']} {row['co2e']:.3g} tCO2e", needs)


def _factors_of(
    given: Given, activities: pl.DataFrame, factors: Factors, potentials: Potentials, faults: list[Fault]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Activities with the number of their kind, and the gases of each kind."""
    owners = {f.facility for f in factors.site if f.facility}
    own = pl.when(pl.col("facility").is_in(list(owners))).then(pl.col("facility")).otherwise(pl.lit(""))
    plain = [pl.col(c).fill_nan(None) if activities.schema[c] == pl.Float64 else pl.col(c) for c in _KEYS]
    keyed = activities.with_columns(own.alias("own"), *plain)
    kinds = keyed.group_by("own", *_KEYS, maintain_order=True).agg(pl.col("place").first())
    kinds = kinds.with_row_index("kind")
    rows: list[tuple[Any, ...]] = []
    for kind in kinds.iter_rows(named=True):
        where = given.place(kind["place"])
        spec = Spec(kind["own"], **{c: _plain(kind[c]) for c in _KEYS})
        try:
            parts = factors.parts(spec)
        except FactorFault as fault:
            faults.append(Fault(where, fault.what, fault.got, fault.needs, fault.hint))
            continue
        rows += _rows(kind["kind"], parts, potentials, where, faults)
    table = pl.DataFrame(rows, schema=FACTOR, orient="row")
    joined = keyed.join(
        kinds.drop("place"), on=["own", *_KEYS], nulls_equal=True, how="left", maintain_order="left"
    )
    return joined, table


def _plain(value: Any) -> Any:  # noqa: ANN401  a cell of any column
    return math.nan if value is None else value


def _rows(
    kind: int, parts: Sequence[Part], potentials: Potentials, where: Place, faults: list[Fault]
) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for part in parts:
        for gas, share in components(part.gas).items():
            if gas == "co2e":
                warming = 1.0
            else:
                entry = potentials.entry(gas, part.fossil)
                if entry is None:
                    faults.append(unknown_gas(where, part.gas, [gas], potentials))
                    continue
                warming = entry.value
            found.append(
                (
                    kind,
                    gas,
                    part.per_unit * share,
                    warming,
                    part.factor,
                    part.tier,
                    part.document,
                    part.vintage,
                    part.confidence,
                    part.spread,
                    part.heat,
                    part.heat_spread,
                    gas in OUTSIDE,
                    part.biogenic,
                    part.provisional,
                )
            )
    return found


def _lines(activities: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    kinds = sources()
    about = pl.DataFrame(
        {
            "source": list(kinds),
            "scope": [k.scope for k in kinds.values()],
            "category": [k.category for k in kinds.values()],
        },
        schema={"source": pl.String, "scope": pl.Int8, "category": pl.String},
    )
    kept = activities.select(
        "facility",
        "year",
        "month",
        "source",
        "item",
        "amount",
        "unit",
        "written",
        "quality",
        "uncertainty",
        "document",
        "place",
        "kind",
    )
    lines = (
        kept.rename({"document": "evidence"})
        .join(about, on="source", how="left")
        .join(table, on="kind", how="left")
    )
    mass = pl.col("amount") * pl.col("per_unit")
    return lines.with_columns(mass.alias("mass"), (mass * pl.col("gwp")).alias("co2e")).drop("kind")


def _notes(lines: pl.DataFrame, given: Given, potentials: Potentials) -> list[Text]:
    notes: list[Text] = [
        say(
            "Warming potentials: {name} over 100 years, chosen by the user; methane {methane}",
            name=potentials.name,
            methane=potentials.methane_words,
        )
    ]
    stand_ins = lines.filter(pl.col("provisional"))
    for row in stand_ins.select("year", "factor", "document").unique(maintain_order=True).iter_rows():
        notes.append(
            say(
                "{year}: no grid factor is published yet; that of an earlier year stands in ({factor})"
                " and is to be restated",
                year=row[0],
                factor=row[1],
            )
        )
    unsure = lines.filter(pl.col("confidence") == "M")["factor"].n_unique()
    if unsure:
        notes.append(
            counted(
                "{count} factors rest on memory (M): check them before use",
                unsure,
                one="1 factor rests on memory (M): check it before use",
            )
        )
    both = (
        given.activities.group_by("facility", "year", "source", "item")
        .agg((pl.col("month") == 0).any().alias("whole"), (pl.col("month") > 0).any().alias("part"))
        .filter(pl.col("whole") & pl.col("part"))
    )
    for doubled in both.head(10).iter_rows(named=True):
        notes.append(
            say(
                "{facility}, {year}: {source} {item} is given for the year and for months: check that nothing"
                " counts twice",
                facility=doubled["facility"],
                year=doubled["year"],
                source=sources()[doubled["source"]].words,
                item=doubled["item"],
            )
        )
    return notes
