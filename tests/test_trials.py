"""Which sizes are tried next, and that years in windows are the same in any process."""

from __future__ import annotations

import dataclasses
import itertools
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from parkzero.bench import reference_study, tenants_study
from parkzero.components import Component, Fuel, Grid, HeatDemand
from parkzero.lp.rolling import Guess
from parkzero.lp.session import Session
from parkzero.lp.solver import Options, Point
from parkzero.planning import certify, master, workers
from parkzero.planning.again.checkpoint import Checkpoint, load_checkpoint
from parkzero.planning.again.earlier import Earlier, state_of, taken_over
from parkzero.planning.assemble import Built
from parkzero.planning.bounds import Evaluated, evaluate
from parkzero.planning.certify import certified
from parkzero.planning.master import Bounded, Master
from parkzero.planning.search import Search
from parkzero.planning.workers import Yard
from parkzero.planning.years import Years
from parkzero.search_file import read_arrays, write_arrays
from parkzero.study import Study
from parkzero.units import FloatArray
from tests.test_totals import with_cap

DAYS = 60


def short_study() -> Study:
    """Two months of two years: four windows."""
    return reference_study(days=DAYS, years=(2025, 2040))


def search_of(study: Study) -> Search:
    """A search that has just begun."""
    first, design = certify.build_year(study, study.milestones.years[0], study.timeline)
    return certify._begin(study, first, design, 0.001, 4, time.perf_counter(), None)


def tried(search: Search, wanted: FloatArray, stale: bool = False) -> FloatArray:
    """Sizes that are tried when the small problem asks for ``wanted``."""
    return certify._next_sizes(search, Bounded(0.0, wanted, {}), stale)


def test_sizes_half_way_to_the_best_plan_are_tried():
    search = search_of(short_study())
    wanted = np.full(len(search.design.names), 8.0)
    assert tried(search, wanted) == pytest.approx(wanted)
    search.sizes = np.full(len(wanted), 2.0)
    search.best = [cast(Evaluated, None)]  # only whether there is a plan counts
    assert tried(search, wanted) == pytest.approx(np.full(len(wanted), 5.0))
    # where the bound stands still it is the plan that is far from the best
    assert tried(search, wanted, stale=True) == pytest.approx(wanted)


@pytest.mark.parametrize(("count", "more"), [(1, 2), (4, 5), (8, 10), (DAYS - 1, DAYS), (DAYS, DAYS)])
def test_mean_days_become_more_by_one_at_least_and_never_more_than_there_are(count: int, more: int):
    search = search_of(short_study())
    search.count = count
    search.refine(1.25)
    assert search.count == more


def test_a_bound_that_stands_still_asks_for_more_mean_days():
    study = reference_study(days=28, years=(2025, 2040))
    plan = certified(study, gap=2e-4, workers=1, small=0, first_days=2)
    assert plan.status == "optimal"
    bounds = [s.text for s in plan.history if s.text.startswith("lower bound from")]
    assert bounds == [f"lower bound from {days} mean days" for days in (2, 2, 3)]


