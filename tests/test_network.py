"""The network of a plan under alternating current: flows, checks, room, tightened limits, tables."""

from __future__ import annotations

import dataclasses
import math
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from scipy.optimize import linprog

from parkzero.cli.network import _limits as limits_beside
from parkzero.cli.network import _write
from parkzero.components import ByYear, Distribution, GridNode, Profile, Size, Solar, Transformer
from parkzero.errors import SolverError, StudyError
from parkzero.language.site import Bus, Site
from parkzero.network.check import check
from parkzero.network.flow import flow
from parkzero.network.grid import Branch, Grid, Node, grids_of
from parkzero.network.hosting import rooms
from parkzero.network.tables import assets_of, read_tables
from parkzero.network.tighten import limits_of, narrower, planned_to_hold, tightened
from parkzero.network.told import networks, plain
from parkzero.planning import api
from parkzero.planning.certify import certified
from parkzero.planning.monolith import monolith
from parkzero.planning.plan import Plan, Step
from parkzero.report.network import network_page, write_network_workbook
from parkzero.results import results_of
from parkzero.results.planned import Planned, plan, planned
from parkzero.results.units import Asked, _each, in_units, units_of
from parkzero.study import Study, read
from parkzero.texts import data
from parkzero.timeline import Calendar, RealDays
from parkzero.units import MW, ONE, M, Quantity
from tests.cases.harness import compose, fuel, grid, load, new, optimum, share, solved, stands, steps
from tests.cases.heat import burner
from tests.cases.kinds.pipe import LOSING, WARM, pipe, there
from tests.cases.kinds.power_line import cable, far, network, node
from tests.cases.kinds.transformer import trafo

PRICES = np.linspace(20, 43, 24)


def priced() -> Any:
    """A grid connection with another price in each hour."""
    return grid(raw=PRICES)


def feeding(*values: float, **more: Any) -> Study:
    """A load behind one cable."""
    return compose(far(*values), priced(), cable(reactance=cable().resistance), network(), node(**more))


def plan_of(study: Study) -> Planned:
    return planned(monolith(study))


@pytest.fixture(scope="module")
def six() -> Planned:
    return plan_of(feeding(6, 4, 2, power_factor=share(0.9)))


def two_nodes(r: float = 0.01, x: float = 0.01, rating: float = 10.0) -> Grid:
    nodes = {b: Node(b, f"node_{b}", 10.0, 0.9, 1.1, math.nan, math.nan, 0.0) for b in ("a", "b")}
    line = Branch(
        "line", "a", "b", True, False, rating, 1.0, r, x, 10.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.01, {2025: rating}
    )
    return Grid("g", "a", 1.0, nodes, (line,))


def by_hand(p: float, q: float, r: float, x: float) -> float:
    """Voltage behind one impedance that feeds a constant load: the larger root of the biquadratic."""
    b = 1 - 2 * (r * p + x * q)
    c = (r**2 + x**2) * (p**2 + q**2)
    return math.sqrt((b + math.sqrt(b**2 - 4 * c)) / 2)


@given(st.floats(-8, 8), st.floats(-4, 4), st.floats(0.001, 0.02), st.floats(0.001, 0.02))
@settings(max_examples=30, deadline=None)
def test_two_nodes_have_the_voltage_of_the_biquadratic(p: float, q: float, r: float, x: float):
    found = flow(two_nodes(r, x), 2025, np.array([[0.0], [p]]), np.array([[0.0], [q]]))
    # The flow stops where a step moves no voltage by 1e-8, which near the end of the curve is not yet it.
    assert found.voltage[1, 0] == pytest.approx(by_hand(p, q, r, x), abs=1e-7)


def test_a_load_that_no_voltage_serves_is_told():
    found = flow(two_nodes(0.05, 0.05), 2025, np.array([[0.0, 0.0], [1.0, 50.0]]), np.zeros((2, 2)))
    assert list(found.solved) == [1.0, 0.0]
    assert np.isnan(found.voltage[1, 1])
    assert np.isfinite(found.voltage[1, 0])


def test_a_branch_that_does_not_stand_feeds_nothing():
    dark = dataclasses.replace(two_nodes().branches[0], rating={2025: 0.0})
    found = flow(dataclasses.replace(two_nodes(), branches=(dark,)), 2025, np.zeros((2, 1)), np.zeros((2, 1)))
    assert np.isnan(found.voltage[1, 0])


def test_the_plan_is_near_the_alternating_current(six: Planned):
    (checked,) = check(six.results)
    assert checked.checked == 24
    assert 0 < checked.error < 0.005
    planned_losses, flowed = checked.losses[2025]
    assert planned_losses == pytest.approx(flowed, rel=0.25)
    assert checked.branch_table()["loading"][0] > 0.6


