"""PIQP's interior point: checked like any, and whatever it does not answer is Clarabel's to answer."""

from __future__ import annotations

import dataclasses
import signal
from types import SimpleNamespace
from typing import Any

import numpy as np
import piqp
import pytest
from hypothesis import given, settings

from parkzero.lp import interior, proximal
from parkzero.lp.proximal import METHOD, solve_curved, solve_proximal
from parkzero.lp.solver import Problem, dual_bound, primal_violation, solve
from tests.test_interior import ALONE, INF, MIXED, SHOP, SURE, problem, random_problems


def test_the_optimum_is_found_and_proven():
    found = solve_proximal(SHOP, ALONE)
    assert (found.status, found.ran) == ("optimal", METHOD)
    assert found.objective == pytest.approx(7 - 3 - 2)
    assert found.values == pytest.approx([1, 1], abs=1e-6)
    assert found.duals == pytest.approx([-7 / 5, -1 / 5], abs=1e-6)
    assert found.bound == pytest.approx(found.objective, abs=1e-5)
    assert found.seconds > 0


def test_rows_of_every_sort_and_columns_of_every_sort_have_their_part():
    """As in ``test_interior``: equal, ranged, free and one-sided rows; fixed, free and bounded columns."""
    found = solve_proximal(MIXED, ALONE)
    assert (found.status, found.ran) == ("optimal", METHOD)
    assert found.values == pytest.approx([2, 2, 3, 3, -1], abs=1e-6)
    assert found.duals == pytest.approx(solve(MIXED, SURE).duals, abs=1e-6)


