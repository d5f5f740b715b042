"""Cash flows, debt, tax and fair splits: worked examples, and what must hold."""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy_financial
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero.cash import debt, flows, split
from parkzero.cash.tax import Holiday, IncomeTax, reducing_balance, straight_line

# --------------------------------------------------------------------------------------- cash flows


def test_present_value_of_the_documented_example():
    assert flows.npv(0.08, [-40000, 5000, 8000, 12000, 30000]) == pytest.approx(3065.22267, abs=5e-6)


def test_one_change_of_sign_has_one_rate():
    assert flows.irrs([-100, 39, 59, 55, 20]) == pytest.approx((0.2809484211599609,), abs=1e-12)


def test_two_rates_are_both_listed():
    """Two libraries return different ones of these, so neither alone may be shown."""
    assert flows.irrs([-50, -100, 600, 300, -100]) == pytest.approx((-0.7688954707, 1.8544178284), abs=1e-9)


def test_a_rate_that_only_touches_zero_is_found_once():
    """-(1 - 1.1 x)^2 touches zero at x = 1 / 1.1 and never changes its sign."""
    assert flows.irrs([-1.0, 2.2, -1.21]) == pytest.approx((0.1,), abs=1e-6)


@pytest.mark.parametrize("cash", [[], [0.0], [5.0, 1.0], [-5.0, -1.0], [0.0, 0.0]])
def test_no_change_of_sign_has_no_rate(cash):
    assert flows.irrs(cash) == ()


def test_a_flow_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        flows.irrs([-1.0, math.nan, 3.0])


@given(st.lists(st.floats(-0.5, 2.0), min_size=1, max_size=4, unique_by=lambda r: round(r, 1)))
def test_every_rate_that_was_put_in_is_found(rates):
    """A flow made as the product of (x (1 + r) - 1) has just these rates."""
    cash = np.array([1.0])
    for rate in rates:
        cash = np.convolve(cash, [-1.0, 1.0 + rate])
    found = flows.irrs(cash)
    assert len(found) == len(rates)
    assert sorted(found) == pytest.approx(sorted(rates), abs=1e-4)


def test_modified_rate_of_return():
    got = flows.mirr([-120000, 39000, 30000, 21000, 37000, 46000], 0.10, 0.12)
    assert got == pytest.approx(0.1260941303659, abs=1e-12)


def test_payback_is_linear_within_a_year():
    assert flows.payback([-100, 40, 40, 40]) == pytest.approx(2.5)


def test_payback_waits_until_no_later_year_takes_the_money_back():
    """Back after two years, but a replacement in the third takes it away again until the fifth."""
    assert flows.payback([-100, 60, 60, -80, 60, 60]) == pytest.approx(4.0)


def test_discounted_payback_is_longer():
    assert flows.payback([-100, 55, 60.5, 66.55], 0.1) == pytest.approx(2.0)


def test_nothing_spent_is_back_at_once_and_a_loss_never_is():
    assert flows.payback([0.0, 1.0]) == 0.0
    assert flows.payback([-100, 10, 10]) is None


def test_levelised_cost_by_hand():
    """1,000 USD/kW, 20 USD/kW a year, 1,700 kWh a year, 8 %, 20 years; then 0.5 % less a year."""
    even = flows.levelised(1000, [20.0] * 20, [1700.0] * 20, 0.08)
    less = flows.levelised(1000, [20.0] * 20, [1700 * 0.995**t for t in range(20)], 0.08)
    assert flows.capital_recovery(0.08, 20) == pytest.approx(0.1018522088, abs=1e-10)
    assert even == pytest.approx(0.0716777699, abs=1e-10)
    assert less == pytest.approx(0.0742236664, abs=1e-10)
    assert flows.levelised(1.0, [0.0], [0.0], 0.08) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12), st.floats(0.0, 0.5))
def test_present_value_equals_the_oracle(cash, rate):
    assert flows.npv(rate, cash) == pytest.approx(numpy_financial.npv(rate, cash), rel=1e-9, abs=1e-6)


# --------------------------------------------------------------------------------------------- debt


