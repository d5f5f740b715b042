"""The case for a plan against its reference: two parks by hand, and what must hold for every plan."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parkzero
from parkzero.cash.flows import npv
from parkzero.errors import StudyError
from parkzero.language.fields import Size
from parkzero.planning.reference import reference
from parkzero.report.sections.case import _irr
from parkzero.results.case import case_of, flows_of, invested
from parkzero.units import MONEY, MW, MWH, YEAR, Quantity, T
from tests.cases.electric import sun
from tests.cases.harness import compose, fuel, grid, load, mw, path, per, warmth
from tests.cases.heat import burner
from tests.cases.kinds.electrolyser import H2, electrolyser, hydrogen
from tests.cases.paper import CASES
from tests.cases.policies import cap

YEARS = {"years": (2025, 2030), "rate": 0.1, "last": 5.0}


def planned(study):
    return parkzero.plan(study, method="monolith", gap=1e-6)


def roof(yearly: float, first_year: int = 1900):
    """Photovoltaics that give 1 MW in the first hour for each MW, at so much a year over ten years."""
    size = Size(capex=per(yearly / CRF, MONEY / MW), lifetime=Quantity(10.0, YEAR), first_year=first_year)
    return sun(size, 1)


def plant(power: float, **more):
    """Plant of today that is replaced at 500 a MW, and lives ten years then."""
    return Size(**{"existing": mw(power), "max": mw(power), "capex": per(500, MONEY / MW),
                   "lifetime": Quantity(10.0, YEAR), **more})  # fmt: skip


CRF = 0.1 / (1 - 1.1**-10)


def test_savings_payback_and_value_by_hand():
    """A roof of 2 MW at 30 a year each spares 2 MWh at 100: 200 a year for 60.

    It costs 2 x 30 / CRF = 368.674 at the start of 2025. Ten years at 10 %, told at the end of the first: its
    shares are worth 60 x 6.144567 x 1.1, the savings 200 x 6.144567 x 1.1. It lives as long as the plan, so
    nothing is left.
    """
    study = compose(load(2), roof(30), grid(100, emission_factor=per(0.5, T / MWH)), **YEARS)
    plan = planned(study)
    found = case_of(plan.results)
    assert found.investment == pytest.approx(60 / CRF)
    assert found.yearly == pytest.approx({2025: 200, 2030: 200})
    assert found.npv == pytest.approx((200 - 60) * 6.1445671 * 1.1, rel=1e-7)
    assert found.payback == pytest.approx(60 / CRF / 200)
    # 200 x (1 - 1.1^-n) / 0.1 passes 368.674 in the third year.
    assert found.discounted_payback == pytest.approx(
        2 + (60 / CRF - 200 * 1.735537) / (200 * 0.7513148), rel=1e-6
    )
    assert len(found.irrs) == 1
    assert npv(found.irrs[0], [-60 / CRF] + [200] * 10) == pytest.approx(0, abs=1e-6)
    assert found.tonnes == pytest.approx(2 * 0.5 * 10)
    assert found.tonne == pytest.approx(-found.npv / 10)


def test_what_outlives_the_plan_is_worth_its_shares_to_come():
    """Built in 2030 for ten years, in a plan that ends with 2034: five shares of 30 are left."""
    study = compose(load(1), roof(30, first_year=2030), grid(100), **YEARS)
    plan = planned(study)
    own = flows_of(plan.results, plan.results.ledger, invested(plan.results))
    assert own.investment.tolist() == pytest.approx([0] * 5 + [30 / CRF] + [0] * 5)
    assert own.residual == pytest.approx(30 * (1 - 1.1**-5) / 0.1)


def test_with_nothing_to_build_all_is_zero():
    study = compose(load(2), grid(100), **YEARS)
    found = case_of(planned(study).results)
    assert (found.investment, found.npv, found.payback, found.irrs, found.tonnes) == (0, 0, 0, (), 0)
    assert found.yearly == {2025: 0, 2030: 0}
    assert found.tonne is None


def test_what_today_cannot_serve_of_other_carriers_counts_by_its_energy():
    """A tonne of hydrogen in one hour, and nothing that makes it today: 33.33 MWh."""
    size = Size(capex=per(1, MONEY / MW), lifetime=Quantity(10.0, YEAR))
    made = dataclasses.replace(electrolyser(), power=size)
    plan = planned(compose(hydrogen(1), made, grid(20), **H2))
    assert plan.results.summary["reference"]["unserved_mwh"] == pytest.approx(33.33)


def test_the_reference_keeps_replaces_and_forgets_caps():
    """A boiler of 2 MW retires in 2030 and is replaced at 50 a year each; the cap is left out."""
    old = burner(plant(2, existing_until=2030))
    limit = cap(per(0.0, T))
    study = compose(warmth(2), old, fuel(30, factor=0.2), limit, rate=0.0, years=(2025, 2030), last=5.0)
    found = reference(study)
    assert found.method == "reference"
    assert found.design.names == ("burner.power[2025]", "burner.power[2030]")
    assert found.sizes.tolist() == pytest.approx([0, 2])
    assert found.objective == pytest.approx(10 * 2 * 30 + 5 * 2 * 50)


def test_what_no_plan_may_build_is_replaced_at_its_stated_cost():
    """The plan may not build the boiler before 2200, the reference replaces it in 2030 at 50 a year each."""
    old = burner(plant(2, existing_until=2030, first_year=2200))
    found = reference(compose(warmth(2), old, fuel(30), rate=0.0, years=(2025, 2030), last=5.0))
    assert found.objective == pytest.approx(10 * 2 * 30 + 5 * 2 * 50)


def test_what_today_cannot_serve_is_reported():
    """2 MW of heat with a boiler of 1: a MWh a year stays unserved in the reference, in no plan."""
    old = burner(plant(1, max=mw(9)))
    plan = planned(compose(warmth(2), old, fuel(30), **YEARS))
    assert plan.results.summary["unserved_mwh"] == pytest.approx(0, abs=1e-6)
    assert plan.results.summary["reference"]["unserved_mwh"] == pytest.approx(2)


def test_a_replacement_without_a_cost_is_refused():
    dated = path(MONEY / MW, y2031=500.0, y2035=500.0)
    old = burner(plant(2, existing_until=2030, capex=dated, first_year=2031))
    study = compose(warmth(2), old, fuel(30), **YEARS)
    with pytest.raises(StudyError, match="reference case replaces it in kind") as caught:
        planned(study)
    assert caught.value.faults[0].where.field == "assets.burner.power.capex"


def test_the_summary_says_it(tmp_path):
    plan = planned(compose(load(2), roof(30), grid(100), **YEARS))
    stored = plan.save(tmp_path / "run")
    for key in ("reference", "savings", "npv", "payback"):
        assert stored.summary[key] == plan.results.summary[key]
    assert stored.tables["savings"]["npv"][0] == pytest.approx(stored.summary["npv"])
    assert stored.tables["technologies"].row(0, named=True)["levelised"] == pytest.approx(30.0)


def test_without_a_reference_nothing_is_said():
    plan = parkzero.plan(compose(load(2), grid(100)), method="monolith", gap=1e-6, reference=False)
    assert plan.reference is None
    assert "savings" not in plan.results.summary
    assert plan.results.tables["savings"].is_empty()


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.5, 3), st.floats(5, 60), st.integers(6, 28).map(lambda n: n / 2)),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([0.0, 0.03, 0.08, 0.15]),
)
def test_value_is_the_difference_of_objectives_and_owners_sum_to_all(tenants, rate):
    """Whatever lives how long: the discounted cash flows are the objectives, and shares add up."""
    parts = []
    for i, (need, yearly, life) in enumerate(tenants):
        owner, bus = f"t{i}", f"el{i}"
        parts += [
            load(need, name=f"load{i}", bus=bus, owner=owner),
            grid(100, name=f"grid{i}", bus=bus, owner=owner),
            sun(Size(capex=per(10 * yearly, MONEY / MW), lifetime=Quantity(float(life), YEAR)), 1,
                name=f"pv{i}", bus=bus, owner=owner),
        ]  # fmt: skip
    study = compose(*parts, years=(2025, 2030, 2034), rate=rate, last=3.0)
    plan = planned(study)
    results = plan.results
    whole = case_of(results)
    scale = max(abs(plan.objective), 1.0)
    flows = flows_of(results, results.ledger, invested(results))
    assert flows.value(rate) == pytest.approx(plan.objective, rel=1e-9)
    assert whole.npv == pytest.approx(plan.reference.objective - plan.objective, abs=1e-9 * scale)
    owners = [case_of(results, f"t{i}") for i in range(len(tenants))]
    for name in ("investment", "npv", "tonnes", "net_tonnes"):
        assert np.sum([getattr(c, name) for c in owners]) == pytest.approx(
            getattr(whole, name), abs=1e-9 * scale
        )
    for year in (2025, 2030, 2034):
        assert sum(c.yearly[year] for c in owners) == pytest.approx(whole.yearly[year], abs=1e-9 * scale)


# A measure that the law forces cannot be kept at nothing; the reference, today's plant, leaves it out.
FREE = [case for case in CASES if not any(getattr(c, "forced", None) for c in case.study.components)]
SOME = [pytest.param(c, marks=() if i % 10 == 0 else pytest.mark.slow) for i, c in enumerate(FREE)]


@pytest.mark.parametrize("case", SOME, ids=str)
def test_what_stands_idle_can_be_left_out(case, monkeypatch):
    """Equipment of which nothing stands today does nothing: the reference costs the same with it."""
    study = case.study
    short = reference(study).objective
    monkeypatch.setattr("parkzero.planning.reference.without_idle", lambda found: found)
    assert short == pytest.approx(reference(study).objective, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("rates", "told"),
    [
        ([], "none: nothing is paid first"),
        ([0.12], "12%"),
        ([9.54], "954%: little is paid first, so it says little"),
        ([0.1, 0.4], "2 rates"),
    ],
)
def test_a_rate_of_return_that_says_little_is_not_shown_as_if_it_did(rates: list[float], told: str):
    assert _irr(rates).en.replace(" %", "%").replace("\u00a0", "") == told
