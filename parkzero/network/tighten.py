"""What alternating current finds becomes a tightened limit, and the study is planned again.

A branch that is loaded beyond its limit may carry less by as much in the next plan; a node whose voltage
leaves its band has a narrower one. The study's own limits are those that are checked. Tightened limits only
ever bind the plan more: its cost does not fall from round to round.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from parkzero.network.check import Checked, check
from parkzero.network.grid import BRANCH, NODE
from parkzero.results.planned import Planned
from parkzero.study.study import Study
from parkzero.units import Quantity

ROUNDS = 8
MARGIN = 2e-5
"""Beyond what was found, so that the next round need not find a trace."""


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """One plan and what was found of it.

    Attributes:
        plan: the plan.
        checked: its networks, against the study's own limits.
        limits: tightened limits under which it was planned: a branch's name, or bus.low and bus.high.
    """

    plan: Planned
    checked: tuple[Checked, ...]
    limits: Mapping[str, float]

    @property
    def breaches(self) -> int:
        """Limits that are broken."""
        return sum(len(c.breaches) for c in self.checked)


def planned_to_hold(
    study: Study, plan: Callable[[Study], Planned], told: Callable[[Round], None] | None = None
) -> list[Round]:
    """Plan a study again until its networks hold under alternating current.

    Args:
        study: what is asked.
        plan: how to plan it.
        told: called with each round.

    Returns:
        The rounds; the last is the answer. Some of its limits are broken still where ``ROUNDS`` did not
        suffice, or where no plan keeps the tightened ones.
    """
    own = limits_of(study)
    limits: dict[str, float] = {}
    rounds: list[Round] = []
    while len(rounds) < ROUNDS:
        made = plan(tightened(study, limits))
        rounds.append(Round(made, tuple(check(made.results, own)), dict(limits)))
        if told is not None:
            told(rounds[-1])
        if not rounds[-1].breaches or made.status == "infeasible":
            break
        limits = narrower(own, limits, rounds[-1].checked)
    return rounds


def limits_of(study: Study) -> dict[str, float]:
    """The limits of a study's branches and nodes."""
    found: dict[str, float] = {}
    for c in study.components:
        record: Any = c
        if BRANCH in c.traits:
            found[c.name] = float(record.loading.value)
        elif NODE in c.traits:
            found[f"{record.bus}.low"] = float(record.voltage_min.value)
            found[f"{record.bus}.high"] = float(record.voltage_max.value)
    return found


def narrower(
    own: Mapping[str, float], limits: Mapping[str, float], checked: tuple[Checked, ...]
) -> dict[str, float]:
    """Limits tightened by what was found beyond the study's own."""
    found = dict(limits)
    for breach in (b for c in checked for b in c.breaches):
        beyond = breach.worst - breach.limit
        if breach.what == "loading":
            key, share = breach.of, breach.limit / breach.worst
            new = found.get(key, own[key]) * (share - MARGIN)
        elif breach.what in ("low", "high"):
            key = f"{breach.of}.{breach.what}"
            new = found.get(key, own[key]) - beyond + (MARGIN if breach.what == "low" else -MARGIN)
        else:
            continue  # no flow exists: its branches and nodes say what is too much in other hours
        tighter = max if breach.what == "low" else min
        found[key] = tighter(new, found.get(key, math.inf if tighter is min else -math.inf))
    return found


def tightened(study: Study, limits: Mapping[str, float]) -> Study:
    """The study under tightened limits."""
    if not limits:
        return study

    def changed(c: Any) -> Any:  # noqa: ANN401  fields differ by kind
        if BRANCH in c.traits and c.name in limits:
            return dataclasses.replace(c, loading=Quantity(limits[c.name]))
        if NODE in c.traits:
            low = limits.get(f"{c.bus}.low", float(c.voltage_min.value))
            high = limits.get(f"{c.bus}.high", float(c.voltage_max.value))
            return dataclasses.replace(c, voltage_min=Quantity(low), voltage_max=Quantity(high))
        return c

    return dataclasses.replace(study, components=tuple(changed(c) for c in study.components))