def test_payment_of_an_annuity():
    """200,000 over 15 years at 7.5 %, monthly: 1,854.0247200054619 a month."""
    got = debt.loan(200_000, 0.075 / 12, 180)
    assert got.service == pytest.approx(np.full(180, 1854.0247200054619), rel=1e-12)
    assert got.balance[-1] == 0.0


def test_periods_of_a_small_payment():
    """At 7 % monthly, 150 a month pays 8,000 back in 64.07335 months."""
    assert numpy_financial.nper(0.07 / 12, -150, 8000) == pytest.approx(64.07335, abs=5e-6)
    assert debt.loan(8000, 0.07 / 12, 64).service[0] > 150 > debt.loan(8000, 0.07 / 12, 65).service[0]


def test_equal_principal_with_grace_by_hand():
    """100 at 10 %, a year of grace, then two parts of 50: interest 10, 10, 5."""
    got = debt.loan(100, 0.10, 3, repayment="equal", grace=1)
    assert got.interest.tolist() == pytest.approx([10, 10, 5])
    assert got.principal.tolist() == pytest.approx([0, 50, 50])
    assert got.balance.tolist() == pytest.approx([100, 50, 0])


def test_interest_that_is_capitalised_raises_the_balance():
    """100 at 10 % capitalised for a year is 110, paid back with its interest at the end of the next."""
    got = debt.loan(100, 0.10, 2, grace=1, capitalised=True)
    assert got.service.tolist() == pytest.approx([0, 121])


def test_bullet():
    assert debt.loan(100, 0.05, 3, repayment="bullet").service.tolist() == pytest.approx([5, 5, 105])


def test_sculpted_debt_by_hand():
    got = debt.sculpted([100, 110, 120, 130, 140], 0.06, 1.30)
    assert got.borrowed == pytest.approx(385.062973, abs=5e-7)
    assert got.principal == pytest.approx([53.8193, 64.7408, 76.3175, 88.5889, 101.5965], abs=5e-5)
    assert got.cover([100, 110, 120, 130, 140]) == pytest.approx(np.full(5, 1.3), abs=1e-12)
    assert got.balance[-1] == 0.0


# Single-owner model of SAM (NREL-PySAM 7.1.1; 47 MB, so asked once): 18 years at 7 %, cover 1.3.
SAM_CASH = [
    23234877.7779, 23421536.5557, 23608919.6712, 23797005.8117, 23985772.7372, 24175197.2535, 24365255.1848,
    24555921.3444, 24747169.5058, 24938972.3724, 25131301.5471, 25324127.4997, 25517419.5353, 25711145.7603,
    25905273.0483, 26099767.0049, 26294591.9317, 26489710.7892,
]  # fmt: skip
SAM_BALANCE = [
    185055437.5779, 179992751.6271, 174431536.8016, 168336355.2918, 161669305.749, 154389851.5718,
    146454637.1935, 137817291.5321, 128428217.7041, 118234368.0415, 107179003.3836, 95201435.5438,
    82236751.7739, 68215519.9671, 53063473.2507, 36701172.5284, 19043645.4272, 0.0,
]  # fmt: skip
SAM_RETURN = [
    61911287.9121, 3487617.1556, 4139258.5577, 4038951.2736, 3929361.7167, 3809832.5003, 3679660.5187,
    3538093.7596, 3384327.8928, 3217502.6214, 3036697.7778, 2840929.1458, 2629143.9923, 2400216.2852,
    2152941.5777, 1886031.5348, 1598108.0768, 1287697.114, 11216716.1342, 21063250.7832, 21206229.704,
    20606037.6535, 20005923.8016, 20149136.1741, 20292359.4987, 23259115.2173,
]  # fmt: skip


def test_sculpted_debt_and_present_value_are_those_of_sam():
    """Debt, balances and value at 6.4 % real with 2.5 % inflation; neither finds a rate of return."""
    got = debt.sculpted(SAM_CASH, 0.07, 1.3)
    assert got.borrowed == pytest.approx(189652729.42427725, rel=1e-11)
    assert got.balance == pytest.approx(SAM_BALANCE, rel=1e-9, abs=1e-3)
    assert flows.npv(1.064 * 1.025 - 1, SAM_RETURN) == pytest.approx(114539047.50233921, rel=1e-9)
    assert flows.irrs(SAM_RETURN) == ()


