"""EnergyPlus weather files (.epw), also gzipped.

Source of the layout: EnergyPlus, Auxiliary Programs, chapter "EnergyPlus Weather File (EPW) Data
Dictionary". Hour 1 is 00:00 to 01:00; wind is measured at 10 m.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Literal

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series.hours import (
    TYPICAL_YEAR,
    Filling,
    Site,
    finish,
    place_hours,
    to_float,
    turn_from_utc,
    whole,
)
from parkzero.series.weather import Fill, Weather
from parkzero.tables import decode_safely, read_bytes_safely, refuse
from parkzero.texts import say

_MAX_BYTES = 20_000_000
# Name: column, first value that means "missing" (EPW data dictionary)
_FIELDS = {
    "temperature": (6, 99.9),
    "pressure": (9, 999_999.0),
    "ghi": (13, 9999.0),
    "dni": (14, 9999.0),
    "dhi": (15, 9999.0),
    "wind_speed": (21, 999.0),
}


def read_epw(
    path: Path | str,
    *,
    fill: Fill = "refuse",
    max_gap_hours: float = 6.0,
    derive: bool = False,
    clock: Literal["local", "utc"] = "local",
) -> Weather:
    """Read an EPW file.

    Args:
        path: the file.
        fill: "refuse" raises for hours without a value, "interpolate" closes them by a straight line.
        max_gap_hours: longest run that may be closed [h].
        derive: split global irradiance instead of reading direct and diffuse.
        clock: "utc" for files whose hours are UTC though the header names a local offset, as PVGIS writes.

    Returns:
        The year; which instant of the hour the sun closes best with is a finding.

    Raises:
        StudyError: with every fault and its line.
    """
    file = Path(path).name
    text, _ = decode_safely(read_bytes_safely(path, _MAX_BYTES), file)
    try:
        rows = [(i + 1, row) for i, row in enumerate(csv.reader(io.StringIO(text))) if row]
    except csv.Error as broken:
        raise refuse(file, say("is not a readable EPW file"), str(broken)[:100]) from None
    if not rows or rows[0][1][0].strip().upper() != "LOCATION":
        raise refuse(file, say("is not an EPW file"), needs=say("LOCATION in its first line"))
    begin = next(
        (i for i, (_, row) in enumerate(rows[:20]) if row[0].strip().upper() == "DATA PERIODS"), None
    )
    if begin is None:
        raise refuse(file, say("is not an EPW file"), needs=say("a line DATA PERIODS above the hours"))
    about = _location(rows[0][1], file)
    _check_period(rows[begin][1], rows[begin][0], file)
    body = rows[begin + 1 :]
    _check_width(body, file)
    lines = [line for line, _ in body]
    calendar = [
        (whole(to_float(row[1])), whole(to_float(row[2])), whole(to_float(row[3])) - 1) for _, row in body
    ]
    index, findings = place_hours(calendar, lines, file)
    series = {}
    for name, (column, missing) in _FIELDS.items():
        values = np.array([to_float(body[i][1][column]) for i in index])
        series[name] = np.where(values >= missing, np.nan, values)
    source = f"{file}: {', '.join(part.strip() for part in rows[0][1][1:6])}"
    site = Site(*about, TYPICAL_YEAR, 10.0, source)
    at = [lines[i] for i in index]
    if clock == "utc":
        series, at, finding = turn_from_utc(series, at, site.utc_offset)
        findings.append(finding)
    return finish(series, at, file, Filling(fill, max_gap_hours, derive), site, findings)


def _location(row: list[str], file: str) -> tuple[float, float, float, float]:
    """Latitude, longitude, altitude and UTC offset of the line LOCATION."""
    values = [to_float(text) for text in row[6:10]]
    if len(values) < 4 or any(value != value for value in values):
        needs = say("latitude, longitude, UTC offset and altitude")
        raise StudyError(
            [Fault(Place(file=file, line=1), say("has no place"), ",".join(row[6:10])[:80], needs)],
            title=file,
        )
    latitude, longitude, utc_offset, altitude = values
    return latitude, longitude, altitude, utc_offset


def _check_period(row: list[str], line: int, file: str) -> None:
    if [text.strip() for text in row[1:3]] != ["1", "1"]:
        got = ",".join(row[1:3])
        needs = say("one data period with one record an hour")
        raise StudyError(
            [Fault(Place(file=file, line=line), say("has other than hourly data"), got, needs)], title=file
        )


def _check_width(body: list[tuple[int, list[str]]], file: str) -> None:
    short = [(line, len(row)) for line, row in body if len(row) < 22]
    faults = [
        Fault(
            Place(file=file, line=n),
            say("is too short"),
            say("{width} fields", width=width),
            say("22 or more"),
        )
        for n, width in short[:20]
    ]
    if faults:
        raise StudyError(faults, title=file)
