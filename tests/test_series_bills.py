"""Bills to profile: every register of every month is met; what cannot be met is refused with numbers."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from parkzero.errors import StudyError
from parkzero.series import Bill, ShiftPattern, days_off, load_shape, read_bills, rebuild

YEAR = 2025


@cache
def shares(step=30, year=YEAR, peak=((9.5, 11.5), (17, 20))):
    """Shares of each step in normal, peak (not on Sundays) and off-peak (22:00-04:00) hours, by minutes."""
    days = 366 if year % 4 == 0 else 365
    minute = np.arange(days * 1440)
    hour, weekday = minute % 1440 / 60, (minute // 1440 + dt.date(year, 1, 1).weekday()) % 7
    off = (hour < 4) | (hour >= 22)
    high = np.zeros(len(minute), bool)
    for start, stop in peak:
        high |= (hour >= start) & (hour < stop) & (weekday != 6)
    blocks = np.stack([~off & ~high, high, off], axis=1).astype(float)
    return blocks.reshape(-1, step, 3).mean(axis=1)


@cache
def months(step=30, year=YEAR):
    stamps = np.arange(np.datetime64(f"{year}-01-01", "m"), np.datetime64(f"{year + 1}-01-01", "m"), step)
    return stamps.astype("datetime64[M]").astype(int) % 12 + 1


def registers(profile, table, step=30):
    """Registers of all months [kWh] by plain sums, (12, 3)."""
    month = months(step, profile.year)
    return np.array(
        [table[month == m].T @ profile.power[month == m] * 1000 * step / 60 for m in range(1, 13)]
    )


def year_of(normal=300_000.0, peak=80_000.0, offpeak=100_000.0, **more):
    return [Bill(m, normal, peak, offpeak, **more) for m in range(1, 13)]


TWO_SHIFTS = ShiftPattern(shifts=2, start_hour=6, lunch_dip=0.3, base_share=0.15)
AMOUNT = st.one_of(st.just(0.0), st.floats(min_value=1e-3, max_value=1e8))


@pytest.mark.parametrize("step", [15, 30, 60])
def test_every_register_of_every_month_is_met_at_every_step(step):
    """At 60 minutes the peak edge at 9:30 cuts a step in half, and the registers still hold."""
    bills = [Bill(m, 300_000 + m, 80_000 - m, 100_000 + m**2) for m in range(1, 13)]
    profile = rebuild(bills, TWO_SHIFTS, YEAR, shares(step), step)
    assert registers(profile, shares(step), step) == pytest.approx(
        np.array([b.registers for b in bills]), rel=1e-9
    )
    assert profile.power.min() >= 0
    assert profile.synthetic


@settings(max_examples=25)
@given(
    st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT), min_size=12, max_size=12),
    st.sampled_from(
        [
            ShiftPattern(),
            TWO_SHIFTS,
            ShiftPattern(base_share=0.0),
            ShiftPattern(shifts=3, start_hour=6, days_off=()),
        ]
    ),
)
def test_any_registers_are_reproduced(amounts, pattern):
    bills = [Bill(m, *row) for m, row in enumerate(amounts, start=1)]
    profile = rebuild(bills, pattern, YEAR, shares())
    assert registers(profile, shares()) == pytest.approx(np.array(amounts), rel=1e-9, abs=0)
    assert profile.power.min() >= 0


@settings(max_examples=25)
@given(st.floats(min_value=1.0, max_value=3.0), st.floats(min_value=0.0, max_value=1.0))
def test_the_highest_power_is_never_passed_and_the_registers_still_hold(room, dip):
    """The cap is at least the mean power of the densest block, so the bill is possible."""
    hours = np.array([shares()[months() == m].sum(axis=0) * 0.5 for m in range(1, 13)])
    bills = [
        Bill(m, 200_000, 60_000, 50_000, max_kw=room * max(200_000 / h[0], 60_000 / h[1], 50_000 / h[2]))
        for m, h in enumerate(hours, start=1)
    ]
    profile = rebuild(bills, ShiftPattern(lunch_dip=dip, base_share=0.05), YEAR, shares())
    assert registers(profile, shares()) == pytest.approx(np.array([b.registers for b in bills]), rel=1e-9)
    cap = np.array([b.max_kw for b in bills])[months() - 1] / 1000
    assert (profile.power <= cap * (1 + 1e-9)).all()


def test_a_register_above_highest_power_times_hours_is_refused_with_the_numbers():
    """January 2025 has 27 working days of 5 peak hours: 135 h; 100 kW allow 13,500 kWh."""
    bills = year_of(normal=1000, peak=100, offpeak=100)
    bills[0] = Bill(1, 1000, 14_000, 100, max_kw=100)
    with pytest.raises(StudyError) as raised:
        rebuild(bills, ShiftPattern(), YEAR, shares())
    assert len(raised.value.faults) == 1
    assert "at least 103.704 kW in month 1" in raised.value.faults[0].needs  # 14,000 kWh in 135 h
    assert raised.value.faults[0].got == "100 kW"


def test_a_highest_power_below_the_mean_of_all_months_is_one_fault():
    bills = [replace(b, max_kw=0.1) for b in year_of(normal=1000, peak=100, offpeak=100)]
    with pytest.raises(StudyError) as raised:
        rebuild(bills, ShiftPattern(), YEAR, shares())
    assert [f.what for f in raised.value.faults] == [
        "is below the mean power of the energy in the same bill (so in 12 of the bills)"
    ]


def test_zero_registers_stay_zero():
    profile = rebuild(year_of(offpeak=0.0), TWO_SHIFTS, YEAR, shares())
    assert profile.power[shares()[:, 2] > 0].max() == 0.0


def test_energy_in_hours_that_nobody_works_is_spread_evenly_and_told():
    """One shift without base load never runs at night, yet the bill shows off-peak energy."""
    profile = rebuild(year_of(offpeak=18_600.0), ShiftPattern(base_share=0.0), YEAR, shares())
    spread = [f for f in profile.findings if f.kind == "spread"]
    assert len(spread) == 12
    january_nights = profile.power[(months() == 1) & (shares()[:, 2] == 1)]
    assert january_nights == pytest.approx(np.full(31 * 12, 0.1))  # 18,600 kWh in 31 x 6 h are 100 kW


def test_within_a_block_the_shape_is_the_shift_pattern():
    """Tuesday 11 March: 8:00 is worked, 6:00 is base load of 15 % in the same (normal) block."""
    pattern = ShiftPattern(start_hour=7.5, base_share=0.15)
    profile = rebuild(year_of(), pattern, YEAR, shares())
    day = (31 + 28 + 10) * 48
    assert profile.power[day + 12] / profile.power[day + 16] == pytest.approx(0.15)


def test_hourly_steps_that_all_straddle_a_block_are_refused_with_the_way_out():
    """Normal and peak alternate every half hour, so in hourly steps both registers must be equal."""
    table = np.tile([0.5, 0.5, 0.0], (8760, 1))
    with pytest.raises(StudyError, match="30 minutes"):
        rebuild(year_of(normal=100, peak=200, offpeak=0), ShiftPattern(), YEAR, table, 60)
    met = rebuild(year_of(normal=100, peak=100, offpeak=0), ShiftPattern(), YEAR, table, 60)
    assert registers(met, table, 60)[:, :2] == pytest.approx(np.full((12, 2), 100.0), rel=1e-9)


def test_reactive_energy_follows_the_active_and_meets_its_register():
    profile = rebuild(year_of(kvarh=96_000.0), TWO_SHIFTS, YEAR, shares())
    assert profile.reactive[months() == 5].sum() * 1000 / 2 == pytest.approx(96_000.0)


def test_leap_years_with_and_without_their_day():
    table = shares(year=2024)
    full = rebuild(year_of(), TWO_SHIFTS, 2024, table)
    assert len(full.power) == 366 * 48
    short = np.delete(table, slice(59 * 48, 60 * 48), axis=0)
    cut = rebuild(year_of(), TWO_SHIFTS, 2024, short, leap_day=False)
    assert len(cut.power) == 365 * 48
    assert cut.power.sum() == pytest.approx(full.power.sum())


@pytest.mark.parametrize(
    ("bills", "table", "step", "word"),
    [
        (year_of()[:11], shares(), 30, "is missing"),
        ([*year_of(), Bill(3, 1, 1, 1)], shares(), 30, "two bills"),
        (year_of(normal=-1.0), shares(), 30, "no amount"),
        (year_of(normal=float("nan")), shares(), 30, "no amount"),
        (year_of(max_kw=float("inf")), shares(), 30, "no amount"),
        (year_of(), shares()[:-1], 30, "do not fit"),
        (year_of(), shares() * 0.9, 30, "no shares"),
        (year_of(), shares(), 20, "no step"),
    ],
)
def test_impossible_bills_and_shares_are_refused(bills, table, step, word):
    with pytest.raises(StudyError, match=word):
        rebuild(bills, ShiftPattern(), YEAR, table, step)


def test_energy_in_a_block_that_has_no_hours_is_refused():
    with pytest.raises(StudyError, match="no such hours"):
        rebuild(year_of(), ShiftPattern(), YEAR, shares(peak=()))


# ---------------------------------------------------------------------------------------- shifts


def test_days_off_are_sundays_public_holidays_and_tet():
    off = days_off(ShiftPattern(tet_days_before=3, tet_days_after=5), 2025)
    tet = dt.date(2025, 1, 29)
    assert {tet + dt.timedelta(days=i) for i in range(-3, 5)} <= off
    assert {
        dt.date(2025, 4, 30),
        dt.date(2025, 5, 1),
        dt.date(2025, 9, 2),
        dt.date(2025, 4, 7),
        dt.date(2025, 3, 2),
    } <= off
    assert dt.date(2025, 3, 3) not in off
    assert days_off(ShiftPattern(works_holidays=True, days_off=()), 2025) == frozenset()


def test_lunch_and_half_hours_count_by_their_minutes():
    """Work from 7:30 to 15:30, half of it stopped from 11:30 to 12:30, base load 20 %."""
    shape = load_shape(ShiftPattern(lunch_dip=0.5, base_share=0.2), 2025, 60)
    monday = shape[(31 + 28 + 2) * 24 :][:24]
    assert monday[6:17] == pytest.approx([0.2, 0.6, 1, 1, 1, 0.8, 0.8, 1, 1, 0.6, 0.2])


def test_a_night_shift_runs_into_the_day_off():
    """Three shifts from 6:00 on Saturday end at 6:00 on Sunday; Sunday's own do not begin."""
    shape = load_shape(ShiftPattern(shifts=3, start_hour=6, base_share=0.0), 2025, 60)
    sunday = shape[(31 + 28 + 1) * 24 :][:24]  # 2 March 2025
    assert sunday == pytest.approx([1.0] * 6 + [0.0] * 18)


