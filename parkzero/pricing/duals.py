"""What things are worth in a plan: prices of every step, and the discount that the unbuilt needs.

It is a step of its own, since it may have to solve. After a change of prices a plan may be proven without
operating its years anew: what was done before costs hardly more than the best. What one more megawatt-hour is
worth now only the years themselves tell. They are operated when somebody asks; the plan stays what it is.
"""

from __future__ import annotations

import time
from dataclasses import replace

from parkzero.lp.expr import Each
from parkzero.lp.solver import Point
from parkzero.planning.bounds import Evaluated
from parkzero.planning.certify import YEAR, as_threads, side_by_side
from parkzero.planning.plan import Operated, Plan, Progress, Step, peak_memory_mb
from parkzero.planning.search import NEARER
from parkzero.planning.workers import crew
from parkzero.planning.years import Years
from parkzero.pricing.unbuilt import cheaper_of
from parkzero.texts import say

WORKERS = 2


def priced(plan: Plan, workers: int = WORKERS, progress: Progress | None = None) -> Plan:
    """The plan with the duals of its years and the discount that the unbuilt needs; as it is if it has them.

    Args:
        plan: the plan.
        workers: years operated side by side.
        progress: told what is being done.

    Raises:
        SolverError: when a year ends without an optimum.
    """
    if plan.cheaper is not None:
        return plan
    plan = _with_duals(plan, workers, progress)
    return replace(plan, cheaper=cheaper_of(plan))


def _with_duals(plan: Plan, workers: int, progress: Progress | None) -> Plan:
    """The plan with the duals of its years, which are operated anew where these are not known."""
    before = {o.built.year: o.before for o in plan.years if o.before is not None}
    if not before:
        return plan
    begun, years = time.perf_counter(), Years(plan.study)
    if progress is not None:
        progress(
            Step(plan.lower_bound, plan.objective, plan.seconds, say("operating every step of every year"))
        )
    for operated in plan.years:
        years.keep(operated.built)
    known = {o.built.year: _totals(o, before[o.built.year]) for o in plan.years if o.before is not None}
    first = plan.years[0].built
    count = side_by_side(first, workers)
    with crew(plan.study, count, NEARER * plan.tolerance, years, as_threads(first, count)) as team:
        found = team.operate(plan.sizes, YEAR, known=known, before=before)
        memory = peak_memory_mb() + team.peak_memory_mb
    seconds = plan.seconds + time.perf_counter() - begun
    step = Step(plan.lower_bound, plan.objective, seconds, say("found the prices of every step"))
    return replace(
        plan,
        years=tuple(_told(o, e) for o, e in zip(plan.years, found, strict=True)),
        seconds=seconds,
        peak_memory_mb=max(plan.peak_memory_mb, memory),
        history=(*plan.history, step),
    )


def _totals(operated: Operated, before: Point) -> dict[str, float]:
    """Earlier duals of rows over the year, by name."""
    return {
        rows.dotted: float(before.duals[rows.start])
        for rows in operated.built.matrix.rows
        if rows.each is Each.YEAR
    }


def _told(operated: Operated, found: Evaluated) -> Operated:
    return replace(operated, duals=found.duals, reduced=found.reduced, before=None)
