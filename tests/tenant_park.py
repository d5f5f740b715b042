"""A small park of two tenants, changes to it, and plans that go on from an earlier search of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parkzero.bench import tenants_study
from parkzero.components import Component, ElectricityDemand, Grid
from parkzero.lp.interior import solve_interior
from parkzero.planning.again.fingerprint import fingerprint
from parkzero.planning.assemble import stack
from parkzero.planning.certify import certified
from parkzero.planning.plan import Plan
from parkzero.study import Study
from tests.cases.harness import EXACT, years_of

GAP = 0.01


def park() -> Study:
    """Two tenants, eight weeks of a year: windows fit."""
    return tenants_study(2, days=56, years=(2040,))


def with_(study: Study, which: Callable[[Component], bool], **fields: Any) -> Study:
    """The study with some fields of some components changed."""
    changed = tuple(dataclasses.replace(c, **fields) if which(c) else c for c in study.components)
    return dataclasses.replace(study, components=changed)


def grown(study: Study, share: float, owners: tuple[str, ...] = ("t1",)) -> Study:
    """The study with a larger electricity demand of some tenants in later years."""
    for component in study.components:
        if isinstance(component, ElectricityDemand) and component.owner in owners:
            factor = component.load.factor
            values = (factor.values[0], *(share * v for v in factor.values[1:]))
            load = dataclasses.replace(component.load, factor=dataclasses.replace(factor, values=values))
            study = with_(study, lambda c, name=component.name: c.name == name, load=load)
    return study


def dearer(study: Study, share: float) -> Study:
    """The study with another price of electricity."""
    (grid,) = (c for c in study.components if isinstance(c, Grid))
    price = dataclasses.replace(grid.price, values=grid.price.values * share)
    return with_(study, lambda c: isinstance(c, Grid), price=price)


def planned(study: Study, kept: Path, tmp_path: Path, workers: int = 1) -> Plan:
    """A plan that goes on from the search."""
    path = tmp_path / "search.npz"
    path.write_bytes(kept.read_bytes())
    return certified(study, gap=GAP, workers=workers, small=0, resume=path)


BEST: dict[str, float] = {}


def best_of(study: Study) -> float:
    """The optimum as one problem, which knows nothing of mean days, windows or cuts."""
    name = fingerprint(study)
    if name not in BEST:
        design, years = years_of(study, study.timeline)
        found = solve_interior(stack(design, years), EXACT)
        assert found.status == "optimal"
        BEST[name] = found.objective
    return BEST[name]


def assert_proven(plan: Plan, study: Study) -> None:
    best = best_of(study)
    assert plan.status == "optimal"
    assert plan.gap <= GAP
    assert plan.lower_bound <= best * (1 + 1e-6)
    assert plan.objective >= best * (1 - 1e-6)
