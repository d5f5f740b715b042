"""Grid DPPAs on paper: half the wind of 10 MW, struck at 60, in a market at 50 and then at 80."""

from __future__ import annotations

from typing import Any

import numpy as np

from parkzero.components import GridDppa, Profile
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MWH, ONE, T
from tests.cases.harness import case, compose, days, grid, load, per, share, stands, steps


def dppa(power: float = 10.0, **more: Any) -> GridDppa:
    """One that is contracted already; the market's energy costs 1.02 times its price, bringing it 12."""
    base: dict[str, Any] = {
        "name": "dppa", "bus": "el", "power": stands(power), "output": Profile(steps(0.5, 0.5), ONE),
        "strike": per(60, MONEY / MWH), "settlement": "as_produced", "made_from": "wind",
        "emission_factor": per(0, T / MWH), "market": Profile(steps(50, 80), MONEY / MWH), "k": share(1.02),
        "loss_factor": share(1.0), "service_fee": per(10, MONEY / MWH), "clearing_fee": per(2, MONEY / MWH),
    }  # fmt: skip
    return GridDppa(**{**base, **more})


MATCHED = 5 * (51 + 12) + 3 * (81.6 + 12)

CASES = [
    case("as produced: the difference is paid for all 5, at +10 and at -20",
         3 * 120 + MATCHED + 5 * 10 - 5 * 20,
         load(8, 3), grid(120, 120), dppa()),
    case("as consumed: in the second hour for 3", 3 * 120 + MATCHED + 5 * 10 - 3 * 20,
         load(8, 3), grid(120, 120), dppa(settlement="as_consumed")),
    case("baseload of 2: for 2 in all hours, also when the market is at nothing",
         6 * 120 + 1 * 120 + 2 * (63 + 93.6) + 2 * (10 - 20) + 22 * 2 * 60,
         load(8, 3), grid(120, 120), dppa(2.0, settlement="baseload", output=None)),
    case("matched only where it is cheaper than the tariff: not in the second hour at 90",
         3 * 90 + 5 * 63 + 3 * 90 + 50 - 100, load(8, 3), grid(90, 90), dppa()),
    case("losses of its voltage raise the energy, not the difference",
         3 * 120 + 5 * (51 * 1.02 + 12) + 3 * (81.6 * 1.02 + 12) + 50 - 100,
         load(8, 3), grid(120, 120), dppa(loss_factor=share(1.02))),
    case("a tenth of tax on all that is paid", 3 * 120 + 1.1 * (MATCHED + 50 - 100),
         load(8, 3), grid(120, 120), dppa(tax=share(0.1), attributes=False)),
    case("mean days of two prices are a bound: each hour at the better one",
         2 * 5 * (1.02 * 50 + 12) + 2 * 5 * -20,
         load(raw=np.tile(steps(5), 2)), grid(raw=np.full(48, 120.0)),
         dppa(output=Profile(np.tile(steps(0.5), 2), ONE), settlement="as_consumed",
              market=Profile(np.repeat([50.0, 80.0], 24), MONEY / MWH)),
         timeline=days(2, groups=[0, 0])),
]  # fmt: skip

BOOKED = [
    ("8 matched of 10 made",
     compose(load(8, 3), grid(120, 120), dppa(tax=share(0.1), emission_factor=per(0.5, T / MWH))),
     {("dppa", A.ENERGY): 5 * 51 + 3 * 81.6, ("dppa", A.CONTRACT): -50,
      ("dppa", A.CONTRACT_FEES): 8 * 12 + 0.1 * (MATCHED - 50), ("dppa", A.IMPORTED): 8,
      ("dppa", A.ATTRIBUTES): 8, ("dppa", A.SCOPE2): 4, ("load", A.CONSUMED): 11, ("grid", A.IMPORTED): 3,
      ("grid", A.ENERGY): 360}),
]  # fmt: skip
