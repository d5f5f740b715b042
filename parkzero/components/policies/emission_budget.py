"""Emission budget: a limit on net emissions over all years together.

Rules:
    budget          net emissions of the year <= its allowance
    allowance.total sum over the milestones of (years it stands for) * allowance <= budget
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.components.policies import Policy, net
from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.units import Quantity, T


@component(
    "emission_budget",
    vi="ngân sách phát thải",
    en="emission budget",
    group="policy",
    colour="#4a5666",
    words={"budget": ("chỉ cho phép phần của năm", "allows no more than the year's part")},
    traits="target",
)
@dataclass(frozen=True, kw_only=True)
class EmissionBudget(Policy):
    """A limit on net emissions over all years together."""

    budget: Quantity = f.quantity(T, "largest net emissions over all years of the plan")

    def settle(self, lp: Block) -> None:
        """Limit the year's net emissions to its part of the budget."""
        excess = lp.shortfall("excess", T, lp.penalties.excess)
        allowance = lp.allowance("allowance", T, self.budget)
        lp.limit("budget", net(lp), allowance, "emission", short=excess)
