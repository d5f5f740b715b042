"""Wind: power that depends on the wind and may be curtailed.

Symbols:
    P           standing power [MW]
    p           output [MW]
    f           output per standing power, from the weather

Rules:
    weather     p[t] <= f[t] P
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from parkzero.components.supply import Renewable
from parkzero.language.component import component


@component("wind", vi="điện gió", en="wind power", group="power", colour="#56b4e9")
@dataclass(frozen=True, kw_only=True)
class Wind(Renewable):
    """Wind turbines."""

    made_from: ClassVar[str] = "wind"
