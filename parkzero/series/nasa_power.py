"""NASA POWER hourly downloads as CSV.

Source of the layout: NASA Langley Research Center, POWER Data Services, hourly API documentation. Times
are local solar time or UTC as chosen at download, which the file does not say: the sun tells.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Literal

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series.findings import Finding
from parkzero.series.hours import (
    TYPICAL_YEAR,
    Filling,
    Site,
    best_offset,
    finish,
    local_offset,
    place_hours,
    sun_year,
    to_float,
    turn_from_utc,
    whole,
)
from parkzero.series.weather import Fill, Weather, check_place
from parkzero.tables import decode_safely, read_bytes_safely, refuse
from parkzero.texts import listed, say
from parkzero.units import FloatArray

_MAX_BYTES = 50_000_000
_MISSING = -990.0
_COLUMNS = {
    "ALLSKY_SFC_SW_DWN": "ghi",
    "ALLSKY_SFC_SW_DNI": "dni",
    "ALLSKY_SFC_SW_DIFF": "dhi",
    "T2M": "temperature",
    "PS": "pressure",
}
_WIND = {"WS10M": 10.0, "WS50M": 50.0, "WS2M": 2.0}


def read_nasa_power(
    path: Path | str,
    *,
    times: Literal["auto", "local", "utc"] = "auto",
    utc_offset: float | None = None,
    fill: Fill = "refuse",
    max_gap_hours: float = 6.0,
    derive: bool = False,
) -> Weather:
    """Read a NASA POWER hourly CSV file of one calendar year.

    Args:
        path: the file.
        times: whether its hours are local or UTC; found from the sun when "auto".
        utc_offset: local standard time [h]; the whole hour nearest to the longitude when None.
        fill: how hours without a value (-999) are treated.
        max_gap_hours: longest run that may be filled [h].
        derive: split global irradiance instead of reading direct and diffuse.

    Returns:
        The year in local standard time.

    Raises:
        StudyError: with every fault and its line.
    """
    file = Path(path).name
    text, _ = decode_safely(read_bytes_safely(path, _MAX_BYTES), file)
    lines = text.splitlines()
    top = next((i for i, line in enumerate(lines[:200]) if line.upper().startswith("YEAR,MO,DY,HR")), None)
    if top is None:
        raise refuse(file, say("is not an hourly NASA POWER file"), needs=say("a header YEAR,MO,DY,HR,..."))
    names = [name.strip().upper() for name in lines[top].split(",")]
    rows = [(i, line.split(",")) for i, line in enumerate(lines[top + 1 :], start=top + 2) if line.strip()]
    short = [i for i, row in rows if len(row) != len(names)]
    if short or not rows:
        line = Place(file=file, line=short[0] if short else 0)
        what = say("has a wrong number of fields") if short else say("has no hours")
        raise StudyError([Fault(line, what)], title=file)
    clock = [[to_float(part) for part in row[:4]] for _, row in rows]
    calendar = [(whole(part[1]), whole(part[2]), whole(part[3])) for part in clock]
    at = [i for i, _ in rows]
    index, findings = place_hours(calendar, at, file)
    columns = {name: np.array([to_float(rows[i][1][j]) for i in index]) for j, name in enumerate(names)}
    series, height = _series(columns, file)
    latitude, longitude, altitude = _head("\n".join(lines[:top]), file)
    offset = local_offset(longitude, utc_offset, findings)
    year = sun_year(int(clock[0][0])) if math.isfinite(clock[0][0]) else TYPICAL_YEAR
    site = Site(latitude, longitude, altitude, offset, year, height, f"NASA POWER, {file}")
    check_place(latitude, longitude, altitude, offset, file)
    found: str = times
    if times == "auto":
        nearest = best_offset(np.nan_to_num(series["ghi"]), site, sorted({0.0, offset}))
        found = "utc" if nearest == 0.0 and offset != 0.0 else "local"
        local, utc = say("the sun shows that hours are local"), say("the sun shows that hours are UTC")
        findings.append(Finding("clock", "note", len(index), utc if found == "utc" else local))
    lines_at = [at[i] for i in index]
    if found == "utc":
        series, lines_at, finding = turn_from_utc(series, lines_at, offset)
        findings.append(finding)
    return finish(series, lines_at, file, Filling(fill, max_gap_hours, derive), site, findings)


def _head(text: str, file: str) -> tuple[float, float, float]:
    """Latitude, longitude and altitude from the lines above the data."""
    found = []
    for key, pattern in (
        ("latitude", r"latitude\s+([-+]?\d+(?:\.\d+)?)"),
        ("longitude", r"longitude\s+([-+]?\d+(?:\.\d+)?)"),
        ("altitude", r"elevation[^\n]*?=\s*([-+]?\d+(?:\.\d+)?)"),
    ):
        match = re.search(pattern, text, flags=re.IGNORECASE)
        if match is None:
            raise refuse(
                file, say("has no {name} in its header", name=key), hint=say("download it with the header")
            )
        found.append(float(match.group(1)))
    return found[0], found[1], found[2]


def _series(columns: dict[str, FloatArray], file: str) -> tuple[dict[str, FloatArray], float]:
    wind = next((name for name in _WIND if name in columns), None)
    absent = [name for name in ("ALLSKY_SFC_SW_DWN", "T2M", "PS") if name not in columns]
    if absent or wind is None:
        needs = listed([*absent, *([] if wind else [say("WS10M or WS50M")])])
        raise refuse(
            file, say("has no column"), ", ".join(columns)[:100], needs, say("download these parameters too")
        )
    series = {key: columns[name] for name, key in _COLUMNS.items() if name in columns}
    series["wind_speed"] = columns[wind]
    series = {name: np.where(values <= _MISSING, np.nan, values) for name, values in series.items()}
    series["pressure"] = series["pressure"] * 1000.0  # kPa
    if ("dni" in series) != ("dhi" in series):
        series = {name: values for name, values in series.items() if name not in ("dni", "dhi")}
    return series, _WIND[wind]
