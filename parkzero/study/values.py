"""Numbers, dates, words and quantities: every single value is read here, and checked once."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parkzero.books import BookError, Entry, find, trace
from parkzero.errors import did_you_mean
from parkzero.language.fields import Field
from parkzero.series.stamp_forms import read_date
from parkzero.study.desk import Desk
from parkzero.study.document import Path
from parkzero.study.plausible import LARGEST_SHARES, impossible, name_of
from parkzero.texts import NOTHING, Text, of_error, say
from parkzero.units import CURRENCIES, ONE, YEAR, Unit, parse, spell

_YEARS = (1900, 2200)
_LONGEST = 200
_BARE = re.compile(r"^\s*([+-]?\d[\d_.]{0,20})\s*$")
_NAME = re.compile(r"^\w[\w \-]{0,59}$")
_PER_YEAR = re.compile(r"\s*/\s*(year|yr|a)\s*$")
YEARLY_SHARES = frozenset({"fixed_om", "growth", "discount_rate", "inflation", "escalation"})
_STEP = re.compile(r"^\s*(\d{1,2})\s*(min|minutes?)\s*$")


@dataclass(frozen=True, slots=True)
class Money:
    """How money is read.

    Attributes:
        currency: the study's currency.
        rates: value of one unit of each currency in it.
        base_year: year in whose money prices are.
        inflation: per year.
        nominal: whether paths over the years are in money of each year unless they say otherwise.
        discount: real discount rate per year.
        on: the day whose law and prices count, where the study names one (``rate_date``).
    """

    currency: str = "VND"
    rates: Mapping[str, float] | None = None
    base_year: int = 2025
    inflation: float = 0.0
    nominal: bool = False
    discount: float = 0.08
    on: dt.date | None = None

    @property
    def day(self) -> dt.date:
        """The day whose rows of the books count: the one named, or the last of the base year."""
        return self.on or dt.date(self.base_year, 12, 31)


def number(value: object) -> float | None:
    """A finite number that was written as one; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        read = float(value)
    except OverflowError:
        return None
    return read if math.isfinite(read) and abs(read) <= 1e15 else None


def quantity(desk: Desk, path: Path, value: object, unit: Unit, money: Money) -> float | None:
    """A number with its unit, in ``unit``; None after a fault was noted."""
    if isinstance(value, str) and len(value) > _LONGEST:
        desk.fault(
            path,
            say("is too long for a number with a unit"),
            value,
            say("at most {longest} characters", longest=_LONGEST),
        )
        return None
    bare = _BARE.match(value) if isinstance(value, str) else None
    if bare and unit != ONE:
        desk.fault(
            path,
            say("has no unit"),
            repr(value),
            hint=say("write it out, e.g. '{number} {unit}'", number=bare[1], unit=spelled(unit, money)),
        )
        return None
    if isinstance(value, str):
        try:
            yearly = unit == ONE or path[-1] == "fixed_om"
            return float(
                parse(per_year(path, value) if yearly else value, unit, money.rates, money.currency).value
            )
        except ValueError as error:
            desk.fault(path, of_error(error), repr(value[:80]))
            return None
    read = number(value)
    if read is None:
        desk.fault(path, *_not_a_number(value), needs=say("a number in {unit}", unit=spelled(unit, money)))
    elif unit != ONE:
        desk.fault(
            path,
            say("has no unit"),
            value,
            hint=say("write it out, e.g. '{number:g} {unit}'", number=read, unit=spelled(unit, money)),
        )
        return None
    return read


def spelled(unit: Unit, money: Money | None = None) -> str:
    """A unit as a user of this study would write it."""
    text = spell(unit) if unit != YEAR else "years"
    return text.replace("VND", money.currency) if money else text


def per_year(path: Path, written: str) -> str:
    """A yearly share without "/year", which growth and upkeep mean anyway."""
    return _PER_YEAR.sub("", written) if YEARLY_SHARES.intersection(path) else written


def _not_a_number(value: object) -> tuple[Text, object]:
    if isinstance(value, float) and math.isnan(value):
        return say("is not a number (nan)"), ""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return say("is too large to be real"), "" if isinstance(value, int) else value
    return say("is not a number with a unit"), value


