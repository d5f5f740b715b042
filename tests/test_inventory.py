"""Inventories: worked examples of named sources, the order of factors, and what is refused by which rule."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from parkzero.cli import main
from parkzero.errors import StudyError
from parkzero.inventory import Given, calculate, read_given, template
from parkzero.inventory.allocation import FORMULAS, Output, allocate, allocations
from parkzero.inventory.base_year import base_year
from parkzero.inventory.decay import share
from parkzero.inventory.factors import Factors, Spec
from parkzero.inventory.from_results import inventory_of
from parkzero.inventory.from_study import inventory_of_study
from parkzero.inventory.gwp import Potentials, blend_potential
from parkzero.inventory.law import (
    inventory_due,
    list_on,
    mitigation_due,
    require_whole,
    standing,
    surrender_due,
)
from parkzero.inventory.sources import sources
from parkzero.inventory.statement import statement_of
from parkzero.inventory.uncertainty import product, simulate, total_of, uncertainty
from parkzero.report.document import page_of, workbook_of
from parkzero.report.inventory import consolidated, document_of, plain_of
from parkzero.report.numbers import trimmed
from parkzero.units import MW, Quantity
from tests import report_cases, results_cases

HEAD = "facility,year,month,source,item,amount,unit,document,heating_value,basis,moisture,density,enthalpy,efficiency\n"
FACILITY = (
    "f1,2023,,stationary,anthracite,1000,t,a,23.0,net_as_received,,,,\n"
    "f1,2023,,electricity,,5000,MWh,b,,,,,,\n"
    "f1,2023,,refrigerant,R-410A,20,kg,c,,,,,,\n"
)


def read(tmp_path: Path, activities: str, **tables: str) -> Given:
    """A folder of CSV files as a user would write it."""
    folder = tmp_path / "given"
    folder.mkdir(exist_ok=True)
    (folder / "activities.csv").write_text(HEAD + activities, encoding="utf-8")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_given(folder)


def refused(tmp_path: Path, activities: str, gwp: str | None = "AR5", **tables: str) -> str:
    with pytest.raises(StudyError) as caught:
        calculate(read(tmp_path, activities, **tables), gwp)
    return str(caught.value)


# ------------------------------------------------------------------------------------------ worked examples


@pytest.mark.parametrize(
    ("gwp", "methane", "total"),
    [
        ("AR4", "general", 2271.7560),
        ("AR5", "general", 2270.6865),
        ("AR6", "general", 2270.9602),
        ("AR6", "by_origin", 2271.0039),
    ],
)
def test_anthracite_by_circular_38_under_each_set(tmp_path, gwp, methane, total):
    """Worked example 18: 23 TJ at 98,300 / 1 / 1.5 kg/TJ; only the terms of CH4 and N2O move."""
    inventory = calculate(read(tmp_path, FACILITY), gwp, methane=methane)
    coal = inventory.lines.filter(pl.col("source") == "stationary")
    assert coal["co2e"].sum() == pytest.approx(total, abs=5e-5)
    mass = dict(coal.select("gas", "mass").iter_rows())
    assert mass == pytest.approx({"co2": 2260.9, "ch4": 0.023, "n2o": 0.0345}, rel=1e-12)


def test_a_facility_of_coal_power_and_refrigerant(tmp_path):
    """Worked example 19: 2,270.6865 + 3,296.000 + 38.470 = 5,605.1565 t under AR5."""
    inventory = calculate(read(tmp_path, FACILITY), "AR5")
    parts = dict(inventory.by("source").select("source", "co2e").iter_rows())
    assert parts == pytest.approx(
        {"stationary": 2270.6865, "electricity": 3296.0, "refrigerant": 38.470}, abs=5e-5
    )
    assert inventory.total() == pytest.approx(5605.1565, abs=5e-5)


@pytest.mark.parametrize(
    ("gas", "gwp", "value"),
    [
        ("r_410a", "AR4", 2087.5), ("r_410a", "AR5", 1923.5), ("r_410a", "AR6", 2255.5), ("r_404a", "AR5", 3942.8),
        ("r_404a", "AR6", 4728.0),
    ],
)  # fmt: skip
def test_blends_are_their_components_by_mass(gas, gwp, value):
    """Worked example 20."""
    assert blend_potential(gas, Potentials(gwp)) == pytest.approx(value, abs=0.05)


def test_purchased_steam(tmp_path):
    """Worked example 21: 2.776e-3 TJ/t / 0.85 x 98.3 t/TJ = 0.32104 t CO2 per t of steam."""
    inventory = calculate(read(tmp_path, "f1,2023,,steam,anthracite,1,t,a,,,,,2776,0.85\n"), "AR5")
    carbon = inventory.lines.filter(pl.col("gas") == "co2")["co2e"].sum()
    assert carbon == pytest.approx(0.32104, abs=5e-6)


CERTIFICATES = "facility,year,kind,certificate,amount,unit,factor\nf1,2023,i-rec,{0},{1},MWh,0\n"


def test_scope_2_by_both_methods(tmp_path):
    """Worked example 22: location 6,592.0 t; market 7,000 x 0.6592 = 4,614.4 t, and that there is no residual mix."""
    power = "f1,2023,,electricity,,10000,MWh,b,,,,,,\n"
    inventory = calculate(read(tmp_path, power, instruments=CERTIFICATES.format("c1", 3000)), "AR5")
    assert inventory.total(scope=2) == pytest.approx(6592.0, abs=0.05)
    assert inventory.market.total() == pytest.approx(4614.4, abs=0.05)
    assert any("no residual mix" in note for note in inventory.notes)
    known = read(tmp_path, power, settings="key,value\ngwp,AR5\nresidual_mix,0.7\n")
    told = calculate(known)
    assert told.market.total() == pytest.approx(7000 * 0.7)
    assert not any("no residual mix" in note for note in told.notes)


def test_a_megawatt_hour_of_claim_beyond_the_use_is_refused(tmp_path):
    power = "f1,2023,,electricity,,3000,MWh,b,,,,,,\n"
    told = refused(tmp_path, power, instruments=CERTIFICATES.format("c1", 3001))
    assert "claims more electricity" in told
    assert "one instrument, one claim" in told


def test_uncertainty_of_products_and_sums():
    """Worked example 23."""
    assert product(0.15, 0.60) * 100 == pytest.approx(61.8466, abs=5e-5)
    assert product(0.05, 0.07) * 100 == pytest.approx(8.6023, abs=5e-5)
    assert product(0.05, 0.10) * 100 == pytest.approx(11.1803, abs=5e-5)
    assert total_of([(50.0, 0.1), (50.0, 0.1)]) == pytest.approx(0.1 / math.sqrt(2))


PLANT = [Output("grid", "electricity", 20_000.0), Output("mill", "heat", 40_000.0)]


def test_cogeneration_by_the_ghg_protocol_and_by_energy():
    """Worked examples 12 and 14."""
    power, heat = allocate(10_000.0, "ghgp_efficiency", PLANT)
    assert (heat, power) == pytest.approx((4666.667, 5333.333), abs=5e-4)
    assert (heat / 40_000, power / 20_000) == pytest.approx((0.116667, 0.266667), abs=5e-7)
    assert allocate(10_000.0, "energy", PLANT)[1] == pytest.approx(6666.667, abs=5e-4)


@pytest.mark.parametrize(("ambient", "share"), [(25.0, 0.39555), (15.0, 0.41160)])
def test_cogeneration_by_exergy(ambient, share):
    """Steam at 170 degC: 1 - 298.15 / 443.15 of its heat is work, or 1 - 288.15 / 443.15 where it is 15 degC outside."""
    plant = [
        Output("grid", "electricity", 20_000.0),
        Output("mill", "heat", 40_000.0, math.nan, 170.0, ambient),
    ]
    power, heat = allocate(10_000.0, "exergy", plant)
    carnot = 1 - (ambient + 273.15) / 443.15
    assert heat == pytest.approx(10_000 * carnot * 40_000 / (carnot * 40_000 + 20_000), rel=1e-12)
    assert heat / 10_000 == pytest.approx(share, abs=5e-6)
    assert heat + power == 10_000


def test_efficiencies_of_ones_own_go_before_the_defaults():
    """0.45 of power and 0.9 of heat: 40,000 / 0.9 and 20,000 / 0.45 are the same fuel, so each gets half."""
    plant = [Output("grid", "electricity", 20_000.0, 0.45), Output("mill", "heat", 40_000.0, 0.9)]
    assert allocate(10_000.0, "ghgp_efficiency", plant) == pytest.approx([5_000, 5_000])


def test_a_vehicle_and_a_therm_in_american_units(tmp_path):
    """Worked examples 16 and 17: 8.81 kg/gal x 11,856 mi / 19.7 mpg / 0.971 = 5.46 t; 0.1 MMBtu x 14.43 kg C x 44/12."""
    gallons, carbon = 11_856 / 19.7, 14.43 * 44 / 12
    rows = f"v,2023,,mobile,petrol,{gallons!r},gal,log,,,,,,\nh,2023,,stationary,natural_gas,0.1,MMBtu,bill,,,,,,\n"
    factors = (
        "facility,source,item,gas,value,unit,document,approved,gwp\n"
        f"v,mobile,petrol,co2e,{8.81 / 0.971!r},kg/gal,EPA,yes,AR4\n"
        + "".join(f"h,stationary,natural_gas,{g},{v!r},kg/MMBtu,EPA,yes,\n" for g, v in
                  (("co2", carbon), ("ch4", 0.0), ("n2o", 0.0)))
    )  # fmt: skip
    inventory = calculate(read(tmp_path, rows, factors=factors), "AR4")
    assert inventory.total(facility="v") == pytest.approx(5.46045, abs=5e-6)
    assert inventory.total(facility="h") == pytest.approx(0.005291, abs=5e-7)


def test_efficiency_method_names_two_formulas():
    """Worked example 15: oemof's is another one than the GHG Protocol's."""
    plant = [Output("a", "electricity", 0.3, 0.3), Output("b", "heat", 0.5, 0.5)]
    assert allocate(200.0, "oemof_iea", plant) == pytest.approx([75.0, 125.0])
    assert allocate(200.0, "oemof_efficiency", plant) == pytest.approx([125.0, 75.0])
    assert FORMULAS["oemof_efficiency"] != FORMULAS["ghgp_efficiency"]


@settings(max_examples=60, deadline=None)
@given_by(
    st.floats(0, 1e9), st.lists(st.floats(0.01, 1e9), min_size=2, max_size=30),
    st.sampled_from(["meter", "energy", "ghgp_efficiency", "exergy"]),
)  # fmt: skip
def test_what_is_given_away_is_what_there_is(total, amounts, method):
    outputs = [
        Output(str(i), "heat" if i % 2 else "electricity", a, temperature=150.0)
        for i, a in enumerate(amounts)
    ]
    shares = allocate(total, method, outputs)
    assert abs(math.fsum(shares) - total) <= 1e-9 * max(1.0, total)
    assert min(shares) >= -1e-9 * max(1.0, total)


# -------------------------------------------------------------------------------------- the order of factors

FACTORS = "facility,source,item,gas,value,unit,valid_from,valid_to,document,approved,gwp\n"


def test_the_sites_own_factor_goes_first_only_when_it_is_approved(tmp_path):
    own = FACTORS + "f1,stationary,anthracite,co2,95000,kg/TJ,2023-01-01,2023-12-31,letter 7,{0},\n"
    for approved, expected, tier in (("yes", 95_000, "site"), ("no", 98_300, "national")):
        lines = calculate(read(tmp_path, FACILITY, factors=own.format(approved)), "AR5").lines
        co2 = lines.filter((pl.col("source") == "stationary") & (pl.col("gas") == "co2"))
        assert co2["mass"].item() == pytest.approx(23 * expected / 1000)
        assert co2["tier"].item() == tier


def test_before_decision_2626_the_ipcc_default_holds(tmp_path):
    lines = calculate(read(tmp_path, FACILITY.replace("2023", "2021")), "AR5").lines
    assert set(lines.filter(pl.col("source") == "stationary")["tier"]) == {"ipcc"}
    later = calculate(read(tmp_path, FACILITY), "AR5").lines
    assert set(later.filter(pl.col("source") == "stationary")["tier"]) == {"national"}


def test_other_potentials_move_only_the_gases_that_they_should(tmp_path):
    one, two = (calculate(read(tmp_path, FACILITY), gwp).lines for gwp in ("AR5", "AR6"))
    assert one["mass"].to_list() == two["mass"].to_list()
    still = one["gas"] == "co2"
    assert one.filter(still)["co2e"].to_list() == two.filter(still)["co2e"].to_list()
    assert all(a != b for a, b in zip(one.filter(~still)["co2e"], two.filter(~still)["co2e"], strict=True))


def test_biogenic_carbon_stands_apart(tmp_path):
    """1,000 t of wood at 15.6 MJ/kg: 15.6 TJ x (30 x 28 + 4 x 265) kg = 29.64 t count, 1,744.08 t of CO2 do not."""
    inventory = calculate(read(tmp_path, "f1,2023,,stationary,wood,1000,t,a,,,,,,\n"), "AR5")
    assert inventory.total() == pytest.approx(29.64)
    assert inventory.by("scope")["biogenic"].sum() == pytest.approx(1744.08)


def test_gases_of_the_montreal_protocol_stand_outside_the_scopes(tmp_path):
    inventory = calculate(read(tmp_path, "f1,2023,,refrigerant,R-22,10,kg,a,,,,,,\n"), "AR5")
    assert inventory.total() == 0
    assert statement_of(inventory, dt.date(2026, 9, 25)).summary["outside"].item() == pytest.approx(17.6)


def test_a_year_without_a_grid_factor_takes_an_earlier_one_and_is_restated(tmp_path):
    power = "f1,{0},,electricity,,1000,MWh,b,,,,,,\n"
    first = calculate(read(tmp_path, power.format(2025)), "AR5")
    assert first.lines["provisional"].to_list() == [True]
    earlier = plain_of(statement_of(first, dt.date(2026, 6, 1)))
    own = FACTORS + ",electricity,,co2,0.65,t/MWh,2025-01-01,2025-12-31,letter of 2027,yes,\n"
    again = statement_of(
        calculate(read(tmp_path, power.format(2025), factors=own), "AR5"), dt.date(2027, 6, 1), before=earlier
    )
    changes = {(r.factor.split(":")[0], r.provisional): (r.before, r.after) for r in again.restated}
    assert changes[("grid_ef.official@2023", True)] == pytest.approx((659.2, 0.0))
    assert changes[("site", False)] == pytest.approx((0.0, 650.0))
    (tmp_path / "given" / "factors.csv").unlink()
    assert "has no factor of the grid in 2027" in refused(tmp_path, power.format(2027))


def test_waste_and_wastewater(tmp_path):
    """COD 100 t x 0.25 x 0.8 = 20 t CH4; food 100 t x 0.15 x 0.5 x 1 x 0.5 x 16/12 x 0.9 = 4.5 t CH4."""
    text = "f1,2023,,wastewater,anaerobic_reactor,100,t,a,,,,,,\nf1,2023,,landfill,food,100,t,b,,,,,,\n"
    lines = calculate(read(tmp_path, text), "AR5").lines
    assert lines["mass"].to_list() == pytest.approx([20.0, 4.5])
    assert lines["scope"].to_list() == [1, 3]


# ------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("f1,2023,,stationary,anthracite,-5,t,a,,,,,,\n", "is outside what it may be"),
        ("f1,2023,,stationary,anthracite,5,t,a,23,,,,,\n", "heating value without its basis"),
        ("f1,2023,,stationary,anthracite,5,t,a,27,net_dry,,,,\n", "dry fuel, but no moisture"),
        ("f1,2023,,stationary,anthracite,5,t,a,27,gross_dry,,,,\n", "basis is not usable"),
        ("f1,2023,,stationary,anthracite,5,t,a,23000,net_as_received,,,,\n", "heating value that cannot be"),
        ("f1,2023,,stationary,natural_gas,5,MMBtu,a,,gross,,,,\n", "gross (higher) energy"),
        ("f1,2023,,stationary,anthracite,5,MVND,a,,,,,,\n", "is no unit of"),
        ("f1,2023,,stationary,unobtainium,5,t,a,,,,,,\n", "is no fuel with factors"),
        ("f1,2023,,mobile,petrol,5,L,a,,,,,,\n", "no density of motor_gasoline"),
        ("f1,2023,,goods,steel,5,t,a,,,,,,\n", "the books hold none for it"),
        ("f1,2023,,steam,anthracite,5,t,a,,,,,2776,85\n", "efficiency that cannot be"),
        ("f1,2023,,refrigerant,R-999,5,kg,a,,,,,,\n", "no warming potential"),
        ("f1,2023,,process,steel,5,t,a,,,,,,\n", "is not in the books"),
        ("f1,2023,,stationary,anthracite,1.234,t,a,,,,,,\n", "reads two ways"),
        ("f1,2023,,electricity,,5,MWh,a,,,,,,\nf1,2023,,electricity,,5,MWh,a,,,,,,\n", "stands twice"),
    ],
)  # fmt: skip
def test_bad_activities_are_refused_with_the_reason(tmp_path, row, words):
    assert words in refused(tmp_path, row)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",electricity,,co2,0.6,t/MWh,2020-01-01,2022-12-31,a letter,yes,", "does not hold in 2023"),
        (",electricity,,co2e,0.6,t/MWh,2023-01-01,,a letter,yes,AR4", "mixes warming potentials"),
        (",electricity,,co2e,0.6,t/MWh,2023-01-01,,a letter,yes,", "gwp: is empty"),
        (",electricity,,co2,0.6,kWh/t,2023-01-01,,a letter,yes,", "is no unit of a factor"),
        (",electricity,,co2,600,t/MWh,2023-01-01,,a letter,yes,", "is no factor that can be"),
        (",electricity,,co2,0.66,kg/TJ,2023-01-01,,a letter,yes,", "at least 0.001 t/MWh"),
        (",stationary,anthracite,co2,98.3,kg/TJ,2023-01-01,,a letter,yes,", "is no factor that can be"),
        (",stationary,anthracite,ch4,1,Gg/m3,2023-01-01,,a letter,yes,", "is no factor that can be"),
        (",electricity,,co2,0.6,t/MWh,2023-01-01,,,yes,", "document: is empty"),
    ],
)  # fmt: skip
def test_bad_factors_are_refused_with_the_rule(tmp_path, row, words):
    assert words in refused(tmp_path, FACILITY, factors=FACTORS + row + "\n")


def test_no_set_of_potentials_is_taken_in_silence(tmp_path):
    told = refused(tmp_path, FACILITY, gwp=None)
    assert "no set of warming potentials is taken in silence" in told
    assert "latest IPCC guidance" in told


def test_a_certificate_claimed_twice_is_refused(tmp_path):
    twice = CERTIFICATES.format("c1", 10) + "f1,2023,i-rec,c1,10,MWh,0\n"
    assert "is claimed twice" in refused(tmp_path, FACILITY, instruments=twice)


def test_two_methods_for_one_utility_are_refused():
    rows = [
        {"utility": "u", "year": 2023, "method": m, "product": "heat", "facility": m, "amount": 1.0,
         "reference": math.nan, "temperature": 150.0, "place": None}
        for m in ("energy", "exergy")
    ]  # fmt: skip
    with pytest.raises(StudyError, match="two methods"):
        allocations([{**r, "place": _nowhere()} for r in rows], {("u", 2023): 5.0})


def _nowhere():
    from parkzero.errors import Place

    return Place("shared.csv")


def test_dry_values_become_those_of_the_fuel_as_it_is_burnt(tmp_path):
    """25 MJ/kg dry at 20 % moisture: 25 x 0.8 - 2.443 x 0.2 = 19.5114 MJ/kg."""
    lines = calculate(
        read(tmp_path, "f1,2023,,stationary,anthracite,1000,t,a,25,net_dry,0.2,,,\n"), "AR5"
    ).lines
    assert lines.filter(pl.col("gas") == "co2")["mass"].item() == pytest.approx(19.5114 * 98.3)


# ------------------------------------------------------------------------------------------ law, day by day


def test_every_rule_answer_for_each_day_from_2024_to_2027():
    """Lists, inventories of the three groups, mitigation reports and the surrender, held against plain dates."""
    day, end = dt.date(2024, 1, 1), dt.date(2027, 12, 31)
    while day <= end:
        number = (
            "01/2022"
            if day < dt.date(2024, 10, 1)
            else "13/2024"
            if day <= dt.date(2026, 9, 24)
            else "42/2026"
        )
        count = {"01/2022": 1912, "13/2024": 2166, "42/2026": 2441}[number]
        assert number in list_on(day).document, day
        assert list_on(day).value == count
        a, b, c = (inventory_due(group, day) for group in "ABC")
        due = dt.date(2025, 3, 31) if day <= dt.date(2025, 3, 31) else dt.date(2027, 3, 31)
        due = due if day <= dt.date(2027, 3, 31) else dt.date(2029, 3, 31)
        assert (a.due, a.years) == (due, {2025: (2024,), 2027: (2025, 2026), 2029: (2027, 2028)}[due.year]), (
            day
        )
        first = day <= dt.date(2027, 12, 1)
        assert (b.due, b.years) == (
            (dt.date(2027, 12, 1), (2026,)) if first else (dt.date(2029, 12, 1), (2027, 2028))
        ), day
        assert (c.due, c.years) == (dt.date(2029, 12, 1), (2028,)), day
        report = mitigation_due(day)
        expected = dt.date(2027, 3, 31) if day <= dt.date(2027, 3, 31) else dt.date(2028, 3, 31)
        assert (report.due, report.years) == (expected, (expected.year - 1,)), day
        surrender = surrender_due(day)
        assert surrender is not None
        assert (surrender.due, surrender.years) == (dt.date(2027, 12, 31), (2025, 2026)), day
        day += dt.timedelta(days=1)
    assert surrender_due(dt.date(2028, 1, 1)) is None


def test_a_facility_is_told_where_it_stands():
    told = standing("Vinausteel", dt.date(2026, 9, 25), emissions=5605.0, toe=1300.0).sentences
    assert "On the list of Decision 42/2026/QĐ-TTg" in told
    assert "Inventory (Form 06) due 2027-03-31, for 2025, 2026" in told
    before = standing("Vinausteel", dt.date(2026, 9, 24), emissions=5605.0)
    assert "13/2024" in before.sentences[0]
    assert "is not said" in before.sentences[0]
    below = standing("x", dt.date(2026, 9, 25), is_listed=False, emissions=2999.0, toe=999.0)
    assert (below.over, below.duties) == ((), ())
    at = standing("x", dt.date(2026, 9, 25), is_listed=False, emissions=3000.0, toe=1000.0)
    assert [entry.value for entry, _ in at.over] == [3000.0, 1000.0]


def test_a_statement_of_one_year_where_two_are_due_is_refused(tmp_path):
    duty = inventory_due("A", dt.date(2026, 11, 29))
    require_whole([2025, 2026], duty)
    with pytest.raises(StudyError) as caught:
        require_whole([2026], duty)
    assert "one year where two are due" in str(caught.value)
    assert "art. 11(1)e" in str(caught.value)
    with pytest.raises(StudyError, match="two are due"):
        statement_of(calculate(read(tmp_path, FACILITY), "AR5"), dt.date(2026, 11, 29), form=True)


# ------------------------------------------------------------------------------------------------ uncertainty


def lines_of(emitted, places, factors, activity, factor) -> pl.DataFrame:
    count = len(emitted)
    return pl.DataFrame(
        {"co2e": emitted, "place": places, "factor": factors, "uncertainty": activity, "spread": factor,
         "heat": [""] * count, "heat_spread": [0.0] * count, "tier": ["ipcc"] * count,
         "biogenic": [False] * count, "outside": [False] * count},
        schema_overrides={"place": pl.Int32},
    )  # fmt: skip


def test_lines_that_share_a_factor_add_linearly():
    """Two lines of 50 with one factor of ±10 %: ±10 % of the sum; with two factors ±7.07 %."""
    shared = uncertainty(lines_of([50.0, 50.0], [0, 1], ["a", "a"], [0.0, 0.0], [0.1, 0.1]))
    apart = uncertainty(lines_of([50.0, 50.0], [0, 1], ["a", "b"], [0.0, 0.0], [0.1, 0.1]))
    assert (shared.half_range, apart.half_range) == pytest.approx((0.1, 0.1 / math.sqrt(2)))
    assert shared.independent == pytest.approx(apart.half_range)


def test_draws_agree_with_propagation_where_it_is_exact():
    """Sums of normal errors: the drawn range is that of propagation to the noise of 20,000 draws."""
    lines = lines_of([60.0, 40.0, 100.0], [0, 1, 2], ["a", "a", "b"], [0.05, 0.08, 0.02], [0.1, 0.1, 0.2])
    found = uncertainty(lines, draws=20_000, seed=3)
    half = (found.high - found.low) / 2 / found.total
    assert half == pytest.approx(found.half_range, rel=0.03)
    assert found.mean == pytest.approx(200.0, rel=0.005)
    assert uncertainty(lines, draws=100, seed=1) == uncertainty(lines, draws=100, seed=1)


def test_wide_ranges_never_turn_negative_and_keep_their_mean():
    drawn = simulate(np.array([1.0]), [(np.array([0]), np.array([1.5]))], 40_000, 5)
    assert drawn.min() > 0
    assert drawn.mean() == pytest.approx(1.0, rel=0.03)


def test_what_states_no_range_is_said(tmp_path):
    statement = statement_of(calculate(read(tmp_path, FACILITY), "AR5"), dt.date(2026, 9, 25))
    assert [u.unstated for _, scope, u in statement.uncertainties if scope == 0] == [pytest.approx(1.0)]


# ------------------------------------------------------------------------------------- base year and sharing


def test_the_base_year_is_recalculated_from_the_threshold_on():
    change = {
        "day": dt.date(2025, 1, 1),
        "facility": "f",
        "year": 2020,
        "scope": "1",
        "effect": 60.0,
        "reason": "r",
        "kind": "structure",
    }
    assert base_year(2020, 1000.0, [change], 0.05).amount == 1060.0
    assert base_year(2020, 1000.0, [change], 0.07).amount == 1000.0
    with pytest.raises(StudyError, match="threshold"):
        base_year(2020, 1000.0, [change], None)


def test_what_a_utility_gives_away_is_its_total_and_counts_once(tmp_path):
    shared = (
        "utility,year,method,product,facility,amount,unit,reference,temperature\n"
        "f1,2023,ghgp_efficiency,electricity,t1,20,GWh,,\nf1,2023,ghgp_efficiency,heat,t2,30,GWh,,\n"
        "f1,2023,ghgp_efficiency,heat,t3,10,GWh,,\n"
    )
    statement = statement_of(calculate(read(tmp_path, FACILITY, shared=shared), "AR5"), dt.date(2026, 9, 25))
    given_away = math.fsum(a.co2e for a in statement.allocated)
    assert given_away == pytest.approx(statement.inventory.total(), rel=1e-12)
    assert {a.formula for a in statement.allocated} == {FORMULAS["ghgp_efficiency"]}


UTILITIES = (
    "utility,year,method,product,facility,amount,unit,reference,temperature\n"
    "f1,2023,{method},electricity,t1,20,GWh,0.35,\nf1,2023,{method},heat,t2,30,GWh,0.8,180\n"
    "f1,2023,{method},heat,chill,10,GWh,0.8,180\nchill,2023,meter,other,t1,7,GWh,,\nchill,2023,meter,other,t2,3,GWh,,\n"
)


@pytest.mark.parametrize("method", sorted(FORMULAS))
def test_shares_of_utilities_stand_in_the_scope_2_of_those_who_take_them(tmp_path, method):
    """A boiler house supplies a tenant, another and a chiller, which supplies both: each tonne once in the sum."""
    more = FACILITY + "t2,2023,,electricity,,100,MWh,b,,,,,,\n"
    about = "facility,park\nf1,p\nt1,p\nt2,p\nchill,p\n"
    given = read(tmp_path, more, shared=UTILITIES.format(method=method), facilities=about)
    inventory = calculate(given, "AR5")
    statement = statement_of(inventory, dt.date(2026, 9, 25))
    of = {row["facility"]: row for row in statement.summary.iter_rows(named=True)}
    whole, own = inventory.total(), 100 * 0.6592
    assert of["t1"]["scope1"] == 0
    assert of["t1"]["scope2"] == pytest.approx(of["t1"]["shared"], rel=1e-12)
    assert of["t1"]["shared"] + of["t2"]["shared"] == pytest.approx(whole - own, rel=1e-12)
    assert of["t2"]["scope2"] == pytest.approx(of["t2"]["shared"] + own, rel=1e-12)
    assert of["chill"]["passed_on"] == pytest.approx(of["chill"]["shared"], rel=1e-12)
    for group in (consolidated(statement), consolidated(statement, "park", "p")):
        (row,) = group
        assert row["scope1"] + row["scope2"] == pytest.approx(whole, rel=1e-9)
        assert row["market"] + row["scope1"] == pytest.approx(whole, rel=1e-9)
    for name in ("t1", "t2"):
        alone = statement_of(inventory, dt.date(2026, 9, 25), draws=200, facility=name)
        assert alone.inventory.total() == pytest.approx(of[name]["scope1"] + of[name]["scope2"], rel=1e-12)
        (told,) = alone.summary.iter_rows(named=True)
        numbers = [name for name, value in told.items() if isinstance(value, float) and name != "toe"]
        assert [told[n] for n in numbers] == pytest.approx([of[name][n] for n in numbers], rel=1e-12)
        assert "HFC-32" in page_of(document_of(alone), "vi")  # the gases of the utility come along


def test_what_a_utility_takes_itself_stays_its_own_and_a_ring_is_refused(tmp_path):
    head = "utility,year,method,product,facility,amount,unit\n"
    kept = head + "f1,2023,meter,heat,f1,1,GWh\nf1,2023,meter,heat,t1,3,GWh\n"
    statement = statement_of(calculate(read(tmp_path, FACILITY, shared=kept), "AR5"), dt.date(2026, 9, 25))
    of = {row["facility"]: row for row in statement.summary.iter_rows(named=True)}
    assert of["f1"]["passed_on"] == pytest.approx(0.75 * statement.inventory.total())
    assert of["f1"]["shared"] == 0
    ring = head + "f1,2023,meter,heat,t1,1,GWh\nt1,2023,meter,heat,f1,1,GWh\n"
    with pytest.raises(StudyError, match="takes from itself"):
        statement_of(calculate(read(tmp_path, FACILITY, shared=ring), "AR5"), dt.date(2026, 9, 25))


def test_a_tenant_asks_for_its_own_statement(tmp_path, capsys):
    read(tmp_path, FACILITY, shared=UTILITIES.format(method="energy"), settings="key,value\ngwp,AR5\n")
    folder = str(tmp_path / "given")
    assert main(["inventory", folder, "--facility", "t1", "--on", "2026-09-25", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "Share of a utility" in shown
    assert "Fuel burnt" not in shown
    assert main(["inventory", folder, "--facility", "t9", "--lang", "en"]) == 2
    assert "t1" in capsys.readouterr().err


# ---------------------------------------------------------------------------------------- waste that decays


def test_landfilled_waste_decays_in_the_years_after_it_is_put_down(tmp_path):
    """100 t of food a year, k = 0.4: of each tonne's methane e^-0.4(n-1) - e^-0.4n in the n-th year after, 0 before."""
    waste = "".join(f"f1,{y},,landfill,food,100,t,w,,,,,,\n" for y in (2020, 2021))
    power = "f1,2022,,electricity,,1,MWh,b,,,,,,\nf1,2023,,electricity,,1,MWh,b,,,,,,\n"
    once = calculate(read(tmp_path, waste), "AR5")
    all_ever = once.total(year=2020)
    told = calculate(read(tmp_path, waste + power, settings="key,value\nlandfill,decay\ngwp,AR5\n"))
    assert told.years == [2022, 2023]
    for year in (2022, 2023):
        parts = (math.exp(-0.4 * (year - y - 1)) - math.exp(-0.4 * (year - y)) for y in (2020, 2021))
        assert told.total(year=year, scope=3) == pytest.approx(all_ever * sum(parts), rel=1e-12)
    same_year = calculate(
        read(tmp_path, waste, settings="key,value\nlandfill,decay\ngwp,AR5\n"), years=[2021]
    )
    assert same_year.total() == pytest.approx(
        all_ever * (1 - math.exp(-0.4)), rel=1e-12
    )  # none of 2021's own
    shares = [share(n, 0.4) for n in range(100)]
    assert shares[0] == 0
    assert sum(shares) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("row", "setting", "words"),
    [
        ("textile", "landfill,decay", "no decay in the books"),
        ("food", "landfill,slow", "not known"),
        ("food", "landfill,decay\nlandfill_k,40", "no decay of waste"),
    ],
)
def test_decay_is_never_guessed(tmp_path, row, setting, words):
    waste = f"f1,2020,,landfill,{row},100,t,w,,,,,,\nf1,2022,,electricity,,1,MWh,b,,,,,,\n"
    assert words in refused(tmp_path, waste, settings=f"key,value\n{setting}\n")


