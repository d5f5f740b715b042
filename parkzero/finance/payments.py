"""Payments between actors, year by year, from the one ledger.

Symbols:
    t           years since the start of the first milestone year; t = 0 is its start
    N           years of the plan

Rules:
    investment  paid at the start of the year of building; the ledger's yearly shares are what it is worth
    running     all other cost of a year, paid at its end
    beyond      shares after a cohort's life, where it stands until the next milestone: running cost
    residual    value left at t = N, or when its owner leaves: no payment, but what is then held

What one actor within the plan pays another is booked to both: of the two bookings the positive one is the
payment. So payments over all actors add up to zero, those within the plan to its cost, and their present
value, told at the end of the first year as the objective is, is the plan's objective to the digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import polars as pl

from parkzero.cash.flows import npv
from parkzero.results.booked import within
from parkzero.results.case import beyond_life, booked_for, invested
from parkzero.results.results import Results
from parkzero.units import FloatArray

PAYMENTS: Final = {
    "time": pl.Int32, "payer": pl.String, "payee": pl.String, "item": pl.String, "asset": pl.String,
    "amount": pl.Float64,
}  # fmt: skip
INVESTMENT: Final = "investment"
RESIDUAL: Final = "residual"
PARK: Final = "park"
WORLD: Final = "world"
Row = tuple[int, str, str, str, str, float]


def table(rows: Iterable[Row]) -> pl.DataFrame:
    """Rows as payments: time, payer, payee, item, asset, amount [money]."""
    return pl.DataFrame(list(rows), schema=PAYMENTS, orient="row")


def calendar(results: Results) -> tuple[list[int], list[int]]:
    """Start of each milestone in years since the first, and the years that each stands for."""
    spans = [max(1, round(float(s))) for s in results.years["span"]]
    return [sum(spans[:i]) for i in range(len(spans))], spans


def horizon(results: Results) -> int:
    """Years of the plan, N."""
    return sum(calendar(results)[1])


def payments_of(results: Results, reference: bool = False) -> pl.DataFrame:
    """Everything that is paid in the plan, or in its reference, in money of the base year.

    Args:
        results: the run.
        reference: whether those of the reference are meant.
    """
    ledger = results.tables["reference"] if reference else results.ledger
    sizes = results.tables["reference_sizes"] if reference else results.sizes
    paid = invested(results, ledger, sizes)
    rows = [*_running(results, ledger), *_invested(results, ledger, paid)]
    return table(row for row in rows if row[-1])


def _costs(results: Results) -> list[str]:
    """Accounts of cost that are paid as they are booked: all but investment and what no plan may hold."""
    accounts = results.accounts
    kept = (pl.col("family") == "cost") & ~pl.col("group").is_in([INVESTMENT, "penalty"])
    return [str(a) for a in accounts.filter(kept)["account"]]


def _running(results: Results, ledger: pl.DataFrame) -> list[Row]:
    inside = within(results)
    keys = ["year", "payer", "payee", "account", "asset"]
    kept = ledger.filter(pl.col("account").is_in(_costs(results)))
    kept = kept.filter(~(pl.col("payee").is_in(inside) & (pl.col("amount") < 0)))
    sums = kept.group_by(keys, maintain_order=True).agg(pl.col("amount").sum())
    starts, spans = calendar(results)
    when = {y: range(s + 1, s + n + 1) for y, s, n in zip(results.year_list, starts, spans, strict=True)}
    return [
        (t, payer, payee or WORLD, account, asset, amount)
        for year, payer, payee, account, asset, amount in sums.select(*keys, "amount").iter_rows()
        for t in when[year]
    ]


def _invested(results: Results, ledger: pl.DataFrame, paid: pl.DataFrame) -> list[Row]:
    """Investments when they are paid, shares beyond a life, and what is left at the end."""
    rate = float(results.study["rate"])
    starts, rows = calendar(results)[0], list[Row]()
    shares = ledger.filter((pl.col("account") == "capex") & (pl.col("amount") >= 0))
    payees = {(a, s): p for a, s, p in shares.select("asset", "label", "payee").iter_rows()}
    for asset, owner, size, year, amount, life in paid.select(
        "asset", "owner", "size", "year", "amount", "lifetime"
    ).iter_rows():
        payer, payee = owner or PARK, payees.get((asset, size)) or WORLD
        at = starts[results.year_list.index(year)]
        booked = booked_for(results, year, life, owner)
        beyond, left = beyond_life(amount, life, booked, rate)
        rows.append((at, payer, payee, INVESTMENT, asset, amount))
        rows += [(at + t, payer, payee, "capex", asset, float(share)) for t, share in enumerate(beyond)]
        rows.append((at + booked, WORLD, payer, RESIDUAL, asset, left))
    return rows


def cash(payments: pl.DataFrame, actor: str, length: int, items: Sequence[str] | None = None) -> FloatArray:
    """Cash of an actor at each time, money in is positive [money], shape [N + 1]."""
    flow = np.zeros(length + 1)
    kept = payments if items is None else payments.filter(pl.col("item").is_in(items))
    for side, sign in (("payee", 1.0), ("payer", -1.0)):
        sums = kept.filter(pl.col(side) == actor).group_by("time").agg(pl.col("amount").sum())
        for time, amount in sums.iter_rows():
            flow[time] += sign * amount
    return flow


def actors(payments: pl.DataFrame) -> list[str]:
    """All who pay or are paid."""
    return sorted(set(payments["payer"]) | set(payments["payee"]))


def system(results: Results, payments: pl.DataFrame) -> FloatArray:
    """Cash of all within the plan together [money], shape [N + 1]."""
    length = horizon(results)
    inside = [a for a in actors(payments) if a in within(results)]
    flow = np.zeros(length + 1)
    for actor in inside:
        flow += cash(payments, actor, length)
    return flow


def penalty(results: Results) -> float:
    """Present value of what no plan may hold, which nobody pays [money]; next to nothing in a valid plan."""
    accounts = results.accounts.filter(pl.col("group") == "penalty")["account"].to_list()
    rows = results.ledger.filter(pl.col("account").is_in(accounts)).group_by("year")
    weights = dict(zip(results.year_list, results.years["weight"].to_list(), strict=True))
    sums = rows.agg(pl.col("amount").sum())
    return float(sum(float(a) * float(weights[y]) for y, a in sums.iter_rows()))


def value(results: Results, payments: pl.DataFrame) -> float:
    """Cost of the plan from its payments, told as its objective is [money]."""
    rate = float(results.study["rate"])
    return -npv(rate, system(results, payments).tolist()) * (1 + rate) + penalty(results)


def by_item(payments: pl.DataFrame) -> pl.DataFrame:
    """Cash of each actor at each time by item: actor, time, item, amount [money]; money in is positive."""
    keys = ["actor", "time", "item"]
    sides = [
        payments.rename({"payee": "actor"}).select(*keys, "amount"),
        payments.rename({"payer": "actor"}).select(*keys, -pl.col("amount")),
    ]
    return pl.concat(sides).group_by(keys).agg(pl.col("amount").sum()).sort(keys)