@pytest.mark.parametrize(("year", "worked"), [(2025, 1.0), (2024, 0.0)])
def test_the_night_shift_of_31_december_runs_into_the_new_year(year: int, worked: float):
    """31 December 2024 is a Tuesday: its shifts end at 6:00 of the holiday. That of 2023 is a Sunday off."""
    shape = load_shape(ShiftPattern(shifts=3, start_hour=6, base_share=0.0, days_off=(6,)), year, 60)
    assert shape[:24] == pytest.approx([worked] * 6 + [0.0] * 18)


@pytest.mark.parametrize(
    "wrong",
    [
        {"shifts": 4},
        {"base_share": 1.5},
        {"shift_hours": 9, "shifts": 3},
        {"days_off": (7,)},
        {"lunch_dip": float("nan")},
        {"national_day": "never"},
    ],
)
def test_impossible_patterns_are_refused(wrong):
    with pytest.raises(StudyError):
        ShiftPattern(**wrong)


# ----------------------------------------------------------------------------------------- files

ROWS = [(m, 300 + m, 80 + m, 100 + m) for m in range(1, 13)]


def book(path, header, rows, title="Hóa đơn"):
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    sheet.append(["Hóa đơn tiền điện năm 2025"])
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    workbook.save(path)
    return path


HEADERS = [
    ["Tháng", "Bình thường (kWh)", "Cao điểm (kWh)", "Thấp điểm (kWh)"],
    ["month", "normal kWh", "peak kWh", "off-peak kWh"],
    ["month", "normal_kwh", "peak_kwh", "offpeak_kwh"],
]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_bills_are_read_in_both_languages_from_csv_and_xlsx(tmp_path, header, kind):
    path = tmp_path / f"bills.{kind}"
    if kind == "xlsx":
        book(path, header, ROWS)
    else:
        path.write_text("\n".join(",".join(map(str, r)) for r in [header, *ROWS]), encoding="utf-8")
    bills = read_bills(path)
    assert [(b.month, *b.registers) for b in bills] == [tuple(map(float, r)) for r in ROWS]


