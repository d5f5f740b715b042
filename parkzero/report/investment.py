"""What is paid in the years of building, from the yearly shares of it that the ledger holds.

The ledger books an investment as equal yearly payments over its life (an annuity), since the plan's objective
counts only the years inside its horizon. For cash flows the payment itself is wanted: the payments of a year
less those for cohorts built before, divided by the annuity factor.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from parkzero.report.facts import Facts
from parkzero.units import FloatArray


def annuity(rate: float, lifetime: float) -> float:
    """Yearly share of an investment that pays it back over its life."""
    if rate == 0:
        return 1 / lifetime
    grown: float = (1 + rate) ** lifetime
    return rate * grown / (grown - 1)


def rate_of(facts: Facts) -> float:
    """Real discount rate; NaN where the study does not say it."""
    rate = facts.results.study.get("rate")
    return float(rate) if isinstance(rate, (int, float)) else math.nan


def invested(facts: Facts) -> pl.DataFrame:
    """Payments by year of building: asset, owner, kind, year, amount [money]; empty without a rate."""
    rate = rate_of(facts)
    schema = {
        "asset": pl.String,
        "owner": pl.String,
        "kind": pl.String,
        "year": pl.Int32,
        "amount": pl.Float64,
    }
    rows: list[tuple[str, str, str, int, float]] = []
    if math.isfinite(rate):
        booked = _booked(facts)
        for (asset, size), own in facts.results.sizes.group_by(["asset", "size"], maintain_order=True):
            first = own.row(0, named=True)
            paid = _payments(
                facts.years, booked.get((str(asset), str(size)), {}), float(first["lifetime"]), rate
            )
            built = dict(zip(own["year"], own["built"], strict=True))
            rows += [
                (str(asset), first["owner"] or "", first["kind"], year, amount)
                for year, amount in zip(facts.years, paid, strict=True)
                if built.get(year, 0.0) > 1e-3
            ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _booked(facts: Facts) -> dict[tuple[str, str], dict[int, float]]:
    """Yearly payments for investments by (asset, size) and year."""
    found: dict[tuple[str, str], dict[int, float]] = {}
    rows = facts.results.ledger.filter(pl.col("account") == "capex")
    for asset, size, year, amount in rows.select("asset", "label", "year", "amount").iter_rows():
        found.setdefault((asset, size), {})[year] = amount
    return found


def _payments(years: list[int], booked: dict[int, float], lifetime: float, rate: float) -> list[float]:
    """Payment in each year of building [money]: its annuities less those of cohorts that still stand."""
    yearly: list[float] = []
    for i, year in enumerate(years):
        before = sum(yearly[k] for k in range(i) if year < years[k] + lifetime)
        yearly.append(booked.get(year, 0.0) - before)
    factor = annuity(rate, lifetime)
    return [amount / factor for amount in yearly]


def yearly_flows(
    facts: Facts, invest: FloatArray, operation: FloatArray
) -> tuple[list[int], FloatArray, FloatArray]:
    """Investment and operation in every calendar year, undiscounted.

    Args:
        facts: the facts.
        invest: payment in each milestone year, shape [years].
        operation: cost of operation of one typical year of each milestone, shape [years].

    Returns:
        Calendar years, investment and operation in each, shape [calendar years].
    """
    spans = [max(1, round(float(s))) for s in facts.results.years["span"]]
    calendar = [year + k for year, span in zip(facts.years, spans, strict=True) for k in range(span)]
    paid = [float(invest[i]) if k == 0 else 0.0 for i, span in enumerate(spans) for k in range(span)]
    spent = [float(operation[i]) for i, span in enumerate(spans) for _ in range(span)]
    return calendar, np.array(paid), np.array(spent)