@given(
    st.lists(st.floats(0, 1e9), min_size=1, max_size=25),
    st.floats(0, 0.3),
    st.floats(1.0, 3.0),
)
def test_sculpted_debt_keeps_its_cover_and_ends_at_zero(cash, rate, cover):
    got = debt.sculpted(cash, rate, cover)
    ratio = got.cover(cash)[np.array(cash) > 1e-200]  # smaller ones lose their digits in the quotient
    assert ratio == pytest.approx(cover, abs=1e-9)
    assert got.balance[-1] == 0.0
    assert math.fsum(got.principal) == pytest.approx(got.borrowed, rel=1e-9, abs=1e-6)


@given(st.floats(1, 1e9), st.floats(0, 0.4), st.integers(2, 40), st.integers(0, 1),
       st.sampled_from(["annuity", "equal", "bullet"]), st.booleans())  # fmt: skip
def test_every_loan_is_worth_what_was_borrowed(amount, rate, periods, grace, repayment, capitalised):
    got = debt.loan(amount, rate, periods, repayment=repayment, grace=grace, capitalised=capitalised)
    assert flows.npv(rate, [0.0, *got.service]) == pytest.approx(amount, rel=1e-9)
    assert got.balance[-1] == 0.0


@pytest.mark.parametrize("call", [
    lambda: debt.loan(-1, 0.1, 3), lambda: debt.loan(1, -0.1, 3), lambda: debt.loan(1, 0.1, 3, grace=3),
    lambda: debt.sculpted([1, -1], 0.1, 1.3), lambda: debt.sculpted([1], 0.1, 0),
    lambda: debt.blended(1, [debt.Tranche("a", 0.6, 0.1, 3), debt.Tranche("b", 0.5, 0.1, 3)]),
    lambda: debt.blended(1, [debt.Tranche("a", 0.2, 0.1, 3), debt.Tranche("a", 0.2, 0.1, 3)]),
])  # fmt: skip
def test_loans_that_cannot_be_are_refused(call):
    with pytest.raises(ValueError, match=r"."):
        call()


# ---------------------------------------------------------------------------------------------- tax


def test_losses_are_used_oldest_first_and_lapse():
    """A loss of 100 carried two years: 30 used in year 1, 40 in year 2, 30 lapsed in 3."""
    tax = IncomeTax(0.2, carry=2)
    assert tax.due([-100, 30, 40, 50]).tolist() == pytest.approx([0, 0, 0, 10])


def test_a_holiday_counts_from_the_first_profit():
    """No profit in year 0: exempt in 1 and 2, half in 3, full in 4."""
    tax = IncomeTax(0.2, carry=0, holiday=Holiday(exempt=2, reduced=1))
    assert tax.due([-5, 100, 100, 100, 100]).tolist() == pytest.approx([0, 0, 0, 10, 20])


def test_depreciation_sums_to_what_was_spent():
    assert straight_line([90, 0, 0, 0], 3).tolist() == pytest.approx([0, 30, 30, 30])
    assert straight_line([0, 90, 0, 0], 3).tolist() == pytest.approx([0, 0, 30, 30])
    # Circular 45/2013, annex 2: five years, factor 2: 40 %, 24 %, 14.4 %, then evenly 10.8 %.
    assert reducing_balance(100, 5, 2.0).tolist() == pytest.approx([40, 24, 14.4, 10.8, 10.8])


@pytest.mark.parametrize("call", [
    lambda: IncomeTax(1.2, 5), lambda: IncomeTax(0.2, -1), lambda: straight_line([1.0], 0),
    lambda: reducing_balance(1, 0, 2), lambda: reducing_balance(1, 5, 0.5), lambda: flows.npv(-1.0, [1.0]),
    lambda: flows.capital_recovery(0.1, 0), lambda: flows.mirr([1, 1], 0.1, 0.1),
])  # fmt: skip
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError, match=r"."):
        call()


# -------------------------------------------------------------------------------------------- split


def airport(*needs: float):
    """A runway costs what its longest user needs; worth is the cost spared, here simply minus the cost."""
    names = [f"p{i}" for i in range(len(needs))]
    need = dict(zip(names, needs, strict=True))
    return names, lambda c: -max((need[p] for p in c), default=0.0)


