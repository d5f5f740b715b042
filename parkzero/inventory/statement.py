"""An inventory with all that is said of it: law, uncertainty, quality, shared utilities, base year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from parkzero.errors import Fault, Place, StudyError
from parkzero.inventory.allocation import Allocated, allocations
from parkzero.inventory.base_year import BaseYear, Restated, base_year, restated
from parkzero.inventory.calculate import Inventory
from parkzero.inventory.law import Standing, inventory_due, require_whole, standing
from parkzero.inventory.shared import of_facility
from parkzero.inventory.sources import SHARED
from parkzero.inventory.toe import energy_toe
from parkzero.inventory.uncertainty import Uncertainty, uncertainty
from parkzero.texts import say

MOST_STANDINGS = 200


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement.

    Attributes:
        inventory: what it is of.
        day: the day whose law counts.
        summary: by facility and year: scope1, scope2, market, scope3, biogenic, outside [t], toe; ``shared``
            is what scope 2 holds of utilities, ``passed_on`` what a utility gave to others [t].
        standings: how facilities stand in law.
        allocated: what takers get of shared utilities' emissions.
        uncertainties: year, scope (0 of all), uncertainty.
        quality: by year and quality: co2e and share.
        base: the base year; None where none is named.
        restated: what differs from an earlier statement.
    """

    inventory: Inventory
    day: date
    summary: pl.DataFrame
    standings: tuple[Standing, ...]
    allocated: tuple[Allocated, ...]
    uncertainties: tuple[tuple[int, int, Uncertainty], ...]
    quality: pl.DataFrame
    base: BaseYear | None
    restated: tuple[Restated, ...]


def statement_of(
    inventory: Inventory,
    day: date,
    *,
    draws: int = 0,
    seed: int = 0,
    form: bool = False,
    before: Mapping[str, Any] | None = None,
    facility: str | None = None,
) -> Statement:
    """All that is said of an inventory.

    Args:
        inventory: the inventory.
        day: whose law counts.
        draws: of the Monte Carlo.
        seed: of its random numbers.
        form: whether it is the statement that is due, which must then hold all its years.
        before: an earlier statement as JSON, to say what is restated.
        facility: the statement of it alone, with what it receives of shared utilities.

    Raises:
        StudyError: when the statement lacks a year that is due, or shared utilities cannot be given away.
    """
    allocated = _allocated(inventory)
    if facility is not None:
        inventory = of_facility(inventory, allocated, facility)
        allocated = tuple(one for one in allocated if facility in (one.utility, one.taker))
    summary = _summary(inventory, allocated, facility)
    if form:
        for group in sorted({str(f.get("group") or "A") for f in inventory.facilities.values()} or {"A"}):
            require_whole(inventory.years, inventory_due(group, day), inventory.given.name)
    return Statement(
        inventory,
        day,
        summary,
        _standings(inventory, summary, day),
        allocated,
        tuple(_uncertainties(inventory, draws, seed)),
        _quality(inventory),
        _base(inventory),
        tuple(_restated(inventory, before)) if before else (),
    )


def _allocated(inventory: Inventory) -> tuple[Allocated, ...]:
    """What utilities give away in the years of the inventory."""
    shared = [row for row in inventory.given.shared if row["year"] in inventory.years]
    if not shared:
        return ()
    own = _own(inventory)
    keys = list(zip(own["facility"], own["year"], strict=True))
    location, market = own["scope1"] + own["scope2"], own["scope1"] + own["market"]
    return tuple(
        allocations(shared, dict(zip(keys, location, strict=True)), dict(zip(keys, market, strict=True)))
    )


def _own(inventory: Inventory) -> pl.DataFrame:
    """Sums by facility and year, without what is received of utilities."""
    counts = ~pl.col("biogenic") & ~pl.col("outside")
    scopes = [
        pl.col("co2e").filter(counts & (pl.col("scope") == n)).sum().alias(f"scope{n}") for n in (1, 2, 3)
    ]
    other = counts & (pl.col("scope") == 2) & (pl.col("source") != "electricity")
    sums = (
        inventory.lines.filter(pl.col("source") != SHARED.name)
        .group_by("facility", "year")
        .agg(
            *scopes,
            pl.col("mass").filter(pl.col("biogenic")).sum().alias("biogenic"),
            pl.col("co2e").filter(pl.col("outside")).sum().alias("outside"),
            pl.col("co2e").filter(other).sum().alias("other2"),
        )
    )
    market = inventory.market.rows.group_by("facility", "year").agg(pl.col("co2e").sum().alias("market"))
    joined = sums.join(market, on=["facility", "year"], how="left")
    return joined.with_columns(pl.col("market").fill_null(0.0) + pl.col("other2")).drop("other2")


