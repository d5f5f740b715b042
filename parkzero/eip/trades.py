"""What is usual in a trade: temperatures of its sources and sinks, to fill a questionnaire with.

All are typical values from memory (M) of handbooks on process heat; a tenant's own figures win, and what was
filled is marked as such.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade.

    Attributes:
        key: such as ``textile_dyeing``.
        vi, en: its name.
        usual: supply and target temperature [degC] by (side, medium).
        sources: what the values rest on, by (side, medium).
    """

    key: str
    vi: str
    en: str
    usual: Mapping[tuple[str, str], tuple[float, float]]
    sources: Mapping[tuple[str, str], str]


@lru_cache(maxsize=1)
def trades() -> dict[str, Trade]:
    """All trades by key."""
    text = resources.files("parkzero.eip").joinpath("data", "trades.csv").read_text(encoding="utf-8")
    names: dict[str, tuple[str, str]] = {}
    usual: dict[str, dict[tuple[str, str], tuple[float, float]]] = {}
    what: dict[str, dict[tuple[str, str], str]] = {}
    for row in csv.DictReader(text.splitlines()):
        key, of = row["trade"], (row["side"], row["medium"])
        names[key] = row["vi"], row["en"]
        usual.setdefault(key, {})[of] = float(row["supply"]), float(row["target"])
        what.setdefault(key, {})[of] = row["what"]
    return {key: Trade(key, *names[key], usual[key], what[key]) for key in names}
