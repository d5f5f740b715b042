"""What the report says of a single year, of one of a kind, of rounding remainders, and where proofs end."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from parkzero.charts.palette import rgb
from parkzero.report.facts import facts_of
from parkzero.report.html import page
from parkzero.report.numbers import cleared, figure
from parkzero.report.sections.hours import bands
from parkzero.report.sections.proof import ended
from parkzero.report.sections.standing import key_figures
from parkzero.report.words import Both, both, counted, say
from parkzero.results.results import Results
from tests.report_cases import made
from tests.test_report import BOTH_WAYS, KIND, Page, flows


def with_table(results: Results, **tables: pl.DataFrame) -> Results:
    return replace(results, tables={**results.tables, **tables})


@pytest.fixture(scope="module")
def single() -> Results:
    results = made(days=7, years=(2025,))
    return with_table(results, years=results.years.with_columns(span=pl.lit(1.0)))


@pytest.fixture(scope="module")
def opened(single: Results) -> Page:
    return Page(page(single))


# ----------------------------------------------------------------------------------------- one of a kind


def test_a_single_year_is_no_pathway_from_and_to(opened: Page):
    assert "Năm 2025 · " in opened.text("vi")
    assert "Year 2025 · " in opened.text("en")
    for lang in ("vi", "en"):
        assert "2025–2025" not in opened.text(lang)
        assert "2025 → 2025" not in opened.text(lang)


@pytest.mark.usefixtures("undrawn")
def test_one_of_a_kind_is_told_in_the_singular(opened: Page, single: Results):
    text = opened.text("en")
    assert say("figures.cost_more_one").en in text
    assert say("reading.year_one").en in text
    assert re.findall(r"(?<![\d.,–])1 (?:years|values|milestone years|checks|other owners)\b", text) == []
    one = with_table(single, audit=single.audit.head(1), assumptions=single.assumptions.head(1))
    shown = Page(page(one)).text("en")
    assert say("standing.audited_one").en in shown
    assert "1 value" in shown
    assert "1 values" not in shown


@pytest.mark.parametrize("key", ["figures.cost_more", "sources.count", "audit.failed", "owner.others"])
def test_counts_take_the_number_or_the_singular(key: str):
    assert counted(key, 1) == say(f"{key}_one")
    assert counted(key, 1200) == Both(say(key, count="1.200").vi, say(key, count="1,200").en)


def test_a_share_that_stays_is_one_number():
    results = made(days=7, years=(2025, 2030))
    first = results.ledger.filter(pl.col("year") == 2025)
    second = first.with_columns(year=pl.lit(2030, dtype=pl.Int32))
    same = str(key_figures(facts_of(with_table(results, ledger=pl.concat([first, second])))))
    arrows = re.findall(r'class="value">(.*?)</p>', same)
    assert not [value for value in arrows if "→" in value]
    assert say("figures.emissions_same", first="2025", last="2030").en in same
    moved = str(key_figures(facts_of(results)))
    assert [value for value in re.findall(r'class="value">(.*?)</p>', moved) if "→" in value]


def test_prices_of_a_single_year_are_columns_and_no_lone_dot(single: Results):
    """Electricity, heat and fuel stand side by side, not on one another."""
    drawn = re.search(r'<figure[^>]* id="prices-mean".*?</figure>', page(single), re.DOTALL)
    assert drawn is not None
    wide = re.findall(r"<svg.*?</svg>", drawn[0], re.DOTALL)[-1]
    places = re.findall(r'class="m" data-vi="[^"]*" data-en="[^"]*" d="M([\d.]+),[\d.-]+h', wide)
    assert len(places) == len(set(places)) == 3
    assert say("prices.chart_one", year="2025").vi in drawn[0]
    several = re.search(r'<figure[^>]* id="prices-mean".*?</figure>', page(made(days=7)), re.DOTALL)
    assert several is not None
    assert re.search(r'class="m" data-vi="[^"]*" data-en="[^"]*" transform=', several[0])  # points of a line


# -------------------------------------------------------------------------------------- rounding remainders


def test_what_rounding_leaves_of_emissions_is_nothing():
    """A cap of zero holds to a billionth of a tonne; nobody emits that."""
    results = made(days=7, years=(2025, 2030))
    last = pl.col("year") == 2030
    ledger = results.ledger.with_columns(
        amount=pl.when(last & pl.col("account").is_in(["scope1", "scope2"]))
        .then(1e-9)
        .otherwise(pl.col("amount"))
    )
    shown = str(key_figures(facts_of(with_table(results, ledger=ledger))))
    assert "→ 0 t" in shown
    assert "0.0000" not in shown
    only = made(days=7, years=(2025,))
    ledger = only.ledger.with_columns(
        amount=pl.when(pl.col("account").is_in(["scope1", "scope2"])).then(1e-9).otherwise(pl.col("amount"))
    )
    shown = str(key_figures(facts_of(with_table(only, ledger=ledger))))
    assert ">0 tấn CO₂tđ<" in shown
    assert ">0 t CO₂e<" in shown


def test_what_is_small_but_there_stays():
    assert cleared(0.2, 95_714) == 0.2
    assert cleared(1e-9, 95_714) == 0.0
    assert np.isnan(cleared(float("nan"), 1.0))
    assert figure(1e-12) == both("0")
    assert figure(2e-3).en == "0.00200"


# --------------------------------------------------------------------------------------------------- colours


def test_what_is_taken_has_another_colour_than_what_is_given():
    """In a week, export lies below import and charging below discharging."""
    ways = [("electricity", kind) for kind in BOTH_WAYS]
    found = flows({k: [1.0] * 24 for k in ways}, {k: [0.5] * 24 for k in ways})
    drawn = bands(found, "electricity", 0, 1)
    assert len(drawn) == 2 * len(ways)
    colours = [rgb(band.colour) for band in drawn]
    far = [sum(abs(x - y) for x, y in zip(a, b, strict=True)) for a, b in itertools.combinations(colours, 2)]
    assert min(far) > 60
    (used,) = bands(flows({}, {("electricity", "electricity_demand"): [1.0] * 24}), "electricity", 0, 1)
    assert used.colour == KIND["electricity_demand"]


# ------------------------------------------------------------------------------------------------ the proof


@pytest.mark.usefixtures("undrawn")
def test_the_gap_chart_ends_at_the_claimed_bounds():
    """A search may end by a last lower bound that no step tells; the chart must not show a wider gap."""
    results = made(days=7, years=(2025, 2030))
    rows = ended(facts_of(results))
    assert rows.height == results.history.height + 1
    last = rows.row(-1, named=True)
    for key, name in (("lower", "lower_bound"), ("upper", "objective"), ("gap", "gap")):
        assert last[key] == results.summary[name]
    assert last["seconds"] >= results.history["seconds"].max()
    shown = Page(page(results))
    assert "hai cận cuối cùng" in shown.text("vi")
    assert "final bounds" in shown.text("en")
    told = with_table(results, history=rows)
    assert ended(facts_of(told)).height == rows.height


def test_without_a_bound_the_chart_ends_where_the_search_did():
    results = made("stopped", None, days=7, years=(2025,))
    assert ended(facts_of(results)).equals(results.history)


@pytest.mark.parametrize("key", ["limits.marginal", "prices.marginal"])
@pytest.mark.usefixtures("undrawn")
def test_prices_of_certified_plans_are_said_to_be_marginal(key: str):
    results = made(days=7, years=(2025, 2030))
    assert say(key).vi in Page(page(results)).text("vi")
    assert say(key).en in Page(page(results)).text("en")
    whole = replace(results, summary={**results.summary, "method": "monolith"})
    assert say(key).en not in Page(page(whole)).text("en")


@pytest.mark.usefixtures("undrawn")
def test_our_own_remarks_are_vietnamese_on_the_vietnamese_page():
    results = made(days=7, years=(2025, 2030))
    results = with_table(
        results,
        history=results.history.with_columns(
            text=pl.lit("lower bound from 14 mean days"),
            text_vi=pl.lit("tính cận dưới từ 14 ngày trung bình"),
        ),
        audit=results.audit.with_columns(
            detail=pl.lit("bus el, step 33"), detail_vi=pl.lit("nút el, bước 33")
        ),
    )
    warnings = ["buses.x: nothing is connected to it", "something new"]
    told_vi = ["buses.x: không có thiết bị nào nối vào", "something new"]
    summary = {**results.summary, "warnings": warnings, "warnings_vi": told_vi}
    shown = Page(page(replace(results, summary=summary)))
    vietnamese, english = shown.text("vi"), shown.text("en")
    for told, raw in (
        ("tính cận dưới từ 14 ngày trung bình", "lower bound from 14 mean days"),
        ("nút el, bước 33", "bus el, step 33"),
        ("buses.x: không có thiết bị nào nối vào", "buses.x: nothing is connected to it"),
    ):
        assert told in vietnamese
        assert told not in english
        assert raw in english
        assert raw not in vietnamese
    assert "something new" in vietnamese
