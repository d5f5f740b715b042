"""What was understood of the study: figures by which its author sees whether it was read as it was meant."""

from __future__ import annotations

from markupsafe import Markup

from parkzero.report.facts import Facts
from parkzero.report.markup import Child, details, table, tag
from parkzero.report.sections.parts import empty, note, section
from parkzero.report.sections.sources import group_of
from parkzero.report.words import Both, both, remarks, say

_FIRST = 40


def understood(facts: Facts) -> Markup:
    """The page that ``parkzero check`` prints: figures of series, patterns and policies, and doubts."""
    rows = [row for row in facts.results.study.get("understood") or () if isinstance(row, dict)]
    warnings = remarks(facts.summary, "warnings")
    parts: list[Child] = []
    if warnings:
        parts += [tag("h3", say("understood.warnings")), tag("ul", *(tag("li", w) for w in warnings))]
    if not rows:
        return section("understood", *parts, empty("understood.none"))
    parts.append(_table(rows[:_FIRST]))
    if len(rows) > _FIRST:
        parts.append(details(say("understood.more"), _table(rows[_FIRST:])))
    return section("understood", *parts, note(say("understood.note")))


def _table(rows: list[dict[str, object]]) -> Markup:
    body: list[list[Child]] = []
    last = ""
    for row in rows:
        path = str(row.get("path") or "")
        group = group_of(path)
        own = path.removeprefix(f"{group}.") if group != last else path.removeprefix(group).lstrip(".")
        shown = both(group) if group != last else both("")
        body.append([shown, own, Both(str(row.get("vi") or ""), str(row.get("en") or ""))])
        last = group
    head = [say("understood.of"), say("word.field"), say("understood.told")]
    return table(head, body, text_columns=3)
