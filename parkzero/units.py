"""Units: pint at the border, exponents inside.

Inside ParkZero power is in MW, time in h, money in the study's currency, mass in t, lengths in m,
temperatures in degC, angles in deg, lifetimes in years, voltages in kV and what is counted in pieces. A
``Unit`` is the tuple of exponents of these; adding two quantities of different units raises ``UnitError``.

Text such as ``"650 USD/kW"`` is read once, at the border, by ``parse``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from parkzero.errors import UnitError
from parkzero.texts import say
from parkzero.written_numbers import split_number, to_float

# A tenth of a second to import, which processes that read no text are spared.
if TYPE_CHECKING:
    import pint

FloatArray = npt.NDArray[np.float64]

_SYMBOLS = ("MW", "h", "money", "t", "m", "degC", "deg", "a", "Mvar", "piece", "kV")
_PINT = ("MW", "h", "", "tonne", "m", "delta_degC", "degree", "year", "Mvar", "piece", "kV")
_RAISED = {2: "²", 3: "³"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of the internal base units, in the order of ``_SYMBOLS``."""

    powers: tuple[int, ...] = (0,) * len(_SYMBOLS)

    def __mul__(self, other: Unit) -> Unit:
        return Unit(tuple(a + b for a, b in zip(self.powers, other.powers, strict=True)))

    def __truediv__(self, other: Unit) -> Unit:
        return Unit(tuple(a - b for a, b in zip(self.powers, other.powers, strict=True)))

    def __str__(self) -> str:
        if self.powers in _NAMED:
            return _NAMED[self.powers]
        if self.powers[:3] == (0, 1, 1) and min(self.powers) < 0:  # per rate: money/(t/h), not h money/t
            above, _, below = str(self / H).partition("/")
            return f"{above}/({below}/h)"
        over = [_factor(s, p) for s, p in zip(_SYMBOLS, self.powers, strict=True) if p > 0]
        under = [_factor(s, -p) for s, p in zip(_SYMBOLS, self.powers, strict=True) if p < 0]
        text = "".join(over).replace("MWh", "MWh") if over == ["MW", "h"] else " ".join(over)
        below = "".join(under) if under == ["MW", "h"] else "/".join(under)
        return (text or "1") + (f"/{below}" if below else "")

    @property
    def money(self) -> int:
        """Exponent of money."""
        return self.powers[2]

    def for_rate(self, rate: Unit) -> Unit:
        """This unit with another unit of rate wherever it says MW: money/MWh becomes money/t for t/h."""
        made = self
        for _ in range(abs(self.powers[0])):
            made = made * rate / MW if self.powers[0] > 0 else made / rate * MW
        return made


def _factor(symbol: str, power: int) -> str:
    return symbol if power == 1 else f"{symbol}{_RAISED.get(power, f'^{power}')}"


def _base(index: int) -> Unit:
    return Unit(tuple(int(i == index) for i in range(len(_SYMBOLS))))


ONE = Unit()
MW, H, MONEY, T, M, CELSIUS, DEGREE, YEAR, MVAR, PIECE, KV = (_base(i) for i in range(len(_SYMBOLS)))
MWH = MW * H
M2 = M * M
M3 = M2 * M
PRESSURE, BAR = MWH / M3, 1e5 / 3.6e9
"""Unit of a pressure, and what a bar is in it."""
OHM = KV * KV / MW
"""Voltage and power are base units, so that a resistance is made of both; apparent power is counted in MW."""
FARAD = MWH / KV / KV
"""Unit of a capacitance: 3,600 F."""

