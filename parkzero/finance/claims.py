"""Incentives as payments of the state: dated rules of the books, or rules of the user's own.

Rules:
    grant       share x investment, in the year of building
    generated   money x megawatt-hours made, for so many years from the first on
    unit        money x units of the claimant's own products, by calendar year
    fee         fee x units: what is not paid

A year that a rule does not wholly cover has nothing, and the case says when the rule ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from parkzero.books.incentives import Incentive, incentive
from parkzero.finance.payments import INVESTMENT, Row, calendar
from parkzero.finance.terms import Claim, Exchange
from parkzero.results.results import Results
from parkzero.texts import Text, say

STATE = "state"


@dataclass(frozen=True, slots=True)
class Granted:
    """What a claim comes to.

    Attributes:
        claim: the claim.
        rows: payments in money of their year.
        notes: what a reader must know of it: the law behind it, and years in which it has ended.
    """

    claim: Claim
    rows: tuple[Row, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """A claim with its amounts, whether they come from the books or from the user."""

    form: str
    kinds: tuple[str, ...]
    amount: float
    currency: str
    delay: int
    span: int
    rule: Incentive | None
    claim: Claim

    def part(self, year: int) -> float:
        """What of the amount is granted for a year."""
        if not self.claim.first <= year <= self.claim.last:
            return 0.0
        return 1.0 if self.rule is None else self.rule.part(year)


def rules_of(claim: Claim) -> Rules:
    """What a claim may ask for."""
    if not claim.rule:
        amount = claim.share if claim.form == "grant" else claim.value
        return Rules(claim.form, claim.kinds, amount, claim.currency, 0, 0, None, claim)
    rule = incentive(claim.rule)
    # The fee that would be due without the exemption is the claimant's; the books know the exemption alone.
    amount = claim.value if rule.form == "fee" else rule.amount
    kinds = tuple(k for k in rule.kinds if not claim.kinds or k in claim.kinds)
    return Rules(rule.form, kinds, amount, rule.currency, rule.delay, rule.span, rule, claim)


def granted(
    results: Results, claim: Claim, nominal: pl.DataFrame, exchange: Mapping[str, Exchange]
) -> Granted:
    """Payments of a claim.

    Args:
        results: the run.
        claim: what is claimed.
        nominal: payments of the plan in money of their year.
        exchange: worth of currencies.
    """
    rules, first = rules_of(claim), results.year_list[0]
    length = sum(calendar(results)[1])
    worth = {
        t: 1.0 if rules.currency in ("", results.summary["currency"]) else exchange[rules.currency].at(t)
        for t in range(length + 1)
    }
    found: dict[int, float] = {}
    ended: set[int] = set()
    for year, time, units in _units(results, rules, nominal):
        part = rules.part(year)
        ended |= {year} if part < 1 else set()
        when = min(time + rules.delay, length)
        money = units * rules.amount * part * (1.0 if rules.form == "grant" else worth[when])
        found[when] = found.get(when, 0.0) + money
    rows = tuple((t, STATE, claim.actor, claim.name, "", m) for t, m in sorted(found.items()) if m)
    return Granted(claim, rows, _notes(rules, sorted(ended), first, bool(rows)))


def _units(results: Results, rules: Rules, nominal: pl.DataFrame) -> list[tuple[int, int, float]]:
    """Year by whose law it goes, time since the start, and units: money invested, MWh, or products."""
    first = results.year_list[0]
    kinds = dict(zip(results.components["asset"], results.components["kind"], strict=True))
    if rules.form == "grant":
        own = nominal.filter((pl.col("payer") == rules.claim.actor) & (pl.col("item") == INVESTMENT))
        return [
            (first + t, t, amount)
            for t, asset, amount in own.select("time", "asset", "amount").iter_rows()
            if not rules.kinds or kinds.get(asset) in rules.kinds
        ]
    if rules.form == "generated" or (rules.form == "unit" and not rules.claim.amounts):
        return _made(results, rules, kinds)
    return [(year, year - first + 1, units) for year, units in rules.claim.amounts.items() if year >= first]


def _made(results: Results, rules: Rules, kinds: Mapping[str, str]) -> list[tuple[int, int, float]]:
    """Megawatt-hours made each year by cohorts, each by the law of the year in which it was built.

    An asset's output is shared among its cohorts by size: vintages are pooled in the plan.
    """
    actor = rules.claim.actor
    rows = results.ledger.filter((pl.col("account") == "generated") & (pl.col("payer") == actor))
    starts, spans = calendar(results)
    first, found = results.year_list[0], list[tuple[int, int, float]]()
    sizes = results.sizes.group_by("asset", "year").agg(pl.col("built").sum(), pl.col("standing").sum())
    built = {(a, y): (b, s) for a, y, b, s in sizes.select("asset", "year", "built", "standing").iter_rows()}
    for asset, year, amount in rows.select("asset", "year", "amount").iter_rows():
        if rules.kinds and kinds.get(asset) not in rules.kinds:
            continue
        place = results.year_list.index(year)
        for k, origin in enumerate(results.year_list[: place + 1]):
            share = built.get((asset, origin), (0.0, 0.0))[0] / max(built[asset, year][1], 1e-12)
            for t in range(starts[place] + 1, starts[place] + spans[place] + 1):
                if share > 0 and (not rules.span or t - starts[k] <= rules.span):
                    found.append((origin if rules.span else first + t - 1, t, amount * min(share, 1.0)))
    return found


def _notes(rules: Rules, ended: list[int], first: int, some: bool) -> tuple[Text, ...]:
    name = rules.claim.name
    source = rules.claim.citation if rules.rule is None else rules.rule.citation
    notes = [say("{name}: {source}", name=name, source=source)]
    if ended:
        notes.append(
            say("{name}: {years} get nothing, or a part, under the rule as it stands", name=name,
                years=", ".join(map(str, ended)))
        )  # fmt: skip
    if not some:
        notes.append(say("{name} pays nothing in this plan", name=name))
    return tuple(notes)
