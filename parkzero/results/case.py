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

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from parkzero.cash.flows import capital_recovery, irrs, npv, payback
from parkzero.planning.plan import Plan
from parkzero.results import frames
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
    booked: dict[tuple[str, str, str], dict[int, float]] = {}
    shares = kept.filter(pl.col("account") == "capex").select("asset", "label", "owner", "year", "amount")
    for asset, size, owner, year, amount in shares.iter_rows():
        of_size = booked.setdefault((asset, size, owner or ""), {})
        of_size[year] = of_size.get(year, 0.0) + amount
    rows: list[tuple[str, str, str, str, int, float, float]] = []
    table = results.sizes if sizes is None else sizes
    for (asset, size), own in table.group_by(["asset", "size"], maintain_order=True):
        first = own.row(0, named=True)
        life = float(first["lifetime"] or math.inf)
        if not math.isfinite(life):  # what stands today and has no cost: nothing of it is ever built
            continue
        paid = payments(years, booked.get((str(asset), str(size), first["owner"] or ""), {}), life, rate)
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
    for year, amount, life, whose in own.select("year", "amount", "lifetime", "owner").iter_rows():
        at, booked = starts[results.year_list.index(year)], booked_for(results, year, life, whose)
        investment[at] += amount
        beyond, left = beyond_life(amount, life, booked, rate)
        running[at : at + booked + 1] += beyond
        # What a tenant that leaves takes along is worth as much when it leaves; here all is told at the end.
        residual += left * (1 + rate) ** (length - at - booked)
    return Flows(investment, running, residual)


def booked_for(results: Results, year: int, life: float, owner: str) -> int:
    """Years in which the ledger holds a share of what an owner built: a life, or until it leaves."""
    leaves = dict(results.tables["tenants"].select("id", "until").iter_rows())
    last = min(year + life, leaves.get(owner, math.inf))
    return sum(s for y, s in zip(results.year_list, _calendar(results)[1], strict=True) if year <= y < last)


def beyond_life(amount: float, life: float, booked: int, rate: float) -> tuple[FloatArray, float]:
    """What a cohort pays after its life while it is booked, and what of it is left when that ends.

    A life need not be whole years: 28.5 years are 28 shares and a part of another, worth as much together.

    Args:
        amount: investment at time 0 [money].
        life: years over whose shares it is paid.
        booked: years in which the ledger holds a share.
        rate: discount rate per year.

    Returns:
        Shares at the end of each year after the life, shape [booked + 1], and the worth at the end of the
        years booked of the shares still to come [money].
    """
    share = amount * capital_recovery(rate, life)
    beyond = np.zeros(booked + 1)
    for t in range(math.floor(life) + 1, booked + 1):
        part = min(1.0, t - life)  # of the year that lies beyond the life, told at the year's end
        beyond[t] = share * _worth(part, rate) * (1 + rate) ** part
    return beyond, share * _worth(max(0.0, life - booked), rate)


def _worth(years: float, rate: float) -> float:
    """Worth at the start of shares of one a year, over a time that need not be whole years."""
    return 1 / capital_recovery(rate, years) if years > 0 else 0.0


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


def case_of(results: Results, owner: str | None = None) -> Case:
    """The case of an owner, or of all, against the reference.

    Args:
        results: the plan's run, with its reference.
        owner: whose case; that of all where None.
    """
    rate = float(results.study["rate"])
    reference = results.tables["reference"]
    before = flows_of(
        results, reference, invested(results, reference, results.tables["reference_sizes"]), owner
    )
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


def with_case(results: Results, reference: Plan) -> Results:
    """Results with what the plan saves against its reference, as tables and in the summary."""
    tables = {
        **results.tables, "savings": savings_of(results), "savings_yearly": savings_yearly_of(results),
        "technologies": technologies_of(results),
    }  # fmt: skip
    case = case_of(results)
    # What is short is priced by the energy that it stands for, whatever its unit: tonnes of hydrogen, say.
    short = results.tables["reference"].filter(pl.col("account") == "slack")["amount"].sum()
    unserved = float(short) / float(results.study["penalties"]["unserved"])
    summary = {
        "reference": {
            "objective": reference.objective,
            "cost": {str(y): c for y, c in sorted(_all_costs(results, results.tables["reference"]).items())},
            "emissions_t": emitted(results, results.tables["reference"])[0],
            "unserved_mwh": unserved,
            "seconds": reference.seconds,
        },
        "savings": {
            "investment": case.investment,
            "yearly": {str(y): s for y, s in case.yearly.items()},
            "irrs": list(case.irrs),
            "discounted_payback": case.discounted_payback,
            "tonnes": case.tonnes,
            "net_tonnes": case.net_tonnes,
            "cost_per_tonne": case.tonne,
        },
        "npv": case.npv,
        "payback": case.payback,
    }
    return replace(results, tables=tables, summary={**results.summary, **summary})


