"""Waste heat on paper: a stream of 160 degC that may cool to 40, for a bus of 100 degC."""

from __future__ import annotations

from typing import Any

from parkzero.components import Profile, WasteHeat
from parkzero.language.accounts import Account as A
from parkzero.units import CELSIUS, MONEY, MW, MWH, Quantity
from tests.cases.harness import case, compose, fuel, per, stands, steps, warmth
from tests.cases.heat import burner


def degrees(value: float) -> Quantity:
    """A temperature, or a difference of two."""
    return Quantity(value, CELSIUS)


def recovery(*available: float, **more: Any) -> WasteHeat:
    """One that stands already; of 120 K the 40 above 120 degC are hot enough: a third."""
    base: dict[str, Any] = {
        "name": "flue", "to": "heat", "available": Profile(steps(*available), MW),
        "temperature": degrees(160), "coldest": degrees(40), "approach": degrees(20), "power": stands(10),
    }  # fmt: skip
    return WasteHeat(**{**base, **more})


CASES = [
    case("a third of 6 is hot enough: 2 of 3 are saved", 1 * 30, warmth(3), fuel(30), burner(), recovery(6)),
    case("an exchanger of 1.5 recovers 1.5", 1.5 * 30,
         warmth(3), fuel(30), burner(), recovery(6, power=stands(1.5))),
    case("where it must not cool below 130, a third of 90 K is hot enough: 30 of 30", 0,
         warmth(3), fuel(30), burner(), recovery(3, coldest=degrees(130))),
    case("each MWh recovered costs 4", 1 * 30 + 2 * 4,
         warmth(3), fuel(30), burner(), recovery(6, variable_om=per(4, MONEY / MWH))),
    case("vapour that condenses at 130 gives all of its 2 to a bus of 100", 1 * 30,
         warmth(3), fuel(30), burner(), recovery(2, temperature=degrees(130), coldest=degrees(130))),
    case("vapour that condenses at 110 is too cold by the approach", 3 * 30,
         warmth(3), fuel(30), burner(), recovery(2, temperature=degrees(110), coldest=degrees(110))),
    case("what nobody needs stays in the stream", 0, warmth(1), fuel(30), burner(), recovery(6)),
]  # fmt: skip

BOOKED = [
    ("2 recovered of 6 at 4 a MWh",
     compose(warmth(3), fuel(30), burner(), recovery(6, variable_om=per(4, MONEY / MWH))),
     {("flue", A.HEAT_GENERATED): 2, ("flue", A.VARIABLE_OM): 8, ("fuel", A.FUEL): 30,
      ("fuel", A.FUEL_USED): 1, ("burner", A.HEAT_GENERATED): 1, ("warmth", A.HEAT_SUPPLIED): 3}),
]  # fmt: skip
