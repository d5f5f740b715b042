"""Tables as users send them: text files and workbooks, opened without trusting them.

``read_csv_safely`` finds encoding, delimiter and header of a text table; ``open_workbook_safely`` reads
the values of an Excel workbook. Both bound what a file may cost (bytes, rows, zip ratio) before they
read it, give every value its line or cell, and raise nothing but ``StudyError``.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import NOTHING, Text, say
from parkzero.xlsx import part_faults, sheet_faults, text_faults

MAX_TEXT_BYTES = 200_000_000
MAX_TEXT_ROWS = 2_000_000
MAX_COLUMNS = 2_000
MAX_FIELDS = 20_000_000
MAX_BOOK_BYTES = 100_000_000
MAX_BOOK_RATIO = 200
MAX_BOOK_ENTRIES = 2_000
MAX_BOOK_CELLS = 3_000_000
MAX_SHEETS = 200
_SHOWN = 20
_TITLES = 30
_ZIP, _GZIP, _OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"
_NUMERIC = re.compile(r"^[+-]?[\d.,\s\u00a0\u202f]*\d[\d.,]*(?:[eE][+-]?\d+)?$")

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')

CellValue = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta


@dataclass(frozen=True, slots=True)
class TextTable:
    """A text table: columns of text by name, with the line of each row.

    Attributes:
        file: name of the file.
        columns: text of each column by header name, stripped; all of one length.
        lines: line in the file of each row.
        preamble: lines above the header, as (line, text).
        delimiter: character between fields.
        encoding: encoding found.
        has_header: False when the first row already held data; names are then "column 1", ...
        label: "start" where the file's own standard says that a stamp names the start of its step.
    """

    file: str
    columns: Mapping[str, tuple[str, ...]]
    lines: tuple[int, ...]
    preamble: tuple[tuple[int, str], ...]
    delimiter: str
    encoding: str
    has_header: bool
    label: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds a value: reference ("B7"), row and column from 1, value."""

    ref: str
    row: int
    column: int
    value: CellValue


class Workbook(dict[str, tuple[tuple[Cell, ...], ...]]):
    """Rows of each sheet by its name.

    Attributes:
        merged: ranges of cells merged over several rows, by sheet; only the first cell holds a value.
    """

    def __init__(self) -> None:
        super().__init__()
        self.merged: dict[str, list[str]] = {}


def refuse(file: str, what: Text, got: str = "", needs: Text = NOTHING, hint: Text = NOTHING) -> StudyError:
    """A ``StudyError`` of one fault about a whole file."""
    return StudyError([Fault(Place(file=file), what, got, needs, hint)], title=file or say("The file"))


def read_bytes_safely(path: Path | str, limit: int = MAX_TEXT_BYTES) -> bytes:
    """Read a file, unpacking gzip, without ever holding more than ``limit`` bytes.

    Args:
        path: the file.
        limit: most bytes, after unpacking.

    Returns:
        The content.

    Raises:
        StudyError: the file is missing, is no file, is too large or is broken.
    """
    file = Path(path)
    name = file.name
    try:
        if not file.is_file():
            raise refuse(
                name, say("is not there") if not file.exists() else say("is not a file"), got=str(path)[:200]
            )
        with file.open("rb") as stream:
            head = stream.read(4)
            stream.seek(0)
            if head[:2] == _GZIP:
                with gzip.GzipFile(fileobj=stream) as packed:
                    content = packed.read(limit + 1)
            else:
                content = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error, ValueError) as broken:
        raise refuse(
            name, say("cannot be read"), got=str(broken)[:120], hint=say("save or pack it again")
        ) from None
    if len(content) > limit:
        raise refuse(
            name,
            say("is too large"),
            needs=say("at most {limit:g} MB unpacked", limit=limit / 1e6),
            hint=say("split it by year"),
        )
    return content


