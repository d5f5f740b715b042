"""Demand charges: months as windows, what is remembered of them as totals, peak days as mean days."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parkzero.bench.cases import Charge, tenants_study
from parkzero.components import Grid, Profile
from parkzero.errors import StudyError
from parkzero.interchange.refusals import faults_of_grid
from parkzero.language.site import Site
from parkzero.lp import over_time, rolling, seams, windows
from parkzero.lp.fold import folded, solve_folded
from parkzero.lp.rolling import Rolling
from parkzero.lp.solver import Solution
from parkzero.planning.assemble import Built, Design, build_year, fixed
from parkzero.planning.bounds import clock_of, evaluate
from parkzero.planning.certify import certified
from parkzero.planning.monolith import monolith
from parkzero.planning.peak_days import grouped_apart, peak_days
from parkzero.study import Study
from parkzero.timeline import Calendar, RealDays
from parkzero.units import MONEY, MW, ONE, FloatArray
from tests.cases.harness import EXACT, compose, days, grid, load, mw, optimum, per, share
from tests.test_certify import ONE_PROBLEM, PEAKS, park, turbines

CLOSE = 1e-6
# January, and as much of February as makes a window.
DAYS = 46


def by_month(values: list[float], study_days: int) -> Profile:
    """A value for each month as a series."""
    months = days(study_days).calendar.day_months
    return Profile(np.repeat(np.array(values)[months], 24), MONEY / MW)


def evening(study_days: int) -> Profile:
    """The hours of the system's peak."""
    hours = np.zeros(24)
    hours[17:20] = 1.0
    return Profile(np.tile(hours, study_days), ONE)


TIERS = {"demand_tier_2": mw(6), "demand_charge_2": per(9000.0, MONEY / MW)}
COINCIDENT = {"coincident_charge": per(4000.0, MONEY / MW), "coincident_hours": evening(DAYS)}
CHARGES: dict[str, dict[str, Any]] = {
    "a charge": PEAKS,
    "a ratchet": {**PEAKS, "ratchet": share(0.8)},
    "a month that looks back": {**PEAKS, "ratchet": share(0.8), "ratchet_lookback": 1},
    "tiers": {**PEAKS, **TIERS},
    "tiers of what a ratchet bills": {**PEAKS, **TIERS, "ratchet": share(0.8)},
    "hours of the system's peak": {**PEAKS, **COINCIDENT},
}


@pytest.fixture
def two_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two months are windows enough, and no year is solved at once."""
    monkeypatch.setattr(rolling, "LEAST_WINDOWS", 1)

    def never(*_: object) -> Solution:
        raise AssertionError("the year was solved at once")

    monkeypatch.setattr(over_time, "solve_form", never)


def some_sizes(design: Design, seed: int) -> FloatArray:
    """Sizes up to half of what may be built."""
    most = np.where(np.isfinite(design.upper), design.upper, 8.0)
    return most * np.random.default_rng(seed).uniform(0, 0.5, len(most))


@pytest.mark.usefixtures("two_windows")
@pytest.mark.parametrize("charges", CHARGES.values(), ids=CHARGES)
def test_a_year_of_two_months_has_the_cost_and_the_bound_of_one_problem(charges: dict[str, Any]):
    study = park(days=DAYS, years=(2035,), connection=charges)
    built, design = build_year(study, 2035, study.timeline)
    sizes = some_sizes(design, 3)
    best = solve_folded(fixed(built, sizes), EXACT).objective
    found = evaluate(built, sizes, EXACT, enough=1e-3)
    proven = found.cut.constant + float(found.cut.slope @ sizes)
    assert best * (1 - CLOSE) <= found.cost <= best * (1 + 1e-3)
    assert best * (1 - 1e-3) <= proven <= best * (1 + CLOSE)
    for seed in range(4):  # the cut holds for all sizes
        other = some_sizes(design, 10 + seed)
        costs = solve_folded(fixed(built, other), EXACT).objective
        assert found.cut.constant + float(found.cut.slope @ other) <= costs * (1 + CLOSE)


@pytest.mark.usefixtures("two_windows")
def test_ratchets_of_several_connections_fit_windows(monkeypatch: pytest.MonkeyPatch):
    """Their rows name months alone; rows over hours, here the cap's, are sooner too many."""
    study = tenants_study(2, DAYS, (2035,), charge=Charge(9000.0, 0.8, own_meters=True))
    built, design = build_year(study, 2035, study.timeline)
    sizes = some_sizes(design, 3)
    best = solve_folded(fixed(built, sizes), EXACT).objective
    monkeypatch.setattr(windows, "MOST_TOTALS", 1)
    found = evaluate(built, sizes, EXACT, enough=1e-2)
    assert best * (1 - CLOSE) <= found.cost <= best * (1 + 1e-2)
    assert best * (1 - 1e-2) <= found.cut.constant + float(found.cut.slope @ sizes) <= best * (1 + CLOSE)
    for name, most in (("MOST_TOTALS", 0), ("MOST_IN_ALL", 8)):  # a cap, and two months' rows of two ratchets
        with monkeypatch.context() as fewer:
            fewer.setattr(windows, name, most)
            with pytest.raises(AssertionError, match="at once"):
                evaluate(built, sizes, EXACT, enough=1e-2)


