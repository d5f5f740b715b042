"""Words in both languages of the report: every text of the page exists as a pair.

The texts stand in ``texts/vi.toml`` and ``texts/en.toml`` under the same keys. ``say`` fills a text's
placeholders; what fills them is data and is escaped where it is written into the page, never here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

Lang = Literal["vi", "en"]
LANGS: Final[tuple[Lang, ...]] = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Both:
    """One text in Vietnamese and English."""

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


def both(text: Both | str) -> Both:
    """A pair as it is, or data that reads alike in both languages."""
    return text if isinstance(text, Both) else Both(text, text)


@lru_cache(maxsize=2)
def texts(lang: Lang) -> dict[str, str]:
    """All texts of a language by dotted key.

    Raises:
        ValueError: when a value is no text.
    """
    raw = tomllib.loads((files("parkzero.report") / "texts" / f"{lang}.toml").read_text(encoding="utf-8"))
    flat: dict[str, str] = {}
    stack: list[tuple[str, object]] = [("", raw)]
    while stack:
        prefix, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((f"{prefix}.{key}" if prefix else key, inner) for key, inner in value.items())
        elif isinstance(value, str):
            flat[prefix] = value.strip()
        else:
            raise ValueError(f"texts/{lang}.toml: {prefix} is no text")
    return flat


def say(key: str, **given: Both | str) -> Both:
    """The text of a key in both languages, with its placeholders filled.

    Raises:
        KeyError: when a language lacks the key or a placeholder is not given.
    """
    pairs = {name: both(value) for name, value in given.items()}
    vi = texts("vi")[key].format(**{name: pair.vi for name, pair in pairs.items()})
    en = texts("en")[key].format(**{name: pair.en for name, pair in pairs.items()})
    return Both(vi, en)


def counted(key: str, count: int, **given: Both | str) -> Both:
    """The text of a key for a count: that of ``key_one`` for one, else with the count filled in."""
    told = Both(f"{count:,}".replace(",", "."), f"{count:,}")
    return say(f"{key}_one", **given) if count == 1 else say(key, **given, count=told)


def known(key: str, otherwise: str) -> Both:
    """The text of a key, or ``otherwise`` where no language has it (a kind that came later, say)."""
    return say(key) if key in texts("vi") and key in texts("en") else both(otherwise)
