"""Fleets: who drives which duty, with what, in which year. Here stands what all kinds of vehicles share.

Symbols:
    N           standing vehicles, in whole numbers
    n[g]        vehicles that do the duty g, in whole numbers
    v           vehicles of today that were sold before they retire, in whole numbers

Rules:
    enough      sum of n[g] + v <= N
    sold        what was sold stays sold            (only where a resale value is given)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from parkzero.fleet.duty import Duty, Group
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component
from parkzero.language.site import Finding, Site
from parkzero.language.values import Size
from parkzero.lp.expr import Expr, add_all
from parkzero.texts import Text, say
from parkzero.units import MONEY, MW, ONE, PIECE, FloatArray, M, Quantity, T

ONE_VEHICLE = Quantity(1.0, PIECE)
METRES = 1000.0
# Where the books hold what is usual of vehicles: prices of buses, from afar of others; exhaust of diesel.
PRICES = "fleet.vn.bus12m_diesel.price fleet.vn.bus12m_ev.price"
NOX, PM25 = "air.diesel_bus.NOx", "air.diesel_bus.PM2_5"


def whole(size: Size) -> Size:
    """A size in whole pieces, whatever its study says."""
    return size if size.unit is not None else replace(size, unit=ONE_VEHICLE)


@dataclass(frozen=True, kw_only=True)
class Vehicle(Component):
    """Vehicles of one kind, which may do duties of a fleet."""

    fleet: str = f.asset("", "fleet whose trips they may drive", trait="drives")
    vehicles: f.Size = f.size(PIECE, "vehicles, in whole numbers")
    use_margin: Quantity = f.quantity(
        ONE, "how much more than told they may use: for wind, traffic and drivers", most=1,
        default=Quantity(0.0),
    )  # fmt: skip
    maintenance: f.ByYear = f.by_year(
        MONEY / M, "maintenance per distance", default=f.constant(0.0, MONEY / M)
    )
    nox: f.ByYear = f.by_year(
        T / M, "nitrogen oxides from the exhaust per distance", default=f.constant(0.0, T / M)
    )
    pm25: f.ByYear = f.by_year(
        T / M, "fine dust PM2.5 from the exhaust per distance", default=f.constant(0.0, T / M)
    )
    resale: f.ByYear | None = f.by_year(
        MONEY / PIECE, "what one of those that exist is worth when it is sold, by year", partial=True,
        default=None,
    )  # fmt: skip

    def drives(self, lp: Block) -> dict[str, Expr]:
        """Vehicles in each duty, with their sizes, rules and bookings that all kinds share."""
        vehicles = lp.size("vehicles", whole(self.vehicles), PIECE)
        duty = self.duty(lp.context.site)
        able = {
            g.name: lp.decided(f"{g.name}.drives", PIECE, len(g.vehicles))
            for g in duty.groups
            if not self.unable(lp.context.site, g)
        }
        sold = []
        if self.resale is not None and self.vehicles.existing is not None:
            sold.append(self._sell(lp))
        lp.rule("enough", add_all([*able.values(), *sold], 1, PIECE) <= vehicles)
        self._book(lp, duty, able)
        return able

    def _sell(self, lp: Block) -> Expr:
        """Vehicles of today that are sold: whoever keeps one another year pays what its value falls by."""
        existing = float((self.vehicles.existing or ONE_VEHICLE).value)
        sold = lp.decided("sold", PIECE, existing)
        years, until = lp.shared.milestones.years, self.vehicles.existing_until

        def more(year: int) -> Expr:
            """What was sold stays sold; of what has retired nothing is left to sell."""
            now, before = lp.decided_in(year, "sold"), [y for y in years if y < year]
            if year >= until:
                return now * -1.0
            return now - lp.decided_in(before[-1], "sold") if before else now

        lp.rule_of_design("sold", more)
        year = lp.context.year
        if lp.complete and year < until:
            kept = lp.constant(Quantity(existing, PIECE)) - sold
            lp.book(Account.CAPEX, kept * self.holding(lp), "resale")
        return sold

    def holding(self, lp: Block) -> Quantity:
        """What it costs to keep one of today's vehicles a year: interest, and what its value falls by."""
        milestones, year, path = lp.shared.milestones, lp.context.year, self.resale
        assert path is not None
        span = milestones.spans[milestones.years.index(year)]
        end = year + round(span) if len(path.years) == 1 else min(year + round(span), path.years[-1])
        lost = float(path.at(year).value) - float(path.at(end).value) / (1 + milestones.rate) ** span
        return Quantity(lost / sum((1 + milestones.rate) ** -k for k in range(round(span))), MONEY / PIECE)

    def _book(self, lp: Block, duty: Duty, able: Mapping[str, Expr]) -> None:
        """Maintenance and exhaust by route and school."""
        scale = lp.days / len(duty.table.days)
        for group in duty.groups:
            if group.name not in able:
                continue
            share = able[group.name] / Quantity(float(len(group.vehicles)), PIECE)
            for (route, school), km in sorted(group.km_by.items()):
                label = school or route or "empty runs"
                driven = share * Quantity(km * METRES * scale, M)
                for account, per in (
                    (Account.VARIABLE_OM, self.maintenance),
                    (Account.NOX, self.nox), (Account.PM25, self.pm25),
                ):  # fmt: skip
                    if max(per.values) > 0 and (lp.complete or account != Account.VARIABLE_OM):
                        lp.book(account, driven * lp.at(per), label)

    def duty(self, site: Site) -> Duty:
        """What the vehicles of its fleet do."""
        fleet: Any = site.assets[self.fleet]
        found: Duty = fleet.duty
        return found

    def unable(self, site: Site, group: Group) -> Text | None:
        """Why it cannot do a duty; None where it can."""
        raise NotImplementedError

    def drawn(self, group: Group, uses: tuple[Quantity, Quantity, Quantity], hours: float) -> FloatArray:
        """What one vehicle of a group takes while it drives, with the margin, as a rate in each real step.

        Args:
            group: its duty.
            uses: per distance, for each tonne of load, and for each passenger.
            hours: length of a step [h].
        """
        plain, load, seat = (float(use.value) for use in uses)
        taken = plain * group.km + load * group.tonne_km + seat * group.seat_km
        found: FloatArray = taken * METRES * (1 + float(self.use_margin.value)) / hours
        return found

    def check(self, site: Site) -> Iterator[Finding]:
        """What it cannot drive is told; where nobody can drive a duty, the fleet says so."""
        fleet = site.assets.get(self.fleet)
        if fleet is None or "drives" not in fleet.traits:
            return
        if self.resale is not None:
            bare = [y for y in site.years if y < self.vehicles.existing_until and not self.resale.covers(y)]
            if bare:
                yield Finding("resale", say("has no value for {year}", year=str(bare[0])))
        duty = self.duty(site)
        for group in duty.groups:
            why = self.unable(site, group)
            if why is not None:
                names = sorted(
                    {
                        duty.table.trips[i].route
                        for v in group.vehicles
                        for b in duty.vehicles[v]
                        if b
                        for i in b.trips
                    }
                )
                what = say(
                    "cannot drive {group} ({routes}), and is left out there: {why}",
                    group=group.name,
                    routes=", ".join(names[:4]),
                    why=why,
                )
                yield Finding("", what, grave=False)


def of_fleet(site: Site, fleet: str) -> list[Vehicle]:
    """The kinds of vehicles of a fleet."""
    return [a for a in site.assets.values() if isinstance(a, Vehicle) and a.fleet == fleet]


def shape(values: FloatArray, lp: Block, unit: Any = ONE) -> Any:  # noqa: ANN401  a series of the block
    """Values over the real steps as a series of the block."""
    return lp.series(f.Profile(np.asarray(values, dtype=np.float64), unit))


__all__ = ["METRES", "MW", "Vehicle", "of_fleet", "shape", "whole"]
