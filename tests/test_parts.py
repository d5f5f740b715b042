"""A lower bound owner by owner: true at any prices, tight at those that follow from a similar problem."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from parkzero.bench import tenants_study
from parkzero.lp import parts as parts_module
from parkzero.lp.parts import Parts, moved_prices, parts_of, solved_in_parts
from parkzero.lp.solver import Options, Problem, Solution, dual_bound, solve
from parkzero.lp.windows import DAYS
from parkzero.planning import certify, master, search, workers
from parkzero.planning.again import by_owner, earlier
from parkzero.planning.again.by_owner import bounded_by_owner
from parkzero.planning.again.checkpoint import load_checkpoint
from parkzero.planning.again.fingerprint import fingerprint
from parkzero.planning.assemble import Design, build_year
from parkzero.planning.bounds import Evaluated
from parkzero.planning.certify import certified
from parkzero.planning.master import Bounded, Master, Proof
from parkzero.planning.ownership import NOBODY, column_owners, owners_in, place_of_shared
from parkzero.planning.years import Years
from parkzero.study import Study
from parkzero.units import FloatArray
from tests.tenant_park import GAP, assert_proven, best_of, dearer, grown, park, planned

INF = np.inf
EXACT = Options(method="simplex", crossover=True, threads=1)


def one_by_one(problems: Sequence[Problem]) -> list[Solution]:
    return [solve(problem, EXACT) for problem in problems]


def problem_of(matrix: list[list[float]], low: list[float], high: list[float], cost: list[float]) -> Problem:
    """A problem with columns from zero up, without limit."""
    columns = len(cost)
    return Problem(
        sparse.csr_array(np.array(matrix, dtype=np.float64)),
        np.array(cost),
        np.array(low),
        np.array(high),
        np.zeros(columns),
        np.full(columns, INF),
        np.zeros(columns, dtype=np.bool_),
    )


# Columns: what the grid sells [0], what she takes or gives [1] and makes [2], what he takes [3] and makes
# [4]. Rows: the bus, her need of 3, his need of 5; he makes no more than 1.
GRID, HER, HIS = 0, 1, 2
OWNERS = np.array([GRID, HER, HER, HIS, HIS])


def market(grid: float = 10.0, hers: float = 12.0, his: float = 4.0) -> Problem:
    found = problem_of(
        [[1, -1, 0, -1, 0], [0, 1, 1, 0, 0], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1]],
        [0, 3, 5, -INF],
        [0, INF, INF, 1],
        [grid, 0, hers, 0, his],
    )
    return dataclasses.replace(found, lower=np.array([0, -INF, 0, 0, 0]))


# At 10 she buys her 3 and he makes 1 and buys 4: 7 * 10 + 4 = 74.
BOUGHT = np.array([7.0, 3.0, 0.0, 4.0, 1.0])
DUALS = np.array([10.0, 10.0, 10.0, -6.0])


def bound_apart(problem: Problem, prices: FloatArray) -> float:
    found = solved_in_parts(problem, parts_of(problem, OWNERS), prices, BOUGHT, one_by_one)
    assert found is not None
    values, duals = found
    bound, _ = dual_bound(problem, duals, 1e4)
    assert np.isfinite(values).all()
    return bound


def moved(problem: Problem, values: FloatArray = BOUGHT, duals: FloatArray = DUALS) -> FloatArray:
    return moved_prices(problem, parts_of(problem, OWNERS), OWNERS == GRID, duals, values)


# --------------------------------------------------------------------------------------------- parts


def test_rows_of_several_owners_tie_and_each_owner_is_a_part():
    parts = parts_of(market(), OWNERS)
    assert parts.tying.tolist() == [True, False, False, False]
    assert parts.count == 2
    assert parts.part.tolist() == [-1, 0, 0, 1, 1]  # only the bus names what the grid sells


def test_a_column_of_unknown_owner_belongs_to_whom_it_shares_a_row_with():
    unknown = np.where(np.arange(5) == 2, NOBODY, OWNERS)
    parts = parts_of(market(), unknown)
    assert parts.part[2] == parts.part[1]
    assert parts.count == 2


def test_two_owners_whom_a_third_column_links_in_untying_rows_are_not_torn_apart():
    """Each row knows one owner only, but the column that nobody owns stands in both: one problem it is."""
    problem = problem_of([[1, 0, 1], [0, 1, 1]], [1, 2], [INF, INF], [1, 1, 1.5])
    parts = parts_of(problem, np.array([0, 1, NOBODY]))
    assert not parts.tying.any()
    assert parts.count == 1
    found = solved_in_parts(problem, parts, np.zeros(2), np.zeros(3), one_by_one)
    assert found is not None
    assert dual_bound(problem, found[1], 1e4)[0] == pytest.approx(2.5)  # one of the third, one of the second


def test_separate_columns_of_one_owner_are_one_part():
    problem = problem_of([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [1, 2, 3], [INF] * 3, [1, 1, 1])
    parts = parts_of(problem, np.array([4, 4, NOBODY]))
    assert parts.count == 2
    assert parts.part[0] == parts.part[1] != parts.part[2]


# -------------------------------------------------------------------------------------------- prices


def test_at_its_prices_the_bound_is_the_optimum():
    assert bound_apart(market(), DUALS) == pytest.approx(74)


def test_a_price_that_is_off_costs_some_of_the_bound():
    """At 9 on the bus the grid gains nothing by selling, so 7 are had at 9: 67."""
    assert bound_apart(market(), np.array([9.0, 0, 0, 0])) == pytest.approx(67)


def test_the_bus_follows_the_grid_that_sells():
    """At 11 they buy as before: 7 * 11 + 4 = 81. At the old price no more than 74 is proven."""
    assert moved(market(grid=11.0))[0] == pytest.approx(11)
    assert bound_apart(market(grid=11.0), moved(market(grid=11.0))) == pytest.approx(81)
    assert bound_apart(market(grid=11.0), DUALS) == pytest.approx(74)


def test_the_bus_follows_a_cheaper_grid_too():
    """At the old price the grid would gain without end by selling, which proves nothing."""
    cheaper = market(grid=9.0)
    assert bound_apart(cheaper, moved(cheaper)) == pytest.approx(67)
    assert bound_apart(cheaper, DUALS) < 0


def test_a_grid_that_sells_nothing_sets_no_price():
    """She makes her 3 at 12 and sells him what he lacks; the grid asks 20, then 30: the bus stays at 12."""
    made = np.array([0.0, -4.0, 7.0, 4.0, 1.0])
    duals = np.array([12.0, 12.0, 12.0, -8.0])
    assert moved(market(grid=30.0), made, duals)[0] == 12


def test_a_grid_that_sold_nothing_sets_the_price_once_it_is_the_cheapest():
    made = np.array([0.0, -4.0, 7.0, 4.0, 1.0])
    duals = np.array([12.0, 12.0, 12.0, -8.0])
    assert moved(market(grid=8.0), made, duals)[0] == 8


def test_of_two_sellers_the_one_that_sells_most_sets_the_price():
    """The second grid sells a trace only (an interior point leaves one); that it asks 50 now says nothing."""
    matrix = [[1, 1, -1, 0], [0, 0, 1, 1]]
    two = problem_of(matrix, [0, 3], [0, INF], [11, 50, 0, 99])
    owners = np.array([GRID, GRID, HER, HER])
    parts = parts_of(two, owners)
    duals, values = np.array([10.0, 10.0]), np.array([2.98, 0.02, 3.0, 0.0])
    assert moved_prices(two, parts, owners == GRID, duals, values)[0] == pytest.approx(11)
    traces = np.array([3.0, 1e-4, 3.0, 0.0])
    assert moved_prices(two, parts, owners == GRID, duals, traces)[0] == pytest.approx(11)


def test_where_most_is_bought_the_buyer_sets_the_price():
    """She makes 3 at nothing; the grid pays 8 for them, and what it sells at 50 is a trace."""
    surplus = problem_of([[1, -1, 1], [0, 0, 1]], [0, -INF], [0, 3], [50, -8, 0])
    owners = np.array([GRID, GRID, HER])
    found = moved_prices(
        surplus, parts_of(surplus, owners), owners == GRID, np.array([7.0, -7.0]), np.array([0.02, 3.02, 3.0])
    )
    assert found[0] == pytest.approx(8)


def test_a_seller_at_its_limit_sets_no_price():
    """The first grid has sold all it can, the second sets the price; that the first asks 2 is its gain."""
    two = problem_of([[1, 1, -1, 0], [0, 0, 1, 1]], [0, 3], [0, INF], [2, 11, 0, 99])
    two = dataclasses.replace(two, upper=np.array([1.0, INF, INF, INF]))
    owners = np.array([GRID, GRID, HER, HER])
    found = moved_prices(
        two, parts_of(two, owners), owners == GRID, np.array([11.0, 11.0]), np.array([1.0, 2.0, 3.0, 0.0])
    )
    assert found[0] == pytest.approx(11)


def test_what_tenants_pay_for_themselves_moves_no_price_of_the_bus():
    """What he makes himself is dearer now; he is no seller."""
    assert moved(market(his=6.0)).tolist() == DUALS.tolist()


def test_prices_of_caps_stay():
    """Only balances move: a cap's price is not what somebody asks."""
    capped = dataclasses.replace(market(grid=11.0), low=np.array([-INF, 3.0, 5.0, -INF]))
    assert moved(capped).tolist() == DUALS.tolist()


