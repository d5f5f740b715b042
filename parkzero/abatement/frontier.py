"""Frontier of cost and carbon: caps from the free plan down to the target, each planned, each with its price.

Symbols:
    F[y], D[y]  net emissions of the plan without targets, and of the deepest cap, in milestone year y [t]
    k / n       how far the caps have gone down, k = 0 … n
    w[y], p[y]  discounted years, and what a tonne more would save in the year [money/t]

Rules:
    cap         limit[y] = F[y] - k / n (F[y] - D[y])
    price       sum w[y] p[y] (F[y] - D[y]) / sum w[y] (F[y] - D[y]): what the next tonne costs
    slope       (cost - cost before) / (tonnes before - tonnes): what those between two caps cost on average
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from parkzero.abatement.points import Planner, Point
from parkzero.study.change import capped, limits_of, untargeted
from parkzero.study.study import Study

FREE = "free"


@dataclass(frozen=True, slots=True)
class Capped:
    """A plan under a cap.

    Attributes:
        share: how far down, 0 to 1.
        limits: of each milestone year [t].
        point: the plan.
        price: what the next tonne costs [money/t]; None where that is not known.
        slope: what a tonne since the cap before costs [money/t], present value; None for the first.
    """

    share: float
    limits: Mapping[int, float]
    point: Point
    price: float | None
    slope: float | None


@dataclass(frozen=True, slots=True)
class Frontier:
    """Plans from the free one down to the deepest cap that could be planned.

    Attributes:
        free: the plan without targets.
        caps: plans under caps, the loosest first; those that no plan keeps are left out.
        beyond: shares of caps that no plan keeps.
    """

    free: Point
    caps: tuple[Capped, ...]
    beyond: tuple[float, ...]

    @property
    def price(self) -> float | None:
        """What the next tonne costs at the deepest cap [money/t]."""
        prices = [c.price if c.price is not None else c.slope for c in self.caps]
        return next((p for p in reversed(prices) if p is not None), None)


def frontier(study: Study, planner: Planner, caps: int, deepest: float | None = None) -> Frontier:
    """Plan the frontier.

    Args:
        study: what is asked; its own caps say how deep to go.
        planner: plans studies.
        caps: how many.
        deepest: what the last cap leaves of each year's free emissions; the study's own caps by default.

    Raises:
        ValueError: when the study has no caps and ``deepest`` is not given.
    """
    free = planner.plan(capped(untargeted(study), {}), FREE)
    goal = _deepest(study, free, deepest)
    points = _points(study, planner, [k / caps for k in range(1, caps + 1)], free, goal)
    found: list[Capped] = []
    before = free
    for share, alone in points.items():
        # What a looser cap proves holds under a tighter one.
        point = replace(alone, lower_bound=max(alone.lower_bound, before.lower_bound))
        if point.feasible:
            limits = _limits(free, goal, share)
            price, slope = _price(study, free, goal, point), _slope(before, point)
            found.append(Capped(share, limits, point, price, slope))
            before = point
    return Frontier(free, tuple(found), tuple(share for share, p in points.items() if not p.feasible))


def _limits(free: Point, goal: Mapping[int, float], share: float) -> dict[int, float]:
    return {y: e - share * (e - goal[y]) for y, e in free.by_year.items()}


def _points(
    study: Study, planner: Planner, shares: Sequence[float], free: Point, goal: Mapping[int, float]
) -> dict[float, Point]:
    """Plans under caps, the loosest first.

    The deepest one is planned at once: a mixture of two plans keeps the mixture of their caps and costs no
    more than that of their costs, so that every other one begins with sizes that are near.
    """
    *others, last = shares
    done: dict[float, Point] = {}

    def planned(share: float, like: str = "", towards: tuple[str, float] | None = None) -> Point:
        limited = capped(untargeted(study), _limits(free, goal, share))
        return planner.plan(limited, _name(share), like, towards)

    deep = planned(last)  # nothing is like it yet
    like, at = FREE, 0.0
    for share in others:
        towards = (_name(last), (share - at) / (last - at)) if deep.feasible else None
        done[share] = planned(share, like, towards)
        if done[share].feasible:
            like, at = _name(share), share
    return done | {last: deep}


def _name(share: float) -> str:
    return f"cap {share:.0%}"


def _deepest(study: Study, free: Point, deepest: float | None) -> dict[int, float]:
    own = limits_of(study)
    if deepest is None and not own:
        raise ValueError("the study has no yearly cap, so that nobody knows how deep to go")
    goal = own if deepest is None else {y: deepest * e for y, e in free.by_year.items()}
    return {y: min(goal.get(y, e), e) for y, e in free.by_year.items()}


def _price(study: Study, free: Point, goal: Mapping[int, float], point: Point) -> float | None:
    weights = dict(zip(study.milestones.years, study.milestones.weights, strict=True))
    spared = {y: weights[y] * (e - goal[y]) for y, e in free.by_year.items()}
    total = sum(spared.values())
    if not point.prices or total <= 0:
        return None
    return float(sum(spared[y] * price for y, price in point.prices.items()) / total)


def _slope(before: Point, point: Point) -> float | None:
    tonnes = before.tonnes - point.tonnes
    return (point.cost - before.cost) / tonnes if tonnes > 1e-6 * max(abs(before.tonnes), 1.0) else None