# ------------------------------------------------------------------------- plans against one problem


def plan_of(charges: dict[str, Any]) -> Study:
    """Two months of two years."""
    return park(days=DAYS, years=(2025, 2035), connection=charges)


@pytest.fixture
def few_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two months are windows enough."""
    monkeypatch.setattr(rolling, "LEAST_WINDOWS", 1)


def bounds_hold(study: Study, gap: float = 0.01, **how: Any) -> None:
    """A plan's bounds enclose the optimum of one problem."""
    best = monolith(study, ONE_PROBLEM)
    found = certified(study, gap=gap, workers=1, small=0, **how)
    assert found.status == "optimal"
    assert found.gap <= gap
    assert found.lower_bound <= best.objective * (1 + CLOSE)
    assert found.objective >= best.lower_bound * (1 - CLOSE)


@pytest.mark.usefixtures("few_windows")
def test_the_bounds_of_a_plan_enclose_the_optimum_of_one_problem():
    bounds_hold(plan_of({**PEAKS, **TIERS, **COINCIDENT, "ratchet": share(0.8)}))


@pytest.mark.slow
@pytest.mark.usefixtures("few_windows")
@pytest.mark.parametrize("gap", [0.01, 0.002])
@pytest.mark.parametrize("charges", CHARGES.values(), ids=CHARGES)
def test_the_bounds_of_plans_enclose_the_optimum(charges: dict[str, Any], gap: float):
    bounds_hold(plan_of(charges), gap)


@pytest.mark.slow
@pytest.mark.usefixtures("few_windows")
@pytest.mark.parametrize("days_", [60, 125])
@pytest.mark.parametrize("years", [(2025, 2035), (2025, 2035, 2050)], ids=len)
@pytest.mark.parametrize("tenants", [1, 2, 3])
@pytest.mark.parametrize("ratchet", [0.0, 0.8])
def test_the_bounds_of_parks_enclose_the_optimum(
    days_: int, years: tuple[int, ...], tenants: int, ratchet: float
):
    charge = Charge(9000.0, ratchet, own_meters=tenants > 1)
    bounds_hold(tenants_study(tenants, days_, years, charge=charge))


@pytest.mark.slow
@pytest.mark.parametrize("ratchet", [0.0, 0.8])
@pytest.mark.parametrize("gap", [0.01, 0.002])
def test_the_bounds_of_a_whole_year_enclose_the_optimum(ratchet: float, gap: float):
    bounds_hold(tenants_study(1, years=(2035,), charge=Charge(9000.0, ratchet)), gap)


@pytest.mark.slow
def test_a_whole_year_in_months_has_the_cost_of_one_problem(monkeypatch: pytest.MonkeyPatch):
    study = tenants_study(1, years=(2035,), charge=Charge(9000.0, 0.8))
    built, design = build_year(study, 2035, study.timeline)
    sizes = some_sizes(design, 5)
    best = solve_folded(fixed(built, sizes), EXACT).objective
    found = evaluate(built, sizes, EXACT, enough=1e-3)
    assert best * (1 - CLOSE) <= found.cost <= best * (1 + 1e-3)
    assert found.cut.constant + float(found.cut.slope @ sizes) <= best * (1 + CLOSE)


# ------------------------------------------------------------------- conditions: each violation shows


def two_months() -> tuple[Built, Design, FloatArray]:
    """A year of two months with a charge, and sizes."""
    study = park(days=60, years=(2035,), connection=PEAKS)
    built, design = build_year(study, 2035, study.timeline)
    return built, design, some_sizes(design, 3)


def rolled(built: Built, sizes: FloatArray) -> tuple[float, float]:
    """What windows cost after one roll, and what they prove."""
    form = folded(fixed(built, sizes))
    windows = Rolling(form.small, clock_of(built).of(form.free, form.live), 2, EXACT, 1.0)
    found = windows._rolled(np.zeros(0))
    assert found is not None
    return float(windows.whole.cost @ found.values) + form.small.constant, found.bound


