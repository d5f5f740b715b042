"""Which columns of a table hold the time, and what they say as stamps.

One column, a date beside a time of day, a start beside an end, year, month, day and hour apart, Unix seconds
or milliseconds, Excel serials, or a table with a row for each day and a column for each time. A column that
could be a time but is not understood is a fault; rows are taken by position only where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from parkzero.errors import Fault, Place, did_you_mean
from parkzero.series.findings import Finding
from parkzero.series.plain_words import plain_words
from parkzero.series.stamp_forms import DAY, read_clock, read_date, read_zone, take_apart
from parkzero.series.stamps import looks_like_stamp, looks_like_time
from parkzero.tables import TextTable
from parkzero.texts import NOTHING, Text, listed, say
from parkzero.units import FloatArray

_SAMPLE = 200
_TIME_WORDS = frozenset(
    (
        "time", "date", "datetime", "timestamp", "stamp", "start", "begin", "from", "end", "to", "until",
        "utc", "epoch", "unix", "hour", "hours", "he", "day", "days", "minute", "minutes", "month", "year",
        "period", "interval", "ts", "mtu", "horodate", "zeit", "datum", "zeitpunkt", "zeitstempel", "stunde",
        "fecha", "hora", "heure", "gio", "ngay", "thang", "nam", "thoi", "moc", "khoang",
    )
)  # fmt: skip
_PARTS = {
    "year": ("year", "nam", "yyyy"),
    "month": ("month", "thang", "mm", "mo"),
    "day": ("day", "ngay", "dd", "dy"),
    "hour": ("hour", "gio", "hh", "hr", "he", "hour ending", "stunde"),
    "minute": ("minute", "phut", "min"),
}
_PERIODS = ("period", "settlement period", "sp", "chu ky", "interval", "trading period")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_HOUR = re.compile(r"(?:h|he|hour|gio)?\s?(\d{1,2})(?:\s?(?:h|gio))?")


@dataclass(frozen=True, slots=True)
class Times:
    """The columns of the time and the stamps of the rows.

    Attributes:
        columns: names of the columns used; empty when there is none.
        texts: a stamp for each row.
        label: "start" or "end" where the columns prove it.
        findings: how the columns were read.
        faults: columns that could be a time and are not understood.
        strangers: why rows may not be taken by position; empty where they may.
        others: every column that holds a time, also those that are not used.
    """

    columns: tuple[str, ...] = ()
    texts: Sequence[str] = ()
    label: str = ""
    findings: tuple[Finding, ...] = ()
    faults: tuple[Fault, ...] = ()
    strangers: tuple[Fault, ...] = ()
    others: tuple[str, ...] = ()


def find_times(table: TextTable, asked: str | None = None) -> Times:
    """The columns that hold the time, and the stamps.

    Args:
        table: the table, a row for each step.
        asked: the column that the user names, or None to find it.
    """
    columns = table.columns
    if asked is not None:
        if asked not in columns:
            hint, needs = did_you_mean(asked, list(columns)), say("one of {names}", names=some(list(columns)))
            place = Place(file=table.file, field="time")
            return Times(faults=(Fault(place, say("has no such column of times"), asked[:60], needs, hint),))
        columns = {asked: columns[asked]} | {n: c for n, c in columns.items() if _is_clock(c)}
    found = _stamps(table, columns)
    if found is None:
        found = _parts(table, columns) or _numeric(table, columns)
    if found is not None:
        return found
    strangers = tuple(_strangers(table, columns))
    if strangers:
        return Times(faults=strangers, strangers=strangers)
    place = Place(file=table.file)
    return Times(
        faults=(
            Fault(
                place,
                say("has no column of times"),
                say("columns {names}", names=some(list(columns))),
                say("date and time"),
            ),
        )
    )


def some(names: Sequence[str]) -> Text:
    """Names for a message, cut where they are many."""
    shown = listed(n[:40] for n in names[:12])
    if len(names) <= 12:
        return shown
    return say("{names} and {count} more", names=shown, count=len(names) - 12)


def _sample(column: Sequence[str]) -> list[str]:
    return [t for t in column[:_SAMPLE] if t]


def _is_clock(column: Sequence[str]) -> bool:
    sample = _sample(column)
    return bool(sample) and all(map(looks_like_time, sample))


def _stamps(table: TextTable, columns: Mapping[str, Sequence[str]]) -> Times | None:
    """Columns of dates, each with the clock that it holds or that stands beside it."""
    names = list(columns)
    whole: list[tuple[tuple[str, ...], list[str], tuple[Finding, ...]]] = []
    clocks = [n for n in names if _is_clock(columns[n])]
    for i, name in enumerate(names):
        sample = _sample(columns[name])
        if not sample or sum(map(looks_like_stamp, sample)) < 0.5 * len(sample):
            continue
        if _NUMBER.fullmatch(sample[0]) and len(set(sample)) == len(sample) and len(sample[0]) == 8:
            continue  # eight digits that never repeat are no dates of steps within a day
        if any(take_apart(t).clock for t in sample[:20]):
            whole.append(((name,), list(columns[name]), ()))
            continue
        after = [n for n in clocks if names.index(n) > i]
        beside = (after or clocks)[0] if clocks else None
        if beside is not None:
            clocks = [n for n in clocks if n != beside]
            whole.append(((name, beside), _joined(columns[name], columns[beside]), ()))
            continue
        hours = _hours(table, name, columns)
        whole.append(hours or ((name,), list(columns[name]), ()))
    if not whole:
        return None
    with_clock = [w for w in whole if len(w[0]) > 1 or any(take_apart(t).clock for t in w[1][:20])]
    if len(with_clock) < 2:
        names_, texts, findings = (with_clock or whole)[0]
        return Times(names_, texts, findings=findings, others=tuple(n for w in whole for n in w[0]))
    return _pair(table, with_clock)


def _joined(dates: Sequence[str], clocks: Sequence[str]) -> list[str]:
    return [f"{a} {b}" if a else b for a, b in zip(dates, clocks, strict=True)]


def _pair(table: TextTable, whole: list[tuple[tuple[str, ...], list[str], tuple[Finding, ...]]]) -> Times:
    """Two columns of stamps: a start and an end, or a local time beside UTC; else the user is asked."""
    every = tuple(n for w in whole for n in w[0])
    local = [w for w in whole if re.search(r"local|dia phuong", plain_words(" ".join(w[0])))]
    if len(local) == 1:
        return Times(local[0][0], local[0][1], others=every)
    first, second = whole[0], whole[1]
    distance = {_minutes_between(a, b) for a, b in zip(first[1][:_SAMPLE], second[1][:_SAMPLE], strict=True)}
    if len(whole) == 2 and len(distance) == 1 and None not in distance:
        apart = distance.pop() or 0
        own = _minutes_between(first[1][0], first[1][1]) if len(first[1]) > 1 else None
        if apart and own is not None and abs(own) == abs(apart):
            start = first if apart > 0 else second
            what = say("column {name!r} holds the start of each step, the other its end", name=start[0][0])
            note = Finding("start_and_end", "note", len(start[1]), what)
            return Times(start[0], start[1], "start", (note,), others=every)
    names = ", ".join(w[0][0] for w in whole)
    what = say("has several columns of times that are not the start and the end of one step")
    fault = Fault(
        Place(file=table.file), what, names[:120], hint=say("name one: time='{name}'", name=whole[0][0][0])
    )
    return Times(faults=(fault,), strangers=(fault,))


def _minutes_between(first: str, second: str) -> int | None:
    """Minutes from one stamp to another, for stamps that do not leave the order of day and month open."""
    ends = []
    for text in (first, second):
        piece = take_apart(text)
        day, clock = (
            read_date(piece.date, "dmy") or read_date(piece.date, "mdy"),
            read_clock(piece.clock or "0:00"),
        )
        if day is None or clock is None:
            return None
        ends.append((day * DAY + clock) // 60 - (read_zone(piece.zone) or 0))
    return ends[1] - ends[0]


def _named(columns: Mapping[str, Sequence[str]], words: Sequence[str]) -> str | None:
    return next((n for n in columns if plain_words(n) in words), None)


def _whole_numbers(column: Sequence[str]) -> list[int] | None:
    try:
        return (
            [int(float(t)) for t in column] if all(re.fullmatch(r"\d+(\.0+)?", t) for t in column) else None
        )
    except ValueError:
        return None


def _hours(
    table: TextTable, date: str, columns: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], list[str], tuple[Finding, ...]] | None:
    """A date beside the number of an hour (0-23 or 1-24) or of a period of the day."""
    name = _named(columns, _PARTS["hour"])
    numbers = _whole_numbers([_hour_of(t) for t in columns[name]]) if name else None
    if name and numbers and max(numbers) <= 24:
        texts = [f"{d} {h:02d}:00" for d, h in zip(columns[date], numbers, strict=True)]
        what = say(
            "column {name!r} counts the hours of the day from {least} to {most}",
            name=name,
            least=min(numbers),
            most=max(numbers),
        )
        return (date, name), texts, (Finding("hours", "note", len(texts), what),)
    name = _named(columns, _PERIODS)
    numbers = _whole_numbers(columns[name]) if name else None
    if name and numbers and min(numbers) == 1 and max(numbers) in (24, 48, 96):
        minutes = 1440 // max(numbers)
        texts = [
            f"{d} {(p - 1) * minutes // 60:02d}:{(p - 1) * minutes % 60:02d}"
            for d, p in zip(columns[date], numbers, strict=True)
        ]
        what = say(
            "column {name!r} counts the {most} periods of the day, the first from 00:00",
            name=name,
            most=max(numbers),
        )
        return (date, name), texts, (Finding("periods", "note", len(texts), what),)
    return None


def _hour_of(text: str) -> str:
    match = _HOUR.fullmatch(plain_words(text))
    return match[1] if match else text


def _parts(table: TextTable, columns: Mapping[str, Sequence[str]]) -> Times | None:
    """Year, month, day and hour in columns of their own."""
    names = {part: _named(columns, words) for part, words in _PARTS.items()}
    needed = [names[part] for part in ("year", "month", "day", "hour")]
    if any(n is None for n in needed):
        return None
    numbers = [_whole_numbers(columns[str(n)]) for n in needed]
    minutes = _whole_numbers(columns[names["minute"]]) if names["minute"] else [0] * len(table.lines)
    if any(n is None for n in numbers) or minutes is None:
        return None
    years, months, days, hours = (n or [] for n in numbers)
    texts = [
        f"{y:04d}-{m:02d}-{d:02d} {h:02d}:{q:02d}"
        for y, m, d, h, q in zip(years, months, days, hours, minutes, strict=True)
    ]
    used = tuple(str(n) for n in [*needed, *([names["minute"]] if names["minute"] else [])])
    what = say("the time stands in the columns {names}", names=", ".join(used))
    return Times(used, texts, findings=(Finding("parts", "note", len(texts), what),), others=used)


def _numeric(table: TextTable, columns: Mapping[str, Sequence[str]]) -> Times | None:
    """A column of Unix seconds or milliseconds, or of Excel serials."""
    for name in columns:
        values = numbers_of(columns[name])
        if values is None:
            continue
        for kind, read in (("unix", _unix(values)), ("serial", _serial(values, name))):
            if read is None:
                continue
            stamps, said = read
            texts = np.datetime_as_string(stamps.astype("datetime64[s]")).tolist()
            stamp = f"{texts[0]} UTC" if kind == "unix" else texts[0]
            what = say(
                "column {name!r} holds {said} (first {value}), read as {stamp}",
                name=name,
                said=said,
                value=columns[name][0][:20],
                stamp=stamp,
            )
            if kind == "unix":
                texts = [t + "Z" for t in texts]
            return Times((name,), texts, findings=(Finding(kind, "note", len(texts), what),), others=(name,))
    return None


def numbers_of(column: Sequence[str]) -> FloatArray | None:
    """A column of plain numbers, or None where a field is none."""
    if not column or not _NUMBER.fullmatch(column[0]):
        return None
    try:
        return np.array([float(t.replace(",", ".", 1)) for t in column])
    except ValueError:
        return None


def _usual(values: FloatArray) -> float:
    """The distance of most neighbours, where at least nine in ten have it; else 0."""
    apart = np.abs(np.diff(values))
    if not len(apart):
        return 0.0
    usual = float(np.median(apart))
    return usual if np.mean(np.abs(apart - usual) <= 1e-3 * usual) > 0.9 else 0.0


def _unix(values: FloatArray) -> tuple[np.ndarray, Text] | None:
    for least, most, per, said in (
        (5e8, 7e9, 1.0, say("Unix seconds")),
        (5e11, 7e12, 1e3, say("Unix milliseconds")),
    ):
        usual = _usual(values) / per
        if least < values.min() and values.max() < most and usual >= 60 and usual % 60 == 0:
            return (values / per).astype(np.int64), said
    return None


def _serial(values: FloatArray, name: str) -> tuple[np.ndarray, Text] | None:
    usual = _usual(values)
    if not (values.min() > 20_000 and values.max() < 80_000 and 0 < usual < 1):
        return None
    seconds = np.rint((values - 25_569.0) * DAY).astype(np.int64)
    minutes = (seconds + 30) // 60 * 60
    if np.abs(seconds - minutes).max() > 10 or abs(usual * 1440 - round(usual * 1440)) > 0.05:
        return None
    return minutes, say("dates as Excel counts them")


def _strangers(table: TextTable, columns: Mapping[str, Sequence[str]]) -> list[Fault]:
    """Columns that could be a time: named as one, written as one, or counting evenly."""
    faults = []
    for name, column in columns.items():
        why = _why_time(name, column) if len(columns) > 1 or plain_words(name) in _TIME_WORDS else NOTHING
        if why:
            line = table.lines[next((i for i, t in enumerate(column) if t), 0)]
            got = next((t for t in column if t), "")[:40]
            what = say("{why}, but is not understood as a time", why=why)
            needs = say("date and time, such as 2025-12-31 23:00 or 31/12/2025 23:00")
            faults.append(Fault(Place(file=table.file, line=line, field=name), what, repr(got), needs))
    return faults


def _why_time(name: str, column: Sequence[str]) -> Text:
    sample = _sample(column)
    if len(sample) < 0.8 * min(len(column), _SAMPLE):
        return NOTHING
    values = numbers_of(column)
    if values is not None and _is_index(values):
        return NOTHING
    if set(plain_words(name).split()) & _TIME_WORDS and len(set(sample)) > 1:
        return say("is named as a time")
    if values is not None:
        return say("counts evenly") if len(values) > 2 and _usual(values) > 0 else NOTHING
    texts = [t for t in sample if not _NUMBER.fullmatch(t) and sum(c.isdigit() for c in t) >= 3]
    if len(texts) > 0.8 * len(sample) and len(set(texts)) > 0.5 * len(texts):
        return say("looks like a time") if any(re.search(r"\d\D+\d", t) for t in texts) else NOTHING
    return NOTHING


def _is_index(values: FloatArray) -> bool:
    """Whether a column counts the rows from 0 or 1."""
    return bool(values[0] in (0.0, 1.0) and (np.diff(values) == 1.0).all())
