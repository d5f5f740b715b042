"""The command register: a book of allowances, credits and attributes of electricity."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table
from rich.text import Text

from parkzero.carbon.registers import Book, opened
from parkzero.cli.plan_words import number
from parkzero.cli.screen import console, plain
from parkzero.cli.speech import LangOption
from parkzero.errors import Fault, Place, StudyError
from parkzero.tables import decode_safely, read_bytes_safely
from parkzero.texts import Lang, say, spoken

_WHOLE = frozenset(
    [
        "kwh",
        "kw",
        "efficiency",
        "tonnes",
        "year",
        "direct",
        "indirect",
        "baseline_t",
        "emitted_t",
        "leaked_t",
        "scope",
    ]
)
_FLAGS = {"true": True, "false": False, "yes": True, "no": False}
_FLAG_FIELDS = frozenset(["mandated", "abroad", "corrects"])


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("register")(keep)


def keep(
    book: Annotated[Path, typer.Argument(help="Book of entries; made by the first entry.")],
    kind: Annotated[
        str, typer.Argument(help="Kind of the entry to add, such as eac.issue.", metavar="[KIND]")
    ] = "",
    fields: Annotated[
        list[str] | None, typer.Argument(help="Its fields, such as kwh=8000.", metavar="[FIELD=VALUE]…")
    ] = None,
    day: Annotated[str, typer.Option(help="Day of the entry; today without it.", metavar="DATE")] = "",
    many: Annotated[
        Path | None,
        typer.Option("--from", help="CSV file of entries with the columns kind, day and their fields."),
    ] = None,
    head: Annotated[
        str, typer.Option(help="A head noted earlier: it must stand in the book, or its end is cut off.")
    ] = "",
    last: Annotated[int, typer.Option("--last", min=0, help="Show so many of the last entries.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """Keep a register: add entries, verify them all, show what each holds.

    Examples:
        parkzero register book.jsonl eac.device device=pv1 kw=10000

        parkzero register book.jsonl eac.issue device=pv1 hour=2026-05-01T10 kwh=8000 owner=t1 lot=a

        parkzero register book.jsonl                       verify and show

        parkzero register book.jsonl --head 15b8e1c0abf11c2b
    """
    told = spoken()
    if not kind and many is None and not book.exists():
        raise StudyError([Fault(Place(str(book)), say("is not there"))], say("The register"))
    held = opened(book, head)
    new = _entries(many) if many is not None else []
    if kind:
        new.append(_entry(kind, fields or [], day or date.today().isoformat()))
    if new:
        held.add(new)
    if as_json:
        print(json.dumps(plain_of(held, last), ensure_ascii=False, indent=2))
        return
    out = console()
    count = len(held.chain.entries)
    out.print(
        Text(
            say("{count} entries, all verified; head {head}", count=count, head=held.chain.head[:16]).of(told)
        )
    )
    _show(held, told)
    for entry in held.chain.entries[count - last :] if last else ():
        out.print(Text(plain(json.dumps(entry, ensure_ascii=False))))


def _entry(kind: str, given: list[str], day: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": kind, "day": day}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            needs = say("a field and its value, such as kwh=8000")
            raise StudyError([Fault(Place(), say("is no field"), text, needs)], say("The register"))
        entry[name] = _value(name, value)
    return entry


def _value(name: str, text: str) -> str | int | bool:
    plain_text = text.strip()
    if name in _FLAG_FIELDS and plain_text.lower() in _FLAGS:
        return _FLAGS[plain_text.lower()]
    if name in _WHOLE and plain_text.lstrip("-").isdecimal() and plain_text.isascii():
        return int(plain_text)
    return plain_text


def _entries(path: Path) -> list[dict[str, Any]]:
    text, _ = decode_safely(read_bytes_safely(path), path.name)
    rows = csv.DictReader(io.StringIO(text))
    if not rows.fieldnames or "kind" not in rows.fieldnames or "day" not in rows.fieldnames:
        fault = Fault(
            Place(path.name),
            say("lacks a column"),
            ", ".join(rows.fieldnames or ()),
            say("kind, day and fields"),
        )
        raise StudyError([fault], say("The register"))
    return [{name: _value(name, value) for name, value in row.items() if name and value} for row in rows]


def plain_of(book: Book, last: int = 0) -> dict[str, Any]:
    """A register as JSON."""
    held = book.registers
    count = len(book.chain.entries)
    return {
        "entries": count,
        "head": book.chain.head,
        "lost": held.lost(),
        "ets": {
            name: {
                "allocation": a.allocation,
                "direct": sum(a.direct.values()),
                "held": a.held,
                "borrowed": a.borrowed,
                "offset": a.offset,
                "surrendered": a.surrendered,
                "carried": a.carried,
                "due": a.due,
                "owed": a.owed,
            }
            for name, a in held.ets.accounts.items()
        },
        "past": [
            {"facility": name, "short": a.short, "cancelled": a.cancelled, "carried": a.carried}
            for name, a in held.ets.past
        ],
        "credits": {
            name: {
                "project": b.project,
                "owner": b.owner,
                "tonnes": b.tonnes,
                "state": b.state,
                "purpose": b.purpose,
            }
            for name, b in held.credits.batches.items()
        },
        "lots": {
            name: {
                "device": b.device,
                "hour": b.hour,
                "owner": b.owner,
                "kwh": b.kwh,
                "claim": b.claim,
                "state": b.state,
            }
            for name, b in held.attributes.lots.items()
        },
        "last": list(book.chain.entries[count - last :]) if last else [],
    }


def _shown(title: str, heads: tuple[str, ...], rows: list[tuple[object, ...]], lang: Lang) -> None:
    """A table of the register; nothing where it is empty."""
    from parkzero.report.words import say as word

    if not rows:
        return
    out = console()
    table = Table(
        show_edge=False, pad_edge=False, title=word(f"register.{title}").of(lang), title_justify="left"
    )
    for head, cell in zip(heads, rows[0], strict=True):
        side: Literal["left", "right"] = "right" if isinstance(cell, int) else "left"
        table.add_column(word(f"register.{head}").of(lang), justify=side, overflow="fold")
    for row in rows[:40]:
        table.add_row(*(number(c, lang) if isinstance(c, int) else plain(str(c)) for c in row))
    out.print(table)
    if len(rows) > 40:
        out.print(Text(word("compare.more", count=str(len(rows) - 40)).of(lang), style="dim"))


def _show(book: Book, lang: Lang) -> None:
    from parkzero.report.words import say as word

    held = book.registers
    _shown(
        "ets",
        ("facility", "allocation", "direct", "held", "borrowed", "offset", "surrendered", "due", "owed"),
        [
            (
                n,
                a.allocation,
                sum(a.direct.values()),
                a.held,
                a.borrowed,
                a.offset,
                a.surrendered,
                max(a.due, 0),
                a.owed,
            )
            for n, a in held.ets.accounts.items()
        ],
        lang,
    )
    _shown(
        "credits",
        ("batch", "project", "owner", "tonnes", "state"),
        [
            (n, b.project, b.owner, b.tonnes, word(f"register.states.{b.state}").of(lang))
            for n, b in held.credits.batches.items()
            if b.state != "split"
        ],
        lang,
    )
    _shown(
        "lots",
        ("lot", "device", "hour", "owner", "kwh", "claim", "state"),
        [
            (
                n,
                b.device,
                b.hour,
                b.owner,
                b.kwh,
                word(f"register.claims.{b.claim or 'none'}").of(lang),
                word(f"register.states.{b.state}").of(lang),
            )
            for n, b in held.attributes.lots.items()
            if b.state != "split"
        ],
        lang,
    )
