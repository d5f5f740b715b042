"""Hard days beside the mean days: what single real days ask of the sizes.

A mean day is calmer than the days behind it, so sizes that serve it may leave the worst days short. Any plan
operates every single day, whatever its stores hold before and after; the rules of a day with free levels are
therefore true of every plan. Put beside the mean days they lift the lower bound, and the sizes that it asks
for serve the peaks. A day is hard for one owner at a time, so only the owner's own rules are put there:
leaving rules away only weakens a bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkzero.language.accounts import Account
from parkzero.lp.expr import Each
from parkzero.lp.model import Matrix
from parkzero.planning.assemble import Built, build_year, priced, shifted, stacked
from parkzero.planning.grouping import finite
from parkzero.planning.ownership import owners_in
from parkzero.study.study import Study
from parkzero.timeline import IntArray, PickedDays
from parkzero.units import FloatArray

Hard = Mapping[str, IntArray]
"""Days that are hard for each owner."""

# So many of an owner's hardest days of one year count as hard in every year.
EVERYWHERE = 2
# Days before and after each hard day that are mended, and operated again, with it.
AROUND = 3


def with_hard_days(study: Study, built: Built, hard: Hard) -> Built:
    """A year on mean days, beside single days of it.

    Columns without steps (peaks, totals) are the same for both. What is unserved costs what the mean days
    say or what the single days say, whichever is more: a real year pays at least either.
    """
    return replace(built, matrix=_joined(built, hard_year(study, built.year, hard))) if hard else built


def hard_year(study: Study, year: int, hard: Hard, by_itself: bool = False) -> Built:
    """A year on single days: the rules of each owner on the days that are hard for it, and no others.

    Args:
        study: the study.
        year: a milestone year.
        hard: the days.
        by_itself: without the year on mean days. It then has the rules that tie standing
            sizes to what is built as well, and stores end each run of days as they began it.
    """
    days = np.unique(np.concatenate([np.zeros(0, dtype=np.int32), *hard.values()])).astype(np.int32)
    picked = days if len(days) else np.zeros(1, dtype=np.int32)
    calendar, scale = study.timeline.calendar, study.timeline.scale
    alone, _ = build_year(study, year, PickedDays(calendar, scale, picked, by_itself))
    rows = _rows(study, alone, {owner: np.searchsorted(picked, days) for owner, days in hard.items()})
    matrix = alone.matrix
    if by_itself:
        rows = np.union1d(rows, _untimed_rows(alone))
    kept = replace(
        matrix, operation=matrix.operation[rows], design=matrix.design[rows], low=matrix.low[rows],
        high=matrix.high[rows], rows=(),
    )  # fmt: skip
    return replace(alone, matrix=kept)


def _rows(study: Study, alone: Built, days: Mapping[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    """Rows by step that belong to an owner, on the days that are hard for it."""
    _, owners = owners_in(study)
    timeline = alone.context.timeline
    wanted = np.zeros(len(alone.matrix.low), dtype=np.bool_)
    for block in alone.matrix.rows:
        hard = days.get(owners.get(block.asset, "nobody"))
        if hard is not None and block.each in (Each.STEP, Each.LEVEL):
            inside = np.zeros(timeline.chains, dtype=np.bool_)
            inside[hard] = True
            by_step = np.append(np.repeat(inside, timeline.calendar.per_day), inside)
            wanted[block.inside] = by_step[: block.count]
    return np.flatnonzero(wanted)


def _untimed_rows(alone: Built) -> npt.NDArray[np.int64]:
    """Rows without any column by step."""
    matrix = alone.matrix
    by_step = np.zeros(len(matrix.cost))
    for block in matrix.columns:
        by_step[block.inside] = float(block.each in (Each.STEP, Each.LEVEL))
    return np.flatnonzero(abs(matrix.operation) @ by_step == 0)


def _joined(built: Built, alone: Built) -> Matrix:
    """The year's matrix with the rows of the single days below and their new columns at the right.

    The last column is what unserved energy costs, in money; it is above what either part says.
    """
    year, single = built.matrix, alone.matrix
    place, source = _places(built, alone)
    width = len(year.cost) + len(source)
    move = sparse.csr_array(
        (np.ones(len(place)), (place[:, 0], place[:, 1])), shape=(single.operation.shape[1], width)
    )
    year_price = np.pad(slack_cost(built), (0, len(source)))
    prices = np.vstack([year_price, np.asarray(move.T @ slack_cost(alone))])
    unit = max(float(prices.max(initial=0.0)), 1.0)
    above = sparse.csr_array(-prices / unit)
    body = stacked(
        [shifted(year.operation, None, 0, width), sparse.csr_array(single.operation @ move), above], width
    )
    count = body.shape[0]
    total = sparse.csr_array((np.ones(2), ([count - 2, count - 1], [0, 0])), shape=(count, 1))
    nothing = sparse.csr_array((2, year.design.shape[1]))
    return replace(
        year,
        operation=sparse.csr_array(sparse.hstack([body, total], format="csr")),
        design=stacked([year.design, single.design, nothing], year.design.shape[1]),
        low=np.concatenate([year.low, single.low, np.zeros(2)]),
        high=np.concatenate([year.high, single.high, np.full(2, np.inf)]),
        lower=np.concatenate([year.lower, single.lower[source], [0.0]]),
        upper=np.concatenate([year.upper, single.upper[source], [np.inf]]),
        whole=np.concatenate([year.whole, single.whole[source], [False]]),
        cost=np.concatenate([year.cost, np.zeros(len(source)), [0.0]]) - np.append(year_price, -unit),
    )


def _places(built: Built, alone: Built) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where columns of the single days stand, and which of them stand beside the year's own.

    Returns:
        Pairs (column of the single days, column of the whole) [k x 2], and the columns that are new [new].
    """
    own = {block.dotted: block for block in built.matrix.columns}
    used = np.zeros(len(alone.matrix.cost), dtype=np.bool_)
    used[alone.matrix.operation.indices] = True
    shared, new = [], []
    for block in alone.matrix.columns:
        part = np.arange(block.start, block.start + block.count)
        if block.each in (Each.STEP, Each.LEVEL):
            new.append(part[used[part]])
        else:
            shared.append(np.column_stack([part, own[block.dotted].start + np.arange(block.count)]))
    source = np.concatenate(new) if new else np.zeros(0, dtype=np.int64)
    beside = np.column_stack([source, len(built.matrix.cost) + np.arange(len(source))])
    return np.vstack([*shared, beside]), source


