"""Random small studies for Hypothesis: one to three days, any mix of components, several years or one.

Series come from one random seed, so that a failing study is told by a few numbers. Costs are of the size that
makes building worth it in some studies and not in others. Nothing that stands already costs upkeep, so that
one more asset never costs more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from parkzero.components import (
    Battery,
    CarbonPrice,
    Component,
    ElectricBoiler,
    ElectricityDemand,
    EmissionBudget,
    EmissionCap,
    Feeder,
    Fuel,
    FuelBoiler,
    Grid,
    HeatDemand,
    HeatPump,
    Offset,
    Profile,
    RenewableShare,
    Size,
    Solar,
    ThermalStore,
    Wind,
)
from parkzero.lp.expr import IntArray
from parkzero.study import Study
from parkzero.timeline import Calendar, RealDays
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, FloatArray, H, Quantity, T
from tests.cases.harness import compose, mw, mwh, path, per, share

CHOICES = (
    "battery", "thermal_store", "solar", "wind", "heat_pump", "electric_boiler", "feeder",
    "demand_charge", "ratchet", "power_factor", "export", "export_share", "import_limit", "fuel_limit",
    "emission_cap", "emission_budget", "carbon_price", "offset", "renewable_share",
)  # fmt: skip
"""What a study may have beside demands, a grid, a fuel and a boiler."""


@dataclass(frozen=True)
class Raw:
    """Random series over some days, each of shape [steps], and a source of random numbers."""

    random: np.random.Generator
    steps: int

    def between(self, low: float, high: float) -> FloatArray:
        """A rough daily shape with noise, within the limits."""
        hour = np.arange(self.steps) * 2 * np.pi / 24
        wave = 0.5 + 0.3 * np.sin(hour + self.random.uniform(0, 6)) + self.random.normal(0, 0.15, self.steps)
        return low + (high - low) * np.clip(wave, 0, 1)

    def blocks(self, *levels: float) -> FloatArray:
        """Prices in blocks of hours, other ones on other days."""
        hours = self.random.choice(levels, self.steps // 4 + 1)
        return np.repeat(hours, 4)[: self.steps].astype(np.float64)

    def one(self, low: float, high: float) -> float:
        """A number."""
        return float(self.random.uniform(low, high))


def life(raw: Raw) -> dict[str, Any]:
    """Lifetime and upkeep."""
    return {
        "lifetime": Quantity(float(raw.random.integers(4, 20)), YEAR),
        "fixed_om": per(raw.one(0, 0.05), ONE),
    }


def supplies(raw: Raw, has: set[str], real_days: float, scale: float) -> list[Component]:
    """Grid, fuel and boiler: what serves the demands in every study."""
    grid: dict[str, Any] = {"export_own_only": bool(raw.random.integers(2))}
    if "demand_charge" in has or "ratchet" in has:
        grid |= {"demand_charge": per(raw.one(5, 50), MONEY / MW)}
    if "ratchet" in has:
        grid |= {"ratchet": share(raw.one(0.3, 0.9))}
    if "power_factor" in has:
        grid |= {"power_factor": per(raw.one(0.7, 0.95), ONE)}
    if "export" in has or "export_share" in has:
        grid |= {"export_limit": per(raw.one(0.5, 3), MW), "export_price": per(raw.one(1, 40), MONEY / MWH)}
    if "export_share" in has:
        grid |= {"export_share": per(raw.one(0.1, 0.6), ONE)}
    if "import_limit" in has:
        grid |= {"import_limit": per(raw.one(5, 12), MW)}
    limits: dict[str, Any] = {}
    if "fuel_limit" in has:
        limits = {"limit": per(raw.one(2, 6), MW), "yearly_limit": per(raw.one(8, 60) * real_days, MWH)}
    return [
        Grid(
            name="grid",
            bus="el",
            price=Profile(raw.blocks(20, 60, 150), MONEY / MWH),
            emission_factor=path(T / MWH, y2025=raw.one(0.4, 0.8), y2040=raw.one(0, 0.4)),
            **grid,
        ),
        Fuel(
            name="gas",
            bus="gas",
            price=per(raw.one(20, 60), MONEY / MWH),
            emission_factor=per(raw.one(0.1, 0.4), T / MWH),
            **limits,
        ),
        FuelBoiler(
            name="boiler",
            source="gas",
            to="heat",
            efficiency=share(raw.one(0.7, 1)),
            power=Size(capex=per(raw.one(1, 50) * scale, MONEY / MW), **life(raw)),
        ),
    ]


def equipment(raw: Raw, has: set[str], scale: float) -> list[Component]:
    """Storage, sun, wind and electric heat."""
    made: list[Component] = []
    if "solar" in has:
        made.append(
            Solar(
                name="pv",
                bus="el",
                output=Profile(raw.between(-0.5, 1).clip(0)),
                power=Size(
                    max=mw(raw.one(1, 6)), capex=per(raw.one(50, 2000) * scale, MONEY / MW), **life(raw)
                ),
            )
        )
    if "wind" in has:
        made.append(
            Wind(
                name="wind",
                bus="el",
                output=Profile(raw.between(0, 1)),
                variable_om=per(raw.one(0, 5), MONEY / MWH),
                power=Size(
                    max_each=mw(raw.one(1, 3)), capex=per(raw.one(200, 4000) * scale, MONEY / MW), **life(raw)
                ),
            )
        )
    if "battery" in has:
        made.append(
            Battery(
                name="battery",
                bus="el",
                efficiency_in=share(raw.one(0.8, 1)),
                efficiency_out=share(raw.one(0.8, 1)),
                loss=Quantity(raw.one(0, 0.01), ONE / H),
                discharge_cost=per(raw.one(0, 2), MONEY / MWH),
                power=Size(capex=per(raw.one(1, 50) * scale, MONEY / MW), **life(raw)),
                energy=Size(
                    capex=per(raw.one(1, 100) * scale, MONEY / MWH), max=mwh(raw.one(2, 9)), **life(raw)
                ),
            )
        )
    if "thermal_store" in has:
        made.append(
            ThermalStore(
                name="store",
                bus="heat",
                loss=Quantity(raw.one(0, 0.02), ONE / H),
                rate=Quantity(raw.one(0.1, 1), ONE / H),
                energy=Size(capex=per(raw.one(1, 50) * scale, MONEY / MWH), **life(raw)),
            )
        )
    if "heat_pump" in has:
        made.append(
            HeatPump(
                name="pump",
                source="el",
                to="heat",
                cop=Profile(raw.between(1.5, 5)),
                rated="input",
                power=Size(capex=per(raw.one(50, 1000) * scale, MONEY / MW), **life(raw)),
            )
        )
    if "electric_boiler" in has:
        made.append(
            ElectricBoiler(
                name="kettle",
                source="el",
                to="heat",
                efficiency=share(raw.one(0.8, 1)),
                power=Size(capex=per(raw.one(1, 100) * scale, MONEY / MW), **life(raw)),
            )
        )
    if "feeder" in has:
        made.append(ElectricityDemand(name="far_load", bus="far", load=Profile(raw.between(0, 1), MW)))
        made.append(
            Feeder(
                name="line",
                source="el",
                to="far",
                loss=share(raw.one(0, 0.1)),
                wheeling=per(raw.one(0, 3), MONEY / MWH),
                power=Size(capex=per(raw.one(1, 100) * scale, MONEY / MW), **life(raw)),
            )
        )
    return made  # fmt: skip


def policies(raw: Raw, has: set[str], real_days: float) -> list[Component]:
    """Limits and prices on what all others book."""
    made: list[Component] = []
    if "emission_cap" in has:
        made.append(EmissionCap(name="cap", limit=per(raw.one(15, 70) * real_days, T)))
    if "emission_budget" in has:
        made.append(EmissionBudget(name="budget", budget=Quantity(raw.one(80, 600) * real_days, T)))
    if "carbon_price" in has:
        made.append(CarbonPrice(name="tax", price=per(raw.one(5, 80), MONEY / T)))
    if "offset" in has:
        made.append(
            Offset(
                name="offset",
                price=per(raw.one(10, 200), MONEY / T),
                share=per(raw.one(0.05, 0.5), ONE),
                mass=per(raw.one(1, 9) * real_days, T),
            )
        )
    if "renewable_share" in has:
        made.append(RenewableShare(name="green", share=per(raw.one(0.05, 0.4), ONE)))
    return made  # fmt: skip


def random_study(seed: int, days: int, has: set[str], years: tuple[int, ...], scale: float = 1.0) -> Study:
    """The study of a seed."""
    raw = Raw(np.random.default_rng(seed), days * 24)
    growth = path(ONE, y2025=1.0, y2040=raw.one(0.8, 2))
    demands = [
        ElectricityDemand(name="load", bus="el", load=Profile(raw.between(1, 3), MW, growth)),
        HeatDemand(name="warmth", bus="heat", load=Profile(raw.between(0, 2), MW, growth)),
    ]
    parts = (
        *demands,
        *supplies(raw, has, days * scale, scale),
        *equipment(raw, has, scale),
        *policies(raw, has, days * scale),
    )
    timeline = RealDays(Calendar(2025, 60, days), scale=scale)
    return compose(*parts, timeline=timeline, years=years, rate=raw.one(0, 0.1), last=5.0)


@st.composite
def studies(
    draw: st.DrawFn,
    days: int = 3,
    years: int = 2,
    needs: frozenset[str] = frozenset(),
    without: frozenset[str] = frozenset(),
) -> Study:
    """Random studies.

    Args:
        draw: Hypothesis's own.
        days: most days.
        years: most milestone years.
        needs: what each study has (see ``CHOICES``).
        without: what no study has.
    """
    seed = draw(st.integers(0, 2**32 - 1))
    length = draw(st.integers(1, days))
    some = st.sets(st.sampled_from([c for c in CHOICES if c not in without]))
    has = draw(some) | needs
    milestones = (2025, 2030, 2040)[: draw(st.integers(1, years))]
    return random_study(seed, length, has, milestones, draw(st.sampled_from([1.0, 10.0])))


@st.composite
def partitions(draw: st.DrawFn, days: int) -> IntArray:
    """Random groups of some days, every number from 0 used."""
    drawn = draw(st.lists(st.integers(0, days - 1), min_size=days, max_size=days))
    return np.unique(drawn, return_inverse=True)[1].astype(np.int32)
