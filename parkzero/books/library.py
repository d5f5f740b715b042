"""The shelf: the tables of the books, checked row by row, found by key and date."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from typing import TypeVar

from parkzero.books.entry import BookError, Dated, Entry, Statement
from parkzero.books.formula import evaluate
from parkzero.books.rows import read_entry, read_rows, read_statement
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.texts import joined, say

D = TypeVar("D", bound=Dated)

TABLES: dict[str, tuple[str, ...]] = {
    "tariffs": ("tariff", "tariff_structure_2025", "tariff_two_part_pilot", "power_factor"),
    "tou": ("tou",),
    "grid_factors": ("grid_ef", "grid"),
    "technologies": ("tech",),
    "measures": ("ee",),
    "fuels": ("fuel", "gwp100"),
    "processes": ("process", "waste", "benchmark", "refrigerant", "sf6"),
    "rules": (
        "rooftop", "dppa", "ceiling", "evn_proposal_2026", "cit", "depreciation", "finance", "market", "fx",
    ),
    "carbon_rules": ("ghg", "ets", "toe", "energy", "ndc", "vneep3", "green_growth", "cop28"),
    "cbam": ("cbam",),
    "eip": ("eip", "park"),
    "fleet": ("fleet", "incentive"),
    "benefits": ("air", "water", "jobs", "wage", "land"),
    "power_plan": ("pdp8", "grid_plan", "system"),
    "hai_phong": ("hp", "site", "climate", "solar", "typhoon", "wind_load", "sea_level_rise"),
    "statements": (),
}  # fmt: skip
"""The shipped tables, each with the first words of its keys; statements belong to any of them."""

_TABLE_OF = {head: name for name, heads in TABLES.items() for head in heads}


def read_shipped(name: str) -> str:
    """Text of one of the shipped CSV files."""
    return resources.files("parkzero.books").joinpath("data", name).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Library:
    """Entries by key, each key's in order of date and without overlap, and statements likewise.

    Attributes:
        by_key: the entries of each key.
        statements: the statements of each key.
    """

    by_key: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    statements: Mapping[str, tuple[Statement, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> Library:
        """Read CSV texts by file name.

        Raises:
            StudyError: with all faults of all rows, two rows of a key that overlap included.
        """
        faults: list[Fault] = []
        entries: list[tuple[Place, Entry]] = []
        statements: list[tuple[Place, Statement]] = []
        for name, text in texts.items():
            rows, found = read_rows(name, text)
            faults += found
            for place, row in rows:
                if "value" in row:
                    entry, found = read_entry(place, row)
                    entries += [(place, entry)] if entry else []
                else:
                    statement, found = read_statement(place, row)
                    statements += [(place, statement)] if statement else []
                faults += found
        numbers, words = _ordered(entries, faults), _ordered(statements, faults)
        if faults:
            raise StudyError(faults, say("The reference data"))
        return cls(numbers, words)

    def series(self, key: str) -> tuple[Entry, ...]:
        """All entries of one key, in order of date.

        Raises:
            BookError: if the books do not know the key; says what may have been meant.
        """
        if key not in self.by_key:
            raise BookError(f"the books have no entry {key!r}. {self._suggest(key)}".rstrip())
        return self.by_key[key]

    def find(self, key: str, on: date) -> Entry:
        """The entry of a key that holds on a day.

        Raises:
            BookError: if the key is not known or has no value on that day; says which dates exist.
        """
        return _holding(key, self.series(key), on)

    def statement(self, key: str, on: date) -> Statement:
        """The statement of a key that holds on a day.

        Raises:
            BookError: as :meth:`find`.
        """
        if key not in self.statements:
            hint = did_you_mean(key, self.statements)
            raise BookError(f"the books have no statement {key!r}. {hint}".rstrip())
        return _holding(key, self.statements[key], on)

    def entries(self, prefix: str) -> tuple[Entry, ...]:
        """All entries whose key is ``prefix`` or stands below it; an empty prefix gives all."""
        return tuple(e for key, held in self.by_key.items() if _under(key, prefix) for e in held)

    def all_statements(self, prefix: str) -> tuple[Statement, ...]:
        """All statements whose key is ``prefix`` or stands below it; an empty prefix gives all."""
        return tuple(s for key, held in self.statements.items() if _under(key, prefix) for s in held)

    def recomputed(self, entry: Entry) -> float | None:
        """Value of an entry's formula on the day on which it begins; None where it has none.

        Raises:
            BookError: if the formula cannot be read, or names a row that there is not.
        """
        if not entry.formula:
            return None
        day = entry.valid_from or entry.valid_to or date.min
        return evaluate(entry.formula, day, lambda key, on: self.find(key, on).value)

    def _suggest(self, key: str) -> str:
        near = did_you_mean(key, self.by_key)
        if near:
            return near
        heads = sorted({known.split(".")[0] for known in self.by_key})
        return f"Keys begin with {', '.join(heads)}"


def _under(key: str, prefix: str) -> bool:
    return not prefix or key == prefix or key.startswith(prefix if prefix.endswith(".") else prefix + ".")


def _holding(key: str, held: Sequence[D], on: date) -> D:
    """The one of a key's rows that holds on a day."""
    day = on.date() if isinstance(on, datetime) else on
    for row in held:
        if row.covers(day):
            return row
    dates = joined(row.validity for row in held)
    if held[0].valid_from is not None and day < held[0].valid_from:
        what = say(
            "{key} has no value on {day}, before the first; the books hold it for {dates}",
            key=key,
            day=day,
            dates=dates,
        )
    elif held[-1].valid_to is not None and held[-1].valid_to < day:
        what = say(
            "{key} has no value on {day}, after the last: give a value of your own, or name an earlier day"
            " by on; the books hold it for {dates}",
            key=key,
            day=day,
            dates=dates,
        )
    else:
        what = say(
            "{key} has no value on {day}, in a gap; the books hold it for {dates}",
            key=key,
            day=day,
            dates=dates,
        )
    raise BookError(what)


