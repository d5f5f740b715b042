"""Tables of a workbook, a folder of CSV files or one CSV file as columns with the place of every row."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from parkzero.errors import Fault, Place, did_you_mean
from parkzero.tables import open_workbook_safely, read_csv_safely
from parkzero.texts import NOTHING, Text, listed, say

MOST_SHOWN: Final = 20
_PLAIN = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?")
_THOUSAND = re.compile(r"[+-]?(?!0)\d{1,3}\.\d{3}")


@dataclass(slots=True)
class Rows:
    """A table as it was written.

    Attributes:
        name: of the sheet or file.
        file: of the file.
        columns: values by column, None where a cell is empty.
        lines: row of each line, from 1.
        sheet: of a workbook; empty of CSV.
        faults: what is wrong with it so far.
    """

    name: str
    file: str
    columns: dict[str, list[Any]]
    lines: list[int]
    sheet: str = ""
    faults: list[Fault] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)

    def place(self, i: int, column: str = "") -> Place:
        """Where a row stands."""
        if self.sheet:
            return Place(self.file, self.sheet, f"{self.lines[i]}", field=column)
        return Place(self.file, line=self.lines[i], field=column)

    def fault(
        self,
        at: tuple[int, str],
        what: Text,
        got: str = "",
        needs: Text = NOTHING,
        hint: Text = NOTHING,
    ) -> None:
        """Tell what is wrong with a cell, named by its row and column."""
        self.faults.append(Fault(self.place(*at), what, got[:80], needs, hint))

    def texts(self, column: str, default: str = "") -> list[str]:
        """A column as text; numbers as they are written."""
        values = self.columns.get(column)
        if values is None:
            return [default] * len(self)
        return [default if v is None else _written(v) for v in values]

    def numbers(
        self, column: str, low: float = -math.inf, high: float = math.inf, needed: bool = False
    ) -> list[float]:
        """A column as numbers, NaN where it is empty; what is none is told.

        Args:
            column: its name.
            low: the least that it may be.
            high: the most.
            needed: whether an empty cell is a fault.
        """
        values = self.columns.get(column) or [None] * len(self)
        decimal = _dot_is_decimal(values)
        found = [self._number(i, column, v, decimal) for i, v in enumerate(values)]
        for i, number in enumerate(found):
            if math.isnan(number):
                if needed and values[i] is None:
                    self.fault((i, column), say("is empty"), "", say("a number"))
            elif not low <= number <= high:
                self.fault((i, column), say("is outside what it may be"), f"{number:g}", _between(low, high))
        return found

    def _number(self, i: int, column: str, value: object, decimal: bool) -> float:
        if value is None:
            return math.nan
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            self.fault((i, column), say("is not a number"), str(value))
            return math.nan
        if isinstance(value, (int, float)):
            return float(value)
        text = value.strip()
        if text.endswith("%"):
            inner = self._number(i, column, text[:-1].strip(), True)
            return inner / 100
        if not _PLAIN.fullmatch(text):
            self.fault(
                (i, column), say("is not a number"), text, say("digits with a decimal point, such as 1234.5")
            )
            return math.nan
        if not decimal and _THOUSAND.fullmatch(text):
            self.fault(
                (i, column),
                say("reads two ways: a thousand or a decimal"),
                text,
                say("1234 or 1.2340, in every row of the column alike"),
            )
            return math.nan
        return float(text)

    def days(self, column: str) -> list[dt.date | None]:
        """A column as days written 2026-06-30; what is none is told."""
        found: list[dt.date | None] = []
        for i, value in enumerate(self.columns.get(column) or [None] * len(self)):
            day = (
                value.date()
                if isinstance(value, dt.datetime)
                else value
                if isinstance(value, dt.date)
                else None
            )
            if day is None and value is not None:
                try:
                    day = dt.date.fromisoformat(str(value).strip())
                except ValueError:
                    self.fault(
                        (i, column), say("is not a date"), str(value), say("a date such as 2026-06-30")
                    )
            found.append(day)
        return found

    def flags(self, column: str) -> list[bool | None]:
        """A column of yes and no; None where it is empty."""
        words = {
            "yes": True,
            "no": False,
            "true": True,
            "false": False,
            "1": True,
            "0": False,
            "có": True,
            "không": False,
        }
        found: list[bool | None] = []
        for i, text in enumerate(self.texts(column)):
            plain = text.strip().lower()
            if plain and plain not in words:
                self.fault((i, column), say("is neither yes nor no"), text)
            found.append(words.get(plain))
        return found

    def choices(self, column: str, known: Iterable[str], default: str = "") -> list[str]:
        """A column of known words; others are told, each once."""
        allowed, told = list(known), set[str]()
        found = []
        for i, text in enumerate(self.texts(column, default)):
            if text not in allowed and text != default and text not in told:
                told.add(text)
                self.fault(
                    (i, column), say("is not known"), text, listed(allowed[:30]), did_you_mean(text, allowed)
                )
            found.append(text)
        return found


def _written(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _dot_is_decimal(values: Sequence[object]) -> bool:
    """Whether some text of a column can only be read with the dot as decimal sign."""
    return any(isinstance(v, str) and re.search(r"\.(\d{1,2}|\d{4,})$|^[+-]?0\.", v.strip()) for v in values)


def _between(low: float, high: float) -> Text:
    if high >= 1e15:  # more than anything that is measured
        return say("{low:g} or more", low=low)
    return say("{low:g} to {high:g}", low=low, high=high)


def read_tables(
    path: Path, names: Mapping[str, Sequence[str]], faults: list[Fault], more: Sequence[str] = ()
) -> dict[str, Rows]:
    """Tables by name from a workbook (its sheets), a folder (its CSV files) or one CSV file (the first name).

    Args:
        path: of any of them.
        names: the columns that each table may have; the first ones are needed where the table is there.
        faults: grows by what is wrong.
        more: sheets of others that are passed over.
    """
    if path.is_dir():
        found = {name: _csv(path / f"{name}.csv", name) for name in names if (path / f"{name}.csv").exists()}
    elif path.suffix.lower() in (".xlsx", ".xlsm"):
        found = _workbook(path, names, faults, more)
    else:
        first = next(iter(names))
        found = {first: _csv(path, first)}
    for name, rows in found.items():
        for column in rows.columns:
            if column not in names[name]:
                place = Place(rows.file, rows.sheet, field=column)
                hint = did_you_mean(column, names[name])
                faults.append(
                    Fault(
                        place, say("has a column that is not known"), column[:40], listed(names[name]), hint
                    )
                )
    return found


def _csv(path: Path, name: str) -> Rows:
    table = read_csv_safely(path)
    columns: dict[str, list[Any]] = {
        _plain(c): [v or None for v in values] for c, values in table.columns.items()
    }
    return Rows(name, path.name, columns, list(table.lines))


def _plain(head: str) -> str:
    return head.strip().lower().replace(" ", "_")


def _workbook(
    path: Path, names: Mapping[str, Sequence[str]], faults: list[Fault], more: Sequence[str]
) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for title, lines in open_workbook_safely(path).items():
        name = _plain(title)
        if name not in names:
            if name not in ("readme", "lists", *more):
                place = Place(path.name, title)
                faults.append(
                    Fault(
                        place,
                        say("is a sheet that is not read"),
                        "",
                        listed(names),
                        did_you_mean(name, names),
                    )
                )
            continue
        heads = {cell.column: _plain(str(cell.value)) for cell in lines[0]} if lines else {}
        rows = Rows(name, path.name, {head: [] for head in heads.values()}, [], title)
        for line in lines[1:]:
            values = {heads.get(cell.column, ""): cell.value for cell in line}
            if "" in values:
                place = Place(path.name, title, f"{line[0].row}")
                faults.append(
                    Fault(place, say("has a value in a column without a heading"), str(values[""])[:40])
                )
            for head in heads.values():
                rows.columns[head].append(values.get(head))
            rows.lines.append(line[0].row)
        found[name] = rows
    return found


def each(values: Sequence[Any], of: Callable[[Any], Any]) -> list[Any]:
    """A function of every value, computed once for each that differs."""
    held: dict[Any, Any] = {}
    for value in values:
        if value not in held:
            held[value] = of(value)
    return [held[value] for value in values]


def frame(columns: Mapping[str, Sequence[Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Columns as a typed table."""
    return pl.DataFrame({name: columns[name] for name in schema}, schema=dict(schema), strict=False)
