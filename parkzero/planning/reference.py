"""The reference: today's plant kept and replaced in kind, against which a plan is said to save.

Nothing is built but what takes the place of retired equipment, at its stated cost. Demands, prices and
carbon prices are the study's; caps, shares and offsets, which a plan must meet, are left out. What the plant
of today cannot serve stays unserved and is reported: it is no plan, only what a plan is measured against.

Rules:
    kept        what stands of each size in each milestone year = what stands today
    idle        what has sizes of which none stands can do nothing, and is left out: the same optimum, sooner
"""

from __future__ import annotations

import dataclasses
import time
from typing import Final

import numpy as np

from parkzero.errors import Fault, Place, SolverError, StudyError
from parkzero.language.component import DEMAND, TARGET, Component
from parkzero.language.fields import Size, described
from parkzero.language.statement import METERED
from parkzero.lp.solver import Options, Point, solve, version
from parkzero.planning.assemble import Design, build_year, stack
from parkzero.planning.bounds import evaluate
from parkzero.planning.plan import Operated, Plan, Step, peak_memory_mb
from parkzero.study.study import Study
from parkzero.texts import data, say
from parkzero.timeline import IntArray
from parkzero.units import FloatArray

METHOD: Final = "reference"
_THERE: Final = frozenset({DEMAND, METERED})


def in_kind(study: Study) -> Study:
    """The study without what only a plan must meet; what stands may be replaced whenever it has a cost.

    A size that no plan may build (``first_year`` after the plan's end) is still replaced at its stated cost.
    """
    kept = [_replaceable(c, study) for c in study.components if TARGET not in c.traits]
    return dataclasses.replace(study, components=tuple(kept))


def without_idle(study: Study) -> Study:
    """The study without equipment of which nothing stands today, but for what others name."""
    idle = {c.name for c in study.components if _idle(c)}
    while True:
        named = {n for c in study.components if c.name not in idle for n in _names(c)}
        if not idle & named:
            break
        idle -= named
    return dataclasses.replace(study, components=tuple(c for c in study.components if c.name not in idle))


def _idle(component: Component) -> bool:
    """Whether something has sizes, and none of them stands; a demand or a connection is there without any."""
    if component.traits & _THERE:
        return False
    fields = described(type(component)).items()
    sizes = [s for n, spec in fields if spec.kind == "size" and (s := getattr(component, n)) is not None]
    return bool(sizes) and not any(s.existing is not None and float(s.existing.value) > 0 for s in sizes)


def _names(component: Component) -> list[str]:
    """Other assets that a component names."""
    return [getattr(component, n) for n, spec in described(type(component)).items() if spec.kind == "asset"]


def _replaceable(component: Component, study: Study) -> Component:
    changes: dict[str, Size] = {}
    for name, spec in described(type(component)).items():
        size = getattr(component, name) if spec.kind == "size" else None
        if isinstance(size, Size) and size.existing is not None and size.capex is not None:
            priced = [y for y in study.milestones.years if size.capex.covers(y)]
            if priced:
                changes[name] = dataclasses.replace(size, first_year=min(priced[0], size.first_year))
    return dataclasses.replace(component, **changes)  # type: ignore[arg-type]  # sizes of its own fields


def replaced(design: Design, years: tuple[int, ...]) -> FloatArray:
    """What each milestone year builds so that what stands today always stands, by design column [columns]."""
    place = {name: i for i, name in enumerate(design.names)}
    sizes = np.zeros(len(design.names))
    for cohorts in design.cohorts.values():
        built: dict[int, float] = {}
        for year in years:
            alive = sum(amount for v, amount in built.items() if cohorts.lives(v, year))
            there = cohorts.stays[0] <= year < cohorts.stays[1]
            built[year] = max(cohorts.existing - cohorts.old(year) - alive, 0.0) if there else 0.0
            sizes[place[f"{cohorts.builds}[{year}]"]] = built[year] / cohorts.unit_size
    return sizes


