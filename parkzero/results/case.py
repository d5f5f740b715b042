"""The case for a plan: its cash flows against those of the reference, in which today's plant is kept in kind.

Symbols:
    t           years since the start of the first milestone year
    r           real discount rate
    I[c]        investment of cohort c, paid at the start of its milestone year v
    L, n        life of a cohort, and years of the plan in which its yearly share is booked
    N           years of the plan

Rules:
    investment  paid at t = v; the plan's ledger books it as equal shares over the life at each year's end
    running     all other cost of a year, paid at its end, t + 1
    beyond      shares after a cohort's life, where it stands until the next milestone: running cost
    residual    at t = N: shares still to come, discounted to N
    value       money is told at the end of the first year, as the plan's objective is

So the present value of a plan's flows is its objective to the digit, and the present value of the savings is
the difference of both objectives: shares whose sum over the life, discounted, is the investment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from parkzero.cash.flows import capital_recovery, irrs, npv, payback
from parkzero.results.results import Results
from parkzero.units import FloatArray

INVESTED = {"asset": pl.String, "owner": pl.String, "kind": pl.String, "size": pl.String, "year": pl.Int32,
            "amount": pl.Float64, "lifetime": pl.Float64}  # fmt: skip
LEAST = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """What an owner pays, year by year; cost is positive.

    Attributes:
        investment: at the start of each year, and nothing at the end [money], shape [N + 1].
        running: at the end of each year [money], shape [N + 1]; the first is zero.
        residual: value that is left at the end [money].
    """

    investment: FloatArray
    running: FloatArray
    residual: float

    @property
    def total(self) -> FloatArray:
        """All that is paid at each time [money], shape [N + 1]; what is left counts against it."""
        paid: FloatArray = self.investment + self.running
        paid[-1] -= self.residual
        return paid

    def value(self, rate: float) -> float:
        """Present value at the end of the first year, as the plan's objective is told [money]."""
        return npv(rate, self.total.tolist()) * (1 + rate)


@dataclass(frozen=True, slots=True)
class Case:
    """What a plan saves against the reference, for an owner or for all.

    Attributes:
        investment: what the plan invests beyond the reference, undiscounted [money].
        yearly: what it saves in running cost in each milestone year [money].
        npv: present value of all savings at the plan's discount rate [money].
        payback, discounted_payback: years from the start; None where the money never comes back.
        irrs: every real rate of return; of several none is shown alone.
        tonnes: emissions avoided over all years, before offsets [t].
        net_tonnes: the same after offsets [t].
        tonne: what an avoided tonne costs, negative where it earns [money/t]; None where none is avoided.
    """

    investment: float
    yearly: Mapping[int, float]
    npv: float
    payback: float | None
    discounted_payback: float | None
    irrs: tuple[float, ...]
    tonnes: float
    net_tonnes: float
    tonne: float | None


