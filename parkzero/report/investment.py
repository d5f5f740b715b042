"""Payments for investments as the report shows them, and cash flows year by year."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from parkzero.report.facts import Facts
from parkzero.results import case
from parkzero.units import FloatArray


def rate_of(facts: Facts) -> float:
    """Real discount rate; NaN where the study does not say it."""
    rate = facts.results.study.get("rate")
    return float(rate) if isinstance(rate, (int, float)) else math.nan


def invested(facts: Facts) -> pl.DataFrame:
    """Payments by year of building: asset, owner, kind, year, amount [money]; empty without a rate."""
    shown = ("asset", "owner", "kind", "year", "amount")
    if not math.isfinite(rate_of(facts)):
        return pl.DataFrame(schema={name: case.INVESTED[name] for name in shown})
    return case.invested(facts.results).select(shown)


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
