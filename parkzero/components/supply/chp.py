"""Cogeneration: electricity and heat from one fuel, in back-pressure or with extraction.

Symbols:
    P           standing power [MW]: electricity at full load, without extraction
    x           fuel [MW, lower heating value]
    q           heat delivered [MW]
    p           electricity [MW]

Rules:
    capacity        eta x[t] <= P
    heat            q[t] = kappa x[t]; with extraction or a vent q[t] <= kappa x[t]

Electricity needs no row: p[t] = eta x[t] - loss q[t].

In back-pressure each unit of fuel gives electricity and heat in a fixed ratio, and loss is zero. With
extraction the heat is taken from the turbine as it is wanted, at most ``heat_efficiency`` of the fuel, and
each unit of it costs ``power_loss`` of electricity. The fuel's supply books its price and emissions.
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
from parkzero.units import MONEY, MW, MWH, ONE, Quantity

MODES = ("back_pressure", "extraction")


@component(
    "chp", vi="đồng phát nhiệt điện", en="cogeneration plant", group="power", colour="#d55e00",
    words={"fuel": ("nhiên liệu", "fuel"), "heat": ("nhiệt", "heat")},
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Chp(Component):
    """Electricity and heat from one fuel."""

    fuel: str = f.bus("fuel", "fuel bus that it burns from", takes=True)
    bus: str = f.bus("electricity", "bus that takes the electricity", gives=True)
    heat: str = f.bus("heat steam", "bus that takes the heat", gives=True)
    power: f.Size = f.size(MW, "electric power at full load, without extraction")
    mode: str = f.choice(MODES, "how heat is taken from it", default="back_pressure")
    efficiency: Quantity = f.efficiency("electricity per fuel, without extraction", usual=(0.1, 0.6))
    heat_efficiency: Quantity = f.efficiency("heat per fuel; with extraction the most that may be taken")
    power_loss: Quantity = f.quantity(
        ONE, "electricity lost per heat extracted (extraction only)", most=1, default=Quantity(0.0)
    )
    vent: bool = f.flag("whether heat that nobody needs may be vented (back-pressure)", default=False)
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per electricity made", default=f.constant(0.0, MONEY / MWH)
    )

    def build(self, lp: Block) -> None:
        """Say the plant's size, flows, rules, injections and bookings."""
        power, burnt, heat = lp.size("power", self.power, MW), lp.flow("fuel"), lp.flow("heat")
        most = burnt * self.heat_efficiency
        if self.mode == "back_pressure" and not self.vent:
            lp.rule("heat", heat == most)
        else:
            lp.rule("heat", heat <= most)
        made = burnt * self.efficiency - heat * self.power_loss
        lp.rule("capacity", burnt * self.efficiency <= power)

        lp.inject(self.fuel, -burnt)
        lp.inject(self.bus, made)
        lp.inject(self.heat, heat)
        made_from = lp.made_from(self.fuel)
        lp.book(Account.GENERATED, made, bus=self.bus, made_from=made_from)
        lp.book(Account.HEAT_GENERATED, heat, bus=self.heat, made_from=made_from)
        lp.book(Account.VARIABLE_OM, made * lp.at(self.variable_om), bus=self.bus)

    def check(self, site: Site) -> Iterable[Finding]:
        """Energy is not made, and extraction leaves some electricity."""
        electric, heat, loss = (
            float(q.value) for q in (self.efficiency, self.heat_efficiency, self.power_loss)
        )
        if self.mode == "back_pressure" and loss > 0:
            yield Finding(
                "power_loss",
                say("has no meaning in back-pressure"),
                f"{loss:g}",
                hint=say("mode = 'extraction'"),
            )
        elif electric + heat * (1 - loss) > 1.1:
            got = f"{electric + heat * (1 - loss):.0%}"
            yield Finding(
                "heat_efficiency",
                say("and efficiency make more energy than is burnt"),
                got,
                say("at most 110 %"),
            )
        if electric < loss * heat:
            yield Finding(
                "power_loss",
                say("takes more electricity than there is"),
                f"{loss:g}",
                say("at most {electric:.3g}", electric=electric / heat),
            )
