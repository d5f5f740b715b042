"""One measurement in a process of its own: ``python -m parkzero.bench.worker '{"what": "certified", …}'``.

Prints one line of JSON as its last line. Seconds count from the first series to the answer, without the start
of Python and its imports, as in the PyPSA twin.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from parkzero.bench.cases import YEARS, Charge, reference_study, tenants_study
from parkzero.lp.solver import version
from parkzero.planning.assemble import build_year, stack
from parkzero.planning.monolith import monolith
from parkzero.planning.plan import SLACK_TOLERANCE, Plan, peak_memory_mb
from parkzero.study.study import Study


@dataclass(frozen=True, slots=True)
class Job:
    """What is measured.

    Attributes:
        what: "certified", "monolith", "assemble" or "operate" (every step, with the sizes of a file).
        tenants: of a park of many; 0 for the reference pathway.
        days, years, minutes: size of the case.
        gap: asked for by certified planning.
        workers: years that certified planning operates side by side.
        charge: what is paid for each month's highest power.
        sizes: path of the file of sizes.
    """

    what: str
    tenants: int = 0
    days: int = 365
    years: tuple[int, ...] = YEARS
    minutes: int = 60
    gap: float = 0.001
    workers: int = 2
    charge: Charge | None = None
    sizes: str = ""

    def study(self) -> Study:
        """The case."""
        if self.tenants:
            return tenants_study(self.tenants, self.days, self.years, self.minutes, charge=self.charge)
        return reference_study(self.days, self.years, self.minutes, self.charge)


def run(job: Job) -> dict[str, Any]:
    """Do a job and say what came of it."""
    begun, spent = time.perf_counter(), processor_seconds()
    if job.what == "assemble":
        found = assembled(job.study())
    elif job.what == "operate":
        from parkzero.bench.typical import operated  # loads tables; others are measured without them

        found = told(asdict(operated(job.study(), Path(job.sizes))))
    elif job.what == "monolith":
        found = planned(monolith(job.study()))
    else:
        from parkzero.planning.certify import certified  # starts workers; assembly is measured without it

        found = planned(certified(job.study(), gap=job.gap, workers=job.workers, progress=None))
    seconds = time.perf_counter() - begun
    spent = processor_seconds() - spent
    return {**found, "seconds": seconds, "cpu_seconds": spent, "peak_mb": peak_memory_mb()}


def processor_seconds() -> float:
    """What this process and its children have taken of the processors [s]."""
    took = os.times()
    return took.user + took.system + took.children_user + took.children_system


def planned(plan: Plan) -> dict[str, Any]:
    """The facts of a plan that a benchmark tells."""
    return {
        "status": plan.status,
        "objective": plan.objective,
        "lower_bound": plan.lower_bound,
        "gap": plan.gap,
        "solver": plan.solver,
        "columns": len(plan.sizes) + sum(len(year.values) for year in plan.years),
        "history": [[s.seconds, s.lower, s.upper] for s in plan.history],
    }


def told(found: dict[str, float]) -> dict[str, Any]:
    """The facts of sizes that were operated."""
    return {"status": "served" if found["unserved"] <= SLACK_TOLERANCE else "unserved", **found}


def assembled(study: Study) -> dict[str, Any]:
    """Assemble all years to one problem's arrays, as they are handed to a solver."""
    pairs = [build_year(study, year, study.timeline) for year in study.milestones.years]
    problem = stack(pairs[0][1], [built for built, _ in pairs])
    rows, columns = problem.matrix.shape
    return {
        "status": "assembled",
        "columns": columns,
        "rows": rows,
        "entries": int(problem.matrix.nnz),
        "solver": version(""),
    }


def main() -> None:
    """Read the job from the command line and print the result."""
    given = json.loads(sys.argv[1])
    charge = None if given.get("charge") is None else Charge(**given["charge"])
    job = Job(**{**given, "years": tuple(given["years"]), "charge": charge})
    print(json.dumps(run(job)), flush=True)


if __name__ == "__main__":
    main()