def has_reference(results: Results) -> bool:
    """Whether the run was planned with its reference case."""
    return not results.tables["reference"].is_empty()


def owners_of(results: Results) -> list[str]:
    """Owners that pay anything in the plan or in the reference, the park first."""
    found = pl.concat([results.ledger["owner"], results.tables["reference"]["owner"]]).fill_null("")
    return sorted(set(found.to_list()))


def savings_of(results: Results) -> pl.DataFrame:
    """The case of all (owner ``*``) and of each owner, one row each."""
    rows = [_row("*", case_of(results))] + [_row(o, case_of(results, o)) for o in owners_of(results)]
    return frames.table(frames.SAVINGS, rows)


def _row(owner: str, case: Case) -> tuple[object, ...]:
    return (
        owner, case.investment, case.npv, case.payback, case.discounted_payback, list(case.irrs), case.tonnes,
        case.net_tonnes, case.tonne,
    )  # fmt: skip


def savings_yearly_of(results: Results) -> pl.DataFrame:
    """What each owner, and all (``*``), save in running cost in each milestone year [money]."""
    rows = []
    for owner in ("*", *owners_of(results)):
        case = case_of(results, None if owner == "*" else owner)
        rows += [(owner, year, saved) for year, saved in case.yearly.items()]
    return frames.table(frames.SAVINGS_YEARLY, rows)


def technologies_of(results: Results) -> pl.DataFrame:
    """Investment and levelised cost of each kind that the plan invests in.

    The levelised cost is the discounted cost of its assets over what they give to their buses, discounted
    alike; fuel that a supply of its own books is not in it. Empty where one kind gives different things.
    """
    paid, rows = invested(results), []
    kinds = dict(zip(results.components["asset"], results.components["kind"], strict=True))
    for kind in sorted(set(paid["kind"].to_list())):
        own = paid.filter(pl.col("kind") == kind)
        assets = [a for a, k in kinds.items() if k == kind]
        cost, given, unit = 0.0, 0.0, ""
        ledger = results.ledger.filter(pl.col("asset").is_in(assets))
        costs = _all_costs(results, ledger)
        weights = dict(zip(results.year_list, results.years["weight"].to_list(), strict=True))
        for year in results.year_list:
            cost += costs.get(year, 0.0) * weights[year]
            amount, unit = _given(results, assets, year)
            given += amount * weights[year]
        levelised = cost / given if given > 1e-6 and unit else None
        rows.append((kind, float(own["amount"].sum()), levelised, unit))
    return frames.table(frames.TECHNOLOGIES, rows)


def _all_costs(results: Results, ledger: pl.DataFrame) -> dict[int, float]:
    table = results.accounts
    kept = table.filter((pl.col("family") == "cost") & (pl.col("group") != "penalty"))["account"].to_list()
    rows = ledger.filter(pl.col("account").is_in(kept)).group_by("year").agg(pl.col("amount").sum())
    return {int(y): float(a) for y, a in rows.iter_rows()}


def _given(results: Results, assets: list[str], year: int) -> tuple[float, str]:
    """What some assets give to their buses in a year, and its carrier; none where they give several."""
    frame = results.frame("injections", year)
    step = results.years.filter(pl.col("year") == year).row(0, named=True)
    carriers = dict(zip(results.buses["bus"], results.buses["carrier"], strict=True))
    total = 0.0
    found: set[str] = set()
    for column in frame.columns:
        bus, _, asset = column.rpartition("|")
        if asset in assets and bus in carriers:
            amount = float(frame[column].clip(0.0, None).sum()) * float(step["hours"]) * float(step["scale"])
            if amount > 1e-6:
                total, found = total + amount, found | {carriers[bus]}
    return total, found.pop() if len(found) == 1 else ""
