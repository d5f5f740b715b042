"""HiGHS's presolve, for solvers that have none of their own.

Interior points spend their time on rows and columns that a presolve takes out, and their steps on what these
leave badly scaled: PIQP, which did not come to an end on all owners' mean days with hard days and cuts, ends
near the optimum once they are presolved. What is undone is checked like any solution, on the whole problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
from scipy import sparse

from parkzero.lp.solver import Handle, Problem, Solution, checked, load, quiet
from parkzero.units import FloatArray

_REDUCED: Final = (highspy.HighsPresolveStatus.kReduced, highspy.HighsPresolveStatus.kReducedToEmpty)


@dataclass(frozen=True, slots=True)
class Presolved:
    """A problem and what presolve leaves of it.

    Attributes:
        problem: the problem.
        small: what is left of it; the problem itself where nothing was taken out, or where presolve finds
            that it has no optimum, which others then say.
        handle: the solver that knows how to undo it; None where nothing was taken out.
        scale: what costs are multiplied by there.
    """

    problem: Problem
    small: Problem
    handle: Handle | None = None
    scale: float = 1.0

    def undone(self, found: Solution) -> Solution:
        """The solution of the problem, from one of what was left: checked there."""
        values, duals = found.values, found.duals
        if len(values) != len(self.small.cost) or not (
            np.isfinite(values).all() and np.isfinite(duals).all()
        ):
            return found  # it ended with nothing
        if self.handle is not None:
            values, duals = self._postsolved(self.handle, values, duals)
        return checked(self.problem, values, duals, found)

    def _postsolved(
        self, handle: Handle, values: FloatArray, duals: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        left, given = self.small, highspy.HighsSolution()
        given.col_value, given.row_value = values, left.matrix @ values
        given.row_dual = duals * self.scale
        given.col_dual = (left.cost - left.matrix.T @ duals) * self.scale
        given.value_valid = given.dual_valid = True
        if handle.postsolve(given) == highspy.HighsStatus.kError:
            return np.full(len(self.problem.cost), np.nan), np.zeros(len(self.problem.low))
        whole = handle.getSolution()
        return np.asarray(whole.col_value), np.asarray(whole.row_dual) / self.scale


def presolved(problem: Problem) -> Presolved:
    """Presolve a problem without whole numbers."""
    highs = quiet()
    scale = load(highs, problem)
    highs.presolve()
    if highs.getModelPresolveStatus() not in _REDUCED:
        return Presolved(problem, problem)
    left = highs.getPresolvedLp()
    columns, rows = left.num_col_, left.num_row_
    kind = sparse.csc_array if left.a_matrix_.format_ == highspy.MatrixFormat.kColwise else sparse.csr_array
    entries = left.a_matrix_
    parts = np.asarray(entries.value_), np.asarray(entries.index_), np.asarray(entries.start_)
    small = Problem(
        sparse.csr_array(kind(parts, shape=(rows, columns))),
        np.asarray(left.col_cost_) / scale,
        np.asarray(left.row_lower_),
        np.asarray(left.row_upper_),
        np.asarray(left.col_lower_),
        np.asarray(left.col_upper_),
        np.zeros(columns, dtype=np.bool_),
        left.offset_ / scale,
    )
    return Presolved(problem, small, highs, scale)
