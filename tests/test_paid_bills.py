"""Bills that were paid, beside the model's base year: by hand, and what a file must not be misread for."""

from __future__ import annotations

import json

import numpy as np
import openpyxl
import pytest

import parkzero
from parkzero.cli import main
from parkzero.errors import StudyError
from parkzero.report.html import page
from parkzero.results import load
from parkzero.series.paid_bills import PARTS, MonthModel, PaidBill, explained, read_paid
from parkzero.study import read

HEAD = "Tháng,Bình thường (kWh),Cao điểm (kWh),Thấp điểm (kWh),Tiền điện chưa thuế (đồng),Thuế GTGT (đồng)"
PARK = """
format = 2
name = "A plant and its bills"
[park]
currency = "VND"
calendar_year = {calendar}
step = "30 min"
days = 59
[years]
milestones = [2025]
[money]
discount_rate = "8 %"
base_year = 2025
[tenants.plant]
name = "Nhà máy"
paid = {{ bills = "paid.csv"{more} }}
[buses.electricity]
carrier = "electricity"
tenant = "plant"
[assets.load]
kind = "electricity_demand"
owner = "plant"
bus = "electricity"
load = {{ value = "1 MW"{growth} }}
{roof}
[assets.grid]
kind = "grid"
owner = "plant"
bus = "electricity"
emission_factor = "0.66 tCO2/MWh"
price = {{ tariff = "manufacturing.22_110kV", schedule = "legacy" }}
"""
ROOF = """[assets.roof]
kind = "solar"
owner = "plant"
bus = "electricity"
output = {{ value = 1 }}
power = {{ existing = "0.25 MW" }}
"""
USUAL = {"calendar": 2025, "more": "", "growth": "", "roof": ""}
# January 2025, 1 MW: 27 days with five peak hours but the four Sundays, six off-peak hours each night.
JANUARY = (423_000, 135_000, 186_000)
# Decision 1279/QĐ-BCT, and 2699/QĐ-BCT, which was in force until 9 May 2025 [VND/kWh].
NOW, THEN = (1833, 3398, 1190), (1749, 3242, 1136)


