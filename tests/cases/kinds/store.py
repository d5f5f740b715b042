"""Stores on paper, of hydrogen in tonnes: made when power is cheap, used when it is dear."""

from __future__ import annotations

from typing import Any

from parkzero.components import Store
from parkzero.language.accounts import Account as A
from parkzero.language.fields import Size
from parkzero.units import MONEY, MWH, ONE, YEAR, H, Quantity, T
from tests.cases.harness import case, compose, grid, per, share
from tests.cases.kinds.electrolyser import H2, electrolyser, hydrogen


def tank(amount: float | Size = 10.0, **more: Any) -> Store:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "tank",
        "bus": "h2",
        "amount": amount if isinstance(amount, Size) else Size(existing=Quantity(amount, T)),
    }
    return Store(**{**base, **more})


LOSS = {"loss": Quantity(0.5, ONE / H)}

CASES = [
    case("a tonne waits an hour for its user", 50 * 20,
         hydrogen(0, 1), grid(20, 100), electrolyser(), tank(), **H2),
    case("half of it fits, the other half is made when it is dear", 25 * 20 + 25 * 100,
         hydrogen(0, 1), grid(20, 100), electrolyser(), tank(0.5), **H2),
    case("half of what is stored is lost in an hour: dearer than 100 only beyond 50", 2 * 50 * 20,
         hydrogen(0, 1), grid(20, 100), electrolyser(), tank(**LOSS), **H2),
    case("a quarter of what it holds may be filled in an hour, though it has two to come out",
         12.5 * 20 + 12.5 * 100, hydrogen(0, 0.25, 0.25), grid(20, 100, 100), electrolyser(),
         tank(1, rate=Quantity(0.25, ONE / H)), **H2),
    case("and taken out: filled in two cheap hours, half of it comes out in the dear one",
         25 * 20 + 25 * 100,
         hydrogen(0, 0, 1), grid(20, 20, 100), electrolyser(), tank(2, rate=Quantity(0.25, ONE / H)), **H2),
    case("compression takes 5 MWh a tonne, when it is filled", 50 * 20 + 5 * 20,
         hydrogen(0, 1), grid(20, 100), electrolyser(), tank(source="el", use=Quantity(5.0, MWH / T)), **H2),
    case("a tonne of ten is there at first, half a tonne at last: half is made for the dear hour",
         25 * 20, hydrogen(0, 1), grid(20, 100), electrolyser(),
         tank(start_level=share(0.1), end_level=share(0.05)), **H2),
    case("built for what it saves: a tonne at 400 a year", 50 * 20 + 400,
         hydrogen(0, 1), grid(20, 100), electrolyser(),
         tank(amount=Size(capex=per(4000, MONEY / T), lifetime=Quantity(10.0, YEAR))), **H2),
]  # fmt: skip

BOOKED = [
    ("a tonne from 50 MWh, compressed with 5",
     compose(hydrogen(0, 1), grid(20, 100), electrolyser(),
             tank(source="el", use=Quantity(5.0, MWH / T)), **H2),
     {("electrolyser", A.CONSUMED): 50, ("tank", A.CONSUMED): 5, ("grid", A.IMPORTED): 55,
      ("grid", A.ENERGY): 1100}),
]  # fmt: skip
