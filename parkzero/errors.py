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

from parkzero.texts import NOTHING, Lang, Text, counted, in_words, joined, say, spoken


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: a file, and within it a sheet and cell, a line, or a field."""

    file: str = ""
    sheet: str = ""
    cell: str = ""
    line: int = 0
    field: str = ""

    def text(self) -> Text:
        """The place in words."""
        parts: list[str] = [self.file] if self.file else []
        if self.sheet:
            parts.append(say("sheet {name}", name=self.sheet))
        if self.cell:
            parts.append(say("cell {name}", name=self.cell))
        if self.line:
            parts.append(say("line {number}", number=self.line))
        if self.field:
            parts.append(self.field)
        return joined(parts)

    def __str__(self) -> str:
        return self.text().of(spoken())


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
    what: Text
    got: str = ""
    needs: Text = NOTHING
    hint: Text = NOTHING

    def text(self) -> Text:
        """The whole fault in one sentence."""
        where = self.where.text()
        parts: list[str] = [say("{where}: {what}", where=where, what=self.what) if where else self.what]
        if self.got:
            parts.append(say(" (got {value})", value=self.got))
        if self.needs:
            parts.append(say("; needs {needs}", needs=self.needs))
        if self.hint:
            parts.append(say(". Try: {hint}", hint=self.hint))
        return joined(parts, "")

    def __str__(self) -> str:
        return self.text().of(spoken())


class ParkZeroError(Exception):
    """Base of all errors that ParkZero raises on purpose; its message is told in the language spoken."""

    exit_code = 1

    def of(self, lang: Lang) -> str:
        """The message in one language."""
        return " ".join(in_words(part, lang) for part in self.args)

    def __str__(self) -> str:
        return self.of(spoken())


class StudyError(ParkZeroError):
    """The study has faults; all of them are in ``faults``.

    ``language`` is the one in which the study asks to be spoken of, where it says so.
    """

    exit_code = 2

    def __init__(
        self, faults: Iterable[Fault], title: str = say("The study"), language: object = None
    ) -> None:
        self.faults = tuple(faults)
        self.language = language
        self.title = title
        super().__init__(joined([self.heading(), *(indented(fault.text()) for fault in self.faults)], "\n"))

    def heading(self) -> Text:
        """How many faults what was read has."""
        count = len(self.faults)
        return counted("{title} has {count} faults", count, one="{title} has 1 fault", title=self.title)


class InfeasibleError(ParkZeroError):
    """No plan satisfies the study; ``conflict`` names what cannot hold together."""

    exit_code = 3

    def __init__(self, message: str, conflict: Iterable[str] = ()) -> None:
        self.conflict = tuple(conflict)
        super().__init__(joined([message, *(indented(line) for line in self.conflict)], "\n"))


def indented(line: str) -> Text:
    """A line below a heading."""
    return joined(["  ", line], "")


class StoppedError(ParkZeroError):
    """Planning stopped before the tolerance was reached."""

    exit_code = 4


class MemoryShortError(ParkZeroError):
    """There is not enough memory for a plan."""


class SolverError(ParkZeroError):
    """The solver ended in a way that is no answer; never shown as a plan."""


class UnitError(ParkZeroError):
    """Two quantities whose units do not go together met while a model was built."""


def did_you_mean(word: str, known: Iterable[str]) -> Text:
    """Return "Did you mean x?" for the known word nearest to ``word``, or an empty text."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return say("Did you mean {word}?", word=near[0]) if near else NOTHING
