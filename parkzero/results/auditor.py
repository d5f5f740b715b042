"""The audit: everything that a run claims, recomputed from its stored tables alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from parkzero.errors import ParkZeroError
from parkzero.results import checks, frames
from parkzero.results.checks import Finding
from parkzero.results.reading import load
from parkzero.results.results import Results
from parkzero.results.stored import year_numbers
from parkzero.texts import of_error, say


def audit(run: Results | Path | str) -> pl.DataFrame:
    """Recompute balances, money, emissions, sizes, rules and the objective of a stored run.

    Args:
        run: results, or the folder of a run.

    Returns:
        One row for each check and year: check, year, residual, unit, tolerance, ok, detail.

    Raises:
        StudyError: when the folder holds no run of ParkZero.
    """
    results = run if isinstance(run, Results) else load(run, edited=True)
    findings: list[Finding] = []
    for year in results.year_list:
        findings += _guarded("stored numbers", year, partial(_year, results, year))
    findings += _guarded("sizes", None, lambda: checks.standing(results))
    findings += _guarded("objective", None, lambda: [checks.objective(results)])
    findings += _guarded("summary", None, lambda: checks.summary(results))
    rows = [
        (f.check, f.year, f.residual, f.unit, f.tolerance, f.ok, f.detail, f.detail.of("vi"))
        for f in findings
    ]
    return frames.table(frames.AUDIT, rows)


def _year(results: Results, year: int) -> list[Finding]:
    numbers = year_numbers(results, year)
    return [
        checks.balances(results, numbers),
        *checks.accounts(results, numbers),
        *checks.rules(results, numbers),
        checks.unserved(results, year),
        checks.prices(results, year),
        *checks.at_once(results, numbers),
    ]


def _guarded(check: str, year: int | None, work: Callable[[], list[Finding]]) -> list[Finding]:
    """The findings, or one that fails where something that the tables name is not stored."""
    try:
        return work()
    except (LookupError, TypeError, ValueError, pl.exceptions.PolarsError) as fault:
        return [
            Finding(
                check,
                year,
                float(np.inf),
                "",
                0.0,
                say("cannot be recomputed: {fault}", fault=of_error(fault)),
            )
        ]


def failed(findings: pl.DataFrame) -> pl.DataFrame:
    """The checks that failed."""
    return findings.filter(~pl.col("ok"))


def summarised(findings: pl.DataFrame) -> dict[str, float]:
    """Largest residual of each check, for the summary."""
    grouped = findings.group_by("check", maintain_order=True).agg(pl.col("residual").max())
    return {str(check): float(residual) for check, residual in grouped.iter_rows()}


def line(row: dict[str, Any]) -> str:
    """A failed check in a sentence."""
    year = f" {row['year']}" if row["year"] else ""
    most = f"{row['tolerance']:.3g} is allowed"
    return f"{row['check']}{year}: off by {row['residual']:.3g} {row['unit']} where {most} ({row['detail']})"


class AuditError(ParkZeroError):
    """The stored tables contradict one another; nothing is claimed about the run."""

    def __init__(self, findings: pl.DataFrame) -> None:
        self.findings = findings
        lines = [f"  {line(row)}" for row in failed(findings).iter_rows(named=True)]
        super().__init__("\n".join(["The audit of the stored tables failed; no plan is claimed", *lines]))
