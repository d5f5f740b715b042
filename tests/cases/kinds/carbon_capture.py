"""Capture on paper: nine tenths of the CO2 of 10 MWh of gas at 0.2 t, stored where that is cheaper."""

from __future__ import annotations

from typing import Any

from parkzero.components import CarbonCapture, CarbonPrice, Profile, Sale
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH, H, Quantity, T
from tests.cases.harness import case, compose, fuel, grid, new, per, share, stands, steps, warmth
from tests.cases.heat import burner, kettle


def capture(capacity: Any = 10.0, **more: Any) -> CarbonCapture:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "capture", "stack": "fuel", "rate": share(0.9), "to": "co2",
        "capacity": stands(capacity, T / H) if isinstance(capacity, float) else capacity,
    }  # fmt: skip
    return CarbonCapture(**{**base, **more})


def storage(cost: float = 40.0, **more: Any) -> Sale:
    """CO2 brought away and stored for good."""
    base: dict[str, Any] = {"stored": share(1.0), "transport": per(cost, MONEY / T)}
    return Sale(**{"name": "storage", "bus": "co2", "price": Profile(steps(), MONEY / T), **base, **more})


TAX = CarbonPrice(name="tax", price=per(100, MONEY / T))
CO2 = {"carriers": {"co2": "co2", "el": "electricity", "heat": "heat", "low": "heat"}}
GAS = fuel(30, factor=0.2)
POWER = {"electricity": "el", "electricity_use": Quantity(0.2, MWH / T)}

CASES = [
    case("1.8 of 2 t are stored at 40 instead of 100", 300 + 0.2 * 100 + 1.8 * 40,
         warmth(10), GAS, burner(), capture(), storage(), TAX, **CO2),
    case("half of the emissions pass the stack", 300 + 1.1 * 100 + 0.9 * 40,
         warmth(10), GAS, burner(), capture(share=share(0.5)), storage(), TAX, **CO2),
    case("a plant of 1 t/h", 300 + 1.0 * 100 + 1.0 * 40,
         warmth(10), GAS, burner(), capture(1.0), storage(), TAX, **CO2),
    case("built where it pays: 30 a year and 40 a tonne", 300 + 0.2 * 100 + 1.8 * 70,
         warmth(10), GAS, burner(), capture(new(30, T / H)), storage(), TAX, **CO2),
    case("with 0.2 MWh of electricity a tonne, and 5 more", 300 + 0.2 * 100 + 1.8 * (40 + 4 + 5),
         warmth(10), GAS, burner(), grid(20), capture(**POWER, variable_om=per(5, MONEY / T)), storage(), TAX,
         **CO2),
    case("and half a MWh of heat from elsewhere", 300 + 0.2 * 100 + 1.8 * (40 + 10),
         warmth(10), GAS, burner(), grid(20), kettle(to="low"),
         capture(heat="low", heat_use=Quantity(0.5, MWH / T)), storage(), TAX, **CO2),
    case("biogenic CO2 is captured too: stored, it is a removal", 300 - 1.8 * 60,
         warmth(10), fuel(30, biogenic_factor=per(0.2, T / MWH)), burner(), capture(), storage(), TAX, **CO2),
    case("CO2 that is used is given off again", 300 + 2 * 100 - 1.8 * 30,
         warmth(10), GAS, burner(), capture(),
         storage(stored=share(0.0), price=Profile(steps(30), MONEY / T), transport=None), TAX,
         **CO2),
]  # fmt: skip

BOOKED = [
    ("1.8 t captured and stored",
     compose(warmth(10), GAS, burner(), grid(20), kettle(to="low"), TAX,
             capture(**POWER, heat="low", heat_use=Quantity(0.5, MWH / T), variable_om=per(5, MONEY / T)),
             storage(10), **CO2),
     {("capture", A.CONSUMED): 0.36, ("capture", A.HEAT_SUPPLIED): 0.9, ("capture", A.VARIABLE_OM): 9,
      ("storage", A.SCOPE1): -1.8, ("storage", A.VARIABLE_OM): 18, ("fuel", A.SCOPE1): 2,
      ("fuel", A.FUEL): 300, ("fuel", A.FUEL_USED): 10, ("burner", A.HEAT_GENERATED): 10,
      ("warmth", A.HEAT_SUPPLIED): 10, ("kettle", A.CONSUMED): 0.9, ("kettle", A.HEAT_GENERATED): 0.9,
      ("grid", A.IMPORTED): 1.26, ("grid", A.ENERGY): 25.2, ("tax", A.CARBON): 20}),
]  # fmt: skip
