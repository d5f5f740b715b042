"""Thermal store: heat, steam or cold kept for later.

Symbols:
    E           standing energy [MWh]
    c, d        charge and discharge [MW]
    s           heat stored at the end of the step [MWh]

Rules:
    balance     s[t] = (1 - loss h) s[t-1] + h (c[t] - d[t])
    filling     s[t] <= E
    charging    c[t] <= rate E        (only with a rate)
    discharging d[t] <= rate E        (only with a rate)
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.units import MWH, ONE, H, Quantity


@component("thermal_store", vi="bồn trữ nhiệt", en="thermal store", group="storage", colour="#d55e00")
@dataclass(frozen=True, kw_only=True)
class ThermalStore(Component):
    """Heat kept for later at the temperature of its bus."""

    bus: str = f.bus("heat steam cooling", "bus at which it stands", stores=True)
    energy: f.Size = f.size(MWH, "energy that it holds")
    loss: Quantity = f.quantity(ONE / H, "share of the stored heat lost per hour", most=1)
    rate: Quantity | None = f.quantity(ONE / H, "largest charge or discharge per stored energy", default=None)

    def build(self, lp: Block) -> None:
        """Say the store's size, flows, rules and injection."""
        energy = lp.size("energy", self.energy, MWH)
        charge, discharge, stored = lp.flow("charge"), lp.flow("discharge"), lp.level("stored")
        kept = stored.before * (1.0 - (self.loss * lp.step))
        lp.rule("balance", stored.end == kept + (charge - discharge) * lp.step)
        lp.rule("filling", stored.everywhere <= energy)
        if self.rate is not None:
            lp.rule("charging", charge <= energy * self.rate)
            lp.rule("discharging", discharge <= energy * self.rate)
        lp.inject(self.bus, discharge - charge)
