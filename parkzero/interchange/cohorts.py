"""Sizes in PyPSA: one asset for each year of building, one for what stands already.

PyPSA charges one yearly cost while an asset stands. Where upkeep changes over the years, that cost is the
mean over the years in which the asset stands, weighted as the objective weights them: the sum stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from parkzero.interchange.sheets import Sheets, Value
from parkzero.language.component import Component
from parkzero.language.fields import Size
from parkzero.units import Quantity


def number(value: Quantity | None, missing: float) -> float:
    """A quantity's number, or what stands for none."""
    return missing if value is None else float(value.value)


def cohorts(
    sheets: Sheets, asset: Component, name: str, nominal: str, factor: float = 1.0
) -> Iterator[tuple[str, dict[str, Value]]]:
    """Name and attributes of each cohort of a size, and the limits over all that stand.

    Args:
        sheets: tables that take the limits.
        asset: whose size it is.
        name: the field that holds it.
        nominal: PyPSA's word for it: "p_nom" or "e_nom".
        factor: nominal size per size.
    """
    milestones, size = sheets.study.milestones, size_of(asset, name)
    carrier = f"{asset.name}.{name}"
    most, existing = number(size.max, float("inf")), number(size.existing, 0.0)
    life, found = size.years_of_life, 0
    sheets.add("carriers", carrier)
    for year in (y for y in milestones.years if y >= size.first):
        price = float(size.price((year,))[0])
        seen = [y for y in milestones.years if year <= y < year + life]
        cost = price * milestones.annuity(life) + upkeep(sheets, size, year, seen)
        found += 1
        yield (
            f"{asset.name}.{year}",
            {
                f"{nominal}_extendable": True,
                f"{nominal}_max": min(number(size.max_each, float("inf")), most) * factor,
                f"{nominal}_mod": number(size.unit, 0.0) * factor,
                "capital_cost": cost / factor,
                "carrier": carrier,
                "build_year": year,
                "lifetime": life,
            },
        )
    before = milestones.years[0] - 1
    seen = [y for y in milestones.years if y < size.existing_until]
    if existing and seen:
        found += 1
        # Fixed at what stands, yet "extendable", so that PyPSA counts its upkeep.
        yield (
            f"{asset.name}.existing",
            {
                f"{nominal}_extendable": True,
                f"{nominal}_min": existing * factor,
                f"{nominal}_max": existing * factor,
                "capital_cost": upkeep(sheets, size, None, seen) / factor,
                "carrier": carrier,
                "build_year": before,
                "lifetime": float(size.existing_until - before),
            },
        )
    if size.max is not None and found > 1:
        limit(sheets, carrier, most * factor)


def limit(sheets: Sheets, carrier: str, most: float) -> None:
    """What may stand at most in each milestone year."""
    for year in sheets.study.milestones.years:
        sheets.add(
            "global_constraints",
            f"{carrier}.most.{year}",
            type="tech_capacity_expansion_limit",
            carrier_attribute=carrier,
            sense="<=",
            constant=most,
            investment_period=year,
        )


def size_of(asset: Component, name: str) -> Size:
    """The size that a field of an asset holds."""
    size = getattr(asset, name)
    assert isinstance(size, Size)
    return size


def upkeep(sheets: Sheets, size: Size, built: int | None, years: list[int]) -> float:
    """Upkeep of what was built in a year, or existed, the weighted mean over some milestone years."""
    milestones = sheets.study.milestones
    weights = [milestones.weights[milestones.years.index(y)] for y in years]
    paid = []
    for year in years:
        of_built, of_existing = size.upkeep(year, milestones.years)
        paid.append(of_existing if built is None else float(of_built[milestones.years.index(built)]))
    return sum(w * p for w, p in zip(weights, paid, strict=True)) / sum(weights)
