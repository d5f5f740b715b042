"""Mean days that were split: each is like the one that had most of its days before."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from parkzero.lp.expr import Each
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
        known = {block.dotted: block for block in old}
        for block in blocks:
            same = known.get(block.dotted)
            if same is not None:
                values = self._spread(same.each, before[same.inside])
                if len(values) == block.count:
                    statuses[block.inside] = values

    def _spread(self, each: Each, values: BasisArray) -> BasisArray:
        days, steps = self._parents, self._was * self._per_day
        spread: BasisArray = values
        if each is Each.DAY:
            spread = values[days]
        elif each is Each.STEP:
            spread = values.reshape(-1, self._per_day)[days].ravel()
        elif each is Each.LEVEL:
            spread = np.concatenate([self._spread(Each.STEP, values[:steps]), values[steps:][days]])
        return spread