def test_megawatt_hours_highest_power_reactive_energy_and_named_months(tmp_path):
    path = tmp_path / "b.csv"
    rows = [f"{m:02d}/2025;1,5;0,25;0,5;900;12" for m in range(1, 13)]
    path.write_text(
        "Kỳ hóa đơn;Bình thường MWh;Cao điểm MWh;Thấp điểm MWh;Công suất cực đại (kW);"
        "Điện năng phản kháng (kvarh)\n" + "\n".join(rows),
        encoding="utf-8",
    )
    first = read_bills(path)[0]
    assert first == Bill(1, 1500.0, 250.0, 500.0, 900.0, 12.0, 2025)


def test_all_faults_of_a_sheet_are_told_at_once_with_their_cells(tmp_path):
    rows = [list(r) for r in ROWS]
    rows[0][1], rows[1][2], rows[2][0], rows[3][3] = -5, "abc", "Juni 13", None
    with pytest.raises(StudyError) as raised:
        read_bills(book(tmp_path / "b.xlsx", HEADERS[0], rows))
    cells = {f.where.cell for f in raised.value.faults}
    assert {"B3", "C4", "A5", "D6"} <= cells
    assert any("no bill for months" in f.what and f.got == "3" for f in raised.value.faults)


def test_headers_without_units_or_blocks_are_refused(tmp_path):
    header = ["Tháng", "Bình thường", "Cao điểm (kWh)", "Ghi chú"]
    with pytest.raises(StudyError) as raised:
        read_bills(book(tmp_path / "b.xlsx", header, ROWS))
    text = str(raised.value)
    assert "has no unit in its header" in text
    assert "no column for offpeak" in text


