"""The hours of a weather file put in their place in a year of 8,760 hours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place, StudyError
from parkzero.series import sun
from parkzero.series.findings import Finding
from parkzero.series.sun_clock import all_dark, check_clock
from parkzero.series.weather import (
    HOURS,
    SUN_OFFSET,
    Fill,
    SunAt,
    Weather,
    check_limits,
    check_place,
    fill_hours,
    settle_sun,
)
from parkzero.texts import say
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


def whole(value: float) -> int:
    """The whole number read, or -1, which is no month, day or hour."""
    return int(value) if math.isfinite(value) and abs(value) < 1e6 else -1


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
            at = expected.item()
            shown = say("month {month}, day {day}, hour {hour}", month=at.month, day=at.day, hour=at.hour)
            got = say("month {month}, day {day}, hour {hour}", month=month, day=day, hour=hour)
            faults.append(
                Fault(Place(file=file, line=lines[i]), say("is not the hour that comes next"), got, shown)
            )
            break
        kept.append(i)
    if not faults and len(kept) != HOURS:
        faults.append(
            Fault(
                Place(file=file),
                say("is not a whole year"),
                say("{count} hours", count=len(kept)),
                say("{hours} hours", hours=HOURS),
            )
        )
    if leap not in (0, 24):
        faults.append(
            Fault(
                Place(file=file),
                say("has a broken 29 February"),
                say("{leap} hours", leap=leap),
                say("0 or 24 hours"),
            )
        )
    if faults:
        raise StudyError(faults, title=file)
    findings = [Finding("leap_day", "note", 24, say("29 February was left out"))] if leap else []
    return np.array(kept), findings


@dataclass(frozen=True, slots=True)
class Site:
    """Where and how a weather file was measured; the fields of ``Weather`` that are no series."""

    latitude: float
    longitude: float
    altitude: float
    utc_offset: float
    year: int
    wind_height: float
    source: str


@dataclass(frozen=True, slots=True)
class Filling:
    """How hours without a value are treated: refused, or closed up to a longest run [h].

    ``derive`` leaves direct and diffuse irradiance aside and splits global instead.
    """

    fill: Fill = "refuse"
    max_gap_hours: float = 6.0
    derive: bool = False


def finish(
    series: Mapping[str, FloatArray],
    lines: Sequence[int],
    file: str,
    filling: Filling,
    site: Site,
    findings: Sequence[Finding],
) -> Weather:
    """Fill, check and complete the series of a year, and settle at which instant the sun stands.

    Args:
        series: temperature, ghi, wind_speed, pressure and, where known, dni and dhi, (8760,).
        lines: line of each hour.
        file: name of the file.
        filling: how missing hours are treated.
        site: where the data are from.
        findings: what was found so far.

    Raises:
        StudyError: hours are missing or impossible.
    """
    check_place(site.latitude, site.longitude, site.altitude, site.utc_offset, file)
    known, more, faults = fill_hours(series, lines, file, filling.fill, filling.max_gap_hours)
    faults += check_limits(known, lines, file)
    if faults:
        raise StudyError(faults, title=file)
    seen = [*findings, *more]
    if filling.derive and "dni" in known:
        known = {name: values for name, values in known.items() if name not in ("dni", "dhi")}
    if "dni" in known and all_dark(known["ghi"], known["dni"], known["dhi"]):
        what = say("has no direct or no diffuse irradiance in the whole year, though global is not zero")
        hint = say("derive=true splits global into direct and diffuse instead")
        raise StudyError([Fault(Place(file=file), what, "0 W/m2", hint=hint)], title=file)
    if "dni" in known:
        return _held(settle_sun(_weather(site, known, "middle", seen)), file)
    sun_at = best_sun(known["ghi"], site)
    minutes = sun.hour_minutes(HOURS, SUN_OFFSET[sun_at])
    zenith, _, _ = _sun(minutes, site, site.utc_offset)
    dni, dhi = sun.split_global(known["ghi"], zenith, minutes)
    what = say(
        "direct and diffuse irradiance were derived from global (Erbs), sun at the {moment} of the hour",
        moment=say(f"moment.{sun_at}"),
    )
    seen.append(Finding("derived_dni", "note", HOURS, what))
    return _held(_weather(site, {**known, "dni": dni, "dhi": dhi}, sun_at, seen), file)


def _held(weather: Weather, file: str) -> Weather:
    """The weather itself, held against the sun of its place."""
    findings, faults = check_clock(weather, file)
    if faults:
        raise StudyError(faults, title=file)
    return replace(weather, findings=(*weather.findings, *findings))


def _weather(
    site: Site, series: Mapping[str, FloatArray], sun_at: SunAt, findings: Sequence[Finding]
) -> Weather:
    return Weather(
        latitude=site.latitude,
        longitude=site.longitude,
        altitude=site.altitude,
        utc_offset=site.utc_offset,
        temperature=series["temperature"],
        ghi=series["ghi"],
        dni=series["dni"],
        dhi=series["dhi"],
        wind_speed=series["wind_speed"],
        wind_height=site.wind_height,
        pressure=series["pressure"],
        year=site.year,
        source=site.source,
        sun_at=sun_at,
        findings=tuple(findings),
    )


def _sun(minutes: FloatArray, site: Site, utc_offset: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    return sun.position(minutes, site.year, site.latitude, site.longitude, site.altitude, utc_offset)


def best_sun(ghi: FloatArray, site: Site) -> SunAt:
    """The instant of the hour whose sun goes best with a global irradiance that has no direct part."""
    instants: tuple[SunAt, ...] = ("middle", "start", "end")
    return max(instants, key=lambda name: _likeness(ghi, SUN_OFFSET[name], site, site.utc_offset))


def best_offset(ghi: FloatArray, site: Site, candidates: Sequence[float]) -> float:
    """The UTC offset [h], of the candidates, whose sun goes best with the irradiance of the file."""
    return max(candidates, key=lambda hours: _likeness(ghi, SUN_OFFSET["middle"], site, hours))


def _likeness(ghi: FloatArray, offset: float, site: Site, utc_offset: float) -> float:
    """Correlation of global irradiance with the height of the sun."""
    zenith, _, _ = _sun(sun.hour_minutes(HOURS, offset), site, utc_offset)
    height = np.maximum(np.cos(np.radians(zenith)), 0.0)
    return float(np.corrcoef(ghi, height)[0, 1]) if ghi.std() > 0 else 0.0


def turn_from_utc(
    series: Mapping[str, FloatArray], lines: Sequence[int], utc_offset: float
) -> tuple[dict[str, FloatArray], list[int], Finding]:
    """Turn a year of UTC hours into local standard time; the hours at one end come from the other.

    In a zone of half or quarter hours, a local hour takes its share of each of the two UTC hours it covers.
    """
    whole_hours = math.floor(utc_offset)
    part = utc_offset - whole_hours
    turned = {name: _shifted(values, whole_hours, part) for name, values in series.items()}
    count = abs(math.ceil(utc_offset))
    what = say(
        "hours were turned from UTC to UTC{shift:+g}; {amount} come from the other end of the year",
        shift=utc_offset,
        amount=count,
    )
    return (
        turned,
        [int(line) for line in np.roll(lines, round(utc_offset))],
        Finding("utc", "note", count, what),
    )


def _shifted(values: FloatArray, hours: int, part: float) -> FloatArray:
    late = np.roll(values, hours)
    return late if part == 0 else (1 - part) * late + part * np.roll(values, hours + 1)


def local_offset(longitude: float, asked: float | None, findings: list[Finding]) -> float:
    """The UTC offset asked for [h], or the whole hour nearest to the longitude, as a finding."""
    if asked is not None:
        return asked
    offset = float(round(longitude / 15.0))
    what = say("local standard time taken as UTC{offset:+g} from the longitude", offset=offset)
    findings.append(Finding("utc_offset", "note", 1, what))
    return offset


def sun_year(year: int) -> int:
    """The year whose sun is used: the file's, or a common year for a leap year without its 29 February."""
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return year if 1970 < year < 2200 and not is_leap else TYPICAL_YEAR
