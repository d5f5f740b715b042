"""Time stamps as meters write them.

ISO or day-first or month-first dates, 24:00, AM/PM (also the Vietnamese SA/CH), offsets from UTC, and
date and time in two columns. An order of day and month that the file does not prove is asked for.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place
from parkzero.series.findings import Finding, Mend

Minutes = npt.NDArray[np.datetime64]
DateOrder = Literal["auto", "dmy", "mdy"]
_TIME = (
    r"(?:[T ,]+(?P<h>\d{1,2})[:hH](?P<min>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?|SA|CH)?)?"
)
_OFFSET = r"\s*(?P<off>Z|UTC|[+-]\d{2}:?\d{2})?$"
_ISO = re.compile(r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME + _OFFSET)
_LOCAL = re.compile(r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _TIME + _OFFSET)
_COMPACT = re.compile(
    r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})[ T:]?(?P<h>\d{2}):?(?P<min>\d{2})(?P<s>)(?P<half>)(?P<off>)$"
)
_FIRST, _LAST = dt.datetime(1970, 1, 1), dt.datetime(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Stamps:
    """Times of the rows [min], whether each is at 24:00, findings and faults that no mend can cure."""

    times: Minutes
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    when: dt.datetime
    has_time: bool
    at_24: bool
    offset: int | None
    seconds: int


def looks_like_stamp(text: str) -> bool:
    """Whether ``text`` begins as a date."""
    return bool(_ISO.match(text) or _LOCAL.match(text) or _COMPACT.match(text))


def looks_like_time(text: str) -> bool:
    """Whether ``text`` is a time of day."""
    return bool(re.match(r"^\d{1,2}[:hH]\d{2}(:\d{2})?(\s*([AaPp]\.?[Mm]\.?|SA|CH))?$", text))


def parse_stamps(
    texts: Sequence[str], lines: Sequence[int], file: str, order: DateOrder = "auto", mend: Mend | None = None
) -> Stamps:
    """Read a column of stamps.

    Args:
        texts: the stamps, date and time.
        lines: line of each stamp.
        file: name of the file, for faults.
        order: order of day and month where the year comes last; "auto" needs a day above 12.
        mend: mends allowed; only ``utc_offset_hours`` is used here.

    Returns:
        Local times to the minute.
    """
    chosen, faults = _order(texts, lines, file, order)
    if faults:
        return Stamps(np.zeros(0, "datetime64[m]"), (), tuple(faults))
    read = [_read(text, chosen) for text in texts]
    bad = [i for i, r in enumerate(read) if r is None]
    faults = [
        Fault(Place(file=file, line=lines[i]), "is not a time", repr(texts[i][:40]), "date and time")
        for i in bad[:20]
    ]
    if len(bad) > 20:
        faults.append(Fault(Place(file=file), f"has {len(bad) - 20} more rows without a readable time"))
    good = [r for r in read if r is not None]
    if good and not any(r.has_time for r in good):
        faults.append(
            Fault(Place(file=file, line=lines[0]), "has dates without a time of day", texts[0][:40])
        )
    if faults:
        return Stamps(np.zeros(0, "datetime64[m]"), (), tuple(faults))
    return _localise(good, lines, texts, mend or Mend())


def _order(
    texts: Sequence[str], lines: Sequence[int], file: str, order: DateOrder
) -> tuple[str, list[Fault]]:
    if order != "auto":
        return order, []
    day_first, month_first, example = -1, -1, -1
    for i, text in enumerate(texts):
        match = _LOCAL.match(text)
        if match:
            example = i if example < 0 else example
            if int(match["a"]) > 12 and day_first < 0:
                day_first = i
            if int(match["b"]) > 12 and month_first < 0:
                month_first = i
    if example < 0 or (day_first >= 0) != (month_first >= 0):
        return ("mdy" if month_first >= 0 else "dmy"), []
    what = "may be day-first or month-first: no date in the file proves it"
    got = texts[example]
    if day_first >= 0:
        what, got = "mixes day-first and month-first dates", f"{texts[day_first]} and {texts[month_first]}"
    place = Place(file=file, line=lines[example])
    return "", [Fault(place, what, got[:80], "one order", "name it: date_order='dmy' or date_order='mdy'")]


def _read(text: str, order: str) -> _Read | None:
    match = _ISO.match(text) or _COMPACT.match(text) or _LOCAL.match(text)
    if match is None:
        return None
    part = match.groupdict()
    if "a" in part:
        day, month = (part["a"], part["b"]) if order == "dmy" else (part["b"], part["a"])
        year = int(part["y"]) + (2000 if len(part["y"]) == 2 else 0)
    else:
        day, month, year = part["d"], part["m"], int(part["y"])
    hour, minute, second = int(part["h"] or 0), int(part["min"] or 0), int(part["s"] or 0)
    half = (part["half"] or "").lower().replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in ("pm", "ch") else 0)
    at_24 = hour == 24 and minute == 0 and second == 0
    try:
        when = dt.datetime(year, int(month), int(day), 0 if at_24 else hour, minute, min(second, 59))
        when += dt.timedelta(days=int(at_24))
    except (ValueError, OverflowError):
        return None
    if not _FIRST <= when < _LAST:
        return None
    return _Read(when, part["h"] is not None, at_24, _offset(part["off"]), second)


def _offset(text: str | None) -> int | None:
    if not text:
        return None
    if text in ("Z", "UTC"):
        return 0
    sign = -1 if text[0] == "-" else 1
    return sign * (int(text[1:3]) * 60 + int(text[-2:]))


def _localise(read: Sequence[_Read], lines: Sequence[int], texts: Sequence[str], mend: Mend) -> Stamps:
    times = np.array([r.when.replace(tzinfo=None) for r in read], dtype="datetime64[s]").astype(
        "datetime64[m]"
    )
    findings: list[Finding] = []
    at_24 = sum(r.at_24 for r in read)
    if at_24:
        findings.append(
            Finding("hour_24", "note", at_24, f"{at_24} stamps at 24:00 read as 00:00 of the next day")
        )
    odd = [i for i, r in enumerate(read) if r.seconds]
    if odd:
        examples = tuple((lines[i], texts[i][:40]) for i in odd[:3])
        findings.append(Finding("seconds", "note", len(odd), "seconds were cut to the minute", examples))
    offsets = [r.offset for r in read]
    if all(o is None for o in offsets):
        return Stamps(times, tuple(findings), ())
    if any(o is None for o in offsets):
        fault = Fault(Place(line=lines[offsets.index(None)]), "has no UTC offset while other rows have one")
        return Stamps(times, tuple(findings), (fault,))
    known = np.array(offsets, dtype=np.int64)
    utc = times - known.astype("timedelta64[m]")
    if not known.any():
        local = mend.utc_offset_hours
        findings.append(
            Finding(
                "utc",
                "fault",
                len(read),
                "stamps are in UTC, not in local time",
                ((lines[0], texts[0][:40]),),
                "Mend(utc_offset_hours=7) for Viet Nam",
            )
        )
        return Stamps(utc + np.timedelta64(round((local or 0) * 60), "m"), tuple(findings), ())
    standard = int(known.min())
    findings.append(
        Finding(
            "offset",
            "note",
            len(read),
            f"stamps carry UTC offsets; read in standard time UTC{standard / 60:+g}",
        )
    )
    return Stamps(utc + np.timedelta64(standard, "m"), tuple(findings), ())
