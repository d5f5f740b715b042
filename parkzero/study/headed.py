"""Whether a column's heading says another unit than the study does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from parkzero.series.columns import unit_in_header
from parkzero.units import Unit, parse

_CURRENCY = {
    "vnd": "VND", "đồng": "VND", "đ": "VND", "dong": "VND", "eur": "EUR", "€": "EUR", "usd": "USD",
    "us$": "USD", "$": "USD",
}  # fmt: skip
_WORTH = re.compile(
    r"(?i)(?P<many>nghìn|ngàn|triệu|thousand|million|[km](?=vnd|eur|usd))?\s*"
    r"(?<![a-zà-ỹ])(?P<money>vnd|đồng|đ|dong|eur|€|usd|us\$|\$)"
    r"\s*/\s*(?P<per>[kmg]?wh|[kmgt]j|mmbtu|kg|t|tco2)(?![a-z])"
)
_SPELT = {
    "kwh": "kWh",
    "mwh": "MWh",
    "gwh": "GWh",
    "wh": "Wh",
    "mj": "MJ",
    "gj": "GJ",
    "tj": "TJ",
    "tco2": "t",
}
_THOUSAND = ("nghìn", "ngàn", "thousand", "k")


def headed_otherwise(column: str, asked: str, unit: Unit, rates: Mapping[str, float] | None) -> str:
    """The unit in a heading where it is worth something else than the one asked for; else an empty text.

    Args:
        column: heading.
        asked: unit that the study names.
        unit: unit of the field.
        rates: worth of one of each currency in the study's.
    """
    found = _WORTH.search(column)
    if found is None:
        # A column of power or energy holds no price.
        return unit_in_header(column) if unit.money else ""
    money = _CURRENCY[found["money"].lower()]
    per = _SPELT.get(found["per"].lower(), found["per"])
    many = (found["many"] or "").lower()
    times = 1 if not many else 1_000 if many in _THOUSAND else 1_000_000
    try:
        own = float(parse(f"{times} {money}/{per}", unit, rates).value)
        other = float(parse(f"1 {asked}", unit, rates).value)
    except ValueError:
        return ""
    written = found[0].strip()
    return written if abs(own - other) > 1e-6 * max(abs(own), abs(other)) else ""
