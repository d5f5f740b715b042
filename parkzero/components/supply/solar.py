"""Photovoltaics: power that depends on the sun and may be curtailed.

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


@component("solar", vi="điện mặt trời", en="photovoltaics", group="power", colour="#e69f00")
@dataclass(frozen=True, kw_only=True)
class Solar(Renewable):
    """Rooftop or ground photovoltaics."""

    made_from: ClassVar[str] = "solar"
