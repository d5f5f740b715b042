"""What an inventory counts: kinds of sources with scope, category and the amounts in which they are told."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from parkzero.texts import Both
from parkzero.units import MONEY, MWH, ONE, PIECE, M, T, Unit, convert

Items = Literal[
    "fuel",
    "road",
    "process",
    "gas",
    "wastewater",
    "nitrogen",
    "compost",
    "incineration",
    "grid",
    "heat",
    "given",
    "losses",
    "landfill",
]

M3 = M * M * M
DIMENSIONS: dict[str, Unit] = {
    "energy": MWH,
    "mass": T,
    "volume": M3,
    "money": MONEY,
    "count": PIECE,
    "freight": T * M,
    "travel": PIECE * M,
    "none": ONE,
}
"""Dimensions of amounts with the unit in which they are held: MWh, t, m³, money, pieces, t m, person m."""

_ALIASES = {"tkm": "t*km", "pkm": "piece*km", "Nm3": "m3", "m³": "m3", "kWh": "kWh", "TOE": "toe"}


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of source.

    Attributes:
        name: its id in files.
        scope: 1, 2 or 3.
        category: what it is added up under.
        items: what its ``item`` column names.
        dimensions: dimensions in which its amounts may be given.
        words: its name in both languages.
    """

    name: str
    scope: int
    category: str
    items: Items
    dimensions: tuple[str, ...]
    words: Both


SHARED = Source(
    "shared", 2, "shared", "given", ("none",), Both("Phần của hạ tầng dùng chung", "Share of a utility")
)
"""What a facility receives of a shared utility; allocated, never entered as an activity."""


def words_of(source: str) -> Both:
    """Name of a kind of source, also of what is allocated."""
    return SHARED.words if source == SHARED.name else sources()[source].words


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """All kinds of sources by id."""
    text = (files("parkzero.inventory") / "sources.csv").read_text(encoding="utf-8")
    return {
        row["id"]: Source(
            row["id"],
            int(row["scope"]),
            row["category"],
            row["items"],  # type: ignore[arg-type]
            tuple(row["dimensions"].split("|")),
            Both(row["vi"], row["en"]),
        )
        for row in csv.DictReader(text.splitlines())
    }


def amount_unit(written: str, dimensions: tuple[str, ...]) -> tuple[str, float, str] | None:
    """Dimension, factor into its held unit, and currency of a written unit; None where none of them fits."""
    text = _ALIASES.get(written, written)
    if text == "toe":  # of heat; of electricity two amounts bear the name, see ``reading``
        return ("energy", 11.63, "") if "energy" in dimensions else None
    for dimension in dimensions:
        try:
            factor, _, currency = convert(text, DIMENSIONS[dimension])
        except ValueError:
            continue
        if text:
            return dimension, factor, currency
    return None