def test_a_part_without_an_optimum_leaves_no_bound():
    """At 15 on the bus she would make and sell without end."""
    assert (
        solved_in_parts(market(), parts_of(market(), OWNERS), np.array([15.0, 0, 0, 0]), BOUGHT, one_by_one)
        is None
    )


@given(
    prices=st.lists(st.floats(-20, 20), min_size=2, max_size=2),
    seed=st.integers(0, 10_000),
)
def test_any_prices_bound_any_problem(prices: list[float], seed: int):
    """Two owners of three limited columns each, a row for each of them and two that tie them."""
    rng = np.random.default_rng(seed)
    blocks = np.zeros((4, 6))
    blocks[0, :3], blocks[1, 3:], blocks[2:] = (
        rng.uniform(0, 2, 3),
        rng.uniform(0, 2, 3),
        rng.normal(size=(2, 6)),
    )
    inside = rng.uniform(0, 3, 6)
    activity = blocks @ inside
    problem = Problem(
        sparse.csr_array(blocks),
        rng.normal(size=6),
        np.where(rng.random(4) < 0.7, activity, -INF),
        np.where(rng.random(4) < 0.5, activity + rng.uniform(0, 2, 4), INF),
        np.zeros(6),
        np.full(6, 4.0),
        np.zeros(6, dtype=np.bool_),
        3.0,
    )
    parts = parts_of(problem, np.repeat([0, 1], 3))
    best = solve(problem, EXACT)
    for tying in (np.array(prices), best.duals[2:]):
        duals = np.append([0.0, 0.0], tying)
        found = solved_in_parts(problem, parts, duals, np.zeros(6), one_by_one)
        assert found is not None
        bound, _ = dual_bound(problem, found[1], 1e4)
        assert bound <= best.objective + 1e-6 * max(1, abs(best.objective))
    assert bound == pytest.approx(best.objective, abs=1e-6)  # at the optimum's prices


