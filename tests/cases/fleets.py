"""Small fleets for paper cases: trips by hours, vehicles that stand already, chargers enough."""

from __future__ import annotations

from typing import Any

from parkzero.components import BatteryVehicle, Charger, Fleet, FuelVehicle
from parkzero.fleet.timetable import Run, Timetable, Trip, timetable
from parkzero.units import MONEY, MWH, PIECE, H, M, Quantity
from tests.cases.harness import mw, mwh, new, share, stands

KM = Quantity(1e-6, MWH / M)  # a kilowatt-hour per kilometre


def trip(start: float, end: float, km: float, **more: Any) -> Trip:
    """A trip from hour to hour."""
    return Trip(
        **{
            "id": f"{start}-{end}",
            "route": "r",
            "start": round(start * 60),
            "end": round(end * 60),
            "km": km,
            **more,
        }
    )


def day(*trips: Trip, runs: tuple[Run, ...] = ()) -> Timetable:
    """Trips that are driven on the one day that there is."""
    return timetable(trips, [list(range(len(trips)))], runs)


def fleet(*trips: Trip, runs: tuple[Run, ...] = (), **more: Any) -> Fleet:
    """A fleet that drives some trips."""
    return Fleet(**{"name": "fleet", "trips": day(*trips, runs=runs), **more})


def hours(value: float) -> Quantity:
    """A time."""
    return Quantity(value, H)


def cars(number: float) -> Any:
    """Vehicles that stand already, and no others."""
    return stands(number, PIECE)


def bought(yearly: float, **more: Any) -> Any:
    """Vehicles or chargers for that much a year each."""
    return new(yearly, PIECE, **{"max": Quantity(9.0, PIECE), **more})


def bus(**more: Any) -> BatteryVehicle:
    """A battery bus that stands already: a kilowatt-hour per kilometre, 100 kWh, 100 kW."""
    base: dict[str, Any] = {
        "name": "bus", "fleet": "fleet", "vehicles": cars(1), "pack": mwh(0.1), "end_of_life": share(1.0),
        "use": KM, "power_max": mw(0.1),
    }  # fmt: skip
    return BatteryVehicle(**{**base, **more})


def plugs(power: float = 0.1, **more: Any) -> Charger:
    """A charger that stands already."""
    base = {"name": "plug", "bus": "el", "power": mw(power), "number": cars(1)}
    return Charger(**{**base, **more})


def truck(**more: Any) -> FuelVehicle:
    """A truck for 5 a year that burns 100 kWh per kilometre, so that 10 km take a megawatt-hour."""
    base: dict[str, Any] = {
        "name": "truck", "fleet": "fleet", "vehicles": bought(5), "source": "gas", "use": Quantity(1e-4,
         MWH / M),
    }  # fmt: skip
    return FuelVehicle(**{**base, **more})


PER_KM = MONEY / M
