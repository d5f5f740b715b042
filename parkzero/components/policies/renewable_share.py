"""Renewable share: a least share of own renewable electricity in what is consumed.

Rules:
    share       renewable generation + attributes - export >= share * electricity consumed

Attributes count only where ``counts`` says so: those that contracts bring (``private_wire``, ``grid_dppa``,
``supply_contract``) less those that are sold (``green_attributes``). What one tenant hands to another stays
in the park. Electricity that is exported takes its attribute along.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.components.policies import Policy
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.units import MWH, ONE

COUNTS = ("generation", "attributes")


@component(
    "renewable_share",
    vi="tỷ lệ năng lượng tái tạo",
    en="renewable share",
    group="policy",
    colour="#44aa99",
    words={"share": ("đòi {share} lượng điện tiêu thụ", "asks for {share} of the electricity consumed")},
    traits="target",
)
@dataclass(frozen=True, kw_only=True)
class RenewableShare(Policy):
    """A least share of own renewable electricity in what is consumed, in the years that it covers."""

    share: f.ByYear = f.by_year(ONE, "least share", most=1, partial=True)
    counts: str = f.choice(
        COUNTS, "what counts: own generation, or also the attributes that contracts bring, less those sold",
        default="generation",
    )  # fmt: skip

    def settle(self, lp: Block) -> None:
        """Ask for enough renewable generation that is not exported."""
        if not lp.covered(self.share):
            return
        short = lp.shortfall("short", MWH, lp.penalties.unserved)
        kept = lp.total(lp.renewable() - lp.booked(Account.EXPORTED))
        if self.counts == "attributes":
            kept += lp.total(lp.traded_attributes())
        asked = lp.total(lp.booked(Account.CONSUMED)) * lp.at(self.share)
        lp.limit("share", kept, asked, "energy", least=True, short=short)
