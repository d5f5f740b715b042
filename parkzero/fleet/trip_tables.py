"""Tables of trips and of empty runs, as people keep them, with headings in English or Vietnamese."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.fleet.days import Dates, Days, driven
from parkzero.fleet.timetable import LATEST, Run, Trip
from parkzero.tables import TextTable, read_csv_safely
from parkzero.texts import NOTHING, Text, say

MOST_TRIPS = 20_000
FASTEST = 150.0  # [km/h]
_MOST = {"passengers": 200, "load_t": 100}
COLUMNS = {
    "route": ("route", "tuyến"), "days": ("days", "ngày"), "start": ("start", "giờ đi"),
    "end": ("end", "giờ đến"), "minutes": ("minutes", "phút"), "km": ("km",), "trip": ("trip", "chuyến"),
    "from": ("from", "từ"),
    "to": ("to", "đến"), "school": ("school", "trường"), "passengers": ("passengers", "hành khách"),
    "load_t": ("load_t", "tải_t"), "vehicle": ("vehicle", "xe"), "note": ("note", "ghi chú"),
}  # fmt: skip
RUN_COLUMNS = {k: COLUMNS[k] for k in ("from", "to", "km", "minutes", "note")}
_CLOCK = re.compile(r"^(\d{1,2})\s*[:hg]\s*(\d{2})(?::\d{2})?$")
_NUMBER = re.compile(r"^\d{1,7}(?:[.,]\d{1,3})?$")
T = TypeVar("T")


class Rows:
    """The rows of a table under known headings; what is wrong in them is collected."""

    def __init__(self, table: TextTable, known: dict[str, tuple[str, ...]], needed: Sequence[str]) -> None:
        self.table, self.faults = table, list[Fault]()
        names = {alias: name for name, aliases in known.items() for alias in aliases}
        self.columns: dict[str, tuple[str, tuple[str, ...]]] = {}
        for heading, texts in table.columns.items():
            name = names.get(heading.strip().lower())
            if name is None:
                hint = did_you_mean(heading.lower(), names)
                self._fault(
                    0,
                    heading,
                    say("is a column that nobody reads"),
                    "",
                    say("one of {names}", names=list(known)),
                    hint,
                )
            elif name in self.columns:
                self._fault(0, heading, say("names a column twice"), heading)
            else:
                self.columns[name] = (heading, texts)
        for name in needed:
            if name not in self.columns:
                self._fault(0, name, say("is missing"), "", say("a column {name}", name=name))

    def _fault(
        self, line: int, field: str, what: Text, got: str = "", needs: Text = NOTHING, hint: Text = NOTHING
    ) -> None:
        self.faults.append(Fault(Place(self.table.file, line=line, field=field), what, got[:60], needs, hint))

    def text(self, row: int, name: str, default: str = "") -> str:
        """A field as it was written; the default where the column is missing or the field is empty."""
        return (self.columns[name][1][row] if name in self.columns else "") or default

    def read(self, row: int, name: str, parse: Callable[[str], T | None], needs: Text, default: T) -> T:
        """A field, read; the default where it is not there, and after a fault was noted."""
        written = self.text(row, name)
        if not written:
            return default
        found = parse(written)
        if found is None:
            self._fault(self.table.lines[row], self.columns[name][0], say("cannot be read"), written, needs)
            return default
        return found

    def number(self, row: int, name: str, required: bool = False) -> float:
        """A number of zero or more."""
        if required and name in self.columns and not self.text(row, name):
            self._fault(self.table.lines[row], self.columns[name][0], say("is missing"))
        return self.read(row, name, _number, say("a number such as 12.5, without a sign"), 0.0)

    def minutes(self, row: int, name: str) -> int:
        """A time of the day, in minutes after midnight; -1 where there is none."""
        return self.read(row, name, _clock, say("a time such as 06:30"), -1)

    def wrong(self, row: int, name: str, what: Text, got: str, needs: Text = NOTHING) -> None:
        """Note what is wrong with a row."""
        heading = self.columns[name][0] if name in self.columns else name
        self._fault(self.table.lines[row], heading, what, got, needs)


def _number(written: str) -> float | None:
    if not _NUMBER.match(written):
        return None
    # a dot or a comma before three digits may stand between thousands: no trip is that exact
    if re.search(r"[.,]\d{3}$", written):
        return None
    return float(written.replace(",", "."))


def _clock(written: str) -> int | None:
    found = _CLOCK.match(written.lower())
    if found is None or int(found[2]) > 59:
        return None
    minutes = int(found[1]) * 60 + int(found[2])
    return minutes if minutes <= LATEST else None


def read_trips(path: Path, dates: Dates) -> tuple[tuple[Trip, ...], list[Days]]:
    """The trips of a table, and the days of the calendar on which each is driven.

    Raises:
        StudyError: with every fault of every row.
    """
    table = read_csv_safely(path, max_rows=MOST_TRIPS + 100)
    rows = Rows(table, COLUMNS, ("route", "days", "start", "km"))
    if not {"end", "minutes"} & set(rows.columns):
        rows.faults.append(
            Fault(Place(table.file, field="end"), say("is missing"), needs=say("a column end, or minutes"))
        )
    trips, when, seen = list[Trip](), list[Days](), dict[str, int]()
    for i, line in enumerate(table.lines):
        trip = _trip(rows, i, line)
        if trip.id in seen:
            rows.wrong(i, "trip", say("is the name of another trip"), trip.id)
        seen[trip.id] = line
        try:
            when.append(driven(rows.text(i, "days"), dates))
            trips.append(trip)
        except StudyError as error:
            rows.faults += [
                Fault(Place(table.file, line=line, field="days"), f.what, f.got, f.needs)
                for f in error.faults
            ]
    if rows.faults:
        raise StudyError(rows.faults, title=table.file)
    return tuple(trips), when


def _not_flown(rows: Rows, i: int, km: float, minutes: float) -> None:
    """Refuse a distance that no vehicle drives in the time."""
    if km > 0 and minutes > 0 and km / (minutes / 60) > FASTEST:
        rows.wrong(i, "km", say("is driven faster than 150 km/h"), rows.text(i, "km"))


def _trip(rows: Rows, i: int, line: int) -> Trip:
    start, end = rows.minutes(i, "start"), rows.minutes(i, "end")
    if "start" in rows.columns and not rows.text(i, "start"):
        rows.wrong(i, "start", say("is missing"), "")
    lasts = rows.number(i, "minutes")
    if end < 0:
        end = start + round(lasts)
        if lasts <= 0 and {"end", "minutes"} & set(rows.columns):
            rows.wrong(i, "end", say("is missing"), "", say("when the trip ends, or its minutes"))
    elif end < start:
        rows.wrong(
            i,
            "end",
            say("is before the trip starts"),
            rows.text(i, "end"),
            say("beyond midnight the hours go on: 24:30"),
        )
    elif lasts > 0 and round(lasts) != end - start:
        rows.wrong(i, "minutes", say("does not fit start and end"), rows.text(i, "minutes"))
    if end > LATEST:
        rows.wrong(i, "minutes", say("ends later than in the night after its day"), rows.text(i, "minutes"))
    km = rows.number(i, "km", required=True)
    _not_flown(rows, i, km, end - start)
    route = rows.text(i, "route")
    if not route and "route" in rows.columns:
        rows.wrong(i, "route", say("is missing"), "")
    for name, most in _MOST.items():
        if rows.number(i, name) > most:
            what = say("is more than any vehicle carries")
            rows.wrong(i, name, what, rows.text(i, name), say("up to {most}", most=f"{most:g}"))
    return Trip(
        rows.text(i, "trip", f"{route}@{rows.text(i, 'start')}#{i + 1}"), route, start, end, km,
        rows.text(i, "from", "depot"), rows.text(i, "to", "depot"), rows.text(i, "school"),
        rows.number(i, "passengers"), rows.number(i, "load_t"), rows.text(i, "vehicle"), line,
    )  # fmt: skip


def read_runs(path: Path) -> tuple[Run, ...]:
    """Empty runs between places.

    Raises:
        StudyError: with every fault of every row.
    """
    table = read_csv_safely(path, max_rows=MOST_TRIPS + 100)
    rows = Rows(table, RUN_COLUMNS, ("from", "to", "km", "minutes"))
    runs = []
    for i in range(len(table.lines)):
        minutes, km = rows.number(i, "minutes", required=True), rows.number(i, "km", required=True)
        _not_flown(rows, i, km, minutes)
        runs.append(Run(rows.text(i, "from"), rows.text(i, "to"), km, round(minutes)))
        for name in ("from", "to"):
            if name in rows.columns and not rows.text(i, name):
                rows.wrong(i, name, say("is missing"), "")
    if rows.faults:
        raise StudyError(rows.faults, title=table.file)
    return tuple(runs)
