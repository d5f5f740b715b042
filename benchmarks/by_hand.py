"""A linear problem written row by row, for cases of others that are held against ParkZero."""

from __future__ import annotations

from collections.abc import Iterable

import highspy
import numpy as np
from scipy import sparse

Terms = Iterable[tuple[int, float]]


class Problem:
    """Columns of zero or more, rows between limits, a cost to be least."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.upper: list[float] = []
        self._entries: tuple[list[int], list[int], list[float]] = ([], [], [])
        self._low: list[float] = []
        self._high: list[float] = []

    def column(self, cost: float = 0.0, upper: float = np.inf) -> int:
        """One column."""
        self.cost.append(float(cost))
        self.upper.append(float(upper))
        return len(self.cost) - 1

    def columns(self, count: int, cost: object = 0.0, upper: float = np.inf) -> list[int]:
        """Some columns; each may have a cost of its own."""
        return [self.column(c, upper) for c in np.broadcast_to(np.asarray(cost, dtype=float), count)]

    def row(self, terms: Terms, low: float = -np.inf, high: float = np.inf) -> None:
        """A sum between two limits."""
        for column, coefficient in terms:
            self._entries[0].append(len(self._low))
            self._entries[1].append(column)
            self._entries[2].append(coefficient)
        self._low.append(low)
        self._high.append(high)

    def least(self, solver: str = "choose") -> tuple[float, list[float]]:
        """The least cost, and the columns' values there.

        Args:
            solver: HiGHS' own name; ``ipm``, interior points brought to a vertex, for large problems.

        Raises:
            RuntimeError: when there is no optimum.
        """
        rows, columns, values = self._entries
        shape = len(self._low), len(self.cost)
        matrix = sparse.csc_array((values, (rows, columns)), shape=shape)
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = shape
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = self.cost, np.zeros(shape[1]), self.upper
        lp.row_lower_, lp.row_upper_ = self._low, self._high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
        lp.a_matrix_.value_ = matrix.data
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("solver", solver)
        highs.passModel(lp)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(highs.modelStatusToString(highs.getModelStatus()))
        return highs.getInfo().objective_function_value, list(highs.getSolution().col_value)
