"""Store: anything kept for later in the unit of its bus: hydrogen, water, a product, compressed air.

Symbols:
    E           standing amount [MWh, t, m3 or pieces]
    c, d        filled in and taken out [MW, t/h, m3/h or pieces/h]
    s           stored at the end of the step

Rules:
    balance     s[t] = (1 - loss h) s[t-1] + h (c[t] - d[t])
    filling     s[t] <= E
    charging    c[t] <= rate E          (only with a rate)
    discharging d[t] <= rate E          (only with a rate)

What filling takes of electricity (a compressor, a pump) is in proportion to c. A battery has sizes of its own
for power, and a thermal store losses of heat: they are kinds of their own.
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
from parkzero.units import MWH, ONE, H, Quantity


@component("store", vi="kho chứa", en="store", group="storage", colour="#117733")
@dataclass(frozen=True, kw_only=True)
class Store(Component):
    """Anything that is kept for later as it is."""

    bus: str = f.bus(
        "hydrogen co2 compressed_air raw_water clean_water pure_water reused_water wastewater fuel product",
        "bus at which it stands",
        stores=True,
    )
    amount: f.Size = f.size(MWH, "what it may hold", of="bus")
    loss: Quantity = f.quantity(
        ONE / H, "share of what is stored that is lost per hour", most=1, default=Quantity(0.0, ONE / H)
    )
    rate: Quantity | None = f.quantity(
        ONE / H, "largest filling or taking per amount that it may hold", above=0, default=None
    )
    source: str | None = f.bus("electricity", "bus that filling draws from", takes=True, default=None)
    use: Quantity | None = f.quantity(
        ONE, "electricity per amount filled in", of="bus", per=True, default=None
    )
    start_level: Quantity | None = f.start_level()
    end_level: Quantity | None = f.end_level()

    def build(self, lp: Block) -> None:
        """Say the store's size, flows, rules and injections."""
        flow = lp.rate(self.bus)
        held = lp.size("amount", self.amount, flow * H)
        charge, discharge = lp.flow("charge", flow), lp.flow("discharge", flow)
        turn = lp.turn(held, self.start_level, self.end_level, self.bus)
        stored = lp.level("stored", flow * H, turn)
        kept = stored.before * (1.0 - (self.loss * lp.step))
        lp.rule("balance", stored.end == kept + (charge - discharge) * lp.step)
        lp.rule("filling", stored.everywhere <= held)
        if self.rate is not None:
            lp.rule("charging", charge <= held * self.rate)
            lp.rule("discharging", discharge <= held * self.rate)
        lp.inject(self.bus, discharge - charge)
        if self.source and self.use is not None:
            lp.inject(self.source, -(charge * self.use))
            lp.book(Account.CONSUMED, charge * self.use, bus=self.source)

    def check(self, site: Site) -> Iterable[Finding]:
        """Electricity for filling needs both its bus and its amount."""
        if self.use is not None and not self.source:
            yield Finding(
                "use",
                say("is given, but no bus that it is drawn from"),
                needs=say("source = a bus of electricity"),
            )
        if self.source and self.use is None:
            yield Finding(
                "use", say("is missing, but a source is named"), needs=say("electricity per amount filled in")
            )
