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
    filling     s[t] <= E, or what is usable of it where it fades
    slowest     P >= rate_min E     (only with a least rate)
    fastest     P <= rate_max E     (only with a largest rate)
    cycles      sum of h c[t] over the year <= cycles E     (only with largest cycles)
    only_charging       c[t] <= P_max u[t]          (only if exclusive)
    only_discharging    d[t] <= P_max (1 - u[t])    (only if exclusive)

Fading is linear, so that it can be sized: each year takes ``calendar_fade`` and, as if all cycles that are
allowed were done, ``cycle_fade cycles``. Cells that end their life are replaced as any cohort is.
``parkzero.results.wear`` counts the cycles of a plan's own hours.

Cohorts of different years share cells and inverters, as on one DC bus. Charging and discharging in the same
step can be optimal where energy has a negative price; ``exclusive`` forbids it with a switch for each step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, H, Quantity


@component("battery", vi="pin lưu trữ", en="battery", group="storage", colour="#aa4499", traits="wears")
@dataclass(frozen=True, kw_only=True)
class Battery(Component):
    """Electric storage whose power and energy are sized separately."""

    bus: str = f.bus("electricity", "bus at which it stands", stores=True)
    power: f.Size = f.size(MW, "power of the inverters")
    energy: f.Size = f.size(MWH, "energy that it holds")
    efficiency_in: Quantity = f.efficiency("charging efficiency, from the bus to the cells", usual=(0.6, 1.0))
    efficiency_out: Quantity = f.efficiency(
        "discharging efficiency, from the cells to the bus", usual=(0.6, 1.0)
    )
    loss: Quantity = f.quantity(
        ONE / H, "share of the stored energy lost per hour", most=1, default=Quantity(0.0, ONE / H)
    )
    discharge_cost: f.ByYear = f.by_year(
        MONEY / MWH, "wear per energy discharged at the bus", default=f.constant(0.0, MONEY / MWH)
    )
    charge_cost: f.ByYear = f.by_year(
        MONEY / MWH, "wear per energy charged at the bus", default=f.constant(0.0, MONEY / MWH)
    )
    cycles: Quantity | None = f.quantity(
        ONE, "largest energy charged in a year per energy that it may hold", above=0, default=None
    )
    rate_min: Quantity | None = f.quantity(ONE / H, "least power per energy", default=None)
    rate_max: Quantity | None = f.quantity(ONE / H, "largest power per energy", default=None)
    calendar_fade: Quantity = f.quantity(
        ONE / YEAR, "share of its energy that it loses a year by age", most=0.5,
        default=Quantity(0.0, ONE / YEAR),
    )  # fmt: skip
    cycle_fade: Quantity = f.quantity(
        ONE, "share of its energy that it loses by a full cycle (needs cycles)", most=0.1,
        default=Quantity(0.0),
    )  # fmt: skip
    end_of_life: Quantity = f.quantity(
        ONE, "share of its energy that is left when it must be replaced", most=1, default=Quantity(0.7)
    )
    start_level: Quantity | None = f.start_level()
    end_level: Quantity | None = f.end_level()
    exclusive: bool = f.flag(
        "forbid charging and discharging in the same step (needs power.max)", default=False
    )

    def check(self, site: Site) -> Iterator[Finding]:
        """A switch needs a largest power: without one it would forbid nothing."""
        if self.exclusive and self.power.largest is None:
            yield Finding(
                "power.max", say("is missing"), needs=say("a largest power, because exclusive is true")
            )

        if self.rate_min is not None and self.rate_max is not None:
            least, most = float(self.rate_min.value), float(self.rate_max.value)
            if least > most:
                what = say("is more than {limit}", limit="rate_max")
                yield Finding("rate_min", what, str(self.rate_min), say("at most {most}", most=self.rate_max))

        gone, longest = self.fade * self.energy.years_of_life, 1.0 - float(self.end_of_life.value)
        if float(self.cycle_fade.value) > 0 and self.cycles is None:
            yield Finding("cycle_fade", say("is given, but no largest cycles a year"), needs=say("cycles"))
        elif self.fade > 0 and self.energy.capex is not None and gone > longest + 1e-9:
            needs = say("at most {years:.1f} years", years=longest / self.fade)
            got = say("{years:g} years", years=self.energy.years_of_life)
            yield Finding("energy.lifetime", say("is longer than its cells last"), got, needs)

    @property
    def fade(self) -> float:
        """Share of its energy that it loses a year, by age and by as many cycles as it may do."""
        cycled = 0.0 if self.cycles is None else float(self.cycles.value) * float(self.cycle_fade.value)
        return float(self.calendar_fade.value) + cycled

    def build(self, lp: Block) -> None:
        """Say the battery's sizes, flows, rules, injections and bookings."""
        power, energy = lp.size("power", self.power), lp.size("energy", self.energy, MWH)
        charge, discharge = lp.flow("charge"), lp.flow("discharge")
        stored = lp.level("stored", turn=lp.turn(energy, self.start_level, self.end_level, self.bus))

        kept = stored.before * (1.0 - (self.loss * lp.step))
        gained = charge * self.efficiency_in - discharge / self.efficiency_out
        lp.rule("balance", stored.end == kept + gained * lp.step)
        lp.rule("charging", charge <= power)
        lp.rule("discharging", discharge <= power)
        lp.rule("filling", stored.everywhere <= (lp.usable("energy", self.fade) if self.fade > 0 else energy))
        if self.rate_min is not None:
            lp.rule("slowest", power >= energy * self.rate_min)
        if self.rate_max is not None:
            lp.rule("fastest", power <= energy * self.rate_max)
        if self.cycles is not None:
            lp.limit("cycles", lp.total(charge), energy * self.cycles, "energy")
        if self.exclusive:
            most = lp.largest("power", self.power)
            charges = lp.switch("charges")
            lp.rule("only_charging", charge <= charges * most)
            lp.rule("only_discharging", discharge <= (1.0 - charges) * most)

        lp.inject(self.bus, discharge - charge)
        worn = discharge * lp.at(self.discharge_cost) + charge * lp.at(self.charge_cost)
        lp.book(Account.VARIABLE_OM, worn, bus=self.bus)
