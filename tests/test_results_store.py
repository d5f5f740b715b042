"""Stored runs come back equal, and are there whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from parkzero.errors import StudyError
from parkzero.planning.monolith import monolith
from parkzero.results import Results, connect, load, results_of, save
from parkzero.results.results import KINDS
from tests.results_cases import ageing_study, plain_study


@pytest.fixture(scope="module")
def made() -> Results:
    return results_of(monolith(ageing_study()))


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_run_comes_back_equal(made: Results, tmp_path: Path):
    stored = save(made, tmp_path / "run")
    again = load(tmp_path / "run")
    for name, frame in made.tables.items():
        if name != "audit":
            assert_frame_equal(frame, again.tables[name])
    for kind in KINDS:
        for year in made.year_list:
            assert_frame_equal(made.frame(kind, year), again.frame(kind, year))
    assert stored.summary["audit_ok"] is True
    assert {k: v for k, v in again.summary.items() if not k.startswith("audit")} == {
        k: v for k, v in json.loads(json.dumps(made.summary)).items() if not k.startswith("audit")
    }
    assert again.dataset.equals(made.dataset)
    assert again.study == json.loads(json.dumps(made.study))


def test_nothing_else_is_left_beside_a_run(made: Results, tmp_path: Path):
    save(made, tmp_path / "run")
    save(made, tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    names = files(tmp_path / "run")
    assert {"summary.json", "study/study.json", "tables/ledger.parquet", "hourly/flows/2030.parquet"} <= names


@pytest.mark.parametrize("content", ["a letter", '{"name": "not a run"}'])
def test_a_folder_that_is_no_run_is_not_replaced(made: Results, tmp_path: Path, content: str):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "summary.json").write_text(content, encoding="utf-8")
    with pytest.raises(StudyError, match="not replaced"):
        save(made, tmp_path / "mine")
    assert (tmp_path / "mine" / "summary.json").read_text(encoding="utf-8") == content
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_is_not_replaced(made: Results, tmp_path: Path):
    (tmp_path / "mine").write_text("a letter", encoding="utf-8")
    with pytest.raises(StudyError, match="is not a folder"):
        save(made, tmp_path / "mine")


def test_a_failing_end_leaves_the_earlier_run(made: Results, tmp_path: Path):
    save(made, tmp_path / "run")
    before = files(tmp_path / "run")

    def fail(results: Results, folder: Path) -> None:
        raise RuntimeError("the report cannot be written")

    with pytest.raises(RuntimeError):
        save(made, tmp_path / "run", fail)
    assert files(tmp_path / "run") == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


KILLED = """
import os, sys
from pathlib import Path
import polars as pl
from parkzero.planning.monolith import monolith
from parkzero.results import results_of, save
from tests.results_cases import plain_study

count = 0
write = pl.DataFrame.write_parquet

def counted(self, *args, **more):
    global count
    count += 1
    if count == int(sys.argv[2]):
        os._exit(9)  # as a kill does: nothing is cleaned up
    return write(self, *args, **more)

pl.DataFrame.write_parquet = counted
save(results_of(monolith(plain_study())), Path(sys.argv[1]))
"""


@pytest.mark.parametrize(("earlier", "at"), [(False, 1), (True, 18), (True, 21)])
def test_a_killed_run_leaves_no_half_result(root: Path, tmp_path: Path, earlier: bool, at: int):
    goal = tmp_path / "run"
    if earlier:
        save(results_of(monolith(ageing_study())), goal)
        before = {name: (goal / name).read_bytes() for name in files(goal)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(goal), str(at)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 9, done.stderr.decode()
    if earlier:
        assert {name: (goal / name).read_bytes() for name in files(goal)} == before
    else:
        assert not goal.exists()
    left = [path.name for path in tmp_path.iterdir() if path != goal]
    assert len(left) == 1
    assert left[0].startswith("run.partial-")
    with pytest.raises(StudyError):
        load(tmp_path / left[0])


@pytest.mark.parametrize("name", ["it's a run", "run [1]"])
def test_queries_see_every_table(made: Results, tmp_path: Path, name: str):
    save(made, tmp_path / name)
    with connect(tmp_path / name) as connection:
        cost = connection.sql(
            "SELECT sum(amount) FROM ledger WHERE account = 'energy' AND year = 2030"
        ).fetchall()
        rows = connection.sql(
            'SELECT year, avg("t1.grid.import") FROM flows GROUP BY year ORDER BY year'
        ).fetchall()
        assert [row[0] for row in rows] == [2030, 2040]
        assert cost[0][0] == pytest.approx(rows[0][1] * 8760 * 100)
        with pytest.raises(duckdb.Error):
            connection.sql("UPDATE ledger SET amount = 0")


def test_missing_and_broken_files_are_all_named(tmp_path: Path):
    save(results_of(monolith(plain_study())), tmp_path / "run")
    (tmp_path / "run" / "tables" / "ledger.parquet").unlink()
    (tmp_path / "run" / "tables" / "sizes.parquet").write_bytes(b"PAR1 not a table")
    with pytest.raises(StudyError) as caught:
        load(tmp_path / "run")
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"format": 99, "parkzero_version": ""}', "[" * 100_000])
def test_hostile_summaries_are_refused(tmp_path: Path, text: str):
    (tmp_path / "summary.json").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError):
        load(tmp_path)


def test_infinite_bounds_are_written_as_null(made: Results, tmp_path: Path):
    from dataclasses import replace

    open_run = replace(made, summary={**made.summary, "lower_bound": float("-inf"), "status": "stopped"})
    assert save(open_run, tmp_path / "run").summary["lower_bound"] is None


def test_polars_reads_the_tables_alone(made: Results, tmp_path: Path):
    save(made, tmp_path / "run")
    frame = pl.read_parquet(tmp_path / "run" / "tables" / "sizes.parquet")
    assert frame.schema["year"] == pl.Int32
    assert frame.schema["built"] == pl.Float64