def decided(study: Study, design: Design, sizes: FloatArray) -> FloatArray:
    """The same sizes with what the design decides beside them (who drives what): the best of a mean day.

    Raises:
        SolverError: when the solver finds nothing.
    """
    sized = np.zeros(len(sizes), dtype=bool)
    for cohorts in design.cohorts.values():
        block = design.block(cohorts)
        sized[block.inside] = True
    if not (design.whole & ~sized).any():
        return sizes
    timeline = study.timeline.grouped(_one_day(study))
    problem = stack(design, [build_year(study, year, timeline)[0] for year in study.milestones.years])
    lower, upper = problem.lower.copy(), problem.upper.copy()
    lower[: len(sizes)] = np.where(sized, sizes, design.lower)
    upper[: len(sizes)] = np.where(sized, sizes, design.upper)
    found = solve(dataclasses.replace(problem, lower=lower, upper=upper), Options(threads=1, gap=1e-3))
    if found.status != "optimal":
        raise SolverError(say("the lower bound ended with status {status}", status=found.status))
    return np.where(design.whole, np.round(found.values[: len(sizes)]), sizes)


def faults_of(study: Study, design: Design, sizes: FloatArray) -> list[Fault]:
    """Replacements that the study gives no cost for."""
    of = {c.name: c for c in study.components}
    faults = []
    for name, amount in zip(design.names, sizes, strict=True):
        key, year = name.removesuffix("]").rsplit("[", 1)
        if not amount > 0 or key not in design.cohorts:
            continue
        cohorts = design.cohorts[key]
        size = getattr(of[cohorts.asset], cohorts.name, None)
        if isinstance(size, Size) and _costs(size, int(year)):
            continue
        faults.append(
            Fault(
                Place(field=f"assets.{key}.capex"),
                say("has no cost for {year}, when the reference case replaces it in kind", year=data(year)),
                needs=say("the cost of replacing it"),
                hint=say(
                    "give capex and lifetime (max_each = 0: no plan builds it), or plan with --no-reference"
                ),
            )
        )
    return faults


def _costs(size: Size, year: int) -> bool:
    return size.capex is not None and year >= size.first_year and size.capex.covers(year)


def check(study: Study) -> None:
    """Refuse a study whose reference would replace equipment at no stated cost.

    Raises:
        StudyError: with every such replacement.
    """
    asked = without_idle(in_kind(study))
    _, design = build_year(asked, study.milestones.years[0], asked.timeline.grouped(_one_day(asked)))
    if faults := faults_of(asked, design, replaced(design, study.milestones.years)):
        raise StudyError(faults, title=say("The reference case"))


def _one_day(study: Study) -> IntArray:
    return np.zeros(study.timeline.calendar.days, dtype=np.int32)


def reference(study: Study) -> Plan:
    """The reference of a study, every step of every milestone year operated with today's plant.

    Returns:
        A plan whose method is ``reference``; whatever it leaves unserved stands in its ledger.
    """
    begun = time.perf_counter()
    asked = without_idle(in_kind(study))
    years: list[Operated] = []
    before: Point | None = None
    sizes: FloatArray = np.zeros(0)
    objective, ran = 0.0, ""
    for year in study.milestones.years:
        built, design = build_year(asked, year, asked.timeline)
        if not len(sizes):
            sizes = decided(asked, design, replaced(design, study.milestones.years))
        found = evaluate(built, sizes, Options(), before=before)
        before = Point(np.zeros(0), found.duals, found.bases)
        years.append(Operated(built, found.values, found.duals, found.reduced))
        objective, ran = objective + found.cost, found.ran
    seconds = time.perf_counter() - begun
    last = Step(objective, objective, seconds, say("operated with today's plant"))
    return Plan(
        asked, "optimal", design, sizes, tuple(years), objective, objective, 0.0, METHOD, version(ran),
        seconds, peak_memory_mb(), (last,),
    )  # fmt: skip
