"""GTFS: the few text files of a feed that say when trips run, how far, and in which block.

Read are ``trips``, ``stop_times``, ``stops``, ``routes``, ``calendar``, ``calendar_dates``, ``frequencies``.
How far a trip goes is what ``shape_dist_traveled`` says, in a unit that the user names since the standard has
none; else the length along the shape; never guessed from stops. A trip with headways runs from the first time
of each window on, every headway, until the window ends; who drives it is not taken from its block.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from parkzero.errors import StudyError
from parkzero.fleet.days import Days
from parkzero.fleet.gtfs_feed import WEEK, Feed, Row, opened
from parkzero.fleet.timetable import LATEST, Trip
from parkzero.fleet.trip_tables import FASTEST, MOST_TRIPS
from parkzero.texts import Text, say

_KM = {"km": 1.0, "m": 0.001, "mi": 1.609344}
_TIME, _DATE = say("a time such as 06:30:00"), say("a date such as 20260630")


@dataclass(frozen=True, slots=True)
class Halt:
    """A stop of a trip: order, arrival and departure [s after midnight], place, and distance as written."""

    order: int
    arrive: int | None
    leave: int | None
    place: str
    distance: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the files beside the trips say.

    Attributes:
        services: days of each service.
        halts: first and last stop of each trip.
        windows: of trips with headways: first and last start, and headway [s].
        lengths: of shapes [km].
        unit: of ``shape_dist_traveled``; empty where shapes count.
    """

    services: Mapping[str, Days]
    halts: Mapping[str, list[Halt]]
    windows: Mapping[str, list[tuple[int, int, int]]]
    lengths: Mapping[str, float]
    unit: str


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
    feed = opened(path)
    if feed.faults:
        raise StudyError(feed.faults, title=feed.file)
    told = Told(_services(feed, dates), _stops(feed), _windows(feed), {} if unit else _shapes(feed), unit)
    trips, when = list[Trip](), list[Days]()
    for trip, service in _driven(feed, told, routes):
        trips.append(trip)
        when.append(service)
        if trip.end > LATEST:
            what = say("ends later than in the night after its day")
            feed.fault("stop_times.txt", what, trip.id)
            break
        if len(trips) > MOST_TRIPS:
            most = say("at most {most}: name routes", most=MOST_TRIPS)
            feed.fault("trips.txt", say("has too many trips"), needs=most)
            break
    if trips and not any(w.any() for w in when):
        got = say("{first} to {last}", first=str(dates[0]), last=str(dates[-1]))
        what = say("has no service in the study's calendar")
        feed.fault("calendar.txt", what, got, say("a feed of that year"))
    if feed.faults:
        raise StudyError(feed.faults[:200], title=feed.file)
    return tuple(trips), when


def _driven(feed: Feed, told: Told, routes: tuple[str, ...]) -> Iterator[tuple[Trip, Days]]:
    """The trips of some routes with their days, each as often as its headways say."""
    names = {r["route_id"]: r.get("route_short_name") or r["route_id"] for _, r in feed.rows("routes.txt")}
    seen, met = Counter[str](), set[str]()
    for line, row in feed.rows("trips.txt"):
        name = names.get(row["route_id"], row["route_id"])
        asked = {name, row["route_id"]} & set(routes)
        if routes and not asked:
            continue
        met |= asked
        seen[row["trip_id"]] += 1
        if seen[row["trip_id"]] > 1:
            feed.fault("trips.txt", say("is the name of another trip"), row["trip_id"], line=line)
            continue
        trip = _trip(feed, row, line, name, told)
        service = told.services.get(row.get("service_id", ""))
        if service is None:
            what = say("names a service that no calendar has")
            feed.fault("trips.txt", what, row.get("service_id", ""), line=line)
        elif trip is not None:
            for one in _repeated(trip, told.windows.get(trip.id)):
                yield one, service
    missing = [route for route in routes if route not in met]
    if missing or not seen:
        feed.fault("trips.txt", say("has no trip of these routes"), ", ".join(missing))


