"""Small studies whose results can be worked out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np

from parkzero.components import (
    ByYear,
    Component,
    ElectricityDemand,
    EmissionCap,
    Fuel,
    FuelBoiler,
    Grid,
    HeatDemand,
    Profile,
    Size,
    Solar,
    constant,
)
from parkzero.errors import Place
from parkzero.language.block import Penalties
from parkzero.study import Bus, Source, Study, Tenant, milestones
from parkzero.timeline import Calendar, RealDays
from parkzero.units import MONEY, MW, MWH, YEAR, Quantity, T

DAYS = 2
STEPS = DAYS * 24


def flat(value: float) -> np.ndarray:
    return np.full(STEPS, value)


def study_of(*components: Component, years: tuple[int, ...] = (2030,), rate: float = 0.0) -> Study:
    return Study(
        name="By hand",
        currency="USD",
        milestones=milestones(years, rate, last=1 if len(years) == 1 else 10),
        timeline=RealDays(Calendar(2025, 60, DAYS), scale=365 / DAYS),
        components=components,
        buses={
            "t1.electricity": Bus("t1.electricity", "electricity", owner="t1"),
            "t1.steam": Bus("t1.steam", "heat", 170.0, "t1"),
            "t1.gas": Bus("t1.gas", "fuel", owner="t1"),
        },
        tenants={"t1": Tenant("t1", "Tenant One", "steel")},
        penalties=Penalties(unserved=10_000.0, excess=10_000.0),
        sources={
            "assets.t1.pv.output": Source(
                Place(file="park.toml", line=12), "0.25", synthetic="made up for a test"
            )
        },
        warnings=("a warning",),
    )


def load(mw: float = 10.0) -> ElectricityDemand:
    return ElectricityDemand(name="t1.load", owner="t1", bus="t1.electricity", load=Profile(flat(mw), MW))


def grid(price: float = 100.0, **more: object) -> Grid:
    return Grid(
        name="t1.grid", owner="t1", bus="t1.electricity", price=Profile(flat(price), MONEY / MWH),
        emission_factor=constant(0.5, T / MWH), **more,
    )  # fmt: skip


def sizes(**more: object) -> Size:
    """What may be built of photovoltaics: 20 MW at 1e6 a MW, for 20 years, unless said otherwise."""
    usual = {"capex": constant(1e6, MONEY / MW), "lifetime": Quantity(20.0, YEAR), "max": Quantity(20.0, MW)}
    return Size(**{**usual, **more})  # type: ignore[arg-type]


def solar(**size: object) -> Solar:
    return Solar(
        name="t1.pv", owner="t1", bus="t1.electricity", output=Profile(flat(0.25)), power=sizes(**size)
    )


def cap(tonnes: float) -> EmissionCap:
    return EmissionCap(name="cap", limit=constant(tonnes, T))


def plain_study() -> Study:
    """Load 10 MW, grid 100 USD/MWh and 0.5 t/MWh; photovoltaics of 20 MW at most give a quarter of that.

    A megawatt of them costs 50,000 USD a year and saves 2,190 MWh: 219,000 USD. So all 20 MW are built, the
    grid gives the other 5 MW: 43,800 MWh, 4,380,000 USD, 21,900 t. One more megawatt would save 169,000 USD.
    """
    return study_of(load(), grid(), solar(), cap(30_000.0))


def steam_study(limit: float = 0.0) -> Study:
    """Steam of 9 MW can only come from a gas boiler, whose gas emits; a cap of ``limit`` forbids it."""
    return study_of(
        load(),
        clean_grid(),
        HeatDemand(name="t1.steam_demand", owner="t1", bus="t1.steam", load=Profile(flat(9.0), MW)),
        FuelBoiler(
            name="t1.gas_boiler",
            owner="t1",
            source="t1.gas",
            to="t1.steam",
            rated="input",
            efficiency=Quantity(0.9),
            power=Size(capex=constant(80e3, MONEY / MW), lifetime=Quantity(20.0, YEAR)),
        ),
        Fuel(
            name="t1.natural_gas",
            owner="t1",
            bus="t1.gas",
            price=constant(45.0, MONEY / MWH),
            emission_factor=constant(0.2, T / MWH),
        ),
        cap(limit),
    )


def clean_grid() -> Grid:
    return dataclasses.replace(grid(), emission_factor=constant(0.0, T / MWH))


def short_study() -> Study:
    """A load of 10 MW, 10.8 MW from 18:00 to 19:00 on 2 January, behind a connection of 10 MW."""
    values = flat(10.0)
    values[24 + 18] = 10.8
    demand = ElectricityDemand(name="t1.load", owner="t1", bus="t1.electricity", load=Profile(values, MW))
    return study_of(demand, grid(import_limit=constant(10.0, MW)))


def ageing_study() -> Study:
    """4 MW of photovoltaics exist until 2040; 2030 may build 8 MW for 10 years, 2040 again."""
    pv = solar(
        lifetime=Quantity(10.0, YEAR), max=None, max_each=Quantity(8.0, MW),
        existing=Quantity(4.0, MW), existing_until=2040, fixed_om=ByYear((0,), (0.01,)),
    )  # fmt: skip
    return study_of(load(), grid(), pv, years=(2030, 2040))
