"""Efficiency measures on paper: lighting is half of a load of 10 at its peak."""

from __future__ import annotations

from typing import Any

from parkzero.components import Measure, Profile
from parkzero.language.accounts import Account as A
from parkzero.units import M3, MW, ONE, YEAR, H, Quantity
from tests.cases.harness import (
    TEN_YEARS,
    case,
    compose,
    fuel,
    grid,
    load,
    mw,
    new,
    path,
    per,
    share,
    stands,
    warmth,
)
from tests.cases.heat import burner
from tests.cases.kinds.absorption_chiller import cooling, district
from tests.cases.kinds.treatment import WATER, drawn, mains


def measure(extent: Any = 5.0, name: str = "led", saving: float = 0.4, **more: Any) -> Measure:
    """One that stands already for all of the end use, or of a size."""
    base: dict[str, Any] = {
        "name": name, "demand": "load", "end_use": "lighting", "share": share(0.5), "saving": share(saving),
        "extent": stands(extent) if isinstance(extent, float) else extent,
    }  # fmt: skip
    return Measure(**{**base, **more})


def built(yearly: float, **more: Any) -> Any:
    """What may be built for that much a year for each MW, over ten years."""
    return new(yearly, **more)


# 4 MWh of lighting in two hours of 10 and 5: 5 and 2.5 MW of it.
TWO = (load(10, 5), grid(20, 20))
SENSOR = {"name": "sensor", "saving": 0.2}

CASES = [
    case("lighting for all: 40 % of half the load is saved", (15 - 0.4 * 7.5) * 20, *TWO, measure()),
    case("half of it has it", (15 - 0.2 * 7.5) * 20, *TWO, measure(2.5)),
    case("built where it pays, and no more than there is: 12 a MWh saved against 20",
         (15 - 0.4 * 7.5) * 20 + 5 * 7.2, *TWO, measure(built(7.2))),
    case("what must be, though it does not pay", (15 - 0.4 * 7.5 / 2) * 20 + 2.5 * 30, *TWO,
         measure(built(30), forced=per(0.5, ONE))),
    case("forced only in the year that is said: not in the two years that 2025 stands for",
         2 * 300 + (15 - 0.2 * 7.5) * 20 + 2.5 * 30, *TWO,
         measure(built(30), forced=path(ONE, y2027=0.5, y2030=0.5)), years=(2025, 2027)),
    case("2 MW a year: the first milestone has 2, the second, two years later, all 5",
         2 * (300 - 0.4 * 7.5 * 2 / 5 * 20) + 300 - 0.4 * 7.5 * 20, *TWO,
         measure(built(0), rollout=Quantity(2.0, MW / YEAR)), years=(2025, 2027)),
    case("of two that exclude each other the better has all that pays",
         (15 - 0.5 * 7.5) * 20 + 5 * 1, *TWO,
         measure(built(1), exclusive="lamps"), measure(built(1), "laser", 0.5, exclusive="lamps")),
    case("a group needs room for what stands: half led, the other half laser",
         (15 - (0.4 + 0.5) * 7.5 / 2) * 20, *TWO,
         measure(2.5, exclusive="lamps"), measure(built(0), "laser", 0.5, exclusive="lamps")),
    case("after another it saves of what that leaves: 0.4 and 0.2 of 0.6",
         (15 - (0.4 + 0.2 * 0.6) * 7.5) * 20, *TWO, measure(), measure(5.0, **SENSOR, after="led")),
    case("kept apart as long as there is room: 3 and 2 of 5 do not meet",
         (15 - (0.4 * 3 + 0.2 * 2) / 5 * 7.5) * 20, *TWO, measure(3.0), measure(2.0, **SENSOR, after="led")),
    case("3 and 4 of 5 meet in 2", (15 - (0.4 * 3 + 0.2 * 2 + 0.2 * 0.6 * 2) / 5 * 7.5) * 20, *TWO,
         measure(3.0), measure(4.0, **SENSOR, after="led")),
    case("after the first the second saves 0.1 of what is left", (15 - (0.4 + 0.1 * 0.6) * 7.5) * 20, *TWO,
         measure(), measure(5.0, **SENSOR, after="led", saving_after=share(0.1))),
    case("where power is paid for being used, what saves is put where it saves least: all of 2 within 5",
         -(15 - (0.4 * 5 + 0.2 * 0.6 * 2) / 5 * 7.5) * 20,
         load(10, 5), grid(-20, -20), measure(5.0), measure(2.0, **SENSOR, after="led")),
    case("and within the smaller of both", -(15 - (0.4 * 1 + 0.2 * 0.6 * 1 + 0.2 * 1) / 5 * 7.5) * 20,
         load(10, 5), grid(-20, -20), measure(1.0), measure(2.0, **SENSOR, after="led")),
    case("heat is saved as well", (4 - 0.5 * 0.4 * 4) * 30,
         warmth(4), fuel(30), burner(), measure(2.0, demand="warmth", end_use="drying")),
    case("and cold", (4 - 0.5 * 0.4 * 4) * 30, cooling(4), district(30),
         measure(2.0, demand="halls", end_use="rooms"), carriers={"cold": "cooling"}),
    case("and water, in m3/h: half of it must have what saves 40 %", (8 - 0.5 * 0.4 * 4) * 2 + 2 * 30,
         drawn(8), mains(2, bus="clean"),
         measure(new(30, M3 / H), demand="users-clean", end_use="rinsing", forced=per(0.5, ONE)), **WATER),
    case("a load that grows by half has half as much more to save", 0.8 * 300 + 0.8 * 450,
         load(load=Profile(load(10, 5).load.values, MW, path(ONE, y2025=1.0, y2026=1.5))), grid(20, 20),
         measure(built(0, max=mw(7.5), lifetime=TEN_YEARS, max_each=mw(5))), years=(2025, 2026)),
]  # fmt: skip

BOOKED = [
    ("3 MWh of 15 saved, half of a heat of 4 by a tenth",
     compose(load(10, 5), grid(20, 20), measure(), warmth(4), fuel(30), burner(),
             measure(2.0, "lagging", 0.1, demand="warmth", end_use="drying")),
     {("load", A.CONSUMED): 15, ("led", A.CONSUMED): -3, ("grid", A.IMPORTED): 12, ("grid", A.ENERGY): 240,
      ("warmth", A.HEAT_SUPPLIED): 4, ("lagging", A.HEAT_SUPPLIED): -0.2, ("fuel", A.FUEL): 114,
      ("fuel", A.FUEL_USED): 3.8, ("burner", A.HEAT_GENERATED): 3.8}),
]  # fmt: skip
