"""HiGHS behind arrays: one linear or mixed-integer problem in, one checked solution out.

The module that knows ``highspy``. A solution carries its status, its residuals and the name of the
method that really ran: HiGHS falls back to another method with a log line only, and an interior point that
ends "unknown" must never pass as an optimum.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Final, Literal

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkzero.errors import SolverError
from parkzero.lp.implied import implied
from parkzero.lp.limits import standing
from parkzero.texts import say
from parkzero.units import FloatArray

BasisArray = npt.NDArray[np.int8]
Basis = tuple[BasisArray, BasisArray]
"""The solver's own numbers for basic and for each bound, of columns and of rows."""
SolverBasis = highspy.HighsBasis
Handle = highspy._core._Highs
"""The solver itself, with the problem that it holds."""
Method = Literal["hipo", "ipx", "simplex", "choose"]
Status = Literal["optimal", "infeasible", "unbounded", "time_limit", "unknown"]


@dataclass(frozen=True, slots=True)
class Problem:
    """``minimise cost @ z + constant`` with ``low <= matrix @ z <= high`` and ``lower <= z <= upper``.

    Shapes: cost, lower, upper, whole [columns]; low, high [rows]; matrix CSR [rows x columns].
    """

    matrix: sparse.csr_array
    cost: FloatArray
    low: FloatArray
    high: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: npt.NDArray[np.bool_]
    constant: float = 0.0


@dataclass(frozen=True, slots=True)
class Options:
    """How to solve.

    Attributes:
        method: HiPO by default.
        crossover: whether an interior point is turned into a vertex.
        threads: threads of the solver.
        seconds: time limit [s].
        tolerance: interior-point optimality tolerance; None keeps the solver's 1e-8.
        gap: relative gap at which a mixed-integer solve stops.
    """

    method: Method = "hipo"
    crossover: bool = False
    threads: int = 2
    seconds: float = np.inf
    tolerance: float | None = None
    gap: float = 1e-6


@dataclass(frozen=True, slots=True)
class Residuals:
    """Largest violations of a solution: rows and bounds [row units], and relative duality gap."""

    primal: float
    dual: float
    gap: float


@dataclass(frozen=True, slots=True)
class Solution:
    """What the solver found.

    Attributes:
        status: ``optimal`` only when the solver says so and the residuals agree.
        values: columns [columns].
        duals: change of the objective when a row's bound rises by one [rows].
        reduced: change of the objective when a column's bound rises by one [columns].
        objective: cost of ``values``.
        bound: proven lower bound on the optimum: the dual objective (for whole numbers, the solver's bound).
        residuals: largest violations.
        ran: method that ran, e.g. ``hipo``.
        seconds: time taken [s].
        bases: where its windows ended, when it was found in windows.
    """

    status: Status
    values: FloatArray
    duals: FloatArray
    reduced: FloatArray
    objective: float
    bound: float
    residuals: Residuals
    ran: str
    seconds: float
    bases: tuple[Basis, ...] = ()


_STATUS: Final[dict[highspy.HighsModelStatus, Status]] = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
    highspy.HighsModelStatus.kTimeLimit: "time_limit",
}
AT_LOWER: Final = int(highspy.HighsBasisStatus.kLower)
AT_UPPER: Final = int(highspy.HighsBasisStatus.kUpper)
BASIC: Final = int(highspy.HighsBasisStatus.kBasic)
# The solver's objects in the order of their numbers, for whole arrays at a time.
_BASIS: Final = np.array(sorted(highspy.HighsBasisStatus.__members__.values(), key=int), dtype=np.object_)
# Only violations above this are set against the size of their row.
EXACT_ROW: Final = 1e-10
# A relative violation above this is no solution, whatever the solver says.
PRIMAL_TOLERANCE: Final = 1e-5
GAP_TOLERANCE: Final = 1e-5
# Columns without a bound are taken to stay below this many times the largest value of the solution.
REACH: Final = 10.0
# Charges of more than this, relative to the bound, are worth the time to know what rows let columns be.
TRACE: Final = 1e-5


