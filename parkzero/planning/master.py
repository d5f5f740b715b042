"""The lower bound: all years on mean days, with the cuts found so far.

Its optimum is a proven lower bound on the cost of any plan (see ``parkzero.lp.series`` for why mean days
bound the year), and its sizes are the next ones to try.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from parkzero.errors import SolverError
from parkzero.lp.coordinate import LEAST_PART, Accounts, Asked, Market, Trust, asked_next
from parkzero.lp.interior import Anew
from parkzero.lp.parts import Parts, moved_prices, parts_of, solved_apart
from parkzero.lp.proximal import METHOD, solve_curved
from parkzero.lp.session import Session
from parkzero.lp.solver import (
    AT_LOWER,
    BASIC,
    REACH,
    Basis,
    Options,
    Problem,
    Residuals,
    Solution,
    dual_bound,
)
from parkzero.planning.assemble import Built, Design, build_year, stack
from parkzero.planning.bounds import Cut
from parkzero.planning.grouping import Worth, worth_of
from parkzero.planning.hard_days import Hard, with_hard_days
from parkzero.planning.ownership import NOBODY, column_owners, place_of_shared
from parkzero.planning.splitting import Split
from parkzero.study.study import Study
from parkzero.texts import say
from parkzero.timeline import IntArray
from parkzero.units import FloatArray

# A problem with few sizes that tie its columns together is solved by the simplex, which goes on from its
# basis when cuts come. With more sizes the simplex takes ever longer: an interior point solves it from
# nothing each time, in a time that grows with the number of columns alone.
SIMPLEX_SIZES, SIMPLEX_COLUMNS = 60, 100_000
SMALL = Options(method="simplex", crossover=True, threads=1)
LARGE = Options(method="hipo", crossover=False, threads=1, tolerance=1e-5)

Crowd = Callable[[Sequence[Problem], Options], Sequence[Solution]]
"""Solves several linear problems; where one has no optimum, its answer is that one alone."""

# Part of what cuts held up of the years' costs that the cuts of a similar study are asked to hold: one that
# promises too much of a size leaves its owner's problem without an optimum.
SHARES = (1.0, 0.5, 0.25)
# Parts that prove less than duals that nobody solved for, by more than this share, have no optimum in truth.
LESS = 0.01
# How far prices may move when better ones are sought, and what share of that where a part has no optimum
# there. Where nothing so near promises enough, it is twice as far each time, but never farther than WIDEST.
TRUST, NARROWER, WIDEST = Trust(0.07, 0.1), 0.5, 0.4
# By how much the part of a year's cost that its mean days hold up may move with them. Where cuts were asked
# to hold less than they held, it is far from its place and moves freely.
PART_BOX, FREE = 0.08, 1.0
# How near its optimum the problem that asks for them is solved: they prove nothing by themselves.
ROUGH = 1e-4
# Times that better prices are sought, as long as they promise this share of what the bound still lacks.
MOST_ASKED, PROMISING = 5, 0.6


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
    """

    groups: IntArray
    values: FloatArray
    duals: FloatArray
    cuts: IntArray
    hard: Mapping[int, Hard] = field(default_factory=dict)
    begins: FloatArray = field(default_factory=lambda: np.zeros(0))

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
        self._study, self._design, self._groups, self._hard = study, design, groups, hard or {}
        self._timeline = timeline
        self._years = [
            with_hard_days(study, build_year(study, year, timeline)[0], self._hard.get(year, {}))
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
        self._cuts = np.zeros(0, dtype=np.int32)

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
        self._cuts = np.append(self._cuts, np.array([cut.year for cut in cuts], dtype=np.int32))
        self._session.append(matrix, np.array(low), np.full(len(low), np.inf))

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
        if ended is None or not isinstance(self._session, Session):
            return None
        self._session.lift(lifts / self._unit)
        sizes = self.solve().sizes
        self._session.lift(-lifts / self._unit)
        self._session.begin_at(ended, near=True)
        return sizes

    def solve(self, seconds: float = np.inf) -> Bounded:
        """Solve the small problem.

        Raises:
            SolverError: when the solver ends without an optimum.
        """
        solution = self._session.solve(seconds)
        if solution.status != "optimal":
            raise SolverError(say("the lower bound ended with status {status}", status=solution.status))
        return self._bounded(solution)

    def _bounded(self, solution: Solution) -> Bounded:
        design = self._design
        sizes = np.clip(solution.values[: len(design.lower)], design.lower, design.upper)
        if design.whole.any():
            sizes = np.where(design.whole, np.round(sizes), sizes)
        proof = None
        if self.large and not self._session.problem.whole.any():
            proof = Proof(self._groups, solution.values, solution.duals, self._cuts, self._hard)
        bound = min(solution.bound, solution.objective)
        return Bounded(bound, sizes, self._worth(solution), solution.ran, proof)

    def renewed(self, proof: Proof) -> float:
        """The lower bound that the duals of a similar problem on the same mean days prove.

        Weak duality holds for any duals. A change of growth moves right-hand sides alone: they then prove
        nearly as much as before.
        """
        duals = self._placed(proof)
        if duals is None:
            return -np.inf
        bound, _ = dual_bound(self._session.problem, duals, REACH**2 * max(1.0, proof.reach))
        return bound

    def apart(self, proof: Proof, solve: Crowd, needed: float = -np.inf) -> Bounded | None:
        """A lower bound owner by owner, at prices of what they share that follow from a similar problem's.

        Args:
            proof: what the bound of a similar problem on the same mean and hard days rests on.
            solve: solves linear problems as the options say.
            needed: bound that will do; better prices are sought for a weaker one [money].

        Returns:
            A proven bound, weaker than that of ``solve`` as far as the prices are off; None where there is
            one owner alone, or an owner's problem has no optimum.
        """
        problem = self._session.problem
        if len(proof.values) != len(problem.cost) or problem.whole.any():
            return None
        owners = column_owners(self._study, self._design, self._years, len(self._years))
        parts = parts_of(problem, owners.astype(np.int64))
        if parts.count < 2:
            return None
        shared = owners == place_of_shared(self._study)
        sellers = shared | (owners == NOBODY)
        if len(proof.begins):
            proof = replace(proof, duals=proof.begins)
        for share in SHARES if len(self._cuts) and len(proof.cuts) else SHARES[:1]:
            duals = self._placed(proof, share)
            if duals is None:
                return None
            prices = moved_prices(problem, parts, sellers, duals, proof.values)
            told = self._at_prices(parts, prices, proof, solve)
            least, _ = dual_bound(problem, duals, REACH * proof.reach)
            if told is not None and told.bound > least - LESS * abs(least):
                accounts = self._accounts(parts, PART_BOX if share == 1 else FREE)
                open_parts = np.zeros(parts.count, dtype=np.bool_)
                open_parts[parts.part[shared & (parts.part >= 0)]] = True
                market = Market(problem, parts, open_parts, [proof.values, told.values], accounts)
                best, most = self._at_better_prices(market, prices, told, proof, solve, needed)
                bounded = self._bounded(best)
                return replace(bounded, most=most, proof=_of_all(bounded.proof, proof))
        return None

    def _at_prices(self, parts: Parts, prices: FloatArray, proof: Proof, solve: Crowd) -> Solution | None:
        """What the parts say of the whole at some prices; None where one of them has no optimum."""
        found = solved_apart(
            self._session.problem, parts, prices, proof.values, lambda alone: solve(alone, self._chosen)
        )
        return None if found is None else self._told(*found)

    def _at_better_prices(
        self,
        market: Market,
        prices: FloatArray,
        told: Solution,
        proof: Proof,
        solve: Crowd,
        needed: float,
    ) -> tuple[Solution, float]:
        """The best that the parts say at prices around the first ones, until it is as high as needed.

        Where other prices promise too little to go on: about the most that they may prove; else infinity.
        """
        best, trust = told, TRUST
        for _ in range(MOST_ASKED):
            if best.bound >= needed:
                break
            trust, asked = self._asked(market, prices, trust, best.bound, needed)
            if asked is None:
                break
            if asked.most - best.bound < PROMISING * (needed - best.bound):
                return best, asked.most
            told_now = self._at_prices(market.parts, asked.prices, proof, solve)
            if told_now is None:
                trust = Trust(NARROWER * trust.near, NARROWER * trust.farthest)
                continue
            market.done.append(told_now.values)
            if told_now.bound > best.bound:
                best, prices = told_now, asked.prices
        return best, np.inf

    def _asked(
        self, market: Market, prices: FloatArray, trust: Trust, known: float, needed: float
    ) -> tuple[Trust, Asked | None]:
        """Prices to ask at next, and how far away: farther where much is promised, but too little."""
        rough = replace(self._chosen, tolerance=ROUGH)
        while True:
            asked = asked_next(
                market, prices, trust, lambda small, curvature: solve_curved(small, curvature, rough)
            )
            enough = asked is None or asked.most >= needed or trust.farthest >= WIDEST
            if enough or asked is None or asked.most - known < PROMISING * (needed - known):
                return trust, asked
            trust = Trust(trust.near, 2 * trust.farthest)

    def _accounts(self, parts: Parts, box: float) -> Accounts:
        """What counts the cost of each year's rows, where it ties parts."""
        found = np.full(len(self._session.problem.low), -1, dtype=np.int64)
        row = len(self._design.matrix.low)
        first = row + sum(len(built.matrix.low) for built in self._years)
        for i, built in enumerate(self._years):
            end = row + len(built.matrix.low)
            found[row:end] = first + i if parts.tying[first + i] else -1
            row = end
        return Accounts(found, self._unit, box)

    def _told(self, values: FloatArray, duals: FloatArray) -> Solution:
        """What values and duals of the parts say of the whole."""
        problem = self._session.problem
        reach = REACH * max(1.0, float(np.abs(values).max(initial=0.0)))
        bound, reduced = dual_bound(problem, duals, reach)
        unknown = Residuals(np.inf, np.inf, np.inf)
        cost = float(problem.cost @ values) + problem.constant
        return Solution("unknown", values, duals, reduced, max(cost, bound), bound, unknown, METHOD, 0.0)

    def _placed(self, proof: Proof, part: float = 1.0) -> FloatArray | None:
        """The duals of a similar problem as duals of this one's rows; None where it has others.

        What its cuts held up of a year's cost this one's last cut of the year holds up, or some part of it;
        the rest is its mean days' to hold.
        """
        rows, years = len(self._session.problem.low) - len(self._cuts), len(self._years)
        if len(proof.duals) - len(proof.cuts) != rows:
            return None
        duals, cuts = proof.duals[:rows].copy(), np.zeros(len(self._cuts))
        row = len(self._design.matrix.low)
        for i, built in enumerate(self._years):
            own, was = np.flatnonzero(self._cuts == built.year), proof.cuts == built.year
            held, mean = float(proof.duals[rows:][was].clip(0).sum()), max(duals[rows - years + i], 0.0)
            share = held / (held + mean) if held else 0.0
            now = part * share if len(own) else 0.0
            end = row + len(built.matrix.low)
            if share < 1:
                duals[row:end] *= (1 - now) / (1 - share)
            duals[rows - years + i] = self._unit * (1 - now)
            if len(own):
                cuts[own[-1]] = self._unit * now
            row = end
        return np.concatenate([duals, cuts])

    def _worth(self, solution: Solution) -> dict[int, Worth]:
        row, column = len(self._design.matrix.low), len(self._design.lower)
        costs = row + sum(len(built.matrix.low) for built in self._years)
        found = {}
        for i, built in enumerate(self._years):
            matrix = built.matrix
            # Where cuts hold a year's cost up beside its mean days, these have a share of their prices only.
            share = solution.duals[costs + i] / self._unit
            tells = share > LEAST_PART
            duals = solution.duals[row : row + len(matrix.low)] / (share if tells else 1.0)
            values = solution.values[column : column + len(matrix.cost)]
            worth = worth_of(matrix, duals, values, self._timeline)
            found[built.year] = worth if tells else replace(worth, totals={})
            row, column = row + len(matrix.low), column + len(matrix.cost)
        return found


def _of_all(found: Proof | None, before: Proof) -> Proof | None:
    """What a bound owner by owner rests on, with what the last one of all at once found, if neither has cuts.

    What owners did apart keeps no row that ties them, and prices that were moved twice lead nowhere: the next
    ones begin where everyone was last seen together.
    """
    if found is None or len(found.cuts) or len(before.cuts):
        return found
    return replace(found, values=before.values, begins=before.duals)


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