def test_what_only_defines_losses_and_apparent_power_is_no_limit_that_binds(six: Planned):
    """Their rows hold with a price, that of a megawatt lost, but nobody can loosen them."""
    full = plan_of(compose(far(6, 4), priced(), cable(rating=5.0), network(), node())).results.binding
    assert "capacity" in full["rule"].to_list()
    for table in (six.results.binding, full):
        assert not table.filter(pl.col("rule").str.contains("copper|tilted|power")).height


def test_what_reactive_power_is_drawn_follows_from_the_branches(six: Planned):
    """6 MW at 0.9 draw 6 tan(acos 0.9) Mvar, read from flows alone."""
    from parkzero.network.grid import hours_of

    (one,) = grids_of(six.results)
    hours = hours_of(six.results, one, 2025)
    assert hours.active[1, :3] == pytest.approx([6, 4, 2])
    assert hours.reactive[1, :3] == pytest.approx([v * math.tan(math.acos(0.9)) for v in (6, 4, 2)])


def test_room_is_what_may_be_added_and_no_more(six: Planned):
    """One more megawatt than the firm room breaks a limit; a little less breaks none."""
    (checked,) = check(six.results)
    (room,) = rooms(checked, 1.0)
    assert room.by in ("cable", "far")
    for more, broken in ((0.98, False), (1.05, True)):
        year = checked.years[0]
        active, reactive = year.hours.active.copy(), year.hours.reactive.copy()
        active[1] += room.load * more
        reactive[1] += room.load * more * checked.grid.nodes["far"].tangent
        found = flow(checked.grid, 2025, active, reactive)
        beyond = found.loading.max() > 1 + 1e-5 or found.voltage[1].min() < 0.9 - 1e-5
        assert bool(beyond) is broken
    assert room.flexible_load >= room.load
    assert room.network > 0


def test_limits_that_break_are_tightened_until_none_does():
    """At its limit of voltage the linear flow is a trace too bold; two rounds mend it, and cost more."""
    dear = grid(raw=10 * PRICES, name="dear", bus="far")
    study = compose(*feeding(9, 8, 7, voltage_min=share(0.93), power_factor=share(0.95)).components, dear)
    rounds = planned_to_hold(study, plan_of)
    assert rounds[0].breaches > 0
    assert rounds[-1].breaches == 0
    costs = [r.plan.objective for r in rounds]
    assert costs == sorted(costs)


def test_tightened_limits_are_within_the_studys_own(six: Planned):
    own = limits_of(six.study)
    assert own == {"cable": 1.0, "far.low": 0.9, "far.high": 1.1}
    (checked,) = check(six.results, {"cable": 0.5, "far.low": 0.99, "far.high": 0.991})
    found = narrower(own, {}, (checked,))
    assert found["cable"] < 1.0
    assert (found["far.low"], found["far.high"]) != (0.9, 1.1)
    study = tightened(six.study, found)
    assert limits_of(study) == pytest.approx(found)


def test_what_is_told_is_within_the_limits_that_count(six: Planned, tmp_path: Path):
    """A plan within tighter limits is shown by the study's own, and so is its run, by what lies beside it."""
    (told,) = networks(six.results, {"cable": 0.5, "far.low": 0.95})
    (branch,) = told.checked.grid.branches
    assert branch.loading == 0.5
    assert {c.firm for c in told.connections} == {5.0}
    run = tmp_path / "run"
    run.mkdir()
    (run / "manifest.json").write_text("{}", encoding="utf-8")
    _write([told], tmp_path, "en")
    found = limits_beside(run)
    assert (found["cable"], found["far.low"], found["far.high"]) == (0.5, 0.95, 1.1)
    (run / "manifest.json").write_text('{"a": 1}', encoding="utf-8")  # planned again since then
    assert limits_beside(run) == {}
    (tmp_path / "network.json").write_text("[{", encoding="utf-8")
    with pytest.raises(StudyError, match="not what was told of this run"):
        limits_beside(run)
    assert limits_beside(run / "manifest.json") == {}  # nothing lies beside it


def test_a_bound_above_the_plan_in_units_is_our_own_fault(monkeypatch: pytest.MonkeyPatch):
    """A plan cheaper than what is proven of all plans shows the proof to be wrong: it is not cut to fit."""
    monkeypatch.setattr("parkzero.results.units.SMALL_COLUMNS", 0)
    proven = iter([1.1, 1.0])

    def wrong(asked: Asked) -> Plan:
        made = monolith(asked.study)
        return dataclasses.replace(made, lower_bound=made.objective * next(proven))

    with pytest.raises(SolverError, match="costs less than the bound"):
        in_units(rising(), 0.1, wrong)


