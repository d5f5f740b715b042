"""What the command line shows: consoles, faults, warnings; nothing wider than 100 columns."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import Lang, in_words, say, spoken

WIDTH = 100
_MOST_FAULTS = 200


def console(error: bool = False) -> Console:
    """A console of at most 100 columns; the full width where output goes into a file or a pipe."""
    made = Console(stderr=error, highlight=False, soft_wrap=False)
    wide = made.width if made.is_terminal or os.environ.get("COLUMNS", "").isdigit() else WIDTH
    made.width = max(40, min(wide, WIDTH))
    return made


def plain(text: str) -> str:
    """Text from a file, without characters that would steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)


def show_faults(error: StudyError) -> None:
    """Show all faults of a study: where, what was found, what is wrong and how to mend it."""
    out = console(error=True)
    count, lang = len(error.faults), spoken()
    out.print(Text(plain(error.heading().of(lang)), style="bold red"))
    table = Table(show_edge=False, pad_edge=False, show_lines=True, expand=True)
    table.add_column(say("screen.where").of(lang), ratio=34, overflow="fold")
    table.add_column(say("screen.got").of(lang), ratio=22, overflow="fold")
    table.add_column(say("what is wrong, and how to mend it").of(lang), ratio=44, overflow="fold")
    for fault in error.faults[:_MOST_FAULTS]:
        table.add_row(
            *(
                Text(plain(part))
                for part in (where(fault.where), in_words(fault.got, lang), mend(fault, lang))
            )
        )
    out.print(table)
    if count > _MOST_FAULTS:
        out.print(say("and {count} more; --json gives them all", count=count - _MOST_FAULTS).of(lang))


def where(place: Place) -> str:
    """A place in up to two lines: the file and cell, and the field."""
    return "\n".join(
        p for p in (str(Place(place.file, place.sheet, place.cell, place.line)), place.field) if p
    )


def mend(fault: Fault, lang: Lang) -> str:
    """What is wrong, what would be right, and what to try."""
    text = fault.what.of(lang)
    if fault.needs:
        text += say("; needs {needs}", needs=fault.needs).of(lang)
    if not fault.hint:
        return text
    setting = re.match(r"\w+ = ", fault.hint)  # an option to write into the file keeps its small letter
    hint = fault.hint.of(lang)
    hint = say("Try: {hint}", hint=fault.hint).of(lang) if setting else f"{hint[:1].upper()}{hint[1:]}"
    return f"{text}{'' if text[-1:] in '.?' else '.'} {hint}"


def show_warnings(warnings: Iterable[str]) -> None:
    """Show what a reader should know although it is no fault."""
    out = console()
    for warning in warnings:
        out.print(Text("! ", style="yellow") + Text(plain(in_words(warning, spoken()))))


def say_error(message: str) -> None:
    """Say something on the error stream."""
    console(error=True).print(Text(plain(message), style="red"))
