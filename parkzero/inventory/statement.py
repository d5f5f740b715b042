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
        summary: by facility and year: scope1, scope2, market, scope3, biogenic, outside [t], toe.
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
) -> Statement:
    """All that is said of an inventory.

    Args:
        inventory: the inventory.
        day: whose law counts.
        draws: of the Monte Carlo.
        seed: of its random numbers.
        form: whether it is the statement that is due, which must then hold all its years.
        before: an earlier statement as JSON, to say what is restated.

    Raises:
        StudyError: when the statement lacks a year that is due, or shared utilities cannot be given away.
    """
    toe = energy_toe(inventory.given)
    summary = _summary(inventory, toe)
    if form:
        for group in sorted({str(f.get("group") or "A") for f in inventory.facilities.values()} or {"A"}):
            require_whole(inventory.years, inventory_due(group, day), inventory.given.name)
    totals = {(r["facility"], r["year"]): r["scope1"] + r["scope2"] for r in summary.iter_rows(named=True)}
    return Statement(
        inventory,
        day,
        summary,
        _standings(inventory, summary, day),
        tuple(allocations(inventory.given.shared, totals)),
        tuple(_uncertainties(inventory, draws, seed)),
        _quality(inventory),
        _base(inventory),
        tuple(_restated(inventory, before)) if before else (),
    )


def _summary(inventory: Inventory, toe: Mapping[tuple[str, int], float]) -> pl.DataFrame:
    counts = ~pl.col("biogenic") & ~pl.col("outside")
    scopes = [
        pl.col("co2e").filter(counts & (pl.col("scope") == n)).sum().alias(f"scope{n}") for n in (1, 2, 3)
    ]
    table = (
        inventory.lines.group_by("facility", "year")
        .agg(
            *scopes,
            pl.col("mass").filter(pl.col("biogenic")).sum().alias("biogenic"),
            pl.col("co2e").filter(pl.col("outside")).sum(),
            (
                pl.col("co2e")
                .filter(counts & (pl.col("scope") == 2) & (pl.col("source") != "electricity"))
                .sum()
            ).alias("other2"),
        )
        .rename({"co2e": "outside"})
    )
    market = inventory.market.rows.group_by("facility", "year").agg(pl.col("co2e").sum().alias("market"))
    joined = table.join(market, on=["facility", "year"], how="left").with_columns(
        (pl.col("market").fill_null(0.0) + pl.col("other2")).alias("market")
    )
    energy = [toe.get((f, y), 0.0) for f, y in joined.select("facility", "year").iter_rows()]
    return (
        joined.with_columns(pl.Series("toe", energy, dtype=pl.Float64))
        .drop("other2")
        .sort("facility", "year")
    )


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
