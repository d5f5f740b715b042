"""When a stream is there: hours of the week and months of the year, as a mask over both.

Written as ``Mon-Sat 06:00-22:00; Sun 08:00-12:00`` or ``T2-T7 06:00-22:00; CN 08:00-12:00``, ``24/7`` for
always; months as ``1-12`` or ``11-3``. Whole hours, so that nothing is rounded unseen.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from parkzero.units import FloatArray

Mask = npt.NDArray[np.bool_]
WEEK = 168
MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=float)
_DAYS = {
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
    "t2": 0, "t3": 1, "t4": 2, "t5": 3, "t6": 4, "t7": 5, "cn": 6,
}  # fmt: skip
_PART = re.compile(r"(?:(\w+)(?:\s*-\s*(\w+))?\s+)?(\d{1,2}):00\s*-\s*(\d{1,2}):00")


def week_of(text: str) -> Mask:
    """Hours of the week, from Monday 0:00, shape [168].

    Raises:
        ValueError: when the text is none, with the part that is not understood.
    """
    mask = np.zeros(WEEK, dtype=np.bool_)
    if text.strip() in ("", "24/7"):
        return ~mask
    for part in text.split(";"):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise ValueError(part.strip())
        first, last, start, end = match.groups()
        if int(start) > 23 or int(end) > 24 or int(start) == int(end):
            raise ValueError(part.strip())
        for day in _days(first, last, part.strip()):
            length = (int(end) - int(start)) % 24 or 24
            mask[(24 * day + int(start) + np.arange(length)) % WEEK] = True
    return mask


def _days(first: str | None, last: str | None, part: str) -> list[int]:
    if first is None:
        return list(range(7))
    ends = [_DAYS.get(day.lower()) for day in (first, last or first)]
    if ends[0] is None or ends[1] is None:
        raise ValueError(part)
    count = (ends[1] - ends[0]) % 7 + 1
    return [(ends[0] + i) % 7 for i in range(count)]


def months_of(text: str) -> Mask:
    """Months of the year, shape [12].

    Raises:
        ValueError: when the text is none.
    """
    mask = np.zeros(12, dtype=np.bool_)
    for part in (text.strip() or "1-12").split(";"):
        match = re.fullmatch(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?", part.strip())
        ends = [int(n) for n in (match[1], match[2] or match[1])] if match else [0]
        if not all(1 <= n <= 12 for n in ends):
            raise ValueError(part.strip())
        mask[[(ends[0] - 1 + i) % 12 for i in range((ends[-1] - ends[0]) % 12 + 1)]] = True
    return mask


def hours_together(
    weeks: npt.NDArray[np.bool_], months: npt.NDArray[np.bool_],
    other_weeks: npt.NDArray[np.bool_], other_months: npt.NDArray[np.bool_],
) -> FloatArray:  # fmt: skip
    """Hours of a year in which each of some streams and each of others are both there, shape [n, m] [h]."""
    in_week = weeks.astype(np.float32) @ other_weeks.astype(np.float32).T
    days = (months * MONTH_DAYS) @ other_months.astype(float).T
    found: FloatArray = np.asarray(in_week, dtype=float) * days / 7.0
    return found
