"""Help in the language spoken: the English of docstrings and options is its id, paragraph by paragraph."""

from __future__ import annotations

import inspect
import re
from typing import Any

import typer.rich_utils as titles

from parkzero.texts import Lang, say

_EXAMPLE = re.compile(r"(Examples:\s+)?(parkzero \w.*?)(?:\s{2,}(\S.*))?", re.DOTALL)


def translate(command: Any, lang: Lang) -> None:  # noqa: ANN401  typer brings its own click
    """Turn the help of a command, of its parameters and of the commands below it into a language."""
    if lang == "en":
        return
    for one in (command, *command.params):
        for name in ("help", "short_help"):
            written = getattr(one, name, None)
            if isinstance(written, str) and written:
                setattr(one, name, "\n\n".join(told(p, lang) for p in paragraphs(written)))
    for inner in getattr(command, "commands", {}).values():
        translate(inner, lang)


def panels(lang: Lang) -> None:
    """Name the boxes that typer draws."""
    titles.ARGUMENTS_PANEL_TITLE = say("help.arguments").of(lang)
    titles.OPTIONS_PANEL_TITLE = say("help.options").of(lang)
    titles.COMMANDS_PANEL_TITLE = say("help.commands").of(lang)
    titles.ERRORS_PANEL_TITLE = say("help.error").of(lang)
    titles.DEFAULT_STRING = f"[{say('help.default').of(lang)}: {{}}]"
    titles.REQUIRED_LONG_STRING = say("help.required").of(lang)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text."""
    return [part.strip() for part in re.split(r"\n\s*\n", inspect.cleandoc(text))]


def words(paragraph: str) -> list[str]:
    """What of a paragraph is words: all of it, or what stands beside a command to type."""
    example = _EXAMPLE.fullmatch(paragraph)
    if example is None:
        return [" ".join(paragraph.split())]
    return [word.strip() for word in (example[1], example[3]) if word]


def told(paragraph: str, lang: Lang) -> str:
    """A paragraph in a language; commands to type stay as they are."""
    example = _EXAMPLE.fullmatch(paragraph)
    if example is None:
        return say(" ".join(paragraph.split())).of(lang)
    head = say(example[1].strip()).of(lang) + "\n    " if example[1] else ""
    note = "      " + say(example[3]).of(lang) if example[3] else ""
    return f"{head or '    '}{example[2]}{note}"
