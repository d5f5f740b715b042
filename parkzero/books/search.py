"""Searching the books by word, and what changed in a key from row to row."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from parkzero.books.entry import BookError, Dated, Entry, Statement
from parkzero.books.library import Library
from parkzero.errors import did_you_mean

Held = Entry | Statement


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a key, beside the one before it.

    Attributes:
        row: the row.
        share: by how much its value differs from that of the row before, as a share of it; None for the
            first row, for statements, and where the earlier value is zero.
        document: whether another document states it than the row before.
        gap: whether no row holds between the one before and this one.
    """

    row: Held
    share: float | None
    document: bool
    gap: bool


def history(library: Library, key: str) -> tuple[Change, ...]:
    """All rows of a key in order of date, each with what changed.

    Raises:
        BookError: if the books do not know the key; says what may have been meant.
    """
    if key not in library.by_key and key not in library.statements:
        known = [*library.by_key, *library.statements]
        raise BookError(f"the books have no key {key!r}. {did_you_mean(key, known)}".rstrip())
    changes: list[Change] = []
    for of_kind in (library.by_key.get(key, ()), library.statements.get(key, ())):
        changes += _changes(of_kind)
    return tuple(changes)


def _changes(rows: Iterable[Held]) -> list[Change]:
    listed = list(rows)
    changes = [Change(row, None, False, False) for row in listed[:1]]
    for before, row in itertools.pairwise(listed):
        share = None
        if isinstance(before, Entry) and isinstance(row, Entry) and before.value:
            share = row.value / before.value - 1
        touching = (
            before.valid_to is not None
            and row.valid_from is not None
            and (row.valid_from - before.valid_to).days == 1
        )
        changes.append(Change(row, share, row.document != before.document, not touching))
    return changes


def search(library: Library, words: Iterable[str]) -> tuple[Held, ...]:
    """Rows in which all words occur: in key, document, note or text, whatever the case or the accents.

    A word that is a key, or the beginning of keys up to a dot, finds the rows of these alone.

    Args:
        library: where to look.
        words: one or more.

    Returns:
        Entries and statements in order of key and date; none where no row has all the words.
    """
    wanted = [folded(word) for word in words]
    if len(wanted) == 1:
        below = tuple(row for row in _rows(library) if (folded(row.key) + ".").startswith(wanted[0] + "."))
        if below:
            return below
    return tuple(row for row in _rows(library) if all(word in _text(row) for word in wanted))


def suggestion(library: Library, words: Iterable[str]) -> str:
    """A key, or a word of keys, that may have been meant; empty where nothing is near."""
    keys = [*library.by_key, *library.statements]
    parts = sorted(
        {part for key in keys for part in (*key.split("."), *key.replace(".", "_").split("_")) if part}
    )
    for word in words:
        near = get_close_matches(word, keys, 1) or get_close_matches(word, parts, 1)
        if near:
            return near[0]
    return ""


def folded(text: str) -> str:
    """Text in small letters without accents, so that ``dien`` finds ``điện``."""
    split = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in split if not unicodedata.combining(c))


def _rows(library: Library) -> Iterable[Held]:
    for held in library.by_key.values():
        yield from held
    for said in library.statements.values():
        yield from said


def _text(row: Dated) -> str:
    parts = [row.key, row.document, row.article, row.seen_in, row.note, row.scope]
    if isinstance(row, Statement):
        parts += [row.text, row.text_vi]
    return folded(" ".join(parts))
