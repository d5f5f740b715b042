"""Incentives on paper: sun that costs 50 a MWh to run, or 12 a year to build, instead of 10 from the grid."""

from __future__ import annotations

from typing import Any

from parkzero.components import Incentive
from parkzero.language.accounts import Account as A
from parkzero.units import MONEY, MW, MWH
from tests.cases.electric import sun
from tests.cases.harness import case, compose, fuel, grid, load, new, path, per, warmth
from tests.cases.heat import burner

NEED, RUN, BUILD = (load(2), grid(10)), sun(9, 1, variable_om=per(50, MONEY / MWH)), sun(new(12), 1)


def paid(**more: Any) -> Incentive:
    """What is paid for the photovoltaics."""
    return Incentive(**{"name": "support", "asset": "pv", **more})


CASES = [
    case("45 a MWh leave 5 of 50 to pay", 2 * 5, *NEED, RUN, paid(per_energy=per(45, MONEY / MWH))),
    case("it is paid in the years that it covers", 2 * 10 + 2 * 5,
         *NEED, RUN, paid(per_energy=path(MONEY / MWH, y2026=45.0, y2027=45.0)), years=(2025, 2026)),
    case("a fee of 15 a MWh leaves cheap sun where it is", 2 * 10,
         *NEED, sun(9, 1), paid(per_energy=per(-15, MONEY / MWH))),
    case("heat counts where it says so: 6 of 30 a MWh", 2 * 24,
         warmth(2), fuel(30), burner(), paid(asset="burner", energy="heat", per_energy=per(6, MONEY / MWH))),
    case("5 a year for each MW that stands", 2 * (12 - 5), *NEED, BUILD, paid(per_power=per(5, MONEY / MW))),
    case("in the years that it covers: worth it in 2026", 2 * 10 + 2 * (12 - 5),
         *NEED, BUILD, paid(per_power=path(MONEY / MW, y2026=5.0, y2027=5.0)), years=(2025, 2026)),
    case("50 a MW once are 5 in each of ten years", 2 * (12 - 5), *NEED, BUILD,
         paid(grant=per(50, MONEY / MW))),
    case("a grant to come is waited for", 2 * 10 + 2 * (12 - 5),
         *NEED, BUILD, paid(grant=path(MONEY / MW, y2026=50.0, y2027=50.0)), years=(2025, 2026)),
]  # fmt: skip

BOOKED = [
    ("2 MWh at 45, 2 MW at 5 a year and 50 once",
     compose(load(2), grid(200), BUILD, paid(
         per_energy=per(45, MONEY / MWH), per_power=per(5, MONEY / MW), grant=per(50, MONEY / MW))),
     {("pv", A.CAPEX): 24, ("pv", A.GENERATED): 2, ("load", A.CONSUMED): 2,
      ("support", A.INCENTIVE): -(90 + 10 + 10)}),
]  # fmt: skip
