"""Electricity demand, grid, sun, wind and feeders on paper."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from parkzero.components import CarbonPrice, Feeder, Profile, Size, Solar, Wind
from parkzero.units import MONEY, MW, MWH, ONE, FloatArray, T
from tests.cases.harness import (
    NEVER,
    PENALTY,
    case,
    days,
    each_day,
    grid,
    load,
    mw,
    new,
    path,
    per,
    share,
    sized,
    stands,
    steps,
)


def growing(first: float, second: float) -> Profile:
    """A load that is ``second`` ten years later."""
    return Profile(steps(first), MW, path(ONE, y2025=1.0, y2035=second / first))


ELECTRICITY_DEMAND = [
    case("each hour pays its own price", 2 * 20 + 3 * 100, load(2, 3), grid(20, 100)),
    case(
        "what cannot be served costs the penalty",
        1.5 * 20 + 0.5 * PENALTY,
        load(2),
        grid(20, import_limit=per(1.5, MW)),
    ),
    case(
        "a quarter of an hour is a quarter of the energy",
        2 * 20 / 4,
        load(raw=steps(2, count=96)),
        grid(raw=steps(20, rest=NEVER, count=96)),
        timeline=days(1, 15),
    ),
    case(
        "the load doubles in ten years; each milestone stands for its years",
        10 * 1 * 20 + 5 * 2 * 20,
        load(load=growing(1, 2)),
        grid(20),
        years=(2025, 2035),
        last=5,
    ),
    case(
        "between the years given growth is linear",
        5 * 1 * 20 + 5 * 1.5 * 20,
        load(load=growing(1, 2)),
        grid(20),
        years=(2025, 2030),
        last=5,
    ),
    case("at a rate of 100 % two years count 1 + 1/2", 1.5 * 20, load(1), grid(20), rate=1.0, last=2),
    case(
        "later milestones are discounted to the first",
        20 + 20 / 2,
        load(1),
        grid(20),
        rate=1.0,
        years=(2025, 2026),
    ),
    case(
        "one day stands for a year of 365",
        365 * 20,
        load(1),
        grid(20),
        timeline=dataclasses.replace(days(1), scale=365.0),
    ),
    case("two demands on a bus add up", 3 * 20, load(1), load(2, name="second"), grid(20)),
    case(
        "a series of its own in one year replaces the common one",
        1 * 20 + 7 * 20,
        load(load=Profile(steps(1), MW, years={2026: steps(7)})),
        grid(20),
        years=(2025, 2026),
    ),
]


def sun(power: float | Size, *output: float, raw: FloatArray | None = None, **more: Any) -> Solar:
    """Photovoltaics that stand already, or of a size; they give nothing after the first steps."""
    shape = steps(*output) if raw is None else raw
    base = {"name": "pv", "bus": "el", "output": Profile(shape, ONE)}
    return Solar(**{**base, "power": sized(power), **more})


def breeze(power: float | Size, *output: float, **more: Any) -> Wind:
    """Wind turbines that stand already, or of a size; they give nothing after the first steps."""
    base = {"name": "wind", "bus": "el", "output": Profile(steps(*output), ONE)}
    return Wind(**{**base, "power": sized(power), **more})


SELL: dict[str, Any] = {"export_price": per(30, MONEY / MWH), "export_limit": per(9, MW)}
PEAK: dict[str, Any] = {"demand_charge": per(100, MONEY / MW)}
# 32 days reach into February; loads in the first hour of 1 January and of 1 February.
WINTER = days(32)


def january_february(january: float, february: float) -> tuple[Any, Any]:
    """Loads [MW] of one hour in each of two months, and prices of 10 in these hours."""
    first = np.zeros(WINTER.steps)
    first[0], first[31 * 24] = january, february
    prices = np.full(WINTER.steps, NEVER)
    prices[[0, 31 * 24]] = 10.0
    return load(raw=first), prices


def two_months(
    why: str, cost: float, january: float, february: float, groups: list[int] | None = None, **more: Any
) -> Any:
    """A case with one hour of load in January and one in February."""
    demand, prices = january_february(january, february)
    timeline = days(32, groups=groups) if groups else WINTER
    return case(why, cost, demand, grid(raw=prices, **{**PEAK, **more}), timeline=timeline)


GRID = [
    case(
        "one day that stands for a year of 365 is billed twelve months, not 365",
        365 * 20 + 12 * 100,
        load(1),
        grid(20, **PEAK),
        timeline=dataclasses.replace(days(1), scale=365.0),
    ),
    case(
        "a limited import leaves the rest unserved",
        1 * 20 + 1 * PENALTY,
        load(2),
        grid(20, import_limit=per(1, MW)),
    ),
    case("a negative price is income, but there is no more to take than the load", 2 * -5, load(2), grid(-5)),
    case(
        "nothing may be sold unless the export limit says so",
        0,
        sun(3, 1),
        grid(20, export_price=per(30, MONEY / MWH)),
    ),
    case(
        "what is left of the sun is sold up to 1 MW",
        -1 * 30,
        load(1),
        sun(3, 1),
        grid(20, export_price=per(30, MONEY / MWH), export_limit=per(1, MW)),
    ),
    case(
        "export at a price of each hour: 1 MWh for 5, and none while whoever sells must pay",
        -5,
        sun(1, 1, 1),
        grid(20, 20, export_price=Profile(steps(5, -30), MONEY / MWH), export_limit=per(9, MW)),
    ),
    case(
        "nor in a later year, where export is only then allowed",
        1 * 10 + 1 * 10,
        load(1),
        grid(10, export_price=per(30, MONEY / MWH), export_limit=path(MW, y2025=0.0, y2026=9.0)),
        years=(2025, 2026),
    ),
    case(
        "cheap power cannot be bought only to be sold",
        1 * 10,
        load(1),
        grid(10, import_limit=per(5, MW), **SELL),
    ),
    case(
        "unless the contract allows it: 4 of 5 MW are sold on",
        5 * 10 - 4 * 30,
        load(1),
        grid(10, import_limit=per(5, MW), export_own_only=False, **SELL),
    ),
    case(
        "a quarter of the sun may be sold: 3 MWh serve the load, 1 is sold",
        -1 * 30,
        load(1.5, 1.5),
        sun(2, 1, 1),
        grid(20, 20, export_share=per(0.25, ONE), **SELL),
    ),
    case(
        "the share is of the year, not of the hour: the dull hour's share is sold in the bright one",
        1 * 20 - 1 * 30,
        load(2, 0),
        sun(1, 1, 1),
        grid(20, export_share=per(0.5, ONE), **SELL),
    ),
    case(
        "only the owner's own sun may be sold, not a neighbour's",
        0,
        sun(2, 1, owner="neighbour"),
        grid(20, owner="tenant", **SELL),
    ),
    case("the month pays for its highest hour", (1 + 3) * 10 + 3 * 100, load(1, 3), grid(10, 10, **PEAK)),
    case(
        "shaving the peak is worth its charge: the sun takes 1 of 3 MW",
        (1 + 2) * 10 + 2 * 100,
        load(1, 3),
        sun(1, 0, 1),
        grid(10, 10, **PEAK),
    ),
    case(
        "the meter takes the mean of half an hour: a quarter at 2 MW counts 1 MW",
        2 * 10 / 4 + 1 * 100,
        load(raw=steps(2, 0, count=96)),
        grid(raw=steps(10, 10, rest=NEVER, count=96), **PEAK),
        timeline=days(1, 15),
    ),
    case(
        "with a meter of 15 minutes it counts 2 MW",
        2 * 10 / 4 + 2 * 100,
        load(raw=steps(2, 0, count=96)),
        grid(raw=steps(10, 10, rest=NEVER, count=96), demand_minutes=15, **PEAK),
        timeline=days(1, 15),
    ),
    two_months("each month pays for its own peak", (3 + 1) * 10 + (3 + 1) * 100, 3, 1),
    two_months(
        "a ratchet of 1/2: February pays for half of January's peak",
        4 * 10 + (3 + 1.5) * 100,
        3,
        1,
        ratchet=share(0.5),
    ),
    two_months(
        "a ratchet of 1/2 looks back as well: January pays for half of February's",
        4 * 10 + (1.5 + 3) * 100,
        1,
        3,
        ratchet=share(0.5),
    ),
    two_months(
        "a ratchet below both peaks changes nothing", 4 * 10 + (3 + 1) * 100, 3, 1, ratchet=share(0.3)
    ),
    two_months(
        "a mean day over both months bills no more than the mean of their peaks",
        4 * 10 + (2 + 2) * 100,
        3,
        1,
        groups=[0, *[1] * 30, 0],
    ),
    case(
        "a power factor of 0.8 under 0.9 raises the bill by an eighth",
        2 * 20 * (0.9 / 0.8),
        load(2),
        grid(20, power_factor=per(0.8, ONE)),
    ),
    case(
        "a power factor of 0.95 over 0.9 changes nothing",
        2 * 20,
        load(2),
        grid(20, power_factor=per(0.95, ONE)),
    ),
    case(
        "against a threshold of 1, a power factor of 0.8 raises the bill by a quarter",
        2 * 20 * 1.25,
        load(2),
        grid(20, power_factor=per(0.8, ONE), power_factor_threshold=share(1.0)),
    ),
    case(
        "2 MWh bought emit 1 t, at 100 a tonne",
        2 * 20 + 100,
        load(2),
        grid(20, emission_factor=per(0.5, T / MWH)),
        CarbonPrice(name="tax", price=per(100, MONEY / T)),
    ),
    case(
        "averaged days at 20 and 100 are trusted with 20: a bound, not an answer",
        (1 + 1) * 20,
        load(raw=each_day((1,), (1,))),
        grid(raw=each_day((20,), (100,), rest=NEVER)),
        timeline=days(2, groups=[0, 0]),
    ),
]

SOLAR = [
    case("half of 2 MW shine: the grid gives the rest", 1 * 20, load(2), sun(2, 0.5), grid(20)),
    case("too much sun is curtailed at no cost", 0, load(1), sun(3, 1), grid(20)),
    case("worth building: 8 a MW saves 20", 1 * 8, load(1), sun(new(8), 1), grid(20)),
    case("not worth building: half the sun at 12 a MW", 1 * 20, load(1), sun(new(12), 0.5), grid(20)),
    case(
        "the roof takes 1 MW, of which 0.25 stand", 1 * 20, load(2), sun(stands(0.25, max=mw(1)), 1), grid(20)
    ),
    case(
        "a milestone builds at most 1 MW",
        1 * 8 + 1 * 20,
        load(2),
        sun(new(8, max_each=mw(1)), 1),
        grid(20),
    ),
    case(
        "whole units of 1 MW: for the half MW a second one does not pay",
        1 * 12 + 0.5 * 20,
        load(1.5),
        sun(new(12, unit=mw(1)), 1),
        grid(20),
    ),
    case("each MWh generated costs 3", 1 * 3, load(1), sun(1, 1, variable_om=per(3, MONEY / MWH)), grid(20)),
    case(
        "mean days shine with their mean",
        0.5 * 20 * 2,
        load(raw=each_day((1,), (1,))),
        sun(1, raw=each_day((0,), (1,))),
        grid(raw=each_day((20,), (20,))),
        timeline=days(2, groups=[0, 0]),
    ),
]

WIND = [
    case("half of 2 MW blow: the grid gives the rest", 1 * 20, load(2), breeze(2, 0.5), grid(20)),
    case("too much wind is curtailed at no cost", 0, load(1), breeze(3, 1), grid(20)),
    case(
        "whole turbines of 3 MW: one serves 2 MW",
        3 * 8,
        load(2),
        breeze(new(8, unit=mw(3)), 1),
        grid(20),
    ),
    case("0.5 MW stand, no more than 1 MW may", 1 * 20, load(2), breeze(stands(0.5, max=mw(1)), 1), grid(20)),
    case(
        "each MWh generated costs 3", 1 * 3, load(1), breeze(1, 1, variable_om=per(3, MONEY / MWH)), grid(20)
    ),
]


def line(power: float | Size, **more: Any) -> Feeder:
    """A line between the grid's bus and another that stands already, or of a size."""
    return Feeder(**{"name": "line", "source": "el", "to": "far", "power": sized(power), **more})


