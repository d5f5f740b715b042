"""PyPSA on typical days: what goes out and comes back, what is refused, and what the sizes truly cost."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from parkzero.bench import suite
from parkzero.bench.cases import Charge, reference_study, tenants_study
from parkzero.bench.measure import Measured, watched
from parkzero.bench.suite import Bench
from parkzero.bench.twin import TYPICAL, missing
from parkzero.bench.typical import BILLS, NETWORK, SIZES, hand_over, operated, sizes_of
from parkzero.bench.worker import Job
from parkzero.cli import bench
from parkzero.components import EmissionBudget, Profile
from parkzero.errors import StudyError
from parkzero.planning.assemble import build_year
from parkzero.planning.monolith import monolith
from parkzero.planning.plan import Plan
from parkzero.study import Study
from parkzero.timeline import Calendar, RealDays
from parkzero.units import MONEY, MW, MWH, ONE, H, Quantity, T
from tests.cases.harness import compose, grid, load, mw, mwh, new, per, share
from tests.cases.storage import battery

CHARGE = Charge(9_000.0, 0.8, own_meters=True)
SCRIPT = Path(__file__).resolve().parent.parent / TYPICAL


def changed(study: Study, name: str, **fields: object) -> Study:
    """The study with some fields of one component changed."""
    parts = [dataclasses.replace(c, **fields) if c.name == name else c for c in study.components]
    return dataclasses.replace(study, components=tuple(parts))


def written(plan: Plan, folder: Path) -> Path:
    """A plan's sizes as PyPSA's twin writes them."""
    told: dict[str, dict[str, float]] = {}
    for name, size in zip(plan.design.names, plan.sizes, strict=True):
        asset, year = name.removesuffix("]").split("[")
        told.setdefault(asset, {})[year] = float(size)
    path = folder / SIZES
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


# ------------------------------------------------------------------------------- what goes out


def test_a_park_goes_out_with_its_bills_beside_it(tmp_path: Path):
    """Three days of January stand for a year, so for its twelve bills."""
    hand_over(tenants_study(2, 3, (2030, 2050), charge=CHARGE), tmp_path)
    bills = json.loads((tmp_path / BILLS).read_text(encoding="utf-8"))
    assert set(bills) == {"t1.grid", "t2.grid"}
    assert bills["t1.grid"] == {
        "ratchet": 0.8,
        "prices": {y: [12 * 9_000.0, *[0.0] * 11] for y in ("2030", "2050")},
    }
    tables = {path.name for path in (tmp_path / NETWORK).iterdir()}
    assert {"snapshots.csv", "generators.csv", "loads-p_set.csv"} <= tables


def test_without_a_charge_there_are_no_bills(tmp_path: Path):
    hand_over(reference_study(1, (2050,)), tmp_path)
    assert json.loads((tmp_path / BILLS).read_text(encoding="utf-8")) == {}


def wide() -> Study:
    """A reference whose connection is charged, in half-hours."""
    return reference_study(1, (2050,), 30, Charge(9_000.0, 0.8))


@pytest.mark.parametrize(
    ("name", "fields", "where"),
    [
        ("grid", {"demand_charge": Profile(np.full(48, 9_000.0), MONEY / MW)}, "grid.demand_charge"),
        ("grid", {"demand_tier_2": Quantity(5.0, MW)}, "grid.demand_tier_2"),
        ("grid", {"ratchet_lookback": 3}, "grid.ratchet"),
        ("grid", {"ratchet_months": Profile(np.ones(48), ONE)}, "grid.ratchet"),
        ("grid", {"demand_minutes": 60}, "grid.demand_minutes"),
        ("grid", {"coincident_charge": per(1.0, MONEY / MW)}, "grid.coincident_charge"),
        ("heat_store", {"rate": Quantity(0.2, ONE / H)}, "heat_store.rate"),
        ("battery", {"exclusive": True}, "battery.exclusive"),
    ],
)
def test_what_typical_days_cannot_say_is_refused(name: str, fields: dict, where: str, tmp_path: Path):
    with pytest.raises(StudyError) as refused:
        hand_over(changed(wide(), name, **fields), tmp_path)
    assert [fault.where.field for fault in refused.value.faults] == [where]
    assert list(tmp_path.iterdir()) == []


def test_a_budget_over_all_years_is_refused(tmp_path: Path):
    study = wide()
    budget = EmissionBudget(name="budget", budget=Quantity(1e6, T))
    with pytest.raises(StudyError, match="budget"):
        hand_over(dataclasses.replace(study, components=(*study.components, budget)), tmp_path)


# ------------------------------------------------------------------------------- what comes back


def test_sizes_come_back_in_the_designs_order():
    study = reference_study(1, (2030, 2050))
    _, design = build_year(study, 2030, study.timeline)
    asked = 10.0 * np.arange(1, len(design.names) + 1)
    told: dict[str, dict[str, float]] = {}
    for name, size in zip(design.names, asked, strict=True):
        asset, year = name.removesuffix("]").split("[")
        told.setdefault(asset, {})[year] = float(size)
    found = sizes_of(design, told)
    assert np.array_equal(found, np.minimum(asked, design.upper))
    assert (found < asked).any()


@pytest.mark.parametrize(
    ("told", "where"), [({}, "battery.power[2050]"), ({"sun.power": {"2050": 1.0}}, "sun.power[2050]")]
)
def test_strange_and_missing_sizes_are_faults(told: dict[str, dict[str, float]], where: str):
    study = reference_study(1, (2050,))
    _, design = build_year(study, 2050, study.timeline)
    with pytest.raises(StudyError) as faulty:
        sizes_of(design, told)
    assert where in [fault.where.field for fault in faulty.value.faults]


def test_the_best_sizes_cost_what_the_best_plan_costs(tmp_path: Path):
    study = tenants_study(1, 2, (2030, 2050), charge=CHARGE)
    plan = monolith(study)
    true = operated(study, written(plan, tmp_path))
    assert true.objective == pytest.approx(plan.objective, rel=1e-4)
    assert true.unserved == pytest.approx(0.0, abs=1e-4)


def test_what_sizes_leave_unserved_is_paid_and_told(tmp_path: Path):
    study = reference_study(1, (2050,))
    path = written(monolith(study), tmp_path)
    none = {asset: dict.fromkeys(years, 0.0) for asset, years in json.loads(path.read_text()).items()}
    path.write_text(json.dumps(none), encoding="utf-8")
    made = watched([sys.executable, "-m", "parkzero.bench.worker", json.dumps(
        dataclasses.asdict(Job("operate", days=1, years=(2050,), sizes=str(path))))])  # fmt: skip
    steam = next(c for c in study.components if c.name == "steam").load.at(2050).value.sum()
    assert made.answer["status"] == "unserved"
    assert made.answer["unserved"] == pytest.approx(steam, rel=1e-6)
    assert made.answer["penalty"] == pytest.approx(365 * 10_000 * steam, rel=1e-6)


# ------------------------------------------------------------------------------- the rows


def told_as(answer: dict) -> Measured:
    return Measured({"cpu_seconds": 1.0, "seconds": 2.0, **answer}, 2.0, 2.0, 100.0, 100.0)


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Rows of one day: PyPSA promises 90 and truly costs 110, against a plan of 100 and a bound of 99."""
    plan = {"gap": 0.01, "status": "optimal", "objective": 100.0, "lower_bound": 99.0}
    true = {"status": "served", "objective": 110.0, "penalty": 11.0, "unserved": 0.0}
    theirs = {"typical_days": 13, "parts": {}, "versions": {}, "status": "optimal", "objective": 90.0}
    monkeypatch.setattr(suite, "measure", lambda job: told_as(true if job.what == "operate" else plan))
    monkeypatch.setattr(suite.pypsa, "typical", lambda folder: told_as(theirs))
    plan_of = Bench(days=1, years=(2050,), charged=(0,))
    return list(suite._charges(plan_of, True, lambda words: None))


