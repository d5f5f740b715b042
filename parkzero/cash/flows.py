"""Cash flows and what is said of them: present value, every internal rate of return, payback, levelised cost.

Symbols:
    a[t]        cash at time t, t = 0, 1, …: money in is positive [money]
    r           discount rate per period
    x           1 / (1 + r)

Rules:
    present value   V(r) = sum a[t] x^t
    rate of return  every r > -1 with V(r) = 0; a flow whose sign changes more than once may have several
    payback         first moment at which the running sum no longer falls below zero, linear within a period

One rate of return of several is no answer: libraries differ in which they return (numpy-financial the first,
pyxirr another), so all are listed and whoever shows one says how many there are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyxirr
from scipy import optimize

from parkzero.units import FloatArray

NEAR = 1e-7
"""Roots nearer than this to one another are one, and to the real line are real."""


def npv(rate: float, flows: Sequence[float]) -> float:
    """Present value at time 0 [money]; the first flow is not discounted.

    Raises:
        ValueError: when the rate is -1 or less.
    """
    if not rate > -1:
        raise ValueError(f"a discount rate is above -100 %, not {rate:.4g}")
    value = pyxirr.npv(rate, list(flows), start_from_zero=True)
    return float(value or 0.0)


def irrs(flows: Sequence[float]) -> tuple[float, ...]:
    """Every real rate of return above -1, ascending; none where the flow never changes its sign.

    The roots of the polynomial in x are found as eigenvalues and each is then bracketed and refined, so that
    one that only touches zero is found too.

    Raises:
        ValueError: when a flow is no finite number.
    """
    cash = np.trim_zeros(np.asarray(flows, dtype=np.float64))
    if not np.isfinite(cash).all():
        raise ValueError("a cash flow holds a value that is no finite number")
    if len(cash) < 2 or (cash >= 0).all() or (cash <= 0).all():
        return ()
    if np.count_nonzero(np.diff(np.sign(cash[cash != 0]))) == 1:
        only = pyxirr.irr(list(cash))  # one change of sign, one root
        if only is not None and math.isfinite(only):
            return (float(only),)
    scaled = cash / np.abs(cash).max()
    roots = np.roots(scaled[::-1])
    real = roots[np.abs(roots.imag) <= NEAR * np.maximum(np.abs(roots), 1.0)].real
    found = sorted(_refined(scaled, float(x)) for x in real if x > 0)
    kept = [x for i, x in enumerate(found) if i == 0 or x - found[i - 1] > NEAR * max(x, 1.0)]
    return tuple(sorted(1 / x - 1 for x in kept))


def _refined(cash: FloatArray, x: float) -> float:
    value = np.polynomial.polynomial.Polynomial(cash)
    width = 1e-6 * max(x, 1.0)
    low, high = x - width, x + width
    if value(low) * value(high) < 0:
        return float(optimize.brentq(value, low, high, xtol=1e-15, rtol=1e-14))
    return x


def mirr(flows: Sequence[float], finance: float, reinvest: float) -> float:
    """Modified rate of return: money out costs ``finance``, money in earns ``reinvest``.

    Raises:
        ValueError: when nothing is paid or nothing is received.
    """
    if min(flows, default=0.0) >= 0 or max(flows, default=0.0) <= 0:
        raise ValueError("a modified rate of return needs money out and money in")
    return float(pyxirr.mirr(list(flows), finance, reinvest) or 0.0)


def payback(flows: Sequence[float], rate: float = 0.0) -> float | None:
    """Time after which the money is back for good [periods]; None where it never is, 0 where none is out.

    With a rate the flows are discounted first. A flow arrives evenly over the period before its time.
    """
    cash = np.asarray(flows, dtype=np.float64) / (1 + rate) ** np.arange(len(flows))
    running = np.cumsum(cash)
    least = -1e-9 * max(float(np.abs(cash).max(initial=0.0)), 1e-30)
    below = np.flatnonzero(running < least)
    if not len(below):
        return 0.0
    last = int(below[-1])
    if last == len(cash) - 1:
        return None
    return last + float(-running[last] / cash[last + 1])


def capital_recovery(rate: float, years: float) -> float:
    """Yearly payment at each year's end that pays one unit back over some years.

    Raises:
        ValueError: when the years are not above zero or the rate is -1 or less.
    """
    if not years > 0 or not rate > -1:
        raise ValueError(f"no recovery over {years:g} years at {rate:.4g}")
    # expm1 and log1p keep their digits where the rate is next to nothing.
    return 1 / years if rate == 0 else rate / -math.expm1(-years * math.log1p(rate))


def levelised(
    investment: float, yearly: Sequence[float], amounts: Sequence[float], rate: float
) -> float | None:
    """Cost of a unit over a life: discounted cost over discounted amounts [money / unit].

    Args:
        investment: at time 0 [money].
        yearly: cost at the end of each year [money], shape [years].
        amounts: made in each year [unit], shape [years].
        rate: discount rate per year.

    Returns:
        None where nothing is made.
    """
    made = npv(rate, [0.0, *amounts])
    if abs(made) < 1e-12:
        return None
    return (investment + npv(rate, [0.0, *yearly])) / made
