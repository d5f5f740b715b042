"""Vehicles on a fuel: diesel, petrol, CNG from a bus of fuel, or hydrogen from one of hydrogen.

Symbols:
    N           standing vehicles, in whole numbers
    n[g]        vehicles that do the duty g, v those of today that were sold
    b[g]        fuel that one of them burns in each step

Rules:
    enough      sum of n[g] + v <= N
    sold        v of a year >= v of the one before, and none is sold that has retired   (only with a resale)
    fuel        what is drawn = sum over g of b[g] n[g]

What they burn while they drive is drawn in that step: a tank is filled whenever it suits. CO2 is what the
supply of the fuel books; nitrogen oxides and fine dust are booked here, by school or route.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.components.mobility import NOX, PM25, PRICES, Vehicle, shape
from parkzero.fleet.duty import Group
from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.language.site import Site
from parkzero.lp.expr import Each, add_all
from parkzero.texts import Text, say
from parkzero.units import MWH, PIECE, M, Quantity, T


@component(
    "fuel_vehicle", vi="xe chạy nhiên liệu", en="vehicles on a fuel", group="demand", colour="#665544",
    usual={"vehicles.capex": (PRICES, 8.0), "nox": (NOX, 4.0), "pm25": (PM25, 30.0)},
    words={"enough": ("không dùng quá số xe hiện có", "drives with the vehicles that there are"),
           "fuel": ("nhiên liệu đốt khi chạy", "burns what it drives"),
           "sold": ("xe đã bán thì không còn", "has no vehicle that was sold"),
           "sellable": ("chỉ bán xe đang có", "sells what it has")},
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class FuelVehicle(Vehicle):
    """Vehicles that burn a fuel: diesel, CNG, hydrogen."""

    source: str = f.bus("fuel hydrogen", "bus that the fuel comes from", takes=True)
    use: Quantity = f.quantity(MWH / M, "fuel per distance", above=0, usual=(1e-7, 1e-5), of="source")
    load_use: Quantity = f.quantity(
        MWH / M / T,
        "more per distance for each tonne of load",
        of="source",
        default=Quantity(0.0, MWH / M / T),
    )
    seat_use: Quantity = f.quantity(
        MWH / M, "more per distance for each passenger", of="source", default=Quantity(0.0, MWH / M)
    )
    reach: Quantity | None = f.quantity(
        M, "longest distance that a tank lasts, filled once a day", above=0, default=None
    )

    def build(self, lp: Block) -> None:
        """Say who drives, and what they burn."""
        able, site = self.drives(lp), lp.context.site
        rate, hours = lp.rate(self.source), float(lp.step.value)
        steps = lp.context.timeline.steps
        burnt = []
        for group in self.duty(site).groups:
            if group.name in able:
                each = shape(
                    self.drawn(group, (self.use, self.load_use, self.seat_use), hours), lp, rate / PIECE
                )
                burnt.append(each.times(able[group.name]))
        drawn = lp.flow("fuel", rate)
        lp.rule("fuel", drawn == add_all(burnt, steps, rate, Each.STEP))
        lp.inject(self.source, -drawn)

    def unable(self, site: Site, group: Group) -> Text | None:
        """A day longer than its tank."""
        if self.reach is None:
            return None
        duty = self.duty(site)
        longest = max((b.km for v in group.vehicles for b in duty.vehicles[v] if b is not None), default=0.0)
        most = float(self.reach.value) / 1000
        if longest <= most:
            return None
        return say("its tank lasts {most:.4g} km, a day has {longest:.4g} km", most=most, longest=longest)
