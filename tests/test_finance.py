"""Finance by actor: payments from the one ledger, debt, tax, VAT, incentives, tornado and fair split."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import numpy_financial
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import parkzero
from parkzero.books import BookError, find
from parkzero.books.incentives import incentive, incentives
from parkzero.cash.tax import Holiday, IncomeTax
from parkzero.cli import main
from parkzero.components import Feeder
from parkzero.errors import StudyError
from parkzero.finance import payments as p
from parkzero.finance.again import Again
from parkzero.finance.project import worth
from parkzero.finance.statement import checks, known_of, shared, statement
from parkzero.finance.template import template
from parkzero.finance.terms import Game, of_document
from parkzero.finance.tornado import tornado, value_of
from parkzero.language.fields import Size
from parkzero.report.facts import facts_of
from parkzero.report.finance import finance_page
from parkzero.report.sections.actors import actors
from parkzero.study import Tenant
from parkzero.study.change import of_owners
from parkzero.study.document import parse_toml
from parkzero.units import MONEY, MW, MWH, YEAR, Quantity, T
from tests.cases.electric import sun
from tests.cases.harness import compose, grid, load, mw, per
from tests.cases.policies import cap

YEARS = {"years": (2025, 2030), "rate": 0.1, "last": 5.0}
CRF = 0.1 / (1 - 1.1**-10)
SPENT = 60 / CRF
MONEY_TERMS = '[money]\ninflation = "0 %"\ndiscount_rate = "10 %"\n'


def roof(yearly: float, life: float = 10.0, **more):
    crf = 0.1 / (1 - 1.1**-life)
    size = Size(capex=per(yearly / crf, MONEY / MW), lifetime=Quantity(life, YEAR))
    return sun(size, 1, **more)


@pytest.fixture(scope="module")
def results():
    """A roof of 2 MW at 30 a year each spares 2 MWh at 100: 200 a year for 368.674 at the start."""
    own = {"owner": "a"}
    study = compose(
        load(2, **own), roof(30, **own), grid(100, emission_factor=per(0.5, T / MWH), **own), **YEARS
    )
    study = dataclasses.replace(study, tenants={"a": Tenant("a", "Tenant A")})
    return parkzero.plan(study, method="monolith", gap=1e-6).results


@pytest.fixture(scope="module")
def run(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("finance") / "run"
    parkzero.save(results, folder)
    return folder


def case(results, text: str):
    return statement(results, of_document(parse_toml(MONEY_TERMS + text, "terms.toml"), known_of(results)))


# ----------------------------------------------------------------------------------------- payments


def test_what_the_tenant_pays_and_the_supplier_gets(results):
    """368.674 at the start, nothing after: the roof makes all, and lives as long as the plan."""
    found = p.payments_of(results)
    tenant = p.cash(found, "a", 10)
    assert tenant.tolist() == pytest.approx([-SPENT] + [0] * 10, abs=1e-6)
    assert p.cash(found, "supplier", 10).tolist() == pytest.approx((-tenant).tolist())
    before = p.cash(p.payments_of(results, reference=True), "utility", 10)
    assert before.tolist() == pytest.approx([0] + [200] * 10)


@settings(max_examples=6, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0.5, 3), st.floats(5, 60), st.sampled_from([3.5, 5, 7.25, 12]), st.booleans(),
            st.sampled_from([2034, 2300]),
        ),
        min_size=1, max_size=3,
    ),
    st.sampled_from([0.0, 0.08]),
)  # fmt: skip
def test_sums_over_actors_are_the_system_and_the_ledger_is_the_objective(tenants, rate):
    parts = []
    for i, (need, yearly, life, paid_by_park, _) in enumerate(tenants):
        owner, bus = f"t{i}", f"el{i}"
        size = Size(capex=per(10 * yearly, MONEY / MW), lifetime=Quantity(float(life), YEAR))
        parts += [
            load(need, name=f"load{i}", bus=bus, owner=owner),
            grid(100, name=f"grid{i}", bus=bus, owner=owner, payee="park" if paid_by_park else ""),
            sun(size, 1, name=f"pv{i}", bus=bus, owner=owner),
        ]
    study = compose(*parts, years=(2025, 2030, 2034), rate=rate, last=3.0)
    there = {f"t{i}": Tenant(f"t{i}", f"T{i}", until=last) for i, (*_, last) in enumerate(tenants)}
    study = dataclasses.replace(study, tenants=there)
    plan = parkzero.plan(study, method="monolith", gap=1e-6)
    found = p.payments_of(plan.results)
    flows = {actor: p.cash(found, actor, 12) for actor in p.actors(found)}
    largest = max(np.abs(flow).max() for flow in flows.values())
    assert np.sum(list(flows.values()), axis=0) == pytest.approx(np.zeros(13), abs=1e-9 * largest)
    outside = [a for a in flows if a in ("supplier", "utility", "state", "world")]
    system = p.system(plan.results, found)
    assert system == pytest.approx(-np.sum([flows[a] for a in outside], axis=0), abs=1e-9 * largest)
    assert p.value(plan.results, found) == pytest.approx(plan.objective, rel=1e-9)


def test_without_terms_money_is_real_and_all_sums_to_zero(results):
    found = statement(results)
    assert max(checks(found).values()) < 1e-9
    assert found.projects == {}


# ------------------------------------------------------------------------------------------ projects


def test_a_project_without_terms_is_the_case_against_the_reference(results):
    """-368.674, then 200 a year: the rate of return of both libraries."""
    made = case(results, "[actors.a]\n").projects["a"]
    flow = [-SPENT] + [200.0] * 10
    assert made.equity.tolist() == pytest.approx(flow, abs=1e-6)
    assert worth(made.equity, 0.1).irrs == pytest.approx((numpy_financial.irr(flow),), rel=1e-9)
    assert worth(made.equity, 0.1).npv == pytest.approx(numpy_financial.npv(0.1, flow), rel=1e-9)


def test_sculpted_debt_keeps_its_cover_after_tax_and_ends_at_zero(results):
    """Tax hangs on interest, interest on the debt, the debt on cash after tax: all settle together."""
    text = """
        [actors.a.debt.bank]
        repayment = "sculpted"
        rate = "6 %"
        years = 8
        cover = 4
        [actors.a.tax]
        rate = "20 %"
        losses = "carried"
        carry = 5
        life = { other = 10 }
    """
    made = case(results, text).projects["a"]
    assert made.cover[1:9] == pytest.approx(np.full(8, 4.0), abs=1e-9)
    assert np.isnan(made.cover[9:]).all()
    assert made.vintages[0].schedule.balance[-1] == 0.0
    assert 0 < made.drawn[0] < SPENT
    profit = 200 - SPENT / 10 - made.interest[1]
    assert made.tax[1] == pytest.approx(0.2 * profit)


def test_sculpted_debt_above_its_share_is_cut_and_its_cover_is_higher_and_even(results):
    text = (
        '[actors.a.debt.bank]\nrepayment = "sculpted"\nshare = "30 %"\nrate = "6 %"\nyears = 8\ncover = 1.1\n'
    )
    made = case(results, text).projects["a"]
    assert made.drawn[0] == pytest.approx(0.3 * SPENT)
    assert made.cover[1:9] == pytest.approx(np.full(8, made.cover[1]), rel=1e-9)
    assert made.cover[1] > 1.1
    assert made.vintages[0].schedule.balance[-1] == pytest.approx(0.0, abs=1e-9)


def test_an_annuity_equals_the_oracle_and_tranches_add_up(results):
    text = """
        [actors.a.debt.bank]
        share = "50 %"
        rate = "8 %"
        years = 6
        repayment = "annuity"
        [actors.a.debt.fund]
        share = "20 %"
        rate = "2 %"
        years = 8
        grace = 2
        repayment = "equal"
    """
    made = case(results, text).projects["a"]
    payment = -numpy_financial.pmt(0.08, 6, 0.5 * SPENT)
    assert made.service[1] == pytest.approx(payment + 0.2 * SPENT * 0.02)
    assert made.service[3] == pytest.approx(payment + 0.2 * SPENT * (0.02 + 1 / 6))
    assert made.drawn[0] == pytest.approx(0.7 * SPENT)
    assert made.equity[0] == pytest.approx(-0.3 * SPENT)


def test_a_loan_in_another_currency_grows_with_it(results):
    """A bullet of a tenth at 0 %, when the dollar gains 5 % a year: paid back 1.05^2 times as high."""
    text = """
        [money.exchange.USD]
        rate = "25000 VND"
        change = "5 %"
        [actors.a.debt.fund]
        share = "10 %"
        rate = "0 %"
        years = 2
        repayment = "bullet"
        currency = "USD"
    """
    known = dataclasses.replace(known_of(results), currency="VND")
    terms = of_document(parse_toml(MONEY_TERMS + text, "terms.toml"), known)
    made = statement(_in_vnd(results), terms).projects["a"]
    assert made.service[2] == pytest.approx(0.1 * SPENT * 1.05**2)
    assert made.interest[2] == pytest.approx(0.1 * SPENT * (1.05**2 - 1))


def _in_vnd(results):
    return dataclasses.replace(results, summary={**results.summary, "currency": "VND"})


def test_a_loan_that_outlives_the_plan_is_paid_off_at_its_end(results):
    text = '[actors.a.debt.bank]\nshare = "50 %"\nrate = "0 %"\nyears = 20\nrepayment = "equal"\n'
    found = case(results, text)
    assert found.projects["a"].service[10] == pytest.approx(0.5 * SPENT * (1 / 20 + 1 / 2))
    assert any("paid off" in str(note) for note in found.notes)


def test_inflation_raises_all_prices_of_later_years(results):
    text = MONEY_TERMS.replace("0 %", "5 %", 1) + "[actors.a]\n"
    made = statement(results, of_document(parse_toml(text, "t"), known_of(results))).projects["a"]
    assert made.saving[[1, 10]].tolist() == pytest.approx([200 * 1.05, 200 * 1.05**10])


def test_vat_comes_back_a_year_later_or_is_a_cost(results):
    back = case(results, '[actors.a.vat]\nrate = "10 %"\nrecovered = true\n').projects["a"]
    assert back.vat[:3].tolist() == pytest.approx([-0.1 * SPENT, 0.1 * SPENT, 0])
    kept = case(results, '[actors.a.vat]\nrate = "10 %"\nrecovered = false\n').projects["a"]
    assert kept.vat[:3].tolist() == pytest.approx([-0.1 * SPENT, 20, 20])


def test_a_loss_may_lower_other_tax_at_once_or_wait(results):
    text = '[actors.a.tax]\nrate = "20 %"\nlosses = "{}"\ncarry = 5\nlife = {{ other = 1 }}\n'
    loss = SPENT - 200
    absorbed = case(results, text.format("absorbed")).projects["a"].tax
    carried = case(results, text.format("carried")).projects["a"].tax
    assert absorbed[1:3].tolist() == pytest.approx([-0.2 * loss, 40])
    assert carried[1:3].tolist() == pytest.approx([0, 0.2 * (200 - loss)])


def test_a_holiday_with_a_preferred_rate():
    """None for 2 years, half of 10 % for 2, 10 % to the fifth, then 20 %."""
    due = IncomeTax(0.2, 0, Holiday(2, 2, 0.5, 5, 0.5)).due([100.0] * 7)
    assert due.tolist() == pytest.approx([0, 0, 5, 5, 10, 20, 20])


def test_an_esco_invests_and_is_paid_a_share_of_what_is_saved(results):
    text = """
        [actors.a]
        [actors.investors]
        [services.roof]
        provider = "investors"
        client = "a"
        assets = ["pv"]
        share = "80 %"
        first = 2025
        last = 2029
    """
    found = case(results, text)
    assert found.projects["a"].equity.tolist() == pytest.approx([0] + [40] * 5 + [200] * 5, abs=1e-6)
    assert found.projects["investors"].equity.tolist() == pytest.approx(
        [-SPENT] + [160] * 5 + [0] * 5, abs=1e-6
    )
    assert checks(found)["all actors sum to zero"] < 1e-9


# ---------------------------------------------------------------------------------------- incentives


def test_a_grant_of_ones_own_and_its_end(results):
    text = (
        '[actors.a]\n[incentives.g]\nactor = "a"\nform = "grant"\nshare = "30 %"\nfirst = 2025\nlast = {}\n'
    )
    text += 'citation = "a decree"\n'
    assert case(results, text.format(2025)).projects["a"].incentives[0] == pytest.approx(0.3 * SPENT)
    late = text.replace("first = 2025", "first = 2026").format(2030)
    assert case(results, late).projects["a"].incentives.sum() == 0


@pytest.mark.parametrize(
    ("rule", "year", "part"),
    [
        ("us.48E.wind_solar", 2027, 1), ("us.48E.wind_solar", 2028, 0), ("us.48E.storage", 2033, 1),
        ("us.48E.storage", 2034, 0.75), ("us.48E.storage", 2036, 0), ("us.45X.battery_cell", 2029, 1),
        ("us.45X.battery_cell", 2030, 0.75), ("us.45X.battery_cell", 2033, 0), ("us.30D", 2024, 1),
        ("us.30D", 2025, 0), ("us.45W", 2025, 0), ("vn.registration_fee_bev", 2026, 1),
        ("vn.registration_fee_bev", 2027, 0),
    ],
)  # fmt: skip
def test_rules_end_when_the_law_ends_them(rule, year, part):
    """A year that is not wholly covered has nothing: amounts of a year do not say their month."""
    assert incentive(rule).part(year) == part


def test_a_maker_of_batteries_is_paid_by_the_kilowatt_hour(results):
    """1,000 kWh of cells at 35 USD in 2029, three quarters of that in 2030, a year later in money."""
    text = '[actors.a]\n[incentives.c]\nactor = "a"\nrule = "us.45X.battery_cell"\n'
    text += "amounts = { 2029 = 1000, 2030 = 1000 }\n"
    found = case(_in_usd(results), text)
    assert found.projects["a"].incentives[[6, 7]].tolist() == pytest.approx([35_000, 26_250])
    assert p.cash(found.payments, "state", 10)[6] == pytest.approx(-35_000)
    assert any("2030" in str(note) for note in found.notes)


def _in_usd(results):
    return dataclasses.replace(results, summary={**results.summary, "currency": "USD"})


def test_production_is_paid_for_ten_years_from_its_year_of_building(results):
    """2 MWh a year at 30 USD a MWh, roofs of 2025; the credit of a year comes a year later."""
    text = '[actors.a]\n[incentives.c]\nactor = "a"\nrule = "us.45Y.wind_solar"\n'
    got = case(_in_usd(results), text).projects["a"].incentives
    assert got.tolist() == pytest.approx([0, 0] + [60] * 8 + [120], rel=1e-6)


def test_the_holiday_of_renewables_is_that_of_the_books(results):
    rule = incentive("vn.cit.re_generation")
    assert rule.amount == find("cit.re_generation.rate", rule.entry.valid_from).value / 100
    assert rule.steps["exempt"] == find("cit.re_generation.holiday", rule.entry.valid_from).value
    text = """
        [actors.a.tax]
        rate = "20 %"
        losses = "carried"
        carry = 5
        life = { other = 10 }
        [incentives.re]
        actor = "a"
        rule = "vn.cit.re_generation"
    """
    tax = case(results, text).projects["a"].tax
    profit = 200 - SPENT / 10
    assert tax.tolist() == pytest.approx([0] * 5 + [0.05 * profit] * 6)


def test_every_rule_of_the_books_can_be_read():
    for rule in incentives().values():
        assert rule.en
        assert rule.vi
        assert rule.citation
        assert rule.form == "holiday" or 0 <= rule.part(2026) <= 1
    with pytest.raises(BookError, match=r"us\.48E\.storage"):
        incentive("us.48E.storag")


# --------------------------------------------------------------------------------- what is refused


def faults(results, text: str) -> list[str]:
    with pytest.raises(StudyError) as caught:
        of_document(parse_toml(text, "terms.toml"), known_of(results))
    return [str(f) for f in caught.value.faults]


def test_a_template_asks_for_what_it_lacks(results):
    told = faults(results, template("A park", known_of(results)))
    assert len(told) == 2
    assert all("is missing, and is not invented" in f for f in told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[actors.b]\n", "is not known to the run"),
        ('{LOAN}share = "50 %"\nyears = 5\nrepayment = "annuity"\n', "debt.bank.rate: is missing"),
        ('{LOAN}share = 50\nrate = 0.08\nyears = 5\nrepayment = "annuity"\n', "is no share"),
        ('{LOAN}rate = 0.08\nyears = 5\nrepayment = "sculpted"\n', "cover: is missing"),
        ('{LOAN}share = 0.5\nrate = 0.08\nyears = 5\ngrace = 5\nrepayment = "equal"\n', "leaves no year"),
        ('{LOAN}share = 0.5\nrate = 0.1\nyears = 5\ncurrency = "EUR"\n', "has no exchange rate"),
        ('{TAX}life = {{ other = 10 }}\n', "tax.carry: is missing"),
        ('{TAX}carry = 5\nlife = {{ solr = 10, other = 5 }}\n', "is not known"),
        ('[actors.a.vat]\nrate = "8 %"\n', "recovered: is missing"),
        ('{CLAIM}rule = "us.48e"\n', "is not known"),
        ('{CLAIM}form = "grant"\nshare = 0.1\nfirst = 2025\nlast = 2026\n', "citation: is missing"),
        ('[services.x]\nprovider = "a"\nclient = "a"\nfirst = 2025\nlast = 2026\n', "fee: is missing"),
        ("[tornado.x]\nlow = -0.1\nhigh = 0.1\n", "names neither"),
        ('[tornado.x]\nterm = "money.inflaton"\nlow = 0.0\nhigh = 0.1\n', "is no value of these terms"),
        ('[split]\nplayers = ["a", "b"]\nworth = {{ a = 1, b = 1 }}\n', "what these gain together: a+b"),
        ("[actors.a]\ndept = 3\n", "is an unknown field"),
    ],
)  # fmt: skip
def test_bad_terms_are_refused_with_the_reason(results, text, told):
    heads = {"LOAN": "[actors.a.debt.bank]\n", "CLAIM": '[incentives.x]\nactor = "a"\n',
             "TAX": '[actors.a.tax]\nrate = "20 %"\nlosses = "carried"\n'}  # fmt: skip
    assert any(told in f for f in faults(results, MONEY_TERMS + text.format(**heads)))


def test_a_run_without_a_reference_cannot_say_what_is_saved(results):
    bare = dataclasses.replace(
        results, tables={**results.tables, "reference": results.tables["reference"].clear()}
    )
    with pytest.raises(StudyError, match="without a reference"):
        case(bare, "[actors.a]\n")


# ------------------------------------------------------------------------------- tornado and split


def test_a_tornado_says_what_each_input_does(results):
    """Bills 10 % lower save 20 a year less; discounted at 10 % over ten years that is 122.89."""
    text = """
        [actors.a]
        [tornado.bills]
        account = "energy"
        low = "-10 %"
        high = "10 %"
        [tornado.discount]
        term = "money.discount_rate"
        low = "5 %"
        high = "15 %"
    """
    found = case(results, text)
    swings = {s.name: s for s in tornado(found)}
    base = value_of(found)
    assert swings["bills"].at_low == pytest.approx(base - 20 * 6.1445671, rel=1e-7)
    assert swings["bills"].at_high == pytest.approx(base + 20 * 6.1445671, rel=1e-7)
    assert swings["discount"].at_low == pytest.approx(numpy_financial.npv(0.05, [-SPENT] + [200] * 10))
    assert not swings["bills"].replanned


@pytest.mark.parametrize(
    ("worth_of", "shares", "stable"),
    [
        ({"L1+R": 1, "L2+R": 1, "L1+L2+R": 1}, {"L1": 1 / 6, "L2": 1 / 6, "R": 2 / 3}, False),
        ({"L1+L2": 2, "L1+R": 2, "L2+R": 2, "L1+L2+R": 6}, {"L1": 2, "L2": 2, "R": 2}, True),
    ],
)
def test_a_fair_split_says_whether_it_is_stable(results, worth_of, shares, stable):
    """Gloves: the Shapley value lies outside the core, whose only split gives all to R."""
    worths = {**dict.fromkeys(["L1", "L2", "R", "L1+L2"], 0), **worth_of}
    told = ", ".join(f'"{k}" = {v}' for k, v in worths.items())
    found = case(results, f'[split]\nplayers = ["L1", "L2", "R"]\nworth = {{ {told} }}\n')
    split = shared(found.case.game)
    assert dict(split.shapley.shares) == pytest.approx(shares)
    assert split.stable is stable
    assert sum(split.core.shares.values()) == pytest.approx(max(worths.values()), abs=1e-9)
    if not stable:
        assert split.core.shares["R"] == pytest.approx(1.0, abs=1e-8)


# ---------------------------------------------------------------------------------- plans sought anew


def of(yearly: float):
    own = {"owner": "a"}
    study = compose(load(2, **own), roof(yearly, **own), grid(100, **own), **YEARS)
    return dataclasses.replace(study, tenants={"a": Tenant("a", "Tenant A")})


def again(results, study, text: str, folder):
    known = known_of(results)
    return Again(study, of_document(parse_toml(MONEY_TERMS + text, "t"), known), folder, 1e-6)


def test_a_better_plan_answers_another_price(results, tmp_path):
    """Where bills fall by 80 %, nobody builds the roof, and nothing is lost; with the plan kept, money is."""
    text = '[actors.a]\n[tornado.bills]\naccount = "energy"\nlow = "-80 %"\nhigh = "10 %"\n'
    kept = tornado(case(results, text))[0]
    anew = again(results, of(30), text, tmp_path).tornado()[0]
    assert kept.at_low == pytest.approx(numpy_financial.npv(0.1, [-SPENT] + [40] * 10))
    assert kept.at_low < 0
    assert anew.at_low == pytest.approx(0, abs=1e-6)
    assert anew.at_high == pytest.approx(kept.at_high)
    assert anew.replanned
    assert not kept.replanned


def test_a_grant_makes_worth_building_what_was_not(results, tmp_path):
    """A roof at 120 a MWh against bills of 100: with 30 % of it paid it costs 84."""
    text = '[actors.a]\n[incentives.g]\nactor = "a"\nform = "grant"\nshare = "30 %"\nfirst = 2025\n'
    text += 'last = 2050\ncitation = "a decree"\n'
    plain = again(results, of(120), "[actors.a]\n", tmp_path).base().projects["a"]
    paid = again(results, of(120), text, tmp_path).base().projects["a"]
    assert plain.investment.sum() == 0
    assert paid.investment[0] == pytest.approx(2 * 120 / CRF)
    assert paid.saving[1] == pytest.approx(200 + 0.3 * 2 * 120)
    assert worth(paid.equity, 0.1).npv == pytest.approx(2 * (100 - 84) * 6.1445671)


def test_plans_say_what_groups_of_tenants_gain(results, tmp_path):
    """a spares 200 - 60 a year, b 100 - 30: what they gain together is the sum, and a split is their own."""
    parts = []
    for name, need in (("a", 2), ("b", 1)):
        own = {"owner": name, "bus": f"el.{name}"}
        parts += [load(need, name=f"load.{name}", **own), grid(100, name=f"grid.{name}", **own)]
        parts.append(roof(30, name=f"roof.{name}", **own))
    study = compose(*parts, **YEARS)
    study = dataclasses.replace(study, tenants={name: Tenant(name, name) for name in "ab"})
    one = of_owners(study, {"b"})
    assert sorted(c.name for c in one.components) == ["grid.b", "load.b", "roof.b"]
    found = Again(study, None, tmp_path, 1e-6).game(Game(("a", "b"), {}))
    worth_ = 6.1445671 * 1.1
    assert found.worth[frozenset("a")] == pytest.approx(140 * worth_)
    assert found.worth[frozenset("b")] == pytest.approx(70 * worth_)
    assert found.worth[frozenset("ab")] == pytest.approx(210 * worth_)
    split = shared(found)
    assert split.stable
    assert split.shapley.shares["b"] == pytest.approx(70 * worth_)


def test_what_stands_at_the_buses_of_others_is_left_out():
    """A feeder from the park to a tenant that is not there goes, the park's own assets stay."""
    study = compose(
        load(1, owner="a", bus="a.el"), grid(100, owner="a", bus="a.el"),
        grid(90, name="main", bus="park.el"),
        Feeder(name="wire", source="park.el", to="a.el", power=Size(existing=mw(1))), cap(3.0),
    )  # fmt: skip
    buses = {**study.buses, "a.el": dataclasses.replace(study.buses["a.el"], owner="a")}
    study = dataclasses.replace(study, tenants={n: Tenant(n, n) for n in "ab"}, buses=buses)
    assert [c.name for c in of_owners(study, {"b"}).components] == ["main"]
    assert len(of_owners(study, {"a", "b"}).components) == 4  # all but the cap


