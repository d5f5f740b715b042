"""Upgrading of a fuel: biomethane from biogas, a cleaner fuel from another, its CO2 given off apart.

Symbols:
    P           standing capacity [MW of the fuel taken in]
    x           taken in [MW, lower heating value]

Rules:
    capacity    x[t] <= P

What comes out is the yield times what goes in; electricity, heat and CO2 are in proportion to it, and need no
rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.origins import origins
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, ONE, Quantity, T


@component(
    "fuel_upgrading", vi="nâng cấp khí sinh học", en="fuel upgrading", group="molecules", colour="#448855",
    words={"taken": ("nhiên liệu vào", "fuel taken in")},
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class FuelUpgrading(Component):
    """One fuel made from another."""

    source: str = f.bus("fuel", "bus of the fuel that it takes in", takes=True)
    to: str = f.bus("fuel", "bus that takes the fuel it makes", gives=True)
    capacity: f.Size = f.size(MW, "fuel that it may take in")
    recovery: Quantity = f.efficiency("energy that comes out per energy taken in")
    electricity: str | None = f.bus("electricity", "bus of its electricity", takes=True, default=None)
    electricity_use: Quantity = f.quantity(
        ONE, "electricity per energy taken in", most=1, default=Quantity(0.0)
    )
    co2: str | None = f.bus("co2", "bus that takes the CO2 that it parts off", gives=True, default=None)
    co2_share: Quantity = f.quantity(
        T / MWH, "CO2 parted off per energy taken in", most=1, default=Quantity(0.0, T / MWH)
    )
    slip: Quantity = f.quantity(
        T / MWH, "CO2e of the methane that escapes, per energy taken in", most=1,
        default=Quantity(0.0, T / MWH),
    )  # fmt: skip
    made_from: str = f.choice(
        tuple(o.id for o in origins() if o.fuel), "what it is made from", default="biogas"
    )
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per energy taken in", default=f.constant(0.0, MONEY / MWH)
    )

    def makes(self) -> Mapping[str, str]:
        """Its bus holds what it is made from."""
        return {self.to: self.made_from}

    def build(self, lp: Block) -> None:
        """Say the plant's size, flow, capacity, injections and bookings."""
        capacity, taken = lp.size("capacity", self.capacity, MW), lp.flow("taken")
        lp.rule("capacity", taken <= capacity)
        lp.inject(self.source, -taken)
        lp.inject(self.to, taken * self.recovery)
        if self.electricity:
            lp.inject(self.electricity, -(taken * self.electricity_use))
            lp.book(Account.CONSUMED, taken * self.electricity_use, bus=self.electricity)
        if self.co2:
            lp.inject(self.co2, taken * self.co2_share)
        lp.book(Account.SCOPE1, taken * self.slip, bus=self.to)
        lp.book(Account.VARIABLE_OM, taken * lp.at(self.variable_om), bus=self.to)

    def check(self, site: Site) -> Iterator[Finding]:
        """It makes one fuel from another, and what it uses comes from somewhere."""
        if self.source == self.to:
            yield Finding("to", say("is the bus of what is treated"), self.to, say("another bus"))
        for field, amount, bus in (
            ("electricity_use", self.electricity_use, self.electricity),
            ("co2_share", self.co2_share, self.co2),
        ):
            if float(amount.value) > 0 and not bus:
                other = field.partition("_")[0]
                what = say("is given, but no bus of {other}", other=other)
                yield Finding(field, what, needs=say("{other} = a bus", other=other))
