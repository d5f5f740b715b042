"""Co-benefits and commitments of a park by hand, and what must not be said without a source."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

import parkzero
from parkzero.benefits.air import class_of
from parkzero.benefits.summary import Benefits, benefits, plain, read_damages
from parkzero.eip import commitments as promised
from parkzero.eip.frameworks import framework, newest
from parkzero.eip.measured import of_plan
from parkzero.eip.scorecard import Answers, score
from parkzero.errors import StudyError
from parkzero.report.cobenefits import benefits_part, commitments_part, kinds_of
from parkzero.report.prospectus import write_prospectus
from tests.results_cases import grid, load, plain_study, solar, steam_study, study_of


@pytest.fixture(scope="module")
def results():
    """20 MW of photovoltaics spare 43,800 MWh of 87,600 a year, and 21,900 t of 43,800 t."""
    return parkzero.plan(plain_study(), method="monolith", gap=1e-6).results


@pytest.fixture(scope="module")
def found(results) -> Benefits:
    return benefits(results)


def value(key: str) -> float:
    return newest(key).value


def test_air_and_water_at_power_stations_by_hand(found):
    assert found.total("SO2", 2030) == pytest.approx(43_800 * 0.7 / 1000)
    assert found.total("NOx", 2030) == pytest.approx(43_800 * 0.9 / 1000)
    assert found.total("PM2.5", 2030) == pytest.approx(43_800 * 0.06 / 1000)
    assert found.total("water_saved", 2030, "power_stations") == pytest.approx(43_800 * 1.4)
    assert found.total("water_saved", 2030, "site") == pytest.approx(-43_800 * 0.004)


def test_jobs_wages_and_land_by_hand(found):
    """OECD factors 13 and 0.7 times 1.9, the multiplier of 2030; wages of 10 to 12 million a month."""
    assert found.total("jobs_construction", 2030) == pytest.approx(20 * 13 * 1.9)
    assert found.total("jobs_operation", 2030) == pytest.approx(20 * 0.7 * 1.9)
    (wages,) = found.lines.filter(found.lines["what"] == "wages").iter_rows(named=True)
    workers = 20 * 0.7 * 1.9
    assert [wages[k] for k in ("low", "high")] == pytest.approx([workers * 120, workers * 144])
    (land,) = found.lines.filter(found.lines["what"] == "land").iter_rows(named=True)
    assert (land["low"], land["high"]) == (0.0, pytest.approx(24.0))


def test_fuel_of_an_unknown_class_is_named_not_counted():
    """Gas without a name in the study: its class is not guessed."""
    run = parkzero.plan(steam_study(1e9), method="monolith", gap=1e-6).results
    assert class_of(run, "t1.natural_gas") is None
    got = benefits(run)
    assert got.unknown == ("t1.natural_gas",)
    assert got.total("NOx", 2030, "site") == 0


def test_every_line_leads_to_its_rows_and_none_is_told_in_money(found, results):
    told = json.loads(json.dumps(plain(found, results.year_list)))
    assert told["worth"] is None
    for line in told["lines"]:
        books = [k for k in line["rows"] if ":" not in k]
        assert books
        assert all(newest(k) is not None for k in books)
        assert any(":" in k for k in line["rows"])
        assert line["confidence"] in "PSDM"
    page = str(benefits_part(found, results.year_list, {}, kinds_of(results)))
    assert "air.grid_vn.SO2" in page
    assert "Give it by --damages" in page


def test_money_needs_a_source_and_a_date(tmp_path, results):
    path = tmp_path / "damages.csv"
    path.write_text("pollutant,value,currency,document,date\nSO2,4,USD,,2021-01-01\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_damages(path)
    (fault,) = caught.value.faults
    assert "without a source" in fault.what
    path.write_text(
        "pollutant,value,currency,document,date\nSO2,4,USD,DCE 441,2021-01-01\n", encoding="utf-8"
    )
    assert benefits(results, read_damages(path)).worth(2030) == {"USD": pytest.approx(30_660 * 4)}


# ------------------------------------------------------------------------------------------- commitments


def held(results, **rate):
    return {h.commitment.key: h for h in promised.hold(results, promised.shipped(), **rate)}


def test_commitments_by_hand(results):
    """21,900 t against 43,800 t of the reference: half of it, so both NDC targets are kept."""
    got = held(results)
    own, aided = got["ndc_own"].steps[-1], got["ndc_support"].steps[-1]
    assert (own.value, own.target) == (pytest.approx(21_900), pytest.approx(43_800 * (1 - 0.158)))
    assert aided.target == pytest.approx(43_800 * (1 - 0.435))
    assert got["ndc_own"].kept
    assert got["ndc_support"].kept
    # Half of the electricity is renewable: 28 and 36 % are kept. Net zero is not: 21,900 t are missing.
    assert got["pdp8_low"].steps[-1].value == pytest.approx(50)
    assert got["pdp8_high"].kept
    last = got["cop26"].steps[-1]
    assert (last.year, last.target, last.missing, last.due) == (2050, 0, pytest.approx(21_900), True)
    assert last.cost is None  # no offset, no cap that binds: the plan knows no price of a tonne
    assert got["cop28_double"].kept is None  # one year alone has no rate


def test_what_is_missing_has_the_price_of_the_plan():
    """24 % of the electricity are missing from 74 %: at the levelised cost of the roofs."""
    run = parkzero.plan(study_of(load(), grid(200.0), solar()), method="monolith", gap=1e-6).results
    (step,) = held(run)["pdp8_2050"].steps[-1:]
    assert step.missing == pytest.approx((0.74 - 0.5) * 87_600)
    (price,) = run.tables["technologies"].filter(run.tables["technologies"]["kind"] == "solar")["levelised"]
    assert step.cost == pytest.approx(step.missing * price)
    assert step.price_row == "technologies:solar"
    part = str(commitments_part(promised.hold(run, promised.shipped()), run))
    assert "technologies:" not in part  # in words, not by its key
    assert "điện mặt trời" in part.lower()


def test_concessional_finance_is_told_for_targets_with_support_alone(results):
    got = held(results, support_rate=0.0)
    assert got["ndc_own"].support_saving is None
    assert got["ndc_support"].support_saving == pytest.approx(
        0.0, abs=1e-6
    )  # the study's rate is nothing too


OWN = "id,measure,year,value,document\n"


def test_a_city_enters_its_own_and_must_say_where_from(tmp_path, results):
    path = tmp_path / "own.csv"
    path.write_text(OWN + "city,net_emissions,2030,20000,Decision 1/2026\n", encoding="utf-8")
    (one,) = promised.hold(results, promised.read_commitments(path))
    assert (one.kept, one.steps[-1].missing) == (False, pytest.approx(1_900))
    for row, what in (
        ("city,net_emissions,2030,20000,", "without a source"), ("city,trees,2030,1,x", "is not known"),
        ("city,net_emissions,2030,many,x", "no number"),
    ):  # fmt: skip
        path.write_text(OWN + row + "\n", encoding="utf-8")
        with pytest.raises(StudyError) as caught:
            promised.read_commitments(path)
        (fault,) = caught.value.faults
        assert what in fault.what


def test_every_commitment_and_step_leads_to_its_rows(results):
    all_ = list(held(results).values())
    told = json.loads(json.dumps(promised.plain(all_), allow_nan=False))
    assert len(told) == 9
    for one in told:
        assert one["source"]
        assert newest(one["row"]) is not None
        assert all(step["rows"] for step in one["steps"])
    page = str(commitments_part(all_, results))
    assert all(one["row"] in page for one in told)


def test_the_renewable_share_of_the_scorecard(results):
    got = of_plan(results, 2030)["renewable_share"]
    assert got.value == pytest.approx(50.0)
    assert got.way == "solar"
    assert dataclasses.asdict(got)["price"] > 0


def test_the_prospectus_says_what_is_planned_and_what_is_synthetic(results, found, tmp_path):
    cards = [score(framework("vn_decree_35"), Answers({}, {}), of_plan(results, 2030))]
    promises = promised.hold(results, promised.shipped())
    path = write_prospectus(results, cards, promises, found, None, tmp_path / "p.html", "en")
    page = path.read_text(encoding="utf-8")
    for said in (
        "planned, not yet done", "Some of the series are synthetic", "Net zero by 2050", "SO₂ avoided",
        "Decree 35/2022", "wording unverified",
    ):  # fmt: skip
        assert said.lower() in page.lower()
    assert page.count('class="sheet"') == 5


def test_documents_of_commitments_are_named_in_one_language(results):
    part = str(commitments_part(promised.hold(results, promised.shipped()), results))
    told = " ".join(re.findall(r'<span class="l" lang="vi">(.*?)</span>', part))
    assert "Đóng góp do quốc gia tự quyết định của Việt Nam, cập nhật 2022" in told
    assert "hiệu quả năng lượng (COP28 2/12/2023)" in told
    for english in ("Pledge", "Renewables và", "green-growth", "Contribution", "statement"):
        assert english not in told
