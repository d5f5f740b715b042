"""What others read: MPS files for any solver, PyPSA folders that find the same cost, and refusals."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from pathlib import Path

import highspy
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkzero.bench.cases import reference_study
from parkzero.cli import main
from parkzero.components import Battery, ByYear, Feeder, Grid, Offset, Profile, RenewableShare, constant
from parkzero.errors import StudyError
from parkzero.interchange import to_pypsa, write_mps
from parkzero.interchange.mps import money_unit, named_problem
from parkzero.interchange.mps_file import unique
from parkzero.language.block import Penalties
from parkzero.planning.monolith import monolith
from parkzero.study import Study
from parkzero.units import MONEY, MW, MWH, Quantity, T
from tests.cases.harness import compose, grid, load, per, share
from tests.cases.storage import cells
from tests.twins import parks

LOAD = """
import json, logging, sys, warnings
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
import pypsa
n = pypsa.Network(sys.argv[1])
found = n.optimize(multi_investment_periods=True, include_objective_constant=False, solver_name="highs",
                   output_flag=False, mip_rel_gap=1e-9)
print(json.dumps({"status": list(map(str, found)), "objective": n.objective}))
"""


def changed(study: Study, **by_name: dict[str, object]) -> Study:
    """The study with some fields of some components changed."""
    parts = [dataclasses.replace(c, **by_name.get(c.name.replace(".", "_"), {})) for c in study.components]
    return dataclasses.replace(study, components=tuple(parts))


def without(study: Study, *kinds: type) -> Study:
    return dataclasses.replace(
        study, components=tuple(c for c in study.components if not isinstance(c, kinds))
    )


def plain_park_a() -> Study:
    """Half-hours, two tenants, lines with losses and a charge, a tank with a rate, a power factor."""
    no_bill = {"demand_charge": None, "ratchet": None, "export_own_only": False, "export_share": None}
    return changed(parks.park_a(), grid=no_bill, t2_grid=no_bill)


def plain_park_b() -> Study:
    """Four milestone years with retirement, standing limits, a cap, a budget and a carbon price.

    Without offsets the cap and the budget of the twin cannot be kept, so both are wider here.
    """
    cap, budget = ByYear((2030, 2045), (42e3, 15e3), T), Quantity(800e3, T)
    return changed(
        without(parks.park_b(), Offset, RenewableShare), cap={"limit": cap}, budget={"budget": budget}
    )


def plain_park_d() -> Study:
    """Whole units; no negative prices, no switch."""
    study = parks.park_d()
    grid = next(c for c in study.components if isinstance(c, Grid))
    price = dataclasses.replace(grid.price, values=abs(grid.price.values))
    return changed(study, grid={"price": price}, battery={"exclusive": False})


def solved(path: Path) -> highspy.Highs:
    """Read and solve a file with HiGHS alone."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 2)
    highs.readModel(str(path))
    # The process has one scheduler, with the threads of whoever solved first: start anew, and leave nothing.
    highspy.Highs.resetGlobalScheduler(True)
    highs.run()
    highspy.Highs.resetGlobalScheduler(True)
    return highs


def factor_of(unit: str) -> float:
    """What the objective is multiplied by for the study's currency."""
    factor, _, currency = unit.rpartition(" ")
    assert currency
    return float(factor or 1)


@pytest.mark.parametrize("ending", [".mps", ".mps.gz"])
def test_an_mps_file_has_the_same_optimum(tmp_path: Path, ending: str):
    study = parks.park_b()
    unit = write_mps(study, tmp_path / f"b{ending}")
    packed = (tmp_path / f"b{ending}").read_bytes()[:2] == b"\x1f\x8b"
    assert packed == (ending == ".mps.gz")
    highs = solved(tmp_path / f"b{ending}")
    found = highs.getInfo().objective_function_value * factor_of(unit)
    assert found == pytest.approx(monolith(study).objective, rel=1e-7)


