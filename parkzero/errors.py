"""Errors that tell the person who can mend them what to do.

Every fault says what is wrong, where, what was got, what is needed and what to try. Readers collect
all faults and raise them together, so that a user mends a study in one go rather than one by one.

Exit codes of the command line: 0 ok, 2 study faults, 3 infeasible, 4 stopped before the tolerance,
1 our own fault.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: a file, and within it a sheet and cell, a line, or a field."""

    file: str = ""
    sheet: str = ""
    cell: str = ""
    line: int = 0
    field: str = ""

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.cell:
            parts.append(f"cell {self.cell}")
        if self.line:
            parts.append(f"line {self.line}")
        if self.field:
            parts.append(self.field)
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in the input, in the user's nouns.

    Attributes:
        where: the place of the value.
        what: what is wrong, as the end of a sentence ("has no unit").
        got: the value found, as text; empty when nothing was found.
        needs: what would be right.
        hint: what to try.
    """

    where: Place
    what: str
    got: str = ""
    needs: str = ""
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if str(self.where) else self.what
        if self.got:
            text += f" (got {self.got})"
        if self.needs:
            text += f"; needs {self.needs}"
        if self.hint:
            text += f". Try: {self.hint}"
        return text


class ParkZeroError(Exception):
    """Base of all errors that ParkZero raises on purpose."""

    exit_code = 1


class StudyError(ParkZeroError):
    """The study has faults; all of them are in ``faults``."""

    exit_code = 2

    def __init__(self, faults: Iterable[Fault], title: str = "The study") -> None:
        self.faults = tuple(faults)
        self.title = title
        count = len(self.faults)
        heading = f"{title} has {count} fault{'' if count == 1 else 's'}"
        super().__init__("\n".join([heading, *(f"  {fault}" for fault in self.faults)]))


class InfeasibleError(ParkZeroError):
    """No plan satisfies the study; ``conflict`` names what cannot hold together."""

    exit_code = 3

    def __init__(self, message: str, conflict: Iterable[str] = ()) -> None:
        self.conflict = tuple(conflict)
        super().__init__("\n".join([message, *(f"  {line}" for line in self.conflict)]))


class StoppedError(ParkZeroError):
    """Planning stopped before the tolerance was reached."""

    exit_code = 4


class SolverError(ParkZeroError):
    """The solver ended in a way that is no answer; never shown as a plan."""


class UnitError(ParkZeroError):
    """Two quantities whose units do not go together met while a model was built."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean x?" for the known word nearest to ``word``, or an empty string."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else ""
