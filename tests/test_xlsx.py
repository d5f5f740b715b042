"""Workbooks that lost something, or hold it twice, are faults; a workbook as programs save it is none."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from parkzero import study
from parkzero.errors import StudyError
from parkzero.tables import open_workbook_safely
from tests.test_hostile import light

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    light(folder / "park")
    return study.to_workbook(folder / "park", folder / "park.xlsx")


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def part_of(parts: Parts, sheet: str) -> str:
    """The part in which a sheet lies."""
    book, rels = parts["xl/workbook.xml"].decode(), parts["xl/_rels/workbook.xml.rels"].decode()
    entry = re.search(rf'<sheet [^>]*name="{sheet}"[^>]*>', book)
    assert entry
    link = re.search(r'r?:?id="(rId\d+)"', entry[0])
    assert link
    target = next(r for r in re.findall(r"<Relationship [^>]*>", rels) if f'Id="{link[1]}"' in r)
    found = re.search(r'Target="/?([^"]*)"', target)
    assert found
    return found[1] if found[1].startswith("xl/") else f"xl/{found[1]}"


def swap(sheet: str, old: str, new: str, count: int = 1) -> Callable[[Parts], Parts]:
    """A sheet with other XML in one place."""

    def change(parts: Parts) -> Parts:
        name = part_of(parts, sheet)
        text = parts[name].decode()
        assert re.search(old, text), text[:1500]
        return {**parts, name: re.sub(old, new, text, count=count).encode()}

    return change


def without(sheet: str) -> Callable[[Parts], Parts]:
    return lambda parts: {name: c for name, c in parts.items() if name != part_of(parts, sheet)}


def edit(part: str, old: str, new: str) -> Callable[[Parts], Parts]:
    def change(parts: Parts) -> Parts:
        text = parts[part].decode()
        assert re.search(old, text), text[:1500]
        return {**parts, part: re.sub(old, new, text, count=1).encode()}

    return change


def with_a_list_of_texts(parts: Parts) -> Parts:
    """The same workbook as Excel saves it: texts stand in a list, and cells point to them."""
    texts: list[str] = []

    def pointed(cell: re.Match[str]) -> str:
        texts.append(cell[2])
        return f'<c {cell[1]} t="s"><v>{len(texts) - 1}</v></c>'

    name = part_of(parts, "grid")
    cell = r'<c ([^>]*?) t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>'
    sheet = re.sub(cell, pointed, parts[name].decode())
    assert texts
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    types = parts["[Content_Types].xml"].decode().replace("</Types>", override)
    return {
        **parts,
        name: sheet.encode(),
        "[Content_Types].xml": types.encode(),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" uniqueCount="{len(texts)}">{items}</sst>'.encode(),
    }


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
TEXTS, BOOK = "xl/sharedStrings.xml", "xl/workbook.xml"
TWICE, STRANGE = "numbers a row twice, or out of order", "no row, cell or value"
DAMAGE: dict[str, tuple[Callable[[Parts], Parts], str]] = {
    "a listed sheet without its part": (without("emission_cap"), "is listed, but the sheet"),
    "a sheet that is not listed": (
        edit(BOOK, r'<sheet [^>]*name="emission_cap"[^>]*/>', ""), "a sheet that it does not list"),
    "two sheets of one name": (
        edit(BOOK, 'name="emission_cap"', 'name="carbon_price"'), "is the name of two sheets"),
    "one sheet under two names": (
        edit("xl/_rels/workbook.xml.rels", r"sheet5\.xml", "sheet6.xml"), "lists one sheet under two names"),
    "a row twice": (swap("emission_cap", r'<row r="2"', '<row r="1"'), TWICE),
    "rows out of order": (swap("grid", r'<row r="1"', '<row r="3"'), "of another row"),
    "a row of no number": (swap("grid", r'<row r="2"', '<row r="two"'), TWICE),
    "a row by another name": (swap("emission_cap", r"<row (r=\"2\".*?)</row>", r"<raw \1</raw>"), STRANGE),
    "a cell by another name": (swap("grid", r"<c (r=\"B2\".*?)</c>", r"<q \1</q>"), STRANGE),
    "a value by another name": (swap("grid", r"<v>(\d+)</v>", r"<w>\1</w>"), STRANGE),
    "a cell twice": (swap("grid", 'r="B2"', 'r="A2"'), "has a cell twice, or out of order"),
    "a cell of another row": (swap("grid", 'r="B2"', 'r="B3"'), "has a cell of another row"),
    "a cell of no place": (swap("grid", 'r="B2"', 'r="22"'), "has a cell of another row"),
    "an attribute by another name": (swap("grid", r'(r="B2"[^>]*) t="s"', r'\1 u="s"'), "says what none may"),
    "a kind of value that is none": (swap("grid", r'(r="B2"[^>]*) t="s"', r'\1 t="z"'), "says what none may"),
    "a text that is not pointed to": (
        swap("grid", r'(r="B2"[^>]*)><v>\d+</v>', r"\1><v></v>"), "without its text"),
    "no text where one is": (
        swap("emission_cap", r'(t="inlineStr")><is>.*?</is>', r"\1>"), "without its text"),
    "no rows": (swap("emission_cap", "(?s)<sheetData>.*</sheetData>", ""), "has no cells, or has them twice"),
    "rows of another standard": (swap("grid", MAIN, STRICT), "is no sheet"),
    "a text that is none": (edit(TEXTS, r"<si>(.*?)</si>", r"<sj>\1</sj>"), STRANGE),
    "a text fewer": (edit(TEXTS, r"<si>.*?</si>", ""), "another number of texts"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_a_workbook_that_lost_something_is_a_fault(name: str, workbook: Path, tmp_path: Path):
    change, says = DAMAGE[name]
    with pytest.raises(StudyError, match=says):
        open_workbook_safely(packed(change(with_a_list_of_texts(parts_of(workbook))), tmp_path / "park.xlsx"))


def test_a_part_twice_is_a_fault(workbook: Path, tmp_path: Path):
    parts = parts_of(workbook)
    path = packed(parts, tmp_path / "park.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/workbook.XML", parts["xl/workbook.xml"])
    with pytest.raises(StudyError, match="holds a part twice"):
        open_workbook_safely(path)


def test_the_case_of_the_lost_sheet(workbook: Path, tmp_path: Path):
    """The emission cap was gone, and the study had no fault."""
    path = packed(without("emission_cap")(parts_of(workbook)), tmp_path / "lost.xlsx")
    with pytest.raises(StudyError, match="sheet emission_cap: is listed"):
        study.read(path)


def test_a_list_of_texts_reads_as_texts_in_cells_do(workbook: Path, tmp_path: Path):
    path = packed(with_a_list_of_texts(parts_of(workbook)), tmp_path / "park.xlsx")
    assert open_workbook_safely(path) == open_workbook_safely(workbook)


def test_rows_and_cells_need_no_numbers(workbook: Path, tmp_path: Path):
    """Some programs leave them out: then they follow one another."""
    parts = parts_of(workbook)
    name = part_of(parts, "emission_cap")
    text = re.sub(r' r="[A-Z]*\d+"', "", parts[name].decode())
    path = packed({**parts, name: text.encode()}, tmp_path / "park.xlsx")
    assert [c.ref for row in open_workbook_safely(path)["emission_cap"] for c in row][:2] == ["A1", "B1"]
    assert len(study.read(path).components) == len(study.read(workbook).components)


def test_what_programs_add_is_no_fault(tmp_path: Path):
    """Widths, colours, filters, comments, merged cells, a chart sheet, names of other makers."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a", "b"])
    sheet.append([1, "x"])
    sheet.append([])
    sheet["A9"] = "later"
    sheet.column_dimensions["A"].width = 30
    sheet.auto_filter.ref = "A1:B2"
    sheet.merge_cells("A9:B9")
    sheet.freeze_panes = "A2"
    sheet["B2"].comment = openpyxl.comments.Comment("said", "somebody")
    book.create_sheet("empty")
    book.create_chartsheet("chart").add_chart(openpyxl.chart.BarChart())
    book.save(tmp_path / "full.xlsx")
    found = open_workbook_safely(tmp_path / "full.xlsx")
    assert [c.value for row in found[sheet.title] for c in row] == ["a", "b", 1, "x", "later"]
    assert found["empty"] == ()
    parts = parts_of(tmp_path / "full.xlsx")
    name = part_of(parts, sheet.title)
    foreign = '<x:thing xmlns:x="urn:other"><x:row/></x:thing></worksheet>'
    parts[name] = parts[name].decode().replace("</worksheet>", foreign).encode()
    assert open_workbook_safely(packed(parts, tmp_path / "more.xlsx")) == found


