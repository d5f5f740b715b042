"""Compressor: air, hydrogen, CO2 or a gas brought to a higher pressure, its heat used where it can be.

Symbols:
    P           standing power [MW of electricity]
    x           electricity [MW]
    g           gas delivered [m3/h, t/h or MW]
    q           heat that is used [MW]

Rules:
    capacity    x[t] <= P
    heat        q[t] <= heat_share x[t]     (only with a bus of heat)

Gas is electricity over the specific use, so it needs no row. Heat that nobody uses leaves with the
cooling air. Air comes from the surroundings; volumes of it are those at the intake.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import BAR, MONEY, MW, MWH, ONE, Quantity

ATMOSPHERE = 1.01325
"""Standard pressure of the air [bar]."""


@component("compressor", vi="máy nén khí", en="compressor", group="molecules", colour="#6699cc")
@dataclass(frozen=True, kw_only=True)
class Compressor(Component):
    """Gas brought to a higher pressure."""

    electricity: str = f.bus("electricity", "bus that it draws from", takes=True)
    to: str = f.bus("compressed_air hydrogen co2 fuel", "bus of the higher pressure", gives=True)
    source: str | None = f.bus(
        "hydrogen co2 fuel", "bus of the lower pressure; none for air", takes=True, default=None
    )
    use: Quantity = f.quantity(ONE, "electricity per gas delivered", above=0, of="to", per=True)
    power: f.Size = f.size(MW, "electric power")
    heat: str | None = f.bus("heat", "bus that takes its heat", gives=True, default=None)
    heat_share: Quantity = f.quantity(
        ONE, "share of the electricity that may be used as heat", most=0.96, default=Quantity(0.0)
    )
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per electricity drawn", default=f.constant(0.0, MONEY / MWH)
    )

    def build(self, lp: Block) -> None:
        """Say the compressor's size, flow, capacity, injections and bookings."""
        power, taken = lp.size("power", self.power), lp.flow("electricity")
        delivered = taken / self.use
        lp.rule("capacity", taken <= power)
        lp.inject(self.electricity, -taken)
        lp.inject(self.to, delivered)
        if self.source:
            lp.inject(self.source, -delivered)
        if self.heat:
            heat = lp.flow("heat")
            lp.rule("heat", heat <= taken * self.heat_share)
            lp.inject(self.heat, heat)
            lp.book(Account.HEAT_GENERATED, heat, bus=self.heat, made_from="electricity")
        lp.book(Account.CONSUMED, taken, bus=self.electricity)
        lp.book(Account.VARIABLE_OM, taken * lp.at(self.variable_om), bus=self.electricity)

    def check(self, site: Site) -> Iterator[Finding]:
        """Gas stays what it is, its pressure rises, air takes its least work, and heat goes somewhere."""
        low, high = site.buses.get(self.source or ""), site.buses.get(self.to)
        if high is not None and high.carrier != "compressed_air" and not self.source:
            yield Finding("source", say("is missing"), needs=say("a bus of {carrier}", carrier=high.carrier))
        if low is not None and high is not None:
            if low.carrier != high.carrier:
                needs = say("a bus of {carrier}", carrier=high.carrier)
                yield Finding("source", say("is a bus of {carrier}", carrier=low.carrier), low.name, needs)
            elif low.pressure is not None and high.pressure is not None and high.pressure <= low.pressure:
                yield Finding(
                    "to",
                    say("has no higher pressure than its source"),
                    say("{pressure:g} bar", pressure=high.pressure),
                    say("above {pressure:g} bar", pressure=low.pressure),
                )
        if high is not None and high.carrier == "compressed_air" and high.pressure is not None:
            yield from self._least_work(high.pressure)
        if float(self.heat_share.value) > 0 and not self.heat:
            what = say("is given, but no bus of {other}", other="heat")
            yield Finding("heat_share", what, needs=say("{other} = a bus", other="heat"))

    def _least_work(self, pressure: float) -> Iterator[Finding]:
        """No compressor takes less than one that keeps the air as cold as it came: ``p ln(p2 / p)``."""
        least = ATMOSPHERE * math.log(max(pressure / ATMOSPHERE, 1.0)) * BAR
        if float(self.use.value) < least:
            yield Finding(
                "use",
                say("is less than the work that this pressure takes"),
                say("{kwh:.3g} kWh/m³", kwh=float(self.use.value) * 1e3),
                say("at least {kwh:.3g} kWh/m³", kwh=least * 1e3),
            )
