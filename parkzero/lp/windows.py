"""Windows of a problem over many steps: some steps and those ahead of them, as a problem of its own.

What ties one step to the next (the level of a store) is worth little beyond a few days: what a store holds at
the end of a fortnight hardly depends on what happens a week later. So a window is solved with a few days
ahead of it, its own steps are kept, and the next one begins with what they end with. The kept parts make up
values for the whole problem; its duals are put together from those of neighbouring windows where they agree
(``parkzero.lp.seams``). Weak duality over the whole problem then says how far the values are from the best.

A column may stand for a part of the year (a month's peak) and be named by rows of all its steps. Windows are
then the parts, and such a column is its window's own. In the days ahead a window sees few of the rows that
name the next part's column: at first they are left away there; once the next part has been solved they stand,
with the column no lower and no dearer than what is not seen of it leaves (``Seen``).

Rows over many windows (a cap on the year) are priced; what windows do at several prices is blended until the
rows are kept (``parkzero.lp.blend``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkzero.lp.solver import (
    AT_LOWER,
    BASIC,
    Basis,
    Options,
    Problem,
    SolverBasis,
    begin_at_basis,
    choose_devex,
    is_optimal,
    load,
    quick_basis_of,
    quiet,
    run,
    set_options,
)
from parkzero.units import FloatArray

IntArray = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Days of a window; where columns stand for parts of the year, the least days of one.
DAYS = 14
WEEK = 7
# Calendars of fewer windows are solved at once.
LEAST_WINDOWS = 4
# Rows over hours of many windows that can be priced together. With those that name parts of the year alone (a
# ratchet's, whose prices mean days tell) it may be more: at 240 ten passes do not find them.
MOST_TOTALS, MOST_IN_ALL = 60, 100
# A row at the turn of the year that names fewer columns ties its last step to its first.
NARROW = 100
NEVER = np.int64(-(2**60))


@dataclass(frozen=True, slots=True)
class Clock:
    """When the columns and rows of a problem happen, and which are alike from step to step.

    Attributes:
        steps: step of each column, -1 for one without [columns]; of one that stands for a part of the year,
            the first of that.
        column_kinds, row_kinds: a number for each block of columns and of rows that stand for one thing in
            all steps, -1 for others [columns], [rows].
        count: number of steps; they stand in a circle.
        per_day: steps of a day.
        parts: first step of each part of the year for which columns stand; none where none does.
        part_kinds: kinds of these columns.
    """

    steps: IntArray
    column_kinds: IntArray
    row_kinds: IntArray
    count: int
    per_day: int
    parts: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    part_kinds: frozenset[int] = frozenset()

    def of(self, columns: Mask, rows: Mask) -> Clock:
        """The clock of some columns and rows."""
        return replace(
            self,
            steps=self.steps[columns],
            column_kinds=self.column_kinds[columns],
            row_kinds=self.row_kinds[rows],
        )

    @property
    def spans(self) -> Mask:
        """Which columns stand for a part of the year [columns]."""
        return np.isin(self.column_kinds, list(self.part_kinds))

    @property
    def edges(self) -> IntArray:
        """First step of each window, and the number of steps [windows + 1].

        Fortnights, of which the last is the longest; where columns stand for parts of the year, these parts:
        one that is short goes with the one before.
        """
        least = DAYS * self.per_day
        if not self.spans.any():
            return np.append(np.arange(max(1, self.count // least)) * least, self.count)
        found = [0]
        for first in sorted(self.parts.tolist())[1:]:
            if first - found[-1] >= least and self.count - first >= least:
                found.append(first)
        return np.array([*found, self.count], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was done, and at which prices, when all windows were solved last.

    Attributes:
        values: of the ordered problem's columns [columns].
        duals: of its rows [rows].
    """

    values: FloatArray
    duals: FloatArray


