"""Hard days never lift the bound above the optimum, and mending serves what was short."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkzero.components.policies.investment_limit import InvestmentLimit
from parkzero.lp.expr import IntArray
from parkzero.lp.fold import solve_folded
from parkzero.lp.solver import Options, Problem, Residuals, Solution, solve
from parkzero.planning import mended_years
from parkzero.planning.assemble import Built, stack
from parkzero.planning.bounds import evaluate
from parkzero.planning.hard_days import busiest, count, found_hard, hard_year, slack_cost, with_hard_days
from parkzero.planning.master import Master
from parkzero.planning.mend import keeping, mended
from parkzero.planning.mended_years import operated_mended
from parkzero.study import Bus, Study
from parkzero.timeline import Calendar, PickedDays, RealDays
from parkzero.units import MONEY, MW
from tests.cases.electric import sun
from tests.cases.harness import (
    EXACT,
    compose,
    days,
    each_day,
    grid,
    load,
    new,
    optimum,
    per,
    warmth,
    years_of,
)
from tests.cases.heat import pump
from tests.cases.kinds.measure import TWO, measure
from tests.cases.storage import battery, cells
from tests.cases.strategies import partitions, studies

SOME = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
CLOSE = 1e-6


def owners(study: Study) -> list[str]:
    """All owners, the park among them."""
    return sorted({c.owner for c in study.components} | {b.owner for b in study.buses.values()})


def test_sizes_that_break_a_rule_of_a_year_by_a_trace_are_moved_to_where_they_keep_it():
    """Lighting of 5 MW has a measure in all of it: 5.0002 MW are more than there is, and no operation helps.

    A bound ends there when an interior point keeps rows to four digits; 4.9 MW break nothing and stay.
    """
    study = compose(*TWO, measure(new(7.2)))
    design, years = years_of(study, study.timeline)
    assert design.names == ("led.extent[2025]",)
    assert keeping(design, years, np.array([5.0002])) == pytest.approx([5.0], abs=1e-7)
    assert keeping(design, years, np.array([4.9])) == pytest.approx([4.9], abs=1e-9)
    master = Master(study, design, np.zeros(study.timeline.calendar.days, dtype=np.int32))
    found = master.session.solve()
    rough = np.concatenate([[5.0002], found.values[1:]])
    broken = dataclasses.replace(found, values=rough, residuals=Residuals(4e-5, 0.0, 4e-5))
    assert master.bounded(broken).sizes == pytest.approx([5.0], abs=1e-7)


@st.composite
def hard_days(draw: st.DrawFn, study: Study) -> dict[int, dict[str, IntArray]]:
    """Any days as hard days of any owners in any years."""
    day = st.integers(0, study.timeline.calendar.days - 1)
    chosen = st.lists(day, min_size=1, unique=True).map(lambda d: np.array(sorted(d), dtype=np.int32))
    of_owner = st.dictionaries(st.sampled_from(owners(study)), chosen)
    return {year: draw(of_owner) for year in study.milestones.years}


def beside(study: Study, groups: IntArray, hard: dict[int, dict[str, IntArray]]) -> float:
    """The bound from mean days and hard days."""
    design, years = years_of(study, study.timeline.grouped(np.asarray(groups, dtype=np.int32)))
    joined = [with_hard_days(study, built, hard.get(built.year, {})) for built in years]
    solution = solve(stack(design, joined), EXACT)
    assert solution.status == "optimal"
    return solution.objective


@SOME
@given(study=studies(days=3), data=st.data())
def test_hard_days_lift_the_bound_and_never_above_the_optimum(study: Study, data: st.DataObject):
    groups = data.draw(partitions(study.timeline.calendar.days))
    hard = data.draw(hard_days(study))
    exact, lifted = optimum(study), beside(study, groups, hard)
    assert lifted <= exact + CLOSE * abs(exact)
    assert lifted >= beside(study, groups, {}) - CLOSE * abs(exact)


@pytest.mark.slow
@settings(SOME, max_examples=1000)
@given(study=studies(days=5, years=3), data=st.data())
def test_hard_days_of_many_years_never_lift_the_bound_above_the_optimum(study: Study, data: st.DataObject):
    groups = data.draw(partitions(study.timeline.calendar.days))
    exact = optimum(study)
    assert beside(study, groups, data.draw(hard_days(study))) <= exact + CLOSE * abs(exact)


# One day needs 3 MW, the other 1; a megawatt of connection costs 1,000 a year, energy nothing.
PEAKED = compose(
    load(raw=each_day((3,), (1,))),
    sun(new(100.0), raw=np.ones(48)),
    timeline=days(2),
)


def built_sizes(study: Study, hard: dict[int, dict[str, IntArray]]) -> float:
    """What the mean day and the hard days ask for."""
    design, years = years_of(study, study.timeline.grouped(np.zeros(2, dtype=np.int32)))
    joined = [with_hard_days(study, built, hard.get(built.year, {})) for built in years]
    return float(solve(stack(design, joined), EXACT).values[0])


def test_the_mean_day_asks_for_the_mean_and_a_hard_day_for_its_peak():
    """In the first hour of the two days 3 and 1 MW: the mean asks for 2 MW, the first day itself for 3."""
    year = PEAKED.milestones.years[0]
    assert built_sizes(PEAKED, {}) == pytest.approx(2)
    assert built_sizes(PEAKED, {year: {"": np.array([0], dtype=np.int32)}}) == pytest.approx(3)
    assert built_sizes(PEAKED, {year: {"": np.array([1], dtype=np.int32)}}) == pytest.approx(2)


def test_a_shortage_counted_twice_would_break_the_bound():
    """With nothing to build, the mean day and the hard day are short of the same energy: it is paid once."""
    study = compose(load(raw=each_day((3,), (1,))), timeline=days(2))
    exact = optimum(study)
    every = {y: {"": np.array([0, 1], dtype=np.int32)} for y in study.milestones.years}
    groups = np.zeros(2, dtype=np.int32)
    assert beside(study, groups, every) == pytest.approx(exact)
    design, years = years_of(study, study.timeline.grouped(groups))
    twice = [charged_twice(study, built, every[built.year]) for built in years]
    assert solve(stack(design, twice), EXACT).objective == pytest.approx(2 * exact)


def charged_twice(study: Study, built: Built, hard: dict[str, IntArray]) -> Built:
    """The joined year with the mean day's own price of shortage on top."""
    joined = with_hard_days(study, built, hard)
    cost = joined.matrix.cost.copy()
    cost[: len(built.matrix.cost)] += slack_cost(built)
    return dataclasses.replace(joined, matrix=dataclasses.replace(joined.matrix, cost=cost))


