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

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, Quantity


@component("feeder", vi="đường dây", en="feeder", group="network", colour="#b8bfc8")
@dataclass(frozen=True, kw_only=True)
class Feeder(Component):
    """A line or cable between two electricity buses."""

    source: str = f.bus("electricity", "bus at one end", gives=True, takes=True)
    to: str = f.bus("electricity", "bus at the other end", gives=True, takes=True)
    power: f.Size = f.size(MW, "power that it carries")
    loss: Quantity = f.quantity(ONE, "share of the power sent that is lost", most=0.5, default=Quantity(0.0))
    wheeling: f.ByYear = f.by_year(
        MONEY / MWH, "charge per energy sent", default=f.constant(0.0, MONEY / MWH)
    )

    def check(self, site: Site) -> Iterator[Finding]:
        """Its ends are two buses."""
        if self.source == self.to:
            yield Finding("to", say("is the bus at which the feeder begins"), self.to, say("another bus"))

    def build(self, lp: Block) -> None:
        """Say the feeder's size, flows, rules, injections and bookings."""
        power = lp.size("power", self.power)
        forward, back = lp.flow("forward"), lp.flow("back")
        lp.rule("forward", forward <= power)
        lp.rule("back", back <= power)
        arrives = 1.0 - self.loss
        lp.inject(self.source, back * arrives - forward)
        lp.inject(self.to, forward * arrives - back)
        lp.book(Account.VARIABLE_OM, (forward + back) * lp.at(self.wheeling), bus=self.source)
