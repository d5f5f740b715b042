"""Chargers on paper: power, plugs, and a place for each vehicle."""

from __future__ import annotations

from parkzero.language.accounts import Account as A
from tests.cases.fleets import bought, bus, cars, fleet, plugs, trip
from tests.cases.harness import case, compose, grid, mw, share

TWO = (trip(7, 9, 30), trip(7, 9, 30))
SLOW = {"vehicles": cars(2), "power_max": mw(0.03)}

CASES = [
    case("60 kWh at 30 kW take the second hour, too", 0.03 * 10 + 0.03 * 20,
         fleet(trip(7, 9, 60)), grid(10, 20), bus(), plugs(0.03)),
    case("one of two buses of 30 kW at a charger of 60 kW at a time", 0.03 * 10 + 0.03 * 20,
         fleet(*TWO), grid(10, 20), bus(**SLOW), plugs(0.06, moved=True)),
    case("both at a charger that holds two", 0.06 * 10,
         fleet(*TWO), grid(10, 20), bus(**SLOW), plugs(0.06, holds=2, least=mw(0.005))),
    case("each bus that stands there has a charger of its own", 2 * 4 + 0.06 * 10,
         fleet(*TWO), grid(10), bus(vehicles=cars(2)), plugs(number=bought(4))),
    case("or they are moved to one in turn", 4 + 0.06 * 10,
         fleet(*TWO), grid(10), bus(vehicles=cars(2)), plugs(number=bought(4), moved=True)),
    case("a fifth is lost in the charger", 0.075 * 10, fleet(trip(7, 9, 60)), grid(10), bus(),
         plugs(efficiency=share(0.8))),
    case("two identical buses and one charger: in the cheapest hours, no second charger",
         10 + 0.03 * 10 + 0.03 * 20 + 0.06 * 100,
         fleet(trip(7, 9, 60), trip(7, 9, 60)), grid(100, 100, 100, 100, 20, 10), bus(vehicles=cars(2)),
         plugs(0.03, number=bought(10), moved=True)),
]  # fmt: skip
BOOKED = [
    ("a fifth more than what is charged", compose(fleet(trip(7, 9, 60)), grid(10), bus(),
         plugs(efficiency=share(0.8))),
     {("plug", A.CONSUMED): 0.075, ("grid", A.ENERGY): 0.75, ("grid", A.IMPORTED): 0.075}),
]  # fmt: skip
