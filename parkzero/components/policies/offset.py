"""Offset: offsets that may be bought, up to a share of the gross emissions and a mass.

Rules:
    limit       offsets <= share * gross emissions      (only with a share)
    mass        offsets <= mass                         (only with a mass)
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.components.policies import Policy, gross
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.units import MONEY, ONE, T


@component(
    "offset", vi="tín chỉ bù trừ", en="offset", group="policy", colour="#117733", traits="target offsets",
    words={
        "limit": ("không vượt tỷ lệ của tổng phát thải", "buys no more than its share of gross emissions"),
        "mass": ("mua {bound}", "buys {bound}"),
    },
    usual={"price": ("ets.price cbam.price", 2.5)},
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Offset(Policy):
    """Offsets that may be bought, up to a share of the gross emissions and a mass."""

    price: f.ByYear = f.by_year(MONEY / T, "price of a tonne")
    share: f.ByYear | None = f.by_year(
        ONE, "largest offsets as a share of gross emissions", most=1, default=None
    )
    mass: f.ByYear | None = f.by_year(T, "largest offsets in a year", default=None)

    def build(self, lp: Block) -> None:
        """Say and book the offsets bought."""
        bought = lp.yearly("bought", T)
        if self.mass is not None:
            lp.limit("mass", bought, lp.at(self.mass), "mass")
        lp.book(Account.OFFSET, bought * lp.at(self.price))
        lp.book(Account.OFFSET_MASS, bought)

    def settle(self, lp: Block) -> None:
        """Limit the offsets to their share of gross emissions."""
        bought = lp.yearly_booked(Account.OFFSET_MASS, self.name)
        if self.share is not None:
            lp.limit("limit", bought, gross(lp) * lp.at(self.share), "mass")
        elif self.mass is None:
            lp.tell(bought, "mass")
