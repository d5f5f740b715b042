"""Compressors on paper: a tenth of a kilowatt-hour for each cubic metre of air."""

from __future__ import annotations

from typing import Any

from parkzero.components import Compressor, Demand, Profile, Purchase
from parkzero.language.accounts import Account as A
from parkzero.units import M3, MONEY, MWH, H, Quantity, T
from tests.cases.harness import case, compose, grid, per, share, stands, steps, warmth
from tests.cases.heat import kettle

AIR: dict[str, Any] = {"carriers": {"air": "compressed_air"}, "states": {"air": (None, 8.0)}}


def air(*thousands: float) -> Demand:
    """Compressed air drawn in the first steps [1000 m3/h]."""
    return Demand(name="tools", bus="air", load=Profile(steps(*thousands) * 1e3, M3 / H))


def compressor(power: float = 1.0, **more: Any) -> Compressor:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "screw", "electricity": "el", "to": "air", "use": Quantity(1e-4, MWH / M3),
        "power": stands(power),
    }  # fmt: skip
    return Compressor(**{**base, **more})


def bought(price: float) -> Purchase:
    """Air from the neighbour, its price for 1000 m3."""
    return Purchase(name="neighbour", bus="air", price=Profile(steps(rest=price / 1e3), MONEY / M3))


H2 = {"carriers": {"h2": "hydrogen", "tank": "hydrogen"}}

CASES = [
    case("5,000 m3 take half a megawatt-hour", 0.5 * 20, air(5), grid(20), compressor(), **AIR),
    case("a compressor of 0.3 MW makes 3,000 m3, the neighbour the rest", 0.3 * 20 + 2 * 90,
         air(5), grid(20), compressor(0.3), bought(90), **AIR),
    case("four fifths of its electricity warm the works", 0.5 * 20 + 0.6 * 20,
         air(5), warmth(1), grid(20), compressor(heat="heat", heat_share=share(0.8)), kettle(), **AIR),
    case("heat that nobody uses leaves with the cooling air", 0.5 * 20,
         air(5), warmth(0.1), grid(20), compressor(heat="heat", heat_share=share(0.8)), kettle(), **AIR),
    case("each MWh drawn costs 6 more", 0.5 * 26,
         air(5), grid(20), compressor(variable_om=per(6, MONEY / MWH)), **AIR),
    case("hydrogen from one pressure to another at 2 MWh a tonne", 500 + 2 * 20,
         Demand(name="tools", bus="tank", load=Profile(steps(1), T / H)),
         Purchase(name="maker", bus="h2", price=Profile(steps(rest=500), MONEY / T)), grid(20),
         compressor(10, source="h2", to="tank", use=Quantity(2.0, MWH / T)), **H2),
]  # fmt: skip

BOOKED = [
    ("5,000 m3 from 0.5 MWh at 6 a MWh, 0.4 of it as heat",
     compose(air(5), warmth(1), grid(20), kettle(),
             compressor(heat="heat", heat_share=share(0.8), variable_om=per(6, MONEY / MWH)), **AIR),
     {("screw", A.CONSUMED): 0.5, ("screw", A.VARIABLE_OM): 3, ("screw", A.HEAT_GENERATED): 0.4,
      ("kettle", A.CONSUMED): 0.6, ("kettle", A.HEAT_GENERATED): 0.6, ("warmth", A.HEAT_SUPPLIED): 1,
      ("grid", A.IMPORTED): 1.1, ("grid", A.ENERGY): 22}),
]  # fmt: skip