def test_which_methane_is_meant_is_said_with_its_value(tmp_path):
    def note(methane: str) -> str:
        return str(calculate(read(tmp_path, FACILITY), "AR6", methane=methane).notes[0])

    assert "27.9, one value for any origin" in note("general")
    assert "29.8 where it is fossil, 27 where not" in note("by_origin")


# ---------------------------------------------------------------------------------------- reading and writing


def test_the_template_calculates_and_is_read_alike_from_workbook_and_folder(tmp_path, capsys):
    book = tmp_path / "a.xlsx"
    book.write_bytes(template("vi"))
    assert (
        main(["inventory", str(book), "--on", "2026-11-29", "--out", str(tmp_path / "out"), "--lang", "vi"])
        == 0
    )
    assert "5.605,2" in capsys.readouterr().out
    plain = json.loads((tmp_path / "out" / "inventory.json").read_text(encoding="utf-8"))
    assert plain["facilities"][0]["scope1"] == pytest.approx(2270.6865 + 38.47)
    assert plain["law"][0]["due"][0] == {
        "kind": "inventory",
        "due": "2027-03-31",
        "years": [2025, 2026],
        "form": "Form 06",
    }
    assert len(load_workbook(tmp_path / "out" / "inventory.xlsx").sheetnames) >= 9
    assert main(["inventory", str(book), "--form06", "--on", "2026-11-29", "--lang", "en"]) == 2
    assert "one statement" in " ".join(capsys.readouterr().err.split())
    assert main(["inventory", "--template", str(book), "--lang", "en"]) == 2