def _repeated(trip: Trip, windows: list[tuple[int, int, int]] | None) -> Iterator[Trip]:
    """A trip as it is, or as often as its headways say."""
    if windows is None:
        yield trip
        return
    for number, (first, last, headway) in enumerate(windows, 1):
        for start in range(first, last, headway):
            at = round(start / 60)
            name = f"{trip.id}#{number}@{start // 3600:02d}:{start // 60 % 60:02d}:{start % 60:02d}"
            yield replace(trip, id=name, start=at, end=at + trip.end - trip.start, vehicle="")


def _windows(feed: Feed) -> dict[str, list[tuple[int, int, int]]]:
    """Trips with headways: first start, end and headway of each window [s]."""
    found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for line, row in feed.rows("frequencies.txt"):
        first, last = _seconds(row.get("start_time", "")), _seconds(row.get("end_time", ""))
        every = row.get("headway_secs", "")
        if first is None or last is None:
            got = f"{row.get('start_time', '')} {row.get('end_time', '')}"
            feed.fault("frequencies.txt", say("cannot be read"), got, _TIME, line)
        elif last <= first:
            feed.fault("frequencies.txt", say("ends before it begins"), row["end_time"], line=line)
        elif not every.isdecimal() or not 0 < int(every[:9]) <= 86400:
            needs = say("seconds from one start to the next, such as 600")
            feed.fault("frequencies.txt", say("cannot be read"), every, needs, line)
        else:
            found[row["trip_id"]].append((first, last, int(every)))
    return found


def _trip(feed: Feed, row: Row, line: int, route: str, told: Told) -> Trip | None:
    """A trip from its first stop to its last; None after a fault was noted."""
    name, halts = row["trip_id"], told.halts.get(row["trip_id"], [])
    first, last = (halts[0].leave, halts[-1].arrive) if len(halts) > 1 else (None, None)
    if first is None or last is None:
        what = say("is a trip without a time at its first and its last stop")
        feed.fault("trips.txt", what, name, line=line)
        return None
    start, end = round(first / 60), round(last / 60)
    if end < start:
        feed.fault("stop_times.txt", say("ends before it begins"), name)
        return None
    km = _length(feed, row, halts, told, line)
    if km is None:
        return None
    if km > FASTEST * max(last - first, 60) / 3600:
        what, got = say("is driven faster than 150 km/h"), f"{name}: {km:.4g} km"
        feed.fault("trips.txt", what, got, say("the unit of its distances"), line)
        return None
    block = row.get("block_id", "")
    return Trip(name, route, start, end, km, halts[0].place, halts[-1].place, vehicle=block, line=line)


def _services(feed: Feed, dates: npt.NDArray[np.datetime64]) -> dict[str, Days]:
    """Days on which each service runs."""
    days = dates.astype("datetime64[D]")
    weekday = (days.astype(int) + 3) % 7
    found: dict[str, Days] = {}
    for line, row in feed.rows("calendar.txt"):
        written = [row.get(name, "") for name in ("start_date", "end_date")]
        first, last = (_date(w) for w in written)
        flags = [row.get(name, "") for name in WEEK]
        if first is None or last is None:
            feed.fault("calendar.txt", say("is not a date"), " ".join(written), _DATE, line)
        elif last < first:
            feed.fault("calendar.txt", say("ends before it begins"), written[1], line=line)
        elif not set(flags) <= {"0", "1"}:
            feed.fault("calendar.txt", say("cannot be read"), " ".join(flags), _one_of("0", "1"), line)
        else:
            within = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
            found[row["service_id"]] = np.array([flag == "1" for flag in flags])[weekday] & within
    for line, row in feed.rows("calendar_dates.txt"):
        day, kind = _date(row.get("date", "")), row.get("exception_type", "")
        if day is None:
            feed.fault("calendar_dates.txt", say("is not a date"), row.get("date", ""), _DATE, line)
        elif kind not in ("1", "2"):
            feed.fault("calendar_dates.txt", say("cannot be read"), kind, _one_of("1", "2"), line)
        else:
            mask = found.setdefault(row["service_id"], np.zeros(len(days), bool))
            mask[days == np.datetime64(day)] = kind == "1"
    return found


