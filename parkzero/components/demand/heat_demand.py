"""Heat demand: heat or steam that must be served in every step.

Symbols:
    L           load [MW]
    u           unserved load [MW], zero in every valid plan

Injection:
    u[t] - L[t]
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
from parkzero.units import BAR, MW, PRESSURE, Quantity


@component("heat_demand", vi="phụ tải nhiệt", en="heat demand", group="demand", colour="#cc6677",
           traits="demand")  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class HeatDemand(Component):
    """Heat, at the temperature level of its bus, that must be served in every step."""

    bus: str = f.bus("heat steam", "bus that it draws from; the bus has the temperature", takes=True)
    load: f.Profile = f.profile(MW, "heat drawn in each step")
    pressure: Quantity | None = f.quantity(
        PRESSURE, "pressure of steam that its users need (absolute), such as '8 bar'", default=None
    )

    def check(self, site: Site) -> Iterator[Finding]:
        """A steam user gets no more pressure than its header has."""
        bus = site.buses.get(self.bus)
        if self.pressure is None or bus is None:
            return
        needed = float(self.pressure.value) / BAR
        if bus.pressure is None:
            yield Finding("pressure", say("is given for a bus of {carrier}", carrier=bus.carrier))
        elif needed > bus.pressure:
            yield Finding(
                "pressure",
                say("is above its header's pressure"),
                say("{pressure:g} bar", pressure=needed),
                say("at most {pressure:g} bar", pressure=bus.pressure),
            )

    def build(self, lp: Block) -> None:
        """Say the demand's shortfall, injection and bookings."""
        load, unserved = lp.series(self.load).expr(), lp.unserved(self.bus)
        lp.inject(self.bus, unserved - load)
        lp.book(Account.HEAT_SUPPLIED, load - unserved, bus=self.bus)
        lp.book(Account.UNSERVED, unserved, bus=self.bus)
