"""Chillers on paper: half of Carnot's COP from 7 degC to the air outside."""

from __future__ import annotations

from typing import Any

import numpy as np

from parkzero.components import Chiller, Demand, Profile, ThermalStore
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MW, MWH, ONE, H, Quantity
from tests.cases.harness import case, compose, days, grid, per, share, stands, steps
from tests.cases.kinds.absorption_chiller import cooling, district
from tests.cases.kinds.industrial_heat_pump import series
from tests.cases.kinds.waste_heat import degrees

COLD = {"carriers": {"cold": "cooling"}}


def carnot(outdoor: float, cold: float = 7.0) -> float:
    """The ideal COP of a chiller."""
    return (cold + 273.15) / (outdoor - cold)


def chiller(power: float = 10.0, **more: Any) -> Chiller:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "machine", "electricity": "el", "to": "cold", "power": stands(power),
        "outdoor": series(35), "carnot_share": share(0.5),
    }  # fmt: skip
    return Chiller(**{**base, **more})


def known(*cop: float) -> dict[str, Any]:
    """A COP that is told, in place of the weather."""
    return {"cop": Profile(steps(*cop, rest=3.0), ONE), "outdoor": None, "carnot_share": None}


TANK = ThermalStore(name="tank", bus="cold", energy=stands(5, MWH), loss=Quantity(0.1, ONE / H))

CASES = [
    case("half of Carnot from 7 to 35 degC", 4 / (0.5 * carnot(35)) * 20,
         cooling(4), grid(20), chiller(), **COLD),
    case("a hotter second hour", 4 / (0.5 * carnot(25)) * 20 + 4 / (0.5 * carnot(40)) * 20,
         cooling(4, 4), grid(20, 20), chiller(outdoor=series(25, 40)), **COLD),
    case("a COP that is told: 2, then 4", (4 / 2 + 4 / 4) * 20,
         cooling(4, 4), grid(20, 20), chiller(**known(2, 4)), **COLD),
    case("a machine of 3 gives 3, the district the fourth", 3 / 2 * 20 + 400,
         cooling(4), grid(20), chiller(3, **known(2)), district(400), **COLD),
    case("3 K over each exchanger", 4 / (0.5 * carnot(38, 4)) * 20,
         cooling(4), grid(20), chiller(approach=degrees(3)), **COLD),
    case("no COP above 4", 4 / 4 * 20,
         cooling(4), grid(20), chiller(highest=share(4.0)), **COLD),
    case("brine below zero", 4 / (0.5 * carnot(35, -10)) * 20,
         cooling(4), grid(20), chiller(freezing=degrees(-30)), **COLD, states={"cold": (-10.0, None)}),
    case("each MWh of cooling costs 5", 4 / 2 * 20 + 4 * 5,
         cooling(4), grid(20), chiller(**known(2), variable_om=per(5, MONEY / MWH)), **COLD),
    case("cold of the night is kept for the day, a tenth of it lost",
         4.5 / 0.9 / 2 * 20, cooling(0, 4.5), grid(20, 200), chiller(**known(2, 2)), TANK, **COLD),
    case("mean days trust the better COP with all: a bound", (1 + 1) / 4 * 20,
         Demand(name="halls", bus="cold", load=Profile(np.tile(steps(1), 2), MW)),
         grid(raw=np.tile(steps(20, rest=1000), 2)),
         chiller(outdoor=None, carnot_share=None, cop=Profile(np.repeat([2.0, 4.0], 24), ONE)),
         timeline=days(2, groups=[0, 0]), **COLD),
]  # fmt: skip

BOOKED = [
    ("4 of cooling from 2 of electricity at 5 a MWh",
     compose(cooling(4), grid(20), chiller(**known(2), variable_om=per(5, MONEY / MWH)), **COLD),
     {("machine", A.CONSUMED): 2, ("machine", A.VARIABLE_OM): 20, ("grid", A.IMPORTED): 2,
      ("grid", A.ENERGY): 40}),
]  # fmt: skip
