"""What the commands plan, explain and report say in the terminal, in both languages."""

from __future__ import annotations

from parkzero import texts
from parkzero.texts import Lang


def say(key: str, lang: Lang, **given: object) -> str:
    """A phrase in a language."""
    return texts.say(f"plan.{key}", **given).of(lang)


def number(value: float, lang: Lang, decimals: int = 0) -> str:
    """A number as the language writes it: 1.234,5 in Vietnamese, 1,234.5 in English."""
    text = f"{value:,.{decimals}f}"
    if text.strip("-0.") == "":
        text = text.lstrip("-")
    return text.translate(str.maketrans(",.", ".,")) if lang == "vi" else text


def share(value: float, lang: Lang, decimals: int = 1) -> str:
    """A share in percent."""
    return number(value * 100, lang, decimals) + (" %" if lang == "vi" else "%")


def small(value: float, lang: Lang) -> str:
    """A residual: 0, or a power of ten as the language writes it."""
    if not value:
        return "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    text = f"{mantissa}×10{power}"
    return text.replace(".", ",") if lang == "vi" else text


def gap_text(gap: float | None, lang: Lang) -> str:
    """A proven gap, never shown as nothing; an infinite one is a dash."""
    if gap is None or not gap < float("inf"):
        return "–"
    return share(max(gap, 1e-5), lang, 3)
