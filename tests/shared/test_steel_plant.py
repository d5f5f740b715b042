"""A steel plant's year of quarter hours: its meter's traps, its plan from the command line, its bill by hand.

Run with PARKZERO_SHARED naming the folder that holds ``data/``.
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from parkzero.cli import main
from parkzero.results import load
from parkzero.results.results import Results
from tests.bills import Rates, bill_of

pytestmark = pytest.mark.shared

# Decision 1279/QĐ-BCT, manufacturing from 22 to under 110 kV, and the two-part pilot [VND/kWh].
ONE_PART = Rates("1833", "3398", "1190")
TWO_PART = Rates("1275", "2182", "859")
CAPACITY = 235_414  # [VND/kW a month]
VARIANTS = {
    "one": {},
    "two_part": {"two_part": True, "power_factor": 0.85},
    "path": {"milestones": (2025, 2030)},
}


@pytest.fixture(scope="module")
def tool(root) -> ModuleType:
    """The script that makes the study."""
    spec = importlib.util.spec_from_file_location("steel_study", root / "tools" / "steel_study.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["steel_study"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def meter(shared, tool) -> list[float]:
    """Energy of each row in the order of the file [kWh], read without ParkZero."""
    with gzip.open(shared / "data" / tool.LOAD, "rt", encoding="utf-8-sig") as file:
        return [float(row[tool.ENERGY]) for row in csv.DictReader(file)]


@dataclass(frozen=True)
class Run:
    """A planned variant: the study's folder, the exit code, what was stored."""

    folder: Path
    code: int
    results: Results


# Twelve monthly peaks in a single year take the search longer than the one problem; the bill is the same.
METHOD = {"two_part": "monolith"}


@pytest.fixture(scope="module", params=list(VARIANTS))
def planned(request, shared, tool, tmp_path_factory) -> Run:
    work = tmp_path_factory.mktemp(request.param)
    folder = tool.write_study(shared / "data", work / "steel", tool.Ask(**VARIANTS[request.param]))
    method = METHOD.get(request.param, "certified")
    code = main(["plan", str(folder), "--out", str(work / "run"), "--quiet", "--method", method])
    return Run(folder, code, load(work / "run"))


def booked(results: Results, year: int, account: str) -> float:
    kept = results.ledger.filter((pl.col("year") == year) & (pl.col("account") == account))
    return float(kept["amount"].sum())


def is_two_part(results: Results) -> bool:
    return "demand_charge" in results.ledger["account"].to_list()


def test_without_a_mend_nothing_is_planned_and_the_mend_is_named(shared, tool, tmp_path, capsys):
    folder = tool.write_study(shared / "data", tmp_path / "steel", tool.Ask(mended=False))
    before = sorted(p.name for p in tmp_path.rglob("*"))
    assert main(["check", str(folder), "--json"]) == 2
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    told = json.dumps(fault)
    assert "365 rows at 00:00" in told
    for line in (97, 193, 289):
        assert f"line {line}" in told
    assert "midnight" in told
    assert "move" in told
    assert main(["plan", str(folder), "--out", str(tmp_path / "run"), "--quiet"]) == 2
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_the_mend_and_the_end_labels_are_told_by_check(shared, tool, tmp_path, capsys):
    folder = tool.write_study(shared / "data", tmp_path / "steel")
    assert main(["check", str(folder), "--json"]) == 0
    told = capsys.readouterr().out
    assert "365 rows at 00:00" in told
    assert "[mended]" in told
    assert "end of their step (first 2018-01-01 00:15)" in told


@pytest.mark.slow
def test_the_plan_is_proven_audited_and_says_what_was_mended(planned):
    summary = planned.results.summary
    assert planned.code == 0
    assert summary["status"] == "optimal"
    assert summary["gap"] <= summary["tolerance"] == 0.001
    assert summary["audit_ok"]
    assert any("365 rows at 00:00" in w and "[mended]" in w for w in summary["warnings"])
    assert any("end of their step" in w for w in summary["warnings"])
    assumed = planned.results.tables["assumptions"].filter(pl.col("path") == "assets.load.load")
    assert "midnight = move" in assumed["value"].item()
    assert summary["synthetic"] == []


@pytest.mark.slow
def test_every_quarter_hour_of_the_meter_is_served_in_its_place(planned, meter):
    # Row n of the file is quarter hour n of the year, however its stamp is written.
    assert len(meter) == 35_040
    for year in planned.results.year_list:
        drawn = planned.results.frame("injections", year)["electricity|load"].to_numpy()
        assert -drawn * 250 == pytest.approx(meter, abs=1e-6)
        assert booked(planned.results, year, "consumed") == pytest.approx(sum(meter) / 1000, rel=1e-9)


@pytest.mark.slow
def test_the_bill_by_hand_is_the_models(planned):
    two_part = is_two_part(planned.results)
    for year in planned.results.year_list:
        frame = planned.results.frame("flows", year)
        found = bill_of(frame, "grid.import", year, TWO_PART if two_part else ONE_PART, 30)
        assert booked(planned.results, year, "energy") == pytest.approx(float(found.energy), rel=1e-6)
        charge = float(sum(found.peaks.values()) * CAPACITY) if two_part else 0.0
        assert booked(planned.results, year, "demand_charge") == pytest.approx(charge, rel=1e-6)
        # Circular 15/2014: k = 0.90 / cos phi - 1; the plant's own power factor is above 0.90.
        raised = Fraction(found.energy) * Fraction(5, 85) if two_part else 0
        assert booked(planned.results, year, "power_factor") == pytest.approx(float(raised), rel=1e-6)


@pytest.mark.slow
def test_nothing_is_sold_beyond_the_roofs_share(planned):
    for year, share in ((2025, 0.2), (2030, 0.5)):
        if year in planned.results.year_list:
            made, sold = (booked(planned.results, year, a) for a in ("generated", "exported"))
            assert sold <= share * made * (1 + 1e-6)


def test_the_plain_bill_of_the_meter_alone(meter):
    # What the plant would pay with no roof and no battery: the arithmetic itself, on the file itself.
    import datetime as dt

    first = dt.datetime(2018, 1, 1)
    starts = [first + dt.timedelta(minutes=15 * n) for n in range(len(meter))]
    frame = pl.DataFrame({"start": starts, "grid.import": [kwh / 250 for kwh in meter]})
    found = bill_of(frame, "grid.import", 2025, ONE_PART, 30)
    assert float(sum(found.kwh.values())) == pytest.approx(959_636.71, abs=0.1)
    assert max(found.peaks.values()) < Decimal("628.7")
    assert 1.7e9 < found.energy < 2.3e9