# ------------------------------------------------------------------------------------- the small problem


def apart(study: Study, proof: Proof, design: Design) -> float:
    crew = workers.Crew(study, GAP, ())
    found = bounded_by_owner(Master(study, design, proof.groups, hard=proof.hard), proof, crew.solve)
    assert found is not None
    assert found.proof is not None
    return found.bound


@pytest.mark.parametrize(
    ("share", "off"), [(1.0, 1e-4), (1.05, 0.003), (0.95, 0.003), (1.1, 0.02), (0.9, 0.02)]
)
def test_after_a_change_of_price_it_is_nearly_the_bound_of_all_at_once(
    first: tuple[Proof, Design], share: float, off: float
):
    proof, design = first
    study = dearer(park(), share)
    at_once = Master(study, design, proof.groups, hard=proof.hard).solve().bound
    found = apart(study, proof, design)
    assert found <= at_once * (1 + 1e-6)
    assert found >= at_once * (1 - off)


def test_prices_that_stay_behind_prove_far_less(first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch):
    proof, design = first
    monkeypatch.setattr(by_owner, "moved_prices", lambda problem, parts, sellers, duals, values: duals)
    study = dearer(park(), 1.1)
    at_once = Master(study, design, proof.groups, hard=proof.hard).solve().bound
    assert apart(study, proof, design) < at_once * (1 - 0.01)


def test_what_it_proved_serves_the_next_time(first: tuple[Proof, Design]):
    proof, design = first
    study = dearer(park(), 1.05)
    crew = workers.Crew(study, GAP, ())
    found = bounded_by_owner(Master(study, design, proof.groups, hard=proof.hard), proof, crew.solve)
    assert found is not None
    assert found.proof is not None
    again = apart(dearer(park(), 1.1), found.proof, design)
    assert again == pytest.approx(apart(dearer(park(), 1.1), proof, design), rel=0.005)


