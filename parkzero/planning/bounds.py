"""Upper bounds and cuts: one year operated at full resolution with given sizes.

The year's cost is true for these sizes. Its duals give a cut: whatever the sizes, the year costs at least
``constant + slope @ sizes``. The constant comes from the dual objective, so an inexact solve only weakens it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from parkzero.errors import SolverError
from parkzero.language.accounts import Account
from parkzero.language.ledger import Entry
from parkzero.lp.expr import Each
from parkzero.lp.limits import standing
from parkzero.lp.over_time import solve_over_time
from parkzero.lp.rolling import NEAR, Guess
from parkzero.lp.solver import REACH, Options, Point, Problem, Solution, dual_bound, solve
from parkzero.lp.windows import Clock
from parkzero.planning.assemble import Built, fixed, priced
from parkzero.planning.grouping import by_row, looks, needs, worth_of
from parkzero.planning.laid import Blocks, rows_of
from parkzero.planning.plan import SLACK_TOLERANCE
from parkzero.texts import say
from parkzero.timeline import IntArray
from parkzero.units import FloatArray

# Days that an operated year finds hard for each owner.
EACH = 6


@dataclass(frozen=True, slots=True)
class Cut:
    """The year costs at least ``constant + slope @ sizes``, whatever the sizes."""

    year: int
    constant: float
    slope: FloatArray


@dataclass(frozen=True, slots=True)
class Evaluated(Point):
    """A year operated with given sizes: where it was solved, and what that says.

    Attributes:
        year: the milestone year.
        cost: discounted cost of the year with these sizes.
        cut: proven lower bound for all sizes.
        reduced: change of the cost when a column's bound rises by one [columns].
        need: what days look like [money], shape [days x features].
        short: unserved or in excess per day [MWh or t], shape [days].
        hard: the days on which most was unserved, for each owner, the hardest first.
        penalty: part of the cost that is the price of what is unserved or in excess [money].
        totals: dual of each row over the year, by name.
        ran: method that ran.
        rows: blocks of the rows that the duals belong to.
        told: whether the duals say what things are worth; those of an earlier search at other prices do not.
    """

    year: int
    cost: float
    cut: Cut
    reduced: FloatArray
    need: FloatArray
    short: FloatArray
    hard: dict[str, IntArray]
    penalty: float
    totals: Mapping[str, float]
    ran: str
    rows: Blocks
    told: bool = True


def evaluate(
    built: Built,
    sizes: FloatArray,
    options: Options,
    guess: Guess | None = None,
    enough: float = NEAR,
    known: Mapping[str, float] | None = None,
    before: Point | None = None,
    seen: Point | None = None,
) -> Evaluated:
    """Operate every step of a year with given sizes.

    Args:
        built: the year.
        sizes: what is built [columns].
        options: how to solve.
        guess: asked for prices of rows over the year, where these bind.
        enough: relative distance from the proven bound that will do.
        known: duals of rows over the year in a similar problem, by name, to begin with.
        before: how a similar year was operated.
        seen: how it was operated with other sizes.

    Raises:
        SolverError: when the solver ends without an optimum. Unserved demand and excess keep the year
            feasible for any sizes, so this is never the sizes' fault.
    """
    problem = fixed(built, sizes)
    relaxed = _relaxed(problem)
    begin = by_row(built.matrix, known) if known else None
    solution = solve_over_time(relaxed, clock_of(built), options, guess, enough, begin, before, seen)
    whole = solve(problem, options) if problem.whole.any() and solution.status == "optimal" else None
    if whole is not None and whole.status == "time_limit":
        standing().end()
    status = (whole or solution).status
    if status != "optimal":
        raise SolverError(
            say("{year}: the solver ended with status {status}", year=built.year, status=status)
        )
    return evaluated(built, sizes, solution, whole)


def evaluated(
    built: Built, sizes: FloatArray, solution: Solution, whole: Solution | None = None
) -> Evaluated:
    """What a solution of a year with given sizes says.

    Args:
        built: the year.
        sizes: what is built [columns].
        solution: of the year without whole numbers.
        whole: of the year with them, where it has any.
    """
    slope = built.matrix.design_cost - built.matrix.design.T @ usable(fixed(built, sizes), solution.duals)
    cut = Cut(built.year, solution.bound - float(slope @ sizes), slope)
    values, cost = (whole or solution).values, (whole or solution).objective
    timeline = built.context.timeline
    worth = worth_of(built.matrix, solution.duals, values, timeline)
    asked = needs(built.matrix, built.matrix.design @ sizes, worth)
    return Evaluated(
        values,
        solution.duals,
        solution.bases,
        built.year,
        cost,
        cut,
        solution.reduced,
        looks(built.matrix, worth, timeline, asked),
        shortfalls(built, sizes, values),
        hardest(built, sizes, values),
        penalty(built, sizes, values),
        worth.totals,
        solution.ran,
        rows_of(built),
    )


def clock_of(built: Built) -> Clock:
    """When the columns and rows of a year happen; what stands for a day or month has its first step."""
    timeline, matrix = built.context.timeline, built.matrix
    per_day, parts = timeline.calendar.per_day, timeline.month_starts.astype(np.int64)
    begins: dict[Each, npt.NDArray[np.int64]] = {
        Each.STEP: np.arange(timeline.steps),
        Each.DAY: np.arange(0, timeline.steps, per_day),
        Each.MONTH: parts,
    }
    steps = np.full(len(matrix.cost), -1, dtype=np.int64)
    kinds, row_kinds = steps.copy(), np.full(len(matrix.low), -1, dtype=np.int64)
    of_parts = set[int]()
    for kind, block in enumerate(matrix.columns):
        if block.each in begins and len(begins[block.each]):
            steps[block.inside], kinds[block.inside] = begins[block.each], kind
            of_parts |= {kind} if block.each is Each.MONTH else set()
    for kind, rows in enumerate(matrix.rows):
        if rows.each in (Each.STEP, Each.INTERVAL, Each.SOME, Each.DAY):
            row_kinds[rows.inside] = kind
    return Clock(steps, kinds, row_kinds, timeline.steps, per_day, parts, frozenset(of_parts))


def renew(built: Built, sizes: FloatArray, duals: FloatArray) -> Cut:
    """A cut from the duals of a similar year: weak duality holds for any duals."""
    problem = _relaxed(fixed(built, sizes))
    kept = usable(problem, duals)
    sides = np.concatenate([problem.low[np.isfinite(problem.low)], problem.high[np.isfinite(problem.high)]])
    reach = REACH**2 * max(1.0, float(np.abs(sides).max(initial=0.0)))
    # Where duals of other prices say nothing, that is to be seen: no time goes into making it a little.
    bound, _ = dual_bound(problem, kept, reach, implying=False)
    slope = built.matrix.design_cost - built.matrix.design.T @ kept
    return Cut(built.year, bound - float(slope @ sizes), slope)


def usable(problem: Problem, duals: FloatArray) -> FloatArray:
    """The duals that the dual bound counts: those that point to a bound which the row has."""
    kept = np.where((duals > 0) & np.isfinite(problem.low), duals, 0.0)
    return np.where((duals < 0) & np.isfinite(problem.high), duals, kept)


def _relaxed(problem: Problem) -> Problem:
    return replace(problem, whole=np.zeros_like(problem.whole)) if problem.whole.any() else problem


def shortfalls(built: Built, sizes: FloatArray, values: FloatArray) -> FloatArray:
    """What is unserved each day [MWh], shape [days]; an excess over the year [t] stands in every day."""
    days = np.zeros(built.context.timeline.calendar.days)
    for entry in built.context.ledger.under(Account.SLACK):
        days += _short_of(entry, built, sizes, values)
    return days


def hardest(built: Built, sizes: FloatArray, values: FloatArray) -> dict[str, IntArray]:
    """The days on which most was unserved, at most ``EACH`` for each owner, the hardest first."""
    total: dict[str, FloatArray] = {}
    for entry in built.context.ledger.under(Account.SLACK):
        if entry.hourly:
            total[entry.owner] = total.get(entry.owner, 0.0) + _short_of(entry, built, sizes, values)
    found = {}
    for owner, days in total.items():
        order = np.argsort(days)[::-1][:EACH]
        if days[order[0]] > SLACK_TOLERANCE:
            found[owner] = order[days[order] > SLACK_TOLERANCE].astype(np.int32)
    return found


def penalty(built: Built, sizes: FloatArray, values: FloatArray) -> float:
    """What is unserved or in excess costs [money, discounted]."""
    entries = list(built.context.ledger.under(Account.SLACK))
    matrix = priced(built.matrix, entries, built.context.timeline, built.weight)
    return float(matrix.cost @ values + matrix.design_cost @ sizes + matrix.constant)


def _short_of(entry: Entry, built: Built, sizes: FloatArray, values: FloatArray) -> FloatArray:
    """What one booking says is unserved each day [MWh or t], shape [days]."""
    timeline = built.context.timeline
    price = max((float(np.abs(t.values()).max(initial=0.0)) for t in entry.expr.terms), default=1.0)
    amount = entry.expr.value(sizes, values) / price
    if not entry.hourly:
        return np.full(timeline.calendar.days, float(amount[0]))
    found: FloatArray = (amount * timeline.hours).reshape(timeline.calendar.days, -1).sum(axis=1)
    return found
