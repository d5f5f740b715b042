"""Mean days bound the year from below, whatever the grouping; and each condition of the proof is needed.

The proof: take any operation of the year and average it over each group of days. If the average is allowed on
the mean days and costs no more there, their optimum is a lower bound. Each test in the second half breaks one
condition on purpose and shows a study whose "bound" then lies above the optimum.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cached_property

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from parkzero.components import Battery, ThermalStore
from parkzero.lp.expr import IntArray
from parkzero.lp.solver import solve
from parkzero.planning.assemble import Built, stack
from parkzero.study import Study
from parkzero.timeline import MeanDays, Timeline
from parkzero.units import MWH, ONE, FloatArray, H, Quantity, T
from tests.cases.electric import PEAK, sun
from tests.cases.harness import (
    EXACT,
    NEVER,
    bound,
    compose,
    days,
    each_day,
    grid,
    load,
    mw,
    new,
    optimum,
    per,
    share,
    warmth,
    years_of,
)
from tests.cases.heat import pump
from tests.cases.policies import cap
from tests.cases.storage import BURN, battery, cells
from tests.cases.strategies import partitions, studies

SOME = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
CLOSE = 1e-6


@SOME
@given(study=studies(), data=st.data())
def test_mean_days_bound_the_year_from_below(study: Study, data: st.DataObject):
    groups = data.draw(partitions(study.timeline.calendar.days))
    exact = optimum(study)
    assert bound(study, groups) <= exact + CLOSE * abs(exact)


@pytest.mark.slow
@settings(SOME, max_examples=1500)
@given(study=studies(days=5, years=3), data=st.data())
def test_mean_days_bound_many_years_from_below(study: Study, data: st.DataObject):
    groups = data.draw(partitions(study.timeline.calendar.days))
    exact = optimum(study)
    assert bound(study, groups) <= exact + CLOSE * abs(exact)


@SOME
@given(study=studies(), data=st.data())
def test_a_day_for_each_day_loses_nothing(study: Study, data: st.DataObject):
    order = data.draw(st.permutations(range(study.timeline.calendar.days)))
    assert bound(study, order) == pytest.approx(optimum(study), rel=CLOSE)


@SOME
@given(study=studies(), data=st.data())
def test_splitting_groups_never_lowers_the_bound(study: Study, data: st.DataObject):
    fine = data.draw(partitions(study.timeline.calendar.days))
    merged = np.array(data.draw(partitions(int(fine.max()) + 1)))[fine]
    low, high = bound(study, merged), bound(study, fine)
    assert low <= high + CLOSE * abs(high)


@SOME
@given(study=studies(needs=frozenset({"battery", "thermal_store"})), data=st.data())
def test_told_starts_and_ends_bound_the_year_from_below(study: Study, data: st.DataObject):
    shares = st.none() | st.floats(0, 0.9).map(share)
    levels = {name: data.draw(shares) for name in ("start_level", "end_level")}
    parts = [
        dataclasses.replace(c, **levels) if isinstance(c, Battery | ThermalStore) else c
        for c in study.components
    ]
    told = dataclasses.replace(study, components=tuple(parts))
    exact = optimum(told)
    assert bound(told, data.draw(partitions(told.timeline.calendar.days))) <= exact + CLOSE * abs(exact)


class Free(MeanDays):
    """Knows only that over the year what is gained and lost adds up to nothing."""

    @cached_property
    def passages(self) -> tuple[int, IntArray, IntArray]:
        return 1, np.zeros(self.chains, dtype=np.int32), np.zeros(self.chains, dtype=np.int32)


@SOME
@given(study=studies(days=3), data=st.data())
def test_knowing_which_days_follow_which_only_lifts_the_bound(study: Study, data: st.DataObject):
    """Never above the optimum; with storage it is what makes single days exact."""
    groups = data.draw(partitions(study.timeline.calendar.days))
    timeline = study.timeline
    linked, exact = bound(study, groups), optimum(study)
    free = broken(study, Free(timeline.calendar, timeline.scale, groups))
    assert free <= linked + CLOSE * abs(linked)
    assert linked <= exact + CLOSE * abs(exact)


def test_single_days_are_exact_because_each_knows_the_day_before():
    """The first day needs what the second could store: without order it would get it for 20, not for 100."""
    study = compose(
        load(raw=each_day((1,), (0,), (0,))),
        grid(raw=each_day((100,), (20,), (100,), rest=NEVER)),
        battery(loss=Quantity(1 / 24, ONE / H)),
        timeline=days(3),
    )
    groups = np.arange(3, dtype=np.int32)
    exact = optimum(study)
    assert bound(study, groups) == pytest.approx(exact)
    assert broken(study, Free(study.timeline.calendar, 1.0, groups)) < exact - 1


@pytest.mark.parametrize("seed", range(3))
def test_mean_days_bound_a_year_with_whole_units_and_switches(seed: int):
    """Yes or no in an hour is relaxed, whole units are not; both leave a bound."""
    rng = np.random.default_rng(seed)
    price = np.repeat(rng.choice([-20.0, 20.0, 90.0], 24), 2)
    study = compose(
        load(raw=rng.uniform(0, 2, 48)),
        grid(raw=price),
        cells(1, 3, exclusive=True, efficiency_in=share(0.8)),
        sun(new(30.0, unit=mw(0.7)), raw=rng.uniform(0, 1, 48)),
        timeline=days(2),
    )
    exact = optimum(study)
    assert bound(study, [0, 0]) <= exact + 1e-5 * abs(exact)
    assert bound(study, [0, 1]) <= exact + 1e-5 * abs(exact)


# -------------------------------------------------------------------------- each condition is needed


def broken(study: Study, timeline: Timeline, change: Callable[[Built], Built] = lambda built: built) -> float:
    """The optimum on mean days whose timeline, or whose rows, break a condition."""
    design, years = years_of(study, timeline)
    solution = solve(stack(design, [change(built) for built in years]), EXACT)
    assert solution.status == "optimal"
    return solution.objective


def check(study: Study, kind: type[MeanDays], groups: list[int], right: float | None = None) -> None:
    """The true mean days bound the optimum; those that break a condition lie above it."""
    exact = optimum(study)
    honest = bound(study, groups)
    assert honest <= exact + CLOSE * abs(exact)
    if right is not None:
        assert exact == pytest.approx(right)
    calendar = study.timeline.calendar
    false = broken(study, kind(calendar, study.timeline.scale, np.array(groups, dtype=np.int32)))
    assert false > exact * (1 + 1e-3) + 1e-3


class MeanCoefficients(MeanDays):
    """Treats a coefficient of an hourly variable like a right-hand side: takes its mean."""

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        mean, _, _ = super().averaged(raw)
        return mean, mean, mean


def test_a_price_that_differs_in_a_group_may_not_be_averaged():
    """Power is used on the cheap day only: 10, not twice 0.5 MWh at 55."""
    study = compose(load(raw=each_day((1,), (0,))), grid(raw=each_day((10,), (100,))), timeline=days(2))
    check(study, MeanCoefficients, [0, 0], right=10)


def test_a_cop_that_differs_in_a_group_may_not_be_averaged():
    """Heat is needed on the day of the good COP only: 1/4 of 20, not 1/3."""
    study = compose(
        warmth(raw=each_day((1,), (0,))),
        grid(raw=each_day((20,), (20,))),
        pump(cop=np.repeat([4.0, 2.0], 24)),
        timeline=days(2),
    )
    check(study, MeanCoefficients, [0, 0], right=5)


@pytest.mark.parametrize(
    ("rule", "price", "heat", "takes", "without"),
    [
        # Electricity costs 20: as little of it as days of COP 4, 3 and 2 may need.
        ("high", 20.0, 0.4, 0.1, 0.0667 / 3),
        ("part_high", 20.0, 1.8, 1.4667 / 3, 0.45),
        ("full_high", 20.0, 2.9, 0.95, 2.5667 / 3),
        # It pays 20: as much of it as they may take.
        ("low", -20.0, 0.4, 0.2, 0.7333 / 3),
        ("part_low", -20.0, 1.0, 1.3333 / 3, 0.5),
        ("full_low", -20.0, 1.8, 0.7, 2.1333 / 3),
    ],
)
def test_every_rule_of_a_pump_rated_by_input_bites_on_mean_days(
    rule: str, price: float, heat: float, takes: float, without: float
):
    """1 MW of it: heat q of x MW keeps 2 x <= q <= 4 x, 4 x - 1 <= q <= 2 x + 1, |q - 3 x| <= 1/3."""
    pumped = pump(1.0, np.repeat([4.0, 3.0, 2.0], 24), rated="input")
    hourly = each_day((price,), (price,), (price,), rest=1000.0)
    study = compose(
        warmth(raw=each_day((heat,), (heat,), (heat,))), grid(raw=hourly), pumped, timeline=days(3)
    )
    together = study.timeline.grouped(np.zeros(3, dtype=np.int32))
    assert optimum(study, together) == pytest.approx(3 * price * takes, rel=1e-3)
    struck = optimum(study, together, without=f"product.pump.1.{rule}")
    assert struck == pytest.approx(3 * price * without, rel=1e-3)


class Pessimistic(MeanDays):
    """Takes the wrong end of the range of a coefficient: the same for all, its highest or its lowest."""

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        _, low, high = super().averaged(raw)
        wrong = high if raw.max() > 9 else low  # prices are above 9, COPs below
        return wrong, wrong, wrong


def test_a_coefficient_must_be_free_up_to_its_optimistic_end():
    study = compose(load(raw=each_day((1,), (1,))), grid(raw=each_day((10,), (100,))), timeline=days(2))
    check(study, Pessimistic, [0, 0])
    study = compose(
        warmth(raw=each_day((1,), (1,))),
        grid(raw=each_day((20,), (20,))),
        pump(cop=np.repeat([4.0, 2.0], 24)),
        timeline=days(2),
    )
    check(study, Pessimistic, [0, 0], right=15)


class Picked(MeanDays):
    """Picks a day of each group instead of averaging it."""

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        firsts = [int(np.argmax(self.groups == group)) for group in range(self.chains)]
        picked = raw.reshape(self.calendar.days, -1)[firsts]
        return picked.ravel(), picked.ravel(), picked.ravel()


def test_right_hand_sides_are_averaged_not_picked():
    """The first of two days needs 3 MW, the second 1: a day picked for both pays for 3 twice."""
    study = compose(load(raw=each_day((3,), (1,))), grid(raw=each_day((20,), (20,))), timeline=days(2))
    check(study, Picked, [0, 0], right=80)


def test_what_multiplies_a_size_is_averaged_not_picked():
    """The first of two days is dull: picked for both, the sun that the second day brings is missing."""
    study = compose(
        load(raw=each_day((1,), (1,))),
        sun(1, raw=each_day((0,), (1,))),
        grid(raw=each_day((20,), (20,))),
        timeline=days(2),
    )
    check(study, Picked, [0, 0], right=20)


class Round(MeanDays):
    """Closes every mean day on itself: it begins with what it ends with."""

    @cached_property
    def before(self) -> IntArray:
        earlier = super().before.copy()
        earlier[self.firsts] = self.lasts
        return earlier


STORED = compose(
    load(raw=each_day((0,), (0,), (2,))),
    grid(raw=each_day((20,), (20,), (100,), rest=NEVER)),
    battery(),
    timeline=days(3),
)


@pytest.mark.parametrize("groups", [[0, 0, 1], [0, 1, 2]])
def test_each_group_needs_a_free_level_before_its_first_step(groups: list[int]):
    """What the last day uses was stored on the days before: 40, not 200."""
    check(STORED, Round, groups, right=40)


def test_a_store_may_not_have_to_begin_empty():
    def empty(built: Built) -> Built:
        stored = next(c for c in built.matrix.columns if c.dotted == "battery.stored")
        upper = built.matrix.upper.copy()
        upper[stored.start + 48 : stored.start + stored.count] = 0.0
        return dataclasses.replace(built, matrix=dataclasses.replace(built.matrix, upper=upper))

    timeline = STORED.timeline.grouped(np.array([0, 0, 1], dtype=np.int32))
    assert broken(STORED, timeline) == pytest.approx(40)
    assert broken(STORED, timeline, empty) == pytest.approx(200)


class Unweighted(MeanDays):
    """Counts what a group gains and loses once, however many days it stands for."""

    @cached_property
    def sizes(self) -> FloatArray:
        return np.ones(int(np.max(self.groups)) + 1)

    @cached_property
    def weights(self) -> FloatArray:
        return np.repeat(np.bincount(self.groups) * self.scale, self.calendar.per_day)

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        return MeanDays(self.calendar, self.scale, self.groups).averaged(raw)


def test_what_groups_gain_is_weighted_with_their_days():
    """Two cheap days store 1 MWh each for the third; unweighted, they would have to store 2 each."""
    check(STORED, Unweighted, [0, 0, 1], right=40)


class OneMonth(MeanDays):
    """Gives a mean day that spans two months to the first of them."""

    @cached_property
    def month_shares(self) -> sparse.csr_array:
        months = np.searchsorted(self.months, self.calendar.day_months)
        first = [int(months[self.groups == g].min()) for g in range(self.chains)]
        table = np.zeros((self.chains, len(self.months)))
        table[np.arange(self.chains), first] = 1.0
        return sparse.csr_array(np.repeat(table, self.calendar.per_day, axis=0))


def test_a_mean_day_over_two_months_bills_the_mean_of_their_peaks():
    """All the load is February's, on two days of 2 MW; January pays no peak although it shares a mean day."""
    demand = each_day(*[(0,)] * 31, (2,), (2,))
    study = compose(load(raw=demand), grid(raw=np.full(33 * 24, 10.0), **PEAK), timeline=days(33))
    check(study, OneMonth, [0, *[1] * 30, 0, 2], right=4 * 10 + 2 * 100)