_NAMED = {OHM.powers: "ohm", (OHM / M).powers: "ohm/m"}


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A number or an array with its unit.

    Attributes:
        value: float, or array of any shape.
        unit: internal unit.
    """

    value: float | FloatArray
    unit: Unit = ONE

    def __mul__(self, other: Quantity | float) -> Quantity:
        if isinstance(other, Quantity):
            return Quantity(self.value * other.value, self.unit * other.unit)
        if isinstance(other, (int, float)):
            return Quantity(self.value * other, self.unit)
        return NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: Quantity | float) -> Quantity:
        if isinstance(other, Quantity):
            return Quantity(self.value / other.value, self.unit / other.unit)
        return Quantity(self.value / other, self.unit)

    def __rtruediv__(self, other: float) -> Quantity:
        return Quantity(other / self.value, ONE / self.unit)

    def __add__(self, other: Quantity | float) -> Quantity:
        right = as_quantity(other)
        require_same(self.unit, right.unit, "add")
        return Quantity(self.value + right.value, self.unit)

    __radd__ = __add__

    def __neg__(self) -> Quantity:
        return Quantity(-self.value, self.unit)

    def __sub__(self, other: Quantity | float) -> Quantity:
        return self + (-as_quantity(other))

    def __rsub__(self, other: Quantity | float) -> Quantity:
        return as_quantity(other) + (-self)

    def sqrt(self) -> Quantity:
        """Square root of a dimensionless quantity."""
        require_same(self.unit, ONE, "take the root of")
        return Quantity(np.sqrt(self.value) if isinstance(self.value, np.ndarray) else math.sqrt(self.value))

    def __str__(self) -> str:
        shown = f"{self.value:g}" if isinstance(self.value, (int, float)) else "series"
        return shown if self.unit == ONE else f"{shown} {self.unit}"


def as_quantity(value: Quantity | float) -> Quantity:
    """Return ``value`` itself, or a plain number as a dimensionless quantity."""
    return value if isinstance(value, Quantity) else Quantity(float(value))


def require_same(left: Unit, right: Unit, verb: str) -> None:
    """Raise ``UnitError`` unless both units are equal."""
    if left != right:
        raise UnitError(f"cannot {verb} {left} and {right}: their units differ")


_SMALL_POWERS = ("w", "kw", "kwp", "kwth", "kwe")
CURRENCIES = ("VND", "USD", "EUR")
# Only what units are written with: names, 1, products, quotients, brackets, and powers of one digit that
# stand alone. Pint computes its input's arithmetic, and a tower of powers would keep it at that for ever.
_NO_POWER = r"(?!\s*(?:\*\*|\^|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]))"
_WRITTEN = re.compile(
    r"(?:\s|[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹](?:[^\W\d⁰¹²³⁴⁵⁶⁷⁸⁹]|[0-9](?!\d))*+"
    rf"|(?:\*\*|\^)\s*-?[0-9](?![\d.]){_NO_POWER}|[²³]{_NO_POWER}|\){_NO_POWER}|1(?![\w.])|[%°*/(])*+"
)
_LONGEST_UNIT = 60
_POWER = re.compile(r"\b([cdk]?m)([23])\b")  # m3, written as people write it


#: What studies are written in, so that pint, which takes half a second, is loaded for other units only.
_PLAIN: dict[str, tuple[float, Unit, str]] = {
    **{f"k{w}": (1e-3, MW, "") for w in ("W", "Wp", "Wth", "We")},
    **{f"M{w}": (1.0, MW, "") for w in ("W", "Wp", "Wth", "We")},
    "W": (1e-6, MW, ""), "GW": (1e3, MW, ""), "Wh": (1e-6, MWH, ""), "kWh": (1e-3, MWH, ""),
    "MWh": (1.0, MWH, ""), "GWh": (1e3, MWH, ""), "GJ": (1 / 3.6, MWH, ""), "TJ": (1e3 / 3.6, MWH, ""),
    "MMBtu": (1 / 3.412141156488376, MWH, ""),
    **{c: (1.0, MONEY, c) for c in CURRENCIES},
    **{f"k{c}": (1e3, MONEY, c) for c in ("VND", "USD")},
    **{f"M{c}": (1e6, MONEY, c) for c in ("VND", "USD")},
    **{t: (1.0, T, "") for t in ("t", "tCO2", "tCO2e")},
    **{t: (1e-3, T, "") for t in ("kg", "kgCO2", "kgCO2e")},
    "h": (1.0, H, ""), "hour": (1.0, H, ""), "year": (1.0, YEAR, ""), "years": (1.0, YEAR, ""),
    "m": (1.0, M, ""), "deg": (1.0, DEGREE, ""), "degC": (1.0, CELSIUS, ""), "%": (0.01, ONE, ""),
    "1": (1.0, ONE, ""),
}  # fmt: skip


def _plainly(text: str, unit: Unit) -> tuple[float, float, str] | None:
    """The conversion of a plain unit, or of one plain unit per another; None where pint has to be asked."""
    above, _, below = text.partition("/")
    over, under = _PLAIN.get(above), _PLAIN.get(below) if below else (1.0, ONE, "")
    if over is None or under is None or under[2] or over[1] / under[1] != unit:
        return None
    if below and CELSIUS in (over[1], under[1]):
        return None
    return over[0] / under[0], 0.0, over[2]


@lru_cache(maxsize=1)
def registry() -> pint.UnitRegistry[Any]:
    """The pint registry used at the border, with currencies and the field's aliases."""
    import pint

    ureg: pint.UnitRegistry[Any] = pint.UnitRegistry(cache_folder=None)
    for currency in CURRENCIES:
        ureg.define(f"{currency} = [{currency.lower()}]")
    ureg.define("kVND = 1000 * VND")
    ureg.define("MVND = 1e6 * VND")
    ureg.define("kUSD = 1000 * USD")
    ureg.define("MUSD = 1e6 * USD")
    for alias in ("tCO2", "tCO2e"):
        ureg.define(f"{alias} = tonne")
    for alias in ("kgCO2", "kgCO2e"):
        ureg.define(f"{alias} = kilogram")
    for prefix in ("k", "M", "G"):
        ureg.define(f"{prefix}Wp = {prefix}W")
        ureg.define(f"{prefix}Wth = {prefix}W")
        ureg.define(f"{prefix}We = {prefix}W")
    ureg.define("var = [reactive_power]")
    ureg.define("piece = [piece] = pieces = pcs")
    ureg.define("MMBtu = 1e6 * british_thermal_unit")
    return ureg


