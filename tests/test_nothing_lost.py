"""Nothing of the user's is lost: what stands where results go is replaced only if ParkZero wrote it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from parkzero.cli import main
from parkzero.errors import StudyError
from parkzero.planning import api
from parkzero.planning.monolith import monolith
from parkzero.results import Results, load, results_of, save, target
from parkzero.results.frames import SCHEMAS
from parkzero.results.manifest import MANIFEST, digest, read_manifest
from parkzero.results.results import FORMAT, TABLES
from parkzero.results.store import renew
from parkzero.search_file import is_whole, write_arrays
from tests.results_cases import plain_study
from tests.test_cli_plan import park

__all__ = ["park"]


@pytest.fixture(scope="module")
def made() -> Results:
    return results_of(monolith(plain_study()))


@pytest.fixture(scope="module")
def whole(made: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with its reports; copied, never changed."""
    from parkzero.cli.plan import Finish

    folder = tmp_path_factory.mktemp("whole")
    save(made, folder / "run", Finish("en", folder / "none.npz"))
    return folder / "run"


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "run")
    return tmp_path / "run"


def command(*words: object) -> int:
    return main([str(word) for word in words])


def content(folder: Path) -> dict[str, bytes | str]:
    """All that lies under a folder, byte for byte."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found[name] = "a link" if path.is_symlink() else path.read_bytes() if path.is_file() else "a folder"
    return found


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """The faults with which a command ended with 2."""
    assert command(*words, "--json") == 2
    return "\n".join(json.loads(capsys.readouterr().out)["faults"])


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said, without the lines and the breaks of the table."""
    return " ".join(capsys.readouterr().err.replace("│", " ").split())


# ------------------------------------------------------------------------------------ the manifest


def test_the_manifest_lists_every_file_with_its_digest(whole: Path):
    names = {name for name, found in content(whole).items() if found != "a folder"}
    manifest = read_manifest(whole)
    assert set(manifest.files) == names - {MANIFEST}
    assert {"report.html", "summary.json", "tables/ledger.parquet"} <= set(manifest.files)
    assert all(digest(whole / name) == found for name, found in manifest.files.items())


def test_a_run_that_nobody_touched_is_replaced_also_where_files_are_missing(made: Results, run: Path):
    save(made, run)
    (run / "tables" / "ledger.parquet").unlink()
    shutil.rmtree(run / "study")
    save(made, run)
    assert load(run).year_list
    assert [path.name for path in run.parent.iterdir()] == ["run"]


def write(path: Path, text: str = "mine") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


THEIRS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a note": (lambda run: write(run / "my_notes.txt"), "my_notes.txt"),
    "a note among the tables": (lambda run: write(run / "tables" / "mine.parquet"), "mine.parquet"),
    "a folder": (lambda run: write(run / "mydata" / "load.csv"), "mydata"),
    "an empty folder": (lambda run: (run / "mydata").mkdir(), "mydata"),
    "a link": (lambda run: (run / "link").symlink_to(run.parent), "link"),
    "a result that became a link": (
        lambda run: ((run / "report.html").unlink(), (run / "report.html").symlink_to(run / "summary.json")),
        "report.html",
    ),
    "a folder of results that became a link": (
        lambda run: (shutil.move(run / "study", run.parent / "study"),
                     (run / "study").symlink_to(run.parent / "study")),
        "study",
    ),
    "remarks in the report": (
        lambda run: (run / "report.xlsx").write_bytes((run / "report.xlsx").read_bytes() + b" "),
        "report.xlsx",
    ),
    "an edited summary": (lambda run: write(run / "summary.json", "{}"), "summary.json"),
    "no manifest": (lambda run: (run / MANIFEST).unlink(), MANIFEST),
    "a manifest that is a list": (lambda run: write(run / MANIFEST, "[]"), MANIFEST),
    "a manifest of brackets": (lambda run: write(run / MANIFEST, "[" * 100_000), MANIFEST),
    "a manifest of another format": (lambda run: write(run / MANIFEST, '{"format": 9}'), MANIFEST),
    "a search that is a folder": (lambda run: (run / "search.npz").mkdir(), "search.npz"),
    "a letter where the search is kept": (
        lambda run: write(run.with_name("run.search.npz"), "my thesis"), "run.search.npz"),
    "a folder where the search is kept": (
        lambda run: run.with_name("run.search.npz").mkdir(), "run.search.npz"),
}  # fmt: skip


