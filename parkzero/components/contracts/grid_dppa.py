"""Grid DPPA: a plant far away, paid by a contract for difference, its energy brought by the public grid.

Symbols:
    P           contracted power [MW]
    f           output per contracted power
    q           what is made, or agreed as baseload: f[t] P or P [MW]
    x           what is matched: used in the step in which it is made [MW]
    m           market price [money/MWh]

Rules:
    matched     x[t] <= q[t]

The buyer pays the utility ``k loss_factor m x`` for the energy and ``(service + clearing) x`` for bringing
it, and the seller ``(strike - m) q`` (as produced, baseload) or ``(strike - m) x`` (as consumed): with what
the seller earns in the market it has its strike. What is not matched is bought from the grid as before.

Source: Decree 57/2025/NĐ-CP, direct power purchase through the national grid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from parkzero.components.contracts import Offtake
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, Quantity


@component(
    "grid_dppa", vi="mua điện trực tiếp qua lưới", en="grid DPPA", group="contract", colour="#aa4499",
    words={
        "matched": ("điện khớp theo giờ", "electricity matched"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class GridDppa(Offtake):
    """A plant far away, paid by a contract for difference."""

    market: f.Profile | None = f.profile(
        MONEY / MWH, "market price in each step; a DPPA is settled against it", least=-1e12, default=None
    )
    k: Quantity = f.quantity(ONE, "factor k of the market's energy that the buyer pays", above=0, most=2)
    loss_factor: Quantity = f.quantity(ONE, "loss factor of the buyer's voltage", least=1, most=2)
    service_fee: f.ByYear = f.by_year(MONEY / MWH, "service charge of the grid for what is matched")
    clearing_fee: f.ByYear = f.by_year(MONEY / MWH, "charge for clearing differences, for what is matched")

    def build(self, lp: Block) -> None:
        """Say what is contracted, matched and paid."""
        power, matched = lp.size("power", self.power, MW), lp.flow("matched")
        lp.rule("matched", matched <= self.volume(lp, power))
        if self.market is None:
            return  # check refuses it
        energy = lp.series(self.market).times(matched) * (self.k * self.loss_factor)
        self.pay(lp, Account.ENERGY, energy, "market", payee="utility")
        fees = lp.at(self.service_fee) + lp.at(self.clearing_fee)
        self.pay(lp, Account.CONTRACT_FEES, matched * fees, "fees", payee="utility")
        strike = float(lp.at(self.strike).value)
        apart = strike - np.asarray(self.market.at(lp.context.year).value)
        if self.settlement == "as_consumed":
            difference = lp.series(f.Profile(apart, MONEY / MWH)).times(matched)
        else:
            difference = lp.series(f.Profile(apart * self.made(lp), MONEY / MWH)).times(power)
        self.pay(lp, Account.CONTRACT, difference, "difference")
        self.use(lp, matched)

    def check(self, site: Site) -> Iterator[Finding]:
        """It has a market price, and an output where it is no baseload."""
        if self.market is None:
            needs = say("the market price of each step: a contract for difference is settled against it")
            yield Finding("market", say("is missing: a DPPA without a market price"), needs=needs)
        if self.settlement != "baseload" and self.output is None:
            yield Finding("output", say("is missing"), needs=say("the plant's output, or baseload"))
