"""Incentives as dated rules: what may be claimed, for what, and until when.

``incentives.csv`` says what a rule is paid for and how it phases out; its amount is a dated, cited row of the
books under ``key``. A rule without steps holds while that row does. A new law is a new row, or a new end.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, cast

from parkzero.books.entry import BookError, Entry
from parkzero.books.library import read_shipped, shipped
from parkzero.errors import did_you_mean

Form = Literal["grant", "generated", "unit", "fee", "holiday"]


@dataclass(frozen=True, slots=True)
class Incentive:
    """A rule.

    Attributes:
        rule: its id.
        form: grant (share of an investment), generated (money a megawatt-hour made), unit (money a unit of
            the claimant's own products), fee (a fee not paid), holiday (of income tax).
        key: of the books, under which its amount stands.
        currency: of the amount; empty for shares.
        unit: what is counted.
        factor: from the amount of the books to money a unit.
        kinds: of assets that may claim it; any where empty.
        delay: years from the claim to the money.
        steps: part of the amount from a year on, or the years of a holiday.
        span: years for which what is made is paid for; 0 where that is not limited.
        statement: key of what the law says in words; empty where the amount says all.
        en, vi: what it is called.
    """

    rule: str
    form: Form
    key: str
    currency: str
    unit: str
    factor: float
    kinds: tuple[str, ...]
    delay: int
    steps: Mapping[str, float]
    span: int
    statement: str
    en: str
    vi: str

    @property
    def entry(self) -> Entry:
        """The latest row of the books with its amount."""
        return shipped().series(self.key)[-1]

    @property
    def amount(self) -> float:
        """Share of an investment, or money a unit."""
        entry = self.entry
        return entry.value / 100 if entry.unit == "%" else entry.value * self.factor

    def part(self, year: int) -> float:
        """What of the amount is granted for a year, 0 to 1: years that are not wholly covered have none."""
        if self.steps and self.form != "holiday":
            begun = [int(y) for y in self.steps if int(y) <= year]
            return self.steps[str(max(begun))] if begun else 0.0
        held = shipped().series(self.key)
        whole = any(e.covers(date(year, 1, 1)) and e.covers(date(year, 12, 31)) for e in held)
        return 1.0 if whole else 0.0

    @property
    def citation(self) -> str:
        """Document and words behind it."""
        said = shipped().statements.get(self.statement)
        return "; ".join([self.entry.citation, *([said[-1].citation] if said else [])])


@lru_cache(maxsize=1)
def incentives() -> dict[str, Incentive]:
    """All rules by id."""
    found = {}
    for row in csv.DictReader(read_shipped("incentives.csv").splitlines()):
        steps = dict(step.split("=") for step in row["steps"].split(";") if step)
        found[row["rule"]] = Incentive(
            row["rule"], cast(Form, row["form"]), row["key"], row["currency"], row["unit"],
            float(row["factor"] or 1), tuple(row["kinds"].split()), int(row["delay"] or 0),
            {key: float(value) for key, value in steps.items()},
            round(shipped().series(row["span"])[-1].value) if row["span"] else 0, row["statement"],
            row["en"], row["vi"],
        )  # fmt: skip
    return found


def incentive(rule: str) -> Incentive:
    """A rule by id.

    Raises:
        BookError: when the books have none of that name; says what may have been meant.
    """
    known = incentives()
    if rule not in known:
        raise BookError(f"the books have no incentive {rule!r}. {did_you_mean(rule, known)}".rstrip())
    return known[rule]
