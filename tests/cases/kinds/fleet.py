"""Fleets on paper: which trips one vehicle can drive, and how many vehicles that takes."""

from __future__ import annotations

from parkzero.components import Profile
from parkzero.fleet.timetable import Run
from parkzero.language.accounts import Account as A
from parkzero.units import CELSIUS, MW, M, Quantity
from tests.cases.fleets import bus, cars, fleet, hours, plugs, trip, truck
from tests.cases.harness import case, compose, fuel, grid, share, steps

ROUND, NEXT = trip(7, 7.25, 10), trip(7.25, 7.5, 10)
OUT, HOME = trip(7, 8, 10, destination="stop"), trip(11, 12, 10, origin="stop")
RUNS = (Run("depot", "stop", 5.0, 15),)
HOT = Profile(steps(rest=34.0), CELSIUS)

CASES = [
    case("one truck drives both, one after the other", 5 + 2 * 30, fleet(ROUND, NEXT), fuel(30), truck()),
    case("no time to turn round: two trucks", 10 + 2 * 30,
         fleet(ROUND, NEXT, turn_round=hours(1 / 6)), fuel(30), truck()),
    case("one truck in use and half a spare one make two", 10 + 30, fleet(ROUND, spare=share(0.5)),
         fuel(30), truck()),
    case("a place of another name", 5 + 30, fleet(trip(7, 8, 10, origin="yard", destination="yard"),
         depot="yard"),
         fuel(30), truck()),
    case("it goes to the depot and back between its trips: 10 km more", 5 + 3 * 30,
         fleet(OUT, HOME, runs=RUNS), fuel(30), truck()),
    case("it waits three hours at the stop", 5 + 2 * 30, fleet(OUT, HOME, runs=RUNS, wait=hours(3)),
         fuel(30), truck()),
    case("its driver takes it home, 5 km and half an hour away, and charges it there: 70 kWh", 0.07 * 10,
         fleet(trip(7, 9, 60), home_distance=Quantity(5000.0, M), home_time=hours(0.5)), grid(10), bus(),
         plugs(place="home")),
    case("an hour late it misses the cheap hour", 0.06 * 50,
         fleet(trip(7, 9, 60), late=hours(1)), grid(*[1000] * 9, 10, 50), bus(), plugs()),
    case("plugging in takes half an hour: half of it in the cheap hour", 0.05 * 10 + 0.01 * 50,
         fleet(trip(7, 9, 60), plug_time=hours(0.5)), grid(*[1000] * 9, 10, 50), bus(), plugs()),
    case("ready an hour early, it cannot be charged in the cheap hour before it drives", 0.06 * 50,
         fleet(trip(7, 9, 60), early=hours(1)), grid(*[1000] * 5, 50, 10), bus(), plugs()),
    case("two of 60 and 40 km planned as one duty take 100 kWh", 0.1 * 10,
         fleet(trip(7, 9, 60), trip(7, 9, 40), alike=share(0.5)), grid(10), bus(vehicles=cars(2)),
         plugs(number=cars(2))),
    case("ten degrees above where it is cooled: 10 kW in two hours", 0.08 * 10,
         fleet(trip(7, 9, 60), temperature=HOT), grid(10), bus(cooling=Quantity(0.001, MW / CELSIUS)),
         plugs()),
]  # fmt: skip

BOOKED = [
    ("what is charged is bought and consumed", compose(fleet(trip(7, 9, 60)), grid(10), bus(), plugs()),
     {("plug", A.CONSUMED): 0.06, ("grid", A.ENERGY): 0.6, ("grid", A.IMPORTED): 0.06}),
]  # fmt: skip
