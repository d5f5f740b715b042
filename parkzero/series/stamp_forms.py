"""One time as people and machines write it, taken apart into its date, its clock and its zone.

Dates: ISO, day-first or month-first, compact (20250131), month names in English and Vietnamese, weekdays
before or after. Clocks: 13:00, 13h00, 1:00 PM, 1:00 CH, 24:00, before or after the date, also the bare hour
(2025-12-31-23). Two times with a dash between are a range, and its first time counts.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

_FIRST, _LAST = dt.date(1970, 1, 1), dt.date(2199, 12, 31)
DAY = 86_400

_RANGE = re.compile(r"\s+(?:-|–|—|to|đến|tới)\s+|(?<=\d)\s*[–—]\s*(?=\d)|(?<=\d)/(?=\d{4}-\d\d-\d\dT)")
_CLOCK = re.compile(
    r"(?<!\d)(?P<h>\d{1,2})\s?(?:(?::|[hH]|giờ\s?)(?P<min>\d{2})(?:[:mM]?(?P<s>\d{2})(?P<frac>[.,]\d+)?)?"
    r"(?:\s?(?P<half>[AaPp]\.?[Mm]\b\.?|SA\b|CH\b|sáng|chiều|tối))?"
    r"|(?P<half2>[AaPp]\.?[Mm]\b\.?|SA\b|CH\b|sáng|chiều|tối)|(?P<whole>[hH]|giờ)(?!\w))(?![\d:])"
)
_PLAIN = re.compile(r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})[ T](\d{1,2}:\d{2}(?::\d{2})?)")
_ZONE = re.compile(
    r"\s*(?:(?P<z>Z|UTC|GMT)(?![\w+-])|(?:UTC|GMT)?\s?(?P<off>[+-]\d{2}:?\d{2}|[+-]\d{1,2}(?!\d)))"
)
_ISO = re.compile(r"(?P<y>\d{4})[-/. ](?P<m>\d{1,2})[-/. ](?P<d>\d{1,2})")
_LOCAL = re.compile(r"(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y>\d{4}|\d{2})")
_COMPACT = re.compile(r"(?P<y>(?:19|20|21)\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_TAIL = re.compile(r"(?:(?<=\d)[Tt]|[\s:,])+$")
_RUN = re.compile(r"(\d{8})[ T:_-]?(\d{2})(?::?(\d{2})(?::?(\d{2}))?)?")
_BARE_HOUR = re.compile(r"(.*\d)[ _T-]+(\d{2})(\d{2})?")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_WORDS = {word: i for i, name in enumerate(_MONTHS, start=1) for word in (name, name[:3])} | {"sept": 9}
_VI = {
    "giêng": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
}  # fmt: skip
_VI_MONTH = re.compile(
    r"(?P<d>\d{1,2})[\s/.-]*(?:tháng|thg|th)[\s.]*(?P<m>\d{1,2}|"
    + "|".join(sorted(_VI, key=len, reverse=True))
    + r")[\s,/.-]*(?:năm)?\s*(?P<y>\d{4})"
)
_NAMED = (
    re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s/.,-]*(?P<m>[a-z]{3,9})[\s/.,-]*(?P<y>\d{4}|\d{2})"),
    re.compile(r"(?P<m>[a-z]{3,9})[\s/.,-]*(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s/.,-]+(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})[\s/.,-]*(?P<m>[a-z]{3,9})[\s/.,-]*(?P<d>\d{1,2})"),
)
_WEEKDAY = re.compile(
    r"\b(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\b\.?,?|\bchủ nhật\b,?|\bcn\b,?"
    r"|\bthứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])\b,?|\bt[2-7]\b,?",
    re.IGNORECASE,
)
_NOISE = re.compile(r"\b(?:ngày|lúc|vào|at|on)\b|[()]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A stamp taken apart: date, clock and zone as written, and the later end of a range."""

    date: str
    clock: str
    zone: str
    end: str = ""


