"""Nodes on paper: what compensation saves of the losses."""

from __future__ import annotations

import math

from parkzero.language.accounts import Account as A
from parkzero.units import MVAR, M, Quantity
from tests.cases.harness import case, compose, grid, share, stands
from tests.cases.kinds.power_line import cable, far, network, node

C, S, T = math.cos(math.radians(15)), math.sin(math.radians(15)), math.tan(math.radians(30))
LEFT = 0.04 * (2 * C + (2 * T - 0.5) * S - 1) / (1 - 0.02 * C)
"""Losses of 2 MW at 30 degrees, where half a Mvar is compensated: along 15 degrees at the lowest tangent."""
THIRTY = share(math.cos(math.radians(30)))
PLACE = {"x": Quantity(0.0, M), "y": Quantity(-20.0, M)}

CASES = [
    case("half a Mvar stands, and takes its part off the losses", 20 * (2 + LEFT),
         far(2), grid(20), cable(), network(),
         node(power_factor=THIRTY, compensation=stands(0.5, MVAR), **PLACE)),
]  # fmt: skip

BOOKED = [
    ("half a Mvar that stands",
     compose(far(2), grid(20), cable(), network(), node(power_factor=THIRTY, compensation=stands(0.5, MVAR))),
     {("grid", A.ENERGY): 20 * (2 + LEFT), ("grid", A.IMPORTED): 2 + LEFT, ("load", A.CONSUMED): 2}),
]  # fmt: skip