def in_range(desk: Desk, path: Path, read: float, spec: Field, written: object) -> bool:
    """Whether a value keeps within its field's limits; notes a fault when it does not."""
    name = name_of(path)
    percent = _as_percent(name, read, spec, written)
    if not math.isfinite(read):
        desk.fault(path, say("is not a finite number"), written)
    elif percent:
        desk.fault(
            path, percent[0], written, say("at most {bound}", bound=bound(percent[1], ONE)), percent[2]
        )
    elif read <= spec.above:
        least = bound(spec.above, spec.unit)
        what = say("must be more than {bound}", bound=least)
        if read < 0 == spec.above:
            what = say("is negative: it must be more than {bound}", bound=least)
        desk.fault(path, what, written)
    elif read < spec.least:
        what = (
            say("is negative")
            if spec.least == 0
            else say("must be at least {bound}", bound=bound(spec.least, spec.unit))
        )
        desk.fault(
            path,
            what,
            written,
            say("at least {bound}", bound=bound(spec.least, spec.unit)) if spec.least == 0 else NOTHING,
        )
    elif read > spec.most:
        desk.fault(path, say("must be at most {bound}", bound=bound(spec.most, spec.unit)), written)
    elif never := impossible(name, read, spec.unit, desk.usd):
        desk.fault(path, *never)
    else:
        return True
    return False


def _as_percent(name: str, read: float, spec: Field, written: object) -> tuple[Text, float, Text] | None:
    """What a share above its limit means that was written without %, its limit, and how to write it."""
    if spec.unit != ONE or spec.kind not in ("quantity", "by_year"):
        return None
    bare = number(written)
    if isinstance(written, str) and (found := _BARE.match(written)):
        bare = float(found[1].replace("_", ""))
    most = min(spec.most, LARGEST_SHARES.get(name, spec.most))
    if bare is None or not read > most >= bare / 100 or not (bare > 1 or name in LARGEST_SHARES):
        return None
    what = say("is {bare:g} times, which means {percent:,.0f} %", bare=bare, percent=bare * 100)
    return what, most, say("write '{bare} %' if that is meant", bare=f"{bare:g}")


def bound(value: float, unit: Unit) -> str:
    """A limit as a user would write it: shares in percent."""
    if unit == ONE:
        return f"{value * 100:g} %" if abs(value) <= 2 else f"{value:g}"
    if unit.money and value == 0:
        return "0"  # in whatever currency the study has
    return f"{value:g} {spelled(unit)}"


def year_number(value: object) -> int | None:
    """A calendar year written as a number or as the key of a table."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}", value):
        value = int(value)
    whole = number(value)
    if whole is None or whole != int(whole) or not _YEARS[0] <= whole <= _YEARS[1]:
        return None
    return int(whole)


def integer(desk: Desk, path: Path, value: object, spec: Field) -> int | None:
    """A whole number within the field's limits."""
    read = number(value)
    if read is None or read != int(read):
        desk.fault(
            path,
            say("is not a whole number"),
            value,
            say("{least:g} to {most:g}", least=spec.least, most=spec.most),
        )
        return None
    return int(read) if in_range(desk, path, read, spec, value) else None


def flag(desk: Desk, path: Path, value: object) -> bool | None:
    """True or false."""
    if isinstance(value, bool):
        return value
    desk.fault(path, say("is neither true nor false"), value, say("true or false, without quotation marks"))
    return None


def word(desk: Desk, path: Path, value: object, choices: tuple[str, ...]) -> str | None:
    """One of some words."""
    whole = number(value) if isinstance(value, int) else None
    text = str(value) if whole is not None else value
    if isinstance(text, str) and text in choices:
        return text
    hint = did_you_mean(value, choices) if isinstance(value, str) else NOTHING
    desk.fault(
        path, say("is not one of the choices"), value, say("one of {names}", names=", ".join(choices)), hint
    )
    return None