def made(folder, rows, head=HEAD, **more):
    (folder / "park.toml").write_text(PARK.format(**{**USUAL, **more}), encoding="utf-8")
    (folder / "paid.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return folder


def bill(month, kwh, rates, year="2025"):
    cost = sum(k * r for k, r in zip(kwh, rates, strict=True))
    return f"{month}/{year},{kwh[0]},{kwh[1]},{kwh[2]},{cost},{round(cost * 0.08)}"


def planned(folder, **more):
    return parkzero.plan(read(folder), method="monolith", gap=1e-6, **more).results


def test_the_base_year_meets_the_bill_by_hand(tmp_path):
    """Paid at the rates of then, reckoned at those of now: the tariff explains all, nobody warns."""
    folder = made(tmp_path, [bill(1, JANUARY, THEN)], more=', warn = "10 %"')
    results = planned(folder)
    (row,) = results.tables["bills"].to_dicts()
    assert [row[f"model_{b}"] for b in ("normal", "peak", "offpeak")] == pytest.approx(JANUARY)
    now = 423_000 * 1833 + 135_000 * 3398 + 186_000 * 1190
    then = 423_000 * 1749 + 135_000 * 3242 + 186_000 * 1136
    assert row["model_cost"] == pytest.approx(now, rel=1e-12)
    assert row["paid_cost"] == then
    assert row["tariff"] == pytest.approx(then - now, rel=1e-9)
    assert sum(abs(row[p]) for p in PARTS if p != "tariff") == pytest.approx(0, abs=1)
    assert row["model_vat"] == pytest.approx(now * 0.08)
    assert row["model_kw"] == pytest.approx(1000)
    told = results.summary["bills"]
    assert told["tenants"][0]["share"] == pytest.approx((now - then) / then)
    assert told["warnings"] == []


def test_a_month_is_left_out_where_the_model_does_not_hold_all_of_it(tmp_path):
    """59 days are January and February; March's bill is compared with nothing."""
    rows = [bill(m, JANUARY, THEN) for m in (1, 2, 3)]
    assert planned(made(tmp_path, rows)).tables["bills"]["month"].to_list() == [1, 2]


def test_own_generation_explains_what_a_bill_shows_more(tmp_path):
    """A roof of 0.25 MW that gives all hours: the model buys three quarters of what the bill shows."""
    results = planned(made(tmp_path, [bill(1, JANUARY, NOW)], roof=ROOF.format()))
    (row,) = results.tables["bills"].to_dicts()
    quarter = sum(k * r for k, r in zip(JANUARY, NOW, strict=True)) / 4
    assert row["own"] == pytest.approx(quarter, rel=1e-6)
    assert (row["energy"], row["growth"]) == pytest.approx((0, 0), abs=1e3)


def test_growth_since_the_bills_explains_what_the_model_uses_more(tmp_path):
    """Bills of 2024 and a load that grew by a quarter: a quarter at the rates of now, less."""
    folder = made(
        tmp_path, [bill(3, (400_000, 130_000, 186_000), NOW, "2024")], calendar=2024,
        growth=", factor = 1.25",
    )  # fmt: skip
    study = read(folder)
    assert study.paid[0].growth == pytest.approx(1.25)
    parts = explained(
        PaidBill(1, (100.0, 0.0, 0.0), 100.0, 200.0),
        MonthModel(np.array([125.0, 0, 0]), np.array([2.0, 3, 1]), 250.0, 0.0, growth=1.25),
    )
    assert parts["growth"] == pytest.approx(-50)
    assert sum(parts.values()) == pytest.approx(-50)


def test_parts_add_up_to_the_difference():
    """100 kWh more at 2, a rate higher by 0.5 on 1100, and 10 kW more at 3; 5 that nothing tells of."""
    model = MonthModel(
        np.array([1000.0, 0.0, 0.0]),
        np.array([2.0, 3.0, 1.0]),
        2000.0 + 30,
        10.0,
        3.0,
        np.array([2.5, 3.0, 1.0]),
    )
    parts = explained(PaidBill(1, (1100.0, 0.0, 0.0), 1100.0, 2200 + 550 + 60 + 50, None, 20.0), model)
    wanted = {"energy": 200, "tariff": 550, "power": 30, "prices": 50}
    assert {p: parts[p] for p in PARTS} == pytest.approx({p: wanted.get(p, 0) for p in PARTS})


def test_half_a_dong_is_rounding():
    model = MonthModel(np.array([1000.0, 0, 0]), np.array([2.0, 3, 1]), 2000.0, 1.0)
    parts = explained(PaidBill(1, (1000.0, 0.0, 0.0), 1000.0, 2000.5), model)
    assert (parts["rounding"], parts["prices"]) == pytest.approx((0.5, 0))


def test_a_difference_is_told_by_check_page_one_summary_and_terminal(tmp_path, capsys):
    more = tuple(1.1 * k for k in JANUARY)
    folder = made(tmp_path, [bill(1, more, THEN)])
    assert main(["check", str(folder), "--json", "--lang", "en"]) == 0
    (told,) = [w for w in json.loads(capsys.readouterr().out)["warnings"] if "bills paid" in w]
    assert told.startswith("Nhà máy: the model's base year differs from the bills paid by 4.")
    run = tmp_path / "run"
    assert main(["plan", str(folder), "--out", str(run), "--method", "monolith", "--lang", "en"]) == 0
    assert "Base year against the bills paid (1 connections, without VAT)" in capsys.readouterr().out
    results = load(run)
    assert results.summary["bills"]["warnings"] == [told]
    assert results.summary["warnings"].count(told) == 1
    html = page(results, "en")
    first = html[html.index('id="standing"') : html.index('id="figures"')]
    assert "differs from the bills paid" in first
    assert "lệch so với hóa đơn đã trả" in first
    assert 'id="bills"' in html
    assert "Bills paid and reckoned" in openpyxl.load_workbook(run / "report.xlsx").sheetnames


def test_without_a_reference_what_is_known_is_still_compared(tmp_path):
    rows = [bill(1, JANUARY, THEN)]
    results = planned(made(tmp_path, rows), reference=False)
    assert results.tables["bills"].height == 1
    roofed = planned(made(tmp_path, rows, roof=ROOF.format()), reference=False)
    assert roofed.tables["bills"].is_empty()


@pytest.mark.parametrize(
    ("rows", "head", "more", "words"),
    [
        ([bill(1, JANUARY, NOW, "2023")], HEAD, "", "bills of another year than the base year.*2023.*2025"),
        (["1,1,1,1,1,1"], HEAD, "", "does not say of which year"),
        (["1/2025,1,1,1,1,1"], HEAD, ", year = 2024", "is not the year in the file"),
        (["1/2025,1,1,1,1,1", "2/2024,1,1,1,1,1"], HEAD, "", "bills of several years"),
        (["1/2025,1,1,1,1,1", "1/2025,1,1,1,1,1"], HEAD, "", "names a month twice"),
        (["1/2025,1,1,,1,1"], HEAD, "", "some registers and not others"),
        (["1/2025,9"], "Tháng,Công suất cực đại (kW)", "", "without energy and without money"),
        (["1/2025,9"], "Tháng,Tổng cộng thanh toán (đồng)", "", "money with VAT alone"),
        (["1/2025,9,1,1,1,99"], HEAD.replace("Tiền điện chưa thuế (đồng)", "Tổng (kWh)"), "", "not the sum"),
        (["1/2025,9,1,12"], "Tháng,Tiền chưa thuế (VND),Thuế (VND),Tiền sau thuế (VND)", "", "together"),
        (["1/2025,9,1"], "Tháng,Tổng (kWh),Total (kWh)", "", "second column of the same kind"),
        ([bill(1, JANUARY, NOW)], HEAD, ', connection = "load"', "no metered connection"),
        ([bill(1, JANUARY, NOW)], HEAD, ", taxes = 1", "unknown field"),
    ],
    ids=lambda value: value if isinstance(value, str) and "Tháng" not in value else "",
)  # fmt: skip
def test_bills_that_would_be_misread_are_refused(tmp_path, rows, head, more, words):
    with pytest.raises(StudyError, match=f"(?s){words}"):
        read(made(tmp_path, rows, head, more=more))


def test_money_in_millions_a_total_and_tax_are_read(tmp_path):
    file = tmp_path / "b.csv"
    file.write_text(
        "Month,Total (MWh),Amount before VAT (million VND),VAT (million VND)\n2025-03,1.5,2.5,0.2\n"
    )
    year, (found,) = read_paid(file)
    assert year == 2025
    assert found == PaidBill(3, None, 1500.0, 2.5e6, 0.2e6, None)


def test_the_power_of_a_contract_is_no_money(tmp_path):
    """ "Công suất hợp đồng (kW)" ends like the đồng."""
    file = tmp_path / "b.csv"
    file.write_text("Tháng,Tổng (kWh),Công suất hợp đồng (kW)\n1/2025,1000,80\n", encoding="utf-8")
    assert read_paid(file)[1][0].max_kw == 80