def test_sizes_of_an_earlier_search_are_left_behind():
    """They answer another question: a tenth of them left a cap to be kept at eight times its price."""
    search = search_of(short_study())
    wanted = np.full(len(search.design.names), 8.0)
    search.sizes = np.full(len(wanted), 2.0)
    assert tried(search, wanted) == pytest.approx(wanted)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a finished search."""
    path = tmp_path_factory.mktemp("search") / "kept.npz"
    assert certified(short_study(), gap=0.005, workers=1, small=0, resume=path).status == "optimal"
    return path


def with_prices(gas: float = 1.0, power: float = 1.0) -> Study:
    """The study with these times its prices."""

    def changed(component: Component) -> Component:
        if isinstance(component, Fuel) and component.name == "natural_gas":
            price = tuple(gas * v for v in component.price.values)
            return dataclasses.replace(component, price=dataclasses.replace(component.price, values=price))
        if isinstance(component, Grid):
            values = component.price.values * power
            return dataclasses.replace(component, price=dataclasses.replace(component.price, values=values))
        return component

    study = short_study()
    return dataclasses.replace(study, components=tuple(changed(c) for c in study.components))


def gone_on(study: Study, kept: Path, **changed: Any) -> tuple[Search, Earlier, Checkpoint]:
    """A search that goes on from the kept one, what that gives it, and what was kept."""
    search = search_of(study)
    found = load_checkpoint(kept, study, search.design)
    assert found is not None
    found = dataclasses.replace(found, **changed)
    return search, taken_over(search, found), found


@pytest.mark.parametrize(("gas", "first"), [(1.0, True), (1.05, False), (0.9, True)])
def test_old_sizes_are_operated_first_where_cuts_say_little(gas: float, first: bool, kept: Path):
    """Dearer gas leaves the old duals feasible; cheaper gas does not, and they say nothing.

    So it is where nothing is known of how the years were operated.
    """
    search, earlier, _ = gone_on(with_prices(gas), kept, before={})
    assert (earlier.trial(search, certify.YEAR) is not None) == first


def test_cuts_are_lifted_to_what_the_kept_operation_costs_now(kept: Path):
    """Cheaper gas: at the old sizes the old operation is nearly the best, its cuts say nothing."""
    study = with_prices(0.9)
    search, earlier, found = gone_on(study, kept)
    assert earlier.trial(search, certify.YEAR) is None
    assert [cut.year for cut in search.cuts] == [2025, 2040]
    for cut, lift in zip(search.cuts, earlier.lifts, strict=True):
        anew = evaluate(search.years.of(cut.year), found.sizes, certify.YEAR)
        told = cut.constant + float(cut.slope @ found.sizes)
        assert told < 0.9 * anew.cost
        assert anew.cost * (1 - 1e-6) <= told + lift <= anew.cost * (1 + 0.0005)


def test_what_a_tonne_is_worth_in_small_money_is_still_a_number_of_a_park(kept: Path, tmp_path: Path):
    """A megawatt of the example is worth 1.3e15 VND over its years: its search was thrown away for that."""
    arrays, path = read_arrays(kept), tmp_path / "dear.npz"
    arrays["total_years"] = np.array([2025], dtype=np.int32)
    arrays["total_names"], arrays["total_prices"] = np.array(["policy.cap"]), np.array([1.3e15])
    write_arrays(path, arrays)
    study = short_study()
    found = load_checkpoint(path, study, search_of(study).design)
    assert found is not None
    assert found.totals == {2025: {"policy.cap": 1.3e15}}


def test_kept_duals_have_all_their_digits(tmp_path: Path):
    """They prove as much of a year that no change concerns as on the day that they were found."""
    study, path = tenants_study(2, days=56, years=(2030, 2040)), tmp_path / "kept.npz"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(master, "SIMPLEX_SIZES", 0)
        plan = certified(study, gap=0.01, workers=1, small=0, resume=path)
    found = load_checkpoint(path, study, plan.design)
    assert found is not None
    for year in plan.years:
        assert len(year.duals)
        assert np.array_equal(found.before[year.built.year].duals, year.duals)


def test_kept_prices_of_totals_are_those_of_the_best_plans_operation():
    """The last lower bound has others: its days are mean ones."""
    study = with_cap(short_study(), 0.5)
    search = search_of(study)
    sizes = np.full(len(search.design.names), 15.0)
    yard = Yard(study, Years(study))
    search.took_years(sizes, [yard.operate(year, sizes, certify.YEAR, False) for year in (2025, 2040)])
    (name,) = {n for e in search.best for n, price in e.totals.items() if price and "cap" in n}
    search.totals = {2025: {"other": -2.0}, 2040: {name: -1.0, "other": -3.0}}
    kept = state_of(search, None).totals
    assert kept[2040][name] == search.best[1].totals[name] < -1.0
    assert (kept[2025]["other"], kept[2040]["other"]) == (-2.0, -3.0)
    assert search.totals[2040][name] == -1.0  # the search goes on with what it found last


def test_a_price_of_a_row_that_does_not_bind_is_the_last_one_that_it_had():
    search = search_of(short_study())
    search._priced(2025, {"cap": -3.0, "share": 0.0})
    assert search.totals == {2025: {"cap": -3.0, "share": 0.0}}
    search._priced(2025, {"cap": 0.0, "share": -1.0})
    assert search.totals == {2025: {"cap": -3.0, "share": -1.0}}
    search._priced(2025, {"cap": -2.0})
    assert search.totals == {2025: {"cap": -2.0, "share": -1.0}}


def test_a_plan_that_is_near_enough_but_short_is_mended_though_no_more_days_are_hard(
    monkeypatch: pytest.MonkeyPatch,
):
    """Once: what is still short after that waits for a bound."""
    search = search_of(short_study())
    search.lower = search.upper = 100.0
    search.best = [cast(Evaluated, SimpleNamespace(short=np.ones(1), told=True))]
    monkeypatch.setattr(Search, "took_years", lambda *_: False)
    monkeypatch.setattr(certify, "_mended", lambda *_, **__: np.full(1, 7.0))
    team = cast(workers.Team, SimpleNamespace(operate=lambda *_: []))
    rounds = certify.Rounds(search, team, Earlier())
    assert rounds._operate(np.zeros(1)) == pytest.approx([7.0])
    assert rounds.patience == certify.PATIENCE
    assert rounds._operate(np.full(1, 7.0)) is None
    assert rounds.patience == certify.PATIENCE - 1


def test_only_the_best_trial_of_a_similar_study_is_renewed(kept: Path):
    search, _, found = gone_on(with_prices(0.9), kept)
    more = ((2 * found.sizes, found.trials[-1][1]), *found.trials)
    search, _, _ = gone_on(with_prices(0.9), kept, trials=more)
    assert len(search.cuts) == 2
    search, _, _ = gone_on(with_prices(0.9), kept, trials=more[:1])  # the best was not kept
    assert len(search.cuts) == 2
    search, _, _ = gone_on(short_study(), kept, trials=more)  # the same study
    assert len(search.cuts) == 2 * len(more)


@pytest.mark.parametrize("share", [1.1, 0.9])
def test_an_operation_that_no_longer_fits_lifts_nothing(share: float, kept: Path):
    """More steam is asked for than was made, or less."""
    study = short_study()
    more = tuple(
        dataclasses.replace(c, load=dataclasses.replace(c.load, values=share * c.load.values))
        if isinstance(c, HeatDemand)
        else c
        for c in study.components
    )
    _, earlier, _ = gone_on(dataclasses.replace(study, components=more), kept)
    assert not earlier.lifts.any()


@pytest.mark.parametrize(
    "what", ["nothing of a basis", "other columns", "what an earlier price left as it was"]
)
def test_where_a_guess_would_say_nothing_there_is_none(what: str, kept: Path):
    study = (
        with_prices(0.9) if what != "what an earlier price left as it was" else with_prices(1.0, 1.0 + 1e-9)
    )
    _, _, found = gone_on(study, kept)
    shorter = {y: dataclasses.replace(b, values=b.values[1:]) for y, b in found.before.items()}
    changed = {"nothing of a basis": {"basis": None}, "other columns": {"before": shorter}}.get(what, {})
    _, earlier, _ = gone_on(study, kept, **changed)
    assert not earlier.lifts.any()


def test_a_guess_bounds_nothing(kept: Path):
    """Cuts lifted far above the truth move the sizes; the next bound is that of a problem never lifted."""
    search, earlier, _ = gone_on(with_prices(0.9), kept)
    lifted, plain = (Master(search.study, search.design, search.groups()) for _ in range(2))
    for one in (lifted, plain):
        one.add(search.cuts)
    before = lifted.solve()
    guess = lifted.with_guesses(earlier.lifts + 1e9)
    after = lifted.solve()
    assert guess is not None
    assert np.abs(guess - before.sizes).max() > 0.1
    assert after.bound == pytest.approx(plain.solve().bound, rel=1e-9)
    assert before.bound == pytest.approx(after.bound, rel=1e-9)


def test_after_a_guess_it_goes_on_from_where_it_was(kept: Path):
    """Begun at that basis again it is at the optimum: no step is left, weights of rows are not worked out."""
    search, earlier, _ = gone_on(with_prices(0.9), kept)
    one = Master(search.study, search.design, search.groups())
    one.add(search.cuts)
    one.solve()
    one.with_guesses(earlier.lifts)
    one.solve()
    session = one.session
    assert isinstance(session, Session)
    assert session._highs.getInfo().simplex_iteration_count == 0
    assert session._highs.getOptionValue("simplex_dual_edge_weight_strategy")[1] == 1


@pytest.mark.parametrize(("primal", "scaled"), [(False, False), (True, True)])
def test_what_the_dual_simplex_goes_on_with_is_not_scaled(primal: bool, scaled: bool):
    """It takes a third fewer steps; the primal one, from other mean days, may take five times as many."""
    study = short_study()
    one = Master(study, search_of(study).design, np.zeros(study.timeline.calendar.days, dtype=np.int32))
    one.solve()
    session = one.session
    assert isinstance(session, Session)
    assert session._highs.getOptionValue("simplex_scale_strategy")[1] != 0
    session.begin_at(session.basis, primal=primal)
    assert (session._highs.getOptionValue("simplex_scale_strategy")[1] != 0) == scaled


def test_a_problem_solved_from_nothing_each_time_makes_no_guess(kept: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(master, "SIMPLEX_SIZES", 0)
    search, earlier, _ = gone_on(with_prices(0.9), kept)
    large = Master(search.study, search.design, search.groups())
    large.add(search.cuts)
    assert large.with_guesses(earlier.lifts) is None


def test_sizes_are_sought_once_with_a_guess(kept: Path):
    search, earlier, _ = gone_on(with_prices(0.9), kept)
    small = search.master()
    small.solve()
    assert earlier.guessed(small) is not None
    assert earlier.guessed(small) is None


@pytest.mark.parametrize(("gas", "power"), [(0.9, 1.0), (1.05, 1.0), (1.0, 1.05), (1.0, 0.97)])
def test_after_a_moderate_change_of_price_every_step_is_operated_once(
    gas: float, power: float, kept: Path, tmp_path: Path, deeds: list[str]
):
    path = tmp_path / "again.npz"
    path.write_bytes(kept.read_bytes())
    plan = certified(with_prices(gas, power), gap=0.005, workers=1, small=0, resume=path)
    assert plan.status == "optimal"
    assert deeds.count("operated") == 1


@pytest.mark.parametrize(("gas", "power"), [(1.05, 1.0), (0.9, 1.0), (1.0, 1.05)])
def test_planning_again_after_a_change_of_price_keeps_the_proof(
    gas: float, power: float, kept: Path, tmp_path: Path, deeds: list[str]
):
    path = tmp_path / "again.npz"
    path.write_bytes(kept.read_bytes())
    study = with_prices(gas, power)
    again = certified(study, gap=0.005, workers=1, small=0, resume=path)
    assert deeds[0] == "went on"
    assert "looked ahead" not in deeds
    alone = certified(study, gap=0.001, workers=1, small=0)
    assert again.status == "optimal"
    assert again.lower_bound <= alone.objective * (1 + 1e-9)
    assert alone.lower_bound <= again.objective * (1 + 1e-9)


def test_years_in_windows_are_the_same_in_any_process_and_order():
    """Nothing is kept from trial to trial: an answer does not depend on what was operated before."""
    study = short_study()
    sizes = np.full(len(search_of(study).design.names), 15.0)
    fresh, used = Yard(study, Years(study)), Yard(study, Years(study))
    used.operate(2025, 2 * sizes, certify.YEAR, mended=False)
    used.operate(2040, sizes / 2, certify.YEAR, mended=False)
    for year in (2025, 2040):
        one: Evaluated = fresh.operate(year, sizes, certify.YEAR, mended=False)
        other = used.operate(year, sizes, certify.YEAR, mended=False)
        assert one.ran == "simplex in windows"
        assert np.array_equal(one.values, other.values)
        assert np.array_equal(one.duals, other.duals)
    plans = [certified(study, gap=0.005, workers=workers, small=0) for workers in (1, 2, 3)]
    assert plans[0].objective == plans[1].objective
    assert plans[0].lower_bound == plans[1].lower_bound


def test_an_operation_of_other_columns_is_passed_over():
    study = short_study()
    sizes = np.full(len(search_of(study).design.names), 15.0)
    alone = Yard(study, Years(study)).operate(2040, sizes, certify.YEAR, mended=False)
    for values in (alone.values[1:], np.append(alone.values, 0.0)):
        other = Point(values, alone.duals, ())
        found = Yard(study, Years(study)).operate(2040, sizes, certify.YEAR, mended=False, before=other)
        assert np.array_equal(found.values, alone.values)


def test_years_come_a_tenth_as_near_to_their_bound_as_the_plan_is_asked_to(monkeypatch: pytest.MonkeyPatch):
    asked: list[float] = []
    real = workers.evaluate

    def spied(
        built: Built, sizes: FloatArray, options: Options, guess: Guess, enough: float, *others: Any
    ) -> Evaluated:
        asked.append(enough)
        return real(built, sizes, options, guess, enough, *others)

    monkeypatch.setattr(workers, "evaluate", spied)
    certified(short_study(), gap=0.02, workers=1, small=0)
    assert asked
    assert asked == pytest.approx([0.002] * len(asked))


def test_years_begin_at_prices_of_the_small_problem_and_then_at_their_own(monkeypatch: pytest.MonkeyPatch):
    study = with_cap(reference_study(days=DAYS, years=(2025, 2045)), 0.8)
    asked: list[tuple[int, dict[str, float], float]] = []
    real = workers.evaluate

    def spied(built: Built, *given: Any) -> Evaluated:
        found = real(built, *given)
        asked.append((built.year, dict(given[-3]), found.totals.get("cap.cap", 0.0)))
        return found

    monkeypatch.setattr(workers, "evaluate", spied)
    certified(study, gap=1e-4, workers=1, small=0)
    late = [(known["cap.cap"], found) for year, known, found in asked if year == 2045]
    assert len(late) > 1
    assert late[0][0] < 0
    assert late[0][0] == pytest.approx(late[0][1], rel=0.5)
    for (_, found), (known, _) in itertools.pairwise(late):
        assert known
        assert known < 0 or found == 0
    assert all(not known for year, known, _ in asked if year == 2025)  # no cap, and nothing else by the year
