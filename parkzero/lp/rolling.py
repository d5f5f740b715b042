"""Solving a problem window by window, each beginning with what the one before ends with.

See ``parkzero.lp.windows`` for why this is nearly exact, and what it does about rows over all windows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from parkzero.lp.blend import Blend, Pass, blended
from parkzero.lp.seams import joined_duals
from parkzero.lp.solver import REACH, BasisArray, Options, Problem, Residuals, Solution, checked, dual_bound
from parkzero.lp.windows import LEAST_WINDOWS, MOST_TOTALS, Clock, IntArray, Ordered, Window
from parkzero.units import FloatArray

Guess = Callable[[], FloatArray | None]
"""Guessed duals of rows over all windows, zero elsewhere [rows]; None where none binds."""

# Values this near to the proven bound, relative to it, are an optimum.
NEAR = 1e-5
# Days that a window looks ahead at first, and where that is not enough.
AHEAD = (2, 7)
# For each time that it is rolled: within which share of the best prices so far others are asked at first.
BOXES = (0.25, 0.05, 0.02)
MOST_PASSES = 10
# Prices that differ by less than this share are the same.
SAME = 1e-6
BASIC, AT_LOWER = 1, 0


@dataclass(frozen=True, slots=True)
class Start:
    """Where to begin: where a similar problem ended, or nowhere.

    Attributes:
        basis: the solver's status of each column and row [columns], [rows].
        prices: duals of the rows over all windows, zero elsewhere [rows].
    """

    basis: tuple[BasisArray, BasisArray] | None = None
    prices: FloatArray | None = None


NOWHERE = Start()


class Rolling:
    """A problem in windows.

    Args:
        problem: the problem, without whole numbers.
        clock: when its columns happen.
        ahead: days that a window looks ahead.
        options: how to solve a window.
        start: where to begin.
    """

    def __init__(self, problem: Problem, clock: Clock, ahead: int, options: Options, start: Start) -> None:
        self._problem, self._options = problem, options
        self.whole = Ordered(problem, clock)
        edges = clock.edges
        self.fits = self.whole.fits and len(edges) > LEAST_WINDOWS and self._totals <= MOST_TOTALS
        self.prices = np.zeros(self._totals)
        if not self.fits:
            return
        whole, count, steps = self.whole, clock.count, ahead * clock.per_day
        self._turn = Window(whole, -steps, 0, steps)
        self._year = [
            Window(whole, a, b, min(b + steps, count)) for a, b in zip(edges[:-1], edges[1:], strict=True)
        ]
        self._window_of = np.searchsorted(edges, np.arange(count), side="right") - 1
        self._basis: tuple[BasisArray, BasisArray] | None = None
        if start.basis is not None:
            self._basis = start.basis[0][whole.columns], start.basis[1][whole.rows]
        if start.prices is not None:
            self.prices = self.of_totals(start.prices)

    @property
    def _totals(self) -> int:
        return len(self.whole.low) - self.whole.hourly_rows

    def of_totals(self, prices: FloatArray) -> FloatArray:
        """Prices of the totals, out of those of all rows."""
        found: FloatArray = prices[self.whole.rows][self.whole.hourly_rows :]
        return found

    def roll(self, prices: FloatArray) -> Pass | None:
        """Solve window after window at some prices; None where one has no optimum."""
        whole = self.whole
        costs = whole.cost - whole.totals.T @ prices
        values = np.zeros(len(costs))
        nothing = np.zeros(0, dtype=np.int64)
        if not self._turn.solve(whole, costs, values, nothing, self._options, self._basis):
            return None
        closing = self._year[0].named_before
        turn = np.zeros(len(costs))
        turn[self._turn.columns] = self._turn.values
        values[closing] = turn[closing]
        for window in self._year:
            held = closing if window.reach == whole.count else nothing
            if not window.solve(whole, costs, values, held, self._options, self._basis):
                return None
            self._keep(window, values)
        return self._passed(prices, costs, values)

    def reprice(self, prices: FloatArray, held: FloatArray) -> Pass | None:
        """Solve all windows again at other prices, with what they hand on held at given values."""
        whole = self.whole
        costs = whole.cost - whole.totals.T @ prices
        values = held.copy()
        if not self._turn.again(costs):
            return None
        for window, later in zip(self._year, [*self._year[1:], None], strict=True):
            if later is not None:
                window.hold(held, later.named_before)
            if not window.again(costs):
                return None
            self._keep(window, values)
        return self._passed(prices, costs, values)

    def ended(self, prices: FloatArray) -> Start:
        """Where it ended, in the order of the problem."""
        whole = self.whole
        columns = np.full(len(whole.cost), AT_LOWER, dtype=np.int8)
        rows = np.full(len(whole.low), BASIC, dtype=np.int8)
        for window in self._year:
            of_columns, of_rows = window.basis()
            own = window.columns < whole.column_starts[window.end]
            columns[window.columns[own]] = of_columns[own]
            own = window.rows < whole.row_starts[window.end]
            rows[window.rows[own]] = of_rows[own]
        kept = np.concatenate([np.zeros(whole.hourly_rows), prices])
        basis = np.empty_like(columns), np.empty_like(rows)
        basis[0][whole.columns], basis[1][whole.rows] = columns, rows
        return Start(basis, _back(kept, whole.rows))

    def in_order(self, values: FloatArray, duals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values and duals in the order of the problem."""
        return _back(values, self.whole.columns), _back(duals, self.whole.rows)

    def mixed(self, passes: list[Pass], blend: Blend) -> FloatArray:
        """The values of a mixture of passes [columns]."""
        whole = self.whole
        steps = np.repeat(np.arange(whole.count), np.diff(whole.column_starts))
        of_column = self._window_of[steps]
        values = np.concatenate([np.zeros(whole.hourly_columns), blend.untimed])
        for share, done in zip(blend.shares, passes, strict=True):
            if share.any():
                values[: whole.hourly_columns] += share[of_column] * done.values[: whole.hourly_columns]
        return values

    def _keep(self, window: Window, values: FloatArray) -> None:
        own = window.columns < self.whole.column_starts[window.end]
        values[window.columns[own]] = window.values[own]

    def _passed(self, prices: FloatArray, costs: FloatArray, values: FloatArray) -> Pass:
        whole, hourly = self.whole, self.whole.hourly_columns
        duals = joined_duals(whole, [self._turn, *self._year], values, costs, prices)
        reach = REACH * max(1.0, float(np.abs(values).max(initial=0.0)))
        bound, _ = dual_bound(self._problem, _back(duals, whole.rows), reach)
        count = len(self._year)
        steps = np.repeat(np.arange(whole.count), np.diff(whole.column_starts))
        of_column = self._window_of[steps]
        spent = np.bincount(of_column, whole.cost[:hourly] * values[:hourly], count)
        totals = whole.totals
        row = np.repeat(np.arange(totals.shape[0]), np.diff(totals.indptr))
        timed = totals.indices < hourly
        at = totals.indices[timed]
        taken = np.bincount(
            of_column[at] * totals.shape[0] + row[timed], totals.data[timed] * values[at], count * totals.shape[0]
        )
        return Pass(prices, values, spent, taken.reshape(count, -1), bound, duals)


