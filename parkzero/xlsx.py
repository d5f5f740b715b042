"""The parts of an Excel workbook against one another, before its values are read.

A library that reads workbooks passes over what it does not know: a sheet whose part is missing, a row under
another name, a text that the list of texts no longer holds. Then a policy is gone and nobody hears of it. So
the parts are looked through first: what a workbook lists is there and nothing else is, rows and cells stand
once and in order, and nothing stands where only rows, cells and values may.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, iterparse
from zipfile import ZipFile

from parkzero.errors import Fault, Place
from parkzero.texts import Text, say

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REF = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_TEXT = frozenset({"t", "r", "rPh", "phoneticPr"})
# What may stand in an element (ECMA-376 part 1, 18.3 and 18.4), and what an element may say of itself.
_WORKSHEET = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges
    scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr
    conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks
    colBreaks customProperties cellWatches ignoredErrors smartTags drawing drawingHF picture legacyDrawing
    legacyDrawingHF
    oleObjects controls webPublishItems tableParts extLst
"""
_ROW = "r spans s customFormat ht hidden customHeight outlineLevel collapsed thickTop thickBot ph"
_CHILDREN = {
    "worksheet": frozenset(_WORKSHEET.split()),
    "sheetData": frozenset({"row"}),
    "row": frozenset({"c", "extLst"}),
    "c": frozenset({"f", "v", "is", "extLst"}),
    "v": frozenset(),
    "is": _TEXT,
    "sst": frozenset({"si", "extLst"}),
    "si": _TEXT,
}
_SAYS = {"row": frozenset(_ROW.split()), "c": frozenset({"r", "s", "t", "cm", "vm", "ph"})}
_TYPES = frozenset({"b", "n", "s", "str", "inlineStr", "e", "d", None})


class _Broken(Exception):
    """What is wrong inside a part, and at which cell."""

    def __init__(self, what: Text, got: str = "", cell: str = "") -> None:
        super().__init__(what)
        self.what, self.got, self.cell = what, got, cell


def part_faults(file: str, archive: ZipFile, sheets: list[tuple[str, str]]) -> list[Fault]:
    """What is missing from a workbook, stands in it twice, or is out of order.

    Args:
        file: its name.
        archive: the workbook.
        sheets: name and part of each sheet that it lists.
    """
    names = archive.namelist()
    hint = say("save it again from the program that made it, and see that nothing is missing")
    faults = [
        Fault(Place(file), say("holds a part twice"), name[:80], say("each part once"), hint)
        for name, count in Counter(name.lower() for name in names).items()
        if count > 1
    ]
    for title, count in Counter(title.lower() for title, _ in sheets).items():
        if count > 1:
            faults.append(
                Fault(Place(file, title), say("is the name of two sheets"), needs=say("one name for each"))
            )
    for title, part in sheets:
        if part not in names:
            faults.append(
                Fault(Place(file, title), say("is listed, but the sheet itself is missing"), hint=hint)
            )
    parts = Counter(part for _, part in sheets)
    faults += [
        Fault(Place(file), say("lists one sheet under two names"), part, say("a sheet for each name"), hint)
        for part, count in parts.items()
        if count > 1
    ]
    what = say("holds a sheet that it does not list")
    stray = [n for n in names if re.fullmatch(r"(?i)/?xl/worksheets/[^/]+\.xml", n) and n not in parts]
    faults += [Fault(Place(file), what, name[:80], hint=hint) for name in stray]
    return faults


def sheet_faults(file: str, title: str, stream: IO[bytes]) -> list[Fault]:
    """The first thing in a sheet that would be passed over or taken for something else."""
    try:
        _check_sheet(stream)
    except _Broken as broken:
        needs = say("rows and cells once and in order, as Excel and LibreOffice save them")
        return [Fault(Place(file, title, broken.cell), broken.what, broken.got, needs, say("save it again"))]
    return []


