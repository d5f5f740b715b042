"""Energy of a facility in tonnes of oil equivalent, as the thresholds count it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import polars as pl

from parkzero.books.library import shelf
from parkzero.inventory.factors import ROAD, FactorFault, Factors, Spec
from parkzero.inventory.reading import Given
from parkzero.inventory.sources import sources

MWH_PER_TOE: Final = 11.63  # IPCC 2006 vol. 2 ch. 1: 41.868 GJ
_TABLE: Final = {
    "diesel": "toe.diesel",
    "residual_oil": "toe.fuel_oil",
    "lpg": "toe.lpg",
    "motor_gasoline": "toe.petrol",
    "natural_gas": "toe.natural_gas",
}


def energy_toe(given: Given) -> dict[tuple[str, int], float]:
    """Energy by facility and year [toe]: electricity, heat and fuel bought, not what others burn.

    Official letter 3505/BCT-KHCN gives the factors of electricity and of some fuels by mass; all else is
    turned by its heating value.
    """
    found: dict[tuple[str, int], float] = {}
    for key, amount in _amounts(given):
        found[key] = found.get(key, 0.0) + amount
    return found


def _amounts(given: Given) -> Iterator[tuple[tuple[str, int], float]]:
    factors = Factors(sources(), given.factors)
    own = given.activities.filter(
        pl.col("source").is_in(["stationary", "mobile", "electricity", "steam", "heat", "cooling"])
    )
    columns = [
        c
        for c in own.columns
        if c not in ("amount", "written", "month", "document", "place", "quality", "uncertainty", "unit")
    ]
    for row in own.group_by(columns).agg(pl.col("amount").sum()).iter_rows(named=True):
        key, amount, day = (row["facility"], row["year"]), row["amount"], date(row["year"], 12, 31)
        if row["source"] == "electricity":
            yield key, amount * shelf("carbon_rules").find("toe.electricity", day).value
            continue
        if row["source"] not in ("stationary", "mobile"):
            if row["dimension"] == "energy":
                yield key, amount / MWH_PER_TOE
            continue
        fuel = ROAD.get(row["item"], row["item"]) if row["source"] == "mobile" else row["item"]
        if row["dimension"] == "mass" and fuel in _TABLE and fuel != "natural_gas":
            yield key, amount * shelf("carbon_rules").find(_TABLE[fuel], day).value
            continue
        values = {c: row[c] for c in columns if c not in ("facility", "quality")}
        try:
            per, _, _ = factors.energy(Spec(row["facility"], **values), fuel)
        except FactorFault:
            continue
        yield key, amount * per / MWH_PER_TOE
