"""The lower bound: all years on mean days, with the cuts found so far.

Its optimum is a proven lower bound on the cost of any plan (see ``parkzero.lp.series`` for why mean days
bound the year), and its sizes are the next ones to try.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from parkzero.errors import SolverError
from parkzero.lp.interior import Anew
from parkzero.lp.session import Session
from parkzero.lp.solver import AT_LOWER, BASIC, REACH, Basis, Options, Problem, Solution, dual_bound
from parkzero.plan.assemble import Built, Design, build_year, stack
from parkzero.plan.bounds import Cut
from parkzero.plan.grouping import Worth, worth_of
from parkzero.plan.hard_days import Hard, with_hard_days
from parkzero.plan.splitting import Split
from parkzero.study.study import Study
from parkzero.timeline import IntArray
from parkzero.units import FloatArray

# A problem with few sizes that tie its columns together is solved by the simplex, which goes on from its
# basis when cuts come. With more sizes the simplex takes ever longer: an interior point solves it from
# nothing each time, in a time that grows with the number of columns alone.
SIMPLEX_SIZES, SIMPLEX_COLUMNS = 60, 100_000
SMALL = Options(method="simplex", crossover=True, threads=1)
LARGE = Options(method="hipo", crossover=False, threads=1, tolerance=1e-5)

# A smaller share of a year's cost that its mean days hold up says nothing of its prices.
LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Proof:
    """What a lower bound from mean days alone rests on.

    Attributes:
        groups: group of each day [days].
        duals: of the small problem's rows [rows].
        reach: largest absolute value in its solution.
    """

    groups: IntArray
    duals: FloatArray
    reach: float


@dataclass(frozen=True, slots=True)
class Bounded:
    """What the small problem says.

    Attributes:
        bound: no plan costs less [money].
        sizes: the design that it chose [columns], within its bounds.
        worth: for each year what things are worth in it.
        ran: method that ran.
        proof: for a large problem without hard days and cuts, what its bound rests on.
    """

    bound: float
    sizes: FloatArray
    worth: dict[int, Worth]
    ran: str = ""
    proof: Proof | None = None


class Master:
    """The years on mean days, to which cuts are added as they are found."""

    def __init__(
        self,
        study: Study,
        design: Design,
        groups: IntArray,
        options: Options | None = None,
        hard: Mapping[int, Hard] | None = None,
    ) -> None:
        timeline = study.timeline.grouped(groups)
        self._design, self._groups = design, groups
        self._timeline = timeline
        self._years = [
            with_hard_days(study, build_year(study, year, timeline)[0], (hard or {}).get(year, {}))
            for year in study.horizon.years
        ]
        problem = stack(design, self._years)
        # One cost variable for each year, above its mean days' cost and above every cut; in units that keep
        # the numbers of these rows near one.
        scale = float(np.sum(np.abs(problem.cost * np.clip(problem.upper, 0, 1)))) / max(len(problem.cost), 1)
        self._unit = float(10.0 ** np.round(np.log10(max(scale * timeline.steps, 1.0))))
        self._chosen = options or _options(len(problem.cost), len(design.lower))
        whole = _with_costs(problem, design, self._years, self._unit)
        anew = self.large and not problem.whole.any()
        self._session = Anew(whole, self._chosen) if anew else Session(whole, self._chosen)
        self._width = len(problem.cost)
        self._plain = not hard

    @property
    def quick(self) -> bool:
        """Whether it is small enough to be looked at twice."""
        return self._chosen.method == "simplex"

    @property
    def large(self) -> bool:
        """Whether it takes an interior point from nothing each time."""
        return not self._chosen.crossover

    @property
    def basis(self) -> Basis | None:
        """Where the last solve ended, to begin a similar one there; None where it begins from nothing."""
        return None if self.large or isinstance(self._session, Anew) else self._session.basis

    def begin_at(self, basis: Basis) -> None:
        """Begin at the basis of a similar problem; call it before cuts are added."""
        if isinstance(self._session, Session):
            self._session.begin_at(basis)

    def begin_like(self, before: Master) -> None:
        """Begin where a problem of the same study on other mean days ended; call it before cuts are added.

        Each mean day begins like the one that had most of its days. Mean days that are split differ little
        from what they were: a tenth of the steps from nothing is left.
        """
        ended = before.basis
        if ended is None or self.large or isinstance(self._session, Anew) or self._design.whole.any():
            return
        days = Split(before._groups, self._groups, self._timeline.calendar.per_day)
        columns = np.full(self._width + len(self._years), AT_LOWER, dtype=np.int8)
        rows = np.full(len(self._session.problem.low), BASIC, dtype=np.int8)
        old_columns, old_rows = ended
        at, was = len(self._design.lower), len(before._design.lower)
        row, row_was = len(self._design.matrix.low), len(before._design.matrix.low)
        columns[:at], rows[:row] = old_columns[:was], old_rows[:row_was]
        for built, old in zip(self._years, before._years, strict=True):
            days.carry(built.matrix.columns, old.matrix.columns, columns[at:], old_columns[was:])
            days.carry(built.matrix.rows, old.matrix.rows, rows[row:], old_rows[row_was:])
            at, was = at + len(built.matrix.cost), was + len(old.matrix.cost)
            row, row_was = row + len(built.matrix.low), row_was + len(old.matrix.low)
        costs = len(self._years)
        columns[at:], rows[row : row + costs] = old_columns[was:], old_rows[row_was : row_was + costs]
        self._session.begin_at((columns, rows), primal=True)

    def add(self, cuts: list[Cut]) -> None:
        """Add proven lower bounds of single years."""
        if not cuts:
            return
        order = {built.year: i for i, built in enumerate(self._years)}
        rows, low = [], []
        for cut in cuts:
            line = np.zeros(self._width + len(self._years))
            line[: len(cut.slope)] = -cut.slope / self._unit
            line[self._width + order[cut.year]] = 1.0
            rows.append(sparse.csr_array(line[None, :]))
            low.append(cut.constant / self._unit)
        matrix = sparse.csr_array(sparse.vstack(rows, format="csr"))
        self._plain = False
        self._session.append(matrix, np.array(low), np.full(len(low), np.inf))

    def solve(self, seconds: float = np.inf) -> Bounded:
        """Solve the small problem.

        Raises:
            SolverError: when the solver ends without an optimum.
        """
        solution = self._session.solve(seconds)
        if solution.status != "optimal":
            raise SolverError(f"the lower bound ended with status {solution.status}")
        design = self._design
        sizes = np.clip(solution.values[: len(design.lower)], design.lower, design.upper)
        if design.whole.any():
            sizes = np.where(design.whole, np.round(sizes), sizes)
        reach = float(np.abs(solution.values).max(initial=0.0))
        proof = Proof(self._groups, solution.duals, reach) if self.large and self._plain else None
        bound = min(solution.bound, solution.objective)
        return Bounded(bound, sizes, self._worth(solution), solution.ran, proof)

    def renewed(self, proof: Proof) -> float:
        """The lower bound that the duals of a similar problem on the same mean days prove.

        Weak duality holds for any duals. A change of growth moves right-hand sides alone: they then prove
        nearly as much as before.
        """
        problem = self._session.problem
        if len(proof.duals) != len(problem.low):
            return -np.inf
        bound, _ = dual_bound(problem, proof.duals, REACH**2 * max(1.0, proof.reach))
        return bound

    def _worth(self, solution: Solution) -> dict[int, Worth]:
        row, column = len(self._design.matrix.low), len(self._design.lower)
        costs = row + sum(len(built.matrix.low) for built in self._years)
        found = {}
        for i, built in enumerate(self._years):
            matrix = built.matrix
            # Where cuts hold a year's cost up beside its mean days, these have a share of their prices only.
            share = solution.duals[costs + i] / self._unit
            tells = share > LEAST_SHARE
            duals = solution.duals[row : row + len(matrix.low)] / (share if tells else 1.0)
            values = solution.values[column : column + len(matrix.cost)]
            worth = worth_of(matrix, duals, values, self._timeline)
            found[built.year] = worth if tells else replace(worth, totals={})
            row, column = row + len(matrix.low), column + len(matrix.cost)
        return found


def _options(columns: int, sizes: int) -> Options:
    return SMALL if sizes <= SIMPLEX_SIZES and columns <= SIMPLEX_COLUMNS else LARGE


def _with_costs(problem: Problem, design: Design, years: list[Built], unit: float) -> Problem:
    """The problem with one cost variable for each year instead of the cost of its columns."""
    width, count = len(problem.cost), len(years)
    start = len(design.lower)
    rows, low = [], []
    for i, built in enumerate(years):
        matrix = built.matrix
        line = np.zeros(width + count)
        line[: len(design.lower)] = -matrix.design_cost / unit
        line[start : start + len(matrix.cost)] = -matrix.cost / unit
        line[width + i] = 1.0
        rows.append(sparse.csr_array(line[None, :]))
        low.append(matrix.constant / unit)
        start += len(matrix.cost)
    padded = sparse.csr_array(
        (problem.matrix.data, problem.matrix.indices, problem.matrix.indptr),
        shape=(problem.matrix.shape[0], width + count),
    )
    return Problem(
        sparse.csr_array(sparse.vstack([padded, *rows], format="csr")),
        np.concatenate([np.zeros(width), np.full(count, unit)]),
        np.concatenate([problem.low, low]),
        np.concatenate([problem.high, np.full(count, np.inf)]),
        np.concatenate([problem.lower, np.full(count, -np.inf)]),
        np.concatenate([problem.upper, np.full(count, np.inf)]),
        np.concatenate([problem.whole, np.zeros(count, dtype=np.bool_)]),
    )