def text_faults(file: str, stream: IO[bytes]) -> list[Fault]:
    """What is wrong with the list of texts, to which cells point by number."""
    count, said = 0, ""
    try:
        for event, node, _ in _walk(stream):
            if event == "start" and node.tag == f"{_NS}sst":
                said = node.get("uniqueCount", "")
            elif event == "end" and node.tag == f"{_NS}si":
                count += 1
                node.clear()
        if said and said != str(count):
            raise _Broken(say("has another number of texts than it says"), f"{count} of {said[:20]}")
    except _Broken as broken:
        return [
            Fault(Place(file), broken.what, broken.got, say("a whole list of texts"), say("save it again"))
        ]
    return []


def _walk(stream: IO[bytes]) -> Iterator[tuple[str, Element, str]]:
    """Starts and ends of all elements, with the name of the one around; what may not be there is said.

    Raises:
        _Broken: at the first element that may not stand where it does.
    """
    inside: list[str] = []
    for event, node in iterparse(stream, ("start", "end")):
        if event == "end":
            inside.pop()
            yield event, node, inside[-1] if inside else ""
            continue
        around = inside[-1] if inside else ""
        plain = node.tag.removeprefix(_NS)
        allowed = _CHILDREN.get(around)
        if allowed is not None and plain not in allowed and not (around == "worksheet" and "}" in plain):
            raise _Broken(
                say("holds something that is no row, cell or value"), f"<{plain[-60:]}> in <{around}>"
            )
        inside.append(plain)
        yield event, node, around


def _check_sheet(stream: IO[bytes]) -> None:
    row = column = tables = 0
    for event, node, around in _walk(stream):
        tag = node.tag.removeprefix(_NS)
        if event == "start":
            if not around and tag != "worksheet":
                raise _Broken(say("is no sheet"), f"<{tag[-60:]}>")
            if tag == "sheetData" and around == "worksheet":
                tables += 1
            elif tag == "row" and around == "sheetData":
                row, column = _next_row(node, row), 0
            elif tag == "c" and around == "row":
                column = _next_column(node, row, column)
        elif tag == "c" and around == "row":
            _check_value(node, row)
        elif tag == "row" and around == "sheetData":
            node.clear()
    if tables != 1:
        raise _Broken(say("has no cells, or has them twice"), f"{tables} lists of rows")


def _next_row(node: Element, before: int) -> int:
    _require_known(node, "row", f"A{before + 1}")
    said = node.get("r")
    if said is None:
        return before + 1
    row = int(said) if re.fullmatch(r"[1-9]\d{0,6}", said) else 0
    if row <= before:
        raise _Broken(say("numbers a row twice, or out of order"), said[:20], f"A{max(before, 1)}")
    return row


def _next_column(node: Element, row: int, before: int) -> int:
    said = node.get("r")
    _require_known(node, "c", said or f"A{row}")
    if said is None:
        return before + 1
    match = _REF.fullmatch(said)
    if match is None or int(match[2]) != row:
        raise _Broken(say("has a cell of another row"), said[:20], f"A{row}")
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - 64
    if column <= before:
        raise _Broken(say("has a cell twice, or out of order"), said, said)
    return column


def _require_known(node: Element, kind: str, cell: str) -> None:
    unknown = [name for name in node.attrib if name not in _SAYS[kind] and "}" not in name]
    if unknown or (kind == "c" and node.get("t") not in _TYPES):
        got = unknown[0] if unknown else f"t={node.get('t')}"
        raise _Broken(say("has a row or cell that says what none may"), got[:40], cell)


def _check_value(node: Element, row: int) -> None:
    """A cell that points to a text, or holds one, must have it."""
    kind, inside = node.get("t"), [child.tag.removeprefix(_NS) for child in node]
    value = node.find(f"{_NS}v")
    lacks = {"s": value is None or not value.text, "inlineStr": "is" not in inside}.get(kind or "", False)
    if lacks or len(set(inside)) < len(inside):
        raise _Broken(
            say("has a cell without its text, or two values"), kind or "", node.get("r") or f"A{row}"
        )
