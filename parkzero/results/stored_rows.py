"""One rule of a stored run in readable form, with the numbers of the plan."""

from __future__ import annotations

import numpy as np
import polars as pl

from parkzero.explain.rows import Piece, Row, step_index, unknown_rule, when_text, year_in
from parkzero.results.results import Results
from parkzero.results.stored import Row as Record
from parkzero.results.stored import YearNumbers, year_numbers
from parkzero.timeline import Calendar


def stored_row(results: Results, name: str, year: int | None = None, step: str = "") -> Row:
    """A rule of a stored run in one step or year.

    Args:
        results: the run.
        name: ``asset.rule`` or ``bus.balance``.
        year: milestone year; the first by default.
        step: start of a step such as ``03-14 18:00``; without it, the step in which the rule is tightest.

    Raises:
        StudyError: when there is no such rule, year or step.
    """
    chosen = year_in(results.year_list, year)
    rules = results.tables["rules"].filter(pl.col("year") == chosen)
    rows = rules.filter(pl.concat_str("asset", pl.lit("."), "rule") == name).to_dicts()
    if not rows:
        raise unknown_rule(name, rules.select("asset", "rule").unique(maintain_order=True).rows())
    numbers = year_numbers(results, chosen)
    calendar = Calendar(**results.study["calendar"])
    yearly = rows[0]["each"] == "year"
    index = 0 if yearly else step_index(calendar, step) if step else _tightest(rows, numbers)
    when = f"in {chosen}" if yearly else when_text(calendar, index, chosen)
    low, high = -np.inf, np.inf
    pieces = []
    for row in rows:
        if row["of"] in ("low", "high"):
            bound = float(_at(numbers.coefficient(row), index))
            low, high = (bound, high) if row["of"] == "low" else (low, bound)
        else:
            pieces.append(_piece(row, numbers, index, yearly))
    return Row(name, when, str(rows[0]["unit"]), tuple(pieces), low, high)


def _piece(row: Record, numbers: YearNumbers, index: int, yearly: bool) -> Piece:
    coefficient = float(_at(numbers.coefficient(row), index))
    if row["of"] == "size":
        return Piece(coefficient, f"{row['flow']} built", "", numbers.sizes[row["flow"]])
    if row["of"] == "variable":
        return Piece(coefficient, row["flow"], "", numbers.variables[row["flow"]])
    if row["of"] not in ("flow", "before"):
        return Piece(coefficient, row["flow"], "")
    if yearly:
        total = numbers.amount(row)
        mean = total / float(numbers.flows[row["flow"]].sum() * numbers.hours or 1.0)
        return Piece(mean, f"{row['flow']} of the year", "MWh", total / mean if mean else 0.0)
    at = int(numbers.before[index]) if row["of"] == "before" else index
    name = row["flow"] + (" before" if row["of"] == "before" else "")
    return Piece(coefficient, name, "", float(numbers.flows[row["flow"]][at]))


def _at(values: float | np.ndarray, index: int) -> float:
    return float(values[index]) if isinstance(values, np.ndarray) else float(values)


def _tightest(rows: list[Record], numbers: YearNumbers) -> int:
    """The step with the least slack."""
    activity = np.zeros(numbers.steps)
    low, high = np.full(numbers.steps, -np.inf), np.full(numbers.steps, np.inf)
    for row in rows:
        if row["of"] == "other":
            return 0
        value = np.broadcast_to(np.asarray(numbers.term(row)), (numbers.steps,))
        if row["of"] == "low":
            low = value
        elif row["of"] == "high":
            high = value
        else:
            activity = activity + value
    return int(np.argmin(np.minimum(activity - low, high - activity)))