def solve(problem: Problem, options: Options | None = None) -> Solution:
    """Solve a problem; where a fast method ends without an optimum, try slower and surer ones.

    Raises:
        SolverError: when no method ends with an answer (optimal, infeasible, unbounded or out of time).
    """
    options = options or Options()
    tried = []
    for attempt in _ladder(options, bool(problem.whole.any())):
        solution = solve_once(problem, attempt)
        if solution.status != "unknown":
            return solution
        tried.append(f"{attempt.method}{'' if attempt.crossover else ' without crossover'}")
    raise SolverError(say("no method found an answer; tried {names}", names=", ".join(tried)))


def with_prices(problem: Problem, found: Solution, options: Options | None = None) -> Solution:
    """A solution in whole numbers as the linear problem has it in which they are fixed: with duals.

    Where there are no whole numbers, or no optimum is found, it is as it is.
    """
    whole = problem.whole
    if not whole.any() or found.status != "optimal":
        return found
    lower, upper = (np.where(whole, np.round(found.values), side) for side in (problem.lower, problem.upper))
    try:
        priced = solve(replace(problem, lower=lower, upper=upper, whole=np.zeros_like(whole)), options)
    except SolverError:
        return found
    if priced.status != "optimal":
        return found
    return replace(priced, bound=min(found.bound, priced.objective), ran=found.ran)


def _ladder(options: Options, whole: bool) -> list[Options]:
    if whole:
        return [options, replace(options, method="choose")]
    if options.method == "hipo":
        return [
            options,
            replace(options, method="ipx", crossover=True),
            replace(options, method="simplex", crossover=True),
        ]
    return [options, replace(options, method="simplex", crossover=True)]


def with_rows(problem: Problem, rows: sparse.csr_array, low: FloatArray, high: FloatArray) -> Problem:
    """The problem with more rows: CSR [new rows x columns], bounds of shape [new rows]."""
    return replace(
        problem,
        matrix=sparse.csr_array(sparse.vstack([problem.matrix, rows], format="csr")),
        low=np.concatenate([problem.low, low]),
        high=np.concatenate([problem.high, high]),
    )


def quiet() -> Handle:
    """A solver that prints nothing."""
    highs = highspy._core._Highs()  # Highs() prints a banner before it can be told not to
    highs.setOptionValue("output_flag", False)
    return highs


@dataclass(frozen=True, slots=True)
class Point:
    """Where a problem over time was solved; what is not known is empty.

    Attributes:
        values: of its columns [columns].
        duals: of its rows [rows].
        bases: where its windows ended.
    """

    values: FloatArray
    duals: FloatArray
    bases: tuple[Basis, ...]


def cost_scale(problem: Problem) -> float:
    """What costs are multiplied by so that the largest are near a thousand."""
    size = float(np.max(np.abs(problem.cost), initial=0.0))
    return float(2.0 ** -np.round(np.log2(size / 1e3))) if size > 0 else 1.0


def load(highs: Handle, problem: Problem) -> float:
    """Hand a problem to the solver with costs scaled near one; return the scale."""
    scale = cost_scale(problem)
    columns, rows = len(problem.cost), len(problem.low)
    matrix = problem.matrix
    kind = problem.whole.astype(np.int32)
    highs.passModel(
        columns,
        rows,
        int(matrix.nnz),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        problem.constant * scale,
        problem.cost * scale,
        problem.lower,
        problem.upper,
        problem.low,
        problem.high,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        kind,
    )
    return scale


class _Scheduler(threading.local):
    """Threads of the solver's scheduler: each thread that calls it has its own. 0 before the first run."""

    threads = 0


_scheduler = _Scheduler()


