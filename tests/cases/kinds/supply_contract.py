"""Supply contracts on paper: what a roof, a boiler or a feeder delivers is paid to whom it belongs."""

from __future__ import annotations

from typing import Any

from parkzero.components import Profile, SupplyContract
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MW, MWH
from tests.cases.electric import line, sun
from tests.cases.harness import case, compose, fuel, grid, load, new, per, share, steps, warmth
from tests.cases.heat import burner, kettle


def contract(asset: str, bus: str, price: float = 50.0, **more: Any) -> SupplyContract:
    """Paid to somebody outside, unless it is said otherwise."""
    base: dict[str, Any] = {
        "name": "contract", "asset": asset, "bus": bus,
        "price": Profile(steps(price, price, rest=price), MONEY / MWH), "payee": "supplier",
    }  # fmt: skip
    return SupplyContract(**{**base, **more})


CASES = [
    case("a roof of others: 2 of 3 at 50 instead of 100", 2 * 50 + 100,
         load(3), grid(100), sun(2, 1), contract("pv", "el")),
    case("dearer than the grid it is curtailed", 3 * 100,
         load(3), grid(100), sun(2, 1), contract("pv", "el", 120)),
    case("heat as a service: fuel, 15 a MWh, 7 a year and a tenth of tax on the MWh",
         2 * 30 + 2 * 15 * 1.1 + 7,
         warmth(2), fuel(30), burner(),
         contract("burner", "heat", 15, fixed=per(7, MONEY), tax=share(0.1))),
    case("a park that resells: the mark-up stays in the park", 3 * 100,
         load(3, bus="far"), grid(100), line(10, source="el", to="far"),
         contract("line", "far", 130, payee="", owner="a")),
    case("a resale in two parts: 30 a MWh, 5 for each MW of the month's highest and a tenth of tax on both",
         (5 * 30 + 3 * 5) * 1.1,
         load(3, 2, bus="far"), grid(0, 0), line(10, source="el", to="far"),
         contract("line", "far", 30, demand_charge=per(5, MONEY / MW), demand_minutes=60, tax=share(0.1))),
    case("attributes cost nothing", 2 * 50 + 100,
         load(3), grid(100), sun(2, 1), contract("pv", "el", attributes=True)),
    case("a kettle of others is built as long as its service is cheaper", 2 * 20 + 2 * 5 + 2 * 3,
         warmth(2), grid(20), kettle(new(5)), fuel(30), burner(), contract("kettle", "heat", 3)),
]  # fmt: skip

BOOKED = [
    ("2 of sun at 50 with its attributes, 7 a year, a tenth of tax",
     compose(load(3), grid(100), sun(2, 1),
             contract("pv", "el", attributes=True, fixed=per(7, MONEY), tax=share(0.1))),
     {("contract", A.CONTRACT): 107, ("contract", A.CONTRACT_FEES): 10, ("contract", A.ATTRIBUTES): 2,
      ("pv", A.GENERATED): 2, ("load", A.CONSUMED): 3, ("grid", A.IMPORTED): 1, ("grid", A.ENERGY): 100}),
]  # fmt: skip
