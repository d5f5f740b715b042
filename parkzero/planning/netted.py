"""A plan whose stores do not charge and discharge at once where that changes nothing.

A store without losses on the way in and out may do both in one step: the bus and the level see only the
difference, so the solver has no reason not to. Both are lowered by the smaller; no rule, cost or emission can
be the worse for it. Where something is lost on the way, doing both gets rid of energy: that is the plan's own
choice, which ``results.not_meant`` tells.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from parkzero.language.component import Component
from parkzero.lp.model import dotted
from parkzero.planning.plan import Operated, Plan
from parkzero.units import Quantity

INTO, OUT_OF = "charge", "discharge"
_LOSSLESS = 1e-9


def netted(plan: Plan) -> Plan:
    """The same plan with what lossless stores do both ways at once taken out."""
    stores = [c.name for c in plan.study.components if both_ways(c) and lossless(c)]
    years = tuple(_year(operated, stores) for operated in plan.years)
    changed = any(a is not b for a, b in zip(years, plan.years, strict=True))
    return replace(plan, years=years) if changed else plan


def both_ways(component: Component) -> bool:
    """Whether a component is a store with efficiencies of its own."""
    return hasattr(component, "efficiency_in") and hasattr(component, "efficiency_out")


def lossless(component: Component) -> bool:
    """Whether nothing is lost between charging and discharging in one step."""
    product = 1.0
    for name in ("efficiency_in", "efficiency_out"):
        value = getattr(component, name)
        product *= float(value.value) if isinstance(value, Quantity) else 0.0
    return abs(product - 1.0) < _LOSSLESS


def _year(operated: Operated, stores: list[str]) -> Operated:
    blocks, values = operated.built.context.model.operation.blocks, operated.values
    for name in stores:
        into, out_of = blocks.get(dotted(name, INTO)), blocks.get(dotted(name, OUT_OF))
        if into is None or out_of is None:
            continue
        both = np.minimum(values[into.inside], values[out_of.inside])
        if both.max(initial=0.0) <= 0.0:
            continue
        values = values.copy() if values is operated.values else values
        values[into.inside] -= np.maximum(both, 0.0)
        values[out_of.inside] -= np.maximum(both, 0.0)
    return operated if values is operated.values else replace(operated, values=values)
