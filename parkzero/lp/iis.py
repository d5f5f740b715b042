"""Conflicts: which groups of rows and bounds cannot hold together.

HiGHS finds an irreducible set of rows (an IIS). People do not think in rows, so the set is shrunk further by
whole groups: a group whose absence leaves the rest infeasible is not needed and is dropped. What remains is a
smallest conflict: without any one of its groups the others could be satisfied.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import highspy
import numpy as np
import numpy.typing as npt

from parkzero.lp.solver import Problem, load, quiet
from parkzero.units import FloatArray

IntArray = npt.NDArray[np.int32]
NONE = -1


@dataclass(frozen=True, slots=True)
class Groups:
    """Which group each row and each column's bounds belong to.

    Attributes:
        rows: group of each row [rows].
        columns: group of each column's upper bound [columns]; ``NONE`` where the bound is not in question.
        order: groups in the order in which they are tried; those tried last tend to remain.
    """

    rows: IntArray
    columns: IntArray
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Groups that cannot hold together.

    Attributes:
        groups: their numbers.
        rows: rows of these groups that HiGHS's IIS holds [k].
        smallest: whether no group can be left out; False when time ran out.
    """

    groups: tuple[int, ...]
    rows: IntArray
    smallest: bool


def conflict(problem: Problem, groups: Groups, seconds: float = 30.0) -> Conflict | None:
    """The smallest conflict that can be found in the time; None where the problem can be satisfied.

    Args:
        problem: the rows and bounds; its costs do not matter and whole numbers are relaxed.
        groups: how rows and bounds belong together.
        seconds: time limit [s].
    """
    try:
        return _conflict(problem, groups, seconds)
    finally:
        _release()


def _release() -> None:
    """Let the next solve choose its threads: HiGHS refuses another number than the first in a process."""
    quiet().resetGlobalScheduler(True)


def _conflict(problem: Problem, groups: Groups, seconds: float) -> Conflict | None:
    ends = time.monotonic() + seconds
    bare = replace(
        problem, cost=np.zeros_like(problem.cost), whole=np.zeros_like(problem.whole), constant=0.0
    )
    trial = _Trial(bare, groups)
    if trial.feasible():
        return None
    rows = irreducible(bare, max(1.0, seconds / 2))
    if len(rows):
        trial.keep(rows)
        if trial.feasible():  # the solver's set was no conflict: start from everything
            trial = _Trial(bare, groups)
            rows = np.arange(len(bare.low), dtype=np.int32)
    smallest = trial.shrink(groups.order, ends)
    kept = [g for g in groups.order if g in trial.kept]
    inside = rows if len(rows) else np.arange(len(bare.low), dtype=np.int32)
    return Conflict(tuple(kept), inside[np.isin(groups.rows[inside], kept)], smallest)


def irreducible(problem: Problem, seconds: float) -> IntArray:
    """Rows of HiGHS's irreducible infeasible system; empty where it finds none."""
    highs = quiet()
    highs.setOptionValue("time_limit", float(seconds))
    highs.setOptionValue("presolve", "off")
    strategy = highspy.IisStrategy
    wanted = int(strategy.kIisStrategyFromRay) | int(strategy.kIisStrategyFromLp)
    highs.setOptionValue("iis_strategy", wanted | int(strategy.kIisStrategyIrreducible))
    load(highs, problem)
    highs.run()
    _, found = highs.getIis()
    _release()
    return np.array(sorted(found.row_index_), dtype=np.int32) if found.valid_ else np.zeros(0, dtype=np.int32)


class _Trial:
    """One solver that is asked again and again whether what is left can be satisfied."""

    def __init__(self, problem: Problem, groups: Groups) -> None:
        self.problem, self.groups = problem, groups
        self.low, self.high, self.upper = problem.low.copy(), problem.high.copy(), problem.upper.copy()
        self.kept = {int(g) for g in (*groups.rows, *groups.columns) if g != NONE}
        self.highs = quiet()
        self.highs.setOptionValue("solver", "simplex")
        load(self.highs, problem)

    def feasible(self) -> bool:
        """Whether the rows and bounds that are left can be satisfied."""
        self.highs.run()
        return bool(self.highs.getModelStatus() != highspy.HighsModelStatus.kInfeasible)

    def keep(self, rows: IntArray) -> None:
        """Free every row that is not among these, and forget groups without a row or bound."""
        outside = np.ones(len(self.low), dtype=bool)
        outside[rows] = False
        self._rows(np.flatnonzero(outside), free=True)
        self.low[outside], self.high[outside] = -np.inf, np.inf
        left = {int(g) for g in (*self.groups.rows[rows], *self.groups.columns)}
        self.kept &= left

    def shrink(self, order: tuple[int, ...], ends: float) -> bool:
        """Drop each group whose absence leaves a conflict; return whether there was time for all."""
        for group in order:
            if group not in self.kept:
                continue
            if time.monotonic() > ends:
                return False
            rows = np.flatnonzero(self.groups.rows == group)
            columns = np.flatnonzero(self.groups.columns == group)
            self._rows(rows, free=True)
            self._columns(columns, np.full(len(columns), np.inf))
            if not self.feasible():
                self.kept.discard(group)
                continue
            self._rows(rows, free=False)
            self._columns(columns, self.upper[columns])
        return True

    def _rows(self, rows: npt.NDArray[np.int64], free: bool) -> None:
        low = np.full(len(rows), -np.inf) if free else self.low[rows]
        high = np.full(len(rows), np.inf) if free else self.high[rows]
        if len(rows):
            many = rows.astype(np.int32)
            self.highs.changeRowsBounds(len(rows), many, low, high)  # type: ignore[attr-defined]  # the stub lacks it

    def _columns(self, columns: npt.NDArray[np.int64], upper: FloatArray) -> None:
        if len(columns):
            lower = self.problem.lower[columns]
            self.highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)
