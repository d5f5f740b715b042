"""Grid connections on paper: what a month's highest power costs. Each of two months has an hour of load."""

from __future__ import annotations

from typing import Any

import numpy as np

from parkzero.components import Profile
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MW, ONE, FloatArray
from tests.cases.electric import GRID, WINTER, two_months
from tests.cases.harness import case, compose, grid, load, mw, per, share, steps

EACH = MONEY / MW


def of_months(january: float, february: float) -> FloatArray:
    """A value for each of two months, as a series of the steps."""
    return np.repeat([january, february], [31 * 24, 24])


def tiers(*prices: float) -> dict[str, Any]:
    """A second price from 2 MW on, and a third one from 2.5 MW on."""
    found: dict[str, Any] = {"demand_tier_2": mw(2), "demand_charge_2": per(prices[0], EACH)}
    if len(prices) > 1:
        found |= {"demand_tier_3": mw(2.5), "demand_charge_3": per(prices[1], EACH)}
    return found


def system_peak(*hours: float, price: float = 200.0) -> dict[str, Any]:
    """A price of what is imported in the hours of the system's peak, the first steps."""
    counted = np.tile(steps(*hours), 32)
    return {"coincident_charge": per(price, EACH), "coincident_hours": Profile(counted, ONE)}


ONLY_FEBRUARY = Profile(of_months(0.0, 1.0), ONE)

CASES = [
    *GRID,
    two_months("a price for each month: 50 a MW in January, 100 in February", 4 * 10 + 3 * 50 + 1 * 100, 3, 1,
               demand_charge=Profile(of_months(50.0, 100.0), EACH)),
    two_months("a month that looks back on one other: February pays for half of January's 3 MW",
               4 * 10 + (3 + 1.5) * 100, 3, 1, ratchet=share(0.5), ratchet_lookback=1),
    two_months("but January does not look back on February",
               4 * 10 + (1 + 3) * 100, 1, 3, ratchet=share(0.5), ratchet_lookback=1),
    two_months("eleven months back are the whole year: January looks back on February",
               4 * 10 + (1.5 + 3) * 100, 1, 3, ratchet=share(0.5), ratchet_lookback=11),
    two_months("only February's peak is remembered: January pays for half of it",
               4 * 10 + (1.5 + 3) * 100, 1, 3, ratchet=share(0.5), ratchet_months=ONLY_FEBRUARY),
    two_months("and January's is not", 4 * 10 + (3 + 1) * 100, 3, 1, ratchet=share(0.5),
               ratchet_months=ONLY_FEBRUARY),
    two_months("February's is remembered in February alone, where January's is not looked back on",
               4 * 10 + (1 + 3) * 100, 1, 3, ratchet=share(1.0), ratchet_months=ONLY_FEBRUARY,
               ratchet_lookback=1),
    two_months("above 2 MW each costs 250 instead of 100", 4 * 10 + 4 * 100 + 1 * 150, 3, 1, **tiers(250)),
    two_months("and above 2.5 MW 400", 4 * 10 + 4 * 100 + 1 * 150 + 0.5 * 150, 3, 1, **tiers(250, 400)),
    two_months("tiers are of what is billed: of 6 MW, and of the half of them that February pays for",
               7 * 10 + (6 + 3) * 100 + (4 + 1) * 150 + (3.5 + 0.5) * 150, 6, 1, ratchet=share(0.5),
               **tiers(250, 400)),
    two_months("in the hour of the system's peak each month pays another 200 for a MW",
               4 * 10 + (3 + 1) * 100 + (3 + 1) * 200, 3, 1, **system_peak(1)),
    two_months("in other hours nothing", 4 * 10 + (3 + 1) * 100, 3, 1, **system_peak(0, 1)),
    two_months("a mean day over both months counts no more than the mean of what they count",
               4 * 10 + (2 + 2) * 100 + (2 + 2) * 200, 3, 1, groups=[0, *[1] * 30, 0], **system_peak(1)),
    case("without a charge for every hour only the system's peak is paid: 1 of 3 MW",
         (3 + 1) * 10 + 1 * 200, load(raw=np.append(steps(3, 1), np.zeros(31 * 24))),
         grid(raw=np.append(steps(10, 10), np.zeros(31 * 24)), **system_peak(0, 1)), timeline=WINTER),
]  # fmt: skip

BOOKED = [
    ("a peak of 3 MW, of which 1 at the system's",
     compose(load(3, 1), grid(10, 10, demand_charge=per(100, EACH), coincident_charge=per(200, EACH),
                              coincident_hours=Profile(steps(0, 1), ONE))),
     {("grid", A.ENERGY): 40, ("grid", A.DEMAND_CHARGE): 300 + 200, ("grid", A.IMPORTED): 4,
      ("load", A.CONSUMED): 4}),
]  # fmt: skip
