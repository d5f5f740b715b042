"""Time: real calendars, what stands before a step, and what mean days stand for."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero.timeline import STEP_MINUTES, Ahead, Calendar, RealDays, Timeline, full_year, part_of_year
from parkzero.units import FloatArray
from tests.cases.strategies import partitions

YEARS = st.integers(1970, 2150)
MINUTES = st.sampled_from(STEP_MINUTES)


def is_leap(year: int) -> bool:
    """The Gregorian rule, written anew."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


# -------------------------------------------------------------------------------------- calendars


@pytest.mark.parametrize(
    ("year", "minutes", "leap", "steps"),
    [
        (2025, 60, True, 8760),
        (2028, 60, True, 8784),
        (2028, 60, False, 8760),
        (2100, 60, True, 8760),
        (2000, 60, True, 8784),
        (2025, 30, True, 17520),
        (2028, 30, True, 17568),
        (2025, 15, True, 35040),
        (2028, 15, False, 35040),
    ],
)
def test_steps_of_a_year(year: int, minutes: int, leap: bool, steps: int):
    calendar = Calendar(year, minutes, leap=leap)
    assert calendar.steps == steps == len(calendar.starts)
    assert calendar.steps * calendar.hours == 24 * calendar.days
    assert full_year(year, minutes, leap).steps == steps


@given(year=YEARS, minutes=MINUTES, leap=st.booleans())
def test_dates_months_and_weekdays_are_those_of_the_calendar(year: int, minutes: int, leap: bool):
    calendar = Calendar(year, minutes, leap=leap)
    plain = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if is_leap(year) else 365)]
    if not leap:
        plain = [d for d in plain if (d.month, d.day) != (2, 29)]
    assert calendar.dates.tolist() == plain
    assert calendar.day_months.tolist() == [d.month - 1 for d in plain]
    assert calendar.weekdays.tolist() == [d.weekday() for d in plain]


@given(year=YEARS, minutes=MINUTES, days=st.integers(1, 365))
def test_steps_start_every_so_many_minutes(year: int, minutes: int, days: int):
    calendar = Calendar(year, minutes, days)
    assert calendar.starts[0] == np.datetime64(f"{year}-01-01T00:00")
    assert (np.diff(calendar.starts) == np.timedelta64(minutes, "m")).all()
    assert calendar.steps == days * 24 * 60 // minutes


def test_a_dropped_leap_day_leaves_a_gap_of_a_day():
    starts = Calendar(2028, 60, leap=False).starts
    jumps = np.flatnonzero(np.diff(starts) != np.timedelta64(60, "m"))
    assert starts[jumps].tolist() == [np.datetime64("2028-02-28T23:00").item()]
    assert starts[jumps[0] + 1] == np.datetime64("2028-03-01T00:00")


@pytest.mark.parametrize("minutes", [0, 1, 20, 45, 90, -60])
def test_other_lengths_of_steps_are_refused(minutes: int):
    with pytest.raises(ValueError, match="15, 30 or 60"):
        Calendar(2025, minutes)


@pytest.mark.parametrize(("year", "leap", "days"), [(2025, True, 366), (2028, False, 366), (2025, True, -1)])
def test_more_days_than_the_year_has_are_refused(year: int, leap: bool, days: int):
    with pytest.raises(ValueError, match=f"has 365 days, not {days}"):
        Calendar(year, 60, days, leap)
    assert Calendar(2028, 60, 366).steps == 8784


# ---------------------------------------------------------------------------------- before a step


def test_the_full_year_is_a_circle():
    before = full_year(2025).before
    assert before[0] == 8759
    assert (before[1:] == np.arange(8759)).all()


def test_each_mean_day_starts_free():
    timeline = RealDays(Calendar(2025, 60, 3)).grouped(np.array([1, 0, 1], dtype=np.int32))
    assert timeline.chains == 2
    assert timeline.steps == 48
    assert timeline.firsts.tolist() == [0, 24]
    assert timeline.lasts.tolist() == [23, 47]
    assert timeline.before[[0, 24]].tolist() == [48, 49]
    others = np.setdiff1d(np.arange(48), [0, 24])
    assert (timeline.before[others] == others - 1).all()


def passages(groups: list[int]) -> list[tuple[set[int], set[int]]]:
    """Which groups pass on to which."""
    timeline = RealDays(Calendar(2025, 60, len(groups))).grouped(np.array(groups, dtype=np.int32))
    count, ends, starts = timeline.passages
    found = [
        (set(np.flatnonzero(ends == k).tolist()), set(np.flatnonzero(starts == k).tolist()))
        for k in range(count)
    ]
    return sorted(found, key=lambda pair: sorted(pair[0]))


