"""Timetables of fleets.

Written ``trips = { file = "trips.csv", runs = "runs.csv", terms = ["2025-09-05..2026-05-30"] }``, or
``trips = { gtfs = "feed.zip", distance = "km", routes = ["12"] }``. The days on which a trip is driven are
those of the study's calendar; public holidays and Tết are reckoned, terms are the user's.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path as FilePath

import numpy as np

from parkzero.fleet.days import Dates, Days, SchoolYear
from parkzero.fleet.gtfs import read_gtfs
from parkzero.fleet.timetable import Run, Timetable, Trip, timetable
from parkzero.fleet.trip_tables import read_runs, read_trips
from parkzero.language.fields import Field
from parkzero.study import values
from parkzero.study.context import Context
from parkzero.study.document import Path
from parkzero.texts import Text, say

OF_FILE, OF_GTFS = ("file", "terms", "off", "tet_days_before"), ("gtfs", "distance", "routes")
_UNITS = ("km", "m", "mi")
_TET = Field("integer", "", least=0, most=4)
_MOST_SPANS = 60
_LONGEST = 366  # [days]


def trips(context: Context, path: Path, value: object) -> Timetable | None:
    """A timetable on the study's calendar; None after a fault was noted."""
    desk, table = context.desk, context.desk.table(path, value)
    if not isinstance(value, dict):
        return None
    if ("file" in table) == ("gtfs" in table):
        desk.fault(path, say("names no timetable"), value, say("file = a table of trips, or gtfs = a feed"))
        return None
    desk.known(path, table, (*(OF_FILE if "file" in table else OF_GTFS), "runs"))
    before = len(desk.faults)
    calendar = context.clock.timeline.calendar
    runs: tuple[Run, ...] | None = ()
    if "runs" in table:
        name = table["runs"]
        runs = context.opened(
            (*path, "runs"), ("runs", str(name)), lambda: read_runs(context.files.table(name))
        )
    read = _of_file(context, path, table) if "file" in table else _of_gtfs(context, path, table)
    if read is None or runs is None or len(desk.faults) > before:
        return None
    found, when = read
    driven = [[i for i, days in enumerate(when) if days[d]] for d in range(calendar.days)]
    context.source(path, value)
    made = timetable(found, driven, runs, calendar.minutes)
    desk.note(path, _told(made))
    return made


def _told(made: Timetable) -> Text:
    days = [d for d in made.days if made.patterns[d]]
    km = sum(made.trips[i].km for d in days for i in made.patterns[d])
    return say(
        "{trips} trips on {routes} routes, driven on {days} of {total} days: {km:,.0f} km",
        trips=len(made.trips), routes=len({t.route for t in made.trips}), days=len(days),
        total=len(made.days), km=km,
    )  # fmt: skip


Read = tuple[tuple[Trip, ...], list[Days]]


def _of_file(context: Context, path: Path, table: dict[str, object]) -> Read | None:
    desk = context.desk
    terms, off = _spans(context, (*path, "terms"), table), _spans(context, (*path, "off"), table)
    tet = values.integer(desk, (*path, "tet_days_before"), table.get("tet_days_before", 1), _TET)
    if terms is None or off is None or tet is None:
        return None
    name, dates = table["file"], context.clock.timeline.calendar.dates
    key = ("trips", str(name), terms, off, tet)

    def read() -> Read:
        return read_trips(context.files.table(name), Dates.of(dates, SchoolYear(terms, off, tet)))

    return context.opened((*path, "file"), key, read)


def _of_gtfs(context: Context, path: Path, table: dict[str, object]) -> Read | None:
    desk, name, routes = context.desk, table["gtfs"], table.get("routes", [])
    unit = values.word(desk, (*path, "distance"), table["distance"], _UNITS) if "distance" in table else ""
    if not isinstance(routes, list) or not all(isinstance(r, str) for r in routes):
        desk.fault((*path, "routes"), say("is no list of routes"), routes, say('such as ["12", "14A"]'))
        return None
    if unit is None:
        return None

    def read() -> Read:
        located: FilePath = context.files.locate(name)
        return read_gtfs(located, context.clock.timeline.calendar.dates, unit, tuple(routes))

    return context.opened((*path, "gtfs"), ("gtfs", str(name), unit, tuple(routes)), read)


Spans = tuple[tuple[dt.date, dt.date], ...]


def _spans(context: Context, path: Path, table: dict[str, object]) -> Spans | None:
    """Times from a day to a day, both included, written as ``"2025-09-05..2026-05-30"``."""
    desk, written, found = context.desk, table.get(path[-1], []), []
    if not isinstance(written, list) or len(written) > _MOST_SPANS:
        desk.fault(path, say("is no list of times"), written, say('such as ["2025-09-05..2026-05-30"]'))
        return None
    for one in written:
        first, dots, last = one.partition("..") if isinstance(one, str) else ("", "", "")
        ends = [values.date(desk, path, end.strip()) for end in (first, last)] if dots else [None, None]
        if not dots:
            desk.fault(
                path, say("is no time from a day to a day"), one, say('such as "2025-09-05..2026-05-30"')
            )
        if ends[0] is None or ends[1] is None:
            continue
        if ends[1] < ends[0]:
            desk.fault(path, say("ends before it begins"), one)
        elif (ends[1] - ends[0]).days > _LONGEST:
            desk.fault(path, say("lasts longer than a year: is the year right?"), one)
        found.append((ends[0], ends[1]))
    years = {int(str(d)[:4]) for d in np.asarray(context.clock.timeline.calendar.dates)}
    if found and not any(a.year in years or b.year in years for a, b in found):
        desk.fault(
            path,
            say("has no day in the study's calendar"),
            written,
            say("times in {years}", years=sorted(years)),
        )
    return tuple(found)
