"""An actor's project: what it invests beyond the reference and saves by that, with debt, tax and VAT.

Symbols:
    t           years since the start; all money is of its year (nominal)
    I[t], S[t]  investment beyond the reference, and saving in running cost
    D[t]        debt service; C[t] cash available for it, after tax

Rules:
    price       money of the base year x (1 + inflation)^(first year - base year + t)
    debt        each year of building draws its own loans; what is owed at the plan's end is paid then
    sculpted    C[t] shared among years of building by what they invested, divided by the cover ratio
    tax         on S + taxable incentives - depreciation - interest - loss on exchange; what is left
                at the end is not taxed
    VAT         on investment, back a year later where it is recovered; else also on what is bought

Tax depends on interest, interest on the debt, and sculpted debt on cash after tax: they are found together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from parkzero.cash import debt
from parkzero.cash.debt import Repayment, Schedule
from parkzero.cash.flows import irrs, npv, payback
from parkzero.cash.tax import straight_line
from parkzero.errors import ParkZeroError
from parkzero.finance.payments import INVESTMENT, RESIDUAL, Row, cash
from parkzero.finance.terms import Exchange, Loan, Terms
from parkzero.texts import Text, say
from parkzero.units import FloatArray

ROUNDS, CLOSE, ROUNDING = 500, 1e-13, 1e-10
STATE = "state"


@dataclass(frozen=True, slots=True, eq=False)
class Vintage:
    """A loan for one year of building.

    Attributes:
        loan: its terms.
        start: when it is drawn [years since the start].
        cash: available to serve it [money], shape [periods].
        schedule: in the loan's currency, periods 1 to n.
    """

    loan: Loan
    start: int
    cash: FloatArray
    schedule: Schedule


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """An actor's project, money in is positive [money], shape [N + 1] each.

    Attributes:
        actor: whose.
        investment, saving, residual: beyond the reference; investment is a positive cost.
        incentives: received.
        vat: paid less recovered, as cash.
        depreciation, interest: that lower the tax; ``interest`` holds losses on exchange.
        tax: due.
        drawn, service: of all loans.
        vintages: the loans.
        rows: payments that these terms add.
        notes: what a reader must know.
    """

    actor: str
    investment: FloatArray
    saving: FloatArray
    residual: FloatArray
    incentives: FloatArray
    vat: FloatArray
    depreciation: FloatArray
    interest: FloatArray
    tax: FloatArray
    drawn: FloatArray
    service: FloatArray
    vintages: tuple[Vintage, ...]
    rows: tuple[Row, ...]
    notes: tuple[Text, ...] = ()

    @property
    def available(self) -> FloatArray:
        """Cash available for debt service: saving, incentives and VAT after tax."""
        return self.saving + self.incentives + self.vat - self.tax

    @property
    def whole(self) -> FloatArray:
        """Cash of the project before debt, after the tax that is due with it."""
        return self.available - self.investment + self.residual

    @property
    def equity(self) -> FloatArray:
        """Cash of those who own it."""
        return self.whole + self.drawn - self.service

    @property
    def cover(self) -> FloatArray:
        """Debt service cover ratio; not a number where nothing is due."""
        ratio = np.full(len(self.service), np.nan)
        np.divide(self.available, self.service, out=ratio, where=self.service > 0)
        return ratio


@dataclass(frozen=True, slots=True)
class Worth:
    """What is said of a cash flow.

    Attributes:
        npv: at the start of the first year [money].
        irrs: every real rate of return.
        payback, discounted_payback: years; None where the money never comes back.
    """

    npv: float
    irrs: tuple[float, ...]
    payback: float | None
    discounted_payback: float | None


def worth(flow: FloatArray, rate: float) -> Worth:
    """What is said of a cash flow at a discount rate."""
    scale = max(float(np.abs(flow).max(initial=0.0)), 1.0)
    clear = np.where(np.abs(flow) < 1e-9 * scale, 0.0, flow).tolist()
    return Worth(npv(rate, clear), irrs(clear), payback(clear), payback(clear, rate))


@dataclass(slots=True, eq=False)
class _Asked:
    """What a project is reckoned from."""

    actor: str
    terms: Terms
    exchange: Mapping[str, Exchange]
    currency: str
    investment: FloatArray
    saving: FloatArray
    residual: FloatArray
    incentives: FloatArray
    taxed: FloatArray
    vat: FloatArray
    depreciation: FloatArray
    notes: list[Text] = field(default_factory=list)

    @property
    def end(self) -> int:
        return len(self.saving) - 1


@dataclass(frozen=True, slots=True)
class Setting:
    """What all projects of a run share.

    Attributes:
        kinds: kind of each asset.
        length: years of the plan, N.
        exchange: worth of currencies.
        currency: of the study.
        bought: items on which VAT is paid where it is not recovered.
    """

    kinds: Mapping[str, str]
    length: int
    exchange: Mapping[str, Exchange]
    currency: str
    bought: tuple[str, ...]


def project(
    actor: str, terms: Terms, setting: Setting, plan: pl.DataFrame, reference: pl.DataFrame,
    incentives: FloatArray, taxed: FloatArray,
) -> Project:  # fmt: skip
    """An actor's project against the reference.

    Args:
        actor: whose.
        terms: its debt, tax and VAT.
        setting: what it shares with others.
        plan: payments in money of their year.
        reference: those of the reference.
        incentives: received at each time [money], shape [N + 1].
        taxed: those of them that count as income.

    Raises:
        ParkZeroError: when debt and tax do not settle.
    """
    length = setting.length

    def beyond(items: Sequence[str]) -> FloatArray:
        return _beyond(actor, plan, reference, length, items)

    running = sorted((set(plan["item"]) | set(reference["item"])) - {INVESTMENT, RESIDUAL})
    invested = -beyond([INVESTMENT])
    vat, basis = _vat(terms, invested, beyond(setting.bought))
    written = np.zeros(length + 1)
    if terms.tax is not None:
        for kind, spent in _by_kind(actor, plan, reference, setting.kinds, length).items():
            written += straight_line((basis * spent).tolist(), terms.tax.life(kind))
    asked = _Asked(
        actor, terms, setting.exchange, setting.currency, invested, beyond(running), beyond([RESIDUAL]),
        incentives, taxed, vat, written,
    )  # fmt: skip
    return _settled(asked)


def _beyond(
    actor: str, plan: pl.DataFrame, reference: pl.DataFrame, length: int, items: Sequence[str]
) -> FloatArray:
    """Cash of the plan less that of the reference; what both share cancels but for rounding."""
    ours, theirs = cash(plan, actor, length, items), cash(reference, actor, length, items)
    largest = max(float(np.abs(ours).max()), float(np.abs(theirs).max()))
    left: FloatArray = np.where(np.abs(ours - theirs) > ROUNDING * largest, ours - theirs, 0.0)
    return left


def _vat(terms: Terms, invested: FloatArray, bought: FloatArray) -> tuple[FloatArray, float]:
    """VAT as cash [money], and by what it raises the cost that is written off."""
    vat = np.zeros(len(invested))
    if terms.vat is None:
        return vat, 1.0
    paid = terms.vat.rate * invested
    vat -= paid
    if not terms.vat.recovered:
        return vat + terms.vat.rate * bought, 1.0 + terms.vat.rate
    vat[1:] += paid[:-1]
    return vat, 1.0


def _by_kind(
    actor: str, plan: pl.DataFrame, reference: pl.DataFrame, kinds: Mapping[str, str], length: int
) -> dict[str, FloatArray]:
    """What is invested beyond the reference, by kind [money]."""
    found: dict[str, FloatArray] = {}
    for payments, sign in ((plan, 1.0), (reference, -1.0)):
        own = payments.filter((pl.col("payer") == actor) & (pl.col("item") == INVESTMENT))
        for time, asset, amount in own.select("time", "asset", "amount").iter_rows():
            found.setdefault(kinds.get(asset, ""), np.zeros(length + 1))[time] += sign * amount
    return found


def _settled(asked: _Asked) -> Project:
    """Debt and tax together: rounds until neither moves any more."""
    tax = np.zeros(asked.end + 1)
    for _ in range(ROUNDS):
        vintages = _vintages(asked, tax)
        interest = _interest(asked, vintages)
        due = _tax(asked, interest)
        scale = max(float(np.abs(due).max(initial=0.0)), 1.0)
        if float(np.abs(due - tax).max(initial=0.0)) <= CLOSE * scale:
            return _made(asked, vintages, interest, due)
        tax = due
    raise ParkZeroError(
        say("debt and tax of {actor} do not settle: give a loan that is not sculpted", actor=asked.actor)
    )


def _vintages(asked: _Asked, tax: FloatArray) -> list[Vintage]:
    starts = [t for t in range(asked.end) if asked.investment[t] > 0]
    available = asked.saving + asked.incentives + asked.vat - tax
    found = []
    for loan in asked.terms.loans:
        for start in starts:
            years = min(loan.years, asked.end - start)
            before = [
                sum(asked.investment[s] for s in starts if s < t) for t in range(start + 1, start + years + 1)
            ]
            share = asked.investment[start] / np.maximum(before, 1e-30)
            own = share * available[start + 1 : start + years + 1]
            amount = loan.share * float(asked.investment[start]) / _at(asked, loan, start)
            found.append(Vintage(loan, start, own, _schedule(loan, amount, own, years)))
    return found


def _schedule(loan: Loan, most: float, own: FloatArray, years: int) -> Schedule:
    if loan.repayment != "sculpted":
        repayment: Repayment = loan.repayment  # type: ignore[assignment]  # the reader takes these words only
        full = debt.loan(
            most, loan.rate, loan.years, repayment=repayment, grace=loan.grace, capitalised=loan.capitalised
        )
        return _ended(full, years)
    full = debt.sculpted(np.maximum(own, 0.0).tolist(), loan.rate, loan.cover)
    if full.borrowed <= most:
        return full
    part = most / full.borrowed
    return Schedule(most, part * full.interest, part * full.service, part * full.balance)


def _ended(full: Schedule, years: int) -> Schedule:
    """A schedule that is paid off at the plan's end."""
    if years >= len(full.service):
        return full
    service, balance = full.service[:years].copy(), full.balance[:years].copy()
    service[-1] += balance[-1]
    balance[-1] = 0.0
    return Schedule(full.borrowed, full.interest[:years], service, balance)


