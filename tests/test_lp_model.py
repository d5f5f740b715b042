"""Models: named rows become the matrix that they say, and sizes move right-hand sides only."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from parkzero.errors import UnitError
from parkzero.lp.expr import DESIGN
from parkzero.lp.model import Model, Space
from parkzero.lp.series import Series
from parkzero.lp.solver import Problem, solve
from parkzero.planning.assemble import build_year, fixed, stack
from parkzero.study import Study
from parkzero.units import MONEY, MW, MWH, ONE, FloatArray, H, Quantity
from tests.cases.electric import grid, load, sun
from tests.cases.harness import (
    EXACT,
    compose,
    each_day,
    new,
    solved,
    years_of,
)
from tests.cases.strategies import studies

INF = np.inf


def model() -> Model:
    """A model over three steps with two built sizes."""
    space = Space(DESIGN)
    space.add("size", 2, MW)
    return Model(space)


def test_rows_become_the_matrix_that_they_say():
    lp = model()
    size = lp.design.expr("size").total(np.array([1.0, 1.0]), MW)
    flow, level = lp.operation.add("flow", 3, MW, upper=9.0), lp.operation.add("level", 3, MWH)
    lp.rule("capacity", flow <= size + Quantity(5.0, MW))
    lp.rule("energy", level == flow * Quantity(2.0, H) - Quantity(np.array([1.0, 2, 3]), MWH))
    lp.rule("total", flow.total(np.array([1.0, 2, 3]), MW) >= Quantity(4.0, MW))
    matrix = lp.flatten()
    eye, nil = np.eye(3), np.zeros((3, 3))
    wanted = np.vstack([np.hstack([eye, nil]), np.hstack([-2 * eye, eye]), [[1, 2, 3, 0, 0, 0]]])
    assert matrix.operation.toarray() == pytest.approx(wanted)
    assert matrix.design.toarray() == pytest.approx(np.vstack([-np.ones((3, 2)), np.zeros((4, 2))]))
    assert matrix.low == pytest.approx([-INF, -INF, -INF, -1, -2, -3, 4])
    assert matrix.high == pytest.approx([5, 5, 5, -1, -2, -3, INF])
    assert matrix.upper == pytest.approx([9, 9, 9, INF, INF, INF])
    assert [(r.name, r.start, r.count, r.unit) for r in matrix.rows] == [
        ("capacity", 0, 3, MW), ("energy", 3, 3, MWH), ("total", 6, 1, MW),
    ]  # fmt: skip
    assert [(c.name, c.start, c.count) for c in matrix.columns] == [("flow", 0, 3), ("level", 3, 3)]


def test_terms_on_one_column_add_up_and_vanish():
    lp = model()
    flow = lp.operation.add("flow", 2, MW)
    lp.rule("twice", flow + flow <= Quantity(6.0, MW))
    lp.rule("nothing", flow - flow <= Quantity(1.0, MW))
    matrix = lp.flatten()
    assert matrix.operation.toarray() == pytest.approx(np.vstack([2 * np.eye(2), np.zeros((2, 2))]))
    assert matrix.operation.nnz == 2


def test_an_empty_model_has_no_rows():
    matrix = model().flatten()
    assert matrix.operation.shape == (0, 0)
    assert matrix.design.shape == (0, 2)


def test_two_rules_of_one_name_stop_the_build():
    lp = model()
    flow = lp.operation.add("flow", 3, MW)
    lp.rule("pump.capacity", flow <= Quantity(1.0, MW))
    with pytest.raises(UnitError, match=r"two rules are called pump\.capacity"):
        lp.rule("pump.capacity", flow <= Quantity(2.0, MW))


def test_two_assets_of_one_name_stop_the_build():
    with pytest.raises(UnitError, match="two blocks of columns"):
        years_of(compose(load(1), load(2), grid(20)), compose(load(1)).timeline)


def test_a_struck_rule_is_gone_and_its_name_is_free():
    lp = model()
    flow = lp.operation.add("flow", 3, MW)
    lp.rule("a", flow <= Quantity(1.0, MW))
    lp.rule("b", flow <= Quantity(2.0, MW))
    lp.strike("a")
    assert lp.rules == ("b",)
    assert lp.flatten().high == pytest.approx([2, 2, 2])
    lp.rule("a", flow <= Quantity(3.0, MW))
    with pytest.raises(KeyError):
        lp.strike("c")


# --------------------------------------------------------------------------- products on mean days


def series(lp: Model, low: list[float], mean: list[float], high: list[float]) -> Series:
    """A price whose days disagree."""
    excess = np.zeros(len(mean))
    return Series(np.array(mean), np.array(low), np.array(high), excess, MONEY / MWH, lp.enclose)


def range_of_product(
    low: list[float], mean: list[float], high: list[float], at: float
) -> tuple[FloatArray, ...]:
    """Smallest and largest product in each step with a flow of ``at``."""
    found = []
    for sign in (1.0, -1.0):
        lp = model()
        flow = lp.operation.add("flow", len(mean), MW, lower=at, upper=at)
        cost = series(lp, low, mean, high).times(flow)
        assert cost.unit == MONEY / H
        total = (cost * sign).total(np.ones(len(mean)), MONEY / H)
        matrix = lp.flatten()
        objective = np.zeros(matrix.operation.shape[1])
        for term in total.terms:
            np.add.at(objective, term.cols, term.values())
        problem = dataclasses.replace(
            stack_of(matrix.operation, matrix.low, matrix.high),
            lower=matrix.lower,
            upper=matrix.upper,
            cost=objective,
        )
        found.append(cost.value(np.zeros(2), solve(problem, EXACT).values))
    return tuple(found)


def stack_of(matrix: sparse.csr_array, low: FloatArray, high: FloatArray) -> Problem:
    """A problem without cost."""
    columns = matrix.shape[1]
    return Problem(
        matrix,
        np.zeros(columns),
        low,
        high,
        np.zeros(columns),
        np.full(columns, INF),
        np.zeros(columns, bool),
    )


def test_a_product_lies_between_the_lowest_and_the_highest_price():
    smallest, largest = range_of_product([10, 20, -5], [15, 20, 0], [20, 20, 5], at=3.0)
    assert smallest == pytest.approx([30, 60, -15])
    assert largest == pytest.approx([60, 60, 15])


def test_where_all_days_agree_a_product_adds_nothing():
    lp = model()
    flow = lp.operation.add("flow", 2, MW)
    cost = series(lp, [10, 20], [10, 20], [10, 20]).times(flow)
    assert lp.rules == ()
    assert cost.value(np.zeros(2), np.array([3.0, 4.0])) == pytest.approx([30, 80])


def test_only_steps_whose_days_disagree_get_a_variable():
    lp = model()
    flow = lp.operation.add("flow", 3, MW)
    series(lp, [10, 20, 30], [15, 20, 30], [20, 20, 30]).times(flow)
    assert lp.operation.count == 3 + 1
    assert lp.rules == ("product.1.low", "product.1.high")


def enclosed(values: FloatArray, at: float, most: float, excess: float | None = None) -> tuple[float, float]:
    """Smallest and largest product of a mean flow with a series of those real values, below a size."""
    found = []
    mean, low, high = float(values.mean()), float(values.min()), float(values.max())
    above = float(np.maximum(values - mean, 0).mean()) if excess is None else excess
    for sign in (1.0, -1.0):
        lp = model()
        flow = lp.operation.add("flow", 2, MW, lower=at, upper=at)  # one row alone would be a size
        size = lp.operation.add("size", 1, MW, lower=most, upper=most)
        numbers = [np.array([x, x]) for x in (mean, low, high, above)]
        product = Series(*numbers, MONEY / MWH, lp.enclose).times(flow, size)
        term = product.terms[-1]
        matrix = lp.flatten()
        objective = np.zeros(matrix.operation.shape[1])
        objective[term.cols] = sign / 2
        rows = stack_of(matrix.operation, matrix.low, matrix.high)
        problem = dataclasses.replace(rows, lower=matrix.lower, upper=matrix.upper, cost=objective)
        found.append(sign * solve(problem, EXACT).objective)
    return found[0], found[1]


NUMBERS = st.floats(-5, 5).map(lambda x: round(x, 3))


@settings(max_examples=100, deadline=None)
@given(days=st.lists(st.tuples(NUMBERS, st.floats(0, 1)), min_size=2, max_size=5), most=st.floats(0.1, 5))
def test_a_product_below_a_size_encloses_what_the_days_make(days: list[tuple[float, float]], most: float):
    values = np.array([v for v, _ in days])
    if values.min() == values.max():
        return
    flows = np.array([share for _, share in days]) * most
    smallest, largest = enclosed(values, float(flows.mean()), most)
    made = float((values * flows).mean())
    assert smallest <= made + 1e-6
    assert largest >= made - 1e-6


def test_a_flow_at_its_size_leaves_a_product_no_choice():
    """Prices 10 and 20, both days at 3 MW: 45, where the prices alone would allow 30 to 60."""
    assert enclosed(np.array([10.0, 20.0]), 3.0, 3.0) == pytest.approx((45, 45))


def test_a_flow_at_half_its_size_can_choose_one_of_two_days():
    """All of 3 MW on the dear day or on the cheap one: 30 or 15 on average."""
    assert enclosed(np.array([10.0, 20.0]), 1.5, 3.0) == pytest.approx((15, 30))
    # three days at 10, 20 and 60: the dearest half is 60 and half of 20
    smallest, largest = enclosed(np.array([10.0, 20.0, 60.0]), 1.5, 3.0)
    assert largest >= (60 * 3 + 20 * 1.5) / 3 - 1e-9
    assert smallest <= (10 * 3 + 20 * 1.5) / 3 + 1e-9


def test_too_small_an_excess_would_cut_off_what_the_days_make():
    """Half of the true excess of 5 money: the dear day alone makes 30, which would be out of bounds."""
    assert enclosed(np.array([10.0, 20.0]), 1.5, 3.0, excess=1.25)[1] < 30 - 1


def test_a_product_with_what_may_be_negative_is_refused():
    for flow in ("variable", "difference", "constant"):
        lp = model()
        first = lp.operation.add("a", 1, MW, lower=-1.0 if flow == "variable" else 0.0).spread(1)
        wide = lp.operation.add("b", 2, MW)
        expr = {
            "variable": wide + first,
            "difference": wide - first,
            "constant": wide - Quantity(1.0, MW),
        }[flow]
        with pytest.raises(UnitError, match="negative"):
            series(lp, [10, 10], [15, 15], [20, 20]).times(expr)


def test_a_product_of_series_size_and_series_has_no_mean():
    lp = model()
    size = lp.design.expr("size").total(np.ones(2), MW)
    price = series(lp, [10, 10], [15, 15], [20, 20])
    assert (price.times(size)).value(np.array([1.0, 2.0]), np.zeros(0)) == pytest.approx([45, 45])
    with pytest.raises(UnitError, match="multiply the series first"):
        price.times(price.times(size))


def test_a_negative_factor_swaps_the_lowest_and_the_highest():
    lp = model()
    turned = series(lp, [10], [15], [20]) * Quantity(-2.0, ONE)
    assert isinstance(turned, Series)
    assert (turned.low[0], turned.mean[0], turned.high[0]) == (-40, -30, -20)
    assert turned.expr().constant == pytest.approx([-30])
    assert turned.unit == MONEY / MWH
    power = turned * Quantity(0.5, MW)
    assert isinstance(power, Series)
    assert power.unit == MONEY / H
    assert (turned * 0.5).expr().constant == pytest.approx([-15])
    with pytest.raises(UnitError):
        turned * Quantity(np.ones(1), ONE)


# ---------------------------------------------------------------------------------- assembled years


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(study=studies(years=1))
def test_every_row_says_what_its_rule_says(study: Study):
    """At any point the matrix and the expressions of the rules agree."""
    built, design = build_year(study, 2025, study.timeline)
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 3, len(design.lower))
    y = rng.uniform(0, 3, built.matrix.operation.shape[1])
    activity = built.matrix.operation @ y + built.matrix.design @ x
    rules = built.context.model._rules
    for rows in built.matrix.rows:
        relation = rules[rows.dotted].relation
        part = rows.inside
        side = built.matrix.high[part] if relation.sense == "<=" else built.matrix.low[part]
        assert activity[part] - side == pytest.approx(relation.expr.value(x, y), abs=1e-9)
        assert rows.unit == relation.expr.unit


def test_sizes_move_right_hand_sides_only():
    study = compose(
        load(raw=each_day((2,))), grid(20), sun(new(0), 1, name="pv"),
    )  # fmt: skip
    built, design = build_year(study, 2025, study.timeline)
    small, large = fixed(built, np.array([0.5])), fixed(built, np.array([1.5]))
    assert small.matrix is large.matrix is built.matrix.operation
    assert small.cost is large.cost
    assert solve(small, EXACT).objective == pytest.approx(1.5 * 20)
    assert solve(large, EXACT).objective == pytest.approx(0.5 * 20)
    assert design.names == ("pv.power[2025]",)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(study=studies(years=3, days=1))
def test_years_apart_cost_what_they_cost_together(study: Study):
    solution, design, years = solved(study)
    sizes = solution.values[: len(design.lower)]
    apart = [solve(fixed(built, sizes), EXACT).objective for built in years]
    assert sum(apart) == pytest.approx(solution.objective, rel=1e-6)


def test_stacked_years_keep_to_their_own_columns():
    study = compose(load(1), grid(20), sun(1, 0.5), years=(2025, 2026))
    design, years = years_of(study, study.timeline)
    problem = stack(design, years)
    rows, columns = years[0].matrix.operation.shape
    offset, top = len(design.lower), len(design.matrix.low)
    dense = problem.matrix.toarray()
    assert dense[top : top + rows, offset : offset + columns] == pytest.approx(
        years[0].matrix.operation.toarray()
    )
    assert not dense[top : top + rows, offset + columns :].any()
    assert not dense[top + rows :, offset : offset + columns].any()
    assert dense[top + rows :, offset + columns :] == pytest.approx(years[1].matrix.operation.toarray())
    assert dense[top : top + rows, :offset] == pytest.approx(years[0].matrix.design.toarray())


def test_a_bus_that_does_not_exist_is_named():
    study = compose(load(1), grid(20))
    lost = dataclasses.replace(study, buses={})
    with pytest.raises(UnitError, match="no bus is called el"):
        build_year(lost, 2025, study.timeline)
