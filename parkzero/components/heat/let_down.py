"""Let-down valve: steam of one header throttled into another of lower pressure.

Symbols:
    P           standing power [MW]
    q           steam let down [MW, what it gives up on its way to condensate]

Rules:
    capacity    q[t] <= P

Throttling keeps the enthalpy, and the condensate that is sprayed in to cool the steam turns into steam of the
lower header. Counted from condensate, what leaves the upper header arrives in the lower one, less the loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.components.heat import Passage
from parkzero.language import fields as f
from parkzero.language.component import component
from parkzero.language.site import Finding, Site
from parkzero.texts import say


@component(
    "let_down", vi="van giảm áp hơi", en="let-down valve", group="heat", colour="#b8bfc8",
    words={
        "passed": ("hơi giảm áp", "steam let down"),
        "capacity": ("không giảm áp quá công suất hiện có", "lets down no more than the power that stands"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class LetDown(Passage):
    """Steam of one header throttled into another of lower pressure."""

    source: str = f.bus("steam", "header that it takes steam from", takes=True)
    to: str = f.bus("steam", "header of lower pressure that it feeds", gives=True)

    def check(self, site: Site) -> Iterator[Finding]:
        """Steam flows from the higher pressure to the lower one only, and is not heated by it."""
        high, low = site.buses.get(self.source), site.buses.get(self.to)
        if high is None or low is None or high.pressure is None or low.pressure is None:
            return
        if low.pressure >= high.pressure:
            yield Finding(
                "to",
                say("has no lower pressure than its source"),
                say("{pressure:g} bar", pressure=low.pressure),
                say("below {pressure:g} bar", pressure=high.pressure),
            )
        hot = high.temperature
        if low.temperature is not None and hot is not None and low.temperature > hot:
            yield Finding(
                "to",
                say("is hotter than the steam that is let down"),
                say("{temperature:g} degC", temperature=low.temperature),
                say("at most {hottest:g} degC", hottest=hot),
            )
