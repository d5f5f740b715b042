"""What ``reasons`` says, in English and Vietnamese."""

from __future__ import annotations

from parkzero import texts
from parkzero.texts import Lang


def say(lang: Lang, key: str, **given: object) -> str:
    """A phrase in a language."""
    return texts.say(f"reason.{key}", **given).of(lang)


def number(lang: Lang, text: str) -> str:
    """A number, written in the English way, as the language writes it."""
    return text if lang == "en" else text.translate(str.maketrans(",.", ".,"))
