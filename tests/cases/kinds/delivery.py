"""Delivery plans on paper: what is due in a day leaves at the hours that suit."""

from __future__ import annotations

from typing import Any

from parkzero.components import Delivery, Profile
from parkzero.language.accounts import Account as A
from parkzero.units import H, Quantity, T
from tests.cases.harness import PENALTY, case, compose, days, each_day, grid, steps
from tests.cases.kinds.process import GOODS, line


def due(*values: float, raw: Any = None, **more: Any) -> Delivery:
    """A plan of deliveries."""
    shape = steps(*values) if raw is None else raw
    return Delivery(name="plan", bus="goods", plan=Profile(shape, T / H), **more)


TWO = days(2)

CASES = [
    case("due in the dear hour, delivered in the cheap one of the same day", 2 * 20,
         due(0, 1), grid(20, 100), line(), **GOODS),
    case("through a gate of half a tonne an hour", 1 * 20 + 1 * 100,
         due(0, 1, gate=Quantity(0.5, T / H)), grid(20, 100), line(), **GOODS),
    case("not in a cheap hour of another day", 2 * 100,
         due(raw=each_day((0,), (1,))), grid(raw=each_day((20,), (100,), rest=100)), line(),
         timeline=TWO, **GOODS),
    case("what is not delivered costs as a shortfall does", PENALTY, due(1), grid(), line(0), **GOODS),
]  # fmt: skip

BOOKED = [("a tonne that is not delivered", compose(due(1), **GOODS), {("plan", A.SLACK): PENALTY})]
