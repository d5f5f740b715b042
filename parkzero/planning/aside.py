"""Work in a thread of its own, for which nobody waits longer than the limits allow.

Solvers look at their time limit between steps, if at all, and Python hears no signal while it waits for one.
So the caller's thread waits, hears, and gives up what has not ended soon after it had to: what was found
until then is the answer. What was given up ends with its solve.
"""

from __future__ import annotations

import atexit
import contextvars
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from parkzero.lp.limits import NONE, Limits, StopAsked, TimeUp

# Seconds after which it is asked again whether it is over, and for which a solve may go on once it is.
LISTENS, PATIENCE = 0.1, 1.0
# Seconds for which the end of the program waits for what was given up: a solver must not lose its program.
LAST = 5.0
Found = TypeVar("Found")
_given_up: list[threading.Thread] = []


def aside(work: Callable[[], Found], limits: Limits) -> Found:
    """Do work in a thread of its own; at once, where no limits stand.

    Raises:
        StopAsked: when it was over (``TimeUp``: no time was left), and the work went on for too long.
    """
    if limits is NONE:
        return work()
    future: Future[Found] = Future()
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(_into, future, work), daemon=True)
    thread.start()
    late = float("inf")
    while True:
        try:
            if limits.over and not future.done():
                late = min(late, time.monotonic())
                limits.hurry()
                if time.monotonic() - late > PATIENCE:
                    break
            return future.result(LISTENS)
        except TimeoutError:
            if future.done():  # it is the work's own
                raise
        except KeyboardInterrupt:
            if future.done() and isinstance(future.exception(), KeyboardInterrupt):
                raise
            limits.stopping.asked = True
    timed_out = not limits.stopping.asked
    limits.give_up()
    _given_up.append(thread)
    atexit.register(thread.join, LAST)
    raise TimeUp if timed_out else StopAsked


def left_behind() -> bool:
    """Whether something that was given up is still at work."""
    return any(thread.is_alive() for thread in _given_up)


def _into(future: Future[Found], work: Callable[[], Found]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # whoever waits for it is told, whatever it is
        future.set_exception(error)
