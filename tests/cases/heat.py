"""Heat pumps, boilers, fuels and heat demand on paper."""

from __future__ import annotations

from typing import Any

import numpy as np

from parkzero.components import CarbonPrice, ElectricBoiler, FuelBoiler, HeatPump, Profile, Size
from parkzero.units import BAR, MONEY, MW, MWH, ONE, PRESSURE, FloatArray, Quantity, T
from tests.cases.harness import (
    PENALTY,
    case,
    days,
    each_day,
    fuel,
    grid,
    mw,
    new,
    path,
    per,
    share,
    sized,
    stands,
    steps,
    warmth,
)


def kettle(power: float | Size = 10.0, efficiency: float = 1.0, **more: Any) -> ElectricBoiler:
    """An electric boiler that stands already, or one of a size."""
    base = {"name": "kettle", "source": "el", "to": "heat", "efficiency": share(efficiency)}
    return ElectricBoiler(**{**base, "power": sized(power), **more})


def burner(power: float | Size = 10.0, efficiency: float = 1.0, **more: Any) -> FuelBoiler:
    """A fuel boiler that stands already, or one of a size."""
    base = {"name": "burner", "source": "gas", "to": "heat", "efficiency": share(efficiency)}
    return FuelBoiler(**{**base, "power": sized(power), **more})


def pump(power: float | Size = 10.0, cop: FloatArray | float = 3.0, **more: Any) -> HeatPump:
    """A heat pump that stands already, or one of a size."""
    shape = np.full(24, cop) if isinstance(cop, float) else cop
    base = {"name": "pump", "source": "el", "to": "heat", "cop": Profile(shape, ONE)}
    return HeatPump(**{**base, "power": sized(power), **more})


HEAT_DEMAND = [
    case(
        "the pressure that its users need changes no cost",
        2 * 30,
        warmth(2, pressure=Quantity(6 * BAR, PRESSURE)),
        fuel(30),
        burner(),
        carriers={"heat": "steam"},
        states={"heat": (None, 8.0)},
    ),
    case("heat costs what the fuel behind it costs", 2 * 30, warmth(2), fuel(30), burner()),
    case(
        "heat that nothing can make costs the penalty", 1 * 30 + 1 * PENALTY, warmth(2), fuel(30), burner(1)
    ),
    case(
        "heat grows by a half in the second year",
        2 * 30 + 3 * 30,
        warmth(load=Profile(warmth(2).load.values, MW, path(ONE, y2025=1.0, y2026=1.5))),
        fuel(30),
        burner(),
        years=(2025, 2026),
    ),
]

FUEL = [
    case(
        "two fuels: the cheap one first, up to its limit; then the dear one",
        1 * 10 + 1 * 30,
        warmth(2),
        fuel(10, limit=per(1, MW)),
        fuel(30, "oil"),
        burner(),
    ),
    case(
        "a price of each hour: the fuel is cheaper in the first, the oil in the second",
        1 * 10 + 1 * 30,
        warmth(1, 1),
        fuel(Profile(steps(10, 50), MONEY / MWH)),
        fuel(30, "oil"),
        burner(),
    ),
    case(
        "what it is made from, where that is said, changes no cost",
        2 * 30,
        warmth(2),
        fuel(30, made_from="biomass"),
        burner(),
    ),
    case(
        "a yearly limit of 3 MWh is spent, the rest comes from the dear fuel",
        3 * 10 + 1 * 30,
        warmth(2, 2),
        fuel(10, yearly_limit=per(3, MWH)),
        fuel(30, "oil"),
        burner(),
    ),
    case(
        "a yearly limit counts every real day of the year",
        3 * 10 + 1 * 30,
        warmth(raw=each_day((2,), (2,))),
        fuel(10, yearly_limit=per(3, MWH)),
        fuel(30, "oil"),
        burner(),
        timeline=days(2, groups=[0, 0]),
    ),
    case(
        "burning 2 MWh emits 2 * 0.2 t, at 100 a tonne",
        2 * 10 + 2 * 0.2 * 100,
        warmth(2),
        fuel(10, factor=0.2),
        burner(),
        CarbonPrice(name="tax", price=per(100, MONEY / T)),
    ),
    case(
        "biogenic CO2 stands outside the scopes and pays nothing",
        2 * 10,
        warmth(2),
        fuel(10, biogenic_factor=per(0.4, T / MWH)),
        burner(),
        CarbonPrice(name="tax", price=per(100, MONEY / T)),
    ),
]

