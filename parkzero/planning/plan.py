"""A plan: sizes, the operation of every step of every milestone year, and how near to the best it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from parkzero.language.accounts import Account
from parkzero.lp.memory import peak_memory_mb as peak_memory_mb
from parkzero.lp.solver import Point
from parkzero.planning.assemble import Built, Design
from parkzero.study.study import Study
from parkzero.texts import Text
from parkzero.units import FloatArray

Status = Literal["optimal", "infeasible", "stopped"]
Method = Literal["certified", "monolith"]

# More unserved energy [MWh] or excess [t] than this in a year makes the study infeasible as it stands.
SLACK_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Operated:
    """One milestone year, operated in every step with the plan's sizes.

    Attributes:
        built: the year's rows and columns.
        values: operation columns [columns].
        duals: change of the plan's cost (discounted, all represented years) when a row's bound rises by one;
            not numbers where they are not known.
        reduced: the same for the columns' bounds.
        before: where the year goes on as in an earlier plan at other prices, which proves the plan but does
            not say what things are worth now: that plan's operation. ``parkzero.pricing`` finds the rest.
    """

    built: Built
    values: FloatArray
    duals: FloatArray
    reduced: FloatArray
    before: Point | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What is known at one moment while a plan is sought.

    Attributes:
        lower, upper: proven lower bound and cost of the best plan so far [money].
        seconds: since the start.
        text: what was done last, in words.
    """

    lower: float
    upper: float
    seconds: float
    text: Text

    @property
    def gap(self) -> float:
        """Relative distance between both bounds."""
        return relative_gap(self.lower, self.upper)


Progress = Callable[[Step], None]
Stop = Callable[[], bool]
"""Asked now and then whether to stop."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer to a study.

    Attributes:
        study: what was asked.
        status: ``optimal`` within ``tolerance``; ``infeasible`` when something stays unserved or in excess;
            ``stopped`` when the search ended before the tolerance.
        design: what could be built.
        sizes: what is built, by design column [columns].
        years: the operated milestone years.
        objective: discounted cost of the plan [money].
        lower_bound: no plan costs less [money].
        tolerance: gap that was asked for.
        method: how it was found.
        solver: solver, its version and the method that ran.
        seconds: time taken [s].
        peak_memory_mb: most memory taken, workers included [MB].
        history: bounds as they closed.
        cheaper: share by which what is not built would have to be cheaper, by asset; None while nobody has
            asked for that (see ``parkzero.pricing``).
    """

    study: Study
    status: Status
    design: Design
    sizes: FloatArray
    years: tuple[Operated, ...]
    objective: float
    lower_bound: float
    tolerance: float
    method: Method | Literal["reference", "ahead"]
    solver: str
    seconds: float
    peak_memory_mb: float
    history: tuple[Step, ...]
    cheaper: Mapping[str, float] | None = None

    @property
    def gap(self) -> float:
        """Proven relative distance from the best plan."""
        return relative_gap(self.lower_bound, self.objective)


def relative_gap(lower: float, upper: float) -> float:
    """Distance between two bounds relative to the upper one; infinite while one is missing."""
    if not (abs(lower) < float("inf") and abs(upper) < float("inf")):
        return float("inf")
    return max(0.0, (upper - lower) / max(abs(upper), 1e-9))


def slack_of(operated: Operated, sizes: FloatArray) -> float:
    """Largest unserved energy [MWh] or excess of one booking in the year, at its price's unit."""
    from parkzero.language.block import integrate  # only needed here

    worst = 0.0
    context = operated.built.context
    for entry in context.ledger.under(Account.SLACK):
        total = integrate(entry.expr, context.timeline) if entry.hourly else entry.expr
        paid = float(total.value(sizes, operated.values)[0])
        price = max((float(abs(t.values()).max(initial=0.0)) for t in entry.expr.terms), default=1.0)
        worst = max(worst, paid / max(price, 1e-9))
    return worst
