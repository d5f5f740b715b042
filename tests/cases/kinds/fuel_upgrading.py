"""Upgrading on paper: 0.95 of biogas becomes biomethane, with 0.1 t of CO2 for each MWh."""

from __future__ import annotations

from typing import Any

from parkzero.components import CarbonPrice, FuelUpgrading, Profile, Sale
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH, Quantity, T
from tests.cases.harness import case, compose, fuel, grid, per, share, stands, steps, warmth
from tests.cases.heat import burner


def upgrading(power: float = 10.0, **more: Any) -> FuelUpgrading:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "plant", "source": "raw", "to": "gas", "capacity": stands(power), "recovery": share(0.95),
    }  # fmt: skip
    return FuelUpgrading(**{**base, **more})


FUELS = {"carriers": {"raw": "fuel", "gas": "fuel", "heat": "heat", "el": "electricity", "co2": "co2"}}
RAW = fuel(20, name="digester", bus="raw", made_from="biogas")
POWER = {"electricity": "el", "electricity_use": share(0.1)}
PARTED = {"co2": "co2", "co2_share": Quantity(0.1, T / MWH)}
SOLD = Sale(name="bottler", bus="co2", price=Profile(steps(rest=30), MONEY / T))

CASES = [
    case("1.9 of methane from 2 of biogas", 2 * 20,
         warmth(1.9), RAW, fuel(60), burner(), upgrading(), **FUELS),
    case("a plant of 1 gives 0.95, the rest is bought", 20 + 0.95 * 60,
         warmth(1.9), RAW, fuel(60), burner(), upgrading(1), **FUELS),
    case("a tenth of electricity", 2 * 20 + 0.2 * 100,
         warmth(1.9), RAW, fuel(60), grid(100), burner(), upgrading(**POWER), **FUELS),
    case("0.2 t of its CO2 are sold", 2 * 20 - 0.2 * 30,
         warmth(1.9), RAW, fuel(60), burner(), upgrading(**PARTED), SOLD, **FUELS),
    case("what escapes pays the carbon price: 0.02 t a MWh at 100", 2 * 20 + 0.04 * 100,
         warmth(1.9), RAW, fuel(60), burner(), upgrading(slip=Quantity(0.02, T / MWH)),
         CarbonPrice(name="tax", price=per(100, MONEY / T)), **FUELS),
    case("each MWh taken in costs 3, what it is made from nothing", 2 * 23,
         warmth(1.9), RAW, fuel(60), burner(),
         upgrading(variable_om=per(3, MONEY / MWH), made_from="biomass"), **FUELS),
]  # fmt: skip

BOOKED = [
    ("2 of biogas with 0.2 of electricity, 0.04 t escape, 0.2 t of CO2 sold",
     compose(warmth(1.9), RAW, fuel(60), grid(100), burner(), SOLD,
             upgrading(**POWER, **PARTED, slip=Quantity(0.02, T / MWH), variable_om=per(3, MONEY / MWH)),
             **FUELS),
     {("plant", A.CONSUMED): 0.2, ("plant", A.SCOPE1): 0.04, ("plant", A.VARIABLE_OM): 6,
      ("digester", A.FUEL): 40, ("digester", A.FUEL_USED): 2, ("bottler", A.SALES): -6,
      ("burner", A.HEAT_GENERATED): 1.9, ("warmth", A.HEAT_SUPPLIED): 1.9, ("grid", A.IMPORTED): 0.2,
      ("grid", A.ENERGY): 20}),
]  # fmt: skip
