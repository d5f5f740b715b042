"""Components in PyPSA's words, one function a kind.

Whatever changes from year to year (limits, prices, emission factors) stands in one generator for each
milestone year, which lives in that year alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from parkzero.components.demand.electricity_demand import ElectricityDemand
from parkzero.components.demand.heat_demand import HeatDemand
from parkzero.components.heat import Converter
from parkzero.components.heat.electric_boiler import ElectricBoiler
from parkzero.components.heat.fuel_boiler import FuelBoiler
from parkzero.components.heat.heat_pump import HeatPump
from parkzero.components.heat.thermal_store import ThermalStore
from parkzero.components.networks.feeder import Feeder
from parkzero.components.policies.carbon_price import CarbonPrice
from parkzero.components.policies.emission_budget import EmissionBudget
from parkzero.components.policies.emission_cap import EmissionCap
from parkzero.components.supply import Renewable
from parkzero.components.supply.battery import Battery
from parkzero.components.supply.fuel import Fuel
from parkzero.components.supply.grid import Grid, surcharge_of
from parkzero.components.supply.solar import Solar
from parkzero.components.supply.wind import Wind
from parkzero.interchange.cohorts import cohorts, number
from parkzero.interchange.sheets import Sheets, Value
from parkzero.language.component import Component
from parkzero.language.fields import ByYear, Profile
from parkzero.units import FloatArray, Quantity

FAR = 1e6
"""Power of what has no limit [MW]."""

SCOPES = {"1+2": "co2_emissions", "1": "scope1", "2": "scope2"}
"""Attribute of PyPSA's carriers that holds the emission factor in some scopes [t/MWh]."""


def over_years(sheets: Sheets, profile: Profile | ByYear | Quantity | float) -> FloatArray:
    """A profile, path or number over all snapshots, shape [years x steps]."""
    steps = sheets.study.timeline.steps
    parts = []
    for year in sheets.study.milestones.years:
        value = profile.at(year).value if isinstance(profile, Profile | ByYear) else profile
        number = value.value if isinstance(value, Quantity) else value
        parts.append(np.broadcast_to(np.asarray(number, dtype=np.float64), (steps,)))
    return np.concatenate(parts)


def demand(sheets: Sheets, asset: ElectricityDemand | HeatDemand) -> None:
    """A load."""
    sheets.add("loads", asset.name, bus=asset.bus, p_set=over_years(sheets, asset.load))


def renewable(sheets: Sheets, asset: Renewable) -> None:
    """A generator for each cohort."""
    for name, attributes in cohorts(sheets, asset, "power", "p_nom"):
        sheets.add(
            "generators",
            name,
            bus=asset.bus,
            p_max_pu=over_years(sheets, asset.output),
            marginal_cost=over_years(sheets, asset.variable_om),
            **attributes,
        )


def carbon(sheets: Sheets, year: int, scope: str) -> float:
    """Price of a tonne in a scope, from all carbon prices of the study."""
    prices = [c for c in sheets.study.components if isinstance(c, CarbonPrice)]
    return sum(float(c.price.at(year).value) for c in prices if scope in c.scopes and c.price.covers(year))


def supply(sheets: Sheets, name: str, year: int, scope: str, factor: float, **attributes: Value) -> None:
    """A generator that lives in one milestone year, with a carrier that has that year's emission factor."""
    years = sheets.study.milestones.years
    later = years[years.index(year) + 1] if year != years[-1] else year + 1
    label = f"{name}.{year}"
    sheets.add("carriers", label, **{"co2_emissions": factor, f"scope{scope}": factor})
    sheets.add(
        "generators", label, carrier=label, build_year=year, lifetime=float(later - year), **attributes
    )


def in_all_years(sheets: Sheets, cost: np.ndarray) -> float | np.ndarray:
    """One number as it is; a series of one year repeated, since a generator stands in one year alone."""
    return float(cost) if cost.ndim == 0 else np.tile(cost, len(sheets.study.milestones.years))