def _at(asked: _Asked, loan: Loan, time: int) -> float:
    return 1.0 if loan.currency in ("", asked.currency) else asked.exchange[loan.currency].at(time)


def _interest(asked: _Asked, vintages: Sequence[Vintage]) -> FloatArray:
    """Interest, and what principal costs more than when it was drawn, in the study's money."""
    found = np.zeros(asked.end + 1)
    for v in vintages:
        for k, (interest, principal) in enumerate(
            zip(v.schedule.interest, v.schedule.principal, strict=True)
        ):
            t = v.start + k + 1
            now, then = _at(asked, v.loan, t), _at(asked, v.loan, v.start)
            found[t] += interest * now + principal * (now - then)
    return found


def _tax(asked: _Asked, interest: FloatArray) -> FloatArray:
    due = np.zeros(asked.end + 1)
    if asked.terms.tax is None:
        return due
    profit = asked.saving + asked.taxed - asked.depreciation - interest
    tax = asked.terms.tax
    if not tax.absorbed:
        due[1:] = tax.income.due(profit[1:].tolist())
        return due
    first = next((t for t in range(1, asked.end + 1) if profit[t] > 0), asked.end + 1)
    for t in range(1, asked.end + 1):
        due[t] = tax.income.rate * profit[t] * tax.income.holiday.factor(t - first)
    return due


