"""The command ``parkzero books``: dated facts by word, by key and by day, and what a study rests on."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from parkzero import books, texts
from parkzero.books import BookError, Entry, Library
from parkzero.books.rows import read_day
from parkzero.books.search import Change, Held, history, search, suggestion
from parkzero.books.vietnamese import in_vietnamese
from parkzero.cli.books_words import Lang, figure, say
from parkzero.cli.screen import console, plain
from parkzero.cli.speech import LangOption
from parkzero.errors import Fault, Place, StudyError
from parkzero.study import Study, read
from parkzero.study.study import Source
from parkzero.texts import spoken

_LARGEST_FILE = 20_000_000  # bytes


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("books")(show)


def show(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words to look for, or one key.", metavar="[WORD]…")
    ] = None,
    on: Annotated[
        str, typer.Option("--on", help="Only what holds on this day, such as 2025-06-01.", metavar="DATE")
    ] = "",
    study: Annotated[
        Path | None, typer.Option("--study", help="Show which values of this study rest on memory (M).")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Check a book of your own and read it instead of ours.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Most rows to show; 0 shows all.")] = 40,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON for programs instead of tables.")
    ] = False,
    lang: LangOption = None,
) -> None:
    """Look up the dated facts that ship with ParkZero: tariffs, factors, rules and costs.

    Examples:
        parkzero books                                   the tables

        parkzero books borrow quota                      rows with both words

        parkzero books tariff.vat                        a key over time, and what changed

        parkzero books ceiling --on 2025-06-01           what held on a day

        parkzero books --study my-park                   what rests on memory
    """
    day = _day(on) if on else None
    library = _own(file) if file is not None else books.shipped()
    if study is not None:
        _study(read(study), as_json, spoken())
    elif words:
        _words(library, words, day, limit, as_json, spoken())
    else:
        _tables(library, file, day, as_json, spoken())


def _day(text: str) -> dt.date:
    day = read_day(text)
    if day is None:
        fault = Fault(
            Place(field="--on"), texts.say("is not a date"), text, texts.say("a date such as 2026-06-30")
        )
        raise StudyError([fault], texts.data("--on"))
    return day


def _own(file: Path) -> Library:
    """A book of the user's own, checked like ours.

    Raises:
        StudyError: with all its faults, or when it cannot be read.
    """
    needs = texts.say("a CSV file of the books, at most 20 MB, in UTF-8")
    try:
        content = file.read_bytes() if file.stat().st_size <= _LARGEST_FILE else None
    except OSError as error:
        raise _unreadable(file, texts.say("cannot be read"), error.strerror or "", needs) from None
    if content is None:
        raise _unreadable(file, texts.say("is too large"), "", needs)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(file, texts.say("is not UTF-8 text"), "", needs) from None
    return Library.read({file.name: text})


def _unreadable(file: Path, what: texts.Text, got: str, needs: texts.Text) -> StudyError:
    return StudyError([Fault(Place(str(file)), what, got, needs)], texts.data(file.name))


def _tables(library: Library, file: Path | None, day: dt.date | None, as_json: bool, lang: Lang) -> None:
    """The tables with how many rows of each mark they have; of a user's own book, that it has no faults."""
    named = [("statements", books.table("statements").library)]
    if file is None:
        named = [(name, books.table(name).library) for name in books.tables()]
    else:
        named = [(file.name, library)]
    counts = {name: _marks(one, day) for name, one in named}
    if as_json:
        _print(
            {
                name: {"rows": sum(c.values()), **{m: c[m] for m in books.CONFIDENCES}}
                for name, c in counts.items()
            }
        )
        return
    out = console()
    if file is not None:
        count = sum(sum(c.values()) for c in counts.values())
        out.print(Text(plain(say("own", lang, file=file, count=count)), style="bold green"))
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(say("table", lang))
    for head in (say("rows", lang), *books.CONFIDENCES):
        table.add_column(head, justify="right")
    for name, count_of in counts.items():
        table.add_row(
            plain(name), str(sum(count_of.values())), *(str(count_of[m] or "") for m in books.CONFIDENCES)
        )
    out.print(table)
    for mark in books.CONFIDENCES:
        out.print(f"{mark}  {say(mark, lang)}")


def _marks(library: Library, day: dt.date | None) -> Counter[str]:
    """How many rows have each mark."""
    rows = (*library.entries(""), *library.all_statements(""))
    return Counter(str(row.confidence) for row in rows if day is None or row.covers(day))


def _words(
    library: Library, words: list[str], day: dt.date | None, limit: int, as_json: bool, lang: Lang
) -> None:
    """Rows with all words; of one key its rows over time."""
    if len(words) == 1 and (words[0] in library.by_key or words[0] in library.statements) and day is None:
        _history(history(library, words[0]), as_json, lang)
        return
    found = search(library, words)
    if not found:
        near = suggestion(library, words)
        hint = say("hint", lang, word=near) if near else ""
        raise BookError(say("nothing", lang, words=" ".join(words), hint=hint).rstrip())
    held = [row for row in found if day is None or row.covers(day)]
    if not held and day is not None:
        validities = list(dict.fromkeys(holds(row, lang) for row in found))
        listed = ", ".join(validities[:6]) + (" …" if len(validities) > 6 else "")
        raise BookError(say("none_on", lang, count=len(found), words=" ".join(words), day=day, held=listed))
    if as_json:
        _print([as_record(row, day) for row in held])
        return
    _listing(held, day or dt.date.today(), limit, lang)


