"""Draws the manual's map of a network: ``.venv/bin/python -m tools.make_network_pictures``.

The example is planned as ``parkzero network`` plans it; a run that exists may be named instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

from parkzero.network.check import Checked, check
from parkzero.network.pictures import loading_map
from parkzero.network.tighten import limits_of, planned_to_hold
from parkzero.planning.api import GAP
from parkzero.results import load
from parkzero.results.planned import plan
from parkzero.study import read

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "networks" / "medium_voltage"
PICTURES = ROOT / "docs" / "images" / "networks"


def checked(run: str) -> Checked:
    """The example's network, of a run or planned anew."""
    if run:
        return check(load(run), limits_of(read(EXAMPLE)))[0]

    rounds = planned_to_hold(read(EXAMPLE), lambda study: plan(study, gap=GAP, reference=False))
    return rounds[-1].checked[0]


def main(run: str = "") -> None:
    """Draw the map in both languages."""
    found = checked(run)
    PICTURES.mkdir(parents=True, exist_ok=True)
    chart = loading_map(found, found.years[-1].year, "examples/networks/medium_voltage")
    for lang in ("vi", "en"):
        (PICTURES / f"loading_{lang}.svg").write_text(chart.svg(lang), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
