"""Solving a problem over many steps: in windows where these fit it, at once where they do not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

from parkzero.lp.fold import Folded, folded, solve_form
from parkzero.lp.rolling import NEAR, Guess, solve_in_windows
from parkzero.lp.solver import Options, Point, Problem, Solution
from parkzero.lp.windows import Clock
from parkzero.units import FloatArray

# Problems of so many columns that windows do not fit are solved with rows over all steps priced first; for
# smaller ones a guess takes longer than it spares.
PRICED_FIRST = 350_000


def solve_over_time(
    problem: Problem,
    clock: Clock,
    options: Options,
    guess: Guess | None = None,
    enough: float = NEAR,
    known: FloatArray | None = None,
    before: Point | None = None,
    seen: Point | None = None,
) -> Solution:
    """Solve a problem by way of its folded form, in windows where they fit.

    Args:
        problem: the problem, without whole numbers.
        clock: when its columns and rows happen.
        options: how to solve; the method is the simplex.
        guess: asked for prices of rows over the whole of it, where these bind.
        enough: relative distance from the proven bound that will do.
        known: prices of rows over the whole of it in a similar problem, to begin with [rows].
        before: where that was solved, in windows.
        seen: where the same problem was solved with other sides, which helps where columns stand for parts of
            the year.

    Raises:
        SolverError: when no method ends with an answer.
    """
    form = folded(problem)
    guess = cache(guess) if guess is not None else None  # it may be asked for twice, and takes a while
    asked = partial(_guessed, guess, form) if guess is not None else None
    begin = known[form.live] if known is not None else None
    if before is not None and len(before.values):
        before = replace(before, values=before.values[form.free])
    if seen is not None:
        seen = replace(seen, values=seen.values[form.free], duals=seen.duals[form.live])
    rolled = solve_in_windows(
        form.small, clock.of(form.free, form.live), options, asked, enough, begin, before, seen
    )
    if rolled is not None:
        found = form.unfolded(rolled)
        if found.status == "optimal":
            return found
    large = len(problem.cost) >= PRICED_FIRST
    return solve_form(form, options, guess() if guess is not None and large else None)


def _guessed(guess: Guess, form: Folded) -> FloatArray | None:
    prices = guess()
    return None if prices is None else prices[form.live]
