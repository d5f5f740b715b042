"""Time-of-use schedules: which minutes of the week are peak, off-peak or normal.

Both schedules of Viet Nam are here: Circular 16/2014/TT-BCT (``legacy``) and Decision 963/QĐ-BCT of
22 April 2026 (``qd963``). Neither names public holidays, so a holiday is priced as the day of the week
on which it falls. Times are local; Viet Nam has no summer time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from parkzero.books.entry import BookError, Entry
from parkzero.books.library import read_shipped
from parkzero.books.rows import Row, read_entry, read_rows
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.texts import Text, joined, listed, say

NORMAL, PEAK, OFFPEAK = 0, 1, 2
BLOCKS = ("normal", "peak", "offpeak")
DAYS = {"all": range(7), "mon-sat": range(6), "sunday": range(6, 7)}

_DAY, _WEEK = 1440, 10080
_THURSDAY = 3 * _DAY  # 1 January 1970, where numpy counts from, was a Thursday; weeks here begin on Monday
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Datetimes = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class TimeBlock:
    """A stretch of the day that is not normal.

    Attributes:
        block: PEAK or OFFPEAK.
        days: ``all``, ``mon-sat`` or ``sunday``.
        start: first minute of the stretch, from midnight [min].
        end: minute after the last one, at most 1440 [min].
        entry: its row in the books.
    """

    block: int
    days: str
    start: int
    end: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Schedule:
    """A week of time-of-use blocks.

    Attributes:
        name: short name, such as ``legacy``.
        valid_from: first day on which the schedule holds.
        valid_to: last day on which it does; None while no end is known.
        blocks: the stretches that are peak or off-peak; all other time is normal.
    """

    name: str
    valid_from: date | None
    valid_to: date | None
    blocks: tuple[TimeBlock, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of the books used."""
        return tuple(block.entry for block in self.blocks)

    def shares(self, starts: Datetimes, step_minutes: int) -> FloatArray:
        """Share of the time of each step in each block.

        Args:
            starts: local start of each step, datetime64 of whole minutes, shape (n,).
            step_minutes: length of the steps [min].

        Returns:
            Shares of shape (n, 3) in the order normal, peak, off-peak; each row sums to one.

        Raises:
            BookError: if a start is no time or no whole minute, or the length is not a whole number of
                minutes of at least one.
        """
        first = _minute_of_week(starts)
        _require_step(step_minutes)
        before = _minutes_before(self.blocks)
        weeks, last = np.divmod(first + int(step_minutes), _WEEK)
        spent = before[last] - before[first] + weeks[:, None] * before[-1]
        return np.asarray(spent / float(step_minutes), dtype=np.float64)

    def block_at(self, starts: Datetimes, step_minutes: int) -> IntArray:
        """Block of each step: 0 normal, 1 peak, 2 off-peak.

        A step that straddles a boundary belongs to the block with most of its time; on equal times to
        that in which it starts. Money must be reckoned with :meth:`shares` instead.

        Args:
            starts: local start of each step, datetime64 of whole minutes, shape (n,).
            step_minutes: length of the steps [min].

        Returns:
            Codes of shape (n,).

        Raises:
            BookError: as :meth:`shares`.
        """
        shares = self.shares(starts, step_minutes)
        at_start = np.argmax(self.shares(starts, 1), axis=1)
        # Half a minute's share decides ties only: true differences are at least a minute.
        shares[np.arange(len(shares)), at_start] += 0.5 / step_minutes
        return np.asarray(np.argmax(shares, axis=1), dtype=np.int64)


def _require_step(step_minutes: int) -> None:
    whole = isinstance(step_minutes, (int, np.integer)) and not isinstance(step_minutes, bool)
    if not whole or step_minutes < 1:
        raise BookError(
            say(
                "a step of {step_minutes} minutes cannot be priced; it needs whole minutes, 1 up",
                step_minutes=step_minutes,
            )
        )


def _minute_of_week(starts: Datetimes) -> IntArray:
    """Minutes since Monday 00:00, shape (n,) [min]."""
    given: npt.NDArray[Any] = np.atleast_1d(np.asarray(starts))
    if given.ndim != 1 or not np.issubdtype(given.dtype, np.datetime64):
        raise BookError(
            say("steps are priced from a list of datetime64, not from {dtype}", dtype=given.dtype)
        )
    whole = given.astype("datetime64[m]")
    if np.isnat(whole).any():
        raise BookError(say("a step starts at no time (NaT), so it has no block"))
    if (whole != given).any():
        raise BookError(say("a step does not start on a whole minute, so its block cannot be told"))
    return np.asarray((whole.astype(np.int64) + _THURSDAY) % _WEEK, dtype=np.int64)


