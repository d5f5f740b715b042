"""Sizes in PyPSA: one asset for each year of building, one for what stands already.

PyPSA charges one yearly cost while an asset stands. Where upkeep changes over the years, that cost is the
mean over the years in which the asset stands, weighted as the objective weights them: the sum stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.interchange.sheets import Sheets, Value
from parkzero.language.component import Sized
from parkzero.language.fields import ByYear
from parkzero.units import Quantity


@dataclass(frozen=True, slots=True)
class Size:
    """A size of an asset.

    Attributes:
        name: of the size within the asset, "power" or "energy".
        cost: investment by year of building.
        most, most_each, existing, whole: as in ``Block.size``.
    """

    name: str
    cost: ByYear
    most: Quantity | None = None
    most_each: Quantity | None = None
    existing: Quantity | None = None
    whole: Quantity | None = None


def number(value: Quantity | None, missing: float) -> float:
    """A quantity's number, or what stands for none."""
    return missing if value is None else float(value.value)


def cohorts(
    sheets: Sheets, asset: Sized, size: Size, nominal: str, factor: float = 1.0
) -> Iterator[tuple[str, dict[str, Value]]]:
    """Name and attributes of each cohort of a size, and the limits over all that stand.

    Args:
        sheets: tables that take the limits.
        asset: whose size it is.
        size: the size.
        nominal: PyPSA's word for it: "p_nom" or "e_nom".
        factor: nominal size per size.
    """
    horizon = sheets.study.horizon
    carrier = f"{asset.name}.{size.name}"
    most, existing = number(size.most, float("inf")), number(size.existing, 0.0)
    life = float(asset.lifetime.value)
    sheets.add("carriers", carrier)
    found = 0
    for year in horizon.years:
        if year < asset.first_year:
            continue
        price = float(size.cost.at(year).value)
        seen = [y for y in horizon.years if year <= y < year + life]
        cost = price * (horizon.annuity(life) + upkeep(sheets, asset, seen))
        found += 1
        yield (
            f"{asset.name}.{year}",
            {
                f"{nominal}_extendable": True,
                f"{nominal}_max": min(number(size.most_each, float("inf")), most) * factor,
                f"{nominal}_mod": number(size.whole, 0.0) * factor,
                "capital_cost": cost / factor,
                "carrier": carrier,
                "build_year": year,
                "lifetime": life,
            },
        )
    if existing and any(y < asset.existing_until for y in horizon.years):
        found += 1
        yield _existing(sheets, asset, size, nominal, factor)
    if size.most is not None and found > 1:
        for year in horizon.years:
            sheets.add(
                "global_constraints",
                f"{carrier}.most.{year}",
                type="tech_capacity_expansion_limit",
                carrier_attribute=carrier,
                sense="<=",
                constant=most * factor,
                investment_period=year,
            )


def _existing(
    sheets: Sheets, asset: Sized, size: Size, nominal: str, factor: float
) -> tuple[str, dict[str, Value]]:
    """What stands already: fixed, yet "extendable", so that PyPSA counts its upkeep."""
    years = sheets.study.horizon.years
    before, standing = years[0] - 1, number(size.existing, 0.0) * factor
    seen = [y for y in years if y < asset.existing_until]
    cost = float(size.cost.at(years[0]).value) * upkeep(sheets, asset, seen)
    return (
        f"{asset.name}.existing",
        {
            f"{nominal}_extendable": True,
            f"{nominal}_min": standing,
            f"{nominal}_max": standing,
            "capital_cost": cost / factor,
            "carrier": f"{asset.name}.{size.name}",
            "build_year": before,
            "lifetime": float(asset.existing_until - before),
        },
    )


def upkeep(sheets: Sheets, asset: Sized, years: list[int]) -> float:
    """Upkeep as a share of the investment, the weighted mean over some milestone years."""
    horizon = sheets.study.horizon
    weights = [horizon.weights[horizon.years.index(y)] for y in years]
    shares = [float(asset.fixed_om.at(y).value) for y in years]
    return sum(w * s for w, s in zip(weights, shares, strict=True)) / sum(weights)
