"""The plan that users see: a plan that knows its results.

``parkzero.planning`` must not know results, which read it. So the plan of the public face is this
subclass, made from a finished plan; see docs/decisions.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from parkzero import pricing
from parkzero.errors import InfeasibleError, StoppedError
from parkzero.explain.infeasible import contradiction
from parkzero.lp.limits import StopAsked, limited
from parkzero.planning import api
from parkzero.planning.aside import PATIENCE, aside
from parkzero.planning.plan import Method, Plan, Progress, Stop
from parkzero.planning.reference import check
from parkzero.planning.reference import reference as of_today
from parkzero.results.extract import results_of
from parkzero.results.fleets import ROUNDS, Replayed, fleets, replay, tightened
from parkzero.results.results import Results
from parkzero.results.store import save
from parkzero.results.units import SHARE, Asked, in_units
from parkzero.study.study import Study
from parkzero.texts import say

# After its time limit, or when it is stopped, a plan may still be measured for as long as this [s], or for
# this share of the limit.
GRACE, GRACE_SHARE = 2.0, 0.05


@dataclass(frozen=True, slots=True)
class Planned(Plan):
    """A plan with its results."""

    reference: Plan | None = None
    driven: Replayed | None = None
    _kept: list[Results] = field(default_factory=list, repr=False, compare=False)

    @property
    def results(self) -> Results:
        """Tables and hourly cubes of the plan, priced; made once, when first asked for."""
        if not self._kept:
            self._kept.append(results_of(self.priced(), self.reference, self.driven))
        return self._kept[0]

    def priced(self, progress: Progress | None = None) -> Planned:
        """The plan with the prices of every step and the discount that the unbuilt needs.

        A plan whose years go on as in an earlier one is operated for that.

        Args:
            progress: told where that takes time.
        """
        return planned(pricing.priced(self, progress=progress), self.reference, self.driven)

    def unpriced(self) -> Planned:
        """The plan without what there was no time to find."""
        return planned(dataclasses.replace(self, cheaper=self.cheaper or {}), self.reference, self.driven)

    def save(self, folder: Path | str) -> Results:
        """Store the results in a folder, audited; see ``parkzero.results.save``."""
        return save(self.results, folder)


def planned(plan: Plan, reference: Plan | None = None, driven: Replayed | None = None) -> Planned:
    """The same plan, knowing its results, what it is measured against, and how its fleets drove."""
    own = {f.name: getattr(plan, f.name) for f in dataclasses.fields(Plan)}
    return Planned(**own, reference=reference, driven=driven)


def plan(
    study: Study,
    *,
    method: Method = "certified",
    gap: float = api.GAP,
    time_limit: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    resume: Path | None = None,
    stop: Stop | None = None,
    reference: bool = True,
    memory_limit: float | None = None,
) -> Planned:
    """Plan a study; ``plan(study).results`` are its tables.

    Args:
        study: what is asked.
        method: ``certified`` (bounds from mean days and full years) or ``monolith`` (one problem).
        gap: relative distance from the best plan at which to stop.
        time_limit: stop after so many seconds [s]; none by default.
        workers: years operated side by side, 2 by default; more than two, and large ones, by processes.
        progress: called with the bounds as they close.
        resume: file in which a certified search is kept, and from which it goes on.
        stop: asked now and then whether to stop; Ctrl-C asks for that as well.
        reference: whether to operate today's plant too, so that results say what the plan saves.
        memory_limit: memory that it may take [bytes]; what the machine has by default.

    Returns:
        The plan, with its status and its proven gap.

    Raises:
        InfeasibleError: when limits contradict one another, with the rules that do; what is merely short or
            in excess is a plan with that status.
        StoppedError: when time ran out before there was any plan.
        SolverError: when the solver ends without an answer.
        MemoryShortError: when it would take more memory than it may.
        ValueError: when the gap or the time limit is not above zero.
        StudyError: when the reference would replace equipment for which the study gives no cost.
    """
    begun = time.perf_counter()
    step = partial(
        _step, begun=begun, time_limit=time_limit, resume=resume, method=method, workers=workers, stop=stop,
        memory_limit=memory_limit,
    )  # fmt: skip

    def once(asked: Study) -> Plan:
        if method == "monolith":
            return step(Asked(asked, gap, progress))
        return in_units(asked, gap, step, progress)

    if reference:
        _checked(study, time_limit, stop)
    found, driven = _driven(study, once, progress)
    if not reference or found.status == "infeasible":
        return planned(found, None, driven)
    return _measured(found, time_left(found, begun, time_limit), stop, driven)


def _step(
    asked: Asked, *, begun: float, time_limit: float | None, resume: Path | None, method: Method,
    workers: int | None, stop: Stop | None, memory_limit: float | None,
) -> Plan:  # fmt: skip
    """Search for one plan within what is left of the time."""
    left = None if time_limit is None else max(begun + time_limit - time.perf_counter(), 1e-3)
    try:
        return api.plan(
            asked.study, method=method, gap=asked.gap, workers=workers, progress=asked.progress, stop=stop,
            time_limit=left and (SHARE * left if asked.bounds else left), memory_limit=memory_limit,
            resume=resume if asked.wider is None else None,  # the file is the first step's: it goes on there
            wider=asked.wider, bounds=asked.bounds,
        )  # fmt: skip
    except InfeasibleError as error:
        with suppress(StopAsked):
            raise contradiction(asked.study) from error
        raise


def _checked(study: Study, time_limit: float | None, stop: Stop | None) -> None:
    """Whether what is kept in the reference can be replaced at a known cost."""
    try:
        with limited(time_limit if time_limit and time_limit > 0 else math.inf, stop):
            check(study)
    except StopAsked:
        raise StoppedError(say("stopped before any plan was found")) from None


def _driven(
    study: Study, once: Callable[[Study], Plan], progress: Progress | None
) -> tuple[Plan, Replayed | None]:
    """A plan whose fleets are driven: what a replay finds becomes a tighter limit, until nothing is left."""
    found = once(study)
    driven = replay(found) if fleets(study) and found.status != "infeasible" else None
    while driven is not None and not driven.clean and driven.rounds < ROUNDS and found.status == "optimal":
        made, study = driven.rounds, tightened(study, driven)
        if progress is not None and found.history:
            text = say("limits tightened where a replay found something")
            progress(dataclasses.replace(found.history[-1], text=text))
        try:
            again = once(study)
        except StoppedError:
            break  # the plan before is one all the same, told with what its replay found
        found, driven = again, dataclasses.replace(replay(again), rounds=made + 1)
    return found, driven


def _measured(found: Plan, seconds: float, stop: Stop | None, driven: Replayed | None) -> Planned:
    """The plan with what it is measured against, where there is time for that."""
    with suppress(StopAsked), limited(seconds, None if found.status == "stopped" else stop) as limits:
        return planned(found, aside(partial(of_today, found.study), limits), driven)
    return planned(found, None, driven)


def time_left(found: Plan, begun: float = 0.0, limit: float | None = None) -> float:
    """Time for what follows a search, which ends no later than ``GRACE`` allows [s]."""
    grace = max(GRACE, GRACE_SHARE * (limit or 0.0)) - PATIENCE
    left = math.inf if limit is None else begun + limit - time.perf_counter()
    return min(left, 0.0) + grace if found.status == "stopped" else max(left + grace, 0.0)