def _back(ordered: FloatArray, order: IntArray) -> FloatArray:
    found = np.empty_like(ordered)
    found[order] = ordered
    return found


def solve_in_windows(
    problem: Problem,
    clock: Clock,
    options: Options,
    start: Start = NOWHERE,
    guess: Guess | None = None,
    enough: float = NEAR,
) -> tuple[Solution, Start] | None:
    """Solve a problem over many steps window by window.

    Args:
        problem: the problem, without whole numbers.
        clock: when its columns happen.
        options: how to solve a window.
        start: where to begin.
        guess: asked for prices of rows over all windows where these bind and nothing is known of them.
        enough: relative distance from the proven bound that will do where ``NEAR`` is not reached.

    Returns:
        Values as near as that to the proven bound, and where it ended; None where windows do not fit the
        problem or do not come near enough.
    """
    begun = time.perf_counter()
    for ahead in AHEAD:
        rolling = Rolling(problem, clock, ahead, options, start)
        if not rolling.fits:
            return None
        found = _closed(rolling, guess)
        if found is None:
            return None
        passes, blend = found
        best = _best(passes)
        start = rolling.ended(best.prices)
        if _near(blend, best, max(enough, NEAR)):
            values, duals = rolling.in_order(rolling.mixed(passes, blend), best.duals)
            return _told(problem, values, duals, options, time.perf_counter() - begun), start
    return None


def _told(problem: Problem, values: FloatArray, duals: FloatArray, options: Options, seconds: float) -> Solution:
    nothing, unknown = np.zeros(0), Residuals(np.inf, np.inf, np.inf)
    raw = Solution("optimal", nothing, nothing, nothing, np.nan, -np.inf, unknown, options.method, seconds)
    return checked(problem, values, duals, raw)


def _closed(rolling: Rolling, guess: Guess | None) -> tuple[list[Pass], Blend] | None:
    """Passes and their best mixture, as near as looking so far ahead comes; None where a window has none."""
    prices = rolling.prices
    for box in BOXES:
        first = rolling.roll(prices)
        if first is None:
            return None
        known = prices.any() or guess is None
        passes, blend = _asked(rolling, first, MOST_PASSES if known else 0, box)
        if blend is None:
            return None
        if _near(blend, _best(passes)):
            break
        guessed = guess() if guess is not None and not known else None
        rolled = prices
        prices, guess = blend.prices if guessed is None else rolling.of_totals(guessed), None
        if _same(prices, rolled):
            break
    return passes, blend


def _near(blend: Blend, best: Pass, share: float = NEAR) -> bool:
    return bool(np.isfinite(blend.cost)) and blend.cost - best.bound <= share * max(1.0, abs(blend.cost))


def _same(one: FloatArray, other: FloatArray) -> bool:
    return bool(np.allclose(one, other, rtol=SAME, atol=0.0))


def _asked(rolling: Rolling, first: Pass, most: int, box: float) -> tuple[list[Pass], Blend | None]:
    """Passes at better and better prices, until their best mixture is near enough or nothing new is asked.

    Prices are kept within a share ``box`` of the best so far, and within twice that each time the best lie
    at its edge.
    """
    passes, least = [first], box
    blend = blended(rolling.whole, passes, box)
    while len(passes) <= most and blend is not None and not _near(blend, _best(passes)):
        if any(_same(blend.prices, done.prices) for done in passes):
            break
        done = rolling.reprice(blend.prices, first.values)
        if done is None:
            return passes, None
        passes.append(done)
        box = max(least, box / 4) if np.isfinite(blend.cost) else 2 * box
        blend = blended(rolling.whole, passes, box)
    return passes, blend


def _best(passes: list[Pass]) -> Pass:
    return max(passes, key=lambda done: done.bound)
