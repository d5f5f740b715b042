"""Actors: who pays whom.

Every booking has a payer and a payee. The payer is who bears the asset: a tenant, the park company or an
investor. The payee is the actor that its account usually goes to (``accounts.csv`` says which), or one that
the component names. What one actor within the plan pays another is booked to both, so that it leaves the sum
of all alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Role = Literal["tenant", "park", "investor", "utility", "supplier", "state", "world"]
ROLES: Final = get_args(Role)
WITHIN: Final[tuple[Role, ...]] = ("tenant", "park", "investor")
"""Whose costs the plan adds up; all others stand outside."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who pays or is paid.

    Attributes:
        id: the word for it in tables.
        role: what it is to the park.
        en, vi: its name.
    """

    id: str
    role: Role
    en: str
    vi: str

    @property
    def within(self) -> bool:
        """Whether the plan adds up its costs."""
        return self.role in WITHIN


PARK: Final = "park"
USUAL: Final[Mapping[str, Actor]] = {
    actor.id: actor
    for actor in (
        Actor(PARK, "park", "Park company", "Công ty hạ tầng khu"),
        Actor("investors", "investor", "Investors", "Nhà đầu tư"),
        Actor("utility", "utility", "Utility", "Bên bán điện, nước"),
        Actor("supplier", "supplier", "Suppliers", "Nhà cung cấp"),
        Actor("state", "state", "State", "Nhà nước"),
        Actor("world", "world", "Outside world", "Bên ngoài"),
    )
}
"""Who is there in every study; a study may name others."""


def payer_of(owner: str) -> str:
    """The actor behind an owner: the park company where nobody is named."""
    return owner or PARK


def within(actors: Iterable[Actor]) -> frozenset[str]:
    """Whose costs the plan adds up."""
    return frozenset(actor.id for actor in actors if actor.within)
