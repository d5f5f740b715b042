"""Photovoltaics and wind: power that depends on the weather and may be curtailed.

Symbols:
    P           standing power [MW]
    p           output [MW]
    f           output per standing power, from the weather

Rules:
    weather     p[t] <= f[t] P
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Sized, component
from parkzero.language.fields import ByYear, Profile, bus, by_year, constant, profile, quantity
from parkzero.units import MONEY, MW, MWH, ONE, Quantity


@dataclass(frozen=True, kw_only=True)
class Renewable(Sized):
    """Power that depends on the weather and may be curtailed."""

    made_from: ClassVar[str]
    bus: str = bus("electricity", "bus that it feeds", gives=True)
    output: Profile = profile(ONE, "output per standing power in each step", most=1.5)
    capex: ByYear = by_year(MONEY / MW, "investment, by year of building")
    variable_om: ByYear = by_year(
        MONEY / MWH, "cost per energy generated", default=constant(0.0, MONEY / MWH)
    )
    power_max: Quantity | None = quantity(MW, "largest power that may stand (roof or land)", default=None)
    power_max_each: Quantity | None = quantity(MW, "largest power built in one milestone year", default=None)
    power_existing: Quantity | None = quantity(MW, "power that stands already", default=None)
    unit_size: Quantity | None = quantity(
        MW, "size of one unit, where only whole units are built", above=0, default=None
    )

    def build(self, lp: Block) -> None:
        """Say the plant's size, flow, rule, injection and bookings."""
        power = self.size(lp, "power", MW, self.capex, most=self.power_max, most_each=self.power_max_each,
                          existing=self.power_existing, whole=self.unit_size)  # fmt: skip
        output = lp.flow("output")
        lp.rule("weather", output <= lp.series(self.output).times(power))
        lp.inject(self.bus, output)
        lp.book(Account.GENERATED, output, bus=self.bus, made_from=self.made_from)
        lp.book(Account.VARIABLE_OM, output * lp.at(self.variable_om), bus=self.bus)


@component("solar", vi="điện mặt trời", en="photovoltaics", group="power", colour="#e69f00")
@dataclass(frozen=True, kw_only=True)
class Solar(Renewable):
    """Rooftop or ground photovoltaics."""

    made_from: ClassVar[str] = "solar"


@component("wind", vi="điện gió", en="wind power", group="power", colour="#56b4e9")
@dataclass(frozen=True, kw_only=True)
class Wind(Renewable):
    """Wind turbines."""

    made_from: ClassVar[str] = "wind"
