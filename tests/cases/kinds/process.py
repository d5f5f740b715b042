"""Production lines on paper: a tonne takes 2 MWh of electricity unless a case says otherwise."""

from __future__ import annotations

from typing import Any

from parkzero.components import CarbonPrice, Demand, Process, Profile, Purchase, Store
from parkzero.language.accounts import Account as A
from parkzero.language.fields import Size
from parkzero.units import M3, MONEY, MWH, ONE, H, Quantity, T
from tests.cases.harness import case, compose, fuel, grid, per, share, steps
from tests.cases.heat import burner
from tests.cases.kinds.absorption_chiller import district


def line(capacity: float = 10.0, **more: Any) -> Process:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "line", "to": "goods", "capacity": Size(existing=Quantity(capacity, T / H)),
        "electricity": "el", "electricity_use": Quantity(2.0, MWH / T),
    }  # fmt: skip
    return Process(**{**base, **more})


def orders(*values: float, rest: float = 0.0) -> Demand:
    """Product drawn in each step [t/h]."""
    return Demand(name="orders", bus="goods", load=Profile(steps(*values, rest=rest), T / H))


def stock(amount: float = 10.0) -> Store:
    """A stock of the product."""
    return Store(name="stock", bus="goods", amount=Size(existing=Quantity(amount, T)))


def of(use: float) -> Quantity:
    """A use per tonne."""
    return Quantity(use, MWH / T)


GOODS = {"carriers": {"goods": "product", "heat": "heat", "cold": "cooling", "water": "clean_water"}}

CASES = [
    case("a tonne takes 2 MWh", 2 * 20, orders(1), grid(20), line(), **GOODS),
    case("a stock lets it wait for the cheap hour", 2 * 20,
         orders(0, 1), grid(20, 100), line(), stock(), **GOODS),
    case("at most half a tonne an hour: half of it in the dear hour", 1 * 20 + 1 * 100,
         orders(0, 1), grid(20, 100), line(0.5), stock(), **GOODS),
    case("a line that never stops runs at a tenth of its tonne in all of 24 hours",
         0.1 * 2 * (20 + 23 * 1000), orders(2.4), grid(20), line(1, least=share(0.1)), stock(), **GOODS),
    case("it rises by 0.5 t/h an hour and falls by as much: 0.5, 1 and 0.5 around the dear hour",
         2 * (0.5 * 10 + 1 * 100 + 0.5 * 10), orders(0, 2), grid(10, 100, 10),
         line(1, ramp=Quantity(0.5, ONE / H)),
         stock(), **GOODS),
    case("heat, cooling, fuel and water as much as each tonne takes", 2 * 20 + (3 + 4) * 30 + 5 * 40 + 6 * 7,
         orders(1), grid(20), fuel(30), burner(), district(40),
         Purchase(name="mains", bus="water", price=Profile(steps(rest=7), MONEY / M3)),
         line(heat="heat", heat_use=of(3), fuel="gas", fuel_use=of(4), cooling="cold", cooling_use=of(5),
              water="water", water_use=Quantity(6.0, M3 / T)), **GOODS),
    case("what the process itself emits is priced", 2 * 20 + 0.5 * 10,
         orders(1), grid(20), line(emissions=Quantity(0.5, ONE)),
         CarbonPrice(name="price", price=per(10, MONEY / T)),
         **GOODS),
    case("other cost of a tonne", 2 * 20 + 8,
         orders(1), grid(20), line(variable_om=per(8, MONEY / T)), **GOODS),
]  # fmt: skip

BOOKED = [
    ("a tonne with 2 MWh of electricity, 3 of heat, half a tonne of emissions and 8 of other cost",
     compose(orders(1), grid(20), fuel(30), burner(),
             line(heat="heat", heat_use=of(3), emissions=Quantity(0.5, ONE),
                  variable_om=per(8, MONEY / T)), **GOODS),
     {("line", A.CONSUMED): 2, ("line", A.HEAT_SUPPLIED): 3, ("line", A.SCOPE1): 0.5,
      ("line", A.VARIABLE_OM): 8,
      ("grid", A.IMPORTED): 2, ("grid", A.ENERGY): 40, ("fuel", A.FUEL): 90, ("fuel", A.FUEL_USED): 3,
      ("burner", A.HEAT_GENERATED): 3}),
]  # fmt: skip
