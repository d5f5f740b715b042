"""Chargers at a place: whole numbers of one power, for whichever vehicles stand there.

Symbols:
    N           standing chargers, in whole numbers
    P           power of a charger [MW], eta its efficiency, o the vehicles that one can hold
    c[k], d[k]  charging and discharging of the vehicles k, at their plug [MW]
    p[k]        lower of the power of the charger and of the vehicle k [MW]
    z           vehicles that stand there

Rules:
    power       sum of c[k] + d[k] <= a[t] N P
    plugs       sum of (c[k] + d[k]) / p[k] <= a[t] o N
    docks       z[t] <= o N     (unless vehicles are moved to a charger in turn)

``a`` is the largest share of the step in which a vehicle is plugged in, and less in steps of which a replay
found that the vehicles cannot share them so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from parkzero.components.mobility import shape, whole
from parkzero.fleet.replay import Plugs
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import CHARGES, Component, component
from parkzero.language.site import Finding, Site
from parkzero.lp.expr import Each, Expr, add_all
from parkzero.texts import say
from parkzero.units import MW, PIECE, FloatArray, Quantity

PRICED = "tech.other.ev_charger"  # in the books


@component(
    "charger", vi="trụ sạc", en="chargers", group="network", colour="#117799", traits=CHARGES,
    usual={
        "power": ("fleet.vn.charger_depot_power", 10.0),
        "number.capex": (f"{PRICED}_ac_22kW.investment {PRICED}_dc_150kW.investment", 4.0),
    },
    words={
        "power": ("không sạc quá công suất các trụ", "charges within the power of its chargers"),
        "plugs": ("không quá số súng sạc", "holds no more vehicles at a time than it can"),
        "docks": ("mỗi xe đỗ có chỗ cắm", "has a plug for each vehicle that stands there"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Charger(Component):
    """Chargers at a depot, at drivers' homes or at a stop."""

    bus: str = f.bus("electricity", "bus that they draw from", takes=True)
    place: str = f.text("place where they stand: the depot, a stop, or home", default="depot")
    power: Quantity = f.quantity(MW, "power of one charger", above=0)
    number: f.Size = f.size(PIECE, "chargers, in whole numbers")
    efficiency: Quantity = f.efficiency(
        "efficiency from the bus to the plug", usual=(0.8, 1.0), default=Quantity(1.0)
    )
    holds: int = f.integer(
        "vehicles that one charger can hold at a time, sharing its power", least=1, most=20, default=1
    )
    moved: bool = f.flag(
        "whether vehicles are moved to a charger in turn while they stand there", default=False
    )
    least: Quantity | None = f.quantity(
        MW, "least power at which it charges; below, it charges for a part of the step", default=None
    )
    narrower: Mapping[tuple[int, int], float] = field(default_factory=dict)

    def build(self, lp: Block) -> None:
        """Say how many there are."""
        lp.size("number", whole(self.number), PIECE)

    def settle(self, lp: Block) -> None:
        """Share the chargers among the vehicles that stand there."""
        steps = lp.context.timeline.steps
        number = lp.of_others(self.name, "number")
        given, drawn, plugs, stands = list[Expr](), list[Expr](), list[Expr](), list[Expr]()
        loose, window = False, np.zeros(lp.context.timeline.calendar.steps)
        for car in lp.context.site.assets.values():
            if "plugs" not in car.traits or not lp.is_there(car.name):
                continue
            most = min(float(self.power.value), float(car.power_max.value))  # type: ignore[attr-defined]  # the trait says so
            for group, plugged in car.places(lp.context.site, self.place):  # type: ignore[attr-defined]
                charge = lp.of_others(car.name, f"{group}.{self.name}.charge")
                both, window = charge, np.maximum(window, plugged)
                drawn.append(charge / self.efficiency)
                if car.v2g:  # type: ignore[attr-defined]
                    gives = lp.of_others(car.name, f"{group}.{self.name}.discharge")
                    both, back = charge + gives, gives * self.efficiency
                    drawn.append(back * -1.0)
                given.append(both)
                plugs.append(both / Quantity(most, MW / PIECE))
                loose = loose or self.holds * most < float(self.power.value) * (1 - 1e-9)
                there = shape((plugged > 0).astype(float), lp)
                stands.append(there.times(lp.decided_in(lp.context.year, f"{group}.drives", car.name)))
        if not given:
            return
        share = shape(self.open(lp) * window, lp)
        total = add_all(given, steps, MW, Each.STEP)
        lp.rule("power", total <= share.times(number * (self.power / Quantity(1.0, PIECE))))
        if loose:
            lp.rule(
                "plugs", add_all(plugs, steps, PIECE, Each.STEP) <= share.times(number * float(self.holds))
            )
        if not self.moved:
            lp.rule("docks", add_all(stands, steps, PIECE, Each.STEP) <= number * float(self.holds))
        taken = add_all(drawn, steps, MW, Each.STEP)
        lp.inject(self.bus, taken * -1.0)
        lp.book(Account.CONSUMED, taken, bus=self.bus)

    def plugs(self, number: int) -> Plugs:
        """So many of them, for a replay."""
        return Plugs(self.name, self.place, number, float(self.power.value), self.holds)

    def open(self, lp: Block) -> FloatArray:
        """Share of each step in which they can be used, as far as replays found."""
        found = np.ones(lp.context.timeline.calendar.steps)
        for (year, step), share in self.narrower.items():
            if year == lp.context.year:
                found[step] = share
        return found

    def check(self, site: Site) -> Iterator[Finding]:
        """Some vehicle stands there, and the least power is no more than the power."""
        if self.least is not None and float(self.least.value) > float(self.power.value):
            yield Finding("least", say("is more than {limit}", limit="power"), str(self.least))
        drive: list[Any] = [a for a in site.assets.values() if "drives" in a.traits]
        known = {p for a in drive for p in _places(a)}
        # Where a timetable cannot be driven nobody knows yet who stands where.
        if self.place not in known and not any(a.duty.wrong for a in drive):
            what = say("is a place where no vehicle stands")
            yield Finding("place", what, self.place, say("one of {names}", names=sorted(known)))


def _places(fleet: object) -> set[str]:
    groups = fleet.duty.groups  # type: ignore[attr-defined]  # the trait says so
    return {place for group in groups for place in group.plugged}
