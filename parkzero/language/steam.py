"""Water and steam: what a header's steam holds, and what a turbine makes of the fall to another pressure.

A header's steam has its bus's pressure (absolute) and temperature; without a temperature it is dry and
saturated. States are fixed, so whatever flows between headers is linear in the flow. Enthalpies are those of
IAPWS-95 as CoolProp works them out; it takes a second to load, which only studies with steam turbines pay.

Source: Bell, Wronski, Quoilin, Lemort, Ind. Eng. Chem. Res. 53 (2014) 2498.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from parkzero.language.site import Bus

_BAR = 1e5  # [Pa]
_KELVIN = 273.15


@dataclass(frozen=True, slots=True)
class Steam:
    """Steam at rest.

    Attributes:
        enthalpy: [kJ/kg].
        entropy: [kJ/(kg K)].
    """

    enthalpy: float
    entropy: float


@lru_cache(maxsize=512)
def _of_water(wanted: str, one: str, first: float, other: str, second: float) -> float:
    from CoolProp.CoolProp import PropsSI

    return float(PropsSI(wanted, one, first, other, second, "Water"))


def boiling(pressure: float) -> float:
    """Temperature at which water boils [degC] at a pressure [bar]."""
    return _of_water("T", "P", pressure * _BAR, "Q", 1.0) - _KELVIN


def steam(pressure: float, temperature: float | None = None) -> Steam:
    """Steam of a pressure [bar] and temperature [degC]; dry and saturated where that is no higher.

    A temperature within a thousandth of a kelvin of boiling is saturation: there the two do not tell a state.
    """
    if temperature is None or temperature <= boiling(pressure) + 1e-3:
        state = ("P", pressure * _BAR, "Q", 1.0)
    else:
        state = ("P", pressure * _BAR, "T", temperature + _KELVIN)
    return Steam(_of_water("H", *state) / 1e3, _of_water("S", *state) / 1e3)


def of_header(bus: Bus) -> Steam:
    """The steam of a bus.

    Raises:
        ValueError: when the bus tells no pressure.
    """
    if bus.pressure is None:
        raise ValueError(f"the bus {bus.name} tells no pressure")
    return steam(bus.pressure, bus.temperature)


def water(temperature: float) -> float:
    """Enthalpy of water about to boil at a temperature [degC], in [kJ/kg]: condensate on its way back."""
    return _of_water("H", "T", temperature + _KELVIN, "Q", 0.0) / 1e3


def density(pressure: float, temperature: float | None = None) -> float:
    """Density of the steam of a header [t/m³]."""
    if temperature is None or temperature <= boiling(pressure) + 1e-3:
        return _of_water("D", "P", pressure * _BAR, "Q", 1.0) / 1e3
    return _of_water("D", "P", pressure * _BAR, "T", temperature + _KELVIN) / 1e3


def water_density(temperature: float) -> float:
    """Density of water about to boil at a temperature [degC], in [t/m³]."""
    return _of_water("D", "T", temperature + _KELVIN, "Q", 0.0) / 1e3


def expanded(begins: Steam, pressure: float, efficiency: float) -> float:
    """Enthalpy [kJ/kg] after a turbine of an isentropic efficiency, at a lower pressure [bar].

    ``h2 = h1 - eta (h1 - h2s)``, where h2s has the entropy of the beginning.
    """
    ideal = _of_water("H", "P", pressure * _BAR, "S", begins.entropy * 1e3) / 1e3
    return begins.enthalpy - efficiency * (begins.enthalpy - ideal)


def vapour_pressure(temperature: float) -> float:
    """Pressure [bar] at which water of a temperature [degC] boils: that of a condenser."""
    return _of_water("P", "T", temperature + _KELVIN, "Q", 1.0) / _BAR
