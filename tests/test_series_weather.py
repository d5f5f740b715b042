"""Weather files: each layout from a made-up year, so that what is read is compared with what was written."""

from __future__ import annotations

import gzip
from dataclasses import replace

import numpy as np
import pytest

from parkzero.errors import StudyError
from parkzero.series import (
    MonthlyNormals,
    closure,
    read_epw,
    read_nasa_power,
    read_pvgis,
    sun,
    synthetic_weather,
)
from parkzero.series.hours import turn_from_utc
from parkzero.series.weather import HOURS

NORMALS = MonthlyNormals(
    temperature=(16.0, 17, 20, 24, 27, 29, 29, 28, 27, 25, 21, 18),
    temperature_min=(13.0, 15, 18, 22, 24, 26, 26, 25, 24, 22, 18, 15),
    temperature_max=(19.0, 20, 23, 27, 31, 33, 33, 32, 31, 29, 25, 22),
    ghi=(2.2, 2.4, 2.8, 3.7, 5.0, 5.2, 5.2, 4.8, 4.5, 4.0, 3.4, 2.8),
    wind_speed=(2.5, 2.5, 2.6, 2.8, 3.0, 3.1, 3.2, 2.7, 2.4, 2.5, 2.4, 2.3),
    source="made up for this test",
)
PLACE = {"latitude": 20.9, "longitude": 106.6, "altitude": 5.0}
STARTS = np.arange(np.datetime64("2021-01-01", "h"), np.datetime64("2022-01-01", "h"))


@pytest.fixture(scope="module")
def year():
    return synthetic_weather(NORMALS, **PLACE, utc_offset=7.0, seed=3)


def epw_lines(year):
    head = [
        "LOCATION,Test,-,VNM,SRC,1,20.9,106.6,7.0,5.0",
        "COMMENTS 1,x",
        "DATA PERIODS,1,1,Data,Sunday,1/ 1,12/31",
    ]
    for i, t in enumerate(STARTS.astype(object)):
        fields = [str(t.year), str(t.month), str(t.day), str(t.hour + 1), "30", "?"] + ["0"] * 29
        for column, value in (
            (6, year.temperature),
            (9, year.pressure),
            (13, year.ghi),
            (14, year.dni),
            (15, year.dhi),
            (21, year.wind_speed),
        ):
            fields[column] = f"{value[i]:.3f}"
        head.append(",".join(fields))
    return head


@pytest.fixture(scope="module")
def epw(year):
    return epw_lines(year)


