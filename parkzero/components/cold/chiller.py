"""Chiller: cold from electricity, with a COP that follows the weather.

Symbols:
    P           standing power [MW of cooling]
    x           electricity [MW]
    q           cooling [MW]
    COP         cooling per electricity

Rules:
    conversion  q[t] = COP[t] x[t]
    capacity    q[t] <= P

The COP is given as a series, or follows from where it gives off its heat: ``share T_cold / (T_hot - T_cold)``
in kelvin, with T_cold of its bus less the approach and T_hot that of the outdoor air (or of the tower's
water, if that is the series) and the approach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import CELSIUS, MONEY, MW, MWH, ONE, Quantity


@component("chiller", vi="máy lạnh", en="chiller", group="cold", colour="#0077bb")
@dataclass(frozen=True, kw_only=True)
class Chiller(Component):
    """Cold from electricity."""

    electricity: str = f.bus("electricity", "bus that it draws from", takes=True)
    to: str = f.bus("cooling", "bus that takes the cooling", gives=True)
    power: f.Size = f.size(MW, "cooling power")
    cop: f.Profile | None = f.profile(
        ONE, "cooling per electricity in each step, where it is known", above=0, most=20, default=None
    )
    outdoor: f.Profile | None = f.profile(
        CELSIUS, "temperature at which it gives off its heat: of the air, or of the tower's water", least=-50,
        most=100, default=None,
    )  # fmt: skip
    carnot_share: Quantity | None = f.efficiency("COP over the ideal one of both temperatures", default=None)
    approach: Quantity = f.quantity(
        CELSIUS, "difference of temperature over each exchanger", default=Quantity(0.0, CELSIUS)
    )
    highest: Quantity = f.quantity(ONE, "largest COP", above=0, most=20, default=Quantity(10.0))
    freezing: Quantity = f.quantity(
        CELSIUS, "freezing point of what it cools: 0 degC of water, lower with brine", least=-100,
        default=Quantity(0.0, CELSIUS),
    )  # fmt: skip
    variable_om: f.ByYear = f.by_year(MONEY / MWH, "cost per cooling", default=f.constant(0.0, MONEY / MWH))

    def build(self, lp: Block) -> None:
        """Say the chiller's size, flows, rules, injections and bookings."""
        power, taken, cold = lp.size("power", self.power), lp.flow("electricity"), lp.flow("cooling")
        profile = self.cop or self.of_weather(lp)
        least = float(np.min(profile.at(lp.context.year).value))
        lp.rule("conversion", cold == lp.series(profile).times(taken, power * (1.0 / least)))
        lp.rule("capacity", cold <= power)
        lp.inject(self.electricity, -taken)
        lp.inject(self.to, cold)
        lp.book(Account.CONSUMED, taken, bus=self.electricity)
        lp.book(Account.VARIABLE_OM, cold * lp.at(self.variable_om), bus=self.to)

    def of_weather(self, lp: Block) -> f.Profile:
        """COP in each step of the year from the outdoor temperature."""
        from parkzero.series.cop import chiller_cop

        assert self.outdoor is not None  # check refuses a chiller without any COP
        assert self.carnot_share is not None
        found = chiller_cop(
            lp.bus(self.to).temperature or 0.0, self.outdoor.at(lp.context.year).value,
            float(self.carnot_share.value), approach=float(self.approach.value),
            highest=float(self.highest.value),
        )  # fmt: skip
        return f.Profile(np.asarray(found), ONE)

    def check(self, site: Site) -> Iterator[Finding]:
        """It has one COP, and does not freeze what it cools."""
        if (self.cop is None) == (self.outdoor is None):
            what = say("is missing") if self.cop is None else say("is given beside outdoor")
            yield Finding("cop", what, needs=say("a COP, or outdoor with carnot_share"))
        elif self.outdoor is not None and self.carnot_share is None:
            yield Finding("carnot_share", say("is missing"), needs=say("a COP, or outdoor with carnot_share"))
        bus, freezing = site.buses.get(self.to), float(self.freezing.value)
        if bus is not None and bus.temperature is not None and bus.temperature <= freezing:
            yield Finding(
                "to",
                say("is at or below its freezing point"),
                say("{temperature:g} degC", temperature=bus.temperature),
                say("above {needed:g} degC", needed=freezing),
                say("freezing = that of a brine, where one is cooled"),
            )
