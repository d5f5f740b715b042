"""Formats of study files: older ones are brought to the newest, step by step; newer ones are refused.

A new format is one more entry of ``MIGRATIONS``: a function from the tree of one format to that of the next,
with what it changed in words and where each value stands now, so that a fault still points to the user's own
line or cell.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from parkzero.errors import Fault, Place, StudyError
from parkzero.study.desk import shown
from parkzero.study.document import Document, Path, Tree
from parkzero.texts import NOTHING, Text, say

FORMAT = 2
"""The format that this version of ParkZero reads and writes."""

_RENAMED = {"asset": "assets", "tenant": "tenants", "bus": "buses", "policy": "policies"}


@dataclass(frozen=True, slots=True)
class Migrated:
    """A tree in the next format.

    Attributes:
        tree: the tree.
        notes: what was changed, in words.
        moved: where a path of the old format stands now.
    """

    tree: Tree
    notes: tuple[Text, ...]
    moved: Callable[[Path], Path]


Migration = Callable[[Tree], Migrated]


def _to_1(tree: Tree) -> Migrated:
    """Format 0 named its sections in the singular."""
    old = [name for name in _RENAMED if name in tree and _RENAMED[name] not in tree]
    renamed = {(_RENAMED[k] if k in old else k): v for k, v in tree.items()}
    notes = tuple(say("[{old}] is now called [{new}]", old=name, new=_RENAMED[name]) for name in old)
    return Migrated(renamed, notes, lambda path: (_RENAMED.get(path[0], path[0]), *path[1:]))


def _to_2(tree: Tree) -> Migrated:
    """Format 1 wrote the fields of a size side by side; a size is a table of its own."""
    assets = tree.get("assets")
    if not isinstance(assets, dict):
        return Migrated(tree, (), lambda path: path)
    met: dict[str, str] = {}
    made = {name: _sized(table, met) for name, table in assets.items()}
    kinds = {name: _kind(table) for name, table in assets.items()}

    def moved(path: Path) -> Path:
        if len(path) < 3 or path[0] != "assets":
            return path
        new = _sizes().get(kinds.get(path[1], ""), {}).get(path[2])
        return path if new is None else (*path[:2], *new.split("."), *path[3:])

    moves = ", ".join(f"{old} → {new}" for old, new in met.items())
    notes = (say("sizes are tables: {moves}", moves=moves),) if met else ()
    return Migrated({**tree, "assets": made}, notes, moved)


def _sized(table: Any, met: dict[str, str]) -> Any:  # noqa: ANN401  an asset may be written as anything
    """An asset with its sizes as tables; what was moved is noted in ``met``."""
    known = _sizes().get(_kind(table), {})
    if not isinstance(table, dict) or any(
        not isinstance(table.get(n.split(".")[0], {}), dict) for n in known.values()
    ):
        return table
    made: Tree = {}
    for key, value in table.items():
        new = known.get(key) if isinstance(key, str) else None
        if new is None:
            made[key] = {**made[key], **value} if isinstance(value, dict) and key in made else value
            continue
        size, field = new.split(".")
        made[size] = {**made.get(size, {}), field: value}
        met[key] = new
    return made


def _kind(table: object) -> str:
    kind = table.get("kind") if isinstance(table, dict) else None
    return kind if isinstance(kind, str) else ""


@cache
def _sizes() -> Mapping[str, Mapping[str, str]]:
    """Of each kind of format 1, where the fields of its sizes stand now."""
    text = (files("parkzero.study") / "format_2.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["kind"], {})[row["old"]] = row["new"]
    return found


MIGRATIONS: Mapping[int, Migration] = {0: _to_1, 1: _to_2}


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
        done = MIGRATIONS[step](tree)
        tree = done.tree
        found += [
            say("{file} is in format {number}: {note}", file=document.file, number=step, note=note)
            for note in done.notes
        ]
        places = {(done.moved(path) if path else path): place for path, place in places.items()}
    return Document({**tree, "format": FORMAT}, document.file, places), tuple(found)


def _refused(document: Document, what: Text, got: str, needs: Text, hint: Text = NOTHING) -> StudyError:
    where = document.place(("format",))
    place = where if where.file else Place(document.file, field="format")
    return StudyError([Fault(place, what, got, needs, hint)], title=document.file)
