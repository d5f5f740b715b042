"""What PyPSA's tables have no word for: found before anything is written, and told all at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from parkzero.components.demand.electricity_demand import ElectricityDemand
from parkzero.components.demand.heat_demand import HeatDemand
from parkzero.components.heat.electric_boiler import ElectricBoiler
from parkzero.components.heat.fuel_boiler import FuelBoiler
from parkzero.components.heat.heat_pump import HeatPump
from parkzero.components.heat.thermal_store import ThermalStore
from parkzero.components.networks.feeder import Feeder
from parkzero.components.policies.carbon_price import CarbonPrice
from parkzero.components.policies.emission_budget import EmissionBudget
from parkzero.components.policies.emission_cap import EmissionCap
from parkzero.components.supply.battery import Battery
from parkzero.components.supply.fuel import Fuel
from parkzero.components.supply.grid import Grid
from parkzero.components.supply.solar import Solar
from parkzero.components.supply.wind import Wind
from parkzero.errors import Fault, Place
from parkzero.language.block import ALWAYS
from parkzero.language.component import Component
from parkzero.language.fields import Size, described
from parkzero.study.study import Study
from parkzero.texts import Text, say

KNOWN = (
    Battery,
    CarbonPrice,
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
    Solar,
    ThermalStore,
    Wind,
)
"""Kinds that can be said; what of them cannot is in ``faults_of``."""


def refusals(study: Study) -> list[Fault]:
    """Everything in a study that a PyPSA network without code of its own cannot say."""
    faults = [fault for component in study.components for fault in faults_of(component)]
    faults += [
        fault(c, "owner", say("an asset whose owner comes or goes"))
        for c in study.components
        if study.stays(c) != ALWAYS
    ]
    dips = any(
        bool((np.asarray(c.price.at(year).value) < 0).any())
        for c in study.components
        if isinstance(c, Grid)
        for year in study.milestones.years
    )
    if dips:
        # The rating of a battery or feeder is one link at a bus, which tells net power only. With prices of
        # zero or more it never pays to send both ways at once and burn energy; with negative ones it may.
        faults += [
            fault(
                c,
                "bus",
                say("a battery where a price is negative: one link at its bus limits its net power only"),
            )
            for c in study.components
            if isinstance(c, Battery)
        ]
        faults += [
            fault(
                c,
                "loss",
                say("a feeder with losses where a price is negative: one link limits its net power only"),
            )
            for c in study.components
            if isinstance(c, Feeder) and float(c.loss.value) > 0
        ]
    return faults


def faults_of(component: Component) -> Iterator[Fault]:
    """What of one component cannot be said."""
    if not isinstance(component, KNOWN):
        yield fault(component, "", say("a component of kind {kind}", kind=component.kind))
    elif isinstance(component, Grid):
        yield from faults_of_grid(component)
    elif isinstance(component, Battery) and component.exclusive:
        yield fault(component, "exclusive", say("a switch between charging and discharging"))
    elif isinstance(component, Battery | ThermalStore) and float(component.loss.value) >= 1:
        yield fault(component, "loss", say("a store that keeps nothing"))
    else:
        yield from faults_of_store(component)
    for name, meta in described(type(component)).items():
        size = getattr(component, name) if meta.kind == "size" else None
        if isinstance(size, Size) and size.min is not None:
            yield fault(
                component, f"{name}.min", say("a size that is built at least so large, or not at all")
            )


def faults_of_store(component: Component) -> Iterator[Fault]:
    """What of a store cannot be said: sizes tied to one another, losses and costs of what passes."""
    for name in ("start_level", "end_level"):
        if getattr(component, name, None) is not None:
            yield fault(component, name, say("a store that begins or ends with a share of its size"))
    if getattr(component, "cycles", None) is not None:
        yield fault(component, "cycles", say("a limit on what a store takes in during a year"))
    if isinstance(component, Battery) and any(component.charge_cost.values):
        yield fault(component, "charge_cost", say("a cost of what is charged"))
    if isinstance(component, Battery) and (component.rate_min or component.rate_max) is not None:
        yield fault(component, "rate_max", say("a power that is tied to the energy of a battery"))
    if isinstance(component, ThermalStore):
        plain = all(float(q.value) == 1 for q in (component.efficiency_in, component.efficiency_out))
        costs = (*component.charge_cost.values, *component.discharge_cost.values)
        if component.power is not None or not plain or any(costs):
            what = say("a thermal store with exchangers, losses or costs of what passes")
            yield fault(component, "", what)


def faults_of_grid(grid: Grid) -> Iterator[Fault]:
    """What of a grid connection cannot be said."""
    if grid.demand_charge is not None:
        yield fault(grid, "demand_charge", say("a charge on monthly peaks"))
        if grid.ratchet is not None:
            yield fault(grid, "ratchet", say("a peak that later months pay for"))
    if grid.coincident_charge is not None:
        yield fault(grid, "coincident_charge", say("a charge on monthly peaks"))
    if max(grid.export_limit.values) > 0:
        if grid.export_own_only:
            yield fault(grid, "export_own_only", say("an export that follows the owner's generation"))
        if grid.export_share is not None:
            yield fault(grid, "export_share", say("a yearly share of generation that may be sold"))


def fault(component: Component, field: str, what: Text) -> Fault:
    """A refusal in the user's nouns."""
    place = Place(field=f"{component.name}.{field}" if field else component.name)
    return Fault(
        place,
        say("PyPSA's tables have no word for {what}", what=what),
        hint=say("export the study as MPS instead"),
    )
