"""Heat pump: heat from electricity and a source of low temperature.

Symbols:
    P           standing power [MW], of the electricity or of the heat as ``rated`` says
    x           electricity [MW]
    q           heat [MW]
    COP         heat per electricity, from the temperatures of source and sink

Rules:
    conversion  q[t] = COP[t] x[t]
    capacity    x[t] <= P  or  q[t] <= P
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.components.heat import Converter
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.units import ONE


@component("heat_pump", vi="bơm nhiệt", en="heat pump", group="heat", colour="#009e73")
@dataclass(frozen=True, kw_only=True)
class HeatPump(Converter):
    """Heat from electricity and a source of low temperature."""

    source: str = f.bus("electricity", "bus that it draws from", takes=True)
    cop: f.Profile = f.profile(
        ONE, "heat per electricity in each step, from source and sink temperature", above=0, most=20
    )

    def build(self, lp: Block) -> None:
        """Say the heat pump's flows, conversion, capacity, injections and bookings."""
        taken, heat, power = lp.flow("electricity"), lp.flow("heat"), lp.size("power", self.power)
        most = power if self.rated == "input" else None
        lp.rule("conversion", heat == lp.series(self.cop).times(taken, most))
        self.convert(lp, self.source, power, taken, heat, "electricity")
        lp.book(Account.CONSUMED, taken, bus=self.source)