def test_each_study_has_its_row_on_typical_days(rows: list[dict]):
    assert [row["name"] for row in rows[::2]] == list(suite.CHARGES)
    for row in rows[1::2]:
        assert row["promised"] == 90.0
        assert row["dearer"] == pytest.approx([0.1, 110 / 99 - 1])


def test_the_table_tells_what_was_promised_and_what_is_true(rows: list[dict]):
    cells_of = {c.header: list(c.cells) for c in bench.charged_table(rows).columns}
    assert cells_of["tenants"][0] == "reference"
    assert cells_of["dearer by"][:2] == ["", "10.00% to 11.11%"]
    assert cells_of["of it penalty"][:2] == ["", "10.00%"]
    assert cells_of["of no charge"][0] == "1.0"


def test_a_study_that_is_refused_has_no_row_but_a_word(monkeypatch: pytest.MonkeyPatch):
    words: list[str] = []
    job = Job("certified", days=1, years=(2050,))
    monkeypatch.setattr(Job, "study", lambda self: changed(wide(), "grid", demand_minutes=60))
    assert list(suite._on_typical_days(job, "odd", {}, words.append)) == []
    assert "grid.demand_minutes" in words[0]


def test_a_plan_that_typical_days_do_not_find_has_no_true_cost(monkeypatch: pytest.MonkeyPatch):
    theirs = {"typical_days": 12, "parts": {}, "versions": {}, "status": "infeasible", "objective": None}
    monkeypatch.setattr(suite.pypsa, "typical", lambda folder: told_as(theirs))
    job = Job("certified", days=1, years=(2050,))
    (row,) = suite._on_typical_days(job, "no charge", {}, lambda words: None)
    assert (row["status"], row["promised"]) == ("infeasible", None)
    assert "dearer" not in row


