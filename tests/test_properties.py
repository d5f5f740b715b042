"""What must hold for every study, shown on random ones."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from parkzero.components import ByYear, Component, EmissionCap, Profile
from parkzero.language.accounts import Account, accounts
from parkzero.language.block import Penalties, integrate
from parkzero.language.fields import Size, described
from parkzero.lp.solver import Options, solve
from parkzero.planning.assemble import Built, fixed
from parkzero.planning.monolith import monolith
from parkzero.planning.plan import Operated
from parkzero.study import Study
from parkzero.units import MW, FloatArray, T
from tests.cases.harness import EXACT, compose, grid, load, optimum, per, solved
from tests.cases.policies import CLEAN, DIRTY, cap
from tests.cases.strategies import studies

SOME = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
CLOSE = 1e-6

# Assets without which a study is still whole, and which nothing forces to run.
OPTIONAL = {"pv", "wind", "battery", "store", "pump", "kettle", "offset"}
LIMITS = {"cap", "budget", "tax", "green"}


def without(study: Study, names: set[str]) -> Study:
    """The study without some components."""
    return dataclasses.replace(study, components=tuple(c for c in study.components if c.name not in names))


def changed(study: Study, name: str, **fields: object) -> Study:
    """The study with some fields of one component changed."""
    parts = tuple(dataclasses.replace(c, **fields) if c.name == name else c for c in study.components)
    return dataclasses.replace(study, components=parts)


@SOME
@given(study=studies(), data=st.data())
def test_more_choice_never_costs_more(study: Study, data: st.DataObject):
    choices = sorted({c.name for c in study.components} & OPTIONAL)
    assume(choices)
    dropped = data.draw(st.sets(st.sampled_from(choices), min_size=1))
    free, poor = optimum(study), optimum(without(study, dropped))
    assert free <= poor + CLOSE * abs(poor)


@SOME
@given(study=studies(), data=st.data())
def test_one_more_limit_never_costs_less(study: Study, data: st.DataObject):
    limits = sorted({c.name for c in study.components} & LIMITS)
    assume(limits)
    dropped = data.draw(st.sets(st.sampled_from(limits), min_size=1))
    bound, free = optimum(study), optimum(without(study, dropped))
    assert free <= bound + CLOSE * abs(bound)


def rotated(study: Study, steps: int) -> Study:
    """The study whose year begins some steps later."""

    def turn(component: Component) -> Component:
        profiles = {
            name: dataclasses.replace(
                getattr(component, name), values=np.roll(getattr(component, name).values, -steps)
            )
            for name, meta in described(type(component)).items()
            if meta.kind == "profile" and getattr(component, name) is not None
        }
        return dataclasses.replace(component, **profiles)

    return dataclasses.replace(study, components=tuple(turn(c) for c in study.components))


@SOME
@given(study=studies(), steps=st.integers(1, 71))
def test_a_circular_year_may_start_anywhere(study: Study, steps: int):
    assert optimum(rotated(study, steps)) == pytest.approx(optimum(study), rel=CLOSE)


def dearer(study: Study, factor: float) -> Study:
    """The study with every price multiplied, shortfalls included."""

    def scale(value: object) -> object:
        if isinstance(value, ByYear):
            return dataclasses.replace(value, values=tuple(v * factor for v in value.values))
        if isinstance(value, Profile):
            return dataclasses.replace(value, values=value.values * factor)
        if isinstance(value, Size):
            upkeep = scale(value.fixed_om) if value.fixed_om.unit.money else value.fixed_om
            return dataclasses.replace(value, capex=scale(value.capex), fixed_om=upkeep)
        return value

    def priced(component: Component) -> Component:
        fields = described(type(component)).items()
        money = {
            n: scale(getattr(component, n))
            for n, meta in fields
            if meta.unit.money == 1 or meta.kind == "size"
        }
        assert all(isinstance(v, ByYear | Profile | Size | None) for v in money.values())
        return dataclasses.replace(component, **money)

    penalties = Penalties(study.penalties.unserved * factor, study.penalties.excess * factor)
    return dataclasses.replace(
        study, components=tuple(priced(c) for c in study.components), penalties=penalties
    )


@SOME
@given(study=studies(), factor=st.sampled_from([0.5, 2.0, 1000.0]))
def test_money_times_a_factor_costs_that_factor(study: Study, factor: float):
    assert optimum(dearer(study, factor)) == pytest.approx(factor * optimum(study), rel=CLOSE)


@SOME
@given(study=studies(years=3))
def test_the_ledger_sums_to_the_objective_and_buses_balance(study: Study):
    plan = monolith(study, EXACT)
    total = 0.0
    for operated in plan.years:
        context = operated.built.context
        for entry in context.ledger.of("cost"):
            amount = integrate(entry.expr, context.timeline) if entry.hourly else entry.expr
            total += operated.built.weight * float(amount.value(plan.sizes, operated.values)[0])
        for parts in context.injections.values():
            flows = sum(part.value(plan.sizes, operated.values) for _, part in parts)
            assert np.abs(flows).max() < 1e-6
    assert total == pytest.approx(plan.objective, rel=1e-9)


@SOME
@given(study=studies(years=3))
def test_the_cost_of_owners_and_accounts_is_the_cost_of_the_park(study: Study):
    owned = dataclasses.replace(
        study,
        components=tuple(
            dataclasses.replace(c, owner=("", "a", "b")[i % 3]) for i, c in enumerate(study.components)
        ),
    )
    plan = monolith(owned, EXACT)
    for operated in plan.years:
        whole = total(operated, plan.sizes, tuple(accounts("cost")))
        by_owner = sum(
            total(operated, plan.sizes, tuple(accounts("cost")), owner) for owner in ("", "a", "b")
        )
        by_account = sum(total(operated, plan.sizes, (account,)) for account in accounts("cost"))
        assert by_owner == pytest.approx(whole, rel=1e-9, abs=1e-6)
        assert by_account == pytest.approx(whole, rel=1e-9, abs=1e-6)


def total(
    operated: Operated, sizes: FloatArray, accounts: tuple[Account, ...], owner: str | None = None
) -> float:
    """A year's sum of some accounts."""
    context = operated.built.context
    found = context.ledger.total(accounts, lambda rate: integrate(rate, context.timeline), owner)
    return float(found.value(sizes, operated.values)[0])


