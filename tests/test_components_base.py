"""What all components stand on: fields, the registry, the ledger, the block, and the milestone years."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero.components import ByYear, ElectricityDemand, Profile, constant, kinds
from parkzero.components.supply.grid import surcharge_of
from parkzero.errors import StudyError, UnitError
from parkzero.language import accounts as known
from parkzero.language.accounts import Account, accounts, register
from parkzero.language.block import Block, Cohorts, Penalties, Shared, Year
from parkzero.language.component import REGISTRY, Component, replace
from parkzero.language.fields import described
from parkzero.language.ledger import Entry, Ledger
from parkzero.lp.expr import DESIGN, as_expr
from parkzero.lp.model import Model, Space
from parkzero.lp.series import Series
from parkzero.planning.assemble import build_year
from parkzero.study import milestones
from parkzero.timeline import Calendar, RealDays, Timeline
from parkzero.units import MONEY, MW, MWH, ONE, Quantity, T
from tests.cases.electric import sun
from tests.cases.harness import DAY, compose, days, grid, load, mw, new, path, per, stands
from tests.cases.storage import battery

# ----------------------------------------------------------------------------------------- fields


def test_a_path_is_straight_between_its_years():
    cost = ByYear((2025, 2035), (100.0, 50.0), MONEY / MW)
    assert [cost.at(y).value for y in (2025, 2030, 2035)] == [100, 75, 50]
    assert cost.at(2030).unit == MONEY / MW


def test_a_path_in_steps_holds_until_the_next_year():
    cost = ByYear((2025, 2030, 2040), (1.0, 2.0, 3.0), steps=True)
    assert [cost.at(y).value for y in (2025, 2029, 2030, 2039, 2040)] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("year", [2024, 2036])
def test_a_path_does_not_reach_past_its_ends(year: int):
    cost = ByYear((2025, 2035), (100.0, 50.0))
    assert not cost.covers(year)
    assert cost.covers(2025)
    assert cost.covers(2035)
    with pytest.raises(ValueError, match=f"covers 2025 to 2035, not {year}"):
        cost.at(year)


def test_one_value_is_for_all_years():
    assert constant(5.0, MW).at(1900).value == constant(5.0, MW).at(2200).value == 5
    assert constant(5.0).covers(1)


def test_a_profile_grows_and_may_be_another_one_in_some_years():
    base, later = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    profile = Profile(base, MW, path(ONE, y2025=1.0, y2035=2.0), {2035: later})
    assert profile.at(2025).value == pytest.approx([1, 2])
    assert profile.at(2030).value == pytest.approx([1.5, 3])
    assert profile.at(2035).value == pytest.approx([20, 40])
    assert profile.at(2030).unit == MW


def test_optional_fields_are_those_with_a_default():
    for cls in kinds().values():
        for name, meta in described(cls).items():
            given = cls.__dataclass_fields__[name].default is not dataclasses.MISSING
            assert meta.required is not given


def test_ranges_allow_what_is_left_out():
    for cls in kinds().values():
        for name, meta in described(cls).items():
            default = cls.__dataclass_fields__[name].default
            if isinstance(default, ByYear | Quantity):
                value = default.values[0] if isinstance(default, ByYear) else default.value
                assert meta.least <= value <= meta.most
                assert value > meta.above
                assert default.unit == meta.unit


# --------------------------------------------------------------------------------------- registry


def test_the_registry_is_sorted_and_each_kind_knows_its_word():
    known = kinds()
    assert list(known) == sorted(known)
    assert known == REGISTRY
    assert all(cls.kind == kind for kind, cls in known.items())
    assert len(known) == len(set(known.values()))


def test_components_are_frozen_and_copied_with_changes():
    demand = load(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        demand.bus = "far"  # type: ignore[misc]  # that it cannot be set is the point
    moved = replace(demand, bus="far")
    assert (moved.name, demand.name) == ("load", "load")
    assert isinstance(moved, ElectricityDemand)
    assert (moved.bus, demand.bus) == ("far", "el")


def test_kinds_need_a_build():
    with pytest.raises(TypeError):
        Component(name="x")  # type: ignore[abstract]  # that it is abstract is the point


# ----------------------------------------------------------------------------------------- ledger


def test_an_account_takes_one_unit():
    assert {a.unit for a in accounts("cost")} == {MONEY}
    assert {a.unit for a in accounts("emission")} == {T}
    assert {a.unit for a in accounts("mass")} == {T}
    assert {a.unit for a in accounts("energy")} == {MWH}


def test_every_account_that_kinds_name_stands_in_the_table_and_looks_like_itself():
    named = {name.lower() for name in Account.__annotations__ if name.isupper()}
    assert named == {a.id for a in accounts()}
    assert all(getattr(Account, a.id.upper()) is a for a in accounts())
    assert [a.id for a in accounts() if not (a.en and a.vi and re.fullmatch("#[0-9a-f]{6}", a.colour))] == []
    assert [a.id for a in accounts() if a.counts] == ["scope1", "scope2"]
    for family in ("cost", "energy", "emission", "mass"):
        names = [(a.en, a.vi) for a in accounts(family)]
        assert len(set(names)) == len(names)


def test_another_package_may_add_accounts_but_not_change_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(known, "_REGISTRY", dict(known._REGISTRY))
    fee = Account("water_fee", MONEY, "cost", group="bought", en="Water", vi="Tiền nước")
    assert register(fee) is fee
    assert register(fee) is fee
    assert fee in set(accounts("cost"))
    for wrong, told in (
        (Account("water_fee", MWH, "energy", en="Water", vi="Nước"), "exists already"),
        (Account("x", MONEY, "cots", en="X", vi="X"), "is of no family"),  # type: ignore[arg-type]  # the point
        (Account("x", MONEY, "cost", en="X"), "in both languages"),
        (Account("x", T, "cost", en="X", vi="X"), "not in money"),
    ):
        with pytest.raises(ValueError, match=told):
            register(wrong)


def test_a_booking_in_another_unit_stops_the_build():
    ledger = Ledger()
    rate = as_expr(Quantity(np.ones(3), MW), MW)
    ledger.book(Entry("grid", "", Account.IMPORTED, "import", rate, hourly=True))
    for account, hourly in ((Account.ENERGY, True), (Account.IMPORTED, False), (Account.SCOPE1, True)):
        with pytest.raises(UnitError, match="grid books MW under"):
            ledger.book(Entry("grid", "", account, "x", rate, hourly))
    assert len(ledger.entries) == 1


def test_totals_pick_accounts_and_owners():
    ledger = Ledger()
    for owner, account, value in (
        ("a", Account.CAPEX, 1.0),
        ("b", Account.CAPEX, 10.0),
        ("a", Account.FUEL, 100.0),
    ):
        expr = as_expr(Quantity(value, MONEY), MONEY)
        ledger.book(Entry("x", owner, account, "", expr, hourly=False))

    def total(*accounts: Account, owner: str | None = None) -> float:
        return float(ledger.total(accounts, lambda rate: rate, owner).value(np.zeros(0), np.zeros(0))[0])

    assert total(Account.CAPEX) == 11
    assert total(Account.CAPEX, Account.FUEL) == 111
    assert total(Account.CAPEX, Account.FUEL, owner="a") == 101
    assert total(Account.OFFSET) == 0


# ------------------------------------------------------------------------------------------ block


def block(timeline: Timeline = DAY, years: tuple[int, ...] = (2025,)) -> Block:
    """A block of an asset called x in 2025."""
    park = Shared(milestones(years, 0.0), Penalties(1.0, 1.0), Model(Space(DESIGN)))
    return Block(park, Year(2025, timeline, Model(park.design.design)), "x", "tenant")


def test_only_power_flows_into_a_bus():
    lp = block()
    with pytest.raises(UnitError, match="x injects MWh into el, which takes MW"):
        lp.inject("el", lp.flow("stored", MWH))


def test_an_injection_of_a_scalar_is_spread_over_the_steps():
    lp = block()
    lp.inject("el", lp.yearly("base", MW))
    assert lp.context.injections["el"][0][1].rows == 24


def test_a_booking_is_a_rate_or_a_total_as_its_unit_says():
    lp = block()
    lp.book(Account.IMPORTED, lp.flow("a"))
    lp.book(Account.IMPORTED, lp.yearly("rate", MW))
    lp.book(Account.IMPORTED, lp.yearly("total", MWH))
    hourly = [(e.hourly, e.expr.rows, e.owner, e.label) for e in lp.context.ledger.entries]
    assert hourly == [
        (True, 24, "tenant", "imported"),
        (True, 24, "tenant", "imported"),
        (False, 1, "tenant", "imported"),
    ]
    with pytest.raises(UnitError):
        lp.book(Account.ENERGY, lp.flow("b"))


def test_what_others_booked_is_found_by_account_owner_and_asset():
    lp = block()
    lp.book(Account.IMPORTED, lp.flow("a"))
    lp.book(Account.IMPORTED, lp.yearly("b", MWH))
    point = np.array([*range(24), 1000.0])
    design = np.zeros(0)
    assert lp.booked(Account.IMPORTED).value(design, point) == pytest.approx(np.arange(24))
    assert not lp.booked(Account.IMPORTED, owner="other").value(design, point).any()
    assert not lp.booked(Account.IMPORTED, asset="other").value(design, point).any()
    assert not lp.booked(Account.EXPORTED).value(design, point).any()
    assert lp.yearly_booked(Account.IMPORTED).value(design, point) == pytest.approx([1000])
    assert lp.yearly_booked(Account.IMPORTED, "other").value(design, point) == pytest.approx([0])
    assert lp.total(lp.booked(Account.IMPORTED)).unit == MWH


def test_monthly_values_become_a_series_and_yearly_charges():
    lp = block(RealDays(Calendar(2025, 60, 32), scale=2.0))
    monthly = np.arange(1.0, 13)
    series = lp.each_step(monthly)
    assert isinstance(series, Series)
    assert series.mean.tolist() == [1.0] * 31 * 24 + [2.0] * 24
    assert lp.months(monthly).tolist() == [2, 4]
    assert lp.monthly("m", MW).rows == 2


def test_a_switch_is_whole_on_real_steps_and_free_on_mean_days():
    for timeline, whole in ((DAY, True), (days(2, groups=[0, 0]), False)):
        lp = block(timeline)
        lp.switch("on")
        assert lp.context.model.operation.integrality().all() == whole
        lower, upper = lp.context.model.operation.bounds()
        assert (lower.min(), upper.max()) == (0, 1)


def test_flows_are_recorded_with_their_units():
    built, _ = build_year(compose(load(1), grid(20), battery()), 2025, DAY)
    assert ("battery", "stored", MWH) in built.context.flows
    assert ("grid", "import", MW) in built.context.flows


def test_a_cost_for_another_unit_stops_the_build():
    with pytest.raises(UnitError, match=r"pv\.power costs money/MWh, but its size is in MW"):
        build_year(compose(sun(stands(1, capex=per(1, MONEY / MWH)), 1)), 2025, DAY)


def test_a_milestone_in_which_it_may_be_built_needs_a_price():
    priced_late = new(0, capex=path(MONEY / MW, y2030=40.0, y2040=40.0))
    study = compose(sun(priced_late, 1), years=(2025, 2035))
    with pytest.raises(ValueError, match="covers 2030 to 2040, not 2025"):
        build_year(study, 2025, DAY)


def test_a_switch_without_a_largest_power_is_a_fault_not_a_silence():
    study = compose(load(1), grid(20), battery(exclusive=True, power=new(0)))
    with pytest.raises(StudyError, match=r"battery\.power\.max: is missing, but a switch cuts"):
        build_year(study, 2025, DAY)


@pytest.mark.parametrize(
    ("minutes", "step", "fits"),
    [
        (15, 60, True),
        (30, 60, True),
        (60, 60, True),
        (15, 30, True),
        (60, 30, True),
        (30, 15, True),
        (45, 15, True),
        (45, 30, False),
        (20, 15, False),
        (50, 15, False),
    ],
)
def test_a_peak_is_metered_over_whole_steps(minutes: int, step: int, fits: bool):
    timeline = days(1, step)
    lp = block(timeline)
    flow = lp.flow("import")
    if fits:
        assert lp.peak("peak", flow, minutes).rows == 1
        rows = next(r for r in lp.context.model.flatten().rows if r.dotted == "x.peak.measured")
        assert rows.count == 24 * 60 // max(minutes, step)
    else:
        with pytest.raises(StudyError, match=f"part of a step .got {minutes} min"):
            lp.peak("peak", flow, minutes)


@pytest.mark.parametrize("count", [0, 1, 23, 25, 48])
def test_a_series_has_one_value_for_each_step(count: int):
    """One value would otherwise spread over the day, and a price of one hour pass for all."""
    for study in (
        compose(load(raw=np.ones(count)), grid(20)),
        compose(load(1), grid(raw=np.ones(count))),
        compose(load(1), grid(20), sun(1, raw=np.ones(count))),
    ):
        with pytest.raises(
            StudyError, match=f"has a series of another length .got {count} values.; needs 24"
        ):
            build_year(study, 2025, DAY)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_series_holds_numbers_only(value: float):
    for study in (compose(load(1, value), grid(20)), compose(load(1), grid(20, value))):
        with pytest.raises(StudyError, match=r"value that is no number \(got -?(nan|inf) in step 2\)"):
            build_year(study, 2025, DAY)


def test_cohorts_tell_what_may_be_built():
    size = stands(2, unit=mw(0.5), max=mw(3.2), existing_until=2040, first_year=2030)
    plant = sun(size, 1, owner="tenant")
    study = compose(plant, years=(2025, 2030))
    _, design = build_year(study, 2025, DAY)
    assert design.cohorts["pv.power"] == Cohorts(
        "pv", "tenant", "power", MW, "pv.power", 0.5, 10.0, 2.0, 2040, prices=(0.0, 0.0)
    )
    assert design.names == ("pv.power[2025]", "pv.power[2030]")
    assert design.upper.tolist() == [0.0, 6.0]  # units of 0.5 MW that fit under 3.2 MW
    assert design.whole.all()


def test_a_power_factor_below_its_threshold_raises_the_bill():
    assert surcharge_of(Quantity(0.8), Quantity(0.9)) == pytest.approx(0.125)
    assert surcharge_of(Quantity(0.9), Quantity(0.9)) == 0
    assert surcharge_of(Quantity(0.95), Quantity(0.9)) == 0


# ------------------------------------------------------------------------------- milestone years


def test_each_milestone_stands_for_the_years_until_the_next():
    plan = milestones((2025, 2030, 2040), 0.0)
    assert plan.spans == (5, 10, 10)
    assert plan.weights == (5, 10, 10)
    assert milestones((2025, 2030), 0.0, last=1).spans == (5, 1)
    assert milestones((2030,), 0.08).weights == (1,)


def test_weights_are_sums_of_discounted_years():
    plan = milestones((2025, 2027), 0.1, last=2)
    assert plan.weights == pytest.approx((1 + 1 / 1.1, 1 / 1.1**2 + 1 / 1.1**3))


@pytest.mark.parametrize("years", [(), (2030, 2025), (2025, 2025)])
def test_milestones_ascend(years: tuple[int, ...]):
    with pytest.raises(ValueError, match="must ascend"):
        milestones(years, 0.0)


def test_a_discount_rate_of_minus_100_percent_is_refused():
    with pytest.raises(ValueError, match="above -100 %"):
        milestones((2025,), -1.0)


@settings(max_examples=50)
@given(rate=st.floats(0.001, 0.5), life=st.integers(1, 60))
def test_annuities_pay_back_the_investment(rate: float, life: int):
    """Discounted to the day before the first payment, all payments are worth what was invested."""
    yearly = milestones((2025,), rate).annuity(life)
    assert sum(yearly / (1 + rate) ** k for k in range(1, life + 1)) == pytest.approx(1)


def test_without_interest_an_investment_is_paid_in_equal_parts():
    assert milestones((2025,), 0.0).annuity(25) == pytest.approx(1 / 25)
    assert milestones((2025,), 1e-9).annuity(25) == pytest.approx(1 / 25, rel=1e-6)


def test_a_solar_plant_books_what_it_makes():
    built, _ = build_year(compose(load(1), sun(1, 1, variable_om=per(3, MONEY / MWH)), grid(20)), 2025, DAY)
    booked = {(e.asset, e.account) for e in built.context.ledger.entries}
    assert {("pv", Account.GENERATED), ("pv", Account.VARIABLE_OM), ("pv", Account.CAPEX)} <= booked
