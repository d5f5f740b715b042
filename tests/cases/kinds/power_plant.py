"""Power plants on paper: two fifths of the fuel become electricity."""

from __future__ import annotations

from typing import Any

from parkzero.components import PowerPlant, Profile, Purchase
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH, ONE, H, Quantity, T
from tests.cases.harness import case, compose, fuel, grid, load, per, share, stands, steps, warmth
from tests.cases.heat import kettle


def plant(power: float = 10.0, **more: Any) -> PowerPlant:
    """One that stands already."""
    base: dict[str, Any] = {
        "name": "plant", "source": "gas", "bus": "el", "power": stands(power), "efficiency": share(0.4),
    }  # fmt: skip
    return PowerPlant(**{**base, **more})


CELL = {"source": "h2", "efficiency": share(0.5)}
H2 = {"carriers": {"h2": "hydrogen", "el": "electricity"}}

CASES = [
    case("4 of electricity burn 10 of fuel", 10 * 30, load(4), fuel(30), grid(100), plant()),
    case("a plant of 3 makes 3, the grid the fourth", 7.5 * 30 + 100,
         load(4), fuel(30), grid(100), plant(3)),
    case("a least load of half keeps it on where the grid is cheaper: 2 of 4, and 2 of 2",
         24 * 2 / 0.4 * 10 + 2 * 20,
         load(raw=steps(4, rest=2)), fuel(10), grid(raw=steps(rest=20.0)),
         plant(4, least=share(0.5))),
    case("it rises and falls by 2 an hour: around 4 in the third hour it makes 2, and 2 go unused as fuel",
         4 / 0.4 * 10 + 2 / 0.4 * 10 * 2,
         load(2, 4, 2), fuel(10), grid(100, 100, 100), plant(ramp=Quantity(0.2, ONE / H))),
    case("6 it cannot reach from 2 in an hour: it makes 4, the grid 2, and then keeps up",
         (2 + 4 + 6 + 4 + 2) / 0.4 * 10 + 2 * 100,
         load(2, 6, 6, 4, 2), fuel(10), grid(100, 100, 100, 100, 100), plant(ramp=Quantity(0.2, ONE / H))),
    case("a load that falls by 5 after it rose in steps: it rises no more than it can fall",
         (2 + 4 + 4 + 2) / 0.4 * 10 + 100,
         load(2, 4, 5, 2), fuel(10), grid(100, 100, 100, 100), plant(ramp=Quantity(0.2, ONE / H))),
    case("half its fuel is heat that is used", 10 * 30 + 0,
         load(4), warmth(5), fuel(30), grid(100), kettle(),
         plant(heat="heat", heat_efficiency=share(0.5))),
    case("heat that it has not is made by the kettle, of its own electricity", (4 + 1 / 2.25) / 0.4 * 30,
         load(4), warmth(6), fuel(30), grid(100), kettle(),
         plant(heat="heat", heat_efficiency=share(0.5))),
    case("one hour of full load a year: 10 of 16", 10 / 0.4 * 30 + 6 * 100,
         load(8, 8), fuel(30), grid(100, 100), plant(hours=Quantity(1.0, H))),
    case("each MWh costs 8, what it is made from nothing", 10 * 30 + 4 * 8,
         load(4), fuel(30), grid(100), plant(variable_om=per(8, MONEY / MWH), made_from="waste")),
    case("a fuel cell: a tonne of hydrogen gives half of 33.33 MWh", 4 / (33.33 * 0.5) * 500,
         load(4), grid(1000), plant(**CELL),
         Purchase(name="maker", bus="h2", price=Profile(steps(rest=500), MONEY / T)), **H2),
]  # fmt: skip

BOOKED = [
    ("4 of electricity from 10 of fuel, 5 of heat, at 8 a MWh",
     compose(load(4), warmth(5), fuel(30), grid(100), kettle(),
             plant(heat="heat", heat_efficiency=share(0.5), variable_om=per(8, MONEY / MWH))),
     {("plant", A.GENERATED): 4, ("plant", A.HEAT_GENERATED): 5, ("plant", A.VARIABLE_OM): 32,
      ("fuel", A.FUEL): 300, ("fuel", A.FUEL_USED): 10, ("load", A.CONSUMED): 4,
      ("warmth", A.HEAT_SUPPLIED): 5}),
]  # fmt: skip
