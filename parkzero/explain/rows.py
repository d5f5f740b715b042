"""One row of the model in readable form: names, numbers and units instead of a line of a matrix."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.lp.expr import Each
from parkzero.lp.model import Rows, dotted
from parkzero.planning.assemble import Built, build_year
from parkzero.study.study import Study
from parkzero.texts import say
from parkzero.timeline import Calendar

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEP = re.compile(r"^\s*(?:(\d{4})-)?(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})\s*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """One term of a row.

    Attributes:
        coefficient: what it counts.
        name: flow, size or variable, with "in every step" where it is a sum over the year.
        unit: unit of what it stands before.
        value: its value in a plan; None where there is none.
    """

    coefficient: float
    name: str
    unit: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A rule in one step or one year: ``low <= sum of pieces <= high``.

    Attributes:
        name: ``asset.rule``.
        when: step and year in words.
        unit: unit of the row.
        pieces: its terms.
        low, high: bounds; infinite where there is none.
    """

    name: str
    when: str
    unit: str
    pieces: tuple[Piece, ...]
    low: float
    high: float

    @property
    def activity(self) -> float | None:
        """Sum of the terms in the plan; None without a plan."""
        values = [p.coefficient * p.value for p in self.pieces if p.value is not None]
        return sum(values) if len(values) == len(self.pieces) else None


def text_of(row: Row) -> list[str]:
    """The row as lines of text."""
    lines = [f"{row.name} [{row.unit}], {row.when}"]
    width = max((len(p.name) for p in row.pieces), default=0)
    for piece in row.pieces:
        sign = "-" if piece.coefficient < 0 else "+"
        shown = f"  {sign} {abs(piece.coefficient):<10.6g} x {piece.name:<{width}}"
        lines.append(shown if piece.value is None else f"{shown}   = {piece.value:,.6g} {piece.unit}")
    lines.append(f"  {bounds_text(row.low, row.high, row.unit)}")
    activity = row.activity
    if activity is not None and row.low != row.high:
        slack = min(activity - row.low, row.high - activity)
        small = slack <= 1e-5 * max(1.0, *(abs(p.coefficient * (p.value or 0.0)) for p in row.pieces))
        lines.append(
            f"  the sum is {activity:,.6g} {row.unit}: " + ("it binds" if small else f"{slack:,.6g} to spare")
        )
    return lines


def bounds_text(low: float, high: float, unit: str) -> str:
    """What the sum must be."""
    low, high = low + 0.0, high + 0.0  # no "-0"
    if low == high:
        return f"= {high:,.6g} {unit}"
    if np.isfinite(low) and np.isfinite(high):
        return f"between {low:,.6g} and {high:,.6g} {unit}"
    return f"<= {high:,.6g} {unit}" if np.isfinite(high) else f">= {low:,.6g} {unit}"


def row_of(study: Study, name: str, year: int | None = None, step: str = "") -> Row:
    """A row of the model of a study that has not been planned.

    Args:
        study: the study.
        name: ``asset.rule`` or ``bus.balance``.
        year: milestone year; the first by default.
        step: start of a step such as ``03-14 18:00``; the first by default.

    Raises:
        StudyError: when there is no such rule, year or step.
    """
    chosen = year_in(study.milestones.years, year)
    built, _ = build_year(study, chosen, study.timeline)
    blocks = {block.dotted: block for block in built.matrix.rows}
    if name not in blocks:
        raise unknown_rule(name, [(b.asset, b.name) for b in built.matrix.rows])
    block = blocks[name]
    stepwise = block.each is Each.STEP
    index = step_index(study.timeline.calendar, step) if stepwise else 0
    when = when_text(study.timeline.calendar, index, chosen) if stepwise else f"in {chosen}"
    return _row(built, block, index, when)


