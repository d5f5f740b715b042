"""Abatement: frontiers and bars by hand, sums that are exact, dominance, and the command."""

from __future__ import annotations

import dataclasses
import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from parkzero.abatement import points
from parkzero.abatement.bars import Bar, Bars, bars, ordered
from parkzero.abatement.frontier import Capped, Frontier, frontier
from parkzero.abatement.measures import measures_of, usual
from parkzero.abatement.points import Planner, Point
from parkzero.cli import main
from parkzero.cli.abatement import _show as shown
from parkzero.cli.abatement import milestones_of, require
from parkzero.errors import StoppedError, StudyError
from parkzero.language.fields import Size
from parkzero.report.abatement import Found, abatement_page, write_abatement_workbook
from parkzero.search_file import read_arrays, write_arrays
from parkzero.study.change import at_years, buildable, limits_of, untargeted, without
from parkzero.texts import Both
from parkzero.units import MONEY, MW, MWH, YEAR, Quantity, T
from tests.cases.electric import sun
from tests.cases.harness import compose, grid, load, mw, per
from tests.cases.policies import cap


def roof(name: str, price: float, **more):
    """Gives 1 MWh a year for each MW, at so much money a MWh."""
    size = Size(capex=per(10 * price, MONEY / MW), lifetime=Quantity(10.0, YEAR), **more)
    return sun(size, 1, name=name)


def park(*parts):
    """1 MWh is needed a year; the grid's costs 100 and emits a tonne."""
    return compose(load(1), grid(100, emission_factor=per(1.0, T / MWH)), *parts)


@pytest.fixture
def planner(tmp_path: Path) -> Planner:
    return Planner(tmp_path, 1e-6)


# ------------------------------------------------------------------------------------------ frontier


def test_a_frontier_by_hand(planner):
    """A roof at 120 spares a tonne for 20: nobody builds it freely, and each cap builds a quarter of it."""
    found = frontier(park(roof("pv", 120), cap(0.0)), planner, 4)
    assert found.free.tonnes == pytest.approx(1)
    assert [c.point.tonnes for c in found.caps] == pytest.approx([0.75, 0.5, 0.25, 0], abs=1e-6)
    assert [c.point.cost for c in found.caps] == pytest.approx([105, 110, 115, 120])
    assert [c.slope for c in found.caps] == pytest.approx([20] * 4)
    assert [c.price for c in found.caps[:3]] == pytest.approx([20] * 3)
    assert found.beyond == ()


def test_caps_begin_with_sizes_between_the_two_plans_beside_them(planner, monkeypatch):
    """The deepest cap is planned second: the first of the others then begins a third of the way down."""
    begun: list[tuple[str, str, tuple[str, float] | None]] = []
    plan = Planner.plan

    def noted(self, study, name, like="", towards=None):
        begun.append((name, like, towards))
        return plan(self, study, name, like, towards)

    monkeypatch.setattr(Planner, "plan", noted)
    found = frontier(park(roof("pv", 120), cap(0.0)), planner, 3)
    assert [c.share for c in found.caps] == pytest.approx([1 / 3, 2 / 3, 1])
    assert [(name, like) for name, like, _ in begun] == [
        ("free", ""), ("cap 100%", ""), ("cap 33%", "free"), ("cap 67%", "cap 33%"),
    ]  # fmt: skip
    assert [t for *_, t in begun[2:]] == [
        ("cap 100%", pytest.approx(1 / 3)),
        ("cap 100%", pytest.approx(0.5)),
    ]


def test_what_a_looser_cap_proves_holds_under_a_tighter_one(planner, monkeypatch):
    """Each of these plans proved less than the one above it: what is shown never falls."""
    proven = iter([100.0, 90.0, 103.0, 101.0])
    plan = Planner.plan

    def doubted(self, *asked):
        return dataclasses.replace(plan(self, *asked), lower_bound=next(proven))

    monkeypatch.setattr(Planner, "plan", doubted)
    found = frontier(park(roof("pv", 120), cap(0.0)), planner, 3)  # the deepest is planned second
    assert [c.point.lower_bound for c in found.caps] == [103.0, 103.0, 103.0]