def _one_of(*names: str) -> Text:
    return say("one of {names}", names=list(names))


def _date(written: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(written, "%Y%m%d").date() if len(written) == 8 else None
    except ValueError:
        return None


def _stops(feed: Feed) -> dict[str, list[Halt]]:
    """First and last stop of each trip; those between need no time."""
    parents = {r["stop_id"]: r.get("parent_station") or r["stop_id"] for _, r in feed.rows("stops.txt")}
    found: dict[str, list[Halt]] = {}
    for line, row in feed.rows("stop_times.txt"):
        arrival, departure = row.get("arrival_time", ""), row.get("departure_time", "")
        arrive, leave = _seconds(arrival or departure), _seconds(departure or arrival)
        order, place = row.get("stop_sequence", ""), parents.get(row.get("stop_id", ""), "")
        if arrival + departure and (arrive is None or leave is None):
            feed.fault("stop_times.txt", say("cannot be read"), arrival or departure, _TIME, line)
        elif not order.isdecimal() or len(order) > 9:
            feed.fault("stop_times.txt", say("cannot be read"), order, say("stop_sequence as a number"), line)
        elif not place:
            what = say("names a stop that does not exist")
            feed.fault("stop_times.txt", what, row.get("stop_id", ""), line=line)
        else:
            halt = Halt(int(order), arrive, leave, place, row.get("shape_dist_traveled", ""))
            ends = sorted([*found.get(row["trip_id"], []), halt], key=lambda h: h.order)
            found[row["trip_id"]] = ends if len(ends) < 3 else [ends[0], ends[-1]]
    return found


def _seconds(written: str) -> int | None:
    """Seconds after midnight; beyond it the hours go on."""
    parts = written.split(":")
    if len(parts) != 3 or not all(p.isdecimal() and len(p) <= 2 for p in parts):
        return None
    hours, minutes, seconds = (int(p) for p in parts)
    found = hours * 3600 + minutes * 60 + seconds
    return found if minutes < 60 and seconds < 60 and found <= LATEST * 60 else None


def _shapes(feed: Feed) -> dict[str, float]:
    """Length along each shape of two points or more [km]."""
    points: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    for line, row in feed.rows("shapes.txt"):
        written = [row.get(k, "") for k in ("shape_pt_sequence", "shape_pt_lat", "shape_pt_lon")]
        try:
            at = int(written[0]), float(written[1]), float(written[2])
        except ValueError:
            at = (0, math.nan, math.nan)
        if abs(at[1]) <= 90 and abs(at[2]) <= 180:
            points[row["shape_id"]].append(at)
        else:
            needs = say("shape_pt_sequence, shape_pt_lat and shape_pt_lon as numbers")
            feed.fault("shapes.txt", say("cannot be read"), " ".join(written), needs, line)
    return {id_: _along(sorted(line)) for id_, line in points.items() if len(line) > 1}


def _along(line: list[tuple[int, float, float]]) -> float:
    """Great-circle length of a line of points [km], on a sphere of 6,371 km."""
    lat, lon = np.radians([p[1] for p in line]), np.radians([p[2] for p in line])
    inner = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
    return float(2 * 6371.0 * np.sum(np.arcsin(np.sqrt(np.clip(inner, 0, 1)))))


def _length(feed: Feed, row: Row, halts: list[Halt], told: Told, line: int) -> float | None:
    """How far a trip goes [km]; None after a fault was noted."""
    if told.unit:
        try:
            km = (float(halts[-1].distance) - float(halts[0].distance or 0)) * _KM[told.unit]
        except ValueError:
            km = math.nan
        if math.isfinite(km) and 0 <= km <= 2000:
            return km
        needs = say("shape_dist_traveled at its last stop")
        feed.fault("stop_times.txt", say("has no distance for a trip"), row["trip_id"], needs)
        return None
    if row.get("shape_id", "") in told.lengths:
        return told.lengths[row["shape_id"]]
    needs = say("its shape in shapes.txt, or shape_dist_traveled and its unit")
    feed.fault("trips.txt", say("has no length for a trip"), row["trip_id"], needs, line)
    return None
