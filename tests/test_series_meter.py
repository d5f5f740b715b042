"""Meter files: each trap in a small file by hand, found, shown with its line, and mended only by name."""

from __future__ import annotations

import datetime as dt
import gzip
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero.errors import StudyError
from parkzero.series import Mend, MeterOptions, inspect_meter, read_meter
from parkzero.series.figures import find_decimal, to_number


def stamps(first: str, count: int, minutes: int = 15) -> list[dt.datetime]:
    start = dt.datetime.fromisoformat(first)
    return [start + dt.timedelta(minutes=minutes * i) for i in range(count)]


def write(path, times, values, header="time,load_kW", sep=",", form="%Y-%m-%d %H:%M"):
    rows = [
        f"{t.strftime(form) if isinstance(t, dt.datetime) else t}{sep}{v}"
        for t, v in zip(times, values, strict=True)
    ]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def kinds(findings):
    return {f.kind: f for f in findings}


def faults(path, **how):
    with pytest.raises(StudyError) as raised:
        read_meter(path, **how)
    return raised.value.faults


@pytest.fixture
def file(tmp_path):
    return tmp_path / "meter.csv"


def day(first="2025-03-03 00:00", value="40"):
    return stamps(first, 96), [value] * 96


def test_kw_is_read_as_power_and_kwh_as_energy_of_its_step(file):
    times, values = day()
    assert read_meter(write(file, times, values)).power == pytest.approx(np.full(96, 0.040))
    # 40 kWh in a quarter of an hour are 160 kW
    assert read_meter(write(file, times, values, "time,load_kWh")).power == pytest.approx(np.full(96, 0.160))


def test_a_column_without_unit_is_refused_and_takes_the_unit_named(file):
    write(file, *day(), "time,load")
    assert "no unit" in str(faults(file)[0])
    assert read_meter(file, unit="MW").power[0] == pytest.approx(40.0)
    assert read_meter(file, unit="2 MW").power[0] == pytest.approx(80.0)


def test_a_unit_that_contradicts_the_header_is_refused(file):
    write(file, *day(), "time,load_kWh")
    assert "headed in kWh but asked for in kW" in str(faults(file, unit="kW")[0])
    assert "no power or energy" in str(faults(file, unit="litre")[0])


def test_end_labels_are_moved_to_the_start_of_the_step(file):
    times = stamps("2025-03-03 00:15", 96)  # 00:15 ... 00:00: a day named by the ends of its steps
    metered = read_meter(write(file, times, range(96)))
    assert metered.start == np.datetime64("2025-03-03T00:00")
    assert len(metered.power) == 96
    assert metered.power[1] == pytest.approx(0.001)
    assert "label_end" in kinds(metered.findings)


def test_start_labels_stay_and_a_file_that_does_not_tell_is_asked(file):
    assert read_meter(write(file, *day())).start == np.datetime64("2025-03-03T00:00")
    write(file, stamps("2025-03-03 10:00", 8), range(8))
    assert "start or the end" in str(faults(file)[0])
    assert read_meter(file, label="end").start == np.datetime64("2025-03-03T09:45")


def test_duplicates_need_their_rule(file):
    times, values = day()
    write(file, [*times[:3], times[2], *times[3:]], ["10", "10", "10", "30", *values[3:]])
    found = faults(file)
    assert [f.where.line for f in found] == [5]  # header is line 1, so the second 00:30 is line 5
    assert "Mend(duplicates='first')" in found[0].hint
    for rule, kw in (("first", 10), ("last", 30), ("mean", 20)):
        assert read_meter(file, mend=Mend(duplicates=rule)).power[2] == pytest.approx(kw / 1000)


def test_missing_rows_stay_nan_until_a_rule_is_named(file):
    times, _ = day()
    values = [float(i) for i in range(96)]
    write(file, times[:10] + times[14:], values[:10] + values[14:])
    metered = read_meter(file)
    assert metered.missing == 4
    gap = kinds(metered.findings)["gap"]
    assert gap.count == 4
    assert gap.examples[0][0] == 11  # the last row before the gap
    with pytest.raises(StudyError, match="Mend\\(fill="):
        metered.require_complete()
    filled = read_meter(file, mend=Mend(fill="interpolate"))
    assert filled.require_complete().power[10:14] == pytest.approx([0.010, 0.011, 0.012, 0.013])
    assert read_meter(file, mend=Mend(fill="zero")).power[11] == 0.0