def save(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def refused(function, path, **how):
    with pytest.raises(StudyError) as raised:
        function(path, **how)
    return raised.value


def test_epw_hours_are_start_labelled_and_the_sun_stands_in_their_middle(epw, year, tmp_path):
    """The year was made with the sun in the middle of its hours, so global closes there and nowhere else."""
    weather = read_epw(save(tmp_path / "a.epw", epw))
    assert weather.temperature == pytest.approx(year.temperature, abs=1e-3)
    assert weather.wind_speed == pytest.approx(year.wind_speed, abs=1e-3)
    assert weather.pressure[0] == pytest.approx(year.pressure[0], abs=1e-2)
    assert (weather.latitude, weather.utc_offset, weather.wind_height) == (20.9, 7.0, 10.0)
    errors = closure(weather)
    assert errors["middle"] < 0.1 < 10 < min(errors["start"], errors["end"])
    assert weather.sun_at == "middle"
    assert any("middle of the hour" in f.what for f in weather.findings)


@pytest.mark.parametrize(("shift", "where"), [(-1, "start"), (1, "end")])
def test_the_instant_of_the_sun_is_measured_and_not_assumed(year, tmp_path, shift, where):
    """Light moved by half an hour closes with the sun at the other instant."""
    minutes = sun.hour_minutes(HOURS, 30.0 + 30.0 * shift)
    zenith, _, _ = sun.position(minutes, 2021, 20.9, 106.6, 5.0, 7.0)
    dni, dhi = sun.split_global(year.ghi, zenith, minutes)
    moved = replace(year, dni=dni, dhi=dhi)
    assert read_epw(save(tmp_path / "a.epw", epw_lines(moved))).sun_at == where


def test_epw_is_read_from_gzip(epw, tmp_path):
    path = tmp_path / "a.epw.gz"
    path.write_bytes(gzip.compress(("\n".join(epw)).encode()))
    assert len(read_epw(path).ghi) == HOURS


def test_missing_codes_are_refused_by_line_or_closed_when_asked(epw, tmp_path):
    lines = list(epw)
    fields = lines[3 + 100].split(",")
    fields[6], fields[21] = "99.9", "999"
    lines[3 + 100] = ",".join(fields)
    path = save(tmp_path / "a.epw", lines)
    error = refused(read_epw, path)
    assert {f.where.line for f in error.faults} == {104}
    assert "temperature" in str(error)
    assert "wind_speed" in str(error)
    weather = read_epw(path, fill="interpolate")
    assert weather.temperature[100] == pytest.approx((weather.temperature[99] + weather.temperature[101]) / 2)
    assert "interpolate" in str(refused(read_epw, path, fill="interpolate", max_gap_hours=0.5))


def test_29_february_is_left_out_and_told(epw, tmp_path):
    day = [line.replace("2021,2,28", "2021,2,29", 1) for line in epw if line.startswith("2021,2,28,")]
    at = next(i for i, line in enumerate(epw) if line.startswith("2021,3,1,1,"))
    weather = read_epw(save(tmp_path / "a.epw", [*epw[:at], *day, *epw[at:]]))
    assert len(weather.ghi) == HOURS
    assert any(f.kind == "leap_day" for f in weather.findings)


def hot(line):
    fields = line.split(",")
    return ",".join([*fields[:6], "77", *fields[7:]])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda lines: lines[:-1], "not a whole year"),
        (lambda lines: lines[:50] + lines[51:], "not the hour that comes next"),
        (lambda lines: lines[1:], "not an EPW file"),
        (lambda lines: [lines[0], *lines[3:]], "DATA PERIODS"),
        (lambda lines: [lines[0].replace("20.9", "120.9"), *lines[1:]], "latitude"),
        (lambda lines: [lines[0].replace("20.9", "x"), *lines[1:]], "no place"),
        (lambda lines: [*lines[:2], lines[2].replace("1,1,", "1,4,"), *lines[3:]], "other than hourly"),
        (lambda lines: [*lines[:9], "2021,1,1,7,30", *lines[10:]], "too short"),
        (lambda lines: [*lines[:4000], hot(lines[4000]), *lines[4001:]], "impossible temperature"),
    ],
)
def test_broken_epw_files_are_refused(epw, tmp_path, change, word):
    assert word in str(refused(read_epw, save(tmp_path / "a.epw", change(list(epw)))))


def pvgis_tmy(year):
    """A PVGIS typical year: UTC, so its hour 0 is 07:00 in Viet Nam."""
    lines = [
        "Latitude (decimal degrees): 20.900",
        "Longitude (decimal degrees): 106.600",
        "Elevation (m): 5.0",
        "month,year",
        *(f"{m},2016" for m in range(1, 13)),
        "time(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP",
    ]
    for i, t in enumerate(STARTS.astype(object)):
        j = (i + 7) % HOURS
        values = (
            year.temperature[j],
            80,
            year.ghi[j],
            year.dni[j],
            year.dhi[j],
            400,
            year.wind_speed[j],
            90,
            year.pressure[j],
        )
        lines.append(f"{t:%Y%m%d:%H00}," + ",".join(f"{v:.3f}" for v in values))
    return [*lines, "", "T2m: 2-m air temperature (degree Celsius)"]


def test_a_pvgis_typical_year_is_turned_from_utc_to_local_time(year, tmp_path):
    weather = read_pvgis(save(tmp_path / "tmy.csv", pvgis_tmy(year)))
    assert weather.temperature == pytest.approx(year.temperature, abs=1e-3)
    assert weather.ghi == pytest.approx(year.ghi, abs=1e-3)
    assert weather.utc_offset == 7.0
    assert {"utc", "utc_offset", "closure"} <= {f.kind for f in weather.findings}


