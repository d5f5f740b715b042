"""How much memory a plan takes, estimated before it begins, and how much there is.

Plans of 160,000 to 15 million columns took 180 MB and 280 bytes a column at their peak, one problem 1,400
(benchmarks/results); the factors are a third above that. A plan that does not fit is refused: what
asks for memory that is not there may be ended by the system, and some solvers ask for ever.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from parkzero.errors import MemoryShortError
from parkzero.lp.expr import Each
from parkzero.planning.assemble import build_year
from parkzero.planning.years import MOST_KEPT
from parkzero.study.study import Study
from parkzero.texts import Text, data, joined, say

# Below this many columns the whole problem at full resolution is quicker than any bounds.
SMALL_COLUMNS = 40_000
# What the program takes with the smallest study, and each process that helps [bytes].
SMALLEST, HELPER = 320e6, 260e6
# What a year takes, and one problem beside that [bytes for each column and each nonzero].
YEAR_COLUMN, YEAR_NONZERO = 220.0, 50.0
PROBLEM_COLUMN, PROBLEM_NONZERO = 700.0, 250.0
# The solvers' libraries ask for as much address space beside what they use [bytes].
ADDRESSES = 400e6
_CGROUPS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a plan is.

    Attributes:
        columns, nonzeros: of a year at full resolution.
        years: milestone years.
        workers: years operated side by side.
        processes: whether by processes, which keep the years once more.
        whole: whether all years are solved as one problem.
    """

    columns: float
    nonzeros: float
    years: int
    workers: int
    processes: bool
    whole: bool

    @property
    def takes(self) -> float:
        """About the most memory that it takes [bytes]."""
        year = YEAR_COLUMN * self.columns + YEAR_NONZERO * self.nonzeros
        if self.whole:
            year += PROBLEM_COLUMN * self.columns + PROBLEM_NONZERO * self.nonzeros
        helps = self.processes and self.workers > 1 and not self.whole
        helpers = HELPER * (self.workers - 1) if helps else 0.0
        # What helps keeps its own years once more, where they are not too large for that.
        again = (self.years if self.columns <= MOST_KEPT else self.workers) if helps else 0
        return SMALLEST + helpers + year * (self.years + again)


def extent(study: Study, workers: int, whole: bool, most_threads: int = 2) -> Extent:
    """How large a plan of a study is, told from a single mean day of it."""
    days, years = study.timeline.calendar.days, len(study.milestones.years)
    one = study.timeline.grouped(np.zeros(days, dtype=np.int32))
    matrix = build_year(study, study.milestones.years[0], one)[0].matrix
    hourly = sum(block.count for block in matrix.columns if block.each is Each.STEP)
    columns = float(hourly * days)
    nonzeros = columns * matrix.operation.nnz / max(len(matrix.cost), 1)
    many = min(workers, years)
    return Extent(columns, nonzeros, years, many, many > most_threads or columns > MOST_KEPT, whole)


def require_memory(study: Study, workers: int, whole: bool, limit: float | None = None) -> None:
    """Refuse a plan for which there is not enough memory.

    Args:
        study: the study.
        workers: years operated side by side.
        whole: whether all years are solved as one problem.
        limit: memory that it may take [bytes]; what the machine has by default.

    Raises:
        MemoryShortError: with what it takes, what there is, and what would lower it.
    """
    asked = extent(study, workers, whole)
    there = used() + free() if limit is None else limit
    if asked.takes <= there:
        return
    lower: list[Text] = []
    if whole:
        lower.append(_lower(data("--method certified"), replace(asked, whole=False)))
    if asked.workers > 1:
        lower.append(_lower(data("--workers 1"), replace(asked, workers=1, processes=False)))
    half = replace(asked, columns=asked.columns / 2, nonzeros=asked.nonzeros / 2)
    lower.append(_lower(say("half as many days, or a step twice as long"), half))
    if asked.years > 1:
        lower.append(_lower(say("half as many milestone years"), replace(asked, years=-(-asked.years // 2))))
    told = say(
        "The plan takes about {need} GB of memory ({columns:,} columns and {nonzeros:,} nonzeros in each of"
        " {years} years), and {there} GB may be used; {lower}",
        need=_gb(asked.takes), columns=round(asked.columns), nonzeros=round(asked.nonzeros),
        years=asked.years, there=_gb(there), lower=joined(lower, "; "),
    )  # fmt: skip
    raise MemoryShortError(told)


def _lower(what: Text, then: Extent) -> Text:
    return say("{what} takes about {need} GB", what=what, need=_gb(then.takes))


def _gb(size: float) -> float:
    return round(size / 1e9, 2)


def used() -> float:
    """What this process takes now [bytes]; 0 where the system does not tell."""
    return _statm()[1]


def free() -> float:
    """What this process may still take [bytes]: by the machine, its container, and its own limits."""
    found = [float("inf")]
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        found.append(1024.0 * int(next(x for x in lines if x.startswith("MemAvailable")).split()[1]))
    for most, now in _CGROUPS:
        with suppress(OSError, ValueError):
            root = Path("/sys/fs/cgroup")
            found.append(float((root / most).read_text("ascii")) - float((root / now).read_text("ascii")))
    if sys.platform != "win32":
        import resource  # does not exist on Windows

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            found.append(float(limit) - _statm()[0] - ADDRESSES)
    return max(min(found), 0.0)


def _statm() -> tuple[float, float]:
    """Addresses and memory that this process has [bytes]."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0.0, 0.0
    size = float(os.sysconf("SC_PAGE_SIZE"))
    return size * int(pages[0]), size * int(pages[1])
