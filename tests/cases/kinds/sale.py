"""Sales on paper: heat that a neighbour outside buys, CO2 that goes to storage."""

from __future__ import annotations

from typing import Any

from parkzero.components import CarbonPrice, Profile, Purchase, Sale
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MW, MWH, H, T
from tests.cases.harness import case, compose, fuel, per, share, steps, warmth
from tests.cases.heat import burner


def sale(*prices: float, **more: Any) -> Sale:
    """Heat sold in the first steps."""
    base: dict[str, Any] = {"name": "town", "bus": "heat", "price": Profile(steps(*prices), MONEY / MWH)}
    return Sale(**{**base, **more})


CASES = [
    case("all that the boiler has left is sold at more than it costs", 10 * 30 - 8 * 50,
         warmth(2), fuel(30), burner(), sale(50)),
    case("no more than 3 at a time", 5 * 30 - 3 * 50,
         warmth(2), fuel(30), burner(), sale(50, limit=per(3, MW))),
    case("no more than 4 a year, in the dearer hour", 6 * 30 - 4 * 60,
         warmth(2), fuel(30), burner(), sale(50, 60, yearly_limit=per(4, MWH))),
    case("bringing it there costs 15", 10 * 30 - 8 * 35,
         warmth(2), fuel(30), burner(), sale(50, transport=per(15, MONEY / MWH))),
    case("stored CO2 counts: worth 100 a tonne where it is bought for 60", -(100 - 60),
         Purchase(name="stack", bus="co2", price=Profile(steps(rest=60), MONEY / T),
                  limit=per(1, T / H)),
         Sale(name="well", bus="co2", price=Profile(steps(), MONEY / T), stored=share(1.0),
              yearly_limit=per(1, T)),
         CarbonPrice(name="tax", price=per(100, MONEY / T)), carriers={"co2": "co2"}),
]  # fmt: skip

BOOKED = [
    ("8 sold at 50, brought at 15",
     compose(warmth(2), fuel(30), burner(), sale(50, transport=per(15, MONEY / MWH))),
     {("town", A.SALES): -400, ("town", A.VARIABLE_OM): 120, ("fuel", A.FUEL): 300, ("fuel", A.FUEL_USED): 10,
      ("burner", A.HEAT_GENERATED): 10, ("warmth", A.HEAT_SUPPLIED): 2}),
]  # fmt: skip