FAR = load(2, name="far_load", bus="far")

FEEDER = [
    case("2 MW go to the other end", 2 * 20, FAR, grid(20), line(10)),
    case("the line carries 1 MW; the rest stays unserved", 1 * 20 + 1 * PENALTY, FAR, grid(20), line(1)),
    case("backwards it carries 1 MW too", 1 * 20 + 1 * PENALTY, load(2), grid(20, bus="far"), line(1)),
    case("a fifth is lost on the way: 2.5 MW sent for 2", 2.5 * 20, FAR, grid(20), line(10, loss=share(0.2))),
    case("a fifth is lost backwards too", 2.5 * 20, load(2), grid(20, bus="far"), line(10, loss=share(0.2))),
    case(
        "wheeling is paid on what is sent, either way",
        2.5 * (20 + 4),
        load(2),
        grid(20, bus="far"),
        line(10, loss=share(0.2), wheeling=per(4, MONEY / MWH)),
    ),
    case("a line of 2 MW for 5 a MW", 2 * 20 + 2 * 5, FAR, grid(20), line(new(5))),
    case(
        "a milestone builds at most 1 MW",
        1 * 20 + 1 * 5 + 1 * PENALTY,
        FAR,
        grid(20),
        line(new(5, max_each=mw(1))),
    ),
    case(
        "0.5 MW stand, no more than 1 MW may",
        1 * 20 + 1 * PENALTY,
        FAR,
        grid(20),
        line(stands(0.5, max=mw(1))),
    ),
]
