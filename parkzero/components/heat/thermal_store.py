"""Thermal store: heat, steam or cold kept for later.

Symbols:
    E, P        standing energy [MWh] and power [MW]
    c, d        charge and discharge [MW]
    s           heat stored at the end of the step [MWh]

Rules:
    balance     s[t] = (1 - loss h) s[t-1] + h (eta_in c[t] - d[t] / eta_out)
    filling     s[t] <= E
    charging    c[t] <= rate E        (only with a rate)
    discharging d[t] <= rate E        (only with a rate)
    taking      c[t] <= P             (only with a power)
    giving      d[t] <= P             (only with a power)
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.units import MONEY, MW, MWH, ONE, H, Quantity


@component("thermal_store", vi="bồn trữ nhiệt", en="thermal store", group="storage", colour="#d55e00")
@dataclass(frozen=True, kw_only=True)
class ThermalStore(Component):
    """Heat kept for later at the temperature of its bus."""

    bus: str = f.bus("heat steam cooling", "bus at which it stands", stores=True)
    energy: f.Size = f.size(MWH, "energy that it holds")
    loss: Quantity = f.quantity(ONE / H, "share of the stored heat lost per hour", most=1)
    rate: Quantity | None = f.quantity(ONE / H, "largest charge or discharge per stored energy", default=None)

    power: f.Size | None = f.size(MW, "power of its exchangers, where that is bought apart", default=None)
    efficiency_in: Quantity = f.efficiency("charging efficiency", default=Quantity(1.0))
    efficiency_out: Quantity = f.efficiency("discharging efficiency", default=Quantity(1.0))
    discharge_cost: f.ByYear = f.by_year(
        MONEY / MWH, "cost per heat discharged", default=f.constant(0.0, MONEY / MWH)
    )
    charge_cost: f.ByYear = f.by_year(
        MONEY / MWH, "cost per heat charged", default=f.constant(0.0, MONEY / MWH)
    )
    start_level: Quantity | None = f.start_level()
    end_level: Quantity | None = f.end_level()

    def build(self, lp: Block) -> None:
        """Say the store's size, flows, rules and injection."""
        energy = lp.size("energy", self.energy, MWH)
        charge, discharge = lp.flow("charge"), lp.flow("discharge")
        stored = lp.level("stored", turn=lp.turn(energy, self.start_level, self.end_level, self.bus))
        kept = stored.before * (1.0 - (self.loss * lp.step))
        gained = charge * self.efficiency_in - discharge / self.efficiency_out
        lp.rule("balance", stored.end == kept + gained * lp.step)
        lp.rule("filling", stored.everywhere <= energy)
        if self.rate is not None:
            lp.rule("charging", charge <= energy * self.rate)
            lp.rule("discharging", discharge <= energy * self.rate)
        if self.power is not None:
            power = lp.size("power", self.power)
            lp.rule("taking", charge <= power)
            lp.rule("giving", discharge <= power)
        lp.inject(self.bus, discharge - charge)
        passed = discharge * lp.at(self.discharge_cost) + charge * lp.at(self.charge_cost)
        lp.book(Account.VARIABLE_OM, passed, bus=self.bus)
