"""Carbon capture at a stack: a part of what a fuel or process emits, taken out with heat and electricity.

Symbols:
    E           emissions of the fuel or process, fossil and biogenic [t/h]
    P           standing capacity [t/h of CO2]
    c           CO2 captured [t/h]

Rules:
    stack       c[t] <= rate share E[t]
    capacity    c[t] <= P

What is captured goes to a bus of CO2 and changes no emissions by itself: they fall where it is stored for
good (see ``sale``), and not where it is used and given off again. Heat and electricity are in proportion to
c.
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
from parkzero.units import MONEY, MWH, ONE, H, Quantity, T


@component(
    "carbon_capture", vi="thu giữ CO₂", en="carbon capture", group="molecules", colour="#777733",
    words={
        "captured": ("CO₂ thu giữ", "CO₂ captured"),
        "stack": ("không thu giữ quá khả năng từ ống khói", "captures no more than its stack gives"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class CarbonCapture(Component):
    """A part of what is emitted, taken out at the stack."""

    stack: str = f.asset("fuel process", "fuel or process whose emissions pass its stack")
    share: Quantity = f.quantity(
        ONE, "share of these emissions that passes its stack", above=0, most=1, default=Quantity(1.0)
    )
    rate: Quantity = f.efficiency("share of the CO2 of the stack that is captured", usual=(0.5, 0.99))
    to: str = f.bus("co2", "bus that takes the CO2", gives=True)
    capacity: f.Size = f.size(T / H, "CO2 captured per hour")
    electricity: str | None = f.bus("electricity", "bus of its electricity", takes=True, default=None)
    electricity_use: Quantity = f.quantity(
        MWH / T, "electricity per CO2 captured", default=Quantity(0.0, MWH / T)
    )
    heat: str | None = f.bus("heat steam", "bus of the heat of its solvent", takes=True, default=None)
    heat_use: Quantity = f.quantity(MWH / T, "heat per CO2 captured", default=Quantity(0.0, MWH / T))
    variable_om: f.ByYear = f.by_year(
        MONEY / T, "other cost per CO2 captured", default=f.constant(0.0, MONEY / T)
    )

    def build(self, lp: Block) -> None:
        """Say the plant's size, flow, capacity, injections and bookings."""
        capacity, captured = lp.size("capacity", self.capacity, T / H), lp.flow("captured", T / H)
        lp.rule("capacity", captured <= capacity)
        lp.inject(self.to, captured)
        for bus, use, account in (
            (self.electricity, self.electricity_use, Account.CONSUMED),
            (self.heat, self.heat_use, Account.HEAT_SUPPLIED),
        ):
            if bus:
                lp.inject(bus, -(captured * use))
                lp.book(account, captured * use, bus=bus)
        lp.book(Account.VARIABLE_OM, captured * lp.at(self.variable_om), bus=self.to)

    def settle(self, lp: Block) -> None:
        """Say how much the stack gives."""
        emitted = lp.booked(Account.SCOPE1, asset=self.stack) + lp.booked(Account.BIOGENIC, asset=self.stack)
        lp.rule("stack", lp.of_others(self.name, "captured") <= emitted * (self.rate * self.share))

    def check(self, site: Site) -> Iterator[Finding]:
        """What it uses comes from somewhere."""
        for field, amount, bus in (
            ("electricity_use", self.electricity_use, self.electricity),
            ("heat_use", self.heat_use, self.heat),
        ):
            if float(amount.value) > 0 and not bus:
                other = field.partition("_")[0]
                what = say("is given, but no bus of {other}", other=other)
                yield Finding(field, what, needs=say("{other} = a bus", other=other))
