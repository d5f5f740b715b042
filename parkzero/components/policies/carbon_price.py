"""Carbon price: what a tonne of gross emissions costs; offsets do not lower it."""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.components.policies import SCOPES, Policy, gross
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.units import MONEY, T


@component("carbon_price", vi="giá các-bon", en="carbon price", group="policy", colour="#999933",
           usual={"price": ("ets.price cbam.price", 2.5)})  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class CarbonPrice(Policy):
    """A price on gross emissions, in the years that it covers; offsets do not lower it."""

    price: f.ByYear = f.by_year(MONEY / T, "price of a tonne", partial=True)
    scopes: str = f.choice(SCOPES, "scopes that pay", default="1+2")

    def settle(self, lp: Block) -> None:
        """Book the price of the year's emissions."""
        if lp.covered(self.price):
            paying = gross(lp, self.scopes)
            lp.book(Account.CARBON, paying * lp.at(self.price))
            lp.tell(paying, "emission", lp.at(self.price))