def test_a_months_reduced_cost_counts_where_duals_are_handed_over(monkeypatch: pytest.MonkeyPatch):
    """Left out, the month's column is charged with what its rows ask too much, and the bound is low."""
    monkeypatch.setattr(rolling, "LEAST_WINDOWS", 1)
    built, _, sizes = two_months()
    cost, bound = rolled(built, sizes)
    assert bound <= cost * (1 + CLOSE)

    def left_out(*given: Any) -> tuple[FloatArray, Any]:
        return np.zeros((0, given[-1].shape[1])), np.zeros(0, dtype=np.int64)

    monkeypatch.setattr(seams, "_of_parts", left_out)
    _, worse = rolled(built, sizes)
    assert worse < bound - CLOSE * abs(bound)


def test_a_month_in_two_pieces_is_no_window():
    """A year that begins on 15 January ends in it: such months are left to the whole year."""
    whole = RealDays(Calendar(2025, 60, first="07-01"))
    assert whole.month_starts.tolist() == [
        24 * d for d in (184, 215, 243, 274, 304, 335, 0, 31, 62, 92, 123, 153)
    ]
    assert len(RealDays(Calendar(2025, 60, first="01-15")).month_starts) == 0


def test_a_short_month_goes_with_the_one_before():
    study = park(days=64, years=(2035,), connection=PEAKS)
    built, _ = build_year(study, 2035, study.timeline)
    assert clock_of(built).edges.tolist() == [0, 31 * 24, 64 * 24]


# ------------------------------------------------------------------------------------------ peak days


def test_each_connection_has_a_peak_day_in_each_month():
    """Days 0 and 3 are the peaks of both; in February they peak on two days, since one is no peak of both."""
    needs = np.array([[9, 7], [8, 6], [5, 1], [4, 9], [9, 3.0]])
    months = np.array([0, 0, 1, 1, 1], dtype=np.int32)
    assert peak_days(needs, months).tolist() == [[1, 1], [0, 0], [0, 0], [0, 1], [1, 0]]


def test_who_asks_nothing_has_no_peak():
    assert not peak_days(np.zeros((4, 1)), np.zeros(4, dtype=np.int32)).any()


def test_peak_days_share_no_mean_day_with_others():
    random = np.random.default_rng(0)
    features, label = random.normal(size=(60, 3)), np.repeat([0, 1], 30).astype(np.int32)
    peaks = np.zeros((60, 2), dtype=np.bool_)
    peaks[[3, 33], 0] = peaks[[3, 40], 1] = True
    groups = grouped_apart(features, label, 5, peaks)
    assert not set(groups[[3, 33, 40]]) & set(np.delete(groups, [3, 33, 40]))
    assert groups.max() + 1 == 5 + 3


# ------------------------------------------------------------- again, whole units, half-hours, parts


def changed(study: Study, **fields: Any) -> Study:
    """The study with another connection."""
    parts = tuple(dataclasses.replace(c, **fields) if isinstance(c, Grid) else c for c in study.components)
    return dataclasses.replace(study, components=parts)


