"""Reading a stored run back: its tables as results, its hours when they are asked for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from parkzero.errors import Fault, Place, StudyError
from parkzero.results.results import FORMAT, KINDS, TABLES, Kind, Results

SUMMARY = "summary.json"
MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class FolderHours:
    """Hourly tables of a stored run, read when they are asked for."""

    folder: Path

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        """Hourly values of one year."""
        return pl.read_parquet(self.folder / "hourly" / kind / f"{year}.parquet", glob=False)


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run of ParkZero."""
    try:
        return "parkzero_version" in _json(folder / SUMMARY)
    except StudyError:
        return False


def load(folder: Path | str) -> Results:
    """Read a stored run; hours are read when they are asked for.

    Raises:
        StudyError: when the folder holds no complete run.
    """
    place = Path(folder)
    summary = _json(place / SUMMARY)
    if summary.get("format") != FORMAT:
        raise refusal(place / SUMMARY, "is of another format", f"format {FORMAT}", str(summary.get("format")))
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
            raise refusal(path, "is too large to be a run of ParkZero", f"at most {MOST_BYTES:,} bytes")
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise refusal(path, "is missing", "the folder of a run, as parkzero plan --out writes it") from None
    except (ValueError, RecursionError):
        raise refusal(path, "is not JSON", "the file as parkzero plan wrote it") from None
    if not isinstance(read, dict):
        raise refusal(path, "is not a JSON object", "the file as parkzero plan wrote it")
    return read


def refusal(path: Path, what: str, needs: str, got: str = "") -> StudyError:
    """The fault of a folder that holds no run."""
    return StudyError([Fault(Place(file=str(path)), what, got, needs)], title="The run")
