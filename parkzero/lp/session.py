"""A problem that is solved again and again: the solver keeps its basis between runs.

Only rows are added, which leaves the last basis dual feasible: the dual simplex method then needs a fraction
of the first solve.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from scipy import sparse

from parkzero.lp.solver import (
    Basis,
    Options,
    Problem,
    Solution,
    basis_of,
    begin_at_basis,
    change_sides,
    choose_devex,
    choose_simplex,
    choose_unscaled,
    load,
    quick_basis_of,
    quiet,
    read,
    run,
    set_options,
    solve,
    with_rows,
)
from parkzero.units import FloatArray


class Session:
    """A problem loaded into the solver once."""

    def __init__(self, problem: Problem, options: Options) -> None:
        self.problem = problem
        self._options = options
        self._highs = quiet()
        set_options(self._highs, replace(options, method="choose") if problem.whole.any() else options)
        self._scale = load(self._highs, problem)
        self._values: FloatArray | None = None  # of the last run, where it ended with an optimum

    @property
    def basis(self) -> Basis:
        """Which columns and rows are basic or at a bound after the last run, each of shape [count]."""
        if self._values is None:
            return basis_of(self._highs)
        return quick_basis_of(self._highs, self.problem, self._values, self.problem.matrix @ self._values)

    def begin_at(self, basis: Basis, primal: bool = False, near: bool = False) -> None:
        """Begin the next run at a basis of a similar problem; one that does not fit is passed over.

        Rows added since (cuts) may be missing from it: the solver completes it.

        Args:
            basis: statuses of columns and rows.
            primal: whether the primal simplex goes on from there. The dual one may lose its way from a basis
                that is near to an optimum on both sides; else it goes on unscaled.
            near: whether few steps are to come: exact weights of rows would take longer to begin with.
        """
        columns, rows = basis
        if len(columns) != len(self.problem.cost) or len(rows) < len(self.problem.low):
            return
        begin_at_basis(self._highs, columns, rows[: len(self.problem.low)])
        if not self.problem.whole.any():
            set_options(self._highs, replace(self._options, method="simplex"))
            choose_simplex(self._highs, primal)
            if not primal:
                choose_unscaled(self._highs)
            if near:
                choose_devex(self._highs)

    def append(self, rows: sparse.csr_array, low: FloatArray, high: FloatArray) -> None:
        """Add rows: CSR [new rows x columns], bounds of shape [new rows]."""
        self._highs.addRows(
            rows.shape[0],
            low,
            high,
            int(rows.nnz),
            rows.indptr[:-1].astype(np.int32),
            rows.indices.astype(np.int32),
            rows.data,
        )
        self.problem = with_rows(self.problem, rows, low, high)

    def lift(self, by: FloatArray) -> None:
        """Raise the lower bounds of the last rows by as much, of shape [those rows]."""
        low = self.problem.low.copy()
        low[len(low) - len(by) :] += by
        self.problem = replace(self.problem, low=low)
        change_sides(self._highs, low, self.problem.high)

    def solve(self, seconds: float = np.inf) -> Solution:
        """Solve from the last basis; where that ends without an answer, from nothing with surer methods.

        Raises:
            SolverError: when no method ends with an answer.
        """
        begun = time.perf_counter()
        run(self._highs, seconds, bool(self.problem.whole.any()))
        if self._options.crossover and not self.problem.whole.any():
            # An interior point cannot go on from a solution; the simplex goes on from its vertex.
            set_options(self._highs, replace(self._options, method="simplex"))
            choose_simplex(self._highs, primal=False)
        found = read(self._highs, self.problem, self._scale, self._options, time.perf_counter() - begun)
        self._values = found.values if found.status == "optimal" else None
        if found.status == "unknown":
            return solve(self.problem, replace(self._options, method="hipo", crossover=False))
        return found