def test_a_gap_longer_than_allowed_is_not_filled(file):
    times, values = day()
    write(file, times[:10] + times[50:], values[:10] + values[50:])
    assert "longest has 10 h" in str(faults(file, mend=Mend(fill="interpolate"))[0])
    assert read_meter(file, mend=Mend(fill="interpolate", max_gap_hours=10)).missing == 0


def test_same_weekday_takes_the_nearest_week(file):
    times = stamps("2025-03-03 00:00", 21 * 24, 60)
    values = [i // 168 + 1 for i in range(len(times))]
    hole = slice(168 + 5, 168 + 8)  # in the second week; the first week is as near and comes first
    del times[hole], values[hole]
    metered = read_meter(write(file, times, values), mend=Mend(fill="same_weekday"))
    assert metered.power[168 + 5 : 168 + 8] == pytest.approx([0.001] * 3)


def midnight_file(file, days=4):
    """Ends of steps, the row of 00:00 carrying the date of the day that it ends, as in a real steel plant."""
    times = stamps("2025-03-03 00:15", 96 * days)
    shown = [t - dt.timedelta(days=1) if (t.hour, t.minute) == (0, 0) else t for t in times]
    return write(file, shown, range(96 * days), "date,Usage_kWh", form="%d/%m/%Y %H:%M")


def test_previous_day_midnight_is_found_once_a_day_and_moved_by_name(file):
    midnight_file(file)
    found = faults(file, date_order="dmy")
    assert len(found) == 1
    assert found[0].where.line == 97
    assert "4 rows at 00:00" in found[0].what
    metered = read_meter(file, date_order="dmy", cumulative=False, mend=Mend(midnight="move"))
    assert metered.missing == 0
    assert metered.power * 0.25 * 1000 == pytest.approx(np.arange(384))


def clock_change_file(file, minutes=15):
    """2016 in central Europe by the wall clock: 02:00-03:00 skipped on 27 March, met twice on 30 October."""
    winter = stamps("2016-01-01 00:00", 366 * 24 * 60 // minutes, minutes)
    spring, autumn = dt.datetime(2016, 3, 27, 2), dt.datetime(2016, 10, 30, 2)
    wall = [t + dt.timedelta(hours=1) if spring <= t < autumn else t for t in winter]
    return write(file, wall, [i % 97 + 1 for i in range(len(wall))], form="%d.%m.%Y %H:%M")


@pytest.mark.parametrize("minutes", [15, 60])
def test_summer_time_is_found_and_turned_back_without_losing_a_row(file, minutes):
    clock_change_file(file, minutes)
    found = faults(file)
    assert len(found) == 1
    assert "summer time" in found[0].what
    assert "Mend(dst='standard')" in found[0].hint
    metered = read_meter(file, mend=Mend(dst="standard"))
    rows = 366 * 24 * 60 // minutes
    assert metered.power * 1000 == pytest.approx(np.arange(rows) % 97 + 1)


def test_the_wall_clock_keeps_its_hole_in_spring_and_averages_in_autumn(file):
    metered = read_meter(clock_change_file(file), mend=Mend(dst="wall"))
    hole = (31 + 29 + 26) * 96 + 8
    assert np.flatnonzero(np.isnan(metered.power)).tolist() == list(range(hole, hole + 4))
    twice = metered.power[(305 - 1 - 1) * 96 + 8]  # 30 October is day 304 of a leap year
    first = ((304 - 1) * 96 + 4) % 97 + 1  # one hour earlier by the winter clock
    second = ((304 - 1) * 96 + 8) % 97 + 1
    assert twice * 1000 == pytest.approx((first + second) / 2)


def test_a_missing_last_day_is_found_and_repeats_the_week_before(file):
    times = stamps("2018-01-01 00:00", 8736, 60)
    write(file, times, [t.weekday() + 1 for t in times])
    metered = read_meter(file)
    assert (len(metered.power), metered.missing) == (8760, 24)
    assert kinds(metered.findings)["year_end"].count == 24
    mended = read_meter(file, mend=Mend(year_end="repeat_week"))
    assert mended.require_complete().power[-24:] * 1000 == pytest.approx(
        [1.0] * 24
    )  # 31 December 2018 is a Monday


def test_a_register_is_found_by_its_growth_and_read_by_differences(file):
    times = stamps("2025-03-03 00:00", 97)
    readings = [1000 + 10 * i + (i % 3) for i in range(97)]
    metered = read_meter(write(file, times, readings, "time,register_kWh"))
    assert "cumulative" in kinds(metered.findings)
    assert metered.energy * 1000 == pytest.approx(readings[-1] - readings[0])
    assert metered.power[0] * 1000 == pytest.approx((readings[1] - readings[0]) * 4)


def test_a_counter_that_begins_again_each_day_is_no_energy_of_steps_and_no_register(file):
    """Taken for energy of steps, its last hour of a day would count the whole day once more."""
    times = stamps("2025-03-03 01:00", 72, 60)
    today = [10.0 * (i % 24 + 1) for i in range(72)]
    (fault,) = faults(write(file, times, today, "time,kWh today"))
    assert "begins again" in str(fault.what)
    # a load of two levels falls as seldom, but does not grow: it is read
    two_levels = [100.0 if 6 <= (i + 1) % 24 < 18 else 20.0 for i in range(72)]
    assert read_meter(write(file, times, two_levels, "time,kWh")).energy * 1000 == pytest.approx(
        sum(two_levels)
    )


def test_several_meters_in_one_column_are_no_doubles_of_each_other(file):
    """Doubles may be averaged by a mend, which would halve the energy of two meters."""
    rows = [f"{t:%Y-%m-%d %H:%M},{m},40" for t in stamps("2025-03-03", 96) for m in ("A", "B")]
    file.write_text("\n".join(["time,meter,kWh", *rows]) + "\n", encoding="utf-8")
    (fault,) = faults(file, mend=Mend(duplicates="mean"))
    assert "'meter' tells them apart" in str(fault.what)
    assert "A, B" in str(fault.got)


@pytest.mark.parametrize("head", ["Hệ số nhân", "HS_nhan", "CT ratio", "multiplier"])
def test_a_factor_beside_the_values_asks_whether_it_is_in_them(file, head):
    rows = [f"{t:%Y-%m-%d %H:%M},1,400" for t in stamps("2025-03-03", 96)]
    file.write_text("\n".join([f"time,kWh,{head}", *rows]) + "\n", encoding="utf-8")
    (fault,) = faults(file)
    assert "may or may not" in str(fault.what)
    assert read_meter(file, unit="400 kWh").energy * 1000 == pytest.approx(96 * 400)
    assert read_meter(file, unit="kWh").energy * 1000 == pytest.approx(96)
    file.write_text(file.read_text(encoding="utf-8").replace(",400", ",1"), encoding="utf-8")
    assert read_meter(file).energy * 1000 == pytest.approx(96)


def test_a_register_rolls_over_but_an_exchange_is_asked(file):
    times = stamps("2025-03-03 00:00", 4, 60)
    write(file, times, [99990, 99996, 2, 8], "time,kWh")
    assert "digits=5" in faults(file, cumulative=True)[0].hint  # only the user knows the meter's digits
    rolled = read_meter(file, cumulative=True, digits=5)
    assert rolled.power * 1000 == pytest.approx([6, 6, 6])
    assert "rollover" in kinds(rolled.findings)
    write(file, times, [5000, 5006, 2, 8], "time,kWh")
    assert "exchanged" in str(faults(file, cumulative=True)[0])
    power = read_meter(file, cumulative=True, mend=Mend(reset="missing")).power * 1000
    assert power[[0, 2]] == pytest.approx([6, 6])
    assert np.isnan(power[1])


def test_a_gap_in_a_register_keeps_the_energy_counted_meanwhile(file):
    times = stamps("2025-03-03 00:00", 6, 60)
    write(file, [times[0], *times[3:]], [100, 130, 150, 170], "time,kWh")
    metered = read_meter(file, cumulative=True, mend=Mend(fill="interpolate"), step_minutes=60)
    assert metered.power * 1000 == pytest.approx([10, 10, 10, 20, 20])
    assert read_meter(file, cumulative=True).missing == 3


def test_a_power_is_no_register(file):
    assert "no cumulative register" in str(faults(write(file, *day()), cumulative=True)[0])


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1,5", "2,25"], ","),
        (["1.5", "2"], "."),
        (["1.234,5", "7"], ","),
        (["1,234.5"], "."),
        (["1,234,567"], "."),
        (["0.125", "1.250"], "."),
        (["0,125", "1,250"], ","),
        (["1,234", "2,345"], None),
        (["1.234", "2.345"], None),
        (["1.5", "1,5"], None),
        (["12", "7"], "."),
    ],
)
def test_the_decimal_sign_is_told_by_the_column_or_asked(texts, sign):
    assert find_decimal(texts) == sign


