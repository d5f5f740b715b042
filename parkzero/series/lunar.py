"""The Vietnamese lunar calendar from astronomy: new moons and the sun's longitude seen at UTC+7.

A lunar month begins on the day (UTC+7) of the new moon; the month that holds the winter solstice is the
eleventh; where thirteen months lie between two solstices, the first month in which the sun passes no
multiple of 30 degrees is a leap month.

Sources: Meeus, Astronomical Algorithms, 2nd ed. 1998, chapters 25 (sun) and 49 (phases of the moon);
Espenak & Meeus, Five Millennium Canon of Solar Eclipses, NASA TP-2006-214141 (delta T);
Aslaksen, The Mathematics of the Chinese Calendar, 2010 (rules of months).
"""

from __future__ import annotations

import datetime as dt
import math
from functools import lru_cache

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import say

FIRST_YEAR, LAST_YEAR = 1990, 2100
_UTC_OFFSET = 7.0 / 24.0
_MONTH = 29.530588861
# Meeus table 49.A, new moon: coefficient [day], power of E, multiples of M, M', F, Omega
_TERMS = (
    (-0.40720, 0, 0, 1, 0, 0),
    (0.17241, 1, 1, 0, 0, 0),
    (0.01608, 0, 0, 2, 0, 0),
    (0.01039, 0, 0, 0, 2, 0),
    (0.00739, 1, -1, 1, 0, 0),
    (-0.00514, 1, 1, 1, 0, 0),
    (0.00208, 2, 2, 0, 0, 0),
    (-0.00111, 0, 0, 1, -2, 0),
    (-0.00057, 0, 0, 1, 2, 0),
    (0.00056, 1, 1, 2, 0, 0),
    (-0.00042, 0, 0, 3, 0, 0),
    (0.00042, 1, 1, 0, 2, 0),
    (0.00038, 1, 1, 0, -2, 0),
    (-0.00024, 1, -1, 2, 0, 0),
    (-0.00017, 0, 0, 0, 0, 1),
    (-0.00007, 0, 2, 1, 0, 0),
    (0.00004, 0, 0, 2, -2, 0),
    (0.00004, 0, 3, 0, 0, 0),
    (0.00003, 0, 1, 1, -2, 0),
    (0.00003, 0, 0, 2, 2, 0),
    (-0.00003, 0, 1, 1, 2, 0),
    (0.00003, 0, -1, 1, 2, 0),
    (-0.00002, 0, -1, 1, -2, 0),
    (-0.00002, 0, 1, 3, 0, 0),
    (0.00002, 0, 0, 4, 0, 0),
)
# Meeus p. 351, planetary terms: amplitude [day], phase [deg], rate [deg a month]
_PLANETS = (
    (0.000325, 299.77, 0.107408),
    (0.000165, 251.88, 0.016321),
    (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478),
    (0.000110, 84.66, 18.206239),
    (0.000062, 141.74, 53.303771),
    (0.000060, 207.14, 2.453732),
    (0.000056, 154.84, 7.306860),
    (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824),
    (0.000040, 291.34, 1.844379),
    (0.000037, 161.72, 24.198154),
    (0.000035, 239.56, 25.513099),
    (0.000023, 331.55, 3.592518),
)


def _delta_t(julian_day: float) -> float:
    """Terrestrial time less universal time [day], for 1986 to 2150 (Espenak & Meeus)."""
    year = 2000.0 + (julian_day - 2451545.0) / 365.25
    t = year - 2000.0
    if year < 2005:
        seconds = (
            63.86
            + 0.3345 * t
            - 0.060374 * t**2
            + 0.0017275 * t**3
            + 0.000651814 * t**4
            + 0.00002373599 * t**5
        )
    elif year < 2050:
        seconds = 62.92 + 0.32217 * t + 0.005589 * t**2
    else:
        seconds = -20.0 + 32.0 * ((year - 1820.0) / 100.0) ** 2 - 0.5628 * (2150.0 - year)
    return seconds / 86400.0


