"""Comparing runs, and one tenant's own view of a run."""

from __future__ import annotations

import dataclasses
import json

import openpyxl
import polars as pl
import pytest

import parkzero
from parkzero.cli import main
from parkzero.errors import StudyError
from parkzero.language.fields import Size
from parkzero.report.comparison import scale_of
from parkzero.report.numbers import money
from parkzero.results.compare import Difference, compare
from parkzero.results.tenant import of_tenant
from parkzero.study import Bus, Tenant
from parkzero.units import MONEY, MW, MWH, YEAR, Quantity, T
from tests.cases.electric import sun
from tests.cases.harness import compose, grid, load, per
from tests.test_cli_plan import PARK

SECRET = "Vanderlinde"


def parked(price: float = 100.0, owners: int = 4, yearly: float = 30.0):
    """A park of tenants, each with a meter, a load of its own and a roof."""
    parts = []
    for i in range(owners):
        owner, bus = f"t{i}", f"el{i}"
        size = Size(capex=per(10 * yearly, MONEY / MW), lifetime=Quantity(10.0, YEAR))
        parts += [
            load(1.0 + i, name=f"load{i}", bus=bus, owner=owner),
            grid(price, name=f"grid{i}", bus=bus, owner=owner, emission_factor=per(0.5, T / MWH)),
            sun(size, 1, name=f"pv{i}", bus=bus, owner=owner),
        ]
    study = compose(*parts)
    tenants = {f"t{i}": Tenant(f"t{i}", f"{SECRET} {i}" if i else "Own plant") for i in range(owners)}
    buses = {f"el{i}": Bus(f"el{i}", "electricity", owner=f"t{i}") for i in range(owners)}
    return dataclasses.replace(study, tenants=tenants, buses=buses, warnings=(f"{SECRET} 2 has no meter",))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    found = {}
    for name, study in {"base": parked(), "dear": parked(price=200.0), "few": parked(owners=2)}.items():
        found[name] = parkzero.plan(study, method="monolith", gap=1e-6).save(folder / name)
    return folder, found


def test_what_differs_is_listed_and_nothing_else(runs):
    """At twice the price the roofs are the same; the value of the savings grows by 100 for each of 10 MWh."""
    _, found = runs
    told = compare({"base": found["base"], "dear": found["dear"]})
    assert told.notes == ()
    assert told.of("sizes") == []
    npv = next(d for d in told.of("savings") if d.what == "npv")
    assert npv.values[1] - npv.values[0] == pytest.approx(100 * 10)
    assert {d.what.split(".")[1] for d in told.of("study")} == {"price"}
    assert told.of("emissions") == []


def test_a_run_against_itself_differs_in_nothing(runs):
    _, found = runs
    assert compare({"a": found["base"], "b": found["base"]}).differences == ()


def test_other_tenants_are_said_and_what_is_shared_is_compared(runs):
    _, found = runs
    told = compare({"base": found["base"], "few": found["few"]})
    assert "same tenants" in told.notes[0]
    size = next(d for d in told.of("sizes") if d.what == "pv3.power")
    assert size.values == (pytest.approx(4.0), None)


def test_other_parks_are_said(runs, tmp_path):
    other = compose(load(1, name="elsewhere"), grid(50, name="there"))
    there = parkzero.plan(other, method="monolith", gap=1e-6).save(tmp_path / "there")
    told = compare({"base": runs[1]["base"], "there": there})
    assert "different parks" in told.notes[0]
    assert told.of("proof")


def test_one_run_cannot_be_compared(runs):
    with pytest.raises(StudyError, match="two runs"):
        compare({"base": runs[1]["base"]})


def test_the_command_prints_json_page_and_workbook(runs, tmp_path, capsys):
    folder, _ = runs
    page, book = tmp_path / "c.html", tmp_path / "c.xlsx"
    call = [
        "compare",
        str(folder / "base"),
        str(folder / "dear"),
        "--json",
        "--html",
        str(page),
        "--xlsx",
        str(book),
    ]
    assert main(call) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == ["base", "dear"]
    assert any(d["what"] == "npv" for d in told["differences"])
    text = page.read_text(encoding="utf-8")
    assert "So sánh các lần tính" in text
    assert "Comparison of runs" in text
    assert len(openpyxl.load_workbook(book).sheetnames) >= 3
    assert main(["compare", str(folder / "base"), str(folder / "dear"), "--lang", "en"]) == 0
    assert "Present value" in capsys.readouterr().out


# ---------------------------------------------------------------------------------- a tenant's own


