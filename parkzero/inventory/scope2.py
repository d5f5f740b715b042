"""Scope 2 of electricity by the market: what certificates and contracts cover, and the rest.

The rest takes the residual mix. Viet Nam publishes none: then the average of the grid stands in, which
understates what is left after others have taken the clean part, and the statement says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from parkzero.errors import Fault, Place, StudyError
from parkzero.inventory.reading import Given
from parkzero.texts import Text, say

_SCHEMA = {
    "facility": pl.String,
    "year": pl.Int32,
    "kind": pl.String,
    "certificate": pl.String,
    "mwh": pl.Float64,
    "factor": pl.Float64,
    "co2e": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class Market:
    """Scope 2 of electricity by instruments.

    Attributes:
        rows: facility, year, kind (an instrument, or ``residual``), certificate, mwh, factor [t/MWh], co2e
            [t].
        residual_known: whether a residual mix was given.
        notes: what a reader must know.
    """

    rows: pl.DataFrame
    residual_known: bool
    notes: Sequence[Text]

    def total(self, year: int | None = None, facility: str | None = None) -> float:
        """Emissions [tCO2e]."""
        rows = self.rows
        if year is not None:
            rows = rows.filter(pl.col("year") == year)
        if facility is not None:
            rows = rows.filter(pl.col("facility") == facility)
        return float(rows["co2e"].sum())


def market_based(given: Given, lines: pl.DataFrame, years: Sequence[int] | None = None) -> Market:
    """Scope 2 of electricity by instruments.

    Raises:
        StudyError: when instruments cover more than was used: one certificate, one megawatt-hour.
    """
    used = (
        lines.filter(pl.col("source") == "electricity")
        .group_by("facility", "year", maintain_order=True)
        .agg(pl.col("amount").sum().alias("mwh"), pl.col("co2e").sum())
    )
    held = given.instruments
    if years is not None:
        held = held.filter(pl.col("year").is_in(list(years)))
    claimed = dict(
        ((f, y), m) for f, y, m in held.group_by("facility", "year").agg(pl.col("mwh").sum()).iter_rows()
    )
    residual = _residual(given)
    uses = {(f, y): (m, c) for f, y, m, c in used.iter_rows()}
    _require_used(given, claimed, uses)
    rows: list[dict[str, Any]] = [
        {**row, "co2e": row["mwh"] * row["factor"]} for row in held.drop("document").iter_rows(named=True)
    ]
    for (facility, year), (mwh, emitted) in uses.items():
        rest = mwh - claimed.get((facility, year), 0.0)
        factor = residual if residual is not None else (emitted / mwh if mwh else 0.0)
        rows.append(
            {
                "facility": facility,
                "year": year,
                "kind": "residual",
                "certificate": "",
                "mwh": rest,
                "factor": factor,
                "co2e": rest * factor,
            }
        )
    notes: list[Text] = []
    if residual is None and uses:
        notes.append(
            say(
                "Market-based scope 2: no residual mix is published for Viet Nam; what no instrument"
                " covers takes"
                " the average of the grid, which understates it"
            )
        )
    return Market(pl.DataFrame(rows, schema=_SCHEMA), residual is not None, notes)


def _require_used(
    given: Given,
    claimed: dict[tuple[str, int], float],
    uses: dict[tuple[str, int], tuple[float, float]],
) -> None:
    """Refuse instruments beyond the use of their facility and year."""
    faults = []
    for key, mwh in claimed.items():
        use = uses.get(key, (0.0, 0.0))[0]
        if mwh > use * (1 + 1e-9):
            faults.append(
                Fault(
                    Place(given.name, "instruments"),
                    say(
                        "claims more electricity than {facility} used in {year}", facility=key[0], year=key[1]
                    ),
                    f"{mwh:g} MWh",
                    say("at most {use:g} MWh", use=use),
                    say("GHG Protocol Scope 2 Guidance, quality criterion 3: one instrument, one claim"),
                )
            )
    if faults:
        raise StudyError(faults, say("The inventory"))


def _residual(given: Given) -> float | None:
    text = given.settings.get("residual_mix", "")
    if not text:
        return None
    try:
        value = float(text.split()[0])
    except ValueError:
        value = math.nan
    if not 0 <= value <= 2:
        fault = Fault(
            Place(given.name, "settings", field="residual_mix"),
            say("is no factor of electricity"),
            text,
            say("t/MWh, 0 to 2"),
        )
        raise StudyError([fault], say("The inventory"))
    return value
