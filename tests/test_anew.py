"""Large problems from nothing each time: presolved, by PIQP, and where that is not near by another method."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse

from parkzero.lp import anew, interior, long_solve, proximal
from parkzero.lp.anew import Anew
from parkzero.lp.limits import StopAsked, TimeUp, limited
from parkzero.lp.long_solve import solve_long
from parkzero.lp.memory import peak_memory_mb
from parkzero.lp.presolve import presolved
from parkzero.lp.solver import Options, Problem, Residuals, Solution, solve, unjudged
from tests.test_interior import INF, MIXED, SHOP, SURE, assert_agrees, problem, random_problems

# As lower bounds of large parks are asked for.
LARGE = Options(method="hipo", threads=1, tolerance=1e-6, gap=1e-4)


@settings(max_examples=60, deadline=None)
@given(random_problems())
def test_it_agrees_with_the_simplex(shop: Problem):
    best, found = solve(shop, SURE), Anew(shop, LARGE).solve()
    assert found.status == best.status == "optimal"
    assert_agrees(shop, found, best.objective)


def test_rows_may_be_added():
    shop = Anew(SHOP, LARGE)
    assert shop.solve().objective == pytest.approx(7 - 5, abs=1e-4)
    shop.append(sparse.csr_array(np.array([[1.0, 0.0]])), np.array([-INF]), np.array([0.5]))
    # Half of the first product, and (4 - 0.5) / 3 of the second.
    assert shop.solve().objective == pytest.approx(7 - 1.5 - 2 * 3.5 / 3, abs=1e-4)


def test_what_no_values_fit_and_what_has_no_end_is_for_highs_to_say():
    shop = dataclasses.replace(SHOP, low=np.array([2.0, 5.0]))
    assert Anew(shop, LARGE).solve().status == "infeasible"
    endless = problem([[1, -1]], [-1, 0], [0], [0])
    assert Anew(endless, LARGE).solve().status in ("unbounded", "infeasible")


# -------------------------------------------------------------------------------------- who has the last word


def saying(monkeypatch: pytest.MonkeyPatch, **residuals: dict[str, float]) -> list[str]:
    """Let PIQP (``long``) and Clarabel end as far from an optimum as told; returns who was asked."""
    asked: list[str] = []

    def rough(name: str) -> Any:
        def way(shop: Problem, options: Options) -> Solution:
            asked.append(name)
            best = solve(SHOP, SURE)
            left = Residuals(residuals[name]["primal"], 0.0, residuals[name]["gap"])
            return dataclasses.replace(best, status="unknown", residuals=left, ran=name)

        return way

    monkeypatch.setattr(anew, "solve_long", rough("long"))
    monkeypatch.setattr(anew, "solve_interior", rough("interior"))
    monkeypatch.setattr("parkzero.lp.presolve.Presolved.undone", lambda self, found: found)
    return asked


FAR, NEAR = {"primal": 0.0, "gap": 1e-2}, {"primal": 9e-4, "gap": 9e-4}


@pytest.mark.parametrize(
    ("long", "close", "ran"),
    [
        ({"primal": 9e-3, "gap": 9e-5}, FAR, "long"),  # its bound is near, its values are put right elsewhere
        ({"primal": 2e-2, "gap": 9e-5}, NEAR, "interior"),
        ({"primal": 0.0, "gap": 2e-4}, NEAR, "interior"),  # not as near as was asked for
        (FAR, {"primal": 2e-3, "gap": 0.0}, "simplex"),
        (FAR, {"primal": 0.0, "gap": 2e-3}, "simplex"),
    ],
)
def test_whoever_is_proven_to_be_near_has_answered(
    long: dict[str, float], close: dict[str, float], ran: str, monkeypatch: pytest.MonkeyPatch
):
    """The bound rests on duals alone, and HiPO takes ten times as long; where that is far off it is asked."""
    asked = saying(monkeypatch, long=long, interior=close)
    found = Anew(SHOP, dataclasses.replace(SURE, gap=1e-4)).solve()
    assert (found.status, found.ran) == ("optimal", ran)
    assert asked == ["long", "interior"][: 1 + (ran != "long")]


def test_however_wide_a_gap_was_asked_for_a_bound_is_near(monkeypatch: pytest.MonkeyPatch):
    saying(monkeypatch, long={"primal": 0.0, "gap": 5e-3}, interior=NEAR)
    assert Anew(SHOP, dataclasses.replace(SURE, gap=0.01)).solve().ran == "interior"


def test_out_of_time_is_not_tried_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(anew, "solve_long", lambda *_: unjudged("unknown", np.zeros(0), np.zeros(0), "piqp"))
    monkeypatch.setattr(anew, "solve", None)
    assert Anew(SHOP, LARGE).solve(seconds=0.0).status == "time_limit"


# --------------------------------------------------------------------------------------------------- presolve


@settings(max_examples=60, deadline=None)
@given(random_problems())
def test_what_is_presolved_comes_back_as_it_was(shop: Problem):
    form = presolved(shop)
    best = solve(shop, SURE)
    small = form.small
    found = form.undone(solve(small, SURE) if len(small.cost) else nothing(small))
    assert found.objective == pytest.approx(best.objective, abs=1e-6 * max(1.0, abs(best.objective)))
    assert_agrees(shop, found, best.objective)


def nothing(small: Problem) -> Solution:
    """The solution of a problem of which nothing is left."""
    return unjudged("optimal", np.zeros(0), np.zeros(len(small.low)), "none")


def test_rows_of_one_column_and_what_is_fixed_are_taken_out():
    form = presolved(MIXED)
    assert len(form.small.cost) < len(MIXED.cost)
    assert form.small.matrix.shape == (len(form.small.low), len(form.small.cost))


def test_a_large_cost_is_scaled_there_and_back():
    shop = dataclasses.replace(SHOP, cost=SHOP.cost * 1e12, constant=0.0)
    found = presolved(shop).undone(solve(presolved(shop).small, SURE))
    assert found.duals == pytest.approx([-7 / 5 * 1e12, -1 / 5 * 1e12])


def test_where_presolve_finds_no_optimum_the_problem_stays_as_it_is():
    shop = dataclasses.replace(SHOP, low=np.array([2.0, 5.0]))
    assert presolved(shop).small is shop


@pytest.mark.parametrize("found", [np.zeros(0), np.array([1.0, np.nan])])
def test_who_ended_with_nothing_is_not_asked_for_more(found: Any):
    raw = unjudged("unknown", found, np.zeros(2), "piqp")
    assert presolved(SHOP).undone(raw) is raw


# ------------------------------------------------------------------------------------ in a process of its own


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every problem goes to a process; none has gone before."""
    monkeypatch.setattr(long_solve, "_peaks", [])
    monkeypatch.setattr(long_solve, "IN_PLACE", 0)


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize("shop", [SHOP, MIXED], ids=["shop", "mixed"])
def test_a_process_says_what_this_one_would(shop: Problem, monkeypatch: pytest.MonkeyPatch):
    here = proximal.solve_unchecked(shop, 1e-6)
    monkeypatch.setattr(proximal, "solve_unchecked", None)
    found = solve_long(shop, LARGE)
    assert found.status == here.status == "optimal"
    assert (found.values.tolist(), found.duals.tolist()) == (here.values.tolist(), here.duals.tolist())
    assert 10.0 < long_solve.most_memory_mb() < 2000.0


