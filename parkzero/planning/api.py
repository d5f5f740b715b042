"""Planning by one call, whichever method finds the plan."""

from __future__ import annotations

import math
from pathlib import Path

from parkzero.errors import InfeasibleError, SolverError, StoppedError
from parkzero.lp.limits import StopAsked, TimeUp, limited
from parkzero.lp.solver import Options
from parkzero.planning.memory import require_memory
from parkzero.planning.plan import Method, Plan, Progress, Stop
from parkzero.study.study import Study
from parkzero.texts import say

GAP = 0.001
WORKERS = 2


def plan(
    study: Study,
    *,
    method: Method = "certified",
    gap: float = GAP,
    time_limit: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    resume: Path | None = None,
    stop: Stop | None = None,
    memory_limit: float | None = None,
    wider: Plan | None = None,
    bounds: bool = False,
) -> Plan:
    """Plan a study.

    Args:
        study: what is asked.
        method: ``certified`` (bounds from mean days and full years) or ``monolith`` (one problem).
        gap: relative distance from the best plan at which to stop.
        time_limit: stop after so many seconds [s]; none by default.
        workers: years operated side by side, 2 by default; more than two, and large ones, by processes.
        progress: called with the bounds as they close.
        resume: file in which a certified search is kept, and from which it goes on.
        stop: asked now and then whether to stop; Ctrl-C asks for that as well.
        memory_limit: memory that it may take [bytes]; what the machine has by default.
        wider: a plan of a study of which this is a narrower case, for a certified one: its lower bound holds
            here, and its sizes are tried first.
        bounds: whether a certified one's bound is all that is asked for: it may leave something unserved.

    Returns:
        The plan, with its status and its proven gap.

    Raises:
        InfeasibleError: when limits contradict one another; what is merely short or in excess is a plan with
            that status. ``parkzero.explain`` tells which.
        StoppedError: when time ran out before there was any plan.
        SolverError: when the solver ends without an answer.
        MemoryShortError: when it would take more memory than it may.
        ValueError: when the gap or the time limit is not above zero.
    """
    if not (0 < gap < 1):
        raise ValueError("the gap is a share above 0 and below 1")
    if time_limit is not None and not time_limit > 0:
        raise ValueError("the time limit is above 0 seconds")
    require_memory(study, workers or WORKERS, method == "monolith", memory_limit)
    seconds = math.inf if time_limit is None else time_limit
    try:
        if method == "monolith":
            return _monolith(study, gap, seconds, progress, stop)
        from parkzero.planning.certify import certified  # it starts workers; a monolith needs none of it

        return certified(
            study, gap, workers or WORKERS, seconds, progress, resume, stop=stop, wider=wider, bounds=bounds
        )
    except SolverError as error:
        if "infeasible" in str(error):
            raise InfeasibleError(say("The limits of the study contradict one another")) from error
        raise


def _monolith(study: Study, gap: float, seconds: float, progress: Progress | None, stop: Stop | None) -> Plan:
    from parkzero.planning.monolith import monolith

    try:
        with limited(seconds, stop):
            return monolith(study, Options(gap=gap), gap, progress)
    except (SolverError, StopAsked) as error:
        if isinstance(error, TimeUp) or "time_limit" in str(error):
            message = say(
                "The time limit of {time_limit:g} s ended before the one problem was solved: no plan",
                time_limit=seconds,
            )
            raise StoppedError(message) from error
        if isinstance(error, StopAsked):
            raise StoppedError(say("stopped before any plan was found")) from error
        raise