def in_dong(study: Study) -> Study:
    """The study with all money 25 000 times as high."""

    def dear(value: object) -> object:
        if not isinstance(value, ByYear | Profile) or value.unit not in (MONEY / MWH, MONEY / MW, MONEY / T):
            return value
        return dataclasses.replace(value, values=np.asarray(value.values) * 25_000)

    parts = [
        dataclasses.replace(c, **{f.name: dear(getattr(c, f.name)) for f in dataclasses.fields(c)})
        for c in study.components
    ]
    penalties = Penalties(study.penalties.unserved * 25_000, study.penalties.excess * 25_000)
    return dataclasses.replace(study, components=tuple(parts), penalties=penalties, currency="VND")


def test_costs_in_a_file_are_of_a_size_that_solvers_like(tmp_path: Path):
    """In dong a megawatt of solar costs milliards: interior points fail on such numbers."""
    study = reference_study(2, (2030,))
    dear = in_dong(study)
    unit = write_mps(dear, tmp_path / "d.mps")
    assert unit.endswith(" VND")
    assert factor_of(unit) >= 1e3
    assert (tmp_path / "d.mps").read_text(encoding="utf-8").startswith(f"* The objective is in {unit}:")
    highs = solved(tmp_path / "d.mps")
    assert 1e2 < max(abs(c) for c in highs.getLp().col_cost_) < 1e4
    found = highs.getInfo().objective_function_value * factor_of(unit)
    assert found == pytest.approx(monolith(dear).objective, rel=1e-6)


def test_small_money_stands_as_it_is(tmp_path: Path):
    problem, _, _ = named_problem(parks.park_d())
    assert money_unit(dataclasses.replace(problem, cost=problem.cost / np.abs(problem.cost).max())) == 1.0


def test_the_command_says_the_unit_of_an_mps_file(tmp_path: Path, capsys, monkeypatch):
    monkeypatch.setattr("parkzero.study.read", lambda path: parks.park_d())
    assert main(["export", "park", "--out", str(tmp_path / "d.mps")]) == 0
    first = (tmp_path / "d.mps").read_text(encoding="utf-8").splitlines()[0]
    told = " ".join(capsys.readouterr().out.split())
    assert told.removeprefix("Wrote ").split(" its objective is in ")[1] in first


def test_an_mps_file_keeps_whole_numbers_and_takes_a_plan(tmp_path: Path):
    plan = monolith(parks.park_d())
    unit = write_mps(plan, tmp_path / "d.mps")
    highs = solved(tmp_path / "d.mps")
    found = highs.getInfo().objective_function_value * factor_of(unit)
    assert found == pytest.approx(plan.objective, rel=1e-7)
    assert highspy.HighsVarType.kInteger in set(highs.getLp().integrality_)


def test_names_say_asset_flow_year_and_step(tmp_path: Path):
    write_mps(reference_study(1, (2030, 2050)), tmp_path / "r.mps")
    problem = solved(tmp_path / "r.mps").getLp()
    assert {"pv.power[2030]", "battery.charge[2050,23]", "load.unserved[2030,0]"} <= set(problem.col_names_)
    assert {"el.balance[2050,7]", "battery.filling[2030,5]", "cap.cap[2050]"} <= set(problem.row_names_)


def test_there_is_one_name_for_each_column_and_row():
    problem, columns, rows = named_problem(parks.park_b())
    assert len(columns) == len(set(columns)) == len(problem.cost)
    assert len(rows) == len(set(rows)) == len(problem.low)


@given(st.lists(st.text(alphabet="a ~2\t", max_size=4), max_size=12))
def test_names_become_unique_and_hold_no_space(names: list[str]):
    made = unique(names)
    assert len(set(made)) == len(names)
    assert not any(c.isspace() for name in made for c in name)
    assert all(made)