def take_apart(text: str) -> Pieces:
    """The date, the clock and the zone in ``text``; parts that are not there are empty."""
    plain = _PLAIN.fullmatch(text)
    if plain:  # most files, and many times faster
        return Pieces(plain[1], plain[2], "")
    end = ""
    if "-" in text or "–" in text or " t" in text or "đ" in text or "—" in text or "/" in text:
        halves = _RANGE.split(text, maxsplit=1)
        if len(halves) == 2 and (_CLOCK.search(halves[0]) or _RUN.fullmatch(halves[0])):
            text, end = halves[0].strip(), halves[1].strip()
    found = _CLOCK.search(text)
    if found is None:
        whole = _RUN.fullmatch(text) or (_BARE_HOUR.fullmatch(text) if len(text) > 8 else None)
        if whole and len(whole[1]) >= 8 and not _COMPACT.fullmatch(text):
            clock = f"{whole[2]}:{whole[3] or '00'}"
            if whole.re is _RUN and whole[4]:
                clock += f":{whole[4]}"
            if _is_date(whole[1].strip()):
                return Pieces(whole[1].strip(), clock, "", end)
        return Pieces(text, "", "", end)
    zone = _ZONE.match(text, found.end())
    stop, written = found.end(), ""
    if zone and (zone["z"] or zone["off"]) and (zone["off"] is None or not _ends_date(text, zone.end())):
        stop, written = zone.end(), zone["off"] or "Z"
    date = f"{text[: found.start()]} {text[stop:]}"
    return Pieces(_TAIL.sub("", date).strip(), found[0], written, end)


def _ends_date(text: str, at: int) -> bool:
    """Whether what looks like an offset begins a date ("23:00 -05/01/2025" has none)."""
    return text[at : at + 1] in ("/", ".", "-")


def _is_date(text: str) -> bool:
    return read_date(text, "dmy") is not None or read_date(text, "mdy") is not None


def local_order(date: str) -> tuple[int, int] | None:
    """The first two numbers of a date whose year comes last; None for any other form."""
    match = _LOCAL.fullmatch(_bare(date))
    return (int(match["a"]), int(match["b"])) if match else None


@lru_cache(maxsize=4096)
def _bare(date: str) -> str:
    if date[:1].isdigit() and date[-1:].isdigit() and date.isascii() and not any(c.isalpha() for c in date):
        return date.strip()
    return " ".join(_NOISE.sub(" ", _WEEKDAY.sub(" ", date)).strip(" ,;.").split()).strip(" ,;")


@lru_cache(maxsize=8192)
def read_date(date: str, order: str) -> int | None:
    """Days since 1970-01-01, or None for what is no date of 1970 to 2199.

    Args:
        date: the date alone.
        order: "dmy" or "mdy", for dates whose year comes last.
    """
    text = _bare(date)
    parts = _numbers(text, order) or _names(text.lower())
    if parts is None:
        return None
    year, month, day = parts
    try:
        when = dt.date(year + (2000 if year < 100 else 0), month, day)
    except (ValueError, OverflowError):
        return None
    return (when - dt.date(1970, 1, 1)).days if _FIRST <= when <= _LAST else None


def _numbers(text: str, order: str) -> tuple[int, int, int] | None:
    match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return int(match["y"]), int(match["m"]), int(match["d"])
    match = _LOCAL.fullmatch(text)
    if match is None:
        return None
    day, month = (match["a"], match["b"]) if order == "dmy" else (match["b"], match["a"])
    return int(match["y"]), int(month), int(day)


def _names(text: str) -> tuple[int, int, int] | None:
    match = _VI_MONTH.fullmatch(text)
    if match:
        month = int(match["m"]) if match["m"].isdigit() else _VI[match["m"]]
        return int(match["y"]), month, int(match["d"])
    for form in _NAMED:
        match = form.fullmatch(text)
        if match and match["m"] in _WORDS:
            return int(match["y"]), _WORDS[match["m"]], int(match["d"])
    return None


@lru_cache(maxsize=8192)
def read_clock(clock: str) -> int | None:
    """Seconds since midnight, 86,400 for 24:00; None for what is no time of day."""
    match = _CLOCK.fullmatch(clock.strip())
    if match is None:
        return None
    hour, minute, second = int(match["h"]), int(match["min"] or 0), int(match["s"] or 0)
    half = (match["half"] or match["half2"] or "").lower().replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in ("pm", "ch", "chiều", "tối") else 0)
    if (hour, minute, second) == (24, 0, 0):
        return DAY
    return hour * 3600 + minute * 60 + min(second, 59) if hour < 24 and minute < 60 and second < 61 else None


def read_zone(zone: str) -> int | None:
    """Minutes east of UTC; None where no zone is written."""
    if not zone:
        return None
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    return (-1 if zone[0] == "-" else 1) * (hours * 60 + minutes)
