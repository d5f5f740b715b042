"""GTFS as feeds really are: each oddity is read rightly or refused with its file and line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from parkzero.errors import StudyError
from parkzero.fleet.days import Days
from parkzero.fleet.gtfs import read_gtfs
from parkzero.fleet.timetable import Trip
from parkzero.timeline import Calendar

FEED = {
    "routes.txt": "route_id,route_short_name\nr1,12\nr2,14A\n",
    "trips.txt": "route_id,service_id,trip_id,block_id\nr1,week,t1,b1\nr2,week,t2,\n",
    "stops.txt": "stop_id,parent_station\na,\nb1,b\nb,\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled\n"
        "t1,06:00:00,06:00:00,a,1,0\nt1,,,b1,2,\nt1,06:40:00,06:55:00,b1,3,20.5\n"
        "t2,24:50:00,24:50:00,a,1,0\nt2,25:20:00,25:20:00,b,2,12\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "week,1,1,1,1,1,0,0,20250101,20251231\n"
    ),
}
OFTEN = "trip_id,start_time,end_time,headway_secs\n"
T1 = "t1,06:00:00,06:00:00,a,1,0\n"


def feed(folder: Path, change: dict[str, str | bytes | None] | None = None, within: str = "") -> Path:
    """The feed with some files changed, or left out."""
    path = folder / "feed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in {**FEED, **(change or {})}.items():
            if content is not None:
                book.writestr(within + name, content)
    return path


def read(path: Path, *routes: str) -> tuple[tuple[Trip, ...], list[Days]]:
    return read_gtfs(path, Calendar(2025).dates, "km", routes)


def edited(name: str, was: str, put: str) -> dict[str, str | bytes | None]:
    assert was in FEED[name]
    return {name: FEED[name].replace(was, put, 1)}


def test_a_feed_is_read_with_stops_between_without_times_and_hours_beyond_midnight(tmp_path: Path):
    trips, when = read(feed(tmp_path))
    assert [(t.id, t.route, t.start, t.end, t.km) for t in trips] == [
        ("t1", "12", 360, 400, 20.5), ("t2", "14A", 1490, 1520, 12.0),
    ]  # fmt: skip
    assert [(t.origin, t.destination, t.vehicle) for t in trips] == [("a", "b", "b1"), ("a", "b", "")]
    # 1 January 2025 is a Wednesday: a service has no holidays but those that it names
    assert when[0][:7].tolist() == [True, True, True, False, False, True, True]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({n: ("\ufeff" + c).encode() for n, c in FEED.items()}, id="byte-order marks"),
        pytest.param({n: c.replace("\n", "\r\n") for n, c in FEED.items()}, id="Windows line ends"),
        pytest.param({n: c.replace("\n", "\n\n,,,\n  \n") for n, c in FEED.items()}, id="blank lines"),
        pytest.param({n: c.replace(",", " , ") for n, c in FEED.items()}, id="spaces round commas"),
        pytest.param({n: c.encode("utf-16") for n, c in FEED.items()}, id="UTF-16"),
        pytest.param(edited("stop_times.txt", "06:00:00,06:00:00", "6:00:00,6:00:00"), id="a short hour"),
        pytest.param(edited("stop_times.txt", T1, "t1,,06:00:00,a,1,0\n"), id="no arrival at the first stop"),
        pytest.param(edited("stop_times.txt", ",06:55:00", ","), id="no departure from the last stop"),
        pytest.param(edited("stop_times.txt", "b1,2,\n", "b1,2\n"), id="a short row"),
        pytest.param({"stop_times.txt": FEED["stop_times.txt"].replace(T1, "") + T1}, id="no order"),
        pytest.param({"agency.txt": "\x00\x01", "feed_info.txt": "?"}, id="files that nobody reads"),
    ],
)  # fmt: skip
def test_what_is_only_written_otherwise_is_read_the_same(
    tmp_path: Path, change: dict[str, str | bytes | None]
):
    found, same = read(feed(tmp_path, change)), read(feed(tmp_path))
    assert [(t.id, t.start, t.end, t.km) for t in found[0]] == [(t.id, t.start, t.end, t.km) for t in same[0]]
    assert [w.tolist() for w in found[1]] == [w.tolist() for w in same[1]]


def test_a_feed_in_a_folder_of_its_zip_is_read(tmp_path: Path):
    assert len(read(feed(tmp_path, within="hanoi/"))[0]) == 2


def test_services_by_dates_alone_and_days_taken_out(tmp_path: Path):
    dates = "service_id,date,exception_type\nweek,20250103,1\nweek,20250106,1\nweek,20250106,2\n"
    _, when = read(feed(tmp_path, {"calendar.txt": None, "calendar_dates.txt": dates}))
    assert when[0].nonzero()[0].tolist() == [2]
    _, when = read(feed(tmp_path, {"calendar_dates.txt": dates.replace("0103,1", "0103,2")}))
    assert when[0][:6].tolist() == [True, True, False, False, False, False]


def test_a_trip_with_headways_runs_as_often_as_they_say_and_no_vehicle_drives_two_at_once(tmp_path: Path):
    """From 07:00, every 20 minutes, before 08:00; and once more in the evening."""
    often = OFTEN + "t1,07:00:00,08:00:00,1200\nt1,20:00:00,20:10:00,600\n"
    trips, when = read(feed(tmp_path, {"frequencies.txt": often}), "12")
    assert [(t.start, t.end, t.vehicle) for t in trips] == [
        (420, 460, ""), (440, 480, ""), (460, 500, ""), (1200, 1240, ""),
    ]  # fmt: skip
    assert len({t.id for t in trips}) == len(trips) == len(when)


def test_the_length_of_a_shape_is_taken_where_no_unit_is_told(tmp_path: Path):
    """A tenth of a degree of a meridian is 11.12 km."""
    change = {
        "trips.txt": "route_id,service_id,trip_id,shape_id\nr1,week,t1,s\n",
        "shapes.txt": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\ns,20.1,106,10\ns,20.0,106,9\n",
    }
    trips, _ = read_gtfs(feed(tmp_path, {**change}), Calendar(2025).dates)
    assert trips[0].km == pytest.approx(11.12, abs=0.005)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        *[({name: None}, f"has no file {name}") for name in FEED],
        (edited("stop_times.txt", T1, "t1,,,a,1,0\n"), "without a time at its first and its last stop"),
        (edited("stop_times.txt", "06:40:00,06:55:00", ","), "without a time at its first and its last stop"),
        (edited("stop_times.txt", "06:40:00,06:55:00", "05:40:00,05:55:00"), "ends before it begins"),
        (edited("stop_times.txt", "06:00:00,06:00:00", "06:00,06:00"), "line 2: cannot be read"),
        (edited("stop_times.txt", "06:00:00,06:00:00", "06:00:75,06:00:75"), "line 2: cannot be read"),
        (edited("stop_times.txt", "25:20:00,25:20:00", "49:00:00,49:00:00"), "line 6: cannot be read"),
        (edited("stop_times.txt", "a,1,0\n", "nowhere,1,0\n"), "names a stop that does not exist"),
        (edited("stop_times.txt", "a,1,0\n", "a,first,0\n"), "stop_sequence as a number"),
        (edited("stop_times.txt", "20.5", "20500"), "has no distance"),
        (edited("stop_times.txt", "20.5", "205"), "faster than 150 km/h"),
        (edited("stop_times.txt", "20.5", ""), "has no distance for a trip"),
        (edited("trips.txt", "r1,week", "r1,never"), "line 2: names a service that no calendar has"),
        (edited("trips.txt", "t2", "t1"), "line 3: is the name of another trip"),
        (edited("trips.txt", "trip_id", "trip"), "a column trip_id"),
        ({"stop_times.txt": ""}, "is empty"),
        (edited("calendar.txt", "20251231", "2025-12-31"), "is not a date"),
        (edited("calendar.txt", "20251231", "20241231"), "ends before it begins"),
        (edited("calendar.txt", "week,1", "week,yes"), "one of 0, 1"),
        (edited("calendar.txt", "20250101,20251231", "20240101,20241231"), "no service in the study"),
        ({"calendar_dates.txt": "service_id,date,exception_type\nweek,20250103,3\n"}, "one of 1, 2"),
        ({"frequencies.txt": OFTEN + "t1,7,8,600\n"}, "cannot be read"),
        ({"frequencies.txt": OFTEN + "t1,07:00:00,08:00:00,0\n"}, "seconds from"),
        ({"frequencies.txt": OFTEN + "t1,09:00:00,08:00:00,60\n"}, "ends before"),
        ({"frequencies.txt": OFTEN + "t1,00:00:00,24:00:00,1\n"}, "too many"),
        ({"frequencies.txt": OFTEN + "t1,47:50:00,48:00:00,600\n"}, "later than"),
        ({"old/stops.txt": FEED["stops.txt"]}, "has the file stops.txt twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_rightly_is_refused(
    tmp_path: Path, change: dict[str, str | bytes | None], told: str
):
    with pytest.raises(StudyError) as raised:
        read(feed(tmp_path, change))
    assert told in str(raised.value)


def test_a_line_in_a_fault_is_that_of_the_file(tmp_path: Path):
    rows = FEED["stop_times.txt"].replace("\n", "\n\n\n").replace("06:00:00,06:00:00", "06:00,06:00")
    with pytest.raises(StudyError, match="line 4: cannot be read"):
        read(feed(tmp_path, {"stop_times.txt": rows}))
    rows = FEED["trips.txt"].replace("b1", '"b\n1"').replace("r2,week", "r2,never")
    with pytest.raises(StudyError, match="line 4: names a service"):
        read(feed(tmp_path, {"trips.txt": rows}))


def test_a_route_that_is_not_there_is_told_beside_one_that_is(tmp_path: Path):
    with pytest.raises(StudyError, match=r"no trip of these routes \(got 99"):
        read(feed(tmp_path), "12", "99")
    assert [t.id for t in read(feed(tmp_path), "r2", "14A")[0]] == ["t2"]


@pytest.mark.parametrize("row", ["s,20.0,106,\n", "s,nan,106,1\n", "s,20.0,206,1\n", "s,20.0,106,2\n"])
def test_a_shape_with_a_lost_point_or_only_one_is_no_length(tmp_path: Path, row: str):
    change = {
        "trips.txt": "route_id,service_id,trip_id,shape_id\nr1,week,t1,s\n",
        "shapes.txt": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n" + row,
    }
    with pytest.raises(StudyError, match=r"cannot be read|has no length"):
        read_gtfs(feed(tmp_path, {**change}), Calendar(2025).dates)


def test_a_broken_zip_is_refused_wherever_it_breaks(tmp_path: Path):
    content = feed(tmp_path).read_bytes()
    for at in range(0, len(content), 40):
        broken = tmp_path / "broken.zip"
        broken.write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
        try:
            read(broken)
        except StudyError:
            continue
