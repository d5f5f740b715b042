"""Coefficients of the model in a readable form: which flow, size or variable counts how much.

The audit recomputes every account and every rule from stored numbers alone. What it needs of the model is
stored here: for each booking and each rule a coefficient on a flow (one number, or one for each step), on a
built size, or on a variable of the year. A flow counts per hour: its coefficient is divided by the weight
and length of its step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from parkzero.language.ledger import Entry
from parkzero.lp.expr import OPERATION, Each
from parkzero.lp.model import Columns
from parkzero.planning.plan import Operated, Plan
from parkzero.units import FloatArray

# what a coefficient stands before
FLOW, BEFORE, OTHER, SIZE, VARIABLE, ONE = "flow", "before", "other", "size", "variable", "one"
LOW, HIGH, CONSTANT = "low", "high", "constant"
STEP, YEAR = "step", "year"
RateRow = tuple[int, str, str, str, float | None, str, str, str, int]
RuleRow = tuple[int, str, str, str, str, str, str, float | None, str]


@dataclass(slots=True)
class SeriesStore:
    """Series of one year by name; equal series are kept once."""

    series: dict[str, FloatArray] = field(default_factory=dict)
    known: dict[bytes, str] = field(default_factory=dict)

    def put(self, values: FloatArray) -> tuple[float | None, str]:
        """A number where all values agree, else the name under which the series is kept."""
        first = float(values[0])
        if (values == first).all() or np.abs(values - first).max() <= 1e-14 * abs(first):
            return first, ""
        key = hashlib.blake2b(np.ascontiguousarray(values).tobytes(), digest_size=16).digest()
        if key not in self.known:
            self.known[key] = f"s{len(self.known)}"
            self.series[self.known[key]] = values
        return None, self.known[key]


@dataclass(frozen=True, slots=True)
class Places:
    """Where columns lie: blocks of the operation, names of the design.

    Attributes:
        starts: first column of each block [blocks].
        blocks: the blocks.
        steps: steps of the timeline.
        weights: weight times length of each step [h], shape [steps].
        design: name of each design column.
        factors: what one unit of a design column builds [MW or MWh]; 0 where it is no size.
    """

    starts: np.ndarray
    blocks: tuple[Columns, ...]
    steps: int
    weights: FloatArray
    design: tuple[str, ...]
    factors: FloatArray


def places_of(plan: Plan, operated: Operated) -> Places:
    """Where the columns of one year lie."""
    blocks = operated.built.matrix.columns
    timeline = operated.built.context.timeline
    factors = np.zeros(len(plan.design.names))
    for block in plan.design.columns:
        if block.dotted in plan.design.cohorts:
            factors[block.inside] = plan.design.cohorts[block.dotted].unit_size
    return Places(
        np.array([b.start for b in blocks]),
        blocks,
        timeline.steps,
        timeline.weights * timeline.hours,
        plan.design.names,
        factors,
    )


def summed(where: np.ndarray, values: FloatArray, count: int) -> FloatArray:
    """Sum of the values at each place, shape [count]."""
    return np.asarray(np.bincount(where, values, minlength=count), dtype=np.float64)


def present(numbers: np.ndarray) -> np.ndarray:
    """The whole numbers of zero or more that occur, ascending; quicker than sorting where they are small."""
    return np.flatnonzero(np.bincount(numbers)) if len(numbers) else numbers


def rates_of(operated: Operated, places: Places, store: SeriesStore) -> list[RateRow]:
    """Every booking's coefficients."""
    year, rows = operated.built.year, []
    for place, entry in enumerate(operated.built.context.ledger.entries):
        for of, name, scalar, series in _entry(entry, places, store):
            rows.append((year, entry.asset, name, entry.account.id, scalar, series, entry.label, of, place))
    return rows


Found = tuple[str, str, float | None, str]


def _entry(entry: Entry, places: Places, store: SeriesStore) -> Iterator[Found]:
    weights = places.weights if entry.hourly else np.ones(1)
    sums: dict[int, FloatArray] = {}
    design = np.zeros(len(places.design))
    for term in entry.expr.terms:
        rows = np.arange(len(term.cols)) if term.rows is None else term.rows
        counted = term.values() * weights[rows]
        if term.stage != OPERATION:
            design += summed(term.cols, counted, len(design))
            continue
        for block, columns, values in _by_block(term.cols, counted, places):
            total = summed(columns, values, places.blocks[block].count)
            sums[block] = sums[block] + total if block in sums else total
    for block, total in sums.items():
        yield from _on_block(block, total, places, store)
    yield from _on_design(design, places)
    constant = np.broadcast_to(np.asarray(entry.expr.constant, dtype=np.float64), (entry.expr.rows,))
    if constant.any():
        if entry.hourly:
            yield ONE, "", *store.put(np.array(constant))
        else:
            yield CONSTANT, "", float(constant[0]), ""


def _by_block(
    cols: np.ndarray, values: FloatArray, places: Places
) -> Iterator[tuple[int, np.ndarray, FloatArray]]:
    """Columns grouped by their block, numbered within it."""
    block = np.searchsorted(places.starts, cols, side="right") - 1
    if len(block) and block[0] == block[-1] and (block == block[0]).all():
        yield int(block[0]), cols - places.starts[block[0]], values
        return
    for one in present(block):
        chosen = block == one
        yield int(one), cols[chosen] - places.starts[one], values[chosen]


