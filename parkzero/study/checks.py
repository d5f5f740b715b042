"""Checks over several fields and components, once every field alone is right."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from parkzero.components import ElectricityDemand, Feeder, Grid, HeatDemand
from parkzero.language.component import Component
from parkzero.language.fields import described
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.units import Quantity

_STORES = ("battery", "thermal_store")


def check(context: Context, components: Iterable[Component], tree: Tree) -> None:
    """Note what does not go together."""
    made = list(components)
    for component in made:
        path = _path(component, tree)
        _existing(context, path, component)
        if getattr(component, "exclusive", False) and getattr(component, "power_max", None) is None:
            context.desk.fault(
                (*path, "power_max"), "is missing", needs="a largest power, because exclusive is true"
            )
        if isinstance(component, Feeder) and component.source == component.to:
            context.desk.fault(
                (*path, "to"), "is the bus at which the feeder begins", component.to, "another bus"
            )
        if isinstance(component, Grid):
            _grid(context, path, component, _table(tree, path))
    _demand(context, made)
    _supply(context, made)


def _path(component: Component, tree: Tree) -> Path:
    return ("assets" if component.name in (tree.get("assets") or {}) else "policies", component.name)


def _table(tree: Tree, path: Path) -> Tree:
    found = tree[path[0]][path[1]]
    return found if isinstance(found, dict) else {}


def _existing(context: Context, path: Path, component: Component) -> None:
    """What stands already must fit in what may stand."""
    for name in described(type(component)):
        if not name.endswith("_existing"):
            continue
        stands, most = getattr(component, name), getattr(component, name.replace("_existing", "_max"), None)
        if isinstance(stands, Quantity) and isinstance(most, Quantity) and stands.value > most.value:
            what = f"is more than {name.replace('_existing', '_max')}"
            context.desk.fault((*path, name), what, str(stands), f"at most {most}")


def _grid(context: Context, path: Path, grid: Grid, table: Tree) -> None:
    price = table.get("price")
    if isinstance(price, dict) and price.get("two_part") is True and grid.demand_charge is None:
        hint = f'demand_charge = {{tariff = "{price.get("tariff")}"}}'
        context.desk.fault((*path, "demand_charge"), "is missing beside a two-part tariff", hint=hint)
    for year in context.years.milestones:
        if not float(grid.export_limit.at(year).value):
            continue
        paid = float(grid.export_price.at(year).value)
        least = float(np.min(grid.price.at(year).value))
        if paid > least:
            context.desk.warn(
                f"{'.'.join(path)}: in {year} export is paid {paid:g} {context.money.currency}/MWh, more "
                f"than the cheapest import costs ({least:g}): importing and exporting at once would pay"
            )
            return


def _demand(context: Context, components: list[Component]) -> None:
    if not any(isinstance(c, ElectricityDemand | HeatDemand) for c in components):
        needs = "at least one asset of kind electricity_demand or heat_demand"
        context.desk.fault(("assets",), "holds no demand, so there is nothing to plan", needs=needs)


def _supply(context: Context, components: list[Component]) -> None:
    """Every bus that something draws from must have something that feeds it."""
    fed: set[str] = set()
    drawn: dict[str, str] = {}
    for component in components:
        for name, spec in described(type(component)).items():
            if spec.kind != "bus":
                continue
            bus = str(getattr(component, name))
            if isinstance(component, Feeder):
                fed.add(bus)
            elif name == "source" or isinstance(component, ElectricityDemand | HeatDemand):
                drawn.setdefault(bus, component.name)
            elif component.kind not in _STORES:
                fed.add(bus)
    for bus in context.buses:
        if bus in drawn and bus not in fed:
            what = f"has nothing that feeds it, but {drawn[bus]} draws from it"
            needs = f"an asset that feeds {bus}: {_feeders(context.buses[bus].carrier)}"
            context.desk.fault(("buses", bus), what, needs=needs)
        elif bus not in drawn and bus not in fed:
            context.desk.warn(f"buses.{bus}: nothing is connected to it")


def _feeders(carrier: str) -> str:
    words = {
        "electricity": "grid, solar, wind or feeder",
        "heat": "heat_pump, electric_boiler or fuel_boiler",
        "fuel": "fuel",
    }
    return words[carrier]
