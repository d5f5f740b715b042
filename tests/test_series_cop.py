"""Heat pumps solved by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkzero.errors import StudyError
from parkzero.series import heat_pump_cop
from parkzero.series.cop import carnot_cop, mean_temperature


def test_carnot_by_hand():
    """Heat at 80 degC from 30 degC: 353.15 K over a lift of 50 K."""
    assert carnot_cop(30, 80) == pytest.approx(353.15 / 50)
    assert heat_pump_cop(30, 80, 0.5) == pytest.approx(0.5 * 353.15 / 50)


def test_each_heat_exchanger_costs_its_approach():
    """5 K on both sides: 358.15 K over 60 K."""
    assert heat_pump_cop(30, 80, 0.5, approach=5) == pytest.approx(0.5 * 358.15 / 60)


def test_a_glide_counts_by_its_logarithmic_mean():
    """Water from 40 to 80 degC: 40 / ln(353.15 / 313.15) = 332.75 K, cheaper than all heat at 80."""
    mean = 40 / math.log(353.15 / 313.15)
    assert mean_temperature(40, 80) + 273.15 == pytest.approx(mean)
    cop = heat_pump_cop(30, 80, 0.5, sink_in=40)
    assert cop == pytest.approx(0.5 * mean / (mean - 303.15))
    assert cop > heat_pump_cop(30, 80, 0.5)


def test_no_glide_is_carnot_and_no_lift_is_the_upper_limit():
    assert heat_pump_cop(30, 80, 0.5, sink_in=80, source_out=30) == pytest.approx(heat_pump_cop(30, 80, 0.5))
    assert heat_pump_cop([30, 90], 80, 0.5, highest=8).tolist() == [pytest.approx(0.5 * 353.15 / 50), 8.0]


@given(st.floats(-20, 60), st.floats(61, 150), st.floats(0.2, 0.7))
def test_a_warmer_source_is_never_worse(source, sink, share):
    low, high = heat_pump_cop(np.array([source, source + 1.0]), sink, share)
    assert 1.0 <= low <= high <= 10.0


@pytest.mark.parametrize(
    "how",
    [
        {"share": 0.0},
        {"share": 1.2},
        {"share": float("nan")},
        {"share": 0.5, "approach": -1},
        {"share": 0.5, "lowest": 5, "highest": 2},
        {"share": 0.5, "source": -300.0},
        {"share": 0.5, "source": float("nan")},
    ],
)
def test_impossible_machines_are_refused(how):
    with pytest.raises(StudyError):
        heat_pump_cop(**{"source": 30.0, "sink": 80.0, **how})
