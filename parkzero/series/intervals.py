"""Files whose interval changes half-way, as when a meter is set from 60 to 30 minutes in July."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkzero.series.findings import Finding
from parkzero.series.rows import STEPS, IntArray
from parkzero.texts import joined, say

_LEAST = 7 * 1440  # an interval must hold for a week, or rows are missing rather than the interval changed
_MOST = 4


@dataclass(frozen=True, slots=True)
class Intervals:
    """The intervals of a file.

    Attributes:
        finest: shortest of them [min].
        first, last: interval at the start and at the end of the file [min].
        before: interval that ends at each row [min], (n,).
        after: interval that begins at each row [min], (n,).
    """

    finest: int
    first: int
    last: int
    before: IntArray
    after: IntArray

    @property
    def mixed(self) -> bool:
        """Whether the interval changes."""
        return bool((self.after != self.finest).any() or (self.before != self.finest).any())


def find_intervals(times: IntArray, step: int) -> tuple[Intervals, list[Finding]]:
    """The interval of each row: the usual one, or the one of its part of the file.

    Args:
        times: times of the rows in order [min], (n,).
        step: the usual distance [min].
    """
    count = len(times)
    same = np.full(count, step, dtype=np.int64)
    alone = Intervals(step, step, step, same, same)
    apart = np.diff(times)
    if count < 3:
        return alone, []
    edges = np.flatnonzero(np.diff(apart)) + 1
    begins, ends = np.concatenate([[0], edges]), np.concatenate([edges, [count - 1]])
    parts: list[tuple[int, int, int]] = []  # first distance, one past the last, interval
    for a, b in zip(begins.tolist(), ends.tolist(), strict=True):
        length = int(apart[a])
        if length not in STEPS or (b - a) * length < _LEAST:
            continue
        if parts and parts[-1][2] == length:
            parts[-1] = (parts[-1][0], b, length)
        else:
            parts.append((a, b, length))
    lengths = {length for _, _, length in parts}
    if len(lengths) < 2 or len(parts) > _MOST or any(length % min(lengths) for length in lengths):
        return alone, []
    after = np.empty(count, dtype=np.int64)
    for k, (a, _, length) in enumerate(parts):
        after[0 if k == 0 else a :] = length
    before = np.concatenate([after[:1], after[:-1]])
    finest = min(lengths)
    said = joined(
        say("{length} minutes from {at}", length=length, at=_show(int(times[a]))) for a, _, length in parts
    )
    what = say(
        "the interval changes: {said}; all brought to {finest} minutes, energy kept", said=said, finest=finest
    )
    found = Intervals(finest, parts[0][2], parts[-1][2], before, after)
    return found, [Finding("interval_changes", "note", count, what)]


def spread(starts: IntArray, lengths: IntArray, finest: int) -> IntArray:
    """The row behind each fine step: rows of two fine steps are met twice; indices, (m,)."""
    return np.repeat(np.arange(len(starts)), lengths // finest)


def fine_starts(starts: IntArray, lengths: IntArray, finest: int) -> IntArray:
    """Start of each fine step [min], in the order of ``spread``."""
    times = lengths // finest
    first = np.cumsum(times) - times
    return np.repeat(starts, times) + finest * (np.arange(int(times.sum())) - np.repeat(first, times))


def _show(minutes: int) -> str:
    return str(np.datetime64(minutes, "m")).replace("T", " ")
