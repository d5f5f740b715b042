"""One dated, cited value or statement of the books, and the error raised when there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from parkzero.errors import ParkZeroError
from parkzero.texts import say

Confidence = Literal["P", "S", "D", "M"]
Standing = Literal["law", "official", "pilot", "draft", "issued", "analyst"]
State = Literal["upcoming", "in_force", "ended", "pilot", "draft", "issued", "analyst"]

CONFIDENCES: dict[str, str] = {
    "P": "seen in the document itself",
    "S": "seen in a secondary source",
    "D": "derived from seen values",
    "M": "from memory, to be checked",
}
STANDINGS: dict[str, str] = {
    "law": "law, decree, decision or circular that binds while it holds",
    "official": "published by an authority without being law",
    "pilot": "applied on trial",
    "draft": "a draft",
    "issued": "issued, not yet applied",
    "analyst": "an estimate that no authority has issued",
}
# What is said of a standing beside the dates; law and official papers need no word.
_SPOKEN = {
    "pilot": "pilot, ",
    "draft": "draft, ",
    "issued": "issued, not yet applied, ",
    "analyst": "analyst, ",
}
# Units that pint does not know, and the same in units that it does.
_PINT = {"L/100km": "cL/km", "toe/1000m^3": "toe/dam^3"}
_EACH = re.compile(r"/(?:vehicle|charger)\b")
_PRICE_YEAR = re.compile(r"^(VND|USD|EUR)(\d{4})(?=/|$)")


class BookError(ParkZeroError, LookupError):
    """The books hold no such value; the message says which keys or dates they do hold."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What every row of the books says, whatever it states.

    Attributes:
        key: dotted name, such as ``tariff.manufacturing.22_110kV.peak``.
        valid_from: first day on which it holds; None where it always did.
        valid_to: last day on which it holds; None while no end is known.
        scope: the country, region or customer that it is for.
        document: the decision, circular or publication that states it, by number and date; empty where
            none is known.
        article: where in the document.
        seen_in: through what it was seen, where not in the document itself.
        standing: standing of the document, one of ``STANDINGS``. Whether it is in force follows from the
            dates, see :meth:`state`.
        confidence: P seen in the document, S seen in a secondary source, D derived, M from memory.
        note: what a user must know besides.
    """

    key: str
    valid_from: date | None
    valid_to: date | None
    scope: str
    document: str
    article: str = ""
    seen_in: str = ""
    standing: Standing = "law"
    confidence: Confidence = "S"
    note: str = ""

    def covers(self, on: date) -> bool:
        """Whether it holds on this day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    def state(self, on: date) -> State:
        """How it stands on a day: not yet or no longer valid, in force, or what its document is."""
        if self.valid_from is not None and on < self.valid_from:
            return "upcoming"
        if self.valid_to is not None and self.valid_to < on:
            return "ended"
        return "in_force" if self.standing == "law" or self.standing == "official" else self.standing

    @property
    def validity(self) -> str:
        """The days on which it holds, in words."""
        if self.valid_from is None and self.valid_to is None:
            return say("any date")
        if self.valid_to is None:
            return say("from {day:%Y-%m-%d}", day=self.valid_from)
        if self.valid_from is None:
            return say("to {day:%Y-%m-%d}", day=self.valid_to)
        return say("{first:%Y-%m-%d} to {last:%Y-%m-%d}", first=self.valid_from, last=self.valid_to)

    @property
    def source(self) -> str:
        """The document with the place in it; where no document is known, through what it was seen."""
        if not self.document:
            return f"no document known ({self.seen_in})"
        return ", ".join(part for part in (self.document, self.article) if part)

    @property
    def citation(self) -> str:
        """Document, place, standing, validity and confidence in one line, for a footnote."""
        standing = _SPOKEN.get(self.standing, "")
        return f"{self.source} [{standing}{self.validity}; {self.confidence}: {CONFIDENCES[self.confidence]}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Dated):
    """A number with its validity and its source.

    Attributes:
        value: the number, in ``unit``.
        unit: as text; money of a price year is written ``EUR2025`` or ``USD2019``.
        formula: how a derived value follows from others; :func:`parkzero.books.formula.evaluate` reads it.
    """

    value: float
    unit: str
    formula: str = ""

    @property
    def plain_unit(self) -> str:
        """The unit without the price year: ``EUR2025/kW`` becomes ``EUR/kW``."""
        return _PRICE_YEAR.sub(r"\1", self.unit)

    @property
    def pint_unit(self) -> str:
        """The unit as the registry of :mod:`parkzero.units` reads it; jobs are not counted.

        ``L/100km`` becomes ``cL/km``, ``job/MW`` becomes ``1/MW``, ``EUR2025/vehicle`` becomes ``EUR/piece``.
        """
        plain = self.plain_unit.replace("job*", "").replace("job/", "1/")
        return _PINT.get(self.unit, _EACH.sub("/piece", plain))

    @property
    def price_year(self) -> int | None:
        """The year of whose money the value is, where the unit states one [year]."""
        match = _PRICE_YEAR.match(self.unit)
        return int(match.group(2)) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Dated):
    """A rule in words, with its validity and its source.

    Attributes:
        text: the rule in English.
        text_vi: the rule in Vietnamese; empty where it is a name or a date.
    """

    text: str
    text_vi: str = ""

    def said(self, language: str) -> str:
        """The rule in a language, ``vi`` or ``en``."""
        return self.text_vi or self.text if language == "vi" else self.text