def busiest(study: Study, built: Built) -> dict[str, IntArray]:
    """The days on which most is asked of each owner, known before any plan: its peak hour's, its largest.

    Of every rule by step that asks a number: a day in which it asks most at once, and one in which it asks
    most in all.

    Args:
        study: the study.
        built: one year at full resolution.
    """
    _, owners = owners_in(study)
    per_day, days = built.context.timeline.calendar.per_day, dict[str, set[int]]()
    for block in built.matrix.rows:
        owner = owners.get(block.asset)
        asked = finite(built.matrix.low[block.inside], built.matrix.high[block.inside])
        if owner is None or block.each is not Each.STEP or not np.ptp(asked):
            continue
        by_day = asked.reshape(-1, per_day)
        days.setdefault(owner, set()).update(
            (int(by_day.max(axis=1).argmax()), int(by_day.sum(axis=1).argmax()))
        )
    return {owner: np.array(sorted(found), dtype=np.int32) for owner, found in days.items()}


def around(days: npt.NDArray[np.integer[Any]], count: int, reach: int = AROUND) -> IntArray:
    """The days with so many before and after, of a year of ``count`` days."""
    near = np.add.outer(days, np.arange(-reach, reach + 1))
    return np.unique(np.clip(near, 0, count - 1)).astype(np.int32)


def slack_cost(built: Built) -> FloatArray:
    """Cost of what a valid plan leaves at zero in every step [money], shape [columns]."""
    entries = [e for e in built.context.ledger.under(Account.SLACK) if e.hourly]
    return priced(built.matrix, entries, built.context.timeline, built.weight).cost


def found_hard(known: Mapping[int, Hard], new: Mapping[int, Hard]) -> dict[int, dict[str, IntArray]]:
    """The days known to be hard in each year, and those found.

    What was hardest in one year is likely to be hard in others, so it counts in all of them.

    Args:
        known: by year and owner.
        new: likewise; of each owner the hardest day first.
    """
    years = sorted({*known, *new})
    found = {year: dict(known.get(year, {})) for year in years}
    for at, hard in new.items():
        for owner, days in hard.items():
            for year in years:
                more = days if year == at else days[:EVERYWHERE]
                old = found[year].get(owner, days[:0])
                found[year][owner] = np.union1d(old, more).astype(np.int32)
    return found


def count(hard: Mapping[int, Hard]) -> int:
    """How many hard days are known, of all owners and years."""
    return sum(len(days) for year in hard.values() for days in year.values())
