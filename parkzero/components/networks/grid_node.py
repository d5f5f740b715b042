"""Grid node: a bus of electricity as a node of a network, with its voltage and its reactive power.

Symbols:
    C           standing compensation [Mvar]
    c           reactive power that it gives [Mvar]
    v           square of the voltage above its least [pu^2]

Rules:
    reactive    c[t] <= C       (only with compensation)

The voltage follows from the ``distribution`` that reaches the bus. What draws electricity there draws
reactive power by the node's power factor; batteries, sun and wind work at a power factor of one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.components.networks import NODE
from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import KV, MVAR, ONE, M, Quantity


@component(
    "grid_node", vi="nút lưới điện", en="grid node", group="network", colour="#5b6675", traits=NODE,
    words={
        "voltage": ("bình phương điện áp trên mức thấp nhất", "square of the voltage above its least"),
        "given": ("công suất phản kháng bù", "reactive power of its compensation"),
        "reactive": ("không bù quá dung lượng hiện có", "gives no more reactive power than stands"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class GridNode(Component):
    """A bus of electricity as a node of a network."""

    bus: str = f.bus("electricity", "bus that is the node", stores=True)
    power_factor: Quantity = f.quantity(
        ONE, "power factor of what draws electricity here", above=0, most=1, usual=(0.7, 1.0)
    )
    voltage_min: Quantity = f.quantity(ONE, "least voltage, per unit", least=0.5, most=1.5)
    voltage_max: Quantity = f.quantity(ONE, "largest voltage, per unit", least=0.5, most=1.5)
    nominal: Quantity | None = f.quantity(
        KV, "voltage to which its band refers; else that of what leads to it", above=0, default=None
    )
    compensation: f.Size | None = f.size(
        MVAR, "reactive power that capacitors or inverters give", default=None
    )
    x: Quantity | None = f.quantity(M, "where it stands, eastwards", least=-math.inf, default=None)
    y: Quantity | None = f.quantity(M, "where it stands, northwards", least=-math.inf, default=None)

    def check(self, site: Site) -> Iterator[Finding]:
        """Its band is one."""
        if float(self.voltage_min.value) >= float(self.voltage_max.value):
            needs = say("below voltage_max, {most}", most=str(self.voltage_max))
            yield Finding("voltage_min", say("leaves no band"), str(self.voltage_min), needs)

    @property
    def tangent(self) -> float:
        """Reactive power drawn for each megawatt that is drawn."""
        factor = float(self.power_factor.value)
        return math.sqrt(1 - factor**2) / factor

    def build(self, lp: Block) -> None:
        """Say the node's voltage and what its compensation gives."""
        least, most = float(self.voltage_min.value), float(self.voltage_max.value)
        lp.flow("voltage", ONE, most**2 - least**2)
        if self.compensation is not None:
            stands, given = lp.size("compensation", self.compensation, MVAR), lp.flow("given", MVAR)
            lp.rule("reactive", given <= stands)
