"""Batteries and thermal stores on paper."""

from __future__ import annotations

from typing import Any

from parkzero.components import Battery, Size, ThermalStore
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, H, Quantity
from tests.cases.harness import (
    NEVER,
    PENALTY,
    case,
    days,
    each_day,
    grid,
    load,
    mw,
    mwh,
    new,
    per,
    share,
    stands,
    steps,
    warmth,
)
from tests.cases.heat import kettle


def battery(**more: Any) -> Battery:
    """A battery that stands already and cannot grow: 10 MW and 10 MWh without losses."""
    base = {
        "name": "battery",
        "bus": "el",
        "power": stands(10.0),
        "energy": stands(10.0, MWH),
        "efficiency_in": share(1.0),
        "efficiency_out": share(1.0),
    }
    return Battery(**{**base, **more})


def cells(power: float, energy: float, **more: Any) -> Battery:
    """A battery of that size that stands already and cannot grow."""
    return battery(power=stands(power), energy=stands(energy, MWH), **more)


def new_cells(power: float, energy: float, **upkeep: Any) -> Battery:
    """A battery that may be built for that much a year, over ten years, per MW and MWh."""
    return battery(power=new(power, **upkeep), energy=new(energy, MWH, **upkeep))


def rate(value: float) -> Quantity:
    """Share of the store that can be filled or drawn in an hour."""
    return Quantity(value, ONE / H)


BURN: dict[str, Any] = {"efficiency_in": share(0.5), "efficiency_out": share(0.5)}
PASS_ON = (load(raw=each_day((0,), (1,))), grid(raw=each_day((20,), (100,), rest=NEVER)))

