"""Capacity factors of photovoltaics and wind from weather.

Photovoltaics, through pvlib: Hay & Davies (1980) for the tilted plane, the physical incidence model of
De Soto et al. (2006), cell temperature by Faiman (2008), direct current by PVWatts (Dobos, NREL/TP-6A20-
62641, 2014). Wind: power curve at hub height, density by the wind-speed correction of IEC 61400-12-1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series import sun
from parkzero.series.resample import sample
from parkzero.series.weather import Weather
from parkzero.texts import say
from parkzero.units import FloatArray

STANDARD_DENSITY = (
    1.225  # air at sea level and 15 degC [kg/m3], the reference of power curves (IEC 61400-12-1)
)
_GAS_CONSTANT, _GRAVITY = 287.05, 9.80665  # dry air [J/(kg K)]; [m/s2]


@dataclass(frozen=True, slots=True)
class PvPlant:
    """A photovoltaic plant, per unit of its direct-current power at standard conditions.

    Attributes:
        tilt: of the modules from horizontal [deg].
        azimuth: to which the modules face, from north, 180 is south [deg].
        dc_ac: module power over inverter power.
        losses: soiling, mismatch, wiring, availability, as a share (PVWatts v5: 0.14).
        temperature_coefficient: change of power with cell temperature [1/degC] (PVWatts v5,
            premium modules: -0.0035).
        inverter_efficiency: (PVWatts v5: 0.96).
        albedo: share of light that the ground sends back.
        u0: heat loss of a module without wind [W/(m2 degC)] (Faiman 2008: 25.0).
        u1: heat loss with wind [W s/(m3 degC)] (Faiman 2008: 6.84).
    """

    tilt: float = 10.0
    azimuth: float = 180.0
    dc_ac: float = 1.2
    losses: float = 0.14
    temperature_coefficient: float = -0.0035
    inverter_efficiency: float = 0.96
    albedo: float = 0.2
    u0: float = 25.0
    u1: float = 6.84

    def __post_init__(self) -> None:
        """Refuse a plant that cannot stand."""
        _within(
            ("tilt", self.tilt, 0, 90),
            ("azimuth", self.azimuth, 0, 360),
            ("dc_ac", self.dc_ac, 0.5, 3),
            ("losses", self.losses, 0, 0.9),
            ("temperature_coefficient", self.temperature_coefficient, -0.02, 0),
            ("inverter_efficiency", self.inverter_efficiency, 0.5, 1),
            ("albedo", self.albedo, 0, 1),
            ("u0", self.u0, 5, 100),
            ("u1", self.u1, 0, 50),
        )


@dataclass(frozen=True, slots=True)
class WindTurbine:
    """A wind turbine by its power curve.

    Attributes:
        speeds: wind speeds of the curve [m/s], rising.
        powers: power at these speeds, any unit; the highest is the rated power. Outside the curve it stands.
        hub_height: above ground [m].
        shear: exponent of the power law between mast and hub (IEC 61400-1 normal profile: 0.2);
            not used when ``roughness`` is given.
        roughness: roughness length for the logarithmic law [m].
        losses: wakes, availability, cables, as a share.
        density_correction: whether thin, warm air lowers the yield.
    """

    speeds: Sequence[float]
    powers: Sequence[float]
    hub_height: float
    shear: float = 0.2
    roughness: float | None = None
    losses: float = 0.0
    density_correction: bool = True

    def __post_init__(self) -> None:
        """Refuse a curve that is none."""
        _within(
            ("hub_height", self.hub_height, 5, 300),
            ("shear", self.shear, 0, 0.6),
            ("losses", self.losses, 0, 0.9),
            ("roughness", 0.03 if self.roughness is None else self.roughness, 1e-5, 3),
        )
        speeds, powers = np.asarray(self.speeds, dtype=float), np.asarray(self.powers, dtype=float)
        valid = speeds.ndim == 1 and speeds.shape == powers.shape and 2 <= len(speeds) <= 1000
        valid = valid and bool(np.isfinite(speeds).all() and np.isfinite(powers).all())
        if (
            not valid
            or (np.diff(speeds) <= 0).any()
            or speeds[0] < 0
            or powers.min() < 0
            or powers.max() <= 0
        ):
            needs = say("rising speeds [m/s], as many powers, none below zero, one above")
            raise StudyError([Fault(Place(field="power curve"), say("is no power curve"), needs=needs)])


def _within(*limits: tuple[str, float, float, float]) -> None:
    faults = [
        Fault(
            Place(field=name),
            say("is out of range"),
            f"{value:g}",
            say("{low:g} to {high:g}", low=low, high=high),
        )
        for name, value, low, high in limits
        if not (math.isfinite(value) and low <= value <= high)
    ]
    if faults:
        raise StudyError(faults, title=say("The plant"))


def pv_capacity_factor(weather: Weather, plant: PvPlant, step_minutes: int = 60) -> FloatArray:
    """Power of a photovoltaic plant in each step.

    Args:
        weather: the year; wind is taken as measured, without bringing it down to the modules.
        plant: the plant.
        step_minutes: 15, 30 or 60 [min].

    Returns:
        Alternating-current power per installed module power [MW/MWp], (n,), 0 to ``1 / dc_ac``.

    Raises:
        StudyError: the step is another.
    """
    pvlib = sun.library()
    sky = sample(weather, step_minutes)
    extra = np.asarray(pvlib.irradiance.get_extra_radiation(sun.day_of_year(sky.minutes)))
    plane = pvlib.irradiance.get_total_irradiance(
        plant.tilt,
        plant.azimuth,
        sky.zenith,
        sky.azimuth,
        sky.dni,
        sky.ghi,
        sky.dhi,
        dni_extra=extra,
        model="haydavies",
        albedo=plant.albedo,
    )
    incidence = pvlib.irradiance.aoi(plant.tilt, plant.azimuth, sky.zenith, sky.azimuth)
    direct = np.nan_to_num(np.asarray(plane["poa_direct"]))
    diffuse = np.nan_to_num(np.asarray(plane["poa_diffuse"]))
    effective = np.maximum(direct * np.nan_to_num(np.asarray(pvlib.iam.physical(incidence))) + diffuse, 0.0)
    heat = pvlib.temperature.faiman(direct + diffuse, sky.temperature, sky.wind_speed, plant.u0, plant.u1)
    dc = effective / 1000.0 * (1.0 + plant.temperature_coefficient * (np.asarray(heat) - 25.0))
    ac = np.maximum(dc, 0.0) * (1.0 - plant.losses) * plant.inverter_efficiency
    return np.asarray(np.minimum(ac, 1.0 / plant.dc_ac))


def wind_capacity_factor(weather: Weather, turbine: WindTurbine, step_minutes: int = 60) -> FloatArray:
    """Power of a wind turbine in each step.

    Args:
        weather: the year.
        turbine: the turbine.
        step_minutes: 15, 30 or 60 [min].

    Returns:
        Power per rated power [MW/MW], (n,), 0 to 1.

    Raises:
        StudyError: the step is another, or the roughness reaches the mast.
    """
    air = sample(weather, step_minutes)
    speed = air.wind_speed * _height_factor(weather.wind_height, turbine)
    if turbine.density_correction:
        kelvin = air.temperature + 273.15
        density = air.pressure / (_GAS_CONSTANT * kelvin)
        at_hub = density * np.exp(-_GRAVITY * turbine.hub_height / (_GAS_CONSTANT * kelvin))
        speed = speed * np.cbrt(at_hub / STANDARD_DENSITY)
    powers = np.asarray(turbine.powers, dtype=float)
    share = np.interp(
        speed, np.asarray(turbine.speeds, dtype=float), powers / powers.max(), left=0.0, right=0.0
    )
    return np.asarray(share * (1.0 - turbine.losses))


def _height_factor(mast: float, turbine: WindTurbine) -> float:
    if turbine.roughness is None:
        return float((turbine.hub_height / mast) ** turbine.shear)
    if turbine.roughness >= mast:
        got = f"{turbine.roughness:g} m"
        raise StudyError(
            [
                Fault(
                    Place(field="roughness"),
                    say("reaches the wind mast"),
                    got,
                    say("below {mast:g} m", mast=mast),
                )
            ]
        )
    return math.log(turbine.hub_height / turbine.roughness) / math.log(mast / turbine.roughness)
