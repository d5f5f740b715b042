"""Documents for an authority say what their pages say, in one language, and hold no more than text."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document

import parkzero
from parkzero.benefits.summary import benefits
from parkzero.charts import About, Layer, stacked_bars
from parkzero.eip import commitments as promised
from parkzero.eip.frameworks import framework
from parkzero.eip.measured import of_plan
from parkzero.eip.scorecard import Answers, score
from parkzero.report.markup import table, tag
from parkzero.report.pages import write_application
from parkzero.report.prospectus import write_prospectus
from parkzero.report.sections.parts import stated
from parkzero.report.word import word_of
from parkzero.texts import Both
from tests.results_cases import plain_study

HOSTILE = (
    "</w:t></w:r><w:hyperlink r:id='x'/>=HYPERLINK(\"http://x\") <script>alert(1)</script> &amp; ]]> "
    "\x00\x0b\u202e\ud800\uffff {MERGEFIELD x} &#x3c;b&#x3e;"
)


def text_of(content: bytes | Path) -> str:
    """All text of a document, tables included, in order."""
    read = Document(io.BytesIO(content) if isinstance(content, bytes) else str(content))
    return "\n".join(part.text or "" for part in read.element.body.iter() if part.tag.endswith("}t"))


@pytest.fixture(scope="module")
def results():
    return parkzero.plan(plain_study(), method="monolith", gap=1e-6).results


@pytest.mark.parametrize(
    ("lang", "said", "foreign"),
    [
        (
            "en",
            ("planned, not yet done", "Some of the series are synthetic", "Net zero by 2050"),
            "phát thải",
        ),
        ("vi", ("Đơn vị", "phát thải", "2050"), "planned, not yet done"),
    ],
)
def test_a_prospectus_as_a_document_says_what_its_page_says(results, tmp_path, lang, said, foreign):
    cards = [score(framework("vn_decree_35"), Answers({}, {}), of_plan(results, 2030))]
    told = promised.hold(results, promised.shipped()), benefits(results), None
    path = write_prospectus(results, cards, *told, tmp_path / "p.docx", lang)
    read, text = Document(str(path)), text_of(path)
    for sentence in said:
        assert sentence.lower() in text.lower()
    assert foreign not in text
    page = write_prospectus(results, cards, *told, tmp_path / "p.html", lang).read_text(encoding="utf-8")
    headings = [p for p in read.paragraphs if p.style.name == "Heading 1"]
    assert len(headings) == page.count('class="sheet"') == 5
    assert all(p.paragraph_format.page_break_before for p in headings)
    assert len(read.tables) == page.count("<table")
    assert len(read.inline_shapes) == page.count("<figure")
    numbers = [c.text for row in read.tables[0].rows[1:] for c in row.cells]
    assert all(number in page for number in numbers if re.fullmatch(r"[\d.,]+", number))


@pytest.mark.parametrize(("lang", "said"), [("vi", "1/8 tiêu chí"), ("en", "1 of 8 criteria")])
def test_an_application_as_a_document(tmp_path, lang, said):
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "framework,id,value,threshold,evidence,date,by\n"
        'vn_decree_35,services,yes,,"<b>contract</b> & {FIELD}",2026-01-05,Ban\n',
        encoding="utf-8",
    )
    from parkzero.eip.scorecard import read_answers

    known = framework("vn_decree_35")
    card = score(known, read_answers(answers, [known]), {})
    text = text_of(write_application(card, "Khu", tmp_path / "a.docx", lang))
    assert said in text.replace("\n", "")
    assert "<b>contract</b> & {FIELD}" in text
    for criterion in known.criteria:
        assert criterion.text.of(lang) in text.replace("\n", "")
    assert text.count("☐") == 7


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_hostile_text_is_text(lang):
    parts = [tag("h1", HOSTILE), tag("p", tag("strong", HOSTILE)), table([HOSTILE, "n"], [[HOSTILE, "1"]])]
    content = word_of(HOSTILE, parts, lang)
    text = text_of(content)
    assert text.count("<script>alert(1)</script> &amp; ]]>") == 4
    assert text.count("&#x3c;b&#x3e;") == 4
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [n for n in archive.namelist() if "vba" in n.lower() or "embed" in n.lower()]
        inside = archive.read("word/document.xml").decode()
        related = archive.read("word/_rels/document.xml.rels").decode()
    assert "External" not in related
    for live in ("w:hyperlink ", "w:fldSimple", "w:instrText", "w:object", "w:altChunk"):
        assert f"<{live.strip()}" not in inside


def test_one_language_numbers_to_the_right_and_a_picture_for_a_chart():
    chart = stacked_bars(
        About(Both("Phát thải", "Emissions"), Both("nghìn t", "kt"), "ledger"),
        ["2025", "2030"],
        [Layer(Both("Điện", "Power"), "#4477aa", (2.0, 1.0))],
    )
    parts = [tag("section", stated(chart)), table(["a", "b"], [[Both("một", "one"), "1,5"]])]
    for lang, own, other in (("vi", "một", "one"), ("en", "one", "một")):
        content = word_of("x", parts, lang)
        read, text = Document(io.BytesIO(content)), text_of(content)
        assert own in text
        assert other not in text.split("\n")
        assert len(read.inline_shapes) == 1  # the drawing for wide screens, not the one for phones too
        assert read.tables[-1].rows[1].cells[1].paragraphs[0].alignment == 2
        assert "tblHeader" in read.tables[-1].rows[0]._tr.xml
        assert "■" in text