def invested(
    results: Results, ledger: pl.DataFrame | None = None, sizes: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Investments when they are paid: asset, owner, kind, size, year, amount [money], lifetime [years].

    The ledger books yearly shares. The shares of a year less those of cohorts built before, divided by the
    capital recovery factor, are what the year's cohort cost.

    Args:
        results: the run.
        ledger: bookings of another operation of the same study; those of the run by default.
        sizes: what that builds.
    """
    rate = float(results.study["rate"])
    years = results.year_list
    kept = results.ledger if ledger is None else ledger
    booked: dict[tuple[str, str], dict[int, float]] = {}
    shares = kept.filter(pl.col("account") == "capex")
    for asset, size, year, amount in shares.select("asset", "label", "year", "amount").iter_rows():
        of_size = booked.setdefault((asset, size), {})
        of_size[year] = of_size.get(year, 0.0) + amount
    rows: list[tuple[str, str, str, str, int, float, float]] = []
    table = results.sizes if sizes is None else sizes
    for (asset, size), own in table.group_by(["asset", "size"], maintain_order=True):
        first = own.row(0, named=True)
        life = float(first["lifetime"])
        paid = payments(years, booked.get((str(asset), str(size)), {}), life, rate)
        built = dict(zip(own["year"], own["built"], strict=True))
        rows += [
            (str(asset), first["owner"] or "", first["kind"], str(size), year, amount, life)
            for year, amount in zip(years, paid, strict=True)
            if built.get(year, 0.0) > LEAST and abs(amount) > LEAST
        ]
    return pl.DataFrame(rows, schema=INVESTED, orient="row")


def payments(years: list[int], booked: Mapping[int, float], lifetime: float, rate: float) -> list[float]:
    """Payment in each year of building [money]: its shares less those of cohorts that still stand."""
    yearly: list[float] = []
    for i, year in enumerate(years):
        before = sum(yearly[k] for k in range(i) if year < years[k] + lifetime)
        yearly.append(booked.get(year, 0.0) - before)
    factor = capital_recovery(rate, lifetime)
    return [amount / factor for amount in yearly]


def flows_of(results: Results, ledger: pl.DataFrame, paid: pl.DataFrame, owner: str | None = None) -> Flows:
    """Cash flows of an owner, or of all.

    Args:
        results: the run, for its years and its rate.
        ledger: bookings of the operation meant.
        paid: its investments, from ``invested``.
        owner: the owner; all where None.
    """
    rate = float(results.study["rate"])
    starts, spans = _calendar(results)
    length = sum(spans)
    running, investment, residual = np.zeros(length + 1), np.zeros(length + 1), 0.0
    costs = _costs(results, ledger, owner)
    for year, start, span in zip(results.year_list, starts, spans, strict=True):
        running[start + 1 : start + span + 1] += costs.get(year, 0.0)
    own = paid if owner is None else paid.filter(pl.col("owner") == owner)
    for year, amount, life in own.select("year", "amount", "lifetime").iter_rows():
        at = starts[results.year_list.index(year)]
        share = amount * capital_recovery(rate, life)
        booked = sum(s for y, s in zip(results.year_list, spans, strict=True) if year <= y < year + life)
        whole = round(life)
        investment[at] += amount
        running[at + whole + 1 : at + booked + 1] += share
        left = max(0, whole - (length - at))
        residual += share * (left if rate == 0 else (1 - (1 + rate) ** -left) / rate)
    return Flows(investment, running, residual)


def _calendar(results: Results) -> tuple[list[int], list[int]]:
    """Start of each milestone in years since the first, and the years that each stands for."""
    spans = [max(1, round(float(s))) for s in results.years["span"]]
    return [sum(spans[:i]) for i in range(len(spans))], spans


def _costs(results: Results, ledger: pl.DataFrame, owner: str | None) -> dict[int, float]:
    """Running cost of each milestone year: all accounts of cost but investment and what no plan may hold."""
    table = results.accounts
    kept = table.filter((pl.col("family") == "cost") & ~pl.col("group").is_in(["investment", "penalty"]))
    rows = ledger.filter(pl.col("account").is_in(kept["account"].to_list()))
    if owner is not None:
        rows = rows.filter(pl.col("owner").fill_null("") == owner)
    return {int(y): float(a) for y, a in rows.group_by("year").agg(pl.col("amount").sum()).iter_rows()}


def emitted(results: Results, ledger: pl.DataFrame, owner: str | None = None) -> tuple[float, float]:
    """Tonnes over all years that the milestones stand for: gross, and net of offsets [t]."""
    counted = results.accounts.filter((pl.col("family") == "emission") & pl.col("scope").is_in(["1", "2"]))
    rows = ledger.filter(pl.col("account").is_in([*counted["account"].to_list(), "offset_mass"]))
    if owner is not None:
        rows = rows.filter(pl.col("owner").fill_null("") == owner)
    spans = dict(zip(results.year_list, _calendar(results)[1], strict=True))
    gross = net = 0.0
    for year, account, amount in rows.select("year", "account", "amount").iter_rows():
        if account == "offset_mass":
            net -= amount * spans[year]
        else:
            gross += amount * spans[year]
    return gross, gross + net


def case_of(results: Results, reference: pl.DataFrame, sizes: pl.DataFrame, owner: str | None = None) -> Case:
    """The case of an owner, or of all, against the reference.

    Args:
        results: the plan's run.
        reference: ledger of the reference.
        sizes: what the reference builds.
        owner: whose case; that of all where None.
    """
    rate = float(results.study["rate"])
    before = flows_of(results, reference, invested(results, reference, sizes), owner)
    after = flows_of(results, results.ledger, invested(results), owner)
    saved = before.total - after.total
    largest = max(float(np.abs(before.total).max()), float(np.abs(after.total).max()), 1.0)
    saved[np.abs(saved) < 1e-9 * largest] = 0.0
    cash = saved.tolist()
    gross, net = (
        b - a
        for b, a in zip(
            emitted(results, reference, owner), emitted(results, results.ledger, owner), strict=True
        )
    )
    value = npv(rate, cash) * (1 + rate)
    old, new = _costs(results, reference, owner), _costs(results, results.ledger, owner)
    return Case(
        float(after.investment.sum() - before.investment.sum()),
        {y: old.get(y, 0.0) - new.get(y, 0.0) for y in results.year_list},
        value, payback(cash), payback(cash, rate), irrs(cash), gross, net,
        -value / gross if gross > 1e-6 else None,
    )  # fmt: skip
