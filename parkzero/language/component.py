"""The base of all components, and the registry of their kinds.

A component is a frozen record with ``build(lp)``: it says its rules to a block and never sees a year, a
weight, a mean day or a scenario. The registry is the schema of study files. A kind says all of itself: its
name in both languages, its group and colour, words for its flows, sizes and rules, and its own checks.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar, get_args

from parkzero.language import fields as f
from parkzero.language.site import Finding, Site

if TYPE_CHECKING:
    from parkzero.language.block import Block

C = TypeVar("C", bound="type[Component]")
ENTRY_POINT = "parkzero.components"
DEMAND = "demand"
"""Trait of what must be served."""
DRIVES = "drives"
"""Trait of fleets: trips that must be driven, which is a demand without a load of its own."""
CHARGES = "charges"
"""Trait of chargers of vehicles."""
OFFSETS = "offsets"
"""Trait of what takes tonnes off the emissions that count."""
POLICY = "policy"
"""Group of limits, prices and shares over what others book."""
TARGET = "target"
"""Trait of policies that a plan must meet and the reference need not: caps, budgets, shares, offsets."""
REGISTRY: dict[str, type[Component]] = {}
LOST: dict[str, str] = {}
"""Packages of kinds that could not be loaded, with the reason."""

Group = Literal["power", "heat", "cold", "molecules", "storage", "network", "demand", "contract", "policy"]
"""Where tables, charts and the manual put a kind."""

Words = Mapping[str, tuple[str, str]]
"""Name of a flow, size or rule to what it is called in Vietnamese and in English."""

Usual = Mapping[str, tuple[str, float]]
"""Field (``power.capex``) to keys of the books, and how far beyond what these hold is still usual."""

_COLOUR = re.compile(r"^#[0-9a-f]{6}$")


@dataclass(frozen=True, kw_only=True)
class Component(ABC):
    """Something that stands in the park.

    Attributes:
        name: unique name of the asset.
        owner: tenant or investor that bears its costs; the park itself when empty.
        payee: who is paid and supplies it, where that is not the usual actor.
        label, label_en: what people call it, in Vietnamese (or both) and in English.
    """

    kind: ClassVar[str] = ""
    vi: ClassVar[str] = ""
    en: ClassVar[str] = ""
    group: ClassVar[Group] = "power"
    colour: ClassVar[str] = ""
    words: ClassVar[Words] = {}
    traits: ClassVar[frozenset[str]] = frozenset()
    usual: ClassVar[Usual] = {}
    name: str
    owner: str = f.actor("tenant or investor that owns it and bears its cost; empty for the park", default="")
    payee: str = f.actor(
        "who is paid for what it costs, where that is not the usual one: a utility of a name, say", default=""
    )
    technology: str = f.text(
        "technology of the catalogue that fills what is not given; `parkzero technologies` lists them",
        default="",
    )
    technology_hold: bool = f.flag(
        "keep the nearest year's values of the technology where the catalogue has none", default=False
    )
    label: str = f.text(
        "name for people, in Vietnamese or in both languages; the asset's id where empty", default=""
    )
    label_en: str = f.text("the same in English, where that differs", default="")
    note: str = f.text("free text, shown in the report's assumptions", default="")

    @abstractmethod
    def build(self, lp: Block) -> None:
        """Say the sizes, flows, rules, injections and bookings of one year."""

    def makes(self) -> Mapping[str, str]:
        """What it feeds into a bus is made from, by bus; only what has an origin of its own says so."""
        return {}

    def settle(self, lp: Block) -> None:  # noqa: B027  # most components have nothing to settle
        """Say rules over what others have booked; called when every component has been built."""

    def check(self, site: Site) -> Iterable[Finding]:
        """What of it does not go together, or not with what stands around it; each field alone is right."""
        return ()


def component(
    kind: str, *, vi: str, en: str, group: Group, colour: str, words: Words | None = None, traits: str = "",
    usual: Usual | None = None,
) -> Callable[[C], C]:  # fmt: skip
    """Register a component under the word that study files use for it.

    Args:
        kind: the word.
        vi: what it is called in Vietnamese, as within a sentence.
        en: what it is called in English.
        group: where tables and charts put it.
        colour: ``#rrggbb``, told apart from its neighbours by readers with any colour vision.
        words: what its flows, sizes and rules are called, where the common words (``words.py``) do not say;
            in a rule's words ``{bound}`` is its limit.
        traits: what other kinds may ask of it, such as "demand".
        usual: what the books hold of its fields, beside what its technologies in the catalogue say.

    Raises:
        ValueError: when a word is missing in a language, the colour is none, or the kind is taken.
    """

    def register(cls: C) -> C:
        _require_words(kind, {kind: (vi, en), **(words or {})})
        if group not in get_args(Group) or not _COLOUR.match(colour):
            raise ValueError(f"{kind} has no known group or no colour such as '#aa4499'")
        taken = REGISTRY.get(kind)
        if taken is not None and taken.__module__ != cls.__module__:
            raise ValueError(f"{kind} is a kind of {taken.__module__} already")
        cls.kind, cls.vi, cls.en, cls.group, cls.colour = kind, vi, en, group, colour
        cls.words = {**cls.words, **(words or {})}
        cls.traits = cls.traits | frozenset(traits.split())
        cls.usual = {**cls.usual, **(usual or {})}
        REGISTRY[kind] = cls
        return cls

    return register


def _require_words(kind: str, words: Words) -> None:
    for name, pair in words.items():
        if len(pair) != 2 or not all(isinstance(text, str) and text.strip() for text in pair):
            raise ValueError(f"{kind} says {name} in one language only; it needs Vietnamese and English")


def discover(package: str, folders: Iterable[str]) -> None:
    """Import every module of a package of kinds, in the order of their names, so that all are registered.

    Raises:
        ImportError: naming the module that cannot be loaded, and why.
    """
    # A theme that cannot be imported is named below, as its modules are.
    walk = pkgutil.walk_packages(folders, f"{package}.", onerror=lambda _: None)
    for name in sorted(module.name for module in walk):
        try:
            importlib.import_module(name)
        except Exception as error:  # whatever is wrong in a page that somebody is writing
            raise ImportError(f"{name}: {type(error).__name__}: {error}", name=name) from error


def kinds() -> dict[str, type[Component]]:
    """All kinds by name: ParkZero's own and those of other packages, by the same entry point.

    A package of another that cannot be loaded is left out and named in ``LOST``; the others work.
    """
    for entry in entry_points(group=ENTRY_POINT):
        try:
            entry.load()  # importing a package of kinds registers them
        except Exception as error:  # whatever a package from outside does when it is imported
            if entry.value.partition(".")[0] == "parkzero":
                raise
            LOST[entry.name] = f"{type(error).__name__}: {error}"[:300]
    return dict(sorted(REGISTRY.items()))


def replace(component: Component, **changes: object) -> Component:
    """A copy with some fields changed."""
    return dataclasses.replace(component, **changes)  # type: ignore[arg-type]  # fields differ by kind
