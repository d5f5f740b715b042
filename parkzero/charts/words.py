"""Texts on charts: told in either language, or in both at once for a page that holds both."""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.texts import Lang, Speakable

BETWEEN = "\ue0ff"
"""Parts Vietnamese from English in a drawing for both: a private sign that ``clean`` takes from texts."""

_INVISIBLE = {
    c: None
    for c in (*range(0x20), 0x7F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xE0FF, 0xFFFE, 0xFFFF)
    if c not in (0x09, 0x0A, 0x0D)
}


Words = str | Speakable
"""A text in both languages, or data that reads alike in both."""


def clean(text: str) -> str:
    """Text without control characters, those that turn the direction of reading, and halves of pairs.

    What XML cannot hold would not only spoil a drawing: the renderer ends the process on it.
    """
    return text.translate(_INVISIBLE).encode("utf-8", "replace").decode("utf-8")


def told(words: Words, lang: Lang | None) -> str:
    """The text in a language; for None in both, parted by ``BETWEEN`` where they differ."""
    if lang is not None:
        return clean(words if type(words) is str else words.of(lang) if hasattr(words, "of") else str(words))
    vi, en = told(words, "vi"), told(words, "en")
    return vi if vi == en else f"{vi}{BETWEEN}{en}"


@dataclass(frozen=True, slots=True, init=False)
class Phrase:
    """Words beside each other."""

    parts: tuple[Words, ...]

    def __init__(self, *parts: Words) -> None:
        object.__setattr__(self, "parts", parts)

    def of(self, lang: Lang, /) -> str:
        """The text in one language."""
        return "".join(told(part, lang) for part in self.parts)
