"""Battery vehicles on paper: a kilowatt-hour per kilometre, charged in the hours that are cheap."""

from __future__ import annotations

from parkzero.components import Profile
from parkzero.fleet.timetable import Run
from parkzero.language.accounts import Account as A
from parkzero.units import CELSIUS, MONEY, MW, MWH, PIECE, M, Quantity, T
from tests.cases.fleets import PER_KM, bus, cars, fleet, hours, plugs, trip, truck
from tests.cases.harness import case, compose, fuel, grid, load, mw, mwh, path, per, share, steps

OUT = trip(7, 9, 60)
TWICE = (trip(7, 8, 30), trip(17, 18, 30))
NOON = grid(10, *[1000] * 11, 50)  # cheap at midnight, dearer at noon
STOP = (Run("depot", "stop", 5.0, 15),)
THERE_AND_BACK = (trip(7, 8, 10, destination="stop"), trip(11, 12, 10, origin="stop"))
SOONER = (trip(5, 6, 10, destination="stop"), trip(10, 11, 10, origin="stop"))
COLD = Profile(steps(rest=5.0), CELSIUS)
LADEN = trip(7, 9, 50, load=2.0, passengers=10)
THIRSTY = bus(name="old", pack=mwh(0.3), use=Quantity(5e-6, MWH / M), power_max=mw(0.3))
FALLS = path(MONEY / PIECE, y2025=100, y2026=20)

# A taper from half of 60 kWh to a tenth of 60 kW: c + 1.8 s <= 0.114, with s at the end of the hour.
FIRST = 0.114 / 2.8
SECOND = (0.114 - 1.8 * FIRST) / 2.8
THIRD = 0.06 - FIRST - SECOND