class Ordered:
    """A problem with rows and columns in the order of their steps; those without a step come last.

    A row belongs to the last step that it names, whatever parts of the year it names beside steps. Rows over
    more than a day, over several parts or without any step are totals.

    Attributes:
        matrix, cost, low, high, lower, upper, constant: the problem's, in this order.
        rows, columns: place of each row and column in the problem [rows], [columns].
        row_starts, column_starts: where the rows and columns of each step begin [steps + 1].
        row_steps, column_steps: step of each, the number of steps for those without [rows], [columns].
        row_kinds, column_kinds: which are alike from step to step [rows], [columns].
        count, week: number of steps, and of those of a week.
        fits: whether only totals name columns without a step, and no row another window's part of the year.
        spans: which columns stand for a part of the year [columns].
        span_columns: the same, by number.
        by_span: the rows with a step over these columns alone, CSC [rows with a step x such columns].
        names_part, parts_only: which rows with a step name such columns, and no others [rows with a step].
    """

    def __init__(self, problem: Problem, clock: Clock) -> None:
        last, self.fits = _last_steps(problem.matrix, clock)
        at = np.where(clock.steps < 0, clock.count, clock.steps)
        self.count, self.week = clock.count, WEEK * clock.per_day
        self.rows, self.columns = np.argsort(last, kind="stable"), np.argsort(at, kind="stable")
        self.row_steps, self.column_steps = last[self.rows], at[self.columns]
        self.row_kinds, self.column_kinds = clock.row_kinds[self.rows], clock.column_kinds[self.columns]
        grid = np.arange(clock.count + 1)
        self.row_starts = np.searchsorted(self.row_steps, grid)
        self.column_starts = np.searchsorted(self.column_steps, grid)
        place = np.empty(len(at), dtype=problem.matrix.indices.dtype)
        place[self.columns] = np.arange(len(at))
        picked = sparse.csr_array(problem.matrix[self.rows])
        self.matrix = sparse.csr_array((picked.data, place[picked.indices], picked.indptr), picked.shape)
        self.cost = problem.cost[self.columns]
        self.lower, self.upper = problem.lower[self.columns], problem.upper[self.columns]
        self.low, self.high = problem.low[self.rows], problem.high[self.rows]
        self.constant = problem.constant
        self.spans = clock.spans[self.columns]
        self.span_columns = np.flatnonzero(self.spans)
        stepped = sparse.csr_array(self.matrix[: self.hourly_rows])
        self.by_span = sparse.csc_array(sparse.csc_array(stepped)[:, self.span_columns])
        named = np.bincount(self.by_span.indices, minlength=self.hourly_rows)
        self.names_part = named > 0
        self.parts_only = self.names_part & (named == np.diff(stepped.indptr))
        of_window = np.searchsorted(clock.edges, self.column_steps[self.span_columns], side="right")
        entries = sparse.coo_array(self.by_span)
        own = np.searchsorted(clock.edges, self.row_steps[entries.row], side="right")
        self.fits = self.fits and bool((own == of_window[entries.col]).all())

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

    @property
    def few_totals(self) -> bool:
        """Whether these can be priced together."""
        hourly = (self.column_steps < self.count) & ~self.spans
        wide = np.count_nonzero(abs(self.totals) @ hourly.astype(float))
        return bool(wide <= MOST_TOTALS and len(self.low) - self.hourly_rows <= MOST_IN_ALL)

    def of_kinds(self, step: int) -> dict[int, int]:
        """The columns of a step by their kind."""
        columns = self.columns_in(step, step + 1)
        return dict(zip(self.column_kinds[columns].tolist(), columns.tolist(), strict=True))

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
    step, width = clock.steps[matrix.indices], np.diff(matrix.indptr)
    of_row, untimed = np.repeat(np.arange(len(width)), width), step < 0
    spanning = clock.spans[matrix.indices]
    stepped = _some(of_row[~(untimed | spanning)], len(width))
    step[untimed | (spanning & stepped[of_row])] = NEVER
    first, last = _range(matrix.indptr, step)
    turn = np.flatnonzero((first < clock.per_day) & (last >= clock.count - clock.per_day) & (width < NARROW))
    at_turn = sparse.csr_array((step, matrix.indices, matrix.indptr), matrix.shape)[turn]
    before = np.where(at_turn.data >= clock.count // 2, at_turn.data - clock.count, at_turn.data)
    first[turn], last[turn] = _range(at_turn.indptr, before)
    mixed = _some(of_row[untimed], len(width))
    total = (last - first > clock.per_day) | (last < 0) | (mixed & ~stepped)
    return np.where(total, clock.count, last), not bool((mixed & ~total).any())


def _some(rows: IntArray, count: int) -> Mask:
    """Which of so many rows occur."""
    found = np.zeros(count, dtype=np.bool_)
    found[rows] = True
    return found


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
        first, end, reach: its own steps are ``first`` to ``end`` - 1; with those ahead, to ``reach`` - 1. The
            turn of the year begins before it.
        rows, columns: which rows and columns of the ordered problem are its own [rows], [columns].
        own_rows, own_columns: how many of them, the first ones, belong to its own steps.
        values, duals: what the last run found [columns], [rows].
    """

    def __init__(self, whole: Ordered, first: int, end: int, reach: int) -> None:
        self.first, self.end, self.reach = first, end, reach
        self.rows = whole.rows_in(first, reach)
        self.columns = whole.columns_in(first, reach)
        self._whole = whole
        if first < 0 and len(whole.span_columns):
            self._take_parts()
        part = sparse.csr_array(whole.matrix[self.rows])
        earlier = np.setdiff1d(part.indices, self.columns) if first < 0 else self.columns[:0]
        self.own_rows = int(np.sum(self.rows < whole.row_starts[end]))
        self.own_columns = int(np.sum(self.columns < whole.column_starts[end]))
        ahead = (np.arange(len(self.rows)) >= self.own_rows) | (first < 0)
        self._ahead = np.flatnonzero(whole.names_part[self.rows] & ahead)
        self._parts = [
            _AheadPart(whole, self.rows, place, column)
            for place, column in enumerate(self.columns.tolist())
            if whole.spans[column] and (place >= self.own_columns or first < 0)
        ]
        place = np.full(whole.matrix.shape[1], -1)
        place[self.columns] = np.arange(len(self.columns))
        # Nothing is known of what stands before the turn of the year: it begins with what it ends with.
        last = whole.of_kinds(reach - 1)
        for column in earlier:
            place[column] = place[last.get(int(whole.column_kinds[column]), column)]
        inside, self._before = _split(part, place, len(self.columns))
        self._problem = Problem(
            inside,
            whole.cost[self.columns],
            whole.low[self.rows],
            whole.high[self.rows],
            whole.lower[self.columns],
            whole.upper[self.columns],
            np.zeros(len(self.columns), dtype=np.bool_),
        )
        self.values, self.duals = np.zeros(len(self.columns)), np.zeros(len(self.rows))
        self._ended: SolverBasis | None = None
        self._basis: Basis = (np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int8))

    def _take_parts(self) -> None:
        """Add the parts of the year that the rows at its turn name, and the rows of such parts alone."""
        whole = self._whole
        named = np.unique(sparse.coo_array(sparse.csr_array(whole.by_span)[self.rows]).col)
        alone = np.unique(sparse.coo_array(whole.by_span[:, named]).row)
        alone = alone[whole.parts_only[alone]]
        named = np.union1d(named, np.unique(sparse.coo_array(sparse.csr_array(whole.by_span)[alone]).col))
        self.columns = _with(self.columns, whole.span_columns[named])
        self.rows = _with(self.rows, alone)

    @property
    def named_before(self) -> IntArray:
        """Columns of earlier steps that its rows name."""
        return np.unique(self._before.indices).astype(np.int64)

    def fits(self, basis: Basis) -> bool:
        """Whether a basis has as many columns and rows."""
        return len(basis[0]) == len(self.columns) and len(basis[1]) == len(self.rows)

    def basis(self) -> Basis:
        """Statuses of its columns and rows after the last run."""
        return self._basis

    def solve(
        self,
        costs: FloatArray,
        known: FloatArray,
        held: IntArray,
        options: Options,
        basis: Basis | None = None,
        seen: Seen | None = None,
    ) -> bool:
        """Solve it, from where it ended before; return whether there is an optimum.

        Args:
            costs: cost of each column of the whole [columns of the whole].
            known: values of what stands before and is held [columns of the whole].
            held: columns that keep their known value.
            options: how to solve.
            basis: where to begin the first time: statuses of its columns and rows.
            seen: what was done elsewhere, where other parts of the year reach into the days ahead.
        """
        if not len(self.columns):
            return True  # nothing to choose for a fortnight
        moved = self._before @ known
        lower, upper = self._problem.lower.copy(), self._problem.upper.copy()
        holds = np.isin(self.columns, held)
        lower[holds] = upper[holds] = known[self.columns[holds]]
        low, high, own = self._problem.low - moved, self._problem.high - moved, costs[self.columns]
        # A charge that rounding leaves below zero would have no optimum.
        own = np.where(self._whole.spans[self.columns], np.maximum(own, 0.0), own)
        if seen is None:
            low[self._ahead], high[self._ahead] = -np.inf, np.inf
        else:
            for part in self._parts:
                lower[part.place] = max(lower[part.place], part.least(seen))
                own[part.place] = max(0.0, own[part.place] - part.charged(seen))
        problem = replace(self._problem, cost=own, low=low, high=high, lower=lower, upper=upper)
        # A solver that is kept for each window would take more memory than it spares time.
        highs = quiet()
        set_options(highs, options)
        choose_devex(highs)
        scale = load(highs, problem)
        if self._ended is not None:
            highs.setBasis(self._ended)
        elif basis is not None:
            begin_at_basis(highs, *basis)
        run(highs)
        if not is_optimal(highs):  # from another window's basis the simplex may lose its way
            highs.clearSolver()
            run(highs)
        found = highs.getSolution()
        if not (is_optimal(highs) and found.value_valid and found.dual_valid):
            return False
        self.values, self.duals = np.asarray(found.col_value), np.asarray(found.row_dual) / scale
        self._ended = highs.getBasis()
        self._basis = quick_basis_of(highs, problem, self.values, np.asarray(found.row_value))
        return True


class _AheadPart:
    """A part of the year of which a window sees some days ahead: what it does not see of it.

    Args:
        whole: the ordered problem.
        rows: the window's rows.
        place: where the part's column stands in the window.
        column: where it stands in the whole.
    """

    def __init__(self, whole: Ordered, rows: IntArray, place: int, column: int) -> None:
        self.place, self._column = place, column
        named = whole.by_span[:, [int(np.searchsorted(whole.span_columns, column))]]
        unseen = ~np.isin(named.indices, rows) & ~whole.parts_only[named.indices]
        self._rows, self._data = named.indices[unseen], named.data[unseen]
        self._sides = np.where(self._data < 0, whole.high[self._rows], whole.low[self._rows])
        self._matrix = sparse.csr_array(whole.matrix[self._rows])

    def least(self, seen: Seen) -> float:
        """What the rows that are not seen ask of the column; minus infinity where they ask nothing."""
        others = self._matrix @ seen.values - self._data * seen.values[self._column]
        asked = ((self._sides - others) / self._data)[np.isfinite(self._sides)]
        return float(asked.max(initial=-np.inf))

    def charged(self, seen: Seen) -> float:
        """What of the column's cost those rows bear."""
        return float(self._data @ seen.duals[self._rows])


class Habit:
    """What was basic in each step of the last window: the next one, some weeks later, is much like it."""

    def __init__(self, whole: Ordered, per_day: int) -> None:
        self._whole, self._period = whole, DAYS * per_day
        self._length = self._first = 0
        self._columns = self._rows = np.zeros((0, 0), dtype=np.int8)

    def learn(self, window: Window) -> None:
        """Take over where a window ended."""
        self._length, self._first = window.reach - window.first, window.first
        whole, (columns, rows) = self._whole, window.basis()
        # Kind -1 is the last line of a table, which nothing else uses.
        columns_shape = int(whole.column_kinds.max(initial=0)) + 2, self._length
        self._columns = np.full(columns_shape, AT_LOWER, dtype=np.int8)
        self._rows = np.full((int(whole.row_kinds.max(initial=0)) + 2, self._length), BASIC, dtype=np.int8)
        (kinds, steps), (row_kinds, row_steps) = self._places(window)
        self._columns[kinds, steps], self._rows[row_kinds, row_steps] = columns, rows

    def basis(self, window: Window) -> Basis | None:
        """Where to begin a window; None where nothing is known."""
        if not self._length:
            return None
        columns, rows = self._places(window)
        return self._columns[columns], self._rows[rows]

    def _places(self, window: Window) -> tuple[tuple[IntArray, IntArray], tuple[IntArray, IntArray]]:
        """Kind, and step from the window's first on, of its columns and of its rows.

        The year's last window is longer than the others: its last days are like those a fortnight before.
        Months begin on any day of the week and are of several lengths: a day is like the one as many weeks
        earlier as it takes.
        """
        whole = self._whole

        def since(steps: IntArray) -> IntArray:
            offset = steps - window.first
            if not len(whole.span_columns):
                return np.where(offset < self._length, offset, offset - self._period)
            offset = offset + (window.first - self._first) % whole.week
            weeks = np.maximum(0, -((self._length - 1 - offset) // whole.week))
            like: IntArray = np.clip(offset - weeks * whole.week, 0, self._length - 1)
            return like

        steps = whole.column_steps[window.columns]
        at = np.where(whole.spans[window.columns], steps != window.first, since(steps))
        return (
            (whole.column_kinds[window.columns], at),
            (whole.row_kinds[window.rows], since(whole.row_steps[window.rows])),
        )


def _with(some: IntArray, more: IntArray) -> IntArray:
    """Some numbers and those that are not among them."""
    return np.concatenate([some, np.setdiff1d(more, some)])


def _split(rows: sparse.csr_array, place: IntArray, width: int) -> tuple[sparse.csr_array, sparse.csr_array]:
    """The part of some rows inside a window, and the part outside on the columns of the whole."""
    at = place[rows.indices]
    inside = at >= 0
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))

    def part(kept: Mask, columns: IntArray, count: int) -> sparse.csr_array:
        starts = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=rows.shape[0]))])
        return sparse.csr_array((rows.data[kept], columns[kept], starts), shape=(rows.shape[0], count))

    return part(inside, at, width), part(~inside, rows.indices.astype(np.int64), rows.shape[1])
