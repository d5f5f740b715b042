"""After a change that concerns one tenant the others go on as before, and the plan keeps its proof."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parkzero.bench import tenants_study
from parkzero.lp.over_time import solve_over_time
from parkzero.lp.solver import Point, Problem, Solution, primal_violation
from parkzero.lp.windows import DAYS
from parkzero.planning import certify, master, workers
from parkzero.planning.again import as_before as before_module
from parkzero.planning.again import by_owner
from parkzero.planning.again.as_before import as_before, operated_as_before
from parkzero.planning.again.checkpoint import load_checkpoint
from parkzero.planning.assemble import Built, build_year, fixed
from parkzero.planning.bounds import Evaluated, evaluate
from parkzero.planning.certify import certified
from parkzero.planning.plan import SLACK_TOLERANCE, slack_of
from parkzero.planning.search import Search
from parkzero.planning.years import Years
from parkzero.search_file import write_arrays
from parkzero.study import Study
from parkzero.units import FloatArray
from tests.cases.harness import EXACT
from tests.tenant_park import GAP, assert_proven, best_of, dearer, grown, park, planned

ENOUGH = 0.01


@pytest.fixture(scope="module")
def before() -> tuple[Built, FloatArray, Evaluated]:
    """2040 with sizes that serve everyone: the year, the sizes, and how it is operated."""
    study = park()
    built, design = build_year(study, 2040, study.timeline)
    sizes = np.where(design.upper > 0, np.minimum(design.upper, 20.0), 0.0)
    return built, sizes, evaluate(built, sizes, EXACT)


def again(
    study: Study, before: tuple[Built, FloatArray, Evaluated], enough: float = ENOUGH
) -> tuple[Built, Evaluated | None]:
    """2040 of a similar study, operated as before."""
    _, sizes, found = before
    built, _ = build_year(study, 2040, study.timeline)
    kept = Point(found.values.astype(np.float32), found.duals.astype(np.float32), ())
    return built, operated_as_before(study, built, sizes, kept, EXACT, enough)


# ------------------------------------------------------------------------------------------ one year


def test_a_year_that_nothing_concerns_is_not_solved(
    before: tuple[Built, FloatArray, Evaluated], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(before_module, "solve_over_time", None)
    _, found = again(park(), before)
    assert found is not None
    assert found.cost == pytest.approx(before[2].cost, rel=1e-6)
    at_sizes = found.cut.constant + float(found.cut.slope @ before[1])
    assert at_sizes == pytest.approx(before[2].cost, rel=1e-4)


@pytest.mark.parametrize("share", [1.1, 0.9])
def test_where_one_grows_the_others_go_on(before: tuple[Built, FloatArray, Evaluated], share: float):
    built, found = again(grown(park(), share), before)
    assert found is not None
    _, sizes, was = before
    problem = fixed(built, sizes)
    assert primal_violation(problem, found.values) <= 1e-5
    best = evaluate(built, sizes, EXACT)
    assert best.cost - 1e-6 * best.cost <= found.cost <= (1 + ENOUGH) * best.cost
    at_sizes = found.cut.constant + float(found.cut.slope @ sizes)
    assert (1 - ENOUGH) * found.cost <= at_sizes <= best.cost * (1 + 1e-6)
    for block in built.matrix.columns:
        part = slice(block.start, block.start + block.count)
        if block.dotted.startswith("t2."):
            assert found.values[part] == pytest.approx(was.values[part], rel=1e-5, abs=1e-5)
    assert not np.allclose(found.values, was.values, atol=1e-3)


def test_its_cut_holds_for_other_sizes_too(before: tuple[Built, FloatArray, Evaluated]):
    built, found = again(grown(park(), 1.1), before)
    assert found is not None
    rng = np.random.default_rng(0)
    for _ in range(3):
        sizes = before[1] * rng.uniform(0.5, 1.5, len(before[1]))
        least = evaluate(built, sizes, EXACT).cost
        assert found.cut.constant + float(found.cut.slope @ sizes) <= least * (1 + 1e-6)


def test_what_the_connection_cannot_make_up_is_left_to_those_concerned(
    before: tuple[Built, FloatArray, Evaluated], monkeypatch: pytest.MonkeyPatch
):
    """The park's own columns have no answer the first time; then those of the tenant move as well."""
    held: list[int] = []

    def spied(problem: Problem, *others: Any) -> Solution:
        found = solve_over_time(problem, *others)
        free = int((problem.lower < problem.upper).sum())
        if len(problem.cost) == len(before[2].values):
            held.append(free)
            if len(held) == 1:
                return dataclasses.replace(found, status="infeasible")
        return found

    monkeypatch.setattr(before_module, "solve_over_time", spied)
    _, found = again(grown(park(), 1.1), before)
    assert found is not None
    assert len(held) == 2
    assert held[0] < held[1]


