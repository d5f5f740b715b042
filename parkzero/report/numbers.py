"""Numbers and money as each language writes them: 1.234,5 in Vietnamese, 1,234.5 in English."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from parkzero.charts.numbers import MISSING, decimals_for, powered, written
from parkzero.report.words import Both, both, known

_SCALES: Final = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"), (1.0, "one"))


def number(value: float, decimals: int) -> Both:
    """A number with a fixed count of decimals; a dash where there is none."""
    return Both(written(value, decimals, "vi"), written(value, decimals, "en"))


def figure(value: float, figures: int = 3) -> Both:
    """A number with about ``figures`` significant figures, whole where it is large."""
    return number(value, decimals_for(value, figures))


def trimmed(value: float, figures: int = 3) -> Both:
    """A number with up to so many significant figures, without zeros behind them: 1.000,000 is misread."""
    most = decimals_for(value, figures)
    kept = next(d for d in range(most + 1) if d == most or round(value, d) == round(value, most))
    return number(value, kept)


def cleared(value: float, largest: float, share: float = 1e-6) -> float:
    """The value, or zero where it is only what rounding leaves beside the largest."""
    return 0.0 if abs(value) <= share * abs(largest) else value


def beside(value: float, largest: float, figures: int = 4) -> Both:
    """A number in a table whose largest is ``largest``, with that one's decimals."""
    return number(value, min(decimals_for(largest, figures), 6))


def percent(share: float, figures: int = 2) -> Both:
    """A share as a percentage."""
    return figure(share * 100, figures) + "\u00a0%"


def residual(value: float) -> Both:
    """A residual, in powers of ten: 3.2×10⁻⁹."""
    if not math.isfinite(value):
        return both(MISSING)
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return figure(value)
    return Both(powered(value, "vi"), powered(value, "en"))


@dataclass(frozen=True, slots=True)
class Scale:
    """A factor and the unit of what it yields: ``1e-9`` and "tỷ đồng / billion VND"."""

    factor: float
    unit: Both

    def show(self, value: float, figures: int = 3) -> Both:
        """The number without its unit."""
        return figure(value * self.factor, figures)

    def full(self, value: float, figures: int = 3) -> Both:
        """The number with its unit."""
        return self.show(value, figures) + "\u00a0" + self.unit


def money(currency: str, largest: float) -> Scale:
    """The scale in which amounts up to ``largest`` read well."""
    size = abs(largest) if math.isfinite(largest) else 1.0
    scales = (
        _SCALES[1:] if currency == "VND" else _SCALES
    )  # 4.217 tỷ đồng: "nghìn tỷ" with decimals is misread
    step, name = next((s for s in scales if size >= s[0]), scales[-1])
    unit = known(f"money.{name}.{currency}", "") if currency == "VND" else known(f"money.{name}.other", "")
    if currency != "VND":
        unit = unit + (" " if unit.vi else "") + currency
    return Scale(1 / step, unit)


def price(currency: str, amount: str = "MWh") -> Scale:
    """Prices of what a carrier carries; of energy đồng a kilowatt-hour, other currencies a megawatt-hour."""
    if currency == "VND":
        factor, per = (1e-3, "kWh") if amount == "MWh" else (1.0, amount)
        return Scale(factor, known("money.one.VND", "VND") + f"/{per}")
    return Scale(1.0, both(f"{currency}/{amount}"))
