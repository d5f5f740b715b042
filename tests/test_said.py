"""What people read: labels, peaks beside connections, modules to buy, a part of a year, money without tax."""

from __future__ import annotations

import dataclasses

import openpyxl
import polars as pl
import pytest
from rich.console import Console

import parkzero
from parkzero.cli.plan_summary import summary
from parkzero.language.fields import Size
from parkzero.report import write_excel
from parkzero.report.html import page
from parkzero.results import load as load_run
from parkzero.results.compare import compare
from parkzero.results.labels import labels_of
from parkzero.results.peaks import peaks_of
from parkzero.results.purchases import purchases_of
from parkzero.texts import both
from parkzero.units import MONEY, MW, YEAR, Quantity
from tests.cases.electric import sun
from tests.cases.harness import compose, grid, load, mw, path, per

LIFE = Quantity(10.0, YEAR)


def roof(module: float | None, name: str = "roof", most: float = 2.0):
    size = Size(
        capex=per(10, MONEY / MW), lifetime=LIFE, max=mw(most), module=None if module is None else mw(module)
    )
    return sun(size, 1, name=name)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Two MW of roof in the first hour, a grid that may bring 4 MW, of which the second hour takes 3."""
    parts = [
        load(2, 3),
        dataclasses.replace(roof(0.75), label="Mái nhà xưởng 1", label_en="Roof of hall 1"),
        dataclasses.replace(grid(100), import_limit=path(MW, y2025=4.0), label="Trạm 110 kV"),
    ]
    folder = tmp_path_factory.mktemp("run") / "run"
    parkzero.plan(compose(*parts), method="monolith", gap=1e-6).save(folder)
    return load_run(folder)


def test_labels_stand_wherever_people_read(run, tmp_path):
    html = page(run, "en")
    assert "Mái nhà xưởng 1" in html
    assert "Roof of hall 1" in html
    book = openpyxl.load_workbook(write_excel(run, tmp_path / "r.xlsx", "en"))
    assert "Roof of hall 1" in {row[0] for row in book["Sizes"].iter_rows(values_only=True)}
    assert [row[5:] for row in book["What to buy"].iter_rows(values_only=True)][1] == (0.75, 3, 2.25)
    assert [row[3:5] for row in book["Peak import"].iter_rows(values_only=True)][1] == pytest.approx((3, 4))
    told = Console(width=100, record=True)
    told.print(summary(run, tmp_path, "en"))
    assert "Roof of hall 1 2.0 MW" in told.export_text()


def test_a_label_in_one_language_serves_both(run):
    assert labels_of(run)["grid"] == both("Trạm 110 kV")


def test_the_peak_stands_beside_what_the_connection_allows(run):
    (peak,) = peaks_of(run)
    assert (peak.peak, peak.limit, peak.year) == (pytest.approx(3), pytest.approx(4), 2025)
    html = page(run, "en")
    section = html[html.index('id="peaks"') : html.index('id="costs"')]
    assert "75" in section


def test_sizes_are_told_in_whole_modules(run):
    """2 MW in modules of 0.75 are three."""
    (bought,) = purchases_of(run)
    assert (bought.count, bought.bought) == (3, pytest.approx(2.25))
    assert bought.built == pytest.approx(2)
    assert "3 modules of 0.75" in page(run, "en")


def test_what_a_solver_leaves_of_nothing_is_not_to_be_bought(run):
    """A watt is no size: it would stand in the table as too small to buy, year by year."""
    tiny = run.sizes.with_columns(pl.lit(1e-6 * 2.5).alias("built"))
    assert purchases_of(dataclasses.replace(run, tables={**run.tables, "sizes": tiny})) == []


@pytest.mark.parametrize(
    ("module", "count"), [(2.0, 1), (2.001, 1), (0.5, 4), (4.1, 0), (4.0, 1), (None, None)],
    ids=["exactly one", "a thousandth short", "four", "less than half: too small", "half: one", "not stated"],
)  # fmt: skip
def test_modules(module, count):
    plan = parkzero.plan(
        compose(load(2), roof(module), grid(100)), method="monolith", gap=1e-6, reference=False
    )
    found = purchases_of(plan.results)
    assert [p.count for p in found] == ([] if count is None else [count])
    if count == 0:
        assert "too small to buy" in page(plan.results, "en")


def test_tax_is_said_in_terminal_and_workbook(run, tmp_path):
    told = Console(width=100, record=True)
    told.print(summary(run, tmp_path, "vi"))
    assert "chưa gồm thuế GTGT" in told.export_text()
    book = openpyxl.load_workbook(write_excel(run, tmp_path / "r.xlsx", "en"))
    rows = [str(row[0]) for row in book["Summary"].iter_rows(values_only=True)]
    assert "Cost of 2025, without VAT" in rows


def test_a_part_of_a_year_is_said_first(run, tmp_path):
    part = dataclasses.replace(run, study={**run.study, "calendar": {"days": 14}})
    html = page(part, "en")
    assert "rests on 14 days" in html[html.index('id="standing"') : html.index('id="figures"')]
    told = Console(width=100, record=True)
    told.print(summary(part, tmp_path, "en"))
    assert "Planned from 14 days" in told.export_text()
    book = openpyxl.load_workbook(write_excel(part, tmp_path / "p.xlsx", "en"))
    rows = dict(row[:2] for row in book["Summary"].iter_rows(values_only=True))
    assert rows["Days that the plan rests on, scaled to the year"] == 14


def test_a_comparison_speaks_of_labels_and_accounts_in_words(run):
    from parkzero.report.comparison import comparison_page

    other = parkzero.plan(compose(load(2, 3), roof(0.75), grid(100)), method="monolith", gap=1e-6).results
    found = compare({"a": run, "b": other})
    html = comparison_page(found, "en")
    assert "Roof of hall 1" in html
    assert ">scope1<" not in html
