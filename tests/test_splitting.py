"""Mean days that are split begin where they were: the same bound, in a fraction of the steps."""

from __future__ import annotations

import time

import numpy as np
import pytest

from parkzero.bench import reference_study
from parkzero.lp.expr import Each
from parkzero.lp.model import Columns
from parkzero.lp.solver import AT_LOWER, BASIC
from parkzero.planning import certify
from parkzero.planning.assemble import build_year
from parkzero.planning.certify import certified
from parkzero.planning.master import SMALL, Master
from parkzero.planning.plan import Step
from parkzero.planning.search import Search
from parkzero.planning.splitting import Split
from parkzero.study import Study
from parkzero.units import MW

BEFORE, NOW = np.array([0, 0, 1, 1, 1], dtype=np.int32), np.array([0, 0, 1, 2, 2], dtype=np.int32)


def carried(each: Each, count: int, values: list[int]) -> list[int]:
    """Statuses of a block of ``count`` from those that it had, of two steps a day."""
    statuses = np.full(count, 9, dtype=np.int8)
    new, old = Columns("", "x", 0, count, MW, each), Columns("", "x", 0, len(values), MW, each)
    Split(BEFORE, NOW, 2).carry([new], [old], statuses, np.array(values, dtype=np.int8))
    return statuses.tolist()


def test_each_mean_day_is_like_the_one_that_had_most_of_its_days():
    assert carried(Each.STEP, 6, [1, 2, 3, 4]) == [1, 2, 3, 4, 3, 4]
    assert carried(Each.LEVEL, 9, [1, 2, 3, 4, 5, 6]) == [1, 2, 3, 4, 3, 4, 5, 6, 6]  # and their free starts
    assert carried(Each.DAY, 3, [1, 2]) == [1, 2, 2]
    assert carried(Each.YEAR, 1, [7]) == [7]
    assert carried(Each.MONTH, 12, list(range(12))) == list(range(12))
    assert carried(Each.MONTH, 2, [1, 2]) == [1, 2]  # as many as there are days, and no days
    assert carried(Each.SOME, 5, [1, 2, 3]) == [9] * 5  # of another shape: left as it is


def test_blocks_are_told_by_their_names():
    statuses = np.full(2, 9, dtype=np.int8)
    old, new = (
        [Columns("a", "x", 0, 1, MW, Each.YEAR), Columns("b", "x", 1, 1, MW, Each.YEAR)],
        [Columns("b", "x", 0, 1, MW, Each.YEAR), Columns("c", "x", 1, 1, MW, Each.YEAR)],
    )
    Split(BEFORE, NOW, 2).carry(new, old, statuses, np.array([3, 4], dtype=np.int8))
    assert statuses.tolist() == [4, 9]


@pytest.fixture(scope="module")
def masters() -> tuple[Study, Search]:
    study = reference_study(days=60, years=(2025, 2040))
    first, design = build_year(study, 2025, study.timeline)
    return study, certify._begin(study, first, design, 0.001, 4, time.perf_counter(), None)


def steps_of(master: Master) -> int:
    """Steps of the simplex in the last run."""
    return int(master.session._highs.getInfo().simplex_iteration_count)


def test_a_split_problem_has_the_same_bound_in_fewer_steps(masters: tuple[Study, Search]):
    study, search = masters
    few, more = search.groups(), np.zeros(0)
    search.count = 8
    more = search.groups()
    coarse = Master(study, search.design, few, SMALL)
    coarse.solve()
    alone, like = (Master(study, search.design, more, SMALL) for _ in range(2))
    like.begin_like(coarse)
    assert like.solve().bound == pytest.approx(alone.solve().bound, rel=1e-9)
    assert steps_of(like) < steps_of(alone) / 2
    # the basis has as many basic columns as rows, or nearly: little is left to the solver to put right
    columns, rows = coarse.basis
    assert (columns == BASIC).sum() + (rows == BASIC).sum() == len(rows)
    assert AT_LOWER in columns


def test_hard_days_and_cuts_are_put_beside_a_split_problem(masters: tuple[Study, Search]):
    """Rows that the coarser problem had not are left to the solver."""
    study, search = masters
    search.count = 4
    coarse = Master(study, search.design, search.groups(), SMALL)
    coarse.solve()
    search.count = 8
    hard = {2040: {"": np.array([3, 17], dtype=np.int32)}}
    alone, like = (Master(study, search.design, search.groups(), SMALL, hard=hard) for _ in range(2))
    like.begin_like(coarse)
    assert like.solve().bound == pytest.approx(alone.solve().bound, rel=1e-9)


def test_the_look_ahead_climbs_from_few_days_to_more():
    said: list[Step] = []
    study = reference_study(days=60, years=(2025, 2040))
    plan = certified(study, gap=0.01, workers=1, small=0, first_days=8, progress=said.append)
    assert plan.status == "optimal"
    looks = [step.text for step in said if "first look" in step.text]
    assert looks == [f"first look with {n} mean days" for n in (2, 3, 5, 6)]
