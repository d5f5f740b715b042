"""Components of a park, by theme, one page each; importing the package registers their kinds.

A new kind is a module in a theme's folder. Nothing is entered here: every module is found, and by the name of
its class a kind can be imported from here, ``from parkzero.components import Battery``.
"""

from __future__ import annotations

from typing import Any

from parkzero.language.component import REGISTRY, Component, discover, kinds
from parkzero.language.fields import ByYear, Profile, Size, constant

__all__ = ["ByYear", "Component", "Profile", "Size", "constant", "kinds"]

discover(__name__, __path__)


def __getattr__(name: str) -> Any:  # noqa: ANN401  a class that is known once its module was found
    found = [
        kind for kind in REGISTRY.values() if kind.__name__ == name and kind.__module__.startswith(__name__)
    ]
    if not found:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found[0]
