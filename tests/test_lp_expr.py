"""Expressions: rows, units, and what they are worth at a point."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero.errors import UnitError
from parkzero.language.block import integrate, windowed
from parkzero.lp.expr import DESIGN, OPERATION, Expr, Term, add_all, as_expr
from parkzero.lp.model import Space, coefficients, rows_of
from parkzero.timeline import Calendar, RealDays
from parkzero.units import MONEY, MW, MWH, ONE, FloatArray, H, Quantity

NONE = np.zeros(0)


def flows(count: int = 3) -> tuple[Expr, Expr]:
    """Two hourly flows [MW]."""
    space = Space(OPERATION)
    return space.add("a", count, MW), space.add("b", count, MW)


# ------------------------------------------------------------------------------------------ units


def test_adding_power_to_energy_stops_the_build():
    flow, _ = flows()
    with pytest.raises(UnitError, match="cannot add MW and MWh"):
        flow + flow * Quantity(1.0, H)


@pytest.mark.parametrize("compare", ["__le__", "__ge__", "__eq__"])
def test_comparing_power_with_energy_stops_the_build(compare: str):
    flow, _ = flows()
    with pytest.raises(UnitError, match="cannot compare MW and MWh"):
        getattr(flow, compare)(Quantity(1.0, MWH))


def test_a_bare_number_has_no_unit_but_zero_fits_everywhere():
    flow, _ = flows()
    assert (flow <= 0).expr.unit == MW
    with pytest.raises(UnitError):
        flow <= 1.0  # noqa: B015  # the comparison itself is what raises
    assert (1.0 - Expr(1, (), ONE, 0.25)).constant == 0.75


def test_multiplying_multiplies_units():
    flow, _ = flows()
    assert (flow * Quantity(2.0, MONEY / MWH)).unit == MONEY / H
    assert (flow / Quantity(0.5, ONE)).unit == MW
    assert (flow * 2).unit == (2 * flow).unit == MW
    assert (flow / 4.0).value(NONE, np.arange(6.0)) == pytest.approx(np.arange(3) / 4)


def test_a_raw_array_may_not_multiply_rows_past_the_timeline():
    flow, _ = flows()
    with pytest.raises(UnitError, match=r"lp\.series"):
        flow * Quantity(np.ones(3), ONE)


def test_adding_parts_of_another_unit_or_length_stops_the_build():
    flow, _ = flows()
    with pytest.raises(UnitError):
        add_all([flow, flow * Quantity(1.0, H)], 3, MW)
    with pytest.raises(UnitError, match="cannot combine 3 rows with 2"):
        flow.spread(2)


def test_expressions_cannot_be_hashed_because_equality_builds_a_rule():
    flow, other = flows()
    assert (flow == other).sense == "=="
    with pytest.raises(TypeError):
        hash(flow)


# ------------------------------------------------------------------------------------------- rows


def test_a_scalar_spreads_over_the_rows_that_it_meets():
    space = Space(DESIGN)
    size = space.add("size", 2, MW).total(np.array([1.0, 3.0]), MW) + Quantity(5.0, MW)
    flow, _ = flows()
    found = (flow - size).value(np.array([10.0, 100.0]), np.array([1.0, 2, 3, 0, 0, 0]))
    assert found == pytest.approx(np.array([1, 2, 3]) - (10 + 300 + 5))


def test_rows_come_in_the_order_asked_for():
    flow, other = flows()
    both = flow + other * 10.0 + Quantity(1.0, MW)
    part = rows_of(both, np.array([2, 0], dtype=np.int32))
    assert part.rows == 2
    assert part.value(NONE, np.array([1.0, 2, 3, 4, 5, 6])) == pytest.approx([3 + 60 + 1, 1 + 40 + 1])


def test_rows_of_a_sum_with_several_columns_a_row():
    space = Space(OPERATION)
    wide = windowed(space.add("a", 6, MW), 2)
    part = rows_of(wide, np.array([1], dtype=np.int32))
    assert part.value(NONE, np.arange(6.0)) == pytest.approx([2.5])


def test_windows_take_the_mean_of_steps_in_a_row():
    space = Space(OPERATION)
    flow = space.add("a", 6, MW) * 2.0 + Quantity(np.arange(6.0), MW)
    assert windowed(flow, 1) is flow
    assert windowed(flow, 3).value(NONE, np.arange(6.0)) == pytest.approx([3 * 1, 3 * 4])


def test_a_total_weighs_its_rows_and_its_constant():
    flow, other = flows()
    sum_ = (flow - other + Quantity(np.array([1.0, 2, 3]), MW)).total(np.array([1.0, 10, 100]), MW)
    assert sum_.rows == 1
    assert sum_.value(NONE, np.array([1.0, 1, 1, 0, 0, 1])) == pytest.approx([2 + 30 + 300])
    assert coefficients(sum_, OPERATION, 6) == pytest.approx([1, 10, 100, -1, -10, -100])
    assert coefficients(sum_, DESIGN, 2) == pytest.approx([0, 0])


def test_integrating_a_constant_rate_counts_the_hours_of_the_year():
    timeline = RealDays(Calendar(2025, 30, 2), scale=182.5)
    total = integrate(as_expr(Quantity(2.0, MW), MW), timeline)
    assert total.unit == MWH
    assert total.value(NONE, NONE) == pytest.approx([2 * 8760])


def test_the_columns_of_one_name_may_be_asked_for_once():
    space = Space(OPERATION)
    space.add("a", 3, MW)
    with pytest.raises(UnitError, match="two blocks of columns are called a"):
        space.add("a", 3, MW)


# ------------------------------------------------------------------------------------- arithmetic

numbers = st.integers(-5, 5).map(float)


@st.composite
def expressions(draw: st.DrawFn) -> tuple[Expr, FloatArray, FloatArray]:
    """Random sums over 4 rows, with what they are worth row by row at a point, computed plainly."""
    design, operation = Space(DESIGN), Space(OPERATION)
    x, y = (
        np.array(draw(st.lists(numbers, min_size=2, max_size=2))),
        np.array(draw(st.lists(numbers, min_size=4, max_size=4))),
    )
    size, flow = design.add("s", 2, MW), operation.add("f", 4, MW)
    expr, plain = flow * 0.0, np.zeros(4)
    for _ in range(draw(st.integers(1, 5))):
        factor = draw(numbers)
        match draw(st.sampled_from(["flow", "size", "constant", "total", "series", "turn"])):
            case "flow":
                expr, plain = expr + flow * factor, plain + y * factor
            case "size":
                expr = expr + size.total(np.array([1.0, factor]), MW)
                plain = plain + x[0] + factor * x[1]
            case "constant":
                expr, plain = expr - Quantity(factor, MW), plain - factor
            case "total":
                expr = expr + flow.total(np.full(4, factor), MW)
                plain = plain + factor * y.sum()
            case "series":
                weights = np.arange(4.0) * factor
                expr, plain = expr.scaled(weights, MW), plain * weights
            case _:
                expr, plain = -expr, -plain
    return expr, np.concatenate([x, y]), plain


@settings(max_examples=150)
@given(case=expressions())
def test_an_expression_is_worth_what_plain_arithmetic_says(case: tuple[Expr, FloatArray, FloatArray]):
    expr, point, plain = case
    assert expr.value(point[:2], point[2:]) == pytest.approx(plain)
    picked = rows_of(expr, np.array([3, 1], dtype=np.int32))
    assert picked.value(point[:2], point[2:]) == pytest.approx(plain[[3, 1]])
    assert windowed(expr, 2).value(point[:2], point[2:]) == pytest.approx(plain.reshape(2, 2).mean(axis=1))
    weights = np.array([1.0, -2.0, 0.5, 3.0])
    assert expr.total(weights, MW).value(point[:2], point[2:]) == pytest.approx([plain @ weights])
    twice = add_all([expr, expr, expr.total(weights, MW)], 4, MW)
    assert twice.value(point[:2], point[2:]) == pytest.approx(2 * plain + plain @ weights)


def test_a_term_knows_its_coefficients():
    term = Term(OPERATION, np.array([4, 7], dtype=np.int32), 2.0)
    assert term.values() == pytest.approx([2, 2])
    assert term.scaled(np.array([1.0, 3.0])).values() == pytest.approx([2, 6])
    spread = term.scaled(1.0).spread(3)
    assert spread.cols.tolist() == [4, 7] * 3
    assert spread.rows is not None
    assert spread.rows.tolist() == [0, 0, 1, 1, 2, 2]
