"""Uncertainty of an inventory by propagation and by Monte Carlo (IPCC 2006 vol. 1 ch. 3, approaches 1 and 2).

Lines that share a factor err together: their errors add linearly, and only what is independent adds in
quadrature. All ranges are halves of a 95 % range, as a share. What no source states is not guessed: it is
left out, and how much of the emissions it concerns is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from parkzero.units import FloatArray

HALF_95: Final = 1.959963984540054  # standard deviations in half of a 95 % range
_LOGNORMAL_ABOVE: Final = (
    0.6  # above it a normal factor would often be negative (IPCC 2006 vol. 1 ch. 3.2.2.4)
)


def product(*shares: float) -> float:
    """Half range of a product of independent values, each as a share."""
    return math.sqrt(sum(share**2 for share in shares))


def total_of(parts: list[tuple[float, float]]) -> float:
    """Half range of a sum of independent values as a share of it.

    Args:
        parts: amount and half range as a share of it, for each.
    """
    whole = sum(amount for amount, _ in parts)
    return math.sqrt(sum((amount * share) ** 2 for amount, share in parts)) / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """How uncertain a total is.

    Attributes:
        total: emissions [tCO2e].
        half_range: half of the 95 % range as a share of the total, by propagation.
        independent: the same as if no two lines shared a factor; it understates.
        low, high: 2.5 % and 97.5 % of the draws [tCO2e]; NaN where none were made.
        mean: of the draws [tCO2e].
        draws: how many.
        unstated: share of the emissions whose activity or factor states no range.
    """

    total: float
    half_range: float
    independent: float
    low: float
    high: float
    mean: float
    draws: int
    unstated: float


def uncertainty(lines: pl.DataFrame, draws: int = 0, seed: int = 0) -> Uncertainty:
    """Uncertainty of the sum of some lines.

    Args:
        lines: of an inventory; biogenic ones and those outside the scopes do not count.
        draws: of the Monte Carlo; none by default.
        seed: of its random numbers; the same seed gives the same range.
    """
    rows = lines.filter(~pl.col("biogenic") & ~pl.col("outside"))
    emitted = rows["co2e"].to_numpy()
    total = float(emitted.sum())
    stated = rows["uncertainty"].fill_nan(None)
    missing = stated.is_null() | (rows["spread"].fill_nan(None).is_null() & (rows["tier"] != "plan"))
    unstated = float(np.abs(emitted)[missing.to_numpy()].sum() / np.abs(emitted).sum()) if total else 0.0
    places, activity = _groups(rows["place"], stated)
    keys, factor = _groups(rows["factor"], rows["spread"].fill_nan(None))
    heats, heat = _groups(rows["heat"], rows["heat_spread"].fill_nan(None))
    groups = [(places, activity), (keys, factor), (heats, heat)]
    variance = sum(float(((np.bincount(of, emitted) * share) ** 2).sum()) for of, share in groups)
    alone = sum(float(((emitted * share[of]) ** 2).sum()) for of, share in groups)
    low = high = mean = math.nan
    if draws:
        sums = simulate(emitted, groups, draws, seed)
        low, high = (float(v) for v in np.quantile(sums, [0.025, 0.975]))
        mean = float(sums.mean())
    scale = abs(total) or 1.0
    return Uncertainty(
        total, math.sqrt(variance) / scale, math.sqrt(alone) / scale, low, high, mean, draws, unstated
    )


def _groups(names: pl.Series, shares: pl.Series) -> tuple[np.ndarray, FloatArray]:
    """Number of each line's group, and the half range of each group."""
    codes = names.rank("dense").cast(pl.Int64).to_numpy() - 1
    each = np.zeros(int(codes.max(initial=-1)) + 1)
    np.maximum.at(each, codes, shares.fill_null(0.0).to_numpy())
    return codes, each


def simulate(
    emitted: FloatArray, groups: list[tuple[np.ndarray, FloatArray]], draws: int, seed: int
) -> FloatArray:
    """Totals of random draws in which all lines of a group err together, shape [draws].

    Args:
        emitted: of each line [tCO2e].
        groups: for each kind of error the group of each line, and half of the range of each group.
        draws: how many.
        seed: of the random numbers.
    """
    random = np.random.default_rng(seed)
    totals = np.empty(draws)
    step = max(1, 4_000_000 // max(len(emitted), 1))
    for first in range(0, draws, step):
        count = min(step, draws - first)
        value = np.broadcast_to(emitted, (count, len(emitted))).copy()
        for of, share in groups:
            value *= multipliers(random, share, count)[:, of]
        totals[first : first + count] = value.sum(axis=1)
    return totals


def multipliers(random: np.random.Generator, share: FloatArray, count: int) -> FloatArray:
    """Random factors around 1, normal up to ±60 % and lognormal with mean 1 beyond, shape [count, groups]."""
    deviation = share / HALF_95
    drawn = random.standard_normal((count, len(share)))
    sigma = np.sqrt(np.log1p(deviation**2))
    wide = np.exp(sigma * drawn - sigma**2 / 2)
    return np.where(share > _LOGNORMAL_ABOVE, wide, np.maximum(1 + deviation * drawn, 0.0))
