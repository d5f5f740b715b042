"""Storing and reloading a run: a folder of Parquet tables and a summary, written whole or not at all.

Everything is written to a folder beside the goal, ``DIR.partial-…``, audited as it lies there, and renamed at
the end. A run that is killed leaves at most that folder, never half a result. A folder that is no run of
ParkZero is never replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from parkzero.errors import Fault, Place, StudyError
from parkzero.results.results import FORMAT, KINDS, TABLES, Kind, Results

SUMMARY = "summary.json"
MOST_BYTES = 50_000_000
Finish = Callable[[Results, Path], None]


@dataclass(frozen=True, slots=True)
class FolderHours:
    """Hourly tables of a stored run, read when they are asked for."""

    folder: Path

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        """Hourly values of one year."""
        return pl.read_parquet(self.folder / "hourly" / kind / f"{year}.parquet", glob=False)


def check_target(folder: Path | str) -> None:
    """Refuse a goal that would have to be destroyed: a file, or a folder that is no run of ParkZero.

    Raises:
        StudyError: with what to do instead.
    """
    goal = Path(folder)
    if goal.is_symlink() or (goal.exists() and not goal.is_dir()):
        raise _refusal(goal, "is not a folder", "a folder that does not exist yet, or an earlier run")
    if goal.is_dir() and any(goal.iterdir()) and not is_run(goal):
        raise _refusal(
            goal, "holds something else than a run of ParkZero, and is not replaced", "an empty or new folder"
        )


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run of ParkZero."""
    try:
        return "parkzero_version" in _json(folder / SUMMARY)
    except StudyError:
        return False


def save(results: Results, folder: Path | str, finish: Finish | None = None) -> Results:
    """Write a run, audit what was written, and put it in place of an earlier one.

    Args:
        results: what to write.
        folder: where it shall lie.
        finish: writes what else belongs into the folder (the report), before it is put in place.

    Returns:
        The stored run.

    Raises:
        StudyError: when the folder holds something that is no run.
    """
    from parkzero.results.auditor import audit, summarised  # it reads what is stored here

    goal = Path(os.path.abspath(folder))
    check_target(goal)
    goal.parent.mkdir(parents=True, exist_ok=True)
    partial = goal.with_name(f"{goal.name}.partial-{secrets.token_hex(4)}")
    try:
        write(results, partial)
        findings = audit(read(partial, results.summary))
        findings.write_parquet(partial / "tables" / "audit.parquet", compression="zstd")
        passed = bool(findings["ok"].all())
        summary = {**results.summary, "audit": summarised(findings), "audit_ok": passed}
        _write_json(partial / SUMMARY, summary)
        if finish is not None:
            finish(load(partial), partial)
        _put(partial, goal)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return load(goal)


def write(results: Results, folder: Path) -> None:
    """Write tables, hours and study into a folder, one year of hours at a time; the summary comes last."""
    (folder / "tables").mkdir(parents=True)
    for name, frame in results.tables.items():
        frame.write_parquet(folder / "tables" / f"{name}.parquet", compression="zstd")
    for kind in KINDS:
        (folder / "hourly" / kind).mkdir(parents=True)
        for year in results.year_list:
            frame = results.frame(kind, year)
            frame.write_parquet(folder / "hourly" / kind / f"{year}.parquet", compression="zstd")
    (folder / "study").mkdir()
    _write_json(folder / "study" / "study.json", dict(results.study))


def _put(partial: Path, goal: Path) -> None:
    """Rename the finished folder to its goal; an earlier run is moved aside first and back on failure."""
    if not goal.exists():
        os.replace(partial, goal)
        return
    aside = goal.with_name(f"{goal.name}.replaced-{secrets.token_hex(4)}")
    os.replace(goal, aside)
    try:
        os.replace(partial, goal)
    except OSError:
        os.replace(aside, goal)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def load(folder: Path | str) -> Results:
    """Read a stored run; hours are read when they are asked for.

    Raises:
        StudyError: when the folder holds no complete run.
    """
    place = Path(folder)
    summary = _json(place / SUMMARY)
    if summary.get("format") != FORMAT:
        raise _refusal(
            place / SUMMARY, "is of another format", f"format {FORMAT}", str(summary.get("format"))
        )
    return read(place, summary)


def read(place: Path, summary: dict[str, Any]) -> Results:
    """The tables of a folder as results under a summary.

    Raises:
        StudyError: with every table that is missing or cannot be read.
    """
    faults, tables = [], {}
    for name in TABLES:
        path = place / "tables" / f"{name}.parquet"
        try:
            tables[name] = pl.read_parquet(path, glob=False)
        except (OSError, pl.exceptions.PolarsError) as problem:
            if name != "audit":
                faults.append(Fault(Place(file=str(path)), "cannot be read", str(problem).splitlines()[0]))
    if faults:
        raise StudyError(faults, title=f"The run {place}")
    return Results(summary, tables, FolderHours(place), _json(place / "study" / "study.json"))


def connect(folder: Path | str) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with a view over each table, and over flows, injections and prices by year.

    The views lie over the Parquet files: nothing that a query does changes them.

    Raises:
        StudyError: when the folder holds no complete run.
    """
    place = Path(folder).resolve()
    load(place)
    connection = duckdb.connect(":memory:")
    for name in TABLES:
        path = place / "tables" / f"{name}.parquet"
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {_source(connection, path)}")
    for kind in KINDS:
        files = sorted((place / "hourly" / kind).glob("*.parquet"))
        parts = [f"SELECT {int(path.stem)} AS year, * FROM {_source(connection, path)}" for path in files]
        name = "hourly_rates" if kind == "rates" else kind
        connection.execute(f"CREATE VIEW {name} AS {' UNION ALL BY NAME '.join(parts)}")
    return connection


def _source(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """A file as DuckDB reads it; one whose path it would take for a pattern is handed over in memory."""
    text = path.as_posix()
    if not any(sign in text for sign in "*?["):
        return "read_parquet('" + text.replace("'", "''") + "')"
    name = f"file_{hashlib.sha256(text.encode('utf-8')).hexdigest()[:16]}"
    connection.register(name, pl.read_parquet(path, glob=False).to_arrow())
    return name


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _refusal(path, "is too large to be a run of ParkZero", f"at most {MOST_BYTES:,} bytes")
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise _refusal(path, "is missing", "the folder of a run, as parkzero plan --out writes it") from None
    except (ValueError, RecursionError):
        raise _refusal(path, "is not JSON", "the file as parkzero plan wrote it") from None
    if not isinstance(read, dict):
        raise _refusal(path, "is not a JSON object", "the file as parkzero plan wrote it")
    return read


def _write_json(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _finite(value: object) -> object:
    """JSON knows no infinity: such numbers become null."""
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value


def _refusal(path: Path, what: str, needs: str, got: str = "") -> StudyError:
    return StudyError([Fault(Place(file=str(path)), what, got, needs)], title="The run")