def test_the_statement_escapes_what_users_write(tmp_path):
    text = FACILITY.replace("f1", "<script>alert(1)</script>")
    document = document_of(statement_of(calculate(read(tmp_path, text), "AR5"), dt.date(2026, 9, 25)))
    for lang in ("vi", "en"):
        assert "<script>alert" not in page_of(document, lang)
        assert workbook_of(document, lang)[:2] == b"PK"


def test_amounts_in_any_unit_are_one_amount(tmp_path):
    """5 GWh, 5,000 MWh and 18 TJ are the same electricity."""
    for unit, amount in (("GWh", 5), ("kWh", 5_000_000), ("TJ", 18)):
        row = f"f1,2023,,electricity,,{amount},{unit},b,,,,,,\n"
        assert calculate(read(tmp_path, row), "AR5").total() == pytest.approx(3296.0, rel=1e-6)


def test_electricity_in_tonnes_of_oil_is_two_amounts_and_refused(tmp_path):
    """Vietnamese forms count 0.1543 TOE a megawatt-hour, its heat is 0.086: 1,000 TOE are 6.5 or 11.6 GWh."""
    for unit in ("toe", "TOE"):
        told = refused(tmp_path, f"f1,2023,,electricity,,1000,{unit},b,,,,,,\n")
        assert "two amounts" in told
        assert "0.1543" in told
    head = "utility,year,method,product,facility,amount,unit\n"
    told = refused(tmp_path, "u,2023,,electricity,,1,MWh,b,,,,,,\n",
                   shared=f"{head}u,2023,energy,electricity,f1,1000,TOE\n")  # fmt: skip
    assert "two amounts" in told
    (tmp_path / "given" / "shared.csv").unlink()
    heat = [calculate(read(tmp_path, f"f1,2023,,stationary,natural_gas,{amount},{unit},b,,net,,,,\n"), "AR5")
            .total() for amount, unit in ((1, "toe"), (11.63, "MWh"))]  # fmt: skip
    assert heat[0] == pytest.approx(heat[1])  # a fuel's is its heat


