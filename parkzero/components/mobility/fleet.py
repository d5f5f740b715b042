"""Fleet: trips that must be driven, by whichever vehicles; which trips one vehicle drives is worked out here.

Symbols:
    n[k, g]     vehicles of kind k that do the duty g, in whole numbers
    N[k]        standing vehicles of kind k
    m[g]        vehicles that are missing, zero in every valid plan

Rules:
    driven      sum over k of n[k, g] + m[g] = vehicles of the duty g
    spare       sum over k of N[k] + sum of m[g] >= (1 + spare) times all duties

Trips are put together to blocks with the fewest vehicles that can drive them, which a vertex cover proves;
the turn-round, empty runs and the way to the depot are reckoned with. Vehicles whose blocks are alike make a
duty, so that the plan decides how many of them are driven by which kind, not who is who. Whether a kind can
do a duty at all, with the pack at its end of life, is decided before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from parkzero.components.mobility import of_fleet
from parkzero.fleet.blocks import Ways
from parkzero.fleet.duty import Alike, Duty, duty_of
from parkzero.fleet.timetable import Run, Timetable
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import DRIVES, Component, component
from parkzero.language.site import Finding, Site
from parkzero.lp.expr import add_all
from parkzero.texts import say
from parkzero.units import CELSIUS, MONEY, ONE, PIECE, H, M, Quantity

_NONE = Quantity(0.0, H)
_HOURS = 1e3
"""What a vehicle that is missing costs, in hours of a megawatt unserved."""


@component(
    "fleet", vi="đội xe", en="fleet", group="demand", colour="#aa7744", traits=DRIVES,
    words={
        "driven": ("mọi chuyến đều có xe chạy", "drives every trip"),
        "spare": ("đủ xe dự phòng", "has its spare vehicles"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Fleet(Component):
    """Trips that vehicles must drive: school buses, staff buses, trucks, forklifts, port tractors."""

    trips: Timetable = f.trips("timetable: a table of trips, or a GTFS feed, with its school calendar")
    depot: str = f.text("name of the place where vehicles stand between their blocks", default="depot")
    turn_round: Quantity = f.quantity(
        H, "least time between two trips of a vehicle", most=12, usual=(0.0, 3.0), default=_NONE
    )
    wait: Quantity = f.quantity(
        H, "longest wait away from the depot where a vehicle has time to go there", most=24,
        default=Quantity(1.0, H),
    )  # fmt: skip
    home_distance: Quantity | None = f.quantity(
        M, "empty run from a driver's home to the first stop, where vehicles sleep there", default=None
    )
    home_time: Quantity | None = f.quantity(H, "time of that run", most=6, default=None)
    plug_time: Quantity = f.quantity(H, "time that plugging in, or out, takes", most=2, default=_NONE)
    late: Quantity = f.quantity(
        H, "margin: by how much vehicles may come later than told", most=6, default=_NONE
    )
    early: Quantity = f.quantity(
        H, "margin: by how much they must be ready sooner than told", most=6, default=_NONE
    )
    spare: Quantity = f.quantity(ONE, "spare vehicles per vehicle needed", most=1, default=Quantity(0.0))
    alike: Quantity = f.quantity(
        ONE, "vehicles whose distances differ by no more than this are planned as one duty", most=0.5,
        default=Quantity(0.15),
    )  # fmt: skip
    temperature: f.Profile | None = f.profile(
        CELSIUS, "temperature of the air, for cooling and heating", least=-60, most=60, default=None
    )

    @property
    def ways(self) -> Ways:
        """How its vehicles drive between their trips."""

        def minutes(value: Quantity) -> int:
            return round(float(value.value) * 60)

        home = None
        if self.home_distance is not None and self.home_time is not None:
            home = Run("home", "", float(self.home_distance.value) / 1000, minutes(self.home_time))
        return Ways(
            self.depot, minutes(self.turn_round), minutes(self.wait), home, minutes(self.plug_time),
            minutes(self.late), minutes(self.early),
        )  # fmt: skip

    @cached_property
    def duty(self) -> Duty:
        """Blocks, vehicles and duties; worked out once."""
        return duty_of(self.trips, self.ways, self.trips.minutes, Alike(float(self.alike.value)))

    @property
    def needed(self) -> int:
        """Vehicles with the spare ones."""
        return math.ceil(len(self.duty.vehicles) * (1 + float(self.spare.value)) - 1e-9)

    def build(self, lp: Block) -> None:
        """Its vehicles say what they drive; the fleet sees that all is driven, once they have."""

    def settle(self, lp: Block) -> None:
        """Every duty is driven by as many vehicles as it has, and there are spare ones."""
        site = lp.context.site
        kinds = of_fleet(site, self.name)
        short = []
        for group in self.duty.groups:
            able = [k.name for k in kinds if k.unable(site, group) is None]
            driven = [lp.decided_in(lp.context.year, f"{group.name}.drives", k) for k in able]
            missing = lp.yearly(f"{group.name}.missing", PIECE)
            found = add_all([*driven, missing], 1, PIECE)
            lp.rule(f"{group.name}.driven", found == self.count(len(group.vehicles)))
            short.append(missing)
        stands = [lp.of_others(k.name, "vehicles") for k in kinds]
        lp.rule("spare", add_all([*stands, *short], 1, PIECE) >= self.count(self.needed))
        price = Quantity(lp.penalties.unserved * _HOURS, MONEY / PIECE)
        lp.book(Account.SLACK, add_all(short, 1, PIECE) * price, "missing")

    def count(self, number: int) -> Quantity:
        """So many vehicles."""
        return Quantity(float(number), PIECE)

    def check(self, site: Site) -> Iterator[Finding]:
        """The timetable can be driven, and some vehicle can do each duty."""
        if (self.home_distance is None) != (self.home_time is None):
            missing = "home_time" if self.home_time is None else "home_distance"
            yield Finding(missing, say("is missing beside the other of the run from home"))
            return
        for wrong in self.duty.wrong:
            yield Finding("trips", wrong.what, wrong.got, wrong.needs)
        if self.duty.wrong:
            return
        if not self.duty.vehicles:
            yield Finding("trips", say("has no trip on any day of the calendar"))
            return
        kinds = of_fleet(site, self.name)
        if not kinds:
            yield Finding("", say("has no vehicles"), needs=say("an asset of vehicles whose fleet it is"))
            return
        for group in self.duty.groups:
            reasons = {k.name: k.unable(site, group) for k in kinds}
            if all(reason is not None for reason in reasons.values()):
                routes = sorted(
                    {
                        self.trips.trips[i].route
                        for v in group.vehicles
                        for b in self.duty.vehicles[v]
                        if b
                        for i in b.trips
                    }
                )
                what = say(
                    "has a route longer than any pack or tank lasts: {routes}", routes=", ".join(routes[:4])
                )
                name, why = next(iter(reasons.items()))
                got = say("{name}: {why}", name=name, why=why)
                yield Finding("trips", what, got, say("a vehicle with more range, or more time to charge"))
