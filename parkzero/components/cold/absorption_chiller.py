"""Absorption chiller: cold from heat, with a little electricity for its pumps.

Symbols:
    P           standing power [MW of cooling]
    x           heat that drives it [MW]
    q           cooling [MW]

Rules:
    capacity    q[t] <= P

Cooling is the coefficient of performance times the heat, so it needs no row. What it rejects (x + q)
leaves the park through its cooling tower.
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

FREEZING = 4.0
"""Coldest water [degC] that a chiller of lithium bromide and water makes: below, its refrigerant freezes."""


@component(
    "absorption_chiller", vi="máy lạnh hấp thụ", en="absorption chiller", group="cold", colour="#6699cc"
)
@dataclass(frozen=True, kw_only=True)
class AbsorptionChiller(Component):
    """Cold from heat."""

    source: str = f.bus("heat steam", "bus of the heat that drives it", takes=True)
    to: str = f.bus("cooling", "bus that takes the cooling", gives=True)
    power: f.Size = f.size(MW, "cooling power")
    cop: Quantity = f.quantity(ONE, "cooling per heat", above=0, most=2, usual=(0.5, 1.5))
    electricity: str | None = f.bus("electricity", "bus that its pumps draw from", takes=True, default=None)
    electricity_use: Quantity = f.quantity(ONE, "electricity per cooling", most=0.5, default=Quantity(0.0))
    variable_om: f.ByYear = f.by_year(MONEY / MWH, "cost per cooling", default=f.constant(0.0, MONEY / MWH))

    def build(self, lp: Block) -> None:
        """Say the chiller's size, flow, capacity, injections and bookings."""
        power, driven = lp.size("power", self.power, MW), lp.flow("heat")
        cold = driven * self.cop
        lp.rule("capacity", cold <= power)
        lp.inject(self.source, -driven)
        lp.inject(self.to, cold)
        lp.book(Account.VARIABLE_OM, cold * lp.at(self.variable_om), bus=self.to)
        if self.electricity:
            lp.inject(self.electricity, -(cold * self.electricity_use))
            lp.book(Account.CONSUMED, cold * self.electricity_use, bus=self.electricity)

    def check(self, site: Site) -> Iterable[Finding]:
        """Its cold is above freezing, and its heat hotter than its cold."""
        cold, heat = site.buses.get(self.to), site.buses.get(self.source)
        if cold is not None and cold.temperature is not None and cold.temperature < FREEZING:
            needs = say("{freezing:g} degC or more; colder needs another chiller", freezing=FREEZING)
            yield Finding(
                "to",
                say("is colder than its refrigerant can be"),
                say("{temperature:g} degC", temperature=cold.temperature),
                needs,
            )
        if heat is not None and heat.temperature is not None and heat.temperature < 70:
            yield Finding(
                "source",
                say("is too cold to drive it"),
                say("{temperature:g} degC", temperature=heat.temperature),
                say("70 degC or more"),
            )
        if float(self.electricity_use.value) > 0 and not self.electricity:
            yield Finding(
                "electricity_use",
                say("is given, but no bus of electricity"),
                needs=say("electricity = a bus"),
            )
