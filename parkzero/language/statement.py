"""What a metered connection is billed, month by month, for a given import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from parkzero.timeline import Calendar
from parkzero.units import FloatArray

METERED: Final = "connection"
"""Trait of kinds that are billed by a meter and say so by ``statement``."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """The bills of a year before tax; months without steps are zero.

    Attributes:
        energy: of each month [money], shape [12].
        surcharge: for a low power factor [money], shape [12].
        demand: for the highest power [money], shape [12].
        peak: highest mean power [MW], shape [12].
        price: of each step's energy, surcharge included [money/MWh], shape [steps].
        charge: price of the last MW of each month's highest power [money/MW], shape [12].
    """

    energy: FloatArray
    surcharge: FloatArray
    demand: FloatArray
    peak: FloatArray
    price: FloatArray
    charge: FloatArray

    @property
    def cost(self) -> FloatArray:
        """All of it [money], shape [12]."""
        return self.energy + self.surcharge + self.demand


@runtime_checkable
class Connection(Protocol):
    """A component that a meter bills."""

    @property
    def name(self) -> str:
        """Unique name."""
        ...

    @property
    def owner(self) -> str:
        """Who pays."""
        ...

    @property
    def bus(self) -> str:
        """Where it feeds the park."""
        ...

    def statement(self, imported: FloatArray, calendar: Calendar, year: int) -> Statement:
        """The bills of a year for an import [MW], shape [steps]."""
        ...
