"""All cases on paper, by kind of component."""

from __future__ import annotations

from tests.cases import electric, heat, policies, sizes, storage
from tests.cases.harness import Case

PAPER: dict[str, list[Case]] = {
    "battery": storage.BATTERY,
    "carbon_price": policies.CARBON_PRICE,
    "electric_boiler": heat.ELECTRIC_BOILER,
    "electricity_demand": electric.ELECTRICITY_DEMAND,
    "emission_budget": policies.EMISSION_BUDGET,
    "emission_cap": policies.EMISSION_CAP,
    "feeder": electric.FEEDER,
    "fuel": heat.FUEL,
    "fuel_boiler": heat.FUEL_BOILER,
    "grid": electric.GRID,
    "heat_demand": heat.HEAT_DEMAND,
    "heat_pump": heat.HEAT_PUMP,
    "offset": policies.OFFSET,
    "renewable_share": policies.RENEWABLE_SHARE,
    "solar": electric.SOLAR,
    "thermal_store": storage.THERMAL_STORE,
    "wind": electric.WIND,
    "sizes": sizes.SIZES,
}
"""Cases by kind; "sizes" are those about cohorts, lifetimes and what stands already."""

CASES: list[Case] = [case for cases in PAPER.values() for case in cases]
