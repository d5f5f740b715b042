"""Formats of study files: older ones are brought to the newest, step by step; newer ones are refused.

A new format is one more entry of ``MIGRATIONS``: a function from the tree of one format to that of the next,
with what it changed in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from parkzero.errors import Fault, Place, StudyError
from parkzero.study.desk import shown
from parkzero.study.document import Document, Path, Tree
from parkzero.texts import NOTHING, Text, say

FORMAT = 1
"""The format that this version of ParkZero reads and writes."""

Migration = Callable[[Tree], tuple[Tree, tuple[Text, ...]]]

_RENAMED = {"asset": "assets", "tenant": "tenants", "bus": "buses", "policy": "policies"}


def _to_1(tree: Tree) -> tuple[Tree, tuple[Text, ...]]:
    """Format 0 named its sections in the singular."""
    old = [name for name in _RENAMED if name in tree and _RENAMED[name] not in tree]
    renamed = {(_RENAMED[k] if k in old else k): v for k, v in tree.items()}
    return renamed, tuple(say("[{old}] is now called [{new}]", old=name, new=_RENAMED[name]) for name in old)


MIGRATIONS: Mapping[int, Migration] = {0: _to_1}


def migrated(document: Document) -> tuple[Document, tuple[Text, ...]]:
    """The document in the newest format, and what was changed.

    Raises:
        StudyError: when the format is missing, is no format, or is newer than this version knows.
    """
    tree = document.tree
    version = tree.get("format")
    if isinstance(version, bool) or not isinstance(version, int | float) or version != version // 1:
        what = say("is missing") if version is None else say("is no format")
        got = "" if version is None else shown(version)
        raise _refused(
            document, what, got, say("format = {format} as the first line of the study", format=FORMAT)
        )
    if version > FORMAT:
        hint = say("update ParkZero, or save the study in the older format")
        raise _refused(
            document,
            say("is newer than this version of ParkZero reads"),
            shown(version),
            say("up to {format}", format=FORMAT),
            hint,
        )
    if version < min(MIGRATIONS):
        raise _refused(
            document,
            say("is no format"),
            shown(version),
            say("{least} to {format}", least=min(MIGRATIONS), format=FORMAT),
        )
    places = dict(document.places)
    found: list[Text] = []
    for step in range(int(version), FORMAT):
        tree, said = MIGRATIONS[step](tree)
        found += [
            say("{file} is in format {number}: {note}", file=document.file, number=step, note=n) for n in said
        ]
        places = {_renamed(path): place for path, place in places.items()}
    return Document({**tree, "format": FORMAT}, document.file, places), tuple(found)


def _renamed(path: Path) -> Path:
    return (_RENAMED.get(path[0], path[0]), *path[1:]) if path else path


def _refused(document: Document, what: Text, got: str, needs: Text, hint: Text = NOTHING) -> StudyError:
    where = document.place(("format",))
    place = where if where.file else Place(document.file, field="format")
    return StudyError([Fault(place, what, got, needs, hint)], title=document.file)
