"""A model: named blocks of columns and rows over two stages, flattened to arrays.

``Design`` holds the columns that all years share (what is built). A ``Model`` holds the columns and rows of
one year, whose rows may also name design columns; ``flatten`` returns them as one ``Matrix`` with the two
parts apart, so that the same year can be solved with given sizes (only right-hand sides change) or stacked
with other years into one problem.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkzero.errors import UnitError
from parkzero.lp.expr import DESIGN, OPERATION, Expr, IntArray, Relation, Term
from parkzero.lp.series import Series
from parkzero.units import FloatArray, Unit


@dataclass(frozen=True, slots=True)
class Columns:
    """A named block of columns: ``start`` to ``start + count``."""

    name: str
    start: int
    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Rows:
    """A named block of rows: ``start`` to ``start + count``."""

    name: str
    start: int
    count: int
    unit: Unit


@dataclass(slots=True)
class Space:
    """Columns of one stage in the order in which they were asked for."""

    stage: int
    blocks: dict[str, Columns] = field(default_factory=dict)
    lower: list[FloatArray] = field(default_factory=list)
    upper: list[FloatArray] = field(default_factory=list)
    whole: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    count: int = 0

    def add(
        self,
        name: str,
        count: int,
        unit: Unit,
        lower: float | FloatArray = 0.0,
        upper: float | FloatArray = np.inf,
        whole: bool = False,
    ) -> Expr:
        """Add a block of columns and return it as an expression of ``count`` rows.

        Raises:
            UnitError: when the name is taken.
        """
        if name in self.blocks:
            raise UnitError(f"two blocks of columns are called {name}")
        self.blocks[name] = Columns(name, self.count, count, unit)
        self.lower.append(np.array(np.broadcast_to(lower, (count,)), dtype=np.float64))
        self.upper.append(np.array(np.broadcast_to(upper, (count,)), dtype=np.float64))
        self.whole.append(np.full(count, whole))
        self.count += count
        return self.expr(name)

    def expr(self, name: str) -> Expr:
        """The block of that name as an expression."""
        block = self.blocks[name]
        cols = np.arange(block.start, block.start + block.count, dtype=np.int32)
        return Expr(block.count, (Term(self.stage, cols, 1.0),), block.unit)

    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper bounds of all columns, each of shape [count]."""
        return _joined(self.lower), _joined(self.upper)

    def integrality(self) -> npt.NDArray[np.bool_]:
        """Which columns must be whole numbers, shape [count]."""
        return np.concatenate(self.whole) if self.whole else np.zeros(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of one model as arrays: ``low <= operation @ y + design @ x <= high``.

    Attributes:
        operation: CSR [rows x operation columns].
        design: CSR [rows x design columns].
        low, high: row bounds [rows].
        lower, upper: bounds of the operation columns.
        whole: which operation columns are whole numbers.
        cost: cost of the operation columns (set by whoever reads the ledger).
        design_cost: cost of the design columns.
        constant: cost that nothing changes.
        rows: named blocks of rows.
        columns: named blocks of operation columns.
    """

    operation: sparse.csr_array
    design: sparse.csr_array
    low: FloatArray
    high: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: npt.NDArray[np.bool_]
    cost: FloatArray
    design_cost: FloatArray
    constant: float
    rows: tuple[Rows, ...]
    columns: tuple[Columns, ...]


class Model:
    """Columns and rows of one year, over a shared design."""

    def __init__(self, design: Space) -> None:
        self.design = design
        self.operation = Space(OPERATION)
        self._rules: list[tuple[str, Relation]] = []
        self._names: set[str] = set()
        self._enclosed = 0
        self.multipliers: list[FloatArray] = []

    def rule(self, name: str, relation: Relation) -> None:
        """Add rows under a name.

        Raises:
            UnitError: when the name is taken.
        """
        if name in self._names:
            raise UnitError(f"two rules are called {name}")
        self._names.add(name)
        self._rules.append((name, relation))

    def strike(self, name: str) -> None:
        """Remove a rule, so that a test can show that it bites."""
        self._names.remove(name)
        self._rules = [(n, r) for n, r in self._rules if n != name]

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of all rules."""
        return tuple(name for name, _ in self._rules)

    def enclose(self, series: Series, flow: Expr, most: Expr | None = None) -> Expr:
        """A series times a flow of zero or more, where days that differ were averaged.

        Where the days behind a step disagree, the product is a variable between ``low * flow`` and
        ``high * flow``. Where the flow never exceeds a size, a flow near the size leaves no choice of days:
        for any number c a real product is ``c * flow`` plus at most ``max(series - c, 0) * size``, and the
        mean of that over the days holds for the mean day, here for c at the lowest value and at the mean.

        Args:
            series: values over the steps.
            flow: what it multiplies, of as many rows.
            most: a scalar that the flow never exceeds in any real step; no day may differ in it.

        Raises:
            UnitError: when a column of ``flow`` may be negative: the enclosure would not hold.
        """
        self._require_positive(flow)
        open_rows = np.flatnonzero(series.low != series.high).astype(np.int32)
        unit = series.unit * flow.unit
        self._enclosed += 1
        name = f"product.{self._enclosed}"
        product = self.operation.add(name, len(open_rows), unit, lower=-np.inf)
        part = rows_of(flow, open_rows)
        low, high, mean = series.low[open_rows], series.high[open_rows], series.mean[open_rows]
        self.rule(f"{name}.low", product >= part.scaled(low, unit))
        self.rule(f"{name}.high", product <= part.scaled(high, unit))
        if most is not None:
            size, excess = most.spread(len(open_rows)), series.excess[open_rows]
            self.rule(f"{name}.full_high", product <= part.scaled(low, unit) + size.scaled(mean - low, unit))
            self.rule(f"{name}.full_low", product >= part.scaled(high, unit) - size.scaled(high - mean, unit))
            self.rule(f"{name}.part_high", product <= part.scaled(mean, unit) + size.scaled(excess, unit))
            self.rule(f"{name}.part_low", product >= part.scaled(mean, unit) - size.scaled(excess, unit))
        closed = np.where(series.low == series.high, series.mean, 0.0)
        (column,) = product.terms
        placed = Term(OPERATION, column.cols, 1.0, open_rows)
        return Expr(flow.rows, (*flow.scaled(closed, unit).terms, placed), unit, flow.constant * closed)

    def _require_positive(self, flow: Expr) -> None:
        lower, _ = self.operation.bounds()
        for term in flow.terms:
            if (lower[term.cols] < 0).any() or (term.values() < 0).any():
                raise UnitError(
                    "a series that differs among averaged days multiplies a flow that may be negative"
                )
        if np.any(np.asarray(flow.constant) < 0):
            raise UnitError("a series that differs among averaged days multiplies a negative constant")

    def flatten(self) -> Matrix:
        """The rows as arrays; costs are zero until ``priced``."""
        low, high, named = [], [], []
        parts: tuple[list[tuple[IntArray, IntArray, FloatArray]], ...] = ([], [])
        start = 0
        for name, relation in self._rules:
            expr = relation.expr
            for term in expr.terms:
                rows = np.arange(expr.rows, dtype=np.int32) if term.rows is None else term.rows
                parts[term.stage].append((rows + np.int32(start), term.cols, term.values()))
            bound = -np.broadcast_to(np.asarray(expr.constant, dtype=np.float64), (expr.rows,))
            low.append(bound if relation.sense != "<=" else np.full(expr.rows, -np.inf))
            high.append(bound if relation.sense != ">=" else np.full(expr.rows, np.inf))
            named.append(Rows(name, start, expr.rows, expr.unit))
            start += expr.rows
        lower, upper = self.operation.bounds()
        return Matrix(
            operation=_csr(parts[OPERATION], start, self.operation.count),
            design=_csr(parts[DESIGN], start, self.design.count),
            low=_joined(low),
            high=_joined(high),
            lower=lower,
            upper=upper,
            whole=self.operation.integrality(),
            cost=np.zeros(self.operation.count),
            design_cost=np.zeros(self.design.count),
            constant=0.0,
            rows=tuple(named),
            columns=tuple(self.operation.blocks.values()),
        )


def rows_of(expr: Expr, rows: IntArray) -> Expr:
    """Some rows of an expression, in the order given."""
    place = np.full(expr.rows, -1, dtype=np.int32)
    place[rows] = np.arange(len(rows), dtype=np.int32)
    terms = []
    for term in expr.terms:
        where = place if term.rows is None else place[term.rows]
        keep = where >= 0
        terms.append(Term(term.stage, term.cols[keep], term.values()[keep], where[keep]))
    constant = np.broadcast_to(expr.constant, (expr.rows,))[rows]
    return Expr(len(rows), tuple(terms), expr.unit, constant)


def coefficients(expr: Expr, stage: int, count: int) -> FloatArray:
    """Coefficients of a scalar expression on the columns of one stage, shape [count]."""
    result = np.zeros(count)
    for term in expr.terms:
        if term.stage == stage:
            result += np.bincount(term.cols, term.values(), minlength=count)
    return result


def _csr(parts: list[tuple[IntArray, IntArray, FloatArray]], rows: int, columns: int) -> sparse.csr_array:
    if not parts:
        return sparse.csr_array((rows, columns))
    where = np.concatenate([p[0] for p in parts])
    cols = np.concatenate([p[1] for p in parts])
    values = np.concatenate([p[2] for p in parts])
    matrix = sparse.coo_array((values, (where, cols)), shape=(rows, columns)).tocsr()
    matrix.eliminate_zeros()
    return matrix


def _joined(parts: list[FloatArray]) -> FloatArray:
    return np.concatenate(parts) if parts else np.zeros(0)