def grid(sheets: Sheets, asset: Grid) -> None:
    """Import and export as generators for each milestone year."""
    for year in sheets.study.milestones.years:
        most = FAR if asset.import_limit is None else float(asset.import_limit.at(year).value)
        factor = float(asset.emission_factor.at(year).value)
        price = np.asarray(asset.price.at(year).value, dtype=np.float64)
        if asset.power_factor is not None:
            price = price * (1 + surcharge_of(asset.power_factor.at(year), asset.power_factor_threshold))
        cost = price + carbon(sheets, year, "2") * factor
        supply(
            sheets,
            asset.name,
            year,
            "2",
            factor,
            bus=asset.bus,
            p_nom=most,
            marginal_cost=in_all_years(sheets, cost),
        )
        sold = float(asset.export_limit.at(year).value)
        if sold > 0:
            supply(
                sheets,
                f"{asset.name}.export",
                year,
                "2",
                0.0,
                bus=asset.bus,
                p_nom=sold,
                p_min_pu=-1.0,
                p_max_pu=0.0,
                marginal_cost=in_all_years(sheets, np.asarray(asset.export_price.at(year).value)),
            )


def fuel(sheets: Sheets, asset: Fuel) -> None:
    """A supply as a generator for each milestone year."""
    for year in sheets.study.milestones.years:
        most = FAR if asset.limit is None else float(asset.limit.at(year).value)
        factor = float(asset.emission_factor.at(year).value)
        price = np.asarray(asset.price.at(year).value, dtype=np.float64)
        cost = in_all_years(sheets, price + carbon(sheets, year, "1") * factor)
        total = {} if asset.yearly_limit is None else {"e_sum_max": float(asset.yearly_limit.at(year).value)}
        supply(sheets, asset.name, year, "1", factor, bus=asset.bus, p_nom=most, marginal_cost=cost, **total)


def battery(sheets: Sheets, asset: Battery) -> None:
    """Cells behind two links for the losses, and one two-way link at the bus that is the power rating."""
    terminal, cells = f"{asset.name}.terminal", f"{asset.name}.cells"
    eta_in, eta_out = float(asset.efficiency_in.value), float(asset.efficiency_out.value)
    sheets.add("buses", terminal)
    sheets.add("buses", cells)
    wear = over_years(sheets, asset.discharge_cost) * eta_out
    sheets.add("links", f"{asset.name}.charge", bus0=terminal, bus1=cells, p_nom=FAR, efficiency=eta_in)
    sheets.add(
        "links",
        f"{asset.name}.discharge",
        bus0=cells,
        bus1=terminal,
        p_nom=FAR,
        efficiency=eta_out,
        marginal_cost=wear,
    )
    for name, attributes in cohorts(sheets, asset, "power", "p_nom"):
        sheets.add("links", name, bus0=asset.bus, bus1=terminal, p_min_pu=-1.0, efficiency=1.0, **attributes)
    for name, attributes in cohorts(sheets, asset, "energy", "e_nom"):
        sheets.add(
            "stores",
            name,
            bus=cells,
            e_cyclic=True,
            e_cyclic_per_period=True,
            standing_loss=by_hour(sheets, asset.loss),
            **attributes,
        )


def by_hour(sheets: Sheets, loss: Quantity) -> float:
    """PyPSA compounds a loss by the hour; ParkZero takes it once a step."""
    step = sheets.study.timeline.hours
    return float(1 - (1 - float(loss.value) * step) ** (1 / step))


