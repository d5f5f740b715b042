"""Prices of plans of whole units that are solved at once: those of the problem with what was found fixed."""

from __future__ import annotations

import dataclasses

import pytest

from parkzero.lp.limits import TimeUp
from parkzero.lp.solver import Options
from parkzero.planning.monolith import monolith
from parkzero.pricing import priced
from parkzero.report.html import page
from parkzero.results import audit, results_of
from parkzero.study import Study
from parkzero.units import MW
from tests.cases.electric import sun
from tests.cases.harness import EXACT, compose, grid, load, mw, new, steps


def whole_units() -> Study:
    """5 MW in three hours at 20, 30 and 40; sun in units of 4 MW at 25 a MW, best in the first hour.

    One unit saves 4 x 20 + 3 x 30 = 170 for 100, a second one 80 more for 100. In the hours with sun the grid
    still gives the last megawatt. In parts 5 MW would be built, and the first hour cost 25 - 0.75 x 30 = 2.5.
    """
    roof = sun(new(25, MW, unit=mw(4.0)), raw=steps(1.0, 0.75))
    return compose(load(5, 5, 5), grid(20, 30, 40), roof)


@pytest.mark.parametrize("method", ["simplex", "ipx", "hipo"])
def test_whole_numbers_solved_at_once_have_the_prices_of_what_was_found(method: str):
    plan = monolith(whole_units(), Options(method=method, threads=1))
    assert plan.solver.endswith("(mip)")
    assert plan.objective == pytest.approx(100 + 20 + 60 + 200, rel=1e-6)
    assert plan.lower_bound == pytest.approx(plan.objective, rel=1e-6)
    found = results_of(priced(plan))
    assert found.frame("prices", 2025)["el"][:3].to_list() == pytest.approx([20, 30, 40], rel=1e-5)
    assert found.prices_mean.height == 1
    assert found.sizes["built"].to_list() == pytest.approx([4], abs=1e-9)
    assert audit(found)["ok"].all()


def test_parts_of_a_unit_would_have_other_prices():
    study = whole_units()
    parts = dataclasses.replace(study.components[2], power=new(25, MW))
    plan = monolith(dataclasses.replace(study, components=(*study.components[:2], parts)), EXACT)
    found = results_of(priced(plan))
    assert found.frame("prices", 2025)["el"][:3].to_list() == pytest.approx([2.5, 30, 40], rel=1e-5)


def test_a_plan_of_whole_numbers_is_kept_where_no_time_is_left_for_its_prices(monkeypatch):
    def late(*_: object) -> None:
        raise TimeUp

    monkeypatch.setattr("parkzero.planning.monolith.with_prices", late)
    plan = monolith(whole_units(), EXACT)
    assert (plan.status, plan.objective) == ("optimal", pytest.approx(380))
    found = results_of(plan)
    assert found.prices_mean.is_empty()
    assert "This plan has no marginal prices." in page(found)