class Higher(MeanDays):
    """Bills the highest step of the days behind a mean day, not their mean."""

    def averaged(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        mean, low, high = super().averaged(raw)
        return (high, low, high) if raw.max() < 9 else (mean, low, high)


def test_loads_count_with_their_mean_not_with_their_highest():
    study = compose(load(raw=each_day((1,), (2,))), grid(raw=each_day((10,), (10,))), timeline=days(2))
    check(study, Higher, [0, 0], right=30)


class Uncounted(MeanDays):
    """Lets every group count once in rows over the year."""

    @cached_property
    def weights(self) -> FloatArray:
        return np.full(self.steps, self.calendar.days * self.scale)


def test_rows_over_the_year_count_each_group_with_its_days():
    """One day of three emits: counted like the other two together, it would break the cap."""
    study = compose(
        load(raw=each_day((0,), (0,), (1,))),
        grid(raw=np.full(72, 10.0), emission_factor=per(1.0, T / MWH)),
        cap(1.0),
        timeline=days(3),
    )
    check(study, Uncounted, [0, 0, 1], right=10)


def test_yes_or_no_in_an_hour_is_relaxed():
    """Paid 10 to draw: one day charges 1 MW, the other gives a quarter of it back in the same hour."""
    battery = cells(1, 10, exclusive=True, **BURN)
    study = compose(
        load(raw=each_day((1,), (1,))),
        grid(raw=each_day((-10,), (-10,), rest=NEVER)),
        battery,
        timeline=days(2),
    )

    def decided(built: Built) -> Built:
        whole = built.matrix.whole.copy()
        switch = next(c for c in built.matrix.columns if c.dotted == "battery.charges")
        whole[switch.start : switch.start + switch.count] = True
        return dataclasses.replace(built, matrix=dataclasses.replace(built.matrix, whole=whole))

    timeline = study.timeline.grouped(np.array([0, 0], dtype=np.int32))
    assert optimum(study) == pytest.approx(-20 - 7.5)
    assert broken(study, timeline) <= -27.5 + 1e-6
    assert broken(study, timeline, decided) == pytest.approx(-20)
