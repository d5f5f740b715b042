"""Mean days that were split: each is like the one that had most of its days before."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from parkzero.lp.model import Columns, Rows
from parkzero.lp.solver import BasisArray
from parkzero.timeline import IntArray


class Split:
    """What mean days were before.

    Args:
        before, now: group of each day [days].
        per_day: steps of a day.
    """

    def __init__(self, before: IntArray, now: IntArray, per_day: int) -> None:
        shared = np.zeros((int(now.max()) + 1, int(before.max()) + 1), dtype=np.int32)
        np.add.at(shared, (now, before), 1)
        self._parents = shared.argmax(axis=1)
        self._was, self._per_day = shared.shape[1], per_day

    def carry(
        self,
        blocks: Iterable[Columns | Rows],
        old: Iterable[Columns | Rows],
        statuses: BasisArray,
        before: BasisArray,
    ) -> None:
        """Carry the statuses of blocks over from those of the same name.

        Args:
            blocks: blocks of a year on its mean days.
            old: those of the same year on the mean days before.
            statuses: to be set, from the year's first on.
            before: what they were, from the year's first on.
        """
        known = {block.name: block for block in old}
        for block in blocks:
            same = known.get(block.name)
            if same is not None:
                values = self._spread(before[same.start : same.start + same.count])
                if len(values) == block.count:
                    statuses[block.start : block.start + block.count] = values

    def _spread(self, values: BasisArray) -> BasisArray:
        """By step, by step and then by day (levels and their free starts), by day, or neither."""
        steps, days = self._was * self._per_day, self._parents
        if len(values) < steps:
            by_day = len(values) == self._was and self._was > 1
            return np.asarray(values[days] if by_day else values, dtype=np.int8)
        by_step = values[:steps].reshape(-1, self._per_day)[days].ravel()
        if len(values) == steps + self._was:
            return np.concatenate([by_step, values[steps:][days]])
        return np.asarray(by_step if len(values) == steps else values, dtype=np.int8)