@pytest.mark.parametrize("name", THEIRS)
def test_what_is_the_users_stops_the_plan_before_it_begins(name, run, park, monkeypatch, capsys):
    change, named = THEIRS[name]
    change(run)
    before = content(run.parent)
    monkeypatch.setattr(api, "plan", lambda *a, **k: pytest.fail("it was planned"))
    assert named in refused(capsys, "plan", park, "--out", run)
    assert content(run.parent) == before


def test_a_manifest_that_names_files_outside_is_none(run: Path, tmp_path: Path):
    """Else it could have anything of that content removed."""
    write(tmp_path / "thesis.txt")
    for name in ("../thesis.txt", str(tmp_path / "thesis.txt"), "a/../../thesis.txt", "..\\thesis.txt", ""):
        text = {"format": 1, "files": {name: digest(tmp_path / "thesis.txt")}}
        write(run / MANIFEST, json.dumps(text))
        with pytest.raises(StudyError, match="is no manifest of ParkZero"):
            target.check_target(run)


def test_a_summary_that_only_looks_like_one_protects_nobody_from_nothing(park, tmp_path, capsys):
    """The case fake-summary-deletes: a thesis beside a summary that somebody wrote."""
    write(tmp_path / "fake" / "summary.json", '{"parkzero_version": "x"}')
    write(tmp_path / "fake" / "thesis.docx", "precious")
    assert command("plan", park, "--out", tmp_path / "fake") == 2
    assert (tmp_path / "fake" / "thesis.docx").read_text(encoding="utf-8") == "precious"


# --------------------------------------------------------------------------------------- the place


@pytest.mark.parametrize("where", [".", "..", "sub/.."])
def test_the_folder_that_one_is_in_is_not_replaced(where, park, tmp_path, monkeypatch, capsys):
    (tmp_path / "here" / "sub").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(api, "plan", lambda *a, **k: pytest.fail("it was planned"))
    assert "the folder you are in" in refused(capsys, "plan", park, "--out", where)


@pytest.mark.parametrize("place", ["/proc/foo", "x" * 250, "park/park.toml/x", "\udcff", "a/" * 2000 + "b"])
def test_places_that_cannot_be_written_are_found_before_planning(place, park, tmp_path, monkeypatch, capsys):
    if place.startswith("/proc") and not Path("/proc/self").exists():
        pytest.skip("there is no /proc")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "plan", lambda *a, **k: pytest.fail("it was planned"))
    before = content(tmp_path)
    assert refused(capsys, "plan", park, "--out", place).count("--out") == 1
    assert command("plan", park, "--out", place) == 2
    assert "The folder of the results has 1 fault" in said(capsys)
    assert content(tmp_path) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_refused(run: Path):
    (run / "tables").chmod(0o500)
    with pytest.raises(StudyError, match="cannot be replaced"):
        target.check_target(run)


def test_trying_the_place_out_leaves_nothing(tmp_path: Path):
    target.check_target(tmp_path / "a" / "b" / "run")
    assert content(tmp_path) == {}


# ----------------------------------------------------------------------------- meanwhile and killed


def test_what_comes_while_it_is_planned_stays_and_so_do_the_results(made: Results, run: Path):
    with pytest.raises(StudyError, match="holds the finished results") as caught:
        save(made, run, lambda results, folder: write(run / "notes.txt"))
    assert (run / "notes.txt").read_text(encoding="utf-8") == "mine"
    kept = Path(caught.value.faults[-1].where.file)
    assert load(kept).summary["audit_ok"] is True
    assert sorted(path.name for path in run.parent.iterdir()) == ["run", kept.name]


