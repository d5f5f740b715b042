"""Times as trade and people write them: the year is read as it was, or the column is named and refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from parkzero.errors import StudyError
from parkzero.series import Mend, read_meter
from parkzero.series.stamp_forms import read_clock, read_date, take_apart

HOURS = 8760
YEAR = dt.datetime(2025, 1, 1)
#: A load without symmetry, so that a year read backwards or shifted is another one [kW].
LOAD = np.round(100 + 50 * np.sin(np.arange(HOURS) / 7) + np.arange(HOURS) / 100, 3)
STAMPS = [YEAR + dt.timedelta(hours=i) for i in range(HOURS)]


def write(path, times, values=LOAD, header="Time,kW", sep=","):
    rows = [f"{t}{sep}{v}" for t, v in zip(times, values, strict=True)]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def faults(path, **how):
    with pytest.raises(StudyError) as raised:
        read_meter(path, **how)
    return raised.value.faults


@pytest.fixture
def file(tmp_path):
    return tmp_path / "l.csv"


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
FORMS = {
    "iso": lambda t: t.strftime("%Y-%m-%d %H:%M"),
    "iso with seconds": lambda t: t.strftime("%Y-%m-%dT%H:%M:%S"),
    "time before date": lambda t: t.strftime("%H:%M %d/%m/%Y"),
    "Vietnamese words": lambda t: f"{t.hour}h{t.minute:02d} ngày {t.day}/{t.month}/{t.year}",
    "Vietnamese month": lambda t: f"{t.day} tháng {t.month} năm {t.year} {t:%H:%M}",
    "Vietnamese half days": lambda t: (
        f"{t:%d/%m/%Y} {(t.hour - 1) % 12 + 1}:00 {'SA' if t.hour < 12 else 'CH'}"
    ),
    "English month, AM": lambda t: f"{MONTHS[t.month - 1]} {t:%d %Y %I:%M %p}",
    "English month, day first": lambda t: f"{t:%d}-{MONTHS[t.month - 1]}-{t:%y %H:%M}",
    "weekday": lambda t: f"{t:%A} {t:%d/%m/%Y %H:%M}",
    "the bare hour": lambda t: t.strftime("%Y-%m-%d-%H"),
    "ten digits": lambda t: t.strftime("%Y%m%d%H"),
    "fourteen digits": lambda t: t.strftime("%Y%m%d%H%M%S"),
    "US order": lambda t: t.strftime("%m/%d/%Y %H:%M"),
    "range": lambda t: f"{t:%d.%m.%Y %H:%M} - {t + dt.timedelta(hours=1):%d.%m.%Y %H:%M}",
    "range of clocks": lambda t: f"{t:%d.%m.%Y %H:%M}-{t + dt.timedelta(hours=1):%H:%M}",
    "ISO interval": lambda t: f"{t:%Y-%m-%dT%H:%M}/{t + dt.timedelta(hours=1):%Y-%m-%dT%H:%M}",
    "offset": lambda t: t.strftime("%Y-%m-%d %H:%M:%S+07:00"),
    "serial": lambda t: f"{(t - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1):.6f}",
}


@pytest.mark.parametrize("newest_first", [False, True], ids=["oldest first", "newest first"])
@pytest.mark.parametrize("form", FORMS)
def test_a_year_is_read_as_it_was_written(file, form, newest_first):
    way = slice(None, None, -1) if newest_first else slice(None)
    times, load = [FORMS[form](t) for t in STAMPS[:960]], LOAD[:960]  # forty days
    metered = read_meter(write(file, times[way], load[way]))
    assert metered.start == np.datetime64("2025-01-01T00:00")
    assert metered.power * 1000 == pytest.approx(load, abs=1e-9)
    assert any(f.kind == "newest_first" for f in metered.findings) == newest_first


@pytest.mark.parametrize("per", [1, 1000], ids=["seconds", "milliseconds"])
def test_unix_times_count_in_utc_and_the_user_says_what_the_clock_was(file, per):
    unix = [int((t - dt.datetime(1970, 1, 1)).total_seconds()) * per for t in STAMPS]
    fault = faults(write(file, unix))[0]
    assert f"'Time' holds Unix {'seconds' if per == 1 else 'milliseconds'} (first {unix[0]})" in fault.what
    metered = read_meter(file, year=2025, mend=Mend(utc_offset_hours=0))
    assert metered.power * 1000 == pytest.approx(LOAD, abs=1e-9)
    shifted = read_meter(file, mend=Mend(utc_offset_hours=7), year=2025, label="start")
    assert shifted.missing == 7  # the first seven hours of 2025 in Viet Nam are not in the file
    assert shifted.power[7] * 1000 == pytest.approx(LOAD[0])


def test_a_register_under_unix_times_is_a_register(file):
    readings = 37_823 + np.concatenate([[0], np.cumsum(LOAD)])
    unix = [
        int((t - dt.datetime(1970, 1, 1)).total_seconds())
        for t in [*STAMPS, STAMPS[-1] + dt.timedelta(hours=1)]
    ]
    write(file, unix, readings, "start,total_kWh")
    metered = read_meter(file, cumulative=True, year=2025, mend=Mend(utc_offset_hours=0))
    assert metered.energy * 1000 == pytest.approx(LOAD.sum())


@pytest.mark.parametrize(
    ("times", "first"),
    [
        ([f"Q{i}-x{i * 7}" for i in range(HOURS)], "Q0-x0"),
        ([f"{i // 24}d{i % 24}u" for i in range(HOURS)], "0d0u"),
        (list(range(HOURS, 0, -1)), "8760"),
    ],
    ids=["words", "a form that is not known", "a count that falls"],
)
def test_a_column_that_could_be_a_time_is_refused_with_its_first_value(file, times, first):
    fault = faults(write(file, times), year=2025)[0]
    assert fault.where.field == "Time"
    assert "not understood as a time" in fault.what
    assert first in fault.got


def test_rows_are_taken_by_position_only_where_nothing_else_could_be_a_time(file):
    write(file, range(HOURS), header="row,kW")
    metered = read_meter(file, year=2025)
    assert metered.power * 1000 == pytest.approx(LOAD)
    assert any(f.kind == "by_position" for f in metered.findings)
    assert "has no column of times" in faults(file)[0].what  # without a year there is no position
    for named in ({"label": "end"}, {"date_order": "dmy"}):
        assert "is given, but no column" in faults(file, year=2025, **named)[0].what


def test_by_position_registers_and_steps_are_what_the_options_say(file):
    readings = np.concatenate([[0], np.cumsum(LOAD)])
    file.write_text("kWh\n" + "\n".join(map(str, readings)), encoding="utf-8")
    assert read_meter(file, year=2025, cumulative=True).energy * 1000 == pytest.approx(LOAD.sum())
    file.write_text("kW\n" + "\n".join(["1"] * 8784), encoding="utf-8")
    assert "leap year" in faults(file, year=2025)[0].what
    assert read_meter(file, year=2024).energy == pytest.approx(8.784)
    file.write_text("kW\n" + "\n".join(["1"] * 4380), encoding="utf-8")
    assert "wrong length" in faults(file, year=2025)[0].what


def test_two_columns_of_times_are_the_start_and_the_end_or_one_is_named(file):
    pairs = [f"{t:%Y-%m-%d %H:%M},{t + dt.timedelta(hours=1):%Y-%m-%d %H:%M}" for t in STAMPS]
    swapped = [",".join(reversed(p.split(","))) for p in pairs]
    for texts, header in ((pairs, "From,To,kW"), (swapped, "To,From,kW")):
        assert read_meter(write(file, texts, header=header)).power * 1000 == pytest.approx(LOAD)
    write(
        file,
        [f"{t:%Y-%m-%d %H:%M},{t + dt.timedelta(hours=7):%Y-%m-%d %H:%M}" for t in STAMPS],
        header="A,B,kW",
    )
    assert "time='A'" in faults(file)[0].hint
    assert read_meter(file, time="A").power * 1000 == pytest.approx(LOAD)
    assert "no such column of times" in faults(file, time="C")[0].what


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("Ngày,Giờ,kW", lambda t: f"{t:%d/%m/%Y},{t:%H:%M}"),
        ("Giờ,Ngày,kW", lambda t: f"{t:%H:%M},{t:%d/%m/%Y}"),
        ("Date,Hour,kW", lambda t: f"{t:%Y-%m-%d},{t.hour}"),
        ("Date,Hour,kW", lambda t: f"{t:%Y-%m-%d},{t.hour + 1}"),
        ("Ngày,Chu kỳ,kW", lambda t: f"{t:%Y-%m-%d},{t.hour + 1}"),
        ("Year,Month,Day,Hour,kW", lambda t: f"{t.year},{t.month},{t.day},{t.hour}"),
        ("Ngày,Khoảng,kW", lambda t: f"{t:%d/%m/%Y},{t:%H:%M}-{t + dt.timedelta(hours=1):%H:%M}"),
    ],
)
def test_dates_and_hours_apart(file, header, text):
    metered = read_meter(write(file, [text(t) for t in STAMPS[:960]], LOAD[:960], header))
    assert metered.start == np.datetime64("2025-01-01T00:00")
    assert metered.power * 1000 == pytest.approx(LOAD[:960], abs=1e-9)


@pytest.mark.parametrize(
    "heads",
    [[f"{h}:00" for h in range(1, 25)], [f"{h}:00" for h in range(24)], [f"H{h}" for h in range(1, 25)]],
)
def test_a_row_for_each_day_and_a_column_for_each_hour(file, heads):
    rows = [f"2025-01-01,{','.join(map(str, LOAD[:24]))}", f"2025-01-02,{','.join(map(str, LOAD[24:48]))}"]
    file.write_text("\n".join([f"Date,{','.join(heads)}", *rows]) + "\n", encoding="utf-8")
    assert "has no unit" in faults(file)[0].what
    metered = read_meter(file, unit="kW")
    assert metered.start == np.datetime64("2025-01-01T00:00")
    assert metered.power * 1000 == pytest.approx(LOAD[:48])


def test_seconds_are_rounded_to_the_minute(file):
    quarter = [YEAR + dt.timedelta(minutes=15 * i) for i in range(4 * 96)]
    shaken = [t - dt.timedelta(seconds=i % 2) for i, t in enumerate(quarter)]
    metered = read_meter(write(file, shaken, range(4 * 96), "Time,kWh"), cumulative=False)
    assert metered.step_minutes == 15
    assert metered.power * 250 == pytest.approx(np.arange(384))


def test_a_file_of_another_year_is_named_and_taken_only_by_the_option(file):
    write(file, [t.replace(year=2023) for t in STAMPS])
    fault = faults(file, year=2025)[0]
    assert "its values are of 2023" in fault.what
    assert fault.hint.startswith("year=2023")
    assert read_meter(file, year=2023).power * 1000 == pytest.approx(LOAD)


def july_to_june(file):
    times = [dt.datetime(2024, 7, 1) + dt.timedelta(hours=i) for i in range(HOURS)]
    return write(file, times, [t.month for t in times])


@pytest.mark.parametrize("year", [2024, 2025])
def test_a_year_from_july_to_june_is_turned_not_filled(file, year):
    july_to_june(file)
    for mend in (Mend(), Mend(year_end="repeat_week")):
        with pytest.raises(StudyError) as raised:
            read_meter(file, year=year, mend=mend).require_complete()
        assert [f.hint[:27] for f in raised.value.faults] == ["Mend(year_end='turn') puts "]
    turned = read_meter(file, year=year, mend=Mend(year_end="turn"))
    days = (np.datetime64(f"{year}-01-01") + np.arange(len(turned.power)) // 24).astype("datetime64[M]")
    known = np.isfinite(turned.power)  # 29 February 2024 is not in the file
    assert (~known).sum() == (24 if year == 2024 else 0)
    assert (turned.power * 1000)[known] == pytest.approx((days.astype(int) % 12 + 1)[known])


def test_filling_may_not_make_up_more_than_a_small_part_of_the_year(file):
    keep = [i for i in range(HOURS) if not 1000 <= i < 1500]
    write(file, [STAMPS[i] for i in keep], LOAD[keep])
    mend = Mend(fill="interpolate", max_gap_hours=500)
    fault = faults(file, year=2025, mend=mend)[0]
    assert "5.7% of the year" in fault.what
    assert "MWh before" in fault.what
    written = Mend(fill="interpolate", max_gap_hours=500, max_filled=0.06)
    assert "filled" in {f.kind for f in read_meter(file, year=2025, mend=written).findings}


@pytest.mark.parametrize("unit", ["W", "Wh"])
def test_an_interval_that_changes_half_way_keeps_its_energy(file, unit):
    hourly = [YEAR + dt.timedelta(hours=i) for i in range(30 * 24)]
    halves = [hourly[-1] + dt.timedelta(minutes=60 + 30 * i) for i in range(30 * 48)]
    watts = np.concatenate([np.full(len(hourly), 60_000.0), np.full(len(halves), 90_000.0)])
    per = np.where(np.arange(len(watts)) < len(hourly), 1.0, 0.5) if unit == "Wh" else 1.0
    metered = read_meter(write(file, hourly + halves, watts * per, f"Time,Value ({unit})"))
    assert metered.step_minutes == 30
    assert metered.energy == pytest.approx(0.06 * 720 + 0.09 * 720)
    assert metered.peak == pytest.approx(0.09)
    assert "interval_changes" in {f.kind for f in metered.findings}


@pytest.mark.parametrize("title", ["Báo cáo năm 2025,", "Báo cáo năm 2025,\n,", '"Name: A B",\n"Rate: DR",'])
def test_titles_padded_with_delimiters_are_titles(file, title):
    text = "\n".join(
        ["Thời gian,Công suất (kW)", *(f"{t:%d/%m/%Y %H:%M},{v}" for t, v in zip(STAMPS, LOAD, strict=True))]
    )
    file.write_text(f"{title}\n{text}\n", encoding="utf-8")
    metered = read_meter(file)
    assert metered.power * 1000 == pytest.approx(LOAD)
    assert "Công suất (kW)" in metered.source


def test_a_label_that_the_file_refutes_is_refused(file):
    write(file, [FORMS["range"](t) for t in STAMPS])
    assert "contradicts the file" in faults(file, label="end")[0].what
    write(file, STAMPS, np.cumsum(LOAD), "Time,kWh")
    assert "a register" in faults(file, label="end", cumulative=True)[0].what
    write(file, STAMPS)
    assert "needs it" in faults(file, date_order="dmy")[0].what


@pytest.mark.parametrize(
    "text", ["32/01/2025", "2025-02-30", "1/13/13/2025", "hello", "31/12/1969", "Jan 2025", "25:61"]
)
def test_what_is_no_date_is_none(text):
    assert read_date(text, "dmy") is None
    assert read_clock("25:00") is None
    assert take_apart("").clock == ""
