"""Lines with an impedance on paper: losses along tangents, reactive power aslant, voltage that gives out.

The cable has 1 ohm at 10 kV, so 0.01 per unit on one MVA, and a rating of 10 MVA: full, it loses a tenth.
Half of the losses l are taken at each end: for a load D its middle carries D + l/2, and D + l are bought.
"""

from __future__ import annotations

import math
from typing import Any

from parkzero.components import Distribution, GridNode, PowerLine
from parkzero.components.networks.power_line import FARAD, OMEGA
from parkzero.language.accounts import Account as A
from parkzero.units import KV, MW, OHM, M, Quantity
from tests.cases.harness import PENALTY, case, compose, grid, load, share, stands


def far(*values: float) -> Any:
    """A load at the far end."""
    return load(*values, bus="far")


def cable(rating: float = 10.0, **more: Any) -> PowerLine:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "cable", "source": "el", "to": "far", "length": Quantity(1000.0, M),
        "resistance": Quantity(0.001, OHM / M), "reactance": Quantity(0.0, OHM / M),
        "voltage": Quantity(10.0, KV), "circuit": Quantity(10.0, MW), "capacity": stands(rating),
    }  # fmt: skip
    return PowerLine(**{**base, **more})


def farads(reactive: float) -> Quantity:
    """The capacitance that gives so much reactive power [Mvar] at 10 kV on a kilometre."""
    return Quantity(reactive / (OMEGA * 1000 * 100), FARAD / M)


def node(bus: str = "far", **more: Any) -> GridNode:
    """A node that loads draw active power from, in a wide band."""
    base = {"power_factor": share(1.0), "voltage_min": share(0.9), "voltage_max": share(1.1)}
    return GridNode(**{"name": f"node_{bus}", "bus": bus, **base, **more})


def network(**more: Any) -> Distribution:
    """All that is reached from the grid connection, where the voltage is held."""
    return Distribution(**{"name": "network", "bus": "el", "nominal": Quantity(10.0, KV), **more})


def sloped(degrees: float, reactive: float = 0.0) -> float:
    """Losses for 2 MW at an angle: l = 0.04 s - 0.04 at the lowest tangent, s along the angle.

    ``reactive`` is the reactance for the resistance: half of the reactive losses flow at the middle too.
    """
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    without = 2 * c + 2 * math.tan(math.radians(degrees)) * s
    return 0.04 * (without - 1) / (1 - 0.02 * (c + reactive * s))


LOW, MIDDLE, HIGH = 0.04 / 0.98, 0.25 / 0.95, 0.7225 / 0.915
"""Losses of 2, 5 and 8.5 MW: l = k (2 u (D + l/2) - 10 u^2) for u of 0.2, 0.5 and 0.85, with k = 0.1."""

CASES = [
    case("2 MW lose along the lowest tangent", 20 * (2 + LOW), far(2), grid(20), cable()),
    case("half full it loses along the middle one", 20 * (5 + MIDDLE), far(5), grid(20), cable()),
    case("nearly full along the highest", 20 * (8.5 + HIGH), far(8.5), grid(20), cable()),
    case("backwards it loses the same", 20 * (2 + LOW), load(2), grid(20, bus="far"), cable()),
    case("half of its rating may be used: 5 at its middle, 0.25 lost", 20 * 5.125 + (12 - 4.875) * PENALTY,
         far(12), grid(20), cable(loading=share(0.5))),
    *(
        case(f"reactive power at {angle} degrees is carried and loses", 20 * (2 + sloped(angle)),
             far(2), grid(20), cable(), network(), node(power_factor=share(math.cos(math.radians(angle)))))
        for angle in (15, 30)
    ),
    *(
        case(f"so does that of its own capacitance, at -{angle} degrees", 20 * (2 + sloped(angle)),
             far(2), grid(20), network(), node(),
             cable(capacitance=farads(4 * math.tan(math.radians(angle)))))
        for angle in (15, 30)
    ),
    case("at 0.95 per unit 4.875 MW pass its middle: (1 - 0.9025) / 0.02",
         20 * (4.875 + 0.11875) + (8 - 4.75625) * PENALTY,
         far(8), grid(20), cable(), network(), node(voltage_min=share(0.95))),
    case("made for 10.5 kV it drops as much at 10 kV, and loses by what it is made for",
         20 * (4.875 + 0.11875 / 1.05**2) + (8 - 4.875 + 0.11875 / 1.05**2) * PENALTY,
         far(8), grid(20), cable(voltage=Quantity(10.5, KV)), network(), node(voltage_min=share(0.95))),
]  # fmt: skip

BOOKED = [
    ("2 MW that lose 0.04",
     compose(far(2), grid(20), cable()),
     {("grid", A.ENERGY): 20 * (2 + LOW), ("grid", A.IMPORTED): 2 + LOW, ("load", A.CONSUMED): 2}),
]  # fmt: skip
