"""One problem for all years at full resolution: the oracle that certified planning is checked against."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import numpy as np

from parkzero.errors import SolverError
from parkzero.lp.limits import NONE, StopAsked, standing
from parkzero.lp.model import Model
from parkzero.lp.solver import PRIMAL_TOLERANCE, Options, Solution, solve, version, with_prices
from parkzero.planning.aside import aside
from parkzero.planning.assemble import Built, Design, build_year, stack
from parkzero.planning.plan import (
    SLACK_TOLERANCE,
    Operated,
    Plan,
    Progress,
    Status,
    Step,
    peak_memory_mb,
    slack_of,
)
from parkzero.study.study import Study
from parkzero.texts import say


def monolith(
    study: Study,
    options: Options | None = None,
    tolerance: float = 1e-6,
    progress: Progress | None = None,
    strike: Callable[[Model], None] | None = None,
) -> Plan:
    """Solve a study as one problem.

    Raises:
        SolverError: when the solver ends without an optimum.
        StopAsked: when it had to end before there was anything.
    """
    begun = time.perf_counter()
    pairs = [build_year(study, year, study.timeline, strike) for year in study.milestones.years]
    years, design = [built for built, _ in pairs], pairs[0][1]
    problem = stack(design, years)
    columns, rows = len(problem.cost), len(problem.low)
    if progress is not None:
        text = say("solving {columns:,} columns and {rows:,} rows as one problem", columns=columns, rows=rows)
        progress(Step(-np.inf, np.inf, time.perf_counter() - begun, text))
    solution = aside(partial(solve, problem, options), standing())
    if solution.status == "optimal" and problem.whole.any():
        with suppress(StopAsked):  # a plan without prices is one all the same
            solution = aside(partial(with_prices, problem, solution, options), standing())
    late = solution.status == "time_limit" and bool(problem.whole.any())
    if solution.status != "optimal" and not (late and solution.residuals.primal <= PRIMAL_TOLERANCE):
        if late and standing() is not NONE:
            standing().end()
        raise SolverError(say("the solver ended with status {status}", status=solution.status))
    sizes, operated = split(design, years, solution)
    excess = max(slack_of(o, sizes) for o in operated)
    status: Status = "stopped" if late else "optimal" if excess <= SLACK_TOLERANCE else "infeasible"
    seconds = time.perf_counter() - begun
    last = Step(min(solution.bound, solution.objective), solution.objective, seconds, say("solved"))
    return Plan(
        study,
        status,
        design,
        sizes,
        operated,
        solution.objective,
        last.lower,
        tolerance,
        "monolith",
        version(solution.ran),
        seconds,
        peak_memory_mb(),
        (last,),
    )


def split(design: Design, years: list[Built], solution: Solution) -> tuple[np.ndarray, tuple[Operated, ...]]:
    """A solution of the stacked problem taken apart: sizes, and each year's values and duals."""
    column, row = len(design.lower), len(design.matrix.low)
    sizes = solution.values[:column]
    operated = []
    for built in years:
        rows, columns = built.matrix.operation.shape
        operated.append(
            Operated(
                built,
                solution.values[column : column + columns],
                solution.duals[row : row + rows],
                solution.reduced[column : column + columns],
            )
        )
        row, column = row + rows, column + columns
    return sizes, tuple(operated)
