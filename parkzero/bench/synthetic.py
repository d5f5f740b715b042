"""Synthetic series of the benchmark cases: realistic in shape, from fixed seeds, measured nowhere.

Needs nothing but NumPy, so that the PyPSA twin, which runs in an environment without ParkZero, loads this
very file and starts from the same numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

LATITUDE = np.deg2rad(20.8)
SHIFTS = ("one shift", "two shifts", "day and night")


def reference_series(hours: int, seed: int = 0) -> dict[str, FloatArray]:
    """Load, steam [MW], photovoltaics, wind [1] and price [USD/MWh] by the hour, each of shape [hours]."""
    rng = np.random.default_rng(seed)
    hour = np.arange(hours)
    of_day, day, weekday = hour % 24, (hour // 24) % 365, (hour // 24) % 7
    clear = clearness(hours // 24, rng)
    pv = np.clip(sun_height(hour) * clear[np.minimum(hour // 24, len(clear) - 1)] * 1.05, 0, 1)
    wind = np.clip((wind_speed(hours, rng) / 12) ** 3, 0, 1)
    work = np.where(weekday < 6, 1.0, 0.45)
    morning, afternoon = np.exp(-(((of_day - 10) / 4.0) ** 2)), np.exp(-(((of_day - 15) / 3.5) ** 2))
    load = (30 + 12 * morning + 10 * afternoon) * work
    load = load * (1 + 0.12 * np.cos(2 * np.pi * (day - 200) / 365)) * (1 + rng.normal(0, 0.03, hours))
    steam = (18 + 6 * np.exp(-(((of_day - 11) / 5.0) ** 2))) * work
    steam = steam * (1 + 0.05 * np.cos(2 * np.pi * (day - 15) / 365)) * (1 + rng.normal(0, 0.03, hours))
    return {"pv": pv, "wind": wind, "load": load, "steam": steam, "price": price(hour)}


def price(hour: FloatArray | npt.NDArray[np.int64]) -> FloatArray:
    """Price of electricity in three blocks [USD/MWh], shape [hours]."""
    of_day, weekday = hour % 24, (hour // 24) % 7
    peak = np.isin(of_day, (9, 10, 17, 18, 19)) & (weekday < 6)
    return np.where(peak, 124.0, np.where((of_day >= 22) | (of_day < 4), 45.0, 68.0))


def clearness(days: int, rng: np.random.Generator) -> FloatArray:
    """Clearness of each day's sky, each leaning on the day before, shape [days]."""
    clear = np.empty(days)
    clear[0] = 0.5
    for d in range(1, days):
        clear[d] = np.clip(0.5 + 0.6 * (clear[d - 1] - 0.5) + rng.normal(0, 0.18), 0.08, 0.95)
    return clear


def sun_height(hour: npt.NDArray[np.int64], shift: float = 0.0) -> FloatArray:
    """Sine of the sun's height, zero at night, shape [hours]; ``shift`` moves noon [h]."""
    of_day, day = hour % 24, (hour // 24) % 365
    declination = np.deg2rad(23.45) * np.sin(2 * np.pi * (284 + day) / 365)
    angle = np.deg2rad(15 * (of_day + 0.5 - 12 - shift))
    height = np.sin(LATITUDE) * np.sin(declination) + np.cos(LATITUDE) * np.cos(declination) * np.cos(angle)
    risen: FloatArray = np.clip(height, 0, None)
    return risen


def wind_speed(hours: int, rng: np.random.Generator) -> FloatArray:
    """Wind speed [m/s], each hour leaning on the hour before, shape [hours]."""
    speed = np.empty(hours)
    speed[0] = 6
    for t in range(1, hours):
        speed[t] = max(0, 6 + 0.97 * (speed[t - 1] - 6) + rng.normal(0, 0.6))
    return speed


def tenant_series(hours: int, tenant: int, seed: int = 0) -> dict[str, FloatArray]:
    """One tenant's load, heat [MW], photovoltaics and COP [1], each of shape [hours].

    The days' clearness is the park's own and the same for all tenants. What differs, from a generator seeded
    with (seed, tenant): mean load 2 to 8 MW, heat 0.3 to 0.9 times the load, one, two or three shifts, share
    of the load on Sundays, hour of the roof's best sun (an hour before to an hour after noon), sink
    temperature of the heat pump (90 to 120 degC), and 4 % noise.
    """
    rng = np.random.default_rng((seed, tenant))
    hour = np.arange(hours)
    day, weekday = (hour // 24) % 365, (hour // 24) % 7
    clear = clearness(max(hours // 24, 1), np.random.default_rng(seed))
    mean, heat_share = rng.uniform(2.0, 8.0), rng.uniform(0.3, 0.9)
    shape = shift_shape(hour % 24, SHIFTS[tenant % len(SHIFTS)], rng.uniform(6.0, 9.0))
    work = np.where(weekday < 6, 1.0, rng.uniform(0.3, 0.9))
    summer = np.cos(2 * np.pi * (day - 200) / 365)
    load = mean * shape * work * (1 + 0.12 * summer) * (1 + rng.normal(0, 0.04, hours))
    heat = mean * heat_share * shape * work * (1 - 0.08 * summer) * (1 + rng.normal(0, 0.04, hours))
    today = clear[np.minimum(hour // 24, len(clear) - 1)]
    pv = np.clip(sun_height(hour, rng.uniform(-1.0, 1.0)) * today, 0, 1)
    air = 24 + 6 * summer + 3 * np.cos(2 * np.pi * (hour % 24 - 14) / 24)
    sink = rng.uniform(90.0, 120.0)
    cop = 0.5 * (sink + 273.15) / (sink - air)
    return {"load": load, "heat": heat, "pv": pv, "cop": cop}


def shift_shape(of_day: npt.NDArray[np.int64], shifts: str, start: float) -> FloatArray:
    """Relative load over the day of a trade with so many shifts, shape [hours]; mean near one."""
    length = {"one shift": 9.0, "two shifts": 16.0, "day and night": 24.0}[shifts]
    at_work = ((of_day - start) % 24) < length
    level = np.where(at_work, 1.0, 0.35) + 0.1 * np.exp(-(((of_day - 14) / 4.0) ** 2))
    shape: FloatArray = level / (1.0 * length / 24 + 0.35 * (1 - length / 24) + 0.03)
    return shape
