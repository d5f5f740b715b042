"""Private-wire DPPA: electricity of a plant nearby over a line of its own, at an agreed price.

Symbols:
    P           contracted power [MW]
    f           output per contracted power
    q           what is made, or agreed as baseload: f[t] P or P [MW]
    x           what is taken from the wire [MW]

Rules:
    delivered   x[t] <= q[t]

Paid is ``strike q`` (as produced, baseload) or ``strike x`` (as consumed), and the fee for what is taken;
what arrives is ``(1 - loss) x``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.components.contracts import Offtake
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, Quantity


@component(
    "private_wire", vi="mua điện trực tiếp qua đường dây riêng", en="private-wire DPPA", group="contract",
    colour="#cc79a7",
    words={
        "taken": ("điện nhận", "electricity taken"),
        "delivered": ("không nhận quá sản lượng", "takes no more than is made"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class PrivateWire(Offtake):
    """Electricity of a plant nearby over a line of its own."""

    loss: Quantity = f.quantity(ONE, "share lost on the wire", most=0.5, default=Quantity(0.0))
    fee: f.ByYear = f.by_year(
        MONEY / MWH, "fee to the owner of the wire for what is taken", default=f.constant(0.0, MONEY / MWH)
    )

    wire: str = f.actor("owner of the wire, who is paid the fee", default="park")

    def build(self, lp: Block) -> None:
        """Say what is contracted, taken and paid."""
        power, taken = lp.size("power", self.power, MW), lp.flow("taken")
        volume = self.volume(lp, power)
        lp.rule("delivered", taken <= volume)
        paid = taken if self.settlement == "as_consumed" else volume
        self.pay(lp, Account.CONTRACT, paid * lp.at(self.strike), "strike")
        self.pay(lp, Account.CONTRACT_FEES, taken * lp.at(self.fee), "fee", payee=self.wire)
        self.use(lp, taken * (1.0 - self.loss))

    def check(self, site: Site) -> Iterator[Finding]:
        """A plant that is no baseload has an output."""
        if self.settlement != "baseload" and self.output is None:
            yield Finding("output", say("is missing"), needs=say("the plant's output, or baseload"))
