"""What measures earn: by hand on two steps, sums that leave nothing out, and what solar power does not lower."""

from __future__ import annotations

import dataclasses
import re

import polars as pl
import pytest
from openpyxl import load_workbook

from parkzero.carbon.earnings import earnings
from parkzero.report.excel import write_excel
from parkzero.report.html import page
from parkzero.results.results import Results
from tests import report_cases


@pytest.fixture(scope="module")
def results() -> Results:
    return report_cases.made()


def with_reference(results: Results, tonnes: float) -> Results:
    """The same plan against a plant that emitted more: its gas boiler of today, owned by t1."""
    year = results.year_list[-1]
    row = results.ledger.filter((pl.col("account") == "scope1") & (pl.col("year") == year)).head(1)
    reference = row.with_columns(pl.lit(tonnes).alias("amount"))
    return dataclasses.replace(results, tables={**results.tables, "reference": reference})


def test_energy_is_what_a_measure_gives_at_the_prices_of_its_hours(results):
    year = results.year_list[-1]
    found = {row.kind: row for row in earnings(results).rows}
    years = results.years.filter(pl.col("year") == year)
    hours = years["hours"].item() * years["scale"].item()
    flows, prices = results.frame("injections", year), results.frame("prices", year)
    by_hand = sum(a * b for a, b in zip(flows["el|pv"], prices["el"], strict=True)) * hours
    assert found["solar"].energy == pytest.approx(by_hand)
    assert found["solar"].attributes == pytest.approx(365160.926395)
    assert found["heat_pump"].energy < 0  # it takes electricity; its heat has no price here


def test_solar_lowers_neither_duty_nor_border_adjustment(results):
    """The heat pump replaces 1,000 t of gas; the roofs avoid electricity alone."""
    found = {row.kind: row for row in earnings(with_reference(results, 1000.0)).rows}
    solar, pump = found["solar"], found["heat_pump"]
    assert (solar.direct, solar.ets, solar.cbam) == (0.0, 0.0, 0.0)
    assert solar.electric_only
    assert solar.electricity > 0 > pump.electricity
    assert pump.direct == pytest.approx(1000.0)
    assert pump.ets == pytest.approx(1000.0 * 136_000)
    assert pump.cbam == pytest.approx(1000.0 * 75.36)
    assert (solar.verdict, pump.verdict) == ("attributes", "quota")
    assert [e.key for e in solar.incentives][:2] == ["cit.re_generation.rate", "cit.re_generation.holiday"]


def test_direct_emissions_are_given_away_whole(results):
    """Whatever no measure's heat accounts for is a row of its own; the sum is the difference of both ledgers."""
    changed = with_reference(results, 1000.0)
    orphan = changed.tables["reference"].with_columns(
        pl.lit("t9").alias("owner"), pl.lit(50.0).alias("amount")
    )
    both = {**changed.tables, "reference": pl.concat([changed.tables["reference"], orphan])}
    rows = earnings(dataclasses.replace(changed, tables=both)).rows
    assert sum(row.direct or 0.0 for row in rows) == pytest.approx(1050.0)
    assert rows[-1].kind == ""
    assert rows[-1].direct == pytest.approx(50.0)


def test_without_a_reference_nothing_is_said_of_direct_emissions(results):
    assert {row.direct for row in earnings(results).rows} == {None}


def test_report_and_workbook_say_it_in_both_languages(results, tmp_path):
    told = with_reference(results, 1000.0)
    text = page(told, "vi")
    section = re.search(r'<section id="earnings".*?</section>', text, re.DOTALL)
    assert section or 'id="earnings"' in text
    assert "không làm giảm nghĩa vụ ETS" in text
    assert "lowers neither the ETS duty" in text
    assert "art. 19(5)a" in text
    # Sentences break into lines: as numbers they would run over one another.
    assert re.search(r'<td class="long">.*?chứng minh tính bổ sung', text, re.DOTALL)
    assert "75,3600" not in text
    book = load_workbook(write_excel(told, tmp_path / "r.xlsx", "en"))
    sheet = book["What measures earn"]
    assert any("lowers neither" in str(cell.value) for row in sheet.iter_rows() for cell in row)
