"""Draws the manual's pictures of fleets: ``.venv/bin/python -m tools.make_fleet_pictures [RUN]``.

They are the report's own, of ``examples/school_buses`` planned whole; a run that exists may be named.
"""

from __future__ import annotations

import sys
from pathlib import Path

from parkzero.report.facts import facts_of
from parkzero.report.sections.fleets import charts
from parkzero.results import load
from parkzero.results.planned import plan
from parkzero.results.results import Results
from parkzero.study import read

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "school_buses"
PICTURES = ROOT / "docs" / "images" / "fleets"
SHOWN = ("replacement", "day", "tariff", "nox")


def results(run: str) -> Results:
    """A run that exists, or the example planned anew."""
    return load(run) if run else plan(read(EXAMPLE)).results


def main(run: str = "") -> None:
    """Draw them in both languages."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, chart in charts(facts_of(results(run))):
        kind = name.removeprefix("fleets-")
        if kind in SHOWN:
            for lang in ("vi", "en"):
                (PICTURES / f"{kind}_{lang}.svg").write_text(chart.svg(lang), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
