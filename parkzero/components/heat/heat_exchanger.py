"""Heat exchanger: heat of a hotter bus passed on to a colder one.

Symbols:
    P           standing power [MW]
    q           heat taken from the hotter bus [MW]

Rules:
    capacity    q[t] <= P

What arrives is what was taken, less the loss. The hotter bus must be hotter by the approach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.components.heat import Passage
from parkzero.language import fields as f
from parkzero.language.component import component
from parkzero.language.site import Finding, Site
from parkzero.texts import say
from parkzero.units import CELSIUS, Quantity


@component(
    "heat_exchanger", vi="thiết bị trao đổi nhiệt", en="heat exchanger", group="heat", colour="#ddaa33",
    words={
        "passed": ("nhiệt truyền qua", "heat passed on"),
        "capacity": ("không truyền quá công suất hiện có", "passes on no more than the power that stands"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class HeatExchanger(Passage):
    """Heat of a hotter bus passed on to a colder one."""

    source: str = f.bus("heat steam", "hotter bus that it takes heat from", takes=True)
    to: str = f.bus("heat", "colder bus that takes the heat", gives=True)
    approach: Quantity = f.quantity(CELSIUS, "least difference of temperature between both sides")

    def check(self, site: Site) -> Iterator[Finding]:
        """Heat flows from hot to cold only."""
        hot, cold = site.buses.get(self.source), site.buses.get(self.to)
        if hot is None or cold is None or hot.temperature is None or cold.temperature is None:
            return
        needed = cold.temperature + float(self.approach.value)
        if hot.temperature < needed:
            yield Finding(
                "source",
                say("is too cold for what it heats"),
                say("{temperature:g} degC", temperature=hot.temperature),
                say("at least {needed:g} degC", needed=needed),
            )
