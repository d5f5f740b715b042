"""A finance case: payments of all actors in money of each year, and the project of each who gives terms."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from parkzero.books.incentives import incentive, incentives
from parkzero.cash.split import LeastCore, Split, in_core, least_core, nash, shapley
from parkzero.cash.tax import Holiday
from parkzero.errors import Fault, Place, StudyError
from parkzero.finance import payments as p
from parkzero.finance.claims import Granted, granted
from parkzero.finance.project import Project, Setting, project
from parkzero.finance.terms import Case, Claim, Game, Known, Service, Terms
from parkzero.results.booked import within
from parkzero.results.case import has_reference
from parkzero.results.results import Results
from parkzero.texts import Text, say
from parkzero.units import FloatArray

NOT_BOUGHT = ("sold", "penalty", "investment")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A finance case.

    Attributes:
        results: the run.
        case: the terms; None where cash flows alone are asked for.
        payments: of all actors, in money of their year.
        projects: by actor.
        granted: what incentives come to.
        notes: what a reader must know.
    """

    results: Results
    case: Case | None
    payments: pl.DataFrame
    projects: Mapping[str, Project]
    granted: tuple[Granted, ...]
    notes: tuple[Text, ...]

    @property
    def length(self) -> int:
        """Years of the plan, N."""
        return p.horizon(self.results)

    @property
    def discount(self) -> float:
        """Discount rate of those who own: nominal with terms, else the study's real one."""
        return float(self.results.study["rate"]) if self.case is None else self.case.discount

    def cash(self, actor: str) -> FloatArray:
        """Cash of an actor at each time [money], shape [N + 1]."""
        return p.cash(self.payments, actor, self.length)


def known_of(results: Results) -> Known:
    """What of a run terms may name."""
    kinds = dict.fromkeys(results.components["kind"].to_list())
    costs = [a for a in results.under("cost") if a not in ("capex", "slack")]
    return Known(
        str(results.summary["currency"]), tuple(results.tables["actors"]["actor"]),
        tuple(results.components["asset"]), tuple(kinds), tuple(costs), tuple(incentives()),
    )  # fmt: skip


def statement(
    results: Results, case: Case | None = None, factors: Mapping[str, float] | None = None
) -> Statement:
    """The finance case of a run.

    Args:
        results: the run.
        case: its terms; without them payments are in money of the base year, and nobody borrows.
        factors: what items of cost are multiplied by, by account or ``investment``.

    Raises:
        StudyError: when the run has no plan, or terms ask for what it cannot give.
    """
    if results.summary["status"] == "infeasible":
        raise StudyError([Fault(Place(), say("has no plan, and so no cash flow"))], say("The run"))
    plan, reference = (_scaled(p.payments_of(results, of), factors or {}) for of in (False, True))
    if case is None:
        return Statement(results, None, plan, {}, (), ())
    _require_reference(results, case)
    for service in case.services:
        plan = _served(results, plan, reference, service)
    plan, reference = (_nominal(results, table, case.inflation) for table in (plan, reference))
    found = [granted(results, c, plan, case.exchange) for c in case.claims if not _is_holiday(c)]
    projects = {
        actor: _project(results, actor, _relieved(terms, case, actor), plan, reference, case, found)
        for actor, terms in case.actors.items()
    }
    rows = [r for g in found for r in g.rows] + [r for made in projects.values() for r in made.rows]
    notes = [note for g in found for note in g.notes] + [n for made in projects.values() for n in made.notes]
    notes += [
        say("{name}: {source}", name=c.name, source=incentive(c.rule).citation)
        for c in case.claims
        if _is_holiday(c)
    ]
    table = pl.concat([plan, p.table(rows)])
    return Statement(results, case, table, projects, tuple(found), tuple(dict.fromkeys(notes)))


def _require_reference(results: Results, case: Case) -> None:
    needs = bool(case.actors) or any(s.share for s in case.services)
    if needs and not has_reference(results):
        fault = Fault(
            Place(), say("was planned without a reference, so that nobody knows what is saved"),
            hint=say("plan again without --no-reference"),
        )  # fmt: skip
        raise StudyError([fault], say("The run"))


def _scaled(table: pl.DataFrame, factors: Mapping[str, float]) -> pl.DataFrame:
    item = pl.col("item").replace_strict(
        {p.RESIDUAL: p.INVESTMENT, "capex": p.INVESTMENT}, default=pl.col("item")
    )
    factor = item.replace_strict(factors or {"": 1.0}, default=1.0, return_dtype=pl.Float64)
    return table.with_columns(pl.col("amount") * factor)


def _nominal(results: Results, table: pl.DataFrame, inflation: float) -> pl.DataFrame:
    base = int(results.study.get("base_year") or results.year_list[0])
    level = (1 + inflation) ** (results.year_list[0] - base + pl.col("time").cast(pl.Float64))
    return table.with_columns(pl.col("amount") * level)