@lru_cache(maxsize=4096)
def _convert(text: str, unit: Unit) -> tuple[float, float, str]:
    """Return factor and offset from the unit written in ``text`` to ``unit``, and the currency met."""
    import pint

    if len(text) > _LONGEST_UNIT or not _WRITTEN.fullmatch(text):
        raise ValueError(text)
    ureg = registry()
    if unit == CELSIUS:
        one, two = ureg.Quantity(0.0, text).to("degC"), ureg.Quantity(1.0, text).to("degC")
        return float(two.magnitude - one.magnitude), float(one.magnitude), ""
    text = _POWER.sub(r"\1**\2", text)
    written = ureg.parse_units(text.replace("%", "percent").replace("²", "**2").replace("³", "**3"))
    currency = ""
    target = "*".join(f"{n}**{p}" for n, p in zip(_PINT, unit.powers, strict=True) if p and n)
    if unit.money:
        met = [c for c in CURRENCIES if f"[{c.lower()}]" in written.dimensionality]
        if len(met) != 1:
            raise pint.DimensionalityError(written, "money")
        currency = met[0]
        target = f"{currency}**{unit.money}" + (f"*{target}" if target else "")
    if unit.powers[6] == 0 and re.search(r"\b(deg|degree|rad|radian)s?\b", text):
        raise pint.DimensionalityError(written, target)
    factor = float(ureg.Quantity(1.0, written).to(target or "dimensionless").magnitude)
    return factor, 0.0, currency


def parse(text: str, unit: Unit, rates: Mapping[str, float] | None = None, currency: str = "VND") -> Quantity:
    """Read a number with its unit, such as ``"10 MW"`` or ``"1 833 VND/kWh"``.

    Args:
        text: number and unit; underscores or spaces may group digits ("1_833", "1 833").
        unit: the unit that is needed.
        rates: value of one unit of each currency in the study's currency [money]; needed where
            ``unit`` holds money.
        currency: of the study, in which messages name units of money.

    Returns:
        The quantity in ``unit``.

    Raises:
        ValueError: with a sentence that says what is wrong and what would be right.
    """
    found = split_number(text)
    if found is None:
        raise ValueError(
            say("is not a number with a unit; write it as {example}", example=example(unit, currency))
        )
    shown, written = found
    number = to_float(shown, written, _is_counted(unit, written))
    if not written and unit != ONE:
        raise ValueError(
            say("has no unit; write it out, e.g. {number} {unit}", number=shown, unit=spell(unit, currency))
        )
    factor, offset, met = convert(written, unit, currency)
    if met:
        known = rates or {}
        if met not in known:
            raise ValueError(say("is in {currency}, for which [money] gives no rate", currency=met))
        factor *= known[met] ** unit.money
    return Quantity(number * factor + offset, unit)


def _is_counted(unit: Unit, written: str) -> bool:
    """Whether a thousandfold would pass unseen: money, energy, mass, and powers in kW."""
    energy = unit.powers[0] > 0 and unit.powers[1] > 0
    return unit.money != 0 or energy or unit.powers[3] > 0 or written.lower() in _SMALL_POWERS


def convert(written: str, unit: Unit, currency: str = "VND") -> tuple[float, float, str]:
    """Return (factor, offset, currency) that turn numbers in the unit ``written`` into ``unit``.

    Raises:
        ValueError: when the text is no unit, or one of another dimension.
    """
    if not written:
        return 1.0, 0.0, ""
    plain = _plainly(written, unit)
    if plain is not None:
        return plain
    import pint

    try:
        return _convert(written, unit)
    except pint.DimensionalityError:
        raise ValueError(
            say(
                "is in {written}, which cannot be turned into {unit}",
                written=written,
                unit=spell(unit, currency),
            )
        ) from None
    except Exception:  # pint raises a dozen kinds (tokenizer, attribute, syntax) for text that is no unit
        raise ValueError(
            say(
                "has a unit that is not known: {written!r}; use e.g. {unit}",
                written=written[:40],
                unit=spell(unit, currency),
            )
        ) from None


def spell(unit: Unit, currency: str = "VND") -> str:
    """The unit as a user would write it, money in the study's currency."""
    if unit == ONE:
        return "%"
    return str(unit).replace("money", currency)


def example(unit: Unit, currency: str = "VND") -> str:
    """A quantity in this unit as a user would write it."""
    return f"'90 {spell(unit)}'" if unit == ONE else f"'10 {spell(unit, currency)}'"
