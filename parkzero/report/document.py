"""A statement as tables and charts, written as one page in both languages and as a workbook in one."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from parkzero.charts import Chart
from parkzero.report.excel import cell_of, heading_of
from parkzero.report.html import framed, speakers, write_safely
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import trimmed
from parkzero.report.sections.parts import stated
from parkzero.report.words import Both, Lang, say
from parkzero.texts import Text

Cell = Both | Text | str | float | int | None
MOST_ROWS = 300
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a statement.

    Attributes:
        name: its id, and the name of its sheet.
        title: what it shows.
        head: headings of the columns.
        rows: cells; numbers stay numbers.
        text_columns: leading columns of text.
        note: what a reader must know.
        figures: significant figures on the page.
    """

    name: str
    title: Both
    head: Sequence[Both | str]
    rows: Sequence[Sequence[Cell]]
    text_columns: int = 1
    note: Both | None = None
    figures: int = 7


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart of a statement."""

    name: str
    chart: Chart


@dataclass(frozen=True, slots=True)
class Document:
    """A statement.

    Attributes:
        title, subtitle: its heading.
        notes: what a reader must know first.
        parts: tables and charts, in order.
    """

    title: Both
    subtitle: Both | str
    notes: Sequence[Both | Text] = ()
    parts: Sequence[Table | Drawing] = field(default_factory=tuple)


def write_document(document: Document, folder: Path, name: str, lang: Lang) -> list[Path]:
    """Write the page and the workbook of a statement into a folder.

    Raises:
        StudyError: when they cannot be written.
    """
    page, book = folder / f"{name}.html", folder / f"{name}.xlsx"
    write_safely(page, page_of(document, lang).encode("utf-8"))
    write_safely(book, workbook_of(document, lang))
    return [page, book]


def told(cell: Cell) -> Both | str:
    """A text in both languages."""
    if isinstance(cell, Text):
        return cell.both()
    return cell if isinstance(cell, Both) else str(cell or "")


def page_of(document: Document, lang: Lang) -> str:
    """The page."""
    heading = tag("h1", document.title)
    header = tag(
        "header",
        tag("div", speakers(lang), heading, tag("p", document.subtitle, class_="soft"), class_="inner"),
    )
    items = [tag("li", told(note)) for note in document.notes]
    notes = tag("section", tag("ul", *items), class_="banner stopped", role="alert") if items else None
    parts = [_drawn(p) if isinstance(p, Drawing) else _shown(p) for p in document.parts]
    return framed(document.title, [header, tag("main", notes, *parts)], lang)


def _shown(part: Table) -> Markup:
    rows: list[list[Child]] = [[_cell(c, part.figures) for c in row] for row in part.rows[:MOST_ROWS]]
    more = None
    if len(part.rows) > MOST_ROWS:
        more = tag("p", say("statement.more", count=f"{len(part.rows) - MOST_ROWS}"), class_="soft")
    note = tag("p", part.note, class_="note") if part.note is not None else None
    body = table(part.head, rows, text_columns=part.text_columns)
    return tag("section", tag("h2", part.title), body, more, note, id=part.name)


def _cell(cell: Cell, figures: int) -> Child:
    if isinstance(cell, float):
        return trimmed(cell, figures) if math.isfinite(cell) else "–"
    if isinstance(cell, int):
        return str(cell)
    return "–" if cell is None else told(cell)


def _drawn(part: Drawing) -> Markup:
    return tag("section", stated(part.chart, part.name))


def workbook_of(document: Document, lang: Lang) -> bytes:
    """The workbook: a sheet of notes, then one for each table."""
    book = Workbook(write_only=True)
    first = book.create_sheet(say("statement.sheet.notes").of(lang)[:31])
    first.column_dimensions["A"].width = 120
    first.append([heading_of(first, document.title.of(lang))])
    subtitle = document.subtitle
    first.append([cell_of(first, subtitle.of(lang) if isinstance(subtitle, Both) else subtitle)])
    for note in document.notes:
        first.append([cell_of(first, note.of(lang))])
    for part in document.parts:
        if isinstance(part, Table):
            _sheet(book, part, lang)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _sheet(book: Workbook, part: Table, lang: Lang) -> None:
    sheet = book.create_sheet(part.title.of(lang).replace("/", "-").replace(":", "")[:31])
    sheet.freeze_panes = "A2"
    widths = [len(str(h.of(lang) if isinstance(h, Both) else h)) + 4 for h in part.head]
    texts = [[_plain(cell, lang) for cell in row] for row in part.rows]
    for i, width in enumerate(widths, 1):
        longest = max((len(str(row[i - 1])) for row in texts[:500] if row[i - 1] is not None), default=0)
        sheet.column_dimensions[get_column_letter(i)].width = float(min(max(width, longest, 10), _WIDEST))
    sheet.append([heading_of(sheet, h.of(lang) if isinstance(h, Both) else h) for h in part.head])
    for row in texts:
        sheet.append(
            [cell_of(sheet, cell, "#,##0.00####" if isinstance(cell, float) else "0") for cell in row]
        )
    if part.note is not None:
        sheet.append([cell_of(sheet, part.note.of(lang))])


def _plain(cell: Cell, lang: Lang) -> str | float | int | None:
    if isinstance(cell, (Both, Text)):
        return cell.of(lang)
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    return cell