def test_nothing_begins_at_the_search_of_a_plan_that_there_was_none_of(planner, tmp_path, monkeypatch):
    """A plan that fails leaves its file under the name of the next one."""
    (tmp_path / "search-0.npz").write_bytes(b"of a plan that failed")
    begun = []
    monkeypatch.setattr(points, "planned", lambda *_, resume, **__: begun.append(resume.exists()) or made)
    made = dataclasses.make_dataclass("Made", ["status"])("stopped")
    with pytest.raises(StoppedError):
        planner.plan(park(), "one")
    assert begun == [False]


def test_searches_are_mixed_by_their_sizes(tmp_path):
    """A quarter of the way from 4 to 8 MW are 5; as few mean days as either had."""
    for name, size, count in (("one", 4.0, 12), ("other", 8.0, 10)):
        write_arrays(tmp_path / name, {"sizes": np.array([size]), "count": np.array(count)})
    points.mixed(tmp_path / "one", tmp_path / "other", 0.25, tmp_path / "goal")
    found = read_arrays(tmp_path / "goal")
    assert found["sizes"].tolist() == [5.0]
    assert int(found["count"]) == 10


def test_caps_that_no_plan_keeps_are_named(planner):
    """The roof may make half of what is needed."""
    found = frontier(park(roof("pv", 120, max=mw(0.5)), cap(0.0)), planner, 4)
    assert [c.share for c in found.caps] == [0.25, 0.5]
    assert found.beyond == (0.75, 1.0)


def test_how_deep_to_go_may_be_given_and_must_be_where_there_is_no_cap(planner):
    found = frontier(park(roof("pv", 120)), planner, 1, deepest=0.4)
    assert found.caps[0].point.tonnes == pytest.approx(0.4)
    with pytest.raises(ValueError, match="no yearly cap"):
        frontier(park(roof("pv", 120)), planner, 1)


def test_cost_never_falls_and_the_price_never_falls_as_caps_go_down(planner):
    parts = (roof("a", 110, max=mw(0.3)), roof("b", 150, max=mw(0.4)), roof("c", 400))
    found = frontier(park(*parts, cap(0.0)), planner, 5)
    slopes = [c.slope for c in found.caps]
    assert slopes == sorted(slopes)
    assert [c.slope for c in found.caps] == pytest.approx([10, 30, 50, 175, 300])


# ---------------------------------------------------------------------------------------------- bars


def test_bars_of_two_that_displace_the_same_kilowatt_hours(planner):
    """At 50 a tonne both are worth it alone, together only the cheaper is built.

    Avoided: a 1, b 1, both 1; so half each. Cost: a 20, b 10, both 10; a adds 20 or 0, b 10 or -10.
    """
    study = park(roof("a", 120), roof("b", 110))
    found = bars(study, {"a": ["a"], "b": ["b"]}, 50.0, planner)
    own = {b.name: b for b in found.bars}
    assert found.plans == 4
    assert (own["a"].tonnes, own["b"].tonnes) == pytest.approx((0.5, 0.5))
    assert (own["a"].cost, own["b"].cost) == pytest.approx((10, 0), abs=1e-6)
    assert (own["a"].alone_tonnes, own["a"].alone_cost) == pytest.approx((1, 20))
    assert (own["a"].last_tonnes, own["a"].last_cost) == pytest.approx((0, 0), abs=1e-6)
    assert sum(b.alone_tonnes for b in found.bars) == pytest.approx(2 * found.tonnes)
    assert math.fsum(b.tonnes for b in found.bars) == pytest.approx(found.tonnes, abs=1e-9)
    assert math.fsum(b.cost for b in found.bars) == pytest.approx(found.cost, abs=1e-9)


def test_a_measure_that_nothing_else_replaces_keeps_its_own(planner):
    """Each spares its own MWh: alone, shared and last are the same, and the price is not in the cost."""
    study = compose(
        load(1), grid(100, emission_factor=per(1.0, T / MWH)), roof("a", 120),
        load(1, name="load2", bus="el2"),
        grid(100, name="grid2", bus="el2", emission_factor=per(2.0, T / MWH)),
        sun(Size(capex=per(900, MONEY / MW), lifetime=Quantity(10.0, YEAR)), 1, name="b", bus="el2"),
    )  # fmt: skip
    found = bars(study, {"a": ["a"], "b": ["b"]}, 50.0, planner)
    own = {b.name: b for b in found.bars}
    for name, tonnes, cost in (("a", 1, 20), ("b", 2, -10)):
        bar = own[name]
        assert (bar.tonnes, bar.alone_tonnes, bar.last_tonnes) == pytest.approx((tonnes,) * 3)
        assert (bar.cost, bar.alone_cost, bar.last_cost) == pytest.approx((cost,) * 3)
    assert [b.name for b in found.bars] == ["b", "a"]


