"""HTML and SVG from Python: every text and attribute is escaped, since names come from users.

``tag`` is the one way in which elements are made. A ``Both`` becomes a pair of spans of which the style sheet
shows one; a plain text is data and is shown in either language.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

from parkzero.report.words import Both, both

Child = Markup | Both | str | None
Attribute = str | int | float | bool | None

_VOID = frozenset({"br", "hr", "img", "meta", "col", "input"})
_INVISIBLE = {
    c: None
    for c in (
        *range(0x00, 0x09),
        0x0B,
        0x0C,
        *range(0x0E, 0x20),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
}


def clean(text: str) -> str:
    """Text without control characters, those that turn the direction of reading, and halves of pairs."""
    return text.translate(_INVISIBLE).encode("utf-8", "replace").decode("utf-8")


def shown(child: Child, svg: bool = False) -> Markup:
    """A child as markup; a pair becomes two spans (``tspan`` in SVG)."""
    if child is None:
        return Markup()
    if isinstance(child, Markup):
        return child
    if isinstance(child, Both):
        if child.vi == child.en:
            return escape(clean(child.vi))
        name = "tspan" if svg else "span"
        spans = Markup('<{0} class="l" lang="vi">{1}</{0}><{0} class="l" lang="en">{2}</{0}>')
        return spans.format(Markup(name), clean(child.vi), clean(child.en))
    return escape(clean(child))


def coordinate(value: float) -> str:
    """A coordinate to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def _attributes(given: Mapping[str, Attribute]) -> str:
    """Attributes as text; their names are ours, their values are escaped."""
    parts = []
    for key, value in given.items():
        if value is None or value is False:
            continue
        name = key.rstrip("_").replace("_", "-").replace("viewbox", "viewBox")
        if value is True:
            parts.append(f" {name}")
            continue
        text = coordinate(value) if isinstance(value, float) else escape(clean(str(value)))
        parts.append(f' {name}="{text}"')
    return "".join(parts)


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """An element; trailing underscores of attribute names fall away, inner ones become hyphens."""
    head = f"<{name}{_attributes(attributes)}>"
    if name in _VOID:
        return Markup(head)
    body = "".join(shown(child, svg=name == "text") for child in children)
    return Markup(f"{head}{body}</{name}>")


def told(text: Both | str) -> dict[str, Attribute]:
    """Attributes that hold a text for the pointer in both languages."""
    pair = both(text)
    return {"data_vi": pair.vi, "data_en": pair.en}


def table(
    head: Sequence[Both | str],
    rows: Iterable[Sequence[Child]],
    *,
    text_columns: int = 1,
    text_last: int = 0,
    caption: Both | None = None,
) -> Markup:
    """A table in a frame that scrolls on its own where the page is narrow.

    Args:
        head: headings of the columns.
        rows: cells.
        text_columns: leading columns that hold text; all others hold numbers and stand to the right.
        text_last: columns at the end that hold sentences, which may break into lines.
        caption: what the table shows.
    """
    last = len(head) - text_last
    classes = ["t" if i < text_columns else "n" if i < last else "long" for i in range(len(head))]
    heading = tag("tr", *(tag("th", c, scope="col", class_=k) for c, k in zip(head, classes, strict=True)))
    body = [
        tag("tr", *(_cell(c, k, i == 0) for i, (c, k) in enumerate(zip(row, classes, strict=True))))
        for row in rows
    ]
    top = tag("caption", caption) if caption is not None else None
    inner = tag("table", top, tag("thead", heading), tag("tbody", *body))
    return tag("div", inner, class_="scroll", tabindex="0", role="group")


def _cell(child: Child, kind: str, first: bool) -> Markup:
    return tag("th", child, scope="row", class_=kind) if first else tag("td", child, class_=kind)


def details(summary: Both, *children: Child) -> Markup:
    """What is folded away until asked for; printing unfolds it."""
    return tag("details", tag("summary", summary), *children)


def paragraphs(*texts: Both | Markup | None) -> Markup:
    """Each text as a paragraph."""
    return Markup("").join(tag("p", text) for text in texts if text is not None)


def data_island(name: str, value: object) -> Markup:
    """Data for the script, as JSON that cannot end its element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign, code in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"), ("\u2028", ""), ("\u2029", "")):
        text = text.replace(sign, code)
    return Markup('<script type="application/json" data-name="{}">{}</script>').format(name, Markup(text))
