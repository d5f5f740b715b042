"""Delivery: what must leave a bus each day, at whatever hours of the day suit.

Symbols:
    D           due on each day [t, MWh, m3 or pieces]
    d           delivered [t/h, MW, ...]
    u           not delivered on a day, zero in every valid plan

Rules:
    due         sum of h d[t] over the day + u[day] = D[day]
    gate        d[t] <= gate            (only with a largest flow)

The plan of deliveries is a series of rates over the year; of it only each day's sum counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.units import MW, Quantity


@component(
    "delivery", vi="kế hoạch giao hàng", en="delivery plan", group="demand", colour="#cc6677", traits="demand"
)
@dataclass(frozen=True, kw_only=True)
class Delivery(Component):
    """What must be delivered each day."""

    bus: str = f.bus(
        "product hydrogen co2 raw_water clean_water pure_water reused_water",
        "bus that it is taken from",
        takes=True,
    )
    plan: f.Profile = f.profile(
        MW, "what is due, as a rate in each step; only each day's sum counts", of="bus"
    )
    gate: Quantity | None = f.quantity(MW, "largest flow at which it leaves", above=0, of="bus", default=None)

    def build(self, lp: Block) -> None:
        """Say the delivery's flow, rules and injection."""
        flow = lp.rate(self.bus)
        delivered, missing = lp.flow("delivered", flow), lp.unserved(self.bus)
        lp.rule("due", lp.by_day(delivered + missing) == lp.by_day(lp.series(self.plan).expr()))
        if self.gate is not None:
            lp.rule("gate", delivered <= self.gate)
        lp.inject(self.bus, -delivered)
