"""Sheets of a workbook that holds a study; ``workbook`` reads what is written here."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from parkzero.errors import Fault, Place, StudyError
from parkzero.language.component import kinds
from parkzero.language.fields import described
from parkzero.study.document import Document, Tree
from parkzero.study.files import Files
from parkzero.study.parquet import parquet_as_text
from parkzero.study.toml_text import BARE, inline
from parkzero.study.workbook import NAMED, PARK, RATES
from parkzero.tables import decode_safely, read_bytes_safely
from parkzero.texts import say

_FIRST = "id"
_MAX_SHEET = 31


def workbook_of(document: Document, files: Files) -> Workbook:
    """The workbook of a study.

    Raises:
        StudyError: when a file does not fit in a sheet.
    """
    names = _sheet_names(files)
    tree: Tree = _renamed(document.tree, names)
    book = Workbook()
    book.remove(book.active)
    pairs = book.create_sheet(PARK)
    _row(pairs, ["key", "value"], bold=True)
    for key, value in _general(tree):
        _row(pairs, [key, _cell(value)])
    rates = (tree.get("money") or {}).get("rates", [])
    if rates:
        _sheet(book, RATES, {str(i): r for i, r in enumerate(rates)}, (), named=False)
    for section in NAMED:
        _sheet(book, section, tree.get(section, {}), ())
    for kind, cls in kinds().items():
        rows = {
            n: {k: v for k, v in t.items() if k != "kind"}
            for s in ("assets", "policies")
            for n, t in tree.get(s, {}).items()
            if t.get("kind") == kind
        }
        if rows:
            _sheet(book, kind, rows, tuple(described(cls)))
    for file, sheet in names.items():
        _file_sheet(book.create_sheet(sheet), files, file)
    for sheet in book.worksheets:
        sheet.column_dimensions["A"].width = 24
    return book


def _general(tree: Tree) -> Iterator[tuple[str, Any]]:
    for section, value in tree.items():
        if section in (*NAMED, "assets", "policies"):
            continue
        if not isinstance(value, dict):
            yield section, value
            continue
        for key, inner in value.items():
            if (section, key) != ("money", "rates"):
                yield f"{section}.{key}", inner


def _sheet_names(files: Files) -> dict[str, str]:
    """A sheet's name for each file: without folders, as CSV where it is Parquet, cut to 31 characters."""
    names: dict[str, str] = {}
    for file in sorted(files.used):
        path = Path(file)
        end = ".csv" if path.suffix.lower() in (".parquet", ".pq") else path.suffix
        stem, number = re.sub(r"[\[\]:*?/\\']", "_", path.stem), 1
        name = f"{stem[: _MAX_SHEET - len(end)]}{end}"
        while name.lower() in {n.lower() for n in names.values()}:
            number += 1
            mark = f"-{number}"
            name = f"{stem[: _MAX_SHEET - len(end) - len(mark)]}{mark}{end}"
        names[file] = name
    return names


def _renamed(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401  walks a tree of any TOML values
    """The tree with the new names of files."""
    if isinstance(value, dict):
        return {k: names.get(v, v) if k in _FILE_KEYS and isinstance(v, str) else _renamed(v, names)
                for k, v in value.items()}  # fmt: skip
    return [_renamed(v, names) for v in value] if isinstance(value, list) else value


_FILE_KEYS = frozenset({"file", "bills", "weather", "curve", "normals"})


def _sheet(
    book: Workbook, name: str, rows: Mapping[str, Tree], order: tuple[str, ...], named: bool = True
) -> None:
    flat = {key: dict(_flat(table)) for key, table in rows.items()}
    met = dict.fromkeys(h for table in flat.values() for h in table)
    rank = {field: i for i, field in enumerate(order)}
    heads = sorted(met, key=lambda h: rank.get(h.split(".")[0], len(rank)))
    sheet = book.create_sheet(name)
    _row(sheet, [_FIRST, *heads] if named else heads, bold=True)
    for key, table in flat.items():
        cells = [_cell(table[h]) if h in table else None for h in heads]
        _row(sheet, [_cell(key), *cells] if named else cells)
    for i, head in enumerate(heads, 2 if named else 1):
        sheet.column_dimensions[get_column_letter(i)].width = max(12, min(28, len(head) + 4))
    sheet.freeze_panes = "B2" if named else "A2"


def _flat(table: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Headings with dots for what lies deeper; lists and empty tables stay in one cell."""
    for key, value in table.items():
        plain = isinstance(value, Mapping) and value and all(BARE.match(str(k)) for k in value)
        if plain and depth < 2:
            for inner, leaf in _flat(value, depth + 1):
                yield f"{key}.{inner}", leaf
        else:
            yield key, value


def _cell(value: Any) -> Any:  # noqa: ANN401  a cell holds any plain value
    if isinstance(value, str):
        return (
            inline(value) if value[:1] in ("{", "[", '"', "=", "'", " ") or value != value.strip() else value
        )
    if isinstance(value, Mapping | list | tuple):
        return inline(value)
    return value


def _row(sheet: Any, cells: list[Any], bold: bool = False) -> None:  # noqa: ANN401  openpyxl ships no types
    sheet.append(cells)
    if bold:
        for cell in sheet[sheet.max_row]:
            cell.font = Font(bold=True)


def _file_sheet(sheet: Any, files: Files, name: str) -> None:  # noqa: ANN401  openpyxl ships no types
    """A comma-separated table cell by cell; anything else line by line."""
    path = files.locate(name)
    packed = path.suffix.lower() in (".parquet", ".pq")
    text = parquet_as_text(path) if packed else decode_safely(read_bytes_safely(path), path.name)[0]
    lines = text.splitlines()
    if len(lines) > 1_000_000 or any(len(line) > 32_000 for line in lines):
        needs = say("at most 1,000,000 lines of at most 32,000 characters")
        raise StudyError(
            [
                Fault(
                    Place(name), say("does not fit in a sheet"), say("{count} lines", count=len(lines)), needs
                )
            ]
        )
    rows = list(csv.reader(lines)) if path.suffix.lower() == ".csv" or packed else []
    regular = (
        bool(rows)
        and len(rows[0]) > 1
        and len(rows) == len(lines)
        and {len(r) for r in rows} == {len(rows[0])}
    )
    for line, row in zip(lines, rows if regular else lines, strict=True):
        try:
            sheet.append([_number(text) for text in row] if regular else [_text(line)])
        except ValueError:  # openpyxl refuses control characters
            raise StudyError([Fault(Place(name), say("holds control characters"), repr(line[:40]))]) from None


def _number(text: str) -> int | float | str | None:
    """A number where its text comes back the same, else text."""
    if not text:
        return None
    try:
        whole = int(text)
        if str(whole) == text and abs(whole) < 2**53:
            return whole
    except ValueError:
        pass
    try:
        real = float(text)
        if repr(real) == text and math.isfinite(real):
            return real
    except ValueError:
        pass
    return _text(text)


def _text(text: str) -> str | None:
    # A leading sign of equality would be taken for a formula.
    return (f" {text}" if text.startswith("=") else text) or None
