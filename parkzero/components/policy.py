"""Policies: limits, prices and shares over what all components have booked.

Net emissions are scope 1 and 2 less the offsets bought. Each limit has an excess that no valid plan contains;
it keeps trial plans operable while the plan is sought.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.language.accounts import Account
from parkzero.language.accounts import scopes as emitted
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.fields import ByYear, by_year, choice, quantity
from parkzero.lp.expr import Expr, add_all
from parkzero.units import MONEY, MWH, ONE, Quantity, T

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


@component("emission_cap", vi="trần phát thải", en="emission cap", group="policy", colour="#3b3b3b")
@dataclass(frozen=True, kw_only=True)
class EmissionCap(Policy):
    """A yearly limit on net emissions, in the years that it covers.

    Rules:
        cap         emissions in its scopes - offsets <= limit
    """

    limit: ByYear = by_year(T, "largest net emissions of a year", partial=True)
    scopes: str = choice(SCOPES, "scopes that count", default="1+2")

    def settle(self, lp: Block) -> None:
        """Limit the year's net emissions."""
        if lp.covered(self.limit):
            excess = lp.shortfall("excess", T, lp.penalties.excess)
            lp.limit("cap", net(lp, self.scopes), lp.at(self.limit), "emission", short=excess)


@component(
    "emission_budget", vi="ngân sách phát thải", en="emission budget", group="policy", colour="#4a5666"
)
@dataclass(frozen=True, kw_only=True)
class EmissionBudget(Policy):
    """A limit on net emissions over all years together.

    Rules:
        budget          net emissions of the year <= its allowance
        allowance.total sum over the milestones of (years it stands for) * allowance <= budget
    """

    budget: Quantity = quantity(T, "largest net emissions over all years of the plan")

    def settle(self, lp: Block) -> None:
        """Limit the year's net emissions to its part of the budget."""
        excess = lp.shortfall("excess", T, lp.penalties.excess)
        allowance = lp.allowance("allowance", T, self.budget)
        lp.limit("budget", net(lp), allowance, "emission", short=excess)


@component("carbon_price", vi="giá các-bon", en="carbon price", group="policy", colour="#999933")
@dataclass(frozen=True, kw_only=True)
class CarbonPrice(Policy):
    """A price on gross emissions, in the years that it covers; offsets do not lower it."""

    price: ByYear = by_year(MONEY / T, "price of a tonne", partial=True)
    scopes: str = choice(SCOPES, "scopes that pay", default="1+2")

    def settle(self, lp: Block) -> None:
        """Book the price of the year's emissions."""
        if lp.covered(self.price):
            paying = gross(lp, self.scopes)
            lp.book(Account.CARBON, paying * lp.at(self.price))
            lp.tell(paying, "emission", lp.at(self.price))


@component("offset", vi="tín chỉ bù trừ", en="offset", group="policy", colour="#117733")
@dataclass(frozen=True, kw_only=True)
class Offset(Policy):
    """Offsets that may be bought, up to a share of the gross emissions and a mass.

    Rules:
        limit       offsets <= share * gross emissions      (only with a share)
        mass        offsets <= mass                         (only with a mass)
    """

    price: ByYear = by_year(MONEY / T, "price of a tonne")
    share: ByYear | None = by_year(ONE, "largest offsets as a share of gross emissions", most=1, default=None)
    mass: ByYear | None = by_year(T, "largest offsets in a year", default=None)

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


@component(
    "renewable_share", vi="tỷ lệ năng lượng tái tạo", en="renewable share", group="policy", colour="#44aa99"
)
@dataclass(frozen=True, kw_only=True)
class RenewableShare(Policy):
    """A least share of own renewable electricity in what is consumed, in the years that it covers.

    Rules:
        share       renewable generation - export >= share * electricity consumed
    """

    share: ByYear = by_year(ONE, "least share", most=1, partial=True)

    def settle(self, lp: Block) -> None:
        """Ask for enough renewable generation that is not exported."""
        if not lp.covered(self.share):
            return
        short = lp.shortfall("short", MWH, lp.penalties.unserved)
        kept = lp.total(lp.renewable() - lp.booked(Account.EXPORTED))
        asked = lp.total(lp.booked(Account.CONSUMED)) * lp.at(self.share)
        lp.limit("share", kept, asked, "energy", least=True, short=short)