STORED = compose(
    load(raw=each_day((0,), (2,))),
    grid(raw=each_day((20,), (100,))),
    battery(),
    timeline=days(2),
)


def test_a_hard_day_may_begin_with_a_full_store():
    """What the second day uses was stored on the first; a day that had to begin empty would cost more."""
    every = {y: {"": np.array([0, 1], dtype=np.int32)} for y in STORED.milestones.years}
    exact = optimum(STORED)
    assert beside(STORED, np.arange(2, dtype=np.int32), every) == pytest.approx(exact)


def test_levels_of_hard_days_stay_within_the_store():
    """The dark second day needs 2 MWh, and a store of 1 MWh is all that it can have brought along."""
    study = compose(
        load(raw=each_day((0,), (2,))), sun(4, raw=each_day((1,), (0,))), cells(5, 1), timeline=days(2)
    )
    second = {y: {"": np.array([1], dtype=np.int32)} for y in study.milestones.years}
    exact, together = optimum(study), np.zeros(2, dtype=np.int32)
    assert beside(study, together, {}) == pytest.approx(0, abs=1e-6)
    assert beside(study, together, second) == pytest.approx(exact)
    assert exact > 1


def test_picked_days_in_a_row_are_one_run_where_they_close():
    picked = np.array([1, 2, 5], dtype=np.int32)
    timeline = PickedDays(Calendar(2025, 60, 8), 1.0, picked, closed=True)
    assert timeline.before[[0, 24, 48]].tolist() == [47, 23, 71]
    free = PickedDays(Calendar(2025, 60, 8), 1.0, picked)
    assert free.before[[0, 24, 48]].tolist() == [72, 73, 74]


