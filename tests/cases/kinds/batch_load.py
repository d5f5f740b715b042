"""Batches on paper: 6 MWh that come in the first hour, at prices that fall."""

from __future__ import annotations

from typing import Any

import numpy as np

from parkzero.components import BatchLoad, Profile
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MW, MWH, ONE, H, Quantity
from tests.cases.harness import NEVER, PENALTY, case, compose, grid, mw, path, per, steps


def batches(*work: float, deadline: float = 2.0, power: float = 10.0, **more: Any) -> BatchLoad:
    """Work that comes in the first hours."""
    return BatchLoad(
        **{"name": "batch", "bus": "el", "load": Profile(steps(*work), MW),
           "deadline": Quantity(deadline, H), "power": mw(power), **more}
    )  # fmt: skip


LATE = Profile(np.array([*[0.0] * 23, 6.0]), MW)

CASES = [
    case("two hours to wait: the third is the cheapest", 6 * 20, batches(6), grid(100, 60, 20, 10)),
    case("no deadline, no choice", 6 * 100, batches(6, deadline=0.0), grid(100, 60, 20, 10)),
    case("4 MW at a time: 4 in the third hour, 2 in the second", 4 * 20 + 2 * 60,
         batches(6, power=4.0), grid(100, 60, 20, 10)),
    case("work of two hours, each by its own deadline: the first 6 may not wait for the fourth hour",
         6 * 20 + 3 * 10, batches(6, 3), grid(100, 60, 20, 10)),
    case("only from the second hour of the day until the end of it", 6 * 60,
         batches(6, begins=1, ends=2), grid(100, 60, 20, 10)),
    case("work of the last hour may be done in the next morning", 6 * 20,
         batches(load=LATE), grid(100, 20)),
    case("putting off costs 50 a MWh: not worth it for 40, worth it for 80", 3 * 100 + 3 * (20 + 50),
         batches(6, power=3.0, cost=per(50, MONEY / MWH)), grid(100, 60, 20, 10)),
    case("work that comes in 2026: nothing to do a year before", 6 * 20,
         batches(load=Profile(steps(6), MW, path(ONE, y2025=0.0, y2026=1.0))), grid(100, 60, 20, 10),
         years=(2025, 2026)),
    case("what cannot be done in time is never done", 2 * 20 + 2 * 60 + 2 * 100 + PENALTY,
         batches(7, power=2.0), grid(100, 60, 20, NEVER)),
]  # fmt: skip

BOOKED = [
    ("3 at once, 3 put off, at 50 a MWh; a seventh is never done",
     compose(batches(7, power=3.0, deadline=1.0, cost=per(50, MONEY / MWH)), grid(100, 20)),
     {("batch", A.CONSUMED): 6, ("batch", A.UNSERVED): 1, ("batch", A.SLACK): PENALTY,
      ("batch", A.VARIABLE_OM): 200, ("grid", A.IMPORTED): 6, ("grid", A.ENERGY): 360}),
]  # fmt: skip
