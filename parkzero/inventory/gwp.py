"""Warming potentials of a set that the user chose, and blends of refrigerants by their components."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from parkzero.books import GWP_SETS, Entry, entries
from parkzero.books.library import shelf
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import Text, data, listed, say

Methane = Literal["general", "by_origin"]
METHANE = ("general", "by_origin")
OUTSIDE = ("hcfc_22", "hcfc_141b")
"""Gases of the Montreal Protocol, which the Kyoto basket leaves out: told beside the scopes."""


@dataclass(frozen=True, slots=True)
class Potentials:
    """A set of warming potentials over 100 years.

    Attributes:
        name: AR4, AR5 or AR6.
        methane: ``general`` takes one value for methane of any origin, ``by_origin`` tells fossil methane
            from other, where the set does.
    """

    name: str
    methane: Methane = "general"

    @property
    def words(self) -> Text:
        """The set in words; that of a plan is the study's."""
        return say("that of the study") if self.name == "plan" else say("{name}, 100 years", name=self.name)

    @property
    def methane_words(self) -> Text:
        """Which methane is meant, with its value: fossil, other, or one value for any origin."""
        fossil, other = (getattr(self.entry("ch4", origin), "value", math.nan) for origin in (True, False))
        if self.methane == "by_origin":
            return say("{fossil:g} where it is fossil, {other:g} where not", fossil=fossil, other=other)
        return say("{value:g}, one value for any origin", value=fossil)

    def entry(self, gas: str, fossil: bool = True) -> Entry | None:
        """The row of a gas; None where the books hold none in this set."""
        stem = f"gwp100.{self.name.lower()}."
        names = [gas]
        if gas == "ch4":
            origin = "ch4_fossil" if fossil else "ch4_nonfossil"
            names = [origin, "ch4"] if self.methane == "by_origin" else ["ch4", "ch4_nonfossil"]
        held = shelf("fuels").by_key
        return next((held[stem + name][-1] for name in names if stem + name in held), None)


def chosen(name: str | None, methane: str = "general") -> Potentials:
    """The set that the user chose.

    Raises:
        StudyError: when none is chosen, or one that the books do not hold: the rule asks for one openly.
    """
    faults = []
    if name not in GWP_SETS:
        faults.append(
            Fault(
                Place(field="gwp"),
                say("must be chosen: no set of warming potentials is taken in silence")
                if not name
                else say("is no set of warming potentials"),
                name or "",
                listed(GWP_SETS),
                say(
                    "Circular 38/2023/TT-BCT asks for the latest IPCC guidance (AR6); AR5 is seen in practice"
                ),
            )
        )
    if methane not in METHANE:
        faults.append(Fault(Place(field="methane"), say("is not known"), methane, listed(METHANE)))
    if faults:
        raise StudyError(faults, say("The inventory"))
    return Potentials(str(name), "by_origin" if methane == "by_origin" else "general")


def gas_id(written: str) -> str:
    """The id of a gas or blend as the books write it: ``R-410A`` becomes ``r_410a``."""
    plain = written.strip().lower().replace("-", "_").replace(" ", "_").replace(".", "_")
    return {
        "r_32": "hfc_32",
        "r_125": "hfc_125",
        "r_134a": "hfc_134a",
        "r_143a": "hfc_143a",
        "r_152a": "hfc_152a",
        "r_22": "hcfc_22",
        "r410a": "r_410a",
        "r404a": "r_404a",
        "r407c": "r_407c",
        "r507a": "r_507a",
        "r32": "hfc_32",
        "r134a": "hfc_134a",
        "r22": "hcfc_22",
        "r744": "r_744",
        "r717": "r_717",
        "r290": "r_290",
        "methane": "ch4",
    }.get(plain, plain)


@lru_cache(maxsize=1)
def blends() -> dict[str, dict[str, Entry]]:
    """Shares by mass of the components of each blend."""
    found: dict[str, dict[str, Entry]] = {}
    for row in entries("refrigerant.blend"):
        _, _, blend, gas = row.key.split(".")
        found.setdefault(blend, {})[gas] = row
    return found


def components(gas: str) -> dict[str, float]:
    """A gas, or the components of a blend with their shares by mass."""
    if gas in blends():
        return {name: row.value for name, row in blends()[gas].items()}
    return {gas: 1.0}


def blend_potential(gas: str, potentials: Potentials) -> float:
    """Warming potential of a gas or blend [kg/kg].

    Raises:
        StudyError: when the books lack one of its components in this set.
    """
    total, lacking = 0.0, []
    for name, share in components(gas).items():
        entry = potentials.entry(name)
        if entry is None:
            lacking.append(name)
        else:
            total += share * entry.value
    if lacking:
        raise StudyError([unknown_gas(Place(field="item"), gas, lacking, potentials)], say("The inventory"))
    return total


def unknown_gas(where: Place, gas: str, lacking: Iterable[str], potentials: Potentials) -> Fault:
    """The fault that a set holds no potential of a gas."""
    return Fault(
        where,
        say("has no warming potential in {name}", name=potentials.name),
        ", ".join(lacking),
        say("a gas that the books hold"),
        data(f"parkzero books gwp100.{potentials.name.lower()}") if gas else data(""),
    )
