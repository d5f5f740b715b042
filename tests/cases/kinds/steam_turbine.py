"""Steam turbines on paper, with enthalpies asked of CoolProp one by one: 40 bar, 400 degC down to 5 bar."""

from __future__ import annotations

from typing import Any

from CoolProp.CoolProp import PropsSI

from parkzero.components import SteamTurbine
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH
from tests.cases.harness import case, compose, fuel, grid, load, per, share, stands, warmth
from tests.cases.kinds.let_down import HEADERS, boiler, valve
from tests.cases.kinds.waste_heat import degrees

INLET = PropsSI("H", "P", 40e5, "T", 673.15, "Water")
BACK = PropsSI("H", "T", 373.15, "Q", 0, "Water")
ENTROPY = PropsSI("S", "P", 40e5, "T", 673.15, "Water")


def way(pascal: float, isentropic: float = 0.8, generator: float = 0.95) -> tuple[float, float]:
    """Electricity and steam given on for each unit of steam taken."""
    drop = isentropic * (INLET - PropsSI("H", "P", pascal, "S", ENTROPY, "Water"))
    return generator * drop / (INLET - BACK), (INLET - drop - BACK) / (INLET - BACK)


W, Y = way(5e5)
W_MIDDLE, Y_MIDDLE = way(15e5)
W_COLD, _ = way(PropsSI("P", "T", 313.15, "Q", 1, "Water"))
THREE: dict[str, Any] = {
    "carriers": HEADERS["carriers"] | {"mp": "steam"},
    "states": HEADERS["states"] | {"mp": (None, 15.0)},
}


def turbine(power: float = 50.0, **more: Any) -> SteamTurbine:
    """One that stands already, in back-pressure unless it is said otherwise."""
    base: dict[str, Any] = {
        "name": "turbine", "source": "hp", "bus": "el", "to": "lp", "condensate": degrees(100),
        "efficiency": share(0.8), "generator": share(0.95), "power": stands(power),
    }  # fmt: skip
    return SteamTurbine(**{**base, **more})


COLD = {"to": None, "condenser": degrees(40)}
MIDDLE = {**COLD, "extraction": "mp"}

CASES = [
    case("10 of steam below come with their electricity", 10 / Y * 30 + (5 - W * 10 / Y) * 100,
         warmth(10, bus="lp"), load(5), fuel(30), boiler(), grid(100), turbine(), **HEADERS),
    case("a turbine of 1 takes as much steam as that needs, the valve lets down the rest",
         (1 / W + 10 - Y / W) * 30 + 4 * 100,
         warmth(10, bus="lp"), load(5), fuel(30), boiler(), grid(100), turbine(1), valve(), **HEADERS),
    case("a condensing turbine: steam at 5 beats the grid at 100", 5 / W_COLD,
         load(1), fuel(5), boiler(), grid(100), turbine(**COLD), **HEADERS),
    case("extraction at 15 bar needs no condensing where condensing does not pay",
         10 / Y_MIDDLE * 40 + (5 - W_MIDDLE * 10 / Y_MIDDLE) * 100,
         warmth(10, bus="mp"), load(5), fuel(40), boiler(), grid(100), turbine(**MIDDLE), **THREE),
    case("at most half of the steam may be extracted: as much condenses",
         8 / Y_MIDDLE * 80 + (8 - (W_MIDDLE + W_COLD) * 8 / Y_MIDDLE) * 100,
         warmth(8, bus="mp"), load(8), fuel(40), boiler(), grid(100),
         turbine(extraction_share=share(0.5), **MIDDLE), **THREE),
    case("each MWh of electricity costs 7, what the steam is made from changes no cost",
         10 / Y * 30 + (5 - W * 10 / Y) * 100 + W * 10 / Y * 7,
         warmth(10, bus="lp"), load(5), fuel(30), boiler(), grid(100),
         turbine(variable_om=per(7, MONEY / MWH), made_from="biomass"), **HEADERS),
]  # fmt: skip

BOOKED = [
    ("10 of steam below, its electricity at 7 a MWh",
     compose(warmth(10, bus="lp"), load(5), fuel(30), boiler(), grid(100),
             turbine(variable_om=per(7, MONEY / MWH)), **HEADERS),
     {("turbine", A.GENERATED): W * 10 / Y, ("turbine", A.VARIABLE_OM): 7 * W * 10 / Y,
      ("fuel", A.FUEL): 300 / Y, ("fuel", A.FUEL_USED): 10 / Y, ("burner", A.HEAT_GENERATED): 10 / Y,
      ("warmth", A.HEAT_SUPPLIED): 10, ("load", A.CONSUMED): 5,
      ("grid", A.IMPORTED): 5 - W * 10 / Y, ("grid", A.ENERGY): 100 * (5 - W * 10 / Y)}),
]  # fmt: skip
