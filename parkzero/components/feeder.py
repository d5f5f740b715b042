"""Feeder: a line or cable between two electricity buses, in both directions.

Symbols:
    P           standing power [MW]
    f, b        power sent forward and back [MW]

Rules:
    forward     f[t] <= P
    back        b[t] <= P
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Sized, component
from parkzero.language.fields import ByYear, bus, by_year, constant, quantity
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, Quantity


@component("feeder", vi="đường dây", en="feeder", group="network", colour="#b8bfc8")
@dataclass(frozen=True, kw_only=True)
class Feeder(Sized):
    """A line or cable between two electricity buses."""

    source: str = bus("electricity", "bus at one end", gives=True, takes=True)
    to: str = bus("electricity", "bus at the other end", gives=True, takes=True)
    capex: ByYear = by_year(MONEY / MW, "investment, by year of building")
    loss: Quantity = quantity(ONE, "share of the power sent that is lost", most=0.5, default=Quantity(0.0))
    wheeling: ByYear = by_year(MONEY / MWH, "charge per energy sent", default=constant(0.0, MONEY / MWH))
    power_max: Quantity | None = quantity(MW, "largest power that may stand", default=None)
    power_max_each: Quantity | None = quantity(MW, "largest power built in one milestone year", default=None)
    power_existing: Quantity | None = quantity(MW, "power that stands already", default=None)

    def check(self, site: Site) -> Iterator[Finding]:
        """Its ends are two buses."""
        if self.source == self.to:
            yield Finding("to", say("is the bus at which the feeder begins"), self.to, say("another bus"))

    def build(self, lp: Block) -> None:
        """Say the feeder's size, flows, rules, injections and bookings."""
        power = self.size(lp, "power", MW, self.capex, most=self.power_max, most_each=self.power_max_each,
                          existing=self.power_existing)  # fmt: skip
        forward, back = lp.flow("forward"), lp.flow("back")
        lp.rule("forward", forward <= power)
        lp.rule("back", back <= power)
        arrives = 1.0 - self.loss
        lp.inject(self.source, back * arrives - forward)
        lp.inject(self.to, forward * arrives - back)
        lp.book(Account.VARIABLE_OM, (forward + back) * lp.at(self.wheeling), bus=self.source)
