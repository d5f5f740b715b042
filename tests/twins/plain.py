"""A plain linear problem, written row by row: the judge of kinds that PyPSA has no word for."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

Terms = list[tuple[np.ndarray, object]]


class Plain:
    """Columns of zero or more, rows of equalities and upper limits, least cost."""

    def __init__(self) -> None:
        self.costs: list[np.ndarray] = []
        self.upper: list[np.ndarray] = []
        self.lower: list[np.ndarray] = []
        self.rows: dict[str, tuple[list, list, list, list]] = {"eq": ([], [], [], []), "le": ([], [], [], [])}
        self.count = 0
        self.fixed = 0.0

    def flow(self, steps: int, cost: object = 0.0, upper: object = np.inf, lower: object = 0.0) -> np.ndarray:
        """Columns, one a step."""
        self.costs.append(np.broadcast_to(np.asarray(cost, dtype=float), steps))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=float), steps))
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=float), steps))
        self.count += steps
        return np.arange(self.count - steps, self.count)

    def row(self, sense: str, terms: Terms, right: object) -> None:
        """One row a step: what a term has one column of counts in every row."""
        row, col, coef, rights = self.rows[sense]
        count = max([len(cols) for cols, _ in terms] + [np.size(right)])
        first = sum(len(r) for r in rights)
        for cols, factor in terms:
            where = np.broadcast_to(cols, count)
            row.append(np.arange(first, first + count))
            col.append(where)
            coef.append(np.broadcast_to(np.asarray(factor, dtype=float), count))
        rights.append(np.broadcast_to(np.asarray(right, dtype=float), count))

    def equal(self, terms: Terms, right: object = 0.0) -> None:
        """The terms add up to the right side in each step."""
        self.row("eq", terms, right)

    def below(self, terms: Terms, right: object = 0.0) -> None:
        """The terms add up to no more than the right side in each step."""
        self.row("le", terms, right)

    def total_below(self, terms: Terms, right: float) -> None:
        """The terms of all steps together are at most the right side."""
        row, col, coef, rights = self.rows["le"]
        first = sum(len(r) for r in rights)
        for cols, factor in terms:
            row.append(np.full(len(cols), first))
            col.append(cols)
            coef.append(np.broadcast_to(np.asarray(factor, dtype=float), len(cols)))
        rights.append(np.array([right]))

    def least(self) -> float:
        """The least cost."""

        def matrix(sense: str) -> tuple[object, object]:
            row, col, coef, rights = self.rows[sense]
            if not rights:
                return None, None
            right = np.concatenate(rights)
            parts = (np.concatenate(coef), (np.concatenate(row), np.concatenate(col)))
            return coo_matrix(parts, shape=(len(right), self.count)).tocsr(), right

        (below, limits), (equal, rights) = matrix("le"), matrix("eq")
        bounds = np.column_stack([np.concatenate(self.lower), np.concatenate(self.upper)])
        done = linprog(np.concatenate(self.costs), below, limits, equal, rights, bounds, method="highs")
        assert done.status == 0, done.message
        return float(done.fun) + self.fixed
