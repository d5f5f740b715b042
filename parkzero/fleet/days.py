"""The days on which a trip is driven, from words such as "mon-fri", "T2-T6", "school", "daily".

Weekdays are those that are no public holiday. ``school`` stands for the weekdays (or, beside weekdays, for
those) within the terms of a school calendar. ``holiday`` stands for public holidays, ``daily`` for all days.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place, StudyError
from parkzero.series.calendar import public_holidays
from parkzero.texts import say

Days = npt.NDArray[np.bool_]

_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_VIETNAMESE = ("t2", "t3", "t4", "t5", "t6", "t7", "cn")
_NUMBER = {w: i for words in (_ENGLISH, _VIETNAMESE) for i, w in enumerate(words)}
_RANGE = re.compile(r"^(\w+)\s*[-–]\s*(\w+)$")
_SCHOOL = ("school", "học", "hoc", "đi học")
_DAILY = ("daily", "hằng ngày", "hàng ngày")
_HOLIDAY = ("holiday", "lễ", "le")
WORDS = say("words such as mon-fri, sat, school, daily, holiday (or T2-T6, T7, CN)")


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """When there is school, and when nobody drives.

    Attributes:
        terms: first and last day of each term.
        off: first and last day of each time in which neither school nor work is, such as the weeks of Tết.
        tet_days_before: of the five public days of Tết those that lie before the first lunar day.
    """

    terms: tuple[tuple[dt.date, dt.date], ...] = ()
    off: tuple[tuple[dt.date, dt.date], ...] = ()
    tet_days_before: int = 1


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of a calendar by what they are, each of shape [days]."""

    weekday: npt.NDArray[np.int32]
    holiday: Days
    term: Days
    off: Days
    has_terms: bool

    @classmethod
    def of(cls, dates: npt.NDArray[np.datetime64], school: SchoolYear) -> Dates:
        """The days of a calendar.

        Raises:
            StudyError: where a year lies outside the lunar calendar.
        """
        days = dates.astype("datetime64[D]")
        plain = [d.astype(object) for d in days]
        free = {
            d
            for year in sorted({d.year for d in plain})
            for d in public_holidays(year, tet_days_before=school.tet_days_before)
        }
        holiday = np.array([d in free for d in plain])
        weekday = ((days.astype(int) + 3) % 7).astype(np.int32)
        return cls(
            weekday, holiday, _within(plain, school.terms), _within(plain, school.off), bool(school.terms)
        )


def _within(days: Sequence[dt.date], spans: Sequence[tuple[dt.date, dt.date]]) -> Days:
    return np.array([any(a <= d <= b for a, b in spans) for d in days])


def driven(words: str, dates: Dates) -> Days:
    """The days that some words stand for, shape [days].

    Raises:
        StudyError: when a word is not understood, or asks for a school calendar that is not there.
    """
    named, others = np.zeros(len(dates.weekday), bool), np.zeros(len(dates.weekday), bool)
    school = weekdays = whole = False
    for word in filter(None, re.split(r"[,;+/]|\s(?![-–])(?<![-–]\s)", words.strip().lower())):
        if word in _SCHOOL:
            school = True
        elif word in _DAILY:
            others |= True
            whole = True
        elif word in _HOLIDAY:  # which a short calendar need not have
            others |= dates.holiday
            whole = True
        else:
            named |= np.isin(dates.weekday, _weekdays(word, words))
            weekdays = True
    if school and not dates.has_terms:
        raise _refused(
            say("asks for a school calendar, but there is none"), words, say("terms of the school year")
        )
    if not (school or weekdays or whole):
        raise _refused(say("names no days"), words, WORDS)
    usual = named if weekdays else np.where(school, dates.weekday < 5, False)
    usual = usual & ~dates.holiday & ~dates.off & (dates.term if school else True)
    found: Days = usual | others
    return found


def _weekdays(word: str, words: str) -> list[int]:
    found = _RANGE.match(word)
    ends = found.groups() if found else (word, word)
    if any(end not in _NUMBER for end in ends):
        raise _refused(say("does not say on which days"), words, WORDS)
    first, last = (_NUMBER[end] for end in ends)
    return [(first + i) % 7 for i in range((last - first) % 7 + 1)]


def _refused(what: str, words: str, needs: str) -> StudyError:
    return StudyError([Fault(Place(field="days"), what, words[:60], needs)])  # type: ignore[arg-type]
