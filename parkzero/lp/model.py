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
from parkzero.lp.expr import DESIGN, OPERATION, Each, Expr, IntArray, Relation, Term
from parkzero.lp.series import Series
from parkzero.units import FloatArray, Unit


@dataclass(frozen=True, slots=True)
class Tagged:
    """A block of columns or rows: ``start`` to ``start + count``.

    Attributes:
        asset: whose they are; empty where they are nobody's.
        name: what they are within it.
        start, count: where they stand.
        unit: their unit.
        each: what they are each of.
    """

    asset: str
    name: str
    start: int
    count: int
    unit: Unit
    each: Each

    @property
    def dotted(self) -> str:
        """``asset.name``."""
        return dotted(self.asset, self.name)

    @property
    def inside(self) -> slice:
        """Where they stand."""
        return slice(self.start, self.start + self.count)


@dataclass(frozen=True, slots=True)
class Columns(Tagged):
    """A block of columns."""


@dataclass(frozen=True, slots=True)
class Rows(Tagged):
    """A block of rows.

    Attributes:
        defines: whether they only define what others speak of.
    """

    defines: bool = False


def dotted(asset: str, name: str) -> str:
    """The name of a block: ``asset.name``."""
    return f"{asset}.{name}" if asset else name


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule before it is rows."""

    asset: str
    name: str
    relation: Relation
    each: Each
    defines: bool


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
        *,
        asset: str = "",
        each: Each = Each.YEAR,
    ) -> Expr:
        """Add a block of columns and return it as an expression of ``count`` rows.

        Raises:
            UnitError: when the name is taken.
        """
        block = Columns(asset, name, self.count, count, unit, each)
        if block.dotted in self.blocks:
            raise UnitError(f"two blocks of columns are called {block.dotted}")
        self.blocks[block.dotted] = block
        self.lower.append(np.array(np.broadcast_to(lower, (count,)), dtype=np.float64))
        self.upper.append(np.array(np.broadcast_to(upper, (count,)), dtype=np.float64))
        self.whole.append(np.full(count, whole))
        self.count += count
        return self.expr(block.dotted)

    def expr(self, name: str) -> Expr:
        """The block ``asset.name`` as an expression."""
        block = self.blocks[name]
        cols = np.arange(block.start, block.start + block.count, dtype=np.int32)
        each = None if block.each in (Each.YEAR, Each.ONCE) else block.each
        return Expr(block.count, (Term(self.stage, cols, 1.0),), block.unit, each=each)

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
        self._rules: dict[str, _Rule] = {}
        self._enclosed: dict[str, int] = {}
        self.multipliers: list[FloatArray] = []

    def rule(
        self,
        name: str,
        relation: Relation,
        *,
        asset: str = "",
        each: Each | None = None,
        defines: bool = False,
    ) -> None:
        """Add rows under a name.

        Args:
            name: of the rule within its asset.
            relation: what must hold.
            asset: whose rule it is.
            each: what its rows are each of, where the relation does not say.
            defines: whether it only defines what others speak of.

        Raises:
            UnitError: when the name is taken.
        """
        full = dotted(asset, name)
        if full in self._rules:
            raise UnitError(f"two rules are called {full}")
        each = relation.expr.each or each or Each.YEAR
        self._rules[full] = _Rule(asset, name, relation, each, defines)

    def strike(self, name: str) -> None:
        """Remove the rule ``asset.name``, so that a test can show that it bites."""
        del self._rules[name]

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of all rules."""
        return tuple(self._rules)

    def enclose(self, series: Series, flow: Expr, most: Expr | None = None, of: str = "") -> Expr:
        """A series times a flow of zero or more, where days that differ were averaged.

        Where the days behind a step disagree, the product is a variable between ``low * flow`` and
        ``high * flow``. Where the flow never exceeds a size, a flow near the size leaves no choice of days:
        for any number c a real product is ``c * flow`` plus at most ``max(series - c, 0) * size``, and the
        mean of that over the days holds for the mean day, here for c at the lowest value and at the mean.

        Args:
            series: values over the steps.
            flow: what it multiplies, of as many rows.
            most: a scalar that the flow never exceeds in any real step; no day may differ in it.
            of: asset that multiplies, for the name alone: it is then the same whatever else a study has.

        Raises:
            UnitError: when a column of ``flow`` may be negative: the enclosure would not hold.
        """
        self._require_positive(flow)
        open_rows = np.flatnonzero(series.low != series.high).astype(np.int32)
        unit = series.unit * flow.unit
        self._enclosed[of] = self._enclosed.get(of, 0) + 1
        name = f"product.{dotted(of, str(self._enclosed[of]))}"
        each = Each.STEP if len(open_rows) == flow.rows else Each.SOME
        product = self.operation.add(name, len(open_rows), unit, lower=-np.inf, each=each)
        part = rows_of(flow, open_rows, each)
        low, high, mean = series.low[open_rows], series.high[open_rows], series.mean[open_rows]

        def rule(side: str, relation: Relation) -> None:
            self.rule(f"{name}.{side}", relation, defines=True)

        rule("low", product >= part.scaled(low, unit))
        rule("high", product <= part.scaled(high, unit))
        if most is not None:
            size, excess = most.spread(len(open_rows)), series.excess[open_rows]
            rule("full_high", product <= part.scaled(low, unit) + size.scaled(mean - low, unit))
            rule("full_low", product >= part.scaled(high, unit) - size.scaled(high - mean, unit))
            rule("part_high", product <= part.scaled(mean, unit) + size.scaled(excess, unit))
            rule("part_low", product >= part.scaled(mean, unit) - size.scaled(excess, unit))
        closed = np.where(series.low == series.high, series.mean, 0.0)
        (column,) = product.terms
        placed = Term(OPERATION, column.cols, 1.0, open_rows)
        terms = (*flow.scaled(closed, unit).terms, placed)
        return Expr(flow.rows, terms, unit, flow.constant * closed, flow.each)

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
        for rule in self._rules.values():
            expr, sense = rule.relation.expr, rule.relation.sense
            for term in expr.terms:
                rows = np.arange(expr.rows, dtype=np.int32) if term.rows is None else term.rows
                parts[term.stage].append((rows + np.int32(start), term.cols, term.values()))
            bound = -np.broadcast_to(np.asarray(expr.constant, dtype=np.float64), (expr.rows,))
            low.append(bound if sense != "<=" else np.full(expr.rows, -np.inf))
            high.append(bound if sense != ">=" else np.full(expr.rows, np.inf))
            named.append(
                Rows(rule.asset, rule.name, start, expr.rows, expr.unit, rule.each, defines=rule.defines)
            )
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


def rows_of(expr: Expr, rows: IntArray, each: Each | None = None) -> Expr:
    """Some rows of an expression, in the order given; ``each`` says what they are."""
    place = np.full(expr.rows, -1, dtype=np.int32)
    place[rows] = np.arange(len(rows), dtype=np.int32)
    terms = []
    for term in expr.terms:
        where = place if term.rows is None else place[term.rows]
        keep = where >= 0
        terms.append(Term(term.stage, term.cols[keep], term.values()[keep], where[keep]))
    constant = np.broadcast_to(expr.constant, (expr.rows,))[rows]
    return Expr(len(rows), tuple(terms), expr.unit, constant, each)


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
