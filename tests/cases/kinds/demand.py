"""Demands of other carriers on paper."""

from __future__ import annotations

from parkzero.language.accounts import Account as A
from tests.cases.harness import PENALTY, case, compose
from tests.cases.kinds.absorption_chiller import COLD, cooling, district
from tests.cases.kinds.electrolyser import H2, bought, hydrogen

CASES = [
    case("cooling costs what it is bought for", 7 * 40, cooling(3, 4), district(40), **COLD),
    case("a tonne that is not served costs as much as its energy would", 33.33 * PENALTY, hydrogen(1),
         bought(1e9), **H2),
]  # fmt: skip

BOOKED = [
    ("a tonne that is not served", compose(hydrogen(1), **H2), {("users", A.SLACK): 33.33 * PENALTY}),
]  # fmt: skip
