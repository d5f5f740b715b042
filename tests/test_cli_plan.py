"""The commands plan, explain and report: what they show, what they write, and how they end."""

from __future__ import annotations

import dataclasses
import html
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

import parkzero
from parkzero import pricing
from parkzero.cli import main
from parkzero.planning import api
from parkzero.planning.plan import Step
from parkzero.report.words import say
from parkzero.texts import say as say_text
from parkzero.texts import spoken
from parkzero.texts.language import VARIABLES

PARK = """
format = 2
name = "Tiny park"

[park]
currency = "USD"
calendar_year = 2025
step = "60 min"
latitude = 20.8
longitude = 106.6
days = 2

[years]
milestones = [2030]
last_span = 1

[money]
discount_rate = "0 %"
basis = "real"
base_year = 2025

[planning]
unserved_price = "10000 USD/MWh"
excess_price = "10000 USD/tCO2"

[tenants.t1]
name = "Tenant One"
trade = "steel"

[buses."t1.electricity"]
carrier = "electricity"
tenant = "t1"

[assets.load]
kind = "electricity_demand"
owner = "t1"
bus = "t1.electricity"
load = { value = "10 MW" }

[assets.grid]
kind = "grid"
owner = "t1"
bus = "t1.electricity"
price = { value = "100 USD/MWh" }
import_limit = "50 MW"
emission_factor = "0.5 tCO2/MWh"

[assets.pv]
kind = "solar"
owner = "t1"
bus = "t1.electricity"
output = { value = "25 %" }
power.capex = "1 MUSD/MW"
lifetime = "20 years"
power.max = "20 MW"
"""


@pytest.fixture
def park(tmp_path: Path) -> Path:
    """Load 10 MW, 20 MW of photovoltaics that give 5 MW, and a grid: 5.38 M USD a year."""
    folder = tmp_path / "park"
    folder.mkdir()
    (folder / "park.toml").write_text(PARK, encoding="utf-8")
    return folder


def change(park: Path, old: str, new: str) -> None:
    text = (park / "park.toml").read_text(encoding="utf-8")
    assert old in text
    (park / "park.toml").write_text(text.replace(old, new), encoding="utf-8")


def run(*words: object) -> int:
    return main([str(word) for word in words])


@pytest.mark.parametrize("method", ["certified", "monolith"])
def test_a_plan_is_written_whole_and_summed_up(park, tmp_path, capsys, method):
    assert run("plan", park, "--out", tmp_path / "run", "--method", method, "--lang", "en") == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 100
    for needed in (
        "Tiny park",
        "Optimal within",
        "5.38 M USD",
        "21,900",
        "50.0%",
        "pv 20.0 MW",
        "169.0 k USD/MW",
    ):
        assert needed in shown
    assert "Audit of the stored tables" in shown
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "optimal"
    assert summary["audit_ok"] is True
    assert (tmp_path / "run" / "report.html").stat().st_size > 10_000
    assert sorted(p.name for p in tmp_path.iterdir()) == ["park", "run"]


def test_the_workbook_of_which_the_page_speaks_lies_beside_it(park, tmp_path, capsys):
    """An infeasible study has one too, without a plan; the report command makes both again."""
    assert run("plan", park, "--out", tmp_path / "run", "--quiet", "--lang", "vi") == 0
    book = openpyxl.load_workbook(tmp_path / "run" / "report.xlsx")
    assert say("excel.sizes").vi in book.sheetnames
    for name in ("report.html", "report.xlsx"):
        (tmp_path / "run" / name).unlink()
    assert run("report", tmp_path / "run", "--lang", "en") == 0
    shown = capsys.readouterr().out
    for name in ("report.html", "report.xlsx"):
        assert (tmp_path / "run" / name).stat().st_size > 5_000
        assert name in shown
    change(park, '"50 MW"', '"4.2 MW"')
    assert run("plan", park, "--out", tmp_path / "run", "--quiet") == 3
    book = openpyxl.load_workbook(tmp_path / "run" / "report.xlsx")
    assert say("excel.sizes").vi not in book.sheetnames
    assert sorted(p.name for p in tmp_path.iterdir()) == ["park", "run"]


