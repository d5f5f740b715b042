"""Assumptions: every value with its place, its source and how sure it is."""

from __future__ import annotations

from markupsafe import Markup

from parkzero.report.facts import Facts
from parkzero.report.markup import Child, details, table, tag
from parkzero.report.sections.parts import empty, section
from parkzero.report.words import both, counted, known, say, told

_MARKS = ("P", "S", "D", "M", "")
_LONG = 300
_MOST = 3000


def sources(facts: Facts) -> Markup:
    """What the marks mean, what is synthetic, and the table of all values by group."""
    rows = facts.results.assumptions.to_dicts()
    marks = [tag("div", tag("dt", mark(m)), tag("dd", say(f"confidence.{m or 'own'}"))) for m in _MARKS]
    parts: list[Child] = [tag("dl", *marks, class_="marks")]
    if facts.synthetic:
        notes = tag("ul", *(tag("li", text) for text in facts.synthetic))
        parts.append(tag("div", tag("h3", say("sources.synthetic")), notes, class_="label synthetic"))
    if not rows:
        parts.append(empty("sources.none"))
    groups: dict[str, list[dict[str, object]]] = {}
    for row in rows[:_MOST]:
        groups.setdefault(group_of(str(row["path"])), []).append(row)
    for group, own in groups.items():
        title = both(group) + " · " + counted("sources.count", len(own))
        parts.append(details(title, _table(own)))
    if len(rows) > _MOST:
        parts.append(empty("sources.more"))
    return section("sources", *parts)


def group_of(path: str) -> str:
    """The first two parts of a field's path: ``assets.bess`` of ``assets.bess.power.capex``."""
    parts = path.split(".")
    return ".".join(parts[:2]) if len(parts) > 2 else parts[0]


def mark(confidence: str) -> Markup:
    """A mark of confidence."""
    return tag("span", confidence or "–", class_=f"mark mark-{confidence if confidence in _MARKS else ''}")


def _table(rows: list[dict[str, object]]) -> Markup:
    head = [say(f"word.{h}") for h in ("field", "value", "confidence", "source", "place")]
    body: list[list[Child]] = []
    for row in rows:
        label = tag("strong", say("label.synthetic")) if row["synthetic"] else None
        cited: Child = tag("span", _text(row["citation"]), " ", label, " ", told(row, "synthetic"))
        body.append(
            [_text(row["path"]), _text(row["value"]), mark(_text(row["confidence"])), cited, place(row)]
        )
    return table(head, body, text_columns=5)


def place(row: dict[str, object]) -> Markup:
    """File, sheet, cell or line of a value."""
    parts: list[Child] = [_text(row["file"])]
    for key in ("sheet", "cell"):
        if row.get(key):
            parts += [", ", known(f"word.{key}", key), " ", _text(row[key])]
    if row.get("line"):
        parts += [", ", say("word.line"), f" {row['line']}"]
    return tag("span", *parts)


def _text(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
