"""Operation of some days ahead of what has been measured, with sizes that stand."""

from __future__ import annotations

from parkzero.errors import SolverError
from parkzero.lp.solver import Options, solve
from parkzero.planning.assemble import build_year, fixed
from parkzero.planning.plan import Operated
from parkzero.study.study import Study
from parkzero.texts import say
from parkzero.timeline import Ahead
from parkzero.units import FloatArray


def operate_ahead(
    study: Study, year: int, days: Ahead, sizes: FloatArray, options: Options | None = None
) -> tuple[Operated, float]:
    """Operate some days at the least cost that lies ahead.

    Args:
        study: the study.
        year: milestone year whose prices and demands hold.
        days: which days, with what was measured before them.
        sizes: what is built, as ``Plan.sizes``.
        options: of the solver.

    Returns:
        The operation, and its cost [money]: of the days' own steps, of peaks above those billed already, and
        of what stores hold less than at the beginning, at its worth.

    Raises:
        StudyError: where something that was measured is not told: a level, a peak, the rest of a limit.
        SolverError: when the solver ends without an optimum.
    """
    built, _ = build_year(study, year, days)
    problem = fixed(built, sizes)
    solution = solve(problem, options)
    if solution.status != "optimal":
        raise SolverError(say("the solver ended with status {status}", status=solution.status))
    operated = Operated(built, solution.values, solution.duals, solution.reduced)
    return operated, solution.objective