CHANGES: dict[str, Callable[[Study], Study]] = {
    "the same study": lambda study: study,
    "a dearer peak": lambda study: changed(study, demand_charge=per(6600.0, MONEY / MW)),
    "a cheaper peak": lambda study: changed(study, demand_charge=per(5400.0, MONEY / MW)),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The search of a plan with a ratchet."""
    path = tmp_path_factory.mktemp("kept") / "search.npz"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rolling, "LEAST_WINDOWS", 1)
        certified(plan_of({**PEAKS, "ratchet": share(0.8)}), gap=0.01, workers=1, small=0, resume=path)
    return path


@pytest.mark.usefixtures("few_windows")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(c, id=n, marks=[] if n == "a dearer peak" else [pytest.mark.slow])
        for n, c in CHANGES.items()
    ],
)
def test_planning_again_with_charges(change: Callable[[Study], Study], kept: Path, tmp_path: Path):
    path = tmp_path / "search.npz"
    path.write_bytes(kept.read_bytes())
    bounds_hold(change(plan_of({**PEAKS, "ratchet": share(0.8)})), resume=path)


@pytest.mark.slow
@pytest.mark.usefixtures("few_windows")
def test_two_workers_find_what_one_finds():
    study = plan_of(PEAKS)
    one, two = (certified(study, gap=0.01, workers=count, small=0) for count in (1, 2))
    assert two.sizes == pytest.approx(one.sizes, rel=1e-9, abs=1e-9)
    assert (two.objective, two.lower_bound) == pytest.approx((one.objective, one.lower_bound), rel=1e-9)


@pytest.mark.usefixtures("few_windows")
def test_whole_units_with_a_charge():
    whole = turbines(days=60, unit=mw(2))
    bounds_hold(park(whole, days=60, years=(2030,), connection=PEAKS, without=frozenset({"battery"})))


@pytest.mark.usefixtures("two_windows")
def test_quarter_hours_with_a_meter_of_half_hours():
    study = park(days=45, minutes=15, years=(2035,), connection=PEAKS)
    built, design = build_year(study, 2035, study.timeline)
    sizes = some_sizes(design, 3)
    best = solve_folded(fixed(built, sizes), EXACT).objective
    assert evaluate(built, sizes, EXACT, enough=1e-3).cost == pytest.approx(best, rel=1e-3)


# ------------------------------------------------------------- bills of others, and what is refused

REOPT = np.full(8760, 100.0)
REOPT[[21, 2402, 4087, 8332]] = [200.0, 400.0, 500.0, 300.0]
PRICES = [10.0, 10, 20, 50, 20, 10, 20, 20, 20, 20, 20, 5]
BILLS: dict[str, tuple[FloatArray, dict[str, Any], float]] = {
    "35 % of the year's highest: 100 in January, 35 in all other months": (
        np.append(np.ones(7), [100.0, *np.ones(8752)]),
        {"demand_charge": by_month([10.5] * 4 + [11.5] * 6 + [10.5] * 2, 365), "ratchet": share(0.35)},
        100 * (10.5 + 0.35 * 10.5 * 5 + 0.35 * 11.5 * 6),
    ),
    "75 % of the highest of January, April and December": (
        REOPT,
        {"demand_charge": by_month(PRICES, 365), "ratchet": share(0.75),
         "ratchet_months": by_month([1.0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1], 365)},
        float(np.dot([300, 300, 300, 400, 300, 500, 300, 300, 300, 300, 300, 300], PRICES)),
    ),
    "75 % of the highest of six months before": (
        REOPT,
        {"demand_charge": by_month(PRICES, 365), "ratchet": share(0.75), "ratchet_lookback": 6},
        float(np.dot([225, 225, 225, 400, 300, 500, 375, 375, 375, 375, 375, 375], PRICES)),
    ),
    "a flat load in hours of the system's peak, 10 in January and 5 in September": (
        np.ones(8760),
        {"coincident_charge": by_month([10.0, *[0.0] * 7, 5.0, 0, 0, 0], 365),
         "coincident_hours": Profile(np.isin(np.arange(8760), [0, 1, 99, 5999]).astype(float), ONE)},
        15.0,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("drawn", "fields", "cost"), BILLS.values(), ids=BILLS)
def test_bills_as_in_reopts_own_tests(drawn: FloatArray, fields: dict[str, Any], cost: float):
    """test/runtests.jl of NREL/REopt.jl: lookback demand charges and coincident peaks."""
    year = days(365)
    connection = grid(raw=np.zeros(8760), demand_minutes=60, **fields)
    study = compose(load(raw=drawn), connection, timeline=year)
    assert optimum(study, year) == pytest.approx(cost, rel=1e-7)
    assert connection.statement(drawn, year.calendar, 2025).cost.sum() == pytest.approx(cost, rel=1e-7)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a second price below the first": (
        {**PEAKS, "demand_tier_2": mw(5), "demand_charge_2": per(5000.0, MONEY / MW)},
        "below the price of the tier before it",
    ),
    "a third tier below the second": (
        {**PEAKS, **TIERS, "demand_tier_3": mw(5), "demand_charge_3": per(9999.0, MONEY / MW)},
        "is not above demand_tier_2",
    ),
    "a tier without a price": ({**PEAKS, "demand_tier_2": mw(5)}, "is missing beside demand_tier_2"),
    "a tier without a first price": (dict(TIERS), "is missing beside demand_charge_2"),
    "a ratchet of nothing": ({"ratchet": share(0.5)}, "is missing beside ratchet"),
    "a coincident peak without its hours": (
        {"coincident_charge": per(4000.0, MONEY / MW)}, "is missing beside coincident_charge",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "what"), REFUSED.values(), ids=REFUSED)
def test_charges_that_make_no_sense_are_refused(fields: dict[str, Any], what: str):
    found = list(grid(raw=np.zeros(24), **fields).check(Site(years=(2025, 2035))))
    assert any(what in str(one.what) and one.grave for one in found)


def test_a_price_that_changes_within_a_month_is_refused():
    connection = grid(raw=np.zeros(24), demand_charge=Profile(np.arange(24.0), MONEY / MW))
    with pytest.raises(StudyError, match=r"grid: changes within a month .got 2025-01"):
        optimum(compose(load(1), connection))


def test_a_charge_on_the_systems_peak_is_not_lost_on_the_way_to_pypsa():
    hours = Profile(np.ones(24), ONE)
    one = grid(raw=np.zeros(24), coincident_charge=per(4000.0, MONEY / MW), coincident_hours=hours)
    assert [fault.where.field for fault in faults_of_grid(one)] == ["grid.coincident_charge"]