def test_what_comes_at_the_last_moment_stays_too(made: Results, run: Path, monkeypatch, caplog):
    check = target.check_target

    def late(folder: Path) -> None:
        check(folder)
        write(folder / "tables" / "notes.txt")

    monkeypatch.setattr(target, "check_target", late)
    save(made, run)
    (left,) = [path for path in run.parent.iterdir() if path != run]
    assert (left / "tables" / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert set(content(left)) == {MANIFEST, "tables", "tables/notes.txt"}
    assert left.name in caplog.text


class Killed(BaseException):
    """Stands for the end of the process: nothing is cleaned up after it."""


@pytest.mark.parametrize("reader", ["plan", "load"])
def test_a_kill_between_the_renames_loses_nothing(made: Results, run: Path, monkeypatch, reader: str):
    """The earlier run lies beside its place: whoever asks next finds it where it was."""
    before = content(run)
    os.replace(run, run.with_name("run.replaced-0a1b2c3d"))
    if reader == "load":
        load(run)
        assert content(run) == before
    else:
        save(made, run)
    assert [path.name for path in run.parent.iterdir()] == ["run"]


def test_what_a_kill_left_of_the_replaced_run_is_removed_but_for_the_users(made: Results, run: Path):
    for name, note in (("run.replaced-0a1b2c3d", False), ("run.replaced-11111111", True)):
        aside = run.with_name(name)
        shutil.copytree(run, aside)
        (aside / "tables" / "ledger.parquet").unlink()
        if note:
            write(aside / "note.txt")
    save(made, run)
    assert sorted(path.name for path in run.parent.iterdir()) == ["run", "run.replaced-11111111"]
    assert len(content(run.with_name("run.replaced-11111111"))) > 5


@pytest.mark.parametrize("at", range(1, 7))
def test_a_report_that_is_killed_leaves_a_run_that_goes_on(run: Path, park, at: int, monkeypatch, capsys):
    """Whatever was put in place before, nothing looks like the user's afterwards."""
    from parkzero.results import manifest, store

    count = 0
    replace = os.replace

    def counted(source: Path, goal: Path) -> None:
        nonlocal count
        count += 1
        if count == at:
            raise Killed
        replace(source, goal)

    for module in (manifest.os, store.os):
        monkeypatch.setattr(module, "replace", counted)

    def make(folder: Path) -> list[Path]:
        for name in ("report.html", "report.xlsx"):
            write(folder / name, f"another {name}")
        return [folder / "report.html", folder / "report.xlsx"]

    monkeypatch.setattr(shutil, "rmtree", lambda *a, **k: None)
    try:
        renew(run, make)
    except Killed:
        assert at <= 4
    else:
        assert at > 4
        assert "coming" not in json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    monkeypatch.undo()
    load(run)
    target.check_target(run)
    assert command("report", run) == 0
    target.check_target(run)


def test_a_report_that_somebody_edited_is_not_written_anew(run: Path, capsys):
    write(run / "report.html", "my remarks")
    before = content(run)
    assert command("report", run) == 2
    places = [line.partition("│")[0].strip() for line in capsys.readouterr().err.splitlines()]
    assert "report.html" in "".join(places)
    assert content(run) == before
    (run / "report.html").unlink()
    write(run / "notes.txt")
    assert command("report", run) == 0
    assert (run / "notes.txt").read_text(encoding="utf-8") == "mine"


# -------------------------------------------------------------------------------------- the search


def test_a_damaged_search_is_set_aside_with_one_sentence(run: Path, park, tmp_path, capsys):
    """In the run and beside it; the plan is what it is without."""
    save(results_of(monolith(plain_study())), run)
    beside = tmp_path / "run.search.npz"
    write_arrays(beside, {"fingerprint": "x", "upper": 1.0})
    damage = bytearray(beside.read_bytes())
    damage[60] ^= 1
    beside.write_bytes(damage)
    (run / "search.npz").write_bytes(b"anything at all")
    assert command("plan", park, "--out", run, "--lang", "en", "--quiet") == 0
    told = said(capsys)
    assert told.count("is damaged or of another version: it is ignored and kept as") == 2
    aside = {p.read_bytes() for p in tmp_path.iterdir() if p.name.startswith("run.search.npz.damaged-")}
    assert aside == {bytes(damage), b"anything at all"}
    assert command("plan", park, "--out", run, "--quiet") == 0
    assert said(capsys) == ""


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "is of another study"), ("vi", "thuộc một hồ sơ tính toán khác")]
)
def test_a_search_of_another_study_is_told_by_the_command(
    lang: str, told: str, run: Path, park, capsys, monkeypatch
):
    """Also where the study is small: here it is made to be searched."""
    from parkzero.planning import certify

    small = partial(certify.certified, small=0)
    monkeypatch.setattr(certify, "certified", small)
    write_arrays(run.with_name("run.search.npz"), {"fingerprint": "x", "upper": 1.0})
    assert command("plan", park, "--out", run, "--lang", lang, "--quiet") == 0
    assert said(capsys).count(told) == 1


