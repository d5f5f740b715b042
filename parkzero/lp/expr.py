"""Affine expressions over rows, and relations that compare them with zero.

An ``Expr`` has one or more rows. A scalar (one row) spreads over the rows of whatever it meets. Its terms
name columns of one of two stages: the design (sizes, shared by all years) or the operation of one year.
Comparing two expressions with ``<=``, ``>=`` or ``==`` makes a ``Relation``; since ``==`` does not compare,
expressions cannot be hashed. What the rows are each of (``Each``) goes along; their number does not tell it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from parkzero.errors import UnitError
from parkzero.units import ONE, FloatArray, Quantity, Unit, require_same

IntArray = npt.NDArray[np.int32]

DESIGN: Final = 0
OPERATION: Final = 1


class Each(StrEnum):
    """What the columns or rows of a block are each of."""

    STEP = "step"
    LEVEL = "level"
    """A step; behind the steps stands one more for the start of each chain of them."""
    INTERVAL = "interval"
    """Some consecutive steps that are metered as one."""
    SOME = "some"
    """Some of the steps."""
    DAY = "day"
    """A day, or a mean day."""
    PASSAGE = "passage"
    """Where chains of steps pass on to others."""
    MONTH = "month"
    YEAR = "year"
    ONCE = "once"


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """Coefficients on columns.

    Attributes:
        stage: ``DESIGN`` or ``OPERATION``.
        cols: column of each coefficient, shape [k].
        coef: one number for all, or shape [k].
        rows: row of each coefficient, shape [k]; None when coefficient i stands in row i.
    """

    stage: int
    cols: IntArray
    coef: float | FloatArray
    rows: IntArray | None = None

    def scaled(self, factor: float | FloatArray) -> Term:
        """The term with each coefficient multiplied by the factor of its row."""
        if isinstance(factor, np.ndarray) and self.rows is not None:
            factor = factor[self.rows]
        return Term(self.stage, self.cols, self.coef * factor, self.rows)

    def spread(self, rows: int) -> Term:
        """The term of a scalar expression repeated in each of ``rows`` rows."""
        width = len(self.cols)
        coef = self.coef if isinstance(self.coef, float) else np.tile(self.coef, rows)
        where = np.repeat(np.arange(rows, dtype=np.int32), width)
        return Term(self.stage, np.tile(self.cols, rows), coef, None if width == 1 else where)

    def values(self) -> FloatArray:
        """Coefficients, shape [k]."""
        return np.broadcast_to(np.asarray(self.coef, dtype=np.float64), self.cols.shape)


class Expr:
    """Affine rows ``sum of terms + constant``, all in one unit.

    Attributes:
        rows: number of rows.
        terms: terms that are added.
        constant: number, or shape [rows].
        unit: unit of every row.
        each: what the rows are each of; None for what holds of any (a size, a number).
    """

    __slots__ = ("constant", "each", "rows", "terms", "unit")
    __hash__ = None  # type: ignore[assignment]  # == builds a relation, so a set of them cannot work

    def __init__(
        self,
        rows: int,
        terms: tuple[Term, ...],
        unit: Unit,
        constant: float | FloatArray = 0.0,
        each: Each | None = None,
    ) -> None:
        self.rows = rows
        self.each = each
        self.terms = terms
        self.unit = unit
        self.constant = constant

    def spread(self, rows: int, each: Each | None = None) -> Expr:
        """This expression over ``rows`` rows; a scalar is repeated.

        Raises:
            UnitError: when the expression has another number of rows and is no scalar, or of another kind.
        """
        each = _of_both(self.each, each)
        if self.rows == rows:
            return self if each is self.each else Expr(rows, self.terms, self.unit, self.constant, each)
        if self.rows != 1:
            raise UnitError(f"cannot combine {self.rows} rows with {rows}")
        constant = (
            float(np.ravel(self.constant)[0]) if isinstance(self.constant, np.ndarray) else self.constant
        )
        return Expr(rows, tuple(t.spread(rows) for t in self.terms), self.unit, constant, each)

    def __add__(self, other: Expr | Quantity | float) -> Expr:
        right = as_expr(other, self.unit)
        require_same(self.unit, right.unit, "add")
        rows = max(self.rows, right.rows)
        left, right = self.spread(rows, right.each), right.spread(rows, self.each)
        return Expr(rows, left.terms + right.terms, self.unit, left.constant + right.constant, left.each)

    __radd__ = __add__

    def __neg__(self) -> Expr:
        return self * -1.0

    def __sub__(self, other: Expr | Quantity | float) -> Expr:
        return self + (-as_expr(other, self.unit))

    def __rsub__(self, other: Quantity | float) -> Expr:
        return (-self) + as_expr(other, self.unit)

    def __mul__(self, other: Quantity | float) -> Expr:
        if isinstance(other, Quantity):
            if isinstance(other.value, np.ndarray):
                raise UnitError("a series must come from the block (lp.series) before it multiplies")
            return self.scaled(other.value, self.unit * other.unit)
        if isinstance(other, (int, float)):
            return self.scaled(float(other), self.unit)
        return NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: Quantity | float) -> Expr:
        return self * (1 / other if isinstance(other, Quantity) else 1.0 / other)

    def scaled(self, factor: float | FloatArray, unit: Unit) -> Expr:
        """Each row times its factor (a number, or shape [rows]), in ``unit``."""
        terms = tuple(t.scaled(factor) for t in self.terms)
        return Expr(self.rows, terms, unit, self.constant * factor, self.each)

    def total(self, weights: FloatArray, unit: Unit) -> Expr:
        """The weighted sum over the rows as a scalar in ``unit``; weights have shape [rows]."""
        terms = tuple(
            Term(t.stage, t.cols, t.scaled(weights).values(), np.zeros(len(t.cols), dtype=np.int32))
            for t in self.terms
        )
        constant = float(np.sum(np.broadcast_to(self.constant, (self.rows,)) * weights))
        return Expr(1, terms, unit, constant)

    def __le__(self, other: Expr | Quantity | Rowed | float) -> Relation:
        return Relation(_difference(self, other), "<=")

    def __ge__(self, other: Expr | Quantity | Rowed | float) -> Relation:
        return Relation(_difference(self, other), ">=")

    def __eq__(self, other: Expr | Quantity | Rowed | float) -> Relation:  # type: ignore[override]
        return Relation(_difference(self, other), "==")

    def value(self, design: FloatArray, operation: FloatArray) -> FloatArray:
        """The rows' values at a point; shapes [design columns], [operation columns] to [rows]."""
        result = np.array(np.broadcast_to(self.constant, (self.rows,)), dtype=np.float64)
        for term in self.terms:
            found = (design if term.stage == DESIGN else operation)[term.cols] * term.coef
            if term.rows is None:
                result += found
            else:
                result += np.bincount(term.rows, found, minlength=self.rows)
        return result


