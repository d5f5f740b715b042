"""Benchmark cases composed from ParkZero's own records; all series are synthetic with fixed seeds.

``reference_study`` is the reference pathway: one site, six milestone years. The same case stands in PyPSA in
``benchmarks/twin_reference.py``. ``tenants_study`` is a park of many tenants, for the growth curves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from parkzero.bench.synthetic import price, reference_series, tenant_series
from parkzero.components.demand.electricity_demand import ElectricityDemand
from parkzero.components.demand.heat_demand import HeatDemand
from parkzero.components.heat.electric_boiler import ElectricBoiler
from parkzero.components.heat.fuel_boiler import FuelBoiler
from parkzero.components.heat.heat_pump import HeatPump
from parkzero.components.heat.thermal_store import ThermalStore
from parkzero.components.networks.feeder import Feeder
from parkzero.components.policies.emission_cap import EmissionCap
from parkzero.components.supply.battery import Battery
from parkzero.components.supply.fuel import Fuel
from parkzero.components.supply.grid import Grid
from parkzero.components.supply.solar import Solar
from parkzero.components.supply.wind import Wind
from parkzero.language.block import Penalties
from parkzero.language.component import Component
from parkzero.language.fields import ByYear, Profile, Size, constant
from parkzero.study import Bus, Study, Tenant, milestones
from parkzero.timeline import Calendar, RealDays
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, FloatArray, H, Quantity, T, Unit

YEARS = (2025, 2030, 2035, 2040, 2045, 2050)
GROWTH = ByYear(YEARS, (1.0, 1.3, 1.55, 1.75, 1.9, 2.0))
GRID_FACTOR = (0.66, 0.5, 0.35, 0.2, 0.1, 0.03)
CAP = {2030: 0.75, 2035: 0.5, 2040: 0.3, 2045: 0.12, 2050: 0.06}
GAS, BIOGAS, GAS_FACTOR = 45.0, 110.0, 0.202
BASE = 8760 * (38 * GRID_FACTOR[0] + 20 / 0.9 * GAS_FACTOR)
PENALTIES = Penalties(unserved=10_000.0, excess=10_000.0)


def falling(start: float, share: float, unit: Unit = MONEY / MW) -> ByYear:
    """A cost that falls linearly by a share of itself from 2025 to 2050."""
    return ByYear((2025, 2050), (start, start * (1 - share)), unit)


def size(capex: ByYear, years: float, **limits: Quantity) -> Size:
    """A size with the upkeep of two per cent a year that all equipment of the cases has."""
    return Size(capex=capex, lifetime=Quantity(years, YEAR), fixed_om=constant(0.02), **limits)  # type: ignore[arg-type]  # limits are quantities


def limits(base: float) -> ByYear:
    """Yearly caps [t]: shares of the emissions of 2025, grown with the demand."""
    tonnes = [float(share * base * GROWTH.at(y).value) for y, share in CAP.items()]
    return ByYear(tuple(CAP), tuple(tonnes), T)


def calendar_of(days: int, minutes: int) -> RealDays:
    """The first days of 2025, weighted to a year."""
    return RealDays(Calendar(2025, minutes, days), scale=365 / days)


def reference_study(
    days: int = 365, years: tuple[int, ...] = YEARS, minutes: int = 60, charge: Charge | None = None
) -> Study:
    """The reference study; half-hours repeat each hour's value.

    Args:
        days: first days of the year that are modelled, weighted to a year.
        years: milestone years.
        minutes: length of a step.
        charge: what is paid for each month's highest power, on top of the energy's price.
    """
    raw = {k: np.repeat(v, 60 // minutes) for k, v in reference_series(days * 24).items()}
    return Study(
        name="Reference pathway (synthetic series)",
        currency="USD",
        milestones=milestones(years, 0.08, last=5 if len(years) > 1 else 1),
        timeline=calendar_of(days, minutes),
        components=(*_demand_and_supply(raw, charge), *_equipment(raw, len(years) > 1)),
        buses={
            b.name: b for b in (Bus("el", "electricity"), Bus("steam", "heat", 170.0), Bus("gas", "fuel"))
        },
        tenants={},
        penalties=PENALTIES,
    )


def _fuels(bus: str) -> tuple[Component, ...]:
    return (
        Fuel(name="natural_gas", bus=bus, price=constant(GAS, MONEY / MWH),
             emission_factor=constant(GAS_FACTOR, T / MWH)),
        Fuel(name="biogas", bus=bus, price=constant(BIOGAS, MONEY / MWH),
             emission_factor=constant(0.0, T / MWH)),
    )  # fmt: skip


def _demand_and_supply(raw: dict[str, FloatArray], charge: Charge | None) -> tuple[Component, ...]:
    return (
        ElectricityDemand(name="load", bus="el", load=Profile(raw["load"], MW, GROWTH)),
        HeatDemand(name="steam", bus="steam", load=Profile(raw["steam"], MW, GROWTH)),
        Grid(name="grid", bus="el", price=Profile(raw["price"], MONEY / MWH), export_limit=constant(10.0, MW),
             import_limit=constant(1000.0, MW), export_price=constant(25.0, MONEY / MWH),
             export_own_only=False, emission_factor=ByYear(YEARS, GRID_FACTOR, T / MWH),
             **(charge.fields if charge else {})),
        *_fuels("gas"),
        EmissionCap(name="cap", limit=limits(BASE)),
    )  # fmt: skip


def _equipment(raw: dict[str, FloatArray], several: bool) -> tuple[Component, ...]:
    def most(mw: float) -> dict[str, Quantity]:
        return {"max_each": Quantity(mw / 6, MW)} if several else {"max": Quantity(mw, MW)}

    return (
        Solar(name="pv", bus="el", output=Profile(raw["pv"]),
              power=size(falling(650e3, 0.45), 25, **most(120.0))),
        Wind(name="wind", bus="el", output=Profile(raw["wind"]),
             power=size(falling(1500e3, 0.25), 25, **most(60.0))),
        Battery(name="battery", bus="el", power=size(falling(120e3, 0.4), 15),
                energy=size(falling(220e3, 0.5, MONEY / MWH), 15), efficiency_in=Quantity(0.95),
                efficiency_out=Quantity(0.95), discharge_cost=constant(0.5, MONEY / MWH)),
        HeatPump(name="heat_pump", source="el", to="steam", rated="input",
                 power=size(falling(900e3, 0.25), 20), cop=Profile(np.full(len(raw["pv"]), 2.2))),
        ElectricBoiler(name="electric_boiler", source="el", to="steam", rated="input",
                       power=size(constant(120e3, MONEY / MW), 20), efficiency=Quantity(0.98)),
        FuelBoiler(name="gas_boiler", source="gas", to="steam", rated="input",
                   power=size(constant(80e3, MONEY / MW), 20), efficiency=Quantity(0.9)),
        ThermalStore(name="heat_store", bus="steam", energy=size(constant(25e3, MONEY / MWH), 25),
                     loss=Quantity(0.005, ONE / H)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Charge:
    """What is paid for each month's highest power.

    Attributes:
        price: of each month's peak [USD/MW].
        ratchet: least billed peak as a share of the year's highest; 0 for none.
        own_meters: whether each of many tenants has a connection of its own that is charged; else the
            park's is.
    """

    price: float
    ratchet: float = 0.0
    own_meters: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        """Of a charged connection."""
        share = {"ratchet": Quantity(self.ratchet)} if self.ratchet else {}
        return {"demand_charge": constant(self.price, MONEY / MW), **share}


def tenants_study(
    tenants: int, days: int = 365, years: tuple[int, ...] = YEARS, minutes: int = 60, seed: int = 0,
    charge: Charge | None = None,
) -> Study:  # fmt: skip
    """A park of many tenants on one bus, where the grid connection and the yearly cap of the park stand.

    Each tenant has an electricity and a heat bus with demand, heat, photovoltaics, battery, heat pump, heat
    store, gas boiler, and a feeder to the park's bus; see ``synthetic.tenant_series`` for what differs.

    Args:
        tenants: how many.
        days: first days of the year that are modelled, weighted to a year.
        years: milestone years.
        minutes: length of a step.
        seed: seed of all series.
        charge: what is paid for each month's highest power; on top of the energy's price, so that parks with
            and without one differ in nothing else.
    """
    repeat = 60 // minutes
    tariff = Profile(np.repeat(price(np.arange(days * 24)), repeat), MONEY / MWH)
    buses = {"el": Bus("el", "electricity"), "gas": Bus("gas", "fuel")}
    usual: dict[str, Any] = {
        "price": tariff, "export_price": constant(25.0, MONEY / MWH), "export_own_only": False,
        "emission_factor": ByYear(YEARS, GRID_FACTOR, T / MWH),
    }  # fmt: skip
    charged = usual if charge is None else usual | charge.fields
    own_meters = charge is not None and charge.own_meters
    of_park = usual if own_meters else charged
    components: list[Component] = [
        Grid(name="grid", bus="el", export_limit=constant(2.0 * tenants, MW), **of_park),
        *_fuels("gas"),
    ]
    base, people = 0.0, {}
    for number in range(tenants):
        owner = f"t{number + 1}"
        raw = {k: np.repeat(v, repeat) for k, v in tenant_series(days * 24, number, seed).items()}
        base += 8760 * float(raw["load"].mean() * GRID_FACTOR[0] + raw["heat"].mean() / 0.9 * GAS_FACTOR)
        buses |= {f"{owner}.el": Bus(f"{owner}.el", "electricity", owner=owner),
                  f"{owner}.heat": Bus(f"{owner}.heat", "heat", 90.0, owner)}  # fmt: skip
        people[owner] = Tenant(owner, f"Tenant {number + 1}")
        components += _tenant(owner, raw)
        if own_meters:
            components.append(Grid(name=f"{owner}.grid", bus=f"{owner}.el", owner=owner, **charged))
    components.append(EmissionCap(name="cap", limit=limits(base)))
    return Study(
        name=f"Park of {tenants} tenants (synthetic series)",
        currency="USD",
        milestones=milestones(years, 0.08, last=5 if len(years) > 1 else 1),
        timeline=calendar_of(days, minutes),
        components=tuple(components),
        buses=buses,
        tenants=people,
        penalties=PENALTIES,
    )


def _tenant(owner: str, raw: dict[str, FloatArray]) -> list[Component]:
    el, heat = f"{owner}.el", f"{owner}.heat"
    roof = 1.5 * float(raw["load"].mean())

    def of(what: str) -> dict[str, Any]:
        return {"name": f"{owner}.{what}", "owner": owner}

    return [
        ElectricityDemand(**of("load"), bus=el, load=Profile(raw["load"], MW, GROWTH)),
        HeatDemand(**of("process"), bus=heat, load=Profile(raw["heat"], MW, GROWTH)),
        Solar(**of("pv"), bus=el, output=Profile(raw["pv"]),
              power=size(falling(650e3, 0.45), 25, max=Quantity(2 * roof, MW))),
        Battery(**of("battery"), bus=el, power=size(falling(120e3, 0.4), 15),
                energy=size(falling(220e3, 0.5, MONEY / MWH), 15), efficiency_in=Quantity(0.95),
                efficiency_out=Quantity(0.95), discharge_cost=constant(0.5, MONEY / MWH)),
        HeatPump(**of("heat_pump"), source=el, to=heat, rated="input", power=size(falling(900e3, 0.25), 20),
                 cop=Profile(raw["cop"])),
        ThermalStore(**of("heat_store"), bus=heat, energy=size(constant(25e3, MONEY / MWH), 25),
                     loss=Quantity(0.005, ONE / H)),
        FuelBoiler(**of("boiler"), source="gas", to=heat, rated="input",
                   power=size(constant(80e3, MONEY / MW), 20), efficiency=Quantity(0.9)),
        Feeder(**of("feeder"), source="el", to=el, power=size(constant(60e3, MONEY / MW), 30),
               loss=Quantity(0.01)),
    ]  # fmt: skip