def test_picked_days_have_the_real_values_and_their_months():
    timeline = PickedDays(Calendar(2025, 60, 40), 2.0, np.array([0, 39], dtype=np.int32))
    raw = np.arange(40 * 24.0)
    mean, low, high = timeline.averaged(raw)
    assert mean.tolist() == [*range(24), *range(39 * 24, 40 * 24)]
    assert (mean == low).all()
    assert (mean == high).all()
    assert timeline.weights.tolist() == [2.0] * 48
    assert timeline.month_shares.toarray()[[0, 47]].tolist() == [[1, 0], [0, 1]]
    assert timeline.relaxed


# -------------------------------------------------------------------------------------------- mending


def test_mending_adds_just_what_the_hard_day_lacks():
    """2 MW stand, the first day needs 3: one more at 1,000 a year, times annuity and weight of the year."""
    design, years = years_of(PEAKED, PEAKED.timeline)
    year = PEAKED.milestones.years[0]
    found = mended(PEAKED, design, np.array([2.0]), {year: {"": np.array([0], dtype=np.int32)}})
    assert found is not None
    sizes, more = found
    assert sizes == pytest.approx([3.0])
    assert more == pytest.approx(float(sum(b.matrix.design_cost[0] for b in years)))


def test_mending_never_takes_away():
    design, _ = years_of(PEAKED, PEAKED.timeline)
    year = PEAKED.milestones.years[0]
    found = mended(PEAKED, design, np.array([5.0]), {year: {"": np.array([0], dtype=np.int32)}})
    assert found is not None
    assert found[0] == pytest.approx([5.0])
    assert found[1] == pytest.approx(0.0)


def test_sizes_that_exceed_a_limit_by_the_tolerance_are_mended():
    """3 MW may be bought and 3.00002 stand: held from below as they are, they would keep no limit at all."""
    purse = InvestmentLimit(name="purse", limit=per(3_000.0, MONEY))
    study = dataclasses.replace(PEAKED, components=(*PEAKED.components, purse))
    design, _ = years_of(study, study.timeline)
    year = study.milestones.years[0]
    found = mended(study, design, np.array([3.00002]), {year: {"": np.array([0], dtype=np.int32)}})
    assert found is not None
    assert found[0] == pytest.approx([3.0], rel=3e-5)


def test_an_owners_busiest_days_are_those_of_the_highest_hour_and_of_the_most_in_all():
    """Of three days one has the highest hour, another asks for most in all; the third is busy for nobody."""
    raw = np.ones(72)
    raw[30], raw[48:] = 9.0, 2.0
    study = compose(load(raw=raw), grid(raw=np.full(72, 50.0)), timeline=days(3))
    _, years = years_of(study, study.timeline)
    assert {o: d.tolist() for o, d in busiest(study, years[0]).items()} == {"": [1, 2]}


def test_who_asks_the_same_in_every_hour_has_no_busiest_day():
    study = compose(load(raw=np.full(24, 10.0)), grid(50))
    _, years = years_of(study, study.timeline)
    assert busiest(study, years[0]) == {}


def test_mending_serves_as_many_days_around_a_hard_one_as_it_is_told():
    """The first day needs 3 MW, the second 4: with the day after it the first asks for both."""
    study = compose(
        load(raw=each_day((3,), (4,), (1,))), sun(new(100.0), raw=np.ones(72)), timeline=days(3)
    )  # fmt: skip
    design, _ = years_of(study, study.timeline)
    hard = {study.milestones.years[0]: {"": np.array([0], dtype=np.int32)}}
    for reach, needed in ((0, 3.0), (1, 4.0)):
        found = mended(study, design, np.array([2.0]), hard, reach)
        assert found is not None
        assert found[0] == pytest.approx([needed])


