"""A kind from a package outside is read, checked and planned with; a broken package is named."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PARK = """
format = 2
name = "A load that may move"
[park]
currency = "USD"
calendar_year = 2025
days = 2
[years]
milestones = [2025]
[money]
discount_rate = "8 %"
base_year = 2025
[buses.el]
carrier = "electricity"
[assets.load]
kind = "electricity_demand"
bus = "el"
load = "2 MW"
[assets.grid]
kind = "grid"
bus = "el"
price = "60 USD/MWh"
emission_factor = "0.6 tCO2/MWh"
"""
MOVES = """
[assets.cold_rooms]
kind = "shiftable_load"
demand = "{demand}"
bus = "el"
share = "50 %"
most = "3 MW"
"""
ASK = """
import json, sys
import parkzero
from parkzero.errors import StudyError
try:
    study = parkzero.read(sys.argv[1])
    plan = parkzero.plan(study)
    said = [str(w) for w in study.warnings]
    print(json.dumps({"cost": plan.objective, "status": plan.status, "warnings": said}))
except StudyError as error:
    print(json.dumps({"faults": [[f.where.field, str(f.what), str(f.needs)] for f in error.faults]}))
"""

REPORT = """
import sys
import parkzero
from parkzero.report.html import page
print(page(parkzero.plan(parkzero.read(sys.argv[1])).results, "vi"))
"""


def installed(root: Path, site: Path) -> Path:
    """The example package in a folder of its own."""
    call = [
        sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps",
        "--no-index", "--no-build-isolation", "--target", str(site),
        str(root / "examples" / "shiftable_load"),
    ]  # fmt: skip
    done = subprocess.run(call, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return site


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(root, tmp_path_factory.mktemp("site"))


def asked(study: Path, *sites: Path) -> dict[str, object]:
    """What a fresh Python with these packages says of a study."""
    found: dict[str, object] = json.loads(said(ASK, study, *sites).splitlines()[-1])
    return found


def said(script: str, study: Path, *sites: Path) -> str:
    """What a script writes of a study in a fresh Python with these packages."""
    path = os.pathsep.join(map(str, sites))
    done = subprocess.run(
        [sys.executable, "-c", script, str(study)],
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def park(folder: Path, more: str = "") -> Path:
    """2 MW all day at 60 USD/MWh."""
    (folder / "park.toml").write_text(PARK + more, encoding="utf-8")
    return folder


def test_a_kind_from_outside_is_planned_with(site: Path, tmp_path: Path):
    """Prices are flat, so moving gains nothing: the plan costs 2 MW at 60 with the kind as without it."""
    found = asked(park(tmp_path, MOVES.format(demand="load")), site)
    assert found["status"] == "optimal"
    assert found["cost"] == pytest.approx(2 * 8760 * 60, rel=1e-6)


def test_the_report_shows_a_kind_from_outside_in_its_own_words_and_colour(site: Path, tmp_path: Path):
    """Power costs twice as much by day, so half of the load moves; ParkZero has no word for any of it."""
    prices = "\n".join(str(60 if hour % 24 < 12 else 120) for hour in range(8760))
    (tmp_path / "price.csv").write_text(f"price\n{prices}\n", encoding="utf-8")
    folder = park(tmp_path, MOVES.format(demand="load"))
    toml = folder / "park.toml"
    price = '{ file = "price.csv", column = "price", unit = "USD/MWh" }'
    toml.write_text(toml.read_text(encoding="utf-8").replace('"60 USD/MWh"', price), encoding="utf-8")
    text = said(REPORT, folder, site)
    drawn = re.search(r'<figure [^>]*id="week-electricity-hardest-2025">.*?</figure>', text, re.DOTALL)
    assert drawn is not None
    assert all(word in drawn[0] for word in ("Shiftable load", "Phụ tải dịch chuyển được", "#88ccee"))
    assert all(word in text for word in ("takes out no more than may move", "chỉ bớt phần tải cho phép"))


def test_without_its_package_the_kind_is_not_known(tmp_path: Path):
    (fault,) = asked(park(tmp_path, MOVES.format(demand="load")))["faults"]  # type: ignore[misc]
    assert fault[0] == "assets.cold_rooms.kind"


@pytest.mark.parametrize(
    ("demand", "what"), [("grid", "is an asset of kind grid"), ("lod", "is not an asset of the study")]
)
def test_a_reference_to_another_kind_is_one_clear_fault(site: Path, tmp_path: Path, demand: str, what: str):
    (fault,) = asked(park(tmp_path, MOVES.format(demand=demand)), site)["faults"]  # type: ignore[misc]
    assert fault[0] == "assets.cold_rooms.demand"
    assert what in fault[1]
    assert "load" in fault[2]


def test_a_package_that_fails_is_named_and_the_rest_works(site: Path, tmp_path: Path):
    broken = tmp_path / "broken"
    info = broken / "broken_kinds-1.0.dist-info"
    info.mkdir(parents=True)
    (broken / "broken_kinds.py").write_text("raise RuntimeError('half installed')\n", encoding="utf-8")
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: broken-kinds\nVersion: 1.0\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text("[parkzero.components]\nbroken = broken_kinds\n", encoding="utf-8")
    folder = tmp_path / "park"
    folder.mkdir()
    found = asked(park(folder, MOVES.format(demand="load")), site, broken)
    assert found["status"] == "optimal"
    (said,) = [w for w in found["warnings"] if "broken" in w]  # type: ignore[attr-defined]
    assert "half installed" in said
