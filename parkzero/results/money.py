"""The ledger as a table, and the variables of the year that are no flow over the steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from parkzero.language.accounts import Account, accounts
from parkzero.language.actors import Actor
from parkzero.language.ledger import Entry
from parkzero.language.origins import origins
from parkzero.planning.plan import Operated, Plan
from parkzero.results import frames
from parkzero.results.coefficients import flowing, variable
from parkzero.units import MONEY, FloatArray

LEAST = 1e-9


def amount_of(entry: Entry, operated: Operated, sizes: FloatArray) -> float:
    """The year's amount of one booking [account unit]."""
    values = entry.expr.value(sizes, operated.values)
    if not entry.hourly:
        return float(values[0])
    timeline = operated.built.context.timeline
    return float(values @ (timeline.weights * timeline.hours))


def unit_of(account: Account, currency: str) -> str:
    """The unit of an account's amounts; money in the study's currency."""
    return currency if account.unit == MONEY else str(account.unit)


def accounts_of(currency: str) -> pl.DataFrame:
    """Every account there is, whether or not anything is booked under it."""
    rows = [
        (a.id, unit_of(a, currency), a.family, a.scope, a.group, a.payee, a.colour, a.en, a.vi)
        for a in accounts()
    ]
    return frames.table(frames.ACCOUNTS, rows)


def actors_of(everyone: Iterable[Actor]) -> pl.DataFrame:
    """All who pay or are paid."""
    return frames.table(frames.ACTORS, [(a.id, a.role, a.within, a.en, a.vi) for a in everyone])


def origins_of() -> pl.DataFrame:
    """What energy is made from."""
    return frames.table(frames.ORIGINS, [(o.id, o.family, o.colour, o.en, o.vi) for o in origins()])


def ledger_of(plan: Plan, kinds: Mapping[str, str]) -> pl.DataFrame:
    """One row for each booking of each year."""
    rows: list[tuple[Any, ...]] = []
    for operated in plan.years:
        for place, entry in enumerate(operated.built.context.ledger.entries):
            amount = amount_of(entry, operated, plan.sizes)
            if abs(amount) < LEAST:
                continue
            rows.append(
                (operated.built.year, entry.asset, entry.owner, kinds.get(entry.asset, ""), entry.account.id,
                 entry.label, amount, unit_of(entry.account, plan.study.currency), entry.payer, entry.payee,
                 entry.bus, entry.made_from, place)
            )  # fmt: skip
    return frames.table(frames.LEDGER, rows)


def variables_of(plan: Plan) -> pl.DataFrame:
    """Columns that are neither flows over the steps nor sizes: peaks, allowances, yearly amounts."""
    rows: list[tuple[Any, ...]] = [
        (0, plan.design.names[j], float(plan.sizes[j]), "")
        for block in plan.design.columns
        if block.dotted not in plan.design.cohorts
        for j in range(block.start, block.start + block.count)
    ]
    for operated in plan.years:
        for block in operated.built.matrix.columns:
            first = flowing(block, operated.built.context.timeline.steps)
            rows += [
                (operated.built.year, variable(block, i), float(v), str(block.unit))
                for i, v in enumerate(operated.values[block.inside])
                if i >= first
            ]
    return frames.table(frames.VARIABLES, rows)
