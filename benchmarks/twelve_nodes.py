"""A substation that fills up, twelve nodes, eight tenants, six milestone years in hours: gap, time, memory.

    python -m benchmarks.twelve_nodes                  # whole years, to a gap of 2 %
    python -m benchmarks.twelve_nodes --days 7         # the first days, weighted to a year
    python -m benchmarks.twelve_nodes --alone          # without the second plan, that of no network

It is planned in two steps, as all whole units of branches are (``parkzero.results.units``).

The tenants are those of ``parkzero.bench.cases.tenants_study``. Cables and transformers stand already and may
be reinforced in whole units. The same park without a network joins its buses by wires that neither lose, nor
fill, nor cost: no plan with the network can be cheaper than the lower bound of that one. All series and all
data of the network are invented.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import resource
import sys
import time
from typing import Any

import parkzero.components as c
from parkzero.bench.cases import YEARS, constant, tenants_study
from parkzero.language.component import Component
from parkzero.language.fields import Size
from parkzero.results.planned import plan
from parkzero.study import Bus, Study
from parkzero.units import FARAD, KV, MONEY, MVAR, MW, OHM, ONE, YEAR, M, Quantity

TENANTS, KILO = 8, 1000.0
UNIT, MOST_UNITS = 40.0, 8
"""One transformer [MVA], and how many may stand."""
BUILT = ("substation", "cable", "node")
"""Whose builds are printed."""


def share(value: float) -> Quantity:
    """A ratio."""
    return Quantity(value, ONE)


def whole(one: float, stands: float, most: float, capex: float, first: int = 2026) -> Size:
    """A size in whole units [MVA], with its investment [money/MVA]."""
    return Size(
        existing=Quantity(stands * one, MW), unit=Quantity(one, MW), max=Quantity(most * one, MW),
        capex=constant(capex, MONEY / MW), lifetime=Quantity(30.0, YEAR), first_year=first,
    )  # fmt: skip


def cable(source: str, to: str, kilometres: float, stands: int, *, large: bool = False) -> c.PowerLine:
    """A cable of 22 kV, so many circuits of which stand."""
    circuit, ohm, reactance, nano = (18.0, 0.0778, 0.105, 310.0) if large else (11.0, 0.161, 0.117, 250.0)
    return c.PowerLine(
        name=f"cable_{to}", source=source, to=to, length=Quantity(kilometres * KILO, M),
        resistance=Quantity(ohm / KILO, OHM / M), reactance=Quantity(reactance / KILO, OHM / M),
        capacitance=Quantity(nano * 1e-9 / KILO / 3600, FARAD / M), voltage=Quantity(22.0, KV),
        circuit=Quantity(circuit, MW), capacity=whole(circuit, stands, 4 * stands, 7e3 * kilometres + 1e3),
    )  # fmt: skip


def node(bus: str, factor: float, most: float = 0.0) -> c.GridNode:
    """A bus as a node, with so much compensation to be bought [Mvar]."""
    bought = Size(max=Quantity(most, MVAR), capex=constant(18e3, MONEY / MVAR), lifetime=Quantity(15.0, YEAR))
    return c.GridNode(
        name=f"node_{bus}", bus=bus, power_factor=share(factor), voltage_min=share(0.95),
        voltage_max=share(1.05), compensation=bought if most else None,
    )  # fmt: skip


def substation() -> c.Transformer:
    """Two transformers of 110 kV, and room for more."""
    return c.Transformer(
        name="substation", source="el", to="busbar", capacity=whole(UNIT, 2, MOST_UNITS, 70e3, 2027),
        no_load_loss=share(0.00072), load_loss=share(0.0044), short_circuit=share(0.11),
        no_load_current=share(0.003), high=Quantity(110.0, KV), low=Quantity(22.0, KV),
        unit_rating=Quantity(UNIT, MW), tap_range=share(0.1), tap_step=share(0.0125),
    )  # fmt: skip


def network(base: Study) -> list[Component]:
    """The network of the park: a busbar, two ring main units, and a cable to each tenant."""
    peaks: dict[str, float] = {
        str(p.owner): float(p.load.values.max())
        for p in base.components
        if isinstance(p, c.ElectricityDemand)
    }
    parts: list[Component] = [
        c.Distribution(name="network", bus="el", nominal=Quantity(110.0, KV), voltage=share(1.0)),
        node("el", 0.95), node("busbar", 0.95, 40.0), node("north", 0.95), node("south", 0.95), substation(),
    ]  # fmt: skip
    for number, (owner, peak) in enumerate(peaks.items()):
        kilometres, circuits = 0.6 + 0.1 * number, math.ceil(peak / 0.9 / 11.0)
        side = "north" if number < TENANTS // 2 else "south"
        parts += [node(f"{owner}.el", (0.9, 0.92, 0.88)[number % 3], 6.0),
                  cable(side, f"{owner}.el", kilometres, circuits)]  # fmt: skip
    for side, owners in (("north", list(peaks)[: TENANTS // 2]), ("south", list(peaks)[TENANTS // 2 :])):
        circuits = math.ceil(sum(peaks[o] for o in owners) / 0.9 / 18.0)
        parts.append(cable("busbar", side, 1.1, circuits, large=True))
    return parts


def twelve_nodes(days: int = 365, years: tuple[int, ...] = YEARS, wired: bool = True) -> Study:
    """The study; without its network the same buses are joined by wires that are worth nothing."""
    base = tenants_study(TENANTS, days, years)
    own = tuple(p for p in base.components if not isinstance(p, c.Feeder))
    if wired:
        hubs = {bus: Bus(bus, "electricity") for bus in ("busbar", "north", "south")}
        return dataclasses.replace(base, name="Twelve nodes behind a substation (synthetic series)",
                                   buses=base.buses | hubs, components=(*own, *network(base)))  # fmt: skip
    free = tuple(
        c.Feeder(name=p.name, source=p.source, to=p.to, power=Size(existing=Quantity(1000.0, MW)))
        for p in base.components
        if isinstance(p, c.Feeder)
    )
    return dataclasses.replace(base, name="The same park without a network", components=(*own, *free))


def planned(study: Study, gap: float) -> dict[str, Any]:
    """Plan it, and tell what it took."""
    began, before = time.perf_counter(), _processors()
    made = plan(study, gap=gap, reference=False)
    return {
        "status": made.status, "objective": made.objective, "bound": made.lower_bound, "gap": made.gap,
        "seconds": time.perf_counter() - began, "processor_seconds": _processors() - before,
        "built": {n: round(float(v), 2) for n, v in zip(made.design.names, made.sizes, strict=True)
                  if v > 0.005 and n.startswith(BUILT)},
    }  # fmt: skip


def _processors() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def main() -> None:
    """Plan both parks, and print what they took as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--years", type=int, nargs="+", default=YEARS)
    parser.add_argument("--gap", type=float, default=0.02)
    parser.add_argument("--alone", action="store_true")
    given = parser.parse_args()
    told: dict[str, Any] = {"days": given.days, "years": given.years}
    told["with"] = planned(twelve_nodes(given.days, tuple(given.years)), given.gap)
    print(json.dumps(told["with"]), file=sys.stderr, flush=True)
    if not given.alone:
        told["without"] = planned(twelve_nodes(given.days, tuple(given.years), wired=False), given.gap)
        told["never_cheaper"] = told["with"]["objective"] >= told["without"]["bound"]
    told["peak_mb"] = sum(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ) / 1024  # fmt: skip
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
