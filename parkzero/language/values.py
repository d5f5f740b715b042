"""Values that a component holds: paths over the years, profiles over the steps, sizes that may be built."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from parkzero.units import MONEY, ONE, FloatArray, Quantity, Unit

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2300


@dataclass(frozen=True, slots=True, eq=False)
class ByYear:
    """A value that changes over the years: linear between the years given, constant when one is given.

    Attributes:
        years: ascending calendar years.
        values: value in each, in ``unit``.
        unit: unit of the values.
        steps: True holds each value until the next year given instead of interpolating.
    """

    years: tuple[int, ...]
    values: tuple[float, ...]
    unit: Unit = ONE
    steps: bool = False

    def at(self, year: int) -> Quantity:
        """The value in a year.

        Raises:
            ValueError: outside the years given (unless a single value was given for all).
        """
        if len(self.years) == 1:
            return Quantity(self.values[0], self.unit)
        if not self.years[0] <= year <= self.years[-1]:
            raise ValueError(f"covers {self.years[0]} to {self.years[-1]}, not {year}")
        if self.steps:
            return Quantity(self.values[int(np.searchsorted(self.years, year, side="right")) - 1], self.unit)
        return Quantity(float(np.interp(year, self.years, self.values)), self.unit)

    def covers(self, year: int) -> bool:
        """Whether ``at`` has an answer for the year."""
        return len(self.years) == 1 or self.years[0] <= year <= self.years[-1]


def constant(value: float, unit: Unit = ONE) -> ByYear:
    """The same value in every year."""
    return ByYear((0,), (value,), unit)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A value for every real step, the same each year or one array per year, times a yearly factor.

    Attributes:
        values: shape [real steps] of the study's calendar.
        unit: unit of the values.
        factor: growth or price path that multiplies them.
        years: arrays that replace ``values`` in some years (a tariff whose hours change).
    """

    values: FloatArray
    unit: Unit = ONE
    factor: ByYear = dataclasses.field(default_factory=lambda: constant(1.0))
    years: Mapping[int, FloatArray] = dataclasses.field(default_factory=dict)

    def at(self, year: int) -> Quantity:
        """All real steps of a year."""
        return Quantity(self.years.get(year, self.values) * self.factor.at(year).value, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Size:
    """A size of an asset: what stands, what may be built, and what it costs.

    Vintages are pooled: all cohorts of a size share the asset's hourly variables and operating parameters. A
    better generation (a higher COP, say) is an asset of its own with its own ``first_year``.

    Attributes:
        capex: investment by year of building [money / unit]; without it nothing is built.
        lifetime: from building to retirement [years]; needed where something may be built.
        fixed_om: upkeep a year, as a share of the investment or as money per unit.
        max: largest size that may stand.
        max_each: largest size built in one milestone year.
        min: least sensible size: in a milestone year at least this is built, or nothing.
        unit: size of one unit, where only whole units are built.
        module: size of what is sold: the report says how many to buy, the plan is not bound to it.
        existing: what stands already.
        existing_until: year from which that no longer stands.
        first_year: no cohort before this year.
        decided: what each year builds, in units where it has a unit, where that is decided already.
    """

    capex: ByYear | None = None
    lifetime: Quantity | None = None
    fixed_om: ByYear = dataclasses.field(default_factory=lambda: constant(0.0))
    max: Quantity | None = None
    max_each: Quantity | None = None
    min: Quantity | None = None
    unit: Quantity | None = None
    module: Quantity | None = None
    existing: Quantity | None = None
    existing_until: int = LAST_YEAR
    first_year: int = FIRST_YEAR
    decided: Mapping[int, float] | None = None

    def __post_init__(self) -> None:
        if self.capex is not None and self.lifetime is None:
            raise ValueError("a size that may be built has no lifetime")

    @property
    def years_of_life(self) -> float:
        """Its lifetime [years]; endless where nothing is built."""
        return float("inf") if self.lifetime is None else float(self.lifetime.value)

    @property
    def first(self) -> int:
        """First year in which something may be built."""
        return self.first_year if self.capex is not None else LAST_YEAR

    @property
    def largest(self) -> Quantity | None:
        """Largest size that can ever stand; None where nothing limits it."""
        return self.existing if self.max is None and self.capex is None else self.max

    def price(self, years: tuple[int, ...]) -> FloatArray:
        """Investment by year of building [money / unit], zero where nothing may be built, shape [years].

        Raises:
            ValueError: when a year in which it may be built has no cost.
        """
        capex = self.capex
        if capex is None:
            return np.zeros(len(years))
        return np.array([float(capex.at(v).value) if v >= self.first_year else 0.0 for v in years])

    def upkeep(self, year: int, years: tuple[int, ...]) -> tuple[FloatArray, float]:
        """Upkeep in a year [money / unit] of what was built in each of ``years``, and of what existed.

        A share is one of the investment when it was built; of what existed, of the first cost given.
        """
        fixed = float(self.fixed_om.at(year).value)
        if self.fixed_om.unit != ONE:
            return np.full(len(years), fixed), fixed
        if self.capex is None:
            return np.zeros(len(years)), 0.0
        begins = years[0] if self.capex.covers(years[0]) else self.capex.years[0]
        return self.price(years) * fixed, float(self.capex.at(begins).value) * fixed

    def cost_unit(self) -> Unit | None:
        """Unit of the investment; None where nothing is built."""
        return None if self.capex is None else self.capex.unit

    def fits(self, unit: Unit) -> bool:
        """Whether its costs are those of a size in ``unit``."""
        costs = {self.cost_unit() or MONEY / unit, self.fixed_om.unit} - {ONE}
        return costs <= {MONEY / unit}
