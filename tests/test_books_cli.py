"""The command ``parkzero books``: words, keys, days, a book of one's own, and what a study rests on."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from parkzero import books, cli
from parkzero.books.search import folded, history, search, suggestion
from parkzero.books.vietnamese import in_vietnamese

HEAD = "key,value,unit,valid_from,valid_to,scope,document,standing,confidence\n"
FRAME = re.compile("[│┃━╇─┼]")
SMALL = Path(__file__).parent / "data" / "small_park"


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """What the command prints, on one line so that folded cells do not matter."""
    assert cli.main(["books", *arguments]) == code
    captured = capsys.readouterr()
    return " ".join(FRAME.sub(" ", captured.out + captured.err).split())


def test_the_tables_are_listed_with_their_marks(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(said(capsys, "--json"))
    assert set(told) == set(books.tables())
    assert sum(table["rows"] for table in told.values()) == len(books.entries("")) + len(
        books.shipped().all_statements("")
    )
    assert "theo trí nhớ, phải kiểm tra" in said(capsys, "--lang", "vi")
    assert "from memory, to be checked" in said(capsys, "--lang", "en")


def test_a_key_is_shown_over_time_with_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "rooftop.surplus_sale_cap", "--lang", "en")
    assert "+150 %" in told
    assert "58/2025/NĐ-CP" in told
    assert "ended" in told
    assert "in force" in told
    told = said(capsys, "rooftop.surplus_sale_cap", "--lang", "vi")
    assert "Nghị định" in told
    assert "(3/3/2025)" in told
    assert "còn hiệu" in told
    assert json.loads(said(capsys, "fuel.diesel.price", "--json"))[1]["after_gap"]


def test_words_find_rows_whatever_the_accents(capsys: pytest.CaptureFixture[str]) -> None:
    assert {row["key"] for row in json.loads(said(capsys, "quota", "borrow", "--json"))} >= {
        "ets.borrow_limit"
    }
    assert search(books.shipped(), ["nghi", "quyet"]) == search(books.shipped(), ["NGHỊ", "quyết"])
    assert folded("Điện lực") == "dien luc"


def test_a_day_shows_what_held_on_it(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(said(capsys, "rooftop.surplus_sale_cap", "--on", "2025-06-01", "--json"))
    assert [(row["value"], row["state"], row["document"]) for row in rows] == [
        (20.0, "in_force", "Decree 58/2025/NĐ-CP (3 Mar 2025)")
    ]
    told = said(capsys, "rooftop.surplus_sale_cap", "--on", "2024-06-01", "--lang", "en", code=2)
    assert "none of them on 2024-06-01; there are rows for 2025-03-03 to 2026-06-25, from 2026-06-26" in told


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("tariff.vatt", "Did you mean tariff.vat?"),
        ("rooftp", "Did you mean rooftop?"),
        ("qqqqqq", "no row holds qqqqqq."),
    ],
)
def test_a_near_miss_says_what_was_meant(word: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert hint in said(capsys, word, "--lang", "en", code=2)
    assert "không có dòng nào" in said(capsys, word, "--lang", "vi", code=2)


@pytest.mark.parametrize("day", ["2025-13-01", "01/06/2025", "soon", "20250601"])
def test_what_is_no_day_is_refused(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is not a date" in said(capsys, "tariff.vat", "--on", day, code=2)


def test_a_book_of_ones_own_is_checked_like_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        HEAD + "my.price,5,VND/kWh,2025-01-01,,Viet Nam,Contract 7/2025,analyst,P\n", encoding="utf-8"
    )
    assert "1 rows, no faults" in said(capsys, "--file", str(file), "--lang", "en")
    assert json.loads(said(capsys, "my", "--file", str(file), "--json"))[0]["value"] == 5.0
    with file.open("a", encoding="utf-8") as more:
        more.write("my.price,6,VND/kWh,2026-01-01,,Viet Nam,Contract 8/2026,analyst,P\n")
    told = said(capsys, "--file", str(file), code=2)
    assert "my.price overlaps the row" in told
    assert "line 3" in told
    assert "End the older row" in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "is not UTF-8"),
        (HEAD.replace("standing", "status").encode(), "what is in force follows from the dates"),
        (HEAD.replace("standing", "standng").encode(), "Did you mean standing?"),
        ((HEAD.strip() + ",key\n").encode(), "names a column twice"),
        (b"", "lacks the columns"),
        (HEAD.encode() + b"a.b,1,kg,2025-01-01,2024-01-01,x,D 1,law,P\n", "is before valid_from"),
    ],
)
def test_a_faulty_book_is_refused(
    content: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.csv"
    file.write_bytes(content)
    assert words in said(capsys, "--file", str(file), code=2)
    assert "cannot be read" in said(capsys, "--file", str(tmp_path / "none.csv"), code=2)


def test_what_rests_on_memory_is_shown_for_a_study(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    park = tmp_path / "park"
    shutil.copytree(SMALL, park)
    text = (park / "park.toml").read_text(encoding="utf-8")
    old = 'price = { start = "60 USD/MWh", growth = "1.5 %" }'
    assert old in text
    text = text.replace(old, 'price = { fuel = "lpg", growth = "2 %" }')
    (park / "park.toml").write_text(text, encoding="utf-8")
    found = json.loads(said(capsys, "--study", str(park), "--json"))
    assert all(row["confidence"] in "PSDM" for row in found)
    assert [row["path"] for row in found if row["confidence"] == "M"] == ["assets.lpg.price"]
    assert "assets.lpg.price" in said(capsys, "--study", str(park))
    assert "rests on memory" in said(capsys, "--study", str(SMALL), "--lang", "en")


# --------------------------------------------------------------------------------------- the parts


def test_history_tells_gaps_documents_and_shares() -> None:
    changes = history(books.shipped(), "tariff.manufacturing.22_110kV.normal")
    assert [change.share for change in changes] == [
        None,
        pytest.approx(1749 / 1669 - 1),
        pytest.approx(1833 / 1749 - 1),
    ]
    assert [change.gap for change in changes] == [False, False, False]
    assert all(change.document for change in changes[1:])
    with pytest.raises(books.BookError, match=r"Did you mean tariff\.vat"):
        history(books.shipped(), "tariff.va")


def test_a_word_that_begins_keys_finds_these_alone() -> None:
    assert {row.key for row in search(books.shipped(), ["tariff.vat"])} == {"tariff.vat"}
    assert suggestion(books.shipped(), ["tarif.vat"]) == "tariff.vat"
    assert suggestion(books.shipped(), ["xqzw"]) == ""


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        (
            "Decision 1279/QĐ-BCT (9 May 2025), with 599/QĐ-EVN",
            "Quyết định 1279/QĐ-BCT (9/5/2025), cùng 599/QĐ-EVN",
        ),
        ("Circular 16/2014/TT-BCT (29 May 2014), art. 5", "Thông tư 16/2014/TT-BCT (29/5/2014), Điều 5"),
        ("Decision 599/QĐ-EVN (May 2025)", "Quyết định 599/QĐ-EVN (5/2025)"),
        ("Decree 72/2025/NĐ-CP (28 Mar 2025)", "Nghị định 72/2025/NĐ-CP (28/3/2025)"),
        (
            "Commission Implementing Regulations (EU) 2025/2620",
            "Các Quy định thực thi của Ủy ban châu Âu (EU) 2025/2620",
        ),
        (
            "Technology Data for electricity and district heating",
            "Technology Data for electricity and district heating",
        ),
        (
            "Decree 10/2022/NĐ-CP and Decree 51/2025/NĐ-CP",
            "Nghị định 10/2022/NĐ-CP và Nghị định 51/2025/NĐ-CP",
        ),
    ],
)
def test_documents_are_cited_in_vietnamese(english: str, vietnamese: str) -> None:
    assert in_vietnamese(english) == vietnamese


def test_what_the_books_say_of_their_own_sources_is_vietnamese_throughout() -> None:
    """Titles stay as they are; notes of the collection hold no word of English between Vietnamese ones."""
    little = r"\b(of|by|from|and|the|for|with|on|at|its|not|only|about|beside|uncertain|estimate|named)\b"
    for source in {e.source for e in books.entries("") if e.source.startswith("no document known")}:
        told = re.sub(r"'[^']*'|outputs/\S+|vn_\S+|costs_\S+", "", in_vietnamese(source))
        assert not re.search(little, told), told


def test_statements_are_found_by_day() -> None:
    assert books.statement("dppa.private_line.price_rule", date(2025, 6, 1)).text.startswith("at most")
    assert books.statement("dppa.private_line.price_rule", date(2026, 7, 1)).text.startswith("negotiated")
    with pytest.raises(books.BookError, match="before the first"):
        books.statement("ets.scope", date(2024, 1, 1))
    with pytest.raises(books.BookError, match=r"Did you mean ets\.scope"):
        books.statement("ets.scop", date(2026, 1, 1))