def text(desk: Desk, path: Path, value: object, most: int = 2000) -> str | None:
    """Free text without control characters."""
    if isinstance(value, int | float) and not isinstance(value, bool) and number(value) is not None:
        return str(value)
    if not isinstance(value, str):
        desk.fault(path, say("is not text"), value, say("text in quotation marks"))
        return None
    if len(value) > most or any(ord(c) < 32 and c not in "\n\t" for c in value):
        desk.fault(
            path,
            say("is not plain text"),
            value,
            say("at most {most} characters, none of them control characters", most=most),
        )
        return None
    return value


def date(desk: Desk, path: Path, value: object) -> dt.date | None:
    """A calendar date, written as 2026-06-30."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    days = read_date(value, "dmy") if isinstance(value, str) and len(value) < 40 else None
    right = str(np.datetime64(days, "D")) if days is not None else ""
    hint = say("write {right} if that is meant", right=right) if right else NOTHING
    desk.fault(path, say("is not a date"), value, say("a date such as 2026-06-30"), hint)
    return None


def step_minutes(desk: Desk, path: Path, value: object) -> int | None:
    """A step of 15, 30 or 60 minutes, written "30 min" or "1 h"."""
    found = _STEP.match(value) if isinstance(value, str) else None
    minutes = int(found.group(1)) if found else 60 if value in ("1 h", "1h", "1 hour", "hour") else 0
    if minutes not in (15, 30, 60):
        desk.fault(
            path, say("is not a step that ParkZero knows"), value, say("'15 min', '30 min' or '60 min'")
        )
        return None
    return minutes


def plain_name(desk: Desk, path: Path, name: str, dots: bool = False) -> bool:
    """Whether a name may name something; it appears in tables and files."""
    if _NAME.match(name.replace(".", "_") if dots else name) and name == name.strip():
        return True
    what = say("has a name that cannot be used")
    needs = say("letters, digits, _ and -, at most 60")
    if not dots:
        needs = say("letters, digits, _ and -, at most 60; no dots")
    desk.fault(path, what, name[:60], needs)
    return False


def names_currency(written: str) -> bool:
    """Whether a text names a currency."""
    return any(currency in written for currency in CURRENCIES)


def booked_in_money(key: object, years: tuple[int, ...]) -> bool:
    """Whether a key of the books holds money; False where there is no such key."""
    try:
        return isinstance(key, str) and names_currency(trace(key, years[:1], hold=True)[1][0].plain_unit)
    except BookError:
        return False


def _read_book(
    key: str, years: tuple[int, ...], hold: bool, on: dt.date | None
) -> tuple[list[float], tuple[Entry, ...]]:
    if on is None:
        drawn, entries = trace(key, years, hold=hold)
        return [float(value) for value in drawn], entries
    entry = find(key, on)
    return [entry.value] * len(years), (entry,)


def booked(
    desk: Desk,
    path: Path,
    key: object,
    years: tuple[int, ...],
    unit: Unit,
    money: Money,
    hold: bool,
    on: dt.date | None = None,
) -> tuple[tuple[float, ...], tuple[Entry, ...]] | None:
    """Values of a key of the books in each year, in ``unit``, with the entries behind them.

    With ``on``, the value of that day holds in all years.
    """
    if not isinstance(key, str):
        desk.fault(
            path, say("is not a key of the books"), key, say("text such as 'grid_ef.path.plan_5y_late'")
        )
        return None
    try:
        values, entries = _read_book(key, years, hold, on)
        written = f"1 {entries[0].pint_unit}".strip()
        yearly = unit == ONE or path[-1] == "fixed_om"
        one = parse(per_year(path, written) if yearly else written, unit, money.rates, money.currency)
    except BookError as error:
        desk.fault(path, say("is not in the books as asked"), key, hint=of_error(error))
    except ValueError as error:
        desk.fault(path, of_error(error), key)
    else:
        of = sorted({e.price_year for e in entries if e.price_year not in (None, money.base_year)}, key=str)
        if of and unit.money:
            said = ", ".join(map(str, of))
            desk.warn(
                say(
                    "{path}: money of {said} in the books is taken as money of {base_year}",
                    path=".".join(path),
                    said=said,
                    base_year=money.base_year,
                )
            )
        return tuple(v * float(one.value) for v in values), entries
    return None
