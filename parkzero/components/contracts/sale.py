"""Sale: heat, cold, hydrogen, CO2, a product or water sold to somebody outside, or CO2 brought to storage.

Symbols:
    x           what leaves [MW, t/h, m3/h]

Rules:
    limit       x[t] <= limit               (only with a limit)
    yearly      sum x <= yearly limit       (only with a yearly limit)

Earned is ``price x``, less ``transport x``. Of CO2 the share that is stored for good is taken from scope 1;
CO2 that is used is given off again, and changes nothing. Whether it came from fossil or biogenic fuel is not
told apart: stored biogenic CO2 is a removal. Electricity is sold by the connection (``grid``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, Quantity

CARRIERS = (
    "heat steam cooling fuel hydrogen co2 compressed_air raw_water clean_water pure_water reused_water"
    " wastewater product"
)


@component(
    "sale", vi="bán ra ngoài", en="sale", group="contract", colour="#44aa77",
    words={"sold": ("lượng bán", "what is sold")},
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Sale(Component):
    """Anything sold to somebody outside, or CO2 brought to storage."""

    bus: str = f.bus(CARRIERS, "bus that it is taken from", takes=True)
    price: f.Profile = f.profile(MONEY / MWH, "price in each step; zero where nothing is paid", of="bus")
    transport: f.ByYear | None = f.by_year(
        MONEY / MWH, "cost of bringing it there, and of storing it", of="bus", default=None
    )
    limit: f.ByYear | None = f.by_year(MW, "largest flow", of="bus", default=None)
    yearly_limit: f.ByYear | None = f.by_year(MWH, "largest amount in a year", of="bus", default=None)
    stored: Quantity = f.quantity(ONE, "share of CO2 that is stored for good", most=1, default=Quantity(0.0))

    def build(self, lp: Block) -> None:
        """Say the sale's flow, limits, injection and bookings."""
        sold = lp.flow("sold", lp.rate(self.bus))
        if self.limit is not None:
            lp.rule("limit", sold <= lp.at(self.limit))
        if self.yearly_limit is not None:
            lp.limit("yearly", lp.total(sold), lp.at(self.yearly_limit), "energy")
        lp.inject(self.bus, -sold)
        payee = self.payee or "world"
        lp.book(Account.SALES, -(lp.series(self.price).times(sold)), bus=self.bus, payee=payee)
        if self.transport is not None:
            lp.book(Account.VARIABLE_OM, sold * lp.at(self.transport), bus=self.bus)
        if float(self.stored.value) > 0:
            lp.book(Account.SCOPE1, -(sold * self.stored), bus=self.bus)

    def check(self, site: Site) -> Iterator[Finding]:
        """Only CO2 is stored."""
        bus = site.buses.get(self.bus)
        if bus is not None and bus.carrier != "co2" and float(self.stored.value) > 0:
            what = say("is given for a bus of {carrier}", carrier=bus.carrier)
            yield Finding("stored", what, str(self.stored), say("a bus of {carrier}", carrier="co2"))
