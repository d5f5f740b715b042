"""The hours of a weather file put in their place in a year of 8,760 hours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place, StudyError
from parkzero.series import sun
from parkzero.series.findings import Finding
from parkzero.series.weather import HOURS, Fill, SunAt, Weather, check_limits, check_place, fill_hours, settle_sun
from parkzero.units import FloatArray

TYPICAL_YEAR = 2021  # a common year for the sun of typical years, which have no year of their own
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
IntArray = npt.NDArray[np.int64]


def to_float(text: str) -> float:
    """The number written in ``text``; NaN where there is none or it is not finite."""
    try:
        value = float(text) if len(text) < 40 and "_" not in text else math.nan
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def place_hours(
    calendar: Sequence[tuple[int, int, int]], lines: Sequence[int], file: str
) -> tuple[IntArray, list[Finding]]:
    """Check that rows are the hours of one year in order; leave out 29 February.

    Args:
        calendar: month, day and hour (0 to 23) of each row.
        lines: line of each row.
        file: name of the file.

    Returns:
        Index of the row of each of the 8,760 hours, and findings.

    Raises:
        StudyError: hours are missing, doubled or out of order.
    """
    starts = np.concatenate([[0], np.cumsum(_LENGTHS)])
    kept: list[int] = []
    leap = 0
    faults: list[Fault] = []
    for i, (month, day, hour) in enumerate(calendar):
        if (month, day) == (2, 29):
            leap += 1
            continue
        valid = 1 <= month <= 12 and 1 <= day <= _LENGTHS[min(max(month, 1), 12) - 1] and 0 <= hour <= 23
        where = (int(starts[month - 1]) + day - 1) * 24 + hour if valid else -1
        if where != len(kept):
            expected = np.datetime64(f"{TYPICAL_YEAR}-01-01T00", "h") + len(kept)
            shown = str(expected)[5:].replace("T", " hour ")
            got = f"month {month}, day {day}, hour {hour}"
            faults.append(Fault(Place(file=file, line=lines[i]), "is not the hour that comes next", got, shown))
            break
        kept.append(i)
    if not faults and len(kept) != HOURS:
        faults.append(Fault(Place(file=file), "is not a whole year", f"{len(kept)} hours", f"{HOURS} hours"))
    if leap not in (0, 24):
        faults.append(Fault(Place(file=file), "has a broken 29 February", f"{leap} hours", "0 or 24 hours"))
    if faults:
        raise StudyError(faults, title=file)
    findings = [Finding("leap_day", "note", 24, "29 February was left out")] if leap else []
    return np.array(kept), findings


def finish(
    series: Mapping[str, FloatArray], lines: Sequence[int], file: str, fill: Fill, max_gap_hours: float, about: dict[str, Any]
) -> Weather:
    """Fill, check and complete the series of a year, and settle at which instant the sun stands.

    Args:
        series: temperature, ghi, wind_speed, pressure and, where known, dni and dhi, (8760,).
        lines: line of each hour.
        file: name of the file.
        fill: how missing hours are treated.
        max_gap_hours: longest run that may be filled [h].
        about: the other fields of ``Weather``.
    """
    check_place(about["latitude"], about["longitude"], about["altitude"], about["utc_offset"], file)
    known, findings, faults = fill_hours(series, lines, file, fill, max_gap_hours)
    faults += check_limits(known, lines, file)
    if faults:
        raise StudyError(faults, title=file)
    findings = [*about.pop("findings", ()), *findings]
    if "dni" in known:
        return settle_sun(Weather(**known, **about, findings=tuple(findings)))
    sun_at = best_sun(known["ghi"], about)
    blank = np.zeros(HOURS)
    weather = Weather(**known, dni=blank, dhi=blank, **about, sun_at=sun_at, findings=tuple(findings))
    minutes = np.arange(HOURS) * 60.0 + {"start": 0.0, "middle": 30.0, "end": 60.0}[sun_at]
    dni, dhi = sun.split_global(known["ghi"], weather.zenith(), minutes)
    what = f"direct and diffuse irradiance were derived from global (Erbs), sun at the {sun_at} of the hour"
    findings.append(Finding("derived_dni", "note", HOURS, what))
    return Weather(**known, dni=dni, dhi=dhi, **about, sun_at=sun_at, findings=tuple(findings))


def best_sun(ghi: FloatArray, about: Mapping[str, Any]) -> SunAt:
    """The instant of the hour whose clear sky goes best with a global irradiance that has no direct part."""
    scores: dict[SunAt, float] = {}
    instants: tuple[tuple[SunAt, float], ...] = (("middle", 30.0), ("start", 0.0), ("end", 60.0))
    for instant, offset in instants:
        scores[instant] = _likeness(ghi, offset, about)
    return max(scores, key=lambda name: scores[name])


def _likeness(ghi: FloatArray, offset: float, about: Mapping[str, Any]) -> float:
    minutes = np.arange(HOURS) * 60.0 + offset
    where = (about["latitude"], about["longitude"], about["altitude"], about["utc_offset"])
    cosine = np.maximum(np.cos(np.radians(sun.position(minutes, about["year"], *where)[0])), 0.0)
    return float(np.corrcoef(ghi, cosine)[0, 1]) if ghi.std() > 0 else 0.0


def best_offset(ghi: FloatArray, about: Mapping[str, Any], candidates: Sequence[float]) -> float:
    """The UTC offset [h], of the candidates, whose sun goes best with the irradiance of the file."""
    return max(candidates, key=lambda hours: _likeness(ghi, 30.0, {**about, "utc_offset": hours}))
