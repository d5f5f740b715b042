"""Solving a problem window by window, each beginning with what the one before ends with.

See ``parkzero.lp.windows`` for why this is nearly exact, and what it does about rows over all windows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
from scipy import sparse

from parkzero.lp.blend import WIDE, Blend, Pass, blended
from parkzero.lp.seams import joined_duals
from parkzero.lp.solver import REACH, Basis, Options, Point, Problem, Solution, checked, dual_bound, unjudged
from parkzero.lp.windows import LEAST_WINDOWS, Clock, Habit, IntArray, Ordered, Seen, Window
from parkzero.units import FloatArray

Guess = Callable[[], FloatArray | None]
"""Guessed duals of rows over all windows, zero elsewhere [rows]; None where none binds."""

# Values this near to the proven bound, relative to it, are an optimum.
NEAR = 1e-5
# Where a distance is enough, it is tried to come within this share of it.
AIM = 0.25
# Days that a window looks ahead at first, and where that is not enough.
AHEAD = (2, 7)
# So many times as far as is enough is almost near, and fairly near.
ALMOST, FAIRLY = 1.5, 10.0
# A known price that changes costs by less than this share of the largest is none.
TELLING = 1e-7
# For each time that it is rolled: within which share of the best prices so far others are asked at first.
BOXES = (0.25, 0.05, 0.02)
# The same for what follows a change, where other prices are asked once or twice, the first farther away.
FOLLOWING = (0.5, *BOXES)
MOST_PASSES = 10
# Windows are asked at other prices a share of them at a time: every fourth window, the next ones, and so on.
SHARES = 4
# What is bought beside the steps sets a price if it is further from its bounds than this share of it.
USED = 1e-4
# Prices that differ by less than this share are the same.
SAME = 1e-6
# Where columns stand for parts of the year, windows are solved once more if they are farther from their bound
# than this share of what is enough: they then know what the next part asks.
ONCE_MORE = 0.25
IN_WINDOWS = " in windows"
NOTHING, NO_PRICES = np.zeros(0, dtype=np.int64), np.zeros(0)


class Rolling:
    """A problem in windows.

    Args:
        problem: the problem, without whole numbers.
        clock: when its columns and rows happen.
        ahead: days that a window looks ahead.
        options: how to solve a window.
        enough: relative distance from the proven bound that will do.
        seen: how a similar problem was solved, where columns stand for parts of the year.
    """

    def __init__(
        self, problem: Problem, clock: Clock, ahead: int, options: Options, enough: float = NEAR,
        seen: Point | None = None,
    ) -> None:  # fmt: skip
        self._problem, self._options, self._enough = problem, options, enough
        self.whole = whole = Ordered(problem, clock)
        edges, count, steps = clock.edges, clock.count, ahead * clock.per_day
        self.totals = len(whole.low) - whole.hourly_rows
        self.fits = whole.fits and len(edges) > LEAST_WINDOWS and whole.few_totals
        if not self.fits:
            return
        self._turn = Window(whole, -steps, 0, steps)
        self._year = [Window(whole, a, b, min(b + steps, count)) for a, b in pairwise(edges.tolist())]
        self._closing = self._year[0].named_before
        self._window_of = np.searchsorted(edges, whole.column_steps[: whole.hourly_columns], side="right") - 1
        self._habit = Habit(whole, clock.per_day)
        self._begin: tuple[Basis, ...] = ()
        self._seen: Seen | None = None
        if seen is not None and len(whole.span_columns):
            self.begin_at(seen.bases)
            self._seen = Seen(seen.values[whole.columns], seen.duals[whole.rows])

    @property
    def bases(self) -> tuple[Basis, ...]:
        """Where the windows ended, the turn of the year first."""
        return tuple(window.basis() for window in (self._turn, *self._year))

    def begin_at(self, bases: tuple[Basis, ...]) -> None:
        """Begin where the windows of a similar problem ended; bases that do not fit are passed over."""
        windows = [self._turn, *self._year]
        if len(bases) == len(windows) and all(w.fits(b) for w, b in zip(windows, bases, strict=True)):
            self._begin = bases

    def of_totals(self, prices: FloatArray) -> FloatArray:
        """Prices of the totals, out of those of all rows."""
        return self.telling(prices[self.whole.rows][self.whole.hourly_rows :])

    def telling(self, found: FloatArray) -> FloatArray:
        """Prices of the totals; one that leans on a missing bound is zero, and so is one that hardly tells.

        What a solver's rounding leaves of a price would be the size of the box around it.
        """
        whole, first = self.whole, self.whole.hourly_rows
        leans = np.where(found > 0, whole.low[first:], whole.high[first:])
        most = abs(whole.totals).max(axis=1).toarray().ravel() if self.totals else NOTHING
        tells = np.abs(found) * most > TELLING * np.abs(whole.cost).max(initial=0.0)
        return np.where(np.isfinite(leans) & tells, found, 0.0)

    def moved(self, prices: FloatArray, values: FloatArray) -> FloatArray:
        """Prices of the totals where other costs set them: of what is bought beside the steps [totals].

        Args:
            prices: in a similar problem [totals].
            values: in that [columns].
        """
        whole, first = self.whole, self.whole.hourly_columns
        beside = sparse.csc_array(whole.totals[:, first:])
        lower, upper, bought = whole.lower[first:], whole.upper[first:], values[whole.columns][first:]
        least = USED * np.maximum(1.0, np.abs(bought))
        sets = (np.diff(beside.indptr) == 1) & (bought - lower > least) & (upper - bought > least)
        at = beside.indptr[:-1][sets]
        reduced = (whole.cost[first:] - beside.T @ prices)[sets]
        found = prices.copy()
        found[beside.indices[at]] += reduced / beside.data[at]
        return found

    def roll(self, prices: FloatArray) -> Pass | None:
        """Solve window after window at some prices; None where one has no optimum.

        Where columns stand for parts of the year and the bound is far, once more: each window then knows what
        the next part asks. Values are the cheaper ones, duals those that prove more.
        """
        found = self._rolled(prices)
        if found is None or not len(self.whole.span_columns):
            return found
        cost = self._charged(found)
        if cost - found.bound > ONCE_MORE * self._enough * max(1.0, abs(cost)):
            self._seen = Seen(found.values, found.duals)
            more = self._rolled(prices)
            if more is not None:
                cheaper = more if self._charged(more) <= cost else found
                proven = max(found, more, key=_bound)
                found = replace(cheaper, bound=proven.bound, duals=proven.duals)
        self._seen = Seen(found.values, found.duals)
        return found

    def _charged(self, done: Pass) -> float:
        """What all windows cost with the prices of the totals, less what these bring where they are kept."""
        first = self.whole.hourly_rows
        sides = np.where(done.prices > 0, self.whole.low[first:], self.whole.high[first:])
        kept = float(done.prices @ np.where(done.prices != 0, sides, 0.0))
        return float(done.costs.sum() - done.prices @ done.taken.sum(axis=0)) + kept + self.whole.constant

    def _rolled(self, prices: FloatArray) -> Pass | None:
        """Solve window after window once."""
        whole = self.whole
        costs = whole.cost - whole.totals.T @ prices
        values, turn = np.zeros(len(costs)), np.zeros(len(costs))
        begin, *later = self._begin or (None,) * (len(self._year) + 1)
        if not self._turn.solve(costs, values, NOTHING, self._options, begin, self._seen):
            return None
        turn[self._turn.columns] = self._turn.values
        values[self._closing] = turn[self._closing]
        for window, basis in zip(self._year, later, strict=True):
            held = self._closing if window.reach == whole.count else NOTHING
            basis_now = basis or self._habit.basis(window)
            if not window.solve(costs, values, held, self._options, basis_now, self._seen):
                return None
            if basis is None:
                self._habit.learn(window)
            _keep(window, values)
        return self._passed(prices, costs, values)

    def reprice(
        self, prices: FloatArray, known: FloatArray, will_do: Callable[[Pass], bool] = lambda _: False
    ) -> Pass | None:
        """Solve windows again at other prices, with what they hand on held at known values.

        Args:
            prices: of the totals [totals].
            known: what was done at other prices [columns].
            will_do: asked now and then whether what was done so far will do; the other windows then stay as
                they are known, and the pass proves no bound.

        Returns:
            The pass; None where a window has no optimum.
        """
        costs = self.whole.cost - self.whole.totals.T @ prices
        values, count = known.copy(), len(self._year)
        for share in range(SHARES):
            for i in range(share, count, SHARES):
                window, later = self._year[i], self._year[(i + 1) % count]
                held = np.union1d(later.named_before, self._closing)
                if not window.solve(costs, known, held, self._options, seen=self._seen):
                    return None
                _keep(window, values)
            if share + 1 < SHARES:
                so_far = Pass(prices, values, *self._done(values), -np.inf, NO_PRICES)
                if will_do(so_far):
                    return so_far
        if not self._turn.solve(costs, known, NOTHING, self._options, seen=self._seen):
            return None
        return self._passed(prices, costs, values)

    def in_order(self, values: FloatArray, duals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values and duals in the order of the problem."""
        return _back(values, self.whole.columns), _back(duals, self.whole.rows)

    def mixed(self, passes: list[Pass], blend: Blend) -> FloatArray:
        """The values of a mixture of passes [columns]."""
        hourly = self.whole.hourly_columns
        values = np.concatenate([np.zeros(hourly), blend.untimed])
        for share, done in zip(blend.shares, passes, strict=True):
            if share.any():
                values[:hourly] += share[self._window_of] * done.values[:hourly]
        return values

    def _passed(self, prices: FloatArray, costs: FloatArray, values: FloatArray) -> Pass:
        """What was done, and what it proves."""
        whole = self.whole
        duals = joined_duals(whole, [self._turn, *self._year], values, costs, prices)
        reach = REACH * max(1.0, float(np.abs(values).max(initial=0.0)))
        bound, _ = dual_bound(self._problem, _back(duals, whole.rows), reach)
        return Pass(prices, values, *self._done(values), bound, duals)

    def _done(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What each window costs, and what it takes of each total [windows], [windows x totals]."""
        whole, hourly = self.whole, self.whole.hourly_columns
        spent, taken = np.zeros(len(self._year)), np.zeros((len(self._year), self.totals))
        np.add.at(spent, self._window_of, whole.cost[:hourly] * values[:hourly])
        totals = sparse.coo_array(whole.totals[:, :hourly])
        np.add.at(taken, (self._window_of[totals.col], totals.row), totals.data * values[totals.col])
        return spent, taken


def _keep(window: Window, values: FloatArray) -> None:
    values[window.columns[: window.own_columns]] = window.values[: window.own_columns]


def _back(ordered: FloatArray, order: IntArray) -> FloatArray:
    found = np.empty_like(ordered)
    found[order] = ordered
    return found


def solve_in_windows(
    problem: Problem,
    clock: Clock,
    options: Options,
    guess: Guess | None = None,
    enough: float = NEAR,
    known: FloatArray | None = None,
    before: Point | None = None,
    seen: Point | None = None,
) -> Solution | None:
    """Solve a problem over many steps window by window.

    Args:
        problem: the problem, without whole numbers.
        clock: when its columns happen.
        options: how to solve a window.
        guess: asked for prices of rows over all windows, where these bind.
        enough: relative distance from the proven bound that will do where ``NEAR`` is not reached.
        known: prices of rows over all windows in a similar problem, to begin with [rows].
        before: where that was solved: values that are still near enough stand.
        seen: where the same problem was solved with other sides, where columns stand for parts of the year.

    Returns:
        Values as near as that to the proven bound; None where windows do not fit the problem or do not come
        near enough.
    """
    begun = time.perf_counter()
    prices: FloatArray | None = None
    for ahead in AHEAD:
        rolling = Rolling(problem, clock, ahead, options, max(enough, NEAR), seen)
        if not rolling.fits:
            return None
        if prices is None:
            prices = np.zeros(rolling.totals) if known is None else rolling.of_totals(known)
        first, follows = None, before is not None
        if before is not None:
            rolling.begin_at(before.bases)
        if before is not None and len(before.values):
            prices = rolling.moved(prices, before.values)
            first = rolling.roll(prices)
            kept = _still_near(rolling, problem, first, before.values, options, enough, begun)
            if kept is not None:
                return kept
        before = None
        # What only has to follow a change need come no nearer than that.
        aim, boxes = (enough, FOLLOWING) if follows else (AIM * enough, BOXES)
        found = _closed(rolling, prices, guess, max(NEAR, aim), max(enough, NEAR), boxes, first)
        if found is None:
            return None
        passes, blend = found
        prices, guess = _best(passes).prices, None
        if _near(blend, _best(passes), max(enough, NEAR)):
            values, duals = rolling.in_order(rolling.mixed(passes, blend), _best(passes).duals)
            told = in_windows(problem, values, duals, options, time.perf_counter() - begun)
            return replace(told, bases=rolling.bases) if told.status == "optimal" else None
    return None


def _still_near(
    rolling: Rolling,
    problem: Problem,
    done: Pass | None,
    before: FloatArray,
    options: Options,
    enough: float,
    begun: float,
) -> Solution | None:
    """The values of a similar problem, where they are near enough to what this one's windows prove.

    Other costs leave values feasible, and hardly move the best ones: the windows then tell the duals alone.
    """
    if done is None:
        return None
    blend = blended(rolling.whole, [done], FOLLOWING[0])
    # What was done just now is exact; it is taken where it keeps the rows over all windows.
    fresh = blend is not None and _near(blend, done, enough)
    values, duals = rolling.in_order(
        rolling.mixed([done], blend) if fresh and blend is not None else done.values, done.duals
    )
    values = values if fresh else np.clip(before, problem.lower, problem.upper)
    cost = float(problem.cost @ values) + problem.constant
    if cost - done.bound > enough * max(1.0, abs(cost)):
        return None
    told = in_windows(problem, values, duals, options, time.perf_counter() - begun)
    return replace(told, bases=rolling.bases) if told.status == "optimal" else None


def in_windows(
    problem: Problem, values: FloatArray, duals: FloatArray, options: Options, seconds: float = 0.0,
    implying: bool = True,
) -> Solution:  # fmt: skip
    """What values and duals from windows are for the whole problem; ``implying`` is for its bound."""
    raw = unjudged("optimal", values, duals, f"{options.method}{IN_WINDOWS}", seconds)
    return checked(problem, values, duals, raw, implying)


def _closed(
    rolling: Rolling,
    prices: FloatArray,
    guess: Guess | None,
    aim: float,
    enough: float,
    boxes: tuple[float, ...],
    done: Pass | None = None,
) -> tuple[list[Pass], Blend] | None:
    """Passes and their best mixture, as near as looking so far ahead comes; None where a window has none.

    Args:
        rolling: the problem in windows.
        prices: of the totals, to begin with [totals].
        guess: asked for better ones where these do not do.
        aim: relative distance from the proven bound to come to.
        enough: distance at which known prices are not asked to be better.
        boxes: for each time that it is rolled, within which share of the best prices others are asked at.
        done: what windows do at these prices, where that is known.
    """
    again = False
    for box in boxes if guess is None else (boxes[0], *boxes):
        first, done = done or rolling.roll(prices), None
        if first is None:
            return None
        most = MOST_PASSES if guess is None or prices.any() else 0
        passes, found = _asked(rolling, first, most, box, aim)
        if found is None:
            return None
        blend = found
        known = guess is not None and bool(prices.any())
        # Known prices that come almost near are good ones: looking farther ahead is what is left to do.
        if _near(blend, _best(passes), ALMOST * enough if known else aim):
            break
        rolled = prices
        # Those that come fairly near are better than a guess, once windows begin with what others then leave.
        again = known and not again and _near(blend, _best(passes), FAIRLY * enough)
        asked = guess() if guess is not None and not again else None
        guessed = rolling.of_totals(asked) if asked is not None else np.zeros(rolling.totals)
        prices = guessed if guessed.any() else rolling.telling(blend.prices)
        guess = guess if again else None
        if _same(prices, rolled):
            break
    return passes, blend


def _near(blend: Blend, best: Pass, share: float) -> bool:
    return bool(np.isfinite(blend.cost)) and blend.cost - best.bound <= share * max(1.0, abs(blend.cost))


def _same(one: FloatArray, other: FloatArray) -> bool:
    return bool(np.allclose(one, other, rtol=SAME, atol=0.0))


def _asked(
    rolling: Rolling, first: Pass, most: int, box: float, aim: float
) -> tuple[list[Pass], Blend | None]:
    """Passes at better and better prices, until their best mixture is near enough or nothing new is asked.

    Prices are kept within a share ``box`` of the best so far, and within twice that each time the best lie
    at its edge.
    """
    passes, least = [first], box
    blend = blended(rolling.whole, passes, box)
    while len(passes) <= most and blend is not None and not _near(blend, _best(passes), aim):
        prices = rolling.telling(blend.prices)
        if any(_same(prices, done.prices) for done in passes):
            break
        done = rolling.reprice(prices, first.values, partial(_mixes, rolling, tuple(passes), aim))
        if done is None:
            return passes, None
        passes.append(done)
        box = max(least, box / 4) if blend.inside else 2 * box
        blend = blended(rolling.whole, passes, box)
    return passes, blend


def _mixes(rolling: Rolling, passes: tuple[Pass, ...], aim: float, so_far: Pass) -> bool:
    """Whether some windows at other prices are enough for a mixture that is near."""
    blend = blended(rolling.whole, (*passes, so_far), WIDE)
    return blend is not None and _near(blend, _best(passes), aim)


def _best(passes: Sequence[Pass]) -> Pass:
    return max(passes, key=_bound)


def _bound(done: Pass) -> float:
    return done.bound