def test_a_problem_without_a_choice_needs_no_solver(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(proximal, "_solver", None)
    found = solve_proximal(problem([[1, 1]], [1, 2], [3], [3], [1, 2], [1, 2]), ALONE)
    assert (found.status, found.objective) == ("optimal", 7 + 1 + 4)


@settings(max_examples=60, deadline=None)
@given(random_problems())
def test_it_agrees_with_the_simplex(shop: Problem):
    best, found = solve(shop, SURE), solve_proximal(shop, ALONE)
    assert found.status == best.status == "optimal"
    size = max(1.0, abs(best.objective))
    assert found.bound <= best.objective + 1e-7 * size
    assert found.bound == pytest.approx(best.objective, abs=1e-4 * size)
    assert primal_violation(shop, found.values) <= 1e-6
    bound, _ = dual_bound(shop, found.duals, 10.0 * max(1.0, float(np.abs(found.values).max())))
    assert bound == pytest.approx(found.bound)


def test_large_costs_are_no_trouble():
    """A park's costs in dong are a trillion times a shop's."""
    shop = dataclasses.replace(SHOP, cost=SHOP.cost * 1e12, constant=0.0)
    found = solve_proximal(shop, ALONE)
    assert (found.status, found.ran) == ("optimal", METHOD)
    assert found.bound == pytest.approx(-5e12, rel=1e-5)


def test_what_no_values_fit_has_no_optimum():
    shop = dataclasses.replace(SHOP, low=np.array([2.0, 5.0]))
    assert solve_proximal(shop, ALONE).status != "optimal"


def test_what_has_no_end_has_no_optimum():
    assert solve_proximal(problem([[1, -1]], [-1, 0], [0], [0]), ALONE).status != "optimal"


def test_a_large_problem_is_not_asked_of_it(monkeypatch: pytest.MonkeyPatch):
    """Nobody could stop it there."""
    monkeypatch.setattr(proximal, "MOST_COLUMNS", 1)
    assert solve_proximal(SHOP, ALONE).ran == interior.METHOD


@pytest.mark.parametrize("cost", [1.0, 1e9])
def test_costs_may_be_curved(cost: float):
    """x to the power of two costs least where it is 3 of the 4 that are wanted, and 1 is bought at 6."""
    shop = problem([[1, 1]], [0, 6], [4], [INF], [0, 0], [INF, INF])
    shop = dataclasses.replace(shop, cost=shop.cost * cost, constant=2 * cost)
    found = solve_curved(shop, np.array([2.0, 0.0]) * cost, ALONE)
    assert found.status == "optimal"
    assert found.values == pytest.approx([3, 1], abs=1e-4)
    assert found.duals == pytest.approx([6 * cost], rel=1e-4)
    assert found.objective == pytest.approx((6 + 2) * cost, rel=1e-4)


def test_a_large_problem_with_curved_costs_is_not_solved(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(proximal, "MOST_COLUMNS", 1)
    monkeypatch.setattr(proximal, "_solver", None)
    assert solve_curved(SHOP, np.ones(2), ALONE).status == "unknown"


class Lying:
    """PIQP, but for its last word and its values."""

    def __init__(self, ending: str, moved: float, tolerance: float) -> None:
        self._honest, self._ending, self._moved = _HONEST(tolerance), ending, moved

    def __getattr__(self, name: str) -> Any:
        return getattr(self._honest, name)

    def solve(self) -> Any:
        self._honest.solve()
        return SimpleNamespace(name=self._ending)

    @property
    def result(self) -> Any:
        found = self._honest.result
        moved = np.asarray(found.x) + self._moved
        return SimpleNamespace(x=moved, y=found.y, z_l=found.z_l, z_u=found.z_u)


_HONEST = proximal._solver
ENDINGS = [status for status in dir(piqp) if status.startswith("PIQP_")]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_ending_passes_for_an_optimum_with_values_that_break_rows(
    ending: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(proximal, "_solver", lambda tolerance: Lying(ending, 0.1, tolerance))
    found = solve_proximal(SHOP, ALONE)
    assert (found.status, found.ran) == ("optimal", interior.METHOD) or found.status == "unbounded"


@pytest.mark.parametrize("ending", ENDINGS)
def test_only_what_is_said_to_be_an_optimum_or_proves_it_is_one(ending: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(proximal, "_solver", lambda tolerance: Lying(ending, 0.0, tolerance))
    found = solve_proximal(SHOP, ALONE)
    assert found.status == ("unbounded" if ending == "PIQP_DUAL_INFEASIBLE" else "optimal")


class Short(Lying):
    """PIQP out of steps, with duals that are a little off."""

    def __init__(self, ending: str, off: float, tolerance: float) -> None:
        super().__init__(ending, 0.0, tolerance)
        self._off = off

    @property
    def result(self) -> Any:
        found = self._honest.result
        return SimpleNamespace(x=found.x, y=(1 + self._off) * found.y, z_l=found.z_l, z_u=found.z_u)


EQUAL = problem([[1, 1]], [1, 2], [3], [3], [0, 0], [2, 2])


@pytest.mark.parametrize(
    ("ending", "off", "ran"),
    [
        ("PIQP_MAX_ITER_REACHED", 1e-4, METHOD),
        ("PIQP_MAX_ITER_REACHED", 1e-2, interior.METHOD),
        ("PIQP_NUMERICS", 1e-4, interior.METHOD),
    ],
)
def test_what_it_has_when_out_of_steps_passes_where_its_own_bound_proves_it(
    ending: str, off: float, ran: str, monkeypatch: pytest.MonkeyPatch
):
    """Duals that are off by a share cost the bound a share: a thousandth is the limit."""
    monkeypatch.setattr(proximal, "_solver", lambda tolerance: Short(ending, off, tolerance))
    found = solve_proximal(EQUAL, ALONE)
    assert (found.status, found.ran) == ("optimal", ran)
    assert found.bound <= 7 + 4 + 1e-6
    assert found.objective == pytest.approx(7 + 2 + 2, rel=1e-6)


def test_how_near_is_for_who_asks_to_say():
    rough = proximal._solver(1e-4).settings
    assert (rough.eps_abs, rough.eps_rel) == pytest.approx((1e-8, 1e-8))
    assert rough.eps_duality_gap_rel == pytest.approx(1e-5)
    asked: list[float] = []
    real = proximal._solver

    def spied(tolerance: float) -> Any:
        asked.append(tolerance)
        return real(tolerance)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proximal, "_solver", spied)
        solve_proximal(SHOP, ALONE)
        solve_proximal(SHOP, dataclasses.replace(ALONE, tolerance=1e-4))
    assert asked == [ALONE.tolerance or proximal.TOLERANCE, 1e-4]


def test_endings_are_tried():
    assert {"PIQP_SOLVED", "PIQP_MAX_ITER_REACHED", "PIQP_NUMERICS"} <= set(ENDINGS)


def test_ctrl_c_is_heard_when_it_has_ended(monkeypatch: pytest.MonkeyPatch):
    real = proximal._solved

    def pressed(shop: Problem, options: Any) -> Any:
        found = real(shop, options)
        signal.raise_signal(signal.SIGINT)
        return found

    monkeypatch.setattr(proximal, "_solved", pressed)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            solve_proximal(SHOP, ALONE)
    finally:
        signal.signal(signal.SIGINT, before)