def test_after_a_change_of_prices_the_year_is_operated_anew(before: tuple[Built, FloatArray, Evaluated]):
    """The values fit, but nothing proves them near to the best."""
    assert again(dearer(park(), 1.2), before)[1] is None
    assert again(dearer(park(), 0.8), before)[1] is None


def test_what_is_not_near_enough_is_operated_anew(before: tuple[Built, FloatArray, Evaluated]):
    assert again(grown(park(), 1.1), before, enough=0.0)[1] is None


def distance(found: Evaluated | None, sizes: FloatArray) -> float:
    """How far what was found is from what its own duals prove, relative to its cost."""
    assert found is not None
    return (found.cost - found.cut.constant - float(found.cut.slope @ sizes)) / found.cost


@pytest.mark.parametrize(
    ("study", "times"), [(dearer(park(), 1.002), 1.0), (grown(park(), 1.1), before_module.PARTLY)]
)
def test_how_near_is_enough_depends_on_whether_a_part_is_anew(
    before: tuple[Built, FloatArray, Evaluated], study: Study, times: float
):
    """Where all goes on as before its duals are the earlier ones, which tell worths: they must prove more."""
    off = distance(again(study, before, enough=1.0)[1], before[1])
    assert off > 2e-5
    assert again(study, before, enough=1.2 * off / times)[1] is not None
    assert again(study, before, enough=0.8 * off / times)[1] is None


def test_where_a_row_of_the_park_is_broken_all_is_operated_anew(before: tuple[Built, FloatArray, Evaluated]):
    built, sizes, found = before
    (bought,) = (c for c in built.matrix.columns if c.dotted == "grid.import")
    values = found.values.copy()
    values[bought.start : bought.start + bought.count] += 1.0
    assert operated_as_before(park(), built, sizes, Point(values, found.duals, ()), EXACT, 1.0) is None


def test_a_cap_that_binds_is_everyones_concern(before: tuple[Built, FloatArray, Evaluated]):
    built, sizes, found = before
    (cap,) = (r for r in built.matrix.rows if r.dotted == "cap.cap")
    priced = found.duals.copy()
    priced[cap.start] = -1.0
    study = grown(park(), 1.1)
    other, _ = build_year(study, 2040, study.timeline)
    assert operated_as_before(study, other, sizes, Point(found.values, priced, ()), EXACT, 1.0) is None


@pytest.mark.parametrize("fault", ["fewer values", "more duals", "no numbers", "huge"])
def test_an_operation_that_makes_no_sense_is_none(before: tuple[Built, FloatArray, Evaluated], fault: str):
    built, sizes, found = before
    kept = {
        "fewer values": Point(found.values[1:], found.duals, ()),
        "more duals": Point(found.values, np.append(found.duals, 0.0), ()),
        "no numbers": Point(np.full_like(found.values, np.nan), found.duals, ()),
        "huge": Point(np.full_like(found.values, 1e15), found.duals, ()),
    }[fault]
    assert operated_as_before(park(), built, sizes, kept, EXACT, ENOUGH) is None
    assert as_before(built, sizes, kept, EXACT) is None


def test_a_year_with_switches_is_operated_anew(before: tuple[Built, FloatArray, Evaluated]):
    """Kept values have seven digits: they are no whole numbers."""
    built, sizes, found = before
    matrix = dataclasses.replace(built.matrix, whole=np.arange(len(found.values)) == 0)
    switched, kept = dataclasses.replace(built, matrix=matrix), Point(found.values, found.duals, ())
    assert as_before(switched, sizes, kept, EXACT) is None
    assert operated_as_before(park(), switched, sizes, kept, EXACT, ENOUGH) is None
    assert as_before(built, sizes, kept, EXACT) is not None


def test_values_a_hair_out_of_their_bounds_are_put_within(before: tuple[Built, FloatArray, Evaluated]):
    built, sizes, found = before
    lower = fixed(built, sizes).lower
    at = int(np.flatnonzero(found.values == lower)[0])
    values = found.values.copy()
    values[at] -= 1e-9
    told = as_before(built, sizes, Point(values, found.duals, ()), EXACT)
    assert told is not None
    assert told.values[at] == lower[at]


# -------------------------------------------------------------------------------------------- a plan


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_one_tenants_growth_takes_neither_a_lower_bound_nor_all_of_a_year(
    large: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int, deeds: list[str]
):
    if processes < 3:  # what other processes do is not seen here
        monkeypatch.setattr(workers, "evaluate", None)
        monkeypatch.setattr(master.Master, "solve", None)
    study = grown(park(), 1.01)
    plan = planned(study, kept, tmp_path, processes)
    assert deeds == ["went on", "operated"]
    assert_proven(plan, study)


