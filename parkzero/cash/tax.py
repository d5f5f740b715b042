"""Corporate income tax on a yearly profit: depreciation, losses carried forward, holidays as dated rates.

Rules:
    depreciation    straight line over the tax life, from the year after the money was spent
    taxable         profit before tax less losses carried forward, not below zero
    tax             taxable x rate of the year; a holiday is a rate of its own for its years

Losses are carried forward for a limited number of years, the oldest used first. Losses of years under a
holiday are carried as others are. Rates, lives and holidays are dated facts or the user's values; none is
assumed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from parkzero.units import FloatArray


@dataclass(frozen=True, slots=True)
class Holiday:
    """Years, counted from the first taxable income, in which another rate holds.

    Attributes:
        exempt: years without tax.
        reduced: years after them at a part of the rate.
        part: that part, 0 to 1.
        preferred: years from the first on in which a lower rate holds, those of relief included.
        ratio: that rate over the usual one.
    """

    exempt: int = 0
    reduced: int = 0
    part: float = 0.5
    preferred: int = 0
    ratio: float = 1.0

    def factor(self, position: int) -> float:
        """What the rate is multiplied by so many years after the first taxable income."""
        if position < 0:
            return 1.0
        rate = self.ratio if position < self.preferred else 1.0
        if position < self.exempt:
            return 0.0
        return rate * (self.part if position < self.exempt + self.reduced else 1.0)


@dataclass(frozen=True, slots=True)
class IncomeTax:
    """A tax on profit.

    Attributes:
        rate: share of taxable profit.
        carry: years for which a loss may be carried forward.
        holiday: relief from the first taxable income on.
    """

    rate: float
    carry: int
    holiday: Holiday = field(default_factory=Holiday)

    def __post_init__(self) -> None:
        if not 0 <= self.rate < 1 or self.carry < 0:
            raise ValueError(f"no tax of {self.rate:.4g} that carries losses {self.carry} years")

    def due(self, profit: Sequence[float]) -> FloatArray:
        """Tax of each year [money]; profit is before tax and after depreciation and interest [money]."""
        due = np.zeros(len(profit))
        losses: list[list[float]] = []  # [year in which it arose, what is left of it]
        first: int | None = None
        for year, earned in enumerate(profit):
            losses = [entry for entry in losses if year - entry[0] <= self.carry and entry[1] > 0]
            if earned <= 0:
                losses.append([float(year), -float(earned)])
                continue
            first = year if first is None else first
            taxable = float(earned)
            for entry in losses:
                used = min(entry[1], taxable)
                entry[1] -= used
                taxable -= used
            due[year] = taxable * self.rate * self.holiday.factor(year - first)
        return due


def straight_line(investment: Sequence[float], life: int) -> FloatArray:
    """Depreciation of each period [money]: money spent at time t is written off in periods t + 1 to t + life.

    Args:
        investment: spent at each time [money], shape [times].
        life: years over which the law lets it be written off.

    Returns:
        Shape [times]; what falls beyond the last time is left out.

    Raises:
        ValueError: when the life is below one year.
    """
    if life < 1:
        raise ValueError(f"a tax life is at least one year, not {life}")
    written = np.zeros(len(investment))
    for t, spent in enumerate(investment):
        written[t + 1 : t + 1 + life] += spent / life
    return written


def reducing_balance(investment: float, life: int, factor: float) -> FloatArray:
    """Depreciation by a reducing balance until straight line over what is left is more [money], shape [life].

    Source: Circular 45/2013/TT-BTC, annex 2, where the factor depends on the life.

    Raises:
        ValueError: when the life is below one year or the factor below one.
    """
    if life < 1 or factor < 1:
        raise ValueError(f"no reducing balance over {life} years with factor {factor:g}")
    left, written = float(investment), np.zeros(life)
    for year in range(life):
        written[year] = max(left * min(1.0, factor / life), left / (life - year))
        left -= written[year]
    return written
