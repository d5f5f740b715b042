"""What energy is made from, as records: sun, wind, biomass, a fuel, the grid's mix.

Generation is booked with the id of its origin, so that renewable, fossil and bought can be told apart by hour
and no reader has to know kinds of components.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal, get_args

OriginFamily = Literal["renewable", "fossil", "bought", "other"]
FAMILIES: Final = get_args(OriginFamily)
OTHER: Final = "other"
_OF_SEVERAL: Final = {"renewable": "renewable_fuels", "fossil": "fossil_fuels"}


@dataclass(frozen=True, slots=True)
class Origin:
    """What energy is made from.

    Attributes:
        id: the word for it in tables and study files.
        family: renewable, fossil, bought (the grid's mix), or other.
        fuel: whether it can be bought and burnt.
        colour: in which it is drawn, ``#rrggbb``.
        en, vi: its name.
    """

    id: str
    family: OriginFamily
    colour: str
    en: str
    vi: str
    fuel: bool = False


_REGISTRY: dict[str, Origin] = {}


def register(origin: Origin) -> Origin:
    """Add an origin that ParkZero does not ship.

    Raises:
        ValueError: when another origin has the id, or it is of no family.
    """
    known = _REGISTRY.setdefault(origin.id, origin)
    if known != origin:
        raise ValueError(f"an origin '{origin.id}' exists already: {known.en}")
    if origin.family not in FAMILIES:
        del _REGISTRY[origin.id]
        raise ValueError(f"origin '{origin.id}' is of no family: {', '.join(FAMILIES)}")
    return origin


def origins() -> Iterator[Origin]:
    """All origins, in the order of the table."""
    return iter(_REGISTRY.values())


def family_of(origin: str) -> OriginFamily:
    """Whether something is made from what is renewable, fossil or bought; "other" for an unknown origin."""
    return _REGISTRY[origin].family if origin in _REGISTRY else "other"


def of_several(found: Iterable[str]) -> str:
    """The origin of what several origins feed together.

    Nobody can tell in which hour which of them burns. So a mixture is renewable only where all of it is.
    """
    distinct = sorted(set(found))
    if len(distinct) <= 1:
        return distinct[0] if distinct else OTHER
    families = {family_of(origin) for origin in distinct}
    return _OF_SEVERAL.get(families.pop(), "mixed") if len(families) == 1 else "mixed"


def _shipped() -> None:
    text = (files("parkzero.language") / "origins.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        register(Origin(fuel=bool(row.pop("fuel")), **row))  # type: ignore[arg-type]  # register checks the family


_shipped()
