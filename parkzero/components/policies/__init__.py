"""Policies: limits, prices and shares over what all components have booked.

Net emissions are scope 1 and 2 less the offsets bought. Each limit has an excess that no valid plan contains;
it keeps trial plans operable while the plan is sought.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.language.accounts import Account
from parkzero.language.accounts import scopes as emitted
from parkzero.language.block import Block
from parkzero.language.component import Component
from parkzero.lp.expr import Expr, add_all
from parkzero.units import T

SCOPES = ("1+2", "1", "2")


def gross(lp: Block, scopes: str = "1+2") -> Expr:
    """Emissions of the year in the scopes named [t]."""
    return add_all([lp.total(lp.booked(a)) for a in emitted(*scopes.split("+"))], 1, T)


def net(lp: Block, scopes: str = "1+2") -> Expr:
    """Emissions of the year less offsets [t]."""
    return gross(lp, scopes) - lp.yearly_booked(Account.OFFSET_MASS)


@dataclass(frozen=True, kw_only=True)
class Policy(Component):
    """A rule over what others have booked."""

    def build(self, lp: Block) -> None:
        """A policy builds nothing of its own."""
