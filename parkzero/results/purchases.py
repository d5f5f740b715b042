"""What to buy: the plan's sizes in whole modules, and sizes too small to buy.

Rules:
    modules     the smallest whole number of modules that holds the size; a thousandth of one more is rounding
    too small   less than half a module: it is said so, and nothing is bought
    unbound     the plan itself is not altered; where a size names neither module nor unit, nothing is said
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from parkzero.results.results import Results

LEAST = 1e-3
"""Sizes up to a kilowatt are what a solver leaves of nothing."""
SMALL = 0.5
_ROUNDING = 1e-3


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a milestone year buys of a size.

    Attributes:
        asset, owner, kind, size: whose size it is.
        unit: of the amounts.
        year: milestone year.
        built: what the plan builds.
        module: size of one module.
        count: modules to buy; 0 where it is too small.
    """

    asset: str
    owner: str
    kind: str
    size: str
    unit: str
    year: int
    built: float
    module: float
    count: int

    @property
    def bought(self) -> float:
        """What that is together."""
        return self.count * self.module


def purchases_of(results: Results) -> list[Purchase]:
    """What to buy of all sizes that say in which modules they are sold, asset by asset and year by year."""
    modules = _modules(results)
    found = []
    for row in results.sizes.iter_rows(named=True):
        module = modules.get((row["asset"], row["size"]))
        if module is None or row["built"] <= LEAST:
            continue
        ratio = row["built"] / module
        count = 0 if ratio < SMALL else max(1, math.ceil(ratio - _ROUNDING))
        found.append(
            Purchase(row["asset"], row["owner"] or "", row["kind"], row["size"], row["unit"], row["year"],
                     row["built"], module, count)
        )  # fmt: skip
    return found


def _modules(results: Results) -> dict[tuple[str, str], float]:
    """Size of a module, or of a unit where only whole ones are built, by asset and size."""
    found = {}
    for asset, fields in results.components.select("asset", "fields").iter_rows():
        for name, value in json.loads(fields or "{}").items():
            if isinstance(value, dict):
                told = value.get("module") or value.get("unit")
                if isinstance(told, dict) and told.get("value", 0) > 0:
                    found[str(asset), str(name)] = float(told["value"])
    return found