def pvgis_hourly(year, columns, slope="0 deg."):
    lines = [
        "Latitude (decimal degrees):\t20.900",
        "Longitude (decimal degrees):\t106.600",
        "Elevation (m):\t5",
        "Radiation database:\tPVGIS-ERA5",
        "",
        f"Slope: {slope}",
        "",
        "time," + ",".join(columns),
    ]
    for i, t in enumerate(STARTS.astype(object)):
        j = (i + 7) % HOURS
        values = {
            "G(i)": year.ghi[j],
            "Gb(i)": year.ghi[j] - year.dhi[j],
            "Gd(i)": year.dhi[j],
            "Gr(i)": 0.0,
            "H_sun": 0.0,
            "T2m": year.temperature[j],
            "WS10m": year.wind_speed[j],
            "Int": 0.0,
        }
        lines.append(f"{t:%Y%m%d:%H30}," + ",".join(f"{values[c]:.4f}" for c in columns))
    return lines


def test_pvgis_hours_in_parts_give_the_direct_irradiance_back(year, tmp_path):
    lines = pvgis_hourly(year, ["Gb(i)", "Gd(i)", "Gr(i)", "H_sun", "T2m", "WS10m", "Int"])
    weather = read_pvgis(save(tmp_path / "h.csv", lines))
    assert weather.ghi == pytest.approx(year.ghi, abs=1e-3)
    sunny = year.ghi > 100
    assert weather.dni[sunny] == pytest.approx(year.dni[sunny], abs=0.5)
    assert any(f.kind == "pressure" for f in weather.findings)


def test_pvgis_global_alone_is_split_by_erbs(year, tmp_path):
    weather = read_pvgis(
        save(tmp_path / "h.csv", pvgis_hourly(year, ["G(i)", "H_sun", "T2m", "WS10m", "Int"]))
    )
    assert any(f.kind == "derived_dni" for f in weather.findings)
    assert weather.sun_at == "middle"
    assert weather.dni == pytest.approx(year.dni, abs=0.5)


def test_pvgis_of_a_tilted_plane_and_other_files_are_refused(year, epw, tmp_path):
    lines = pvgis_hourly(year, ["G(i)", "H_sun", "T2m", "WS10m", "Int"], slope="20 deg.")
    assert "slope 0" in str(refused(read_pvgis, save(tmp_path / "a.csv", lines)))
    assert "not a PVGIS file" in str(refused(read_pvgis, save(tmp_path / "b.csv", epw[:50])))
    lines = pvgis_hourly(year, ["G(i)", "T2m"])
    assert "WS10m" in str(refused(read_pvgis, save(tmp_path / "c.csv", lines)))


def nasa(year, utc):
    lines = [
        "-BEGIN HEADER-",
        "NASA/POWER CERES/MERRA2 Native Resolution Hourly Data ",
        "Location: Latitude  20.9   Longitude 106.6 ",
        "Elevation from MERRA-2: Average for 0.5 x 0.625 degree lat/lon region = 5.0 meters",
        "-END HEADER-",
        "YEAR,MO,DY,HR,ALLSKY_SFC_SW_DWN,T2M,WS50M,PS",
    ]
    for i, t in enumerate(STARTS.astype(object)):
        j = (i + (7 if utc else 0)) % HOURS
        lines.append(
            f"{t.year},{t.month},{t.day},{t.hour},{year.ghi[j]:.3f},{year.temperature[j]:.3f},"
            f"{year.wind_speed[j]:.3f},{year.pressure[j] / 1000:.4f}"
        )
    return lines


@pytest.mark.parametrize("utc", [False, True])
def test_nasa_power_tells_its_clock_by_the_sun(year, tmp_path, utc):
    weather = read_nasa_power(save(tmp_path / "n.csv", nasa(year, utc)))
    assert weather.temperature == pytest.approx(year.temperature, abs=1e-3)
    assert weather.pressure == pytest.approx(year.pressure, abs=0.1)
    assert weather.wind_height == 50.0
    assert any(("UTC" if utc else "local") in f.what for f in weather.findings if f.kind == "clock")


