"""Draws the levers of the manual: ``.venv/bin/python -m tools.make_lever_gallery``.

Each folder of ``examples/levers`` is a small study of one lever. It is planned whole, and what its main bus
gets and gives in each hour becomes a picture in ``docs/images/levers``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from parkzero.charts import About, Band, Chart, week
from parkzero.components import kinds
from parkzero.planning.monolith import monolith
from parkzero.planning.plan import Plan
from parkzero.study import Study, read
from parkzero.texts import Both

ROOT = Path(__file__).resolve().parent.parent
STUDIES = ROOT / "examples" / "levers"
PICTURES = ROOT / "docs" / "images" / "levers"
BUSES = {
    "steam_headers": "lp", "waste_heat": "heat", "cold": "cold", "compressed_air": "heat",
    "two_fuels": "heat", "carbon": "heat",
}  # fmt: skip
"""The bus that each picture shows; of the others it is the electricity."""
SMALL = 1e-4  # [MW]


def levers() -> list[str]:
    """The names of all levers."""
    return sorted(path.name for path in STUDIES.iterdir() if path.is_dir())


def planned(name: str) -> tuple[Study, Plan]:
    """A lever's study, read and planned."""
    study = read(STUDIES / name)
    return study, monolith(study)


def picture(name: str, study: Study, plan: Plan) -> Chart:
    """What the lever's bus gets and gives, hour by hour."""
    year, bus = plan.years[0], BUSES.get(name, "el")
    known = {c.name: kinds()[c.kind] for c in study.components}
    bands: list[Band] = []
    for asset, expr in year.built.context.injections[bus]:
        values = expr.value(plan.sizes, year.values)
        kind = known[asset]
        for part in (np.maximum(values, 0), np.minimum(values, 0)):
            if np.abs(part).max(initial=0) > SMALL:
                bands.append(Band(Both(kind.vi, kind.en), kind.colour, part))
    unit = str(study.site.rate(bus))
    days = [Both(f"ngày {d + 1}", f"day {d + 1}") for d in range(len(bands[0].values) // 24)]
    about = About(_same(study.name), _same(unit), _same(f"examples/levers/{name}"))
    return week(about, bands, days)


def _same(text: str) -> Both:
    return Both(text, text)


def main() -> None:
    """Draw all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in levers():
        (PICTURES / f"{name}.svg").write_text(picture(name, *planned(name)).svg("en"), encoding="utf-8")


if __name__ == "__main__":
    main()