def test_decimal_commas_semicolons_and_thousands(file):
    times, _ = day()
    write(file, times, ["1.234,5"] * 96, "Thời gian;Công suất (kW)", ";", "%d/%m/%Y %H:%M")
    metered = read_meter(file, date_order="dmy")
    assert metered.power == pytest.approx(np.full(96, 1.2345))
    assert {"decimal_comma", "thousands", "delimiter"} <= set(kinds(metered.findings))


def test_an_open_decimal_sign_is_asked_with_its_line(file):
    write(file, day()[0], ['"1,234"'] * 96)
    fault = faults(file)[0]
    assert fault.where.line == 2
    assert "decimal=','" in fault.hint
    assert read_meter(file, decimal=",").power[0] == pytest.approx(0.001234)
    assert read_meter(file, decimal=".").power[0] == pytest.approx(1.234)


@given(st.floats(min_value=-1e9, max_value=1e9).map(lambda x: round(x, 3)))
def test_a_number_is_read_as_it_was_written_in_either_style(value):
    english = f"{value:,.3f}"
    vietnamese = english.translate(str.maketrans(",.", ".,"))
    assert to_number(english, ".")[0] == pytest.approx(value, abs=1e-9)
    assert to_number(vietnamese, ",")[0] == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("encoding", "found"), [("utf-8-sig", ""), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le")]
)
def test_encodings_are_found(file, encoding, found):
    write(file, *day(), "time,Công suất kW")
    file.write_bytes(file.read_text(encoding="utf-8").encode(encoding))
    metered = read_meter(file)
    assert metered.power[0] == pytest.approx(0.04)
    assert (
        (found in str(kinds(metered.findings).get("encoding", "")))
        if found
        else "encoding" not in kinds(metered.findings)
    )


