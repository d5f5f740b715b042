"""Abatement bars that sum exactly: what each measure adds to plans, over all orders in which it may come.

A measure is a group of assets of which nothing more may be built without it. Every coalition of measures is a
plan of its own, at one price of carbon and without targets. From the plans' cost C and tonnes E:

    avoided     a(S) = E(none) - E(S);   cost  c(S) = C(S) - C(none)
    bar         Shapley value of a, its width, and of c, its cost

Both sum to what all measures do together, to the last digit. The classical chart puts beside one another what
each measure would do alone: measures that displace the same kilowatt-hours are then counted twice, and those
that help one another too little.

Order: measures that save money and carbon are ordered by dominance (none stands before one that saves more of
both), the others by cost per tonne. Cost per tonne misleads below zero: X saves 100 and 1 t (-100 a tonne), Y
100 and 10 t (-10), and Y is better (Taylor, Energy Policy 48:430, 2012).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parkzero.abatement.points import Planner, Point
from parkzero.cash.split import Split, sampled, shapley
from parkzero.planning.reference import in_kind
from parkzero.study.change import priced, without
from parkzero.study.study import Study

EXACT = 6
"""Most measures of which every coalition is planned; of more, random orders are."""
ORDERS = 8

Coalition = frozenset[str]


@dataclass(frozen=True, slots=True)
class Bar:
    """A measure.

    Attributes:
        name: of it.
        tonnes: it avoids over all years [t].
        cost: it adds, present value [money]; negative where it saves.
        tonnes_error, cost_error: standard errors; zero where all coalitions were planned.
        doubt: how far its cost and priced carbon together may be off, for plans are proven to a gap [money].
        alone_tonnes, alone_cost: what it does alone; NaN where that was not planned.
        last_tonnes, last_cost: what it adds to all others; NaN where that was not planned.
    """

    name: str
    tonnes: float
    cost: float
    tonnes_error: float
    cost_error: float
    doubt: float
    alone_tonnes: float
    alone_cost: float
    last_tonnes: float
    last_cost: float

    @property
    def each(self) -> float:
        """Cost of a tonne [money/t]; NaN where none is avoided."""
        return self.cost / self.tonnes if self.tonnes > 0 else math.nan

    @property
    def alone_each(self) -> float:
        """Cost of a tonne alone [money/t]; NaN where none is avoided."""
        return self.alone_cost / self.alone_tonnes if self.alone_tonnes > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Bars:
    """All measures.

    Attributes:
        price: of carbon in all plans [money/t].
        bars: in order: dominance where they save, cost per tonne where they cost.
        none, every: the plans without and with all measures.
        plans: how many were made.
        exact: whether every coalition was planned.
    """

    price: float
    bars: tuple[Bar, ...]
    none: Point
    every: Point
    plans: int
    exact: bool

    @property
    def tonnes(self) -> float:
        """What all avoid together [t]."""
        return self.none.tonnes - self.every.tonnes

    @property
    def cost(self) -> float:
        """What all add together, present value [money]."""
        return self.every.cost - self.none.cost


def bars(
    study: Study, measures: Mapping[str, Sequence[str]], price: float, planner: Planner, orders: int = ORDERS
) -> Bars:
    """Plan coalitions of measures, and share out what they do together.

    Args:
        study: what is asked; its targets are left out, and what stands may be replaced in kind.
        measures: assets of each measure.
        price: of carbon, in every year [money/t].
        planner: plans studies.
        orders: random orders where there are more than ``EXACT`` measures.
    """
    base = priced(in_kind(study), price)
    points: dict[Coalition, Point] = {}

    def planned(members: Coalition) -> Point:
        if members not in points:
            barred = {a for m, assets in measures.items() if m not in members for a in assets}
            # From nothing: days are told apart by what is unserved, and another coalition lacks other assets.
            points[members] = planner.plan(without(base, barred), _name(members))
        return points[members]

    names = list(measures)
    everyone, nobody = frozenset(names), frozenset[str]()
    every, none = planned(everyone), planned(nobody)
    exact = len(names) <= EXACT

    def share(of: str) -> Split:
        def value(members: Coalition) -> float:
            point = planned(members)
            return none.tonnes - point.tonnes if of == "tonnes" else point.cost - none.cost

        return shapley(names, value) if exact else sampled(names, value, orders)

    tonnes, cost = share("tonnes"), share("cost")
    made = [
        Bar(
            name, tonnes.shares[name], cost.shares[name], tonnes.errors[name], cost.errors[name],
            _doubt(names, name, points) if exact else max(p.doubt for p in points.values()) * 2,
            *_alone(points.get(frozenset({name})), none), *_last(points.get(everyone - {name}), every),
        )
        for name in names
    ]  # fmt: skip
    return Bars(price, tuple(ordered(made)), none, every, len(points), exact)


def _name(members: Coalition) -> str:
    return "+".join(sorted(members)) or "none"


def _alone(point: Point | None, none: Point) -> tuple[float, float]:
    if point is None:
        return math.nan, math.nan
    return none.tonnes - point.tonnes, point.cost - none.cost


def _last(point: Point | None, every: Point) -> tuple[float, float]:
    if point is None:
        return math.nan, math.nan
    return point.tonnes - every.tonnes, every.cost - point.cost


def _doubt(names: Sequence[str], name: str, points: Mapping[Coalition, Point]) -> float:
    """What the gaps of the plans may move a bar by: weighted as the Shapley value weighs them."""
    n, total = len(names), 0.0
    others = [other for other in names if other != name]
    for size in range(n):
        weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
        for members in itertools.combinations(others, size):
            c = frozenset(members)
            total += weight * (points[c].doubt + points[c | {name}].doubt)
    return total


def ordered(found: Sequence[Bar]) -> list[Bar]:
    """Measures that save by dominance, those that cost by cost per tonne, those that avoid nothing last."""
    saving = [b for b in found if b.tonnes > 0 and b.cost < 0]
    costing = sorted((b for b in found if b.tonnes > 0 and b.cost >= 0), key=lambda b: b.each)
    rest = [b for b in found if not b.tonnes > 0]
    order: list[Bar] = []
    while saving:
        front = [b for b in saving if not any(_dominates(other, b) for other in saving)]
        order += sorted(front, key=lambda b: b.cost)
        saving = [b for b in saving if b not in front]
    return [*order, *costing, *rest]


def _dominates(left: Bar, right: Bar) -> bool:
    """Whether it saves no less money and carbon, and more of one."""
    better = left.cost <= right.cost and left.tonnes >= right.tonnes
    return better and (left.cost < right.cost or left.tonnes > right.tonnes)
