"""Which sizes are tried next, and that years in windows are the same in any process."""

from __future__ import annotations

import dataclasses
import itertools
import time
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from parkzero.bench import reference_study
from parkzero.components import Component, Fuel, Grid
from parkzero.lp.rolling import Guess
from parkzero.lp.solver import Options
from parkzero.plan import certify, workers
from parkzero.plan.assemble import Built
from parkzero.plan.bounds import Evaluated
from parkzero.plan.certify import FROM_EARLIER, certified
from parkzero.plan.checkpoint import load_checkpoint
from parkzero.plan.master import Bounded
from parkzero.plan.plan import Step
from parkzero.plan.resume import go_on
from parkzero.plan.search import Search
from parkzero.plan.workers import Yard
from parkzero.plan.years import Years
from parkzero.study import Study
from parkzero.units import FloatArray
from tests.test_totals import with_cap

DAYS = 60


def short_study() -> Study:
    """Two months of two years: four windows."""
    return reference_study(days=DAYS, years=(2025, 2040))


def search_of(study: Study) -> Search:
    """A search that has just begun."""
    first, design = certify.build_year(study, study.horizon.years[0], study.timeline)
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


def test_sizes_of_an_earlier_search_are_nearly_left_behind():
    search = search_of(short_study())
    wanted, old = np.full(len(search.design.names), 8.0), np.full(len(search.design.names), 2.0)
    search.sizes = old
    assert tried(search, wanted) == pytest.approx(FROM_EARLIER * wanted + (1 - FROM_EARLIER) * old)


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


@pytest.mark.parametrize(("gas", "first"), [(1.0, True), (1.05, False), (0.9, True)])
def test_old_sizes_are_operated_first_where_cuts_say_little(gas: float, first: bool, kept: Path):
    """Dearer gas leaves the old duals feasible; cheaper gas does not, and they say nothing."""
    study = with_prices(gas)
    search = search_of(study)
    found = load_checkpoint(kept, study, search.design)
    assert found is not None
    assert (go_on(search, found) is not None) == first


@pytest.mark.parametrize(("gas", "power"), [(1.05, 1.0), (0.9, 1.0), (1.0, 1.05)])
def test_planning_again_after_a_change_of_price_keeps_the_proof(
    gas: float, power: float, kept: Path, tmp_path: Path
):
    path = tmp_path / "again.npz"
    path.write_bytes(kept.read_bytes())
    study = with_prices(gas, power)
    said: list[Step] = []
    again = certified(study, gap=0.005, workers=1, small=0, resume=path, progress=said.append)
    alone = certified(study, gap=0.001, workers=1, small=0)
    assert again.status == "optimal"
    assert again.lower_bound <= alone.objective * (1 + 1e-9)
    assert alone.lower_bound <= again.objective * (1 + 1e-9)
    assert not any("first look" in step.text for step in said)


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
    plans = [certified(study, gap=0.005, workers=workers, small=0) for workers in (1, 2)]
    assert plans[0].objective == plans[1].objective
    assert plans[0].lower_bound == plans[1].lower_bound


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
        asked.append((built.year, dict(given[-2]), found.totals.get("cap.cap", 0.0)))
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
