"""The phrases in which conflicts are told, in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable

from parkzero import texts
from parkzero.texts import Lang
from parkzero.texts.catalogue import catalogue

LANGS: tuple[Lang, ...] = ("en", "vi")


def say(lang: Lang, key: str, **given: object) -> str:
    """A phrase in a language."""
    return texts.say(f"conflict.{key}", **given).of(lang)


def says(lang: Lang, rule: str, bound: str) -> str:
    """What a rule of an asset says; a rule that is not known is named."""
    known = rule if f"keeps.{rule}" in catalogue("en") else "other_rule"
    return texts.say(f"keeps.{known}", bound=bound, rule=rule).of(lang)


def kind(lang: Lang, word: str) -> str:
    """A kind of component in a language; kinds without a word of their own as they are written."""
    plain = word.replace("_", " ")
    return texts.known(f"noun.{word}", plain).of(lang)


def number(lang: Lang, value: float, figures: int = 6) -> str:
    """A number as the language writes it."""
    text = f"{value + 0.0:,.{figures}g}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "vi" else text


def either(lang: Lang, parts: Iterable[str]) -> str:
    """Parts joined by "or"."""
    return say(lang, "or").join(parts)


def both(lang: Lang, parts: Iterable[str]) -> str:
    """Parts joined by "and"."""
    return say(lang, "and").join(parts)