def _made(asked: _Asked, vintages: list[Vintage], interest: FloatArray, tax: FloatArray) -> Project:
    drawn, service, rows = np.zeros(asked.end + 1), np.zeros(asked.end + 1), list[Row]()
    actor = asked.actor
    for v in vintages:
        amount = v.schedule.borrowed * _at(asked, v.loan, v.start)
        drawn[v.start] += amount
        rows.append((v.start, v.loan.name, actor, "loan", "", amount))
        for k, (paid, due) in enumerate(zip(v.schedule.service, v.schedule.interest, strict=True)):
            t = v.start + k + 1
            now = _at(asked, v.loan, t)
            service[t] += paid * now
            rows.append((t, actor, v.loan.name, "interest", "", due * now))
            rows.append((t, actor, v.loan.name, "principal", "", (paid - due) * now))
        if v.loan.repayment != "sculpted" and v.start + v.loan.years > asked.end:
            asked.notes.append(say("the loan of {name} is paid off at the end of the plan", name=v.loan.name))
    rows += [(t, actor, STATE, "tax", "", float(a)) for t, a in enumerate(tax) if a]
    rows += [(t, actor, STATE, "vat", "", -float(a)) for t, a in enumerate(asked.vat) if a]
    if (asked.saving[1:] + asked.incentives[1:] < 0).any() and any(
        v.loan.repayment == "sculpted" for v in vintages
    ):
        asked.notes.append(say("in years without cash sculpted debt is not served"))
    return Project(
        actor, asked.investment, asked.saving, asked.residual, asked.incentives, asked.vat,
        asked.depreciation, interest, tax, drawn, service, tuple(vintages), tuple(rows),
        tuple(dict.fromkeys(asked.notes)),
    )  # fmt: skip