def _served(results: Results, plan: pl.DataFrame, reference: pl.DataFrame, service: Service) -> pl.DataFrame:
    """Payments with a service contract: the provider invests and upkeeps, the client pays the fee."""
    items = [p.INVESTMENT, "capex", "fixed_om", "variable_om"]
    taken = (
        pl.col("asset").is_in(service.assets)
        & (pl.col("payer") == service.client)
        & pl.col("item").is_in(items)
    )
    left = (
        pl.col("asset").is_in(service.assets)
        & (pl.col("payee") == service.client)
        & (pl.col("item") == p.RESIDUAL)
    )
    moved = plan.with_columns(
        pl.when(taken).then(pl.lit(service.provider)).otherwise(pl.col("payer")).alias("payer"),
        pl.when(left).then(pl.lit(service.provider)).otherwise(pl.col("payee")).alias("payee"),
    )
    length, first = p.horizon(results), results.year_list[0]
    running = sorted((set(moved["item"]) | set(reference["item"])) - {p.INVESTMENT, p.RESIDUAL})
    saved = p.cash(moved, service.client, length, running) - p.cash(
        reference, service.client, length, running
    )
    rows = [
        (
            t,
            service.client,
            service.provider,
            "service",
            "",
            service.fee + service.share * max(0.0, float(saved[t])),
        )
        for t in range(1, length + 1)
        if service.first <= first + t - 1 <= service.last
    ]
    return pl.concat([moved, p.table(rows)])


def _is_holiday(claim: Claim) -> bool:
    return bool(claim.rule) and incentive(claim.rule).form == "holiday"


def _relieved(terms: Terms, case: Case, actor: str) -> Terms:
    """Terms with the tax holiday that an actor claims."""
    for claim in case.claims:
        if claim.actor != actor or not _is_holiday(claim) or terms.tax is None:
            continue
        rule, income = incentive(claim.rule), terms.tax.income
        steps = {name: round(years) for name, years in rule.steps.items() if name != "part"}
        holiday = Holiday(
            steps["exempt"], steps["reduced"], rule.steps["part"], steps["preferred"],
            rule.amount / income.rate if income.rate else 1.0,
        )  # fmt: skip
        tax = dataclasses.replace(terms.tax, income=dataclasses.replace(income, holiday=holiday))
        return dataclasses.replace(terms, tax=tax)
    return terms


def _project(
    results: Results, actor: str, terms: Terms, plan: pl.DataFrame, reference: pl.DataFrame, case: Case,
    found: list[Granted],
) -> Project:  # fmt: skip
    length = p.horizon(results)
    kinds = dict(zip(results.components["asset"], results.components["kind"], strict=True))
    accounts = results.accounts.filter(
        (pl.col("family") == "cost")
        & ~pl.col("group").is_in(NOT_BOUGHT)
        & pl.col("payee").is_in(["utility", "supplier"])
    )
    received, taxed = np.zeros(length + 1), np.zeros(length + 1)
    for grant in found:
        own = p.cash(p.table(grant.rows), actor, length)
        received += own
        taxed += own if grant.claim.taxed else 0.0
    bought = tuple(accounts["account"].to_list())
    setting = Setting(kinds, length, case.exchange, str(results.summary["currency"]), bought)
    return project(actor, terms, setting, plan, reference, received, taxed)


def checks(found: Statement) -> dict[str, float]:
    """How far the case is from what must hold, relative: actors sum to the system, the ledger to the plan."""
    results = found.results
    plan = p.payments_of(results)
    objective = float(results.summary["objective"])
    scale = max(float(found.payments["amount"].abs().max() or 0.0), 1.0)  # type: ignore[arg-type]
    everyone = np.sum([found.cash(actor) for actor in p.actors(found.payments)], axis=0)
    return {
        "all actors sum to zero": float(np.abs(everyone).max()) / scale,
        "discounted ledger less objective": abs(p.value(results, plan) - objective)
        / max(abs(objective), 1.0),
    }


@dataclass(frozen=True, slots=True)
class Shared:
    """Fair splits of what several gain together.

    Attributes:
        shapley: the Shapley value.
        stable: whether no coalition does better alone with it.
        core: the least core: its split, and what the most wronged coalition still lacks.
        nash: gains over going alone, split evenly.
        alone: what each gains alone.
    """

    shapley: Split
    stable: bool
    core: LeastCore
    nash: Mapping[str, float]
    alone: Mapping[str, float]


def shared(game: Game) -> Shared:
    """All splits of a game."""

    def worth(coalition: frozenset[str]) -> float:
        return game.worth[coalition]

    split = shapley(game.players, worth)
    return Shared(
        split, in_core(game.players, worth, split.shares), least_core(game.players, worth),
        nash(game.players, worth), {player: worth(frozenset({player})) for player in game.players},
    )  # fmt: skip


def insiders(found: Statement) -> list[str]:
    """Actors within the plan that pay or are paid."""
    inside = set(within(found.results))
    return [actor for actor in p.actors(found.payments) if actor in inside]