def test_a_term_changes_no_plan(results, tmp_path):
    text = '[actors.a]\n[tornado.d]\nterm = "money.discount_rate"\nlow = "5 %"\nhigh = "15 %"\n'
    found = again(results, of(30), text, tmp_path)
    assert not found.tornado()[0].replanned
    assert list(found.made) == ["base"]


# ------------------------------------------------------------------------------- pages and commands

FULL = (
    MONEY_TERMS
    + """
[actors.a.debt.bank]
share = "50 %"
rate = "8 %"
years = 6
repayment = "annuity"
[actors.a.tax]
rate = "20 %"
losses = "carried"
carry = 5
life = { other = 10 }
[tornado.bills]
account = "energy"
low = "-10 %"
high = "10 %"
[split]
players = ["x", "y"]
worth = { x = 1, y = 1, "x+y" = 3 }
"""
)


def test_the_report_says_who_pays_whom(results):
    told = str(actors(facts_of(results)))
    assert 'id="actors"' in told
    assert "Tenant A" in told


def test_the_page_holds_both_languages_and_escapes_names(results):
    terms = FULL.replace("[tornado.bills]", '[tornado."<script>x</script>"]')
    found = statement(results, of_document(parse_toml(terms, "t"), known_of(results)))
    told = finance_page(found, tornado(found))
    assert "<script>x" not in told
    for words in ("Dòng tiền của chủ sở hữu", "Cash to those who own", "Giá trị Shapley", "Least core"):
        assert words in told


