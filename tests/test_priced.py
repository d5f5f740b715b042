"""After a change of prices a plan goes on as before, is proven by a bound alone, and is priced when asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from parkzero.lp.solver import REACH, Point, dual_bound
from parkzero.planning import certify, master, workers
from parkzero.planning.again import by_owner, earlier
from parkzero.planning.again.as_before import as_before
from parkzero.planning.again.checkpoint import load_checkpoint
from parkzero.planning.again.earlier import Earlier
from parkzero.planning.again.fingerprint import fingerprint
from parkzero.planning.assemble import Design, build_year, fixed
from parkzero.planning.bounds import Evaluated
from parkzero.planning.master import Master, Proof
from parkzero.planning.plan import Operated, Plan, Step, relative_gap
from parkzero.planning.search import NEARER, Search
from parkzero.pricing import duals
from parkzero.results import audit, results_of
from parkzero.results.prices import prices_mean_of
from parkzero.search_file import write_arrays
from parkzero.study.study import Study
from parkzero.units import FloatArray
from tests.cases.harness import EXACT
from tests.tenant_park import GAP, assert_proven, dearer, grown, park, planned

GOES_ON = ["went on", "as before", "bounded by owner"]


@pytest.fixture
def again(large: None, kept: Path, tmp_path: Path) -> Plan:
    """The plan with electricity a twentieth dearer, which goes on as before."""
    return planned(dearer(park(), 1.05), kept, tmp_path)


def proven(operated: Operated, plan: Plan) -> float:
    """How far what a year costs is above what its duals prove, relative to it."""
    problem = fixed(operated.built, plan.sizes)
    reach = REACH * max(1.0, float(np.abs(operated.values).max()))
    bound, _ = dual_bound(problem, operated.duals, reach)
    return relative_gap(bound, float(problem.cost @ operated.values) + problem.constant)


# --------------------------------------------------------------------------------------- the plan


@pytest.mark.parametrize("share", [1.05, 0.95])
def test_after_a_change_of_price_no_year_is_operated(
    share: float, large: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
):
    monkeypatch.setattr(workers.Yard, "operate", None)
    monkeypatch.setattr(Master, "solve", None)
    study = dearer(park(), share)
    plan = planned(study, kept, tmp_path)
    assert deeds == GOES_ON
    assert plan.history[-1].gap == plan.gap
    assert_proven(plan, study)
    (year,) = plan.years
    assert np.isnan(year.duals).all()
    assert np.isnan(year.reduced).all()
    assert year.before is not None
    before = load_checkpoint(kept, study, plan.design)
    assert before is not None
    assert year.values == pytest.approx(before.before[2040].values)
    assert plan.sizes == pytest.approx(before.sizes)


def test_the_next_change_goes_on_from_there(large: None, kept: Path, tmp_path: Path, deeds: list[str]):
    """What is kept of a plan that went on as before is as good to go on from: its proof has no cuts."""
    planned(dearer(park(), 1.05), kept, tmp_path)
    second = tmp_path / "second.npz"
    second.write_bytes((tmp_path / "search.npz").read_bytes())
    study = dearer(park(), 1.08)
    plan = planned(study, second, tmp_path)
    assert deeds == 2 * GOES_ON
    assert_proven(plan, study)


def test_back_at_the_first_prices_it_proves_what_was_proven_first(large: None, kept: Path, tmp_path: Path):
    """Prices begin each time where all owners were last bounded at once: moved on and on they lead astray."""
    _, design = build_year(park(), 2040, park().timeline)
    first = load_checkpoint(kept, park(), design)
    for share in (1.1, 0.9, 1.0):
        plan = planned(dearer(park(), share), kept, tmp_path)
        kept = tmp_path / "before.npz"
        kept.write_bytes((tmp_path / "search.npz").read_bytes())
        assert_proven(plan, dearer(park(), share))
    found = load_checkpoint(kept, park(), design)
    assert first is not None
    assert found is not None
    assert first.proof is not None
    assert found.proof is not None
    assert np.array_equal(found.proof.begins, first.proof.duals)
    assert np.array_equal(found.proof.values, first.proof.values)
    at_first = Master(park(), design, first.proof.groups).renewed(first.proof)
    assert plan.lower_bound == pytest.approx(at_first, rel=3e-5)  # bounds are asked for to 1e-5


@pytest.mark.parametrize("cuts", ["before", "now", "neither"])
def test_only_where_neither_bound_has_cuts_prices_begin_anew(cuts: str, first: tuple[Proof, Design]):
    one = first[0]
    with_cuts = dataclasses.replace(one, cuts=np.array([2040], dtype=np.int32))
    before, now = with_cuts if cuts == "before" else one, with_cuts if cuts == "now" else one
    moved = dataclasses.replace(now, values=2 * now.values)
    found = by_owner._of_all(moved, before)
    assert found is not None
    if cuts == "neither":
        assert found.begins is before.duals
        assert found.values is before.values
    else:
        assert found is moved


BEGINS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "one fewer": lambda a: a[1:],
    "no number": lambda a: np.append(a[1:], np.nan),
    "huge": lambda a: a + 1e300,
    "of nothing": lambda a: a * 0,
    "of its opposite": lambda a: -a,
}


@pytest.mark.parametrize("fault", BEGINS)
def test_prices_that_begin_anywhere_cost_time_and_prove_nothing_untrue(
    fault: str, large: None, kept: Path, tmp_path: Path
):
    planned(dearer(park(), 1.1), kept, tmp_path)
    with np.load(tmp_path / "search.npz") as archive:
        content = {name: archive[name] for name in archive.files}
    assert len(content["proof_begins"]) == len(content["proof_duals"])
    content["proof_begins"] = BEGINS[fault](content["proof_begins"])
    altered = tmp_path / "altered.npz"
    write_arrays(altered, content)
    study = dearer(park(), 1.05)
    if fault in ("one fewer", "no number", "huge"):
        assert load_checkpoint(altered, study, build_year(study, 2040, study.timeline)[1]) is None
    plan = planned(study, altered, tmp_path)
    assert_proven(plan, study)


def test_a_bound_of_all_at_once_does_without_the_years_too(
    large: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
):
    monkeypatch.setattr(earlier, "bounded_by_owner", lambda self, proof, solve, needed: None)
    monkeypatch.setattr(workers.Yard, "operate", None)
    added: list[int] = []
    monkeypatch.setattr(Master, "add", lambda self, cuts: added.append(len(cuts)))
    study = dearer(park(), 1.05)
    plan = planned(study, kept, tmp_path)
    assert deeds == ["went on", "as before", "bounded on 8 days"]
    assert plan.history[-1].gap == plan.gap
    assert added == []
    assert_proven(plan, study)


def test_where_no_bound_does_other_sizes_are_operated(
    large: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
):
    """Of how it was operated before, only where windows ended helps there."""
    heard: list[Point] = []
    real = workers.Yard.operate

    def spied(self: workers.Yard, *given: Any) -> Evaluated:
        if given[5] is not None:
            heard.append(given[5])
        return real(self, *given)

    monkeypatch.setattr(workers.Yard, "operate", spied)
    monkeypatch.setattr(earlier, "bounded_by_owner", lambda self, proof, solve, needed: None)
    told = Master.bounded
    monkeypatch.setattr(
        Master,
        "bounded",
        lambda self, found: dataclasses.replace(told(self, found), bound=0.98 * found.bound),
    )
    monkeypatch.setattr(certify, "MOST_ROUNDS", 1)
    study = dearer(park(), 1.1)
    plan = planned(study, kept, tmp_path)
    assert deeds[-1] == "operated"
    (before,) = heard
    assert len(before.values) == len(before.duals) == 0
    assert len(before.bases) > 1
    one, left, _ = searched(kept, study)
    assert left.trial(one, EXACT) is None
    assert plan.objective <= one.upper


def test_a_year_that_is_built_already_is_not_built_again():
    study = park()
    built, design = build_year(study, 2040, study.timeline)
    assert certify._begin(study, built, design, GAP, 8, 0.0, None).years.of(2040) is built


def test_ctrl_c_leaves_the_plan_that_goes_on_as_before(
    large: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
):
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(earlier, "bounded_by_owner", pressed)
    study = dearer(park(), 1.05)
    plan = planned(study, kept, tmp_path)
    assert plan.status == "stopped"
    assert deeds == ["went on", "as before"]
    found = load_checkpoint(tmp_path / "search.npz", study, plan.design)
    assert found is not None
    assert (found.fingerprint, found.upper) == (fingerprint(study), plan.objective)
    monkeypatch.undo()
    monkeypatch.setattr(master, "SIMPLEX_SIZES", 0)
    assert np.isfinite(duals.priced(plan).years[0].duals).all()


# ------------------------------------------------------------------------------- when it does not stand


def searched(kept: Path, study: Study) -> tuple[Search, Earlier, FloatArray]:
    """A search, what an earlier one left, and its sizes."""
    built, design = build_year(study, 2040, study.timeline)
    found = load_checkpoint(kept, study, design)
    assert found is not None
    one = certify._begin(study, built, design, GAP, 8, 0.0, None, found)
    return one, Earlier(None, found.sizes, dict(found.before), found.proof), found.sizes


def test_what_still_serves_everyone_stands_at_what_it_costs_now(kept: Path):
    study = dearer(park(), 1.05)
    one, left, sizes = searched(kept, study)
    assert left.trial(one, EXACT) is None
    assert not one.told
    assert one.cuts == []
    (year,) = one.best
    problem = fixed(one.years.of(2040), sizes)
    assert one.upper == year.cost == pytest.approx(float(problem.cost @ year.values) + problem.constant)


@pytest.mark.parametrize("why", ["no earlier bound", "it had cuts", "a year is not kept", "more is needed"])
def test_it_does_not_stand(why: str, kept: Path):
    study = grown(park(), 1.1) if why == "more is needed" else dearer(park(), 1.05)
    one, left, sizes = searched(kept, study)
    if why == "no earlier bound":
        left.proof = None
    elif why == "it had cuts":
        assert left.proof is not None
        left.proof = dataclasses.replace(left.proof, cuts=np.array([2040], dtype=np.int32))
    elif why == "a year is not kept":
        left.operation = {}
    assert np.array_equal(left.trial(one, EXACT), sizes)
    assert (one.best, one.upper) == ([], np.inf)


def test_what_leaves_somebody_short_does_not_stand(kept: Path, monkeypatch: pytest.MonkeyPatch):
    def short(*given: Any) -> Evaluated | None:
        found = as_before(*given)
        return found and dataclasses.replace(found, short=np.array([0.01]))

    monkeypatch.setattr(earlier, "as_before", short)
    one, left, sizes = searched(kept, dearer(park(), 1.05))
    assert np.array_equal(left.trial(one, EXACT), sizes)


def test_years_that_cost_as_much_take_the_place_of_what_went_on(kept: Path):
    """Their duals are of these prices."""
    one, left, sizes = searched(kept, dearer(park(), 1.05))
    assert left.trial(one, EXACT) is None
    (year,) = one.best
    one.took_years(sizes, [dataclasses.replace(year, cost=1.01 * year.cost, told=True)])
    assert not one.told
    one.took_years(sizes, [dataclasses.replace(year, told=True)])
    assert one.told


@pytest.mark.parametrize(("dearer_by", "ends"), [(0.5 * GAP, True), (2 * GAP, False)])
def test_what_serves_everything_and_is_near_enough_ends_the_search(dearer_by: float, ends: bool, kept: Path):
    """A plan that leaves something unserved may be a little cheaper: it is no plan."""
    one, left, sizes = searched(kept, park())
    year = as_before(one.years.of(2040), sizes, left.operation[2040], EXACT)
    assert year is not None
    year = dataclasses.replace(year, told=True)
    one.lower = year.cost
    one.took_years(sizes, [dataclasses.replace(year, short=np.array([0.01]))])
    assert one.closed
    assert not one.done
    still_short = dataclasses.replace(year, cost=1.001 * year.cost, short=np.array([0.01]))
    one.took_years(sizes, [still_short])
    assert one.upper == year.cost
    served = dataclasses.replace(year, cost=(1 + dearer_by) * year.cost)
    one.took_years(sizes, [served])
    assert one.done is ends
    assert (one.best == [served]) is ends
    one.took_years(sizes, [dataclasses.replace(year, cost=1.001 * served.cost)])
    assert one.upper == (served.cost if ends else year.cost)


def test_the_same_study_asked_again_tells_the_prices(large: None, kept: Path, tmp_path: Path):
    study = dearer(park(), 1.05)
    planned(study, kept, tmp_path)
    second = tmp_path / "second.npz"
    second.write_bytes((tmp_path / "search.npz").read_bytes())
    plan = planned(study, second, tmp_path)
    assert_proven(plan, study)
    assert np.isfinite(plan.years[0].duals).all()


# ------------------------------------------------------------------------------------------- its prices


def test_what_things_are_worth_is_found_when_asked(again: Plan):
    said: list[Step] = []
    found = duals.priced(again, progress=said.append)
    assert [step.text for step in said] == ["operating every step of every year"]
    (year,), (was,) = found.years, again.years
    assert year.before is None
    assert np.isfinite(year.duals).all()
    assert np.isfinite(year.reduced).all()
    assert np.array_equal(year.values, was.values)
    assert proven(year, again) <= 2 * NEARER * GAP
    assert was.before is not None
    old = dataclasses.replace(was, duals=was.before.duals)
    assert proven(old, again) > 0.01  # the earlier ones are of other prices
    assert (found.objective, found.lower_bound) == (again.objective, again.lower_bound)
    assert found.seconds > again.seconds
    assert found.history[-1].text == "found the prices of every step"
    assert found.history[:-1] == again.history


def test_the_years_hear_how_they_were_operated(again: Plan, monkeypatch: pytest.MonkeyPatch):
    """Values, bases, and prices of rows over the year; none is built again."""
    heard: list[tuple[float, dict[str, float], Point]] = []
    real = workers.Yard.operate

    def spied(self: workers.Yard, *given: Any) -> Evaluated:
        heard.append((self.enough, given[4], given[5]))
        return real(self, *given)

    monkeypatch.setattr(workers.Yard, "operate", spied)
    monkeypatch.setattr("parkzero.planning.years.build_year", None)
    duals.priced(again, 1)
    ((enough, totals, before),) = heard
    assert enough == NEARER * GAP
    assert before is again.years[0].before
    (cap,) = (r for r in again.years[0].built.matrix.rows if r.dotted == "cap.cap")
    assert totals["cap.cap"] == before.duals[cap.start]


def test_by_one_or_by_two_it_finds_the_same(again: Plan):
    one, two = duals.priced(again, 1), duals.priced(again, 2)
    assert np.array_equal(one.years[0].duals, two.years[0].duals)


def test_a_plan_that_knows_its_prices_is_left_as_it_is(again: Plan, monkeypatch: pytest.MonkeyPatch):
    found = duals.priced(again)
    monkeypatch.setattr(duals, "crew", None)
    assert duals.priced(found) is found


def test_results_tell_the_prices_of_now(again: Plan):
    """Electricity on the bus costs nearly as much more as what the grid asks."""
    results = results_of(duals.priced(again))
    assert audit(results)["ok"].all()
    was, now = (
        dict(table.select("bus", "mean").iter_rows()) for table in (prices_before(again), results.prices_mean)
    )
    assert set(now) == set(again.study.buses)
    assert 1.02 < now["el"] / was["el"] < 1.06
    assert results.summary["objective"] == pytest.approx(again.objective)
    assert results.summary["seconds"] > again.seconds


def prices_before(plan: Plan) -> pl.DataFrame:
    """Mean prices as the earlier plan had them."""
    (year,) = plan.years
    assert year.before is not None
    known = dataclasses.replace(year, duals=year.before.duals, before=None)
    return prices_mean_of(dataclasses.replace(plan, years=(known,)))