BATTERY = [
    case(
        "cells lose 9 % a year and a thousandth in each of ten cycles: half-way through ten years 0.45",
        10 * (0.55 * 20 + 0.45 * 100),
        load(0, 1),
        grid(20, 100),
        battery(
            energy=stands(1.0, MWH),
            calendar_fade=Quantity(0.09, ONE / YEAR),
            cycles=share(10),
            cycle_fade=share(0.001),
            end_of_life=share(0.0),
        ),
        last=10.0,
    ),
    case(
        "cells that live two years, with 0.7 left in the second, are built anew for the third",
        20 + (0.7 * 20 + 0.3 * 100) + 20 + 3 * 1,
        load(0, 1),
        grid(20, 100),
        battery(
            energy=new(1, MWH, capex=per(2, MONEY / MWH), lifetime=Quantity(2.0, YEAR), max=mwh(1)),
            calendar_fade=Quantity(0.3, ONE / YEAR),
            end_of_life=share(0.4),
        ),
        years=(2025, 2026, 2027),
    ),
    case(
        "losses: 1 MWh out needs 1/0.81 in",
        (1 + 1 / 0.81) * 20,
        load(1, 1),
        grid(20, 100),
        battery(efficiency_in=share(0.9), efficiency_out=share(0.9)),
    ),
    case(
        "uneven losses: charging keeps half, discharging four fifths",
        (1 + 1 / 0.5 / 0.8) * 20,
        load(1, 1),
        grid(20, 100),
        battery(efficiency_in=share(0.5), efficiency_out=share(0.8)),
    ),
    case(
        "two cheap hours, yet only 0.5 MW comes out",
        2.5 * 20 + 0.5 * 100,
        load(1, 1, 1),
        grid(20, 20, 100),
        cells(0.5, 10),
    ),
    case(
        "charging is throttled: one cheap hour, two dear",
        2 * 20 + 1 * 100,
        load(1, 1, 1),
        grid(20, 100, 100),
        cells(1, 10),
    ),
    case(
        "the cells are full after half a MWh", 1.5 * 20 + 0.5 * 100, load(1, 1), grid(20, 100), cells(10, 0.5)
    ),
    case(
        "half of what is stored is gone after an hour: charge two for one",
        (1 + 2) * 20,
        load(1, 1),
        grid(20, 100),
        battery(loss=Quantity(0.5, ONE / H)),
    ),
    case(
        "the day is a circle: its last hour charges for its first",
        20,
        load(1),
        grid(raw=steps(100, rest=NEVER) + steps(*[0] * 23, 20 - NEVER)),
        battery(),
    ),
    case(
        "in half-hours 10 MW store 5 MWh a step",
        10 * 0.5 * 20 + 5 * 0.5 * 100,
        load(raw=steps(0, 15, count=48)),
        grid(raw=steps(20, 100, rest=NEVER, count=48)),
        battery(),
        timeline=days(1, 30),
    ),
    case(
        "wear is paid on what comes out, after the loss",
        1.25 * 20 + 5,
        load(0, 1),
        grid(20, 100),
        battery(efficiency_out=share(0.8), discharge_cost=per(5, MONEY / MWH)),
    ),
    case(
        "worth building: 3 a MW and 4 a MWh save 80",
        2 * 20 + 3 + 4,
        load(1, 1),
        grid(20, 100),
        new_cells(3, 4),
    ),
    case(
        "upkeep of a tenth of the investment doubles what it costs a year",
        2 * 20 + 2 * (3 + 4),
        load(1, 1),
        grid(20, 100),
        new_cells(3, 4, fixed_om=per(0.1, ONE)),
    ),
    case(
        "not worth building: 50 a MW and 31 a MWh would save 80",
        20 + 100,
        load(1, 1),
        grid(20, 100),
        new_cells(50, 31),
    ),
    case(
        "0.25 MW stand, no more than 0.5 MW may",
        1.5 * 20 + 0.5 * 100,
        load(1, 1),
        grid(20, 100),
        battery(power=stands(0.25, max=mw(0.5))),
    ),
    case(
        "0.25 MWh stand, no more than 0.5 MWh may",
        1.5 * 20 + 0.5 * 100,
        load(1, 1),
        grid(20, 100),
        battery(energy=stands(0.25, MWH, max=mwh(0.5))),
    ),
    case(
        "a milestone builds at most 0.25 MW",
        1.25 * 20 + 0.75 * 100,
        load(1, 1),
        grid(20, 100),
        battery(power=new(0, max_each=mw(0.25)), energy=new(0, MWH)),
    ),
    case(
        "a milestone builds at most 0.25 MWh",
        1.25 * 20 + 0.75 * 100,
        load(1, 1),
        grid(20, 100),
        battery(power=new(0), energy=new(0, MWH, max_each=mwh(0.25))),
    ),
    case(
        "a C-rate of at most a half: 1 MW of power needs 2 MWh of cells, of which one is used",
        2 * 20 + 3 + 2 * 4,
        load(1, 1),
        grid(20, 100),
        battery(power=new(3), energy=new(4, MWH), rate_max=rate(0.5)),
    ),
    case(
        "at least 2 MW for each MWh, though 1 would do",
        2 * 20 + 2 * 3 + 4,
        load(1, 1),
        grid(20, 100),
        battery(power=new(3), energy=new(4, MWH), rate_min=rate(2)),
    ),
    case(
        "paid to burn: at -10 a MWh goes in, and later goes in and out in one hour until it is gone",
        1 * -10,
        load(0),
        grid(-10),
        cells(1, 10, **BURN),
    ),
    case(
        "a switch forbids to burn: what goes in could never come out",
        0,
        load(0),
        grid(-10),
        cells(1, 10, exclusive=True, **BURN),
    ),
    case(
        "with the switch it still carries from one hour to the next",
        2 * 20,
        load(1, 1),
        grid(20, 100),
        cells(1, 10, exclusive=True),
    ),
    case(
        "mean days that follow one another pass on what they store: day 1 charges, day 2 draws",
        20,
        *PASS_ON,
        battery(),
        timeline=days(2, groups=[0, 1]),
    ),
    case(
        "a mean day that stands for two days charges twice: 2 MWh for the third",
        2 * 20,
        load(raw=each_day((0,), (0,), (2,))),
        grid(raw=each_day((20,), (20,), (100,), rest=NEVER)),
        battery(),
        timeline=days(3, groups=[0, 0, 1]),
    ),
    case(
        "what a mean day starts with must fit into the cells",
        0.5 * 20 + 0.5 * 100,
        load(raw=each_day((0,), (0,), (1,))),
        grid(raw=each_day((20,), (20,), (100,), rest=NEVER)),
        cells(10, 0.5),
        timeline=days(3, groups=[0, 0, 1]),
    ),
    case(
        "charging wears 3 and discharging 5 a MWh at the bus; half of what is charged is kept",
        2 * 20 + 2 * 3 + 1 * 5,
        load(0, 1),
        grid(20, 100),
        battery(
            efficiency_in=share(0.5), charge_cost=per(3, MONEY / MWH), discharge_cost=per(5, MONEY / MWH)
        ),
    ),
    case(
        "a tenth of a cycle of 10 MWh in the year: 1 of 2 MWh is carried",
        1 * 20 + 1 * 100,
        load(0, 2),
        grid(20, 100),
        battery(cycles=share(0.1)),
    ),
    case(
        "whole units of 1 MW and of 1 MWh: to carry 1.5 MWh takes two of each",
        2 * 3 + 2 * 4 + 1.5 * 20,
        load(0, 1.5),
        grid(20, 100),
        battery(power=new(3, unit=mw(1), max=mw(9)), energy=new(4, MWH, unit=mwh(1), max=mwh(9))),
    ),
    case(
        "it begins empty, so nothing of the night before serves the dear first hour",
        100,
        load(1),
        grid(100, 20),
        battery(start_level=share(0.0)),
    ),
    case(
        "a tenth of 10 MWh is there at first and serves the dear hour; it is bought back",
        20,
        load(1),
        grid(100, 20),
        battery(start_level=share(0.1)),
    ),
    case(
        "it may end empty: what was there at first is used for nothing",
        0,
        load(1),
        grid(100, 20),
        battery(start_level=share(0.1), end_level=share(0.0)),
    ),
    case(
        "empty at first and a tenth full at last: 1 MWh is bought for the end",
        100 + 20,
        load(1),
        grid(100, 20),
        battery(start_level=share(0.0), end_level=share(0.1)),
    ),
    case(
        "an end that nothing can reach is missed at the penalty",
        PENALTY,
        load(0),
        grid(20, import_limit=per(0, MW)),
        battery(start_level=share(0.0), end_level=share(0.1)),
    ),
    case(
        "of an end alone the year stays a circle: half is lost in an hour, and 1 MWh must be there at last",
        20 * (1 - 0.5**24),
        load(0),
        grid(raw=each_day((), rest=20)),
        battery(end_level=share(0.1), loss=rate(0.5)),
    ),
    case(
        "two days as one mean day: each fills half of what the end asks for",
        20,
        load(raw=each_day((0,), (0,))),
        grid(raw=each_day((20,), (20,), rest=NEVER)),
        battery(start_level=share(0.0), end_level=share(0.1)),
        timeline=days(2, groups=[0, 0]),
    ),
]


