"""One dated, cited value of the books, and the error raised when there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from parkzero.errors import ParkZeroError

Confidence = Literal["P", "S", "D", "M"]
Status = Literal["in_force", "pilot", "draft", "expired", "analyst"]

CONFIDENCES: dict[str, str] = {
    "P": "seen in the document itself",
    "S": "seen in a secondary source",
    "D": "derived from seen values",
    "M": "from memory, to be checked",
}
STATUSES: tuple[Status, ...] = ("in_force", "pilot", "draft", "expired", "analyst")

_PRICE_YEAR = re.compile(r"^(VND|USD|EUR)(\d{4})(?=/|$)")


class BookError(ParkZeroError, LookupError):
    """The books hold no such value; the message says which keys or dates they do hold."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A value with its validity and its source.

    Attributes:
        key: dotted name, such as ``tariff.manufacturing.22_110kV.peak``.
        value: the number, in ``unit``.
        unit: as text; money of a price year is written ``EUR2025`` or ``USD2019``.
        valid_from: first day on which the value holds; None where it always did.
        valid_to: last day on which it holds; None while no end is known.
        scope: the country, region or customer that it is for.
        document: the decision, circular or publication that states it.
        status: standing of the document.
        confidence: P seen in the document, S seen in a secondary source, D derived, M from memory.
        note: what a user must know besides.
    """

    key: str
    value: float
    unit: str
    valid_from: date | None
    valid_to: date | None
    scope: str
    document: str
    status: Status
    confidence: Confidence
    note: str = ""

    def covers(self, on: date) -> bool:
        """Whether the value holds on this day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    @property
    def validity(self) -> str:
        """The days on which the value holds, in words."""
        if self.valid_from is None and self.valid_to is None:
            return "any date"
        if self.valid_to is None:
            return f"from {self.valid_from}"
        if self.valid_from is None:
            return f"to {self.valid_to}"
        return f"{self.valid_from} to {self.valid_to}"

    @property
    def citation(self) -> str:
        """Document, validity, standing and confidence in one line, for a footnote."""
        document = self.document.split(";")[0]
        standing = self.status.replace("_", " ")
        return f"{document} [{standing}, {self.validity}; {self.confidence}: {CONFIDENCES[self.confidence]}]"

    @property
    def plain_unit(self) -> str:
        """The unit without the price year: ``EUR2025/kW`` becomes ``EUR/kW``."""
        return _PRICE_YEAR.sub(r"\1", self.unit)

    @property
    def price_year(self) -> int | None:
        """The year of whose money the value is, where the unit states one [year]."""
        match = _PRICE_YEAR.match(self.unit)
        return int(match.group(2)) if match else None