@lru_cache(maxsize=16)
def _minutes_before(blocks: tuple[TimeBlock, ...]) -> IntArray:
    """Minutes of each block from Monday 00:00 to each minute of the week, shape (10081, 3) [min]."""
    week = np.zeros(_WEEK, dtype=np.int64)
    for block in blocks:
        for day in DAYS[block.days]:
            week[day * _DAY + block.start : day * _DAY + block.end] = block.block
    before = np.zeros((_WEEK + 1, len(BLOCKS)), dtype=np.int64)
    np.cumsum(week[:, None] == np.arange(len(BLOCKS)), axis=0, out=before[1:])
    before.setflags(write=False)
    return before


def _clock(text: str) -> int | None:
    return int(text[:2]) * 60 + int(text[3:]) if _CLOCK.fullmatch(text) else None


def _read_block(place: Place, row: Row) -> tuple[TimeBlock | None, list[Fault]]:
    """Turn a row of the time-of-use book into a stretch, or into the faults that forbid it."""
    entry, faults = read_entry(place, row)
    start, end = _clock(row.get("start", "")), _clock(row.get("end", ""))
    if start is None or end is None or start >= end:
        faults.append(
            Fault(place, say("has no stretch of the day"), needs=say("start and end as HH:MM, start first"))
        )
    elif entry is not None and abs(entry.value - (end - start) / 60) > 1e-9:
        faults.append(
            Fault(place, say("value is not the length of the stretch"), f"{entry.value:g}", say("hours"))
        )
    if row.get("days") not in DAYS:
        faults.append(Fault(place, say("days are not known"), row.get("days", ""), listed(DAYS)))
    if row.get("block") not in BLOCKS[1:]:
        faults.append(Fault(place, say("block is not known"), row.get("block", ""), listed(BLOCKS[1:])))
    if faults or entry is None or start is None or end is None:
        return None, faults
    return TimeBlock(BLOCKS.index(row["block"]), row["days"], start, end, entry), []


def _clashes(name: str, blocks: list[TimeBlock]) -> list[Fault]:
    """Faults of minutes that two stretches of one schedule claim, and of stretches with other dates."""
    faults = []
    claimed = np.zeros(_WEEK, dtype=np.int64)
    for block in blocks:
        for day in DAYS[block.days]:
            claimed[day * _DAY + block.start : day * _DAY + block.end] += 1
    if claimed.max() > 1:
        faults.append(Fault(Place("tou.csv"), say("{key} has stretches that overlap", key=name)))
    if len({(block.entry.valid_from, block.entry.valid_to) for block in blocks}) > 1:
        faults.append(Fault(Place("tou.csv"), say("{key} has stretches with different dates", key=name)))
    return faults


def read_schedules(text: str) -> tuple[Schedule, ...]:
    """Read the schedules of a time-of-use book, in order of date.

    Raises:
        StudyError: with all faults of all rows.
    """
    rows, faults = read_rows("tou.csv", text)
    grouped: dict[str, list[TimeBlock]] = {}
    for place, row in rows:
        block, found = _read_block(place, row)
        faults += found
        if block is not None:
            grouped.setdefault(block.entry.key.split(".")[1], []).append(block)
    for name, blocks in grouped.items():
        faults += _clashes(name, blocks)
    if faults:
        raise StudyError(faults, say("The time-of-use book"))
    made = [
        Schedule(name, blocks[0].entry.valid_from, blocks[0].entry.valid_to, tuple(blocks))
        for name, blocks in grouped.items()
    ]
    return tuple(sorted(made, key=lambda schedule: schedule.valid_from or date.min))


@lru_cache(maxsize=1)
def schedules() -> tuple[Schedule, ...]:
    """All shipped schedules, in order of date."""
    return read_schedules(read_shipped("tou.csv"))


def schedule(on: date | None = None, name: str | None = None) -> Schedule:
    """A time-of-use schedule by date or by name.

    A name chooses the schedule whatever its dates, so that a bill can be reckoned with the hours that
    were really applied; with both, the named schedule must hold on that day.

    Args:
        on: the day on which the schedule must hold.
        name: short name, such as ``legacy`` or ``qd963``.

    Raises:
        BookError: if neither is given or no schedule fits; the message says which exist.
    """
    held = schedules()
    listing = schedules_in_words(held)
    if on is None and name is None:
        raise BookError(
            say("a schedule is chosen by date or by name; the books hold {listing}", listing=listing)
        )
    fitting = [s for s in held if name is None or s.name == name]
    if not fitting:
        hint = did_you_mean(name or "", [s.name for s in held])
        what = say("the books have no schedule {name!r}; they hold {listing}", name=name, listing=listing)
        raise BookError(joined([what, hint], ". ") if hint else what)
    for candidate in fitting:
        if on is None or candidate.entries[0].covers(on):
            return candidate
    if not name:
        raise BookError(say("no schedule holds on {day}; the books hold {listing}", day=on, listing=listing))
    raise BookError(
        say("no schedule {name} holds on {day}; the books hold {listing}", name=name, day=on, listing=listing)
    )


def schedules_in_words(held: Iterable[Schedule]) -> Text:
    """Schedules by name, each with the days on which it holds."""
    return joined(say("{name} ({days})", name=s.name, days=s.entries[0].validity) for s in held)
