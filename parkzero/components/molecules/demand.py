"""Demand of any carrier: cooling, hydrogen, water, compressed air, that must be served in every step.

Symbols:
    L           demand [MW, t/h, m3/h]
    u           unserved [the same], zero in every valid plan

Injection:
    u[t] - L[t]

Electricity and heat have kinds of their own, since shares and tables count them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.units import MW

CARRIERS = (
    "cooling hydrogen co2 compressed_air raw_water clean_water pure_water reused_water wastewater product"
)


@component("demand", vi="nhu cầu khác", en="demand", group="demand", colour="#88ccee", traits="demand")
@dataclass(frozen=True, kw_only=True)
class Demand(Component):
    """What must be served in every step, of any carrier but electricity and heat."""

    bus: str = f.bus(CARRIERS, "bus that it draws from", takes=True)
    load: f.Profile = f.profile(MW, "what is drawn in each step", of="bus")

    def build(self, lp: Block) -> None:
        """Say the demand's shortfall and injection."""
        lp.inject(self.bus, lp.unserved(self.bus) - lp.series(self.load).expr())
