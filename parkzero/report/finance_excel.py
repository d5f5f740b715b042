"""The workbook of a finance case: payments, cash by actor, projects year by year, loans, tornado, split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from parkzero.finance import payments as p
from parkzero.finance.project import Project, worth
from parkzero.finance.statement import Statement, shared
from parkzero.finance.tornado import Swung
from parkzero.report.excel import Value, cell_of, heading_of, saved
from parkzero.report.facts import facts_of
from parkzero.report.sections.actors import item_name, name_of
from parkzero.report.words import Lang, say
from parkzero.texts import in_words

_PARTS = ("saving", "incentives", "vat", "tax", "investment", "residual", "drawn", "service", "depreciation",
          "interest")  # fmt: skip


def write_finance_workbook(
    found: Statement, swings: Sequence[Swung], path: Path | str, lang: Lang = "vi"
) -> Path:
    """Write a finance case as a workbook.

    Raises:
        StudyError: when it cannot be written.
    """
    book = Workbook(write_only=True)
    _actors(book, found, lang)
    _payments(book, found, lang)
    for made in found.projects.values():
        _project(book, found, made, lang)
    _loans(book, found, lang)
    if swings:
        rows = [(s.name, s.low, s.high, s.at_low, s.at_high) for s in swings]
        _sheet(
            book,
            say("finance.tornado_title").of(lang),
            ("input", "low", "high", "at_low", "at_high"),
            rows,
            lang,
        )
    if found.case is not None and found.case.game is not None:
        split = shared(found.case.game)
        shares = [
            (x, split.shapley.shares[x], split.core.shares[x], split.nash[x], split.alone[x])
            for x in split.shapley.shares
        ]
        _sheet(
            book, say("finance.split").of(lang), ("player", "shapley", "core", "nash", "alone"), shares, lang
        )
    notes = [(in_words(n, lang),) for n in found.notes]
    _sheet(book, say("finance.notes").of(lang), ("note",), notes, lang)
    return saved(book, Path(path))


def _sheet(
    book: Workbook, title: str, heads: Sequence[str], rows: Iterable[Sequence[Value]], lang: Lang
) -> None:
    used = set(book.sheetnames)
    name = next(t for k in range(1, 99) if (t := title[:28] + (f" {k}" if k > 1 else "")) not in used)
    sheet = book.create_sheet("".join(c for c in name if c not in "[]:*?/\\"))
    sheet.freeze_panes = "B2"
    for i in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(i)].width = 26 if i == 1 else 20
    sheet.append([heading_of(sheet, say(f"finance.column.{head}").of(lang)) for head in heads])
    for row in rows:
        sheet.append([cell_of(sheet, value, "#,##0.00####") for value in row])


def _actors(book: Workbook, found: Statement, lang: Lang) -> None:
    facts = facts_of(found.results)
    rows = [
        (name_of(facts, actor).of(lang), time, item_name(facts, item).of(lang), amount)
        for actor, time, item, amount in p.by_item(found.payments).iter_rows()
    ]
    _sheet(book, say("section.actors.title").of(lang), ("actor", "time", "item", "amount"), rows, lang)


def _payments(book: Workbook, found: Statement, lang: Lang) -> None:
    facts = facts_of(found.results)
    rows = [
        (time, name_of(facts, payer).of(lang), name_of(facts, payee).of(lang),
         item_name(facts, item).of(lang), asset, amount)
        for time, payer, payee, item, asset, amount in found.payments.iter_rows()
    ]  # fmt: skip
    heads = ("time", "payer", "payee", "item", "asset", "amount")
    _sheet(book, say("finance.payments").of(lang), heads, rows, lang)


def _project(book: Workbook, found: Statement, made: Project, lang: Lang) -> None:
    facts = facts_of(found.results)
    rows: list[Sequence[Value]] = []
    for t in range(found.length + 1):
        parts = [float(getattr(made, part)[t]) for part in _PARTS]
        cover = float(made.cover[t])
        rows.append((t, *parts, float(made.equity[t]), cover if cover == cover else None))
    told = worth(made.equity, found.discount)
    rows.append(())
    rows.append((say("finance.column.npv").of(lang), told.npv))
    rows += [(say("finance.column.irr").of(lang), rate) for rate in told.irrs]
    title = name_of(facts, made.actor).of(lang)
    _sheet(book, title, ("time", *_PARTS, "equity", "cover"), rows, lang)


def _loans(book: Workbook, found: Statement, lang: Lang) -> None:
    facts = facts_of(found.results)
    rows: list[Sequence[Value]] = []
    for made in found.projects.values():
        for v in made.vintages:
            s = v.schedule
            currency = v.loan.currency or str(found.results.summary["currency"])
            who = name_of(facts, made.actor).of(lang)
            rows.append((who, v.loan.name, currency, v.start, None, None, None, s.borrowed))
            rows += [
                (who, v.loan.name, currency, v.start + k + 1, float(s.interest[k]), float(s.principal[k]),
                 float(s.service[k]), float(s.balance[k]))
                for k in range(len(s.service))
            ]  # fmt: skip
    if rows:
        heads = ("actor", "lender", "currency", "time", "interest", "principal", "service", "balance")
        _sheet(book, say("finance.loans").of(lang), heads, rows, lang)
