"""Battery: electric storage whose power and energy are sized separately.

Symbols:
    P, E        standing power [MW] and energy [MWh]
    c, d        charge and discharge, seen from the bus [MW]
    s           energy stored at the end of the step [MWh]
    u           1 where it may charge, 0 where it may discharge

Rules:
    balance     s[t] = (1 - loss h) s[t-1] + h (eta_in c[t] - d[t] / eta_out)
    charging    c[t] <= P
    discharging d[t] <= P
    filling     s[t] <= E
    only_charging       c[t] <= P_max u[t]          (only if exclusive)
    only_discharging    d[t] <= P_max (1 - u[t])    (only if exclusive)

Cohorts of different years share cells and inverters, as on one DC bus. Charging and discharging in the same
step can be optimal where energy has a negative price; ``exclusive`` forbids it with a switch for each step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.errors import Fault, Place, StudyError
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Sized, component
from parkzero.language.fields import ByYear, bus, by_year, constant, efficiency, flag, quantity
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, H, Quantity


@component("battery", vi="pin lưu trữ", en="battery", group="storage", colour="#aa4499")
@dataclass(frozen=True, kw_only=True)
class Battery(Sized):
    """Electric storage whose power and energy are sized separately."""

    bus: str = bus("electricity", "bus at which it stands", stores=True)
    capex_power: ByYear = by_year(MONEY / MW, "investment for power, by year of building")
    capex_energy: ByYear = by_year(MONEY / MWH, "investment for energy, by year of building")
    efficiency_in: Quantity = efficiency("charging efficiency, from the bus to the cells")
    efficiency_out: Quantity = efficiency("discharging efficiency, from the cells to the bus")
    loss: Quantity = quantity(
        ONE / H, "share of the stored energy lost per hour", most=1, default=Quantity(0.0, ONE / H)
    )
    discharge_cost: ByYear = by_year(
        MONEY / MWH, "wear per energy discharged at the bus", default=constant(0.0, MONEY / MWH)
    )
    power_max: Quantity | None = quantity(MW, "largest power that may stand", default=None)
    energy_max: Quantity | None = quantity(MWH, "largest energy that may stand", default=None)
    power_max_each: Quantity | None = quantity(MW, "largest power built in one milestone year", default=None)
    energy_max_each: Quantity | None = quantity(
        MWH, "largest energy built in one milestone year", default=None
    )
    power_existing: Quantity | None = quantity(MW, "power that stands already", default=None)
    energy_existing: Quantity | None = quantity(MWH, "energy that stands already", default=None)
    exclusive: bool = flag(
        "forbid charging and discharging in the same step (needs power_max)", default=False
    )

    def check(self, site: Site) -> Iterator[Finding]:
        """A switch needs a largest power: without one it would forbid nothing."""
        if self.exclusive and self.power_max is None:
            yield Finding(
                "power_max", say("is missing"), needs=say("a largest power, because exclusive is true")
            )

    def build(self, lp: Block) -> None:
        """Say the battery's sizes, flows, rules, injections and bookings."""
        power = self.size(
            lp,
            "power",
            MW,
            self.capex_power,
            most=self.power_max,
            most_each=self.power_max_each,
            existing=self.power_existing,
        )
        energy = self.size(
            lp,
            "energy",
            MWH,
            self.capex_energy,
            most=self.energy_max,
            most_each=self.energy_max_each,
            existing=self.energy_existing,
        )
        charge, discharge, stored = lp.flow("charge"), lp.flow("discharge"), lp.level("stored")

        kept = stored.before * (1.0 - (self.loss * lp.step))
        gained = charge * self.efficiency_in - discharge / self.efficiency_out
        lp.rule("balance", stored.end == kept + gained * lp.step)
        lp.rule("charging", charge <= power)
        lp.rule("discharging", discharge <= power)
        lp.rule("filling", stored.everywhere <= energy)
        if self.exclusive:
            if self.power_max is None:
                raise StudyError([self._needs_power_max()])
            charges = lp.switch("charges")
            lp.rule("only_charging", charge <= charges * self.power_max)
            lp.rule("only_discharging", discharge <= (1.0 - charges) * self.power_max)

        lp.inject(self.bus, discharge - charge)
        lp.book(Account.VARIABLE_OM, discharge * lp.at(self.discharge_cost), bus=self.bus)

    def _needs_power_max(self) -> Fault:
        # A switch without a largest power would forbid nothing.
        return Fault(
            Place(field=f"{self.name}.power_max"),
            say("is missing, but exclusive is on"),
            needs=say("the largest power that may stand, so that the switch has something to cut"),
            hint=say("set power_max, or leave exclusive out"),
        )
