"""What people are told wherever they read: labels of assets and sizes, and that a year is a part."""

from __future__ import annotations

import json
from collections import Counter

from parkzero.results.results import Results
from parkzero.texts import Both, both, say

_SHORTEST = 365


def labels_of(results: Results) -> dict[str, Both]:
    """The label of each asset that has one, in both languages."""
    found = {}
    for asset, fields in results.components.select("asset", "fields").iter_rows():
        told = json.loads(fields) if fields else {}
        vi, en = str(told.get("label") or ""), str(told.get("label_en") or "")
        if vi or en:
            found[str(asset)] = Both(vi or en, en or vi)
    return found


def sized(labels: dict[str, Both], results: Results) -> dict[str, Both]:
    """The name of each size, ``asset.size``: the asset's label, with the size if its unit does not tell."""
    sizes = results.sizes.select("asset", "size", "unit").unique(maintain_order=True)
    counts = Counter(sizes.select("asset", "unit").iter_rows())
    found = {}
    for asset, size, unit in sizes.iter_rows():
        name = labels.get(asset)
        if name is not None:
            found[f"{asset}.{size}"] = name if counts[asset, unit] == 1 else name + f" ({size})"
    return found


def called(labels: dict[str, Both], asset: str) -> Both:
    """An asset's label; its id where it has none."""
    return labels.get(asset) or both(asset)


def counted_in(unit: str) -> Both:
    """A unit as people write it; those of measures read alike in both languages."""
    return say("pieces").both() if unit == "piece" else both(unit)


def part_days(results: Results) -> int:
    """Days that a plan rests on where these are a part of the year; 0 where they are all of it."""
    calendar = (results.study or {}).get("calendar")
    days = calendar.get("days") if isinstance(calendar, dict) else None
    return days if isinstance(days, int) and 0 < days < _SHORTEST else 0
