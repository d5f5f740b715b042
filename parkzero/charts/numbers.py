"""Numbers as each language writes them, 1.234,5 and 1,234.5, and the round ticks of an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from parkzero.texts import Lang

MISSING: Final = "–"
_SWAP: Final = str.maketrans(",.", ".,")
_MINUS: Final = "−"
_HUGE: Final = 1e15
_POWERS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def written(value: float, decimals: int, lang: Lang) -> str:
    """A number with a fixed count of decimals; a dash where there is none."""
    if not math.isfinite(value):
        return MISSING
    if abs(value) >= _HUGE:
        return powered(value, lang)
    text = f"{abs(value):,.{decimals}f}"
    sign = _MINUS if value < 0 and any(c in "123456789" for c in text) else ""
    return sign + (text.translate(_SWAP) if lang == "vi" else text)


def powered(value: float, lang: Lang) -> str:
    """A number in powers of ten: 3.2×10⁻⁹."""
    mantissa, exponent = f"{value:.1e}".split("e")
    return written(float(mantissa), 1, lang) + "×10" + str(int(exponent)).translate(_POWERS)


def decimals_for(value: float, figures: int = 3) -> int:
    """Decimals that show ``figures`` significant figures, none for large numbers."""
    if not math.isfinite(value) or abs(value) < 0.5e-9:
        return 0
    return max(0, min(9, figures - 1 - math.floor(math.log10(abs(value)))))


@dataclass(frozen=True, slots=True)
class Number:
    """A number as a text; with about three significant figures unless the decimals are given."""

    value: float
    decimals: int | None = None
    figures: int = 3

    def of(self, lang: Lang, /) -> str:
        """The number as the language writes it."""
        count = decimals_for(self.value, self.figures) if self.decimals is None else self.decimals
        return written(self.value, count, lang)


def finite(value: float | None) -> float:
    """The value, or zero where it is none."""
    return value if value is not None and -1e300 < value < 1e300 else 0.0


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values from ``low`` to ``high``, both reached or passed."""
    low = low if math.isfinite(low) else 0.0
    least = max(1e-9 * max(abs(low), abs(high)), 1e-12) if math.isfinite(high) else math.inf
    if not high - low > least:
        high = low + max(1.0, 0.1 * abs(low))
    raw = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [k * step for k in range(first, last + 1)]


def tick_numbers(marks: Sequence[float]) -> list[Number]:
    """Ticks with as many decimals as their step needs."""
    step = marks[1] - marks[0] if len(marks) > 1 else 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1
    return [Number(value, decimals) for value in marks]
