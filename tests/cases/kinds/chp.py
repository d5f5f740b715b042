"""Cogeneration on paper: 40 % electricity and 50 % heat of the fuel unless a case says otherwise."""

from __future__ import annotations

from typing import Any

from parkzero.components import Chp, RenewableShare
from parkzero.language.accounts import Account as A
from parkzero.language.fields import Size
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, Quantity
from tests.cases.harness import NEVER, PENALTY, case, compose, fuel, grid, load, mw, per, share, warmth
from tests.cases.heat import burner


def plant(power: float | Size = 10.0, **more: Any) -> Chp:
    """A plant that stands already."""
    size = power if isinstance(power, Size) else Size(existing=mw(power))
    base: dict[str, Any] = {
        "name": "chp", "fuel": "gas", "bus": "el", "heat": "heat", "power": size,
        "efficiency": share(0.4), "heat_efficiency": share(0.5),
    }  # fmt: skip
    return Chp(**{**base, **more})


CASES = [
    case("2 MW of electricity take 5 of fuel, and 2.5 of heat come with them", 5 * 30,
         load(2), warmth(2.5), grid(), fuel(30), plant()),
    case("in back-pressure heat that nobody needs forbids electricity: half is bought", 2.5 * 30 + 1 * 200,
         load(2), warmth(1.25), grid(200), fuel(30), plant()),
    case("what may be vented sets electricity free", 5 * 30,
         load(2), warmth(1.25), grid(200), fuel(30), plant(vent=True)),
    case("vented or not, no more heat than the fuel gives", 5 * 30 + 0.5 * PENALTY,
         load(2), warmth(3), grid(), fuel(30), plant(vent=True, power=2)),
    case("capacity is electricity: 1 MW of it, the rest is bought", 2.5 * 30 + 1 * 200,
         load(2), warmth(1.25), grid(200), fuel(30), plant(power=1)),
    case("extraction costs electricity: 1 of heat takes 0.2 MW, so 5.5 of fuel", 5.5 * 30,
         load(2), warmth(1), grid(), fuel(30), plant(mode="extraction", power_loss=share(0.2))),
    case("no more heat may be extracted than its share of the fuel", 2 * 30 + 1 * PENALTY,
         warmth(2), load(0.8 - 0.2), grid(NEVER), fuel(30),
         plant(mode="extraction", power_loss=share(0.2), power=0.8)),
    case("made from biogas it counts as renewable: 2 of 4 MWh, though the grid is cheaper", 5 * 30 + 2 * 20,
         load(4), warmth(2.5), grid(20), fuel(30, made_from="biogas"), plant(vent=True), burner(),
         RenewableShare(name="green", share=per(0.5, ONE))),
    case("made from natural gas it does not: the share is missed", 4 * 20 + 2.5 * 30 + 2 * PENALTY,
         load(4), warmth(2.5), grid(20), fuel(30, made_from="natural_gas"), plant(vent=True),
         burner(), RenewableShare(name="green", share=per(0.5, ONE))),
    case("each MWh made costs its upkeep", 5 * 30 + 2 * 7,
         load(2), warmth(2.5), grid(), fuel(30), plant(variable_om=per(7, MONEY / MWH))),
    case("built where it beats boiler and grid together: 170 against 100 + 75", 5 * 30 + 2 * 10,
         load(2), warmth(2.5), grid(50), fuel(30), burner(),
         plant(Size(capex=per(100, MONEY / MW), lifetime=Quantity(10.0, YEAR)))),
]  # fmt: skip

BOOKED = [
    ("2 MWh of electricity and 2.5 of heat from 5 of fuel, at 7 a MWh made",
     compose(load(2), warmth(2.5), grid(), fuel(30), plant(variable_om=per(7, MONEY / MWH))),
     {("load", A.CONSUMED): 2, ("warmth", A.HEAT_SUPPLIED): 2.5, ("fuel", A.FUEL): 150,
      ("fuel", A.FUEL_USED): 5,
      ("chp", A.VARIABLE_OM): 14, ("chp", A.GENERATED): 2, ("chp", A.HEAT_GENERATED): 2.5}),
]  # fmt: skip
