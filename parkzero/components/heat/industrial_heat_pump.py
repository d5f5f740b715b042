"""Industrial heat pump: heat lifted from one bus to another, its COP from both temperatures in each step.

Symbols:
    P           standing power [MW of heat]
    x           electricity [MW]
    q           heat given off [MW]
    COP         heat per electricity, from the temperatures of source and sink

Rules:
    conversion  q[t] = COP[t] x[t]
    capacity    q[t] <= P

From the source it takes ``q - x``; on a bus of cooling that is the cold it makes. The COP is a share of
Carnot's, and of Lorenz's where source or sink change their temperature on the way: ``share T_hot / (T_hot -
T_cold)``, with logarithmic means in kelvin. Without a bus of the source its heat comes from the surroundings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Bus, Finding, Site
from parkzero.texts import say
from parkzero.units import CELSIUS, MONEY, MW, MWH, ONE, FloatArray, Quantity


@component(
    "industrial_heat_pump", vi="bơm nhiệt công nghiệp", en="industrial heat pump", group="heat",
    colour="#44aa99",
    words={"conversion": ("cấp nhiệt theo COP từng giờ", "gives heat by the COP of each step")},
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class IndustrialHeatPump(Component):
    """Heat lifted from one bus to another."""

    electricity: str = f.bus("electricity", "bus that its compressor draws from", takes=True)
    to: str = f.bus("heat steam", "bus that takes the heat", gives=True)
    source: str | None = f.bus("heat", "bus that it takes heat from", takes=True, default=None)
    cold: str | None = f.bus("cooling", "bus that takes its cold, where it cools", gives=True, default=None)
    source_temperature: f.Profile | None = f.profile(
        CELSIUS, "temperature of the source; that of its bus if left out", least=-50, most=200, default=None
    )
    sink_temperature: f.Profile | None = f.profile(
        CELSIUS, "temperature of the heat given off; that of its bus if left out", least=0, most=250,
        default=None,
    )  # fmt: skip
    source_out: Quantity | None = f.quantity(
        CELSIUS, "temperature at which the source leaves it, where that falls on the way", least=-50,
        default=None,
    )  # fmt: skip
    sink_in: Quantity | None = f.quantity(
        CELSIUS, "temperature at which what it heats comes in, where that rises on the way", default=None
    )
    approach: Quantity = f.quantity(
        CELSIUS, "difference of temperature over each exchanger", default=Quantity(0.0, CELSIUS)
    )
    carnot_share: Quantity = f.efficiency("COP over the ideal one of both temperatures", usual=(0.3, 0.7))
    highest: Quantity = f.quantity(ONE, "largest COP", least=1, most=20, default=Quantity(10.0))
    power: f.Size = f.size(MW, "power, as heat given off")
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per heat given off", default=f.constant(0.0, MONEY / MWH)
    )

    def build(self, lp: Block) -> None:
        """Say the pump's size, flows, rules, injections and bookings."""
        power, taken, heat = lp.size("power", self.power), lp.flow("electricity"), lp.flow("heat")
        buses = {name: lp.bus(name) for name in (self.source, self.cold, self.to) if name}
        year, steps = lp.context.year, lp.context.timeline.calendar.steps
        cop = np.array(np.broadcast_to(self.cop(buses, year), steps))
        least = Quantity(1.0 / max(1.0, float(cop.min())))
        lp.rule("conversion", heat == lp.series(f.Profile(cop, ONE)).times(taken, power * least))
        lp.rule("capacity", heat <= power)
        lp.inject(self.electricity, -taken)
        lp.inject(self.to, heat)
        if self.source:
            lp.inject(self.source, taken - heat)
        if self.cold:
            lp.inject(self.cold, heat - taken)
        lp.book(Account.CONSUMED, taken, bus=self.electricity)
        lp.book(Account.HEAT_GENERATED, heat, bus=self.to, made_from="electricity")
        lp.book(Account.VARIABLE_OM, heat * lp.at(self.variable_om), bus=self.to)

    def cop(self, buses: dict[str, Bus], year: int) -> FloatArray:
        """Heat per electricity in each step of a year, or one for all."""
        # pvlib comes with the package of series, and only few studies need it to operate years.
        from parkzero.series.cop import heat_pump_cop

        cold, hot = self.temperatures(buses, year)
        glides = [None if q is None else float(q.value) for q in (self.source_out, self.sink_in)]
        return heat_pump_cop(
            cold, hot, float(self.carnot_share.value), source_out=glides[0], sink_in=glides[1],
            approach=float(self.approach.value), highest=float(self.highest.value),
        )  # fmt: skip

    def temperatures(self, buses: dict[str, Bus], year: int) -> tuple[FloatArray, FloatArray]:
        """Of source and sink [degC]; not a number where nothing tells one."""
        lower = self.source or self.cold or ""

        def told(given: f.Profile | None, bus: str) -> FloatArray:
            if given is not None:
                return np.asarray(given.at(year).value, dtype=np.float64)
            known = buses[bus].temperature if bus in buses else None
            return np.array([np.nan if known is None else known])

        return told(self.source_temperature, lower), told(self.sink_temperature, self.to)

    def check(self, site: Site) -> Iterator[Finding]:
        """Both temperatures are told, and the sink is above the source."""
        if self.source and self.cold:
            yield Finding("cold", say("is given beside source"), self.cold, say("one source: heat or cold"))
        buses = {name: bus for name, bus in site.buses.items() if name in (self.source, self.cold, self.to)}
        for year in site.years:
            cold, hot = self.temperatures(buses, year)
            for field, values in (("source_temperature", cold), ("sink_temperature", hot)):
                if np.isnan(values).any():
                    needs = say("a temperature: its bus tells none")
                    yield Finding(field, say("is missing"), needs=needs)
            if np.isnan(cold).any() or np.isnan(hot).any():
                return
            lift = np.atleast_1d(hot - cold)
            if (lift <= 0).any():
                worst = int(np.argmin(lift))
                yield Finding(
                    "sink_temperature",
                    say("is no higher than its source: a heat pump whose sink is below its source"),
                    say(
                        "{hot:g} degC from {least:g} degC",
                        hot=np.broadcast_to(hot, lift.shape)[worst],
                        least=np.broadcast_to(cold, lift.shape)[worst],
                    ),
                    say("a sink that is warmer"),
                )
                return
