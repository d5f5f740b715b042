"""Steps without a value, closed by the rule that the caller named."""

from __future__ import annotations

import math

import numpy as np

from parkzero.series.findings import Finding, Mend
from parkzero.series.grid import Grid, runs
from parkzero.texts import say
from parkzero.units import FloatArray

_WEEK = 7 * 1440
_YEAR = 300 * 1440


def fill_gaps(grid: Grid, values: FloatArray, mend: Mend) -> tuple[FloatArray, list[Finding]]:
    """Close gaps inside the series and at the ends of the year.

    Args:
        grid: the grid of the values.
        values: values (count,), NaN where missing.
        mend: ``fill`` with ``max_gap_hours``, and ``year_end``.

    Returns:
        New values, a finding for gaps that the rule could not close or that are too large a part of the
        year, and one that says what filling did to the energy.
    """
    filled = values.copy()
    missing = runs(~np.isfinite(values))
    edges = [(a, b) for a, b in missing if a == 0 or b == grid.count]
    left: list[tuple[int, int]] = []
    if mend.fill is not None:
        for first, stop in missing:
            if (first, stop) in edges:
                continue
            short = (stop - first) * grid.step <= mend.max_gap_hours * 60 + 1e-9
            if not (short and _fill_one(filled, values, first, stop, grid, mend.fill)):
                left.append((first, stop))
    if mend.year_end == "repeat_week":
        left += [(a, b) for a, b in edges if not _repeat_week(filled, a, b, grid)]
    if not left:
        return filled, _effect(grid, values, filled, mend)
    longest = max(stop - first for first, stop in left) * grid.step / 60
    at = str(np.datetime64(grid.start + left[0][0] * grid.step, "m")).replace("T", " ")
    what = say(
        "{count} gaps stay open: the longest has {longest:g} h, the first begins at {at}",
        count=len(left),
        longest=longest,
        at=at,
    )
    hint = say("Mend(max_gap_hours={longest:g}) if the rule is right for so long a gap", longest=longest)
    return filled, [Finding("gap_too_long", "fault", len(left), what, (), hint)]


def _effect(grid: Grid, values: FloatArray, filled: FloatArray, mend: Mend) -> list[Finding]:
    """What filling did to the energy; a fault where it made up too much of a year."""
    made = np.isfinite(filled) & ~np.isfinite(values)
    count, hours = int(made.sum()), grid.step / 60
    if not count:
        return []
    before, after = float(np.nansum(values)) * hours, float(np.nansum(filled)) * hours
    share = count / grid.count
    said = say("{before:,.6g} MWh before, {after:,.6g} MWh after", before=before, after=after)
    if grid.count * grid.step >= _YEAR and share > mend.max_filled:
        what = say(
            "{share:.1%} of the year would be made up by filling, {count} steps ({said})",
            share=share,
            count=count,
            said=said,
        )
        hint = say(
            "Mend(max_filled={share:g}) if that is meant, or give the values",
            share=math.ceil(share * 100) / 100,
        )
        return [Finding("filled_too_much", "fault", count, what, (), hint)]
    return [
        Finding(
            "filled",
            "note",
            count,
            say("{count} steps were filled, {share:.2%} of all: {said}", count=count, share=share, said=said),
        )
    ]


def _fill_one(filled: FloatArray, known: FloatArray, first: int, stop: int, grid: Grid, rule: str) -> bool:
    if rule == "zero":
        filled[first:stop] = 0.0
    elif rule == "interpolate":
        ends = known[first - 1], known[stop]
        filled[first:stop] = np.interp(np.arange(first, stop), [first - 1, stop], ends)
    else:
        return _from_other_weeks(filled, known, first, stop, _WEEK // grid.step)
    return True


def _from_other_weeks(filled: FloatArray, known: FloatArray, first: int, stop: int, week: int) -> bool:
    """The nearest week, earlier or later, in which every step of the gap is known."""
    for away in range(1, len(known) // week + 1):
        for shift in (-away * week, away * week):
            a, b = first + shift, stop + shift
            if a >= 0 and b <= len(known) and np.isfinite(known[a:b]).all():
                filled[first:stop] = known[a:b]
                return True
    return False


def _repeat_week(filled: FloatArray, first: int, stop: int, grid: Grid) -> bool:
    week = _WEEK // grid.step
    at_end = stop == grid.count
    steps = range(first, stop) if at_end else range(stop - 1, first - 1, -1)
    for i in steps:
        other = i - week if at_end else i + week
        if not 0 <= other < grid.count or not np.isfinite(filled[other]):
            return False
        filled[i] = filled[other]
    return True
