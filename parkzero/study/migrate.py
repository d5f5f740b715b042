"""Formats of study files: older ones are brought to the newest, step by step; newer ones are refused.

A new format is one more entry of ``MIGRATIONS``: a function from the tree of one format to that of the next,
with what it changed in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from parkzero.errors import Fault, Place, StudyError
from parkzero.study.desk import shown
from parkzero.study.document import Document, Path, Tree

FORMAT = 1
"""The format that this version of ParkZero reads and writes."""

Migration = Callable[[Tree], tuple[Tree, tuple[str, ...]]]

_RENAMED = {"asset": "assets", "tenant": "tenants", "bus": "buses", "policy": "policies"}


def _to_1(tree: Tree) -> tuple[Tree, tuple[str, ...]]:
    """Format 0 named its sections in the singular."""
    old = [name for name in _RENAMED if name in tree and _RENAMED[name] not in tree]
    renamed = {(_RENAMED[k] if k in old else k): v for k, v in tree.items()}
    return renamed, tuple(f"[{name}] is now called [{_RENAMED[name]}]" for name in old)


MIGRATIONS: Mapping[int, Migration] = {0: _to_1}


def migrated(document: Document) -> tuple[Document, tuple[str, ...]]:
    """The document in the newest format, and what was changed.

    Raises:
        StudyError: when the format is missing, is no format, or is newer than this version knows.
    """
    tree = document.tree
    version = tree.get("format")
    if isinstance(version, bool) or not isinstance(version, int | float) or version != version // 1:
        what = "is missing" if version is None else "is no format"
        got = "" if version is None else shown(version)
        raise _refused(document, what, got, f"format = {FORMAT} as the first line of the study")
    if version > FORMAT:
        hint = "update ParkZero, or save the study in the older format"
        raise _refused(
            document, "is newer than this version of ParkZero reads", shown(version), f"up to {FORMAT}", hint
        )
    if version < min(MIGRATIONS):
        raise _refused(document, "is no format", shown(version), f"{min(MIGRATIONS)} to {FORMAT}")
    places = dict(document.places)
    found: list[str] = []
    for step in range(int(version), FORMAT):
        tree, said = MIGRATIONS[step](tree)
        found += [f"{document.file} is in format {step}: {note}" for note in said]
        places = {_renamed(path): place for path, place in places.items()}
    return Document({**tree, "format": FORMAT}, document.file, places), tuple(found)


def _renamed(path: Path) -> Path:
    return (_RENAMED.get(path[0], path[0]), *path[1:]) if path else path


def _refused(document: Document, what: str, got: str, needs: str, hint: str = "") -> StudyError:
    where = document.place(("format",))
    place = where if where.file else Place(document.file, field="format")
    return StudyError([Fault(place, what, got, needs, hint)], title=document.file)
