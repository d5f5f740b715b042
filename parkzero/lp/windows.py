"""Windows: a problem over many steps, solved a fortnight at a time.

What ties one step to the next (the level of a store) is worth little beyond a few days: what a store holds at
the end of a fortnight hardly depends on what happens a week later. So a window is solved with a few days
ahead of it, its own steps are kept, and the next one begins with what they end with. The kept parts make up
values for the whole problem; its duals are put together from those of neighbouring windows where they agree
(``parkzero.lp.seams``). Weak duality over the whole problem then says how far the values are from the best.

Rows over many windows (a cap on the year) are priced; what windows do at several prices is blended until the
rows are kept (``parkzero.lp.blend``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkzero.errors import SolverError
from parkzero.lp.solver import (
    BasisArray,
    Handle,
    Options,
    Problem,
    basis_of,
    begin_at_basis,
    change_costs,
    load,
    quiet,
    set_options,
)
from parkzero.units import FloatArray

IntArray = npt.NDArray[np.int64]

# Days of a window.
DAYS = 14
# Calendars of fewer windows are solved at once.
LEAST_WINDOWS = 4
# Rows over many windows that can be priced together.
MOST_TOTALS = 60
# A row at the turn of the year that names fewer columns ties its last step to its first.
NARROW = 100
NEVER = np.int64(-(2**60))


@dataclass(frozen=True, slots=True)
class Clock:
    """When the columns of a problem happen.

    Attributes:
        steps: step of each column, -1 for one without [columns].
        count: number of steps; they stand in a circle.
        per_day: steps of a day.
    """

    steps: IntArray
    count: int
    per_day: int

    @property
    def edges(self) -> IntArray:
        """First step of each window, and the number of steps [windows + 1]."""
        days = self.count // self.per_day
        return np.round(np.linspace(0, days, days // DAYS + 1)).astype(np.int64) * self.per_day


class Ordered:
    """A problem with rows and columns in the order of their steps; those without a step come last.

    A row belongs to the last step that it names. Rows over more than a day, or without any step, are totals.

    Attributes:
        matrix, cost, low, high, lower, upper, constant: the problem's, in this order.
        rows, columns: place of each row and column in the problem [rows], [columns].
        row_starts, column_starts: where the rows and columns of each step begin [steps + 1].
        count: number of steps.
        fits: whether only totals name columns without a step.
    """

    def __init__(self, problem: Problem, clock: Clock) -> None:
        last, self.fits = _last_steps(problem.matrix, clock)
        at = np.where(clock.steps < 0, clock.count, clock.steps)
        self.count = clock.count
        self.rows, self.columns = np.argsort(last, kind="stable"), np.argsort(at, kind="stable")
        grid = np.arange(clock.count + 1)
        self.row_starts = np.searchsorted(last[self.rows], grid)
        self.column_starts = np.searchsorted(at[self.columns], grid)
        self.matrix = sparse.csr_array(problem.matrix[self.rows][:, self.columns])
        self.cost = problem.cost[self.columns]
        self.lower, self.upper = problem.lower[self.columns], problem.upper[self.columns]
        self.low, self.high = problem.low[self.rows], problem.high[self.rows]
        self.constant = problem.constant

    @property
    def hourly_rows(self) -> int:
        """Number of rows that have a step."""
        return int(self.row_starts[-1])

    @property
    def hourly_columns(self) -> int:
        """Number of columns that have a step."""
        return int(self.column_starts[-1])

    @property
    def totals(self) -> sparse.csr_array:
        """The rows over many windows."""
        return sparse.csr_array(self.matrix[self.hourly_rows :])

    def rows_in(self, first: int, end: int) -> IntArray:
        """Rows of steps ``first`` to ``end`` - 1 around the circle, in order."""
        return _around(self.row_starts, first, end, self.count)

    def columns_in(self, first: int, end: int) -> IntArray:
        """Columns of steps ``first`` to ``end`` - 1 around the circle, in order."""
        return _around(self.column_starts, first, end, self.count)


def _around(starts: IntArray, first: int, end: int, count: int) -> IntArray:
    if first < 0:
        return np.concatenate([np.arange(starts[first + count], starts[count]), np.arange(starts[end])])
    if end > count:
        return np.concatenate([np.arange(starts[first], starts[count]), np.arange(starts[end - count])])
    return np.arange(starts[first], starts[end])


def _last_steps(matrix: sparse.csr_array, clock: Clock) -> tuple[IntArray, bool]:
    """The last step that each row names (the number of steps for totals), and whether all others have one."""
    step = clock.steps[matrix.indices]
    untimed = step < 0
    first, last = _range(matrix.indptr, np.where(untimed, NEVER, step))
    width = np.diff(matrix.indptr)
    turn = (first < clock.per_day) & (last >= clock.count - clock.per_day) & (width < NARROW)
    before = np.where(step >= clock.count // 2, step - clock.count, step)
    turned_first, turned_last = _range(matrix.indptr, np.where(untimed, NEVER, before))
    first, last = np.where(turn, turned_first, first), np.where(turn, turned_last, last)
    total = (last - first > clock.per_day) | (last < 0)
    mixed = np.zeros(len(width), dtype=np.bool_)
    mixed[np.repeat(np.arange(len(width)), width)[untimed]] = True
    return np.where(total, clock.count, last), not bool((mixed & ~total).any())


def _range(starts: npt.NDArray[np.int32], steps: IntArray) -> tuple[IntArray, IntArray]:
    """Smallest and largest step of each row; NEVER, as large as it is, for a row without any."""
    count = len(starts) - 1
    first, last = np.full(count, -NEVER), np.full(count, NEVER)
    some = np.flatnonzero(np.diff(starts))
    if len(some):
        first[some] = np.minimum.reduceat(np.where(steps == NEVER, -NEVER, steps), starts[some])
        last[some] = np.maximum.reduceat(steps, starts[some])
    return first, last


class Window:
    """Some steps of a problem and those ahead of them, as a problem of its own.

    Attributes:
        first, end, reach: its own steps are ``first`` to ``end`` - 1; with those ahead, to ``reach`` - 1.
        rows, columns: which rows and columns of the ordered problem are its own [rows], [columns].
        values, duals: what the last run found [columns], [rows].
    """

    def __init__(self, whole: Ordered, first: int, end: int, reach: int) -> None:
        self.first, self.end, self.reach = first, end, reach
        self.rows = whole.rows_in(first, reach)
        self.columns = whole.columns_in(first, reach)
        part = sparse.csr_array(whole.matrix[self.rows])
        if first < 0:
            # Nothing is known of what stands before: its first levels are free.
            self.columns = np.concatenate([np.setdiff1d(part.indices, self.columns), self.columns])
        place = np.full(whole.matrix.shape[1], -1)
        place[self.columns] = np.arange(len(self.columns))
        self._inside, self._before = _split(part, place, len(self.columns))
        self.values, self.duals = np.zeros(len(self.columns)), np.zeros(len(self.rows))
        self._highs: Handle | None = None
        self._scale = 1.0

    @property
    def named_before(self) -> IntArray:
        """Columns of earlier steps that its rows name."""
        return np.unique(self._before.indices).astype(np.int64)

    def solve(
        self,
        whole: Ordered,
        costs: FloatArray,
        known: FloatArray,
        held: IntArray,
        options: Options,
        basis: tuple[BasisArray, BasisArray] | None,
    ) -> bool:
        """Solve it; return whether there is an optimum.

        Args:
            whole: the ordered problem.
            costs: cost of each of its columns [columns of the whole].
            known: values of what stands before [columns of the whole].
            held: columns that keep their known value.
            options: how to solve.
            basis: where to begin the first time, statuses of columns and rows of the whole; later it begins
                where it ended.
        """
        moved = self._before @ known
        lower, upper = whole.lower[self.columns], whole.upper[self.columns]
        holds = np.isin(self.columns, held)
        lower[holds] = upper[holds] = known[self.columns[holds]]
        problem = Problem(
            self._inside,
            costs[self.columns],
            whole.low[self.rows] - moved,
            whole.high[self.rows] - moved,
            lower,
            upper,
            np.zeros(len(lower), dtype=np.bool_),
        )
        ended = self._highs.getBasis() if self._highs is not None else None
        self._highs = quiet()
        set_options(self._highs, options)
        self._scale = load(self._highs, problem)
        if ended is not None:
            self._highs.setBasis(ended)
        elif basis is not None:
            begin_at_basis(self._highs, basis[0][self.columns], basis[1][self.rows])
        return self._run()

    def hold(self, known: FloatArray, held: IntArray) -> None:
        """Let columns keep their known values from now on."""
        assert self._highs is not None
        for at in np.flatnonzero(np.isin(self.columns, held)):
            value = float(known[self.columns[at]])
            self._highs.changeColBounds(int(at), value, value)

    def again(self, costs: FloatArray) -> bool:
        """Solve it once more at other costs, from where it ended."""
        assert self._highs is not None
        change_costs(self._highs, costs[self.columns] * self._scale)
        return self._run()

    def basis(self) -> tuple[BasisArray, BasisArray]:
        """Statuses of its columns and rows after the last run."""
        assert self._highs is not None
        return basis_of(self._highs)

    def forget(self) -> None:
        """Free what the solver keeps."""
        self._highs = None

    def _run(self) -> bool:
        assert self._highs is not None
        self._highs.run()
        found = self._highs.getSolution()
        if not (found.value_valid and found.dual_valid):
            return False
        self.values, self.duals = np.asarray(found.col_value), np.asarray(found.row_dual) / self._scale
        return True


def _split(
    rows: sparse.csr_array, place: IntArray, width: int
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """The part of some rows inside a window, and the part outside on the columns of the whole."""
    at = place[rows.indices]
    inside = at >= 0
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))

    def part(kept: npt.NDArray[np.bool_], columns: IntArray, count: int) -> sparse.csr_array:
        starts = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=rows.shape[0]))])
        return sparse.csr_array((rows.data[kept], columns[kept], starts), shape=(rows.shape[0], count))

    return part(inside, at, width), part(~inside, rows.indices.astype(np.int64), rows.shape[1])