@pytest.mark.parametrize(("needs", "shares"), [
    ((8, 11, 13, 18), (2, 3, 4, 9)),
    ((1500, 2200, 3000), (500, 850, 1650)),
])  # fmt: skip
def test_airport_games(needs, shares):
    names, worth = airport(*needs)
    assert [-split.shapley(names, worth).shares[p] for p in names] == pytest.approx(shares)


def glove(coalition):
    """A pair of gloves is worth one; two have left ones, one has the right one."""
    return float(min(len(coalition & {"L1", "L2"}), len(coalition & {"R"})))


def test_a_shapley_value_outside_the_core_is_said():
    names = ["L1", "L2", "R"]
    got = split.shapley(names, glove).shares
    assert [got[p] for p in names] == pytest.approx([1 / 6, 1 / 6, 2 / 3])
    assert not split.in_core(names, glove, got)
    assert split.in_core(names, glove, {"L1": 0, "L2": 0, "R": 1})
    worst, excess = next(iter(split.excesses(names, glove, got).items()))
    assert worst == frozenset({"L1", "R"})
    assert excess == pytest.approx(1 / 6)


def test_the_least_core_of_the_glove_game_is_its_core():
    got = split.least_core(["L1", "L2", "R"], glove)
    assert got.excess == pytest.approx(0.0, abs=1e-9)
    assert [got.shares[p] for p in ("L1", "L2", "R")] == pytest.approx([0, 0, 1], abs=1e-6)


def test_an_empty_core_has_a_positive_least_excess():
    """Any two of three earn 1, all three 1: evenly, every pair lacks a third."""
    got = split.least_core(["a", "b", "c"], lambda c: float(len(c) >= 2))
    assert got.excess == pytest.approx(1 / 3, abs=1e-9)
    assert list(got.shares.values()) == pytest.approx([1 / 3] * 3, abs=1e-6)


@st.composite
def games(draw):
    n = draw(st.integers(2, 4))
    names = [f"p{i}" for i in range(n)]
    worths = {c: draw(st.floats(-100, 100)) if c else 0.0 for c in split.coalitions(names)}
    return names, worths.__getitem__


@settings(max_examples=40)
@given(games())
def test_splits_sum_to_the_worth_of_all(game):
    names, worth = game
    total = worth(frozenset(names))
    for shares in (split.shapley(names, worth).shares, split.nash(names, worth),
                   split.least_core(names, worth).shares):  # fmt: skip
        assert math.fsum(shares.values()) == pytest.approx(total, abs=1e-6)


@settings(max_examples=40)
@given(games())
def test_shapley_is_the_mean_over_all_orders(game):
    names, worth = game
    mean = dict.fromkeys(names, 0.0)
    orders = list(itertools.permutations(names))
    for order in orders:
        inside = frozenset()
        for p in order:
            mean[p] += (worth(inside | {p}) - worth(inside)) / len(orders)
            inside |= {p}
    got = split.shapley(names, worth).shares
    assert [got[p] for p in names] == pytest.approx([mean[p] for p in names], abs=1e-9)


def test_sampled_orders_come_near_with_an_error_that_is_said():
    names, worth = airport(*range(1, 15))
    with pytest.raises(ValueError, match="sample"):
        split.shapley(names, worth)
    got = split.sampled(names, worth, orders=2000, seed=1)
    exact = np.cumsum([-1 / (14 - i) for i in range(14)])
    off = np.abs(np.array([got.shares[p] for p in names]) - exact)
    assert (off <= 5 * np.array([got.errors[p] for p in names]) + 1e-9).all()
    assert math.fsum(got.shares.values()) == pytest.approx(-14.0)
    assert max(got.errors.values()) > 0


def test_one_player_takes_all():
    assert split.shapley(["a"], lambda c: 3.0 * len(c)).shares == {"a": 3.0}
    with pytest.raises(ValueError, match="2 to"):
        split.least_core(["a"], lambda c: 1.0)
    with pytest.raises(ValueError, match="four"):
        split.sampled(["a", "b"], lambda c: 0.0, orders=3)
