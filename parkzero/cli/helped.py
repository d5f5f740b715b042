"""Help in the language spoken: the English of docstrings and options is its id, paragraph by paragraph."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any, Final

import typer.rich_utils as titles

from parkzero.texts import Lang, Text, data, say

titles_error = titles.rich_format_error
_EXAMPLE = re.compile(r"(Examples:\s+)?(parkzero \w.*?)(?:\s{2,}(\S.*))?", re.DOTALL)


def translate(command: Any, lang: Lang) -> None:  # noqa: ANN401  typer brings its own click
    """Turn the help of a command, of its parameters and of the commands below it into a language."""
    if lang == "en":
        return
    _framed(command, lang)
    for one in (command, *command.params):
        for name in ("help", "short_help"):
            written = getattr(one, name, None)
            if isinstance(written, str) and written:
                setattr(one, name, "\n\n".join(told(p, lang) for p in paragraphs(written)))
    for inner in getattr(command, "commands", {}).values():
        translate(inner, lang)


def _framed(command: Any, lang: Lang) -> None:  # noqa: ANN401
    """Tell what typer itself says of a command: the line of usage and the option for help."""
    usage, option = command.get_usage, command.get_help_option

    def told_usage(context: Any) -> str:  # noqa: ANN401
        return str(usage(context)).replace("Usage:", say("help.usage").of(lang), 1)

    def told_option(context: Any) -> Any:  # noqa: ANN401
        found = option(context)
        if found is not None:
            found.help = say("help.help").of(lang)
        return found

    command.get_usage, command.get_help_option = told_usage, told_option


def panels(lang: Lang) -> None:
    """Name the boxes that typer draws, and say what was typed wrongly in the language spoken."""
    titles.RICH_HELP = say("help.try", command_path="{command_path}", help_option="{help_option}").of(lang)
    titles.rich_format_error = functools.partial(_told_error, titles_error, lang)
    titles.ARGUMENTS_PANEL_TITLE = say("help.arguments").of(lang)
    titles.OPTIONS_PANEL_TITLE = say("help.options").of(lang)
    titles.COMMANDS_PANEL_TITLE = say("help.commands").of(lang)
    titles.ERRORS_PANEL_TITLE = say("help.error").of(lang)
    titles.DEFAULT_STRING = f"[{say('help.default').of(lang)}: {{}}]"
    titles.REQUIRED_LONG_STRING = say("help.required").of(lang)


def _told_error(shown: Callable[[Any], None], lang: Lang, error: Any) -> None:  # noqa: ANN401
    """Show an error of usage in a language."""
    written = error.format_message()
    error.format_message = lambda: misused(written).of(lang)
    shown(error)


def misused(message: str) -> Text:
    """What typer says of a command that was typed wrongly, as a text; as it is where it is not known."""
    return _matched(message, _MISUSED)


def _matched(message: str, known: _Told) -> Text:
    for pattern, text in known:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return text(found)
    return data(message)


_Told = tuple[tuple[str, Callable[[re.Match[str]], Text]], ...]
_MISUSED: Final[_Told] = (
    (r"No such option: (\S+)", lambda m: say("There is no option {name}.", name=m[1])),
    (r"No such option: (\S+) \(Possible options: (.+)\)",
     lambda m: say("There is no option {name}; did you mean {others}?", name=m[1], others=m[2])),
    (r"No such command '(.+?)'\.", lambda m: say("There is no command {name}.", name=m[1])),
    (r"No such command '(.+?)'\. Did you mean (.+)\?",
     lambda m: say("There is no command {name}; did you mean {others}?", name=m[1], others=m[2])),
    (r"Missing (?:argument|option) '(.+?)'\.", lambda m: say("{name} is missing.", name=m[1])),
    (r"Got unexpected extra argument(?:\(s\)|s)? \((.+)\)",
     lambda m: say("{name} is more than the command takes.", name=m[1])),
    (r"Option '(.+?)' requires an argument\.", lambda m: say("{name} needs a value.", name=m[1])),
    (r"Invalid value for '(.+?)': (.+)",
     lambda m: say("{option}: {why}", option=m[1], why=_matched(m[2], _WRONG))),
)  # fmt: skip
_WRONG: Final[_Told] = (
    (r"Input should be greater than or equal to (\S+)", lambda m: say("at least {least}", least=m[1])),
    (r"Input should be less than or equal to (\S+)", lambda m: say("at most {most}", most=m[1])),
    (r"Input should be a valid (?:integer|number).*", lambda _: say("must be a number")),
    (r"Value error, .+ is not one of (.+)\.", lambda m: say("one of {names}", names=m[1])),
    (r"Input should be ('.+')", lambda m: say("one of {names}", names=m[1].replace(" or ", ", "))),
)


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