def _ordered(pairs: Iterable[tuple[Place, D]], faults: list[Fault]) -> dict[str, tuple[D, ...]]:
    """Rows by key in order of their start; those that hold on a day on which one before does are faults."""
    placed: dict[str, list[tuple[Place, D]]] = {}
    for place, row in pairs:
        placed.setdefault(row.key, []).append((place, row))
    for of_key in placed.values():
        of_key.sort(key=lambda pair: pair[1].valid_from or date.min)
        for (_, before), (place, row) in itertools.pairwise(of_key):
            if before.valid_to is None or (row.valid_from or date.min) <= before.valid_to:
                what = say(
                    "{name} overlaps the row that holds {validity}", name=row.key, validity=before.validity
                )
                needs, hint = say("one value a day"), say("end the older row the day before the newer begins")
                faults.append(Fault(place, what, row.validity, needs, hint))
    return {key: tuple(row for _, row in placed[key]) for key in sorted(placed)}


@lru_cache(maxsize=len(TABLES))
def shelf(name: str) -> Library:
    """One of the shipped tables by name."""
    return Library.read({f"{name}.csv": read_shipped(f"{name}.csv")})


@lru_cache(maxsize=1)
def shipped() -> Library:
    """The whole library that ParkZero ships."""
    shelves = [shelf(name) for name in TABLES]
    by_key = {key: held for one in shelves for key, held in one.by_key.items()}
    return Library(dict(sorted(by_key.items())), shelf("statements").statements)


def shelf_of(key: str) -> Library:
    """The table to which a key belongs by its first word; the whole library where none has that word."""
    name = _TABLE_OF.get(key.split(".")[0])
    return shipped() if name is None else shelf(name)


def find(key: str, on: date) -> Entry:
    """The shipped entry of a key that holds on a day.

    Args:
        key: dotted name, such as ``tariff.vat``.
        on: the day.

    Raises:
        BookError: if the key is not known or has no value on that day; says which dates exist.
    """
    return shelf_of(key).find(key, on)


def statement(key: str, on: date) -> Statement:
    """The shipped statement of a key that holds on a day.

    Args:
        key: dotted name, such as ``ets.scope``.
        on: the day.

    Raises:
        BookError: if the key is not known or has no statement on that day; says which dates exist.
    """
    return shelf("statements").statement(key, on)


def entries(prefix: str) -> tuple[Entry, ...]:
    """All shipped entries whose key is ``prefix`` or stands below it, in order of key and date."""
    return shelf_of(prefix).entries(prefix)
