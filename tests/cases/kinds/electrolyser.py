"""Electrolysers on paper: 50 MWh of electricity make a tonne of hydrogen unless a case says otherwise."""

from __future__ import annotations

from typing import Any

from parkzero.components import Demand, Electrolyser, Profile, Purchase
from parkzero.language.accounts import Account as A
from parkzero.language.fields import Size
from parkzero.units import M3, MONEY, MWH, H, Quantity, T
from tests.cases.harness import case, compose, grid, mw, per, share, steps, warmth


def electrolyser(power: float = 100.0, **more: Any) -> Electrolyser:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "electrolyser", "source": "el", "to": "h2", "power": Size(existing=mw(power)),
        "use": Quantity(50.0, MWH / T),
    }  # fmt: skip
    return Electrolyser(**{**base, **more})


def hydrogen(*values: float) -> Demand:
    """Hydrogen drawn in the first steps [t/h]."""
    return Demand(name="users", bus="h2", load=Profile(steps(*values), T / H))


def bought(price: float) -> Purchase:
    """Hydrogen from outside."""
    return Purchase(name="trailer", bus="h2", price=Profile(steps(rest=price), MONEY / T))


H2 = {"carriers": {"h2": "hydrogen"}}
WATER = {"carriers": {"h2": "hydrogen", "water": "clean_water"}}

CASES = [
    case("a tonne takes 50 MWh", 50 * 20, hydrogen(1), grid(20), electrolyser(), **H2),
    case("capacity is electricity: 25 MW make half a tonne, the other half is bought", 25 * 20 + 0.5 * 2000,
         hydrogen(1), grid(20), electrolyser(25), bought(2000), **H2),
    case("ten cubic metres of water a tonne at 3 each", 50 * 20 + 10 * 3,
         hydrogen(1), grid(20), electrolyser(water="water", water_use=Quantity(10.0, M3 / T)),
         Purchase(name="mains", bus="water", price=Profile(steps(rest=3), MONEY / M3)), **WATER),
    case("a fifth of the electricity serves as heat", 50 * 20,
         hydrogen(1), warmth(10), grid(20), electrolyser(heat="heat", heat_share=share(0.2)), **H2),
    case("each tonne costs its upkeep", 50 * 20 + 90,
         hydrogen(1), grid(20), electrolyser(variable_om=per(90, MONEY / T)), **H2),
]  # fmt: skip

BOOKED = [
    ("a tonne at 90 from 50 MWh at 20, a tenth of which serves as heat",
     compose(hydrogen(1), warmth(5), grid(20),
             electrolyser(variable_om=per(90, MONEY / T), heat="heat", heat_share=share(0.1)), **H2),
     {("warmth", A.HEAT_SUPPLIED): 5, ("electrolyser", A.HEAT_GENERATED): 5,
      ("electrolyser", A.CONSUMED): 50, ("electrolyser", A.VARIABLE_OM): 90, ("grid", A.IMPORTED): 50,
      ("grid", A.ENERGY): 1000}),
]  # fmt: skip