def test_sizes_of_a_wider_plan_are_tried_first_and_its_bound_is_enough():
    """Around the units that it rounds to nothing is left to choose: no bound of its own is sought."""
    wide = monolith(_each(rising(), lambda _, size: dataclasses.replace(size, unit=None)))
    decided = {2025: 0, 2030: 1, 2035: 1}
    study = _each(rising(), lambda _, size: dataclasses.replace(size, decided=decided))
    said: list[str] = []
    found = certified(study, 0.5, 1, small=0, progress=lambda s: said.append(s.text.of("en")), wider=wide)
    assert said == ["operating every step of every year", "operated every year"]
    assert (found.status, found.lower_bound) == ("optimal", wide.lower_bound)
    assert found.objective == pytest.approx(monolith(study).objective, rel=1e-6)


def test_a_second_step_that_is_near_its_own_bound_alone_comes_nearer(monkeypatch: pytest.MonkeyPatch):
    """1.04 is within 5 % of its own bound of 1 and farther from the first one's of 0.98: asked again."""
    monkeypatch.setattr("parkzero.results.units.SMALL_COLUMNS", 0)
    asked_gaps: list[float] = []
    upper, lower = iter([1.0, 1.04, 1.01]), iter([0.98, 1.0, 1.0])
    made = monolith(rising())

    def near(asked: Asked) -> Plan:
        asked_gaps.append(asked.gap)
        return dataclasses.replace(made, objective=next(upper), lower_bound=next(lower), status="optimal")

    found = in_units(rising(), 0.05, near)
    assert asked_gaps == pytest.approx([0.025, 0.05, 0.015])
    assert (found.objective, found.lower_bound, found.status) == (1.01, 0.98, "optimal")


@pytest.mark.parametrize("parts", ["infeasible", "optimal"])
def test_a_second_step_that_leaves_something_unserved_asks_whether_parts_of_units_serve_it(
    parts: str, monkeypatch: pytest.MonkeyPatch
):
    """The first step's bound alone does not say: only where parts do not serve either can nobody."""
    monkeypatch.setattr("parkzero.results.units.SMALL_COLUMNS", 0)
    made, asked_bounds, status = monolith(rising()), list[bool](), iter(["optimal", "infeasible", parts])

    def short(asked: Asked) -> Plan:
        asked_bounds.append(asked.bounds)
        return dataclasses.replace(made, objective=1.5, lower_bound=1.0, status=next(status))

    found = in_units(rising(), 0.05, short)
    assert asked_bounds == [True, False, False]
    assert found.status == ("infeasible" if parts == "infeasible" else "stopped")


def test_losses_are_those_of_the_year_that_a_day_stands_for(six: Planned):
    year = RealDays(Calendar(2025, 60, 1), scale=365)
    (day,), (whole,) = (
        check(p.results) for p in (six, plan_of(dataclasses.replace(six.study, timeline=year)))
    )
    assert whole.losses[2025] == pytest.approx(tuple(365 * v for v in day.losses[2025]), rel=1e-4)


def rising() -> Study:
    """A load behind a cable of 4 MVA that grows; more circuits of 4 MVA are whole, and cheap beside it."""
    more = new(10.0, unit=Quantity(4.0, MW), existing=Quantity(4.0, MW), max=Quantity(16.0, MW))
    grown = dataclasses.replace(far(3), load=Profile(steps(3), MW, ByYear((2025, 2035), (1.0, 3.0))))
    parts = (grown, priced(), cable(circuit=Quantity(4.0, MW), capacity=more), network(), node())
    return compose(*parts, years=(2025, 2030, 2035))


def test_whole_units_are_proven_without_and_decided(monkeypatch: pytest.MonkeyPatch):
    """In two steps what is built is whole, costs no less than the best, and the bound is below both."""
    best, whole = monolith(rising()), in_units(rising(), 0.1, lambda asked: monolith(asked.study))
    assert whole.objective == pytest.approx(best.objective, rel=1e-6)  # so small a study is exact
    monkeypatch.setattr("parkzero.results.units.SMALL_COLUMNS", 0)
    found = in_units(rising(), 0.1, lambda asked: monolith(asked.study))
    built = found.sizes[found.design.block(found.design.cohorts["cable.capacity"]).inside]
    assert list(built) == [0, 1, 1]
    for one in (whole, found):
        assert np.isfinite(planned(one).results.frame("prices", 2035)["far"].to_numpy()).all()
    assert found.lower_bound <= best.objective <= found.objective * (1 + 1e-9)
    assert 0 < found.gap < 0.1
    assert found.status == "optimal"
    assert in_units(rising(), 1e-9, lambda asked: monolith(asked.study)).status == "stopped"


