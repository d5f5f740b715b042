"""Components of a park, by theme, one page each; importing the package registers their kinds."""

from parkzero.components.cold.absorption_chiller import AbsorptionChiller
from parkzero.components.demand.electricity_demand import ElectricityDemand
from parkzero.components.demand.heat_demand import HeatDemand
from parkzero.components.heat.electric_boiler import ElectricBoiler
from parkzero.components.heat.fuel_boiler import FuelBoiler
from parkzero.components.heat.heat_pump import HeatPump
from parkzero.components.heat.thermal_store import ThermalStore
from parkzero.components.molecules.delivery import Delivery
from parkzero.components.molecules.demand import Demand
from parkzero.components.molecules.electrolyser import Electrolyser
from parkzero.components.molecules.process import Process
from parkzero.components.molecules.store import Store
from parkzero.components.molecules.treatment import Treatment
from parkzero.components.networks.feeder import Feeder
from parkzero.components.policies.carbon_price import CarbonPrice
from parkzero.components.policies.emission_budget import EmissionBudget
from parkzero.components.policies.emission_cap import EmissionCap
from parkzero.components.policies.offset import Offset
from parkzero.components.policies.renewable_share import RenewableShare
from parkzero.components.supply.battery import Battery
from parkzero.components.supply.chp import Chp
from parkzero.components.supply.fuel import Fuel
from parkzero.components.supply.grid import Grid
from parkzero.components.supply.purchase import Purchase
from parkzero.components.supply.solar import Solar
from parkzero.components.supply.wind import Wind
from parkzero.language.component import Component, kinds
from parkzero.language.fields import ByYear, Profile, Size, constant

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
    "Size",
    "Solar",
    "Store",
    "ThermalStore",
    "Treatment",
    "Wind",
    "constant",
    "kinds",
]