def _row(built: Built, block: Rows, index: int, when: str) -> Row:
    matrix, row = built.matrix, block.start + index
    pieces = []
    starts = np.array([c.start for c in matrix.columns])
    inside = slice(matrix.operation.indptr[row], matrix.operation.indptr[row + 1])
    cols, coefs = matrix.operation.indices[inside], matrix.operation.data[inside]
    place = np.searchsorted(starts, cols, side="right") - 1
    for one in dict.fromkeys(place.tolist()):
        column, found = matrix.columns[one], coefs[place == one]
        if len(found) > 1:
            pieces.append(
                Piece(
                    float(found.mean()), f"{column.dotted}, summed over {len(found)} steps", str(column.unit)
                )
            )
        else:
            pieces.append(Piece(float(found[0]), column.dotted, str(column.unit)))
    design = slice(matrix.design.indptr[row], matrix.design.indptr[row + 1])
    names = design_names(built)
    for col, coef in zip(matrix.design.indices[design], matrix.design.data[design], strict=True):
        pieces.append(Piece(float(coef), *names[int(col)]))
    return Row(
        block.dotted, when, str(block.unit), tuple(pieces), float(matrix.low[row]), float(matrix.high[row])
    )


def design_names(built: Built) -> list[tuple[str, str]]:
    """Name and unit of each design column."""
    blocks = built.context.model.design.blocks.values()
    return [(f"{b.dotted}[{i + 1}]", str(b.unit)) for b in blocks for i in range(b.count)]


def unknown_rule(name: str, rules: Iterable[tuple[str, str]]) -> StudyError:
    """The error for a rule that does not exist, where these do: asset and rule of each."""
    known = {dotted(asset, rule): asset for asset, rule in rules}
    same = [full for full, asset in known.items() if asset and name.startswith(f"{asset}.")]
    needs = (
        say("one of {names}", names=", ".join(same[:8]))
        if same
        else say("asset.rule, such as grid.import_limit")
    )
    fault = Fault(
        Place(), say("there is no rule {name}", name=name), "", needs, did_you_mean(name, list(known))
    )
    return StudyError([fault], title=say("The question"))


def year_in(years: tuple[int, ...] | list[int], year: int | None) -> int:
    """The year asked for, or the first.

    Raises:
        StudyError: when it is no milestone year.
    """
    if year is None:
        return int(years[0])
    if year not in years:
        needs = say("one of {names}", names=", ".join(map(str, years)))
        raise StudyError(
            [Fault(Place(field="--year"), say("is no milestone year"), str(year), needs)],
            title=say("The question"),
        )
    return year


def step_index(calendar: Calendar, step: str) -> int:
    """Number of the step that starts at a time such as ``2030-03-14 18:00``; the year does not matter.

    Raises:
        StudyError: when no step starts then.
    """
    if not step:
        return 0
    starts = calendar.starts.astype("datetime64[m]")
    found = _STEP.match(step)
    if found:
        _, month, day, hour, minute = (int(part) if part else 0 for part in found.groups())
        texts = {str(start)[5:]: i for i, start in enumerate(starts)}
        index = texts.get(f"{month:02d}-{day:02d}T{hour:02d}:{minute:02d}")
        if index is not None:
            return index
    needs = say(
        "the start of a step of {minutes} minutes up to {last}",
        minutes=calendar.minutes,
        last=str(starts[-1])[5:].replace("T", " "),
    )
    hint = say("--step '2030-03-14 18:00'")
    raise StudyError(
        [Fault(Place(field="--step"), say("is no step of the year"), step, needs, hint)],
        title=say("The question"),
    )


def when_text(calendar: Calendar, index: int, year: int) -> str:
    """A step in words, such as ``14 Mar 18:00–19:00, 2030``."""
    start = calendar.starts[index].astype("datetime64[s]").item()
    end = (calendar.starts[index] + np.timedelta64(calendar.minutes, "m")).astype("datetime64[s]").item()
    shown = "24:00" if (end.hour, end.minute) == (0, 0) else f"{end:%H:%M}"
    return f"{start.day} {MONTHS[start.month - 1]} {start:%H:%M}–{shown}, {year}"
