"""Emission cap: a yearly limit on net emissions.

Rules:
    cap         emissions in its scopes - offsets <= limit
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.components.policies import SCOPES, Policy, net
from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import Quantity, T


@component(
    "emission_cap", vi="trần phát thải", en="emission cap", group="policy", colour="#3b3b3b", traits="target",
    words={"cap": ("cho phép {bound}", "allows {bound}")},
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class EmissionCap(Policy):
    """A yearly limit on net emissions, in the years that it covers."""

    limit: f.ByYear = f.by_year(
        T,
        "largest net emissions of a year, or its change from base: -30 %",
        partial=True,
        relative="base",
    )
    base: Quantity | None = f.quantity(
        T, "emissions of the base year, where the limit is a change from them", above=0, default=None
    )
    scopes: str = f.choice(SCOPES, "scopes that count", default="1+2")

    def check(self, site: Site) -> Iterator[Finding]:
        """A base is there for a limit that is a change from it."""
        limit = site.written.get(self.name, {}).get("limit")
        if self.base is not None and limit is not None and "%" not in str(limit):
            yield Finding("base", say("is given, but the limit is no change from it"), grave=False)

    def settle(self, lp: Block) -> None:
        """Limit the year's net emissions."""
        if lp.covered(self.limit):
            excess = lp.shortfall("excess", T, lp.penalties.excess)
            lp.limit("cap", net(lp, self.scopes), lp.at(self.limit), "emission", short=excess)