def test_an_unknown_sheet_is_refused_with_a_hint(tmp_path):
    path = book(tmp_path / "b.xlsx", HEADERS[0], ROWS)
    with pytest.raises(StudyError, match="Did you mean Hóa đơn"):
        read_bills(path, sheet="Hóa đon")


def evn(**change: object) -> str:
    """Twelve months of EVN's own layout: a row for each register, readings times 40."""
    lines = [
        "Tháng,Bộ CS,Chỉ số mới,Chỉ số cũ,HS nhân,ĐN tiêu thụ,ĐN trực tiếp,ĐN trừ phụ,ĐN thực tế,Đơn giá"
    ]
    for month in range(1, 13):
        for code, used in (("BT", 4000), ("CD", 1200), ("TD", 800), ("SG", 6000), ("VC", 640)):
            used = change.get(f"{code}{month}", used)
            lines.append(f"{month}/2025,{code},{1000 + used // 40},1000,40,{used},0,0,{used},1833")
    return "\n".join(lines) + "\n"


def test_the_layout_of_evns_own_bills_is_read(tmp_path):
    file = tmp_path / "evn.csv"
    file.write_text(evn(CD3=1600, SG3=6400), encoding="utf-8")
    bills = read_bills(file)
    assert [b.registers for b in bills[:2]] == [(4000.0, 1200.0, 800.0)] * 2
    assert bills[2].registers == (4000.0, 1600.0, 800.0)
    assert bills[0].kvarh == 640.0
    assert bills[0].year == 2025


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (evn(SG5=9000), ("is not the sum of its registers", "line 25", "6,000 kWh")),
        (evn().replace(",1100,1000,40,4000,", ",1100,1000,40,5000,", 1).replace("0,0,4000", "0,0,5000", 1),
         ("is not what its readings and its multiplier give", "(1100 - 1000) x 40 = 4000", "line 2")),
        (re.sub(r"(?m)^(Tháng|\d+/2025),", "", evn()), ("one month", "column Tháng")),
        (evn().replace(",BT,", ",KT,", 1), ("no register of three-rate bills", "BT, CD, TD")),
    ],
    ids=["a sum that is off", "readings that give something else", "a single bill", "one rate"],
)  # fmt: skip
def test_bills_of_evn_that_do_not_agree_with_themselves_are_refused(tmp_path, text, words):
    file = tmp_path / "evn.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as raised:
        read_bills(file)
    told = str(raised.value.faults[0])
    assert all(word in told for word in words), told