def test_a_plan_that_is_near_enough_but_short_is_mended_before_anything_else(
    large: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
):
    """Shortage is cheap: a plan near enough leaves the grown tenant short, on days that were hard before."""
    cheap = dataclasses.replace(park(), penalties=dataclasses.replace(park().penalties, unserved=500.0))
    path = tmp_path / "first.npz"
    certified(cheap, gap=GAP, workers=1, small=0, resume=path)
    took = Search.took_years

    def nothing_new(self: Search, sizes: FloatArray, years: list[Evaluated]) -> bool:
        took(self, sizes, years)
        return False

    monkeypatch.setattr(Search, "took_years", nothing_new)
    study = grown(cheap, 1.2)
    deeds.clear()
    plan = certified(study, gap=0.1, workers=1, small=0, resume=path)
    assert deeds[:4] == ["went on", "mended", "operated", "operated"]
    assert plan.status == "optimal"
    assert all(slack_of(year, plan.sizes) <= SLACK_TOLERANCE for year in plan.years)


def test_only_who_was_short_is_mended_and_only_they_are_operated_anew(
    before: tuple[Built, FloatArray, Evaluated], monkeypatch: pytest.MonkeyPatch
):
    """The first tenant's boiler and heat pump are missing; with them, the second goes on as it did."""
    study, (built, sizes, _) = park(), before
    _, design = build_year(study, 2040, study.timeline)
    heat = [n.startswith(("t1.boiler", "t1.heat_pump")) for n in design.names]
    less = np.where(heat, 0.0, sizes)
    yard = workers.Yard(study, Years(study), ENOUGH)
    short = yard.operate(2040, less, certify.YEAR, mended=False)
    assert set(short.hard) == {"t1"}
    monkeypatch.setattr(workers, "evaluate", None)
    found = yard.operate(2040, sizes, certify.YEAR, mended=True)
    assert found.hard == {}
    assert len(found.bases) == len(short.bases) > 0
    for block in built.matrix.columns:
        part = slice(block.start, block.start + block.count)
        if block.dotted.startswith("t2."):
            assert found.values[part] == pytest.approx(short.values[part], abs=1e-9)
    assert found.cost == pytest.approx(before[2].cost, rel=ENOUGH)


def test_what_is_near_enough_and_still_short_is_operated_anew(
    before: tuple[Built, FloatArray, Evaluated], monkeypatch: pytest.MonkeyPatch
):
    """Mended sizes serve everything; going on as before, with what was unserved, would be near enough."""
    study, (_, sizes, known) = park(), before
    yard = workers.Yard(study, Years(study), ENOUGH)
    yard.last[2040] = sizes, dataclasses.replace(known, short=known.short + 1.0)
    left = dataclasses.replace(known, short=known.short + 1.0)
    monkeypatch.setattr(workers, "operated_as_before", lambda *_: left)
    monkeypatch.setattr(workers, "operated_mended", lambda *_: None)
    found = yard.operate(2040, sizes, certify.YEAR, mended=True)
    assert found.short.max() <= SLACK_TOLERANCE
    assert yard.operate(2040, sizes, certify.YEAR, mended=False, before=known) is left


def test_what_was_proven_for_other_prices_is_no_proof(
    large: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
):
    """Dearer electricity leaves the old bound true but weak, cheaper electricity leaves it untrue."""
    monkeypatch.setattr(by_owner, "MOST_ASKED", 0)  # at better prices the parts may prove enough
    for share in (1.2, 0.8):
        study = dearer(park(), share)
        deeds.clear()
        plan = planned(study, kept, tmp_path)
        assert any(deed.startswith("bounded on") for deed in deeds)
        assert_proven(plan, study)


def test_what_is_kept_comes_back(large: None, kept: Path):
    study = park()
    _, design = build_year(study, 2040, study.timeline)
    found = load_checkpoint(kept, study, design)
    assert found is not None
    assert found.proof is not None
    lower = master.Master(study, design, found.proof.groups).renewed(found.proof)
    best = best_of(study)
    assert 0.98 * best < lower <= best * (1 + 1e-6)
    assert list(found.before) == [2040]
    assert len(found.before[2040].bases) == 56 // DAYS + 1
    for year in found.before:
        built, _ = build_year(study, year, study.timeline)
        assert primal_violation(fixed(built, found.sizes), found.before[year].values) <= 1e-5
        assert set(found.totals.get(year, {})) <= {r.dotted for r in built.matrix.rows}


