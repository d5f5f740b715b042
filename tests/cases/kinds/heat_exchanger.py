"""Heat exchangers on paper: heat of 100 degC for a bus of 60."""

from __future__ import annotations

from typing import Any

from parkzero.components import HeatExchanger
from parkzero.language.accounts import Account as A
from parkzero.units import CELSIUS, MONEY, MWH, Quantity
from tests.cases.harness import case, compose, fuel, grid, per, share, stands, warmth
from tests.cases.heat import burner, kettle

WARM: dict[str, Any] = {
    "carriers": {"heat": "heat", "warm": "heat"},
    "states": {"heat": (100.0, None), "warm": (60.0, None)},
}


def exchanger(power: float = 10.0, **more: Any) -> HeatExchanger:
    """One that stands already."""
    base = {"name": "plates", "source": "heat", "to": "warm", "approach": Quantity(5.0, CELSIUS)}
    return HeatExchanger(**{**base, "power": stands(power), **more})


CASES = [
    case("3 of warm water take 3 of hot", 3 * 30,
         warmth(3, bus="warm"), fuel(30), burner(), exchanger(), **WARM),
    case("plates of 2 pass 2 on, a kettle makes the third", 2 * 30 + 100,
         warmth(3, bus="warm"), fuel(30), burner(), exchanger(2), grid(100), kettle(to="warm"), **WARM),
    case("a quarter is lost, and each MWh taken costs 1", 4 * 31,
         warmth(3, bus="warm"), fuel(30), burner(),
         exchanger(loss=share(0.25), variable_om=per(1, MONEY / MWH)), **WARM),
]  # fmt: skip

BOOKED = [
    ("3 of warm water from 4 of hot at 1 a MWh",
     compose(warmth(3, bus="warm"), fuel(30), burner(),
             exchanger(loss=share(0.25), variable_om=per(1, MONEY / MWH)), **WARM),
     {("plates", A.VARIABLE_OM): 4, ("fuel", A.FUEL): 120, ("fuel", A.FUEL_USED): 4,
      ("burner", A.HEAT_GENERATED): 4, ("warmth", A.HEAT_SUPPLIED): 3}),
]  # fmt: skip
