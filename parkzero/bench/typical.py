"""What a user would pick instead: PyPSA on twelve typical days, and what its sizes then truly cost.

A folder passes between the two environments: the park as PyPSA's CSV files and what its connections pay for
their peaks go out, the sizes come back as JSON. They are operated in every step of every year, as certified
plans are, with unserved demand at its price. What PyPSA's days cannot say is refused, all of it at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from parkzero.components.heat.thermal_store import ThermalStore
from parkzero.components.policies.emission_budget import EmissionBudget
from parkzero.components.supply.grid import Grid
from parkzero.errors import Fault, Place, StudyError
from parkzero.interchange import to_pypsa
from parkzero.interchange.refusals import fault, refusals
from parkzero.language.fields import ByYear
from parkzero.lp.solver import Options
from parkzero.planning.assemble import Design, build_year
from parkzero.planning.bounds import evaluate
from parkzero.study.study import Study
from parkzero.texts import say
from parkzero.timeline import MONTHS
from parkzero.units import FloatArray

NETWORK, BILLS, SIZES = "network", "bills.json", "sizes.json"
OPERATE = Options(method="simplex", crossover=True, threads=1)


@dataclass(frozen=True, slots=True)
class Truth:
    """What sizes truly cost.

    Attributes:
        objective: cost of the sizes and of every step of every year [money].
        penalty: part of it that is the price of what is unserved or in excess [money].
        unserved: most that is short on one day [MWh or t].
    """

    objective: float
    penalty: float
    unserved: float


def hand_over(study: Study, folder: Path) -> None:
    """Write what PyPSA needs of a study.

    Args:
        study: the study.
        folder: an empty folder; gets ``network`` and ``bills.json``.

    Raises:
        StudyError: with everything that PyPSA on typical days cannot say.
    """
    charged = [c for c in study.components if isinstance(c, Grid) and c.demand_charge is not None]
    plain = _without_bills(study)
    faults = [*(f for grid in charged for f in _odd_bills(grid, study)), *refusals(plain), *_odd_days(study)]
    if faults:
        raise StudyError(faults, say("This study in PyPSA on typical days"))
    to_pypsa(plain, folder / NETWORK)
    bills = {grid.name: _bill(grid, study) for grid in charged}
    (folder / BILLS).write_text(json.dumps(bills), encoding="utf-8")


def _without_bills(study: Study) -> Study:
    """The study without charges on monthly peaks, which are told beside the network."""
    parts = tuple(
        replace(c, demand_charge=None, ratchet=None) if isinstance(c, Grid) else c for c in study.components
    )
    return replace(study, components=parts)


def _bill(grid: Grid, study: Study) -> dict[str, Any]:
    """Price of each month's billed peak by year, times the bills that it stands for, and the ratchet."""
    timeline, charge = study.timeline, grid.demand_charge
    assert isinstance(charge, ByYear)
    bills = np.zeros(MONTHS)
    bills[timeline.months] = timeline.bills
    prices = {year: (float(charge.at(year).value) * bills).tolist() for year in study.milestones.years}
    return {"ratchet": 0.0 if grid.ratchet is None else float(grid.ratchet.value), "prices": prices}


def _odd_bills(grid: Grid, study: Study) -> Iterator[Fault]:
    """What of a bill is more than one price for each month's highest step, and a ratchet over the year."""
    if not isinstance(grid.demand_charge, ByYear):
        yield fault(grid, "demand_charge", say("prices of peaks by month"))
    if grid.demand_tier_2 is not None:
        yield fault(grid, "demand_tier_2", say("prices of peaks by tier"))
    if grid.ratchet_months is not None or grid.ratchet_lookback:
        yield fault(grid, "ratchet", say("a ratchet of some months only"))
    if grid.demand_minutes > study.timeline.calendar.minutes:
        yield fault(grid, "demand_minutes", say("a peak over several steps"))


def _odd_days(study: Study) -> Iterator[Fault]:
    """What single days that close cannot say, and what is decided beside sizes."""
    for part in study.components:
        if isinstance(part, ThermalStore) and part.rate is not None:
            yield fault(part, "rate", say("a storage unit that closes each day"))
        if isinstance(part, EmissionBudget):
            yield fault(part, "budget", say("how a budget is shared among the years"))


def sizes_of(design: Design, told: dict[str, dict[str, float]]) -> FloatArray:
    """Sizes as they came back, in the order of the design's columns and within their bounds.

    Args:
        design: what may be built.
        told: asset and size ("pv.power") to year of building to size.

    Raises:
        StudyError: when a size is missing, or one is told that is none.
    """
    found = {f"{size}[{year}]": value for size, years in told.items() for year, value in years.items()}
    names = dict.fromkeys(design.names)
    faults = [Fault(Place(field=name), say("is no size of the study")) for name in found if name not in names]
    # A size whose time has not come may not be built, and PyPSA's tables leave it out.
    known = dict(zip(design.names, design.upper, strict=True))
    faults += [Fault(Place(field=n), say("is missing")) for n in names if n not in found and known[n] > 0]
    if faults:
        raise StudyError(faults, say("The sizes of the PyPSA twin"))
    sizes = np.array([found.get(name, 0.0) for name in design.names])
    within: FloatArray = np.clip(sizes, design.lower, design.upper)
    return within


def operated(study: Study, path: Path) -> Truth:
    """Operate every step of every year with the sizes of a file.

    Raises:
        StudyError: when the file's sizes are not those of the study.
    """
    told = json.loads(path.read_text(encoding="utf-8"))
    pairs = ((build_year(study, year, study.timeline)) for year in study.milestones.years)
    years = [evaluate(built, sizes_of(design, told), OPERATE, enough=1e-4) for built, design in pairs]
    short = max(float(year.short.max(initial=0.0)) for year in years)
    return Truth(sum(y.cost for y in years), sum(y.penalty for y in years), short)
