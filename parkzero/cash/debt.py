"""Debt: schedules of loans with grace, by annuity, equal principal, or sculpted to a cover ratio.

Symbols:
    B[t]        balance at the end of period t; B[0] is what is borrowed
    i           interest rate per period
    P[t]        principal paid in period t
    S[t]        debt service = i B[t-1] + P[t]
    C[t]        cash available for debt service
    k           cover ratio

Rules:
    annuity     S[t] is the same in every period after grace
    equal       P[t] is the same in every period after grace
    bullet      P[t] is zero but in the last period
    sculpted    S[t] = C[t] / k, and B[0] = sum S[t] / (1 + i)^t, so that the last balance is zero

In grace interest is paid, unless it is capitalised: then it raises the balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from parkzero.cash.flows import capital_recovery
from parkzero.units import FloatArray

Repayment = Literal["annuity", "equal", "bullet"]


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """A loan period by period, periods 1 to n.

    Attributes:
        borrowed: at time 0 [money].
        interest: due in each period [money].
        service: interest and principal paid in each period [money].
        balance: at each period's end [money].
    """

    borrowed: float
    interest: FloatArray
    service: FloatArray
    balance: FloatArray

    @property
    def principal(self) -> FloatArray:
        """Paid back in each period; negative where interest is capitalised [money]."""
        return self.service - self.interest

    def cover(self, cash: Sequence[float]) -> FloatArray:
        """Debt service cover ratio in each period; not a number where nothing is due."""
        due = self.service
        ratio = np.full(len(due), np.nan)
        np.divide(np.asarray(cash, dtype=np.float64), due, out=ratio, where=due > 0)
        return ratio


def loan(
    amount: float,
    rate: float,
    periods: int,
    *,
    repayment: Repayment = "annuity",
    grace: int = 0,
    capitalised: bool = False,
) -> Schedule:
    """A loan's schedule.

    Args:
        amount: borrowed at time 0 [money].
        rate: interest per period.
        periods: until it is paid back, grace included.
        repayment: how principal is paid after grace.
        grace: periods at the start in which no principal is paid.
        capitalised: whether interest in grace raises the balance instead of being paid.

    Raises:
        ValueError: when the amount is negative, the rate is below zero or grace leaves no period to pay in.
    """
    if amount < 0 or rate < 0 or not 0 <= grace < periods:
        raise ValueError(f"no loan of {amount:g} at {rate:.4g} over {periods} periods with {grace} of grace")
    interest, principal, balance = np.zeros(periods), np.zeros(periods), np.zeros(periods)
    left = grown = float(amount)
    for t in range(periods):
        interest[t] = left * rate
        if t < grace:
            principal[t] = -interest[t] if capitalised else 0.0
        elif repayment == "annuity":
            principal[t] = grown * capital_recovery(rate, periods - grace) - interest[t]
        elif repayment == "equal":
            principal[t] = grown / (periods - grace)
        else:
            principal[t] = left if t == periods - 1 else 0.0
        left -= principal[t]
        grown = left if t < grace else grown
        balance[t] = left
    balance[-1] = 0.0 if abs(left) <= 1e-9 * max(amount, 1.0) else left
    return Schedule(float(amount), interest, interest + principal, balance)


def sculpted(cash: Sequence[float], rate: float, cover: float) -> Schedule:
    """The largest loan that a cash flow serves at a constant cover ratio, with its schedule.

    Raises:
        ValueError: when the ratio is not above zero, the rate is negative or some cash is negative.
    """
    available = np.asarray(cash, dtype=np.float64)
    if not cover > 0 or rate < 0 or (available < 0).any():
        raise ValueError("sculpted debt needs cash and a rate of zero or more, and a cover above 0")
    service = available / cover
    factors = (1 + rate) ** -np.arange(1, len(service) + 1)
    borrowed = float(service @ factors)
    # The balance is what is still to come, discounted: it ends at zero without a remainder to sweep away.
    balance = np.array(
        [float(service[t + 1 :] @ factors[: len(service) - t - 1]) for t in range(len(service))]
    )
    before = np.concatenate([[borrowed], balance[:-1]])
    interest = before * rate
    return Schedule(borrowed, interest, service, balance)


@dataclass(frozen=True, slots=True)
class Tranche:
    """A part of the financing.

    Attributes:
        name: who lends.
        share: of the investment, 0 to 1.
        rate: interest per year.
        years: until paid back, grace included.
        grace: years.
        repayment: how.
    """

    name: str
    share: float
    rate: float
    years: int
    grace: int = 0
    repayment: Repayment = "annuity"


def blended(investment: float, tranches: Sequence[Tranche]) -> dict[str, Schedule]:
    """Schedules of all tranches; what they leave is equity.

    Raises:
        ValueError: when shares are negative or add to more than one, or two tranches have one name.
    """
    total = sum(t.share for t in tranches)
    if any(t.share < 0 for t in tranches) or total > 1 + 1e-12:
        raise ValueError(f"tranches take shares of 0 to 100 % in all, not {total:.4g}")
    if len({t.name for t in tranches}) != len(tranches):
        raise ValueError("two tranches have one name")
    return {
        t.name: loan(investment * t.share, t.rate, t.years, repayment=t.repayment, grace=t.grace)
        for t in tranches
    }
