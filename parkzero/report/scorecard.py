"""Scorecards as parts of a page, and the application with its list of evidence."""

from __future__ import annotations

from markupsafe import Markup

from parkzero.books.vietnamese import cited
from parkzero.eip.frameworks import GROUPS, Criterion, said_test, unit_of
from parkzero.eip.scorecard import STATES, Scorecard, Scored
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import money, trimmed
from parkzero.report.words import LANGS, Both, both, known, say
from parkzero.texts import in_words

SIGNS = {"met": "●", "planned": "◐", "short": "○", "unknown": "?"}


def states() -> Markup:
    """What the signs of a scorecard mean."""
    told = [tag("li", f"{SIGNS[s]} ", say(f"score.state.{s}"), ": ", say(f"score.told.{s}")) for s in STATES]
    return tag("section", tag("ul", *told), tag("p", say("score.unverified_note")))


def scorecard_section(card: Scorecard, currency: str, level: str = "h2") -> Markup:
    """A framework: how many criteria are in which state, and each of them."""
    counts = " · ".join(f"{SIGNS[s]} {card.count(s)}" for s in STATES)
    groups = [g for g in GROUPS if any(s.criterion.group == g for s in card.scored)]
    tables: list[Child] = []
    for group in groups:
        rows = [_row(s, currency) for s in card.scored if s.criterion.group == group]
        columns = ("state", "criterion", "test", "value", "closing", "evidence")
        head = [say(f"score.column.{c}") for c in columns]
        tables += [tag("h3", say(f"score.group.{group}")), table(head, rows, text_columns=6)]
    return tag("section", tag(level, name_of(card.framework.name)), tag("p", counts), *tables)


def name_of(framework: str) -> Both:
    """A framework's name in words; a user's own by its file."""
    return known(f"score.framework.{framework}", framework)


def _row(s: Scored, currency: str) -> list[Child]:
    c = s.criterion
    test = said_test(c).both()
    if s.threshold is not None and s.threshold != c.threshold:
        test = test + f" ({s.threshold:g})"
    return [
        tag("span", f"{SIGNS[s.state]} ", say(f"score.state.{s.state}")),
        tag("span", tag("strong", f"{c.key} "), c.text, _flag(c), tag("br"), source_of(c)),
        test, _value(s), _closing(s, currency), _evidence(s),
    ]  # fmt: skip


def _flag(c: Criterion) -> Markup | None:
    return tag("em", " [", say("score.unverified"), "]") if c.unverified else None


def _amount(value: float, c: Criterion) -> Both:
    if c.test == "yes":
        return say("score.yes") if value >= 1 else say("score.no")
    unit = unit_of(c)
    return trimmed(value) + " " + unit if unit.en else trimmed(value)


def _value(s: Scored) -> Child:
    shown: list[Child] = [_amount(s.value, s.criterion) if s.value is not None else "?"]
    if s.computed is not None and s.state in ("planned", "short") and not s.evidence:
        rows = ", ".join(s.computed.rows[:2]) + (" …" if len(s.computed.rows) > 2 else "")
        shown.append(tag("small", " ", say("score.computed", rows=rows)))
        later = [f"{y}: {v:.3g}" for y, v in s.computed.later.items()]
        if later:
            shown.append(tag("small", " (" + "; ".join(later) + ")"))
    return tag("span", *shown)


def _closing(s: Scored, currency: str) -> Child:
    if s.gap is None:
        return "–"
    gap = say("score.column.gap") + " " + _amount(s.gap, s.criterion) + "; "
    if s.closing is None or s.cost is None:
        return gap + say("score.no_option")
    scale = money(currency, s.cost)
    names = [known(f"score.way.{n}", n) for n in s.closing]
    told = names[0]
    for more in names[1:]:
        told = told + " + " + more
    return gap + told + ": " + scale.full(s.cost)


def _evidence(s: Scored) -> Child:
    if s.evidence:
        told = both(s.evidence)
        for more in (s.day, s.by):
            told = told + f" · {more}" if more else told
        return told
    return tag("em", say("score.needed", evidence=s.criterion.evidence))


def source_of(c: Criterion) -> Markup:
    """Document, row of the books, dates and confidence of a criterion."""
    span = (c.valid_from, c.valid_to)
    vi, en = ("–".join(in_words(d, lang) if d else "…" for d in span) for lang in LANGS)
    dates = Both(f" [{vi}]", f" [{en}]") if any(span) else both("")
    row = f" · {c.row}" if c.row else ""
    note = Both(f" · {c.note.vi}" if c.note.vi else "", f" · {c.note.en}" if c.note.en else "")
    return tag("small", cited(c.source), dates, f" · {c.confidence}{row}", note)


def application_part(card: Scorecard) -> Markup:
    """Each criterion that is met with its evidence, what is missing, and what each criterion rests on."""
    there = [s for s in card.scored if s.state == "met" and s.evidence]
    rows: list[list[Child]] = [
        [f"{i}", tag("span", tag("strong", f"{s.criterion.key} "), s.criterion.text), _value(s),
         both(s.evidence),
         s.day, s.by]
        for i, s in enumerate(there, 1)
    ]  # fmt: skip
    columns = ("number", "criterion", "value", "evidence", "date", "by")
    head = [say(f"score.column.{c}") for c in columns]
    missing = [
        tag("li", tag("strong", f"☐ {s.criterion.key} "), s.criterion.text, ": ", s.criterion.evidence, " (",
            say(f"score.state.{s.state}"), ")")
        for s in card.scored if s not in there
    ]  # fmt: skip
    rests = [
        tag("li", tag("strong", f"{s.criterion.key}: "), source_of(s.criterion), _flag(s.criterion))
        for s in card.scored
    ]
    parts: list[Child] = [
        tag("p", name_of(card.framework.name)),
        tag("p", say("score.application_note", met=f"{len(there)}", all=f"{len(card.scored)}")),
        tag("h2", say("score.listed")),
        table(head, rows, text_columns=6) if rows else tag("p", say("score.none")),
        tag("h2", say("score.missing")),
        tag("ul", *missing),
        tag("h2", say("score.sources")),
        tag("ul", *rests),
        tag("p", say("score.signed")),
    ]
    return tag("section", *parts)
