"""Process: a product from electricity, heat, cooling, fuel and water, as much of each per tonne as it takes.

Symbols:
    P           standing capacity [t/h]
    m           product made [t/h]

Rules:
    capacity    m[t] <= P
    least       m[t] >= least P             (only with a least load: a line that never stops)
    faster      m[t] - m[t-1] <= ramp P h   (only with a ramp)
    slower      m[t-1] - m[t] <= ramp P h

Inputs are in proportion to m and need no rows. What is made goes to the product's bus; a store there is the
stock, and a delivery takes it as it is due.
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
from parkzero.units import M3, MONEY, MWH, ONE, H, Quantity, T

INPUTS = {
    "electricity": ("electricity_use", "electricity"),
    "heat": ("heat_use", "heat steam"),
    "cooling": ("cooling_use", "cooling"),
    "fuel": ("fuel_use", "fuel"),
    "water": ("water_use", "raw_water clean_water pure_water reused_water"),
}
"""Field of each input's bus, with that of its use and the carriers it may have."""


@component("process", vi="dây chuyền sản xuất", en="production line", group="demand", colour="#882255")
@dataclass(frozen=True, kw_only=True)
class Process(Component):
    """A line that makes a product."""

    to: str = f.bus("product hydrogen co2", "bus that takes the product", gives=True)
    capacity: f.Size = f.size(T / H, "product per hour")
    electricity: str | None = f.bus("electricity", "bus of its electricity", takes=True, default=None)
    electricity_use: Quantity | None = f.quantity(MWH / T, "electricity per product", default=None)
    heat: str | None = f.bus("heat steam", "bus of its heat", takes=True, default=None)
    heat_use: Quantity | None = f.quantity(MWH / T, "heat per product", default=None)
    cooling: str | None = f.bus("cooling", "bus of its cooling", takes=True, default=None)
    cooling_use: Quantity | None = f.quantity(MWH / T, "cooling per product", default=None)
    fuel: str | None = f.bus("fuel", "bus of its fuel", takes=True, default=None)
    fuel_use: Quantity | None = f.quantity(MWH / T, "fuel per product", default=None)
    water: str | None = f.bus(INPUTS["water"][1], "bus of its water", takes=True, default=None)
    water_use: Quantity | None = f.quantity(M3 / T, "water per product", default=None)
    emissions: Quantity = f.quantity(ONE, "process emissions per product, not of fuel", default=Quantity(0.0))
    least: Quantity | None = f.quantity(ONE, "least load as a share of the capacity", most=1, default=None)
    ramp: Quantity | None = f.quantity(
        ONE / H, "largest change per hour as a share of the capacity", above=0, default=None
    )
    variable_om: f.ByYear = f.by_year(MONEY / T, "other cost per product", default=f.constant(0.0, MONEY / T))

    def build(self, lp: Block) -> None:
        """Say the line's size, flow, rules, injections and bookings."""
        capacity, made = lp.size("capacity", self.capacity, T / H), lp.level("product", T / H)
        lp.rule("capacity", made.everywhere <= capacity)
        if self.least is not None:
            lp.rule("least", made.everywhere >= capacity * self.least)
        if self.ramp is not None:
            step = self.ramp * lp.step
            lp.rule("faster", made.end - made.before <= capacity * step)
            lp.rule("slower", made.before - made.end <= capacity * step)
        product = made.end
        for name, (use, _) in INPUTS.items():
            bus, per = getattr(self, name), getattr(self, use)
            if bus and per is not None:
                lp.inject(bus, -(product * per))
                if name == "electricity":
                    lp.book(Account.CONSUMED, product * per, bus=bus)
                elif name == "heat":
                    lp.book(Account.HEAT_SUPPLIED, product * per, bus=bus)
        lp.inject(self.to, product)
        lp.book(Account.SCOPE1, product * self.emissions, bus=self.to)
        lp.book(Account.VARIABLE_OM, product * lp.at(self.variable_om), bus=self.to)

    def check(self, site: Site) -> Iterable[Finding]:
        """Each input has both its bus and its use."""
        for name, (use, _) in INPUTS.items():
            bus, per = getattr(self, name), getattr(self, use)
            if bus and per is None:
                yield Finding(
                    use, say("is missing, but its bus is named"), needs=say("an amount per tonne of product")
                )
            elif per is not None and not bus:
                yield Finding(
                    name,
                    say("is missing, but {use} is given", use=use),
                    needs=say("the bus that it is drawn from"),
                )