def test_cuts_hold_a_year_up_as_they_did(large: None, tmp_path: Path):
    """A cut that is the year's cost outright: the mean days alone prove less."""
    study = park()
    _, design = build_year(study, 2040, study.timeline)
    groups = np.zeros(study.timeline.calendar.days, dtype=np.int32)
    sizes = np.where(design.upper > 0, np.minimum(design.upper, 20.0), 0.0)
    crew = workers.Crew(study, GAP, ())
    (year,) = crew.operate(sizes, certify.YEAR)
    with_cut = Master(study, design, groups)
    with_cut.add([year.cut])
    best = with_cut.solve()
    assert best.proof is not None
    assert best.proof.cuts.tolist() == [2040]
    plain = Master(study, design, groups).solve()
    assert plain.proof is not None
    assert best.bound > plain.bound * (1 + 1e-4)
    again = Master(study, design, groups)
    again.add([year.cut])
    found = bounded_by_owner(again, best.proof, crew.solve)
    assert found is not None
    assert found.bound == pytest.approx(best.bound, rel=1e-4)
    assert again.renewed(best.proof) == pytest.approx(best.bound, rel=1e-4)
    # Without a cut, what cuts held up is the mean days' to hold: less, but true.
    bare = bounded_by_owner(Master(study, design, groups), best.proof, crew.solve)
    assert bare is not None
    exact = Master(study, design, groups, master.SMALL).solve().bound
    assert 0.99 * exact <= bare.bound <= exact * (1 + 1e-6)
    # A cut that promises too much of a size leaves a part without an optimum: it is asked to hold less.
    tried: list[int] = []

    def never_at_first(problems: Sequence[Problem], options: Options) -> list[Solution]:
        tried.append(len(problems))
        solved = crew.solve(problems, options)
        return never(solved) if len(tried) == 1 else solved

    less = bounded_by_owner(again, best.proof, never_at_first)
    assert len(tried) == 2
    assert less is not None
    assert 0.99 * plain.bound < less.bound <= best.bound * (1 + 1e-6)
    assert (
        bounded_by_owner(again, best.proof, lambda problems, options: never(crew.solve(problems, options)))
        is None
    )


def never(solved: Sequence[Solution]) -> list[Solution]:
    return [dataclasses.replace(found, status="unknown") for found in solved]


def test_a_proof_of_other_columns_or_rows_leaves_no_bound(first: tuple[Proof, Design]):
    proof, design = first
    crew = workers.Crew(park(), GAP, ())
    other = dataclasses.replace(proof, values=proof.values[1:])
    assert bounded_by_owner(Master(park(), design, proof.groups, hard=proof.hard), other, crew.solve) is None
    fewer = dataclasses.replace(proof, duals=proof.duals[1:])
    assert bounded_by_owner(Master(park(), design, proof.groups, hard=proof.hard), fewer, crew.solve) is None


def test_everything_owned_by_one_leaves_no_bound(
    first: tuple[Proof, Design], monkeypatch: pytest.MonkeyPatch
):
    proof, design = first
    crew = workers.Crew(park(), GAP, ())

    def one(problem: Problem, owners: FloatArray) -> Parts:
        return parts_module.parts_of(problem, np.zeros_like(owners))

    monkeypatch.setattr(by_owner, "parts_of", one)
    assert bounded_by_owner(Master(park(), design, proof.groups, hard=proof.hard), proof, crew.solve) is None


def test_every_column_of_the_park_has_its_owner():
    study = park()
    built, design = build_year(study, 2040, study.timeline)
    places = column_owners(study, design, [built], 1)
    owners, _ = owners_in(study)
    assert len(places) == len(design.names) + len(built.matrix.cost) + 1
    assert places[-1] == NOBODY
    for place, name in zip(places.tolist(), design.names, strict=False):
        assert owners[place] == name.partition(".")[0]
    for block in built.matrix.columns:
        at = len(design.names) + block.start
        owner = block.dotted.partition(".")[0]
        expected = owner if owner in owners else owners[place_of_shared(study)]
        if not block.dotted.startswith("product."):
            assert owners[places[at]] == expected
        else:
            assert places[at] == NOBODY


# ---------------------------------------------------------------------------------------------- a plan


