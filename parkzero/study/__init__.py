"""Studies: what a plan is made from, read from a folder or a workbook, or composed in code.

The readers load when they are first asked for: the processes that only operate years need none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from parkzero.language.site import Bus
from parkzero.study.study import Source, Study, Tenant, milestones

if TYPE_CHECKING:
    from parkzero.study.json_schema import schema
    from parkzero.study.migrate import FORMAT
    from parkzero.study.reader import read
    from parkzero.study.writer import to_folder, to_workbook, write

_LATER = {
    "FORMAT": "migrate",
    "read": "reader",
    "schema": "json_schema",
    "to_folder": "writer",
    "to_workbook": "writer",
    "write": "writer",
}

__all__ = [
    "FORMAT",
    "Bus",
    "Source",
    "Study",
    "Tenant",
    "milestones",
    "read",
    "schema",
    "to_folder",
    "to_workbook",
    "write",
]


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = value
    return value
