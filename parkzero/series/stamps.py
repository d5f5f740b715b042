"""Time stamps as meters write them, a whole column at once.

The forms of a single stamp stand in ``stamp_forms``. What one stamp cannot tell is told by the column: an
order of day and month, the ends of ranges, the zone. An order that the file does not prove is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place
from parkzero.series.findings import Finding, Mend
from parkzero.series.stamp_forms import DAY, Pieces, local_order, read_clock, read_date, read_zone, take_apart
from parkzero.texts import say

Minutes = npt.NDArray[np.datetime64]
DateOrder = Literal["auto", "dmy", "mdy"]
_MOST_ZONES = 4  # a column that carries more of them writes ranges such as 00:00-01:00


@dataclass(frozen=True, slots=True)
class Stamps:
    """Times of the rows [min], findings and faults that no mend can cure.

    ``label`` is "start" where the stamps are ranges, whose first time is read; else empty.
    """

    times: Minutes
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of stamps: seconds since 1970 by the written clock, zones, and what was seen."""

    seconds: npt.NDArray[np.int64]
    zones: list[int | None]
    at_24: int
    odd: list[int]
    ranges: bool


def looks_like_stamp(text: str) -> bool:
    """Whether ``text`` holds a date that can be read, alone or with a time of day."""
    pieces = take_apart(text)
    if pieces.clock and read_clock(pieces.clock) is None:
        return False
    return any(read_date(pieces.date, order) is not None for order in ("dmy", "mdy"))


def looks_like_time(text: str) -> bool:
    """Whether ``text`` is a time of day, or a range of two."""
    pieces = take_apart(text)
    return bool(pieces.clock) and not pieces.date and read_clock(pieces.clock) is not None


def parse_stamps(
    texts: Sequence[str],
    lines: Sequence[int],
    file: str,
    order: DateOrder = "auto",
    mend: Mend | None = None,
    column: str = "",
) -> Stamps:
    """Read a column of stamps.

    Args:
        texts: the stamps, date and time.
        lines: line of each stamp.
        file: name of the file, for faults.
        order: order of day and month where the year comes last; "auto" needs a day above 12.
        mend: mends allowed; only ``utc_offset_hours`` is used here.
        column: name of the column, for faults.

    Returns:
        Local times, rounded to the minute.
    """
    none = np.zeros(0, "datetime64[m]")
    pieces = [take_apart(text) for text in texts]
    chosen, faults = _order(pieces, texts, lines, file, order, column)
    if faults:
        return Stamps(none, (), tuple(faults))
    read, faults = _read(pieces, texts, lines, Place(file=file, field=column), chosen)
    if read is None:
        return Stamps(none, (), tuple(faults))
    return _localise(read, lines, texts, mend or Mend(), file)


def _order(
    pieces: Sequence[Pieces],
    texts: Sequence[str],
    lines: Sequence[int],
    file: str,
    order: DateOrder,
    column: str,
) -> tuple[str, list[Fault]]:
    """The order of day and month: the one that a number above 12 proves, or the one named."""
    rows = {piece.date: i for i, piece in reversed(list(enumerate(pieces)))}
    found = {date: pair for date in rows if (pair := local_order(date)) is not None}
    if order != "auto":
        if found or not rows:
            return order, []
        what = say("is given, but no date of the column {column} needs it", column=column)
        if not column:
            what = say("is given, but no date of the column needs it")
        place = Place(file=file, field="date_order")
        return "", [Fault(place, what, texts[0][:40], hint=say("leave date_order out"))]
    day_first = next((rows[date] for date, (a, _) in found.items() if a > 12), -1)
    month_first = next((rows[date] for date, (_, b) in found.items() if b > 12), -1)
    if not found or (day_first >= 0) != (month_first >= 0):
        return ("mdy" if month_first >= 0 else "dmy"), []
    example = min(rows[date] for date in found)
    what = say("may be day-first or month-first: no date in the file proves it")
    got = texts[example]
    if day_first >= 0:
        what, got = (
            say("mixes day-first and month-first dates"),
            f"{texts[day_first]} and {texts[month_first]}",
        )
    place = Place(file=file, line=lines[example])
    return "", [
        Fault(place, what, got[:80], say("one order"), say("name it: date_order='dmy' or date_order='mdy'"))
    ]


