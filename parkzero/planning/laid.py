"""How the lower bound's problem is laid out, and what its numbers become where assets came or went.

Numbers go with the name of their block. What has the same name and as many entries keeps them; what is new
has zero. None of it is believed: weak duality holds for any duals. Where a partner leaves they even prove
nearly as much as before. Let ``u`` be the duals of the rows that stay and ``v`` those of the rows that
leave, which name leaving columns alone. The dual bound charges a staying column with ``c - A'u``, which
never spoke of ``v``, so that it is what it was. The bound changes by what leaving rows and columns
themselves gave; for a link that only serves this is nothing or less. What the plan costs more without the
link is found at better prices (``parkzero.planning.again.by_owner``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from parkzero.lp.model import Tagged
from parkzero.planning.assemble import Built, Design
from parkzero.units import FloatArray

Blocks = tuple[tuple[str, int], ...]
"""Name and length of each block, in order."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The blocks of a problem's columns and rows."""

    columns: Blocks = ()
    rows: Blocks = ()


def laid_out(design: Design, years: Sequence[Built]) -> Laid:
    """The blocks of a lower bound's problem: the design, the years and their costs; cuts stand behind them.

    Single days beside a year's mean days have no names: they are one block, of use where it is as long.
    """
    matrices = [(str(built.year), built.matrix) for built in years]
    columns = [_named("", design.columns, len(design.lower))]
    rows = [_named("", design.matrix.rows, len(design.matrix.low))]
    columns += [_named(year, m.columns, len(m.cost)) for year, m in matrices]
    rows += [_named(year, m.rows, len(m.low)) for year, m in matrices]
    costs = ("costs", len(years))
    return Laid((*sum(columns, ()), costs), (*sum(rows, ()), costs))


def rows_of(built: Built) -> Blocks:
    """The blocks of a year's rows."""
    return _named(str(built.year), built.matrix.rows, len(built.matrix.low))


def _named(year: str, blocks: Sequence[Tagged], count: int) -> Blocks:
    rest = count - sum(b.count for b in blocks)
    return (*((f"{year} {b.dotted}", b.count) for b in blocks), (year, rest))


def carried(numbers: FloatArray, was: Blocks, now: Blocks) -> FloatArray:
    """Numbers of one layout in another; zero where that is new. Those behind the blocks stay behind them."""
    ends = np.cumsum([0, *(count for _, count in was)])
    if not len(numbers) or len(numbers) < ends[-1]:
        return np.zeros(0)  # nothing was kept
    known = dict(zip(was, ends[:-1].tolist(), strict=True))
    parts = [
        numbers[known[block] : known[block] + block[1]] if block in known else np.zeros(block[1])
        for block in now
    ]
    return np.concatenate([np.zeros(0), *parts, numbers[ends[-1] :]])
