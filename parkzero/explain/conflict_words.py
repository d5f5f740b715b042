"""The phrases in which conflicts are told, in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from parkzero import texts
from parkzero.texts import Both, Lang
from parkzero.texts.catalogue import catalogue
from parkzero.texts.text import filled

LANGS: tuple[Lang, ...] = ("en", "vi")


def say(lang: Lang, key: str, **given: object) -> str:
    """A phrase in a language."""
    return texts.say(f"conflict.{key}", **given).of(lang)


def says(lang: Lang, own: tuple[str, str] | None, rule: str, bound: str, given: Mapping[str, str]) -> str:
    """What a rule of an asset says: in its kind's own words, else in those common to rules of its name.

    A rule that has neither is named. Words may hold the limit, ``{bound}``, and the kind's own numbers.
    """
    if own is not None:
        return filled(Both(*own).of(lang), {**given, "bound": bound}, lang)
    known = rule if f"keeps.{rule}" in catalogue("en") else "other_rule"
    return texts.say(f"keeps.{known}", bound=bound, rule=rule).of(lang)


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