def test_a_plan_asks_for_parts_of_units_first_and_then_around_what_they_round_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Within one time limit and one file, with bounds that are those of the study that was asked."""
    monkeypatch.setattr("parkzero.results.units.SMALL_COLUMNS", 0)
    calls, told, real = list[dict[str, Any]](), list[Step](), api.plan

    def watched(asked: Study, **given: Any) -> Plan:
        calls.append({"cable": next(c for c in asked.components if c.name == "cable"), **given})
        given["progress"](Step(1.0, 1e9, 2.0, data("")))
        return real(asked, **given)

    monkeypatch.setattr(api, "plan", watched)
    file, study = tmp_path / "search.npz", rising()
    found = plan(study, gap=0.1, time_limit=600.0, progress=told.append, resume=file, reference=False)
    first, second = calls
    assert first["cable"].capacity.unit is None
    assert second["cable"].capacity.decided == {2025: 0, 2030: 1, 2035: 1}
    assert first["time_limit"] <= 300.0 < second["time_limit"] <= 600.0
    assert (first["resume"], second["resume"]) == (file, None)
    assert first["wider"] is None
    assert second["wider"].design.names == found.design.names
    assert found.study is study
    assert found.status == "optimal"
    assert found.tolerance == 0.1
    said = [step for step in told if step.lower == 1.0 or step.upper == 1e9]
    assert [step.upper for step in said] == [math.inf, 1e9]  # with parts of units it is no plan's cost
    assert said[1].lower == found.lower_bound < found.objective
    assert found.seconds > said[1].seconds - 2.0 >= 0.0


def test_one_problem_is_one_problem_also_with_whole_units():
    """Whoever asks for the monolith gets it: whole numbers at once, and their exact optimum."""
    whole = plan(rising(), gap=0.1, method="monolith", reference=False)
    assert whole.design.whole.any()
    assert whole.objective == pytest.approx(monolith(rising()).objective, rel=1e-9)


@pytest.mark.parametrize(
    ("built", "units"),
    [([0, 0.8, 3.2, 0, 2.0], [0, 1, 0, 0, 1]), ([0.02, 0, 0], [0, 0, 0]), ([4.0, 0, 4.01], [1, 0, 1]),
     ([9.0, 9.0], [2, 0])],
)  # fmt: skip
def test_parts_of_units_are_rounded_up_over_the_years(built: list[float], units: list[int]):
    stands = Size(unit=Quantity(4.0, MW), existing=Quantity(4.0, MW), max=Quantity(13.0, MW))
    assert units_of(built, stands) == units


@given(st.floats(0.85, 1.0), st.floats(2.0, 9.0), st.floats(0.9, 0.97))
@settings(max_examples=8, deadline=None)
def test_the_plan_with_the_grid_is_never_cheaper(factor: float, most: float, low: float):
    parts = (
        far(most, most / 2),
        grid(20, 30),
        cable(),
        network(),
        node(power_factor=share(factor), voltage_min=share(low)),
    )
    copper = compose(load(most, most / 2), grid(20, 30))
    assert optimum(compose(*parts)) >= optimum(copper) - 1e-6


def test_a_feeder_is_that_of_an_lp_written_by_hand():
    """Tree of a transformer and a cable, by linprog from the formulas: the same cost to 1e-6."""
    loads = {"mid": 2.0, "far": 3.0}
    tangent = math.tan(math.acos(0.9))
    study = compose(
        load(loads["mid"], bus="mid"), load(loads["far"], bus="far", name="load_far"), grid(20),
        trafo(to="mid", no_load_loss=share(0.001)),
        cable(source="mid", reactance=cable().resistance * 0.5), network(),
        node("mid", power_factor=share(0.9), voltage_min=share(0.8)),
        node(power_factor=share(0.9), voltage_min=share(0.8)),
    )  # fmt: skip
    found, _, _ = solved(study)
    # Columns of the first hour: bought, and f, s, l, q of the transformer and of the cable.
    cost = np.array([20.0, 0, 0, 0, 0, 0, 0, 0, 0])
    equal, right, above, most = [], [], [], []
    g, ft, st_, lt, qt, fc, sc, lc, qc = np.eye(9)
    equal += [g - ft - lt / 2, ft - lt / 2 - fc - lc / 2, fc - lc / 2]
    right += [0.01, loads["mid"], loads["far"]]
    equal += [qc - 0.25 * lc, qt - 0.5 * lt - qc - 0.25 * lc]
    right += [loads["far"] * tangent, loads["mid"] * tangent]
    for f, s, lost, q in ((ft, st_, lt, qt), (fc, sc, lc, qc)):
        above += [f - s]
        most += [0.0]
        for degrees in (15, 30, -15, -30):
            a = math.radians(degrees)
            above.append(f * math.cos(a) + q * math.sin(a) - s)
            most.append(0.0)
        for u in (0.2, 0.5, 0.85):
            above.append(0.1 * 2 * u * s - lost)
            most.append(0.1 * 10 * u**2)
    hand = linprog(cost, np.array(above), most, np.array(equal), right, bounds=[(None, None)] * 9)
    idle = 23 * 0.01 * 1000.0  # without load, at the price of the other hours
    assert found.objective == pytest.approx(hand.fun + idle, rel=1e-6)


def test_a_heat_pipe_is_that_of_an_lp_written_by_hand():
    """A pipe of two candidates, hour by hour with its losses: the same cost to 1e-6."""
    need = steps(3, 5, 8, 2)
    study = compose(
        there(raw=need), fuel(30), burner(20),
        pipe(4.0, name="small", laid=new(1, M), **LOSING),
        pipe(9.0, name="large", laid=new(1.5, M), **LOSING), **WARM,
    )  # fmt: skip
    best = math.inf
    for small in (0, 1):
        for large in (0, 1):
            lost = 0.1 * (small + large)
            carries = 4.0 * small + 9.0 * large
            missing = np.maximum(need + lost - carries, 0) if small + large else need
            burnt = need + lost - missing if small + large else 0 * need
            best = min(best, 30 * burnt.sum() + 10_000 * missing.sum() + 100 * small + 150 * large)
    assert optimum(study) == pytest.approx(best, rel=1e-6)


def test_what_does_not_go_together_is_told_all_at_once():
    """A loop, an island, a second source, a node that is none, another voltage: each in its own words."""
    parts: list[Any] = [
        far(1), priced(), cable(), network(), node(),
        cable(name="ring"), cable(name="lost", source="x", to="y"), node("z", name="node_z"),
        cable(name="bare", source="far", to="bare"), grid(5, name="second", bus="far"),
    ]  # fmt: skip
    study = compose(*parts)
    site = Site(study.buses, {c.name: c for c in parts}, (2025,))
    told = " | ".join(f"{f.what.of('en')} {f.got}" for f in network().check(site))
    for words in (
        "ring closes a loop",
        "island: lost, node_z",
        "second source, second at far",
        "no node bare",
    ):
        assert words in told
    bad = compose(far(1), priced(), trafo(high=trafo().high * 11), network(), node(voltage_min=share(1.05)))
    site = Site(bad.buses, {c.name: c for c in bad.components}, (2025,))
    told = " | ".join(f.what.of("en") for f in network().check(site))
    assert "is made for 110 kV, but stands at 10 kV" in told
    assert "without any load far has a voltage of 1.000" in told


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (cable(resistance=cable().resistance * 0.0), "line without impedance"),
        (cable(to="el"), "is the bus at which it begins"),
        (trafo(short_circuit=share(0.05)), "leaves no reactance"),
        (node(voltage_min=share(1.2)), "leaves no band"),
    ],
)
def test_an_asset_that_contradicts_itself_is_told(made: Any, words: str):
    assert words in " ".join(f.what.of("en") for f in made.check(Site()))


def test_a_pipe_hotter_than_its_source_is_told():
    buses = {"heat": Bus("heat", "heat", 70.0), "far": Bus("far", "heat", 90.0)}
    told = [f.what.of("en") for f in pipe(None).check(Site(buses))]
    assert "is a pipe hotter than its source" in told
    assert sum("it tells what the pipe carries" in what for what in told) == 3


TABLES = {
    "nodes.csv": "node,power_factor,voltage_min,voltage_max,slack,nominal_kv,x_m,y_m\n"
    "a,0.9,0.95,1.05,yes,22,0,0\nb,0.9,0.95,1.05,,,500,0\nc,0.9,0.95,1.05,,,900,-3\n",
    "lines.csv": "name,from,to,length_km,r_ohm_per_km,x_ohm_per_km,kv,circuit_mva,circuits,"
    "capex,lifetime,max_circuits\n"
    "one,a,b,1,0.2,0.1,22,10,1,1000,30,2\ntwo,b,c,1,0.2,0.1,22,10,1,,,\n",
}


def written(folder: Path, **changes: tuple[str, str]) -> Path:
    """The tables in a folder, with some text changed."""
    for name, text in TABLES.items():
        before, after = changes.get(name.partition(".")[0], ("", ""))
        (folder / name).write_text(text.replace(before, after) if before else text, encoding="utf-8")
    return folder


def test_tables_become_assets_of_a_study(tmp_path: Path, root: Path):
    made = assets_of(read_tables(written(tmp_path)), "network", "VND")
    assert list(made) == ["network", "node_a", "node_b", "node_c", "one", "two"]
    assert made["one"]["capacity"] == {
        "existing": "10 MW", "capex": "100 VND/MW", "lifetime": "30 years", "max": "20 MW", "unit": "10 MW"
    }  # fmt: skip


def test_numbers_of_tables_reach_the_study_as_they_are(tmp_path: Path):
    """284.536 nF/km would read two ways, and six digits are not all; a node may have a voltage of its own."""
    changes = {
        "lines": ("two,b,c,1,0.2,0.1", "two,b,c,12.345,0.123456789,284.536"),
        "nodes": ("c,0.9,0.95,1.05,,,", "c,0.9,0.95,1.05,,21.5,"),
    }
    made = assets_of(read_tables(written(tmp_path, **changes)), "network", "VND")
    told = [made["two"][k] for k in ("length", "resistance", "reactance")]
    assert told == ["12.3450 km", "0.123456789 ohm/km", "284.5360 ohm/km"]
    assert made["node_c"]["nominal"] == "21.5 kV"
    assert "nominal" not in made["node_b"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lines": ("two,b,c", "two,b,nowhere")}, "is not a node of nodes.csv"),
        ({"lines": ("two,b,c,1,", "two,b,c,-1,")}, "is out of range"),
        ({"lines": ("two,b,c,1,0.2", "two,b,c,1,0")}, "is a line without impedance"),
        ({"lines": ("two,b,c", "two,a,b")}, "two closes a loop"),
        ({"lines": ("two,b,c", "two,a,b")}, "is an island"),
        ({"nodes": ("b,0.9,0.95,1.05,,", "b,0.9,0.95,1.05,yes,22")}, "is a second slack node"),
        ({"nodes": ("yes", "")}, "names no slack node"),
        ({"nodes": ("c,0.9", "b,0.9")}, "is named twice"),
        ({"nodes": ("c,0.9", "c,much")}, "is no number"),
        ({"lines": ("circuits,capex", "circuit,capex")}, "is no column of the sheet"),
    ],
)
def test_bad_tables_are_told(tmp_path: Path, changes: dict[str, tuple[str, str]], words: str):
    with pytest.raises(StudyError) as caught:
        read_tables(written(tmp_path, **changes))
    assert words in " ".join(f.what.of("en") for f in caught.value.faults)


def test_all_faults_of_tables_are_told_at_once(tmp_path: Path):
    with pytest.raises(StudyError) as caught:
        read_tables(written(tmp_path, nodes=("yes", ""), lines=("two,b,c,1,0.2", "two,b,x,-1,0")))
    assert len(caught.value.faults) >= 4


def test_loops_and_islands_are_told_beside_bad_numbers_in_both_languages(tmp_path: Path):
    changes = {
        "lines": ("two,b,c,1,0.2,0.1", "ring,a,b,1,0,0.1,22,10,1,,,\ntwo,b,b,-1,0.2,0.1"),
    }
    with pytest.raises(StudyError) as caught:
        read_tables(written(tmp_path, **changes))
    for lang, words in (
        ("en", ("is a line without impedance", "ring closes a loop", "is out of range", "is an island")),
        ("vi", ("không có trở kháng", "ring khép thành mạch vòng", "nằm ngoài khoảng", "bị tách đảo")),
    ):
        told = [fault.what.of(lang) for fault in caught.value.faults]  # type: ignore[arg-type]
        assert all(any(word in one for one in told) for word in words)


WRONG = """
[buses.x]
carrier = "electricity"
[buses.hot]
carrier = "heat"
temperature = "90 degC"
[buses.mild]
carrier = "heat"
temperature = "70 degC"
[assets.burner]
kind = "heat_demand"
bus = "hot"
load = "1 MW"
[assets.pipe]
kind = "pipe"
source = "mild"
to = "hot"
length = "100 m"
capacity = "2 MW"
laid = { existing = "100 m" }
[assets.node_x]
kind = "grid_node"
bus = "x"
power_factor = "90 %"
voltage_min = "95 %"
voltage_max = "105 %"
[assets.ring]
kind = "power_line"
source = "t2"
to = "t4"
capacity = { existing = "11 MW" }
circuit = "11 MW"
length = "1 km"
resistance = "0 ohm/km"
reactance = "0.1 ohm/km"
voltage = "22 kV"
"""


def wrong(root: Path, folder: Path, was: str = "", put: str = "") -> dict[str, str]:
    """What is told of the example with faults in it, by language."""
    shutil.copytree(root / "examples" / "networks" / "medium_voltage", folder / "park")
    file = folder / "park" / "park.toml"
    text = file.read_text(encoding="utf-8").replace(was, put, 1) if was else file.read_text(encoding="utf-8")
    file.write_text(text + WRONG, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read(file.parent)
    langs: tuple[Any, ...] = ("en", "vi")
    return {
        lang: " | ".join(f"{f.where.field} {f.what.of(lang)}" for f in caught.value.faults) for lang in langs
    }


def test_a_study_with_what_no_network_is_like_is_refused_at_once(root: Path, tmp_path: Path):
    """A ring, an island, a line without impedance, a pipe hotter than its source; in both languages."""
    told = wrong(root, tmp_path)
    for words in ("ring closes a loop", "island: node_x", "is a line without impedance",
                  "is a pipe hotter than its source"):  # fmt: skip
        assert words in told["en"]
    for words in (
        "ring khép thành mạch vòng",
        "tách đảo: node_x",
        "không có trở kháng",
        "ống nóng hơn nguồn",
    ):
        assert words in told["vi"]


def test_a_line_of_negative_length_is_refused(root: Path, tmp_path: Path):
    told = wrong(root, tmp_path, 'length = "1.1 km"', 'length = "-1.1 km"')
    assert "cable_north.length is negative: it must be more than 0 m" in told["en"]
    assert "cable_north.length là số âm: phải lớn hơn 0 m" in told["vi"]
    for words in ("ring closes a loop", "island: node_x", "is a line without impedance",
                  "is a pipe hotter than its source"):  # fmt: skip
        assert words in told["en"]  # beside all else that is wrong


FLEET = """
[assets.{name}]
kind = "fleet"
trips = {trips}
[assets.{name}_bus]
kind = "battery_vehicle"
fleet = "{name}"
pack = "200 kWh"
use = "1 kWh/km"
end_of_life = "80 %"
power_max = "60 kW"
vehicles = {{ capex = "2900 MVND/piece", lifetime = "12 years", max = "10 piece" }}
"""
CHARGERS = """
[assets.chargers]
kind = "charger"
bus = "t1"
power = "60 kW"
number = { capex = "420 MVND/piece", lifetime = "12 years", max = "40 piece" }
"""
HEAD = "trip,route,days,start,end,km,from,to,vehicle"
TRIPS = {
    "far": "a,R6,daily,06:00,18:00,700,depot,depot,",
    "long": "a,R5,daily,06:00,30:30,200,depot,depot,V3",
    "over": "a,R1,daily,06:00,07:00,20,depot,depot,V1\nb,R2,daily,06:30,07:30,20,depot,depot,V1",
    "both": "a,R3,daily,06:00,07:00,20,depot,school,V2\nb,R4,daily,07:05,08:00,20,plant,depot,V2",
    "runs": "from,to,km,minutes\ndepot,school,5,15\ndepot,plant,5,15",
}


def test_all_that_is_wrong_with_wires_and_fleets_is_told_at_once(root: Path, tmp_path: Path):
    """Nine faults of one study, none of which follows from another."""
    park = tmp_path / "park"
    shutil.copytree(root / "examples" / "networks" / "medium_voltage", park)
    text = (park / "park.toml").read_text("utf-8").replace('length = "1.1 km"', 'length = "-1.1 km"', 1)
    for name, rows in TRIPS.items():
        (park / f"{name}.csv").write_text(rows if name == "runs" else f"{HEAD}\n{rows}", encoding="utf-8")
        more = ', runs = "runs.csv"' if name == "both" else ""
        text += "" if name == "runs" else FLEET.format(name=name, trips=f'{{ file = "{name}.csv"{more} }}')
    with zipfile.ZipFile(park / "feed.zip", "w") as feed:
        feed.writestr("trips.txt", "route_id,service_id,trip_id\nr,s,t\n")
        feed.writestr("routes.txt", "route_id\nr\n")
        feed.writestr("calendar.txt", "service_id\ns\n")
    text += FLEET.format(name="feed", trips='{ gtfs = "feed.zip", distance = "km" }') + CHARGERS + WRONG
    (park / "park.toml").write_text(text + LOAD_AT_X, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read(park)
    told = [(f.where.field, f.what.of("en"), f.what.of("vi")) for f in caught.value.faults]
    for words in NINE:
        assert [words for _, what, _ in told if words in what] == [words]
    assert len(told) == len(NINE)
    assert all(en != vi for _, en, vi in told)


LOAD_AT_X = """
[assets.x_load]
kind = "electricity_demand"
bus = "x"
load = "1 MW"
[assets.x_grid]
kind = "grid"
bus = "x"
price = "2000 VND/kWh"
import_limit = "5 MW"
emission_factor = "0.6 t/MWh"
[assets.mild_heat]
kind = "electric_boiler"
source = "t1"
to = "mild"
efficiency = "99 %"
power = { existing = "5 MW" }
"""
NINE = (
    "ring closes a loop", "is a line without impedance", "is negative: it must be more than 0 m",
    "does not reach an island: node_x", "is a pipe hotter than its source", "has no night",
    "has a route longer than any pack", "has overlapping trips in the block of V1", "has V2 in two places",
    "has no file stop_times.txt", "has no file stops.txt",
)  # fmt: skip


def test_what_asks_for_a_field_that_could_not_be_read_is_not_told(root: Path, tmp_path: Path):
    """A cable to nowhere makes no islands: only what is wrong by itself is told beside it."""
    told = wrong(root, tmp_path, 'to = "north"', 'to = "nrth"')
    assert "cable_north.to is not a bus of the study" in told["en"]
    assert "is a pipe hotter than its source" in told["en"]
    assert "is a line without impedance" in told["en"]
    assert "island" not in told["en"]
    assert "loop" not in told["en"]


def test_the_example_holds_the_grid_of_its_tables(root: Path, tmp_path: Path):
    folder = root / "examples" / "networks" / "medium_voltage"
    study = read(folder)
    names = {c.name for c in study.components}
    assert set(assets_of(read_tables(folder), "network", "VND")) <= names
    assert len([c for c in study.components if isinstance(c, GridNode)]) == 12
    assert any(isinstance(c, Transformer) for c in study.components)
    assert any(isinstance(c, Distribution) for c in study.components)


def test_a_network_is_told_as_page_workbook_and_json(six: Planned, tmp_path: Path):
    (told,) = networks(six.results)
    for lang, word in (("vi", "Lưới điện và đấu nối"), ("en", "Electric network and interconnection")):
        page = network_page(told, lang)  # type: ignore[arg-type]
        assert word in page
        assert "cable" in page
    book = load_workbook(write_network_workbook(told, tmp_path / "n.xlsx", "en"))
    assert book.sheetnames[0] == "Interconnection"
    assert book.worksheets[0]["B2"].value == "cable"
    assert plain(told)["flows"] == 24


def test_what_is_worth_nothing_is_curtailed_not_lost_in_a_branch():
    """Sun of 9 MW that nobody buys: what the plan burns in its cable does not flow there."""
    sunny = Solar(name="sun", bus="far", power=stands(9), output=Profile(steps(0, 0, 0, 1, 1), ONE))
    study = compose(*feeding(2, 2, 2).components, sunny)
    (checked,) = check(plan_of(study).results)
    assert checked.breaches == ()


def test_a_run_without_a_network_says_so():
    study = compose(load(1), grid(20))
    with pytest.raises(StudyError, match="no electric network"):
        grids_of(results_of(monolith(study)))


@pytest.mark.parametrize(
    ("was", "put", "told"),
    [
        ("", "", ""),
        ('length = "1.1 km"', 'length = "1100 km"', "cable_north.length"),
        ('"0.0778 ohm/km"', '"77.8 ohm/km"', "77.8 ohm/km lies outside the 0.005 to 10"),
        ('"0.105 ohm/km"', '"105 ohm/km"', "105 ohm/km lies outside the 0.02 to 1"),
        ('"310 nF/km"', '"310 uF/km"', "nF/km lies outside"),
        ('no_load_loss = "0.072 %"', 'no_load_loss = "7.2 %"', "substation.no_load_loss"),
        ('load_loss = "0.44 %"', 'load_loss = "4.4 %"', "substation.load_loss"),
        ('short_circuit = "11 %"', 'short_circuit = "1.1 %"', "substation.short_circuit"),
        ('no_load_current = "0.3 %"', 'no_load_current = "19 %"', "substation.no_load_current"),
        ('tap = "1 %"', 'tap = "10 %"', "substation.tap"),
    ],
)
def test_what_no_wire_is_like_is_told(root: Path, tmp_path: Path, was: str, put: str, told: str):
    """A thousandfold impedance is a voltage that nobody understands; the example has no word of it."""
    shutil.copytree(root / "examples" / "networks" / "medium_voltage", tmp_path / "park")
    file = tmp_path / "park" / "park.toml"
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, put, 1), encoding="utf-8")
    said = [str(w) for w in read(file.parent).warnings if "usual" in str(w)]
    assert any(told in w for w in said) == bool(told)