def test_the_command_writes_page_workbook_and_json(run, tmp_path, capsys):
    terms = tmp_path / "terms.toml"
    terms.write_text(FULL, encoding="utf-8")
    out = tmp_path / "case"
    assert (
        main(["finance", str(run), "--terms", str(terms), "--out", str(out), "--json", "--lang", "en"]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert told["checks"]["all actors sum to zero"] < 1e-9
    assert told["checks"]["discounted ledger less objective"] < 1e-9
    assert len(told["projects"]["a"]["irrs"]) == 1
    book = load_workbook(out / "finance.xlsx")
    assert "Loans" in book.sheetnames
    amounts = [r[3].value for r in book["Who pays whom"].iter_rows(min_row=2)]
    assert sum(amounts) == pytest.approx(0, abs=1e-6)
    assert (out / "finance.html").stat().st_size > 10_000


def test_without_terms_a_template_is_written_and_kept(run, tmp_path, capsys):
    out = tmp_path / "case"
    assert main(["finance", str(run), "--out", str(out), "--lang", "vi"]) == 0
    assert "Bên" in capsys.readouterr().out
    mine = (out / "terms.toml").read_text("utf-8") + "# mine\n"
    (out / "terms.toml").write_text(mine, "utf-8")
    assert main(["finance", str(run), "--out", str(out), "--lang", "vi"]) == 0
    assert (out / "terms.toml").read_text("utf-8") == mine
    assert main(["finance", str(run), "--terms", str(out / "terms.toml"), "--lang", "en"]) == 2
    assert "not invented" in " ".join(capsys.readouterr().err.split())


def test_payments_are_typed(results):
    assert dict(p.payments_of(results).schema) == p.PAYMENTS
    assert p.by_item(p.payments_of(results)).filter(pl.col("actor") == "a").height > 0
