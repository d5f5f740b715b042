"""Values of rows put on a regular grid of steps, labelled by the start of the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from parkzero.errors import Fault, Place
from parkzero.series.findings import Finding, Mend
from parkzero.series.intervals import Intervals
from parkzero.series.rows import DAY, STEPS, IntArray, Rows
from parkzero.texts import Text, say
from parkzero.units import FloatArray

Label = Literal["auto", "start", "end"]
MAX_STEPS = 4_000_000
_WHOLE_YEAR_DAYS = 300


@dataclass(frozen=True, slots=True)
class Grid:
    """A regular grid: first step [min since 1970], step [min], number of steps."""

    start: int
    step: int
    count: int


def find_label(
    rows: Rows, label: Label, file: str, proved: str = "", intervals: Intervals | None = None
) -> tuple[str, list[Finding], list[Fault]]:
    """Decide whether stamps name the start or the end of their step.

    A file of whole days that begins at 00:00 or stops one step before midnight names starts; one that
    begins one step after midnight or stops at 00:00 names ends.
    """
    if proved:
        if label not in ("auto", proved):
            what = say(
                "contradicts the file, which names the {moment} of each step", moment=say(f"moment.{proved}")
            )
            return "", [], [Fault(Place(file=file, field="label"), what, label, hint=say("leave label out"))]
        return proved, [], []
    if label != "auto":
        return label, [], []
    first, last = int(rows.times[0]) % DAY, int(rows.times[-1]) % DAY
    step_first, step_last = (intervals.first, intervals.last) if intervals else (rows.step, rows.step)
    starts = (first == 0) + (last == DAY - step_last)
    ends = (first == step_first) + (last == 0)
    if bool(starts) == bool(ends):
        got = say(
            "first {first}, last {last}", first=_show(int(rows.times[0])), last=_show(int(rows.times[-1]))
        )
        what = say("does not tell whether stamps name the start or the end of their step")
        return "", [], [Fault(Place(file=file), what, got, hint=say("name it: label='start' or label='end'"))]
    found = "start" if starts else "end"
    what = say("stamps name the end of their step (first {stamp})", stamp=_show(int(rows.times[0])))
    if starts:
        what = say("stamps name the start of their step (first {stamp})", stamp=_show(int(rows.times[0])))
    return found, [Finding(f"label_{found}", "note", len(rows.times), what)], []


def _show(minutes: int) -> str:
    return str(np.datetime64(minutes, "m")).replace("T", " ")


def check_step(
    rows: Rows, asked: int | None, lines: Sequence[int], file: str, mend: Mend
) -> tuple[int, list[Finding], list[Fault]]:
    """The step on which rows can be placed [min]; rows off the grid are found here."""
    step = asked if asked is not None and mend.irregular == "average" else rows.step
    if asked is not None and asked not in STEPS:
        return (
            0,
            [],
            [
                Fault(
                    Place(file=file, field="step_minutes"),
                    say("must divide an hour"),
                    str(asked),
                    say("one of {steps}", steps=STEPS),
                )
            ],
        )
    if step not in STEPS:
        what = say("has rows at a distance that does not divide an hour")
        hint = say("step_minutes=15 with Mend(irregular='average')")
        return (
            0,
            [],
            [
                Fault(
                    Place(file=file),
                    what,
                    say("{step} minutes", step=step),
                    say("one of {steps}", steps=STEPS),
                    hint,
                )
            ],
        )
    off = np.flatnonzero(rows.times % step != 0)
    if not len(off):
        return step, [], []
    examples = tuple((lines[rows.order[i]], _show(int(rows.times[i]))) for i in off[:3])
    what = say("{count} rows stand off the grid of {step} minutes", count=len(off), step=step)
    hint = say("step_minutes=... with Mend(irregular='average')")
    return step, [Finding("irregular", "fault", len(off), what, examples, hint)], []


def make_grid(
    starts: IntArray, step: int, block: int, year: int | None, file: str
) -> tuple[Grid, list[Finding], list[Fault]]:
    """The grid that covers the rows, whole multiples of ``block``, or the whole calendar year.

    A file that covers 300 days or more of one calendar year is placed on that whole year, so that days
    missing at its ends are seen.
    """
    first, last = int(starts[0]), int(starts[-1]) + step
    findings: list[Finding] = []
    begins, ends = year_of(first), year_of(last - 1)
    if year is None and begins == ends and last - first >= _WHOLE_YEAR_DAYS * DAY:
        year = begins
    if year is None:
        first, last = first - first % block, last + (-last) % block
    else:
        if not 1971 <= year <= 2199:
            return Grid(0, step, 0), [], [Fault(Place(file=file, field="year"), say("is no year"), str(year))]
        begin, end = _year(year)
        outside = int(((starts < begin) | (starts >= end)).sum())
        if outside == len(starts):
            return Grid(0, step, 0), [], [_another_year(first, last, year, begins, file)]
        if outside:
            what = say("{outside} rows outside {year} were left out", outside=outside, year=year)
            findings.append(Finding("outside_year", "note", outside, what))
        first, last = begin, end
    count = (last - first) // step
    if count > MAX_STEPS:
        got = say("{first} to {last}", first=_show(first), last=_show(last))
        fault = Fault(
            Place(file=file), say("spans too long a time"), got, say("{max_steps} steps", max_steps=MAX_STEPS)
        )
        return Grid(0, step, 0), [], [fault]
    return Grid(first, step, count), findings, []


def _another_year(first: int, last: int, year: int, own: int, file: str) -> Fault:
    what = say("has no row in {year}: its values are of {own}", year=year, own=own)
    got = say("{first} to {last}", first=_show(first), last=_show(last))
    hint = say("year={own} lets them stand for another year, their weekdays as they were", own=own)
    return Fault(Place(file=file, field="year"), what, got, say("values of {year}", year=year), hint)


def year_of(minutes: int) -> int:
    """The calendar year of an instant [min since 1970]."""
    return int(np.datetime64(minutes, "m").astype("datetime64[Y]").astype(np.int64)) + 1970


def _year(year: int) -> tuple[int, int]:
    begin = np.datetime64(f"{year}-01-01", "m").astype(np.int64)
    end = np.datetime64(f"{year + 1}-01-01", "m").astype(np.int64)
    return int(begin), int(end)


def place(grid: Grid, starts: IntArray, values: FloatArray) -> tuple[FloatArray, IntArray]:
    """Put values on the grid; steps met several times hold the mean, steps not met hold NaN.

    Args:
        grid: the grid.
        starts: start of each row [min], (n,).
        values: value of each row, (n,), NaN where there is none.

    Returns:
        Values (count,) and how many rows fell into each step (count,).
    """
    index = (starts - grid.start) // grid.step
    inside = (index >= 0) & (index < grid.count)
    index, values = index[inside], values[inside]
    met = np.bincount(index, minlength=grid.count)
    known = np.isfinite(values)
    number = np.bincount(index[known], minlength=grid.count)
    total = np.bincount(index[known], weights=values[known], minlength=grid.count)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(number > 0, total / number, np.nan), met


def runs(mask: np.typing.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The runs of True as (first, one past last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def find_gaps(
    grid: Grid, met: IntArray, starts: IntArray, lines: Sequence[int], turnable: bool = False
) -> list[Finding]:
    """Report steps that no row covers: inside the series, and at the ends of its year."""
    findings: list[Finding] = []
    inner: list[tuple[int, int]] = []
    ends: list[Finding] = []
    for first, stop in runs(met == 0):
        if first == 0 or stop == grid.count:
            at = _show(grid.start + (stop if first == 0 else first) * grid.step)
            what = say(
                "the series begins after the start of its year, at {at}: {count} steps are missing",
                at=at,
                count=stop - first,
            )
            if first:
                what = say(
                    "the series stops before the end of its year, at {at}: {count} steps are missing",
                    at=at,
                    count=stop - first,
                )
            line = lines[0 if first == 0 else -1]
            ends.append(
                Finding(
                    "year_end", "missing", stop - first, what, ((line, at),), _end_mend(stop - first, grid)
                )
            )
        else:
            inner.append((first, stop))
    if turnable and ends:
        count = sum(f.count for f in ends)
        what = say(
            "the year of the series runs from {first} to {last}: {count} steps of {year} are missing,"
            " and stand in the file under another year",
            first=_show(int(starts[0])),
            last=_show(int(starts[-1])),
            count=count,
            year=year_of(grid.start),
        )
        hint = say("Mend(year_end='turn') puts each month where it belongs in the calendar year")
        ends = [Finding("turned_year", "missing", count, what, ends[0].examples, hint)]
    findings += ends
    if inner:
        count = sum(stop - first for first, stop in inner)
        examples = []
        for first, stop in inner[:3]:
            row = int(np.searchsorted(starts, grid.start + first * grid.step)) - 1
            at = _show(grid.start + first * grid.step)
            text = say("{count} steps missing from {at}", count=stop - first, at=at)
            examples.append((lines[max(row, 0)], text))
        what = say("{count} steps in {gaps} gaps have no row", count=count, gaps=len(inner))
        hint = say("Mend(fill='interpolate') or Mend(fill='same_weekday')")
        findings.append(Finding("gap", "missing", count, what, tuple(examples), hint))
    return findings


def _end_mend(missing: int, grid: Grid) -> Text:
    """A week may be repeated for a week; months that are missing are not made up of it."""
    if missing * grid.step <= 7 * DAY:
        return say("Mend(year_end='repeat_week')")
    return say("add the rows that are missing; filling would make up the series")


def covers_a_year(starts: IntArray, step: int) -> bool:
    """Whether rows cover one whole year that crosses a 1 January, such as July to June."""
    first, last = int(starts[0]), int(starts[-1]) + step
    crosses = year_of(last - 1) == year_of(first) + 1
    return crosses and 364 * DAY <= last - first <= 367 * DAY and len(starts) * step >= 0.9 * (last - first)


def turn_year(starts: IntArray, year: int) -> tuple[IntArray, Finding]:
    """Starts of the rows, each on its day of the calendar year ``year``; 29 February leaves a common year.

    The rows of 29 February, and those that meet a day a second time, are put out of the year.
    """
    stamps = starts.astype("datetime64[m]")
    years, months = stamps.astype("datetime64[Y]"), stamps.astype("datetime64[M]")
    within = (stamps - months).astype(np.int64)
    month = (months - years.astype("datetime64[M]")).astype(np.int64)
    target = np.datetime64(f"{year}-01", "M") + month
    turned = target.astype("datetime64[m]").astype(np.int64) + within
    over = (target + 1).astype("datetime64[m]").astype(np.int64) <= turned
    again = starts >= int(_same_day_next_year(int(starts[0])))
    turned[over | again] = -1
    what = say(
        "the year was turned: rows of {first} and {last} stand on their days of {year};"
        " weekdays are those of the year in which they were measured",
        first=years[0],
        last=years[-1],
        year=year,
    )
    return turned, Finding("turned", "note", len(starts), what)


def _same_day_next_year(minutes: int) -> int:
    day = np.datetime64(minutes, "m")
    month = day.astype("datetime64[M]")
    return int(((month + 12).astype("datetime64[m]") + (day - month)).astype(np.int64))


def coarsen(values: FloatArray, factor: int) -> FloatArray:
    """Mean of each ``factor`` steps; NaN where one of them is NaN."""
    return values if factor == 1 else values.reshape(-1, factor).mean(axis=1)
