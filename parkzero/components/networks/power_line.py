"""Power line: an overhead line or a cable with resistance, reactance and length.

Symbols:
    R, X        resistance and reactance of one circuit [ohm]
    V, C        nominal voltage [kV], rating of one circuit [MVA]

Rules:
    power       s[t] >= f[t] + b[t]
    capacity    s[t] <= loading S + over[t]
    copper.1    l[t] >= k (2 u s[t] - u^2 S)    at a loading u of 0.2; k = R C / V^2
    copper.2    the same at 0.5
    copper.3    the same at 0.85
    reactive    q[t] = what is drawn below it, and its own        (these only within a distribution)
    voltage     v[t] = what the node before it has, less the drop
    tilted.1    s[t] >= (f[t] + b[t]) cos a + q[t] sin a    at an angle a of 15 deg
    tilted.2    the same at 30 deg
    tilted.3    the same at -15 deg
    tilted.4    the same at -30 deg

Circuits stand side by side: S / C of them have the impedance R C / S. What all branches share stands in the
theme's own page; voltages and reactive power come with a ``distribution``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.components.networks import BRANCH, WORDS, Branch
from parkzero.language import fields as f
from parkzero.language.component import component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import FARAD, KV, MW, OHM, M, Quantity

OMEGA = 2 * math.pi * 50 * 3600  # [1/h]; the grid has 50 Hz

# From thick cables to thin overhead lines [ohm/m]; no cable has more than a microfarad a kilometre.
_RESISTANCE, _REACTANCE, _CAPACITANCE = (5e-6, 1e-2), (2e-5, 1e-3), 1e-9 / 3600


@component("power_line", vi="đường dây có trở kháng", en="power line", group="network", colour="#8a97a8",
           traits=BRANCH, words=WORDS)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class PowerLine(Branch):
    """An overhead line or a cable with resistance, reactance and length."""

    length: Quantity = f.quantity(M, "length of the line", above=0, usual=(5.0, 60_000.0))
    resistance: Quantity = f.quantity(OHM / M, "resistance of one circuit per length", usual=_RESISTANCE)
    reactance: Quantity = f.quantity(OHM / M, "reactance of one circuit per length", usual=_REACTANCE)
    capacitance: Quantity = f.quantity(
        FARAD / M,
        "capacitance of one circuit per length",
        usual=(0.0, _CAPACITANCE),
        default=Quantity(0.0, FARAD / M),
    )
    voltage: Quantity = f.quantity(KV, "nominal voltage between phases", above=0)
    circuit: Quantity = f.quantity(MW, "rating of one circuit [MVA], to which the impedance belongs", above=0)

    def check(self, site: Site) -> Iterator[Finding]:
        """It has two ends and an impedance."""
        yield from super().check(site)
        if float(self.resistance.value) == 0:
            needs = say("the conductor's resistance; without one a loop would share power at will")
            yield Finding("resistance", say("is a line without impedance"), str(self.resistance), needs)

    def copper(self) -> float:
        """Copper losses at full load, as a share of the rating."""
        r, _ = self.drop(0.0)
        return r * float(self.circuit.value)

    def reactive_part(self) -> float:
        """Reactive losses for a megawatt of copper losses."""
        return float(self.reactance.value) / float(self.resistance.value)

    def drop(self, stands: float) -> tuple[float, float]:
        """Resistance and reactance per unit on one MVA, where so much stands [MVA]; 0: one circuit."""
        circuits = max(stands / float(self.circuit.value), 1.0)
        each = float(self.length.value) / float(self.voltage.value) ** 2 / circuits
        return float(self.resistance.value) * each, float(self.reactance.value) * each

    def charging(self) -> float:
        """Reactive power that the line gives at nominal voltage, for each MVA of its rating [Mvar / MVA]."""
        per_circuit = OMEGA * float(self.capacitance.value) * float(self.length.value)
        return per_circuit * float(self.voltage.value) ** 2 / float(self.circuit.value)
