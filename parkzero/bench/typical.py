"""What a user would pick instead: a few typical days, and what their sizes then truly cost.

The days are clustered by all of a year's series (Ward) and each cluster is stood for by its medoid, as time
series aggregation usually does; each such day closes with what it begins with. Its optimum bounds nothing.
The sizes that it finds are operated in every step of every year, as certified plans are, with unserved demand
at its price.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from parkzero.lp.solver import Options, solve
from parkzero.planning.assemble import build_year, stack
from parkzero.planning.bounds import evaluate
from parkzero.planning.grouping import first_features, grouped
from parkzero.study.study import Study
from parkzero.timeline import IntArray, PickedDays
from parkzero.units import FloatArray

DAYS = 12
SOLVE = Options(method="hipo", crossover=False, threads=2)
OPERATE = Options(method="simplex", crossover=True, threads=1)


@dataclass(frozen=True)
class TypicalDays(PickedDays):
    """Single real days, each as often as there are days that are like it."""

    counts: FloatArray = field(default_factory=lambda: np.zeros(0))

    @cached_property
    def sizes(self) -> FloatArray:
        """Real days for which each stands, shape [chains]."""
        return self.counts


@dataclass(frozen=True, slots=True)
class Typical:
    """What typical days say, and what is true.

    Attributes:
        promised: the cost by typical days alone [money].
        cost: the cost of their sizes, every step of every year operated [money].
        unserved: most that is short on one day [MWh or t].
        columns: of the problem on typical days.
    """

    promised: float
    cost: float
    unserved: float
    columns: int


def medoids(features: FloatArray, groups: IntArray) -> IntArray:
    """Of each group the day that is nearest to the group's mean [groups]."""
    found = []
    for group in range(int(groups.max()) + 1):
        members = np.flatnonzero(groups == group)
        away = np.linalg.norm(features[members] - features[members].mean(axis=0), axis=1)
        found.append(int(members[np.argmin(away)]))
    return np.array(found, dtype=np.int32)


def typical_days(study: Study, count: int = DAYS) -> TypicalDays:
    """So many typical days of a study, in the order of the year."""
    timeline = study.timeline
    first, _ = build_year(study, study.milestones.years[0], timeline)
    features = first_features(first.matrix, timeline, list(first.context.model.multipliers))
    days = timeline.calendar.days
    groups = grouped(features, np.zeros(days, dtype=np.int32), min(count, days))
    picked = medoids(features, groups)
    order = np.argsort(picked)
    counts = np.bincount(groups).astype(np.float64)[order]
    return TypicalDays(timeline.calendar, timeline.scale, picked[order], closed=True, counts=counts)


def planned_on_typical_days(study: Study, count: int = DAYS) -> Typical:
    """Plan on typical days, and operate every step with the sizes found."""
    timeline, years = typical_days(study, count), study.milestones.years
    pairs = [build_year(study, year, timeline) for year in years]
    design = pairs[0][1]
    problem = stack(design, [built for built, _ in pairs])
    found = solve(problem, SOLVE)
    sizes = np.clip(found.values[: len(design.lower)], design.lower, design.upper)
    operated = [
        evaluate(build_year(study, year, study.timeline)[0], sizes, OPERATE, enough=1e-4) for year in years
    ]
    unserved = max(float(e.short.max(initial=0.0)) for e in operated)
    return Typical(found.objective, sum(e.cost for e in operated), unserved, len(problem.cost))
