"""Transformers on paper: what they lose without load, under load, and what tapping gives.

The transformer loses a tenth at full load of 10 MVA, 0.01 per unit on one MVA, and its reactance is as large.
"""

from __future__ import annotations

import math
from typing import Any

from parkzero.components import Transformer
from parkzero.language.accounts import Account as A
from parkzero.units import KV, MONEY, MW, MWH, Quantity
from tests.cases.harness import NEVER, PENALTY, case, compose, grid, load, per, share, stands
from tests.cases.kinds.power_line import HIGH, LOW, MIDDLE, cable, far, farads, network, node, sloped


def trafo(rating: float = 10.0, **more: Any) -> Transformer:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "trafo", "source": "el", "to": "far", "capacity": stands(rating), "no_load_loss": share(0.0),
        "load_loss": share(0.1), "short_circuit": share(0.1 * math.sqrt(2)), "high": Quantity(10.0, KV),
        "low": Quantity(10.0, KV), "unit_rating": Quantity(10.0, MW),
    }  # fmt: skip
    return Transformer(**{**base, **more})


DROPPED = 0.1 / 0.021
"""At 0.95 per unit 0.02 f + 0.01 l = 0.0975, with l = 0.1 (f - 2.5): half of it flows as reactive power."""


def short(flow: float) -> float:
    """Cost of 8 MW where so much passes the middle: what is bought, and what is unserved."""
    lost = 0.1 * (flow - 2.5)
    return 20 * (flow + lost / 2) + (8 - flow + lost / 2) * PENALTY


LOWEST = {"power_factor": share(1.0), "voltage_min": share(0.95)}
CABLED: dict[str, Any] = {"source": "far", "to": "end"}

CASES = [
    case("2 MW lose along the lowest tangent", 20 * (2 + LOW), far(2), grid(20), trafo()),
    case("half full it loses along the middle one", 20 * (5 + MIDDLE), far(5), grid(20), trafo()),
    case("nearly full along the highest", 20 * (8.5 + HIGH), far(8.5), grid(20), trafo()),
    case("1 of 10 kW for each MVA is lost in every hour, loaded or not",
         20 * (2 + LOW) + 0.01 * (20 + 23 * NEVER), far(2), grid(20), trafo(no_load_loss=share(0.001))),
    case("half of its rating may be used: 5 at its middle, 0.25 lost", 20 * 5.125 + (12 - 4.875) * PENALTY,
         far(12), grid(20), trafo(loading=share(0.5))),
    *(
        case(f"reactive power at {angle} degrees is carried and loses", 20 * (2 + sloped(angle, 1.0)),
             far(2), grid(20), trafo(), network(), node(power_factor=share(math.cos(math.radians(angle)))))
        for angle in (15, 30)
    ),
    *(
        case(f"so does that of a cable behind it, at -{angle} degrees", 20 * (2 + sloped(angle, -1.0)),
             far(2), grid(20), trafo(), network(), node(), node("end"),
             cable(**CABLED, capacitance=farads(2 * math.tan(math.radians(angle)))))
        for angle in (15, 30)
    ),
    case("at 0.95 per unit its middle carries 4.76 MW", short(DROPPED),
         far(8), grid(20), trafo(), network(), node(**LOWEST)),
    case("a fixed tap of 1 % raises what may drop", short((1.01**2 + 0.0025 - 0.9025) / 0.021),
         far(8), grid(20), trafo(tap=share(0.01)), network(), node(**LOWEST)),
    case("made for 10.1 kV before it, it gives less", short(((10 / 10.1) ** 2 + 0.0025 - 0.9025) / 0.021),
         far(8), grid(20), trafo(high=Quantity(10.1, KV)), network(), node(**LOWEST)),
    case("made for 9.9 kV behind it, it is less and drops less",
         short((0.99**2 - 0.9025) / 0.99**2 / 0.021 + 0.0025 / 0.021),
         far(8), grid(20), trafo(low=Quantity(9.9, KV)), network(),
         node(**LOWEST, nominal=Quantity(10.0, KV))),
    case("tapping under load by 1 % either way gives 0.02 more", short((1.0025 - 0.9025 + 0.02) / 0.021),
         far(8), grid(20), trafo(tap_range=share(0.01), tap_step=share(0.005)), network(), node(**LOWEST)),
    case("its magnetising current is charged: 0.9 Mvar without any import",
         0.9 * 24 * (0.9 * math.sin(math.acos(0.9) + math.radians(20))) * 3,
         load(0), grid(20), trafo(no_load_current=share(0.09)), network(surcharge_price=per(3, MONEY / MWH)),
         node()),
]  # fmt: skip

BOOKED = [
    ("2 MW that lose 0.04",
     compose(far(2), grid(20), trafo()),
     {("grid", A.ENERGY): 20 * (2 + LOW), ("grid", A.IMPORTED): 2 + LOW, ("load", A.CONSUMED): 2}),
]  # fmt: skip