def test_a_tenant_sees_its_own_and_totals(runs):
    own = of_tenant(runs[1]["base"], "t0")
    assert set(own.ledger["owner"]) == {"t0"}
    assert set(own.components["asset"]) == {"load0", "grid0", "pv0"}
    assert own.summary["objective"] == runs[1]["base"].summary["objective"]
    assert set(own.tables["savings"]["owner"]) == {"t0", "*"}
    columns = own.frame("flows", 2025).columns
    assert len(columns) > 2
    assert all(c == "start" or c.partition(".")[0] in ("load0", "grid0", "pv0") for c in columns)


def test_of_two_owners_no_total_is_told(runs):
    """The total less its own would be what the other pays."""
    own = of_tenant(runs[1]["few"], "t0")
    assert own.summary["objective"] is None
    assert "npv" not in own.summary
    assert set(own.tables["savings"]["owner"]) == {"t0"}


def test_nothing_of_others_is_in_the_report(runs, tmp_path, capsys):
    folder, _ = runs
    out = tmp_path / "own"
    assert main(["report", str(folder / "base"), "--tenant", "t0", "--out", str(out), "--lang", "en"]) == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Own plant" in page
    own = of_tenant(runs[1]["base"], "t0").tables["savings"].filter(pl.col("owner") == "t0")["npv"][0]
    assert money("USD", own).full(own, 4).en in page  # its own case comes first
    for other in (SECRET, "pv1", "pv2", "load3", "grid2", "el1"):
        assert other not in page, other
    for sheet in openpyxl.load_workbook(out / "report.xlsx"):
        cells = " ".join(str(c) for row in sheet.iter_rows(values_only=True) for c in row)
        assert SECRET not in cells, sheet.title
        assert "pv1" not in cells, sheet.title


def test_a_report_without_totals_can_be_written(runs, tmp_path):
    out = tmp_path / "own"
    assert main(["report", str(runs[0] / "few"), "--tenant", "t0", "--out", str(out)]) == 0
    assert SECRET not in (out / "report.html").read_text(encoding="utf-8")


def test_the_workbook_of_a_run_holds_its_savings(runs, tmp_path):
    from parkzero.report import write_excel

    book = openpyxl.load_workbook(write_excel(runs[1]["base"], tmp_path / "run.xlsx", "en"))
    rows = list(book["Savings"].iter_rows(values_only=True))
    place = rows[0].index("Present value of the savings, without VAT")
    assert rows[1][0] == "Sum"
    assert rows[1][place] == pytest.approx(runs[1]["base"].summary["npv"])
    assert {"Savings by year", "Technologies"} <= set(book.sheetnames)


RETIRES = """
[assets.warm]
kind = "heat_demand"
owner = "t1"
bus = "t1.heat"
load = "1 MW"

[assets.kettle]
kind = "electric_boiler"
owner = "t1"
source = "t1.electricity"
to = "t1.heat"
efficiency = "99 %"
power = { existing = "2 MW", existing_until = 2025 }

[assets.pipe]
kind = "electric_boiler"
owner = "t1"
source = "t1.electricity"
to = "t1.heat"
efficiency = "90 %"
power = { capex = "1 USD/kW", lifetime = "20 years" }

[buses."t1.heat"]
carrier = "heat"
temperature = "90 degC"
"""


def test_a_replacement_without_a_cost_stops_the_command_unless_told(tmp_path, capsys):
    """The kettle has retired when the plan begins, and nothing says what another one would cost."""
    (tmp_path / "park.toml").write_text(PARK + RETIRES, encoding="utf-8")
    call = ["plan", str(tmp_path), "--out", str(tmp_path / "run"), "--lang", "en", "--quiet"]
    assert main(call) == 2
    assert "--no-reference" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "run").exists()
    assert main([*call, "--no-reference"]) == 0


def test_an_unknown_tenant_is_refused(runs, capsys):
    folder, _ = runs
    assert main(["report", str(folder / "base"), "--tenant", "t9"]) == 2
    assert "t0" in capsys.readouterr().err


def test_what_is_avoided_is_of_the_whole_pathway_and_what_is_emitted_of_a_year():
    avoided, emitted = (
        Difference(group, "tonnes", "t", (919_890.0, None)) for group in ("savings", "emissions")
    )
    assert (scale_of(avoided).unit.en, scale_of(emitted).unit.en) == ("t CO₂e", "t CO₂e/year")
    assert (scale_of(avoided).unit.vi, scale_of(emitted).unit.vi) == ("tấn CO₂tđ", "tấn CO₂tđ/năm")
    assert scale_of(Difference("savings", "payback", "a", (16.8, 9.0))).unit.en == "years"