CASES = [
    case("60 kWh at the cheapest hour", 0.06 * 10, fleet(OUT), grid(10, 20), bus(), plugs()),
    case("nothing is charged while it is on the road, however cheap; another that stands there is",
         0.06 * 100 + 0.01 * 1, fleet(OUT), grid(100, *[1000] * 6, 1, 1), bus(), plugs(number=cars(2)),
         fleet(trip(17, 18, 10), name="others"), bus(name="van", fleet="others")),
    case("a pack of 40 kWh: full at midnight, the rest at noon", 0.04 * 10 + 0.02 * 50,
         fleet(*TWICE), NOON, bus(pack=mwh(0.04)), plugs()),
    case("a quarter of it is never driven: half at midnight, half at noon", 0.03 * 10 + 0.03 * 50,
         fleet(*TWICE), NOON, bus(pack=mwh(0.04), reserve=share(0.25)), plugs()),
    case("of 100 kWh half may be used, and of that four fifths are left at the end of its life: 40 kWh",
         0.04 * 10 + 0.02 * 50, fleet(*TWICE), NOON, bus(usable=share(0.5), end_of_life=share(0.8)), plugs()),
    case("what it drives before it is plugged in within an hour it must have before", 0.03 * 10 + 0.03 * 100,
         fleet(trip(7, 7.5, 30), trip(17, 18, 30)), grid(100, *[1000] * 6, 10), bus(pack=mwh(0.03)), plugs()),
    case("what it drives after it was plugged in within an hour is no room to charge more",
         0.03 * 10 + 0.015 * 100, fleet(trip(7.5, 8.5, 30), trip(17, 18, 15)),
         grid(*[1000] * 7, 10, *[1000] * 4, 100), bus(pack=mwh(0.03)), plugs()),
    case("it stands at one of two chargers at a time", 0.03 * 10 + 0.03 * 20,
         fleet(OUT), grid(10, 20), bus(power_max=mw(0.03)), plugs(0.05), plugs(0.05, name="other")),
    case("it waits at the stop and is charged there, after another that came before it", 0.02 * 10 + 0.02 * 1,
         fleet(*THERE_AND_BACK, wait=hours(3), runs=STOP), grid(20, *[1000] * 6, 1, 1000, 10), bus(),
         plugs(number=cars(2)), plugs(name="other", place="stop", number=cars(2)),
         fleet(*SOONER, name="others", wait=hours(4), runs=STOP), bus(name="van", fleet="others")),
    case("nearly full it charges slower", FIRST * 10 + SECOND * 20 + THIRD * 30,
         fleet(OUT), grid(10, 20, 30),
         bus(pack=mwh(0.06), power_max=mw(0.06), taper_from=share(0.5), taper_to=share(0.1)), plugs()),
    case("at noon it gives 20 kW to a load, for a wear of 5: a tenth is lost each way",
         (0.03 + 0.02 / 0.9) / 0.9 * 10 + 0.02 * 5,
         fleet(trip(7, 8, 30)), load(raw=steps(*[0] * 12, 0.02)), grid(10, *[1000] * 11, 200),
         bus(efficiency=share(0.9), v2g=True, discharge_cost=per(5, MONEY / MWH)), plugs()),
    case("begun half full, ended a quarter full: 35 kWh", 0.035 * 10,
         fleet(OUT), grid(10), bus(start_level=share(0.5), end_level=share(0.25)), plugs()),
    case("ten degrees below where it is heated: 10 kW in two hours", 0.08 * 10,
         fleet(OUT, temperature=COLD), grid(10),
         bus(heating=Quantity(0.001, MW / CELSIUS), heat_from=Quantity(15.0, CELSIUS)), plugs()),
    case("cooled from 30 degrees on: four degrees are 4 kW in two hours", 0.068 * 10,
         fleet(OUT, temperature=Profile(steps(rest=34.0), CELSIUS)), grid(10),
         bus(cooling=Quantity(0.001, MW / CELSIUS), cool_from=Quantity(30.0, CELSIUS)), plugs()),
    case("heated from 10 degrees on: five degrees are 5 kW in two hours", 0.07 * 10,
         fleet(OUT, temperature=COLD), grid(10),
         bus(heating=Quantity(0.001, MW / CELSIUS), heat_from=Quantity(10.0, CELSIUS)), plugs()),
    case("2 t and 10 people take a fifth and a tenth more, and a tenth on top",
         0.05 * 1.3 * 1.1 * 10 + 50 * 0.1,
         fleet(LADEN), grid(10),
         bus(load_use=Quantity(1e-7, MWH / M / T), seat_use=Quantity(1e-8, MWH / M), use_margin=share(0.1),
             nox=per(1e-9, T / M), pm25=per(1e-9, T / M), maintenance=per(1e-4, PER_KM)), plugs()),
    case("kept both years a bus loses 80 and takes 1.2; sold at once, the thirsty one takes 6", 6.0,
         fleet(OUT), grid(10), plugs(0.3), bus(resale=FALLS), THIRSTY, years=(2025, 2026)),
    case("one that costs more to maintain than a missing vehicle stays in its yard", 6 * 30,
         fleet(OUT), fuel(30), grid(10), plugs(), bus(maintenance=per(1e4, PER_KM)), truck(vehicles=cars(1)),
         carriers={"gas": "fuel"}),
    case("one duty, two buses of their own kind: each drives its part", 0.06 * 10 + 0.12 * 10,
         fleet(OUT, OUT), grid(10), plugs(0.2, number=cars(2)), bus(),
         bus(name="old", pack=mwh(0.2), use=Quantity(2e-6, MWH / M), power_max=mw(0.2))),
]  # fmt: skip

BOOKED = [
    ("maintenance and dust of tyres by school, energy at the charger",
     compose(fleet(trip(7, 9, 60, school="s")), grid(10), plugs(),
             bus(maintenance=per(1e-4, PER_KM), nox=per(1e-9, T / M), pm25=per(1e-10, T / M))),
     {("bus", A.VARIABLE_OM): 6, ("bus", A.NOX): 6e-5, ("bus", A.PM25): 6e-6, ("plug", A.CONSUMED): 0.06,
      ("grid", A.ENERGY): 0.6, ("grid", A.IMPORTED): 0.06}),
]  # fmt: skip
