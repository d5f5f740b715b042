"""A year of weather at one place: 8,760 hours from 1 January, local standard time, start-labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series import sun
from parkzero.series.findings import Finding
from parkzero.series.grid import runs
from parkzero.texts import joined, say
from parkzero.units import FloatArray

HOURS = 8760
SunAt = Literal["start", "middle", "end"]
Fill = Literal["refuse", "interpolate"]
SUN_OFFSET: Mapping[str, float] = {"start": 0.0, "middle": 30.0, "end": 60.0}
_LIMITS: Mapping[str, tuple[float, float]] = {
    "temperature": (-70.0, 65.0),
    "ghi": (0.0, 1600.0),
    "dni": (0.0, 1500.0),
    "dhi": (0.0, 1200.0),
    "wind_speed": (0.0, 90.0),
    "pressure": (45_000.0, 110_000.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Weather:
    """Weather of one year at one place.

    Attributes:
        latitude: [deg], north positive.
        longitude: [deg], east positive.
        altitude: above sea level [m].
        utc_offset: of local standard time [h].
        temperature: of the air [degC], (8760,).
        ghi: global horizontal irradiance, mean of the hour [W/m2], (8760,).
        dni: direct normal irradiance [W/m2], (8760,).
        dhi: diffuse horizontal irradiance [W/m2], (8760,).
        wind_speed: at ``wind_height`` [m/s], (8760,).
        wind_height: above ground [m].
        pressure: of the air [Pa], (8760,).
        year: year for which the sun is computed; for a typical year, a common year.
        source: where the data come from.
        synthetic: True when the year was made up from monthly normals.
        sun_at: instant of the hour at which the sun closes global with direct and diffuse best.
        findings: what was found in the file.
    """

    latitude: float
    longitude: float
    altitude: float
    utc_offset: float
    temperature: FloatArray
    ghi: FloatArray
    dni: FloatArray
    dhi: FloatArray
    wind_speed: FloatArray
    wind_height: float
    pressure: FloatArray
    year: int
    source: str
    synthetic: bool = False
    sun_at: SunAt = "middle"
    findings: tuple[Finding, ...] = ()

    def zenith(self, sun_at: SunAt | None = None) -> FloatArray:
        """Zenith of the sun [deg] in each hour, at the instant that closes best or the one given, (8760,)."""
        minutes = sun.hour_minutes(HOURS, SUN_OFFSET[sun_at or self.sun_at])
        where = (self.latitude, self.longitude, self.altitude, self.utc_offset)
        return sun.position(minutes, self.year, *where)[0]


def closure(weather: Weather) -> dict[str, float]:
    """How badly global differs from direct plus diffuse, for the sun at start, middle and end of the hour.

    Returns:
        Root mean square of ``ghi - dni cos(zenith) - dhi`` over hours with light [W/m2], by instant.
    """
    light = weather.ghi + weather.dni > 0
    result = {}
    for instant in ("start", "middle", "end"):
        cosine = np.maximum(np.cos(np.radians(weather.zenith(instant))), 0.0)
        error = (weather.ghi - weather.dni * cosine - weather.dhi)[light]
        result[instant] = float(np.sqrt(np.mean(error**2))) if light.any() else 0.0
    return result


def settle_sun(weather: Weather) -> Weather:
    """Choose the instant of the hour that closes best, and report all three."""
    errors = closure(weather)
    instants: tuple[SunAt, ...] = ("middle", "start", "end")
    best = min(instants, key=lambda name: errors[name])
    shown = joined(
        say("{moment} {error:.1f}", moment=say(f"moment.{name}"), error=value)
        for name, value in errors.items()
    )
    what = say(
        "irradiance closes best with the sun at the {best} of the hour (rms error in W/m2: {shown})",
        best=say(f"moment.{best}"),
        shown=shown,
    )
    finding = Finding("closure", "note", HOURS, what)
    return replace(weather, sun_at=best, findings=(*weather.findings, finding))


def fill_hours(
    series: Mapping[str, FloatArray], lines: Sequence[int], file: str, fill: Fill, max_gap_hours: float
) -> tuple[dict[str, FloatArray], list[Finding], list[Fault]]:
    """Close hours without a value by a straight line when asked to; else refuse them by line.

    Args:
        series: (n,) arrays by name, NaN where missing.
        lines: line of each hour.
        file: name of the file.
        fill: "refuse" or "interpolate".
        max_gap_hours: longest run that may be closed [h].
    """
    filled: dict[str, FloatArray] = {}
    findings: list[Finding] = []
    faults: list[Fault] = []
    for name, values in series.items():
        missing = ~np.isfinite(values)
        filled[name] = values
        if not missing.any():
            continue
        gaps = runs(missing)
        longest = max(stop - first for first, stop in gaps)
        first_line = lines[gaps[0][0]]
        what = say(
            "{count} hours have no {name}, the longest gap has {longest} h",
            count=int(missing.sum()),
            name=name,
            longest=longest,
        )
        if fill == "refuse" or longest > max_gap_hours or missing.all():
            hint = say("fill='interpolate', max_gap_hours={longest}", longest=longest)
            faults.append(Fault(Place(file=file, line=first_line), what, hint=hint))
            continue
        hours = np.arange(len(values))
        filled[name] = np.interp(hours, hours[~missing], values[~missing])
        findings.append(
            Finding(
                "no_value",
                "missing",
                int(missing.sum()),
                what,
                ((first_line, name),),
                say("fill='interpolate'"),
                mended=True,
            )
        )
    return filled, findings, faults


def check_limits(series: Mapping[str, FloatArray], lines: Sequence[int], file: str) -> list[Fault]:
    """Refuse values that no weather has."""
    faults = []
    for name, values in series.items():
        low, high = _LIMITS[name]
        wrong = np.flatnonzero((values < low) | (values > high))
        if len(wrong):
            what = say("has {count} hours with an impossible {name}", count=len(wrong), name=name)
            place = Place(file=file, line=lines[int(wrong[0])])
            faults.append(
                Fault(place, what, f"{values[wrong[0]]:g}", say("{low:g} to {high:g}", low=low, high=high))
            )
    return faults


def check_place(latitude: float, longitude: float, altitude: float, utc_offset: float, file: str) -> None:
    """Raise ``StudyError`` for a place that is not on Earth."""
    limits = (
        ("latitude", latitude, -90.0, 90.0),
        ("longitude", longitude, -180.0, 180.0),
        ("altitude", altitude, -430.0, 6000.0),
        ("utc_offset", utc_offset, -12.0, 14.0),
    )
    faults = [
        Fault(
            Place(file=file, field=name),
            say("is out of range"),
            f"{value:g}",
            say("{low:g} to {high:g}", low=low, high=high),
        )
        for name, value, low, high in limits
        if not low <= value <= high
    ]
    if faults:
        raise StudyError(faults, title=file)
