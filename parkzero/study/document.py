"""A study as it was written: a tree of tables and values, each with its place, before anything is read.

The tree is the same whether it came from ``park.toml`` or from a workbook.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import NOTHING, Text, say

SECTIONS = (
    "format", "name", "language", "park", "years", "money", "planning", "tenants", "actors", "carriers",
    "buses", "assets", "policies",
)  # fmt: skip
MAX_TOML_CHARACTERS = 2_000_000
MAX_DEPTH = 10
_LONGEST_KEY = 400
_LONG_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]{1,200}|"[^"\n]{0,200}"|'[^'\n]{0,200}')[ \t]*\.[ \t]*){12}"""
)
_HEADER = re.compile(r"^\s*\[{1,2}([^\[\]=#]+)\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w.\- ]|"[^"]*"|'[^']*')+?)\s*=""")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")

Path = tuple[str, ...]
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A study as written.

    Attributes:
        tree: nested tables; leaves are text, numbers, flags, dates and lists.
        file: name of the file it came from.
        places: line or cell of the keys that were seen, by path.
    """

    tree: Tree
    file: str
    places: Mapping[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """Where a value stands: its own place, or that of the table around it."""
        for length in range(len(path), 0, -1):
            seen = self.places.get(path[:length])
            if seen is not None:
                return Place(seen.file, seen.sheet, seen.cell, seen.line, ".".join(path))
        return Place(self.file, field=".".join(path))


def parse_toml(text: str, file: str) -> Document:
    """Read the text of a ``park.toml``.

    Raises:
        StudyError: when the text is no TOML, or is larger or deeper than a study needs.
    """
    if len(text) > MAX_TOML_CHARACTERS:
        raise _refusal(
            file,
            say("is too large"),
            say("{count:,} characters", count=len(text)),
            say("at most {most:,}", most=MAX_TOML_CHARACTERS),
        )
    if _LONG_KEY.search(text):
        raise _refusal(
            file,
            say("nests keys deeper than a study needs"),
            needs=say("at most {max_depth} levels", max_depth=MAX_DEPTH),
        )
    try:
        tree = tomllib.loads(text)
    except RecursionError:
        raise _refusal(
            file,
            say("nests values deeper than a study needs"),
            needs=say("at most {max_depth} levels", max_depth=MAX_DEPTH),
        ) from None
    except ValueError as error:  # TOMLDecodeError, and whole numbers of thousands of digits
        raise StudyError([_syntax_fault(file, str(error))], title=file) from None
    check_depth(tree, file)
    return Document(tree, file, _lines(text, file))


def _refusal(file: str, what: Text, got: str = "", needs: Text = NOTHING) -> StudyError:
    return StudyError([Fault(Place(file), what, got, needs)], title=file)


_NAMES = re.compile(r"\('[^()]*\)")


def _syntax_fault(file: str, message: str) -> Fault:
    found = _AT_LINE.search(message)
    line = int(found.group(1)) if found else 0
    said = _AT_LINE.sub("", message).strip()[:160]
    if "twice" in said or "overwrite" in said.lower():
        hint = say("delete one of the two, or give it another name")
        names = _NAMES.search(said)
        got = "[" + ".".join(re.findall(r"'([^']*)'", names[0])) + "]" if names else said
        return Fault(Place(file, line=line), say("is written twice"), got, hint=hint)
    hint = say('text needs quotation marks; a name with a dot too: [buses."t1.electricity"]')
    return Fault(Place(file, line=line), say("is not valid TOML"), said, hint=hint)


def check_depth(tree: Tree, file: str) -> None:
    """Raise ``StudyError`` when the tree is nested deeper than ``MAX_DEPTH``; never recurses."""
    level: list[Any] = [tree]
    for _ in range(MAX_DEPTH):
        level = [v for node in level for v in _children(node) if isinstance(v, dict | list)]
        if not level:
            return
    raise _refusal(
        file,
        say("nests values deeper than a study needs"),
        needs=say("at most {max_depth} levels", max_depth=MAX_DEPTH),
    )


def _children(node: Any) -> Iterator[Any]:  # noqa: ANN401  a TOML value may be anything
    yield from node.values() if isinstance(node, dict) else node


def _lines(text: str, file: str) -> dict[Path, Place]:
    """The line of each table and key; for messages only, so what cannot be told is left out."""
    places: dict[Path, Place] = {}
    table: Path = ()
    for number, whole in enumerate(text.splitlines(), 1):
        line = whole[
            :_LONGEST_KEY
        ]  # keys stand first, and a search through endless spaces would take for ever
        header = _HEADER.match(line)
        if header:
            table = _key_path(header.group(1)) or table
            places.setdefault(table, Place(file, line=number))
            continue
        key = _KEY.match(line)
        if key and (path := _key_path(key.group(1))):
            places.setdefault(table + path, Place(file, line=number))
    return places


def _key_path(text: str) -> Path:
    try:
        node: Any = tomllib.loads(f"{text.strip()} = 0")
    except (ValueError, RecursionError):
        return ()
    path: list[str] = []
    while isinstance(node, dict) and len(node) == 1:
        key, node = next(iter(node.items()))
        path.append(key)
    return tuple(path)