@pytest.fixture
def operated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Years are operated before any bound, as where an earlier bound had cuts."""
    monkeypatch.setattr(earlier.Earlier, "_stands", lambda *_: False)


@pytest.mark.parametrize("processes", [1, 2])
def test_after_a_change_of_price_the_plan_is_proven_owner_by_owner(
    large: None, operated: None, kept: Path, tmp_path: Path, processes: int, deeds: list[str]
):
    study = dearer(park(), 1.05)
    plan = planned(study, kept, tmp_path, processes)
    assert deeds == ["went on", "operated", "bounded by owner"]
    assert_proven(plan, study)
    found = load_checkpoint(tmp_path / "search.npz", study, plan.design)
    assert found is not None
    assert found.proof is not None
    assert len(found.proof.cuts) == 1  # what closed the gap is kept, not what was known before


def test_where_that_does_not_do_all_at_once_does_as_before(
    large: None, operated: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
):
    """The same mean days, without cuts, as those of the search that is gone on from."""
    monkeypatch.setattr(earlier, "bounded_by_owner", lambda self, proof, solve, needed: None)
    added: list[int] = []
    add = Master.add
    monkeypatch.setattr(Master, "add", lambda self, cuts: (added.append(len(cuts)), add(self, cuts))[1])
    study = dearer(park(), 1.2)
    plan = planned(study, kept, tmp_path)
    assert sum(deed.startswith("bounded on") for deed in deeds) == 1
    assert added == [1]  # of the attempt owner by owner
    assert_proven(plan, study)


@pytest.mark.parametrize("may", [False, True])
def test_mean_days_that_cannot_close_the_gap_become_more(
    may: bool,
    large: None,
    operated: None,
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    deeds: list[str],
):
    """Where prices promise too little, all owners at once would find no more on the same days."""
    study = dearer(park(), 1.2)

    def apart(self: Master, proof: Proof, solve: Any, needed: float) -> Bounded:
        return Bounded(-INF, np.zeros(0), {}, most=needed * (1.01 if may else 0.99))

    monkeypatch.setattr(earlier, "bounded_by_owner", apart)
    plan = planned(study, kept, tmp_path)
    found = load_checkpoint(kept, study, plan.design)
    assert found is not None
    assert found.proof is not None
    days = int(found.proof.groups.max()) + 1
    assert (days, found.count) == (8, 8)
    more = 8 if may else 10
    assert [deed for deed in deeds if "days" in deed] == [f"bounded on {more} days"]
    assert_proven(plan, study)


def test_a_bound_that_the_old_duals_close_asks_for_no_part(
    large: None, operated: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What proves a plan has cuts the second time. A hair dearer again, the years' new cuts are enough."""
    planned(dearer(park(), 1.05), kept, tmp_path)
    second = tmp_path / "second.npz"
    second.write_bytes((tmp_path / "search.npz").read_bytes())
    monkeypatch.setattr(workers.Crew, "solve", None)
    monkeypatch.setattr(Master, "solve", None)
    study = dearer(park(), 1.0505)
    plan = planned(study, second, tmp_path, 1)
    assert_proven(plan, study)


def test_the_same_study_goes_on_and_follows_no_prices(
    large: None, kept: Path, tmp_path: Path, deeds: list[str]
):
    """Asked for a twentieth of the gap it needs more lower bounds: of more mean days, not the same again."""
    path = tmp_path / "search.npz"
    path.write_bytes(kept.read_bytes())
    plan = certified(park(), gap=GAP / 20, workers=1, small=0, resume=path)
    assert plan.status == "optimal"
    assert any(deed.startswith("bounded on") for deed in deeds)
    assert "bounded by owner" not in deeds


