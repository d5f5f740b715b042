"""Write studies: a tree as ``park.toml``, a folder as a workbook, a workbook as a folder.

Whatever is written reads as an equal study.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from parkzero.components.component import kinds
from parkzero.components.fields import described
from parkzero.errors import Fault, Place, StudyError
from parkzero.study.document import Tree
from parkzero.study.files import Files, parquet_as_text
from parkzero.study.read import SECTIONS, TOML, Written, compose, opened
from parkzero.study.workbook import NAMED, PARK, RATES
from parkzero.tables import decode_safely, read_bytes_safely

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
_MAX_SHEET = 31
_FIRST = "id"


def write(tree: Mapping[str, Any], path: Path | str) -> Path:
    """Write the tree of a study as ``park.toml``; its files are not written.

    Args:
        tree: sections and values as ``park.toml`` has them.
        path: the folder, made if missing, or the file itself.

    Returns:
        The file written.

    Raises:
        StudyError: when a value cannot stand in a study file.
    """
    target = Path(path)
    file = target if target.suffix == ".toml" else target / TOML
    text = to_toml(tree)
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, text.encode("utf-8"))
    return file


def _replace(file: Path, content: bytes) -> None:
    """Write a file in one step, so that a reader never sees half of it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def to_toml(tree: Mapping[str, Any]) -> str:
    """The text of a tree: sections as tables, everything deeper in one line."""
    ordered = [s for s in SECTIONS if s in tree] + [s for s in tree if s not in SECTIONS]
    lines = [f"{_key(k)} = {inline(tree[k])}" for k in ordered if not isinstance(tree[k], Mapping)]
    for section in (s for s in ordered if isinstance(tree[s], Mapping)):
        value = tree[section]
        if section in ("tenants", "buses", "assets", "policies") and all(
            isinstance(v, Mapping) for v in value.values()
        ):
            for name, table in value.items():
                lines += ["", f"[{_key(section)}.{_key(name)}]", *_pairs(table)]
            if not value:
                lines += ["", f"[{_key(section)}]"]
        else:
            lines += ["", f"[{_key(section)}]", *_pairs(value)]
    return "\n".join(lines) + "\n"


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(k)} = {inline(v)}" for k, v in table.items()]


def _key(name: str) -> str:
    return name if _BARE.match(name) else json.dumps(name, ensure_ascii=False)


def inline(value: Any) -> str:  # noqa: ANN401  a value of a study file may be of any TOML type
    """A value in one line of TOML.

    Raises:
        StudyError: when TOML has no such value.
    """
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int():
            return str(value)
        case float() if math.isfinite(value):
            return repr(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case list() | tuple():
            return "[" + ", ".join(inline(v) for v in value) + "]"
        case Mapping():
            return "{" + ", ".join(f"{_key(str(k))} = {inline(v)}" for k, v in value.items()) + "}"
    fault = Fault(
        Place(), "cannot stand in a study file", str(value)[:60], "text, a number, a list or a table"
    )
    raise StudyError([fault])


def to_folder(workbook: Path | str, folder: Path | str) -> Path:
    """Write the study in a workbook as a folder.

    Args:
        workbook: an .xlsx study, or a folder, which is copied in the newest format.
        folder: a folder that is empty or not there yet.

    Returns:
        The folder.

    Raises:
        StudyError: when the workbook has faults, or the folder is not empty.
    """
    target = Path(folder)
    if target.exists() and any(target.iterdir()):
        fault = Fault(
            Place(target.name), "is not empty", needs="an empty folder, so that nothing is overwritten"
        )
        raise StudyError([fault])
    with opened(workbook) as written:
        compose(written, str(workbook))
        target.mkdir(parents=True, exist_ok=True)
        for name in sorted(written.files.used):
            copy = target / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(written.files.locate(name), copy)
        write(written.document.tree, target)
    return target


def to_workbook(folder: Path | str, workbook: Path | str) -> Path:
    """Write a study as one workbook.

    Parquet files become sheets of values, named as CSV files.

    Raises:
        StudyError: when the study has faults, or a file does not fit in a sheet.
    """
    target = Path(workbook)
    with opened(folder) as written:
        compose(written, str(folder))
        book = _book(written)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        book.save(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _book(written: Written) -> Workbook:
    names = _sheet_names(written.files)
    tree: Tree = _renamed(written.document.tree, names)
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
        _file_sheet(book.create_sheet(sheet), written.files, file)
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
        plain = isinstance(value, Mapping) and value and all(_BARE.match(str(k)) for k in value)
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
        needs = "at most 1,000,000 lines of at most 32,000 characters"
        raise StudyError([Fault(Place(name), "does not fit in a sheet", f"{len(lines)} lines", needs)])
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
            raise StudyError([Fault(Place(name), "holds control characters", repr(line[:40]))]) from None


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