def test_an_environment_without_tsam_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PARKZERO_TWIN_PYTHON", sys.executable)
    (fault,) = missing(TYPICAL)
    assert "tsam" in str(fault)
    assert "make twin-env" in str(fault)
    words: list[str] = []
    assert not suite._there(Bench(), TYPICAL, words.append)
    assert "tsam" in words[0]
    with pytest.raises(StudyError):
        suite._there(Bench(twin="require"), TYPICAL, words.append)


# ------------------------------------------------------------------------------- by PyPSA itself


def promised(study: Study, python: Path, folder: Path, count: int) -> dict:
    """What PyPSA says on so many typical days."""
    hand_over(study, folder)
    return watched([str(python), str(SCRIPT), str(folder), "--days", str(count)]).answer


@pytest.mark.twin
@pytest.mark.parametrize("tenants", [0, 2])
def test_one_day_by_pypsa_costs_what_it_costs_here(tenants: int, twin_python: Path, tmp_path: Path):
    """A day that closes, its stores, its sizes and its bills are the same in both."""
    years = (2030, 2050)
    one = reference_study(1, years, charge=CHARGE)
    study = tenants_study(tenants, 1, years, charge=CHARGE) if tenants else one
    plan, theirs = monolith(study), promised(study, twin_python, tmp_path, 1)
    assert theirs["objective"] == pytest.approx(plan.objective, rel=1e-6)
    assert operated(study, tmp_path / SIZES).objective == pytest.approx(plan.objective, rel=1e-5)


@pytest.mark.twin
def test_each_month_is_billed_for_the_days_that_occur_in_it(twin_python: Path, tmp_path: Path):
    """The turn of a month, each day a typical day; 1 MWh that may be bought takes 1 MW from each day's peak.

    106 MWh at 1 and 102 at 2, the battery for 2, and 3 for each MW of 8 in January and of 90 % of these in
    February. Where days do not close, one MWh passes from the cheap month into the dear one.
    """
    needs = np.full(96, 2.0)
    needs[[10, 34, 58, 82]] = 5.0, 9.0, 4.0, 6.0
    bill = {"demand_charge": per(3.0, MONEY / MW), "ratchet": share(0.9)}
    shaving = battery(power=new(1.0, max=mw(1.0)), energy=new(1.0, MWH, max=mwh(1.0)))
    study = compose(
        load(raw=needs), grid(raw=np.repeat([1.0, 2.0], 48), **bill), shaving,
        timeline=RealDays(Calendar(2025, 60, 4, first="01-30")),
    )  # fmt: skip
    paper = 106 + 2 * 102 + 2 + 3 * (8 + 0.9 * 8)
    assert monolith(study).objective == pytest.approx(paper - 1, rel=1e-6)
    assert promised(study, twin_python, tmp_path, 4)["objective"] == pytest.approx(paper, rel=1e-6)


@pytest.mark.twin
def test_days_of_peaks_come_on_top_and_sizes_are_no_cheaper_than_the_best(twin_python: Path, tmp_path: Path):
    study = tenants_study(1, 6, (2050,), charge=CHARGE)
    theirs = promised(study, twin_python, tmp_path, 2)
    assert 2 < theirs["typical_days"] <= 4
    assert operated(study, tmp_path / SIZES).objective >= monolith(study).lower_bound * (1 - 1e-6)
