"""Pipes on paper: laid whole or not at all, and losing heat whether anything flows or not."""

from __future__ import annotations

import math
from typing import Any

from parkzero.components import Pipe
from parkzero.language import steam
from parkzero.language.accounts import Account as A
from parkzero.units import CELSIUS, M3, MW, ONE, H, M, Quantity, T
from tests.cases.harness import PENALTY, case, compose, fuel, grid, new, share, stands, warmth
from tests.cases.heat import burner

WARM: dict[str, Any] = {
    "carriers": {"heat": "heat", "far": "heat"},
    "states": {"heat": (90.0, None), "far": (80.0, None)},
}


def pipe(capacity: float | None = 10.0, **more: Any) -> Pipe:
    """A hundred metres that lie already."""
    base: dict[str, Any] = {
        "name": "pipe", "source": "heat", "to": "far", "length": Quantity(100.0, M),
        "laid": stands(100, M),
    }  # fmt: skip
    if capacity is not None:
        base["capacity"] = Quantity(capacity, MW)
    return Pipe(**{**base, **more})


def there(*values: float, **more: Any) -> Any:
    """Warmth at the far end."""
    return warmth(*values, bus="far", **more)


LOSING: dict[str, Any] = {"heat_loss": Quantity(2e-5, MW / M / CELSIUS), "ground": Quantity(40.0, CELSIUS)}
"""0.02 kW for each metre and degree: 0.1 MW over a hundred metres and fifty degrees."""

FAST: dict[str, Any] = {
    "diameter": Quantity(0.1, M), "velocity": Quantity(3600.0, M / H),
    "return_temperature": Quantity(60.0, CELSIUS),
}  # fmt: skip
"""A metre a second through a decimetre."""
WATER = 3600 * math.pi / 4 * 0.01 * steam.water_density(90) * (steam.water(90) - steam.water(60)) / 3600

CASES = [
    case("3 of 10 go through", 3 * 30, there(3), fuel(30), burner(), pipe(), **WARM),
    case("a pipe of 2 leaves one unserved", 2 * 30 + PENALTY, there(3), fuel(30), burner(), pipe(2), **WARM),
    case("a fifth of what is sent is lost", 5 * 30, there(4), fuel(30), burner(),
         pipe(leak=share(0.2)), **WARM),
    case("it loses 0.1 MW in every hour of the day", (4 + 2.4) * 30, there(4), fuel(30), burner(),
         pipe(**LOSING), **WARM),
    case("its diameter tells what it carries", WATER * 30 + (3 - WATER) * PENALTY, there(3), fuel(30),
         burner(), pipe(None, **FAST), **WARM),
    case("of something lighter it carries less", WATER / 2 * 30 + (3 - WATER / 2) * PENALTY, there(3),
         fuel(30), burner(), pipe(None, **FAST, density=Quantity(steam.water_density(90) / 2, T / M3)),
         **WARM),
    case("laid whole: a hundred metres at 2 a year, though 1 of 10 MW is needed", 1 * 30 + 200, there(1),
         fuel(30), burner(), pipe(laid=new(2, M), friction=Quantity(0.02, ONE)), **WARM),
    case("pumped by a tenth of what is sent", 3 * 30 + 0.3 * 100, there(3), fuel(30), burner(), grid(100),
         pipe(electricity="el", pumping=share(0.1)), **WARM),
]  # fmt: skip

BOOKED = [
    ("3 MW, pumped by a tenth, a fourth lost",
     compose(there(3), fuel(30), burner(), grid(100),
             pipe(electricity="el", pumping=share(0.1), leak=share(0.25)), **WARM),
     {("pipe", A.CONSUMED): 0.4, ("fuel", A.FUEL): 120, ("fuel", A.FUEL_USED): 4,
      ("burner", A.HEAT_GENERATED): 4, ("warmth", A.HEAT_SUPPLIED): 3, ("grid", A.ENERGY): 40,
      ("grid", A.IMPORTED): 0.4}),
]  # fmt: skip
