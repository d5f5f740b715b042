"""Ctrl-C and SIGTERM while a command runs.

At first they end the command at once, where nothing is lost by that. While a plan is sought or written they
are noted: the search ends by itself with the best plan so far. Pressed again, they end that, too.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import FrameType

# A terminal and whoever watches over the program may say the same thing twice within this time [s].
ONCE = 0.5
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Pressed:
    """What was heard.

    Attributes:
        begun: when the program began [s of ``time.perf_counter``].
        noting: whether the first one is only noted.
        times: how often it was pressed.
        last: when [s of ``time.monotonic``].
    """

    begun: float = field(default_factory=time.perf_counter)
    noting: bool = False
    times: int = 0
    last: float = float("-inf")

    def heard(self) -> bool:
        """Whether somebody asked to stop."""
        return self.times > 0

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Take a signal."""
        before, self.last = self.last, time.monotonic()
        if self.last - before < ONCE:
            return
        self.times += 1
        if self.times > 1 or not self.noting:
            raise KeyboardInterrupt

    @contextmanager
    def noted(self) -> Iterator[None]:
        """What is done here ends by itself when somebody asks to stop."""
        before, self.noting = self.noting, True
        try:
            yield
        finally:
            self.noting = before

    def check(self) -> None:
        """End the command if that was asked for while it could not.

        Raises:
            KeyboardInterrupt: when it was.
        """
        if self.times:
            raise KeyboardInterrupt


_heard: ContextVar[Pressed] = ContextVar("parkzero_pressed", default=Pressed())  # noqa: B039  never changed


@contextmanager
def listening(pressed: Pressed) -> Iterator[Pressed]:
    """Hear signals, where this is the main thread and they are not ignored, as in the background."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {n: h for n in SIGNALS if (h := signal.getsignal(n)) not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, pressed.hear)
    token = _heard.set(pressed)
    try:
        yield pressed
    finally:
        _heard.reset(token)
        for number, handler in before.items():
            signal.signal(number, handler)


def pressed() -> Pressed:
    """What the command that runs has heard."""
    return _heard.get()
