"""A year operated as in an earlier plan, but for those whom a change concerns.

Where one tenant grows, the others can go on as they did: the tenant is operated anew at the prices that the
park had, and the park's own connections make up the difference. Both are far smaller problems than the year.
Nothing of the earlier operation is believed: its values must keep the rows of the year as it is now, and weak
duality must prove them near enough to the best. After a change of prices it cannot; the year is then operated
anew, unless a bound on the plan as a whole proves that its earlier operation will do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkzero.errors import SolverError
from parkzero.lp.expr import Each
from parkzero.lp.over_time import solve_over_time
from parkzero.lp.rolling import NEAR, in_windows
from parkzero.lp.solver import PRIMAL_TOLERANCE, REACH, Options, Point, Problem, dual_bound, row_violations
from parkzero.planning.assemble import Built, fixed
from parkzero.planning.bounds import Evaluated, clock_of, evaluated
from parkzero.planning.ownership import SHARED, by_owner, owners_in
from parkzero.study.study import Study
from parkzero.units import FloatArray

Mask = npt.NDArray[np.bool_]


# An operation of which a part is anew may be this much farther from the bound than one that is all anew.
# Where nothing is, its duals are the earlier ones: what they say of worths is as near as they prove.
PARTLY = 2.5


@dataclass(frozen=True, slots=True)
class _Part:
    """Columns and rows of some owners [columns], [rows]."""

    columns: Mask
    rows: Mask


def operated_as_before(
    study: Study, built: Built, sizes: FloatArray, before: Point, options: Options, enough: float
) -> Evaluated | None:
    """The year with everyone operated as before whom no change concerns; None where that will not do.

    Args:
        study: the study.
        built: the year.
        sizes: what is built [columns].
        before: how a similar year was operated at the same sizes.
        options: how to solve what is left.
        enough: relative distance from the proven bound that will do; ``PARTLY`` times as much where some
            are operated anew.
    """
    problem = fixed(built, sizes)
    values = _within_bounds(problem, before)
    if values is None:
        return None
    broken = row_violations(problem, values) > PRIMAL_TOLERANCE
    found: Point | None = Point(values, before.duals, before.bases)
    if broken.any() and found is not None:
        enough *= PARTLY
        found = _mended(study, built, problem, found, broken, options, enough)
    if found is None or not _near(problem, found, max(enough, NEAR)):
        return None
    return _told(built, sizes, problem, found, options)


def as_before(built: Built, sizes: FloatArray, before: Point, options: Options) -> Evaluated | None:
    """The year operated as before, however far from the best that is; None where it breaks a rule.

    Its duals are the earlier ones: they bound the year, but do not say what things are worth in it.
    """
    problem = fixed(built, sizes)
    values = _within_bounds(problem, before)
    if values is None:
        return None
    found = _told(built, sizes, problem, Point(values, before.duals, before.bases), options)
    return None if found is None else replace(found, told=False)


def _within_bounds(problem: Problem, before: Point) -> FloatArray | None:
    """The earlier values within today's bounds; None where the year has other columns or rows."""
    fits = len(before.values) == len(problem.cost) and len(before.duals) == len(problem.low)
    if not fits or problem.whole.any():
        return None
    return np.clip(before.values, problem.lower, problem.upper)


def _told(
    built: Built, sizes: FloatArray, problem: Problem, found: Point, options: Options
) -> Evaluated | None:
    """What values and duals say of a year; None where the values break a row."""
    # Duals of other prices prove little in any case: no time goes into making that a little more.
    told = in_windows(problem, found.values, found.duals, options, implying=False)
    return evaluated(built, sizes, replace(told, bases=found.bases)) if told.status == "optimal" else None


def _near(problem: Problem, found: Point, enough: float) -> bool:
    """Whether duals prove values to be as near as that to the best."""
    reach = REACH * max(1.0, float(np.abs(found.values).max(initial=0.0)))
    bound, _ = dual_bound(problem, found.duals, reach)
    cost = float(problem.cost @ found.values) + problem.constant
    return cost - bound <= enough * max(1.0, abs(cost))


def _mended(
    study: Study, built: Built, problem: Problem, before: Point, broken: Mask, options: Options, enough: float
) -> Point | None:
    """The operation with those operated anew whose rows are broken; None where that does not do."""
    owners, _ = owners_in(study)
    columns = by_owner(study, built.matrix.columns, len(problem.cost))
    rows = by_owner(study, built.matrix.rows, len(problem.low))
    concerned = np.unique(rows[broken])
    shared = owners.index(SHARED)
    totals = np.array([r.start for r in built.matrix.rows if r.each is Each.YEAR], dtype=np.int64)
    if shared in concerned or before.duals[totals[rows[totals] == shared]].any():
        return None  # a row over the year that binds is everyone's concern
    part = _Part(np.isin(columns, concerned), np.isin(rows, concerned))
    clock = clock_of(built)
    try:
        alone = solve_over_time(
            _alone(problem, part, before), clock.of(part.columns, part.rows), options, None, enough
        )
        if alone.status != "optimal":
            return None
        values, duals = before.values.copy(), before.duals.copy()
        values[part.columns], duals[part.rows] = alone.values, alone.duals
        # What the park's connections cannot make up is left to those concerned.
        for moves in (columns == shared, (columns == shared) | part.columns):
            left = solve_over_time(_held(problem, ~moves, values), clock, options, None, enough)
            if left.status == "optimal":
                return Point(left.values, duals, before.bases)
    except SolverError:
        return None
    return None


def _alone(problem: Problem, part: _Part, before: Point) -> Problem:
    """The problem of some owners alone, at the prices of what they share with others."""
    moved = problem.matrix @ np.where(part.columns, 0.0, before.values)
    prices = np.where(part.rows, 0.0, before.duals)
    return Problem(
        sparse.csr_array(problem.matrix[part.rows][:, part.columns]),
        (problem.cost - problem.matrix.T @ prices)[part.columns],
        (problem.low - moved)[part.rows],
        (problem.high - moved)[part.rows],
        problem.lower[part.columns],
        problem.upper[part.columns],
        problem.whole[part.columns],
    )


def _held(problem: Problem, columns: Mask, values: FloatArray) -> Problem:
    """The problem with some columns held at their values."""
    lower, upper = np.where(columns, values, problem.lower), np.where(columns, values, problem.upper)
    return replace(problem, lower=lower, upper=upper)
