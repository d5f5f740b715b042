"""The benchmark measures what it says: cases, memory of all processes, ratios, pictures, the command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from parkzero.bench.cases import Charge, reference_study, tenants_study
from parkzero.bench.measure import MeasurementError, measure, watched
from parkzero.bench.picture import growth, memory, seconds
from parkzero.bench.suite import Line, agrees, ratios
from parkzero.bench.synthetic import SHIFTS, reference_series, shift_shape, tenant_series
from parkzero.bench.twin import missing, twin_python
from parkzero.bench.worker import Job
from parkzero.cli import bench, interchange
from parkzero.errors import StudyError
from parkzero.planning.monolith import monolith
from parkzero.texts import Both
from tests.twins.parks import park_a


def line(
    name: str, seconds: float, mb: float, objective: float | None = None, gap: float | None = None
) -> Line:
    return Line(name, seconds, mb, mb / 2, objective, gap, 1, {})


def test_the_first_hours_of_the_reference_are_known():
    """Its series are drawn from seed 0; another order of draws would make another case."""
    made = reference_series(48)
    assert made["load"][:2] == pytest.approx([28.019396, 27.679985], abs=1e-6)
    assert float(made["wind"].sum()) == pytest.approx(4.980706, abs=1e-6)


def test_series_are_the_same_each_time_and_differ_by_tenant():
    one, again, other = tenant_series(48, 0), tenant_series(48, 0), tenant_series(48, 1)
    for name in one:
        assert np.array_equal(one[name], again[name])
        assert not np.array_equal(one[name], other[name])


@pytest.mark.parametrize("shifts", SHIFTS)
def test_a_shift_has_a_mean_near_one(shifts: str):
    assert shift_shape(np.arange(24), shifts, 7.0).mean() == pytest.approx(1.0, abs=0.05)


def test_a_park_of_tenants_can_be_planned_and_keeps_its_cap():
    plan = monolith(tenants_study(3, 2, (2025, 2050)))
    assert plan.status == "optimal"
    assert len(plan.study.tenants) == 3
    kinds = {c.name.split(".")[1] for c in plan.study.components if c.owner == "t2"}
    assert kinds == {"load", "process", "pv", "battery", "heat_pump", "heat_store", "boiler", "feeder"}


def test_half_hours_cost_what_hours_cost():
    """Half-hours repeat each hour's value: halving the step changes only the stores' ripples."""
    hours, halves = (monolith(reference_study(2, (2050,), minutes)) for minutes in (60, 30))
    assert halves.objective == pytest.approx(hours.objective, rel=2e-3)


def test_a_measurement_tells_seconds_and_memory():
    made = measure(Job("assemble", days=1, years=(2050,)))
    assert made.answer["status"] == "assembled"
    assert 0 < made.seconds < made.wall
    assert (made.peak_mb > 20) == sys.platform.startswith("linux")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells the memory of children")
def test_memory_counts_children():
    """A parent that holds little waits for two children that hold 150 MB each."""
    child = "import time; x = bytearray(150_000_000); time.sleep(4.0)"
    call = f"[subprocess.Popen([sys.executable, '-c', {child!r}]) for _ in range(2)]"
    parent = f"import subprocess, sys, json; [c.wait() for c in {call}]; print(json.dumps(dict(seconds=1)))"
    made = watched([sys.executable, "-c", parent])
    assert made.peak_mb > 300
    assert 150 < made.largest_mb < 300


@pytest.mark.parametrize("code", ["raise SystemExit('broken')", "print('no json')", "pass"])
def test_a_failed_measurement_is_no_figure(code: str):
    with pytest.raises(MeasurementError):
        watched([sys.executable, "-c", code])


def test_ratios_are_theirs_over_ours():
    lines = [
        line("assembly", 1.0, 100),
        line("assembly, PyPSA", 12.0, 250),
        line("certified 0.2%", 10.0, 200, 1001.0, 2e-3),
        line("certified 0.1%", 20.0, 250, 1000.5, 1e-3),
        line("PyPSA", 600.0, 5000, 1000.0),
    ]
    found = ratios({one.name: one for one in lines})
    assert found["ratio_time"] == 30
    assert found["ratio_time_at_0.2%"] == 60
    assert found["ratio_memory"] == 20
    assert found["ratio_assembly_time"] == 12
    assert found["agrees"] is True
    assert ratios({lines[2].name: lines[2]})["ratio_time"] is None


@pytest.mark.parametrize(("theirs", "fits"), [(1000.0, True), (998.0, False), (1002.0, False)])
def test_an_optimum_outside_the_bounds_is_noticed(theirs: float, fits: bool):
    """Bounds 999.5 to 1000.5: a cheaper optimum breaks the lower bound, a dearer one is no optimum."""
    ours = line("certified 0.1%", 1, 1, 1000.5, 0.001)
    assert agrees([ours, line("PyPSA", 1, 1, theirs)]) is fits


def test_the_twin_is_found_by_its_variable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PARKZERO_TWIN_PYTHON", sys.executable)
    assert twin_python() == Path(sys.executable)
    assert missing() == []
    monkeypatch.setenv("PARKZERO_TWIN_PYTHON", "/does/not/exist")
    assert twin_python() is None
    assert "PARKZERO_TWIN_PYTHON" in str(missing()[0])


def test_pictures_are_well_formed_and_say_the_figures():
    result = {
        "case": {"days": 30, "years": [2025, 2030]},
        "seconds": {"certified <0.1%>": 12.3, "PyPSA": 456.7},
        "peak_mb": {"certified <0.1%>": 200.0, "PyPSA": 5500.0},
    }
    drawn = seconds(result).svg("en") + memory(result).svg("en")
    assert "certified &lt;0.1%&gt;: 12.3 seconds" in drawn
    assert "PyPSA: 5,500 MB" in drawn
    points = [{"axis": "tenants", "count": c, "seconds": 10.0 * c, "gap": 0.005} for c in (1, 5, 20)]
    curve = growth(points, "tenants", Both("Các khu", "Parks"))
    assert curve is not None
    assert "200 s; 0.5 %" in curve.svg("en")
    assert [row[0] for row in curve.table("en")[1:]] == ["0", "1", "5", "20"]
    assert growth(points, "years", Both("", "None")) is None


def app() -> typer.Typer:
    made = typer.Typer()
    made.callback()(lambda: None)
    bench.register(made)
    interchange.register(made)
    return made


def test_the_command_measures_prints_and_writes(tmp_path: Path):
    named = [
        "bench",
        "--days",
        "1",
        "--twin",
        "skip",
        "--json",
        str(tmp_path / "b.json"),
        "--picture",
        str(tmp_path),
    ]
    done = CliRunner().invoke(app(), named, catch_exceptions=False)
    assert done.exit_code == 0
    written = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    assert {"gap", "ratio_time", "ratio_memory", "seconds", "versions", "machine"} <= set(written)
    assert written["gap"] <= 0.001
    assert written["ratio_time"] is None
    assert (tmp_path / "bench.svg").exists()


@pytest.mark.parametrize(
    "wrong", [["--tenants", "1,x"], ["--tenants", "0"], ["--quick", "--full"], ["--json", "no/such/b.json"]]
)
def test_a_wrong_command_is_a_fault_before_anything_runs(wrong: list[str]):
    growing = ["--growth"] if wrong[0] == "--tenants" else []
    done = CliRunner().invoke(app(), ["bench", *growing, *wrong])
    assert isinstance(done.exception, StudyError)


def test_a_twin_that_must_run_and_is_missing_is_a_fault(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PARKZERO_TWIN_PYTHON", "/does/not/exist")
    done = CliRunner().invoke(app(), ["bench", "--days", "1", "--twin", "require"])
    assert isinstance(done.exception, StudyError)


@pytest.mark.parametrize(("form", "out"), [("mps", "s.mps"), ("pypsa", "network")])
def test_export_writes_both_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, out: str):
    monkeypatch.setattr("parkzero.study.read", lambda path: reference_study(1, (2050,)))
    named = ["export", "study", "--format", form, "--out", str(tmp_path / out)]
    done = CliRunner().invoke(app(), named, catch_exceptions=False)
    assert done.exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == [out]


def test_export_refuses_what_pypsa_cannot_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("parkzero.study.read", lambda path: park_a())
    done = CliRunner().invoke(app(), ["export", "a", "--format", "pypsa", "--out", str(tmp_path / "x")])
    assert isinstance(done.exception, StudyError)
    assert len(done.exception.faults) == 6
    assert list(tmp_path.iterdir()) == []


def test_a_job_with_a_charge_is_told_as_json():
    made = measure(Job("certified", 1, 1, (2050,), charge=Charge(9_000.0, 0.8, own_meters=True)))
    assert made.answer["status"] == "optimal"
    assert made.answer["cpu_seconds"] > 0