def test_vietnamese_windows_text_is_read(file):
    write(file, *day(), "time,Cong suat kW")
    file.write_bytes(file.read_bytes().replace(b"Cong suat", "Công suâ\u0301t".encode("cp1258")))
    metered = read_meter(file)
    assert "Công suất kW" in metered.source
    assert "cp1258" in str(kinds(metered.findings)["encoding"])


def test_gzip_is_read_under_any_name(file):
    write(file, *day())
    file.write_bytes(gzip.compress(file.read_bytes()))
    assert read_meter(file).power[0] == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("form", "order", "ok"),
    [("%d/%m/%Y %H:%M", "auto", False), ("%d/%m/%Y %H:%M", "dmy", True), ("%m/%d/%Y %H:%M", "mdy", True)],
)
def test_day_first_or_month_first_is_asked_when_no_date_proves_it(file, form, order, ok):
    write(file, *day(), form=form)
    if ok:
        assert read_meter(file, date_order=order).start == np.datetime64("2025-03-03T00:00")
    else:
        assert "date_order='dmy'" in faults(file)[0].hint


def test_a_day_above_twelve_proves_the_order_and_a_mix_is_refused(file):
    write(file, *day("2025-03-13 00:00"), form="%d/%m/%Y %H:%M")
    assert read_meter(file).start == np.datetime64("2025-03-13T00:00")
    write(file, *day("2025-03-13 00:00"), form="%m/%d/%Y %I:%M %p")
    assert read_meter(file).start == np.datetime64("2025-03-13T00:00")
    write(file, ["13/01/2025 00:00", "01/14/2025 00:00"], [1, 2])
    assert "mixes" in faults(file)[0].what


def test_24_00_vietnamese_half_days_and_two_columns_are_times(file):
    times = [f"2025-03-03 {h:02d}:00" for h in range(1, 25)]
    assert read_meter(write(file, times, range(24))).start == np.datetime64("2025-03-03T00:00")
    halves = [f"13/03/2025 {(h - 1) % 12 + 1}:00 {'SA' if h < 12 else 'CH'}" for h in range(24)]
    assert read_meter(write(file, halves, range(24))).power[1] == pytest.approx(0.001)
    apart = [f"2025-03-03,{h:02d}:00" for h in range(24)]
    assert read_meter(write(file, apart, range(24), "Ngày,Giờ,P (kW)")).power[5] == pytest.approx(0.005)