def test_every_source_names_items_that_have_factors_or_asks_for_one():
    factors = Factors(sources())
    items = {"fuel": "diesel", "road": "diesel", "process": "steel_eaf", "gas": "sf6", "wastewater": "septic",
             "nitrogen": "plant", "compost": "", "incineration": "msw", "grid": "", "losses": "", "landfill": "food"}  # fmt: skip
    for kind in sources().values():
        if kind.items in items:
            spec = Spec("", kind.name, items[kind.items], kind.dimensions[0], "", 2023)
            parts = factors.parts(spec)
            assert parts, kind.name
            assert all(part.per_unit >= 0 and part.document for part in parts), kind.name


# ------------------------------------------------------------------------------------- plans and studies


def test_plan_and_inventory_cannot_disagree():
    """Every year's lines sum to the ledger's scopes 1 and 2, and the measures are told with what they avoid."""
    results = report_cases.made()
    inventory = inventory_of(results)
    for year in results.year_list:
        booked = results.ledger.filter(
            (pl.col("year") == year) & pl.col("account").is_in(["scope1", "scope2"])
        )
        assert inventory.total(year=year) == pytest.approx(booked["amount"].sum(), rel=1e-9, abs=1e-9)
    one = inventory_of(results, [results.year_list[0]])
    assert one.years == [results.year_list[0]]
    with pytest.raises(StudyError, match="no milestone year"):
        inventory_of(results, [1999])
    document = document_of(statement_of(inventory, dt.date(2026, 11, 29)), results)
    table = next(p for p in document.parts if getattr(p, "name", "") == "mitigation")
    assert {str(row[0]) for row in table.rows} == {str(y) for y in results.year_list}
    assert "Mẫu 02" in page_of(document, "vi")


