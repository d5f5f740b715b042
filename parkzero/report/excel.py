"""The report as an Excel workbook: summary, sizes, ledger, policies, assumptions, audit.

Texts come from users. They are written as texts, never as formulas, and marked so that Excel keeps them texts
when the cell is edited or the sheet is saved as CSV.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import polars as pl
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from parkzero.carbon.earnings import earnings
from parkzero.report.facts import Facts, facts_of
from parkzero.report.html import write_safely
from parkzero.report.markup import clean
from parkzero.report.park_tables import park_tables
from parkzero.report.plan_tables import plan_tables
from parkzero.report.sections.earnings import COLUMNS, cells, sentences
from parkzero.report.words import LANGS, Both, Lang, counted, known, say
from parkzero.results.labels import part_days
from parkzero.results.results import Results

Value = str | int | float | bool | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONGEST = 32_000
_ROWS = 1_000_000
_SHEETS = (
    "savings", "savings_yearly", "technologies", "bills", "sizes", "ledger", "policies", "assumptions",
    "audit",
)  # fmt: skip
_CASE = ("savings", "savings_yearly", "technologies", "bills")
_SUMMARY = (
    "name",
    "status",
    "currency",
    "objective",
    "lower_bound",
    "gap",
    "tolerance",
    "method",
    "solver",
    "seconds",
    "peak_memory_mb",
    "unserved_mwh",
    "parkzero_version",
)
_FORMATS = {
    "irrs": "0.00%",
    "gap": "0.0000%",
    "tolerance": "0.0000%",
    "year": "0",
    "month": "0",
    "residual": "0.00E+00",
    "lifetime": "0.0",
}
_BOLD = Font(bold=True)
_FILL = PatternFill("solid", fgColor="DDE6EE")


def write_excel(results: Results, path: Path | str, lang: Lang = "vi") -> Path:
    """Write the tables of a run as one Excel workbook.

    Args:
        results: the results of a run.
        path: the file to write; replaced only when the whole workbook has been made.
        lang: language of sheets and headings, "vi" or "en".

    Returns:
        The file.

    Raises:
        StudyError: when the results lack what no report can do without, or the file cannot be written.
        ValueError: for another language.
    """
    if lang not in LANGS:
        raise ValueError(f"the report speaks {' and '.join(LANGS)}, not {lang}")
    facts = facts_of(results)
    book = Workbook(write_only=True)
    _summary(book, facts, lang)
    for name in _SHEETS:
        if facts.standing == "infeasible" and name in ("sizes", "ledger", "policies"):
            continue
        if name in _CASE and facts.results.tables[name].is_empty():
            continue
        _sheet(book, facts, name, lang)
    if facts.standing != "infeasible":
        for title, heads, rows in (*plan_tables(facts, lang), *park_tables(facts, lang)):
            sheet = book.create_sheet(title.of(lang))
            sheet.append([heading_of(sheet, head.of(lang)) for head in heads])
            for row in rows:
                # Whole numbers are years and counts.
                formats = ["0" if isinstance(value, int) else "#,##0.00####" for value in row]
                sheet.append(
                    [cell_of(sheet, _value(value), n) for value, n in zip(row, formats, strict=True)]
                )
        _earned(book, facts, lang)
    return saved(book, Path(path))


def saved(book: Workbook, goal: Path) -> Path:
    """Write a workbook in one step.

    Raises:
        StudyError: when it cannot be written.
    """
    content = io.BytesIO()
    book.save(content)
    write_safely(goal, content.getvalue())
    return goal


def _earned(book: Workbook, facts: Facts, lang: Lang) -> None:
    """What each kind of measures earns, with the sentences that belong to it."""
    found = earnings(facts.results)
    if not found.rows:
        return
    sheet = book.create_sheet(say("excel.earnings").of(lang))
    sheet.column_dimensions["A"].width = 40
    heads = [say("word.technology"), *(say(f"earnings.{name}") for name in COLUMNS)]
    sheet.append([heading_of(sheet, head.of(lang)) for head in heads])
    for row in found.rows:
        told = [c.of(lang) if isinstance(c, Both) else c for c in cells(facts, row)]
        sheet.append([cell_of(sheet, value, "#,##0.00") for value in told])
    for text in [say("earnings.note", year=str(found.year)), *sentences(facts, found)]:
        sheet.append([cell_of(sheet, text.of(lang))])


def _summary(book: Workbook, facts: Facts, lang: Lang) -> None:
    rows: list[tuple[str, Value, str]] = []
    if facts.standing != "proven":
        rows.append(
            (say("excel.row.unproven").of(lang), say(f"standing.{facts.standing}_title").of(lang), "")
        )
    if facts.audit_failed:
        failed = counted("audit.failed", facts.audit_failed).of(lang)
        rows.append((say("excel.row.unproven").of(lang), failed, ""))
    hidden = ("objective", "lower_bound", "gap") if facts.standing == "infeasible" else ()
    for key in _SUMMARY:
        if key not in hidden:
            value = facts.summary.get(key)
            number = "0.0000%" if key in ("gap", "tolerance") else "#,##0.00"
            rows.append((say(f"excel.row.{key}").of(lang), value, number))
    if days := part_days(facts.results):
        rows.append((say("excel.row.part_year").of(lang), days, "0"))
    if facts.standing != "infeasible":
        rows += _net(facts, lang)
        for key, kind in (("cost", "cost"), ("emissions_t", "emissions")):
            for year, amount in dict(facts.summary.get(key) or {}).items():
                rows.append((say(f"excel.row.{kind}", year=str(year)).of(lang), amount, "#,##0.00"))
    rows += [(say("excel.row.synthetic").of(lang), note.of(lang), "") for note in facts.synthetic]
    sheet = book.create_sheet(say("excel.summary").of(lang))
    sheet.column_dimensions["A"].width = 48
    sheet.column_dimensions["B"].width = 60
    head = [say("excel.key").of(lang), say("excel.column.value").of(lang)]
    sheet.append([heading_of(sheet, text) for text in head])
    for name, value, number in rows:
        sheet.append([cell_of(sheet, name), cell_of(sheet, _value(value), number)])


def _net(facts: Facts, lang: Lang) -> list[tuple[str, Value, str]]:
    """Net emissions of each year with the offsets beside them, where any are bought."""
    bought, gross = facts.by_year("offset_mass"), facts.by_year("scope1", "scope2")
    rows: list[tuple[str, Value, str]] = []
    for year, offset, before in zip(facts.years, bought.tolist(), gross.tolist(), strict=True):
        if bought.any():
            rows.append((say("excel.row.net", year=str(year)).of(lang), before - offset, "#,##0.00"))
            rows.append((say("excel.row.offsets", year=str(year)).of(lang), offset, "#,##0.00"))
    return rows


def _sheet(book: Workbook, facts: Facts, name: str, lang: Lang) -> None:
    table = _told(facts, name, lang)
    sheet = book.create_sheet(say(f"excel.{name}").of(lang))
    sheet.freeze_panes = "A2"
    for i, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(i)].width = _width(column, table[column])
    if table.height:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{min(table.height, _ROWS) + 1}"
    heads = [known(f"excel.column.{column}", column).of(lang) for column in table.columns]
    sheet.append([heading_of(sheet, head) for head in heads])
    formats = [_FORMATS.get(column, "#,##0.00####") for column in table.columns]
    for row in _rows(table):
        sheet.append([cell_of(sheet, value, number) for value, number in zip(row, formats, strict=True)])


def _rows(table: pl.DataFrame) -> Iterable[Sequence[Value]]:
    for row in table.head(_ROWS).iter_rows():
        yield [_value(value) for value in row]


def _told(facts: Facts, name: str, lang: Lang) -> pl.DataFrame:
    """A table with owners, technologies and accounts in words."""
    table = _in_language(facts.results.tables[name], lang)
    words: dict[str, Callable[[str], str]] = {
        "tenant": lambda text: facts.owner(text).of(lang),
        "asset": lambda text: facts.asset(text).of(lang),
        "connection": lambda text: facts.asset(text).of(lang),
        "policy": lambda text: facts.asset(text).of(lang),
        "owner": lambda text: say("word.sum").of(lang) if text == "*" else facts.owner(text).of(lang),
        "kind": lambda text: facts.technology_name(text).of(lang),
        "account": lambda text: facts.account(text).name.of(lang),
        "check": lambda text: known(f"check.{text.replace(' ', '_')}", text).of(lang),
    }
    for column, told in words.items():
        if column in table.columns:
            texts = [told(text or "") for text in table[column].to_list()]
            table = table.with_columns(pl.Series(column, texts, dtype=pl.String))
    return table


def _in_language(table: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    """A table whose remarks stand in one language, in place of a column for each."""
    pairs = [(c, f"{c}_vi") for c in table.columns if f"{c}_vi" in table.columns]
    if lang == "vi":
        told = [pl.coalesce(pl.col(vi).replace("", None), pl.col(en)).alias(en) for en, vi in pairs]
        table = table.with_columns(told)
    return table.drop([vi for _, vi in pairs])


def _width(name: str, column: pl.Series) -> float:
    if column.dtype != pl.String or column.is_empty():
        return 16.0
    longest = column.str.len_chars().max()
    return float(min(max(len(name) + 4, longest if isinstance(longest, int) else 0, 12), 60))


def _value(value: object) -> Value:
    """A value as Excel can hold it: numbers that are none become empty."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return value[0] if len(value) == 1 else "; ".join(f"{part:.6g}" for part in value)
    return str(value)


def cell_of(sheet: object, value: Value, number: str = "") -> WriteOnlyCell:
    """A cell; a text that Excel would take for a formula is written and marked as a text."""
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=value)
        if number and not isinstance(value, bool) and value is not None:
            cell.number_format = number
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", clean(value))[:_LONGEST]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=len(text) > 60)
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    return cell


def heading_of(sheet: object, text: str) -> WriteOnlyCell:
    """A heading of a column."""
    cell = cell_of(sheet, text)
    cell.font = _BOLD
    cell.fill = _FILL
    return cell
