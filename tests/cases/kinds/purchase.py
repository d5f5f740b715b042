"""Purchases on paper: hydrogen at 2,000 a tonne."""

from __future__ import annotations

from dataclasses import replace

from parkzero.components import CarbonPrice, Profile
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, ONE, H, T
from tests.cases.harness import PENALTY, case, compose, per, steps
from tests.cases.kinds.electrolyser import H2, bought, hydrogen

SHORT = 33.33 * PENALTY

CASES = [
    case("bought as it is needed", 3 * 2000, hydrogen(1, 2), bought(2000), **H2),
    case("no more than its largest flow in an hour", 2 * 2000 + 1 * SHORT,
         hydrogen(1, 2), replace(bought(2000), limit=per(1, T / H)), **H2),
    case("no more than there is in an hour: 1 of the 2 of the second", 2 * 2000 + 1 * SHORT,
         hydrogen(1, 2), replace(bought(2000), available=Profile(steps(3, 1), T / H)), **H2),
    case("no more than its largest amount in a year", 2.5 * 2000 + 0.5 * SHORT,
         hydrogen(1, 2), replace(bought(2000), yearly_limit=per(2.5, T)), **H2),
    case("what making it emits elsewhere is priced with the park's emissions", 2000 + 9 * 10,
         hydrogen(1), replace(bought(2000), emission_factor=per(9, ONE)),
         CarbonPrice(name="price", price=per(10, MONEY / T)), **H2),
]  # fmt: skip

BOOKED = [
    ("a tonne at 2,000 that emitted nine where it was made",
     compose(hydrogen(1), replace(bought(2000), emission_factor=per(9, ONE)), **H2),
     {("trailer", A.ENERGY): 2000, ("trailer", A.SCOPE2): 9}),
]  # fmt: skip
