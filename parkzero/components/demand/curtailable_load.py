"""Curtailable load: a part of a demand that may be interrupted at a price, for so many hours a year.

Symbols:
    L           load of the demand [MW]
    z           load that is curtailed [MW]
    N           largest hours a year, as of full curtailment

Rules:
    part        z[t] <= share L[t]
    hours       sum of z over the year <= N share max L

Hours are counted as of full curtailment: two hours of half of it are one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, H, Quantity

YEAR_HOURS = 8760.0
_BOOKS = {"electricity": Account.CONSUMED, "heat": Account.HEAT_SUPPLIED, "steam": Account.HEAT_SUPPLIED}


@component(
    "curtailable_load", vi="phụ tải cắt giảm được", en="curtailable load", group="demand", colour="#aa4466",
    words={
        "curtailed": ("tải bị cắt", "load curtailed"),
        "part": ("chỉ cắt phần tải được phép", "curtails no more than its part of the load"),
        "hours": ("không cắt quá số giờ mỗi năm", "curtails no more hours than agreed"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class CurtailableLoad(Component):
    """A part of a demand that may be interrupted."""

    demand: str = f.asset("", "the demand of which a part may be interrupted", trait="demand")
    share: Quantity = f.quantity(ONE, "share of its load that may be interrupted", above=0, most=1)
    price: f.ByYear = f.by_year(MONEY / MWH, "price per energy curtailed: what it costs those who stop")
    hours: Quantity = f.quantity(H, "largest hours a year, as of full curtailment")

    def build(self, lp: Block) -> None:
        """Say what may be curtailed, and for how long."""
        raw, bus = lp.of(self.demand, "load"), lp.of(self.demand, "bus")
        part = lp.series(raw).expr() * self.share
        curtailed = lp.flow("curtailed")
        lp.rule("part", curtailed <= part)
        peak = Quantity(float(np.max(raw.at(lp.context.year).value)), MW)
        lp.limit("hours", lp.total(curtailed), peak * self.share * self.hours, "energy")
        lp.inject(bus, curtailed)
        account = _BOOKS.get(lp.bus(bus).carrier)
        if account is not None:
            lp.book(account, -curtailed, bus=bus)
        lp.book(Account.VARIABLE_OM, curtailed * lp.at(self.price), bus=bus)

    def check(self, site: Site) -> Iterator[Finding]:
        """A year has only so many hours, and a demand is counted as energy."""
        if float(self.hours.value) > YEAR_HOURS:
            yield Finding(
                "hours",
                say("is more hours of curtailment than a year has"),
                say("{hours:g} h", hours=float(self.hours.value)),
                say("at most {hours:g} h", hours=YEAR_HOURS),
            )
        demand = site.assets.get(self.demand)
        if demand is not None and site.rate(getattr(demand, "bus", "")) != MW:
            yield Finding("demand", say("is not counted as energy"), self.demand, say("a demand in MW"))
