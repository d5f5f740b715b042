"""Components of a park, one page each; importing the package registers their kinds."""

from parkzero.components.battery import Battery
from parkzero.components.demand import ElectricityDemand, HeatDemand
from parkzero.components.feeder import Feeder
from parkzero.components.fuel import Fuel
from parkzero.components.grid import Grid
from parkzero.components.heat import ElectricBoiler, FuelBoiler, HeatPump
from parkzero.components.policy import CarbonPrice, EmissionBudget, EmissionCap, Offset, RenewableShare
from parkzero.components.renewables import Solar, Wind
from parkzero.components.thermal_store import ThermalStore
from parkzero.language.component import Component, kinds
from parkzero.language.fields import ByYear, Profile, constant

__all__ = [
    "Battery",
    "ByYear",
    "CarbonPrice",
    "Component",
    "ElectricBoiler",
    "ElectricityDemand",
    "EmissionBudget",
    "EmissionCap",
    "Feeder",
    "Fuel",
    "FuelBoiler",
    "Grid",
    "HeatDemand",
    "HeatPump",
    "Offset",
    "Profile",
    "RenewableShare",
    "Solar",
    "ThermalStore",
    "Wind",
    "constant",
    "kinds",
]
