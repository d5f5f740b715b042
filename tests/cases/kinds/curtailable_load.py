"""Curtailable loads on paper: a fifth of a load of 10 may stop for 50 a MWh."""

from __future__ import annotations

from typing import Any

from parkzero.components import CurtailableLoad
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH, H, Quantity
from tests.cases.harness import case, compose, fuel, grid, load, per, share, warmth
from tests.cases.heat import burner
from tests.cases.kinds.absorption_chiller import cooling, district


def stops(hours: float = 100.0, **more: Any) -> CurtailableLoad:
    """A fifth of the load."""
    base: dict[str, Any] = {
        "name": "stops", "demand": "load", "share": share(0.2), "price": per(50, MONEY / MWH),
        "hours": Quantity(hours, H),
    }  # fmt: skip
    return CurtailableLoad(**{**base, **more})


CASES = [
    case("stopped where power is dearer than 50", 8 * 80 + 2 * 50 + 10 * 30,
         load(10, 10), grid(80, 30), stops()),
    case("one hour of full curtailment: the dearest of three", 10 * 80 + (8 * 90 + 2 * 50) + 10 * 82,
         load(10, 10, 10), grid(80, 90, 82), stops(1)),
    case("heat may stop as well", 3.2 * 80 + 0.8 * 50,
         warmth(4), fuel(80), burner(), stops(demand="warmth")),
    case("and cold", 3.2 * 80 + 0.8 * 50, cooling(4), district(80), stops(demand="halls"),
         carriers={"cold": "cooling"}),
]  # fmt: skip

BOOKED = [
    ("2 of 20 stopped at 50, 0.8 of a heat of 4 at 50",
     compose(load(10, 10), grid(80, 30), stops(), warmth(4), fuel(80), burner(),
             stops(name="cools", demand="warmth")),
     {("load", A.CONSUMED): 20, ("stops", A.CONSUMED): -2, ("stops", A.VARIABLE_OM): 100,
      ("cools", A.HEAT_SUPPLIED): -0.8, ("cools", A.VARIABLE_OM): 40, ("grid", A.IMPORTED): 18,
      ("grid", A.ENERGY): 940, ("warmth", A.HEAT_SUPPLIED): 4, ("fuel", A.FUEL): 256,
      ("fuel", A.FUEL_USED): 3.2, ("burner", A.HEAT_GENERATED): 3.2}),
]  # fmt: skip
