"""What may be invested in a milestone year: photovoltaics for 80 a MW instead of 20 from the grid."""

from __future__ import annotations

from typing import Any

from parkzero.components import InvestmentLimit
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY
from tests.cases.electric import breeze, sun
from tests.cases.harness import case, compose, grid, load, mw, new, path, per

SUN, WIND = sun(new(8), 1), breeze(new(10), 1, owner="t1")
NEED = (load(2), grid(20))


def most(money: float, **more: Any) -> InvestmentLimit:
    """A limit in every year."""
    return InvestmentLimit(**{"name": "purse", "limit": per(money, MONEY), **more})


CASES = [
    case("120 buy 1.5 MW", 1.5 * 8 + 0.5 * 20, *NEED, SUN, most(120)),
    case("whole units of 0.6 MW: two of them for 96", 1.2 * 8 + 0.8 * 20,
         *NEED, sun(new(8, unit=mw(0.6)), 1), most(120)),
    case("each milestone has its own: 1 MW first, the second a year later", (8 + 20) + 2 * 8,
         *NEED, SUN, most(80), years=(2025, 2026)),
    case("80 are the limit in 2025 alone; then the sun serves all", (8 + 2 * 20) + 3 * 8,
         load(3), grid(20), SUN,
         most(0, limit=path(MONEY, y2024=80.0, y2025=80.0)), years=(2025, 2026)),
    case("a limit on one owner leaves the other alone: the sun serves all", 2 * 8,
         *NEED, SUN, WIND, most(0, whose="t1")),
    case("a limit on the park company leaves the wind of a tenant", 2 * 10,
         *NEED, SUN, WIND, most(0, whose="park")),
]  # fmt: skip

BOOKED = [
    ("a limit books nothing", compose(load(1), grid(20), SUN, most(80)),
     {("load", A.CONSUMED): 1, ("pv", A.CAPEX): 8, ("pv", A.GENERATED): 1}),
]  # fmt: skip
