"""Electricity and fuels: what feeds the park. Here stands what all plants that follow the weather share.

Symbols:
    P           standing power [MW]
    p           output [MW]
    f           output per standing power, from the weather

Rules:
    weather     p[t] <= f[t] P
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component
from parkzero.units import MONEY, MW, MWH, ONE


@dataclass(frozen=True, kw_only=True)
class Renewable(Component):
    """Power that depends on the weather and may be curtailed."""

    made_from: ClassVar[str]
    bus: str = f.bus("electricity", "bus that it feeds", gives=True)
    output: f.Profile = f.profile(ONE, "output per standing power in each step", most=1.5)
    power: f.Size = f.size(MW, "power; its largest is what roof or land hold")
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per energy generated", default=f.constant(0.0, MONEY / MWH)
    )

    def build(self, lp: Block) -> None:
        """Say the plant's size, flow, rule, injection and bookings."""
        power, output = lp.size("power", self.power), lp.flow("output")
        lp.rule("weather", output <= lp.series(self.output).times(power))
        lp.inject(self.bus, output)
        lp.book(Account.GENERATED, output, bus=self.bus, made_from=self.made_from)
        lp.book(Account.VARIABLE_OM, output * lp.at(self.variable_om), bus=self.bus)
