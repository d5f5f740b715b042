"""Whose each column and row is: that of the component or bus which its block belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from parkzero.lp.model import Columns, Rows
from parkzero.planning.assemble import Built, Design
from parkzero.study.study import Study
from parkzero.timeline import IntArray

# The owner of what all share.
SHARED = ""
NOBODY = -1


def owners_in(study: Study) -> tuple[list[str], Mapping[str, str]]:
    """All owners in order, what all share among them, and the owner of each component and bus."""
    names = {c.name: c.owner for c in study.components} | {n: b.owner for n, b in study.buses.items()}
    return sorted({SHARED, *names.values()}), names


def place_of_shared(study: Study) -> int:
    """The place of what all share among the owners."""
    return owners_in(study)[0].index(SHARED)


def by_owner(
    study: Study, blocks: Sequence[Columns | Rows], count: int, unknown: str | None = SHARED
) -> IntArray:
    """The place of each column's or row's owner among all owners [count].

    Args:
        study: the study.
        blocks: of columns or rows.
        count: of columns or rows.
        unknown: owner of what no component or bus has; None for ``NOBODY``.
    """
    owners, names = owners_in(study)
    nobody = NOBODY if unknown is None else owners.index(unknown)
    found = np.full(count, nobody, dtype=np.int32)
    for block in blocks:
        owner = names.get(block.asset)
        found[block.inside] = nobody if owner is None else owners.index(owner)
    return found


def column_owners(study: Study, design: Design, years: Sequence[Built], costs: int) -> IntArray:
    """The place of each column's owner in a problem of the design, several years and their costs [columns].

    Args:
        study: the study.
        design: the design.
        years: the years.
        costs: number of columns behind those of the years, which are nobody's.
    """
    sizes = by_owner(study, design.columns, len(design.lower), None)
    parts = [by_owner(study, y.matrix.columns, len(y.matrix.cost), None) for y in years]
    return np.concatenate([sizes, *parts, np.full(costs, NOBODY, dtype=np.int32)])
