"""Dual-fuel boilers on paper: gas at 30, and hydrogen at 500 a tonne (15 a MWh) or biogas at 20."""

from __future__ import annotations

from typing import Any

from parkzero.components import DualFuelBoiler, Profile, Purchase
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH, ONE, T
from tests.cases.harness import case, compose, fuel, grid, path, per, share, stands, steps, warmth
from tests.cases.heat import kettle


def boiler(power: float = 10.0, **more: Any) -> DualFuelBoiler:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "boiler", "source": "gas", "second": "bio", "to": "heat", "power": stands(power),
        "efficiency": share(0.9),
    }  # fmt: skip
    return DualFuelBoiler(**{**base, **more})


def bio(price: float) -> Any:
    """A second fuel."""
    return fuel(price, name="digester", bus="bio", made_from="biogas")


FUELS = {"carriers": {"gas": "fuel", "bio": "fuel", "heat": "heat"}}
H2 = {"carriers": {"gas": "fuel", "h2": "hydrogen", "heat": "heat"}}
TONNE = Purchase(name="maker", bus="h2", price=Profile(steps(rest=500), MONEY / T))

CASES = [
    case("the cheaper of two: all biogas", 10 * 20, warmth(9), fuel(30), bio(20), boiler(), **FUELS),
    case("a boiler of 4.5 makes half, a kettle the rest", 5 * 20 + 4.5 * 100,
         warmth(9), fuel(30), bio(20), boiler(4.5), grid(100), kettle(), **FUELS),
    case("at most a third of it", 10 / 3 * 20 + 20 / 3 * 30,
         warmth(9), fuel(30), bio(20), boiler(share=per(1 / 3, ONE)), **FUELS),
    case("at least a fifth of it, though it is dearer, in the year that is said",
         300 + 2 * 50 + 8 * 30, warmth(9), fuel(30), bio(50),
         boiler(least_share=path(ONE, y2026=0.2, y2030=0.2)), years=(2025, 2026), **FUELS),
    case("hydrogen: 10 MWh are 0.3 t", 10 / 33.33 * 500,
         warmth(9), fuel(30), TONNE, boiler(second="h2"), **H2),
    case("each MWh of heat costs 2", 10 * 20 + 9 * 2,
         warmth(9), fuel(30), bio(20), boiler(variable_om=per(2, MONEY / MWH)), **FUELS),
]  # fmt: skip

BOOKED = [
    ("half of 10 MWh from biogas, at 2 a MWh",
     compose(warmth(9), fuel(30), bio(20), boiler(share=per(0.5, ONE), variable_om=per(2, MONEY / MWH)),
             **FUELS),
     {("boiler", A.HEAT_GENERATED): 9, ("boiler", A.VARIABLE_OM): 18, ("fuel", A.FUEL): 150,
      ("fuel", A.FUEL_USED): 5, ("digester", A.FUEL): 100, ("digester", A.FUEL_USED): 5,
      ("warmth", A.HEAT_SUPPLIED): 9}),
]  # fmt: skip
