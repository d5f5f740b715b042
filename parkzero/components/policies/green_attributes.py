"""Green attributes: each megawatt-hour of own renewable electricity has one, with its hour and its owner.

Symbols:
    g           renewable electricity that the owner generates [MW]
    r           attributes that it gets by contracts, less those that it gives [MW]
    x           attributes sold to others outside [MW]

Rules:
    held        x[t] <= g[t] + r[t]

The account of attributes then tells in each hour whose they are: those of own generation, what contracts hand
on, and less what is sold. Electricity without its attribute is no renewable electricity of its user.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.components.policies import Policy
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.language.ledger import OWN
from parkzero.units import MONEY, MWH


@component(
    "green_attributes", vi="thuộc tính xanh", en="green attributes", group="policy", colour="#66aa55",
    words={
        "sold": ("thuộc tính bán ra", "attributes sold"),
        "held": ("không bán quá lượng đang giữ", "sells no more than it holds in the hour"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class GreenAttributes(Policy):
    """The attributes of the owner's own renewable electricity."""

    price: f.ByYear | None = f.by_year(
        MONEY / MWH, "price at which they are sold to others; none where they are kept", default=None
    )

    def settle(self, lp: Block) -> None:
        """Say whose they are, and what of them is sold."""
        own, got = lp.renewable(owner=self.owner), lp.booked(Account.ATTRIBUTES, owner=self.owner)
        lp.book(Account.ATTRIBUTES, own, OWN, made_from="renewable_fuels")
        if self.price is not None:
            sold = lp.flow("sold")
            lp.rule("held", sold <= own + got)
            lp.book(Account.ATTRIBUTES, -sold, "sold")
            lp.book(Account.SALES, -(sold * lp.at(self.price)), "attributes", payee=self.payee or "world")
