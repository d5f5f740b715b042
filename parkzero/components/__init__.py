"""Components of a park, one page each; importing the package registers their kinds."""

from parkzero.components.battery import Battery
from parkzero.components.cold.absorption_chiller import AbsorptionChiller
from parkzero.components.demand import ElectricityDemand, HeatDemand
from parkzero.components.feeder import Feeder
from parkzero.components.fuel import Fuel
from parkzero.components.grid import Grid
from parkzero.components.heat import ElectricBoiler, FuelBoiler, HeatPump
from parkzero.components.molecules.delivery import Delivery
from parkzero.components.molecules.demand import Demand
from parkzero.components.molecules.electrolyser import Electrolyser
from parkzero.components.molecules.process import Process
from parkzero.components.molecules.store import Store
from parkzero.components.molecules.treatment import Treatment
from parkzero.components.policy import CarbonPrice, EmissionBudget, EmissionCap, Offset, RenewableShare
from parkzero.components.renewables import Solar, Wind
from parkzero.components.supply.chp import Chp
from parkzero.components.supply.purchase import Purchase
from parkzero.components.thermal_store import ThermalStore
from parkzero.language.component import Component, kinds
from parkzero.language.fields import ByYear, Profile, constant

__all__ = [
    "AbsorptionChiller",
    "Battery",
    "ByYear",
    "CarbonPrice",
    "Chp",
    "Component",
    "Delivery",
    "Demand",
    "ElectricBoiler",
    "ElectricityDemand",
    "Electrolyser",
    "EmissionBudget",
    "EmissionCap",
    "Feeder",
    "Fuel",
    "FuelBoiler",
    "Grid",
    "HeatDemand",
    "HeatPump",
    "Offset",
    "Process",
    "Profile",
    "Purchase",
    "RenewableShare",
    "Solar",
    "Store",
    "ThermalStore",
    "Treatment",
    "Wind",
    "constant",
    "kinds",
]