def new_moon(k: int) -> float:
    """Julian day (universal time) of new moon number ``k``, counted from January 2000."""
    t = k / 1236.85
    day = 2451550.09766 + _MONTH * k + 0.00015437 * t**2 - 0.000000150 * t**3 + 0.00000000073 * t**4
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    sun = math.radians(2.5534 + 29.10535670 * k - 0.0000014 * t**2 - 0.00000011 * t**3)
    moon = math.radians(201.5643 + 385.81693528 * k + 0.0107582 * t**2 + 0.00001238 * t**3)
    latitude = math.radians(160.7108 + 390.67050284 * k - 0.0016118 * t**2 - 0.00000227 * t**3)
    node = math.radians(124.7746 - 1.56375588 * k + 0.0020672 * t**2 + 0.00000215 * t**3)
    for size, power, a, b, c, d in _TERMS:
        day += size * e**power * math.sin(a * sun + b * moon + c * latitude + d * node)
    for size, phase, rate in _PLANETS:
        drift = -0.009173 * t**2 if phase == 299.77 else 0.0
        day += size * math.sin(math.radians(phase + rate * k + drift))
    return day - _delta_t(day)


def sun_longitude(julian_day: float) -> float:
    """Apparent longitude of the sun [deg, 0 to 360) at a Julian day (universal time)."""
    t = (julian_day + _delta_t(julian_day) - 2451545.0) / 36525.0
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t**2
    m = math.radians(357.52911 + 35999.05029 * t - 0.0001537 * t**2)
    centre = (1.914602 - 0.004817 * t - 0.000014 * t**2) * math.sin(m)
    centre += (0.019993 - 0.000101 * t) * math.sin(2 * m) + 0.000289 * math.sin(3 * m)
    return (mean + centre - 0.00569 - 0.00478 * math.sin(math.radians(125.04 - 1934.136 * t))) % 360.0


def _new_moon_day(k: int) -> int:
    """Julian day number of the day (UTC+7) on which new moon ``k`` falls."""
    return math.floor(new_moon(k) + 0.5 + _UTC_OFFSET)


def _sector(day: int) -> int:
    """Twelfth of the ecliptic in which the sun stands at the midnight (UTC+7) that begins ``day``."""
    return int(sun_longitude(day - 0.5 - _UTC_OFFSET) // 30.0)


def _day_number(date: dt.date) -> int:
    return date.toordinal() + 1721425


@lru_cache(maxsize=256)
def _eleventh_month(year: int) -> int:
    """Number of the new moon that begins the month holding the winter solstice of ``year``."""
    last = _day_number(dt.date(year, 12, 31))
    k = math.floor((last - 2451550.1) / _MONTH) + 1
    while _new_moon_day(k) > last:
        k -= 1
    while _sector(_new_moon_day(k)) >= 9:  # the sun is past 270 degrees already: the solstice came before
        k -= 1
    return k


def lunar_to_solar(year: int, month: int, day: int) -> dt.date:
    """The date of a day of the Vietnamese lunar calendar, in its ordinary (not leap) month.

    Args:
        year: lunar year, named by the Gregorian year in which it begins.
        month: lunar month, 1 to 12.
        day: day of the month, from 1.

    Returns:
        The Gregorian date.

    Raises:
        StudyError: the year is outside the span for which the astronomy was checked.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        span = say("{first_year} to {last_year}", first_year=FIRST_YEAR, last_year=LAST_YEAR)
        raise StudyError(
            [Fault(Place(field="year"), say("is outside the lunar calendar"), str(year)[:20], span)]
        )
    base = _eleventh_month(year if month >= 11 else year - 1)
    after = _eleventh_month((year if month >= 11 else year - 1) + 1)
    offset = month - 11 if month >= 11 else month + 1
    if after - base == 13:
        leap = next(i for i in range(1, 13) if _starts_without_sign(base + i))
        offset += offset >= leap
    return dt.date.fromordinal(_new_moon_day(base + offset) + day - 1 - 1721425)


def _starts_without_sign(k: int) -> bool:
    return _sector(_new_moon_day(k)) == _sector(_new_moon_day(k + 1))