def test_which_mean_days_pass_on_to_which():
    assert passages([0]) == [({0}, {0})]
    assert passages([0, 1, 2]) == [({0}, {1}), ({1}, {2}), ({2}, {0})]
    assert passages([0, 1, 0, 1]) == [({0}, {1}), ({1}, {0})]
    assert passages([0, 0, 1]) == [({0, 1}, {0, 1})]
    # After 0 or 1 comes 2, after 2 comes 0 or 1.
    assert passages([0, 2, 1, 2]) == [({0, 1}, {2}), ({2}, {0, 1})]
    assert RealDays(Calendar(2025)).passages is None


@settings(max_examples=60)
@given(data=st.data(), days=st.integers(1, 12))
def test_what_passages_say_is_true_of_every_real_year(data: st.DataObject, days: int):
    """A level at midnight, averaged over the days of each group: ends and starts of a passage agree."""
    groups = data.draw(partitions(days))
    timeline = RealDays(Calendar(2025, 60, days)).grouped(groups)
    evening = np.random.default_rng(days).uniform(0, 9, days)
    morning = np.roll(evening, 1)
    count, ends, starts = timeline.passages
    end = np.bincount(groups, evening)  # sums over the days: sizes times means
    start = np.bincount(groups, morning)
    assert np.bincount(ends, end, count) == pytest.approx(np.bincount(starts, start, count))


# ------------------------------------------------------------------------------------- mean days