def test_a_search_of_an_earlier_run_is_taken_up_and_does_not_change_it(run: Path, park, tmp_path):
    write_arrays(run / "search.npz", {"fingerprint": "x", "upper": 1.0})
    assert command("plan", park, "--out", run, "--quiet") == 0
    assert is_whole(run / "search.npz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["park", "run"]


# -------------------------------------------------------------------------------- damaged results


def test_every_table_has_a_schema_and_is_stored_under_it(made: Results):
    assert set(SCHEMAS) == set(TABLES)
    for name, frame in made.tables.items():
        assert frame.schema == pl.Schema(SCHEMAS[name])


def test_a_table_of_another_name_is_damage(run: Path, capsys):
    """The case report-wrong-table; also where somebody made the manifest anew."""
    shutil.copy(run / "tables" / "buses.parquet", run / "tables" / "binding.parquet")
    for words in (["report", run], ["explain", run]):
        assert command(*words) == 2
        assert "binding.parquet" in said(capsys).replace(" ", "")
    with pytest.raises(StudyError, match="is not the table that its name says"):
        load(run, edited=True)


@pytest.mark.parametrize(
    ("kind", "frame", "says"),
    [
        ("flows", pl.DataFrame({"when": [1], "load": [1.0]}), "is not the table"),
        ("flows", pl.DataFrame({"start": [1], "load": ["high"]}), "is not the table"),
        ("flows", pl.DataFrame(), "is not the table"),
        ("prices", None, "cannot be read"),
    ],
)
def test_hours_of_another_form_are_damage(run: Path, kind, frame, says):
    found = load(run)
    path = run / "hourly" / kind / "2030.parquet"
    if frame is None:
        path.write_bytes(b"PAR1 not a table")
    else:
        frame.write_parquet(path)
    with pytest.raises(StudyError, match=says):
        found.frame(kind, 2030)
    with pytest.raises(StudyError, match="is not as ParkZero wrote it"):
        load(run)


def test_what_is_no_run_has_no_manifest(tmp_path: Path):
    write(tmp_path / "summary.json", json.dumps({"format": FORMAT, "parkzero_version": ""}))
    with pytest.raises(StudyError, match=r"manifest.json: is missing"):
        load(tmp_path)


# ------------------------------------------------------------------------------------------ the log


def test_the_log_of_our_own_fault_lies_where_only_the_user_may_look(park, tmp_path, monkeypatch, capsys):
    """Names that others could foresee could be links to files of the user's."""
    temp, thesis = tmp_path / "temp", tmp_path / "thesis.txt"
    temp.mkdir()
    write(thesis)
    monkeypatch.setattr("tempfile.tempdir", str(temp))
    monkeypatch.setattr("time.strftime", lambda form: "20300101-000000")
    (temp / "parkzero-20300101-000000.log").symlink_to(thesis)

    def fail(*words: object, **options: object) -> None:
        raise RuntimeError("nobody foresaw \udcff")

    monkeypatch.setattr(api, "plan", fail)
    assert command("plan", park, "--out", tmp_path / "run") == 1
    assert "Please report it with this log" in said(capsys)
    assert thesis.read_text(encoding="utf-8") == "mine"
    (log,) = temp.glob("parkzero-log-*/*.log")
    assert "Traceback" in log.read_text(encoding="utf-8")
    if os.name == "posix":
        assert log.parent.stat().st_mode & 0o077 == log.stat().st_mode & 0o077 == 0


def test_where_no_log_can_be_written_the_fault_is_still_said(park, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "not there"))
    monkeypatch.setattr(api, "plan", lambda *a, **k: 1 / 0)
    assert command("plan", park, "--out", tmp_path / "run") == 1
    assert "No log could be written" in said(capsys)
