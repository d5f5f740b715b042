"""The shelf: reads the CSV files of the books, checks every row, and finds entries by key and date."""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from typing import cast

from parkzero.books.entry import CONFIDENCES, STATUSES, BookError, Confidence, Entry, Status
from parkzero.errors import Fault, Place, StudyError, did_you_mean

FILES = (
    "tariffs.csv",
    "tou.csv",
    "grid_factors.csv",
    "technologies.csv",
    "measures.csv",
    "fuels.csv",
    "rules.csv",
)
COLUMNS = (
    "key",
    "value",
    "unit",
    "valid_from",
    "valid_to",
    "scope",
    "document",
    "status",
    "confidence",
    "note",
)

_KEY = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+")
# Stricter than Python's own readers, which take 1_000, nan, 20250510 and digits of other scripts.
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Row = dict[str, str]


def read_shipped(name: str) -> str:
    """Text of one of the shipped CSV files."""
    return resources.files("parkzero.books").joinpath("data", name).read_text(encoding="utf-8")


def read_rows(name: str, text: str) -> tuple[list[tuple[Place, Row]], list[Fault]]:
    """Split CSV text into rows with their places; rows of another length and lacking columns are faults."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    rows: list[tuple[Place, Row]] = []
    faults: list[Fault] = []
    try:
        missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
        if missing:
            return [], [Fault(Place(name, line=1), f"lacks the columns {', '.join(missing)}")]
        for raw in reader:
            place = Place(name, line=reader.line_num)
            if None in raw or any(cell is None for cell in raw.values()):
                faults.append(Fault(place, "has another number of cells than the heading"))
            else:
                rows.append((place, {column: cell.strip() for column, cell in raw.items()}))
    except csv.Error as error:
        faults.append(Fault(Place(name, line=reader.line_num), f"is not readable as CSV: {error}"))
    return rows, faults


def read_entry(place: Place, row: Row) -> tuple[Entry | None, list[Fault]]:
    """Turn one row into an entry, or into the faults that forbid it."""
    faults: list[Fault] = []

    def fault(column: str, what: str, needs: str = "") -> None:
        faults.append(Fault(Place(place.file, line=place.line, field=column), what, row[column][:60], needs))

    if not _KEY.fullmatch(row["key"]):
        fault("key", "is no key", "words of letters, digits and _ joined by dots")
    for column in ("unit", "scope", "document"):
        if not row[column]:
            fault(column, "is empty")
    if row["status"] not in STATUSES:
        fault("status", "is not known", ", ".join(STATUSES))
    if row["confidence"] not in CONFIDENCES:
        fault("confidence", "is not known", ", ".join(CONFIDENCES))
    value = _number(row["value"])
    if value is None:
        fault("value", "is not a finite number")
    days: list[date | None] = []
    for column in ("valid_from", "valid_to"):
        day = _day(row[column])
        if row[column] and day is None:
            fault(column, "is not a date", "YYYY-MM-DD or nothing")
        days.append(day)
    if days[0] and days[1] and days[1] < days[0]:
        fault("valid_to", "is before valid_from")
    if faults or value is None:
        return None, faults
    status, confidence = cast(Status, row["status"]), cast(Confidence, row["confidence"])
    texts = (row["scope"], row["document"], status, confidence, row["note"])
    return Entry(row["key"], value, row["unit"], days[0], days[1], *texts), []


def _number(text: str) -> float | None:
    value = float(text) if _NUMBER.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _start(entry: Entry) -> date:
    return entry.valid_from or date.min


@dataclass(frozen=True, slots=True)
class Library:
    """Entries by key, each key's in order of date and without overlap.

    Attributes:
        by_key: the entries of each key.
    """

    by_key: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> Library:
        """Read CSV texts by file name.

        Raises:
            StudyError: with all faults of all rows, two entries of a key that overlap included.
        """
        faults: list[Fault] = []
        placed: dict[str, list[tuple[Place, Entry]]] = {}
        for name, text in texts.items():
            rows, found = read_rows(name, text)
            faults += found
            for place, row in rows:
                entry, found = read_entry(place, row)
                faults += found
                if entry is not None:
                    placed.setdefault(entry.key, []).append((place, entry))
        for pairs in placed.values():
            pairs.sort(key=lambda pair: _start(pair[1]))
            faults += _overlaps(pairs)
        if faults:
            raise StudyError(faults, "The reference data")
        return cls({key: tuple(entry for _, entry in placed[key]) for key in sorted(placed)})

    def series(self, key: str) -> tuple[Entry, ...]:
        """All entries of one key, in order of date.

        Raises:
            BookError: if the books do not know the key.
        """
        if key not in self.by_key:
            raise BookError(f"the books have no entry {key!r}. {self._suggest(key)}".rstrip())
        return self.by_key[key]

    def find(self, key: str, on: date) -> Entry:
        """The entry of a key that holds on a day.

        Raises:
            BookError: if the key is not known or has no value on that day; says which dates exist.
        """
        held = self.series(key)
        day = on.date() if isinstance(on, datetime) else on
        for entry in held:
            if entry.covers(day):
                return entry
        raise BookError(f"{key} has no value on {day}; the books hold it for {_dates(held)}")

    def entries(self, prefix: str) -> tuple[Entry, ...]:
        """All entries whose key is ``prefix`` or stands below it; an empty prefix gives all."""
        below = prefix if prefix.endswith(".") or not prefix else prefix + "."
        return tuple(e for k, held in self.by_key.items() if k == prefix or k.startswith(below) for e in held)

    def _suggest(self, key: str) -> str:
        near = did_you_mean(key, self.by_key)
        if near:
            return near
        heads = sorted({known.split(".")[0] for known in self.by_key})
        return f"Keys begin with {', '.join(heads)}"


def _dates(held: Iterable[Entry]) -> str:
    return ", ".join(entry.validity for entry in held)


def _overlaps(pairs: list[tuple[Place, Entry]]) -> list[Fault]:
    """Faults of entries, in order of their start, that hold on a day on which one before them does."""
    faults = []
    for (_, before), (place, entry) in itertools.pairwise(pairs):
        if before.valid_to is None or _start(entry) <= before.valid_to:
            what = f"{entry.key} overlaps the entry that holds {before.validity}"
            faults.append(Fault(place, what, entry.validity, "one value a day", "end the older entry first"))
    return faults


@lru_cache(maxsize=1)
def shipped() -> Library:
    """The library that ParkZero ships."""
    return Library.read({name: read_shipped(name) for name in FILES})


def find(key: str, on: date) -> Entry:
    """The shipped entry of a key that holds on a day.

    Args:
        key: dotted name, such as ``tariff.vat``.
        on: the day.

    Raises:
        BookError: if the key is not known or has no value on that day; says which dates exist.
    """
    return shipped().find(key, on)


def entries(prefix: str) -> tuple[Entry, ...]:
    """All shipped entries whose key is ``prefix`` or stands below it, in order of key and date."""
    return shipped().entries(prefix)
