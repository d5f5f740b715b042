"""The lower bound: all years on mean days, with the cuts found so far.

Its optimum is a proven lower bound on the cost of any plan (see ``parkzero.lp.series`` for why mean days
bound the year), and its sizes are the next ones to try.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from parkzero.errors import SolverError
from parkzero.lp.anew import Anew
from parkzero.lp.coordinate import LEAST_PART
from parkzero.lp.limits import standing
from parkzero.lp.session import Session
from parkzero.lp.solver import (
    AT_LOWER,
    BASIC,
    PRIMAL_TOLERANCE,
    REACH,
    Basis,
    Options,
    Problem,
    Solution,
    dual_bound,
)
from parkzero.planning.assemble import Built, Design, build_year, stack
from parkzero.planning.bounds import Cut
from parkzero.planning.grouping import Worth, worth_of
from parkzero.planning.hard_days import Hard, with_hard_days
from parkzero.planning.laid import Laid, laid_out
from parkzero.planning.mend import keeping
from parkzero.planning.peak_days import by_month
from parkzero.planning.splitting import Split
from parkzero.study.study import Study
from parkzero.texts import say
from parkzero.timeline import IntArray
from parkzero.units import FloatArray

# A problem with few sizes that tie its columns together is solved by the simplex, which goes on from its
# basis when cuts come. With more sizes the simplex takes ever longer: an interior point solves it from
# nothing each time, in a time that grows with the number of columns alone.
SIMPLEX_SIZES, SIMPLEX_COLUMNS = 60, 100_000
# Where months tie mean days the simplex takes longer: seven times the interior point's time on ten of them.
MONTHLY_COLUMNS = 25_000
SMALL = Options(method="simplex", crossover=True, threads=1)
# Share of the time that is left which a problem with whole numbers may take.
MIXED_SHARE = 0.4
# Rows that values break by more than this leave no room for what an operation may break them by.
EXACT = 0.1 * PRIMAL_TOLERANCE
LARGE = Options(method="hipo", crossover=False, threads=1, tolerance=1e-6)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a lower bound rests on.

    Attributes:
        groups: group of each day [days].
        values: of the small problem's columns [columns].
        duals: of its rows; those of cuts stand last [rows].
        cuts: year of each cut [cuts].
        hard: hard days of each year beside its mean days.
        begins: where the bound was found owner by owner and has no cuts: the duals of the last one of all at
            once, to which the values belong; empty where these are the duals [rows].
        laid: the blocks of columns and rows.
    """

    groups: IntArray
    values: FloatArray
    duals: FloatArray
    cuts: IntArray
    hard: Mapping[int, Hard] = field(default_factory=dict)
    begins: FloatArray = field(default_factory=lambda: np.zeros(0))
    laid: Laid = field(default_factory=Laid)

    @property
    def reach(self) -> float:
        """Largest absolute value in the small problem's solution."""
        return float(np.abs(self.values).max(initial=0.0))


@dataclass(frozen=True, slots=True)
class Bounded:
    """What the small problem says.

    Attributes:
        bound: no plan costs less [money].
        sizes: the design that it chose [columns], within its bounds.
        worth: for each year what things are worth in it.
        ran: method that ran.
        proof: for a large problem, what its bound rests on.
        most: about the highest bound that these mean days may give, where prices promise too little [money].
    """

    bound: float
    sizes: FloatArray
    worth: dict[int, Worth]
    ran: str = ""
    proof: Proof | None = None
    most: float = np.inf