def test_a_proof_of_other_rows_proves_nothing(large: None, kept: Path):
    study = park()
    _, design = build_year(study, 2040, study.timeline)
    found = load_checkpoint(kept, study, design)
    assert found is not None
    assert found.proof is not None
    shorter = dataclasses.replace(found.proof, duals=found.proof.duals[1:])
    assert master.Master(study, design, shorter.groups).renewed(shorter) == -np.inf


def test_a_park_of_one_keeps_its_operation_but_no_duals_beside_those_of_trials(tmp_path: Path):
    study = tenants_study(1, days=56, years=(2040,))
    path = tmp_path / "search.npz"
    plan = certified(study, gap=GAP, workers=1, small=0, resume=path)
    found = load_checkpoint(path, study, plan.design)
    assert found is not None
    assert [len(before.duals) for before in found.before.values()] == [0]
    built, _ = build_year(study, 2040, study.timeline)
    assert primal_violation(fixed(built, found.sizes), found.before[2040].values) <= 1e-5
    assert len(found.before[2040].bases) == 56 // DAYS + 1


# ----------------------------------------------------------------------------------- hostile archives

FAULTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "groups with a hole": ("proof_groups", lambda a: a * 2),
    "groups of other days": ("proof_groups", lambda a: a[1:]),
    "duals that are no numbers": ("proof_duals", lambda a: a * np.nan),
    "huge duals": ("proof_duals", lambda a: a + 1e300),
    "duals of nothing": ("proof_duals", lambda a: a * 0),
    "a proof of its opposite": ("proof_duals", lambda a: -a),
    "more duals": ("proof_duals", lambda a: np.append(a, 1.0)),
    "values of nothing": ("proof_values", lambda a: a * 0),
    "values of the proof that are no numbers": ("proof_values", lambda a: a * np.nan),
    "more values": ("proof_values", lambda a: np.append(a, 1.0)),
    "beginnings that are no numbers": ("proof_begins", lambda a: np.append(a, np.nan)),
    "beginnings of another length": ("proof_begins", lambda a: np.append(a, 1.0)),
    "cuts of another year": ("proof_cuts", lambda a: np.append(a, np.int32(1999))),
    "more cuts": ("proof_cuts", lambda a: np.append(a, np.int32([2040] * 10_000_000))),
    "a cut that is none": ("proof_cuts", lambda a: np.append(a, np.int32(2040))),
    "a hard day of nobody": ("proof_hard", lambda a: np.int32([[2040, 99, 3]])),
    "a hard day that was none": ("proof_hard", lambda a: np.int32([[2040, 1, 3]])),
    "windows of another length": ("base_windows", lambda a: a[:-1]),
    "windows below nothing": ("base_windows", lambda a: -a),
    "windows beyond counting": ("base_windows", lambda a: a + 2**62),
    "statuses that are none": ("bases", lambda a: a + np.int8(9)),
    "other statuses": ("bases", lambda a: np.roll(a, 7)),
    "years of another park": ("before_years", lambda a: a + 1),
    "values that are no numbers": ("before_values", lambda a: a * np.nan),
    "infinite values": ("before_values", lambda a: a + np.inf),
    "other values": ("before_values", lambda a: a[::-1].copy()),
    "fewer values": ("before_values", lambda a: a[:-1]),
    "other duals": ("before_duals", lambda a: a[::-1].copy()),
    "lengths below nothing": ("before_columns", lambda a: -a),
    "lengths in words": ("before_rows", lambda a: a.astype(np.str_)),
    "prices that are no numbers": ("total_prices", lambda a: np.append(a, np.nan)),
    "names without prices": ("total_names", lambda a: np.append(a, "cap.cap")),
}


def altered(kept: Path, tmp_path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Path:
    """The search with other arrays."""
    with np.load(kept) as archive:
        content = {name: archive[name] for name in archive.files}
    path = tmp_path / "altered.npz"
    write_arrays(path, content | change(content))
    return path


@pytest.mark.parametrize("name", FAULTS)
def test_what_was_kept_does_no_harm_whatever_it_says(large: None, name: str, kept: Path, tmp_path: Path):
    array, fault = FAULTS[name]
    broken = altered(kept, tmp_path, lambda content: {array: fault(content[array])})
    for study in (grown(park(), 1.01), dearer(park(), 1.05)):
        plan = planned(study, broken, tmp_path)
        assert_proven(plan, study)


def test_prices_of_rows_that_do_not_exist_do_no_harm(large: None, kept: Path, tmp_path: Path):
    prices = {
        "total_years": np.array([2040, 2040], dtype=np.int32),
        "total_names": np.array(["cap.cap", "moon.phase"]),
        "total_prices": np.array([-1e9, 3.0]),
    }
    study = dearer(park(), 1.1)
    plan = planned(study, altered(kept, tmp_path, lambda content: prices), tmp_path)
    assert_proven(plan, study)
