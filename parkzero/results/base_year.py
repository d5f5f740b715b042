"""The model's base year beside the bills that were paid: one row for each month of each tenant that has any.

The base year is the first milestone year of the reference case: today's plant, before any investment. Without
a reference case it is known only where nothing but fixed demands stands beside a connection.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from parkzero.language.accounts import Account
from parkzero.language.statement import Connection
from parkzero.planning.plan import Operated, Plan
from parkzero.results import frames
from parkzero.results.results import Results
from parkzero.series.paid_bills import PARTS, Paid, share_of
from parkzero.study.paid import Row, doubts, import_without_solving, rows_of
from parkzero.study.study import Study
from parkzero.texts import Text, in_words
from parkzero.timeline import MONTHS
from parkzero.units import FloatArray

_KILO = 1000.0


def with_bills(results: Results, study: Study, reference: Plan | None) -> Results:
    """Results with the base year beside the bills, as a table, in the summary and among its warnings."""
    found = [(paid, rows) for paid in study.paid if (rows := _rows(study, paid, reference))]
    if not found:
        return results
    of = [(paid.tenant, doubt) for paid, rows in found for doubt in doubts(paid, rows)]
    told: list[Text] = [doubt for _, doubt in of]
    summary = dict(results.summary)
    summary["bills"] = {
        "year": study.milestones.years[0],
        "tenants": [_summed(paid, rows) for paid, rows in found],
        "warnings": [in_words(doubt, "en") for doubt in told],
        "warnings_vi": [in_words(doubt, "vi") for doubt in told],
        "warned": [tenant for tenant, _ in of],
    }
    for doubt in told:
        if str(doubt) not in map(str, summary["warnings"]):
            summary["warnings"] = [*summary["warnings"], doubt]
            summary["warnings_vi"] = [*summary["warnings_vi"], in_words(doubt, "vi")]
    table = frames.table(frames.BILLS, [_told(paid, row) for paid, rows in found for row in rows])
    tables = {**results.tables, "bills": table}
    return replace(results, summary=summary, tables=tables)


def _rows(study: Study, paid: Paid, reference: Plan | None) -> list[Row]:
    connection = next(c for c in study.components if c.name == paid.connection)
    years, calendar = study.milestones.years, study.timeline.calendar
    if not isinstance(connection, Connection):
        return []
    if reference is None:
        alone = import_without_solving(paid, study.components, years)
        return [] if alone is None else rows_of(paid, connection, alone, calendar, years[0])
    operated = reference.years[0]
    imported = _booked(operated, reference.sizes, Account.IMPORTED, asset=paid.connection)
    made = _booked(operated, reference.sizes, Account.GENERATED, owner=paid.tenant)
    sold = _booked(operated, reference.sizes, Account.EXPORTED, asset=paid.connection)
    months = np.repeat(calendar.day_months, calendar.per_day)
    used = np.maximum(made - sold, 0.0) * calendar.hours * _KILO
    own: FloatArray = np.bincount(months, used, MONTHS).astype(np.float64)
    return rows_of(paid, connection, np.maximum(imported, 0.0), calendar, years[0], own)


def _booked(
    operated: Operated, sizes: FloatArray, account: Account, asset: str = "", owner: str = ""
) -> FloatArray:
    """What is booked in each step under an account, by an asset or for an owner [MW], shape [steps]."""
    total = np.zeros(operated.built.context.timeline.steps)
    for entry in operated.built.context.ledger.under(account):
        if entry.hourly and (entry.asset == asset if asset else entry.owner == owner):
            total += entry.expr.value(sizes, operated.values)
    return total


def _told(paid: Paid, row: Row) -> tuple[Any, ...]:
    """A row of the table; what a bill does not say stays open."""
    bill, model = row.bill, row.model
    registers = bill.registers or (None, None, None)
    split = [v for pair in zip(registers, map(float, model.registers), strict=True) for v in pair]
    money = [None if v is None else v * paid.worth for v in (bill.cost, bill.vat)]
    return (
        paid.tenant, paid.connection, paid.year, bill.month, *split, bill.kwh, float(model.registers.sum()),
        money[0], model.cost, money[1], row.vat, bill.max_kw, model.max_kw,
        *(row.parts.get(part) for part in PARTS),
    )  # fmt: skip


def _summed(paid: Paid, rows: list[Row]) -> dict[str, Any]:
    """A tenant's year: both sides over the months that have both, and what explains the difference."""
    table = frames.table(frames.BILLS, [_told(paid, row) for row in rows])

    def both(name: str) -> tuple[float | None, float | None]:
        kept = table.filter(pl.col(f"paid_{name}").is_not_null() & pl.col(f"model_{name}").is_not_null())
        if kept.is_empty():
            return None, None
        return float(kept[f"paid_{name}"].sum()), float(kept[f"model_{name}"].sum())

    pairs = {name: both(name) for name in ("kwh", "cost", "vat")}
    paid_sum, model_sum = pairs["cost"] if pairs["cost"][0] is not None else pairs["kwh"]
    return {
        "tenant": paid.tenant,
        "connection": paid.connection,
        "year": paid.year,
        "months": len(rows),
        **{
            f"{side}_{name}": pair[i]
            for name, pair in pairs.items()
            for i, side in enumerate(("paid", "model"))
        },
        "share": None if paid_sum is None or model_sum is None else share_of(paid_sum, model_sum),
        "of": "cost" if pairs["cost"][0] is not None else "kwh",
        "warn": paid.warn,
        "parts": {p: float(table[p].sum()) for p in PARTS} if pairs["cost"][0] is not None else {},
    }
