"""Purchase: water, hydrogen, carbon dioxide, a product, cooling, bought from outside at a price.

Symbols:
    q           bought [m3/h, t/h, MW, ...]

Rules:
    available   q[t] <= available[t]        (only where it is not always there)
    limit       q[t] <= limit               (only with a limit)
    yearly      sum q <= yearly limit       (only with a yearly limit)

Fuel has a kind of its own, since it is burnt here; so has the grid, since it is metered.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.units import MONEY, MW, MWH, T

CARRIERS = (
    "heat steam cooling hydrogen co2 compressed_air raw_water clean_water pure_water reused_water product"
)


@component("purchase", vi="nguồn mua ngoài", en="purchase", group="contract", colour="#56b4e9")
@dataclass(frozen=True, kw_only=True)
class Purchase(Component):
    """Anything bought from outside at a price."""

    bus: str = f.bus(CARRIERS, "bus that it feeds", gives=True)
    price: f.Profile = f.profile(MONEY / MWH, "price of each step's purchase", of="bus")
    emission_factor: f.ByYear = f.by_year(
        T / MWH, "emissions of making it elsewhere (scope 2 of heat, steam and cooling)", of="bus",
        default=None,
    )  # fmt: skip
    available: f.Profile | None = f.profile(
        MW, "what there is to buy in each step, where it is not always there", of="bus", default=None
    )
    limit: f.ByYear | None = f.by_year(MW, "largest purchase", of="bus", default=None)
    yearly_limit: f.ByYear | None = f.by_year(MWH, "largest purchase in a year", of="bus", default=None)

    def build(self, lp: Block) -> None:
        """Say the purchase's flow, limits, injection and bookings."""
        bought = lp.flow("bought", lp.rate(self.bus))
        if self.available is not None:
            lp.rule("available", bought <= lp.series(self.available).expr())
        if self.limit is not None:
            lp.rule("limit", bought <= lp.at(self.limit))
        if self.yearly_limit is not None:
            lp.limit("yearly", lp.total(bought), lp.at(self.yearly_limit), "energy")
        lp.inject(self.bus, bought)
        lp.book(Account.ENERGY, lp.series(self.price).times(bought), bus=self.bus)
        if self.emission_factor is not None:
            lp.book(Account.SCOPE2, bought * lp.at(self.emission_factor), bus=self.bus)
