"""The highest import of each connection in each milestone year, beside what the connection allows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from parkzero.results.results import Results

_CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest mean import of a step.

    Attributes:
        asset, owner: the connection, and who pays for it.
        year: milestone year.
        peak: [MW].
        limit: largest import [MW]; None where the study gives none.
        start: when it first occurs.
    """

    asset: str
    owner: str
    year: int
    peak: float
    limit: float | None
    start: Any


def peaks_of(results: Results) -> list[Peak]:
    """Peaks of all connections, connection by connection and year by year."""
    rows = [r for r in results.components.to_dicts() if _CONNECTION in (r["traits"] or "").split()]
    found = []
    frames = {year: results.frame("flows", year) for year in results.year_list} if rows else {}
    for row in rows:
        limit = json.loads(row["fields"] or "{}").get("import_limit")
        for year, frame in frames.items():
            name = f"{row['asset']}.import"
            if name in frame.columns and frame.height:
                at = frame[name].arg_max() or 0
                peak = float(frame[name][at])
                found.append(
                    Peak(row["asset"], row["owner"] or "", year, peak, _at(limit, year), frame["start"][at])
                )
    return found


def _at(limit: dict[str, Any] | None, year: int) -> float | None:
    """A limit in a year; between the years of a path, the value of the last one."""
    if not limit:
        return None
    if "value" in limit:
        return float(limit["value"])
    years = {int(y): float(v) for y, v in limit.get("years", {}).items()}
    before = [y for y in years if y <= year]
    return years[max(before)] if before else None