def test_an_operated_year_names_its_hardest_days_first():
    _, years = years_of(PEAKED, PEAKED.timeline)
    found = evaluate(years[0], np.array([0.5]), EXACT)
    assert found.hard[""].tolist() == [0, 1]
    assert found.penalty == pytest.approx(found.cost - float(years[0].matrix.design_cost[0]) * 0.5)
    assert evaluate(years[0], np.array([3.0]), EXACT).hard == {}


def test_days_hard_in_one_year_count_in_the_others():
    known = {2025: {"a": np.array([7], dtype=np.int32)}, 2030: {}}
    new = {2025: {}, 2030: {"a": np.array([3, 1, 2], dtype=np.int32)}}
    found = found_hard(known, new)
    assert found[2025]["a"].tolist() == [1, 3, 7]
    assert found[2030]["a"].tolist() == [1, 2, 3]
    assert count(found) == 6


# ------------------------------------------------------------------------- going on as before the mend


@SOME
@given(study=studies(days=2), seed=st.integers(0, 2**32 - 1))
def test_a_year_that_goes_on_as_before_costs_what_it_says(study: Study, seed: int):
    """Either the old operation is no longer allowed, or it is, and costs no less than the best."""
    design, years = years_of(study, study.timeline)
    rng = np.random.default_rng(seed)
    most = np.where(np.isfinite(design.upper), design.upper, 5.0)
    before = rng.uniform(0, 1, len(most)) * most
    after = before + rng.uniform(0, 1, len(most)) * (most - before)
    for built in years:
        found = evaluate(built, before, EXACT)
        same = operated_mended(built, before, found, after, EXACT)
        best = evaluate(built, after, EXACT)
        if same is None:
            continue
        assert same.cost >= best.cost - CLOSE * abs(best.cost)
        assert same.short.max() <= 1e-3
        assert same.cut == found.cut
        problem_cost = float(built.matrix.cost @ same.values + built.matrix.design_cost @ after)
        assert same.cost == pytest.approx(problem_cost + built.matrix.constant)


def test_a_year_that_lacked_nothing_goes_on_as_it_was():
    _, years = years_of(PEAKED, PEAKED.timeline)
    three, four = np.array([3.0]), np.array([4.0])
    enough = evaluate(years[0], three, EXACT)
    same = operated_mended(years[0], three, enough, four, EXACT)
    assert same is not None
    assert same.cost == pytest.approx(evaluate(years[0], four, EXACT).cost)
    assert operated_mended(years[0], three, enough, np.array([2.0]), EXACT) is None


def hard_on_the_tenth() -> list[Built]:
    """A year of 20 days with sun alone, of which the tenth needs three times as much."""
    raw = np.tile(np.append(1.0, np.zeros(23)), 20)
    raw[9 * 24] = 3.0
    study = compose(
        load(raw=raw),
        sun(new(100.0), raw=np.ones(len(raw))),
        timeline=days(20),
    )
    _, years = years_of(study, study.timeline)
    return list(years)


def test_a_year_that_was_short_is_solved_again_where_it_was():
    """On the tenth of 20 days twice as much is needed, and built: only the days around it are touched."""
    years = hard_on_the_tenth()
    one, three = np.array([1.5]), np.array([3.0])
    short = evaluate(years[0], one, EXACT)
    assert np.flatnonzero(short.short > 1e-3).tolist() == [9]
    found = operated_mended(years[0], one, short, three, EXACT)
    assert found is not None
    assert found.short.max() == pytest.approx(0, abs=1e-9)
    assert found.hard == {}
    assert found.cost == pytest.approx(evaluate(years[0], three, EXACT).cost)
    # with more than enough, the price of the hour that was short is no longer the penalty
    more = operated_mended(years[0], one, short, np.array([4.0]), EXACT)
    assert more is not None
    assert np.abs(short.duals).max() > 1000
    assert np.abs(more.duals).max() == pytest.approx(0, abs=1e-6)
    # two are not enough: then nothing is claimed
    assert operated_mended(years[0], one, short, np.array([2.0]), EXACT) is None


