"""Land that photovoltaics and wind share: a MW for 8 and for 10 a year instead of 20 from the grid."""

from __future__ import annotations

from typing import Any

from parkzero.components import SharedLimit
from parkzero.language.accounts import Account as A
from parkzero.units import M2, MW, ONE, Quantity
from tests.cases.electric import breeze, sun
from tests.cases.harness import case, compose, grid, load, new, path, per, stands

SUN, WIND = sun(new(8), 1), breeze(new(10), 1)
NEED = (load(2), grid(20))


def land(square_metres: float, **uses: float) -> SharedLimit:
    """An area, and what each MW takes of it."""
    taken = {f"{name}.power": Quantity(use, M2 / MW) for name, use in uses.items()}
    return SharedLimit(name="land", area=per(square_metres, M2), uses=taken)


TOGETHER: dict[str, Any] = {"uses": {"pv.power": Quantity(1.0, ONE), "wind.power": Quantity(1.0, ONE)}}

CASES = [
    case("3 m2 hold 1.5 MW at 2 m2 a MW, though the sun would serve all", 1.5 * 8 + 0.5 * 20,
         *NEED, SUN, land(3, pv=2)),
    case("what takes a quarter of the land gives up least: 2/3 MW of sun and 4/3 of wind on 4 m2",
         2 / 3 * 8 + 4 / 3 * 10, *NEED, SUN, WIND, land(4, pv=4, wind=1)),
    case("what stands takes its part: half of 2 m2 is left", 1 * 0 + 0.5 * 8 + 0.5 * 20,
         *NEED, SUN, breeze(stands(1), 1), land(2, pv=2, wind=1)),
    case("1 MW together from 2026 on: what is built in 2025 would stand there", 2 * (8 + 20),
         *NEED, SUN, WIND, SharedLimit(name="point", power=path(MW, y2026=1.0, y2027=1.0), **TOGETHER),
         years=(2025, 2026)),
]  # fmt: skip

BOOKED = [
    ("a limit books nothing", compose(load(1), grid(20), SUN, land(9, pv=2)),
     {("load", A.CONSUMED): 1, ("pv", A.CAPEX): 8, ("pv", A.GENERATED): 1}),
]  # fmt: skip
