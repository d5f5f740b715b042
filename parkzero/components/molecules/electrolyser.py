"""Electrolyser: hydrogen from electricity and water, some of its heat used.

Symbols:
    P           standing power [MW of electricity]
    x           electricity [MW]
    h           hydrogen [t/h]

Rules:
    capacity    x[t] <= P

Hydrogen is electricity over the specific use, so it needs no row; nor does what it takes of water and
gives of heat. Lower heating value of hydrogen: 33.33 MWh/t, so that 50 MWh/t are 66.7 % of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import M3, MONEY, MW, MWH, ONE, Quantity, T

LEAST_USE = 39.4
"""Higher heating value of hydrogen [MWh/t]: no electrolyser fed by electricity alone takes less."""


@component("electrolyser", vi="máy điện phân", en="electrolyser", group="molecules", colour="#44aa99")
@dataclass(frozen=True, kw_only=True)
class Electrolyser(Component):
    """Hydrogen from electricity."""

    source: str = f.bus("electricity", "bus that it draws from", takes=True)
    to: str = f.bus("hydrogen", "bus that takes the hydrogen", gives=True)
    power: f.Size = f.size(MW, "electric power")
    use: Quantity = f.quantity(MWH / T, "electricity per hydrogen", above=0, most=200, usual=(45, 70))
    water: str | None = f.bus(
        "clean_water pure_water", "bus that it draws water from", takes=True, default=None
    )
    water_use: Quantity = f.quantity(M3 / T, "water per hydrogen", most=100, default=Quantity(0.0, M3 / T))
    heat: str | None = f.bus("heat", "bus that takes its waste heat", gives=True, default=None)
    heat_share: Quantity = f.quantity(
        ONE, "share of the electricity that is given as heat", most=0.5, default=Quantity(0.0)
    )
    variable_om: f.ByYear = f.by_year(MONEY / T, "cost per hydrogen", default=f.constant(0.0, MONEY / T))

    def build(self, lp: Block) -> None:
        """Say the electrolyser's size, flow, capacity, injections and bookings."""
        power, taken = lp.size("power", self.power, MW), lp.flow("electricity")
        made = taken / self.use
        lp.rule("capacity", taken <= power)
        lp.inject(self.source, -taken)
        lp.inject(self.to, made)
        if self.water:
            lp.inject(self.water, -(made * self.water_use))
        if self.heat:
            given = taken * self.heat_share
            lp.inject(self.heat, given)
            lp.book(Account.HEAT_GENERATED, given, bus=self.heat, made_from="electricity")
        lp.book(Account.CONSUMED, taken, bus=self.source)
        lp.book(Account.VARIABLE_OM, made * lp.at(self.variable_om), bus=self.to)

    def check(self, site: Site) -> Iterable[Finding]:
        """No more hydrogen than its energy, and water and heat only where they go somewhere."""
        use = float(self.use.value)
        if use < LEAST_USE:
            needs = say(
                "at least {least_use} MWh/t, the higher heating value of hydrogen", least_use=LEAST_USE
            )
            yield Finding("use", say("is less than hydrogen holds"), f"{use:g} MWh/t", needs)
        for field, amount, bus in (
            ("water_use", self.water_use, self.water),
            ("heat_share", self.heat_share, self.heat),
        ):
            if float(amount.value) > 0 and not bus:
                other = field.partition("_")[0]
                yield Finding(
                    field,
                    say("is given, but no bus of {other}", other=other),
                    needs=say("{other} = a bus", other=other),
                    hint=say("name the bus under {other}", other=other),
                )
            elif bus and float(amount.value) == 0:
                yield Finding(
                    field,
                    say("is missing, but a bus of {carrier} is named", carrier=field.partition("_")[0]),
                    needs=say("an amount above 0"),
                )
