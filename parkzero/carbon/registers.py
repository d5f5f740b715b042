"""Registers of allowances, credits and attributes in one book: entries are checked before they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from parkzero.carbon.attributes import Attributes
from parkzero.carbon.chain import FIRST, Chain, Entry, append, read
from parkzero.carbon.credits import Credits
from parkzero.carbon.ets import Ets
from parkzero.carbon.rules import day_of, refuse
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.texts import listed, say

Rule = Callable[[dict[str, Any], date], None]


@dataclass(slots=True)
class Registers:
    """What a book's entries come to.

    Attributes:
        attributes: of electricity.
        credits: of projects.
        ets: allowances of facilities.
        day: of the last entry.
    """

    attributes: Attributes = field(default_factory=Attributes)
    credits: Credits = field(default_factory=Credits)
    ets: Ets = field(init=False)
    day: date | None = None
    rules: Mapping[str, Rule] = field(init=False)

    def __post_init__(self) -> None:
        self.ets = Ets(self.credits)
        a, c, e = self.attributes, self.credits, self.ets
        self.rules = {
            "eac.device": a.device, "eac.issue": a.issue, "eac.split": a.split, "eac.transfer": a.transfer,
            "eac.claim": a.claim, "eac.retire": a.retire, "eac.charge": a.charge, "eac.discharge":
            a.discharge, "eac.correct": a.correct,
            "credit.project": c.project, "credit.issue": c.issue, "credit.split": c.split,
            "credit.transfer": c.transfer, "credit.retire": c.retire,
            "ets.allocate": e.allocate, "ets.emissions": e.emissions, "ets.transfer": e.transfer,
            "ets.borrow": e.borrow, "ets.offset": e.offset, "ets.surrender": e.surrender,
            "ets.carry_over": e.carry_over, "ets.close": e.close,
        }  # fmt: skip

    def apply(self, entry: Entry) -> None:
        """Take an entry in; nothing changes where it is refused.

        Raises:
            StudyError: with the rule that forbids it.
        """
        kind = entry.get("kind")
        rule = self.rules.get(kind) if isinstance(kind, str) else None
        if rule is None:
            raise refuse(
                "kind", say("is not known"), kind, listed(self.rules), did_you_mean(str(kind), self.rules)
            )
        on = day_of(entry, "day")
        if self.day is not None and on < self.day:
            raise refuse("day", say("is before the last entry"), on, say("{day} or later", day=self.day))
        rule(entry, on)
        self.day = on

    def lost(self) -> dict[str, int]:
        """What each register does not account for; always 0."""
        return {"eac": self.attributes.lost(), "credit": self.credits.lost(), "ets": self.ets.lost()}


@dataclass(slots=True)
class Book:
    """A book on disk with what its entries come to."""

    path: Path
    chain: Chain
    registers: Registers

    def add(self, entries: Iterable[Entry]) -> int:
        """Check entries by the rules and append them; all of them or none.

        Raises:
            StudyError: with the rule that forbids the first that is refused.
        """
        new = [dict(entry) for entry in entries]
        for i, entry in enumerate(new):
            try:
                self.registers.apply(entry)
            except StudyError as error:
                if i:
                    self.registers = replayed(self.chain.entries)
                raise StudyError(
                    [_at(fault, i + 1, len(new)) for fault in error.faults], say("The register")
                ) from None
        self.chain = append(self.path, self.chain, new)
        return len(new)


def _at(fault: Fault, number: int, count: int) -> Fault:
    place = Place(line=number if count > 1 else 0, field=fault.where.field)
    return Fault(place, fault.what, fault.got, fault.needs, fault.hint)


def replayed(entries: Iterable[Entry]) -> Registers:
    """What some entries come to.

    Raises:
        StudyError: when the rules refuse one of them, so that it should not stand there.
    """
    registers = Registers()
    for number, entry in enumerate(entries, 1):
        try:
            registers.apply(entry)
        except StudyError as error:
            faults = [
                Fault(Place(line=number, field=f.where.field), f.what, f.got, f.needs, f.hint)
                for f in error.faults
            ]
            raise StudyError(faults, say("The register")) from None
    return registers


def opened(path: Path, noted: str = "") -> Book:
    """A book, verified from its first entry; an empty one where there is none.

    Raises:
        StudyError: when it was altered, or does not hold the entry whose hash was ``noted``.
    """
    chain = read(path, noted) if noted or path.exists() else Chain((), FIRST)
    return Book(path, chain, replayed(chain.entries))