def store(energy: float | Size = 10.0, loss: float = 0.0, **more: Any) -> ThermalStore:
    """A store that stands already and cannot grow, or one of a size."""
    size = energy if isinstance(energy, Size) else stands(energy, MWH)
    return ThermalStore(name="store", bus="heat", energy=size, loss=Quantity(loss, ONE / H), **more)


THERMAL_STORE = [
    case(
        "in at a half, out at four fifths: 2.5 MWh for 1, each of which wears 3",
        (1 + 1 / 0.5 / 0.8) * 20 + 3,
        warmth(1, 1),
        grid(20, 100),
        kettle(),
        store(efficiency_in=share(0.5), efficiency_out=share(0.8), discharge_cost=per(3, MONEY / MWH)),
    ),
    case(
        "to charge costs 7 a MWh",
        20 + 7,
        warmth(0, 1),
        grid(20, 100),
        kettle(),
        store(charge_cost=per(7, MONEY / MWH)),
    ),
    case(
        "0.25 MW of exchanger stand, 0.5 MW may: half of the dear hour's heat, though all was stored",
        0.5 * 20 + 0.5 * 100,
        warmth(0, 0, 1),
        grid(20, 20, 100),
        kettle(),
        store(power=stands(0.25, max=mw(0.5))),
    ),
    case(
        "an exchanger takes in no more than it may: two dear hours get a quarter of their heat",
        0.5 * 20 + 1.5 * 100 + 0.5 * 4,
        warmth(0, 1, 1),
        grid(20, 100, 100),
        kettle(),
        store(power=new(4, max=mw(0.5))),
    ),
    case(
        "heat of the cheap hour serves the dear one", 2 * 20, warmth(1, 1), grid(20, 100), kettle(), store()
    ),
    case(
        "a tenth is lost in an hour: 1/0.9 in for 1 out",
        (1 + 1 / 0.9) * 20,
        warmth(1, 1),
        grid(20, 100),
        kettle(),
        store(loss=0.1),
    ),
    case(
        "the store is full after half a MWh",
        1.5 * 20 + 0.5 * 100,
        warmth(1, 1),
        grid(20, 100),
        kettle(),
        store(0.5),
    ),
    case(
        "a quarter of 2 MWh can be filled in the one cheap hour",
        0.5 * 20 + 1.5 * 100,
        warmth(0, 1, 1),
        grid(20, 100, 100),
        kettle(),
        store(2.0, rate=rate(0.25)),
    ),
    case(
        "two cheap hours fill 1 MWh, of which a quarter of 2 MWh can be drawn at once",
        0.5 * 20 + 0.5 * 100,
        warmth(0, 0, 1),
        grid(20, 20, 100),
        kettle(),
        store(2.0, rate=rate(0.25)),
    ),
    case(
        "worth building: 1 MWh for 4 a year saves 80",
        2 * 20 + 4,
        warmth(1, 1),
        grid(20, 100),
        kettle(),
        store(new(4, MWH)),
    ),
    case(
        "0.25 MWh stand, no more than 0.5 MWh may",
        1.5 * 20 + 0.5 * 100,
        warmth(1, 1),
        grid(20, 100),
        kettle(),
        store(stands(0.25, MWH, max=mwh(0.5))),
    ),
    case(
        "a milestone builds at most 0.25 MWh",
        1.25 * 20 + 0.75 * 100,
        warmth(1, 1),
        grid(20, 100),
        kettle(),
        store(new(0, MWH, max_each=mwh(0.25))),
    ),
    case(
        "mean days pass on heat: two days fill 1 MWh each, the third draws 2",
        2 * 20,
        warmth(raw=each_day((0,), (0,), (2,))),
        grid(raw=each_day((20,), (20,), (100,), rest=NEVER)),
        kettle(),
        store(),
        timeline=days(3, groups=[0, 0, 1]),
    ),
    case(
        "a tenth of 10 MWh is warm at first, and half of that at last: 0.5 MWh is bought for the dear hour",
        0.5 * 20,
        warmth(0, 1),
        grid(20, 100),
        kettle(),
        store(start_level=share(0.1), end_level=share(0.05)),
    ),
]