def _read(
    pieces: Sequence[Pieces], texts: Sequence[str], lines: Sequence[int], place: Place, order: str
) -> tuple[_Column | None, list[Fault]]:
    ranges = any(p.end for p in pieces[:50]) or len({p.zone for p in pieces}) > _MOST_ZONES
    days = [read_date(p.date, order) for p in pieces]
    clocks = [read_clock(p.clock) if p.clock else 0 for p in pieces]
    bad = [i for i, (d, c) in enumerate(zip(days, clocks, strict=True)) if d is None or c is None]
    if bad:
        return None, _not_times(bad, texts, lines, place)
    if not any(p.clock for p in pieces):
        where = Place(file=place.file, line=lines[0], field=place.field)
        needs = say("a time of day in the same column or in the next")
        return None, [Fault(where, say("has dates without a time of day"), texts[0][:40], needs)]
    seconds = np.array(days, dtype=np.int64) * DAY + np.array(clocks, dtype=np.int64)
    rounded = (seconds + 30) // 60 * 60
    zones: list[int | None] = [None] * len(pieces) if ranges else [read_zone(p.zone) for p in pieces]
    odd = np.flatnonzero(rounded != seconds).tolist()
    return _Column(rounded, zones, sum(c == DAY for c in clocks), odd, ranges), []


def _not_times(bad: list[int], texts: Sequence[str], lines: Sequence[int], place: Place) -> list[Fault]:
    """One fault where most of the column cannot be read, else one for each row."""
    if len(bad) > 20 or len(bad) == len(texts):
        where = Place(file=place.file, line=lines[bad[0]], field=place.field)
        what = say("has {count} rows whose time cannot be read", count=len(bad))
        return [
            Fault(where, what, repr(texts[bad[0]][:40]), say("such as 2025-12-31 23:00 or 31/12/2025 23:00"))
        ]
    return [
        Fault(
            Place(file=place.file, line=lines[i], field=place.field),
            say("is not a time"),
            repr(texts[i][:40]),
            say("date and time"),
        )
        for i in bad
    ]


def _localise(read: _Column, lines: Sequence[int], texts: Sequence[str], mend: Mend, file: str) -> Stamps:
    times = read.seconds.astype("datetime64[s]").astype("datetime64[m]")
    findings: list[Finding] = []
    if read.at_24:
        what = say("{at_24} stamps at 24:00 read as 00:00 of the next day", at_24=read.at_24)
        findings.append(Finding("hour_24", "note", read.at_24, what))
    if read.odd:
        examples = tuple((lines[i], texts[i][:40]) for i in read.odd[:3])
        what = say("stamps were rounded to the nearest minute")
        findings.append(Finding("seconds", "note", len(read.odd), what, examples))
    label = "start" if read.ranges else ""
    if read.ranges:
        what = say("stamps are ranges, read from their first time ({texts})", texts=texts[0][:60])
        findings.append(Finding("ranges", "note", len(texts), what))
    offsets = read.zones
    if all(o is None for o in offsets):
        return Stamps(times, tuple(findings), (), label)
    if any(o is None for o in offsets):
        place = Place(file=file, line=lines[offsets.index(None)])
        fault = Fault(place, say("has no UTC offset while other rows have one"))
        return Stamps(times, tuple(findings), (fault,), label)
    known = np.array(offsets, dtype=np.int64)
    utc = times - known.astype("timedelta64[m]")
    if not known.any():
        local = mend.utc_offset_hours
        example = ((lines[0], texts[0][:40]),)
        what, hint = say("stamps are in UTC, not in local time"), say("Mend(utc_offset_hours=7) for Viet Nam")
        findings.append(Finding("utc", "fault", len(texts), what, example, hint))
        return Stamps(utc + np.timedelta64(round((local or 0) * 60), "m"), tuple(findings), (), label)
    standard = int(known.min())
    what = say("stamps carry UTC offsets; read in standard time UTC{standard:+g}", standard=standard / 60)
    findings.append(Finding("offset", "note", len(texts), what))
    return Stamps(utc + np.timedelta64(standard, "m"), tuple(findings), (), label)
