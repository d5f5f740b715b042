"""The sun, from pvlib, in plain arrays: position, clear sky, and the split of global irradiance.

pvlib is called through its array functions, so no pandas object passes in or out.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from parkzero.units import FloatArray

DELTA_T = 69.0  # terrestrial less universal time in the 2020s [s]; 10 s of error is 0.04 deg in hour angle
_TURBIDITY = 4.0  # Linke turbidity of a humid lowland; only the shape of the clear day is used


@cache
def library() -> Any:  # noqa: ANN401  pvlib ships no types
    """pvlib, loaded when the sun is first asked for: it brings pandas, which takes a second."""
    for part in ("atmosphere", "clearsky", "iam", "irradiance", "spa", "temperature"):
        import_module(f"pvlib.{part}")
    return import_module("pvlib")


def position(
    minutes: FloatArray, year: int, latitude: float, longitude: float, altitude: float, utc_offset: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Position of the sun.

    Args:
        minutes: local standard time since 1 January of ``year`` [min], (n,).
        year: calendar year.
        latitude: [deg], north positive.
        longitude: [deg], east positive.
        altitude: above sea level [m].
        utc_offset: of local standard time [h].

    Returns:
        Zenith without refraction [deg], zenith with refraction [deg], azimuth from north [deg], each (n,);
        not to be written to, as roofs of one place share them.
    """
    raw = np.ascontiguousarray(minutes, dtype=np.float64).tobytes()
    return _position(raw, year, latitude, longitude, altitude, utc_offset)


@lru_cache(maxsize=8)
def _position(
    raw: bytes, year: int, latitude: float, longitude: float, altitude: float, utc_offset: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    start = float(np.datetime64(f"{year}-01-01", "s").astype(np.int64))
    unix = start + (np.frombuffer(raw) - utc_offset * 60.0) * 60.0
    pvlib = library()
    pressure = float(pvlib.atmosphere.alt2pres(altitude)) / 100.0
    apparent, zenith, _, _, azimuth, _ = pvlib.spa.solar_position(
        unix, latitude, longitude, altitude, pressure, 12.0, DELTA_T, 0.5667
    )
    found = np.asarray(zenith), np.asarray(apparent), np.asarray(azimuth)
    for values in found:
        values.flags.writeable = False
    return found


def hour_minutes(count: int, offset: float) -> FloatArray:
    """The same instant of each hour, as minutes since 1 January, (count,)."""
    return np.arange(count, dtype=np.float64) * 60.0 + offset


def day_of_year(minutes: FloatArray) -> FloatArray:
    """Day of the year, from 1, of minutes since its beginning."""
    return np.asarray(np.floor(np.asarray(minutes) / 1440.0) + 1.0)


def clear_sky(
    apparent_zenith: FloatArray, minutes: FloatArray, altitude: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Global, direct and diffuse irradiance of a clear sky (Ineichen & Perez 2002) [W/m2], each (n,)."""
    pvlib = library()
    pressure = pvlib.atmosphere.alt2pres(altitude)
    low = np.minimum(apparent_zenith, 90.0)
    relative = pvlib.atmosphere.get_relative_airmass(low)
    airmass = pvlib.atmosphere.get_absolute_airmass(relative, pressure)
    extra = pvlib.irradiance.get_extra_radiation(day_of_year(minutes))
    with np.errstate(divide="ignore", invalid="ignore"):  # the night, which is set to zero below
        sky = pvlib.clearsky.ineichen(apparent_zenith, airmass, _TURBIDITY, altitude, extra)
    up = apparent_zenith < 90.0
    ghi, dni, dhi = (
        np.where(up, np.nan_to_num(np.asarray(sky[name])), 0.0) for name in ("ghi", "dni", "dhi")
    )
    return ghi, dni, dhi


def split_global(ghi: FloatArray, zenith: FloatArray, minutes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Direct normal and diffuse irradiance from global (Erbs, Klein & Duffie 1982) [W/m2], each (n,).

    Global is diffuse plus direct times the cosine of the zenith, by construction.
    """
    parts = library().irradiance.erbs(ghi, zenith, day_of_year(minutes))
    cosine = np.cos(np.radians(zenith))
    dni = np.where(cosine > 0.05, np.nan_to_num(np.asarray(parts["dni"])), 0.0)
    dhi = np.maximum(ghi - dni * np.maximum(cosine, 0.0), 0.0)
    return dni, dhi