def _summary(
    inventory: Inventory, allocated: Sequence[Allocated], facility: str | None = None
) -> pl.DataFrame:
    """Sums by facility and year; what is received of utilities stands in scope 2."""
    key = ["facility", "year"]
    rows = [(a.taker, a.utility, a.year, a.co2e, a.market) for a in allocated if a.passed_on]
    moved = pl.DataFrame(
        rows,
        schema={"taker": pl.String, "utility": pl.String, "year": pl.Int32, "t": pl.Float64, "m": pl.Float64},
        orient="row",
    )
    got = moved.group_by(pl.col("taker").alias("facility"), "year").agg(
        pl.col("t").sum().alias("shared"), pl.col("m").sum().alias("shared_market")
    )
    given = moved.group_by(pl.col("utility").alias("facility"), "year").agg(
        pl.col("t").sum().alias("passed_on")
    )
    table = _own(inventory).join(got, on=key, how="full", coalesce=True).join(given, on=key, how="left")
    if facility is not None:
        table = table.filter(pl.col("facility") == facility)
    numbers = [name for name in table.columns if name not in key]
    toe = energy_toe(inventory.given)
    table = table.with_columns(pl.col(numbers).fill_null(0.0)).with_columns(
        pl.col("scope2") + pl.col("shared"), pl.col("market") + pl.col("shared_market")
    )
    energy = [toe.get((f, y), 0.0) for f, y in table.select(key).iter_rows()]
    order = ["scope1", "scope2", "scope3", "biogenic", "outside", "market", "toe", "shared", "passed_on"]
    return table.with_columns(toe=pl.Series(energy, dtype=pl.Float64)).select(*key, *order).sort(key)


def _standings(inventory: Inventory, summary: pl.DataFrame, day: date) -> tuple[Standing, ...]:
    found = []
    largest = (
        summary.with_columns((pl.col("scope1") + pl.col("scope2")).alias("both"))
        .group_by("facility", maintain_order=True)
        .agg(pl.col("both").max(), pl.col("toe").max())
    )
    for row in largest.head(MOST_STANDINGS).iter_rows(named=True):
        about = inventory.facilities.get(row["facility"], {})
        found.append(
            standing(
                row["facility"],
                day,
                name=str(about.get("name") or ""),
                kind=str(about.get("kind") or "industry"),
                group=str(about.get("group") or "A"),
                is_listed=about.get("listed"),
                emissions=row["both"],
                toe=row["toe"],
            )
        )
    return tuple(found)


def _uncertainties(inventory: Inventory, draws: int, seed: int) -> list[tuple[int, int, Uncertainty]]:
    found = []
    for year in inventory.years:
        lines = inventory.lines.filter(pl.col("year") == year)
        for scope in (1, 2, 3, 0):
            own = lines if scope == 0 else lines.filter(pl.col("scope") == scope)
            if not own.is_empty():
                found.append((year, scope, uncertainty(own, draws if scope == 0 else 0, seed)))
    return found


def _quality(inventory: Inventory) -> pl.DataFrame:
    rows = inventory.lines.filter(~pl.col("biogenic") & ~pl.col("outside"))
    sums = rows.group_by("year", "quality").agg(pl.col("co2e").sum()).sort("year", "quality")
    whole = pl.col("co2e").sum().over("year")
    return sums.with_columns(pl.when(whole > 0).then(pl.col("co2e") / whole).otherwise(0.0).alias("share"))


def _base(inventory: Inventory) -> BaseYear | None:
    settings = inventory.given.settings
    if not settings.get("base_year"):
        return None
    try:
        year = int(settings["base_year"])
        threshold = float(settings["threshold"]) if settings.get("threshold") else None
    except ValueError:
        place = Place(inventory.given.name, "settings", field="base_year, threshold")
        raise StudyError(
            [Fault(place, say("is not a number"), settings["base_year"])], say("The inventory")
        ) from None
    if year not in inventory.years:
        place = Place(inventory.given.name, "settings", field="base_year")
        raise StudyError([Fault(place, say("has no activities"), str(year))], say("The inventory"))
    return base_year(year, inventory.total(year=year), inventory.given.changes, threshold)


def _restated(inventory: Inventory, before: Mapping[str, Any]) -> list[Restated]:
    rows = inventory.lines.group_by("facility", "year", "scope", "factor").agg(
        pl.col("co2e").filter(~pl.col("biogenic") & ~pl.col("outside")).sum(), pl.col("provisional").any()
    )
    held: Sequence[Mapping[str, Any]] = before.get("factors") or ()
    years = {row["year"] for row in held}
    return restated(held, [row for row in rows.to_dicts() if row["year"] in years])
