"""Hourly weather in steps of 15, 30 or 60 minutes.

Irradiance follows the clear sky within the hour: the clear-sky index is drawn straight between the
middles of hours, and each hour is scaled so that it keeps its energy. Temperature, wind and pressure are
drawn straight between the middles of hours and keep each hour's mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series import sun
from parkzero.series.weather import HOURS, SUN_OFFSET, Weather
from parkzero.texts import say
from parkzero.units import FloatArray

_DARK = 1.0  # clear-sky irradiance below which an index means nothing [W/m2]


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Weather in steps, with the sun's place in each; arrays are (n,).

    Attributes:
        step_minutes: length of a step [min].
        temperature: [degC].
        ghi: global horizontal irradiance [W/m2].
        dni: direct normal irradiance [W/m2].
        dhi: diffuse horizontal irradiance [W/m2].
        wind_speed: at the height of the weather's mast [m/s].
        pressure: [Pa].
        zenith: of the sun, with refraction [deg].
        azimuth: of the sun, from north [deg].
        minutes: instant of the sun's place, since 1 January [min].
        synthetic: True when the weather was made up from normals.
    """

    step_minutes: int
    temperature: FloatArray
    ghi: FloatArray
    dni: FloatArray
    dhi: FloatArray
    wind_speed: FloatArray
    pressure: FloatArray
    zenith: FloatArray
    azimuth: FloatArray
    minutes: FloatArray
    synthetic: bool


def sample(weather: Weather, step_minutes: int = 60) -> Sampled:
    """Bring hourly weather to steps.

    Args:
        weather: the year.
        step_minutes: 15, 30 or 60 [min].

    Returns:
        The year in steps; each hour keeps its irradiation and its means. At 60 minutes values are
        unchanged.

    Raises:
        StudyError: the step is another.
    """
    if step_minutes not in (15, 30, 60):
        raise StudyError(
            [
                Fault(
                    Place(field="step_minutes"),
                    say("is no step"),
                    str(step_minutes)[:20],
                    say("15, 30 or 60"),
                )
            ]
        )
    parts = 60 // step_minutes
    within = (np.arange(parts) + 0.5) * step_minutes - 30.0
    minutes = (np.arange(HOURS)[:, None] * 60.0 + SUN_OFFSET[weather.sun_at] + within).ravel()
    where = (weather.latitude, weather.longitude, weather.altitude, weather.utc_offset)
    _, apparent, azimuth = sun.position(minutes, weather.year, *where)
    light = (weather.ghi, weather.dni, weather.dhi)
    if parts > 1:
        clear = sun.clear_sky(apparent, minutes, weather.altitude)
        light = tuple(_irradiance(v, c, parts) for v, c in zip(light, clear, strict=True))  # type: ignore[assignment]
    smooth = [_linear(v, parts) for v in (weather.temperature, weather.wind_speed, weather.pressure)]
    return Sampled(
        step_minutes,
        smooth[0],
        *light,
        np.maximum(smooth[1], 0.0),
        smooth[2],
        apparent,
        azimuth,
        minutes,
        weather.synthetic,
    )


def _linear(hourly: FloatArray, parts: int) -> FloatArray:
    """Straight lines between the middles of hours, each hour shifted back to its mean; (8760 parts,)."""
    if parts == 1:
        return hourly
    middles = np.arange(-1, HOURS + 1) + 0.5
    around = np.concatenate([hourly[-1:], hourly, hourly[:1]])
    fine = np.interp((np.arange(HOURS * parts) + 0.5) / parts, middles, around).reshape(HOURS, parts)
    return np.asarray((fine + (hourly - fine.mean(axis=1))[:, None]).ravel())


def _irradiance(hourly: FloatArray, clear: FloatArray, parts: int) -> FloatArray:
    """Clear-sky index drawn straight between hours, then each hour scaled to its energy; (8760 parts,)."""
    sky = clear.reshape(HOURS, parts)
    mean = sky.mean(axis=1)
    lit = mean > _DARK
    if not lit.any():
        return np.repeat(hourly, parts)
    middles = np.arange(HOURS) + 0.5
    index = hourly[lit] / mean[lit]
    drawn = np.interp((np.arange(HOURS * parts) + 0.5) / parts, middles[lit], index).reshape(HOURS, parts)
    shape = np.maximum(drawn, 0.0) * sky
    level = shape.mean(axis=1)
    even = level < 1e-6
    scale = np.where(even, 0.0, hourly / np.where(even, 1.0, level))
    return np.asarray(np.where(even[:, None], hourly[:, None], shape * scale[:, None]).ravel())
