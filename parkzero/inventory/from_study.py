"""The inventory of today from a study's meters, bills and boilers, before anything is planned.

Electricity is what the loads draw, fuel what the one boiler on a bus of heat needs for its load. What cannot
be told without operating the park is left out and said: own generation, and heat from several sources.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from parkzero.inventory.calculate import Inventory
from parkzero.inventory.from_results import LINE, PARK, activities_of, line
from parkzero.inventory.gwp import Potentials
from parkzero.inventory.reading import Given
from parkzero.inventory.scope2 import market_based
from parkzero.study import Study
from parkzero.texts import Text, say


def inventory_of_study(study: Study) -> Inventory:
    """The inventory of a study's first year, by its own factors.

    Args:
        study: a validated study.
    """
    parts: list[Any] = list(study.components)
    year = study.milestones.years[0]
    hours = study.timeline.hours * study.timeline.weights
    rows: list[dict[str, Any]] = []
    notes: list[Text] = [
        say(
            "From the loads of a study in {year}: its meters, bills and boilers, by its own factors",
            year=str(year),
        )
    ]
    for part in parts:
        owner = part.owner or PARK
        if part.kind == "electricity_demand":
            grid = _grid_of(part, parts)
            if grid is None:
                notes.append(say("{name}: not counted, since its grid connection is not one", name=part.name))
                continue
            mwh = float(np.sum(part.load.at(year).value * hours))
            tonnes = mwh * float(grid.emission_factor.at(year).value)
            rows.append(
                line(len(rows), owner, year, "", mwh, tonnes, "scope2", f"study:{grid.name}", study.name)
            )
        elif part.kind == "heat_demand":
            _heat(part, parts, float(np.sum(part.load.at(year).value * hours)), year, study.name, rows, notes)
    if any(part.kind in ("solar", "wind", "chp") and _stands(part) for part in parts):
        notes.append(say("Own generation that stands is not taken off: plan the study for that"))
    lines = pl.DataFrame(rows, schema=LINE)
    names = {
        f: (study.tenants[f].name if f in study.tenants else f)
        for f in lines["facility"].unique(maintain_order=True)
    }
    about = {
        f: {"facility": f, "name": n, "kind": "industry", "group": "", "listed": None}
        for f, n in names.items()
    }
    given = Given(study.name, activities_of(lines), about)
    market = market_based(given, lines)
    return Inventory(given, Potentials("plan"), lines, market, "study", [*notes, *market.notes], about)


def _stands(part: Any) -> bool:  # noqa: ANN401  a component, which readers do not import
    size = getattr(part, "power", None)
    return bool(getattr(getattr(size, "existing", None), "value", getattr(size, "existing", 0.0)))


def _grid_of(demand: Any, parts: list[Any]) -> Any:  # noqa: ANN401
    grids = [p for p in parts if p.kind == "grid"]
    for same in (lambda g: g.bus == demand.bus, lambda g: g.owner == demand.owner, lambda g: True):
        found = [g for g in grids if same(g)]
        if len(found) == 1:
            return found[0]
        if found:
            return None
    return None


def _heat(
    demand: Any,  # noqa: ANN401
    parts: list[Any],
    mwh: float,
    year: int,
    study: str,
    rows: list[dict[str, Any]],
    notes: list[Text],
) -> None:
    boilers = [p for p in parts if p.kind == "fuel_boiler" and p.to == demand.bus and _stands(p)]
    fuels = [p for p in parts if p.kind == "fuel" and boilers and p.bus == boilers[0].source]
    if len(boilers) != 1 or len(fuels) != 1:
        notes.append(
            say(
                "{name}: not counted, since not one boiler alone serves it: plan the study for that",
                name=demand.name,
            )
        )
        return
    fuel, owner = fuels[0], demand.owner or PARK
    burnt = mwh / float(boilers[0].efficiency.value)
    for account, field in (("scope1", "emission_factor"), ("biogenic", "biogenic_factor")):
        factor = float(getattr(fuel, field).at(year).value)
        if factor or account == "scope1":
            rows.append(
                line(
                    len(rows),
                    owner,
                    year,
                    fuel.origin,
                    burnt,
                    burnt * factor,
                    account,
                    f"study:{fuel.name}",
                    study,
                )
            )
