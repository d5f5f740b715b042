"""Mending a trial plan: the least more that it must build to serve the days on which it was short.

Cuts alone teach a plan to serve its peaks too slowly: each says how much dearer a shortage is, not how large
it is. A hard day is mended with the days around it, and what stores give in them they must take back. What is
mended is only a trial; whether it serves everything, and what it costs, says the operation of its years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy import sparse

from parkzero.errors import SolverError
from parkzero.lp.apart import solve_apart
from parkzero.lp.expr import Each
from parkzero.lp.solver import PRIMAL_TOLERANCE, Options, Problem, solve
from parkzero.planning.assemble import Built, Design, stack
from parkzero.planning.hard_days import AROUND, Hard, around, hard_year, slack_cost
from parkzero.study.study import Study
from parkzero.units import FloatArray

# What is unserved on a hard day costs this many times its price: mending comes first.
DEAR = 30.0
# Sizes keep rows of the design to the solver's tolerance alone. Where they keep none held as they are, this
# share less of each does; else years that lacked nothing go on as they were.
ROOM = 2 * PRIMAL_TOLERANCE
OPTIONS = Options(method="simplex", crossover=True, threads=1)


def keeping(design: Design, years: list[Built], sizes: FloatArray) -> FloatArray:
    """The nearest sizes that keep the rules over sizes and whole years to the last digit.

    An interior point that ends near its optimum may break them by so much that no operation keeps them.

    Args:
        design: what there is to choose.
        years: every milestone year, on whatever days.
        sizes: what was chosen [columns].

    Returns:
        The sizes; those given where there are none that keep them.
    """
    problem = stack(design, years)
    within, start = np.zeros(len(problem.cost)), len(sizes)
    within[:start] = 1.0
    for built in years:
        for block in built.matrix.columns:
            if block.each is Each.YEAR:
                within[start:][block.inside] = 1.0
        start += len(built.matrix.cost)
    columns = np.flatnonzero(within)
    rows = np.flatnonzero(abs(problem.matrix) @ (1.0 - within) == 0)
    unit = sparse.eye_array(len(sizes), len(columns), format="csr")
    apart = sparse.eye_array(len(sizes), format="csr")
    count, beside = len(columns), np.zeros(2 * len(sizes))
    near = Problem(
        sparse.csr_array(
            sparse.block_array(
                [[problem.matrix[rows][:, columns], None, None], [unit, apart, -apart]], format="csr"
            )
        ),
        np.concatenate([np.zeros(count), np.tile(1 / np.maximum(1.0, np.abs(sizes)), 2)]),
        np.concatenate([problem.low[rows], sizes]),
        np.concatenate([problem.high[rows], sizes]),
        np.concatenate([problem.lower[columns], beside]),
        np.concatenate([problem.upper[columns], beside + np.inf]),
        np.zeros(count + len(beside), dtype=np.bool_),
    )
    try:
        found = solve(near, OPTIONS)
    except SolverError:
        return sizes
    if found.status != "optimal":
        return sizes
    return np.clip(found.values[: len(sizes)], design.lower, design.upper)


def mended(
    study: Study, design: Design, sizes: FloatArray, hard: Mapping[int, Hard], reach: int = AROUND
) -> tuple[FloatArray, float] | None:
    """Sizes that serve the hard days, none smaller than it was but for a trace; what they cost more [money].

    Args:
        study: the study.
        design: what there is to choose.
        sizes: those that leave something short [columns].
        hard: the days, by year and owner.
        reach: days before and after each that are served with it.

    Returns:
        None where the solver finds none.
    """
    count = study.timeline.calendar.days
    years = [
        hard_year(
            study, year, {o: around(d, count, reach) for o, d in hard.get(year, {}).items()}, by_itself=True
        )
        for year in study.milestones.years
    ]
    dear = [replace(y, matrix=replace(y.matrix, cost=DEAR * slack_cost(y), constant=0.0)) for y in years]
    problem = stack(design, dear)
    for room in (0.0, ROOM):
        lower = problem.lower.copy()
        lower[: len(sizes)] = np.clip(sizes - room * np.abs(sizes), design.lower, design.upper)
        # An owner's days name no other's columns: the problem falls apart into its owners.
        solution = solve_apart(replace(problem, lower=lower), OPTIONS)
        if solution.status == "optimal":
            break
    else:
        return None
    found = np.clip(solution.values[: len(sizes)], design.lower, design.upper)
    more = sum(float(y.matrix.design_cost @ (found - sizes)) for y in years)
    return found, more
