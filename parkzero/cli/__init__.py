"""The command line: ``parkzero check``, ``plan``, ``report`` and the rest.

Exit codes: 0 done, 2 the study (or the command) has faults, 3 no plan satisfies the study, 4 stopped before
the tolerance was reached, 1 a fault of ParkZero itself. A fault of ours is a sentence and the place of a log,
never a traceback.
"""

from __future__ import annotations

import importlib
import io
import logging
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Annotated, Final

import typer

from parkzero.cli.helped import panels, translate
from parkzero.cli.screen import console, plain, say_error, show_faults
from parkzero.cli.speech import begin, hear
from parkzero.cli.stopping import Pressed, listening
from parkzero.errors import MemoryShortError, ParkZeroError, StoppedError, StudyError
from parkzero.texts import in_words, say, speak, spoken

COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "study": ("init", "check", "convert", "components"),
    "plan": ("plan", "explain", "report"),
    **{name: (name,) for name in ("compare", "abatement", "finance", "inventory", "cbam", "register")},
    **{name: (name,) for name in ("technologies", "symbiosis", "scorecard")},
    "network": ("network",),
    "benefits": ("benefits", "commitments"),
    **{name: (name,) for name in ("prospectus", "books")},
    "interchange": ("export",),
    "bench": ("bench",),
}
"""Modules of this package, each with the commands that its ``register(app)`` adds, as help shows them."""

_HELP = """Plans an industrial park's cheapest hour-by-hour path to net zero, and proves how good it is.

A first session:

    parkzero init my-park      a folder with park.toml and small CSV files, filled with an example

    parkzero check my-park     every fault at once: where, what, and how to mend it

    parkzero plan my-park      the plan, with the proven gap as it closes

Exit codes: 0 done, 2 faults in the study, 3 no plan possible, 4 stopped early, 1 a fault of ParkZero."""


class _Told(logging.Handler):
    """What is logged on the way, as a sentence in the language of the command."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        console(error=True).print(plain(in_words(record.msg, spoken())), markup=False)


_TOLD: Final = _Told(logging.WARNING)


def build(asked: str = "") -> typer.Typer:
    """The app with the commands of all modules; of one alone where its command is asked for.

    A check then loads nothing of plans and reports.
    """
    app = typer.Typer(
        help=_HELP, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )  # fmt: skip

    @app.callback()
    def root(
        version: Annotated[
            bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_say_version)
        ] = False,
    ) -> None:
        """Options of the program itself."""

    for name in [name for name, added in COMMANDS.items() if asked in added] or COMMANDS:
        importlib.import_module(f"{__name__}.{name}").register(app)
    return app


def _say_version(asked: bool) -> None:
    if asked:
        print(f"ParkZero {metadata.version('parkzero')}")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None, pressed: Pressed | None = None) -> int:
    """Run a command line and return its exit code.

    Args:
        arguments: what follows the program's name; those of the process by default.
        pressed: what was heard so far of Ctrl-C and SIGTERM.
    """
    with listening(pressed or Pressed()) as heard:
        try:
            return _main(arguments, heard)
        except KeyboardInterrupt:  # once more, while the first one was told
            return StoppedError.exit_code


def _main(arguments: Sequence[str] | None, pressed: Pressed) -> int:
    speak_utf8()
    # Libraries warn in ways that say nothing to a planner; what a reader must know stands in the results.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(logging.NullHandler())
    logging.getLogger("parkzero").addHandler(_TOLD)
    given = list(sys.argv[1:] if arguments is None else arguments)
    before, lang = spoken(), begin(given)
    try:
        if given[:1] and given[0] in SOLVE:
            require_addresses()
        with pressed.noted():  # what is loaded half is of no use
            command = typer.main.get_command(build(given[0] if given else ""))
            translate(command, lang)
            panels(lang)
        pressed.check()
        command(args=given, prog_name="parkzero")
    except SystemExit as leaving:
        return _code(leaving.code)
    except KeyboardInterrupt:
        say_error(say("stopped by the user").of(spoken()))
        return StoppedError.exit_code
    except StudyError as error:
        hear(error.language)
        show_faults(error)
        return error.exit_code
    except ParkZeroError as error:
        say_error(str(error))
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has left, as in "parkzero components | head".
        sys.stdout = io.TextIOWrapper(io.BytesIO())
        return 0
    except MemoryError:
        say_error(MEMORY.of(spoken()))
        return 1
    except Exception as error:  # the last line of defence: a sentence and a log instead of a traceback
        say_error(_own_fault(error))
        return 1
    finally:
        speak(before)
    return 0


# Commands that load the solvers.
SOLVE: Final = {"plan", "abatement", "explain", "bench"}
# Addresses that the libraries take with the smallest plan [bytes].
ADDRESSES: Final = 2e9
MEMORY: Final = say(
    "There was not enough memory: fewer --workers, fewer days, a coarser step or fewer milestone years take"
    " less"
)


def require_addresses() -> None:
    """Refuse to begin where the libraries would not find the addresses that they ask for: one asks for ever.

    Raises:
        MemoryShortError: when the process's own limit (``ulimit -v``) is below that.
    """
    if sys.platform == "win32":
        return
    import resource  # does not exist on Windows

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < ADDRESSES:
        raise MemoryShortError(
            say(
                "This process may use {limit} GB of addresses (ulimit -v), and the libraries alone ask for"
                " {needs} GB: raise that limit",
                limit=round(limit / 1e9, 2), needs=ADDRESSES / 1e9,
            )
        )  # fmt: skip


def ended_by(number: int) -> int:
    """Say that a signal ended the command line; return the exit code of the program."""
    begin(sys.argv[1:])
    if number in (signal.SIGINT, signal.SIGTERM):
        say_error(say("stopped by the user").of(spoken()))
        return StoppedError.exit_code
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = str(number)
    told = say(
        "ParkZero was ended by the system ({name}), as a rule for want of memory. What a search had found is"
        " kept: the same command goes on from there;"
        " fewer --workers, fewer days or a coarser step take less.",
        name=name,
    )
    say_error(told.of(spoken()))
    return 1


def _code(code: object) -> int:
    if code is None:
        return 0
    # 130 is what an interrupt ends with.
    return StoppedError.exit_code if code == 130 else int(code) if isinstance(code, int) else 1


def _own_fault(error: Exception) -> str:
    """What to say about an error that nobody foresaw; its traceback goes into a log."""
    seen = " ".join(str(error).split())[:200]
    told = say("ParkZero failed: {kind}: {seen}", kind=type(error).__name__, seen=seen).of(spoken())
    text = "".join(traceback.format_exception(error))
    try:
        log = _write_log(f"{told}\n\n{sys.argv}\n\n{text}")
    except OSError:
        hint = say("This is a fault of ParkZero, not of your study. No log could be written.")
    else:
        hint = say(
            "This is a fault of ParkZero, not of your study. Please report it with this log: {log}", log=log
        )
    return f"{told}\n{hint.of(spoken())}"


def _write_log(text: str) -> Path:
    """Write a log into a new folder that only the user may enter; no link that others laid is followed."""
    log = Path(tempfile.mkdtemp(prefix="parkzero-log-")) / f"parkzero-{time.strftime('%Y%m%d-%H%M%S')}.log"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(log, flags, 0o600), "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return log


def speak_utf8() -> None:
    """Let Vietnamese text out, also where Windows gives the console an older code page."""
    for stream in (sys.stdout, sys.stderr):
        if (
            isinstance(stream, io.TextIOWrapper)
            and (stream.encoding or "").lower().replace("-", "") != "utf8"
        ):
            stream.reconfigure(encoding="utf-8", errors="replace")
