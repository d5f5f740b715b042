"""The text files of a GTFS feed as rows: opened within bounds, with what is wrong in them."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from parkzero.errors import Fault, Place
from parkzero.tables import decode_safely, read_bytes_safely
from parkzero.texts import NOTHING, Text, say

MOST_BYTES, MOST_RATIO, MOST_ROWS = 300_000_000, 200, 3_000_000
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What is read, with the columns that must be there.
COLUMNS = {
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "stop_id", "stop_sequence"), "stops.txt": ("stop_id",),
    "routes.txt": ("route_id",), "calendar.txt": ("service_id", "start_date", "end_date", *WEEK),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "frequencies.txt": ("trip_id", "start_time", "end_time", "headway_secs"),
    "shapes.txt": ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"),
}  # fmt: skip
NEEDED = ("trips.txt", "stop_times.txt", "stops.txt", "routes.txt")
Row = Mapping[str, str]


@dataclass(slots=True)
class Feed:
    """The files of a feed, and what was found wrong in them.

    Attributes:
        file: name of the zip.
        tables: by file, its rows with the line at which each ends.
        faults: found so far.
    """

    file: str
    tables: dict[str, list[tuple[int, Row]]]
    faults: list[Fault]

    def fault(self, table: str, what: Text, got: str = "", needs: Text = NOTHING, line: int = 0) -> None:
        """Note a fault in one of the files."""
        place = Place(f"{self.file}/{table}" if table else self.file, line=line)
        self.faults.append(Fault(place, what, got[:60], needs))

    def rows(self, table: str) -> list[tuple[int, Row]]:
        """The rows of a file; none where it is not there."""
        return self.tables.get(table, [])


def opened(path: Path) -> Feed:
    """The files of the zip as rows of text; nothing is unpacked onto the disk."""
    feed = Feed(path.name, {}, [])
    try:
        with zipfile.ZipFile(io.BytesIO(read_bytes_safely(path, MOST_BYTES // 3))) as book:
            _files(feed, book)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        feed.fault("", say("is not a readable zip of GTFS"))
    return feed


def _files(feed: Feed, book: zipfile.ZipFile) -> None:
    infos = [i for i in book.infolist() if not i.is_dir()]
    total, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
    if total > MOST_BYTES or total > MOST_RATIO * max(packed, 1) + 1_000_000:
        feed.fault("", say("unpacks to more than a feed needs"), str(total))
        return
    names = Counter(i.filename.rpartition("/")[2] for i in infos)
    for name in COLUMNS:
        if names[name] > 1:  # a folder beside an older one: nobody can say which is meant
            feed.fault("", say("has the file {name} twice", name=name))
    for name in NEEDED:
        if not names[name]:
            feed.fault("", say("has no file {name}", name=name))
    if not names["calendar.txt"] + names["calendar_dates.txt"]:
        feed.fault("", say("has no file {name}", name="calendar.txt"))
    if feed.faults:
        return
    for info in infos:
        name = info.filename.rpartition("/")[2]
        if name in COLUMNS:
            with book.open(info) as raw:
                feed.tables[name] = list(_rows(feed, name, raw.read(MOST_BYTES + 1)))


def _rows(feed: Feed, name: str, content: bytes) -> Iterator[tuple[int, Row]]:
    text, _ = decode_safely(content, f"{feed.file}/{name}")
    reader = csv.reader(io.StringIO(text, newline=""))
    head: list[str] = []
    try:
        for number, fields in enumerate(reader):
            written = [field.strip() for field in fields]
            if not any(written):
                continue
            if not head:
                head = [column.lstrip("\ufeff").strip() for column in written]
                missing = [column for column in COLUMNS[name] if column not in head]
                for column in missing:
                    feed.fault(name, say("is missing"), "", say("a column {name}", name=column))
                if missing:
                    return
                continue
            if number > MOST_ROWS:
                most = say("at most {max_rows}", max_rows=MOST_ROWS)
                feed.fault(name, say("has too many rows"), needs=most)
                return
            yield reader.line_num, dict(itertools.zip_longest(head, written[: len(head)], fillvalue=""))
    except csv.Error as broken:
        feed.fault(name, say("is not a readable text table"), str(broken), line=reader.line_num)
    if not head and name in NEEDED:
        feed.fault(name, say("is empty"))