def silent(monkeypatch):
    """A system that says nothing of its language."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_vietnamese_is_the_language_without_a_choice(park, tmp_path, capsys, monkeypatch):
    silent(monkeypatch)
    assert run("plan", park, "--out", tmp_path / "run") == 0
    shown = capsys.readouterr().out
    assert "Phương án tối ưu trong sai số cho phép" in shown
    assert "5,38 triệu USD" in shown
    assert "21.900" in shown


@pytest.mark.parametrize(
    ("words", "system", "language", "expected"),
    [
        (["--lang", "en"], "vi_VN.UTF-8", "vi", "No faults"),
        ([], "en_US.UTF-8", "vi", "Không có lỗi"),
        ([], "en_US.UTF-8", "", "No faults"),
        ([], "vi_VN.UTF-8", "", "Không có lỗi"),
        ([], "", "", "Không có lỗi"),
    ],
)
def test_the_language_is_asked_for_or_the_studys_or_the_systems(
    park, capsys, monkeypatch, words, system, language, expected
):
    silent(monkeypatch)
    monkeypatch.setenv("LANG", system)
    if language:
        file = park / "park.toml"
        file.write_text(f'language = "{language}"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert run("check", park, *words) == 0
    assert expected in capsys.readouterr().out
    assert spoken() == "en"


def test_faults_are_told_in_the_studys_language(park, capsys, monkeypatch):
    silent(monkeypatch)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    change(park, '"10 MW"', '"10"')
    assert run("check", park) == 2
    assert "has no unit" in " ".join(capsys.readouterr().err.split())
    file = park / "park.toml"
    file.write_text('language = "vi"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert run("check", park) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "không có đơn vị" in told
    assert run("check", park, "--json") == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert [fault["what"] for fault in faults] == ["không có đơn vị"]


def test_help_knows_no_study_but_the_system(park, capsys, monkeypatch):
    for system, expected in (("vi_VN", "Đọc hồ sơ"), ("en_GB", "Read a study"), ("", "Đọc hồ sơ")):
        silent(monkeypatch)
        monkeypatch.setenv("LANG", system)
        assert run("check", "--help") == 0
        assert expected in capsys.readouterr().out


def test_json_is_the_summary_and_nothing_else(park, tmp_path, capsys):
    assert run("plan", park, "--out", tmp_path / "run", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))


def test_quiet_says_nothing(park, tmp_path, capsys):
    assert run("plan", park, "--out", tmp_path / "run", "--quiet") == 0
    assert "".join(capsys.readouterr()) == ""


def test_faults_end_with_2_and_write_nothing(park, tmp_path, capsys):
    change(park, '"10 MW"', '"10"')
    assert run("plan", park, "--out", tmp_path / "run") == 2
    assert "has no unit" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "run").exists()


def test_faults_as_json(park, tmp_path, capsys):
    change(park, '"10 MW"', '"10"')
    assert run("plan", park, "--out", tmp_path / "run", "--json") == 2
    printed = json.loads(capsys.readouterr().out)
    assert printed["status"] == "error"
    assert len(printed["faults"]) == 1


@pytest.mark.parametrize("option", [("--gap", "0"), ("--gap", "nan"), ("--gap", "2"), ("--time-limit", "-1")])
def test_senseless_options_end_with_2(park, tmp_path, option, capsys):
    assert run("plan", park, "--out", tmp_path / "run", *option) == 2
    assert option[0] in capsys.readouterr().err


def test_a_folder_with_other_things_is_refused_before_planning(park, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(api, "plan", lambda *a, **k: pytest.fail("it was planned"))
    assert run("plan", park, "--out", park) == 2
    assert "not replaced" in " ".join(capsys.readouterr().err.split())


def test_no_plan_ends_with_3_and_says_where_when_and_why(park, tmp_path, capsys):
    change(park, '"50 MW"', '"4.2 MW"')
    assert run("plan", park, "--out", tmp_path / "run", "--lang", "en") == 3
    shown = " ".join(capsys.readouterr().out.split())
    assert "Tenant t1 (Tenant One) at bus t1.electricity is 0.8 MW short" in shown
    assert "0.8 MW are missing at" in shown
    assert shown.index("0.8 MW are missing at") < shown.index("cannot hold together")
    assert "imports at most 4.2 MW" in shown
    assert "At most 20 MW of 'pv' (power) may be built in 2030" in shown
    assert "Optimal" not in shown
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "infeasible"
    assert summary["proven"] is False
    assert len(summary["conflict"]) == 5
    assert summary["missed"][0]["unit"] == "MW"
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert summary["reach"][0] in html.unescape(page)
    assert summary["reach_vi"][0] in html.unescape(page)
    assert run("explain", tmp_path / "run", "--lang", "en") == 0
    assert "cannot hold together" in capsys.readouterr().out
    assert run("explain", tmp_path / "run", "--lang", "vi") == 0
    told = capsys.readouterr().out
    assert "Doanh nghiệp t1 (Tenant One) tại nút t1.electricity thiếu 0,8 MW" in told
    assert "mua vào không quá 4,2 MW" in told


def test_progress_goes_on_while_a_plan_is_priced(park, tmp_path, monkeypatch):
    """Years may have to be operated for them."""
    heard, real = [], pricing.priced

    def spied(found, progress):
        heard.append(progress)
        return real(found, progress=progress)

    monkeypatch.setattr(pricing, "priced", spied)
    assert run("plan", park, "--out", tmp_path / "run", "--quiet") == 0
    progress, *_ = heard
    assert progress.__name__ == "step"


def test_a_stopped_search_ends_with_4_and_is_labelled(park, tmp_path, monkeypatch, capsys):
    whole = api.plan

    def stopped(*words, **options):
        return dataclasses.replace(whole(*words, **options), status="stopped", lower_bound=4e6)

    monkeypatch.setattr(api, "plan", stopped)
    assert run("plan", park, "--out", tmp_path / "run", "--lang", "en") == 4
    shown = capsys.readouterr().out
    assert "NOT proven" in shown
    assert "25.65" in shown
    assert json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))["proven"] is False


def test_an_interrupt_before_any_plan_writes_nothing(park, tmp_path, monkeypatch):
    def interrupted(*words, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "plan", interrupted)
    assert run("plan", park, "--out", tmp_path / "run") == 4
    assert [p.name for p in tmp_path.iterdir()] == ["park"]


def test_time_that_is_too_short_for_one_problem_ends_with_4(park, tmp_path, monkeypatch, capsys):
    from parkzero.errors import SolverError
    from parkzero.planning import monolith

    def late(*words, **options):
        raise SolverError("the solver ended with status time_limit")

    monkeypatch.setattr(monolith, "monolith", late)
    assert run("plan", park, "--out", tmp_path / "run", "--method", "monolith", "--time-limit", "5") == 4
    assert "before any plan" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_failing_audit_ends_with_1_and_claims_nothing(park, tmp_path, monkeypatch, capsys):
    """A ledger that is not what the flows say: the audit notices, and no report is written."""
    from parkzero.results import money

    true = money.amount_of
    monkeypatch.setattr(money, "amount_of", lambda *words: true(*words) * 1.001)
    assert run("plan", park, "--out", tmp_path / "run", "--lang", "en") == 1
    out, err = capsys.readouterr()
    assert "audit" in err
    assert "money 2030" in " ".join(err.split())
    assert "Optimal" not in out
    assert not list((tmp_path / "run").glob("report.*"))
    assert json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))["audit_ok"] is False


def test_report_is_written_anew_unless_the_tables_were_tampered_with(park, tmp_path, capsys):
    assert run("plan", park, "--out", tmp_path / "run", "--quiet") == 0
    (tmp_path / "run" / "report.html").unlink()
    assert run("report", tmp_path / "run", "--lang", "en") == 0
    assert (tmp_path / "run" / "report.html").exists()
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    (tmp_path / "run" / "summary.json").write_text(
        json.dumps({**summary, "objective": 1.0}), encoding="utf-8"
    )
    assert run("report", tmp_path / "run") == 2
    assert "is not as ParkZero wrote it" in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_explain_a_run_a_rule_and_a_study(park, tmp_path, capsys):
    assert run("plan", park, "--out", tmp_path / "run", "--quiet") == 0
    assert run("explain", tmp_path / "run", "--lang", "vi") == 0
    assert "pv.power.max năm 2030: nới 1 MW tiết kiệm 169.000 USD mỗi năm" in capsys.readouterr().out
    assert run("explain", tmp_path / "run", "--lang", "en") == 0
    assert "one MW more would save 169,000 USD a year" in capsys.readouterr().out
    assert run("explain", tmp_path / "run", "pv.weather", "--step", "2030-01-02 18:00", "--year", "2030") == 0
    assert "pv.weather [MW], 2 Jan 18:00–19:00, 2030" in capsys.readouterr().out
    assert run("explain", park, "grid.import_limit", "--step", "01-02 18:00") == 0
    assert "<= 50 MW" in capsys.readouterr().out
    assert run("explain", park, "grid.import_limi") == 2
    assert "Did you mean" in capsys.readouterr().err
    change(park, '"50 MW"', '"4.2 MW"')
    assert run("explain", park, "--lang", "en") == 0
    assert "imports at most 4.2 MW" in capsys.readouterr().out


def test_explain_and_report_refuse_what_is_no_run(tmp_path, capsys):
    assert run("report", tmp_path / "nothing") == 2
    assert run("explain", tmp_path / "nothing") == 2


def test_progress_shows_both_bounds(capsys):
    from parkzero.cli.plan import Watch

    watch = Watch("en", quiet=False)
    watch.step(Step(99.0, 100.0, 1.0, say_text("operating 2030")))
    (task,) = watch.progress.tasks
    assert task.description == "operating 2030; lower bound 99; best plan 100; gap 1.000%"


FACE = """
import parkzero
import parkzero.planning.monolith as module
from parkzero.planning.api import plan
assert callable(parkzero.plan) and parkzero.plan.__doc__
assert parkzero.planning.monolith is module
assert parkzero.planning.api.plan is plan
from parkzero import plan as call
assert call is parkzero.plan
import sys
assert "polars" not in sys.modules or True
"""


def test_plan_is_a_function_beside_the_room_of_planning(root):
    done = subprocess.run(
        [sys.executable, "-c", FACE],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_importing_the_face_loads_nothing_heavy(root):
    heavy = "('polars', 'highspy', 'pvlib', 'xarray')"
    call = f"import sys, parkzero; sys.exit(any(m in sys.modules for m in {heavy}))"
    done = subprocess.run([sys.executable, "-c", call], cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
    assert done.returncode == 0


def test_the_face_is_what_it_says():
    assert dir(parkzero) == sorted(parkzero.__all__)
    assert all(getattr(parkzero, name) is not None for name in parkzero.__all__)
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = parkzero.nothing_like_it


def test_a_plan_of_the_face_knows_its_results(park, tmp_path):
    study = parkzero.read(park)
    plan = parkzero.plan(study, method="monolith", gap=0.01)
    assert isinstance(plan, parkzero.Plan)
    assert plan.results is plan.results
    assert plan.results.summary["objective"] == plan.objective
    stored = plan.save(tmp_path / "run")
    assert parkzero.audit(stored)["ok"].all()
    assert parkzero.load(tmp_path / "run").sizes.equals(plan.results.sizes)


@pytest.mark.parametrize(
    ("lang", "marginal", "warning"),
    [
        ("vi", "Giá trị biên", "Lưu ý: chỉ tính 2 ngày đầu trong 365 ngày"),
        ("en", "Marginal values", "Note: only the first 2 of 365 days are planned"),
    ],
)
def test_the_summary_fits_the_terminal_in_both_languages(park, tmp_path, capsys, lang, marginal, warning):
    """A certified plan's savings are said to be marginal; our own remarks follow the language."""
    assert run("plan", park, "--out", tmp_path / "run", "--lang", lang) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 100
    assert marginal in shown
    assert warning in shown
    assert run("plan", park, "--out", tmp_path / "run", "--lang", lang, "--method", "monolith") == 0
    assert marginal not in capsys.readouterr().out
    change(park, '"50 MW"', '"4.2 MW"')
    assert run("plan", park, "--out", tmp_path / "run", "--lang", lang) == 3
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 100
    # Every rule stands in a column of its own: what does not fit its line goes on under the text.
    conflict = shown.split("  1. ")[1].split(warning[:4])[0]
    assert [line for line in conflict.splitlines()[1:] if line.strip() and line[0] != " "] == []


def test_progress_is_told_in_vietnamese():
    from parkzero.cli.plan import Watch

    watch = Watch("vi", quiet=True)
    watch.step(Step(99.0, 100.0, 1.0, say_text("lower bound from {days} mean days", days=14)))
    (task,) = watch.progress.tasks
    assert task.description.startswith("tính cận dưới từ 14 ngày trung bình; cận dưới 99")


def test_nothing_has_no_sign():
    """A remainder of −1e-9 t would read as "-0"."""
    from parkzero.cli.plan_words import number, small

    assert number(-1e-9, "en") == "0"
    assert number(-1e-9, "vi", 1) == "0,0"
    assert number(-12.0, "en") == "-12"
    assert small(0.0, "vi") == "0"
    assert small(3.2e-9, "vi") == "3,2×10⁻⁹"