def set_options(highs: Handle, options: Options) -> None:
    """Set the options of a solve.

    HiGHS keeps one scheduler for each thread that calls it, and refuses to run with another number of threads
    than the first run there used, so the scheduler is renewed where the number changes.
    """
    if options.threads != _scheduler.threads:
        highspy._core._Highs.resetGlobalScheduler(True)
        _scheduler.threads = options.threads
    highs.setOptionValue("solver", "choose" if options.method == "choose" else options.method)
    highs.setOptionValue("run_crossover", "on" if options.crossover else "off")
    highs.setOptionValue("threads", options.threads)
    highs.setOptionValue("parallel", "on" if options.threads > 1 else "off")
    highs.setOptionValue("mip_rel_gap", options.gap)
    if options.tolerance is not None:
        highs.setOptionValue("ipm_optimality_tolerance", options.tolerance)


def run(highs: Handle, seconds: float = np.inf, whole: bool = False) -> None:
    """Let the solver run as long as it may.

    Args:
        highs: the solver, with a problem.
        seconds: time limit beside the one that stands [s].
        whole: whether there are whole numbers: what it has found when it has to end is then worth something.

    Raises:
        StopAsked: when somebody asked to stop, or no time is left (``TimeUp``).
    """
    limits = standing()
    left = limits.left()
    if np.isfinite(least := min(seconds, left)):
        highs.setOptionValue(
            "time_limit", float(highs.getRunTime()) + least
        )  # it counts from its first run on
    with limits.running(highs):
        highs.run()
    late = highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
    if late and not whole and (left < seconds or limits.over):
        limits.end()


def choose_simplex(highs: Handle, primal: bool) -> None:
    """Let the next run use the primal or the dual simplex."""
    highs.setOptionValue("simplex_strategy", 4 if primal else 1)


def choose_devex(highs: Handle) -> None:
    """Let the dual simplex weigh rows by reference weights, which cost nothing to begin with.

    Exact weights at a basis that is not the solver's own take a solve with it for each row. They are worth
    that where many steps are to come, not where a window begins near its end.
    """
    highs.setOptionValue("simplex_dual_edge_weight_strategy", 1)


def choose_unscaled(highs: Handle) -> None:
    """Let the simplex take rows and columns as they are.

    Where numbers are near one already, and the dual simplex begins at the basis of a similar problem, what
    the solver makes of them takes a third more steps. The primal one, from a basis of other mean days, took
    five times as long without.
    """
    highs.setOptionValue("simplex_scale_strategy", 0)


def change_sides(highs: Handle, low: FloatArray, high: FloatArray) -> None:
    """Hand the bounds of all rows over anew; the basis stays."""
    # The solver's type stubs lack this method.
    highs.changeRowsBounds(len(low), np.arange(len(low), dtype=np.int32), low, high)  # type: ignore[attr-defined]


def change_costs(highs: Handle, costs: FloatArray) -> None:
    """Hand all costs over anew; the basis stays."""
    highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)


def begin_at_basis(highs: Handle, columns: BasisArray, rows: BasisArray) -> None:
    """Let the next run begin at a basis, given as the solver's own numbers for basic and for each bound."""
    basis = highspy.HighsBasis()
    # With too many or too few basic columns it is put right by the solver, which takes a factor more.
    basic = np.count_nonzero(columns == BASIC) + np.count_nonzero(rows == BASIC)
    basis.alien = bool(basic != len(rows))
    basis.col_status = _BASIS[columns].tolist()
    basis.row_status = _BASIS[rows].tolist()
    basis.valid = True
    highs.setBasis(basis)


def basis_of(highs: Handle) -> Basis:
    """The solver's basis after a run as arrays."""
    kept = highs.getBasis()
    return (
        np.array([int(s) for s in kept.col_status], dtype=np.int8),
        np.array([int(s) for s in kept.row_status], dtype=np.int8),
    )