def test_more_than_six_are_sampled_with_their_error_and_still_sum(planner):
    parts = [roof(f"r{i}", 101 + i, max=mw(0.2)) for i in range(7)]
    found = bars(park(*parts), {f"r{i}": [f"r{i}"] for i in range(7)}, 50.0, planner, orders=4)
    assert not found.exact
    assert found.plans < 2**7
    assert any(b.tonnes_error > 0 for b in found.bars)
    assert math.fsum(b.tonnes for b in found.bars) == pytest.approx(found.tonnes, abs=1e-9)
    assert math.fsum(b.cost for b in found.bars) == pytest.approx(found.cost, abs=1e-9)


# --------------------------------------------------------------------------------------------- order


def bar(name: str, tonnes: float, cost: float) -> Bar:
    return Bar(name, tonnes, cost, 0, 0, 0, math.nan, math.nan, math.nan, math.nan)


def test_a_measure_that_saves_as_much_and_avoids_more_comes_first():
    """X saves 100 and 1 t, Y 100 and 10 t: by cost per tonne X would come first, though Y dominates."""
    assert [b.name for b in ordered([bar("x", 1, -100), bar("y", 10, -100)])] == ["y", "x"]


def test_those_that_cost_follow_by_cost_per_tonne_and_those_that_avoid_nothing_come_last():
    found = ordered([bar("none", 0, 5), bar("dear", 1, 50), bar("cheap", 10, 60), bar("saves", 1, -1)])
    assert [b.name for b in found] == ["saves", "cheap", "dear", "none"]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(-9, 9)), max_size=8))
def test_none_stands_before_one_that_dominates_it(figures):
    found = ordered([bar(str(i), t, c) for i, (t, c) in enumerate(figures)])
    assert sorted(b.name for b in found) == sorted(map(str, range(len(figures))))
    for i, first in enumerate(found):
        for later in found[i + 1 :]:
            better = later.cost <= first.cost < 0 and later.tonnes >= first.tonnes
            assert not better or (later.cost, later.tonnes) == (first.cost, first.tonnes)


# ------------------------------------------------------------------------------- changes to a study


def test_a_changed_study_keeps_the_columns_of_its_own():
    study = park(roof("a", 120, min=mw(0.1), max=mw(2)), roof("b", 110), cap(3.0))
    assert buildable(study) == {"a": "solar", "b": "solar"}
    assert buildable(without(study, {"a"})) == {"b": "solar"}
    assert limits_of(study) == {y: 3.0 for y in study.milestones.years}
    assert [c.name for c in untargeted(study).components] == ["load", "grid", "a", "b"]


def test_fewer_milestones_stand_for_the_same_years():
    study = compose(load(1), grid(100), years=(2025, 2030, 2040), rate=0.0, last=10.0)
    fewer = at_years(study, (2025, 2040))
    assert sum(fewer.milestones.spans) == sum(study.milestones.spans) == 25
    with pytest.raises(ValueError, match="not among"):
        at_years(study, (2026,))


def test_measures_by_kind_asset_and_name(planner):
    study = park(roof("a", 120), roof("b", 110))
    assert measures_of(study, "solar") == {"solar": ("a", "b")}
    assert measures_of(study, "a,rest=b") == {"a": ("a",), "rest": ("b",)}
    point = planner.plan(study, "free")
    assert usual(study, point) == {}
    for text, told in (
        ("sollar", "neither a kind nor an asset"),
        ("solar,a", "belongs to"),
        (",", "no measure"),
    ):
        with pytest.raises(StudyError, match=told):
            measures_of(study, text)


# ---------------------------------------------------------------------------------- page and command