def _listing(rows: list[Held], day: dt.date, limit: int, lang: Lang) -> None:
    out = console()
    table = Table(show_edge=False, pad_edge=False, expand=True)
    table.add_column(say("key", lang), ratio=40, overflow="fold")
    table.add_column(say("value", lang), ratio=24, overflow="fold", justify="right")
    table.add_column(say("holds", lang), ratio=20, overflow="fold")
    table.add_column(say("state", lang), ratio=12, overflow="fold")
    table.add_column(say("sure", lang), width=4)
    shown = rows[: limit or len(rows)]
    for row in shown:
        cells = (row.key, value_of(row, lang), holds(row, lang), say(row.state(day), lang), row.confidence)
        table.add_row(*(Text(plain(cell)) for cell in cells))
    out.print(table)
    more = len(rows) - len(shown)
    out.print(say("found", lang, count=len(rows)) + (". " + say("more", lang, count=more) if more else ""))
    out.print(say("legend", lang, day=day), style="dim")


def _history(changes: tuple[Change, ...], as_json: bool, lang: Lang) -> None:
    """A key over time: each row with its document and what changed."""
    today = dt.date.today()
    if as_json:
        _print([{**as_record(c.row, None), "change": c.share, "after_gap": c.gap} for c in changes])
        return
    out = console()
    out.print(Text(plain(changes[0].row.key), style="bold"))
    table = Table(show_edge=False, pad_edge=False, show_lines=True, expand=True)
    for head, ratio in (("holds", 18), ("value", 20), ("change", 12), ("state", 12), ("source", 38)):
        table.add_column(say(head, lang), ratio=ratio, overflow="fold")
    for change in changes:
        row = change.row
        cells = (
            holds(row, lang),
            value_of(row, lang),
            _changed(change, lang),
            say(row.state(today), lang),
            _source(row, lang),
        )
        table.add_row(*(Text(plain(cell)) for cell in cells))
    out.print(table)


def _changed(change: Change, lang: Lang) -> str:
    said = []
    if change.share is not None:
        percent = round(change.share * 100, 1)
        moved = f"{'+' if percent > 0 else '−'}{figure(abs(percent), lang)} %"
        said.append(moved if percent else say("unchanged", lang))
    if change.gap:
        said.append(say("gap", lang))
    return "\n".join(said) or say("first", lang)


def _source(row: Held, lang: Lang) -> str:
    source, seen = row.source if row.document else "", row.seen_in
    if lang == "vi":
        source, seen = in_vietnamese(source), in_vietnamese(seen)
    lines = [part for part in (source, say("seen", lang, text=seen) if seen else "") if part]
    lines.append(f"{row.confidence}: {say(row.confidence, lang)}")
    if isinstance(row, Entry) and row.formula:
        lines.append(say("formula", lang, text=row.formula))
    if row.note:
        lines.append(say("note", lang, text=row.note))
    return "\n".join(lines)


def holds(row: Held, lang: Lang) -> str:
    """The days on which a row holds, in a language."""
    first, last = row.valid_from, row.valid_to
    if first is None and last is None:
        return say("any", lang)
    if last is None:
        return say("from", lang, day=first)
    return say("until", lang, day=last) if first is None else say("between", lang, first=first, last=last)


def value_of(row: Held, lang: Lang) -> str:
    """The number with its unit, or the text."""
    if isinstance(row, Entry):
        return f"{figure(row.value, lang)} {'' if row.unit == '1' else row.unit}".rstrip()
    return row.said(lang)


def as_record(row: Held, day: dt.date | None) -> dict[str, Any]:
    """A row for programs; its state on the day asked for, or today."""
    own = (
        {"value": row.value, "unit": row.unit}
        if isinstance(row, Entry)
        else {"text": row.text, "text_vi": row.text_vi}
    )
    return {
        "key": row.key,
        **own,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "state": row.state(day or dt.date.today()),
        "standing": row.standing,
        "confidence": row.confidence,
        "document": row.document,
        "article": row.article,
        "seen_in": row.seen_in,
        "scope": row.scope,
        "note": row.note,
    }


def _study(study: Study, as_json: bool, lang: Lang) -> None:
    """Values of a study that rest on memory, and how many come from the books at all."""
    booked = {path: source for path, source in study.sources.items() if source.confidence}
    memory = {path: source for path, source in booked.items() if source.confidence == "M"}
    if as_json:
        _print([{"path": path, **_told(source)} for path, source in booked.items()])
        return
    out = console()
    out.print(Text(plain(study.name), style="bold"))
    if not memory:
        out.print(say("study_none", lang))
        return
    out.print(say("study", lang, memory=len(memory), all=len(booked)))
    table = Table(show_edge=False, pad_edge=False, show_lines=True, expand=True)
    for head, ratio in (("field", 32), ("value", 26), ("source", 42)):
        table.add_column(say(head, lang), ratio=ratio, overflow="fold")
    for path, source in memory.items():
        table.add_row(*(Text(plain(cell)) for cell in (path, source.text, source.citation)))
    out.print(table)
    out.print(say("study_then", lang), style="dim")


def _told(source: Source) -> dict[str, str]:
    return {
        "value": source.text,
        "confidence": source.confidence,
        "citation": source.citation,
        "place": str(source.place),
    }


def _print(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