def _on_block(block: int, total: FloatArray, places: Places, store: SeriesStore) -> Iterator[Found]:
    if not total.any():
        return
    tagged = places.blocks[block]
    count = flowing(tagged, places.steps)
    if total[:count].any():
        yield FLOW, tagged.dotted, *store.put(total[:count] / places.weights)
    for i in count + np.flatnonzero(total[count:]):
        yield VARIABLE, variable(tagged, int(i)), float(total[i]), ""


def _on_design(coefs: FloatArray, places: Places) -> Iterator[Found]:
    for j in np.flatnonzero(coefs):
        factor = places.factors[j]
        if factor:
            yield SIZE, places.design[j], float(coefs[j] / factor), ""
        else:
            yield VARIABLE, places.design[j], float(coefs[j]), ""


def flowing(block: Columns, steps: int) -> int:
    """How many columns of a block are a flow or level over the steps: all, none, or all but the start."""
    return steps if block.each in (Each.STEP, Each.LEVEL) else 0


def variable(block: Columns, index: int) -> str:
    """Name of one column of a block that is no flow over the steps; the start of a level is its number 0."""
    if block.each is Each.LEVEL:
        return f"{block.dotted}[0]"
    return block.dotted if block.count == 1 else f"{block.dotted}[{index + 1}]"


def rules_of(operated: Operated, places: Places, store: SeriesStore) -> list[RuleRow]:
    """Every rule over the steps or over the year as coefficients; rules over other rows are left out."""
    matrix, year, result = operated.built.matrix, operated.built.year, []
    for block in matrix.rows:
        if block.each not in (Each.STEP, Each.YEAR):
            continue
        each, rows = STEP if block.each is Each.STEP else YEAR, block.inside
        found = [
            *_operation(operated, rows, each, places, store),
            *_sizes(operated, rows, places, store),
            *_bound(LOW, matrix.low[rows], store),
            *_bound(HIGH, matrix.high[rows], store),
        ]
        unit = str(block.unit)
        result += [
            (year, block.asset, block.name, unit, each, of, name, scalar, s) for of, name, scalar, s in found
        ]
    return result


def _part(matrix: object, rows: slice) -> tuple[np.ndarray, np.ndarray, FloatArray]:
    """Row, column and value of the entries of some consecutive rows of a CSR matrix."""
    indptr = matrix.indptr[rows.start : rows.stop + 1]  # type: ignore[attr-defined]  # scipy ships no types
    inside = slice(int(indptr[0]), int(indptr[-1]))
    where = np.repeat(np.arange(rows.stop - rows.start), np.diff(indptr))
    return where, matrix.indices[inside], matrix.data[inside]  # type: ignore[attr-defined]  # as above


def _operation(
    operated: Operated, rows: slice, each: str, places: Places, store: SeriesStore
) -> Iterator[Found]:
    where, cols, values = _part(operated.built.matrix.operation, rows)
    if each == YEAR:
        for block, columns, coefs in _by_block(cols, values, places):
            yield from _on_block(block, summed(columns, coefs, places.blocks[block].count), places, store)
        return
    for block, columns, coefs in _by_block(cols, values, places):
        where_in = where[_mask(cols, block, places)]
        yield from _stepwise(block, where_in, columns, coefs, places, store)


def _mask(cols: np.ndarray, block: int, places: Places) -> np.ndarray:
    start = places.starts[block]
    inside: np.ndarray = (cols >= start) & (cols < start + places.blocks[block].count)
    return inside


def _stepwise(
    block: int, where: np.ndarray, columns: np.ndarray, values: FloatArray, places: Places, store: SeriesStore
) -> Iterator[Found]:
    """Coefficients of one block in rows over the steps: of the same step, the step before, or a month."""
    tagged, steps = places.blocks[block], places.steps
    flow = columns < flowing(tagged, steps)
    for i in present(columns[~flow]):
        chosen = columns == i
        coefs = summed(where[chosen], values[chosen], steps)
        yield VARIABLE, variable(tagged, int(i)), *store.put(coefs)
    shift = (columns - where) % steps
    for by in present(shift[flow]):
        chosen = flow & (shift == by)
        of = FLOW if by == 0 else BEFORE if by == steps - 1 else OTHER
        coefs = summed(where[chosen], values[chosen], steps)
        yield of, tagged.dotted, *store.put(coefs)


def _sizes(operated: Operated, rows: slice, places: Places, store: SeriesStore) -> Iterator[Found]:
    where, cols, values = _part(operated.built.matrix.design, rows)
    for j in present(cols):
        chosen = cols == j
        coefs = summed(where[chosen], values[chosen], rows.stop - rows.start)
        factor = places.factors[j]
        yield SIZE if factor else VARIABLE, places.design[j], *store.put(coefs / (factor or 1.0))


def _bound(of: str, values: FloatArray, store: SeriesStore) -> Iterator[Found]:
    if np.isfinite(values).any():
        yield of, "", *store.put(np.array(values))
