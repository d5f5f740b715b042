"""Electric boiler: heat or steam from electricity.

Symbols:
    P           standing power [MW], of the electricity or of the heat as ``rated`` says
    x           electricity [MW]
    q           heat [MW], its efficiency times the electricity

Rules:
    capacity    x[t] <= P  or  q[t] <= P
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.components.heat import Converter
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.units import Quantity


@component("electric_boiler", vi="lò hơi điện", en="electric boiler", group="heat", colour="#0072b2")
@dataclass(frozen=True, kw_only=True)
class ElectricBoiler(Converter):
    """Heat or steam from electricity."""

    source: str = f.bus("electricity", "bus that it draws from", takes=True)
    efficiency: Quantity = f.efficiency("heat per electricity", usual=(0.8, 1.0))

    def build(self, lp: Block) -> None:
        """Say the boiler's flow, capacity, injections and bookings."""
        taken, power = lp.flow("electricity"), lp.size("power", self.power)
        self.convert(lp, self.source, power, taken, taken * self.efficiency, "electricity")
        lp.book(Account.CONSUMED, taken, bus=self.source)
