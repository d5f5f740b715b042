"""Tết and the public holidays against published dates."""

from __future__ import annotations

import datetime as dt

import pytest

from parkzero.errors import StudyError
from parkzero.series import public_holidays, tet
from parkzero.series.calendar import hung_kings_day
from parkzero.series.lunar import lunar_to_solar, new_moon, sun_longitude

TET = [
    "2016-02-08",
    "2017-01-28",
    "2018-02-16",
    "2019-02-05",
    "2020-01-25",
    "2021-02-12",
    "2022-02-01",
    "2023-01-22",
    "2024-02-10",
    "2025-01-29",
    "2026-02-17",
    "2027-02-06",
    "2028-01-26",
]
HUNG_KINGS = [
    "2016-04-16",
    "2020-04-02",
    "2021-04-21",
    "2022-04-10",
    "2023-04-29",
    "2024-04-18",
    "2025-04-07",
]


@pytest.mark.parametrize("date", TET)
def test_tet_falls_on_the_published_dates(date):
    assert tet(int(date[:4])).isoformat() == date


@pytest.mark.parametrize(
    ("year", "viet_nam", "china"),
    [(2007, "02-17", "02-18"), (2030, "02-02", "02-03"), (2053, "02-18", "02-19")],
)
def test_tet_comes_a_day_before_the_chinese_new_year_when_the_new_moon_falls_between_their_midnights(
    year, viet_nam, china
):
    """These new moons fall between 16:00 and 17:00 UTC: before midnight at UTC+7, after it at UTC+8."""
    assert tet(year).isoformat() == f"{year}-{viet_nam}" != f"{year}-{china}"


@pytest.mark.parametrize("date", HUNG_KINGS)
def test_hung_kings_day_falls_on_the_published_dates(date):
    """2020 and 2023 have leap months after and before the third month is counted."""
    assert hung_kings_day(int(date[:4])).isoformat() == date


def test_tet_lies_between_20_january_and_21_february_for_a_century():
    for year in range(1990, 2101):
        assert dt.date(year, 1, 20) <= tet(year) <= dt.date(year, 2, 21)
        assert (tet(year + 1) - tet(year)).days in (353, 354, 355, 383, 384, 385) if year < 2100 else True


def test_new_moon_and_sun_agree_with_the_worked_examples_of_meeus():
    """Example 49.a: new moon of 18 February 1977, 3:37:42. Example 25.a: 13 October 1992, 199.90895 deg."""
    dynamical = new_moon(-283) + 48 / 86400  # delta T of 1977 is 48 s
    assert dynamical == pytest.approx(2443192.65118, abs=3e-3)
    assert sun_longitude(2448908.5 - 59 / 86400) == pytest.approx(199.90895, abs=2e-3)


def test_there_are_eleven_public_holidays():
    days = public_holidays(2025)
    assert len(days) == 11
    assert list(days) == sorted(days)
    assert [d for d, name in days.items() if name == "Quốc khánh"] == [
        dt.date(2025, 9, 1),
        dt.date(2025, 9, 2),
    ]
    after = public_holidays(2024, national_day="after", tet_days_before=2)
    assert dt.date(2024, 9, 3) in after
    assert dt.date(2024, 2, 8) in after


def test_days_outside_the_calendar_are_refused():
    with pytest.raises(StudyError):
        tet(1900)
    with pytest.raises(StudyError):
        lunar_to_solar(2200, 1, 1)
    with pytest.raises(StudyError):
        public_holidays(2025, tet_days_before=7)
