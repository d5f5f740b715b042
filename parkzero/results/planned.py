"""The plan that users see: a plan that knows its results.

``parkzero.plan`` (the layer) must not know results, which read it. So the plan of the public face is this
subclass, made from a finished plan; see docs/decisions.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path

from parkzero.planning import api
from parkzero.planning.plan import Method, Plan, Progress
from parkzero.results.extract import results_of
from parkzero.results.results import Results
from parkzero.results.store import save
from parkzero.study.study import Study


@dataclass(frozen=True, slots=True)
class Planned(Plan):
    """A plan with its results."""

    _kept: list[Results] = field(default_factory=list, repr=False, compare=False)

    @property
    def results(self) -> Results:
        """Tables and hourly cubes of the plan; made once, when first asked for."""
        if not self._kept:
            self._kept.append(results_of(self))
        return self._kept[0]

    def save(self, folder: Path | str) -> Results:
        """Store the results in a folder, audited; see ``parkzero.results.save``."""
        return save(self.results, folder)


def planned(plan: Plan) -> Planned:
    """The same plan, knowing its results."""
    return Planned(**{f.name: getattr(plan, f.name) for f in dataclasses.fields(Plan)})


def plan(
    study: Study,
    *,
    method: Method = "certified",
    gap: float = api.GAP,
    time_limit: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    resume: Path | None = None,
) -> Planned:
    """Plan a study; ``plan(study).results`` are its tables. See ``parkzero.planning.api.plan``."""
    return planned(
        api.plan(
            study,
            method=method,
            gap=gap,
            time_limit=time_limit,
            workers=workers,
            progress=progress,
            resume=resume,
        )
    )
