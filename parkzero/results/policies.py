"""Policies: what the year's limit was, what it came to, and what loosening it by one unit would save."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from parkzero.components.policy import (
    CarbonPrice,
    EmissionBudget,
    EmissionCap,
    Offset,
    Policy,
    RenewableShare,
)
from parkzero.language.accounts import Account, scopes
from parkzero.planning.plan import Operated, Plan
from parkzero.results import frames
from parkzero.results.money import amount_of

ROW = {EmissionCap: "cap", EmissionBudget: "budget", Offset: "limit", RenewableShare: "share"}
BOTH = ("1", "2")
DUAL = 1e-6


def policies_of(plan: Plan) -> pl.DataFrame:
    """Every policy in every year in which it applies."""
    policies = [c for c in plan.study.components if isinstance(c, Policy)]
    rows: list[tuple[Any, ...]] = []
    for operated in plan.years:
        for policy in policies:
            row = _row(plan, operated, policy)
            if row is not None:
                rows.append(row)
    return frames.table(frames.POLICIES, rows)


def _row(plan: Plan, operated: Operated, policy: Policy) -> tuple[Any, ...] | None:
    year = operated.built.year
    if isinstance(policy, CarbonPrice):
        if not policy.price.covers(year):
            return None
        gross = _sum(plan, operated, *scopes(*policy.scopes.split("+")))
        return year, policy.name, policy.kind, None, gross, "t", float(policy.price.at(year).value), False
    price = _saving(operated, f"{policy.name}.{ROW.get(type(policy), '')}")
    if price is None:
        if not isinstance(policy, Offset):
            return None
        price = _saving(operated, f"{policy.name}.mass") or 0.0
    limit, value, unit = _amounts(plan, operated, policy)
    binds = price > DUAL and limit is not None and abs(value - limit) <= 1e-4 * max(1.0, abs(limit))
    return year, policy.name, policy.kind, limit, value, unit, price, binds


def _amounts(plan: Plan, operated: Operated, policy: Policy) -> tuple[float | None, float, str]:
    """Limit, value and their unit."""
    year, net = operated.built.year, -_sum(plan, operated, Account.OFFSET_MASS)
    if isinstance(policy, EmissionCap):
        return (
            float(policy.limit.at(year).value),
            net + _sum(plan, operated, *scopes(*policy.scopes.split("+"))),
            "t",
        )
    if isinstance(policy, EmissionBudget):
        place = plan.design.names.index(f"{policy.name}.allowance[{year}]")
        return float(plan.sizes[place]), net + _sum(plan, operated, *scopes(*BOTH)), "t"
    if isinstance(policy, RenewableShare):
        made = operated.built.context.ledger.renewable()
        kept = sum(amount_of(e, operated, plan.sizes) for e in made)
        kept -= _sum(plan, operated, Account.EXPORTED)
        return float(policy.share.at(year).value) * _sum(plan, operated, Account.CONSUMED), kept, "MWh"
    assert isinstance(policy, Offset)
    limits = [
        float(policy.share.at(year).value) * _sum(plan, operated, *scopes(*BOTH)) if policy.share else np.inf,
        float(policy.mass.at(year).value) if policy.mass else np.inf,
    ]
    least = min(limits)
    return (least if np.isfinite(least) else None), _sum(plan, operated, Account.OFFSET_MASS), "t"


def _sum(plan: Plan, operated: Operated, *accounts: Account) -> float:
    entries = operated.built.context.ledger.under(*accounts)
    return sum((amount_of(e, operated, plan.sizes) for e in entries), 0.0)


def _saving(operated: Operated, name: str) -> float | None:
    """Saving of one year when the rule is loosened by one unit; None where there is no such rule."""
    for block in operated.built.matrix.rows:
        if block.dotted == name:
            return abs(float(np.nan_to_num(operated.duals[block.start]))) / operated.built.weight
    return None