def test_a_total_that_its_registers_do_not_add_up_to_is_refused(tmp_path):
    rows = [f"{m},100,20,30,{150 if m != 4 else 190}" for m in range(1, 13)]
    file = tmp_path / "b.csv"
    file.write_text(
        "\n".join(["Tháng,Bình thường (kWh),Cao điểm (kWh),Thấp điểm (kWh),Tổng (kWh)", *rows]), "utf-8"
    )
    with pytest.raises(StudyError, match="is not the sum of its registers") as raised:
        read_bills(file)
    assert raised.value.faults[0].where.line == 5
    file.write_text(file.read_text("utf-8").replace("190", "150"), "utf-8")
    assert len(read_bills(file)) == 12


def _file(tmp_path, head: str, row: str, month=str):
    file = tmp_path / "b.csv"
    lines = [head, *(f"{month(m)},{row}" for m in range(1, 13))]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_the_short_names_of_an_evn_bill_are_read(tmp_path):
    file = _file(
        tmp_path, "Tháng,Điện năng BT (kWh),CĐ (kWh),TĐ (kWh)", "300,100,50", "Tháng {:02d} năm 2025".format
    )
    first = read_bills(file)[0]
    assert (first.normal_kwh, first.peak_kwh, first.offpeak_kwh, first.year) == (300, 100, 50, 2025)


@pytest.mark.parametrize(
    ("head", "row", "word"),
    [
        ("Tháng,Chỉ số BT (kWh),Cao điểm (kWh),Thấp điểm (kWh)", "300,100,50", "reading"),
        ("Tháng,BT (kWh),CĐ (kWh),TĐ (kWh),Hệ số nhân", "300,100,50,400", "factor"),
    ],
)
def test_readings_and_factors_are_no_energies_of_a_month(tmp_path, head, row, word):
    with pytest.raises(StudyError, match=word) as raised:
        read_bills(_file(tmp_path, head, row))
    assert len(raised.value.faults) == 1


def test_a_thousand_before_the_unit_is_in_the_energy(tmp_path):
    """A heading of thousands of kWh was read as kWh."""
    head = "Tháng,Bình thường (1000 kWh),Cao điểm (nghìn kWh),Thấp điểm (triệu kWh)"
    first = read_bills(_file(tmp_path, head, "300.5,100.5,0.25"))[0]
    assert (first.normal_kwh, first.peak_kwh, first.offpeak_kwh) == pytest.approx((300_500, 100_500, 250_000))
