"""What no study means: prices, sizes and shares beyond any that were ever paid, built or reached.

Limits here forbid; ranges of what is usual stand in the books, and only warn (``understood``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from parkzero.books import Entry, entries
from parkzero.texts import NOTHING, Text, say
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, M, T, Unit

#: What a fault says: what, got, needs, hint.
Doubt = tuple[Text, str, Text, Text]
FX = "fx.vnd_per_usd"
_EUR_IN_USD = 1.1  # only orders of magnitude are judged with it
#: Most of a price [USD], by its unit; a hundred times the dearest that is paid.
_PRICES: dict[Unit, float] = {MONEY / MWH: 1e5, MONEY / T: 1e5, MONEY / MW: 1e8, MONEY / M: 0.1}
#: Most for a MWh or a tonne of storage [USD]; tanks for hydrogen cost some millions for a tonne.
_STORED: dict[Unit, float] = {MONEY / MWH: 1e7, MONEY / T: 1e8}
#: Most of a size, by its unit: a country's.
_SIZES: dict[Unit, float] = {MW: 1e5, MWH: 1e9, T: 1e9}
#: Most of a share by the name of its field. A number without % above it was meant in per cent.
LARGEST_SHARES = {
    "fixed_om": 0.5, "discount_rate": 0.5, "inflation": 0.5, "growth": 0.5, "escalation": 0.5,
}  # fmt: skip
_LEAST_LIFETIME = 0.5  # [years]
#: Most that a load may carry [MW] unless its limit says more: no factory of Viet Nam draws as much.
MOST_LOAD = 1000.0
MOST_MEAN = 500.0  # the same on average over a month


def impossible(name: str, read: float, unit: Unit, usd: float) -> Doubt | None:
    """Why a value cannot be meant, as what, got, needs and hint; None where it can.

    Args:
        name: of the field.
        read: value in ``unit``.
        unit: unit of the field.
        usd: worth of one USD in the study's currency; 0 where it is not known.
    """
    if unit in _PRICES and usd:
        most = _STORED.get(unit, _PRICES[unit]) if "capex" in name else _PRICES[unit]
        if abs(read) > most * usd:
            per = str(unit).removeprefix("money")
            got, needs = f"{read / usd:,.6g} USD{per}", say("up to {most}", most=f"{most:g} USD{per}")
            return say("is more than any price that is paid"), got, needs, NOTHING
    if unit in _SIZES and abs(read) > _SIZES[unit]:
        needs = say("up to {most}", most=f"{_SIZES[unit]:g} {unit}")
        return say("is larger than any park"), f"{read:,.6g} {unit}", needs, NOTHING
    if unit == ONE and name in LARGEST_SHARES and abs(read) > LARGEST_SHARES[name]:
        needs = say("up to {most}", most=f"{LARGEST_SHARES[name] * 100:g} %")
        return say("is more than any such share"), f"{read * 100:g} %", needs, NOTHING
    if unit == YEAR and name == "lifetime" and read < _LEAST_LIFETIME:
        needs = say("at least {count:g} years", count=_LEAST_LIFETIME)
        return say("is shorter than anything lasts"), f"{read:g}", needs, NOTHING
    return None


def round_up(amount: float) -> float:
    """An amount in two digits, rounded up."""
    digit: float = 10.0 ** (math.floor(math.log10(amount)) - 1) if amount > 0 else 1.0
    return math.ceil(amount / digit) * digit


def name_of(path: tuple[str, ...]) -> str:
    """The field that a path leads to: its last name that is no year, start or value."""
    return next((p for p in reversed(path) if not p.isdigit() and p not in ("start", "value")), "")


def _fx() -> Entry:
    """The newest rate of the books."""
    return entries(FX)[-1]


def usual_rate(currency: str) -> float:
    """Units of VND for one of a currency, from the books."""
    vnd = float(_fx().value)
    return {"VND": 1.0, "USD": vnd, "EUR": vnd * _EUR_IN_USD}[currency]


def usd_worth(currency: str, rates: Mapping[str, float]) -> float:
    """Worth of one USD in the study's currency: its own rate, or that of the books."""
    return rates.get("USD") or usual_rate("USD") / usual_rate(currency)


def doubtful_rates(currency: str, rates: Mapping[str, float]) -> list[tuple[str, Doubt]]:
    """Rates that are less than a third or more than three times those of the books."""
    found = []
    for other, worth in rates.items():
        usual = usual_rate(other) / usual_rate(currency)
        if other != currency and not usual / 3 <= worth <= 3 * usual:
            source = _fx()
            what = say(
                "makes one {other} worth {worth:,.6g} {currency}", other=other, worth=worth, currency=currency
            )
            books = f"{source.value:,.6g} {source.plain_unit}, {source.document}, {source.validity}"
            needs = say(
                "about {usual:,.6g} {currency} (books: {books})", usual=usual, currency=currency, books=books
            )
            hint = say("turn the rate round, or write it without marks between thousands")
            found.append((other, (what, "", needs, hint)))
    return found
