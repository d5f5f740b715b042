"""Mending a trial plan: the least more that it must build to serve the days on which it was short.

Cuts alone teach a plan to serve its peaks too slowly: each says how much dearer a shortage is, not how large
it is. A hard day is mended with the days around it, and what stores give in them they must take back. What is
mended is only a trial; whether it serves everything, and what it costs, says the operation of its years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from parkzero.lp.apart import solve_apart
from parkzero.lp.solver import PRIMAL_TOLERANCE, Options
from parkzero.planning.assemble import Design, stack
from parkzero.planning.hard_days import Hard, around, hard_year, slack_cost
from parkzero.study.study import Study
from parkzero.units import FloatArray

# What is unserved on a hard day costs this many times its price: mending comes first.
DEAR = 30.0
# Sizes keep rows of the design to the solver's tolerance alone. Where they keep none held as they are, this
# share less of each does; else years that lacked nothing go on as they were.
ROOM = 2 * PRIMAL_TOLERANCE
OPTIONS = Options(method="simplex", crossover=True, threads=1)


def mended(
    study: Study, design: Design, sizes: FloatArray, hard: Mapping[int, Hard]
) -> tuple[FloatArray, float] | None:
    """Sizes that serve the hard days, none smaller than it was but for a trace; what they cost more [money].

    Returns:
        None where the solver finds none.
    """
    count = study.timeline.calendar.days
    years = [
        hard_year(study, year, {o: around(d, count) for o, d in hard.get(year, {}).items()}, by_itself=True)
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
