"""What to confirm before money depends on it: sources nobody has seen, in order of what hangs on them."""

from __future__ import annotations

import re

from markupsafe import Markup

from parkzero.books.vietnamese import in_vietnamese
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, details, table, tag
from parkzero.report.numbers import money, percent
from parkzero.report.sections.parts import empty, note, section
from parkzero.report.sections.sources import mark
from parkzero.report.words import Both, counted, say
from parkzero.results.stakes import Source, sources_by_stake

_FIRST = 12
_MOST = 300
_OFF = 0.1
_NAMED = 4
_LONG = 260
_ASIDE = re.compile(r" \[[^\]]*\]")


def confirm(facts: Facts) -> Markup:
    """The sources on which most hangs, then the others."""
    found = sources_by_stake(facts.results)
    if not found:
        return section("confirm", empty("confirm.none"))
    parts: list[Child] = [_table(facts, found[:_FIRST], 0)]
    rest = found[_FIRST:_MOST]
    if rest:
        parts.append(details(counted("confirm.more", len(rest)), _table(facts, rest, _FIRST)))
    parts.append(note(say("confirm.note")))
    return section("confirm", *parts)


def _table(facts: Facts, found: list[Source], before: int) -> Markup:
    head = [say(f"confirm.{h}") for h in ("what", "mark", "source", "moves")]
    body: list[list[Child]] = [
        [_what(source, i), mark(source.confidence), documents(source.citation), _moves(facts, source)]
        for i, source in enumerate(found, before + 1)
    ]
    return table(head, body, text_columns=3)


def _what(source: Source, rank: int) -> Markup:
    """The fields that rest on a source, those on which most hangs first, and a value as written."""
    ordered = sorted(source.stakes, key=lambda stake: -(stake.moved or 0.0))
    paths = [stake.path.removeprefix("assets.") for stake in ordered]
    listed = ", ".join(paths[:_NAMED])
    more: Child = counted("confirm.fields", len(paths) - _NAMED) if len(paths) > _NAMED else None
    value = ordered[0].value
    return tag(
        "span",
        f"{rank}. ",
        tag("strong", listed),
        " ",
        more,
        tag("br"),
        tag("span", _cut(value), class_="soft"),
    )


def _moves(facts: Facts, source: Source) -> Both:
    """By how much the least cost moves when the value is a tenth off; or when it would be built."""
    moved, cheaper = source.moved, source.cheaper
    if cheaper is not None and not moved:
        return say("confirm.unbuilt", share=percent(cheaper))
    if moved is None:
        return say("confirm.unknown")
    off, whole = moved * _OFF, facts.number("objective")
    told = money(facts.currency, off).full(off)
    return told + " (" + percent(off / whole) + ")" if whole > 0 else told


def documents(citation: str) -> Both:
    """The documents of a citation, each once, without dates of validity and marks."""
    bare = _ASIDE.sub("", citation).split("; ")
    text = _cut("; ".join(dict.fromkeys(part.strip() for part in bare if part.strip())))
    return Both(in_vietnamese(text), text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
