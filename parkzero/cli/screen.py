"""What the command line shows: consoles, faults, warnings; nothing wider than 100 columns."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from parkzero.errors import Fault, Place, StudyError

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
    count = len(error.faults)
    out.print(Text(f"{plain(error.title)} has {count} fault{'' if count == 1 else 's'}", style="bold red"))
    table = Table(show_edge=False, pad_edge=False, show_lines=True, expand=True)
    table.add_column("where", ratio=34, overflow="fold")
    table.add_column("got", ratio=22, overflow="fold")
    table.add_column("what is wrong, and how to mend it", ratio=44, overflow="fold")
    for fault in error.faults[:_MOST_FAULTS]:
        table.add_row(*(Text(plain(part)) for part in (where(fault.where), fault.got, mend(fault))))
    out.print(table)
    if count > _MOST_FAULTS:
        out.print(f"and {count - _MOST_FAULTS} more; --json gives them all")


def where(place: Place) -> str:
    """A place in up to two lines: the file and cell, and the field."""
    return "\n".join(
        p for p in (str(Place(place.file, place.sheet, place.cell, place.line)), place.field) if p
    )


def mend(fault: Fault) -> str:
    """What is wrong, what would be right, and what to try."""
    text: str = fault.what
    if fault.needs:
        text += f"; needs {fault.needs}"
    if not fault.hint:
        return text
    setting = re.match(r"\w+ = ", fault.hint)  # an option to write into the file keeps its small letter
    hint = f"Try: {fault.hint}" if setting else f"{fault.hint[:1].upper()}{fault.hint[1:]}"
    return f"{text}{'' if text[-1:] in '.?' else '.'} {hint}"


def show_warnings(warnings: Iterable[str]) -> None:
    """Show what a reader should know although it is no fault."""
    out = console()
    for warning in warnings:
        out.print(Text("! ", style="yellow") + Text(plain(warning)))


def say_error(message: str) -> None:
    """Say something on the error stream."""
    console(error=True).print(Text(plain(message), style="red"))