def test_years_hear_how_they_were_operated(
    large: None, operated: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    heard: list[int] = []
    real = workers.evaluate

    def spied(*given: Any) -> Evaluated:
        heard.append(len(given[-2].bases))
        return real(*given)

    monkeypatch.setattr(workers, "evaluate", spied)
    planned(dearer(park(), 1.05), kept, tmp_path)
    assert heard == [56 // DAYS + 1]


def test_a_bound_owner_by_owner_above_the_cost_is_an_alarm(
    large: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    real = earlier.bounded_by_owner

    def wrong(self: Master, proof: Proof, solve: by_owner.Crowd, needed: float) -> master.Bounded | None:
        found = real(self, proof, solve, needed)
        assert found is not None
        return dataclasses.replace(found, bound=2 * found.bound)

    monkeypatch.setattr(earlier, "bounded_by_owner", wrong)
    with pytest.raises(search.SolverError, match="a bound does not hold"):
        planned(dearer(park(), 1.05), kept, tmp_path)


def test_ctrl_c_in_the_bound_owner_by_owner_keeps_what_was_operated(
    large: None, operated: None, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
):
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(earlier, "bounded_by_owner", pressed)
    study = dearer(park(), 1.05)
    plan = planned(study, kept, tmp_path)
    assert plan.status == "stopped"
    assert deeds == ["went on", "operated"]
    found = load_checkpoint(tmp_path / "search.npz", study, plan.design)
    assert found is not None
    assert (found.fingerprint, found.upper) == (fingerprint(study), plan.objective)


def test_growth_and_price_together_are_proven_too(large: None, kept: Path, tmp_path: Path):
    study = dearer(grown(park(), 1.05), 1.03)
    plan = planned(study, kept, tmp_path)
    assert_proven(plan, study)
    assert best_of(study) > 0


# -------------------------------------------------------------------------------------------- the crew


def test_a_process_has_its_own_years_first_and_then_those_that_nobody_has_begun():
    places = {2025: 0, 2030: 1, 2035: 0, 2040: 1}
    shares = workers._Shares(list(places), places, fixed=False)
    assert [shares.take(0) for _ in range(3)] == [2025, 2035, 2040]
    assert places[2040] == 0
    assert shares.take(1) == 2030
    assert shares.take(0) is None
    assert shares.take(1) is None


def test_who_remembers_a_year_keeps_it():
    places = {2025: 0, 2030: 1}
    shares = workers._Shares(list(places), places, fixed=True)
    assert shares.take(0) == 2025
    assert shares.take(0) is None
    assert shares.take(1) == 2030


def with_helper(helper: Any, places: dict[int, int], threads: bool = False) -> workers.Crew:
    """A crew of this process and a helper, each with its years."""
    crew = workers.Crew(park(), GAP, (helper,), threads=threads)
    crew._years, crew._places = tuple(places), places
    return crew


@pytest.mark.parametrize(("threads", "mended"), [(False, False), (True, False), (True, True)])
def test_a_helper_that_is_busy_leaves_its_years_to_others(
    threads: bool, mended: bool, monkeypatch: pytest.MonkeyPatch
):
    """It answers once this process has done all it can; what was not begun there is done here.

    Sizes that were mended are so only for a thread, which remembers what is done here.
    """
    done: list[int] = []
    monkeypatch.setattr(workers.Yard, "operate", lambda self, year, *others: done.append(year))
    late = Late()
    crew = with_helper(late, {1: 0, 2: 1, 3: 0, 4: 1}, threads)
    assert len(crew.operate(np.zeros(0), certify.YEAR, mended)) == 4
    assert done == [1, 3, 4]
    assert late.asked == [2]
    assert crew._places == {1: 0, 2: 1, 3: 0, 4: 0}


def test_a_year_that_is_being_sent_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    """The helper's next year is sent from another thread, slowly, while this process finds nothing left."""
    monkeypatch.setattr(workers.Yard, "operate", lambda *given: time.sleep(0.05))
    crew = with_helper(Slow(), {1: 0, 2: 1, 3: 1})
    assert len(crew.operate(np.zeros(0), certify.YEAR)) == 3


class Slow:
    """A helper that is done at once with its first year, and slow to be sent the next."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, task: object, year: int, *others: object) -> Future[tuple[None, float]]:
        self.count += 1
        if self.count > 1:
            time.sleep(0.3)
            return done()
        first: Future[tuple[None, float]] = Future()
        threading.Timer(0.02, lambda: first.set_result((None, 1.0))).start()
        return first


def done() -> Future[tuple[None, float]]:
    found: Future[tuple[None, float]] = Future()
    found.set_result((None, 1.0))
    return found


def test_nothing_is_left_of_helpers_when_the_plan_is_there():
    before = set(threading.enumerate())
    with workers.crew(tenants_study(2, days=56, years=(2030, 2040)), 2) as crew:
        assert len(crew._executors) == 1
        assert set(threading.enumerate()) - before
    left = set(threading.enumerate()) - before
    assert "_ExecutorManagerThread" not in {type(thread).__name__ for thread in left}


def test_two_may_be_threads_which_keep_years_together():
    """The second operates beside this one, in the years that this one has built."""
    study = tenants_study(2, days=56, years=(2030, 2040))
    built = Years(study)
    with workers.crew(study, 2, GAP, built, threads=True) as crew:
        assert [type(e) for e in crew._executors] == [ThreadPoolExecutor]
        sizes = np.full(len(certify.build_year(study, 2030, study.timeline)[1].names), 5.0)
        found = crew.operate(sizes, certify.YEAR)
        assert set(crew._yard.last) == {2030, 2040}
        assert crew.peak_memory_mb == 0.0  # all of it is this process's
    with workers.crew(study, 1, GAP, built) as alone:
        for one, other in zip(found, alone.operate(sizes, certify.YEAR), strict=True):
            assert one.cost == other.cost
            assert np.array_equal(one.duals, other.duals)


def test_owners_are_not_given_to_threads(monkeypatch: pytest.MonkeyPatch):
    """PIQP keeps Python to itself while it runs."""
    at: list[str] = []

    def noted(problem: Problem, options: Options) -> Solution:
        at.append(threading.current_thread().name)
        return solve(problem, EXACT)

    monkeypatch.setattr(workers, "solve_proximal", noted)
    with workers.crew(tenants_study(2, days=56, years=(2030, 2040)), 2, GAP, threads=True) as crew:
        assert len(crew._executors) == 1
        assert len(crew.solve([market(), market()], EXACT)) == 2
    assert set(at) == {threading.current_thread().name}


@pytest.mark.parametrize("helpers", [0, 1])
def test_the_first_owner_without_an_optimum_is_all_that_is_told(
    helpers: int, monkeypatch: pytest.MonkeyPatch
):
    """Nobody else need be solved then; what is not begun is not begun."""
    told = solve(market(), EXACT)
    asked: list[int] = []

    def noted(problem: Problem, options: Options) -> Solution:
        asked.append(len(problem.cost))
        return dataclasses.replace(told, status="unbounded" if problem.constant else "optimal")

    monkeypatch.setattr(workers, "solve_proximal", noted)
    late = Never()
    crew = workers.Crew(park(), GAP, (late,) * helpers)
    endless = dataclasses.replace(market(), constant=1.0)
    problems = [endless, market(), market()]
    assert [s.status for s in crew.solve(problems, EXACT)] == ["unbounded"]
    assert len(asked) == 1
    assert all(task.cancelled() for task in late.tasks)
    assert len(late.tasks) == helpers
    if not helpers:
        assert [s.status for s in crew.solve(problems[1:], EXACT)] == ["optimal", "optimal"]


class Never(Executor):
    """A helper that does not come to what it is asked."""

    def __init__(self) -> None:
        self.tasks: list[Future[Any]] = []

    def submit(self, *given: Any, **more: Any) -> Future[Any]:
        self.tasks.append(Future())
        return self.tasks[-1]


def test_a_helper_that_dies_between_two_years_is_heard_of(monkeypatch: pytest.MonkeyPatch):
    """Its second year is sent when it is done with the first, where no one hears what goes wrong."""
    monkeypatch.setattr(workers.Yard, "operate", lambda *given: None)
    crew = with_helper(Dying(), {1: 0, 2: 1, 3: 1})
    with pytest.raises(RuntimeError, match="died"):
        crew.operate(np.zeros(0), certify.YEAR)


class Dying:
    """A helper that is done at once with its first year, and dies of the next."""

    def __init__(self) -> None:
        self.asked = 0

    def submit(self, *others: object) -> Future[tuple[None, float]]:
        self.asked += 1
        if self.asked > 1:
            raise RuntimeError("died")
        return done()


def test_what_only_a_helper_remembers_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    """This process is done with its year long before the helper is with its two."""
    monkeypatch.setattr(workers.Yard, "operate", lambda *given: None)
    late = Late()
    crew = with_helper(late, {1: 0, 2: 1, 3: 1})
    assert len(crew.operate(np.zeros(0), certify.YEAR, mended=True)) == 3
    assert late.asked == [2, 3]


class Late:
    """A helper that answers when it is waited for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def submit(self, task: object, year: int, *others: object) -> Late:
        self.asked.append(year)
        return self

    def add_done_callback(self, call: object) -> None:
        """Never called: it is not done before all others are."""

    def result(self, timeout: float) -> tuple[None, float]:
        return None, 5.0
