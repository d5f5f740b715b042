"""What hangs on a value: by hand, against planning again, and on the page of the report."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import polars as pl
import pytest

from parkzero.components import ByYear, CarbonPrice, constant
from parkzero.errors import Place
from parkzero.planning.monolith import monolith
from parkzero.report.html import page
from parkzero.report.sections.confirm import documents
from parkzero.results import Results, results_of
from parkzero.results.stakes import Source, Stake, sources_by_stake, stakes
from parkzero.study import Source as Said
from parkzero.study import Study, read
from parkzero.units import MONEY, MW, T
from tests.report_cases import made
from tests.results_cases import grid, load, plain_study, solar, study_of

INVESTMENT = "tech.dea.pv_ground.investment"
BOOK = f"{{book = {INVESTMENT}}}"


def said(path: str, citation: str, mark: str) -> Said:
    """A field of an asset such as ``t1.pv``, whose name holds a dot, from the books."""
    *name, field = path.removesuffix(".capex").split(".")
    keys = ("assets", ".".join(name), field, *(["capex"] if path.endswith(".capex") else []))
    return Said(Place("park.toml"), BOOK, citation, mark, keys=keys, taken=("book", INVESTMENT))


def resting(study: Study, marks: dict[str, str]) -> Study:
    """A study whose fields come from the books, each with a mark."""
    told = {f"assets.{path}": said(path, f"Decision {path}" if m else "", m) for path, m in marks.items()}
    return dataclasses.replace(study, sources=told)


def moved(study: Study) -> dict[str, float | None]:
    return {stake.path.removeprefix("assets."): stake.moved for stake in stakes(results_of(monolith(study)))}


def test_what_is_paid_at_a_price_is_what_hangs_on_it() -> None:
    """Grid 43,800 MWh at 100 USD; 20 MW of photovoltaics at 50,000 USD a year give as much, worth 100 each.

    At a rate of nothing, a life that is 1 % longer makes capital 1 % cheaper. The cap is loose: a tonne costs
    nothing.
    """
    fields = ("grid.price", "pv.power.capex", "pv.lifetime", "pv.output", "load.load", "grid.emission_factor")
    found = moved(resting(plain_study(), {f"t1.{name}": "M" for name in fields}))
    assert found == pytest.approx(
        {
            "t1.grid.price": 4_380_000,
            "t1.pv.power.capex": 1_000_000,
            "t1.pv.lifetime": 1_000_000,
            "t1.pv.output": 4_380_000,
            "t1.load.load": 8_760_000,
            "t1.grid.emission_factor": 0,
        },
        rel=1e-6,
        abs=1.0,
    )


def test_an_emission_factor_is_worth_its_tonnes_at_their_price() -> None:
    """21,900 t at 30 USD; scope 1 alone pays nothing for bought electricity."""
    for scopes, worth in (("1+2", 657_000.0), ("1", 0.0)):
        price = CarbonPrice(name="tax", price=constant(30.0, MONEY / T), scopes=scopes)
        study = study_of(load(), grid(), solar(), price)
        found = moved(resting(study, {"t1.grid.emission_factor": "D"}))
        assert found["t1.grid.emission_factor"] == pytest.approx(worth, abs=1.0)


def changed(path: str, factor: float) -> Study:
    """The study by hand with a carbon tax and one value that is so many times what it was."""
    power, roof = grid(), solar()
    cost = {
        "t1.grid.price": grid(100.0 * factor),
        "t1.grid.emission_factor": dataclasses.replace(
            power, emission_factor=scaled(power.emission_factor, factor)
        ),
    }.get(path, power)
    if path == "t1.pv.power.capex":
        roof = solar(capex=scaled(roof.power.capex, factor))
    return study_of(load(10.0 * factor) if path == "t1.load.load" else load(), cost, roof, tax())


def scaled(value: ByYear, factor: float) -> ByYear:
    return dataclasses.replace(value, values=tuple(v * factor for v in value.values))


def tax() -> CarbonPrice:
    return CarbonPrice(name="tax", price=constant(30.0, MONEY / T))


@pytest.mark.parametrize(
    "path", ["t1.grid.price", "t1.pv.power.capex", "t1.load.load", "t1.grid.emission_factor"]
)
def test_planning_again_moves_the_cost_by_what_was_told(path: str) -> None:
    """Central difference of 1 % against the stake; the bus price at which a load counts holds the tax."""
    told = moved(resting(changed(path, 1.0), {path: "M"}))[path]
    low, high = (
        results_of(monolith(changed(path, factor))).summary["objective"] for factor in (0.995, 1.005)
    )
    assert told == pytest.approx((high - low) / 0.01, rel=1e-4)


def test_only_what_nobody_has_seen_in_the_document_is_to_be_confirmed() -> None:
    marks = {"t1.grid.price": "P", "t1.pv.power.capex": "", "t1.load.load": "S"}
    assert list(moved(resting(plain_study(), marks))) == ["t1.load.load"]


def test_values_of_one_technology_are_confirmed_together_and_the_largest_first() -> None:
    marks = {"t1.grid.price": "S", "t1.pv.power.capex": "S", "t1.pv.fixed_om": "S", "t1.load.load": "M"}
    study = resting(plain_study(), marks)
    tariff = dataclasses.replace(
        study.sources["assets.t1.grid.price"], taken=("tariff", "manufacturing.22_110kV")
    )
    study = dataclasses.replace(study, sources={**study.sources, "assets.t1.grid.price": tariff})
    found = sources_by_stake(results_of(monolith(study)))
    assert [(s.subject, s.confidence, len(s.stakes)) for s in found] == [
        ("tech.dea.pv_ground", "M", 1),
        ("tariff.manufacturing.22_110kV", "S", 1),
        ("tech.dea.pv_ground", "S", 2),
    ]
    assert found[2].citation == "Decision t1.pv.power.capex"


def test_of_what_is_not_built_it_is_told_how_much_cheaper_it_must_be() -> None:
    """Photovoltaics at ten times the cost are not built; the table builds says how much too dear they are."""
    study = resting(
        study_of(load(), grid(), solar(capex=constant(1e7, MONEY / MW))), {"t1.pv.power.capex": "M"}
    )
    results = results_of(monolith(study))
    rows = results.builds.with_columns(cheaper=pl.lit(0.562))
    results = dataclasses.replace(results, tables={**results.tables, "builds": rows})
    (stake,) = stakes(results)
    assert stake.moved == pytest.approx(0.0, abs=1.0)
    assert stake.cheaper == pytest.approx(0.562)


def test_what_does_not_follow_from_the_tables_is_not_guessed() -> None:
    marks = {"t1.pv.power_max": "M", "nobody.price": "M"}
    assert moved(resting(plain_study(), marks)) == {"t1.pv.power_max": None, "nobody.price": None}
    one = Source("x", "M", [Stake("a", "", "", ("", ""), "", "M", None, None)])
    assert one.moved is None
    assert one.cheaper is None


# ------------------------------------------------------------------------------------------ the page


def with_sources(rows: list[tuple[str, str, str, str]]) -> Results:
    """Made results whose assumptions are these: path, value, citation, confidence."""
    results = made(days=28)
    head = results.assumptions.head(1)
    table = pl.concat(
        [
            head.with_columns(
                path=pl.lit(path), value=pl.lit(value), citation=pl.lit(citation), confidence=pl.lit(mark),
                synthetic=pl.lit(""), section=pl.lit("assets"), name=pl.lit(path.split(".")[1]),
                field=pl.lit(path.split(".")[2]), inner=pl.lit("capex" if path.endswith("capex") else ""),
            )
            for path, value, citation, mark in rows
        ]
    )  # fmt: skip
    return dataclasses.replace(results, tables={**results.tables, "assumptions": table})


def section_of(text: str) -> str:
    return text.split('id="confirm"')[1].split("</section>")[0]


def test_the_page_lists_what_to_confirm_in_both_languages() -> None:
    cited = "Decision 1279/QĐ-BCT (9 May 2025) [from 2025-05-10; S: seen in a secondary source]"
    rows = [
        (
            "assets.pv.power.capex",
            BOOK,
            "Danish Energy Agency, Technology Data [analyst, any date; M: from memory]",
            "M",
        ),
        ("assets.grid.price", "{tariff = manufacturing.22_110kV}", cited, "S"),
    ]
    told = section_of(page(with_sources(rows)))
    assert told.index("grid.price") < told.index("pv.power.capex")
    assert "Quyết định 1279/QĐ-BCT (9/5/2025)" in told
    assert "Decision 1279/QĐ-BCT (9 May 2025)" in told
    assert "secondary source" not in told


def test_a_study_without_values_of_the_books_says_so() -> None:
    told = section_of(page(with_sources([("assets.pv.power.capex", "650 USD/kW", "", "")])))
    assert "takes none from the books" in told
    assert "không lấy giá trị nào từ bộ dữ liệu" in told


def test_hostile_citations_are_shown_as_text() -> None:
    told = section_of(
        page(with_sources([("assets.pv.power.capex", "<b>", "<script>alert(1)</script>", "M")]))
    )
    assert "<script>alert" not in told


def test_documents_are_named_once_without_dates_and_marks() -> None:
    text = "Danish Energy Agency [analyst, 2025; S: seen]; Danish Energy Agency [analyst, 2030; S: seen]"
    assert documents(text).en == "Danish Energy Agency"


STUDY = """format = 2
name = "two values of the books"
[park]
currency = "USD"
calendar_year = 2025
days = 7
[years]
milestones = [2025]
[money]
discount_rate = "8 %"
base_year = 2025
rate_date = "2026-06-01"
rates = [
    { on = "2026-06-01", from = "USD", value = "26300 VND", source = "made up for a test" },
    { on = "2026-06-01", from = "EUR", value = "1.1 USD", source = "made up for a test" },
]
[buses.el]
carrier = "electricity"
[assets.load]
kind = "electricity_demand"
bus = "el"
load = "1 MW"
[assets.grid]
kind = "grid"
bus = "el"
price = { tariff = "manufacturing.22_110kV", schedule = "auto" }
emission_factor = "0.5 t/MWh"
[assets.pv]
kind = "solar"
bus = "el"
output = 0.2
power = { capex = { book = "tech.dea.pv_ground.investment" }, lifetime = "20 years" }
"""


def test_a_field_is_known_by_its_keys_and_not_by_dots(tmp_path: Path) -> None:
    """What the reader keeps of a value: its keys, and what of the books it names, however deep and long."""
    (tmp_path / "park.toml").write_text(STUDY, encoding="utf-8")
    kept = read(tmp_path).sources
    assert kept["assets.grid.price"].taken == ("tariff", "manufacturing.22_110kV")
    assert kept["assets.pv.power.capex"].keys == ("assets", "pv", "power", "capex")
    assert kept["assets.pv.power.capex"].taken == ("book", INVESTMENT)
    assert kept["assets.pv.power.lifetime"].taken == ("", "")


def test_an_asset_called_as_another_and_its_size_is_not_that_size() -> None:
    """Where one asset is ``a`` and one is ``a.power``, a dotted path would mean either."""
    roof = dataclasses.replace(solar(), name="t1")
    study = study_of(load(), grid(), roof)
    other = dataclasses.replace(said("t1.power.capex", "Decision", "M"), keys=("assets", "t1.power", "capex"))
    study = dataclasses.replace(study, sources={"assets.t1.power.capex": other})
    (stake,) = stakes(results_of(monolith(study)))
    assert stake.moved is None  # nobody is called t1.power
