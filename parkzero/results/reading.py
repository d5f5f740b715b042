"""Reading a stored run back: its tables as results, its hours when they are asked for.

What was changed since it was written is not read (``manifest``), nor is a table of another schema.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from parkzero.errors import Fault, Place, StudyError
from parkzero.results.frames import SCHEMAS, Schema
from parkzero.results.manifest import damaged, read_manifest
from parkzero.results.results import FORMAT, KINDS, TABLES, Kind, Results
from parkzero.results.target import recover
from parkzero.texts import Text, say

SUMMARY = "summary.json"
MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class FolderHours:
    """Hourly tables of a stored run, read when they are asked for."""

    folder: Path

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        """Hourly values of one year.

        Raises:
            StudyError: when its file cannot be read or is another table.
        """
        path = self.folder / "hourly" / kind / f"{year}.parquet"
        frame, faults = _table(path)
        start, *others = frame.schema.items() or [("", pl.Null())]
        if not faults and not (start[0] == "start" and all(kind == pl.Float64 for _, kind in others)):
            needs = say("start and a column of numbers for each series")
            faults = [Fault(Place(file=str(path)), _OTHER, needs=needs)]
        if faults:
            raise StudyError(faults, title=say("The run"))
        return frame


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run of ParkZero."""
    try:
        return "parkzero_version" in _json(folder / SUMMARY)
    except StudyError:
        return False


def load(folder: Path | str, edited: bool = False) -> Results:
    """Read a stored run; hours are read when they are asked for.

    Args:
        folder: the run.
        edited: read it also where it is not as ParkZero wrote it.

    Raises:
        StudyError: when the folder holds no complete run, with every file that is missing or damaged.
    """
    place = Path(folder)
    if not place.exists():
        recover(place)
    summary = _json(place / SUMMARY)
    if summary.get("format") != FORMAT:
        raise refusal(
            place / SUMMARY,
            say("is of another format"),
            say("format {format}", format=FORMAT),
            str(summary.get("format")),
        )
    faults = [] if edited else damaged(place, read_manifest(place))
    if faults:
        raise StudyError(faults, title=say("The run {place}", place=place))
    return read(place, summary)


def read(place: Path, summary: dict[str, Any]) -> Results:
    """The tables of a folder as results under a summary.

    Raises:
        StudyError: with every table that is missing, cannot be read, or is another one.
    """
    faults, tables = [], {}
    for name in TABLES:
        path = place / "tables" / f"{name}.parquet"
        if name == "audit" and not path.exists():
            continue
        tables[name], wrong = _table(path, SCHEMAS[name])
        faults += wrong
    if faults:
        raise StudyError(faults, title=say("The run {place}", place=place))
    return Results(summary, tables, FolderHours(place), _json(place / "study" / "study.json"))


_OTHER = say("is not the table that its name says: the run is damaged")


def _table(path: Path, schema: Schema | None = None) -> tuple[pl.DataFrame, list[Fault]]:
    """A stored table, or what is wrong with it."""
    try:
        frame = pl.read_parquet(path, glob=False)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as problem:
        got = next(iter(str(problem).splitlines()), "")[:200]
        return pl.DataFrame(), [Fault(Place(file=str(path)), say("cannot be read: the run is damaged"), got)]
    if schema is None or frame.schema == pl.Schema(schema):
        return frame, []
    got = ", ".join(frame.columns)[:80]
    return frame, [
        Fault(Place(file=str(path)), _OTHER, got, say("the columns {names}", names=", ".join(schema)))
    ]


def connect(folder: Path | str) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with a view over each table, and over flows, injections and prices by year.

    The views lie over the Parquet files: nothing that a query does changes them.

    Raises:
        StudyError: when the folder holds no complete run.
    """
    place = Path(folder).resolve()
    years = load(place).year_list
    connection = duckdb.connect(":memory:")
    for name in TABLES:
        path = place / "tables" / f"{name}.parquet"
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {_source(connection, path)}")
    for kind in KINDS:
        files = {year: place / "hourly" / kind / f"{year}.parquet" for year in years}
        parts = [f"SELECT {year} AS year, * FROM {_source(connection, path)}" for year, path in files.items()]
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
            raise refusal(
                path,
                say("is too large to be a run of ParkZero"),
                say("at most {most_bytes:,} bytes", most_bytes=MOST_BYTES),
            )
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise refusal(
            path, say("is missing"), say("the folder of a run, as parkzero plan --out writes it")
        ) from None
    except (ValueError, RecursionError):
        raise refusal(path, say("is not JSON"), say("the file as parkzero plan wrote it")) from None
    if not isinstance(read, dict):
        raise refusal(path, say("is not a JSON object"), say("the file as parkzero plan wrote it"))
    return read


def refusal(path: Path, what: Text, needs: Text, got: str = "") -> StudyError:
    """The fault of a folder that holds no run."""
    return StudyError([Fault(Place(file=str(path)), what, got, needs)], title=say("The run"))
