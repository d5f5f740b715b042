"""NASA POWER hourly downloads as CSV.

Source of the layout: NASA Langley Research Center, POWER Data Services, hourly API documentation. Times
are local solar time or UTC as chosen at download, which the file does not say: the sun tells.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series.findings import Finding
from parkzero.series.hours import TYPICAL_YEAR, best_offset, finish, place_hours, to_float
from parkzero.series.weather import Fill, Weather
from parkzero.tables import decode_safely, read_bytes_safely, refuse

_MAX_BYTES = 50_000_000
_MISSING = -990.0
_COLUMNS = {"ALLSKY_SFC_SW_DWN": "ghi", "ALLSKY_SFC_SW_DNI": "dni", "ALLSKY_SFC_SW_DIFF": "dhi", "T2M": "temperature",
            "PS": "pressure"}
_WIND = {"WS10M": 10.0, "WS50M": 50.0, "WS2M": 2.0}


def read_nasa_power(
    path: Path | str,
    *,
    times: Literal["auto", "local", "utc"] = "auto",
    utc_offset: float | None = None,
    fill: Fill = "refuse",
    max_gap_hours: float = 6.0,
) -> Weather:
    """Read a NASA POWER hourly CSV file of one calendar year.

    Args:
        path: the file.
        times: whether its hours are local or UTC; found from the sun when "auto".
        utc_offset: local standard time [h]; the whole hour nearest to the longitude when None.
        fill: how hours without a value (-999) are treated.
        max_gap_hours: longest run that may be filled [h].

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
        raise refuse(file, "is not an hourly NASA POWER file", needs="a header YEAR,MO,DY,HR,...")
    about = _head("\n".join(lines[:top]), file)
    names = [name.strip().upper() for name in lines[top].split(",")]
    rows = [(i, line.split(",")) for i, line in enumerate(lines[top + 1 :], start=top + 2) if line.strip()]
    short = [i for i, row in rows if len(row) != len(names)]
    if short or not rows:
        place = Place(file=file, line=short[0] if short else 0)
        raise StudyError([Fault(place, "has a wrong number of fields" if short else "has no hours")], title=file)
    clock = [[to_float(part) for part in row[:4]] for _, row in rows]
    calendar = [tuple(int(v) if v == v else -1 for v in part[1:4]) for part in clock]
    at = [i for i, _ in rows]
    index, findings = place_hours([(m, d, h) for m, d, h in calendar], at, file)
    columns = {name: np.array([to_float(rows[i][1][j]) for i in index]) for j, name in enumerate(names)}
    series, height = _series(columns, file)
    offset = float(round(about["longitude"] / 15.0)) if utc_offset is None else utc_offset
    year = int(clock[0][0]) if clock[0][0] == clock[0][0] and 1970 < clock[0][0] < 2200 else TYPICAL_YEAR
    about |= {"utc_offset": offset, "year": year if year % 4 else TYPICAL_YEAR, "wind_height": height,
              "source": f"NASA POWER, {file}"}
    found = times
    if times == "auto":
        nearest = best_offset(np.nan_to_num(series["ghi"]), about, sorted({0.0, offset}))
        found = "utc" if nearest == 0.0 and offset != 0.0 else "local"
        findings.append(Finding("clock", "note", len(index), f"the sun shows that hours are {found}"))
    lines_at = [at[i] for i in index]
    if found == "utc":
        series = {name: np.roll(values, round(offset)) for name, values in series.items()}
        lines_at = list(np.roll(lines_at, round(offset)))
        what = f"hours were turned from UTC to UTC{offset:+g}; some come from the other end of the year"
        findings.append(Finding("utc", "note", abs(round(offset)), what))
    about["findings"] = tuple(findings)
    return finish(series, lines_at, file, fill, max_gap_hours, about)


def _head(text: str, file: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, pattern in (("latitude", r"latitude\s+([-+]?\d+(?:\.\d+)?)"), ("longitude", r"longitude\s+([-+]?\d+(?:\.\d+)?)"),
                         ("altitude", r"elevation.*?=\s*([-+]?\d+(?:\.\d+)?)")):
        match = re.search(pattern, text, flags=re.IGNORECASE)
        if match is None:
            raise refuse(file, f"has no {key} in its header", hint="download it with the header")
        found[key] = float(match.group(1))
    return found


def _series(columns: dict[str, np.typing.NDArray[np.float64]], file: str) -> tuple[
    dict[str, np.typing.NDArray[np.float64]], float
]:
    wind = next((name for name in _WIND if name in columns), None)
    absent = [name for name in ("ALLSKY_SFC_SW_DWN", "T2M", "PS") if name not in columns]
    if absent or wind is None:
        needs = ", ".join([*absent, *([] if wind else ["WS10M or WS50M"])])
        raise refuse(file, "has no column", ", ".join(columns)[:100], needs, "download these parameters too")
    series = {key: columns[name] for name, key in _COLUMNS.items() if name in columns}
    series["wind_speed"] = columns[wind]
    series = {name: np.where(values <= _MISSING, np.nan, values) for name, values in series.items()}
    series["pressure"] = series["pressure"] * 1000.0  # kPa
    if ("dni" in series) != ("dhi" in series):
        series = {name: values for name, values in series.items() if name not in ("dni", "dhi")}
    return series, _WIND[wind]
