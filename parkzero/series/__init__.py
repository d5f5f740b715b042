"""Series as they really come: meter files, weather files and bills, read with all that is odd about them.

Each reader reports what it found and mends only what the caller names. The layer knows no study.
"""

from parkzero.series.bill_files import read_bills
from parkzero.series.bills import Bill, Profile, rebuild
from parkzero.series.calendar import public_holidays, tet
from parkzero.series.cop import heat_pump_cop
from parkzero.series.epw import read_epw
from parkzero.series.findings import Finding, Mend
from parkzero.series.meter import Metered, inspect_meter, read_meter
from parkzero.series.meter_steps import MeterOptions
from parkzero.series.nasa_power import read_nasa_power
from parkzero.series.pvgis import read_pvgis
from parkzero.series.renewables import PvPlant, WindTurbine, pv_capacity_factor, wind_capacity_factor
from parkzero.series.resample import Sampled, sample
from parkzero.series.shifts import ShiftPattern, days_off, load_shape
from parkzero.series.synthetic import MonthlyNormals, synthetic_weather
from parkzero.series.weather import Weather, closure

__all__ = [
    "Bill",
    "Finding",
    "Mend",
    "MeterOptions",
    "Metered",
    "MonthlyNormals",
    "Profile",
    "PvPlant",
    "Sampled",
    "ShiftPattern",
    "Weather",
    "WindTurbine",
    "closure",
    "days_off",
    "heat_pump_cop",
    "inspect_meter",
    "load_shape",
    "public_holidays",
    "pv_capacity_factor",
    "read_bills",
    "read_epw",
    "read_meter",
    "read_nasa_power",
    "read_pvgis",
    "rebuild",
    "sample",
    "synthetic_weather",
    "tet",
    "wind_capacity_factor",
]
