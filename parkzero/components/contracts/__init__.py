"""Contracts between actors: who buys what, at which price, and whose the green attributes are.

A contract's owner is the buyer, its payee the seller. What a seller within the plan is paid is booked to it
too, so that a contract moves money without changing the sum; only fees, losses and taxes leave the plan.

Settlement of what a plant makes, q[t] of a contracted power P:
    as_produced     all that is made is paid, whether it is used or not
    as_consumed     what is used is paid
    baseload        the same power in each step is paid; what the plant makes is the seller's concern
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component
from parkzero.language.origins import origins
from parkzero.lp.expr import Each, Expr
from parkzero.units import MONEY, MW, MWH, ONE, FloatArray, Quantity, T

SETTLEMENTS = ("as_produced", "as_consumed", "baseload")
MADE_FROM = tuple(o.id for o in origins() if o.family == "renewable")


@dataclass(frozen=True, kw_only=True)
class Offtake(Component):
    """Electricity of a plant outside, bought by contract."""

    bus: str = f.bus("electricity", "bus at which the buyer uses it", gives=True)
    power: f.Size = f.size(MW, "contracted power; what may be contracted has a capex of zero")
    output: f.Profile | None = f.profile(
        ONE, "output of the plant per contracted power; none for baseload", most=1.5, default=None
    )
    strike: f.ByYear = f.by_year(MONEY / MWH, "price agreed with the seller")
    settlement: str = f.choice(SETTLEMENTS, "what is paid: what is made, what is used, or baseload")
    tax: Quantity = f.quantity(ONE, "tax on what is paid, where it is a cost", most=1, default=Quantity(0.0))
    attributes: bool = f.flag("whether the green attributes go to the buyer", default=True)
    made_from: str = f.choice(MADE_FROM, "what the plant makes it from")
    emission_factor: f.ByYear = f.by_year(T / MWH, "emissions of what is used (scope 2)")

    def volume(self, lp: Block, power: Expr) -> Expr:
        """What is made, or agreed as baseload, in each step [MW]."""
        if self.settlement == "baseload" or self.output is None:
            return power.spread(lp.context.timeline.steps, Each.STEP)
        return lp.series(self.output).times(power)

    def made(self, lp: Block) -> FloatArray:
        """The same per contracted power, over the real steps of the year."""
        steps = lp.context.timeline.calendar.steps
        if self.settlement == "baseload" or self.output is None:
            return np.ones(steps)
        return np.asarray(self.output.at(lp.context.year).value)

    def pay(self, lp: Block, account: Account, amount: Expr, label: str, payee: str = "") -> None:
        """Book a payment, and the tax on it."""
        lp.book(account, amount, label, bus=self.bus, payee=payee)
        if float(self.tax.value) > 0:
            lp.book(Account.CONTRACT_FEES, amount * self.tax, f"{label}_tax", bus=self.bus, payee="state")

    def use(self, lp: Block, used: Expr) -> None:
        """What is used: fed into the bus, with its emissions and its attributes."""
        lp.inject(self.bus, used)
        lp.book(Account.IMPORTED, used, bus=self.bus, made_from=self.made_from)
        lp.book(Account.SCOPE2, used * lp.at(self.emission_factor), bus=self.bus)
        if self.attributes:
            payee = self.payee or "supplier"
            lp.book(Account.ATTRIBUTES, used, bus=self.bus, payee=payee, made_from=self.made_from)