def test_prices_of_a_year_solved_again_fit_one_another():
    """One more MW of sun saves 20 on the peak day, and on the 13 days that were left as they were."""
    raw = np.tile(np.append(2.0, np.zeros(23)), 20)
    raw[9 * 24] = 4.0
    study = compose(
        load(raw=raw),
        grid(raw=np.full(len(raw), 20.0), import_limit=per(1.5, MW)),
        sun(new(100.0), raw=np.ones(len(raw))),
        timeline=days(20),
    )
    _, years = years_of(study, study.timeline)
    matrix, one = years[0].matrix, np.array([1.0])
    short = evaluate(years[0], one, EXACT)
    found = operated_mended(years[0], one, short, np.array([3.0]), EXACT)
    assert found is not None
    (tie,) = [r.start for r in matrix.rows if r.name.endswith("standing")]
    assert abs(found.duals[tie]) == pytest.approx(14 * 20)
    assert found.reduced == pytest.approx(matrix.cost - matrix.operation.T @ found.duals)


def test_all_else_is_held_where_a_year_is_solved_again(monkeypatch: pytest.MonkeyPatch):
    """Of 20 days seven are free to change: the one that was short and three on either side."""
    years = hard_on_the_tenth()
    short = evaluate(years[0], np.array([1.5]), EXACT)
    asked: list[Problem] = []

    def watched(problem: Problem, options: Options) -> Solution:
        asked.append(problem)
        return solve_folded(problem, options)

    monkeypatch.setattr(mended_years, "solve_folded", watched)
    assert operated_mended(years[0], np.array([1.5]), short, np.array([3.0]), EXACT) is not None
    (part,) = asked
    for block in years[0].matrix.columns:
        if block.count == 20 * 24:
            columns = slice(block.start, block.start + block.count)
            free = (part.lower < part.upper)[columns].reshape(20, 24).any(axis=1)
            assert np.flatnonzero(free).tolist() == [6, 7, 8, 9, 10, 11, 12]


def test_a_day_is_hard_for_its_owner_alone():
    """Two owners with a load each: of a day that is hard for one, only that one's rules are there."""
    mine, yours = (dataclasses.replace(load(raw=np.ones(48)), name=n, owner=n, bus=f"{n}.el") for n in "ab")
    study = dataclasses.replace(
        compose(load(raw=np.ones(48)), timeline=days(2)),
        components=(mine, yours),
        buses={f"{n}.el": Bus(f"{n}.el", "electricity", owner=n) for n in "ab"},
    )
    year = study.milestones.years[0]
    first, both = np.array([0], dtype=np.int32), np.array([0, 1], dtype=np.int32)
    # each owner has the balance of a bus, of 24 steps a day
    assert hard_year(study, year, {"a": first}).matrix.operation.shape[0] == 24
    assert hard_year(study, year, {"a": first, "b": both}).matrix.operation.shape[0] == 24 + 48


def test_days_with_another_cop_look_different_though_they_need_the_same():
    study = compose(
        warmth(raw=np.ones(96)), grid(raw=np.full(96, 20.0)), pump(cop=np.repeat([4.0, 2.0, 4.0, 2.0], 24)),
        timeline=days(4),
    )  # fmt: skip
    design, years = years_of(study, study.timeline)
    looks = evaluate(years[0], np.full(len(design.lower), 2.0), EXACT).need
    assert looks[0] == pytest.approx(looks[2])
    assert looks[1] == pytest.approx(looks[3])
    assert np.abs(looks[0] - looks[1]).max() > 1


def test_a_timeline_of_mean_days_knows_the_mean_excess():
    timeline = RealDays(Calendar(2025, 60, 2)).grouped(np.zeros(2, dtype=np.int32))
    raw = np.concatenate([np.full(24, 1.0), np.full(24, 4.0)])
    mean, _, _ = timeline.averaged(raw)
    assert timeline.excess(raw, mean) == pytest.approx(np.full(24, 0.75))
