"""A plan whose branches are built in whole units, in two steps: bounded, then decided.

Whole circuits and transformers beside years of hours are one problem with whole numbers, which no solver
ends. A plan that may build parts of a unit is no dearer than any that may not: its lower bound holds for
both. What it has built until each milestone year, rounded up, is then decided, and everything else is planned
again around it: the first plan's other sizes are tried at once, and are near enough as a rule. What that
costs more is at most a unit of each branch, and is part of the gap that is told.

A small study is planned with its whole numbers at once.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from parkzero.errors import SolverError
from parkzero.planning.memory import SMALL_COLUMNS, extent
from parkzero.planning.plan import Plan, Progress, Step, relative_gap
from parkzero.study.study import Study
from parkzero.texts import say

P = TypeVar("P", bound=Plan)
Size = Any  # of a branch; networks know records by their traits and fields
BRANCH = "branch"
LOOSE = 0.5
"""Share of the gap that is asked for at which the first step may stop: its bound is that of both."""
SETTLED = 0.3
"""Share at which the second one may, where only its own bound is near it."""
CLOSE = 1e-6
"""Share of the cost by which the solver's rounding may pass a bound."""
SHARE = 0.5
"""Share of a time limit that the first step may take: a bound alone is no plan."""
TRACE = 0.01
"""What is less of a unit than this is none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a search.

    Attributes:
        study: to be planned.
        gap: relative distance from its best plan that is asked for.
        progress: told of the bounds, those of the whole answer.
        bounds: whether it is asked for a bound and no plan yet: the first of two steps.
        wider: the first step's plan, where it is the second: this study is a narrower case of that one.
    """

    study: Study
    gap: float
    progress: Progress | None = None
    bounds: bool = False
    wider: Plan | None = None


def in_units(study: Study, gap: float, plan: Callable[[Asked], P], progress: Progress | None = None) -> P:
    """Plan a study; in two steps where branches are built in whole units.

    Args:
        study: what is asked.
        gap: relative distance from the best plan that is asked for.
        plan: plans what a step asks.
        progress: told of both bounds as they close.

    Returns:
        The plan of the study; its lower bound is that of the first step.
    """
    many = any(_whole(c) for c in study.components) and _columns(study) > SMALL_COLUMNS
    if not many:
        return plan(Asked(study, gap, progress))
    told = progress and (lambda step: progress(_first(step)))
    parts = _each(study, lambda name, size: dataclasses.replace(size, unit=None))
    loose = plan(Asked(parts, LOOSE * gap, told, bounds=True))
    years = study.milestones.years

    def settled(name: str, size: Size) -> Size:
        cohorts = loose.design.cohorts[f"{name}.capacity"]
        built = loose.sizes[loose.design.block(cohorts).inside] * cohorts.unit_size
        return dataclasses.replace(
            size, decided=dict(zip(years, units_of(built.tolist(), size), strict=True))
        )

    told = progress and (lambda step: progress(_second(step, loose)))
    units = _each(study, settled)
    found = plan(Asked(units, gap, told, wider=loose))
    if found.status == "optimal" and relative_gap(loose.lower_bound, found.objective) > gap:
        found = plan(Asked(units, SETTLED * gap, told, wider=found))  # near its own bound is not near enough
    if found.status == "infeasible":
        loose = plan(Asked(parts, LOOSE * gap, told))  # do parts of units serve everything?
    if found.objective < loose.lower_bound - CLOSE * abs(loose.lower_bound):
        raise SolverError(say("the plan in whole units costs less than the bound of the one without"))
    return _joined(study, gap, loose, found)


def _joined(study: Study, gap: float, loose: P, found: P) -> P:
    """The plan of the second step with what the first one proved."""
    bound = min(loose.lower_bound, found.objective)  # but for the solver's rounding
    history = (*map(_first, loose.history), *(_second(step, loose) for step in found.history))
    made = dataclasses.replace(
        found, study=study, lower_bound=bound, tolerance=gap, history=history,
        seconds=loose.seconds + found.seconds, peak_memory_mb=max(loose.peak_memory_mb, found.peak_memory_mb),
    )  # fmt: skip
    if loose.status == found.status == "infeasible":
        return made  # even parts of units leave something unserved
    return dataclasses.replace(made, status=found.status if made.gap <= gap else "stopped")


def _first(step: Step) -> Step:
    """A moment of the first step: what a plan with parts of units costs is no plan's cost."""
    return dataclasses.replace(step, upper=math.inf)


def _second(step: Step, loose: Plan) -> Step:
    """A moment of the second step: only the first one's bound is one of all plans."""
    lower, seconds = min(loose.lower_bound, step.upper), loose.seconds + step.seconds
    return dataclasses.replace(step, lower=lower, seconds=seconds)


def units_of(built: list[float], size: Size) -> list[int]:
    """Whole units built in each year, so that no less has been built until any of them than without.

    Args:
        built: what each year builds without whole units.
        size: what may be built.
    """
    unit = 1.0 if size.unit is None else float(size.unit.value)
    kept = 0.0 if size.existing is None else float(size.existing.value)
    most = math.inf if size.max is None else math.floor((float(size.max.value) - kept) / unit + 1e-9)
    found, total = list[int](), 0.0
    for amount in built:
        total += max(amount, 0.0) / unit
        found.append(max(0, math.ceil(min(total - TRACE, most)) - sum(found)))
    return found


def _columns(study: Study) -> float:
    return extent(study, 1, False).columns * len(study.milestones.years)


def _whole(c: Any) -> bool:  # noqa: ANN401  fields differ by kind
    return BRANCH in c.traits and c.capacity.capex is not None and c.capacity.unit is not None


def _each(study: Study, change: Callable[[str, Size], Size]) -> Study:
    """The study with the sizes of its branches changed that are built in whole units."""

    def changed(c: Any) -> Any:  # noqa: ANN401  fields differ by kind
        return dataclasses.replace(c, capacity=change(c.name, c.capacity)) if _whole(c) else c

    return dataclasses.replace(study, components=tuple(changed(c) for c in study.components))