class Master:
    """The years on mean days, to which cuts are added as they are found.

    Attributes:
        study, design, groups, hard: what it is made of.
        timeline: the mean days.
        years: the years on them.
        unit: money of one unit of a year's cost variable.
        chosen: how it is solved.
        session: the problem and its solver.
        cuts: year of each cut [cuts].
    """

    def __init__(
        self,
        study: Study,
        design: Design,
        groups: IntArray,
        options: Options | None = None,
        hard: Mapping[int, Hard] | None = None,
        near: float = SMALL.gap,
    ) -> None:
        timeline = study.timeline.grouped(groups)
        self.study, self.design, self.groups, self.hard = study, design, groups, hard or {}
        self.timeline = timeline
        self.years = [
            with_hard_days(study, build_year(study, year, timeline)[0], self.hard.get(year, {}))
            for year in study.milestones.years
        ]
        problem = stack(design, self.years)
        # One cost variable for each year, above its mean days' cost and above every cut; in units that keep
        # the numbers of these rows near one.
        scale = float(np.sum(np.abs(problem.cost * np.clip(problem.upper, 0, 1)))) / max(len(problem.cost), 1)
        self.unit = float(10.0 ** np.round(np.log10(max(scale * timeline.steps, 1.0))))
        monthly = bool(by_month(self.years[0].matrix)) and not problem.whole.any()
        self.chosen = options or replace(_options(len(problem.cost), len(design.lower), monthly), gap=near)
        whole = _with_costs(problem, design, self.years, self.unit)
        anew = self.large and not problem.whole.any()
        self.session = Anew(whole, self.chosen) if anew else Session(whole, self.chosen)
        self._width = len(problem.cost)
        self.cuts = np.zeros(0, dtype=np.int32)

    @property
    def problem(self) -> Problem:
        """The problem as it stands, cuts included."""
        return self.session.problem

    @property
    def quick(self) -> bool:
        """Whether it is small enough to be looked at twice."""
        return self.chosen.method == "simplex"

    @property
    def large(self) -> bool:
        """Whether it takes an interior point from nothing each time."""
        return not self.chosen.crossover

    @property
    def basis(self) -> Basis | None:
        """Where the last solve ended, to begin a similar one there; None where it begins from nothing."""
        return None if self.large or isinstance(self.session, Anew) else self.session.basis

    def begin_at(self, basis: Basis) -> None:
        """Begin at the basis of a similar problem; call it before cuts are added."""
        if isinstance(self.session, Session):
            self.session.begin_at(basis)

    def begin_like(self, before: Master) -> None:
        """Begin where a problem of the same study on other mean days ended; call it before cuts are added.

        Each mean day begins like the one that had most of its days. Mean days that are split differ little
        from what they were: a tenth of the steps from nothing is left.
        """
        ended = before.basis
        if ended is None or self.large or isinstance(self.session, Anew) or self.design.whole.any():
            return
        days = Split(before.groups, self.groups, self.timeline.calendar.per_day)
        columns = np.full(self._width + len(self.years), AT_LOWER, dtype=np.int8)
        rows = np.full(len(self.problem.low), BASIC, dtype=np.int8)
        old_columns, old_rows = ended
        at, was = len(self.design.lower), len(before.design.lower)
        row, row_was = len(self.design.matrix.low), len(before.design.matrix.low)
        columns[:at], rows[:row] = old_columns[:was], old_rows[:row_was]
        for built, old in zip(self.years, before.years, strict=True):
            days.carry(built.matrix.columns, old.matrix.columns, columns[at:], old_columns[was:])
            days.carry(built.matrix.rows, old.matrix.rows, rows[row:], old_rows[row_was:])
            at, was = at + len(built.matrix.cost), was + len(old.matrix.cost)
            row, row_was = row + len(built.matrix.low), row_was + len(old.matrix.low)
        costs = len(self.years)
        columns[at:], rows[row : row + costs] = old_columns[was:], old_rows[row_was : row_was + costs]
        self.session.begin_at((columns, rows), primal=True)

    def add(self, cuts: list[Cut]) -> None:
        """Add proven lower bounds of single years."""
        if not cuts:
            return
        order = {built.year: i for i, built in enumerate(self.years)}
        rows, low = [], []
        for cut in cuts:
            line = np.zeros(self._width + len(self.years))
            line[: len(cut.slope)] = -cut.slope / self.unit
            line[self._width + order[cut.year]] = 1.0
            rows.append(sparse.csr_array(line[None, :]))
            low.append(cut.constant / self.unit)
        matrix = sparse.csr_array(sparse.vstack(rows, format="csr"))
        self.cuts = np.append(self.cuts, np.array([cut.year for cut in cuts], dtype=np.int32))
        self.session.append(matrix, np.array(low), np.full(len(low), np.inf))

    def with_guesses(self, lifts: FloatArray) -> FloatArray | None:
        """Sizes where cuts are lifted to what years are guessed to cost: nothing of that is proven.

        The next solve goes on from where the last one ended before this.

        Args:
            lifts: by how much, for each cut [money].

        Returns:
            The sizes; None where it begins from nothing each time and a guess would cost as much as a bound.

        Raises:
            SolverError: when the solver ends without an optimum.
        """
        ended = self.basis
        if ended is None or not isinstance(self.session, Session):
            return None
        self.session.lift(lifts / self.unit)
        sizes = self.solve().sizes
        self.session.lift(-lifts / self.unit)
        self.session.begin_at(ended, near=True)
        return sizes

    def solve(self, seconds: float = np.inf) -> Bounded:
        """Solve the small problem.

        Whole numbers may take all the time there is. The best that was found in a share of what is left has a
        proven bound, too, and leaves time to operate it.

        Raises:
            SolverError: when the solver ends without an optimum.
            StopAsked: when it has to end before there is anything.
        """
        whole = bool(self.problem.whole.any())
        solution = self.session.solve(min(seconds, MIXED_SHARE * standing().left()) if whole else seconds)
        if whole and solution.status == "time_limit":
            if not solution.residuals.primal <= PRIMAL_TOLERANCE:
                solution = self.session.solve()
            if not solution.residuals.primal <= PRIMAL_TOLERANCE:
                standing().end()
            return self.bounded(solution)
        if solution.status != "optimal":
            raise SolverError(say("the lower bound ended with status {status}", status=solution.status))
        return self.bounded(solution)

    def bounded(self, solution: Solution) -> Bounded:
        """What a solution of the problem says."""
        design = self.design
        sizes = np.clip(solution.values[: len(design.lower)], design.lower, design.upper)
        if design.whole.any():
            sizes = np.where(design.whole, np.round(sizes), sizes)
        elif solution.residuals.primal > EXACT:
            sizes = keeping(design, self.years, sizes)
        proof = None
        if self.large and not self.problem.whole.any():
            parts = self.groups, solution.values, solution.duals, self.cuts, self.hard
            proof = Proof(*parts, laid=laid_out(design, self.years))
        bound = min(solution.bound, solution.objective)
        return Bounded(bound, sizes, self._worth(solution), solution.ran, proof)

    def renewed(self, proof: Proof) -> float:
        """The lower bound that the duals of a similar problem on the same mean days prove.

        Weak duality holds for any duals. A change of growth moves right-hand sides alone: they then prove
        nearly as much as before.
        """
        duals = self.placed(proof)
        if duals is None:
            return -np.inf
        bound, _ = dual_bound(self.problem, duals, REACH**2 * max(1.0, proof.reach))
        return bound

    def placed(self, proof: Proof, part: float = 1.0) -> FloatArray | None:
        """The duals of a similar problem as duals of this one's rows; None where it has others.

        What its cuts held up of a year's cost this one's last cut of the year holds up, or some part of it;
        the rest is its mean days' to hold.
        """
        rows, years = len(self.problem.low) - len(self.cuts), len(self.years)
        if len(proof.duals) - len(proof.cuts) != rows:
            return None
        duals, cuts = proof.duals[:rows].copy(), np.zeros(len(self.cuts))
        row = len(self.design.matrix.low)
        for i, built in enumerate(self.years):
            own, was = np.flatnonzero(self.cuts == built.year), proof.cuts == built.year
            held, mean = float(proof.duals[rows:][was].clip(0).sum()), max(duals[rows - years + i], 0.0)
            share = held / (held + mean) if held else 0.0
            now = part * share if len(own) else 0.0
            end = row + len(built.matrix.low)
            if share < 1:
                duals[row:end] *= (1 - now) / (1 - share)
            duals[rows - years + i] = self.unit * (1 - now)
            if len(own):
                cuts[own[-1]] = self.unit * now
            row = end
        return np.concatenate([duals, cuts])

    def _worth(self, solution: Solution) -> dict[int, Worth]:
        row, column = len(self.design.matrix.low), len(self.design.lower)
        costs = row + sum(len(built.matrix.low) for built in self.years)
        found = {}
        for i, built in enumerate(self.years):
            matrix = built.matrix
            # Where cuts hold a year's cost up beside its mean days, these have a share of their prices only.
            share = solution.duals[costs + i] / self.unit
            tells = share > LEAST_PART
            duals = solution.duals[row : row + len(matrix.low)] / (share if tells else 1.0)
            values = solution.values[column : column + len(matrix.cost)]
            worth = worth_of(matrix, duals, values, self.timeline)
            found[built.year] = worth if tells else replace(worth, totals={})
            row, column = row + len(matrix.low), column + len(matrix.cost)
        return found


def _options(columns: int, sizes: int, monthly: bool) -> Options:
    most = MONTHLY_COLUMNS if monthly else SIMPLEX_COLUMNS
    return SMALL if sizes <= SIMPLEX_SIZES and columns <= most else LARGE


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