def decode_safely(content: bytes, file: str) -> tuple[str, str]:
    """Return the text of ``content`` and its encoding: UTF-8, UTF-16, or Vietnamese Windows (cp1258).

    Raises:
        StudyError: the content is not text.
    """
    if content[:4] == _ZIP or content[:4] == _OLE:
        zipped = content[:4] == _ZIP
        kind = say("an Excel workbook or zip archive") if zipped else say("an old Excel (.xls) file")
        raise refuse(
            file,
            say("is {kind}, not a text table", kind=kind),
            hint=say("save it as CSV UTF-8, or name it .xlsx"),
        )
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        candidates = ["utf-16"]
    elif content[1:200:2].count(0) > 0.8 * len(content[1:200:2]) > 1:
        candidates = ["utf-16-le"]
    elif b"\0" in content:
        raise refuse(
            file, say("holds NUL bytes, so it is not a text table"), hint=say("save it as CSV UTF-8")
        )
    else:
        candidates = ["utf-8-sig", "cp1258"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return unicodedata.normalize("NFC", text), encoding
    raise refuse(file, say("is not text in UTF-8, UTF-16 or Windows-1258"), hint=say("save it as CSV UTF-8"))


def _split(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    before = 0
    for row in reader:
        yield before + 1, row
        before = reader.line_num


def _sniff(lines: list[str]) -> str:
    """The delimiter that splits the most lines of the sample into one and the same number of fields."""
    sample = [line for line in lines[:200] if line.strip()]
    best, chosen = (0, 0), ","
    for delimiter in (";", "\t", ",", "|"):
        widths = Counter(len(row) for _, row in _split(sample, delimiter))
        width, hits = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        if width > 1 and (hits, width) > best and not _decimal_only(sample, delimiter):
            best, chosen = (hits, width), delimiter
    return chosen


def _decimal_only(sample: list[str], delimiter: str) -> bool:
    """Whether a comma in a ``;``- or tab-separated file is the decimal sign and no delimiter."""
    if delimiter != ",":
        return False
    others = sum(1 for line in sample if ";" in line or "\t" in line)
    return others >= 0.8 * len(sample) > 0


def read_csv_safely(
    path: Path | str,
    *,
    delimiter: str | None = None,
    max_bytes: int = MAX_TEXT_BYTES,
    max_rows: int = MAX_TEXT_ROWS,
) -> TextTable:
    """Read a text table without guessing at its values: every field stays text.

    Args:
        path: a text file, also gzipped.
        delimiter: character between fields; found when None (``;``, tab, ``,`` or ``|``).
        max_bytes: most bytes after unpacking.
        max_rows: most rows.

    Returns:
        The table.

    Raises:
        StudyError: with every fault found.
    """
    file = Path(path).name
    text, encoding = decode_safely(read_bytes_safely(path, max_bytes), file)
    lines = list(io.StringIO(text, newline=""))  # unlike splitlines, breaks at line ends only
    if len(lines) > max_rows:
        raise refuse(
            file,
            say("has too many rows"),
            got=f"{len(lines)}",
            needs=say("at most {max_rows}", max_rows=max_rows),
        )
    try:
        chosen = delimiter or _sniff(lines)
        fields = text.count(chosen) + len(lines)
        if fields > MAX_FIELDS:
            raise refuse(
                file,
                say("has too many fields"),
                str(fields),
                say("at most {max_fields}", max_fields=MAX_FIELDS),
                say("keep what is used"),
            )
        rows = [
            (line, [f.strip() for f in row])
            for line, row in _split(lines, chosen)
            if any(map(str.strip, row))
        ]
    except csv.Error as broken:
        raise refuse(file, say("is not a readable text table"), got=str(broken)[:120]) from None
    if not rows:
        raise refuse(file, say("is empty"))
    return _tabulate(file, rows, chosen, encoding)


def _tabulate(file: str, rows: list[tuple[int, list[str]]], delimiter: str, encoding: str) -> TextTable:
    width = Counter(len(row) for _, row in rows[:500]).most_common(1)[0][0]
    if width > MAX_COLUMNS:
        raise refuse(
            file,
            say("has too many columns"),
            got=str(width),
            needs=say("at most {max_columns}", max_columns=MAX_COLUMNS),
        )
    first = _first_full(rows, width)
    top = rows[first][1]
    has_header = _is_header(top)
    numbered = [f"column {i + 1}" for i in range(width)]
    names = [n or numbered[i] for i, n in enumerate(top)] if has_header else numbered
    faults = [
        Fault(
            Place(file=file, line=rows[first][0]),
            say("names a column twice"),
            name,
            say("one name for each column"),
        )
        for name, count in Counter(names).items()
        if count > 1
    ]
    body = rows[first + 1 :] if has_header else rows[first:]
    faults += _ragged(file, body, width)
    if faults:
        raise StudyError(faults, title=file)
    if not body:
        raise refuse(file, say("has a header but no rows"))
    columns = {name: tuple(row[i] if i < len(row) else "" for _, row in body) for i, name in enumerate(names)}
    preamble = tuple((line, delimiter.join(row)) for line, row in rows[:first])
    return TextTable(
        file, columns, tuple(line for line, _ in body), preamble, delimiter, encoding, has_header
    )


def _first_full(rows: list[tuple[int, list[str]]], width: int) -> int:
    """The row of the header: the first of full width, behind titles that were padded with delimiters."""
    full = [i for i, (_, row) in enumerate(rows[:500]) if len(row) == width]
    for i in full[:_TITLES]:
        title = width > 1 and rows[i][1][0] and not any(rows[i][1][1:])
        if not (title and i + 1 < len(rows) and len(rows[i + 1][1]) == width and _behind_title(rows, i + 1)):
            return i
    return full[0]


def _behind_title(rows: list[tuple[int, list[str]]], at: int) -> bool:
    """Whether a row is a header, or a further title above one."""
    row = rows[at][1]
    return bool(row[0]) and not re.match(r"^[+-]?\d", row[0])


def _is_header(top: list[str]) -> bool:
    """A header begins with a name, or holds mostly names; data begin with a date or a number."""
    if re.match(r"^[+-]?\d", top[0]):
        return False
    numeric = sum(bool(_NUMERIC.match(field)) for field in top)
    return top[0][:1].isalpha() or numeric * 2 < len(top)


def _ragged(file: str, body: list[tuple[int, list[str]]], width: int) -> list[Fault]:
    wrong = [
        (line, len(row)) for line, row in body if len(row) != width and (len(row) < width or any(row[width:]))
    ]
    faults = [
        Fault(
            Place(file=file, line=line),
            say("has a wrong number of fields"),
            str(found),
            say("{width} fields", width=width),
        )
        for line, found in wrong[:_SHOWN]
    ]
    if len(wrong) > _SHOWN:
        faults.append(
            Fault(
                Place(file=file),
                say("has {count} more rows with a wrong number of fields", count=len(wrong) - _SHOWN),
            )
        )
    return faults


def open_workbook_safely(path: Path | str) -> Workbook:
    """Read the values of an Excel workbook (.xlsx), refusing what could harm or mislead.

    Refused: zip bombs, XML with a document type, macros, links to other files, data connections, and
    formulas (their stored value may be stale, so paste values).

    Args:
        path: the workbook.

    Returns:
        For each sheet its rows; each row holds its non-empty cells; empty rows are left out.

    Raises:
        StudyError: with every fault found.
    """
    from openpyxl.reader.excel import ExcelReader  # slow to load, and most studies are folders

    file = Path(path).name
    content = read_bytes_safely(path, MAX_BOOK_BYTES)
    if content[:4] != _ZIP:
        kind = say("not an Excel workbook")
        if content[:4] == _OLE:
            kind = say("an old Excel (.xls) or a locked workbook")
        raise refuse(
            file,
            say("is {kind}, whatever its name says", kind=kind),
            hint=say("save it as .xlsx, or name it .csv if it is text"),
        )
    try:
        faults = _zip_faults(file, content)
        if faults:
            raise StudyError(faults, title=file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations, which hold no values
            reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            reader.read()
            book = _read_sheets(file, reader.wb, _listed(file, content, reader.parser))
            book.merged = _merged(content, reader.parser)
            return book
    except StudyError:
        raise
    except Exception as broken:  # openpyxl and zipfile raise a dozen kinds for broken XML; none is ours
        raise refuse(
            file, say("is a broken workbook"), got=f"{type(broken).__name__}", hint=say("save it again")
        ) from None


def _zip_faults(file: str, content: bytes) -> list[Fault]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        total = sum(entry.file_size for entry in entries)
        if len(entries) > MAX_BOOK_ENTRIES or total > MAX_BOOK_BYTES or total > MAX_BOOK_RATIO * len(content):
            needs = say(
                "at most {parts} parts, {size:g} MB, {ratio}-fold packed",
                parts=MAX_BOOK_ENTRIES,
                size=MAX_BOOK_BYTES / 1e6,
                ratio=MAX_BOOK_RATIO,
            )
            got = say(
                "{parts} parts, {size:.1f} MB, {ratio:.0f}-fold",
                parts=len(entries),
                size=total / 1e6,
                ratio=total / max(len(content), 1),
            )
            return [Fault(Place(file=file), say("unpacks to more than a study needs"), got, needs)]
        faults = []
        for part, what in (
            ("externalLinks/", say("links to other files")),
            ("vbaProject", say("holds macros")),
            ("connections.xml", say("holds data connections")),
        ):
            if any(part in entry.filename for entry in entries):
                faults.append(
                    Fault(
                        Place(file=file),
                        what,
                        needs=say("values only"),
                        hint=say("paste values into a new book"),
                    )
                )
        if any(_has_doctype(archive.read(entry)) for entry in entries if _is_xml(entry.filename)):
            faults.append(
                Fault(Place(file=file), say("holds XML with a document type"), needs=say("a plain workbook"))
            )
        return faults


def _listed(file: str, content: bytes, parser: Any) -> list[str]:  # noqa: ANN401  openpyxl ships no types
    """The parts of the sheets that a workbook lists, after all parts were looked through.

    Raises:
        StudyError: with what is missing, there twice, or out of order.
    """
    unnamed = [str(sheet.name) for sheet in parser.sheets if not sheet.id]
    pairs = [(str(sheet.name), str(rel.target), str(rel.Type)) for sheet, rel in parser.find_sheets()]
    parts = [part for _, part, kind in pairs if "chartsheet" not in kind]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        faults = part_faults(file, archive, [(title, part) for title, part, _ in pairs])
        faults += [
            Fault(Place(file, title), say("is listed, but the sheet itself is missing")) for title in unnamed
        ]
        for title, part, _ in pairs:
            if part in parts and not faults:
                with archive.open(part) as stream:
                    faults += sheet_faults(file, title, stream)
        texts = [n for n in archive.namelist() if n.lower().endswith("sharedstrings.xml")]
        for name in texts:
            with archive.open(name) as stream:
                faults += text_faults(file, stream)
    if faults:
        raise StudyError(_shorten(faults, file), title=file)
    return parts


def _merged(content: bytes, parser: Any) -> dict[str, list[str]]:  # noqa: ANN401  openpyxl ships no types
    """Ranges of merged cells that span several rows, by sheet."""
    found: dict[str, list[str]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for sheet, rel in parser.find_sheets():
            for first, above, last, below in _MERGED.findall(archive.read(str(rel.target))):
                if above != below:
                    span = f"{first.decode()}{above.decode()}:{last.decode()}{below.decode()}"
                    found.setdefault(str(sheet.name), []).append(span)
    return found


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _has_doctype(part: bytes) -> bool:
    """Entities can grow without bound; no workbook needs them. Also looks through UTF-16."""
    plain = part.replace(b"\0", b"") if b"\0" in part[:400] else part
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _read_sheets(file: str, book: Any, listed: list[str]) -> Workbook:  # noqa: ANN401  openpyxl ships no types
    if len(book.worksheets) > MAX_SHEETS:
        raise refuse(
            file,
            say("has too many sheets"),
            str(len(book.worksheets)),
            say("at most {max_sheets}", max_sheets=MAX_SHEETS),
        )
    if len(book.worksheets) != len(listed):
        needs = say("a sheet for each name in its list")
        raise refuse(file, say("lists sheets that cannot be read"), needs=needs)
    sheets = Workbook()
    faults: list[Fault] = []
    budget = MAX_BOOK_CELLS
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # a written size of a million empty rows must cost nothing
        rows: list[tuple[Cell, ...]] = []
        for row in sheet.iter_rows():
            budget -= len(row) + 1
            if budget < 0:
                raise refuse(
                    file,
                    say("has too many cells"),
                    needs=say("at most {max_book_cells}", max_book_cells=MAX_BOOK_CELLS),
                )
            cells = [cell for cell in row if cell.value is not None]
            faults += _formula_faults(file, sheet.title, cells)
            if cells:
                rows.append(tuple(Cell(c.coordinate, c.row, c.column, c.value) for c in cells))
        sheets[str(sheet.title)] = tuple(rows)
    if faults:
        raise StudyError(_shorten(faults, file), title=file)
    return sheets


def _formula_faults(file: str, sheet: str, cells: Iterable[Any]) -> list[Fault]:
    hint = say("copy the sheet and paste it as values")
    return [
        Fault(
            Place(file=file, sheet=sheet, cell=c.coordinate),
            say("is a formula"),
            str(c.value)[:60],
            say("a value"),
            hint,
        )
        for c in cells
        if c.data_type == "f"
    ]


def _shorten(faults: list[Fault], file: str) -> list[Fault]:
    if len(faults) <= _SHOWN:
        return faults
    rest = Fault(Place(file=file), say("has {count} more faults of this kind", count=len(faults) - _SHOWN))
    return [*faults[:_SHOWN], rest]
