"""All cases on paper, by kind of component."""

from __future__ import annotations

import importlib
import pkgutil

from tests.cases import electric, heat, kinds, policies, sizes, storage
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

# A new kind brings one test file, which holds its cases and its bookings under its own name.
MODULES = {
    m.name: importlib.import_module(f"{kinds.__name__}.{m.name}")
    for m in pkgutil.iter_modules(kinds.__path__)
}
PAPER |= {name: module.CASES for name, module in MODULES.items()}

CASES: list[Case] = [case for cases in PAPER.values() for case in cases]
