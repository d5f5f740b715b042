"""The inventory of any year of a finished plan, from its ledger: plan and inventory cannot disagree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from parkzero.errors import Fault, Place, StudyError
from parkzero.inventory.calculate import FACTOR, Inventory
from parkzero.inventory.gwp import Potentials
from parkzero.inventory.reading import ACTIVITY, Given
from parkzero.inventory.scope2 import market_based
from parkzero.results import Results
from parkzero.texts import listed, say

_AMOUNTS = {"scope1": "fuel_used", "biogenic": "fuel_used", "scope2": "imported"}
LINE = {
    "facility": pl.String,
    "year": pl.Int32,
    "month": pl.Int8,
    "source": pl.String,
    "item": pl.String,
    "amount": pl.Float64,
    "unit": pl.String,
    "written": pl.Float64,
    "quality": pl.Int8,
    "uncertainty": pl.Float64,
    "evidence": pl.String,
    "place": pl.Int32,
    "scope": pl.Int8,
    "category": pl.String,
    **{name: kind for name, kind in FACTOR.items() if name != "kind"},
    "mass": pl.Float64,
    "co2e": pl.Float64,
}
PARK = "park"


def inventory_of(results: Results, years: Sequence[int] | None = None) -> Inventory:
    """The inventory of a plan.

    Args:
        results: of the plan.
        years: milestone years; all by default.

    Raises:
        StudyError: when the plan has no such year.
    """
    chosen = list(years or results.year_list)
    if strange := [y for y in chosen if y not in results.year_list]:
        fault = Fault(
            Place(field="--year"),
            say("is no milestone year of the plan"),
            str(strange[0]),
            listed([str(y) for y in results.year_list]),
        )
        raise StudyError([fault], say("The inventory"))
    lines = pl.DataFrame(_booked(results, chosen), schema=LINE)
    names = {str(r["id"]): str(r["name"]) for r in results.tenants.iter_rows(named=True)}
    facilities = {
        f: {"facility": f, "name": names.get(f, f), "kind": "industry", "group": "", "listed": None}
        for f in lines["facility"].unique(maintain_order=True)
    }
    given = Given(str(results.summary.get("name") or ""), activities_of(lines), facilities)
    market = market_based(given, lines, chosen)
    notes = [
        say("From the ledger of a plan: factors and warming potentials are those of the study"),
        *market.notes,
    ]
    return Inventory(given, Potentials("plan"), lines, market, "plan", notes, facilities)


def _booked(results: Results, chosen: Sequence[int]) -> list[dict[str, Any]]:
    """What the ledger books of emissions, with the amounts behind it."""
    ledger = results.ledger.filter(pl.col("year").is_in(chosen))
    amounts = {
        (year, asset, account): amount
        for year, asset, account, amount in ledger.group_by("year", "asset", "account")
        .agg(pl.col("amount").sum())
        .iter_rows()
    }
    origins = {
        (year, asset): origin
        for year, asset, origin in ledger.filter(pl.col("account").is_in(["fuel_used", "imported"]))
        .select("year", "asset", "made_from")
        .iter_rows()
    }
    rows = []
    emitted = ledger.filter(pl.col("account").is_in(list(_AMOUNTS)))
    keys = ["year", "owner", "asset", "account"]
    for n, (year, owner, asset, account, tonnes) in enumerate(
        emitted.group_by(keys, maintain_order=True).agg(pl.col("amount").sum()).iter_rows()
    ):
        amount = amounts.get((year, asset, _AMOUNTS[account]), 0.0)
        item = "" if account == "scope2" else (origins.get((year, asset)) or asset)
        rows.append(
            line(
                n,
                owner or PARK,
                year,
                item,
                amount,
                tonnes,
                account,
                f"plan:{asset}",
                str(results.summary.get("name") or ""),
            )
        )
    return rows


def line(
    place: int,
    facility: str,
    year: int,
    item: str,
    amount: float,
    tonnes: float,
    account: str,
    factor: str,
    document: str,
) -> dict[str, Any]:
    """A line of what is booked already: an amount [MWh] with its emissions [t].

    Args:
        place: number of the activity.
        facility: whose.
        year: when.
        item: what.
        amount: of fuel or electricity [MWh].
        tonnes: of it.
        account: scope1, scope2 or biogenic.
        factor: its key.
        document: the study that it is from.
    """
    two = account == "scope2"
    return {
        "facility": facility,
        "year": year,
        "month": 0,
        "source": "electricity" if two else "stationary",
        "item": item,
        "amount": amount,
        "unit": "MWh",
        "written": amount,
        "quality": 4,
        "uncertainty": None,
        "evidence": "ledger",
        "place": place,
        "scope": 2 if two else 1,
        "category": "electricity" if two else "stationary",
        "gas": "co2" if account == "biogenic" else "co2e",
        "per_unit": tonnes / amount if amount else 0.0,
        "gwp": 1.0,
        "factor": factor,
        "tier": "plan",
        "document": document,
        "vintage": str(year),
        "confidence": "",
        "spread": None,
        "heat": "",
        "heat_spread": 0.0,
        "outside": False,
        "biogenic": account == "biogenic",
        "provisional": False,
        "mass": tonnes,
        "co2e": tonnes,
    }


def activities_of(lines: pl.DataFrame) -> pl.DataFrame:
    """The amounts behind the lines, each once, as activities."""
    own = lines.filter(~pl.col("biogenic")).with_columns(
        pl.lit("energy").alias("dimension"),
        pl.lit("").alias("currency"),
        pl.lit("").alias("basis"),
        pl.col("evidence").alias("document"),
        *(
            pl.lit(None, dtype=pl.Float64).alias(c)
            for c in ("heating_value", "moisture", "density", "enthalpy", "efficiency")
        ),
    )
    return own.select([pl.col(name).cast(kind) for name, kind in ACTIVITY.items()])
