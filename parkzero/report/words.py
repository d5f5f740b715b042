"""Words of the report, in both languages at once: the page holds each text as a pair.

The texts stand in ``parkzero/texts/report.vi.toml`` and ``report.en.toml`` under the same keys. What fills a
text's places is data and is escaped where it is written into the page, never here.
"""

from __future__ import annotations

from parkzero import texts
from parkzero.texts import LANGS, Both, Lang, both, known
from parkzero.texts.catalogue import catalogue

__all__ = ["LANGS", "Both", "Lang", "both", "counted", "known", "say"]


def say(key: str, **given: Both | str) -> Both:
    """The text of a key in both languages, with its places filled.

    Raises:
        KeyError: when a language lacks the key, or a place is not given.
    """
    if key not in catalogue("vi") or key not in catalogue("en"):
        raise KeyError(key)
    return texts.say(key, **given).both()


def counted(key: str, count: int, **given: Both | str) -> Both:
    """The text of a key for a count: that of ``key_one`` for one, else with the count filled in."""
    told = Both(f"{count:,}".replace(",", "."), f"{count:,}")
    return say(f"{key}_one", **given) if count == 1 else say(key, **given, count=told)
