"""All co-benefits of a run, and their value in money where a cited, dated cost is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from parkzero.benefits.air import POLLUTANTS, air, unknown_fuels
from parkzero.benefits.jobs import jobs
from parkzero.benefits.lines import table
from parkzero.benefits.water import water
from parkzero.errors import Fault, Place, StudyError
from parkzero.results.results import Results
from parkzero.tables import read_csv_safely
from parkzero.texts import data, listed, say
from parkzero.written_numbers import to_float

DAMAGES = ("pollutant", "value", "currency", "document", "date")


@dataclass(frozen=True, slots=True)
class Damage:
    """What a kilogramme of a pollutant costs society, and who says so."""

    pollutant: str
    value: float
    currency: str
    document: str
    day: date


@dataclass(frozen=True, slots=True)
class Benefits:
    """Co-benefits of a run.

    Attributes:
        lines: by year, owner and technology.
        unknown: assets whose fuel has no class, and which are not counted.
        damages: cited costs; empty where none is given, and then nothing is told in money.
    """

    lines: pl.DataFrame
    unknown: tuple[str, ...]
    damages: tuple[Damage, ...]

    def total(self, what: str, year: int, place: str = "") -> float:
        """Sum of one kind of benefit in a year."""
        held = self.lines.filter((pl.col("what") == what) & (pl.col("year") == year))
        return float((held.filter(pl.col("place") == place) if place else held)["amount"].sum())

    def worth(self, year: int) -> dict[str, float]:
        """Damage avoided in a year by currency [money]; nothing where no cost is given."""
        found: dict[str, float] = {}
        for d in self.damages:
            amount = 1000.0 * self.total(d.pollutant, year) * d.value
            found[d.currency] = found.get(d.currency, 0.0) + amount
        return found


def benefits(results: Results, damages: Sequence[Damage] = ()) -> Benefits:
    """Co-benefits of a run against its reference."""
    lines = [*air(results), *water(results), *jobs(results)]
    return Benefits(table(lines), tuple(unknown_fuels(results)), tuple(damages))


def read_damages(path: Path) -> tuple[Damage, ...]:
    """Costs of pollutants from a CSV file; each needs its document and its date.

    Raises:
        StudyError: with every fault.
    """
    held = read_csv_safely(path)
    faults: list[Fault] = []
    missing = [c for c in DAMAGES if c not in held.columns]
    if missing:
        what = say("lacks a column")
        raise StudyError(
            [Fault(Place(file=path.name, field=c), what, needs=listed(DAMAGES)) for c in missing]
        )
    found = []
    for line, *cells in zip(held.lines, *(held.columns[c] for c in DAMAGES), strict=True):
        pollutant, value, currency, document, day = cells
        place = Place(file=path.name, line=line)
        if pollutant not in POLLUTANTS:
            faults.append(Fault(place, say("is no pollutant that is counted"), pollutant, listed(POLLUTANTS)))
        if not document:
            faults.append(Fault(place, say("is a cost without a source"), pollutant, say("a document")))
        try:
            amount, when = to_float(value, "", strict=False), date.fromisoformat(day)
            found.append(Damage(pollutant, amount, currency, document, when))
        except ValueError:
            needs = say("a number, and a date as YYYY-MM-DD")
            faults.append(Fault(place, say("has a cost or a date that is none"), f"{value}, {day}", needs))
    if faults:
        raise StudyError(faults, title=data(path.name))
    return tuple(found)


def plain(found: Benefits, years: Sequence[int]) -> dict[str, Any]:
    """Co-benefits as JSON; every line with its rows."""
    kinds = found.lines["what"].unique(maintain_order=True).to_list()
    return {
        "totals": {str(y): {k: found.total(k, y) for k in kinds} for y in years},
        "worth": {str(y): found.worth(y) for y in years} if found.damages else None,
        "damages": [
            {"pollutant": d.pollutant, "value": d.value, "currency": d.currency, "document": d.document,
             "date": d.day.isoformat()} for d in found.damages
        ],
        "not_counted": list(found.unknown),
        "lines": found.lines.to_dicts(),
    }  # fmt: skip
