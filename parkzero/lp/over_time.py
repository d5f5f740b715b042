"""Solving a problem over many steps: in windows where these fit it, at once where they do not."""

from __future__ import annotations

from functools import partial

import numpy as np

from parkzero.lp.fold import Folded, folded, solve_form
from parkzero.lp.rolling import AT_LOWER, BASIC, NEAR, NOWHERE, Guess, Start, solve_in_windows
from parkzero.lp.solver import Options, Problem, Solution
from parkzero.lp.windows import Clock
from parkzero.units import FloatArray


def solve_over_time(
    problem: Problem,
    clock: Clock,
    options: Options,
    start: Start = NOWHERE,
    guess: Guess | None = None,
    enough: float = NEAR,
) -> tuple[Solution, Start]:
    """Solve a problem by way of its folded form, in windows where they fit.

    Args:
        problem: the problem, without whole numbers.
        clock: when its columns happen.
        options: how to solve; the method is the simplex.
        start: where a similar problem ended.
        guess: asked for prices of rows over the whole of it where these bind and nothing is known of them.
        enough: relative distance from the proven bound that will do.

    Returns:
        The solution, and where it ended (nowhere, unless it was solved in windows).

    Raises:
        SolverError: when no method ends with an answer.
    """
    form = folded(problem)
    when = Clock(clock.steps[form.free], clock.count, clock.per_day)
    within = partial(_guessed, guess, form) if guess is not None else None
    rolled = solve_in_windows(form.small, when, options, _inward(start, form), within, enough)
    if rolled is not None:
        found = form.unfolded(rolled[0])
        if found.status == "optimal":
            return found, _outward(rolled[1], form)
    prices = start.prices if start.prices is not None or guess is None else guess()
    return solve_form(form, options, prices), NOWHERE


def _guessed(guess: Guess, form: Folded) -> FloatArray | None:
    prices = guess()
    return None if prices is None else prices[form.live]


def _inward(start: Start, form: Folded) -> Start:
    """The same place in the folded form."""
    basis = start.basis and (start.basis[0][form.free], start.basis[1][form.live])
    return Start(basis, None if start.prices is None else start.prices[form.live])


def _outward(start: Start, form: Folded) -> Start:
    """The same place in the whole problem; what was folded away has a column at its bound, a row that is slack."""
    assert start.basis is not None and start.prices is not None
    columns = np.full(len(form.free), AT_LOWER, dtype=np.int8)
    rows = np.full(len(form.live), BASIC, dtype=np.int8)
    prices = np.zeros(len(form.live))
    columns[form.free], rows[form.live] = start.basis
    prices[form.live] = start.prices
    return Start((columns, rows), prices)
