"""Make a study of a real steel plant from files that are not part of the project.

Usage::

    python tools/steel_study.py DATA FOLDER [--milestones 2025 2030] [--two-part] [--power-factor 0.85]
                                            [--as-read]

DATA holds ``load/uci_steel_daewoo_gwangyang_2018_15min.csv.gz`` (UCI data set 851, Daewoo Steel in Gwangyang)
and the weather of Noi Bai, ``weather/VNM_NVN_Hanoi-Noi.Bai….epw.gz``. FOLDER must be empty or not there yet;
it gets ``park.toml`` and unpacked copies of both. Then::

    parkzero plan FOLDER --out out/steel

The plant is Korean, the tariff and the weather are Vietnamese: it stands for a plant of its kind, no more.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOAD = "load/uci_steel_daewoo_gwangyang_2018_15min.csv.gz"
WEATHER = "weather/VNM_NVN_Hanoi-Noi.Bai.Intl.AP.488200_TMYx.2009-2023.epw.gz"
ENERGY, REACTIVE = "Usage_kWh", "Lagging_Current_Reactive.Power_kVarh"


@dataclass(frozen=True, slots=True)
class Ask:
    """What the study shall be.

    Attributes:
        milestones: milestone years.
        two_part: take the two-part pilot tariff with its charge for each month's highest half hour.
        power_factor: measured power factor of the import; that of the file when None.
        mended: name the mend of the meter file; without it the study cannot be read.
    """

    milestones: tuple[int, ...] = (2025,)
    two_part: bool = False
    power_factor: float | None = None
    mended: bool = True


def write_study(data: Path, folder: Path, ask: Ask | None = None) -> Path:
    """Write the study.

    Args:
        data: folder with ``load`` and ``weather``.
        folder: empty, or not there yet.
        ask: what the study shall be.

    Returns:
        The folder.

    Raises:
        FileExistsError: when the folder holds something.
        FileNotFoundError: when a file is not in the data folder.
    """
    ask = ask or Ask()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    load, weather = (
        gzip.decompress((data / LOAD).read_bytes()),
        gzip.decompress((data / WEATHER).read_bytes()),
    )
    (folder / "steel.csv").write_bytes(load)
    (folder / "noi_bai.epw").write_bytes(weather)
    factor = ask.power_factor or measured_power_factor(load.decode("utf-8-sig"))
    (folder / "park.toml").write_text(park(ask, factor), encoding="utf-8", newline="\n")
    return folder


def measured_power_factor(text: str) -> float:
    """Power factor of the year: active energy by apparent energy, of the sums as a meter bills them."""
    rows = list(csv.DictReader(text.splitlines()))
    active = sum(float(row[ENERGY]) for row in rows)
    reactive = sum(float(row[REACTIVE]) for row in rows)
    return round(active / math.hypot(active, reactive), 4)


def park(ask: Ask, power_factor: float) -> str:
    """The text of ``park.toml``."""
    mend = ', mend = { midnight = "move" }' if ask.mended else ""
    tariff = "manufacturing.22_110kV"
    price = f'{{ tariff = "{tariff}", schedule = "auto"' + (", two_part = true }" if ask.two_part else " }")
    charge = (
        f'demand_charge = {{ tariff = "{tariff}" }}'
        if ask.two_part
        else "# one-part tariff: no demand charge"
    )
    return PARK.format(
        milestones=list(ask.milestones), mend=mend, price=price, charge=charge, power_factor=power_factor
    )


PARK = """\
# A real steel plant of 629 kW (Gwangyang, 2018) under Vietnamese tariff and weather.
format = 2
name = "Nhà máy thép: số liệu đo 15 phút"

[park]
currency = "VND"
# The weekdays must be those of the meter: peak hours are not charged on Sundays.
calendar_year = 2018
step = "15 min"
latitude = 21.221
longitude = 105.807

[years]
milestones = {milestones}

[money]
discount_rate = "8 %"
basis = "nominal"
inflation = "3.5 %"
base_year = 2025
rate_date = "2026-06-01"
rates = [{{ on = "2026-06-01", from = "USD", value = "26300 VND", source = "press, June 2026" }}]

[tenants.steel]
name = "Thép Gwangyang"
trade = "steel"

[buses.electricity]
carrier = "electricity"
tenant = "steel"

[assets.load]
kind = "electricity_demand"
owner = "steel"
bus = "electricity"
load = {{ file = "steel.csv", column = "Usage_kWh", year = 2018{mend} }}

[assets.grid]
kind = "grid"
owner = "steel"
bus = "electricity"
price = {price}
{charge}
demand_minutes = 30
power_factor = {power_factor}
export_limit = "0.5 MW"
export_price = "671 VND/kWh"
export_share = {{ 2025 = "20 %", 2027 = "50 %", 2060 = "50 %", how = "steps" }}
emission_factor = {{ book = "grid_ef.path.plan_5y_late" }}

[assets.roof]
kind = "solar"
owner = "steel"
bus = "electricity"
output = {{ weather = "noi_bai.epw", model = "pv", tilt = "10 deg", azimuth = "180 deg", losses = "14 %" }}
power.capex = {{ book = "tech.vn_market.pv_rooftop.north.investment", hold = true }}
fixed_om = "1.5 %"
lifetime = "25 years"
power.max = "0.5 MW"

[assets.battery]
kind = "battery"
owner = "steel"
bus = "electricity"
power.capex = "100 USD/kW"
energy.capex = {{ book = "tech.vn_market.battery_container.energy", hold = true }}
efficiency_in = "96 %"
efficiency_out = "96 %"
lifetime = "15 years"
fixed_om = "1 %"
power.max = "0.5 MW"
energy.max = "2 MWh"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the study that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--milestones", type=int, nargs="+", default=[2025])
    parser.add_argument("--two-part", action="store_true")
    parser.add_argument("--power-factor", type=float)
    parser.add_argument("--as-read", action="store_true", help="name no mend: reading shall fail")
    given = parser.parse_args(arguments)
    ask = Ask(tuple(given.milestones), given.two_part, given.power_factor, not given.as_read)
    try:
        write_study(given.data, given.folder, ask)
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Made {given.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
