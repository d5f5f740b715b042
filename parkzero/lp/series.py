"""Series over a timeline whose steps may stand for several real ones.

On the full year a step is itself: its mean, lowest and highest value agree. On mean days a step stands for
the same step of several days. A series on a right-hand side, or times a size, is then its mean. A series
times an hourly variable is a product of two averages only where all days agree; elsewhere the product becomes
a variable between the lowest and the highest value times the flow, so that the small problem stays a
relaxation of the year (and its optimum a proven lower bound).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from parkzero.errors import UnitError
from parkzero.lp.expr import DESIGN, Each, Expr
from parkzero.units import ONE, FloatArray, Quantity, Unit

Product = Callable[["Series", Expr, Expr | None], Expr]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Values over the steps of a timeline.

    Attributes:
        mean, low, high: mean, smallest and largest value among the real steps, shape [steps].
        excess: mean of what the real values have above their mean, shape [steps].
        unit: unit of the values.
        product: how the model multiplies a series with an hourly variable.
        multipliers: where a series that multiplies an hourly variable is noted (days that differ in one are
            best kept apart).
    """

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    excess: FloatArray
    unit: Unit
    product: Product
    multipliers: list[FloatArray] | None = None

    def __mul__(self, other: Quantity | Expr | float) -> Series | Expr:
        if isinstance(other, Expr):
            return self.times(other)
        factor = other.value if isinstance(other, Quantity) else other
        unit = self.unit * (other.unit if isinstance(other, Quantity) else ONE)
        if not isinstance(factor, (int, float)):
            raise UnitError(
                "a series is multiplied with a number, a quantity without steps, or an expression"
            )
        low, high = (self.low, self.high) if factor >= 0 else (self.high, self.low)
        excess = self.excess * abs(factor)
        return Series(
            self.mean * factor, low * factor, high * factor, excess, unit, self.product, self.multipliers
        )

    def times(self, other: Expr, most: Expr | None = None) -> Expr:
        """The series times an expression: the mean for a size, the enclosed product for a flow.

        Args:
            other: a size, or a flow of zero or more.
            most: the size that the flow never exceeds, where there is one: it encloses the product closer.
        """
        if other.rows == 1:
            return other.spread(len(self.mean), Each.STEP).scaled(self.mean, self.unit * other.unit)
        if self.multipliers is not None and np.ptp(self.mean) > 0:
            self.multipliers.append(self.mean)
        if self.exact:
            return other.scaled(self.mean, self.unit * other.unit)
        if any(term.stage == DESIGN for term in other.terms):
            raise UnitError("a series times (series times size) has no exact mean; multiply the series first")
        return self.product(self, other, most)

    @property
    def exact(self) -> bool:
        """Whether all real steps behind each step agree."""
        return self.mean is self.low or bool((self.low == self.high).all())

    def expr(self) -> Expr:
        """The series as a constant expression (its mean)."""
        return Expr(len(self.mean), (), self.unit, self.mean, Each.STEP)
