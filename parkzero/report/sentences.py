"""Sentences that other layers wrote in English, read in both languages.

Planning, the audit and the reading of a study leave their remarks in the results as English sentences. The
table ``texts/sentences.toml`` says how they read in Vietnamese. A sentence that it lacks is shown as it is.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final

from parkzero.report.words import Both, both

_HOLE: Final = re.compile(r"\{(\w+)\}")
_NUMBER: Final = r"[-+]?[\d.,]*\d[\d.,]*(?:e[-+]?\d+)?%?"
_SWAP: Final = str.maketrans(",.", ".,")
# Longer or more nested texts come from hostile names, not from our own code.
_LONGEST: Final = 600
_DEEPEST: Final = 3


@lru_cache(maxsize=1)
def table() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each sentence as a pattern of its English, and its Vietnamese."""
    raw = tomllib.loads((files("parkzero.report") / "texts" / "sentences.toml").read_text(encoding="utf-8"))
    return tuple((_pattern(row["en"]), row["vi"]) for row in raw["sentence"])


def _pattern(english: str) -> re.Pattern[str]:
    parts = _HOLE.split(english)
    for i, part in enumerate(parts):
        named = f"(?P<{part}>{_NUMBER if part.endswith('_n') else '.+?'})"
        parts[i] = named if i % 2 else re.escape(part)
    return re.compile("".join(parts), re.DOTALL)


@lru_cache(maxsize=4096)
def sentence(text: str, accounts: tuple[tuple[str, str], ...] = (), depth: int = 0) -> Both:
    """A sentence in both languages; one that the table lacks reads alike in both.

    Args:
        text: the sentence.
        accounts: Vietnamese name of each account that it may name.
        depth: how many sentences it stands in.
    """
    if depth > _DEEPEST:
        return both(text)
    for pattern, vietnamese in table() if len(text) <= _LONGEST else ():
        found = pattern.fullmatch(text)
        told = None if found is None else _filled(vietnamese, found.groupdict(), accounts, depth)
        if told is not None:
            return Both(told, text)
    return both(text)


def _filled(
    vietnamese: str, given: dict[str, str], accounts: tuple[tuple[str, str], ...], depth: int
) -> str | None:
    """The sentence with what stands in its placeholders; None where one of them does not fit."""
    told: dict[str, str] = {}
    for name, value in given.items():
        if name.endswith("_n"):
            told[name] = value.translate(_SWAP)
        elif name.startswith("inner"):
            told[name] = sentence(value, accounts, depth + 1).vi
            if told[name] == value:
                return None
        elif name == "account":
            if value not in dict(accounts):
                return None
            told[name] = dict(accounts)[value]
        elif name == "places":
            told[name] = re.sub(r"\bline (?=\d+:)", "dòng ", re.sub(r"\bstep (?=\d)", "bước ", value))
        else:
            told[name] = value
    return _HOLE.sub(lambda hole: told[hole[1]], vietnamese)
