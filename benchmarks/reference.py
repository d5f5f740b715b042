"""The reference pathway: one site, six milestone years, hourly, composed from ParkZero's own records.

Synthetic series with a fixed seed. The same case stands beside it in PyPSA (``twin_reference.py``).
"""

from __future__ import annotations

import numpy as np

from parkzero.components import (
    Battery,
    ByYear,
    ElectricBoiler,
    ElectricityDemand,
    EmissionCap,
    Fuel,
    FuelBoiler,
    Grid,
    HeatDemand,
    HeatPump,
    Profile,
    Solar,
    ThermalStore,
    Wind,
    constant,
)
from parkzero.components.block import Penalties
from parkzero.study import Bus, Study, horizon
from parkzero.timeline import Calendar, Timeline
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, FloatArray, H, Quantity, T

YEARS = (2025, 2030, 2035, 2040, 2045, 2050)
GROWTH = ByYear(YEARS, (1.0, 1.3, 1.55, 1.75, 1.9, 2.0))
GRID_FACTOR = (0.66, 0.5, 0.35, 0.2, 0.1, 0.03)
CAP = {2030: 0.75, 2035: 0.5, 2040: 0.3, 2045: 0.12, 2050: 0.06}
BASE = 8760 * (38 * 0.66 + 20 / 0.9 * 0.202)
GAS, BIOGAS = 45.0, 110.0


def series(hours: int, seed: int = 0) -> dict[str, FloatArray]:
    """Load, steam, photovoltaics, wind and price by the hour, each of shape [hours]."""
    rng = np.random.default_rng(seed)
    hour = np.arange(hours)
    of_day, day, weekday = hour % 24, (hour // 24) % 365, (hour // 24) % 7
    days = hours // 24
    clear = np.empty(days)
    clear[0] = 0.5
    for d in range(1, days):
        clear[d] = np.clip(0.5 + 0.6 * (clear[d - 1] - 0.5) + rng.normal(0, 0.18), 0.08, 0.95)
    latitude = np.deg2rad(20.8)
    declination = np.deg2rad(23.45) * np.sin(2 * np.pi * (284 + day) / 365)
    angle = np.deg2rad(15 * (of_day + 0.5 - 12))
    height = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(angle)
    pv = np.clip(np.clip(height, 0, None) * clear[np.minimum(hour // 24, days - 1)] * 1.05, 0, 1)
    speed = np.empty(hours)
    speed[0] = 6
    for t in range(1, hours):
        speed[t] = max(0, 6 + 0.97 * (speed[t - 1] - 6) + rng.normal(0, 0.6))
    wind = np.clip((speed / 12) ** 3, 0, 1)
    work = np.where(weekday < 6, 1.0, 0.45)
    load = (30 + 12 * np.exp(-(((of_day - 10) / 4.0) ** 2)) + 10 * np.exp(-(((of_day - 15) / 3.5) ** 2))) * work
    load = load * (1 + 0.12 * np.cos(2 * np.pi * (day - 200) / 365)) * (1 + rng.normal(0, 0.03, hours))
    steam = (18 + 6 * np.exp(-(((of_day - 11) / 5.0) ** 2))) * work
    steam = steam * (1 + 0.05 * np.cos(2 * np.pi * (day - 15) / 365)) * (1 + rng.normal(0, 0.03, hours))
    peak = np.isin(of_day, (9, 10, 17, 18, 19)) & (weekday < 6)
    price = np.where(peak, 124.0, np.where((of_day >= 22) | (of_day < 4), 45.0, 68.0))
    return {"pv": pv, "wind": wind, "load": load, "steam": steam, "price": price}


def reference_study(days: int = 365, years: tuple[int, ...] = YEARS, minutes: int = 60) -> Study:
    """The reference study; half-hours repeat each hour's value.

    Args:
        days: first days of the year that are modelled, weighted to a year.
        years: milestone years.
        minutes: length of a step.
    """
    raw = {k: np.repeat(v, 60 // minutes) for k, v in series(days * 24).items()}
    several = len(years) > 1
    most = (lambda mw: {"power_max_each": Quantity(mw / 6, MW)}) if several else (lambda mw: {"power_max": Quantity(mw, MW)})
    om = constant(0.02)
    free = constant(0.0, T / MWH)

    def cost(start: float, share: float, unit: object = MONEY / MW) -> ByYear:
        return ByYear((2025, 2050), (start, start * (1 - share)), unit)  # type: ignore[arg-type]

    def life(years: float) -> dict[str, object]:
        return {"lifetime": Quantity(years, YEAR), "fixed_om": om}

    components = (
        ElectricityDemand(name="load", bus="el", load=Profile(raw["load"], MW, GROWTH)),
        HeatDemand(name="steam", bus="steam", load=Profile(raw["steam"], MW, GROWTH)),
        Grid(name="grid", bus="el", price=Profile(raw["price"], MONEY / MWH), export_limit=constant(10.0, MW),
             import_limit=constant(1000.0, MW),
             export_price=constant(25.0, MONEY / MWH), export_own_only=False,
             emission_factor=ByYear(YEARS, GRID_FACTOR, T / MWH)),
        Solar(name="pv", bus="el", output=Profile(raw["pv"]), capex=cost(650e3, 0.45), **life(25), **most(120.0)),
        Wind(name="wind", bus="el", output=Profile(raw["wind"]), capex=cost(1500e3, 0.25), **life(25), **most(60.0)),
        Battery(name="battery", bus="el", capex_power=cost(120e3, 0.4), capex_energy=cost(220e3, 0.5, MONEY / MWH),
                efficiency_in=Quantity(0.95), efficiency_out=Quantity(0.95),
                discharge_cost=constant(0.5, MONEY / MWH), **life(15)),
        HeatPump(name="heat_pump", source="el", to="steam", rated="input", capex=cost(900e3, 0.25),
                 cop=Profile(np.full(len(raw["pv"]), 2.2)), **life(20)),
        ElectricBoiler(name="electric_boiler", source="el", to="steam", rated="input",
                       capex=constant(120e3, MONEY / MW), efficiency=Quantity(0.98), **life(20)),
        FuelBoiler(name="gas_boiler", source="gas", to="steam", rated="input", capex=constant(80e3, MONEY / MW),
                   efficiency=Quantity(0.9), **life(20)),
        ThermalStore(name="heat_store", bus="steam", capex=constant(25e3, MONEY / MWH), loss=Quantity(0.005, ONE / H),
                     **life(25)),
        Fuel(name="natural_gas", bus="gas", price=constant(GAS, MONEY / MWH), emission_factor=constant(0.202, T / MWH)),
        Fuel(name="biogas", bus="gas", price=constant(BIOGAS, MONEY / MWH), emission_factor=free),
        EmissionCap(name="cap", limit=ByYear(tuple(CAP), tuple(
            float(share * BASE * GROWTH.at(y).value) for y, share in CAP.items()), T)),
    )  # fmt: skip
    calendar = Calendar(2025, minutes, days)
    return Study(
        name="Reference pathway (synthetic series)",
        currency="USD",
        horizon=horizon(years, 0.08, last=5 if several else 1),
        timeline=Timeline(calendar, scale=365 / days),
        components=components,
        buses={"el": Bus("el", "electricity"), "steam": Bus("steam", "heat", 170.0), "gas": Bus("gas", "fuel")},
        tenants={},
        penalties=Penalties(unserved=10_000.0, excess=10_000.0),
    )
