"""Assets of which some fields have faults: they stand around the others, so that all faults are told at once.

What only needs fields that were read is checked; whatever asks for one that was not is left out, so that no
fault is told that follows from another.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from parkzero.language.component import Component


class Unread(Exception):
    """A field was asked for that could not be read."""


def half_read(
    kind: type[Component], name: str, made: Mapping[str, Any], given: Collection[str], strange: bool
) -> Component:
    """An asset that knows the fields that were read, and raises ``Unread`` when asked for others.

    Args:
        kind: what it is.
        name: of the asset.
        made: its fields as they were read; None where one has a fault.
        given: the fields that its table gives.
        strange: whether the table holds a field that its kind does not know: it may be any that is not given.
    """
    fields = {f.name: f for f in dataclasses.fields(kind)}
    values: dict[str, Any] = {"name": name}
    for key, one in fields.items():
        if key in made:
            values |= {key: made[key]} if made[key] is not None else {}
        elif key not in given and not strange:
            if one.default is not dataclasses.MISSING:
                values[key] = one.default
            elif one.default_factory is not dataclasses.MISSING:
                values[key] = one.default_factory()
    unread = frozenset(fields) - values.keys()

    def read(self: Component, key: str) -> Any:  # noqa: ANN401  whatever the field holds
        if key in unread:
            raise Unread(key)
        return object.__getattribute__(self, key)

    made_so: Component = object.__new__(type(kind.__name__, (kind,), {"__getattribute__": read}))
    for key, value in values.items():
        object.__setattr__(made_so, key, value)
    return made_so
