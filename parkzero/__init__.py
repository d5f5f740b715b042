"""ParkZero: the cheapest hour-by-hour path of an industrial park to net zero, with proof.

    import parkzero

    study = parkzero.read("my-park")
    plan = parkzero.plan(study, gap=0.001)
    print(plan.status, plan.gap, plan.results.sizes)
    plan.save("out/my-park")

These names are the public face; everything else may change. They are loaded when they are first used, so that
``import parkzero`` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parkzero.components import ByYear, Component, Profile, constant, kinds
    from parkzero.errors import (
        Fault,
        InfeasibleError,
        ParkZeroError,
        Place,
        SolverError,
        StoppedError,
        StudyError,
        UnitError,
    )
    from parkzero.explain.infeasible import Explanation, explain_infeasible
    from parkzero.language.site import Bus
    from parkzero.results import Results, audit, connect, load, results_of, save
    from parkzero.results.planned import Planned as Plan
    from parkzero.results.planned import plan
    from parkzero.study.reader import read
    from parkzero.study.study import Study, Tenant, milestones
    from parkzero.timeline import Calendar, Timeline
    from parkzero.units import Quantity

_HOMES = {
    "parkzero.components": ("ByYear", "Component", "Profile", "constant", "kinds"),
    "parkzero.errors": (
        "Fault", "InfeasibleError", "ParkZeroError", "Place", "SolverError", "StoppedError", "StudyError",
        "UnitError",
    ),
    "parkzero.explain.infeasible": ("Explanation", "explain_infeasible"),
    "parkzero.results": ("Results", "audit", "connect", "load", "results_of", "save"),
    "parkzero.results.planned": ("plan",),
    "parkzero.study": ("read",),
    "parkzero.language.site": ("Bus",),
    "parkzero.study.study": ("Study", "Tenant", "milestones"),
    "parkzero.timeline": ("Calendar", "Timeline"),
    "parkzero.units": ("Quantity",),
}  # fmt: skip
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Bus",
    "ByYear",
    "Calendar",
    "Component",
    "Explanation",
    "Fault",
    "InfeasibleError",
    "ParkZeroError",
    "Place",
    "Plan",
    "Profile",
    "Quantity",
    "Results",
    "SolverError",
    "StoppedError",
    "Study",
    "StudyError",
    "Tenant",
    "Timeline",
    "UnitError",
    "audit",
    "connect",
    "constant",
    "explain_infeasible",
    "kinds",
    "load",
    "milestones",
    "plan",
    "read",
    "results_of",
    "save",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  a name of the face may be a class or a function
    if name == "Plan":
        return importlib.import_module("parkzero.results.planned").Planned
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'parkzero' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
