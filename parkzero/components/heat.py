"""Heat from electricity or fuel: heat pump, electric boiler, fuel boiler.

Symbols:
    P           standing power [MW], of the input or of the heat as ``rated`` says
    x           input: electricity or fuel [MW]
    q           heat [MW]

Rules:
    capacity    x[t] <= P  or  q[t] <= P

A boiler's heat is its efficiency times its input; it needs no row.
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Sized, component
from parkzero.language.fields import (
    ByYear,
    Profile,
    bus,
    by_year,
    choice,
    constant,
    efficiency,
    profile,
    quantity,
)
from parkzero.lp.expr import Expr
from parkzero.units import MONEY, MW, MWH, ONE, Quantity

RATED = ("input", "heat")


@dataclass(frozen=True, kw_only=True)
class Converter(Sized):
    """What turns an input into heat."""

    to: str = bus("heat steam", "bus that takes the heat", gives=True)
    rated: str = choice(RATED, "what the size and its cost refer to", default="heat")
    capex: ByYear = by_year(MONEY / MW, "investment, by year of building")
    variable_om: ByYear = by_year(MONEY / MWH, "cost per heat delivered", default=constant(0.0, MONEY / MWH))
    power_max: Quantity | None = quantity(MW, "largest power that may stand", default=None)
    power_max_each: Quantity | None = quantity(MW, "largest power built in one milestone year", default=None)
    power_existing: Quantity | None = quantity(MW, "power that stands already", default=None)
    unit_size: Quantity | None = quantity(
        MW, "size of one unit, where only whole units are built", above=0, default=None
    )

    def power(self, lp: Block) -> Expr:
        """The power that stands."""
        return self.size(lp, "power", MW, self.capex, most=self.power_max, most_each=self.power_max_each,
                         existing=self.power_existing, whole=self.unit_size)  # fmt: skip

    def convert(self, lp: Block, source: str, power: Expr, taken: Expr, heat: Expr, made_from: str) -> None:
        """Say what all converters share: capacity, injections and cost."""
        lp.rule("capacity", (taken if self.rated == "input" else heat) <= power)
        lp.inject(source, -taken)
        lp.inject(self.to, heat)
        lp.book(Account.VARIABLE_OM, heat * lp.at(self.variable_om), bus=self.to)
        lp.book(Account.HEAT_GENERATED, heat, bus=self.to, made_from=made_from)


@component("heat_pump", vi="bơm nhiệt", en="heat pump", group="heat", colour="#009e73")
@dataclass(frozen=True, kw_only=True)
class HeatPump(Converter):
    """Heat from electricity and a source of low temperature.

    Rules:
        conversion  q[t] = COP[t] x[t]
        capacity    x[t] <= P  or  q[t] <= P
    """

    source: str = bus("electricity", "bus that it draws from", takes=True)
    cop: Profile = profile(
        ONE, "heat per electricity in each step, from source and sink temperature", above=0, most=20
    )

    def build(self, lp: Block) -> None:
        """Say the heat pump's flows, conversion, capacity, injections and bookings."""
        taken, heat, power = lp.flow("electricity"), lp.flow("heat"), self.power(lp)
        most = power if self.rated == "input" else None
        lp.rule("conversion", heat == lp.series(self.cop).times(taken, most))
        self.convert(lp, self.source, power, taken, heat, "electricity")
        lp.book(Account.CONSUMED, taken, bus=self.source)


@component("electric_boiler", vi="lò hơi điện", en="electric boiler", group="heat", colour="#0072b2")
@dataclass(frozen=True, kw_only=True)
class ElectricBoiler(Converter):
    """Heat or steam from electricity."""

    source: str = bus("electricity", "bus that it draws from", takes=True)
    efficiency: Quantity = efficiency("heat per electricity")

    def build(self, lp: Block) -> None:
        """Say the boiler's flow, capacity, injections and bookings."""
        taken = lp.flow("electricity")
        self.convert(lp, self.source, self.power(lp), taken, taken * self.efficiency, "electricity")
        lp.book(Account.CONSUMED, taken, bus=self.source)


@component("fuel_boiler", vi="lò hơi đốt nhiên liệu", en="fuel boiler", group="heat", colour="#7a4a21")
@dataclass(frozen=True, kw_only=True)
class FuelBoiler(Converter):
    """Heat or steam from a fuel; the fuel's supply books its price and emissions."""

    source: str = bus("fuel", "fuel bus that it burns from", takes=True)
    efficiency: Quantity = efficiency("heat per fuel energy (lower heating value)", most=1.1)

    def build(self, lp: Block) -> None:
        """Say the boiler's flow, capacity and injections."""
        burnt = lp.flow("fuel")
        heat, made_from = burnt * self.efficiency, lp.made_from(self.source)
        self.convert(lp, self.source, self.power(lp), burnt, heat, made_from)
