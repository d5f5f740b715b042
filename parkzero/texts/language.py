"""Which language is spoken: the one asked for, else the study's, else the system's, else Vietnamese."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final, Literal

Lang = Literal["vi", "en"]
LANGS: Final[tuple[Lang, ...]] = ("vi", "en")
LAST: Final[Lang] = "vi"

# In the order in which POSIX reads them, ours first. LANGUAGE is a list of its own and comes before the rest.
VARIABLES: Final = ("PARKZERO_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

_spoken: ContextVar[Lang] = ContextVar("parkzero_language", default="en")


def spoken() -> Lang:
    """The language in which ``str()`` of a fault or an error reads; English unless one is set."""
    return _spoken.get()


def speak(lang: Lang) -> None:
    """Set the language in which faults and errors read from here on, in this thread or task."""
    _spoken.set(lang)


def language_of(text: object) -> Lang | None:
    """The language that a code such as ``vi_VN.UTF-8``, ``en`` or ``English_United States`` names."""
    word = str(text).strip().lower() if isinstance(text, str) else ""
    for lang, names in (("vi", ("vi", "vietnamese")), ("en", ("en", "english"))):
        if word.replace("-", "_").partition(".")[0].partition("_")[0] in names:
            return lang  # type: ignore[return-value]
    return None


def system(environment: Mapping[str, str] | None = None) -> Lang | None:
    """The system's language, where it is one of ours: variables first, then what the system is set to."""
    given = os.environ if environment is None else environment
    for name in VARIABLES:
        for word in given.get(name, "").split(":"):
            if found := language_of(word):
                return found
    if environment is None and os.name == "nt":  # Windows keeps no such variables
        import locale

        return language_of(locale.getlocale()[0] or "")
    return None


def chosen(asked: object = None, study: object = None, environment: Mapping[str, str] | None = None) -> Lang:
    """The language to speak: asked for, else the study's, else the system's, else Vietnamese.

    Args:
        asked: what ``--lang`` named; nothing where it was not given.
        study: the study's ``language``; nothing where no study is known, as in ``--help``.
        environment: the system's variables; those of the process by default.
    """
    return language_of(asked) or language_of(study) or system(environment) or LAST
