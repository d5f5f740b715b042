"""Weather held against the sun: whether its clock, its components and its sum are those of its place.

The first harmonic of the day tells the hour at which irradiance is centred; clouds that come in the afternoon
shift it by some ten minutes, a clock in another zone by hours. Where direct and diffuse are given, they must
add up to global.
"""

from __future__ import annotations

import numpy as np

from parkzero.errors import Fault, Place
from parkzero.series import sun
from parkzero.series.findings import Finding
from parkzero.series.weather import HOURS, SUN_OFFSET, Weather, closure
from parkzero.texts import say
from parkzero.units import FloatArray

MOST_LAG = 0.75  # [h]
WARN_CLOSURE, MOST_CLOSURE = 30.0, 80.0  # root mean square over hours with light [W/m2]
LEAST_CLEAR, MOST_CLEAR = 0.25, 1.1  # a year's global irradiance over that of clear skies


def lag(ghi: FloatArray, cosine: FloatArray) -> float:
    """Hours by which irradiance is centred later in the day than the sun; (8760,) each."""
    turn = np.exp(2j * np.pi * (np.arange(len(ghi)) % 24) / 24)
    return float(np.angle((ghi * turn).sum() / (cosine * turn).sum()) * 12 / np.pi)


def check_clock(weather: Weather, file: str) -> tuple[list[Finding], list[Fault]]:
    """Findings and faults of a year of weather whose sun has been settled."""
    place = Place(file=file)
    sky = _clear(weather)
    total, most = float(weather.ghi.sum()) / 1e3, float(sky.sum()) / 1e3
    if not LEAST_CLEAR * most <= total <= MOST_CLEAR * most:
        what = say("has a global irradiation that its place cannot have")
        needs = say(
            "{least:,.0f} to {most:,.0f} kWh/m2 a year, in W/m2 each hour",
            least=LEAST_CLEAR * most, most=MOST_CLEAR * most,
        )  # fmt: skip
        return [], [Fault(place, what, f"{total:,.0f} kWh/m2", needs)]
    cosine = np.maximum(np.cos(np.radians(weather.zenith())), 0.0)
    late = lag(weather.ghi, cosine)
    if abs(late) > MOST_LAG:
        return [], [_wrong_clock(weather, late, place)]
    error = closure(weather)[weather.sun_at]
    if error > MOST_CLOSURE:
        what = say(
            "has direct and diffuse irradiance that do not add up to global at any instant of the hour"
        )
        needs = say("a root mean square error up to {most:g} W/m2", most=MOST_CLOSURE)
        hint = say("derive=true splits global into direct and diffuse instead")
        return [], [Fault(place, what, f"{error:.0f} W/m2", needs, hint)]
    if error > WARN_CLOSURE:
        what = say(
            "direct and diffuse miss global by {error:.0f} W/m2 (root mean square, usual: below {usual:g})",
            error=error, usual=WARN_CLOSURE,
        )  # fmt: skip
        return [Finding("open_closure", "note", HOURS, what)], []
    return [], []


def _clear(weather: Weather) -> FloatArray:
    minutes = sun.hour_minutes(HOURS, SUN_OFFSET[weather.sun_at])
    where = (weather.latitude, weather.longitude, weather.altitude, weather.utc_offset)
    return sun.clear_sky(sun.position(minutes, weather.year, *where)[1], minutes, weather.altitude)[0]


def _wrong_clock(weather: Weather, late: float, place: Place) -> Fault:
    hours, offset = abs(late), weather.utc_offset
    if late > 0:
        what = say(
            "has its irradiance {hours:.1f} h after the sun of UTC{offset:+g}, its clock",
            hours=hours,
            offset=offset,
        )
    else:
        what = say(
            "has its irradiance {hours:.1f} h before the sun of UTC{offset:+g}, its clock",
            hours=hours,
            offset=offset,
        )
    is_utc = abs(offset) > 1 and abs(late + offset) < 1
    hint = (
        say("its hours are UTC: clock='utc' turns them into local time")
        if is_utc
        else say("correct its UTC offset or its place")
    )
    return Fault(place, what, needs=say("less than {most:g} h", most=MOST_LAG), hint=hint)


def all_dark(ghi: FloatArray, dni: FloatArray, dhi: FloatArray) -> bool:
    """Whether direct and diffuse are zero all year though global is not: they are not given."""
    return bool(ghi.sum() > 0 and (dni.sum() == 0 or dhi.sum() == 0))