def thermal_store(sheets: Sheets, asset: ThermalStore) -> None:
    """A store on the heat bus; with a rate, a storage unit whose power is tied to its energy."""
    loss = by_hour(sheets, asset.loss)
    rate = number(asset.rate, 0.0)
    for name, attributes in cohorts(sheets, asset, "energy", "p_nom" if rate else "e_nom", rate or 1.0):
        if rate:
            sheets.add(
                "storage_units",
                name,
                bus=asset.bus,
                max_hours=1 / rate,
                standing_loss=loss,
                p_min_pu=-1.0,
                cyclic_state_of_charge=True,
                cyclic_state_of_charge_per_period=True,
                **attributes,
            )
        else:
            sheets.add(
                "stores",
                name,
                bus=asset.bus,
                e_cyclic=True,
                e_cyclic_per_period=True,
                standing_loss=loss,
                **attributes,
            )


def converter(sheets: Sheets, asset: Converter) -> None:
    """A link for each cohort; where the size is heat, the input may rise to size / efficiency."""
    if isinstance(asset, HeatPump):
        ratio = over_years(sheets, asset.cop)
    else:
        ratio = over_years(sheets, asset.efficiency)  # type: ignore[attr-defined]  # both boilers have one
    source: str = asset.source  # type: ignore[attr-defined]  # all three kinds have one
    limit: dict[str, Value] = {"p_max_pu": 1 / ratio} if asset.rated == "heat" else {}
    cost = over_years(sheets, asset.variable_om) * ratio
    for name, attributes in cohorts(sheets, asset, "power", "p_nom"):
        sheets.add(
            "links",
            name,
            bus0=source,
            bus1=asset.to,
            efficiency=ratio,
            marginal_cost=cost,
            **limit,
            **attributes,
        )


def feeder(sheets: Sheets, asset: Feeder) -> None:
    """A two-way link for each cohort; losses or a charge on energy need a bus between and a link each way.

    The rating is told at the near end, which power sent from the far end reaches with the loss taken off.
    """
    wheeling, arrives = over_years(sheets, asset.wheeling), 1.0 - float(asset.loss.value)
    end = asset.to
    if wheeling.any() or arrives < 1:
        end = f"{asset.name}.middle"
        sheets.add("buses", end)
        for name, start, stop in (("forward", end, asset.to), ("back", asset.to, end)):
            sheets.add(
                "links",
                f"{asset.name}.{name}",
                bus0=start,
                bus1=stop,
                p_nom=FAR,
                efficiency=arrives,
                marginal_cost=wheeling,
            )
    for name, attributes in cohorts(sheets, asset, "power", "p_nom"):
        sheets.add(
            "links", name, bus0=asset.source, bus1=end, p_min_pu=-arrives, efficiency=1.0, **attributes
        )


def cap(sheets: Sheets, asset: EmissionCap) -> None:
    """A limit for each year that it covers; PyPSA counts a period's emissions once for each of its years."""
    milestones = sheets.study.milestones
    for year, span in zip(milestones.years, milestones.spans, strict=True):
        if asset.limit.covers(year):
            sheets.add(
                "global_constraints",
                f"{asset.name}.{year}",
                type="primary_energy",
                carrier_attribute=SCOPES[asset.scopes],
                sense="<=",
                investment_period=year,
                constant=float(asset.limit.at(year).value) * span,
            )


def budget(sheets: Sheets, asset: EmissionBudget) -> None:
    """A limit over all periods."""
    sheets.add(
        "global_constraints",
        asset.name,
        type="primary_energy",
        carrier_attribute=SCOPES["1+2"],
        sense="<=",
        constant=float(asset.budget.value),
    )


def priced_elsewhere(sheets: Sheets, asset: CarbonPrice) -> None:
    """A carbon price stands in the marginal cost of what emits."""


TRANSLATE: dict[type[Component], Callable[[Sheets, Any], None]] = {
    Battery: battery,
    CarbonPrice: priced_elsewhere,
    ElectricBoiler: converter,
    ElectricityDemand: demand,
    EmissionBudget: budget,
    EmissionCap: cap,
    Feeder: feeder,
    Fuel: fuel,
    FuelBoiler: converter,
    Grid: grid,
    HeatDemand: demand,
    HeatPump: converter,
    Solar: renewable,
    ThermalStore: thermal_store,
    Wind: renewable,
}
