"""Words of the report, in both languages at once: the page holds each text as a pair.

The texts stand in ``parkzero/texts/report.vi.toml`` and ``report.en.toml`` under the same keys. What fills a
text's places is data and is escaped where it is written into the page, never here.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

from parkzero import texts
from parkzero.texts import LANGS, Both, Lang, both, known
from parkzero.texts.catalogue import catalogue

__all__ = ["LANGS", "Both", "Lang", "both", "counted", "known", "remarks", "say", "told"]


def say(key: str, **given: Both | str) -> Both:
    """The text of a key in both languages, with its places filled.

    Raises:
        KeyError: when a language lacks the key, or a place is not given.
    """
    if key not in catalogue("vi") or key not in catalogue("en"):
        raise KeyError(key)
    if not given and "{" in catalogue("en")[key]:
        raise KeyError(f"{key} has places that are not given")
    return texts.say(key, **given).both()


def told(row: Mapping[str, object], name: str) -> Both:
    """A remark that a row holds in both languages: its English under a name, its Vietnamese beside it."""
    en = str(row.get(name) or "")
    return Both(str(row.get(f"{name}_vi") or en), en)


def remarks(summary: Mapping[str, object], name: str) -> list[Both]:
    """The remarks that a summary lists in both languages, each once; what lacks Vietnamese is English."""
    lists = [summary.get(name), summary.get(f"{name}_vi")]
    en, vi = ([str(text) for text in found] if isinstance(found, list) else [] for found in lists)
    pairs = zip_longest(en, vi[: len(en)], fillvalue="")
    return list(dict.fromkeys(Both(there or text, text) for text, there in pairs))


def counted(key: str, count: int, **given: Both | str) -> Both:
    """The text of a key for a count: that of ``key_one`` for one, else with the count filled in."""
    told = Both(f"{count:,}".replace(",", "."), f"{count:,}")
    return say(f"{key}_one", **given) if count == 1 else say(key, **given, count=told)
