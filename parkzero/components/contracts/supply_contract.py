"""Supply contract: what another's asset delivers into a bus is paid by the buyer, measured by the hour.

Symbols:
    i           what the asset gives to the bus, less what it takes there [MW, t/h, m3/h]
    x           what is sold [the same]
    m[b]        highest mean of x in billing month b [the same]

Rules:
    metered         x[t] = i[t]
    peak.measured   x[t] <= m[b]        (over the metering interval; only with a demand charge)

Paid is ``price x``, with a demand charge so much for each month's highest power, a fixed amount a year, and
tax. So are on-site power purchase (the asset is a tenant's roof, owned by an investor), energy service (a
boiler, chiller or measure), heat and steam sold from tenant to tenant (an exchanger or valve between their
buses) and the park's resale of electricity (a feeder from its bus to a tenant's), by one tariff or one of two
parts. Nothing flows back through what is sold. Buyer and seller both within the plan change its sum by the
tax only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.actors import payer_of
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.fields import described
from parkzero.language.site import Finding, Site
from parkzero.lp.expr import Expr
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, Quantity


@component(
    "supply_contract", vi="hợp đồng bán năng lượng", en="supply contract", group="contract", colour="#997700",
    words={
        "sold": ("lượng bán", "what is sold"),
        "metered": ("bán đúng lượng đo được", "sells what is metered"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class SupplyContract(Component):
    """What another's asset delivers is paid by the buyer."""

    asset: str = f.asset("", "asset whose delivery is sold")
    bus: str = f.bus("", "bus into which it delivers, where it is metered", stores=True)
    price: f.Profile = f.profile(MONEY / MWH, "price in each step", of="bus")
    demand_charge: f.ByYear | None = f.by_year(
        MONEY / MW, "price of each month's highest power, of a tariff in two parts", of="bus", default=None
    )
    demand_minutes: int = f.integer("metering interval of the peak [min]", least=15, most=60, default=30)
    fixed: f.ByYear = f.by_year(MONEY, "fixed payment a year", default=f.constant(0.0, MONEY))
    tax: Quantity = f.quantity(ONE, "tax on what is paid, where it is a cost", most=1, default=Quantity(0.0))
    attributes: bool = f.flag("whether the green attributes of electricity go to the buyer", default=False)

    def build(self, lp: Block) -> None:
        """Nothing of its own: it is settled when all that delivers is built."""

    def settle(self, lp: Block) -> None:
        """Say what is sold, and who pays it."""
        seller = self.payee or payer_of(lp.other(self.asset).owner)
        sold = lp.flow("sold", lp.rate(self.bus))
        lp.rule("metered", sold == lp.injected(self.asset, self.bus))
        paid = lp.series(self.price).times(sold)
        lp.book(Account.CONTRACT, paid, "energy", bus=self.bus, payee=seller)
        fixed = lp.at(self.fixed)
        if float(fixed.value) and lp.context.timeline.complete:
            lp.book(Account.CONTRACT, lp.constant(fixed), "fixed", bus=self.bus, payee=seller)
        if self.demand_charge is not None:
            peaks = self._peaks(lp, sold) * lp.at(self.demand_charge)
            lp.book(Account.CONTRACT, peaks, "demand_charge", bus=self.bus, payee=seller)
            if float(self.tax.value) > 0:
                tax = peaks * self.tax
                lp.book(Account.CONTRACT_FEES, tax, "demand_charge_tax", bus=self.bus, payee="state")
        if float(self.tax.value) > 0:
            lp.book(Account.CONTRACT_FEES, paid * self.tax, "tax", bus=self.bus, payee="state")
        if self.attributes:
            origin = lp.other(self.asset).makes().get(self.bus, "") or self._origin(lp)
            lp.book(Account.ATTRIBUTES, sold, bus=self.bus, payee=seller, made_from=origin)

    def _peaks(self, lp: Block, sold: Expr) -> Expr:
        """The months' highest powers, as many times as each is billed, less what is owed already."""
        rate, bills = lp.rate(self.bus), lp.months(np.ones(12))
        peak = lp.peak("peak", sold, self.demand_minutes)
        return peak.total(bills, rate) - Quantity(float(lp.measured("peak") @ bills), rate)

    def _origin(self, lp: Block) -> str:
        made = (e for e in lp.context.ledger.under(Account.GENERATED) if e.asset == self.asset)
        return next((e.made_from for e in made), "other")

    def check(self, site: Site) -> Iterator[Finding]:
        """Buyer and seller are two, the asset stands at the bus, and a tariff of two parts has both."""
        price = site.written.get(self.name, {}).get("price")
        if isinstance(price, dict) and price.get("two_part") is True and self.demand_charge is None:
            hint = say('demand_charge = {{tariff = "{tariff}"}}', tariff=price.get("tariff"))
            yield Finding("demand_charge", say("is missing beside a two-part tariff"), hint=hint)
        asset = site.assets.get(self.asset)
        if asset is None:
            return
        if payer_of(self.owner) == (self.payee or payer_of(asset.owner)):
            what, got = say("sells to itself: buyer and seller are one"), payer_of(self.owner)
            yield Finding("owner", what, got, say("a buyer that does not own {asset}", asset=self.asset))
        fields = described(type(asset))
        held = {getattr(asset, name) for name, meta in fields.items() if meta.kind == "bus"}
        measured = getattr(site.assets.get(getattr(asset, "demand", "")), "bus", None)
        if self.bus not in held | {measured}:
            what = say("is no bus of {asset}", asset=self.asset)
            yield Finding("bus", what, self.bus, say("one of {names}", names=sorted(b for b in held if b)))
        if self.attributes and site.buses.get(self.bus) and site.buses[self.bus].carrier != "electricity":
            what = say("is given for a bus of {carrier}", carrier=site.buses[self.bus].carrier)
            yield Finding("attributes", what, needs=say("a bus of {carrier}", carrier="electricity"))
