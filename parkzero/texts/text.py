"""A text with its values, told late in the language that is asked."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from parkzero.texts.catalogue import catalogue, template
from parkzero.texts.language import Lang

_SWAP: Final = str.maketrans(",.", ".,")


class Speakable(Protocol):
    """Whatever can be told in a language."""

    def of(self, lang: Lang, /) -> str:
        """The text in one language."""


@dataclass(frozen=True, slots=True)
class Both:
    """One text in Vietnamese and English, as a record of words holds it."""

    vi: str
    en: str

    def of(self, lang: Lang) -> str:
        """The text in one language."""
        return self.vi if lang == "vi" else self.en

    def __add__(self, other: Both | str) -> Both:
        right = both(other)
        return Both(self.vi + right.vi, self.en + right.en)

    def __radd__(self, other: str) -> Both:
        return Both(other + self.vi, other + self.en)


class Text(str):
    """A text that reads as its English and can be told in each language.

    Attributes:
        key: its id in the catalogues.
        values: what fills its places, by name.
    """

    __slots__ = ("key", "values")
    key: str
    values: Mapping[str, object]

    def __new__(cls, key: str, values: Mapping[str, object] | None = None) -> Text:
        """The text of an id, with its places filled."""
        given = dict(values or {})
        made = super().__new__(cls, filled(template(key, "en"), given, "en"))
        made.key = key
        made.values = given
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, object]]:  # type: ignore[override]
        return self.key, self.values

    def of(self, lang: Lang) -> str:
        """The text in one language."""
        return str.__str__(self) if lang == "en" else filled(template(self.key, lang), self.values, lang)

    def both(self) -> Both:
        """The text in both languages."""
        return Both(self.of("vi"), self.of("en"))


def say(key: str, /, **values: object) -> Text:
    """The text of an id, its places filled by name with texts, numbers, days or data."""
    return Text(key, values)


def data(text: object) -> Text:
    """Data as a text: a name or a number that reads alike in both languages."""
    return text if isinstance(text, Text) else say("{data}", data=text)


def listed(parts: Iterable[object]) -> Text:
    """Parts as a list, or nothing where there are none."""
    held = tuple(parts)
    return joined(held) if held else NOTHING


def either(parts: Iterable[object]) -> Text:
    """Parts of which one will do: a or b or c."""
    told = NOTHING
    for part in parts:
        told = say("{one} or {other}", one=told, other=part) if told else data(part)
    return told


def of_error(error: BaseException) -> Text:
    """What an error says: its text where it was raised with one, else its words as they are."""
    return data(error.args[0] if len(error.args) == 1 else str(error))


def counted(key: str, count: int, /, *, one: str = "", **values: object) -> Text:
    """The text of a count: that of ``one`` (else of the id followed by ``_one``) for one."""
    return say(one or f"{key}_one", **values) if count == 1 else say(key, count=count, **values)


def known(key: str, otherwise: str) -> Both:
    """The text of an id, or ``otherwise`` where no language has it (a kind that came later, say)."""
    held = key in catalogue("vi") and key in catalogue("en")
    return say(key).both() if held else both(otherwise)


def both(text: Both | str) -> Both:
    """A pair as it is, a text in both languages, or data that reads alike in both."""
    return text if isinstance(text, Both) else text.both() if isinstance(text, Text) else Both(text, text)


def joined(parts: Iterable[object], between: str = ", ") -> Text:
    """Parts beside each other; ``between`` and the order are the same in both languages."""
    held = {f"part{i}": part for i, part in enumerate(parts)}
    return Text(between.replace("{", "{{").replace("}", "}}").join(f"{{{name}}}" for name in held), held)


def in_words(value: object, lang: Lang) -> str:
    """What fills a place: a text in its language, a day as the language writes it, data as they are."""
    if isinstance(value, Text | Both):
        return value.of(lang)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime) and lang == "vi":
        return value.strftime("%d/%m/%Y")
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return ", ".join(in_words(part, lang) for part in value)
    return str(value)


class _Places(string.Formatter):
    """Fills places by plain names only: data can steer neither attributes nor widths."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        return kwargs[field_name], field_name

    def convert_field(self, value: Any, conversion: str | None) -> Any:  # noqa: ANN401  (as the base has it)
        return repr(in_words(value, self.lang)) if conversion == "r" else value

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not format_spec and not isinstance(value, float):
            return in_words(value, self.lang)
        told = format(value, format_spec)
        return told.translate(_SWAP) if number and self.lang == "vi" else told


def filled(text: str, values: Mapping[str, object], lang: Lang) -> str:
    """A text with its places filled; one without values stands as it is, braces and all.

    Raises:
        KeyError: when a place is not given.
    """
    return _Places(lang).vformat(text, (), values) if values else text


NOTHING: Final = Text("")
"""No text: a fault without a hint, say."""
