"""Industrial heat pumps on paper: half of Carnot's COP between two temperatures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from parkzero.components import IndustrialHeatPump, Profile
from parkzero.language.accounts import Account as A
from parkzero.units import CELSIUS, MONEY, MWH
from tests.cases.harness import case, compose, days, each_day, fuel, grid, per, share, stands, warmth
from tests.cases.heat import burner, kettle
from tests.cases.kinds.absorption_chiller import cooling, district
from tests.cases.kinds.waste_heat import degrees, recovery

ZERO = 273.15


def carnot(cold: float, hot: float) -> float:
    """The ideal COP between two temperatures [degC]."""
    return (hot + ZERO) / (hot - cold)


def series(*values: float) -> Profile:
    """Temperatures of the first steps; the last one goes on."""
    return Profile(np.array([*values, *[values[-1]] * (24 - len(values))], dtype=np.float64), CELSIUS)


def lifts(power: float = 10.0, **more: Any) -> IndustrialHeatPump:
    """One that stands already and takes its heat from surroundings of 20 degC to the bus of 100."""
    base: dict[str, Any] = {
        "name": "lift", "electricity": "el", "to": "heat", "source_temperature": series(20),
        "carnot_share": share(0.5), "power": stands(power),
    }  # fmt: skip
    return IndustrialHeatPump(**{**base, **more})


LOW: dict[str, Any] = {
    "carriers": {"heat": "heat", "low": "heat"}, "states": {"heat": (100.0, None), "low": (60.0, None)},
}  # fmt: skip
HALF = 0.5 * carnot(20, 100)
FROM_LOW = 0.5 * carnot(60, 100)
COLD: dict[str, Any] = {"carriers": {"cold": "cooling", "heat": "heat"}}
COP_COLD = 0.5 * carnot(7, 100)
LORENZ_HOT = (110 - 70) / math.log((110 + ZERO) / (70 + ZERO)) - ZERO
LORENZ_COLD = (30 - 20) / math.log((30 + ZERO) / (20 + ZERO)) - ZERO

CASES = [
    case("half of Carnot from 20 to 100 degC", 3 / HALF * 20, warmth(3), grid(20), lifts()),
    case("one of 2 gives 2 of heat, a kettle the third", (2 / HALF + 1) * 20,
         warmth(3), grid(20), lifts(2), kettle()),
    case("a warmer source in the second hour", 3 / HALF * 20 + 3 / (0.5 * carnot(40, 100)) * 20,
         warmth(3, 3), grid(20, 20), lifts(source_temperature=series(20, 40))),
    case("a hotter sink than its bus", 3 / (0.5 * carnot(20, 120)) * 20,
         warmth(3), grid(20), lifts(sink_temperature=series(120))),
    case("5 K over each exchanger", 3 / (0.5 * carnot(15, 105)) * 20,
         warmth(3), grid(20), lifts(approach=degrees(5))),
    case("Lorenz: a source that cools from 30 to 20, a sink that warms from 70 to 110",
         3 / (0.5 * carnot(LORENZ_COLD, LORENZ_HOT)) * 20,
         warmth(3), grid(20),
         lifts(source_temperature=series(30), source_out=degrees(20), sink_temperature=series(110),
               sink_in=degrees(70))),
    case("no COP above 2, though half of Carnot would be more", 3 / 2 * 20,
         warmth(3), grid(20), lifts(highest=share(2.0))),
    case("waste heat of 60 degC is lifted to 100: what the pump does not draw as electricity it takes there",
         4 / FROM_LOW * 20 + 2 * (4 - 4 / FROM_LOW),
         warmth(4), grid(20), lifts(source="low", source_temperature=None),
         recovery(10, to="low", coldest=degrees(40), approach=degrees(0), variable_om=per(2, MONEY / MWH)),
         **LOW),
    case("it cools the halls and heats the works at once", COP_COLD / (COP_COLD - 1) / COP_COLD * 1 * 20,
         warmth(COP_COLD / (COP_COLD - 1)), cooling(1), grid(20), district(400),
         lifts(cold="cold", source_temperature=None), **COLD),
    case("each MWh of heat costs 6", 3 / HALF * 20 + 3 * 6,
         warmth(3), grid(20), lifts(variable_om=per(6, MONEY / MWH))),
    case("mean days: a bound that trusts the better COP, an answer where the power is full",
         (1 + 1) / (0.5 * carnot(40, 100)) * 20,
         warmth(raw=each_day((1,), (1,))), grid(raw=each_day((20,), (20,))),
         lifts(source_temperature=Profile(np.repeat([20.0, 40.0], 24), CELSIUS)),
         timeline=days(2, groups=[0, 0])),
]  # fmt: skip

BOOKED = [
    ("3 of heat at 6 a MWh",
     compose(warmth(3), grid(20), lifts(variable_om=per(6, MONEY / MWH)), fuel(30), burner()),
     {("lift", A.CONSUMED): 3 / HALF, ("lift", A.HEAT_GENERATED): 3, ("lift", A.VARIABLE_OM): 18,
      ("grid", A.IMPORTED): 3 / HALF, ("grid", A.ENERGY): 60 / HALF, ("warmth", A.HEAT_SUPPLIED): 3}),
]  # fmt: skip