class Rowed(Protocol):
    """What can stand as an expression, such as a series."""

    def expr(self) -> Expr:
        """It as an expression."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """Rows compared with zero; ``sense`` is ``<=``, ``>=`` or ``==``."""

    expr: Expr
    sense: str


def as_expr(value: Expr | Quantity | Rowed | float, unit: Unit) -> Expr:
    """Return ``value`` as an expression; a bare zero takes the unit of what it meets."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, Quantity):
        rows = len(value.value) if isinstance(value.value, np.ndarray) else 1
        return Expr(rows, (), value.unit, value.value)
    if isinstance(value, (int, float)):
        return Expr(1, (), unit if value == 0 else ONE, float(value))
    return value.expr()


def _difference(left: Expr, right: Expr | Quantity | Rowed | float) -> Expr:
    other = as_expr(right, left.unit)
    require_same(left.unit, other.unit, "compare")
    return left - other


def _of_both(one: Each | None, other: Each | None) -> Each | None:
    if one is not None and other is not None and one is not other:
        raise UnitError(f"cannot combine what is each {one} with what is each {other}")
    return one or other


def add_all(parts: Iterable[Expr], rows: int, unit: Unit, each: Each | None = None) -> Expr:
    """The sum of many expressions, concatenated once (adding pairwise would be quadratic)."""
    terms: list[Term] = []
    constant: float | FloatArray = 0.0
    for part in parts:
        require_same(part.unit, unit, "add")
        wide = part.spread(rows, each)
        terms.extend(wide.terms)
        constant = constant + wide.constant
    return Expr(rows, tuple(terms), unit, constant, each)


def below_one_another(parts: Sequence[Expr], unit: Unit, each: Each) -> Expr:
    """Scalars as the rows of one expression, each of shape [1]."""
    terms = [
        Term(t.stage, t.cols, t.values(), np.full(len(t.cols), i, dtype=np.int32))
        for i, part in enumerate(parts)
        for t in part.terms
    ]
    constant = np.array([float(np.ravel(part.constant)[0]) for part in parts])
    return Expr(len(parts), tuple(terms), unit, constant, each)
