"""Heat: what makes it and what keeps it. Here stands what all converters share.

Symbols:
    P           standing power [MW], of the input or of the heat as ``rated`` says
    x           input: electricity or fuel [MW]
    q           heat [MW]

Rules:
    capacity    x[t] <= P  or  q[t] <= P

A boiler's heat is its efficiency times its input; it needs no row. A passage only hands on what another made.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component
from parkzero.lp.expr import Expr
from parkzero.units import MONEY, MW, MWH, ONE, Quantity

RATED = ("input", "heat")


@dataclass(frozen=True, kw_only=True)
class Converter(Component):
    """What turns an input into heat."""

    to: str = f.bus("heat steam", "bus that takes the heat", gives=True)
    rated: str = f.choice(RATED, "what the size and its cost refer to", default="heat")
    power: f.Size = f.size(MW, "power, of the input or of the heat")
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per heat delivered", default=f.constant(0.0, MONEY / MWH)
    )

    def convert(self, lp: Block, source: str, power: Expr, taken: Expr, heat: Expr, made_from: str) -> None:
        """Say what all converters share: capacity, injections and cost."""
        lp.rule("capacity", (taken if self.rated == "input" else heat) <= power)
        lp.inject(source, -taken)
        lp.inject(self.to, heat)
        lp.book(Account.VARIABLE_OM, heat * lp.at(self.variable_om), bus=self.to)
        lp.book(Account.HEAT_GENERATED, heat, bus=self.to, made_from=made_from)


@dataclass(frozen=True, kw_only=True)
class Passage(Component):
    """What passes heat or steam on from one bus to another, in one direction."""

    source: str
    to: str
    power: f.Size = f.size(MW, "power that it may pass on")
    loss: Quantity = f.quantity(ONE, "share of what it takes that is lost", most=0.9, default=Quantity(0.0))
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per energy passed on", default=f.constant(0.0, MONEY / MWH)
    )

    def build(self, lp: Block) -> None:
        """Say the passage's size, flow, capacity, injections and bookings."""
        power, passed = lp.size("power", self.power), lp.flow("passed")
        lp.rule("capacity", passed <= power)
        lp.inject(self.source, -passed)
        lp.inject(self.to, passed * (1.0 - self.loss))
        lp.book(Account.VARIABLE_OM, passed * lp.at(self.variable_om), bus=self.to)
