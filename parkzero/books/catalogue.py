"""The catalogue of technologies: which rows of the books fill which fields of a kind.

``technologies.csv`` holds dated, cited figures; ``catalogue.csv`` names the technologies that a study may
ask for, with the kind that each is; ``catalogue_fields.csv`` says which figure fills which field. A new
technology is rows in these tables. What a study gives wins, and what a technology lacks the study must give.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from parkzero.books.entry import BookError, Entry
from parkzero.books.library import read_shipped, shipped
from parkzero.errors import did_you_mean


@dataclass(frozen=True, slots=True)
class Filled:
    """One field that a technology fills.

    Attributes:
        field: name of the field, with a dot below a size (``power.capex``).
        key: key of the books that holds its value by year; empty where ``literal`` is the value.
        literal: a word, such as ``extraction``.
    """

    field: str
    key: str
    literal: str = ""

    def entries(self) -> tuple[Entry, ...]:
        """The dated entries behind it; none behind a word."""
        return shipped().series(self.key) if self.key else ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A technology that a study may ask for by name.

    Attributes:
        name: such as ``battery.lfp``.
        kind: kind of component that it is.
        en, vi: what it is called.
        lacks: what the books do not know of it, so that the study must give it.
        fields: what it fills.
    """

    name: str
    kind: str
    en: str
    vi: str
    lacks: str
    fields: tuple[Filled, ...]

    @property
    def years(self) -> tuple[int, int]:
        """First and last year for which all its dated values are known."""
        spans = []
        for filled in self.fields:
            held = [e for e in filled.entries() if e.valid_from is not None]
            if held:
                spans.append((held[0].valid_from.year, held[-1].valid_from.year))  # type: ignore[union-attr]
        return max(s[0] for s in spans), min(s[1] for s in spans)


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Listed]:
    """All technologies by name, in the order of the table."""
    fields: dict[str, list[Filled]] = {}
    for row in csv.DictReader(read_shipped("catalogue_fields.csv").splitlines()):
        fields.setdefault(row["technology"], []).append(Filled(row["field"], row["key"], row["literal"]))
    found = {}
    for row in csv.DictReader(read_shipped("catalogue.csv").splitlines()):
        name = row["technology"]
        found[name] = Listed(
            name, row["kind"], row["en"], row["vi"], row["lacks"], tuple(fields.get(name, ()))
        )
    return found


def listed(name: str) -> Listed:
    """A technology of the catalogue.

    Raises:
        BookError: when the catalogue has none of that name; says what may have been meant.
    """
    known = catalogue()
    if name not in known:
        hint = did_you_mean(name, known) or "parkzero technologies lists them"
        raise BookError(f"the catalogue has no technology {name!r}. {hint}")
    return known[name]
