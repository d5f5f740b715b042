"""PVGIS downloads: hourly radiation of a horizontal plane, and typical years (TMY), as CSV.

Source of the layouts: European Commission, Joint Research Centre, PVGIS user manual (non-interactive
service, tools seriescalc and tmy). Times are UTC; the year is turned into local standard time, so its
first hours come from its own end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series import sun
from parkzero.series.findings import Finding
from parkzero.series.hours import (
    TYPICAL_YEAR,
    Filling,
    Site,
    finish,
    local_offset,
    place_hours,
    sun_year,
    to_float,
    turn_from_utc,
)
from parkzero.series.weather import Fill, Weather, check_place
from parkzero.tables import decode_safely, read_bytes_safely, refuse
from parkzero.texts import data, listed, say
from parkzero.units import FloatArray

_MAX_BYTES = 50_000_000
_STAMP = re.compile(r"^(\d{4})(\d{2})(\d{2}):(\d{2})(\d{2})$")
_STANDARD_PRESSURE = say("no pressure in the file: the standard atmosphere at its altitude was taken")


def read_pvgis(
    path: Path | str,
    *,
    utc_offset: float | None = None,
    fill: Fill = "refuse",
    max_gap_hours: float = 6.0,
    derive: bool = False,
) -> Weather:
    """Read a PVGIS CSV file: an hourly series of one year at slope 0, or a typical year.

    Args:
        path: the file.
        utc_offset: local standard time [h]; the whole hour nearest to the longitude when None.
        fill: how hours without a value are treated.
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
    top = next((i for i, line in enumerate(lines[:60]) if line.lower().startswith("time")), None)
    if top is None or "latitude" not in text[:300].lower():
        raise refuse(
            file,
            say("is not a PVGIS file"),
            needs=say("Latitude in its first lines and a line that begins with time"),
        )
    head = _head(lines[:top], file)
    names = [name.strip() for name in lines[top].split(",")]
    stamps, rows, at = _rows(lines, top, len(names), file)
    index, findings = place_hours([(m, d, h) for _, m, d, h, _ in stamps], at, file)
    columns = {name: np.array([to_float(rows[i][j]) for i in index]) for j, name in enumerate(names)}
    years = {stamp[0] for stamp in stamps}
    site = Site(
        head["latitude"],
        head["longitude"],
        head["altitude"],
        local_offset(head["longitude"], utc_offset, findings),
        sun_year(years.pop()) if len(years) == 1 else TYPICAL_YEAR,
        10.0,
        f"PVGIS, {file}",
    )
    check_place(site.latitude, site.longitude, site.altitude, site.utc_offset, file)
    series = _series(columns, site, stamps[0][4], file, findings)
    turned, lines_at, finding = turn_from_utc(series, [at[i] for i in index], site.utc_offset)
    findings.append(finding)
    return finish(turned, lines_at, file, Filling(fill, max_gap_hours, derive), site, findings)


def _head(lines: list[str], file: str) -> dict[str, float]:
    found: dict[str, float] = {}
    keys = {"latitude": "latitude", "longitude": "longitude", "elevation": "altitude", "slope": "slope"}
    for name, key in keys.items():
        line = next((text for text in lines if text.strip().lower().startswith(name)), "")
        match = re.search(r":\s*([-+]?\d+(?:\.\d+)?)", line)
        if match:
            found[key] = float(match.group(1))
    absent = [key for key in ("latitude", "longitude", "altitude") if key not in found]
    if absent:
        raise refuse(file, say("has no place"), needs=listed(absent))
    if found.pop("slope", 0.0) != 0.0:
        raise refuse(
            file,
            say("holds irradiance of a tilted plane"),
            needs=say("slope 0"),
            hint=say("download it with slope 0"),
        )
    return found


def _rows(
    lines: list[str], top: int, width: int, file: str
) -> tuple[list[tuple[int, int, int, int, int]], list[list[str]], list[int]]:
    stamps, rows, at = [], [], []
    for number, line in enumerate(lines[top + 1 :], start=top + 2):
        fields = [text.strip() for text in line.split(",")]
        match = _STAMP.match(fields[0])
        if match is None:
            if fields[0][:1].isdigit():
                raise StudyError(
                    [Fault(Place(file=file, line=number), say("is no PVGIS time"), fields[0][:30])],
                    title=file,
                )
            break  # the legend under the data
        if len(fields) != width:
            got = say("{count} fields", count=len(fields))
            raise StudyError(
                [Fault(Place(file=file, line=number), say("is too short"), got, data(width))], title=file
            )
        year, month, day, hour, minute = (int(part) for part in match.groups())
        stamps.append((year, month, day, hour, minute))
        rows.append(fields)
        at.append(number)
    if not rows:
        raise refuse(file, say("has no hours"))
    return stamps, rows, at


def _series(
    columns: Mapping[str, FloatArray],
    site: Site,
    minute: int,
    file: str,
    findings: list[Finding],
) -> dict[str, FloatArray]:
    """Bring the columns of either layout to temperature, wind, pressure and irradiance, still in UTC."""
    absent = [name for name in ("T2m", "WS10m") if name not in columns]
    irradiance = [("G(h)", "Gb(n)", "Gd(h)"), ("Gb(i)", "Gd(i)"), ("G(i)",)]
    met = next((names for names in irradiance if all(name in columns for name in names)), None)
    if met is None:
        absent.append(say("G(h), Gb(n), Gd(h) or Gb(i), Gd(i) or G(i)"))
    if absent or met is None:
        raise refuse(
            file,
            say("has no column"),
            ", ".join(columns)[:100],
            listed(absent),
            say("download hourly data with all columns"),
        )
    series = {"temperature": columns["T2m"], "wind_speed": columns["WS10m"]}
    if "SP" in columns:
        series["pressure"] = columns["SP"]
    else:
        level = 101_325.0 * (1.0 - 2.25577e-5 * site.altitude) ** 5.25588
        series["pressure"] = np.full(len(columns["T2m"]), level)
        findings.append(Finding("pressure", "note", 1, _STANDARD_PRESSURE))
    if met[0] == "G(h)":
        series |= {"ghi": columns["G(h)"], "dni": columns["Gb(n)"], "dhi": columns["Gd(h)"]}
    elif met[0] == "G(i)":
        series["ghi"] = columns["G(i)"]
    else:
        beam, diffuse = (
            columns["Gb(i)"],
            columns["Gd(i)"] + columns.get("Gr(i)", np.zeros(len(columns["Gb(i)"]))),
        )
        minutes = sun.hour_minutes(len(beam), minute)
        where = (site.latitude, site.longitude, site.altitude)
        cosine = np.cos(np.radians(sun.position(minutes, site.year, *where, 0.0)[0]))
        high = cosine > 0.05
        dni = np.where(high, beam / np.where(high, cosine, 1.0), 0.0)
        series |= {"ghi": beam + diffuse, "dni": np.clip(dni, 0.0, 1400.0), "dhi": diffuse}
        findings.append(
            Finding(
                "derived_dni", "note", len(beam), say("direct normal irradiance was derived from the plane's")
            )
        )
    return series
