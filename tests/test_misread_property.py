"""True series written in random formats: what is read equals what was written, or it is refused."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from parkzero.errors import StudyError
from parkzero.series import Mend, read_meter

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EPOCH = dt.datetime(1970, 1, 1)
FORMS = {
    "iso": lambda t: t.strftime("%Y-%m-%d %H:%M"),
    "isot": lambda t: t.strftime("%Y-%m-%dT%H:%M:%S"),
    "slash": lambda t: t.strftime("%Y/%m/%d %H:%M:%S"),
    "dmy": lambda t: t.strftime("%d/%m/%Y %H:%M"),
    "bare dmy": lambda t: f"{t.day}.{t.month}.{t.year} {t.hour}:{t.minute:02d}",
    "mdy": lambda t: t.strftime("%m/%d/%Y %I:%M %p"),
    "vi": lambda t: f"{t.hour}h{t.minute:02d} {t.day}/{t.month}/{t.year}",
    "vi words": lambda t: f"{t.day} tháng {t.month} năm {t.year} {t:%H:%M}",
    "vi half": lambda t: (
        f"{t:%d/%m/%Y} {(t.hour - 1) % 12 + 1}:{t.minute:02d} {'SA' if t.hour < 12 else 'CH'}"
    ),
    "month": lambda t: f"{MONTHS[t.month - 1]} {t.day} {t.year} {t:%I:%M %p}",
    "day month": lambda t: f"{t:%d}-{MONTHS[t.month - 1]}-{t:%y %H:%M}",
    "digits": lambda t: t.strftime("%Y%m%d%H%M"),
    "unix": lambda t: str(int((t - EPOCH).total_seconds())),
    "milli": lambda t: str(int((t - EPOCH).total_seconds()) * 1000),
    "serial": lambda t: f"{(t - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1):.6f}",
    "range": None,
    "two columns": None,
}
ZONED = ("iso", "isot", "slash")
#: Unit: MW of a power, MWh of an energy; and whether it is energy.
UNITS = {
    "W": (1e-6, False), "kW": (1e-3, False), "MW": (1.0, False), "Wh": (1e-6, True), "kWh": (1e-3, True),
    "MWh": (1.0, True), "MJ": (1e-3 / 3.6, True), "GJ": (1 / 3.6, True), "kWh/h": (1e-3, False),
}  # fmt: skip
HEADS = ("Time,{}", "Thời gian,Công suất ({})", "timestamp,Load [{}]", "Ngày giờ,Phụ tải_{}")
TITLES = ((), ("Báo cáo phụ tải",), ("Meter 12", "Nhà máy A"))


@dataclass(frozen=True)
class Format:
    """How one series is written; ``named`` says whether the user names its decimal sign and a register."""

    seed: int
    form: str
    minutes: int
    days: int
    delimiter: str
    comma: bool
    end: bool
    newest: bool
    zone: str
    unit: str
    register: bool
    head: int
    titles: int
    padded: bool
    decimals: int
    grouped: bool
    shape: str
    extra: bool
    named: bool


FORMATS = st.builds(
    Format,
    seed=st.integers(0, 2**32 - 1),
    form=st.sampled_from(sorted(FORMS)),
    minutes=st.sampled_from((15, 30, 60)),
    days=st.integers(13, 15),
    delimiter=st.sampled_from((",", ";", "\t", "|")),
    comma=st.booleans(),
    end=st.booleans(),
    newest=st.booleans(),
    zone=st.sampled_from(("", "", "+07:00", "-05:00", "Z")),
    unit=st.sampled_from(sorted(UNITS)),
    register=st.booleans(),
    head=st.integers(0, len(HEADS) - 1),
    titles=st.integers(0, len(TITLES) - 1),
    padded=st.booleans(),
    decimals=st.sampled_from((0, 0, 1, 2, 2, 3, 4)),  # as exports have them; three alone may read two ways
    grouped=st.sampled_from((False, False, True)),
    shape=st.sampled_from(("noise", "shifts", "mostly zero", "constant")),
    extra=st.booleans(),
    named=st.booleans(),
)


def series(f: Format) -> np.ndarray:
    """What each step holds, in the unit, exact in the decimals written."""
    rng = np.random.default_rng(f.seed)
    count = f.days * 1440 // f.minutes
    hour = np.arange(count) * f.minutes // 60 % 24
    level = float(rng.choice([3, 80, 950, 12_000]))
    noise = rng.uniform(0.5, 1.0, count)
    shape = {
        "noise": noise,
        "shifts": np.where((hour >= 6) & (hour < 22), noise, 0.1 * noise),
        "mostly zero": np.where(rng.uniform(size=count) < 0.15, noise, 0.0),
        "constant": np.ones(count),
    }[f.shape]
    return np.round(level * shape, f.decimals)


def number(value: float, f: Format) -> str:
    text = f"{value:,.{f.decimals}f}" if f.grouped else f"{value:.{f.decimals}f}"
    text = text.translate(str.maketrans(",.", ".,")) if f.comma else text
    return f'"{text}"' if f.delimiter in text else text


def write(f: Format, path: Path) -> np.ndarray:
    """Write a file, and return the power of its steps [MW]."""
    values = series(f)
    factor, energy = UNITS[f.unit]
    begin, step = dt.datetime(2025, 3, 1), dt.timedelta(minutes=f.minutes)
    register = f.register and energy
    count = len(values)
    shift = 0 if register or not f.end or f.form in ("range", "two columns") else 1
    moments = [begin + step * (i + shift) for i in range(count + register)]
    shown = np.round(np.concatenate([[0.0], np.cumsum(values)]) + 37_823, f.decimals) if register else values
    utc = dt.timedelta(hours=7) if f.zone == "Z" and f.form in ZONED else dt.timedelta(0)
    if f.form == "range":
        stamps = [f"{t:%d.%m.%Y %H:%M} - {t + step:%d.%m.%Y %H:%M}" for t in moments]
    elif f.form == "two columns":
        stamps = [f"{t:%Y-%m-%d %H:%M}{f.delimiter}{t + step:%Y-%m-%d %H:%M}" for t in moments]
    else:
        stamps = [FORMS[f.form](t - utc) + (f.zone if f.form in ZONED else "") for t in moments]
    rows = [f"{s}{f.delimiter}{number(v, f)}" for s, v in zip(stamps, shown.tolist(), strict=True)]
    if f.newest:
        rows.reverse()
    head = HEADS[f.head].format(f.unit)
    if f.form == "two columns":
        head = "Start,End," + head.split(",")[1]
    if f.extra:
        head, rows = (
            head + ",Ghi chú",
            [r + f.delimiter + ("ok" if i % 7 else "") for i, r in enumerate(rows)],
        )
    width = head.count(",")
    titles = [t + f.delimiter * (width if f.padded else 0) for t in TITLES[f.titles]]
    text = "\n".join([*titles, head.replace(",", f.delimiter), *rows])
    path.write_text(text + "\n", encoding="utf-8")
    return values * factor / (f.minutes / 60 if energy else 1.0)


def outcome(f: Format, path: Path) -> str:
    """ "read", "refused: …", or what differs in silence."""
    truth = write(f, path)
    utc = f.form in ZONED and f.zone == "Z"
    unix = f.form in ("unix", "milli")
    mend = Mend(utc_offset_hours=7 if utc else 0 if unix else None)
    register = f.register and UNITS[f.unit][1]
    named = {"decimal": "," if f.comma else ".", "cumulative": register} if f.named else {}
    try:
        metered = read_meter(path, mend=mend, **named)
    except StudyError as error:
        return f"refused: {error.faults[0].what}"
    start = np.datetime64("2025-03-01T00:00")
    if metered.start != start or len(metered.power) != len(truth):
        return f"begins {metered.start} with {len(metered.power)} steps of {len(truth)}"
    apart = np.abs(metered.power - truth).max() if not metered.missing else np.inf
    return "read" if apart <= 1e-9 * max(1.0, np.abs(truth).max()) else f"differs by {apart}"


def survey(draws: int, tmp_path: Path, start: int = 0) -> Counter[str]:
    """Outcomes of random formats; any silent difference fails with the format."""
    seen: Counter[str] = Counter()
    file = tmp_path / "m.csv"

    @seed(start)
    @settings(
        max_examples=draws, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(FORMATS)
    def each(f: Format) -> None:
        found = outcome(f, file)
        seen[found] += 1
        assert found == "read" or found.startswith("refused"), (found, f)

    each()
    return seen


def _held(seen: Counter[str]) -> None:
    total = sum(seen.values())
    assert seen["read"] >= 0.9 * total, seen.most_common(12)


def test_what_is_read_is_what_was_written_or_it_is_refused(tmp_path):
    _held(survey(300, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_twenty_thousand_formats_are_read_right_or_refused(tmp_path, part):
    _held(survey(2_000, tmp_path, start=1 + part))