@pytest.mark.parametrize("name", ["x.lp", "x", "x.mps.zip", "no/x.mps"])
def test_a_wrong_mps_path_is_a_fault(tmp_path: Path, name: str):
    with pytest.raises(StudyError):
        write_mps(parks.park_d(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_everything_that_pypsa_cannot_say_is_told_at_once(tmp_path: Path):
    with pytest.raises(StudyError) as caught:
        to_pypsa(parks.park_a(), tmp_path / "a")
    told = {fault.where.field for fault in caught.value.faults}
    assert told == {
        "grid.demand_charge", "grid.ratchet", "grid.export_own_only", "t2.grid.demand_charge",
        "t2.grid.export_own_only", "t2.grid.export_share",
    }  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_policies_and_switches_are_refused(tmp_path: Path):
    for study, expected in (
        (parks.park_b(), {"offset", "share"}),
        (parks.park_d(), {"battery.exclusive", "battery.bus"}),
    ):
        with pytest.raises(StudyError) as caught:
            to_pypsa(study, tmp_path / "x")
        assert {fault.where.field for fault in caught.value.faults} == expected


def test_told_levels_and_limits_of_stores_are_refused(tmp_path: Path):
    told = cells(
        1, 1, start_level=share(0.5), end_level=share(0.1), cycles=share(9.0), charge_cost=per(1, MONEY / MWH)
    )
    with pytest.raises(StudyError) as caught:
        to_pypsa(compose(load(1), grid(20), told), tmp_path / "x")
    fields = {fault.where.field for fault in caught.value.faults}
    assert fields == {f"battery.{name}" for name in ("start_level", "end_level", "cycles", "charge_cost")}


def test_a_feeder_with_losses_is_refused_where_a_price_is_negative(tmp_path: Path):
    """Sending both ways at once would burn paid-for energy, and one link does not see it."""
    study = plain_park_a()
    grid = next(c for c in study.components if c.name == "grid")
    price = dataclasses.replace(grid.price, values=grid.price.values - 60.0)
    with pytest.raises(StudyError) as caught:
        to_pypsa(changed(study, grid={"price": price}), tmp_path / "a")
    told = {fault.where.field for fault in caught.value.faults}
    assert told == {"t1.line.loss", "t2.line.loss", "t2.battery.bus"}


def test_an_export_limit_of_zero_asks_for_nothing_that_pypsa_lacks(tmp_path: Path):
    """Without export there is no own surplus to follow."""
    grid = {
        "demand_charge": None,
        "ratchet": None,
        "export_limit": constant(0.0, MW),
        "export_share": None,
    }
    study = changed(parks.park_a(), grid=grid, t2_grid=grid)
    to_pypsa(study, tmp_path / "a")
    assert not any("export" in name for name in pl.read_csv(tmp_path / "a" / "generators.csv")["name"])


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path):
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match="not empty"):
        to_pypsa(plain_park_b(), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]


def test_vintages_become_assets_of_their_own(tmp_path: Path):
    """Solar lives 12 years here, so four cohorts; wind stands already and starts in 2030."""
    to_pypsa(plain_park_b(), tmp_path / "b")
    table = pl.read_csv(tmp_path / "b" / "generators.csv")
    born = dict(zip(table["name"], table["build_year"], strict=True))
    assert [n for n in born if n.startswith("pv.")] == ["pv.2025", "pv.2030", "pv.2040", "pv.2045"]
    assert [n for n in born if n.startswith("wind.")] == [
        "wind.2030",
        "wind.2040",
        "wind.2045",
        "wind.existing",
    ]
    assert born["wind.2040"] == 2040


@pytest.mark.twin
@pytest.mark.parametrize(
    "make", [plain_park_a, plain_park_b, plain_park_d, lambda: reference_study(5, (2030, 2040, 2050))],
    ids=["half-hours and tenants", "lifetimes and policies", "whole units", "reference"],
)  # fmt: skip
def test_pypsa_finds_the_same_cost(tmp_path: Path, twin_python: Path, make):
    study = make()
    plan = monolith(study)
    assert plan.status == "optimal"
    folder = to_pypsa(study, tmp_path / "network")
    call = [str(twin_python), "-c", LOAD, str(folder)]
    done = subprocess.run(call, capture_output=True, encoding="utf-8", check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["status"] == ["ok", "optimal"]
    assert answer["objective"] == pytest.approx(plan.objective, rel=1e-6)


def test_the_cases_of_this_file_use_what_they_claim():
    kinds = {type(c) for study in (plain_park_a(), plain_park_b()) for c in study.components}
    assert {Battery, Feeder, Grid} <= kinds
