"""Whose rule or flow it is: names of the model split into asset and what of it."""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.study.study import Study


@dataclass(frozen=True, slots=True)
class Names:
    """Assets and buses of a study by name.

    Attributes:
        kinds: kind of each asset.
        owners: owner of each asset.
        buses: names of the buses.
    """

    kinds: dict[str, str]
    owners: dict[str, str]
    buses: frozenset[str]

    def split(self, name: str) -> tuple[str, str]:
        """Asset and the rest of a name such as ``t1.pv.weather``; assets and buses may hold dots.

        A name of no known asset or bus is split at its last dot.
        """
        parts = name.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            asset = ".".join(parts[:cut])
            if asset in self.kinds or asset in self.buses:
                return asset, ".".join(parts[cut:])
        return ".".join(parts[:-1]), parts[-1]


def names_of(study: Study) -> Names:
    """Assets and buses of a study."""
    return Names(
        {c.name: c.kind for c in study.components},
        {c.name: c.owner for c in study.components},
        frozenset(study.buses),
    )
