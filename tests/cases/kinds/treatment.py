"""Water treatment on paper: 80 % of what goes in comes out."""

from __future__ import annotations

from typing import Any

from parkzero.components import Demand, Profile, Purchase, Treatment
from parkzero.language.accounts import Account as A
from parkzero.language.fields import Size
from parkzero.units import M3, MONEY, MWH, H, Quantity
from tests.cases.harness import case, compose, grid, per, share, steps

WATER = {"carriers": {"raw": "raw_water", "clean": "clean_water", "waste": "wastewater"}}


def plant(capacity: float = 100.0, **more: Any) -> Treatment:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "works", "source": "raw", "to": "clean", "recovery": share(0.8),
        "capacity": Size(existing=Quantity(capacity, M3 / H)),
    }  # fmt: skip
    return Treatment(**{**base, **more})


def drawn(*values: float, bus: str = "clean") -> Demand:
    """Water drawn in the first steps [m3/h]."""
    return Demand(name=f"users-{bus}", bus=bus, load=Profile(steps(*values), M3 / H))


def mains(price: float, bus: str = "raw") -> Purchase:
    """Water from outside."""
    return Purchase(name=f"mains-{bus}", bus=bus, price=Profile(steps(rest=price), MONEY / M3))


CASES = [
    case("8 m3 take 10 of raw water", 10 * 2, drawn(8), mains(2), plant(), **WATER),
    case("capacity is what is taken in", 5 * 2 + 4 * 9,
         drawn(8), mains(2), mains(9, "clean"), plant(5), **WATER),
    case("half a kWh for each cubic metre", 10 * 2 + 10 * 0.0005 * 40,
         drawn(8), mains(2), grid(40),
         plant(electricity="el", electricity_use=Quantity(0.0005, MWH / M3)), **WATER),
    case("each cubic metre taken in costs its chemicals", 10 * 2 + 10 * 1,
         drawn(8), mains(2), plant(variable_om=per(1, MONEY / M3)), **WATER),
    case("waste is treated for reuse, and its rest must go somewhere", 10 * 2,
         drawn(8), mains(2), plant(reject="waste"),
         Demand(name="sewer", bus="waste", load=Profile(steps(2), M3 / H)),
         carriers={**WATER["carriers"]}),
]  # fmt: skip

BOOKED = [
    ("10 m3 taken in at 1 each with half a kWh each",
     compose(drawn(8), mains(2), grid(40),
             plant(electricity="el", electricity_use=Quantity(0.0005, MWH / M3),
                   variable_om=per(1, MONEY / M3)),
             **WATER),
     {("works", A.CONSUMED): 0.005, ("works", A.VARIABLE_OM): 10, ("mains-raw", A.ENERGY): 20,
      ("grid", A.IMPORTED): 0.005, ("grid", A.ENERGY): 0.2}),
]  # fmt: skip
