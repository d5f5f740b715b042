"""Hostile tables and workbooks: bombs, disguises, formulas, links; and plain ones read exactly."""

from __future__ import annotations

import gzip
import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from parkzero import tables
from parkzero.errors import StudyError
from parkzero.tables import open_workbook_safely, read_csv_safely


def faults(function, path, **how):
    with pytest.raises(StudyError) as raised:
        function(path, **how)
    return str(raised.value)


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.xlsx"
    workbook = Workbook()
    workbook.active.title = "Tải"
    workbook.active.append(["tên", "MW"])
    workbook.active.append(["lò hơi", 2.5])
    workbook.active["D9"] = True
    workbook.create_sheet("empty")
    workbook.save(path)
    return path


def repack(path, change=None, extra=None):
    """The workbook's parts with one changed or one added."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, change(entry.filename, data) if change else data)
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path


def test_a_workbook_gives_its_cells_with_references(book):
    sheets = open_workbook_safely(book)
    assert list(sheets) == ["Tải", "empty"]
    assert [[(c.ref, c.value) for c in row] for row in sheets["Tải"]] == [
        [("A1", "tên"), ("B1", "MW")],
        [("A2", "lò hơi"), ("B2", 2.5)],
        [("D9", True)],
    ]
    assert sheets["empty"] == ()


def test_formulas_are_refused_with_their_cells(book, tmp_path):
    workbook = Workbook()
    workbook.active["C7"] = "=1+1"
    workbook.save(tmp_path / "f.xlsx")
    text = faults(open_workbook_safely, tmp_path / "f.xlsx")
    assert "cell C7" in text
    assert "=1+1" in text


def test_links_macros_connections_and_document_types_are_refused(book):
    original = book.read_bytes()
    for extra, word in (
        ({"xl/externalLinks/externalLink1.xml": b"<x/>"}, "links to other files"),
        ({"xl/vbaProject.bin": b"x"}, "macros"),
        ({"xl/connections.xml": b"<x/>"}, "data connections"),
        ({"xl/theme/t.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "document type"),
        (
            {"xl/theme/t.xml": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16")},
            "document type",
        ),
    ):
        book.write_bytes(original)
        assert word in faults(open_workbook_safely, repack(book, extra=extra))


def test_zip_bombs_are_refused_before_they_are_unpacked(book):
    original = book.read_bytes()
    assert "unpacks to more" in faults(
        open_workbook_safely, repack(book, extra={"xl/a.xml": b" " * 30_000_000})
    )
    book.write_bytes(original)
    many = {f"xl/{i}.xml": b"" for i in range(tables.MAX_BOOK_ENTRIES)}
    assert "unpacks to more" in faults(open_workbook_safely, repack(book, extra=many))


def test_a_sheet_that_claims_a_million_rows_costs_nothing(book):
    def claim(name, data):
        return (
            data.replace(b'<dimension ref="A1:D9"', b'<dimension ref="A1:XFD1048576"')
            if "sheet1" in name
            else data
        )

    assert len(open_workbook_safely(repack(book, claim))["Tải"]) == 3


def test_a_sheet_with_far_too_many_cells_is_refused(book, monkeypatch):
    def far(name, data):
        return data.replace(b'r="D9"', b'r="XFD9"') if "sheet1" in name else data

    monkeypatch.setattr(tables, "MAX_BOOK_CELLS", 10_000)
    assert "too many cells" in faults(open_workbook_safely, repack(book, far))


def test_a_file_is_what_it_is_and_not_what_its_name_says(book, tmp_path):
    text = tmp_path / "text.xlsx"
    text.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "not an Excel workbook" in faults(open_workbook_safely, text)
    old = tmp_path / "old.xlsx"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert "old Excel" in faults(open_workbook_safely, old)
    disguised = tmp_path / "book.csv"
    disguised.write_bytes(book.read_bytes())
    assert "not a text table" in faults(read_csv_safely, disguised)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(book.read_bytes()[:900])
    assert "broken workbook" in faults(open_workbook_safely, broken)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=20))
def test_mutated_workbooks_give_cells_or_a_study_error(tmp_path_factory, changes):
    path = tmp_path_factory.mktemp("mutated") / "b.xlsx"
    workbook = Workbook()
    workbook.active.append(["a", 1.0])
    workbook.save(path)
    content = bytearray(path.read_bytes())
    for position, byte in changes:
        content[position % len(content)] = byte
    path.write_bytes(content)
    with suppress(StudyError):  # any other exception fails the test
        open_workbook_safely(path)


def test_a_text_table_keeps_text_and_lines(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('Báo cáo\n\na;b\n"1\n2";x\n\n3;"y;z"\n', encoding="utf-8-sig")
    table = read_csv_safely(path)
    assert dict(table.columns) == {"a": ("1\n2", "3"), "b": ("x", "y;z")}
    assert table.lines == (4, 7)
    assert table.preamble == ((1, "Báo cáo"),)


@pytest.mark.parametrize("mark", [";", "\t", ",", "|"])
def test_delimiters_are_found(tmp_path, mark):
    path = tmp_path / "t.csv"
    path.write_text(
        "\n".join(mark.join(row) for row in (["time", "kW"], ["1", "2"], ["3", "4"])), encoding="utf-8"
    )
    assert dict(read_csv_safely(path).columns) == {"time": ("1", "3"), "kW": ("2", "4")}


def test_decimal_commas_do_not_make_columns(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("t;kW;kvar\n1;2,5;3,5\n2;2,6;3,6\n", encoding="utf-8")
    assert list(read_csv_safely(path).columns) == ["t", "kW", "kvar"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "is empty"),
        (b"a,b\n", "no rows"),
        (b"a,b\n1,2\n3\n", "line 3: has a wrong number of fields"),
        (b"a,a\n1,2\n", "names a column twice"),
        (b"a,b\n1,\0\n", "NUL"),
        (b"a,b\n1,\x81\x8d\xd2\n\xff", "not text"),
        (b"\x1f\x8b\x08broken", "cannot be read"),
        (b'a,b\n1,"' + b"x" * 200_000, "not a readable"),
    ],
)
def test_broken_text_is_refused_in_a_sentence(tmp_path, content, word):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert word in faults(read_csv_safely, path)


def test_gzip_bombs_and_long_tables_stop_at_their_limit(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(gzip.compress(b"1,2\n" * 500_000))
    assert "too large" in faults(read_csv_safely, path, max_bytes=100_000)
    assert "too many rows" in faults(read_csv_safely, path, max_rows=1000)


def test_a_table_of_too_many_fields_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n" * 100, encoding="utf-8")
    monkeypatch.setattr(tables, "MAX_FIELDS", 150)
    assert "too many fields" in faults(read_csv_safely, path)


def test_only_line_ends_end_a_line(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\nx\u2028y\x0cz,2\r\n3,4", encoding="utf-8", newline="")
    assert dict(read_csv_safely(path).columns) == {"a": ("x\u2028y\x0cz", "3"), "b": ("2", "4")}


def test_what_is_no_file_is_refused(tmp_path):
    assert "is not there" in faults(read_csv_safely, tmp_path / "none.csv")
    assert "is not a file" in faults(read_csv_safely, tmp_path)
    assert faults(read_csv_safely, "a\0b.csv")
