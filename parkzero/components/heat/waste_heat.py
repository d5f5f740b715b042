"""Waste heat: what a hot stream gives up anyway, recovered as far as its temperature reaches.

Symbols:
    a           heat of the stream between its temperature and the coldest it may become [MW]
    P           standing power of the exchanger [MW]
    q           heat recovered [MW]
    T, T_c, T_b temperatures of the stream, coldest of it, and of the bus [degC]

Rules:
    available   q[t] <= (T - max(T_c, T_b + approach)) / (T - T_c) a[t]
    capacity    q[t] <= P

The heat of a stream is even over its fall in temperature; what lies below the bus and the approach stays in
it. One that condenses at its temperature (``coldest`` equal to it) gives all or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Bus, Finding, Site
from parkzero.texts import say
from parkzero.units import CELSIUS, MONEY, MW, MWH, Quantity


@component(
    "waste_heat", vi="thu hồi nhiệt thải", en="waste-heat recovery", group="heat", colour="#999933",
    words={
        "recovered": ("nhiệt thu hồi", "heat recovered"),
        "available": ("chỉ thu hồi phần nhiệt đủ nóng", "recovers no more than is hot enough"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class WasteHeat(Component):
    """Heat of a hot stream that would be lost."""

    to: str = f.bus("heat", "bus that takes the heat", gives=True)
    available: f.Profile = f.profile(MW, "heat that the stream gives up if cooled to its coldest")
    temperature: Quantity = f.quantity(CELSIUS, "temperature of the stream", least=-50, most=2000)
    coldest: Quantity = f.quantity(
        CELSIUS, "coldest that it may become: of its surroundings, or where acid would condense; the stream's"
        " own where it is latent",
        least=-50, most=2000,
    )  # fmt: skip
    approach: Quantity = f.quantity(CELSIUS, "least difference of temperature between both sides")
    power: f.Size = f.size(MW, "power of the exchanger")
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per heat recovered", default=f.constant(0.0, MONEY / MWH)
    )

    def build(self, lp: Block) -> None:
        """Say the recovery's size, flow, rules, injection and bookings."""
        power, heat = lp.size("power", self.power), lp.flow("recovered")
        usable = lp.series(self.available) * Quantity(self.usable(lp.bus(self.to)))
        lp.rule("available", heat <= usable)
        lp.rule("capacity", heat <= power)
        lp.inject(self.to, heat)
        lp.book(Account.HEAT_GENERATED, heat, bus=self.to, made_from="other")
        lp.book(Account.VARIABLE_OM, heat * lp.at(self.variable_om), bus=self.to)

    def usable(self, bus: Bus) -> float:
        """Share of the stream's heat that is hot enough for a bus."""
        hot, coldest = float(self.temperature.value), float(self.coldest.value)
        needed = coldest if bus.temperature is None else bus.temperature + float(self.approach.value)
        if coldest == hot:
            return 1.0 if needed <= hot else 0.0
        return max(0.0, (hot - max(coldest, needed)) / (hot - coldest))

    def check(self, site: Site) -> Iterator[Finding]:
        """A stream cools on its way, and is hotter than what it heats."""
        hot, coldest, bus = float(self.temperature.value), float(self.coldest.value), site.buses.get(self.to)
        if coldest > hot:
            what, needs = (
                say("is hotter than the stream"),
                say("at most {temperature:g} degC", temperature=hot),
            )
            yield Finding("coldest", what, say("{temperature:g} degC", temperature=coldest), needs)
        elif bus is not None and self.usable(bus) == 0:
            yield Finding(
                "temperature",
                say("is too cold for what it heats"),
                say("{temperature:g} degC", temperature=hot),
                say("above {needed:g} degC", needed=(bus.temperature or 0) + float(self.approach.value)),
            )
