"""A page as a Word document in one language: headings, texts, tables, and charts as pictures.

It reads the markup that pages are made of, so that a document says what its page says. Whatever users wrote
is text of a run: no link, field, macro or relation is ever made of it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from parkzero.charts.draw import picture_of
from parkzero.report.markup import Child, shown
from parkzero.texts import Lang

_VOID = frozenset({"br", "hr", "img", "meta", "col", "input"})
_LEFT_OUT = frozenset({"button", "script", "style", "nav"})
_HEADINGS = {"h1": 0, "h2": 1, "h3": 2, "h4": 3}
_STYLES = {"li": "List Bullet", "figcaption": "Caption", "caption": "Caption", "summary": "Caption"}
_BLOCKS = frozenset({"p", "div", "ul", "table", *_HEADINGS, *_STYLES})
_EMPHASES = frozenset({"strong", "b", "em", "i"})
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_COLOUR = re.compile(r"--c:#([0-9a-fA-F]{6})$")
_BOX = re.compile(r'viewBox="([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)"')
# Words over lines stand out as they do on a page.
_HALO = "<style>.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}</style>"
# Width between the margins [cm], points to the pixel of a picture, and rows of a table that are told.
WIDTH, SHARP, MOST_ROWS = 17.0, 2.0, 300


def word_of(title: str, parts: Sequence[Child], lang: Lang) -> bytes:
    """Parts of a page as the bytes of a .docx file.

    Args:
        title: what the document calls itself.
        parts: the parts.
        lang: the language that it is in.
    """
    writer = _Writer(lang)
    writer.document.core_properties.title = _ILLEGAL.sub("", title)[:255]
    writer.document.core_properties.language = lang
    for part in parts:
        writer.feed(str(shown(part)))
    content = io.BytesIO()
    writer.document.save(content)
    return content.getvalue()


class _Writer(HTMLParser):
    """Writes markup into a document as it is read."""

    def __init__(self, lang: Lang) -> None:
        super().__init__(convert_charrefs=True)
        self.document = Document()
        self.document.styles["Normal"].font.size = Pt(10)
        for page in self.document.sections:
            page.page_width, page.page_height = Cm(21.0), Cm(29.7)
            page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2.0)
        self._lang = lang
        self._hidden = 0
        self._text: Paragraph | None = None
        self._emphasis: list[str] = []
        self._rows: list[list[tuple[str, str]]] | None = None
        self._svg: list[str] | None = None
        self._open: list[str] = []
        self._drawing = ""
        self._breaks = False

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if self._hidden or name in _LEFT_OUT or given.get("lang", self._lang) != self._lang:
            self._hidden += name not in _VOID
        elif name == "svg" or self._svg is not None:
            self._svg = [*(self._svg or ()), self.get_starttag_text() or ""]
            self._open.append((self.get_starttag_text() or "")[1 : 1 + len(name)])
        elif name in ("table", "tr", "th", "td") or (self._rows is not None and self._rows):
            self._cell(name, given)
        elif name == "br" and self._text is not None:
            self._text.add_run().add_break()
        elif name == "section":
            self._breaks = "sheet" in given.get("class", "").split()
        elif name in _EMPHASES:
            self._emphasis.append(name)
        elif "swatch" in given.get("class", "").split():
            self._swatch(given.get("style", ""))
        elif name in _BLOCKS:
            self._begin(name)

    def handle_endtag(self, name: str) -> None:
        if self._hidden:
            self._hidden -= name not in _VOID
        elif self._svg is not None:
            self._svg.append(f"</{self._open.pop()}>")
            if not self._open:
                self._drawing, self._svg = "".join(self._svg), None
        elif name == "table" and self._rows is not None:
            rows, self._rows, self._text = self._rows, None, None
            self._table([row for row in rows if row])
        elif self._rows is not None:
            return
        elif name in _EMPHASES and self._emphasis:
            self._emphasis.pop()
        elif name in _BLOCKS or name in ("section", "figure"):
            self._text = None
            if name in ("div", "figure") and self._drawing:
                self._picture()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        text = _ILLEGAL.sub("", data)
        if self._svg is not None:
            self._svg.append(escape(text.replace("₂", "2"), quote=False))
        elif self._rows is not None:
            if self._rows and self._rows[-1]:
                told, kind = self._rows[-1][-1]
                self._rows[-1][-1] = (told + text, kind)
        elif text.strip() or self._text is not None:
            run = self._paragraph().add_run(re.sub(r"\s+", " ", text))
            run.bold = True if {"strong", "b"} & {*self._emphasis} else None
            run.italic = True if {"em", "i"} & {*self._emphasis} else None

    def _begin(self, name: str) -> None:
        self._text = None
        if name in _HEADINGS:
            self._text = self.document.add_heading("", _HEADINGS[name])
            self._text.paragraph_format.page_break_before = self._breaks
            self._breaks = False
        elif name in _STYLES:
            self._text = self.document.add_paragraph(style=_STYLES[name])

    def _paragraph(self) -> Paragraph:
        if self._text is None:
            self._text = self.document.add_paragraph()
        return self._text

    def _swatch(self, style: str) -> None:
        colour = _COLOUR.search(style)
        run = self._paragraph().add_run("■ ")
        if colour is not None:
            run.font.color.rgb = RGBColor.from_string(colour[1].upper())

    def _cell(self, name: str, given: dict[str, str]) -> None:
        if name == "table":
            self._rows = []
        elif self._rows is None:
            return
        elif name == "tr":
            self._rows.append([])
        elif name in ("th", "td") and self._rows:
            self._rows[-1].append(("", given.get("class", "")))
        elif (name == "br" or name in _BLOCKS) and self._rows[-1]:
            told, kind = self._rows[-1][-1]
            self._rows[-1][-1] = (f"{told}\n" if told else told, kind)

    def _table(self, rows: list[list[tuple[str, str]]]) -> None:
        rows = rows[: MOST_ROWS + 1]
        if not rows:
            return
        made = self.document.add_table(0, max(map(len, rows)), style="Table Grid")
        for number, row in enumerate(rows):
            line = made.add_row()
            for cell, (told, kind) in zip(line.cells, row, strict=False):
                text = cell.paragraphs[0]
                run = text.add_run("\n".join(re.sub(r"\s+", " ", part).strip() for part in told.split("\n")))
                run.font.size, run.bold = Pt(8), number == 0 or None
                if kind == "n":
                    text.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        head = OxmlElement("w:tblHeader")  # it is said again on every page
        made.rows[0]._tr.get_or_add_trPr().append(head)
        self.document.add_paragraph()

    def _picture(self) -> None:
        drawn, self._drawing = self._drawing, ""
        box = _BOX.search(drawn)
        if box is None:
            return
        x, y, width, height = (float(v) for v in box.groups())
        size = f'viewBox="{x:g} {y:g} {width:g} {height:g}" width="{width:g}" height="{height:g}"'
        ground = f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="#fff"/>'
        inner = drawn[drawn.index(">") + 1 :]
        root = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
        picture = picture_of(root + _HALO + ground + inner, SHARP)
        self.document.add_picture(io.BytesIO(picture), width=Cm(min(WIDTH, width / 40)))
