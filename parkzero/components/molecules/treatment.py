"""Treatment: one water turned into another, or a gas cleaned, with electricity.

Symbols:
    P           standing capacity [m3/h or t/h of input]
    x           taken in

Rules:
    capacity    x[t] <= P

What comes out is the recovery times what goes in; the rest is lost (sludge, brine) or goes to the reject bus.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, Quantity

WATERS = "raw_water clean_water pure_water reused_water wastewater"


@component("treatment", vi="trạm xử lý", en="treatment plant", group="molecules", colour="#0072b2")
@dataclass(frozen=True, kw_only=True)
class Treatment(Component):
    """One water turned into another."""

    source: str = f.bus(WATERS, "bus of what is treated", takes=True)
    to: str = f.bus(WATERS, "bus that takes what comes out", gives=True)
    reject: str | None = f.bus("wastewater", "bus that takes the rest", gives=True, default=None)
    capacity: f.Size = f.size(MW, "what may be taken in", of="source")
    recovery: Quantity = f.efficiency("share of what is taken in that comes out")
    electricity: str | None = f.bus("electricity", "bus of its electricity", takes=True, default=None)
    electricity_use: Quantity | None = f.quantity(
        ONE, "electricity per amount taken in", of="source", per=True, default=None
    )
    variable_om: f.ByYear | None = f.by_year(
        MONEY / MWH, "cost per amount taken in", of="source", default=None
    )

    def build(self, lp: Block) -> None:
        """Say the plant's size, flow, rule, injections and bookings."""
        flow = lp.rate(self.source)
        capacity, taken = lp.size("capacity", self.capacity, flow), lp.flow("taken", flow)
        lp.rule("capacity", taken <= capacity)
        lp.inject(self.source, -taken)
        lp.inject(self.to, taken * self.recovery)
        if self.reject:
            lp.inject(self.reject, taken * (1.0 - self.recovery))
        if self.electricity and self.electricity_use is not None:
            lp.inject(self.electricity, -(taken * self.electricity_use))
            lp.book(Account.CONSUMED, taken * self.electricity_use, bus=self.electricity)
        if self.variable_om is not None:
            lp.book(Account.VARIABLE_OM, taken * lp.at(self.variable_om), bus=self.to)

    def check(self, site: Site) -> Iterable[Finding]:
        """It turns one water into another, and electricity has both its bus and its use."""
        if self.source == self.to:
            yield Finding("to", say("is the bus of what is treated"), self.to, say("another bus"))
        if bool(self.electricity) != (self.electricity_use is not None):
            missing = "electricity" if not self.electricity else "electricity_use"
            yield Finding(
                missing,
                say("is missing, but the other of both is given"),
                needs=say("bus and use, or neither"),
            )
