"""Investment limit: the most that may be invested in each milestone year.

Symbols:
    x[i]        what a milestone year builds of each size
    k[i]        its investment per unit in that year

Rules:
    limit       sum of k[i] x[i] <= limit, in each milestone year that it covers

A milestone stands for the years until the next; what is built in them counts as built in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.components.policies import Policy
from parkzero.language import fields as f
from parkzero.language.actors import PARK
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.units import MONEY


@component(
    "investment_limit", vi="giới hạn vốn đầu tư", en="investment limit", group="policy", colour="#0072b2"
)
@dataclass(frozen=True, kw_only=True)
class InvestmentLimit(Policy):
    """The most that may be invested in each milestone year, by all or by one owner."""

    limit: f.ByYear = f.by_year(MONEY, "largest investment of a milestone year", partial=True)
    whose: str = f.actor("tenant or investor whose investments count; empty for everybody's", default="")

    def settle(self, lp: Block) -> None:
        """Limit the investment of each milestone year."""
        lp.invests_together("limit", self.limit, owner_of(self.whose))


def owner_of(whose: str) -> str | None:
    """The owner as assets name it: nobody in particular, the park company, or somebody."""
    return None if not whose else "" if whose == PARK else whose
