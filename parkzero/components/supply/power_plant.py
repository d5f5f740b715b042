"""Power plant: electricity from a fuel or hydrogen, and heat where it is wanted; any plant as data alone.

Symbols:
    P           standing power [MW of electricity]
    x           fuel [MW, lower heating value] or hydrogen [t/h]
    p           electricity, efficiency times the fuel [MW]
    q           heat that is used [MW]

Rules:
    capacity    p[t] <= P
    least       p[t] >= least P             (only with a least load: a plant that never stops)
    faster      p[t] - p[t-1] <= ramp P h   (only with a ramp)
    slower      p[t-1] - p[t] <= ramp P h
    heat        q[t] <= heat_efficiency x[t]    (only with a bus of heat)
    yearly      sum of p over the year <= hours P   (only with largest hours)

A condensing plant for biomass or waste, an engine on biogas, a fuel cell, a gas turbine: what differs is in
the numbers. Where each unit of heat costs electricity, take ``chp``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.origins import origins
from parkzero.language.site import Finding, Site
from parkzero.lp.expr import Expr
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, H, Quantity

HYDROGEN = 33.33
"""Lower heating value of hydrogen [MWh/t]."""


@component(
    "power_plant", vi="nhà máy điện", en="power plant", group="power", colour="#994455",
    words={
        "fuel": ("nhiên liệu", "fuel"),
        "output": ("điện phát", "electricity"),
        "heat": ("nhiệt", "heat"),
        "least": ("không giảm dưới mức tối thiểu", "keeps its least load"),
        "yearly": ("không chạy quá số giờ mỗi năm", "runs no more hours than it may"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class PowerPlant(Component):
    """Electricity from a fuel or hydrogen."""

    source: str = f.bus("fuel hydrogen", "bus that its fuel comes from", takes=True)
    bus: str = f.bus("electricity", "bus that takes the electricity", gives=True)
    power: f.Size = f.size(MW, "electric power")
    efficiency: Quantity = f.efficiency("electricity per fuel energy (lower heating value)")
    heat: str | None = f.bus("heat steam", "bus that takes its heat", gives=True, default=None)
    heat_efficiency: Quantity = f.quantity(
        ONE, "heat that may be used per fuel energy", most=1, default=Quantity(0.0)
    )
    least: Quantity | None = f.quantity(ONE, "least load as a share of the power", most=1, default=None)
    ramp: Quantity | None = f.quantity(
        ONE / H, "largest change per hour as a share of the power", above=0, default=None
    )
    hours: Quantity | None = f.quantity(H, "largest hours a year, as of full load", above=0, default=None)
    made_from: str = f.choice(
        ("", *(o.id for o in origins() if o.fuel)), "what its fuel is made from, where no supply tells it",
        default="",
    )  # fmt: skip
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per electricity made", default=f.constant(0.0, MONEY / MWH)
    )

    def build(self, lp: Block) -> None:
        """Say the plant's size, flows, rules, injections and bookings."""
        power = lp.size("power", self.power, MW)
        made, everywhere = self._output(lp, power)
        lp.rule("capacity", everywhere <= power)
        if self.least is not None:
            lp.rule("least", everywhere >= power * self.least)
        if self.hours is not None:
            lp.limit("yearly", lp.total(made), power * self.hours, "energy")
        rate = lp.rate(self.source)
        holds = Quantity(1.0 if rate == MW else HYDROGEN, MW / rate)
        lp.inject(self.source, -(made / self.efficiency / holds))
        lp.inject(self.bus, made)
        origin = self.made_from or lp.made_from(self.source)
        lp.book(Account.GENERATED, made, bus=self.bus, made_from=origin)
        lp.book(Account.VARIABLE_OM, made * lp.at(self.variable_om), bus=self.bus)
        if self.heat:
            heat = lp.flow("heat")
            lp.rule("heat", heat <= made / self.efficiency * self.heat_efficiency)
            lp.inject(self.heat, heat)
            lp.book(Account.HEAT_GENERATED, heat, bus=self.heat, made_from=origin)

    def _output(self, lp: Block, power: Expr) -> tuple[Expr, Expr]:
        """Electricity in each step, and wherever it must keep within limits."""
        if self.ramp is None:
            flow = lp.flow("output")
            return flow, flow
        output, change = lp.level("output", MW), self.ramp * lp.step
        lp.rule("faster", output.end - output.before <= power * change)
        lp.rule("slower", output.before - output.end <= power * change)
        return output.end, output.everywhere

    def check(self, site: Site) -> Iterator[Finding]:
        """No more energy than it burns, and heat only where it goes somewhere."""
        both = float(self.efficiency.value) + float(self.heat_efficiency.value)
        if both > 1.1:
            what = say("and efficiency make more energy than is burnt")
            yield Finding("heat_efficiency", what, f"{both:.0%}", say("at most 110 %"))
        if float(self.heat_efficiency.value) > 0 and not self.heat:
            what = say("is given, but no bus of {other}", other="heat")
            yield Finding("heat_efficiency", what, needs=say("{other} = a bus", other="heat"))