def test_the_page_says_why_the_classical_chart_differs(planner, tmp_path):
    study = park(roof("a", 120), roof("b", 110), cap(0.0))
    line = frontier(study, planner, 2)
    made = bars(study, {"a": ["a"], "<b>": ["b"]}, 50.0, planner)
    found = Found("A park", "USD", 0.005, (2025,), False, line, made)
    told = abatement_page(found)
    assert "<b>" not in told
    for words in ("giá trị Shapley", "Shapley value", "add up to", "cộng lại bằng", "200"):
        assert words in told
    book = load_workbook(write_abatement_workbook(found, tmp_path / "a.xlsx", "en"))
    tonnes = [r[1].value for r in book["What each measure adds"].iter_rows(min_row=2)]
    assert sum(tonnes) == pytest.approx(made.tonnes)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"caps": 0}, "--price"), ({"deepest": 1.5}, "is no share"), ({"price": -3.0}, "is no price"),
        ({"price": math.nan}, "is no price"), ({}, "no yearly cap"),
    ],
)  # fmt: skip
def test_what_would_fail_after_an_hour_is_refused_at_once(given, told):
    asked = {"caps": 10, "deepest": None, "measures": "", "price": None, **given}
    with pytest.raises(StudyError, match=told):
        require(park(roof("a", 120)), **asked)


def test_years_must_be_milestones():
    with pytest.raises(StudyError, match="no milestone"):
        milestones_of(park(roof("a", 120)), "2031")


@pytest.mark.slow
def test_the_command_on_two_years_of_the_example(tmp_path, capsys):
    assert main(["init", str(tmp_path / "park"), "--lang", "en"]) == 0
    capsys.readouterr()
    out = tmp_path / "out"
    options = [
        "--caps",
        "2",
        "--years",
        "2025,2050",
        "--measures",
        "solar,battery",
        "--json",
        "--gap",
        "0.01",
    ]
    assert main(["abatement", str(tmp_path / "park"), "--out", str(out), *options]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((out / "abatement.json").read_text("utf-8"))
    assert sum(m["tonnes"] for m in told["bars"]["measures"]) == pytest.approx(told["bars"]["tonnes"])
    costs = [told["frontier"]["free"]["cost"], *(c["point"]["cost"] for c in told["frontier"]["caps"])]
    assert all(b >= a * (1 - 0.01) for a, b in pairwise(costs))


def test_the_terminal_names_units_and_the_caps_that_no_plan_keeps(capsys):
    """Rich takes what stands in brackets for markup, where it is given as plain words."""
    free = Point(4e12, 1.5e6, {2050: 9e3}, 4e12, 4e12, {}, ("solar",), True, 1.0)
    lower = dataclasses.replace(free, cost=4.1e12, tonnes=1.2e6)
    line = Frontier(free, (Capped(0.5, {}, lower, 2e6, 3e5),), (1.0,))
    bar = Bar("solar", 3e5, -1e11, 0, 0, 1e9, 3e5, -1e11, 3e5, -1e11)
    made = Bars(2e6, (bar,), free, lower, 2, True)
    found = Found("park", "VND", 0.005, (2050,), True, line, made, {"solar": Both("Điện mặt trời", "Solar")})
    shown(found, "vi")
    told = " ".join(capsys.readouterr().out.split())
    for words in ("[tỷ", "đồng/tấn]", "CO₂tđ]", "4.100,0", "trần 100%", "Điện mặt trời"):
        assert words in told


def test_the_page_says_how_far_each_plan_may_be_from_the_best():
    """Plans of 4,000 and 4,100 that may cost 20 and 150 less: what lies between them is not proven."""
    free = Point(4e12, 1.5e6, {2050: 9e3}, 4e12, 3.98e12, {}, ("solar",), True, 1.0)
    lower = dataclasses.replace(free, cost=4.1e12, tonnes=1.2e6, objective=4.2e12, lower_bound=4.05e12)
    line = Frontier(free, (Capped(0.5, {}, lower, 2e6, 3e5),), ())
    told = abatement_page(Found("park", "VND", 0.005, (2050,), True, line, None), "en")
    for words in ("3,980.0", "3,950.0", "is not proven", "chưa được chứng minh"):
        assert words in told


def test_a_plan_that_was_stopped_ends_the_whole(planner, monkeypatch):
    """Ctrl-C while one of many plans is sought: no figure is made of it, and the next one does not begin."""
    asked, real = [], points.planned

    def stopped(study, **given):
        asked.append(study)
        return dataclasses.replace(real(study, **given), status="stopped")

    monkeypatch.setattr(points, "planned", stopped)
    with pytest.raises(StoppedError, match="gap asked for"):
        frontier(park(roof("pv", 120), cap(0.0)), planner, 4)
    assert len(asked) == 1