def test_a_small_problem_needs_no_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(long_solve, "_process", None)
    assert solve_long(SHOP, LARGE).status == "optimal"


@pytest.mark.usefixtures("beside")
def test_a_problem_for_which_it_takes_longer_than_clarabel_is_not_asked_of_it(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(long_solve, "MOST_COLUMNS", 1)
    monkeypatch.setattr(long_solve, "_process", None)
    assert solve_long(SHOP, LARGE).status == "unknown"
    assert Anew(SHOP, LARGE).solve().ran == interior.METHOD


def started(monkeypatch: pytest.MonkeyPatch, program: str) -> list[subprocess.Popen[bytes]]:
    """Another program in PIQP's place; returns the processes."""
    known: list[subprocess.Popen[bytes]] = []

    def begin(asked: Any, said: Any) -> subprocess.Popen[bytes]:
        known.append(subprocess.Popen([sys.executable, "-c", program], stdin=asked, stdout=said))
        return known[-1]

    monkeypatch.setattr(long_solve, "_process", begin)
    return known


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize("program", ["import os; os.abort()", "raise SystemExit(1)"])
def test_a_process_that_dies_says_nothing_and_another_method_answers(
    program: str, monkeypatch: pytest.MonkeyPatch
):
    started(monkeypatch, program)
    assert (solve_long(SHOP, LARGE).status, len(solve_long(SHOP, LARGE).values)) == ("unknown", 0)
    assert Anew(SHOP, LARGE).solve().ran == interior.METHOD


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize(("seconds", "asks", "why"), [(1.0, np.inf, TimeUp), (np.inf, 1.0, StopAsked)])
def test_a_process_is_ended_when_time_is_up_or_somebody_asked(
    seconds: float, asks: float, why: type[StopAsked], monkeypatch: pytest.MonkeyPatch
):
    known, begun = started(monkeypatch, "import time; time.sleep(600)"), time.perf_counter()
    with limited(seconds, lambda: time.perf_counter() > begun + asks), pytest.raises(why):
        solve_long(SHOP, LARGE)
    assert known[0].poll() is not None


@pytest.mark.usefixtures("beside")
def test_a_process_has_no_more_time_than_it_was_given(monkeypatch: pytest.MonkeyPatch):
    known = started(monkeypatch, "import time; time.sleep(600)")
    assert solve_long(SHOP, dataclasses.replace(LARGE, seconds=0.5)).status == "unknown"
    assert known[0].poll() is not None


@pytest.mark.usefixtures("beside")
def test_what_is_given_up_ends_its_process(monkeypatch: pytest.MonkeyPatch):
    """The caller waits no longer; what solves must not go on without anybody to hear it."""
    known = started(monkeypatch, "import time; time.sleep(600)")
    with limited() as limits:

        def give_up() -> bool:
            if known:
                limits.give_up()
                assert known[0].wait(5.0)
            return bool(known)

        limits.stopping.stop = give_up
        with pytest.raises(StopAsked):
            solve_long(SHOP, LARGE)
    assert known[0].poll() is not None
    assert not limits.stopping.ends


def mapped(process: int) -> str:
    """What a process has loaded; nothing where it has ended."""
    try:
        return Path(f"/proc/{process}/maps").read_text()
    except OSError:
        return ""


ASKS = """
import subprocess, sys, time
from parkzero.lp import long_solve
process = long_solve._process(open(int(sys.argv[1]), "rb"), subprocess.DEVNULL)
print(process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system does not end it")
def test_a_process_ends_with_the_one_that_asked_even_if_that_is_killed():
    """It waits for a problem here, as it would for PIQP: nobody else can tell it."""
    asked, never = os.pipe()
    command = [sys.executable, "-c", ASKS, str(asked)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, pass_fds=[asked]) as parent:
        assert parent.stdout is not None
        child, until = int(parent.stdout.readline()), time.perf_counter() + 60.0
        while "piqp" not in mapped(child) and time.perf_counter() < until:
            time.sleep(0.05)
        time.sleep(0.5)  # it has begun by then
        assert "piqp" in mapped(child)
        parent.kill()
    while mapped(child) and time.perf_counter() < until:
        time.sleep(0.05)
    assert not mapped(child)
    os.close(asked)
    os.close(never)


def test_rows_and_columns_come_back_in_their_order():
    """They go to PIQP in any order; what is best for each is known from ``test_interior``."""
    found = proximal.solve_unchecked(MIXED, 1e-6)
    assert found.values == pytest.approx([2, 2, 3, 3, -1], abs=1e-5)
    assert found.duals == pytest.approx(solve(MIXED, SURE).duals, abs=1e-5)


def test_what_a_process_has_taken_does_not_begin_with_what_its_parent_had():
    kept = np.ones(50_000_000)  # 400 MB
    asks = "from parkzero.lp.memory import peak_memory_mb; print(peak_memory_mb())"
    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, check=True, text=True)
    assert kept.size
    assert peak_memory_mb() > 400
    assert 1 < float(said.stdout) < 300
