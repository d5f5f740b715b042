"""The law of each day: what a study of that day is planned with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from parkzero import books
from parkzero.books import BookError

FIRST, LAST = date(2024, 1, 1), date(2027, 12, 31)
DAYS = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]

# Day of each change from 2024 to 2027, and what holds from it on.
CHANGES = {
    "tariff.manufacturing.lt6kV.peak": [("2024-01-01", 3314), ("2024-10-11", 3474), ("2025-05-10", 3640)],
    "tariff.avg_retail_price": [
        ("2024-01-01", 2006.79), ("2024-10-11", 2103.1159), ("2025-05-10", 2204.0655),
    ],
    "tariff.vat": [("2024-01-01", 8), ("2027-01-01", 10)],
    "tariff.adjustment_min_interval": [("2025-03-28", 3)],
    "rooftop.surplus_sale_cap": [("2025-03-03", 20), ("2026-06-26", 50)],
    "ceiling.solar_ground_no_bess.north": [("2025-04-10", 1382.7), ("2026-01-01", None)],
    "ceiling.wind_onshore.north": [("2025-05-30", 1959.4), ("2026-01-01", None)],
    "ceiling.wind_offshore.north": [("2025-06-26", 3975.1), ("2026-01-01", None)],
    "ceiling.ccgt_lng": [("2026-07-23", 3410.64), ("2027-01-01", None)],
    "ets.borrow_limit": [("2025-08-01", 15)],
    "ets.offset_limit": [("2025-08-01", 30)],
    "ets.price": [("2026-06-29", 136000), ("2026-06-30", None)],
    "ghg.list.facilities": [("2024-01-01", 1912), ("2024-10-01", 2166), ("2026-09-25", 2441)],
    "fuel.diesel.price": [
        ("2024-01-01", 20000), ("2026-01-01", None), ("2026-04-19", 31040), ("2026-04-20", None),
    ],
    "fx.vnd_per_usd": [("2026-06-01", 26300), ("2026-07-01", None)],
    "wage.min.region_I.month": [("2026-01-01", 5.31)],
    "cbam.free_allocation_factor": [("2026-01-01", 97.5), ("2027-01-01", 95)],
    "dppa.grid.total_adders": [("2025-01-01", 523.34), ("2026-01-01", None)],
}  # fmt: skip


@pytest.mark.parametrize("key", CHANGES)
def test_each_day_has_the_value_of_its_law(key: str) -> None:
    """Every day of four years, so that no change is a day early or late."""
    changes = [(date.fromisoformat(day), value) for day, value in CHANGES[key]]
    for day in DAYS:
        expected = next((value for start, value in reversed(changes) if start <= day), None)
        try:
            assert books.find(key, day).value == expected, day
        except BookError:
            assert expected is None, day


def test_each_day_has_one_tariff_and_one_schedule() -> None:
    for day in DAYS:
        tariff = books.tariff("manufacturing.22_110kV", day)
        assert all(entry.covers(day) for entry in tariff.entries)
        expected = "legacy" if day < date(2026, 4, 22) else "qd963"
        assert books.schedule(on=day).name == expected
        held = [s for s in books.schedules() if s.entries[0].covers(day)]
        assert len(held) == 1, day


def test_statutory_factors_begin_with_the_decision() -> None:
    before = books.emission_factor("anthracite", on=date(2022, 10, 9))[2]
    after = books.emission_factor("anthracite", on=date(2022, 10, 10))[2]
    assert "vn2626" not in before[0].key
    assert "vn2626" in after[0].key


MISSES = [
    ("tariff.manufacturing.22_110kV.normal", date(2023, 11, 8), ", before the first; the books hold it for"),
    ("ceiling.ccgt_lng", date(2027, 1, 1), "2027-01-01, after the last: give a value of your own"),
    ("fuel.diesel.price", date(2026, 2, 1), "in a gap; the books hold it for 2024-01-01 to 2025-12-31"),
    ("tarif.vat", date(2026, 1, 1), "Did you mean tariff.vat"),
    ("tariff.manufacturing.22_110kv.normal", date(2026, 1, 1), "Did you mean tariff.manufacturing.22_110kV."),
]


@pytest.mark.parametrize(("key", "on", "words"), MISSES)
def test_a_day_or_key_that_is_not_there_says_what_there_is(key: str, on: date, words: str) -> None:
    with pytest.raises(BookError) as caught:
        books.find(key, on)
    assert words in str(caught.value)