def test_utc_stamps_need_the_local_offset_and_offsets_become_standard_time(file):
    times = [t.strftime("%Y-%m-%dT%H:%MZ") for t in stamps("2025-03-02 17:00", 24, 60)]
    write(file, times, range(24))
    assert "Mend(utc_offset_hours=7)" in str(faults(file, label="start")[0])
    assert read_meter(file, mend=Mend(utc_offset_hours=7)).start == np.datetime64("2025-03-03T00:00")
    write(file, [t.strftime("%Y-%m-%dT%H:%M+07:00") for t in stamps("2025-03-03", 24, 60)], range(24))
    assert read_meter(file).start == np.datetime64("2025-03-03T00:00")


def test_negative_values_ask_whether_the_site_exports(file):
    times, values = day()
    write(file, times, ["-5", *values[1:]])
    assert faults(file)[0].where.line == 2
    for rule, first in (("keep", -0.005), ("zero", 0.0)):
        assert read_meter(file, mend=Mend(negative=rule)).power[0] == first
    assert read_meter(file, mend=Mend(negative="missing")).missing == 1


def test_what_a_mend_took_out_is_still_missing(file):
    """Negative values made missing leave holes; without a rule to fill them the series is not complete."""
    times, values = day()
    write(file, times, [*values[:5], "-5", *values[6:]])
    with pytest.raises(StudyError, match="1 steps still have no value, the first is step 6"):
        read_meter(file, mend=Mend(negative="missing")).require_complete()
    whole = read_meter(file, mend=Mend(negative="missing", fill="interpolate")).require_complete()
    assert whole.power[5] == pytest.approx(0.04)


def test_a_hole_at_the_very_end_is_not_closed_by_a_straight_line(file):
    times, values = day()
    write(file, times, [*values[:-1], ""])
    with pytest.raises(StudyError, match="still have no value"):
        read_meter(file, mend=Mend(fill="interpolate")).require_complete()


def test_text_excel_errors_and_empty_fields_are_told_apart(file):
    times, values = day()
    write(file, times, ["#N/A", "NaN", "", "broken", "inf", *values[5:]])
    found = kinds(inspect_meter(file))
    assert {k: found[k].count for k in ("excel_error", "no_value", "text")} == {
        "excel_error": 1,
        "no_value": 2,
        "text": 2,
    }
    assert [f.where.line for f in faults(file)] == [5]
    assert read_meter(file, mend=Mend(text="missing")).missing == 5


def test_rows_out_of_order_and_newest_first(file):
    times, _ = day()
    values = list(range(96))
    times[4], times[5], values[4], values[5] = times[5], times[4], values[5], values[4]
    write(file, times, values)
    assert faults(file)[0].where.line == 7
    assert read_meter(file, mend=Mend(order="sort")).power * 1000 == pytest.approx(np.arange(96))
    newest = read_meter(write(file, day()[0][::-1], range(95, -1, -1)))
    assert newest.power * 1000 == pytest.approx(np.arange(96))
    assert "newest_first" in kinds(newest.findings)


def test_irregular_rows_are_averaged_by_name(file):
    times = [t + dt.timedelta(minutes=i % 2) for i, t in enumerate(stamps("2025-03-03 00:00", 48, 30))]
    write(file, times, range(48))
    assert faults(file, label="start")  # distances of 31 and 29 minutes are no step
    metered = read_meter(file, label="start", step_minutes=60, mend=Mend(irregular="average"))
    assert metered.power * 1000 == pytest.approx(np.arange(24) * 2 + 0.5)


def test_coarser_steps_take_means_and_finer_ones_are_refused(file):
    write(file, day()[0], range(96))
    metered = read_meter(file, step_minutes=60)
    assert metered.power * 1000 == pytest.approx(np.arange(24) * 4 + 1.5)
    assert "cannot be made" in str(faults(file, step_minutes=5)[0])
    assert "divide an hour" in str(faults(file, step_minutes=7)[0])


def test_a_leap_day_is_told_and_dropped_by_name(file):
    write(file, stamps("2024-02-28", 72, 60), range(72))
    assert "leap_day" in kinds(read_meter(file).findings)
    dropped = read_meter(file, mend=Mend(drop_leap_day=True))
    assert dropped.leap_day_dropped
    assert dropped.power * 1000 == pytest.approx([*range(24), *range(48, 72)])


def test_a_year_asked_for_cuts_and_shows_what_is_missing(file):
    write(file, stamps("2024-12-31 00:00", 48, 60), range(48))
    metered = read_meter(file, year=2025)
    assert (len(metered.power), metered.missing) == (8760, 8736)
    assert kinds(metered.findings)["outside_year"].count == 24
    assert "no row in 2030" in str(faults(file, year=2030)[0])


