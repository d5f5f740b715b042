"""An append-only book of entries, each sealed with the hash of the one before: nothing written is changed.

One line for each entry: ``{"hash":"…","entry":{…}}``. The hash is SHA-256 over the hash before and the
entry's own text, so that one altered byte anywhere breaks the chain from there on. Corrections are entries of
their own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import Text, say

FIRST: Final = "0" * 64
_HEAD: Final = '{"hash":"'
_MIDDLE: Final = '","entry":'
_START: Final = len(_HEAD) + 64 + len(_MIDDLE)
MOST_BYTES: Final = 2_000_000_000
LONGEST: Final = 20_000

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chain:
    """A book that was read.

    Attributes:
        entries: in order.
        head: hash of the last one.
    """

    entries: tuple[Entry, ...]
    head: str


def sealed(before: str, text: str) -> str:
    """Hash of an entry's text after the hash before."""
    return hashlib.sha256(f"{before}{text}".encode()).hexdigest()


def text_of(entry: Entry) -> str:
    """An entry as it is written: keys in order, no spaces."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def line_of(before: str, entry: Entry) -> tuple[str, str]:
    """The line of an entry and its hash."""
    text = text_of(entry)
    digest = sealed(before, text)
    return f"{_HEAD}{digest}{_MIDDLE}{text}}}\n", digest


def read(path: Path, noted: str = "") -> Chain:
    """Read a book and verify every hash of it.

    A chain cannot know that its last entries were cut off: who noted a head elsewhere can.

    Args:
        path: the book.
        noted: an earlier head, or how it begins; it must be the hash of some entry.

    Raises:
        StudyError: at the first line that was altered, or that is no entry; where the noted head is missing.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _broken(path, 0, say("is too large"))
        content = path.read_bytes()
    except OSError as error:
        raise _broken(path, 0, say("cannot be read"), error.strerror or "") from None
    lines = content.split(b"\n")
    if lines[-1] != b"":
        raise _broken(path, len(lines), say("ends in the middle of an entry"))
    before, texts, seen = FIRST, [], False
    for number, raw in enumerate(lines[:-1], 1):
        head, digest, middle = (
            raw[: len(_HEAD)],
            raw[len(_HEAD) : len(_HEAD) + 64],
            raw[len(_HEAD) + 64 : _START],
        )
        text = raw[_START:-1]
        if head != _HEAD.encode() or middle != _MIDDLE.encode() or raw[-1:] != b"}":
            raise _broken(path, number, say("is no entry of a register"))
        if hashlib.sha256(before.encode() + text).hexdigest().encode() != digest:
            raise _broken(path, number, say("was altered: its hash does not follow from the entry before"))
        before = digest.decode()
        seen = seen or before.startswith(noted)
        texts.append(text)
    try:
        entries = tuple(json.loads(b"[" + b",".join(texts) + b"]"))
    except ValueError:
        raise _broken(path, 0, say("is no entry of a register")) from None
    if noted and not seen:
        raise _broken(path, len(texts), say("has no entry with the noted head: entries are cut off"), noted)
    return Chain(entries, before)


def append(path: Path, chain: Chain, entries: Iterable[Entry]) -> Chain:
    """Add entries at the end, on disk before it returns.

    Args:
        path: the book; made where it is not there yet.
        chain: the book as it was read; where it has grown since, nothing is written.
        entries: what is added.

    Raises:
        StudyError: when the book has grown since, or cannot be written.
    """
    before, lines, added = chain.head, [], []
    for entry in entries:
        line, before = line_of(before, entry)
        if len(line) > LONGEST:
            raise _broken(path, len(chain.entries) + 1, say("is too long"))
        lines.append(line)
        added.append(entry)
    try:
        with path.open("ab") as file:
            if _last_hash(path) != chain.head:
                raise _broken(
                    path, len(chain.entries), say("has grown since it was read"), "", say("try again")
                )
            file.write("".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _broken(path, 0, say("cannot be written"), error.strerror or "") from None
    return Chain((*chain.entries, *added), before)


def _last_hash(path: Path) -> str:
    size = path.stat().st_size
    if size == 0:
        return FIRST
    with path.open("rb") as file:
        file.seek(max(0, size - 2 * LONGEST))
        last = file.read().rstrip(b"\n").rsplit(b"\n", 1)[-1]
    return last[len(_HEAD) : len(_HEAD) + 64].decode("ascii", "replace")


def _broken(path: Path, line: int, what: Text, got: str = "", needs: Text | None = None) -> StudyError:
    fault = Fault(Place(path.name, line=line), what, got, needs or say("a register as ParkZero wrote it"))
    return StudyError([fault], say("The register"))
