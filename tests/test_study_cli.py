"""The command line about studies: tables of 100 columns, exit codes, JSON, no traceback, nothing written."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from parkzero import cli, study
from parkzero.cli import study as commands
from parkzero.errors import InfeasibleError, SolverError, StoppedError

SMALL = Path(__file__).parent / "data" / "small_park"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small park without its meter file, which takes long to write as cells."""
    folder = tmp_path_factory.mktemp("examples") / "little"
    shutil.copytree(SMALL, folder, ignore=shutil.ignore_patterns("load.csv"))
    text = (folder / "park.toml").read_text(encoding="utf-8")
    metered = '{ file = "load.csv", column = "kW", growth = "3 %" }'
    assert metered in text
    (folder / "park.toml").write_text(text.replace(metered, '{ value = "1 MW" }'), encoding="utf-8")
    return folder


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    text = (SMALL / "park.toml").read_text(encoding="utf-8")
    text = text.replace('power.max = "2 MW"', "power.max = 2").replace('"load.csv"', '"\\u001b[31mload.csv"')
    (tmp_path / "park.toml").write_text(text.replace("power.capex", "power.capx", 1), encoding="utf-8")
    return tmp_path


def test_check_says_what_a_good_study_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(SMALL)]) == 0
    out = capsys.readouterr().out
    assert "No faults. Khu thử nghiệm nhỏ" in out
    assert "672 steps of 30 minutes" in out
    assert "not measured" in out


def test_check_shows_all_faults_within_100_columns(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(broken.iterdir())
    assert cli.main(["check", str(broken)]) == 2
    err = capsys.readouterr().err
    for words in ("park.toml has 5 faults", "assets.det_pv.power.capx", "Did you mean", "Write it out"):
        assert words in err
    assert max(map(len, err.splitlines())) <= 100
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert sorted(broken.iterdir()) == before


def test_check_gives_json_to_programs(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(broken), "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is False
    assert {"assets.det_pv.power.max", "assets.det_pv.power.capx"} <= {f["field"] for f in said["faults"]}
    assert cli.main(["check", str(SMALL), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is True
    assert said["components"]["det_pv"] == "solar"


def test_components_lists_kinds_fields_and_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["components"]) == 0
    assert "Electric storage" in capsys.readouterr().out
    assert cli.main(["components", "battery"]) == 0
    shown = capsys.readouterr().out
    assert "efficiency_in" in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert cli.main(["components", "--json"]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))
    assert cli.main(["components", "batery"]) == 2
    assert "Did you mean battery?" in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_convert_there_and_back(tmp_path: Path, little: Path) -> None:
    book, folder = tmp_path / "park.xlsx", tmp_path / "park"
    assert cli.main(["convert", str(little), str(book)]) == 0
    assert cli.main(["convert", str(book), str(folder)]) == 0
    assert len(study.read(folder).components) == len(study.read(little).components)
    assert cli.main(["convert", str(little), str(book)]) == 2
    assert cli.main(["convert", str(book), str(folder)]) == 2


def test_init_copies_the_example_and_overwrites_nothing(
    tmp_path: Path, little: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "examples", lambda: little.parent)
    monkeypatch.setattr(commands, "EXAMPLE", little.name)
    assert cli.main(["init", str(tmp_path / "mine")]) == 0
    assert "parkzero check" in " ".join(capsys.readouterr().out.split())
    assert {p.name for p in (tmp_path / "mine").iterdir()} == {p.name for p in little.iterdir()}
    assert cli.main(["init", str(tmp_path / "mine")]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert cli.main(["init", str(tmp_path / "book"), "--workbook"]) == 0
    assert len(study.read(tmp_path / "book" / "park.xlsx").components) == 13


def test_init_without_an_example_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "examples", lambda: tmp_path)
    assert cli.main(["init", str(tmp_path / "mine")]) == 1
    assert "holds no example" in capsys.readouterr().err


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("ParkZero ")
    assert cli.main(["--help"]) == 0
    assert "parkzero init my-park" in capsys.readouterr().out
    assert cli.main(["chek"]) == 2
    assert "check" in capsys.readouterr().err


def test_help_and_slips_are_told_in_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cbam", "--help", "--lang", "vi"]) == 0
    told = capsys.readouterr().out
    assert "Cách dùng:" in told
    assert "Usage" not in told
    assert "Show this message" not in told
    for given, words in (
        (["cbam", "x", "--yeer", "3"], "Không có tùy chọn --yeer"),
        (["cbam", "x", "--year", "3"], "ít nhất 2026"),
        (["cbam", "x", "--year", "a"], "phải là một số"),
        (["finance"], "Thiếu run"),
        (["cbam", "x", "y"], "y là thừa"),
    ):
        assert cli.main([*given, "--lang", "vi"]) == 2
        assert words in " ".join(capsys.readouterr().err.split())
    assert cli.main(["cbam", "x", "--year", "3", "--lang", "en"]) == 2
    assert "--year: at least 2026" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (InfeasibleError("no plan"), 3),
        (StoppedError("stopped"), 4),
        (SolverError("odd"), 1),
        (KeyboardInterrupt(), 4),
        (ValueError("a bug of ours"), 1),
        (RecursionError("deep"), 1),
    ],
)
def test_exit_codes_and_no_traceback(
    raised: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    def failing(_: Path) -> None:
        raise raised

    monkeypatch.setattr(commands, "read", failing)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert cli.main(["check", str(SMALL)]) == code
    err = capsys.readouterr().err
    assert "Traceback" not in err
    logs = list(tmp_path.glob("parkzero-log-*/*.log"))
    assert len(logs) == (code == 1 and not isinstance(raised, SolverError))
    for log in logs:
        assert "Traceback" in log.read_text(encoding="utf-8")
        assert log.name in err.replace("\n", "")


def test_vietnamese_text_leaves_through_an_old_code_page() -> None:
    call = "import sys; from parkzero.cli import main; sys.exit(main(['check', sys.argv[1]]))"
    env = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "PYTHONPATH": str(SMALL.parents[2])}
    done = subprocess.run([sys.executable, "-c", call, str(SMALL)], env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Khu thử nghiệm nhỏ" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("module", cli.COMMANDS)
def test_each_module_adds_the_commands_that_it_is_loaded_for(module: str) -> None:
    """A command that stood elsewhere would be unknown when it is asked for alone."""
    for name in cli.COMMANDS[module]:
        app = cli.build(name)
        added = [c.name or getattr(c.callback, "__name__", "") for c in app.registered_commands]
        assert tuple(added) == cli.COMMANDS[module]


def test_a_check_loads_nothing_of_plans_and_reports() -> None:
    seen = "import sys; from parkzero.cli import build; build('check'); print([*sys.modules])"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    loaded = ast.literal_eval(done.stdout)
    assert "parkzero.cli.study" in loaded
    assert not [name for name in loaded if name.startswith(("parkzero.report", "parkzero.results", "xarray"))]
