"""Dual-fuel boiler: heat or steam from a fuel and a second one, hydrogen say, with a share by year.

Symbols:
    P           standing power [MW of heat]
    x, y        first fuel [MW]; second fuel [MW, or t/h of hydrogen]
    H           what the second holds [MWh per MWh, or per t]
    q           heat, efficiency times (x + H y) [MW]

Rules:
    capacity    q[t] <= P
    most        H y[t] <= share (x[t] + H y[t])         (only with a largest share)
    least       H y[t] >= least share (x[t] + H y[t])   (only with a least share)

The shares are those of the energy burnt, in each step, as a burner is built for them.
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
from parkzero.units import MONEY, MW, MWH, ONE, Quantity

HYDROGEN = 33.33
"""Lower heating value of hydrogen [MWh/t]."""


@component(
    "dual_fuel_boiler", vi="lò hơi hai nhiên liệu", en="dual-fuel boiler", group="heat", colour="#aa7744",
    words={
        "first": ("nhiên liệu thứ nhất", "first fuel"),
        "second": ("nhiên liệu thứ hai", "second fuel"),
        "most": ("không đốt quá tỷ lệ nhiên liệu thứ hai", "burns no more of the second than its share"),
        "least": ("đốt ít nhất tỷ lệ nhiên liệu thứ hai", "burns at least its share of the second"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class DualFuelBoiler(Component):
    """Heat or steam from two fuels."""

    source: str = f.bus("fuel", "bus of the first fuel", takes=True)
    second: str = f.bus("fuel hydrogen", "bus of the second fuel", takes=True)
    to: str = f.bus("heat steam", "bus that takes the heat", gives=True)
    power: f.Size = f.size(MW, "power, as heat")
    efficiency: Quantity = f.efficiency("heat per fuel energy (lower heating value)", most=1.1)
    share: f.ByYear | None = f.by_year(
        ONE, "largest share of the second in the energy burnt", most=1, default=None
    )
    least_share: f.ByYear | None = f.by_year(
        ONE, "least share of the second in the energy burnt", most=1, partial=True, default=None
    )
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per heat delivered", default=f.constant(0.0, MONEY / MWH)
    )

    def build(self, lp: Block) -> None:
        """Say the boiler's size, flows, rules, injections and bookings."""
        rate = lp.rate(self.second)
        power, first, second = lp.size("power", self.power), lp.flow("first"), lp.flow("second", rate)
        energy = second * Quantity(1.0 if rate == MW else HYDROGEN, MW / rate)
        heat = (first + energy) * self.efficiency
        lp.rule("capacity", heat <= power)
        if self.share is not None:
            lp.rule("most", energy <= (first + energy) * lp.at(self.share))
        if self.least_share is not None and lp.covered(self.least_share):
            lp.rule("least", energy >= (first + energy) * lp.at(self.least_share))
        lp.inject(self.source, -first)
        lp.inject(self.second, -second)
        lp.inject(self.to, heat)
        for burnt, bus in ((first, self.source), (energy, self.second)):
            made = burnt * self.efficiency
            lp.book(Account.HEAT_GENERATED, made, bus=self.to, made_from=lp.made_from(bus))
        lp.book(Account.VARIABLE_OM, heat * lp.at(self.variable_om), bus=self.to)

    def check(self, site: Site) -> Iterator[Finding]:
        """Two fuels are two, and the least share is no more than the largest."""
        if self.source == self.second:
            yield Finding("second", say("is the bus of the first fuel"), self.second, say("another bus"))
        if self.share is None or self.least_share is None:
            return
        for year in site.years:
            if self.least_share.covers(year):
                least, most = float(self.least_share.at(year).value), float(self.share.at(year).value)
                if least > most:
                    what = say("is more than {limit}", limit="share")
                    yield Finding(
                        "least_share", what, f"{least:.0%}", say("at most {most}", most=f"{most:.0%}")
                    )
                    return
