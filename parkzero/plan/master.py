"""The lower bound: all years on mean days, with the cuts found so far.

Its optimum is a proven lower bound on the cost of any plan (see ``parkzero.lp.series`` for why mean days
bound the year), and its sizes are the next ones to try.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from parkzero.errors import SolverError
from parkzero.lp.solver import Options, Problem, solve
from parkzero.plan.assemble import Design, build_year, stack
from parkzero.plan.bounds import Cut
from parkzero.study.study import Study
from parkzero.timeline import IntArray
from parkzero.units import FloatArray


@dataclass(frozen=True, slots=True)
class Bounded:
    """What the small problem says.

    Attributes:
        bound: no plan costs less [money].
        sizes: the design that it chose [columns], within its bounds.
        columns: size of the problem, for the curious.
    """

    bound: float
    sizes: FloatArray
    columns: int


def lower_bound(study: Study, design: Design, groups: IntArray, cuts: list[Cut], options: Options) -> Bounded:
    """Solve the years on mean days with the cuts.

    Args:
        study: the study.
        design: its design.
        groups: group of each day [days].
        cuts: proven lower bounds of single years.
        options: how to solve.

    Raises:
        SolverError: when the solver ends without an optimum.
    """
    timeline = study.timeline.grouped(groups)
    years = [build_year(study, year, timeline)[0] for year in study.horizon.years]
    problem = stack(design, years)
    if cuts:
        starts = np.cumsum([len(design.lower), *[y.matrix.operation.shape[1] for y in years]])
        problem = with_cuts(
            problem,
            {y.year: (y.matrix.design_cost, y.matrix.cost, int(s), y.matrix.constant)
             for y, s in zip(years, starts, strict=False)},
            cuts,
        )  # fmt: skip
    solution = solve(problem, options)
    if solution.status != "optimal":
        raise SolverError(f"the lower bound ended with status {solution.status}")
    sizes = np.clip(solution.values[: len(design.lower)], design.lower, design.upper)
    if design.whole.any():
        sizes = np.where(design.whole, np.round(sizes), sizes)
    return Bounded(min(solution.bound, solution.objective), sizes, len(problem.cost))


def with_cuts(
    problem: Problem, years: dict[int, tuple[FloatArray, FloatArray, int, float]], cuts: list[Cut]
) -> Problem:
    """The problem with one cost variable for each year, above its mean days' cost and above every cut.

    Args:
        problem: design and years stacked.
        years: for each year the cost of the design, of its operation, the latter's first column, a constant.
        cuts: proven lower bounds of single years.
    """
    width, count = len(problem.cost), len(years)
    order = {year: i for i, year in enumerate(years)}
    # Cost variables count in units near the size of the cuts' constants, so that all numbers stay near one.
    unit = 10.0 ** np.round(np.log10(max(1.0, *(abs(c.constant) for c in cuts)) / 1e2))
    rows, low = [], []
    for year, (design_cost, cost, start, constant) in years.items():
        line = np.zeros(width + count)
        line[: len(design_cost)] = -design_cost / unit
        line[start : start + len(cost)] = -cost / unit
        line[width + order[year]] = 1.0
        rows.append(sparse.csr_array(line[None, :]))
        low.append(constant / unit)
    for cut in cuts:
        line = np.zeros(width + count)
        line[: len(cut.slope)] = -cut.slope / unit
        line[width + order[cut.year]] = 1.0
        rows.append(sparse.csr_array(line[None, :]))
        low.append(cut.constant / unit)
    padded = sparse.csr_array(
        (problem.matrix.data, problem.matrix.indices, problem.matrix.indptr),
        shape=(problem.matrix.shape[0], width + count),
    )
    extra = len(low)
    return Problem(
        sparse.csr_array(sparse.vstack([padded, *rows], format="csr")),
        np.concatenate([np.zeros(width), np.full(count, unit)]),
        np.concatenate([problem.low, low]),
        np.concatenate([problem.high, np.full(extra, np.inf)]),
        np.concatenate([problem.lower, np.full(count, -np.inf)]),
        np.concatenate([problem.upper, np.full(count, np.inf)]),
        np.concatenate([problem.whole, np.zeros(count, dtype=np.bool_)]),
    )