def emitted(study: Study) -> float:
    """Emissions of the first year without any limit on them [t]."""
    solution, design, years = solved(without(study, {"cap", "budget", "tax"}))
    context, sizes = years[0].context, len(design.lower)
    values = solution.values[sizes : sizes + years[0].matrix.operation.shape[1]]
    gross = context.ledger.total(
        (Account.SCOPE1, Account.SCOPE2), lambda rate: integrate(rate, context.timeline)
    )
    return float(gross.value(solution.values[:sizes], values)[0])


def capped(study: Study, tonnes: float) -> Study:
    """The study of one year with a cap on its emissions."""
    rest = without(study, {"cap", "budget"})
    return dataclasses.replace(
        rest, components=(*rest.components, EmissionCap(name="cap", limit=per(tonnes, T)))
    )


@SOME
@given(study=studies(years=1), shares=st.tuples(st.floats(0.1, 1.2), st.floats(0.1, 1.2)))
def test_tightening_a_cap_never_lowers_the_cost_and_its_dual_is_the_slope(
    study: Study, shares: tuple[float, float]
):
    """The cost is convex in the cap, and its dual never foretells more than is paid elsewhere."""
    free = emitted(study)
    assume(free > 1)
    here, there = shares[0] * free, shares[1] * free
    solution, design, years = solved(capped(study, here))
    other = optimum(capped(study, there))
    row = next(r for r in years[0].matrix.rows if r.dotted == "cap.cap")
    dual = float(solution.duals[len(design.matrix.low) + row.start])
    tolerance = CLOSE * max(abs(other), abs(solution.objective))
    assert dual <= tolerance
    assert other >= solution.objective + dual * (there - here) - tolerance
    if there < here:
        assert other >= solution.objective - tolerance


@SOME
@given(study=studies())
def test_operating_the_best_sizes_costs_the_optimum_and_other_sizes_cost_no_less(study: Study):
    solution, design, years = solved(study)
    sizes = solution.values[: len(design.lower)]
    assert running_cost(years, sizes) == pytest.approx(solution.objective, rel=CLOSE)
    # Doubling what is built keeps a year operable, but breaks limits on sizes: only free sizes are doubled.
    wide = np.where(np.isfinite(design.upper), sizes, sizes * 2)
    low = design.matrix.design @ wide >= design.matrix.low - 1e-9
    high = design.matrix.design @ wide <= design.matrix.high + 1e-9
    if (low & high).all():
        assert running_cost(years, wide) >= solution.objective * (1 - CLOSE)


def running_cost(years: list[Built], sizes: FloatArray) -> float:
    """Cost of running all years with given sizes."""
    return sum(solve(fixed(year, sizes), EXACT).objective for year in years)


@SOME
@given(study=studies(days=1, years=1))
def test_methods_agree(study: Study):
    """An interior point without crossover, one with it, and the simplex end at the same cost."""
    exact = optimum(study)
    for options in (Options("hipo", threads=1), Options("ipx", crossover=True, threads=1)):
        plan = monolith(study, options)
        assert plan.objective == pytest.approx(exact, rel=1e-5)
        assert plan.lower_bound <= exact + 1e-6 * abs(exact)


def test_the_dual_of_a_cap_is_what_a_tonne_costs():
    """Between two vertices the slope is exact: a tonne less costs 80 (40 a MWh more, 0.5 t a MWh)."""
    study = compose(load(2), DIRTY, CLEAN, cap(0.5), last=3)
    solution, design, years = solved(study)
    row = next(r for r in years[0].matrix.rows if r.dotted == "cap.cap")
    dual = float(solution.duals[len(design.matrix.low) + row.start])
    moved = optimum(compose(load(2), DIRTY, CLEAN, cap(0.6), last=3))
    assert dual == pytest.approx(-80 * 3)
    assert (moved - solution.objective) / 0.1 == pytest.approx(dual)


def test_the_dual_of_a_balance_is_the_price_of_a_megawatt_hour():
    """One MW more in the second hour buys at 100: a year that counts three times pays 300."""
    solution, design, years = solved(compose(load(1, 1), grid(20, 100), last=3))
    row = next(r for r in years[0].matrix.rows if r.dotted == "el.balance")
    start = len(design.matrix.low) + row.start
    assert row.unit == MW
    assert solution.duals[start : start + 2] == pytest.approx([60, 300])