def quick_basis_of(highs: Handle, problem: Problem, values: FloatArray, activity: FloatArray) -> Basis:
    """The same, without turning each status into an object: what is not basic is at its nearer bound."""
    # The solver's type stubs lack this method.
    status, basic = highs.getBasicVariables()  # type: ignore[attr-defined]
    if status != highspy.HighsStatus.kOk or len(basic) != len(activity):
        return basis_of(highs)
    columns = np.where(problem.upper - values < values - problem.lower, AT_UPPER, AT_LOWER).astype(np.int8)
    rows = np.where(problem.high - activity < activity - problem.low, AT_UPPER, AT_LOWER).astype(np.int8)
    columns[basic[basic >= 0]] = BASIC
    rows[-1 - basic[basic < 0]] = BASIC
    return columns, rows


def is_optimal(highs: Handle) -> bool:
    """Whether the solver says that its last run ended with an optimum."""
    return bool(highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def solve_once(problem: Problem, options: Options) -> Solution:
    """Solve with one method and check what comes back."""
    begun = time.perf_counter()
    highs = quiet()
    set_options(highs, replace(options, method="choose") if problem.whole.any() else options)
    scale = load(highs, problem)
    run(highs, options.seconds, bool(problem.whole.any()))
    return read(highs, problem, scale, options, time.perf_counter() - begun)


def read(highs: Handle, problem: Problem, scale: float, options: Options, seconds: float) -> Solution:
    """Read and check the solution of the last run."""
    found = highs.getSolution()
    info = highs.getInfo()
    status = _STATUS.get(highs.getModelStatus(), "unknown")
    columns, rows = len(problem.cost), len(problem.low)
    values = np.asarray(found.col_value) if found.value_valid else np.full(columns, np.nan)
    duals = np.asarray(found.row_dual) / scale if found.dual_valid else np.full(rows, np.nan)
    # Without its extras HiGHS says so in its log only, and runs the simplex instead of an interior point.
    ran = "simplex" if options.method in ("hipo", "ipx") and info.ipm_iteration_count <= 0 else options.method
    raw = unjudged(status, values, duals, ran, seconds)
    if problem.whole.any():
        gap = Residuals(primal_violation(problem, values), 0.0, max(info.mip_gap, 0.0))
        return judged(problem, replace(raw, bound=info.mip_dual_bound / scale, residuals=gap, ran="mip"))
    if not (found.dual_valid and found.value_valid):
        return judged(problem, raw)
    return checked(problem, values, duals, raw)


def unjudged(
    status: Status, values: FloatArray, duals: FloatArray, ran: str, seconds: float = 0.0
) -> Solution:
    """What a method ended with, before anything has been worked out from it (see ``checked``)."""
    empty, unknown = np.full(len(values), np.nan), Residuals(np.inf, np.inf, np.inf)
    return Solution(status, values, duals, empty, np.nan, -np.inf, unknown, ran, seconds)


def checked(
    problem: Problem, values: FloatArray, duals: FloatArray, raw: Solution, implying: bool = True
) -> Solution:
    """A linear solution with its bound and residuals worked out from values and duals alone.

    ``implying`` is for ``dual_bound``.
    """
    reach = REACH * max(1.0, float(np.max(np.abs(values), initial=0.0)))
    bound, reduced = dual_bound(problem, duals, reach, implying)
    cost = float(problem.cost @ values) + problem.constant
    residuals = Residuals(
        primal_violation(problem, values),
        dual_violation(problem, reduced),
        abs(cost - bound) / max(1.0, abs(bound), abs(cost)),
    )
    found = replace(raw, values=values, duals=duals, reduced=reduced, bound=bound, residuals=residuals)
    return judged(problem, found)


def judged(problem: Problem, found: Solution) -> Solution:
    """The solution with its objective, and its status as the residuals allow."""
    objective = float(problem.cost @ found.values) + problem.constant
    status, residuals = found.status, found.residuals
    if status == "optimal" and not (residuals.primal <= PRIMAL_TOLERANCE and np.isfinite(objective)):
        status = "unknown"
    if status == "unknown" and residuals.primal <= PRIMAL_TOLERANCE and residuals.gap <= GAP_TOLERANCE / 10:
        status = "optimal"  # our own dual bound proves it, whatever the solver's last word
    return replace(found, status=status, objective=objective)


def primal_violation(problem: Problem, values: FloatArray) -> float:
    """Largest violation of a row or bound, relative to the size of the row's largest term (at least 1)."""
    if not np.isfinite(values).all():
        return np.inf
    rows = row_violations(problem, values)
    bounds = np.maximum(problem.lower - values, values - problem.upper) / np.maximum(1.0, np.abs(values))
    return float(max(np.max(rows, initial=0.0), np.max(bounds, initial=0.0)))


def row_violations(problem: Problem, values: FloatArray) -> FloatArray:
    """How far each row is from being kept, relative to its largest term (at least 1); below zero is kept."""
    activity = problem.matrix @ values
    violations: FloatArray = np.maximum(problem.low - activity, activity - problem.high)
    broken = np.flatnonzero(violations > EXACT_ROW)
    size = abs(problem.matrix[broken]) @ np.abs(values)
    violations[broken] /= np.maximum(1.0, size)
    return violations


def dual_bound(
    problem: Problem, duals: FloatArray, reach: float, implying: bool = True
) -> tuple[float, FloatArray]:
    """A lower bound on the optimum from any row duals, and the reduced costs [columns].

    Weak duality: for any duals d, ``min cost @ z >= sum of d * (low or high) + sum over columns of the
    smallest (cost - d @ matrix) z`` within the column's bounds. An interior point leaves small reduced costs
    that point to bounds which a column does not have; they are charged with ``reach``, a value that no such
    column exceeds, or where that comes to more than a trace with the bound that rows imply.

    Args:
        problem: the problem.
        duals: any numbers [rows]; those that point to a missing row bound count as zero.
        reach: largest absolute value that a column without a bound takes in an optimum.
        implying: whether to look for bounds that rows imply.
    """
    usable = np.where((duals > 0) & np.isfinite(problem.low), duals, 0.0)
    usable = np.where((duals < 0) & np.isfinite(problem.high), duals, usable)
    sides = np.where(usable > 0, problem.low, np.where(usable < 0, problem.high, 0.0))
    reduced = problem.cost - problem.matrix.T @ usable
    wanted = np.where(reduced > 0, problem.lower, problem.upper)
    loose = ~np.isfinite(wanted)
    sure = float(usable @ sides) + float((reduced * np.where(loose, 0.0, wanted)).sum()) + problem.constant
    charged = reach * float(np.abs(reduced[loose]).sum())
    if implying and charged > TRACE * max(1.0, abs(sure)):
        lower, upper = implied(problem.matrix, problem.low, problem.high, problem.lower, problem.upper)
        far = np.clip(np.where(reduced > 0, lower, upper)[loose], -reach, reach)
        charged = -float(reduced[loose] @ far)
    return sure - charged, reduced


def dual_violation(problem: Problem, reduced: FloatArray) -> float:
    """Largest reduced cost that points to a missing bound, relative to the largest cost."""
    wanted = np.where(reduced > 0, problem.lower, problem.upper)
    loose = np.where(np.isfinite(wanted), 0.0, np.abs(reduced))
    return float(np.max(loose, initial=0.0) / max(1.0, float(np.max(np.abs(problem.cost), initial=0.0))))


def version(ran: str) -> str:
    """Solver, version and method in words."""
    core = highspy._core
    number = f"{core.HIGHS_VERSION_MAJOR}.{core.HIGHS_VERSION_MINOR}.{core.HIGHS_VERSION_PATCH}"
    return f"HiGHS {number} ({ran})"
