"""A year of weather made up from twelve monthly normals, for places without a file.

It is labelled synthetic wherever it goes. Days vary by an autoregressive chain drawn from the seed; each
month's mean temperature, irradiation and mean wind then equal the normals. Direct and diffuse irradiance
follow from global by Erbs' correlation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series import sun
from parkzero.series.findings import Finding
from parkzero.series.hours import TYPICAL_YEAR
from parkzero.series.weather import HOURS, Weather, check_place
from parkzero.texts import say
from parkzero.units import FloatArray

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PERSISTENCE = 0.6  # correlation of one day with the next
_WARMEST_HOUR = 14.5
_CLEAREST = 1.05  # highest irradiance over the clear sky's


@dataclass(frozen=True, slots=True)
class MonthlyNormals:
    """Twelve values of each, January first, with their source.

    Attributes:
        temperature: mean [degC].
        temperature_min: mean of the daily minima [degC].
        temperature_max: mean of the daily maxima [degC].
        ghi: mean daily global irradiation [kWh/m2].
        wind_speed: mean [m/s].
        source: citation of the normals; it is printed wherever the series is shown.
        wind_height: height of the wind [m].
    """

    temperature: tuple[float, ...]
    temperature_min: tuple[float, ...]
    temperature_max: tuple[float, ...]
    ghi: tuple[float, ...]
    wind_speed: tuple[float, ...]
    source: str
    wind_height: float = 10.0

    def __post_init__(self) -> None:
        """Refuse normals that are incomplete or impossible, all at once."""
        limits = (
            ("temperature", -60.0, 50.0),
            ("temperature_min", -70.0, 45.0),
            ("temperature_max", -50.0, 60.0),
            ("ghi", 0.0, 12.0),
            ("wind_speed", 0.0, 30.0),
        )
        faults = (
            []
            if self.source.strip()
            else [Fault(Place(field="source"), say("is missing"), needs=say("a citation"))]
        )
        for name, low, high in limits:
            values = getattr(self, name)
            if len(values) != 12:
                faults.append(
                    Fault(Place(field=name), say("has a wrong length"), str(len(values)), say("12 months"))
                )
                continue
            for month, value in enumerate(values, start=1):
                if not (math.isfinite(value) and low <= value <= high):
                    place = Place(field=f"{name} month {month}")
                    faults.append(
                        Fault(
                            place,
                            say("is out of range"),
                            f"{value:g}",
                            say("{low} to {high}", low=low, high=high),
                        )
                    )
        if not faults:
            for month, (low, mean, high) in enumerate(
                zip(self.temperature_min, self.temperature, self.temperature_max, strict=True), start=1
            ):
                if not low <= mean <= high:
                    got = say("{low:g}, {mean:g}, {high:g} degC", low=low, mean=mean, high=high)
                    faults.append(
                        Fault(Place(field=f"month {month}"), say("has a mean outside min and max"), got)
                    )
        if not 1 <= self.wind_height <= 300:
            faults.append(
                Fault(
                    Place(field="wind_height"),
                    say("is out of range"),
                    f"{self.wind_height:g}",
                    say("1 to 300 m"),
                )
            )
        if faults:
            raise StudyError(faults, title=say("The monthly normals"))


def synthetic_weather(
    normals: MonthlyNormals,
    *,
    latitude: float,
    longitude: float,
    altitude: float = 0.0,
    utc_offset: float = 7.0,
    seed: int = 0,
) -> Weather:
    """Make a year of weather that has the given monthly means.

    Args:
        normals: the monthly normals with their source.
        latitude: [deg].
        longitude: [deg].
        altitude: [m].
        utc_offset: of local standard time [h].
        seed: the same seed gives the same year.

    Returns:
        The year, labelled synthetic.

    Raises:
        StudyError: the place is impossible, or a month's irradiation exceeds the clear sky's.
    """
    check_place(latitude, longitude, altitude, utc_offset, "")
    random = np.random.default_rng(seed)
    months = np.repeat(np.arange(12), np.array(_DAYS) * 24)
    minutes = sun.hour_minutes(HOURS, 30.0)
    zenith, apparent, _ = sun.position(minutes, TYPICAL_YEAR, latitude, longitude, altitude, utc_offset)
    clear, _, _ = sun.clear_sky(apparent, minutes, altitude)
    sunny = _chain(random)
    ghi = _irradiance(normals, clear, sunny, months)
    dni, dhi = sun.split_global(ghi, zenith, minutes)
    temperature = _temperature(normals, sunny, months, random)
    wind = _wind(normals, months, random)
    what = say("the year is synthetic: made up from monthly normals, not measured")
    return Weather(
        latitude,
        longitude,
        altitude,
        utc_offset,
        temperature,
        ghi,
        dni,
        dhi,
        wind,
        normals.wind_height,
        np.full(HOURS, 101_325.0 * (1.0 - 2.25577e-5 * altitude) ** 5.25588),
        TYPICAL_YEAR,
        say("synthetic from monthly normals: {source}", source=normals.source),
        True,
        "middle",
        (Finding("synthetic", "note", HOURS, what),),
    )


def _chain(random: np.random.Generator) -> FloatArray:
    """A standard normal value for each day, correlated with the day before, (365,)."""
    noise = random.standard_normal(365)
    for day in range(1, 365):
        noise[day] = _PERSISTENCE * noise[day - 1] + math.sqrt(1 - _PERSISTENCE**2) * noise[day]
    return noise


def _irradiance(
    normals: MonthlyNormals, clear: FloatArray, sunny: FloatArray, months: np.typing.NDArray[np.int64]
) -> FloatArray:
    """Clear sky times a day's clearness, raised or lowered until the month's irradiation is met, (8760,)."""
    ghi = np.zeros(HOURS)
    weather = np.repeat(1.0 / (1.0 + np.exp(-1.2 * sunny)), 24)
    over: list[tuple[int, float]] = []
    for month in range(12):
        inside = months == month
        target = normals.ghi[month] * 1000.0 * _DAYS[month]
        most = float(clear[inside].sum()) * _CLEAREST
        if target > most:
            over.append((month, most / 1000 / _DAYS[month]))
            continue
        ghi[inside] = _reach(clear[inside], weather[inside], target)
    if over:  # one fault, however many months have it: it is one mistake in the place or in the unit
        (month, most), names = over[0], ", ".join(str(m + 1) for m, _ in over)
        what = say("is more than a clear sky gives at this place, in months {names}", names=names)
        got = say("{ghi:g} kWh/m2 a day in month {month}", ghi=normals.ghi[month], month=month + 1)
        needs = say("at most {most:.3g} (clear sky)", most=most)
        hint = say("check latitude and longitude, and that ghi is in kWh/m2 a day")
        raise StudyError(
            [Fault(Place(field="ghi"), what, got, needs, hint)], title=say("The monthly normals")
        )
    return ghi


def _reach(clear: FloatArray, weather: FloatArray, target: float) -> FloatArray:
    """``clear * min(limit, factor * weather)`` with the factor that gives the target sum."""
    low, high = 0.0, 1.0
    if target <= 0:
        return np.zeros(len(clear))
    while float((clear * np.minimum(_CLEAREST, high * weather)).sum()) < target and high < 1e6:
        high *= 2.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        total = float((clear * np.minimum(_CLEAREST, middle * weather)).sum())
        low, high = (middle, high) if total < target else (low, middle)
    reached = clear * np.minimum(_CLEAREST, high * weather)
    return np.asarray(reached * (target / float(reached.sum())))


def _between_months(values: tuple[float, ...]) -> FloatArray:
    """Monthly values drawn smoothly through the middles of months, by hour, (8760,)."""
    edges = np.concatenate([[0], np.cumsum(_DAYS)]) * 24.0
    middles = 0.5 * (edges[:-1] + edges[1:])
    around = np.concatenate([[middles[-1] - HOURS], middles, [middles[0] + HOURS]])
    known = np.concatenate([[values[-1]], values, [values[0]]])
    return np.asarray(np.interp(np.arange(HOURS) + 0.5, around, known), dtype=np.float64)


def _to_means(
    series: FloatArray, means: tuple[float, ...], months: np.typing.NDArray[np.int64], ratio: bool
) -> FloatArray:
    """Shift, or scale, each month to its mean."""
    result = series.copy()
    for month in range(12):
        inside = months == month
        mean = float(result[inside].mean())
        result[inside] = (
            result[inside] * (means[month] / mean) if ratio else result[inside] + (means[month] - mean)
        )
    return result


def _temperature(
    normals: MonthlyNormals,
    sunny: FloatArray,
    months: np.typing.NDArray[np.int64],
    random: np.random.Generator,
) -> FloatArray:
    """A daily wave between minimum and maximum, wider on sunny days, over a chain of warm and cold days."""
    hour = np.arange(HOURS) % 24 + 0.5
    wave = np.cos(2 * np.pi * (hour - _WARMEST_HOUR) / 24)
    spread = 0.5 * (np.array(normals.temperature_max) - np.array(normals.temperature_min))[months]
    width = np.repeat(np.clip(1.0 + 0.25 * sunny, 0.3, 1.7), 24)
    drift = np.interp(np.arange(HOURS) / 24.0, np.arange(365) + 0.5, _chain(random))
    series = _between_months(normals.temperature) + spread * wave * width + 0.35 * spread * drift
    return _to_means(np.asarray(series), normals.temperature, months, ratio=False)


def _wind(
    normals: MonthlyNormals, months: np.typing.NDArray[np.int64], random: np.random.Generator
) -> FloatArray:
    """Speeds spread about as a Rayleigh distribution, stronger in the afternoon, never below zero."""
    hour = np.arange(HOURS) % 24 + 0.5
    noise = random.standard_normal(HOURS)
    for i in range(1, HOURS):
        noise[i] = 0.9 * noise[i - 1] + math.sqrt(1 - 0.81) * noise[i]
    rank = np.clip(0.5 * (1.0 + np.vectorize(math.erf)(noise / math.sqrt(2.0))), 1e-9, 1 - 1e-9)
    speed = np.sqrt(-2.0 * np.log1p(-rank)) * (1.0 + 0.15 * np.cos(2 * np.pi * (hour - 15.0) / 24))
    return _to_means(speed, normals.wind_speed, months, ratio=True)
