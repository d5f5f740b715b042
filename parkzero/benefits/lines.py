"""One line of a co-benefit: a year, an owner, a technology, an amount with its range and its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from parkzero.books import Entry


@dataclass(frozen=True, slots=True)
class Line:
    """An amount of one kind of benefit.

    Attributes:
        year: milestone year; an amount of a typical year, or of all that is built for it.
        owner: whose it is; empty for the park.
        kind: technology.
        what: such as ``SO2`` or ``jobs_construction``.
        place: ``site``, ``power_stations`` or ``abroad``; where it falls.
        low, amount, high: in ``unit``.
        unit: t, m3, job_years, jobs, MVND, ha.
        rows: keys of the books, and rows of the run.
        confidence: the least sure of them.
    """

    year: int
    owner: str
    kind: str
    what: str
    place: str
    low: float
    amount: float
    high: float
    unit: str
    rows: tuple[str, ...]
    confidence: str


ORDER = "PSDM"
SCHEMA: dict[str, pl.DataType] = {
    "year": pl.Int64(), "owner": pl.String(), "kind": pl.String(), "what": pl.String(), "place": pl.String(),
    "low": pl.Float64(), "amount": pl.Float64(), "high": pl.Float64(), "unit": pl.String(),
    "rows": pl.List(pl.String()), "confidence": pl.String(),
}  # fmt: skip


def table(lines: Iterable[Line]) -> pl.DataFrame:
    """Lines as a table; those of nothing are left out."""
    rows = [
        {name: list(line.rows) if name == "rows" else getattr(line, name) for name in SCHEMA}
        for line in lines
        if max(abs(line.low), abs(line.amount), abs(line.high)) > 1e-9
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def least_sure(entries: Iterable[Entry]) -> str:
    """The confidence of the least sure of some rows."""
    return max((e.confidence for e in entries), key=ORDER.index, default="M")
