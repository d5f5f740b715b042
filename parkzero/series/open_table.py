"""Tables of readings as the trade sends them, opened as one row for each step.

Text tables pass as they are. A table with a row for each day and a column for each time of day becomes long;
Green Button (ESPI) XML and NEM12 are read by name. Their forms: NAESB REQ.21 ESPI, IntervalBlock; AEMO Meter
Data File Format Specification NEM12 & NEM13.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place, StudyError
from parkzero.series.plain_words import plain_words
from parkzero.series.stamps import looks_like_stamp, looks_like_time
from parkzero.tables import TextTable, read_bytes_safely, read_csv_safely, refuse
from parkzero.texts import say

VALUES = "values"
_LEAST_TIMES = 12
_ESPI = "{http://naesb.org/espi}"
_ESPI_UNITS = {"72": "Wh", "38": "W", "61": "VA", "71": "VAh", "63": "var", "73": "varh"}
_ESPI_ENERGY = {"Wh": "Wh", "W": "W"}
_ESPI_REGISTERS = frozenset({"1", "2", "3", "9"})


def open_table(path: Path | str) -> TextTable:
    """Open a file of readings as a table with a row for each step.

    Raises:
        StudyError: with every fault found.
    """
    head = read_bytes_safely(path)[:2000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if head[:1] == b"<":
        return _green_button(path)
    if re.match(rb"100,NEM(12|13),", head):
        return _nem12(path, head)
    return unfold(read_csv_safely(path))


def unfold(table: TextTable) -> TextTable:
    """A table with a column for each time of day, with a row for each step; any other as it is."""
    times = [(n, clock) for n in table.columns if (clock := _clock_of(n)) is not None]
    dates = [
        n
        for n, c in table.columns.items()
        if n not in dict(times) and c[0] and sum(map(looks_like_stamp, c[:50])) > 0.5 * len(c[:50])
    ]
    if len(times) < _LEAST_TIMES or not dates:
        return table
    clocks = _period_clocks([c for _, c in times])
    stamps = [f"{d} {clock}" for d in table.columns[dates[0]] for clock in clocks]
    fields = zip(*(table.columns[n] for n, _ in times), strict=True)
    values = [v for row in fields for v in row]
    lines = tuple(np.repeat(table.lines, len(times)).tolist())
    columns = {dates[0]: tuple(stamps), VALUES: tuple(values)}
    return TextTable(
        table.file, columns, lines, table.preamble, table.delimiter, table.encoding, table.has_header
    )


def _clock_of(name: str) -> str | None:
    """The time of day that heads a column, or the number of its hour or period as "#7"."""
    if looks_like_time(name):
        return name
    match = re.fullmatch(
        r"(?:h|he|hour|gio|chu ky|t|sp|period)? ?(\d{1,2})(?: ?(?:h|gio))?", plain_words(name)
    )
    return f"#{int(match[1])}" if match else None


def _period_clocks(clocks: Sequence[str]) -> list[str]:
    """Times of day of columns that count hours (0-23, 1-24) or periods (1-48, 1-96)."""
    if not all(c.startswith("#") for c in clocks):
        return list(clocks)
    numbers = [int(c[1:]) for c in clocks]
    if len(numbers) == 24:
        return [f"{n:02d}:00" for n in numbers]
    minutes = 1440 // len(numbers)
    return [f"{n * minutes // 60:02d}:{n * minutes % 60:02d}" for n in numbers]


def _nem12(path: Path | str, head: bytes) -> TextTable:
    """NEM12: 200 records name a channel, its unit and its interval, 300 records hold a day each."""
    file = Path(path).name
    if head.startswith(b"100,NEM13"):
        raise refuse(file, say("is a NEM13 file of accumulated readings"), needs=say("NEM12 interval data"))
    text = read_bytes_safely(path).decode("utf-8-sig", errors="replace")
    channels: dict[str, dict[str, tuple[str, int]]] = {}
    name, minutes = "", 0
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), start=1):
        row = [f.strip() for f in line.split(",")]
        place = Place(file=file, line=number)
        if row[0] == "200" and len(row) >= 9:
            minutes = int(row[8]) if row[8] in ("1", "5", "15", "30", "60") else 0
            name = f"{row[1]} {row[4]} ({_nem_unit(row[7])})"
            channels.setdefault(name, {})
            if not minutes:
                faults.append(
                    Fault(place, say("has an interval that is none"), row[8][:20], say("5, 15 or 30 minutes"))
                )
        elif row[0] == "300" and minutes:
            count = 1440 // minutes
            if len(row) < 2 + count or not re.fullmatch(r"\d{8}", row[1]):
                faults.append(
                    Fault(
                        place,
                        say("is not a day of readings"),
                        say("{count} fields", count=len(row)),
                        say("{count} values", count=count),
                    )
                )
                continue
            for i, value in enumerate(row[2 : 2 + count]):
                channels[name][f"{row[1]} {i * minutes // 60:02d}:{i * minutes % 60:02d}"] = (value, number)
    if not faults and not any(channels.values()):
        faults.append(
            Fault(
                Place(file=file), say("is a NEM12 file without a day of readings"), needs=say("300 records")
            )
        )
    if faults:
        raise StudyError(faults[:20], title=file)
    return _long(file, channels, "start")


def _nem_unit(written: str) -> str:
    known = {
        u.lower(): u for u in ("Wh", "kWh", "MWh", "GWh", "varh", "kvarh", "Mvarh", "W", "kW", "MW", "kVAh")
    }
    return known.get(written.lower(), written)


def _long(file: str, channels: dict[str, dict[str, tuple[str, int]]], heading: str) -> TextTable:
    stamps = sorted({stamp for values in channels.values() for stamp in values})
    lines = {s: n for values in channels.values() for s, (_, n) in values.items()}
    columns = {heading: tuple(stamps)}
    for name, values in channels.items():
        columns[name] = tuple(values[s][0] if s in values else "" for s in stamps)
    return TextTable(file, columns, tuple(lines[s] for s in stamps), (), ",", "utf-8", True)


def _green_button(path: Path | str) -> TextTable:
    """Green Button: interval readings, scaled by the power of ten of their ReadingType, stamped in UTC."""
    import defusedxml.ElementTree  # few files are XML

    file = Path(path).name
    try:
        root = defusedxml.ElementTree.fromstring(read_bytes_safely(path), forbid_dtd=True)
    except (ParseError, ValueError) as broken:  # hostile XML raises a ValueError
        raise refuse(
            file, say("is not readable XML"), got=str(broken)[:80], hint=say("export it as CSV")
        ) from None
    blocks = list(root.iter(f"{_ESPI}IntervalBlock"))
    if not blocks:
        what = say("is XML, but no Green Button (ESPI) file")
        raise refuse(
            file, what, root.tag[:60], say("a CSV table, or Green Button XML"), say("export it as CSV")
        )
    readings = [r for block in blocks for r in block.iter(f"{_ESPI}IntervalReading")]
    if not readings:
        what = say("is a Green Button file whose IntervalBlock holds no IntervalReading")
        raise refuse(
            file,
            what,
            needs=say("interval data"),
            hint=say("ask the supplier for the interval data, or for CSV"),
        )
    return _readings(file, root, readings)


def _readings(file: str, root: Element, readings: Sequence[Element]) -> TextTable:
    types = list(root.iter(f"{_ESPI}ReadingType"))
    said = {(_text(t, "uom"), _text(t, "powerOfTenMultiplier") or "0") for t in types}
    if len(said) > 1:
        what = say("is a Green Button file with several kinds of readings")
        raise refuse(
            file,
            what,
            say("{count} ReadingTypes", count=len(said)),
            say("one kind"),
            say("export active energy alone"),
        )
    uom, power = next(iter(said), ("", "0"))
    unit = _ESPI_UNITS.get(uom, "")
    if unit not in _ESPI_ENERGY or not re.fullmatch(r"-?\d{1,2}", power):
        got = f"uom {uom} ({unit})" if unit else f"uom {uom}"
        raise refuse(
            file,
            say("is a Green Button file of no active energy or power"),
            got,
            say("uom 72 (Wh) or 38 (W)"),
        )
    _require_deliveries(file, types)
    stamps, values, lengths = [], [], set[str]()
    for reading in readings:
        start, value = _text(reading, "start", deep=True), _text(reading, "value")
        if not re.fullmatch(r"\d{1,11}", start) or not re.fullmatch(r"-?\d{1,15}", value):
            raise refuse(
                file, say("has an IntervalReading without a start or a value"), f"{start} {value}"[:60]
            )
        stamps.append(f"{np.datetime64(int(start), 's')}Z")
        values.append(f"{int(value)}e{power}")
        lengths.add(_text(reading, "duration", deep=True))
    _require_even(
        file, sorted(lengths - {""}), np.unique([int(_text(r, "start", deep=True)) for r in readings])
    )
    # Entries of a feed stand in any order; each reading says when it was.
    order = sorted(range(len(stamps)), key=stamps.__getitem__)
    columns = {
        "start": tuple(stamps[i] for i in order), f"value ({unit})": tuple(values[i] for i in order),
    }  # fmt: skip
    return TextTable(file, columns, tuple(i + 1 for i in order), (), ",", "utf-8", True, "start")


def _require_deliveries(file: str, types: Sequence[Element]) -> None:
    """Readings are what was delivered, each of its own interval; else what is read would be something else.

    ESPI: flowDirection 1 is forward, 19 reverse; accumulationBehaviour 1, 2, 3 and 9 are registers that grow.

    Raises:
        StudyError: when they are not.
    """
    directions = {_text(t, "flowDirection") or "1" for t in types}
    if "19" in directions or len(directions) > 1:
        raise refuse(
            file,
            say("is a Green Button file of what flows back, or of both directions"),
            f"flowDirection {', '.join(sorted(directions))}",
            say("flowDirection 1, from the supplier"),
            say("export active energy alone"),
        )
    grows = {_text(t, "accumulationBehaviour") for t in types} & _ESPI_REGISTERS
    if grows:
        raise refuse(
            file,
            say("is a Green Button file of a register that only grows"),
            f"accumulationBehaviour {', '.join(sorted(grows))}",
            say("interval data"),
            say("ask the supplier for the interval data, or for CSV"),
        )


def _require_even(file: str, lengths: Sequence[str], starts: npt.NDArray[np.int64]) -> None:
    """Each reading lasts until the next begins, gaps aside: energy of a quarter of an hour is no hour's.

    Raises:
        StudyError: when it does not.
    """
    apart = int(np.diff(starts).min()) if len(starts) > 1 else 0
    if len(lengths) > 1 or (lengths and apart and lengths[0] != str(apart)):
        raise refuse(
            file,
            say("has IntervalReadings that last longer or shorter than they are apart"),
            say("duration {lengths} s, {apart} s apart", lengths=", ".join(lengths[:4]), apart=apart),
            say("one duration, that of the step"),
            say("ask the supplier for the interval data, or for CSV"),
        )


def _text(element: Element, name: str, deep: bool = False) -> str:
    found = element.find(f".//{_ESPI}{name}" if deep else f"{_ESPI}{name}")
    return (found.text or "").strip() if found is not None else ""
