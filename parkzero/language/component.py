"""The base of all components, and the registry of their kinds.

A component is a frozen record with ``build(lp)``: it says its rules to a block and never sees a year, a
weight, a mean day or a scenario. The registry is the schema of study files.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, ClassVar, TypeVar

from parkzero.language.fields import ByYear, by_year, constant, integer, quantity, text
from parkzero.units import ONE, YEAR, Quantity, Unit

if TYPE_CHECKING:
    from parkzero.language.block import Block
    from parkzero.lp.expr import Expr

C = TypeVar("C", bound="type[Component]")
ENTRY_POINT = "parkzero.components"
REGISTRY: dict[str, type[Component]] = {}


@dataclass(frozen=True, kw_only=True)
class Component(ABC):
    """Something that stands in the park.

    Attributes:
        name: unique name of the asset.
        owner: tenant that bears its costs; the park itself when empty.
    """

    kind: ClassVar[str] = ""
    name: str
    owner: str = text("tenant that owns it and bears its cost; empty for the park", default="")
    note: str = text("free text, shown in the report's assumptions", default="")

    @abstractmethod
    def build(self, lp: Block) -> None:
        """Say the sizes, flows, rules, injections and bookings of one year."""

    def settle(self, lp: Block) -> None:  # noqa: B027  # most components have nothing to settle
        """Say rules over what others have booked; called when every component has been built."""


@dataclass(frozen=True, kw_only=True)
class Sized(Component):
    """A component whose sizes may be built in any milestone year.

    Vintages are pooled: all cohorts of an asset share its hourly variables and its operating parameters. A
    better generation (a higher COP, say) is an asset of its own with its own ``first_year``.
    """

    lifetime: Quantity = quantity(YEAR, "years from building to retirement", above=0, most=100)
    fixed_om: ByYear = by_year(
        ONE,
        "fixed operation and maintenance per year, as a share of the investment",
        most=1,
        default=constant(0.0),
    )
    first_year: int = integer("first year in which it may be built", least=1900, most=2200, default=1900)
    existing_until: int = integer(
        "year in which existing equipment retires (it no longer stands in that year)",
        least=1900,
        most=2300,
        default=2300,
    )

    def size(
        self,
        lp: Block,
        name: str,
        unit: Unit,
        cost: ByYear,
        *,
        most: Quantity | None,
        most_each: Quantity | None,
        existing: Quantity | None,
        whole: Quantity | None = None,
    ) -> Expr:
        """A size of this asset with its lifetime, upkeep and dates; see ``Block.size``."""
        return lp.size(
            name,
            unit,
            cost=cost,
            most=most,
            most_each=most_each,
            existing=existing,
            whole=whole,
            lifetime=self.lifetime,
            fixed_om=self.fixed_om,
            first_year=self.first_year,
            existing_until=self.existing_until,
        )


def component(kind: str) -> Callable[[C], C]:
    """Register a component under the word that study files use for it."""

    def register(cls: C) -> C:
        cls.kind = kind
        REGISTRY[kind] = cls
        return cls

    return register


def kinds() -> dict[str, type[Component]]:
    """All kinds by name: ParkZero's own and those of other packages, by the same entry point."""
    for entry in entry_points(group=ENTRY_POINT):
        entry.load()  # importing a package of kinds registers them
    return dict(sorted(REGISTRY.items()))


def replace(component: Component, **changes: object) -> Component:
    """A copy with some fields changed."""
    return dataclasses.replace(component, **changes)  # type: ignore[arg-type]  # fields differ by kind
