"""Private wires on paper: half the sun of 10 MW at 40 a MWh, where the grid sells at 100."""

from __future__ import annotations

from typing import Any

from parkzero.components import PrivateWire, Profile
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH, ONE, T
from tests.cases.harness import case, compose, grid, load, new, per, share, stands, steps


def wire(power: Any = 10.0, **more: Any) -> PrivateWire:
    """One that is contracted already."""
    base: dict[str, Any] = {
        "name": "wire", "bus": "el", "power": stands(power) if isinstance(power, float) else power,
        "output": Profile(steps(0.5, 0.5), ONE), "strike": per(40, MONEY / MWH), "settlement": "as_produced",
        "made_from": "solar", "emission_factor": per(0, T / MWH),
    }  # fmt: skip
    return PrivateWire(**{**base, **more})


CASES = [
    case("as produced: 5 are paid in both hours, though 3 are used in the second", 2 * 5 * 40 + 3 * 100,
         load(8, 3), grid(100, 100), wire()),
    case("as consumed: 3 of 5 are paid in the second hour", 8 * 40 + 3 * 100,
         load(8, 3), grid(100, 100), wire(settlement="as_consumed")),
    case("baseload: 2 in all 24 hours, of which two are used", 24 * 2 * 40 + 6 * 100 + 1 * 100,
         load(8, 3), grid(100, 100), wire(2.0, settlement="baseload", output=None)),
    case("at 60 as much is contracted as is used in both hours: 6, not the 16 of the first",
         6 * 60 + 5 * 100, load(8, 3), grid(100, 100), wire(new(0), strike=per(60, MONEY / MWH))),
    case("a tenth is lost on the wire, a fee of 5 to the utility for what is taken, a twentieth of tax",
         (8 - 4.5) * 100 + (3 - 3) * 100 + (10 * 40 + (5 + 3 / 0.9) * 5) * 1.05,
         load(8, 3), grid(100, 100),
         wire(loss=share(0.1), fee=per(5, MONEY / MWH), wire="utility", tax=share(0.05), attributes=False)),
]  # fmt: skip

BOOKED = [
    ("8 used of 10 made, half a tonne counted for each",
     compose(load(8, 3), grid(100, 100),
             wire(fee=per(5, MONEY / MWH), wire="utility", tax=share(0.05),
                  emission_factor=per(0.5, T / MWH))),
     {("wire", A.CONTRACT): 400, ("wire", A.CONTRACT_FEES): 40 + 22, ("wire", A.IMPORTED): 8,
      ("wire", A.ATTRIBUTES): 8, ("wire", A.SCOPE2): 4, ("load", A.CONSUMED): 11, ("grid", A.IMPORTED): 3,
      ("grid", A.ENERGY): 300}),
]  # fmt: skip
