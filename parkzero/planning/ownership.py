"""Whose each column and row is: blocks are called after the components and buses that they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from parkzero.lp.model import Columns, Rows
from parkzero.planning.assemble import Built
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


def owner_of(name: str, names: Mapping[str, str]) -> str | None:
    """The owner of what begins with the name of a component or bus; None where nothing known does."""
    words = name.split(".")
    known = (".".join(words[:i]) for i in range(len(words), 0, -1))
    return next((names[part] for part in known if part in names), None)


def by_owner(
    study: Study, blocks: Sequence[Columns | Rows], count: int, unknown: str | None = SHARED
) -> IntArray:
    """The place of each column's or row's owner among all owners [count].

    Args:
        study: the study.
        blocks: of columns or rows.
        count: of columns or rows.
        unknown: owner of what is called after nothing known; None for ``NOBODY``.
    """
    owners, names = owners_in(study)
    nobody = NOBODY if unknown is None else owners.index(unknown)
    found = np.full(count, nobody, dtype=np.int32)
    for block in blocks:
        owner = owner_of(block.name, names)
        place = nobody if owner is None else owners.index(owner)
        found[block.start : block.start + block.count] = place
    return found


def column_owners(study: Study, names: Sequence[str], years: Sequence[Built], costs: int) -> IntArray:
    """The place of each column's owner in a problem of the design, several years and their costs [columns].

    Args:
        study: the study.
        names: of the design's columns.
        years: the years.
        costs: number of columns behind those of the years, which are nobody's.
    """
    owners, known = owners_in(study)
    design = [owner_of(name.partition("[")[0], known) for name in names]
    places = np.array([NOBODY if o is None else owners.index(o) for o in design], dtype=np.int32)
    parts = [by_owner(study, y.matrix.columns, len(y.matrix.cost), None) for y in years]
    return np.concatenate([places, *parts, np.full(costs, NOBODY, dtype=np.int32)])
