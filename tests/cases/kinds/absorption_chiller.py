"""Absorption chillers on paper: 0.7 of cooling for each unit of heat."""

from __future__ import annotations

from typing import Any

from parkzero.components import AbsorptionChiller, Demand, Profile, Purchase
from parkzero.language.accounts import Account as A
from parkzero.language.fields import Size
from parkzero.units import MONEY, MW, MWH
from tests.cases.harness import case, compose, fuel, grid, mw, per, share, steps
from tests.cases.heat import burner


def chiller(power: float = 10.0, **more: Any) -> AbsorptionChiller:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "chiller", "source": "heat", "to": "cold", "power": Size(existing=mw(power)),
        "cop": share(0.7),
    }  # fmt: skip
    return AbsorptionChiller(**{**base, **more})


def cooling(*values: float) -> Demand:
    """Cooling drawn in the first steps."""
    return Demand(name="halls", bus="cold", load=Profile(steps(*values), MW))


def district(price: float) -> Purchase:
    """Cooling from outside."""
    return Purchase(name="district", bus="cold", price=Profile(steps(rest=price), MONEY / MWH))


COLD = {"carriers": {"cold": "cooling", "heat": "heat"}}

CASES = [
    case("7 of cooling take 10 of heat", 10 * 30, cooling(7), fuel(30), burner(), chiller(), **COLD),
    case("capacity is cooling", 5 * 30 + 3.5 * 400,
         cooling(7), fuel(30), burner(), chiller(3.5), district(400), **COLD),
    case("its pumps take a tenth of the cooling as electricity", 10 * 30 + 0.7 * 20,
         cooling(7), fuel(30), grid(20), burner(),
         chiller(electricity="el", electricity_use=share(0.1)), **COLD),
    case("each MWh of cooling costs its upkeep", 10 * 30 + 7 * 2,
         cooling(7), fuel(30), burner(), chiller(variable_om=per(2, MONEY / MWH)), **COLD),
]  # fmt: skip

BOOKED = [
    ("7 of cooling at 2 from 10 of heat, with 0.7 of electricity",
     compose(cooling(7), fuel(30), grid(20), burner(),
             chiller(electricity="el", electricity_use=share(0.1), variable_om=per(2, MONEY / MWH)), **COLD),
     {("chiller", A.CONSUMED): 0.7, ("chiller", A.VARIABLE_OM): 14, ("fuel", A.FUEL): 300,
      ("fuel", A.FUEL_USED): 10, ("grid", A.IMPORTED): 0.7, ("grid", A.ENERGY): 14,
      ("burner", A.HEAT_GENERATED): 10}),
]  # fmt: skip
