"""A comparison of runs as a page and as a workbook, in both languages."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup
from openpyxl import Workbook
from openpyxl.styles import Font

from parkzero.report.excel import cell_of, heading_of, saved
from parkzero.report.html import framed, speakers, write_safely
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import Scale, money
from parkzero.report.words import Both, Lang, both, known, say
from parkzero.results.compare import GROUPS, Comparison, Difference, Value
from parkzero.units import CURRENCIES

_LONG = 120


def write_comparison(found: Comparison, path: Path | str, lang: Lang = "vi") -> Path:
    """Write a comparison as one self-contained HTML file.

    Raises:
        StudyError: when it cannot be written.
    """
    goal = Path(path)
    write_safely(goal, comparison_page(found, lang).encode("utf-8"))
    return goal


def comparison_page(found: Comparison, lang: Lang = "vi") -> str:
    """The page."""
    title = say("compare.title")
    heading = tag("h1", title)
    names = tag("p", " · ".join(found.names), class_="soft")
    header = tag("header", tag("div", speakers(lang), heading, names, class_="inner"))
    notes = [tag("li", Both(note.of("vi"), note.of("en"))) for note in found.notes]
    told = tag("section", tag("ul", *notes), class_="banner stopped", role="alert") if notes else None
    parts = [_group(found, group) for group in GROUPS if found.of(group)]
    if not parts:
        parts = [tag("p", say("compare.same"))]
    return framed(title, [header, tag("main", told, *parts)], lang)


def _group(found: Comparison, group: str) -> Markup:
    rows: list[list[Child]] = []
    own = [d for d in found.differences if d.group == group]
    cited = any(d.source for d in own)
    for d in own:
        scale = scale_of(d)
        row: list[Child] = [name_of(found, d), scale.unit, *(shown(v, scale) for v in d.values)]
        rows.append([*row, d.source[:_LONG]] if cited else row)
    columns: list[Both | str] = [say("compare.what"), say("word.unit"), *found.names]
    if cited:
        columns.append(say("compare.source"))
    head = tag("h2", say(f"compare.{group}"))
    return tag("section", head, table(columns, rows, text_columns=2))


def name_of(found: Comparison, difference: Difference) -> Both:
    """What differs, in words, with its year."""
    what = difference.what
    asset, _, rest = what.partition(".")
    if difference.group in ("savings", "proof"):
        told = known(f"compare.{what}", what)
    elif difference.group == "study" and asset in found.words:
        told = found.words[asset] + f": {rest}"
    else:
        told = found.words.get(what) or both(what)
    return told + f" {difference.year}" if difference.year else told


def scale_of(difference: Difference) -> Scale:
    """The unit in which a row reads well: money in millions or billions, all else as it is."""
    largest = max((abs(v) for v in difference.values if isinstance(v, float)), default=0.0)
    currency, per, of = difference.unit.partition("/")
    if currency not in CURRENCIES:
        # Savings are those of the whole pathway, emissions those of a year.
        id = f"whole.{difference.unit}" if difference.group == "savings" else f"unit.{difference.unit}"
        return Scale(1.0, known(id, difference.unit))
    scale = money(currency, largest)
    return Scale(scale.factor, scale.unit + per + of)


def shown(value: Value, scale: Scale) -> Both:
    """A value with four figures; what a run does not have is a dash."""
    if value is None:
        return both("–")
    return scale.show(value, 4) if isinstance(value, float) else both(value[:_LONG])


def write_comparison_workbook(found: Comparison, path: Path | str, lang: Lang = "vi") -> Path:
    """Write a comparison as a workbook, a sheet for each group.

    Raises:
        StudyError: when it cannot be written.
    """
    book = Workbook(write_only=True)
    first = book.create_sheet(say("compare.title").of(lang)[:31])
    for note in found.notes or [say("compare.no_notes")]:
        line = cell_of(first, note.of(lang))
        line.font = Font(bold=bool(found.notes))
        first.append([line])
    for group in GROUPS:
        rows = found.of(group)
        if not rows:
            continue
        sheet = book.create_sheet(say(f"compare.{group}").of(lang)[:31])
        heads = [
            say("compare.what").of(lang),
            say("word.unit").of(lang),
            *found.names,
            say("compare.source").of(lang),
        ]
        sheet.append([heading_of(sheet, text) for text in heads])
        for row in rows:
            values = [name_of(found, row).of(lang), row.unit, *row.values, row.source]
            sheet.append([cell_of(sheet, value, "#,##0.00####") for value in values])
    return saved(book, Path(path))
