"""Let-down valves on paper: what leaves the upper header arrives in the lower one."""

from __future__ import annotations

from typing import Any

from parkzero.components import LetDown
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH
from tests.cases.harness import case, compose, fuel, grid, per, share, stands, warmth
from tests.cases.heat import burner, kettle

HEADERS: dict[str, Any] = {
    "carriers": {"hp": "steam", "lp": "steam"},
    "states": {"hp": (400.0, 40.0), "lp": (None, 5.0)},
}


def valve(power: float = 20.0, **more: Any) -> LetDown:
    """One that stands already."""
    return LetDown(**{"name": "valve", "source": "hp", "to": "lp", "power": stands(power), **more})


def boiler(**more: Any) -> Any:
    """Steam for the upper header."""
    return burner(20, to="hp", **more)


CASES = [
    case("10 of steam below take 10 above", 10 * 30,
         warmth(10, bus="lp"), fuel(30), boiler(), valve(), **HEADERS),
    case("a valve of 4 lets 4 down, a kettle below makes the rest", 4 * 30 + 6 * 100,
         warmth(10, bus="lp"), fuel(30), boiler(), valve(4), grid(100), kettle(to="lp"), **HEADERS),
    case("a tenth is lost in its pipe, and each MWh passed costs 2", 10 / 0.9 * (30 + 2),
         warmth(10, bus="lp"), fuel(30), boiler(), valve(loss=share(0.1), variable_om=per(2, MONEY / MWH)),
         **HEADERS),
]  # fmt: skip

BOOKED = [
    ("9 of steam below from 10 above at 2 a MWh",
     compose(warmth(9, bus="lp"), fuel(30), boiler(),
             valve(loss=share(0.1), variable_om=per(2, MONEY / MWH)), **HEADERS),
     {("valve", A.VARIABLE_OM): 20, ("fuel", A.FUEL): 300, ("fuel", A.FUEL_USED): 10,
      ("burner", A.HEAT_GENERATED): 10, ("warmth", A.HEAT_SUPPLIED): 9}),
]  # fmt: skip