def changed(workbook: Path, target: Path, change: Callable[[openpyxl.Workbook], object]) -> str:
    """The faults of a workbook in which cells were changed."""
    book = openpyxl.load_workbook(workbook)
    change(book)
    book.save(target)
    with pytest.raises(StudyError) as caught:
        study.read(target)
    return str(caught.value)


def put(book: openpyxl.Workbook, sheet: str, cell: str, value: object) -> None:
    book[sheet][cell] = value


LOST: dict[str, tuple[Callable[[openpyxl.Workbook], object], str]] = {
    "only headings": (lambda b: b["emission_cap"].delete_rows(2, 9), "A1: has no row below its headings"),
    "nothing": (lambda b: b["emission_cap"].delete_rows(1, 9), "sheet emission_cap: is empty"),
    "no rates": (lambda b: b["rates"].delete_rows(2, 9), "sheet rates, cell A1: has no row below"),
    "headings that were cut": (lambda b: b["grid"].delete_rows(1), "is no heading: it looks like a value"),
    "a number for a heading": (lambda b: put(b, "grid", "C1", 5), "cell C1: is no heading"),
    "a value for a heading": (lambda b: put(b, "grid", "C1", "5 MW"), "cell C1: is no heading"),
    "a table for a heading": (lambda b: put(b, "grid", "C1", "{value = 1}"), "cell C1: is no heading"),
    "a rate without a heading": (lambda b: put(b, "rates", "H2", "x"), "cell H2: stands in a column without"),
    "rates whose headings were cut": (lambda b: b["rates"].delete_rows(1), "is no heading"),
    "a name twice": (lambda b: put(b, "grid", "A3", b["grid"]["A2"].value), "is a name met twice"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_a_sheet_that_lost_its_rows_or_headings_is_a_fault(name: str, workbook: Path, tmp_path: Path):
    change, says = LOST[name]
    assert says in changed(workbook, tmp_path / "park.xlsx", change)


def test_the_books_that_parkzero_writes_have_no_fault(workbook: Path, tmp_path: Path):
    assert study.read(workbook).components
    shutil.copy(workbook, tmp_path / "again.xlsx")
    openpyxl.load_workbook(workbook).save(tmp_path / "again.xlsx")
    assert study.read(tmp_path / "again.xlsx").components
