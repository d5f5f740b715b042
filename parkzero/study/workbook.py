"""A study in one workbook: a sheet for each part, and a sheet for each file that a series names.

Sheets:
    park            two columns, key and value: ``format``, ``name``, ``park.step``, ``money.base_year`` …
    rates           a row for each exchange rate
    tenants, actors, carriers, buses  a row each; the first column is the name used elsewhere
    solar, grid …   a row for each asset or policy of that kind
    load.csv …      the rows of that file

Headings with dots reach into a value: ``capex.2030`` or ``load.file``. A cell that begins with ``{``, ``[``
or a quotation mark is read as TOML. The file sheets are put down in a folder that is thrown away afterwards.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.language.component import kinds
from parkzero.series.plain_words import plain_words
from parkzero.study.document import Document, Tree, check_depth
from parkzero.study.document import Path as Key
from parkzero.study.files import Files, unsafe
from parkzero.tables import Cell, CellValue, Workbook, open_workbook_safely
from parkzero.texts import NOTHING, Text, say

PARK, RATES = "park", "rates"
NAMED = ("tenants", "actors", "carriers", "buses")
_NOTES = frozenset(
    (
        "note",
        "notes",
        "remark",
        "remarks",
        "comment",
        "comments",
        "readme",
        "ghi chu",
        "chu thich",
        "nhan xet",
    )
)
_MOST_MERGED = 8
_DELIMITERS = (",", ";", "\t")
_HEADING = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_FILE_ENDS = (".csv", ".epw", ".txt", ".tsv", ".parquet", ".pq")


def is_note(name: str) -> bool:
    """Whether a sheet or a column is named as one of notes, which nobody computes with."""
    return plain_words(name) in _NOTES


@contextmanager
def unpack(path: Path) -> Iterator[tuple[Document, Files]]:
    """The study in a workbook as it was written, with its files in a folder that is thrown away.

    Raises:
        StudyError: with every fault of the workbook's form.
    """
    book = open_workbook_safely(path)
    with tempfile.TemporaryDirectory(prefix="parkzero-") as folder:
        reader = _Reader(path.name)
        reader.read(book)
        if reader.faults:
            raise StudyError(reader.faults, title=path.name)
        check_depth(reader.tree, path.name)
        root = Path(folder)
        sheets = {name: name for name in book if name not in reader.taken}
        for name in sheets:
            put_down(root / name, book[name])
        merged = [(n, span) for n, spans in book.merged.items() if not is_note(n) for span in spans]
        told = [
            say(
                "sheet {sheet}: cells {span} are merged: only {first} holds a value, the others are empty",
                sheet=name, span=span, first=span.split(":")[0],
            )
            for name, span in merged[:_MOST_MERGED]
        ]  # fmt: skip
        files = Files(root, sheets, path.name, ignored=(*reader.ignored, *told))
        try:
            yield Document(reader.tree, path.name, reader.places), files
        except StudyError as error:
            mended = [(fault, _merged_span(fault, merged)) for fault in error.faults]
            first = {span: fault for fault, span in reversed(mended)}
            faults = [_of_merged(f, span) for f, span in mended if not span or first[span] is f]
            raise StudyError(faults, error.title, error.language) from None


def _merged_span(fault: Fault, merged: list[tuple[str, str]]) -> str:
    """The merged cells behind a cell without a value; empty where it was not merged."""
    from openpyxl.utils.cell import coordinate_to_tuple  # faults alone need it

    if not fault.where.cell or fault.got:
        return ""
    at = coordinate_to_tuple(fault.where.cell)
    for sheet, span in merged:
        first, last = (coordinate_to_tuple(cell) for cell in span.split(":"))
        inside = all(a <= x <= b for a, x, b in zip(first, at, last, strict=True))
        if fault.where.sheet == sheet and inside and at != first:
            return span
    return ""


def _of_merged(fault: Fault, span: str) -> Fault:
    """One fault for all cells that lack a value because they were merged."""
    if not span:
        return fault
    hint = say("the cells {span} are merged: split them, and write the value in each", span=span)
    return replace(fault, hint=hint)


class _Reader:
    """Turns sheets into the tree of a study, keeping the cell of every value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.tree: Tree = {}
        self.places: dict[Key, Place] = {}
        self.faults: list[Fault] = []
        self.taken: set[str] = set()
        self.ignored: list[Text] = []

    def read(self, book: Workbook) -> None:
        """Read all sheets; those that are neither a part of a study nor a file are faults."""
        known = kinds()
        sections = (PARK, RATES, *NAMED, *known)
        if PARK not in book:
            hint = did_you_mean(PARK, book)
            self.faults.append(
                Fault(Place(self.file), say("has no sheet park"), needs=say("a sheet named park"), hint=hint)
            )
        for name, rows in book.items():
            if name == PARK:
                self._pairs(name, rows)
            elif name == RATES:
                self._list(name, rows)
            elif name in NAMED:
                self._table(name, rows, name, {})
            elif name in known:
                section = "policies" if known[name].group == "policy" else "assets"
                self._table(name, rows, section, {"kind": name})
            elif is_note(name):
                self.ignored.append(say("sheet {sheet} is taken for notes and not read", sheet=name))
            else:
                self._file(name, sections)
                continue
            self.taken.add(name)

    def _file(self, name: str, sections: tuple[str, ...]) -> None:
        place = Place(self.file, name)
        if not name.lower().endswith(_FILE_ENDS):
            ends = ", ".join(_FILE_ENDS[:3])
            needs = say(
                "park, rates, tenants, buses, a kind of component, or a file's name ({ends})", ends=ends
            )
            self.faults.append(
                Fault(place, say("is a sheet of no known name"), "", needs, did_you_mean(name, sections))
            )
        elif unsafe(name):
            self.faults.append(Fault(place, say("has a name that {fault}", fault=unsafe(name)), name))

    def _pairs(self, sheet: str, rows: tuple[tuple[Cell, ...], ...]) -> None:
        for row in rows:
            cells = {c.column: c for c in row}
            if 1 not in cells or 2 not in cells:
                if row[0].column <= 2:
                    self._fault(sheet, row[0].ref, say("has a key without a value, or a value without a key"))
                continue
            if str(cells[1].value).strip() == "key" and str(cells[2].value).strip() == "value":
                continue
            self._put(tuple(str(cells[1].value).strip().split(".")), cells[2], sheet)

    def _list(self, sheet: str, rows: tuple[tuple[Cell, ...], ...]) -> None:
        heads = self._headings(sheet, rows)
        self._require_rows(sheet, rows)
        listed: list[Tree] = []
        for index, row in enumerate(rows[1:]):
            one: Tree = {}
            for cell in row:
                if cell.column not in heads:
                    what = say("stands in a column without a heading")
                    self._fault(sheet, cell.ref, what, str(cell.value)[:60])
                    continue
                one[heads[cell.column]] = self._value(cell, sheet)
                where = Place(self.file, sheet, cell.ref)
                self.places[("money", "rates", str(index), heads[cell.column])] = where
            self.places[("money", "rates", str(index))] = Place(self.file, sheet, row[0].ref)
            listed.append(one)
        self.tree.setdefault("money", {})
        if isinstance(self.tree["money"], dict):
            self.tree["money"]["rates"] = listed

    def _headings(self, sheet: str, rows: tuple[tuple[Cell, ...], ...], first: int = 1) -> dict[int, str]:
        heads: dict[int, str] = {}
        for cell in (c for c in (rows[0] if rows else ()) if c.column >= first):
            name = str(cell.value).strip()
            if not isinstance(cell.value, str) or not (is_note(name) or _HEADING.fullmatch(name)):
                what, needs = say("is no heading: it looks like a value"), say("the names of fields")
                self._fault(sheet, cell.ref, what, name[:60], needs)
            elif name in heads.values():
                self._fault(sheet, cell.ref, say("is a heading met twice"), name)
            heads[cell.column] = name
        return heads

    def _table(self, sheet: str, rows: tuple[tuple[Cell, ...], ...], section: str, fixed: Tree) -> None:
        heads = self._headings(sheet, rows, 2)
        if fixed:
            self._require_rows(sheet, rows)
        whole = self.tree.setdefault(section, {})
        for row in rows[1:]:
            first = row[0]
            name = str(first.value).strip()
            if first.column != 1:
                self._fault(
                    sheet, first.ref, say("stands in a row without a name"), needs=say("a name in column A")
                )
                continue
            if name in whole:
                self._fault(sheet, first.ref, say("is a name met twice"), name[:60], say("one name for each"))
                continue
            whole[name] = dict(fixed)
            self.places[(section, name)] = Place(self.file, sheet, first.ref)
            for cell in row[1:]:
                if is_note(heads.get(cell.column, "")) and heads[cell.column] != "note":
                    self._leave(sheet, heads[cell.column])
                elif cell.column not in heads:
                    self._fault(
                        sheet, cell.ref, say("stands in a column without a heading"), str(cell.value)[:60]
                    )
                else:
                    self._put((section, name, *heads[cell.column].split(".")), cell, sheet)

    def _leave(self, sheet: str, heading: str) -> None:
        told = say(
            "sheet {sheet}: column {column} is taken for notes and not read", sheet=sheet, column=heading
        )
        if told not in self.ignored:
            self.ignored.append(told)

    def _require_rows(self, sheet: str, rows: tuple[tuple[Cell, ...], ...]) -> None:
        """A sheet of a kind, or of rates, that holds nothing has lost something: else there were none."""
        if len(rows) < 2:
            needs = say("headings and a row for each, or no such sheet")
            what = say("has no row below its headings") if rows else say("is empty")
            self._fault(sheet, rows[0][0].ref if rows else "", what, needs=needs)

    def _put(self, key: Key, cell: Cell, sheet: str) -> None:
        node: Any = self.tree
        if len(key) > 12 or not all(key):
            self._fault(sheet, cell.ref, say("has a key that is none"), ".".join(key)[:60])
            return
        for part in key[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                self._fault(
                    sheet,
                    cell.ref,
                    say("reaches into {part}, which has a value of its own", part=part),
                    ".".join(key)[:60],
                )
                return
        if key[-1] in node:
            self._fault(sheet, cell.ref, say("is given twice"), ".".join(key)[:60], say("one value"))
            return
        node[key[-1]] = self._value(cell, sheet)
        for length in range(3, len(key) + 1):
            self.places.setdefault(key[:length], Place(self.file, sheet, cell.ref))
        self.places.setdefault(key, Place(self.file, sheet, cell.ref))

    def _value(self, cell: Cell, sheet: str) -> object:
        value = cell.value
        if isinstance(value, dt.datetime) and value.time() == dt.time():
            return value.date()
        if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "[", '"'):
            return value
        if len(value) > 30_000:
            self._fault(sheet, cell.ref, say("is too long"))
            return ""
        try:
            return tomllib.loads(f"x = {value.strip()}")["x"]
        except (ValueError, RecursionError) as error:
            self._fault(
                sheet,
                cell.ref,
                say("is not readable as a table or list"),
                str(error)[:80],
                say('{2025 = "1 MW"}'),
            )
            return ""

    def _fault(self, sheet: str, cell: str, what: Text, got: str = "", needs: Text = NOTHING) -> None:
        self.faults.append(Fault(Place(self.file, sheet, cell), what, got, needs))


def put_down(file: Path, rows: tuple[tuple[Cell, ...], ...]) -> None:
    """Write the rows of a sheet as text, every row on the line of its number.

    A sheet that uses only its first column, with delimiters inside, holds raw lines.
    """
    lines: dict[int, str] = {}
    first_only = all(c.column == 1 for row in rows for c in row)
    raw = first_only and any(d in str(c.value) for row in rows for c in row for d in _DELIMITERS)
    width = max((c.column for c in rows[0]), default=1) if rows else 1
    for row in rows:
        if raw:
            lines[row[0].row] = _plain(row[0].value)
            continue
        texts = [""] * max(width, row[-1].column)
        for cell in row:
            texts[cell.column - 1] = _quoted(_plain(cell.value))
        lines[row[0].row] = ",".join(texts)
    last = max(lines, default=0)
    text = "\n".join(lines.get(number, "") for number in range(1, last + 1))
    file.write_text(text + "\n", encoding="utf-8", newline="\n")


def _plain(value: CellValue) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes" if not value.second and not value.microsecond else "seconds")
    text = repr(value) if isinstance(value, float) else str(value)
    return " ".join(text.split("\n")).replace("\r", " ")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',";\t') else text
