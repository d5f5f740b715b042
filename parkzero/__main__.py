"""The program: the command line, and a process that watches over it.

A library that gets no memory may end its process, and so may the system. What is left then is who watches: a
copy of this process from before anything was loaded, which hands on signals and says what happened. Where a
process cannot be copied (Windows) the command line runs alone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from parkzero.cli.stopping import Pressed

BEGUN = time.perf_counter()
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Early:
    """Notes signals that come before anybody can hear them."""

    heard = False
    told: Pressed | None = None
    """Who hears after this; it may be asked before its own handlers stand."""

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Take a signal."""
        self.heard = True
        if self.told is not None:
            self.told.times += 1


def main() -> int:
    """Run the command line of this process; return its exit code."""
    early = Early()
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, early.hear)
    if not hasattr(os, "fork"):
        _leave(_command(early))
    ours, theirs = os.pipe()
    # Python forgets in a copy what was heard while it was made: a signal waits until the copy is whole.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    child = os.fork()
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    if child:
        os.close(ours)
        return _watch(child, early)
    os.close(theirs)
    threading.Thread(target=_end_with, args=(ours,), daemon=True).start()
    _leave(_command(early))


def _command(early: Early) -> int:
    from parkzero.cli import main as command
    from parkzero.cli.stopping import Pressed

    early.told = pressed = Pressed(BEGUN)
    pressed.times = max(pressed.times, int(early.heard))
    code = command(pressed=pressed)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    return code


def _leave(code: int) -> NoReturn:
    """End this process; what was given up while it was at work would hold up an orderly end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 1
    aside = sys.modules.get("parkzero.planning.aside")
    if aside is not None and aside.left_behind():
        os._exit(code)
    sys.exit(code)


def _end_with(pipe: int) -> None:
    """End when the process that watches has ended: nobody would hear of what is done here."""
    os.read(pipe, 1)
    os._exit(1)


def _watch(child: int, early: Early) -> int:
    """Wait for the command line and hand signals on; say what happened where it could not."""

    def hand_on(number: int, frame: FrameType | None) -> None:
        os.kill(child, number)

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, hand_on)
    if early.heard:
        os.kill(child, signal.SIGINT)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return code
    from parkzero.cli import ended_by

    return ended_by(-code)


if __name__ == "__main__":
    sys.exit(main())
