"""Green Button files as suppliers make them: namespaces, directions, powers of ten, gaps, clocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from parkzero.errors import StudyError
from parkzero.series import Mend, read_meter
from parkzero.texts import in_words

HOURS = 72
START = 1_735_689_600  # 2025-01-01 00:00 UTC
LOCAL = Mend(utc_offset_hours=7)


def reading(hour: int, value: int | str, seconds: int = 3600, p: str = "") -> str:
    return (
        f"<{p}IntervalReading><{p}timePeriod><{p}duration>{seconds}</{p}duration>"
        f"<{p}start>{START + hour * seconds}</{p}start></{p}timePeriod><{p}value>{value}</{p}value>"
        f"</{p}IntervalReading>"
    )


def kind(p: str = "", **said: object) -> str:
    told = {"uom": 72, "powerOfTenMultiplier": 3, **said}
    return f"<{p}ReadingType>{''.join(f'<{p}{k}>{v}</{p}{k}>' for k, v in told.items())}</{p}ReadingType>"


def feed(readings: list[str], *kinds: str, p: str = "") -> str:
    space = f'xmlns:{p[:-1]}="http://naesb.org/espi"' if p else 'xmlns="http://naesb.org/espi"'
    half = len(readings) // 2
    blocks = "".join(
        f"<{p}IntervalBlock>{''.join(part)}</{p}IntervalBlock>" for part in (readings[half:], readings[:half])
    )  # the later block stands first
    inside = f"<{p}all {space}>{''.join(kinds)}{blocks}</{p}all>"
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry>{inside}</entry></feed>'


def read(tmp_path: Path, text: str, mend: Mend = LOCAL) -> np.ndarray:
    path = tmp_path / "green.xml"
    path.write_text(text, encoding="utf-8")
    return read_meter(path, mend=mend).power


LOAD = [200 + 7 * hour % 24 for hour in range(HOURS)]


@pytest.mark.parametrize("p", ["", "espi:", "ns3:"])
def test_namespaces_and_blocks_in_any_order(tmp_path, p):
    values = read(tmp_path, feed([reading(h, v, p=p) for h, v in enumerate(LOAD)], kind(p), p=p))
    assert values == pytest.approx([v / 1000 for v in LOAD])


@pytest.mark.parametrize(
    ("power", "written"), [(0, 200_000), (-3, 200_000_000), (3, 200), (5, 2), ("", 200_000)]
)
def test_powers_of_ten(tmp_path, power, written):
    """200 kWh an hour are 0.2 MW, whichever power of ten they are written in."""
    rows = [reading(h, written) for h in range(HOURS)]
    assert read(tmp_path, feed(rows, kind(powerOfTenMultiplier=power))) == pytest.approx([0.2] * HOURS)


def test_mean_power_and_quarters_of_an_hour(tmp_path):
    """50 kWh in a quarter of an hour are 0.2 MW; so are 200 kW."""
    quarters = [reading(i, 50, 900) for i in range(4 * HOURS)]
    assert read(tmp_path, feed(quarters, kind())) == pytest.approx([0.2] * 4 * HOURS)
    assert read(
        tmp_path, feed([reading(i, 200, 900) for i in range(4 * HOURS)], kind(uom=38))
    ) == pytest.approx([0.2] * 4 * HOURS)


def test_a_gap_is_missing_and_never_spread(tmp_path):
    rows = [reading(h, v) for h, v in enumerate(LOAD) if h not in (30, 31)]
    values = read(tmp_path, feed(rows, kind()))
    assert np.flatnonzero(np.isnan(values)).tolist() == [30, 31]
    assert np.nansum(values) == pytest.approx(sum(v for h, v in enumerate(LOAD) if h not in (30, 31)) / 1000)


def test_seconds_count_in_utc_and_the_clock_is_asked_for(tmp_path):
    """Midnight in UTC is 07:00 in Viet Nam; nobody guesses it."""
    path = tmp_path / "green.xml"
    path.write_text(feed([reading(h, v) for h, v in enumerate(LOAD)], kind()), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_meter(path)
    assert "UTC" in in_words(caught.value.faults[0].what, "en")
    hanoi, berlin = (read_meter(path, mend=Mend(utc_offset_hours=h)) for h in (7, 1))
    assert str(hanoi.start)[:13].replace(" ", "T") == "2025-01-01T07"
    assert str(berlin.start)[:13].replace(" ", "T") == "2025-01-01T01"


REFUSED = {
    "what flows back": (feed([reading(h, 1) for h in range(48)], kind(flowDirection=19)), "flowDirection 19"),
    "both directions in one file": (
        feed([reading(h, 1) for h in range(48)], kind(flowDirection=1), kind(flowDirection=19)),
        "flowDirection 1, 19",
    ),
    "two powers of ten": (
        feed([reading(h, 1) for h in range(48)], kind(), kind(powerOfTenMultiplier=0)), "2 ReadingTypes",
    ),
    "a register": (
        feed([reading(h, 1000 + h) for h in range(48)], kind(accumulationBehaviour=3)),
        "accumulationBehaviour 3",
    ),
    "quarters an hour apart": (
        feed([reading(4 * h, 50, 900) for h in range(48)], kind()), "duration 900 s, 3600 s apart",
    ),
    "durations of two kinds": (
        feed([*(reading(h, 50) for h in range(48)), reading(400, 5, 900)], kind()), "duration 3600, 900",
    ),
    "reactive energy": (feed([reading(h, 1) for h in range(48)], kind(uom=73)), "uom 73 (varh)"),
    "gas by volume": (feed([reading(h, 1) for h in range(48)], kind(uom=42)), "uom 42"),
    "no kind of reading": (feed([reading(h, 1) for h in range(48)]), "uom"),
    "a power of ten in words": (
        feed([reading(h, 1) for h in range(48)], kind(powerOfTenMultiplier="kilo")), "uom 72",
    ),
    "a value with a comma": (feed([reading(h, "1,5") for h in range(48)], kind()), "1,5"),
    "another namespace": (
        feed([reading(h, 1) for h in range(48)], kind()).replace("http://naesb.org/espi", "http://x"), "feed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_misread_is_refused_with_what_was_got(name, tmp_path):
    text, got = REFUSED[name]
    with pytest.raises(StudyError) as caught:
        read(tmp_path, text)
    assert got in in_words(caught.value.faults[0].got, "en")
    assert in_words(caught.value.faults[0].what, "vi") != in_words(caught.value.faults[0].what, "en")


def test_a_meter_that_feeds_back_is_told_of(tmp_path):
    rows = [reading(h, -5 if h % 24 == 12 else v) for h, v in enumerate(LOAD)]
    with pytest.raises(StudyError, match="negative"):
        read(tmp_path, feed(rows, kind()))


def test_an_hour_that_is_told_twice_is_not_taken_twice(tmp_path):
    rows = [*(reading(h, v) for h, v in enumerate(LOAD)), reading(3, 900)]
    with pytest.raises(StudyError) as caught:
        read(tmp_path, feed(rows, kind()))
    assert "2025-01-01" in str(caught.value)


def test_stamps_are_starts_by_the_standard(tmp_path):
    """A feed from 13:00 to 17:00 shows of itself neither starts nor ends; ESPI says that they are starts."""
    path = tmp_path / "green.xml"
    path.write_text(feed([reading(h, 200) for h in range(6, 10)], kind()), encoding="utf-8")
    found = read_meter(path, mend=LOCAL)
    assert str(found.start)[:16] == "2025-01-01T13:00"
    assert found.power == pytest.approx([0.2] * 4)
    assert read_meter(path, mend=LOCAL, label="start").power == pytest.approx([0.2] * 4)
    with pytest.raises(StudyError) as caught:
        read_meter(path, mend=LOCAL, label="end")
    assert [(f.where.field, f.got) for f in caught.value.faults] == [("label", "end")]
