"""Fuel boiler: heat or steam from a fuel; the fuel's supply books its price and emissions.

Symbols:
    P           standing power [MW], of the fuel or of the heat as ``rated`` says
    x           fuel [MW, lower heating value]
    q           heat [MW], its efficiency times the fuel

Rules:
    capacity    x[t] <= P  or  q[t] <= P
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.components.heat import Converter
from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.units import Quantity


@component(
    "fuel_boiler", vi="lò hơi đốt nhiên liệu", en="fuel boiler", group="heat", colour="#7a4a21",
    usual={
        "power.capex": ("tech.dea.direct_firing_gas.investment tech.dea.direct_firing_solid.investment", 2.0),
        "power.lifetime": ("tech.dea.direct_firing_gas.lifetime tech.dea.direct_firing_solid.lifetime", 2.0),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class FuelBoiler(Converter):
    """Heat or steam from a fuel; the fuel's supply books its price and emissions."""

    source: str = f.bus("fuel", "fuel bus that it burns from", takes=True)
    efficiency: Quantity = f.efficiency(
        "heat per fuel energy (lower heating value)", most=1.1, usual=(0.4, 1.1)
    )

    def build(self, lp: Block) -> None:
        """Say the boiler's flow, capacity and injections."""
        burnt, power = lp.flow("fuel"), lp.size("power", self.power)
        self.convert(lp, self.source, power, burnt, burnt * self.efficiency, lp.made_from(self.source))
