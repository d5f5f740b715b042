"""Operation of some days ahead of what has been measured, with sizes that stand."""

from __future__ import annotations

from parkzero.errors import SolverError
from parkzero.lp.solver import Options, solve, version, with_prices
from parkzero.planning.assemble import build_year, fixed
from parkzero.planning.plan import SLACK_TOLERANCE, Operated, Plan, Step, peak_memory_mb, slack_of
from parkzero.study.study import Study
from parkzero.texts import say
from parkzero.timeline import Ahead
from parkzero.units import FloatArray


def operate_ahead(
    study: Study, year: int, days: Ahead, sizes: FloatArray, options: Options | None = None
) -> Plan:
    """Operate some days at the least cost that lies ahead.

    Args:
        study: the study.
        year: milestone year whose prices and demands hold.
        days: which days, with what was measured before them.
        sizes: what is built, as ``Plan.sizes``.
        options: of the solver.

    Returns:
        The operation of that one year as a plan. Its objective [money] is the cost of the days' own steps, of
        peaks above those billed already, and of what stores hold less than at the beginning, at its worth.

    Raises:
        StudyError: where something that was measured is not told: a level, a peak, the rest of a limit.
        SolverError: when the solver ends without an optimum.
    """
    options = options or Options()
    built, design = build_year(study, year, days)
    problem = fixed(built, sizes)
    found = with_prices(problem, solve(problem, options), options)
    if found.status != "optimal":
        raise SolverError(say("the solver ended with status {status}", status=found.status))
    operated = Operated(built, found.values, found.duals, found.reduced)
    short = slack_of(operated, sizes) > SLACK_TOLERANCE
    last = Step(min(found.bound, found.objective), found.objective, found.seconds, say("solved"))
    return Plan(
        study, "infeasible" if short else "optimal", design, sizes, (operated,), found.objective, last.lower,
        options.gap, "ahead", version(found.ran), found.seconds, peak_memory_mb(), (last,),
    )  # fmt: skip
