"""Distributions on paper: what a low power factor costs, and from which voltage all begins."""

from __future__ import annotations

import math

from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH
from tests.cases.harness import PENALTY, case, compose, grid, load, per, share
from tests.cases.kinds.power_line import cable, far, network, node

EDGE = math.degrees(math.acos(0.9))
PRICE = per(5, MONEY / MWH)


def charged(angle: float, along: float, threshold: float = 0.9) -> float:
    """Share of an import at an angle that is charged, along the tangent at another: both in degrees."""
    a = math.radians(along)
    return threshold * (math.cos(a) + math.tan(math.radians(angle)) * math.sin(a)) - 1


def drawn(angle: float) -> object:
    """A node at the grid connection itself, whose loads draw at an angle."""
    return node("el", power_factor=share(math.cos(math.radians(angle))))


CASES = [
    *(
        case(f"{beyond + 1} degrees beyond the threshold the tangent at {beyond} charges",
             2 * 20 + 2 * 5 * charged(EDGE + beyond + 1, EDGE + beyond),
             load(2), grid(20), network(surcharge_price=PRICE), drawn(EDGE + beyond + 1))
        for beyond in (0, 8, 20)
    ),
    case("a power factor above the threshold costs nothing", 2 * 20,
         load(2), grid(20), network(surcharge_price=PRICE), drawn(EDGE - 1)),
    case("another threshold begins elsewhere",
         2 * 20 + 2 * 5 * charged(EDGE + 1, math.degrees(math.acos(0.95)) + 8, 0.95),
         load(2), grid(20), network(surcharge_price=PRICE, power_factor_threshold=share(0.95)),
         drawn(EDGE + 1)),
    case("held at 1.01, 5.88 MW may drop to 0.95",
         20 * (5.88 + 0.169) + (8 - 5.88 + 0.169) * PENALTY,
         far(8), grid(20), cable(), network(voltage=share(1.01)), node(voltage_min=share(0.95))),
]  # fmt: skip

BOOKED = [
    ("a surcharge on 2 MW",
     compose(load(2), grid(20), network(surcharge_price=PRICE), drawn(EDGE + 1)),
     {("network", A.POWER_FACTOR): 10 * charged(EDGE + 1, EDGE), ("grid", A.ENERGY): 40,
      ("grid", A.IMPORTED): 2, ("load", A.CONSUMED): 2}),
]  # fmt: skip