def test_reactive_power_is_read_beside_active(file):
    times, _ = day()
    write(file, times, ["40,20"] * 96, "time,P kWh,Q kvarh")
    metered = read_meter(file, column="P kWh", reactive="Q kvarh")
    assert metered.reactive == pytest.approx(np.full(96, 0.080))


def test_a_column_is_named_with_a_hint_when_it_is_misspelt(file):
    write(file, day()[0], ["1,2"] * 96, "time,press kW,hall kW")
    assert "name it" in faults(file)[0].hint
    assert "Did you mean press kW" in faults(file, column="pres kW")[0].hint


def test_all_faults_of_the_clock_come_in_one_message(file):
    midnight_file(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    lines.insert(50, lines[50])
    lines[60] = lines[60].split(",")[0] + ",-3"
    file.write_text("\n".join(lines), encoding="utf-8")
    text = " ".join(f.what for f in faults(file, date_order="dmy", cumulative=False))
    assert all(word in text for word in ("00:00", "repeat", "negative"))


def test_inspection_reports_without_raising(file):
    found = kinds(inspect_meter(midnight_file(file), MeterOptions(date_order="dmy")))
    assert (found["midnight"].count, found["midnight"].mended) == (4, False)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_a_mend_with_impossible_hours_is_refused(value):
    with pytest.raises(StudyError):
        Mend(fill="zero", max_gap_hours=value)
    with pytest.raises(StudyError):
        Mend(utc_offset_hours=value * 20)


ANY_MEND = Mend(
    midnight="move",
    dst="wall",
    duplicates="mean",
    order="sort",
    irregular="average",
    fill="same_weekday",
    max_gap_hours=8784,
    negative="zero",
    text="missing",
    reset="missing",
    year_end="repeat_week",
    drop_leap_day=True,
    utc_offset_hours=7,
)


def survives(path, **how):
    """Read a hostile file with no mend and with all; anything but a ``StudyError`` fails the test."""
    for mend in (None, ANY_MEND):
        with suppress(StudyError):
            read_meter(path, mend=mend, **how)


@given(st.binary(max_size=400))
def test_hostile_bytes_never_give_anything_but_a_study_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("hostile") / "x.csv"
    for body in (content, b"time,kW\n2025-01-01 00:00," + content + b"\n2025-01-01 01:00,2\n"):
        path.write_bytes(body)
        survives(path)


FIELD = st.one_of(
    st.sampled_from(
        [
            *("2025-01-01 00:00", "31/12/2199 23:59", "29/02/2025 10:00", "1970-01-01 00:00Z"),
            *(
                "2025-01-01 25:00",
                "1e999",
                "-1",
                "#REF!",
                "",
                "9" * 70,
                "½",
                "١",
                "1.2.3",
                "-",
                '"',
                "'",
                "nan",
                "1,5",
                "\r",
                "0x1F",
            ),
        ]
    ),
    st.text(max_size=12),
)
HOW = st.fixed_dictionaries(
    {
        "cumulative": st.sampled_from(["auto", True, False]),
        "label": st.sampled_from(["auto", "start", "end"]),
        "step_minutes": st.sampled_from([None, 15, 60, 0, -5]),
        "year": st.sampled_from([None, 2025, 2024, 0, 10**9]),
        "date_order": st.sampled_from(["auto", "dmy", "mdy"]),
        "unit": st.sampled_from([None, "kWh", "kW", "2 MW", "m**9**9**9", ""]),
    }
)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 60), st.booleans(), FIELD), max_size=8), HOW)
def test_hostile_fields_never_give_anything_but_a_study_error(tmp_path_factory, changes, how):
    """A good file of some rows in which fields are replaced, read in every odd way."""
    rows = [[f"2025-03-03 {i // 4:02d}:{i % 4 * 15:02d}", str(i * 1.5)] for i in range(60)]
    for row, first, field in changes:
        rows[row % 60][0 if first else 1] = field
    path = tmp_path_factory.mktemp("hostile") / "x.csv"
    path.write_text("time,load kWh\n" + "\n".join(",".join(row) for row in rows), encoding="utf-8")
    survives(path, **how)


def test_stamps_two_centuries_apart_do_not_fill_memory(file):
    write(file, ["1970-01-01 00:00", "1970-01-01 00:01", "2199-12-31 23:59"], [1, 2, 3])
    assert "too long" in str(faults(file, label="start")[0])