HEAT_PUMP = [
    case("3 MW of heat need 1 MW of electricity", 1 * 20, warmth(3), grid(20), pump()),
    case(
        "the better hour of the COP makes the same heat from half the power",
        1 * 20 + 0.5 * 20,
        warmth(2, 2),
        grid(20, 20),
        pump(cop=np.array([2.0, 4.0, *[1.0] * 22])),
    ),
    case(
        "rated by heat, 2 MW deliver 2 MW; a kettle makes the third",
        (2 / 2 + 1) * 20,
        warmth(3),
        grid(20),
        pump(2, 2.0),
        kettle(),
    ),
    case(
        "rated by input, 1 MW draws 1 MW and delivers 2; a kettle makes the third",
        (1 + 1) * 20,
        warmth(3),
        grid(20),
        pump(1, 2.0, rated="input"),
        kettle(),
    ),
    case(
        "worth building: 5 a MW of heat saves 2/3 of 20 for each",
        2 * 5 + 2 / 3 * 20,
        warmth(2),
        grid(20),
        pump(new(5)),
        kettle(),
    ),
    case(
        "whole units only: two of 2 MW for 3 MW of heat",
        4 * 5 + 1 * 20,
        warmth(3),
        grid(20),
        pump(new(5, unit=mw(2))),
    ),
    case(
        "a milestone builds at most 1 MW of heat",
        1 * 5 + 1 / 3 * 20 + 1 * 20,
        warmth(2),
        grid(20),
        pump(new(5, max_each=mw(1))),
        kettle(),
    ),
    case(
        "0.5 MW stand, no more than 1 MW may",
        1 / 4 * 20 + 1 * 20,
        warmth(2),
        grid(20),
        pump(stands(0.5, max=mw(1)), 4.0),
        kettle(),
    ),
    case(
        "each MWh of heat wears 7", 1 * 20 + 3 * 7, warmth(3), grid(20), pump(variable_om=per(7, MONEY / MWH))
    ),
    case(
        "averaged days with COP 2 and 4 are trusted with 4 at best: a bound, not an answer",
        (1 + 1) / 4 * 20,
        warmth(raw=each_day((1,), (1,))),
        grid(raw=each_day((20,), (20,))),
        pump(cop=np.repeat([2.0, 4.0], 24)),
        timeline=days(2, groups=[0, 0]),
    ),
]

ELECTRIC_BOILER = [
    case("at 80 % 1 MW of heat draws 1.25 MW", 1.25 * 20, warmth(1), grid(20), kettle(efficiency=0.8)),
    case(
        "rated by heat, 1 MW delivers 1 MW; gas makes the second",
        1.25 * 20 + 50,
        warmth(2),
        grid(20),
        kettle(1, 0.8),
        fuel(50),
        burner(),
    ),
    case(
        "rated by input, 1 MW delivers 0.8 MW; gas makes the rest",
        20 + 1.2 * 50,
        warmth(2),
        grid(20),
        kettle(1, 0.8, rated="input"),
        fuel(50),
        burner(),
    ),
    case(
        "0.5 MW stand, no more than 1 MW may",
        1 * 20 + 1 * 50,
        warmth(2),
        grid(20),
        kettle(stands(0.5, max=mw(1))),
        fuel(50),
        burner(),
    ),
    case(
        "each MWh of heat wears 7, as does each MW built for 5",
        2 * 20 + 2 * 7 + 2 * 5,
        warmth(2),
        grid(20),
        kettle(new(5), variable_om=per(7, MONEY / MWH)),
    ),
]

FUEL_BOILER = [
    case("at 90 % 0.9 MW of heat burns 1 MW", 1 * 30, warmth(0.9), fuel(30), burner(efficiency=0.9)),
    case(
        "rated by heat, 1 MW delivers 1 MW; a kettle makes the second",
        2 * 20 + 100,
        warmth(2),
        fuel(20),
        burner(1, 0.5),
        grid(100),
        kettle(),
    ),
    case(
        "rated by input, 1 MW delivers 0.5 MW; a kettle makes the rest",
        1 * 20 + 1.5 * 100,
        warmth(2),
        fuel(20),
        burner(1, 0.5, rated="input"),
        grid(100),
        kettle(),
    ),
    case(
        "0.5 MW stand, no more than 1 MW may",
        1 * 20 + 1 * 100,
        warmth(2),
        fuel(20),
        burner(stands(0.5, max=mw(1))),
        grid(100),
        kettle(),
    ),
    case(
        "a better boiler for 5 a MW saves the 30 that the old one wastes",
        2 * 30 + 2 * 5,
        warmth(2),
        fuel(30),
        burner(efficiency=0.5),
        burner(new(5), name="better"),
    ),
    case(
        "each MWh of heat wears 7",
        2 * 30 + 2 * 7,
        warmth(2),
        fuel(30),
        burner(variable_om=per(7, MONEY / MWH)),
    ),
]