def test_a_study_or_run_keeps_its_own_potentials(tmp_path, capsys):
    (tmp_path / "park.toml").write_text("", encoding="utf-8")
    assert main(["inventory", str(tmp_path), "--gwp", "AR6", "--lang", "en"]) == 2
    assert "one set already" in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_today_from_the_loads_of_a_study():
    """10 MW all year from a clean grid; 9 MW of steam from one boiler of 90 % that stands: 87,600 MWh of gas at 0.2 t."""
    study = results_cases.steam_study()
    standing_boiler = [
        dataclasses.replace(c, power=dataclasses.replace(c.power, existing=Quantity(20.0, MW)))
        if c.kind == "fuel_boiler"
        else c
        for c in study.components
    ]
    inventory = inventory_of_study(dataclasses.replace(study, components=tuple(standing_boiler)))
    assert inventory.total(scope=1) == pytest.approx(17_520.0)
    assert inventory.lines.filter(pl.col("scope") == 2)["amount"].sum() == pytest.approx(87_600.0)
    left_out = inventory_of_study(study)
    assert left_out.total(scope=1) == 0
    assert any("not one boiler" in note for note in left_out.notes)


@pytest.mark.slow
def test_the_country_in_one_go(capsys):
    """2,441 facilities x 12 months x 20 activities; the time is printed and not asserted."""
    import resource
    import time

    count = 2441 * 12 * 20
    n = np.arange(count)
    kinds = [("stationary", "anthracite", "mass"), ("stationary", "diesel", "mass"), ("electricity", "", "energy"),
             ("mobile", "diesel", "mass"), ("refrigerant", "r_410a", "mass")]  # fmt: skip
    of = n % 20 % len(kinds)
    frame = pl.DataFrame(
        {
            "facility": pl.Series([f"f{i}" for i in range(2441)]).gather(n // 240),
            "year": np.full(count, 2023, dtype=np.int32), "month": (n // 20 % 12 + 1).astype(np.int8),
            "source": pl.Series([k[0] for k in kinds]).gather(of), "item": pl.Series([k[1] for k in kinds]).gather(of),
            "dimension": pl.Series([k[2] for k in kinds]).gather(of), "currency": pl.Series([""]).gather(n * 0),
            "amount": np.random.default_rng(1).uniform(1, 100, count), "unit": pl.Series(["t"]).gather(n * 0),
            "written": np.ones(count), "quality": np.ones(count, dtype=np.int8), "uncertainty": np.full(count, 0.05),
            "document": pl.Series([""]).gather(n * 0), "heating_value": np.full(count, np.nan),
            "basis": pl.Series([""]).gather(n * 0), "moisture": np.full(count, np.nan), "density": np.full(count, np.nan),
            "enthalpy": np.full(count, np.nan), "efficiency": np.full(count, np.nan), "place": n.astype(np.int32),
        }
    )  # fmt: skip
    start, wall = time.process_time(), time.perf_counter()
    inventory = calculate(Given("country", frame), "AR5")
    used, passed = time.process_time() - start, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    one = inventory.lines.filter(pl.col("facility") == "f0")
    begin = time.process_time()
    uncertainty(one, draws=10_000)
    drawn = time.process_time() - begin
    with capsys.disabled():
        print(
            f"{inventory.lines.height} lines: {used:.2f} s CPU, {passed:.2f} s, {peak:.2f} GB; 10,000 draws {drawn:.2f} s"
        )
    assert inventory.lines["facility"].n_unique() == 2441
    assert inventory.total() == pytest.approx(float(inventory.lines["co2e"].sum()))


def test_more_than_any_facility_emits_is_refused_at_its_line(tmp_path: Path):
    """A number in the wrong cell or unit: 1e15 MWh were counted without a word."""
    told = refused(
        tmp_path, "f1,2023,,electricity,,5000,MWh,b,,,,,,\nf1,2023,,electricity,,1e15,MWh,c,,,,,,\n"
    )
    assert "line 3" in told
    assert "more than any facility emits" in told


def test_numbers_of_a_statement_have_no_zeros_behind_them():
    """1.000,000 t of coal is read as a million in Viet Nam."""
    assert trimmed(1000.0, 7).vi == "1.000"
    assert trimmed(0.023, 7).vi == "0,023"
    assert trimmed(2270.7, 7).en == "2,270.7"
    assert trimmed(2 / 3, 3).en == "0.667"
