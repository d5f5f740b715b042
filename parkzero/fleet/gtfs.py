"""GTFS: the few text files of a feed that say when trips run, how far, and in which block.

Read are ``trips``, ``stop_times``, ``stops``, ``calendar`` and ``calendar_dates``, from a zip whose size
unpacked is bounded before anything is read. How far a trip goes is what ``shape_dist_traveled`` says, in a
unit that the user names since the standard has none; else the length along the shape; never guessed from
stops.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place, StudyError
from parkzero.fleet.days import Days
from parkzero.fleet.timetable import LATEST, Trip
from parkzero.tables import decode_safely, read_bytes_safely
from parkzero.texts import NOTHING, Text, say

MOST_BYTES, MOST_RATIO, MOST_ROWS, MOST_TRIPS = 300_000_000, 200, 3_000_000, 20_000
NEEDED = ("trips.txt", "stop_times.txt", "stops.txt", "routes.txt")
_KM = {"km": 1.0, "m": 0.001, "mi": 1.609344}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Row = Mapping[str, str]


@dataclass(slots=True)
class Feed:
    """The files of a feed, and what was found wrong in them."""

    file: str
    tables: dict[str, list[Row]]
    faults: list[Fault]

    def fault(self, table: str, what: Text, got: str = "", needs: Text = NOTHING, line: int = 0) -> None:
        """Note a fault in one of the files."""
        self.faults.append(Fault(Place(f"{self.file}/{table}", line=line), what, got[:60], needs))


def read_gtfs(
    path: Path, dates: npt.NDArray[np.datetime64], unit: str = "", routes: tuple[str, ...] = ()
) -> tuple[tuple[Trip, ...], list[Days]]:
    """The trips of a feed, and the days of the calendar on which each is driven.

    Args:
        path: the zip.
        dates: days of the calendar.
        unit: of ``shape_dist_traveled``: "km", "m" or "mi"; empty where the shapes' length is taken.
        routes: only trips of these routes, by id or short name; all by default.

    Raises:
        StudyError: with every fault found.
    """
    feed = _opened(path)
    if feed.faults:
        raise StudyError(feed.faults, title=feed.file)
    services = _services(feed, dates)
    stops = _stops(feed)
    lengths = _shapes(feed) if not unit else {}
    names = {
        r.get("route_id", ""): r.get("route_short_name") or r.get("route_id", "")
        for r in feed.tables["routes.txt"]
    }
    trips, when = list[Trip](), list[Days]()
    for line, row in enumerate(feed.tables["trips.txt"], 2):
        name = names.get(row.get("route_id", ""), row.get("route_id", ""))
        if not routes or row.get("route_id", "") in routes or name in routes:
            trip = _trip(feed, row, line, name, stops.get(row.get("trip_id", ""), []), lengths, unit)
            service = services.get(row.get("service_id", ""))
            if service is None:
                what = say("names a service that no calendar has")
                feed.fault("trips.txt", what, row.get("service_id", ""), line=line)
            elif trip is not None:
                trips.append(trip)
                when.append(service)
    if not trips and not feed.faults:
        feed.fault("trips.txt", say("has no trip of these routes"), ", ".join(routes))
    if trips and not any(w.any() for w in when):
        got = say("{first} to {last}", first=str(dates[0]), last=str(dates[-1]))
        feed.fault(
            "calendar.txt", say("has no service in the study's calendar"), got, say("a feed of that year")
        )
    if len(trips) > MOST_TRIPS:
        feed.fault(
            "trips.txt",
            say("has too many trips"),
            str(len(trips)),
            say("at most {most}: name routes", most=MOST_TRIPS),
        )
    if feed.faults:
        raise StudyError(feed.faults[:200], title=feed.file)
    return tuple(trips), when


def _trip(
    feed: Feed, row: Row, line: int, route: str, halts: list[Halt], lengths: Mapping[str, float], unit: str
) -> Trip | None:
    """A trip from its first to its last timed stop; None after a fault was noted."""
    if len(halts) < 2:
        feed.fault("trips.txt", say("is a trip without two timed stops"), row.get("trip_id", ""), line=line)
        return None
    km = _length(feed, row, halts, lengths, unit, line)
    if km is None:
        return None
    (_, start, origin, _), (_, end, destination, _) = halts[0], halts[-1]
    block = row.get("block_id", "")
    return Trip(row.get("trip_id", ""), route, start, end, km, origin, destination, vehicle=block, line=line)


def _opened(path: Path) -> Feed:
    """The files of the zip as rows of text; nothing is unpacked onto the disk."""
    feed = Feed(path.name, {}, [])
    try:
        with zipfile.ZipFile(io.BytesIO(read_bytes_safely(path, MOST_BYTES // 3))) as book:
            sizes = {i.filename.rpartition("/")[2]: i for i in book.infolist() if not i.is_dir()}
            total = sum(i.file_size for i in sizes.values())
            packed = sum(i.compress_size for i in sizes.values())
            if total > MOST_BYTES or total > MOST_RATIO * max(packed, 1) + 1_000_000:
                feed.faults.append(
                    Fault(Place(feed.file), say("unpacks to more than a feed needs"), str(total))
                )
                return feed
            for name in NEEDED:
                if name not in sizes:
                    feed.faults.append(Fault(Place(feed.file), say("has no file {name}", name=name)))
            if not {"calendar.txt", "calendar_dates.txt"} & set(sizes):
                feed.faults.append(Fault(Place(feed.file), say("has no file {name}", name="calendar.txt")))
            for name in (*NEEDED, "calendar.txt", "calendar_dates.txt", "shapes.txt"):
                if name in sizes:
                    with book.open(sizes[name]) as raw:
                        content = raw.read(MOST_BYTES + 1)
                    feed.tables[name] = list(_rows(feed, name, content))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        feed.faults.append(Fault(Place(feed.file), say("is not a readable zip of GTFS")))
    return feed


def _rows(feed: Feed, name: str, content: bytes) -> Iterator[Row]:
    text, _ = decode_safely(content, f"{feed.file}/{name}")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for number, row in enumerate(reader):
            if number >= MOST_ROWS:
                feed.fault(
                    name, say("has too many rows"), needs=say("at most {max_rows}", max_rows=MOST_ROWS)
                )
                return
            yield {
                (k or "").strip().lstrip("\ufeff"): (v or "").strip()
                for k, v in row.items()
                if isinstance(v, str) or v is None
            }
    except csv.Error as broken:
        feed.fault(name, say("is not a readable text table"), str(broken))


def _services(feed: Feed, dates: npt.NDArray[np.datetime64]) -> dict[str, Days]:
    """Days on which each service runs."""
    days = dates.astype("datetime64[D]")
    weekday = (days.astype(int) + 3) % 7
    found: dict[str, Days] = {}
    for line, row in enumerate(feed.tables.get("calendar.txt", ()), 2):
        first, last = _date(row.get("start_date", "")), _date(row.get("end_date", ""))
        if first is None or last is None:
            feed.fault(
                "calendar.txt",
                say("is not a date"),
                row.get("start_date", ""),
                say("a date such as 20260630"),
                line,
            )
            continue
        on = np.array([row.get(name) == "1" for name in _WEEK])
        within = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
        found[row.get("service_id", "")] = on[weekday] & within
    for line, row in enumerate(feed.tables.get("calendar_dates.txt", ()), 2):
        day = _date(row.get("date", ""))
        if day is None or row.get("exception_type") not in ("1", "2"):
            feed.fault(
                "calendar_dates.txt",
                say("is not a date"),
                row.get("date", ""),
                say("a date such as 20260630"),
                line,
            )
            continue
        mask = found.setdefault(row.get("service_id", ""), np.zeros(len(days), bool))
        mask[days == np.datetime64(day)] = row["exception_type"] == "1"
    return found


def _date(written: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(written, "%Y%m%d").date() if len(written) == 8 else None
    except ValueError:
        return None


Halt = tuple[int, int, str, str]


def _stops(feed: Feed) -> dict[str, list[Halt]]:
    """First and last timed stop of each trip: order, minutes, place, distance."""
    parents = {
        r.get("stop_id", ""): r.get("parent_station") or r.get("stop_id", "")
        for r in feed.tables["stops.txt"]
    }
    found: dict[str, list[Halt]] = defaultdict(list)
    for line, row in enumerate(feed.tables["stop_times.txt"], 2):
        written = row.get("departure_time") or row.get("arrival_time") or ""
        if not written:
            continue  # stops between need no time
        time, order = _minutes(written), row.get("stop_sequence", "")
        if time is None or not order.isdecimal() or len(order) > 9:
            feed.fault("stop_times.txt", say("cannot be read"), written, say("a time such as 06:30:00"), line)
            continue
        place = parents.get(row.get("stop_id", ""), "")
        if not place:
            feed.fault(
                "stop_times.txt", say("names a stop that does not exist"), row.get("stop_id", ""), line=line
            )
        found[row.get("trip_id", "")].append((int(order), time, place, row.get("shape_dist_traveled", "")))
    return {trip: sorted(halts) for trip, halts in found.items()}


def _minutes(written: str) -> int | None:
    parts = written.split(":")
    if len(parts) != 3 or not all(p.isdecimal() and len(p) <= 3 for p in parts):
        return None
    minutes = int(parts[0]) * 60 + int(parts[1]) + (1 if int(parts[2]) >= 30 else 0)
    return minutes if minutes <= LATEST and int(parts[1]) < 60 else None


def _shapes(feed: Feed) -> dict[str, float]:
    """Length along each shape [km]."""
    points: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    for row in feed.tables.get("shapes.txt", ()):
        try:
            at = int(row["shape_pt_sequence"]), float(row["shape_pt_lat"]), float(row["shape_pt_lon"])
        except (KeyError, ValueError):
            continue
        if abs(at[1]) <= 90 and abs(at[2]) <= 180:
            points[row.get("shape_id", "")].append(at)
    return {id_: _along(sorted(line)) for id_, line in points.items()}


def _along(line: list[tuple[int, float, float]]) -> float:
    """Great-circle length of a line of points [km], on a sphere of 6,371 km."""
    lat, lon = np.radians([p[1] for p in line]), np.radians([p[2] for p in line])
    inner = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
    return float(2 * 6371.0 * np.sum(np.arcsin(np.sqrt(np.clip(inner, 0, 1)))))


def _length(
    feed: Feed, row: Row, halts: list[Halt], lengths: Mapping[str, float], unit: str, line: int
) -> float | None:
    if unit:
        try:
            km = (float(halts[-1][3]) - float(halts[0][3] or 0)) * _KM[unit]
        except ValueError:
            km = math.nan
        if math.isfinite(km) and 0 <= km <= 2000:
            return km
        feed.fault(
            "stop_times.txt",
            say("has no distance for a trip"),
            row.get("trip_id", ""),
            say("shape_dist_traveled at its last stop"),
        )
        return None
    if row.get("shape_id", "") in lengths:
        return lengths[row["shape_id"]]
    needs = say("its shape in shapes.txt, or shape_dist_traveled and its unit")
    feed.fault("trips.txt", say("has no length for a trip"), row.get("trip_id", ""), needs, line)
    return None
