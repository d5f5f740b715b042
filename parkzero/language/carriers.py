"""Carriers: what flows through a bus, in which unit, and what a bus of it must tell.

Shipped as a table, ``carriers.csv``; a study may add its own under ``[carriers.NAME]``. Heat, cooling, steam
and fuel are counted as energy: steam as what it gives up on its way to condensate, fuel by its lower heating
value. Volumes of compressed air are those at the intake of the compressor.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal

from parkzero.units import M3, MONEY, MW, PIECE, H, T, Unit

Told = Literal["no", "may", "needed"]
"""Whether a bus tells a temperature or a pressure."""

RATES: Final[Mapping[str, Unit]] = {"MW": MW, "t/h": T / H, "m³/h": M3 / H, "piece/h": PIECE / H}
"""Units that a carrier may flow in, as they are written."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """What flows through a bus.

    Attributes:
        name: word of study files.
        rate: unit of what flows.
        vi, en: its name.
        colour: ``#rrggbb``.
        temperature, pressure: whether a bus of it tells one.
        unserved: whether a demand for it may be left unserved, at a price that no valid plan pays.
        shortage: price of an amount of it that is unserved, relative to that of a megawatt-hour.
    """

    name: str
    rate: Unit
    vi: str
    en: str
    colour: str = "#777777"
    temperature: Told = "no"
    pressure: Told = "no"
    unserved: bool = True
    shortage: float = 1.0

    @property
    def amount(self) -> Unit:
        """Unit of what has flowed: MWh, t, m³ or pieces."""
        return self.rate * H

    @property
    def price(self) -> Unit:
        """Unit of its price: money per amount."""
        return MONEY / self.amount


def _shipped() -> Mapping[str, Carrier]:
    text = (files("parkzero.language") / "carriers.csv").read_text(encoding="utf-8")
    made = {}
    for row in csv.DictReader(text.splitlines()):
        fixed = {"rate": RATES[row.pop("unit")], "shortage": float(row.pop("shortage"))}
        made[row["name"]] = Carrier(**{**row, **fixed, "unserved": row["unserved"] == "yes"})  # type: ignore[arg-type]  # the table's words
    return made  # no proxy: a study that has it goes to other processes


CARRIERS: Final[Mapping[str, Carrier]] = _shipped()
"""Carriers that every study knows."""
