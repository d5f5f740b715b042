"""Landfilled waste by first-order decay (IPCC 2006 vol. 5 ch. 3): what a year's waste gives in later years.

Symbols:
    W       waste put down in a year y [t]
    k       decay [1/year]
    L       all methane that a tonne will ever give, in the factors as those of landfill without decay [t/t]

Rule:
    year Y > y gives W L (exp(-k (Y - 1 - y)) - exp(-k (Y - y))); decay begins on 1 January after the waste is
    put down (eq. 3.4 to 3.6 with the default delay): year y itself gives nothing, all years together W L.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from parkzero.books.library import shelf
from parkzero.errors import Fault, Place, StudyError
from parkzero.inventory.reading import Given
from parkzero.texts import data, listed, say

CHOICES: Final = ("whole", "decay")
LANDFILL: Final = "landfill"


def decayed(given: Given, years: Sequence[int] | None) -> pl.DataFrame:
    """Activities in which landfilled waste is told by the year of its methane, where the settings ask for it.

    Args:
        given: what the user gave; ``landfill = decay`` turns it on.
        years: that are counted; without it those of all other activities.

    Raises:
        StudyError: for another choice, for no year to count, and where no decay of a waste is known.
    """
    activities, choice = given.activities, given.settings.get(LANDFILL) or CHOICES[0]
    if choice not in CHOICES:
        place = Place(given.name, "settings", field=LANDFILL)
        raise StudyError([Fault(place, say("is not known"), choice, listed(CHOICES))], say("The inventory"))
    waste = activities.filter(pl.col("source") == LANDFILL)
    rest = activities.filter(pl.col("source") != LANDFILL)
    if choice == "whole" or waste.is_empty():
        return activities
    counted = sorted(set(years if years is not None else rest["year"].unique().to_list()))
    if not counted:
        place = Place(given.name, field="--year")
        what = say("names no year in which the methane of landfilled waste is counted")
        raise StudyError([Fault(place, what, "", data("--year 2025"))], say("The inventory"))
    speeds = _speeds(given, waste)
    rows = [
        {**row, "year": year, "month": 0, "amount": row["amount"] * part, "written": row["written"] * part}
        for row in waste.iter_rows(named=True)
        for year in counted
        if (part := share(year - row["year"], speeds[row["item"]])) > 0
    ]
    return pl.concat([rest, pl.DataFrame(rows, schema=activities.schema)])


def share(age: int, k: float) -> float:
    """Share of all its methane that waste gives in a year, by the years since it was put down [1]."""
    return math.exp(-k * (age - 1)) - math.exp(-k * age) if age > 0 else 0.0


def _speeds(given: Given, waste: pl.DataFrame) -> dict[str, float]:
    """Decay of each kind of waste [1/year]: the user's ``landfill_k``, else the books' for wet tropics."""
    own = _own(given.settings, given.name)
    rows = shelf("processes").by_key
    found, faults = {}, []
    for item, place in waste.group_by("item", maintain_order=True).agg(pl.col("place").first()).iter_rows():
        key = f"waste.swds.k.{item}_wet_tropical"
        if own is not None:
            found[item] = own
        elif key in rows:
            found[item] = rows[key][-1].value
        else:
            names = [k.split(".")[-1].removesuffix("_wet_tropical") for k in rows if ".swds.k." in k]
            needs = say("landfill_k in the settings [1/year], or one of {names}", names=listed(names))
            what = say("has no decay in the books")
            faults.append(Fault(given.place(place), what, item, needs))
    if faults:
        raise StudyError(faults, say("The inventory"))
    return found


def _own(settings: Mapping[str, Any], name: str) -> float | None:
    written = str(settings.get("landfill_k") or "")
    if not written:
        return None
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not 0.005 <= value <= 1.0:
        place = Place(name, "settings", field="landfill_k")
        needs = say("0.005 to 1 a year")
        raise StudyError([Fault(place, say("is no decay of waste"), written, needs)], say("The inventory"))
    return value
