"""Operating a year again after its sizes were mended, without solving all of it.

A year that lacked nothing goes on as it was. One that was short and that windows do not fit (see
``parkzero.lp.windows``) is solved again on the days on which it was, and those around them, with everything
else as it was. Neither need be the cheapest operation at the new sizes; both are true ones, with their true
costs, and the cut found before holds for all sizes. A year in windows is as quick to operate anew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from parkzero.errors import SolverError
from parkzero.lp.expr import Each
from parkzero.lp.fold import solve_folded
from parkzero.lp.rolling import IN_WINDOWS
from parkzero.lp.solver import PRIMAL_TOLERANCE, Options, Problem, primal_violation
from parkzero.planning.assemble import Built, fixed
from parkzero.planning.bounds import Evaluated, hardest, penalty, shortfalls
from parkzero.planning.hard_days import around
from parkzero.planning.plan import SLACK_TOLERANCE
from parkzero.units import FloatArray


def operated_mended(
    built: Built, before: FloatArray, found: Evaluated, sizes: FloatArray, options: Options
) -> Evaluated | None:
    """The year at other sizes, near to how it was operated before; None where it is to be operated anew.

    Args:
        built: the year.
        before: sizes at which it was operated.
        found: how.
        sizes: other sizes.
        options: how to solve.
    """
    if built.matrix.whole.any():
        return None
    values = _at_sizes(built, before, found, sizes)
    problem = fixed(built, sizes)
    days = np.flatnonzero(found.short > SLACK_TOLERANCE)
    if not len(days):
        fits = primal_violation(problem, values) <= PRIMAL_TOLERANCE
        cost = float(problem.cost @ values) + problem.constant
        return replace(found, cost=cost, values=values) if fits else None
    if found.ran.endswith(IN_WINDOWS):
        return None
    return _solved_around(built, found, sizes, problem, values, days, options)


def _at_sizes(built: Built, before: FloatArray, found: Evaluated, sizes: FloatArray) -> FloatArray:
    """The values with what stands as the new sizes say: it follows from them alone."""
    values = found.values.copy()
    rows, columns, coefficients = _ties(built)
    values[columns] -= (built.matrix.design @ (sizes - before))[rows] / coefficients
    return values


def _ties(built: Built) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], FloatArray]:
    """Rows that tie a single column to the sizes: row, column and coefficient of each."""
    matrix = built.matrix
    rows = np.flatnonzero((np.diff(matrix.operation.indptr) == 1) & (matrix.low == matrix.high))
    at = matrix.operation.indptr[rows]
    return rows, matrix.operation.indices[at], matrix.operation.data[at]


def _prices(
    built: Built, before: FloatArray, now: FloatArray, inside: npt.NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Duals of all rows and reduced costs of all columns.

    Elsewhere prices are those from before the mend; where the year was short they were the penalty's. What
    one more of a size is worth follows from all of them.
    """
    matrix = built.matrix
    duals = np.where(inside, now, before)
    rows, columns, coefficients = _ties(built)
    duals[rows] = 0.0
    reduced = matrix.cost - matrix.operation.T @ duals
    duals[rows] = reduced[columns] / coefficients
    reduced[columns] = 0.0
    return duals, reduced


def _solved_around(
    built: Built,
    found: Evaluated,
    sizes: FloatArray,
    problem: Problem,
    values: FloatArray,
    days: npt.NDArray[np.int64],
    options: Options,
) -> Evaluated | None:
    """The year with all hourly columns held but those near some days."""
    timeline, matrix = built.context.timeline, built.matrix
    near = np.zeros(timeline.calendar.days, dtype=np.bool_)
    near[around(days, len(near))] = True
    steps = np.repeat(near, timeline.calendar.per_day)
    held, inside = np.zeros(len(values), dtype=np.bool_), np.zeros(len(matrix.low), dtype=np.bool_)
    for block in matrix.columns:
        if block.each is Each.STEP:
            held[block.inside] = ~steps
    for rows in matrix.rows:
        if rows.each is Each.STEP:
            inside[rows.inside] = steps
    kept = np.clip(values, problem.lower, problem.upper)
    part = replace(
        problem, lower=np.where(held, kept, problem.lower), upper=np.where(held, kept, problem.upper)
    )
    try:
        solution = solve_folded(part, options)
    except SolverError:
        return None
    if solution.status != "optimal" or primal_violation(problem, solution.values) > PRIMAL_TOLERANCE:
        return None
    short = shortfalls(built, sizes, solution.values)
    if short.max(initial=0.0) > SLACK_TOLERANCE:
        return None
    duals, reduced = _prices(built, found.duals, solution.duals, inside)
    return replace(
        found,
        cost=solution.objective,
        values=solution.values,
        duals=duals,
        reduced=reduced,
        short=short,
        hard=hardest(built, sizes, solution.values),
        penalty=penalty(built, sizes, solution.values),
        ran=solution.ran,
    )
