"""What a component finds around it: buses, carriers, the other assets; and what its own checks may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from parkzero.language.actors import USUAL, Actor
from parkzero.language.carriers import CARRIERS, Carrier
from parkzero.language.origins import of_several
from parkzero.texts import NOTHING, Text
from parkzero.units import MW, Unit


@dataclass(frozen=True, slots=True)
class Bus:
    """A node of one carrier, where injections balance in every step.

    Attributes:
        name: unique name, by convention ``tenant.carrier``.
        carrier: name of a carrier of the study.
        temperature: of what it carries [degC]; None where its carrier tells none.
        owner: tenant where it stands; empty for the park's common bus.
        pressure: of what it carries [bar]; None where its carrier tells none.
    """

    name: str
    carrier: str
    temperature: float | None = None
    owner: str = ""
    pressure: float | None = None


class Asset(Protocol):
    """Another asset as a component sees it: who it is, and whatever fields its kind has."""

    kind: ClassVar[str]
    traits: ClassVar[frozenset[str]]

    @property
    def name(self) -> str:
        """Unique name."""
        ...

    @property
    def owner(self) -> str:
        """Tenant that bears its costs; empty for the park."""
        ...

    def makes(self) -> Mapping[str, str]:
        """What it feeds into a bus is made from, by bus."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """What stands around a component.

    Attributes:
        buses: by name.
        assets: assets and policies by name.
        years: milestone years.
        carriers: by name.
        currency: of all money.
        actors: all who pay or are paid, by id.
        written: of each asset, its table as a file gave it; empty in studies composed in code.
    """

    buses: Mapping[str, Bus] = field(default_factory=dict)
    assets: Mapping[str, Asset] = field(default_factory=dict)
    years: tuple[int, ...] = ()
    carriers: Mapping[str, Carrier] = field(default_factory=lambda: CARRIERS)
    currency: str = ""
    written: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    actors: Mapping[str, Actor] = field(default_factory=lambda: USUAL)

    def carrier(self, bus: str) -> Carrier:
        """The carrier of a bus.

        Raises:
            KeyError: when there is no such bus.
        """
        return self.carriers[self.buses[bus].carrier]

    def made_from(self, bus: str) -> str:
        """What those who feed a bus say that it is made from; "other" where nobody does."""
        told = (asset.makes() for asset in self.assets.values())
        return of_several(origins[bus] for origins in told if bus in origins)

    def within(self, actor: str) -> bool:
        """Whether the plan adds up an actor's costs."""
        return actor in self.actors and self.actors[actor].within

    def rate(self, bus: str) -> Unit:
        """Unit of what flows into a bus; MW where the bus is not known, which the assembly refuses."""
        return self.carrier(bus).rate if bus in self.buses else MW


@dataclass(frozen=True, slots=True)
class Finding:
    """What a component's own check found.

    Attributes:
        field: field that it concerns, with dots below it (``power.max``); empty for the whole asset.
        what: what is wrong.
        got: what was found there.
        needs: what would be right.
        hint: what to try.
        grave: whether it forbids the study; otherwise it is told.
    """

    field: str
    what: Text
    got: str = ""
    needs: Text = NOTHING
    hint: Text = NOTHING
    grave: bool = True
