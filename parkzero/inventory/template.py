"""The workbook that a user fills: a sheet for each table, with the columns, an example row and the lists."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from parkzero.inventory.reading import BASES, COLUMNS, KINDS, QUALITY, SETTINGS
from parkzero.inventory.sources import sources
from parkzero.texts import Lang, Text, say

EXAMPLES: Final[dict[str, list[tuple[object, ...]]]] = {
    "activities": [
        (
            "f1",
            2025,
            None,
            "stationary",
            "anthracite",
            1000,
            "t",
            "invoiced",
            0.02,
            say("invoices 2025"),
            23.0,
            "net_as_received",
        ),
        ("f1", 2025, None, "electricity", "", 5000, "MWh", "measured", 0.01, say("bills 2025")),
        ("f1", 2025, None, "refrigerant", "R-410A", 20, "kg", "invoiced", 0.1, say("service log")),
    ],
    "facilities": [("f1", say("Example facility"), say("park 1"), say("zone 1"), "industry", "A", "yes", "")],
    "settings": [
        ("gwp", "AR5"),
        ("methane", "general"),
        ("grid", "grid_ef.official"),
        ("approach", "operational control"),
    ],
}


def template(lang: Lang = "vi") -> bytes:
    """The workbook to fill, with an example that calculates.

    Args:
        lang: language of what is explained; columns and ids are the same in both.
    """
    book = begun(_explained(), COLUMNS, EXAMPLES, lang)
    lists = book.create_sheet("lists")
    lists.append(["source", "scope", "category", "vi", "en", "quality", "basis", "instrument", "setting"])
    kinds = list(sources().values())
    for i in range(max(len(kinds), len(SETTINGS))):
        kind = kinds[i] if i < len(kinds) else None
        told = [kind.name, kind.scope, kind.category, kind.words.vi, kind.words.en] if kind else [None] * 5
        more = [list(words)[i] if i < len(words) else None for words in (QUALITY, BASES, KINDS, SETTINGS)]
        lists.append([*told, *more])
    return content_of(book)


def begun(
    explained: Iterable[Text],
    columns: Mapping[str, Sequence[str]],
    examples: Mapping[str, Sequence[Sequence[object]]],
    lang: Lang,
) -> Workbook:
    """A workbook to fill: a sheet that explains, and one with its columns and examples for each table."""
    book = Workbook()
    book.remove(book.active)
    about = book.create_sheet("readme")
    about.column_dimensions["A"].width = 110
    for line in explained:
        about.append([line.of(lang)])
    for name, heads in columns.items():
        sheet = book.create_sheet(name)
        sheet.append(list(heads))
        for cell in sheet[1]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6EE")
            sheet.column_dimensions[cell.column_letter].width = 18
        for row in examples.get(name, ()):
            sheet.append([_cell(cell, lang) for cell in row])
        sheet.freeze_panes = "A2"
    return book


def content_of(book: Workbook) -> bytes:
    """A workbook as bytes of a file."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(cell: object, lang: Lang) -> object:
    if isinstance(cell, Text):
        return cell.of(lang)
    return None if cell == "" else cell


def _explained() -> list[Text]:
    return [
        say("Fill the sheet activities: one row for each amount, by month or for the year (month empty)."),
        say(
            "Sources, qualities and bases of heating values stand in the sheet lists; fuels: parkzero"
            " books fuel."
        ),
        say(
            "Factors of your own, with their document and days, go into factors; approved = yes goes"
            " before 2626."
        ),
        say("Uncertainty is half of the 95 % range as a share: 0.05 for ±5 %."),
        say("The set of warming potentials is yours to choose: gwp in the sheet settings."),
        say("The rows of f1 are an example: replace them."),
    ]
