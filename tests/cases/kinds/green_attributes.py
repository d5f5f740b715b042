"""Green attributes on paper: 2 of own sun an hour, of which a neighbour gets some by contract."""

from __future__ import annotations

from typing import Any

from parkzero.components import GreenAttributes
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH
from tests.cases.electric import sun
from tests.cases.harness import case, compose, grid, load, per
from tests.cases.kinds.private_wire import wire
from tests.cases.kinds.supply_contract import contract


def green(price: float | None = None, **more: Any) -> GreenAttributes:
    """Those of the park."""
    sold = None if price is None else per(price, MONEY / MWH)
    return GreenAttributes(name="green", price=sold, **more)


CASES = [
    case("kept they change no cost", 100, load(3), grid(100), sun(2, 1), green()),
    case("sold at 4 each: those of the 2 that are made", 100 - 8, load(3), grid(100), sun(2, 1), green(4)),
    case("those that a contract brought may be sold too", 10 * 40 + 3 * 100 - 8 * 4,
         load(8, 3), grid(100, 100), wire(), green(4)),
]  # fmt: skip

BOOKED = [
    ("2 of own, 1 of them sold on by contract; what is kept is sold at 4",
     compose(load(3), grid(100), sun(2, 1), green(4)),
     {("green", A.SALES): -8, ("pv", A.GENERATED): 2, ("load", A.CONSUMED): 3,
      ("grid", A.IMPORTED): 1, ("grid", A.ENERGY): 100}),
    ("kept: 2, and 2 more from the roof of others",
     compose(load(5), grid(100), sun(2, 1), sun(2, 1, name="theirs", owner="a"),
             contract("theirs", "el", attributes=True), green()),
     {("green", A.ATTRIBUTES): 2, ("contract", A.CONTRACT): 100, ("contract", A.ATTRIBUTES): 2,
      ("pv", A.GENERATED): 2, ("theirs", A.GENERATED): 2, ("load", A.CONSUMED): 5, ("grid", A.IMPORTED): 1,
      ("grid", A.ENERGY): 100}),
]  # fmt: skip
