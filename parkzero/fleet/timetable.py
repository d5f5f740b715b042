"""A timetable: trips, empty runs, and on which days of the calendar which trips are driven."""

from __future__ import annotations

from dataclasses import dataclass, field

DAY = 1440
"""Minutes of a day."""
LATEST = 2 * DAY
"""A trip of a day may end in the night after it, as late as this [min]."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip with passengers or load, as a timetable tells it.

    Attributes:
        id: its name.
        route: the line or round that it belongs to.
        start, end: minutes after midnight of its day.
        km: length [km].
        origin, destination: places.
        school: whom its exhaust reaches, for tables by school; empty where nobody is named.
        passengers: on board.
        load: freight [t].
        vehicle: which vehicle drives it, where the timetable says so.
        line: in the file that it came from; 0 where it came from none.
    """

    id: str
    route: str
    start: int
    end: int
    km: float
    origin: str = "depot"
    destination: str = "depot"
    school: str = ""
    passengers: float = 0.0
    load: float = 0.0
    vehicle: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Run:
    """An empty run between two places; it holds for both ways unless the way back is told too."""

    origin: str
    destination: str
    km: float
    minutes: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """What a fleet drives in the calendar of a study.

    Attributes:
        trips: all trips.
        runs: empty runs that are known.
        minutes: length of a step of the calendar [min].
        patterns: for each kind of day the trips that are driven, as places in ``trips``.
        days: which of these each day of the calendar is, shape [days].
    """

    trips: tuple[Trip, ...]
    patterns: tuple[tuple[int, ...], ...]
    days: tuple[int, ...]
    runs: tuple[Run, ...] = ()
    minutes: int = 60

    def __str__(self) -> str:
        routes = len({t.route for t in self.trips})
        driven = sum(bool(self.patterns[p]) for p in self.days)
        return f"{len(self.trips)} trips, {routes} routes, {driven} of {len(self.days)} days"

    def run(self, origin: str, destination: str) -> Run | None:
        """The empty run between two places; None where it is not known."""
        if origin == destination:
            return Run(origin, destination, 0.0, 0)
        back = None
        for run in self.runs:
            if (run.origin, run.destination) == (origin, destination):
                return run
            if (run.destination, run.origin) == (origin, destination):
                back = run
        return back


def clock(minutes: int) -> str:
    """Minutes after midnight as a clock shows them; behind midnight the hours go on, as in timetables."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def timetable(
    trips: tuple[Trip, ...], driven: list[list[int]], runs: tuple[Run, ...] = (), minutes: int = 60
) -> Timetable:
    """A timetable from the trips of each day of the calendar; equal days share a pattern."""
    patterns: dict[tuple[int, ...], int] = {}
    days = tuple(patterns.setdefault(tuple(sorted(day)), len(patterns)) for day in driven)
    return Timetable(trips, tuple(patterns), days, runs, minutes)
