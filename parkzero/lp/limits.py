"""How long solves may take: what is left of the time, and whether somebody asked to stop.

The limits stand around what is done (``limited``); every solve asks them for what is left, so that none can
be forgotten on the way. A thread that helps takes them along (``Limits.here``). What a solver that is at work
cannot hear is given up by who waits for it (``parkzero.planning.aside``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NoReturn, Protocol


class StopAsked(Exception):
    """Somebody asked to stop."""


class TimeUp(StopAsked):
    """No time is left."""


class Handle(Protocol):
    """A solver at work."""

    def setOptionValue(self, name: str, value: float) -> object:
        """Set an option, by the solver's own name."""


@dataclass(eq=False, slots=True)
class Stopping:
    """Whether somebody asked to stop, and what then has to hear of it.

    Attributes:
        stop: asked now and then whether to.
        asked: whether somebody did.
        given_up: whether nobody waits any longer for what is done here.
        running: solvers at work.
        ends: what ends that which runs beside, when it is given up.
    """

    stop: Callable[[], bool] = lambda: False
    asked: bool = False
    given_up: bool = False
    running: set[Handle] = field(default_factory=set)
    ends: list[Callable[[], None]] = field(default_factory=list)

    def heard(self) -> bool:
        """Whether somebody asked to stop."""
        self.asked = self.asked or self.stop()
        return self.asked


@dataclass(frozen=True, slots=True)
class Limits:
    """When what is done here has to end.

    Attributes:
        until: when the time is up [s of ``time.perf_counter``].
        stopping: shared with the limits around these.
    """

    until: float = float("inf")
    stopping: Stopping = field(default_factory=Stopping)

    @property
    def over(self) -> bool:
        """Whether it has to end."""
        return self.stopping.heard() or self.until <= time.perf_counter()

    def left(self) -> float:
        """Time that is left [s].

        Raises:
            TimeUp: when there is none.
            StopAsked: when somebody asked to stop.
        """
        if self.over:
            self.end()
        return self.until - time.perf_counter()

    def end(self) -> NoReturn:
        """Leave what is done here."""
        raise StopAsked if self.stopping.asked else TimeUp

    def hurry(self) -> None:
        """Let solvers that look at their time limit end at their next step."""
        for handle in tuple(self.stopping.running):
            handle.setOptionValue("time_limit", 0.0)

    def give_up(self) -> None:
        """End what runs beside; what has not heard until now is left to itself."""
        self.stopping.asked = self.stopping.given_up = True
        for end in tuple(self.stopping.ends):
            end()

    @contextmanager
    def running(self, handle: Handle) -> Iterator[None]:
        """A solver is at work."""
        self.stopping.running.add(handle)
        try:
            yield
        finally:
            self.stopping.running.discard(handle)

    @contextmanager
    def here(self) -> Iterator[Limits]:
        """Let these limits stand around what is done."""
        before = _STANDING.set(self)
        try:
            yield self
        finally:
            _STANDING.reset(before)


NONE = Limits()
_STANDING: ContextVar[Limits] = ContextVar("parkzero_limits", default=NONE)


def standing() -> Limits:
    """The limits around what is done here."""
    return _STANDING.get()


@contextmanager
def limited(seconds: float = float("inf"), stop: Callable[[], bool] | None = None) -> Iterator[Limits]:
    """Limits around what is done, no wider than those that stand around it.

    Args:
        seconds: time that it may take [s].
        stop: asked now and then whether to stop; where nobody is, those around it are.
    """
    outer = standing()
    until = min(outer.until, time.perf_counter() + seconds)
    own = outer is NONE or stop is not None
    stopping = Stopping(stop or (lambda: False)) if own else outer.stopping
    with Limits(until, stopping).here() as limits:
        yield limits