@st.composite
def grouped(draw: st.DrawFn) -> tuple[Timeline, FloatArray]:
    """Mean days of a part of a year, with a random series over the real steps."""
    days, minutes = draw(st.integers(1, 40)), draw(MINUTES)
    calendar = Calendar(2025, minutes, days)
    timeline = RealDays(calendar, scale=365 / days).grouped(draw(partitions(days)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    raw = np.round(rng.uniform(-3, 3, calendar.steps), draw(st.integers(0, 6)))
    return timeline, raw


@settings(max_examples=60)
@given(case=grouped())
def test_mean_low_and_high_are_those_of_the_days_behind_a_step(case: tuple[Timeline, FloatArray]):
    timeline, raw = case
    mean, low, high = timeline.averaged(raw)
    days = raw.reshape(timeline.calendar.days, -1)
    for group in range(timeline.chains):
        part = days[timeline.groups == group]
        steps = slice(group * timeline.calendar.per_day, (group + 1) * timeline.calendar.per_day)
        assert mean[steps] == pytest.approx(part.mean(axis=0))
        assert (low[steps] == part.min(axis=0)).all()
        assert (high[steps] == part.max(axis=0)).all()
    assert (low <= mean + 1e-12).all()
    assert (mean <= high + 1e-12).all()


@settings(max_examples=60)
@given(case=grouped())
def test_totals_over_the_year_are_exact(case: tuple[Timeline, FloatArray]):
    timeline, raw = case
    mean, _, _ = timeline.averaged(raw)
    assert mean @ timeline.weights == pytest.approx(raw.sum() * timeline.scale)
    assert timeline.weights.sum() * timeline.hours == pytest.approx(8760)
    assert timeline.sizes.sum() == timeline.calendar.days


@settings(max_examples=60)
@given(case=grouped())
def test_shares_of_months_sum_to_one_and_to_the_days_of_each_month(case: tuple[Timeline, FloatArray]):
    timeline, _ = case
    shares = timeline.month_shares.toarray()
    assert shares.shape == (timeline.steps, len(timeline.months))
    assert shares.sum(axis=1) == pytest.approx(1)
    days = (shares * timeline.weights[:, None]).sum(axis=0) / timeline.calendar.per_day / timeline.scale
    assert days == pytest.approx(np.bincount(timeline.calendar.day_months)[timeline.months])


def test_months_of_the_full_year_are_those_of_its_days():
    timeline = full_year(2028)
    shares = timeline.month_shares
    assert timeline.months.tolist() == list(range(12))
    assert np.unique(shares.data).tolist() == [1.0]
    assert (shares.sum(axis=0) / 24).tolist() == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert (shares.indices == np.repeat(timeline.calendar.day_months, 24)).all()


def test_the_full_year_averages_nothing():
    raw = np.arange(8760.0)
    assert all(part is raw for part in full_year(2025).averaged(raw))
    assert not full_year(2025).relaxed
    assert full_year(2025).grouped(np.zeros(365, dtype=np.int32)).relaxed


def test_equal_days_have_an_exact_mean_whatever_rounding_does():
    raw = np.tile(np.full(24, 0.1), 3)
    mean, low, high = RealDays(Calendar(2025, 60, 3)).grouped(np.zeros(3, dtype=np.int32)).averaged(raw)
    assert (mean == low).all()
    assert (low == high).all()


def test_a_part_of_the_year_stands_for_365_days():
    timeline = part_of_year(2025, 10, 15)
    assert timeline.weights.sum() * timeline.hours == pytest.approx(8760)
    assert timeline.steps == 960


@pytest.mark.parametrize("groups", [[0, 0], [0, 0, 2], [1, 1, 1], [0, 1, 2, 3], [-1, 0, 1], []])
def test_groups_must_number_the_days_without_a_hole(groups: list[int]):
    with pytest.raises(ValueError, match="without a hole"):
        RealDays(Calendar(2025, 60, 3)).grouped(np.array(groups, dtype=np.int32))


# ------------------------------------------------------------------------- from any day, and ahead


def test_a_year_may_begin_on_any_day():
    """From July to June: the months come in that order, 29 February falls into the second calendar year."""
    calendar = Calendar(2027, 60, first="07-01")
    assert (str(calendar.dates[0]), str(calendar.dates[-1])) == ("2027-07-01", "2028-06-30")
    assert calendar.days == 366
    assert list(dict.fromkeys(calendar.day_months.tolist())) == [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5]
    without = Calendar(2027, 60, leap=False, first="07-01")
    assert without.days == 365
    assert "2028-02-29" not in [str(day) for day in without.dates]
    assert calendar.weekdays[0] == 3  # 1 July 2027 is a Thursday


def test_a_part_of_a_year_may_begin_on_any_day():
    timeline = RealDays(Calendar(2025, 60, 3, first="12-30"), scale=365 / 3)
    assert [str(day) for day in timeline.calendar.dates] == ["2025-12-30", "2025-12-31", "2026-01-01"]
    assert timeline.months.tolist() == [0, 11]
    assert timeline.month_shares.toarray()[[0, 48]].tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("first", ["07-32", "13-01", "7-1", "02-29", "", "july", "07-01-01"])
def test_a_day_that_is_none_is_refused(first: str):
    with pytest.raises(ValueError, match="begins on a day"):
        Calendar(2028, first=first)


def test_what_lies_ahead_is_some_real_days_after_what_was_measured():
    timeline = Ahead(Calendar(2025, 60, 40), 30, 2, peaks={"grid.peak": {1: 7.0}})
    assert (timeline.steps, timeline.starts, timeline.chains) == (48, 1, 1)
    assert (timeline.relaxed, timeline.complete, timeline.passages) == (False, False, None)
    assert timeline.before.tolist() == [48, *range(47)]
    raw = np.arange(40 * 24.0)
    assert timeline.averaged(raw)[0].tolist() == list(range(30 * 24, 32 * 24))
    assert timeline.weights.tolist() == [1] * 48
    # 31 January and 1 February: the former month measured 7 MW, the latter has only begun.
    assert timeline.months.tolist() == [0, 1]
    assert timeline.billed("grid.peak").tolist() == [7, 0]
    assert timeline.month_shares.toarray()[[0, 24]].tolist() == [[1, 0], [0, 1]]
    with pytest.raises(LookupError):
        timeline.billed("other.peak")
    later = Ahead(Calendar(2025, 60, 40), 35, 2, peaks={"grid.peak": {1: 7.0, 2: 3.0}})
    assert later.bills.tolist() == [0, 1]  # January's bill is paid
    assert later.billed("grid.peak").tolist() == [7, 3]


@pytest.mark.parametrize(("first", "days"), [(-1, 2), (0, 0), (39, 2), (0, 41)])
def test_days_ahead_must_be_in_the_calendar(first: int, days: int):
    with pytest.raises(ValueError, match="not all in the calendar"):
        Ahead(Calendar(2025, 60, 40), first, days)


def test_days_ahead_have_a_calendar_of_their_own():
    """Also where they begin on a day with which no year begins."""
    timeline = Ahead(Calendar(2028, 30, 90), 58, 3)
    assert [str(day) for day in timeline.own.dates] == ["2028-02-28", "2028-02-29", "2028-03-01"]
    assert timeline.own.starts.tolist() == timeline.calendar.starts[timeline.inside].tolist()
    later = Ahead(timeline.own, 1, 2)
    assert [str(day) for day in later.own.dates] == ["2028-02-29", "2028-03-01"]
    assert full_year(2025).own == Calendar(2025)
    with pytest.raises(ValueError, match="has 2 days"):
        Calendar(2025, 60, 3, skip=363)
