"""Vehicles on a fuel on paper: ten kilometres take a megawatt-hour of fuel, at 30."""

from __future__ import annotations

from parkzero.components import Size
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH, PIECE, M, Quantity, T
from tests.cases.fleets import PER_KM, bought, cars, fleet, trip, truck
from tests.cases.harness import case, compose, fuel, path, per, share

ONE = trip(7, 9, 10)
LADEN = trip(7, 9, 10, load=2.0, passengers=10)
THRIFTY = {"use": Quantity(1e-5, MWH / M)}
THIRSTY = truck(name="old", vehicles=cars(1), use=Quantity(4.5e-4, MWH / M))
RETIRES = Size(existing=Quantity(1.0, PIECE), existing_until=2026)
FALLS = path(MONEY / PIECE, y2025=100, y2026=20)

CASES = [
    case("two trips at a time take two trucks, at 5 each and a megawatt-hour each", 2 * 5 + 2 * 30,
         fleet(ONE, ONE), fuel(30), truck()),
    case("one that stands and burns a tenth drives one trip, a new one the other", 5 + 30 + 3,
         fleet(ONE, ONE), fuel(30), truck(), truck(name="old", vehicles=cars(1), **THRIFTY)),
    case("2 t and 10 people take three tenths more, and what it may use a tenth on top; 5 for maintenance",
         5 + 1.3 * 1.1 * 30 + 10 * 0.5, fleet(LADEN), fuel(30),
         truck(load_use=Quantity(1e-5, MWH / M / T), seat_use=Quantity(1e-6, MWH / M), use_margin=share(0.1),
               nox=per(1e-7, T / M), pm25=per(1e-9, T / M), maintenance=per(0.5e-3, PER_KM))),
    case("a tank of 8 km is none for a day of 10: the dear one drives", 5 + 30 + 0 * 3, fleet(ONE), fuel(30),
         truck(), truck(name="small", vehicles=bought(1), reach=Quantity(8000.0, M), **THRIFTY)),
    case("one that costs more to maintain than a missing vehicle stays in its yard", 30, fleet(ONE), fuel(30),
         truck(vehicles=cars(1)), truck(name="ruin", vehicles=cars(1), maintenance=per(1e4, PER_KM))),
    case("kept both years a truck loses 80 and burns 20; sold at once, the thirsty one burns 90", 90,
         fleet(ONE), fuel(10), truck(vehicles=cars(1), resale=FALLS), THIRSTY, years=(2025, 2026)),
    case("one that retires after a year is sold at once, too", 90,
         fleet(ONE), fuel(10), truck(vehicles=RETIRES, resale=FALLS), THIRSTY, years=(2025, 2026)),
]  # fmt: skip

BOOKED = [
    ("10 km of a school: a kilogram and 10 g of exhaust, 5 for maintenance, a megawatt-hour burnt",
     compose(fleet(trip(7, 9, 10, school="s")), fuel(30),
             truck(nox=per(1e-7, T / M), pm25=per(1e-9, T / M), maintenance=per(0.5e-3, PER_KM))),
     {("truck", A.NOX): 1e-3, ("truck", A.PM25): 1e-5, ("truck", A.VARIABLE_OM): 5, ("truck", A.CAPEX): 5,
      ("fuel", A.FUEL): 30, ("fuel", A.FUEL_USED): 1}),
]  # fmt: skip
