"""The tables of small plans say what was worked out by hand."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import polars as pl
import pytest

from parkzero.components import Demand, Profile, RenewableShare, constant
from parkzero.language.site import Bus
from parkzero.planning.monolith import monolith
from parkzero.results import Results, results_of
from parkzero.results.policies import policies_of
from parkzero.units import MONEY, MW, H, Quantity, T
from tests.cases import harness
from tests.results_cases import (
    ageing_study,
    cap,
    grid,
    load,
    plain_study,
    short_study,
    solar,
    steam_study,
    study_of,
)

HOURS = 8760


@pytest.fixture(scope="module")
def plain() -> Results:
    return results_of(monolith(plain_study()))


def amount(results: Results, account: str, year: int = 2030) -> float:
    rows = results.ledger.filter((pl.col("account") == account) & (pl.col("year") == year))
    return float(rows["amount"].sum())


def test_ledger_holds_what_was_worked_out(plain: Results):
    assert amount(plain, "energy") == pytest.approx(5 * HOURS * 100, rel=1e-5)
    assert amount(plain, "capex") == pytest.approx(20 * 50_000, rel=1e-5)
    assert amount(plain, "scope2") == pytest.approx(5 * HOURS * 0.5, rel=1e-5)
    assert amount(plain, "consumed") == pytest.approx(10 * HOURS, rel=1e-6)
    assert plain.summary["objective"] == pytest.approx(5_380_000, rel=1e-5)
    assert plain.summary["cost"]["2030"] == pytest.approx(5_380_000, rel=1e-5)
    assert plain.summary["emissions_t"]["2030"] == pytest.approx(21_900, rel=1e-5)
    assert plain.summary["renewable_share"]["2030"] == pytest.approx(0.5, rel=1e-5)


def test_units_and_owners_are_named(plain: Results):
    units = dict(plain.ledger.select("account", "unit").iter_rows())
    assert units["energy"] == "USD"
    assert units["scope2"] == "t"
    assert units["generated"] == "MWh"
    assert set(plain.ledger.filter(pl.col("asset") != "cap")["owner"]) == {"t1"}


def test_price_of_a_bus_is_the_marginal_cost(plain: Results):
    """Imports are always the marginal source, at 100 USD/MWh, whatever the weight of a step."""
    row = plain.prices_mean.filter(pl.col("bus") == "t1.electricity").row(0, named=True)
    assert row["mean"] == pytest.approx(100, rel=1e-4)
    assert row["low"] == pytest.approx(100, rel=1e-4)


def test_limit_of_the_roof_is_what_binds(plain: Results):
    """One more megawatt saves 219,000 USD of imports and costs 50,000 USD a year."""
    row = plain.binding.filter(~pl.col("sized")).row(0, named=True)
    assert (row["asset"], row["rule"]) == ("t1.pv", "power.max")
    assert row["worth"] == pytest.approx(169_000, rel=1e-3)


@pytest.mark.parametrize(
    ("most", "rule"), [(None, "power.max_each"), (30.0, "power.max_each"), (4.0, "power.max")]
)
def test_the_limit_that_binds_is_named_by_the_field_that_says_it(most: float | None, rule: str):
    """8 MW may be built in a year: a roof of 30 MW does not hold the plan back, one of 4 MW does."""
    roof = None if most is None else Quantity(most, MW)
    pv = solar(max=roof, max_each=Quantity(8.0, MW))
    found = results_of(monolith(study_of(load(), grid(), pv))).binding
    assert found.filter(~pl.col("sized"))["rule"].to_list() == [rule]


def test_loose_cap_does_not_bind(plain: Results):
    row = plain.policies.row(0, named=True)
    assert (row["policy"], row["kind"], row["binds"], row["unit"]) == ("cap", "emission_cap", False, "t")
    assert row["limit"] == 30_000
    assert row["value"] == pytest.approx(21_900, rel=1e-5)


def test_tight_cap_binds_at_the_price_of_its_cheapest_way_out():
    """Dear photovoltaics (10 M USD/MW: 500,000 USD a year) are built only to meet the cap.

    A megawatt avoids 2,190 MWh, 1,095 t and 219,000 USD: a tonne costs 281,000 / 1,095 = 256.6 USD.
    """
    from parkzero.components import constant
    from parkzero.units import MONEY, MW

    dear = solar(capex=constant(10e6, MONEY / MW))
    results = results_of(monolith(study_of(load(), grid(), dear, cap(40_000.0))))
    row = results.policies.row(0, named=True)
    assert row["binds"]
    assert row["value"] == pytest.approx(40_000, rel=1e-4)
    assert row["price"] == pytest.approx(281_000 / 1_095, rel=1e-3)


def test_what_stands_retires():
    """2030: 8 built on 4 existing. 2040: both are gone, 8 are built again."""
    sizes = results_of(monolith(ageing_study())).sizes
    rows = [
        tuple(round(float(row[k]), 3) for k in ("built", "standing", "retired", "existing"))
        for row in sizes.iter_rows(named=True)
    ]
    assert rows == [(8.0, 12.0, 0.0, 4.0), (8.0, 8.0, 12.0, 0.0)]


def test_shortage_says_who_where_and_when():
    results = results_of(monolith(short_study()))
    assert results.summary["status"] == "infeasible"
    assert not results.summary["proven"]
    (row,) = results.summary["unserved"]
    who, when = "Tenant t1 (Tenant One) at bus t1.electricity", "2 Jan 18:00–19:00, 2030"
    assert row["text"] == f"{who} is 0.8 MW short on {when}"
    assert row["total"] == pytest.approx(0.8, abs=1e-3)
    assert results.summary["unserved_mwh"] == pytest.approx(0.8 * 365 / 2, rel=1e-3)


def test_shortage_is_told_in_the_unit_of_its_bus():
    """0.3 t/h of hydrogen are needed in three hours of each day, and nothing feeds the bus."""
    study = harness.compose(
        harness.load(0.0),
        harness.grid(20),
        Demand(name="need", bus="h2", load=Profile(harness.steps(0.3, 0.3, 0.3), T / H)),
    )
    study = dataclasses.replace(study, buses={**study.buses, "h2": Bus("h2", "hydrogen")})
    (row,) = results_of(monolith(study)).summary["unserved"]
    assert (row["unit"], row["total_unit"], row["bus"]) == ("t/h", "t", "h2")
    assert (row["amount"], row["total"]) == (pytest.approx(0.3), pytest.approx(0.9))
    assert "is 0.3 t/h short on 1 Jan 00:00–03:00" in row["text"]
    assert "nút h2 thiếu 0,3 t/h lúc 00:00–03:00" in row["text_vi"]


def test_a_missed_share_is_said_as_a_target_missed():
    share = RenewableShare(name="green", share=constant(0.5))
    (row,) = results_of(monolith(study_of(load(), grid(), share))).summary["unserved"]
    assert row["text"] == "Renewable share 'green' misses its target by 43,800 MWh in 2030"
    assert row["text_vi"].startswith("Tỷ lệ năng lượng tái tạo 'green' không đạt mục tiêu, thiếu 43.800 MWh")


def test_impossible_cap_is_said_with_its_excess():
    """9 MW of steam need 10 MW of gas: 87,600 MWh, 17,520 t, and the cap is zero."""
    results = results_of(monolith(steam_study(0.0)))
    (row,) = results.summary["unserved"]
    assert row["text"] == "Emission cap 'cap' is exceeded by 17,520 t in 2030"


def test_hours_and_cubes(plain: Results):
    frame = plain.frame("flows", 2030)
    assert frame["t1.grid.import"].to_numpy() == pytest.approx(np.full(48, 5.0), abs=1e-3)
    assert str(frame["start"][1]) == "2025-01-01 01:00:00"
    cube = plain.dataset
    assert cube["injections"].sel(injection="t1.electricity|t1.load").values.mean() == pytest.approx(-10)
    assert cube["flows"].dims == ("year", "start", "flow")


def test_synthetic_values_are_named(plain: Results):
    assert plain.summary["synthetic"] == ["made up for a test (assets.t1.pv.output)"]
    assert plain.assumptions.row(0, named=True)["synthetic"] == "made up for a test"


def test_components_are_stored_in_words(plain: Results):
    row = plain.components.filter(pl.col("asset") == "t1.pv").row(0, named=True)
    fields = json.loads(row["fields"])
    assert fields["power"]["capex"] == {"value": 1e6, "unit": "money/MW"}
    assert fields["output"]["mean"] == 0.25


def test_rules_of_what_is_not_built_do_not_bind():
    """Photovoltaics too dear to be built: their weather allows nothing."""
    found = results_of(monolith(study_of(load(), grid(), solar(capex=constant(1e9, MONEY / MW)))))
    assert found.sizes["standing"].max() == pytest.approx(0, abs=1e-6)
    assert "t1.pv" not in found.binding["asset"].to_list()


@pytest.mark.parametrize(("limit", "binds"), [(30_000.0, False), (21_901.0, True), (21_910.0, False)])
def test_a_limit_binds_only_where_it_is_reached(limit: float, binds: bool):
    """21,900 t are emitted; a dual of noise does not make a limit bind that is far off."""
    plan = monolith(study_of(load(), grid(), solar(), cap(limit)))
    noisy = tuple(dataclasses.replace(o, duals=np.ones_like(o.duals)) for o in plan.years)
    row = policies_of(dataclasses.replace(plan, years=noisy)).row(0, named=True)
    assert row["value"] == pytest.approx(21_900, rel=1e-5)
    assert (row["rule"], row["family"], row["least"], row["binds"]) == ("cap", "emission", False, binds)
