"""The rows of a meter file put in order of time: midnight, clock changes, order, doubles.

Each trap is found from the stamps alone, counted and shown; it is undone only when its mend is named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place
from parkzero.series.findings import Finding, Mend
from parkzero.series.stamps import Minutes
from parkzero.texts import say

DAY = 1440
STEPS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Show = Callable[[IntArray], tuple[tuple[int, str], ...]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in order of time.

    Attributes:
        times: minutes since 1970-01-01 of each row [min], rising; equal where a mend averages rows.
        order: index of each row in the file.
        step: usual distance of two rows [min].
        findings: what was found.
        faults: what no mend can cure.
    """

    times: IntArray
    order: IntArray
    step: int
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]


def find_step(minutes: IntArray) -> int:
    """The most frequent distance between two neighbouring stamps [min]; 0 when there are not two."""
    distances = np.diff(np.unique(minutes))
    if not len(distances):
        return 0
    values, counts = np.unique(distances, return_counts=True)
    return int(values[np.argmax(counts)])


def order_rows(times: Minutes, lines: Sequence[int], texts: Sequence[str], file: str, mend: Mend) -> Rows:
    """Undo the named traps of the clock and sort the rows.

    Args:
        times: stamp of each row in the order of the file.
        lines: line of each row.
        texts: stamp of each row as written.
        file: name of the file, for faults.
        mend: mends allowed.

    Returns:
        The rows in order of time; doubles removed where ``mend.duplicates`` says how.
    """
    minutes = times.astype("datetime64[m]").astype(np.int64)
    order = np.arange(len(minutes))
    step = find_step(minutes)
    if step <= 0:
        fault = Fault(
            Place(file=file, line=lines[0]), say("has fewer than two different stamps"), needs=say("a series")
        )
        return Rows(minutes, order, 0, (), (fault,))
    findings: list[Finding] = []
    if len(minutes) > 3 and np.mean(np.diff(minutes) < 0) > 0.95:
        minutes, order = minutes[::-1].copy(), order[::-1].copy()
        findings.append(
            Finding(
                "newest_first", "note", len(minutes), say("the file runs from the newest row to the oldest")
            )
        )

    def show(rows: IntArray) -> tuple[tuple[int, str], ...]:
        return tuple((lines[order[r]], texts[order[r]][:40]) for r in rows[:3])

    minutes = _midnight(minutes, step, mend, findings, show)
    minutes, doubles_by_clock = _clock_changes(minutes, step, mend, findings, show)
    back = np.flatnonzero(np.diff(minutes) < 0) + 1
    values, met = np.unique(minutes, return_counts=True)
    back = back[
        ~doubles_by_clock[back] & ~np.isin(minutes[back], values[met > 1])
    ]  # doubles are told as such
    if len(back):
        what = say("{count} rows stand earlier than the row before them", count=len(back))
        findings.append(Finding("unsorted", "fault", len(back), what, show(back), say("Mend(order='sort')")))
    rank = np.argsort(minutes, kind="stable")
    minutes, order, doubles_by_clock = minutes[rank], order[rank], doubles_by_clock[rank]
    keep = _doubles(minutes, doubles_by_clock, mend, findings, show)
    return Rows(minutes[keep], order[keep], step, tuple(findings), ())


def _midnight(minutes: IntArray, step: int, mend: Mend, findings: list[Finding], show: Show) -> IntArray:
    """Find 00:00 rows that follow the last row of a day and still carry that day's date."""
    jump = np.diff(minutes) == step - DAY
    rows = np.flatnonzero(jump & (minutes[1:] % DAY == 0)) + 1
    if not len(rows):
        return minutes
    what = say("{count} rows at 00:00 carry the date of the day that they end", count=len(rows))
    findings.append(Finding("midnight", "fault", len(rows), what, show(rows), say("Mend(midnight='move')")))
    if mend.midnight == "move":
        minutes = minutes.copy()
        minutes[rows] += DAY
    return minutes


def _clock_changes(
    minutes: IntArray, step: int, mend: Mend, findings: list[Finding], show: Show
) -> tuple[IntArray, BoolArray]:
    """Find one hour skipped on a Sunday in spring and one met twice on a Sunday in autumn."""
    none = np.zeros(len(minutes), dtype=bool)
    distance = np.diff(minutes)
    spring = _on_sunday(minutes, np.flatnonzero(distance == step + 60) + 1, (3, 4))
    autumn = _on_sunday(minutes, np.flatnonzero(distance == step - 60) + 1, (9, 10, 11))
    if not len(autumn) or (step == 60 and not len(spring)):
        return minutes, none
    rows = np.sort(np.concatenate([spring, autumn]))
    what = say(
        "the clock is changed for summer time: {count} hour skipped, {count2} hour met twice",
        count=len(spring),
        count2=len(autumn),
    )
    hint = say("Mend(dst='standard') for winter time all year, or Mend(dst='wall') for the wall clock")
    findings.append(Finding("dst", "fault", len(rows), what, show(rows), hint))
    if mend.dst == "standard":
        minutes = minutes.copy()
        for end in autumn:
            begins = spring[spring < end]
            minutes[begins[-1] if len(begins) else 0 : end] -= 60
        return minutes, none
    for first in autumn:
        none[first : first + 60 // step] = True
    return minutes, none


def _on_sunday(minutes: IntArray, rows: IntArray, months: tuple[int, ...]) -> IntArray:
    stamps = minutes[rows].astype("datetime64[m]")
    month = stamps.astype("datetime64[M]").astype(np.int64) % 12 + 1
    weekday = (minutes[rows] // DAY + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    return np.asarray(rows[np.isin(month, months) & (weekday == 6) & (minutes[rows] % DAY <= 4 * 60)])


def _doubles(
    minutes: IntArray, by_clock: BoolArray, mend: Mend, findings: list[Finding], show: Show
) -> BoolArray:
    """Which rows to keep of those with one stamp; rows to be averaged are all kept."""
    same = np.zeros(len(minutes), dtype=bool)
    same[1:] = minutes[1:] == minutes[:-1]
    real = same & ~by_clock
    keep = np.ones(len(minutes), dtype=bool)
    count = int(real.sum())
    if count:
        what = say("{count} rows repeat the stamp of another row", count=count)
        hint = say("Mend(duplicates='first'), 'last' or 'mean'")
        findings.append(Finding("duplicates", "fault", count, what, show(np.flatnonzero(real)), hint))
        if mend.duplicates == "first":
            keep = ~real
        elif mend.duplicates == "last":
            keep[:-1] = ~real[1:]
    return keep
