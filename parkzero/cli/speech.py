"""The language of a command: ``--lang``, else the study's, else the system's, else Vietnamese."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from enum import StrEnum
from typing import Annotated

import typer

from parkzero.texts import Lang, chosen, speak


class Language(StrEnum):
    """Languages of reports and of the terminal."""

    VI = "vi"
    EN = "en"


LangOption = Annotated[
    Language | None, typer.Option("--lang", help="Language; that of the study or of the system without it.")
]

_asked: ContextVar[str] = ContextVar("parkzero_asked", default="")


def begin(arguments: Sequence[str]) -> Lang:
    """Speak the language that a command line asks for, before anything of it is understood."""
    asked = ""
    for i, word in enumerate(arguments):
        if word == "--lang":
            asked = next(iter(arguments[i + 1 : i + 2]), "")
        elif word.startswith("--lang="):
            asked = word.partition("=")[2]
    _asked.set(asked)
    return hear(None)


def hear(study: object) -> Lang:
    """Speak the study's language from here on, unless the command line asked for another one."""
    lang = chosen(_asked.get(), study)
    speak(lang)
    return lang
