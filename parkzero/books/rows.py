"""Rows of the books: CSV text becomes entries and statements, or the faults that forbid it."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any, cast

from parkzero.books.entry import CONFIDENCES, STANDINGS, Confidence, Entry, Standing, Statement
from parkzero.errors import Fault, Place, did_you_mean
from parkzero.texts import NOTHING, Text, listed, say

_DATED = ("key", "valid_from", "valid_to", "scope", "document", "standing", "confidence")
COLUMNS = ("key", "value", "unit", *_DATED[1:])
"""Columns that a book of numbers must have."""
STATEMENT_COLUMNS = ("key", "text", *_DATED[1:])
"""Columns that a book of statements must have."""
FURTHER = ("article", "seen_in", "formula", "note", "text_vi", "block", "days", "start", "end")
"""Columns that a book may have besides."""

_KEY = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+")
# Stricter than Python's own readers, which take 1_000, nan, 20250510 and digits of other scripts.
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Row = dict[str, str]
Say = Callable[..., None]


def read_rows(name: str, text: str) -> tuple[list[tuple[Place, Row]], list[Fault]]:
    """Split CSV text into rows with their places; rows of another length and wrong columns are faults."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    rows: list[tuple[Place, Row]] = []
    faults: list[Fault] = []
    try:
        faults += _columns(name, list(reader.fieldnames or ()))
        if faults:
            return [], faults
        for raw in reader:
            place = Place(name, line=reader.line_num)
            if None in raw or any(cell is None for cell in raw.values()):
                faults.append(Fault(place, say("has another number of cells than the heading")))
            else:
                rows.append((place, {column: cell.strip() for column, cell in raw.items()}))
    except csv.Error as error:
        faults.append(
            Fault(Place(name, line=reader.line_num), say("is not readable as CSV: {error}", error=error))
        )
    return rows, faults


def _columns(name: str, given: list[str]) -> list[Fault]:
    """Faults of a heading: columns that lack, that are not known, or that stand twice."""
    place = Place(name, line=1)
    needed = STATEMENT_COLUMNS if "text" in given and "value" not in given else COLUMNS
    missing = [column for column in needed if column not in given]
    faults = [Fault(place, say("lacks the columns {names}", names=", ".join(missing)))] if missing else []
    for column in given:
        if column == "status":
            hint = say(
                "leave it out: what is in force follows from the dates; standing says what the document is"
            )
            faults.append(Fault(place, say("has a column that is not read"), column, hint=hint))
        elif column not in (*needed, *FURTHER):
            hint = did_you_mean(column, (*needed, *FURTHER))
            faults.append(Fault(place, say("has a column that is not known"), column[:40], hint=hint))
    if len(set(given)) < len(given):
        faults.append(Fault(place, say("names a column twice")))
    return faults


def read_entry(place: Place, row: Row) -> tuple[Entry | None, list[Fault]]:
    """Turn one row into an entry, or into the faults that forbid it."""
    faults: list[Fault] = []
    fault = _teller(place, row, faults)
    if not row["unit"]:
        fault("unit", say("is empty"))
    value = _number(row["value"])
    if value is None:
        fault("value", say("is not a finite number"))
    dated = _read_dated(row, fault)
    if faults or value is None:
        return None, faults
    return Entry(value=value, unit=row["unit"], formula=row.get("formula", ""), **dated), []


def read_statement(place: Place, row: Row) -> tuple[Statement | None, list[Fault]]:
    """Turn one row into a statement, or into the faults that forbid it."""
    faults: list[Fault] = []
    fault = _teller(place, row, faults)
    if not row["text"]:
        fault("text", say("is empty"))
    dated = _read_dated(row, fault)
    if faults:
        return None, faults
    return Statement(text=row["text"], text_vi=row.get("text_vi", ""), **dated), []


def _teller(place: Place, row: Row, faults: list[Fault]) -> Say:
    def fault(column: str, what: Text, needs: Text = NOTHING) -> None:
        faults.append(Fault(Place(place.file, line=place.line, field=column), what, row[column][:60], needs))

    return fault


def _read_dated(row: Row, fault: Say) -> dict[str, Any]:
    """What a row says of its dates and its source; faults are told."""
    if not _KEY.fullmatch(row["key"]):
        fault("key", say("is no key"), say("words of letters, digits and _ joined by dots"))
    if not row["scope"]:
        fault("scope", say("is empty"))
    if not row["document"] and not row.get("seen_in"):
        fault(
            "document",
            say("is empty"),
            say("the document by number and date, or seen_in: through what it was seen"),
        )
    if row["standing"] not in STANDINGS:
        fault("standing", say("is not known"), listed(STANDINGS))
    if row["confidence"] not in CONFIDENCES:
        fault("confidence", say("is not known"), listed(CONFIDENCES))
    days = []
    for column in ("valid_from", "valid_to"):
        day = read_day(row[column])
        if row[column] and day is None:
            fault(column, say("is not a date"), say("YYYY-MM-DD or nothing"))
        days.append(day)
    if days[0] and days[1] and days[1] < days[0]:
        fault("valid_to", say("is before valid_from"))
    return {
        "key": row["key"],
        "valid_from": days[0],
        "valid_to": days[1],
        "scope": row["scope"],
        "document": row["document"],
        "article": row.get("article", ""),
        "seen_in": row.get("seen_in", ""),
        "standing": cast(Standing, row["standing"]),
        "confidence": cast(Confidence, row["confidence"]),
        "note": row.get("note", ""),
    }


def _number(text: str) -> float | None:
    value = float(text) if _NUMBER.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None


def read_day(text: str) -> date | None:
    """A day written as 2026-06-30; None for anything else."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
