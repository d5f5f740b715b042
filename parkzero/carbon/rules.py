"""Refusals that quote the rule: from the dated rows of the books, and from the matrix of claims."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from parkzero import books
from parkzero.books import BookError
from parkzero.books.vietnamese import cited
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import NOTHING, Both, Text, say


def refuse(
    field: str, what: Text, got: object = "", needs: Text = NOTHING, rule: Text = NOTHING
) -> StudyError:
    """A refusal of an entry, with the rule that forbids it."""
    return StudyError([Fault(Place(field=field), what, str(got), needs, rule)], say("The register"))


def quoted(key: str, on: date) -> Text:
    """What the rule of a key says on a day, with its document."""
    try:
        row = books.statement(key, on)
    except BookError:
        row = books.shipped().statements[key][-1]
    text = Both(row.text_vi or row.text, row.text)
    name = ", ".join(part for part in (row.document or row.seen_in, row.article) if part)
    return say("{document}: {text}", document=cited(name), text=text)


def limit(key: str, on: date) -> tuple[float, Text]:
    """A limit of the books on a day, with its document."""
    row = books.find(key, on)
    return row.value, say(
        "{document} {article}: at most {value:g} {unit}",
        document=cited(row.document),
        article=cited(row.article),
        value=row.value,
        unit=row.unit,
    )


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a megawatt-hour that serves one claim cannot serve another.

    Attributes:
        held, asked: the claims.
        document: the rule.
        text: what it says.
        confidence: P, S, D or M.
    """

    held: str
    asked: str
    document: str
    text: Both
    confidence: str

    def told(self) -> Text:
        """The rule in a sentence."""
        return say("{document}: {text}", document=self.document, text=self.text)


CLAIMS = ("dppa", "irec", "self", "credit")
"""What a megawatt-hour may serve: a DPPA's attribute, an I-REC, a claim of own use, a project's credit."""


@lru_cache(maxsize=1)
def exclusions() -> dict[tuple[str, str], Exclusion]:
    """The matrix of claims: for each pair the rule that forbids the second after the first."""
    text = (files("parkzero.carbon") / "exclusions.csv").read_text(encoding="utf-8")
    found: dict[tuple[str, str], Exclusion] = {}
    for row in csv.DictReader(text.splitlines()):
        one = Exclusion(
            row["held"], row["asked"], row["document"], Both(row["vi"], row["en"]), row["confidence"]
        )
        found[one.held, one.asked] = one
    return found


def whole(fields: dict[str, Any], name: str, least: int = 1) -> int:
    """A whole number of an entry.

    Raises:
        StudyError: when it is none, or below the least.
    """
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 10**15:
        raise refuse(name, say("is no whole number that can be"), value, say("{low:g} or more", low=least))
    return value


def word(fields: dict[str, Any], name: str) -> str:
    """A name in an entry.

    Raises:
        StudyError: when it is empty or no text.
    """
    value = fields.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise refuse(name, say("is empty"), value or "")
    return value


def day_of(fields: dict[str, Any], name: str) -> date:
    """A day in an entry.

    Raises:
        StudyError: when it is none.
    """
    try:
        return date.fromisoformat(str(fields.get(name)))
    except ValueError:
        raise refuse(name, say("is not a date"), fields.get(name), say("a date such as 2026-06-30")) from None