def test_nasa_power_missing_codes_are_refused(year, tmp_path):
    lines = nasa(year, False)
    lines[300] = ",".join([*lines[300].split(",")[:5], "-999", *lines[300].split(",")[6:]])
    error = refused(read_nasa_power, save(tmp_path / "n.csv", lines))
    assert error.faults[0].where.line == 301
    assert "no latitude" in str(refused(read_nasa_power, save(tmp_path / "m.csv", lines[5:])))


@pytest.mark.parametrize("reader", [read_epw, read_pvgis, read_nasa_power])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\1\2",
        b"LOCATION\n",
        b"LOCATION," * 5000,
        b"Latitude: 1\ntime\n",
        b"YEAR,MO,DY,HR\n",
        b"\xff\xfe" + b"a" * 99,
        b"PK\x03\x04",
    ],
)
def test_hostile_files_give_a_study_error(reader, content, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(content)
    assert refused(reader, path).faults


def shifted_lines(year, hours):
    """The same year with its hours moved, as files whose clock is another than their header says."""
    moved = {n: np.roll(getattr(year, n), hours) for n in ("ghi", "dni", "dhi", "temperature", "wind_speed")}
    return epw_lines(replace(year, **moved))


@pytest.mark.parametrize(("hours", "told"), [(-7, "clock='utc'"), (2, "UTC offset"), (-3, "UTC offset")])
def test_hours_of_another_zone_are_refused_by_the_sun(tmp_path, year, hours, told):
    file = tmp_path / "w.epw"
    file.write_text("\n".join(shifted_lines(year, hours)))
    with pytest.raises(StudyError) as raised:
        read_epw(file)
    assert "sun of UTC+7" in raised.value.faults[0].what
    assert told in raised.value.faults[0].hint


def test_utc_hours_under_a_local_header_are_turned_when_named(tmp_path, year):
    file = tmp_path / "w.epw"
    file.write_text("\n".join(shifted_lines(year, -7)))
    assert read_epw(file, clock="utc").ghi == pytest.approx(year.ghi, abs=1e-3)


def test_direct_and_diffuse_that_are_all_zero_or_do_not_close_are_refused(tmp_path, year):
    file = tmp_path / "w.epw"
    dark = replace(year, dni=np.zeros(HOURS), dhi=np.zeros(HOURS))
    for wrong, what in (
        (dark, "no direct or no diffuse"),
        (replace(year, dni=year.dni + 300), "do not add up"),
    ):
        file.write_text("\n".join(epw_lines(wrong)))
        with pytest.raises(StudyError, match=what):
            read_epw(file)
        derived = read_epw(file, derive=True)
        assert closure(derived)[derived.sun_at] == pytest.approx(0, abs=1e-3)
        assert derived.dni.sum() > 0


def test_irradiation_that_no_place_has_is_refused(tmp_path, year):
    file = tmp_path / "w.epw"
    for factor in (0.1, 2.0):  # kWh taken for Wh, or a year of daily sums, reads so
        part = {n: np.minimum(getattr(year, n) * factor, 1400) for n in ("ghi", "dni", "dhi")}
        file.write_text("\n".join(epw_lines(replace(year, **part))))
        with pytest.raises(StudyError, match="place cannot have"):
            read_epw(file)


@pytest.mark.parametrize("offset", [7.0, 5.5, 5.75, -3.5])
def test_half_hour_zones_take_their_share_of_two_utc_hours(offset):
    hours = np.arange(HOURS, dtype=float)
    turned, _, _ = turn_from_utc({"x": hours % 24}, list(range(HOURS)), offset)
    assert turned["x"].sum() == pytest.approx((hours % 24).sum())
    assert turned["x"][12] == pytest.approx((12 - offset) % 24)  # noon by the local clock is 12 - offset UTC
