"""Rows without any time, taken by their position in the year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from parkzero.errors import Fault, Place
from parkzero.series.findings import Finding
from parkzero.series.meter_steps import MeterOptions
from parkzero.series.time_columns import Times
from parkzero.tables import TextTable
from parkzero.texts import say

_STEPS = (60, 30, 15)
_DAY = 1440


def by_position(table: TextTable, ask: MeterOptions) -> Times | None:
    """Stamps for rows that hold a whole year of steps from 1 January 00:00; None where they do not.

    Args:
        table: a table in which no column could be a time.
        ask: how it is to be read; ``year`` is given.
    """
    rows = len(table.lines) - (ask.cumulative is True)
    year = ask.year or 0
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = {days * _DAY // m: (days, m) for days in (365, 366) for m in _STEPS}
    found = lengths.get(rows)
    place = Place(file=table.file, field=ask.column or "")
    if found is None:
        needs = say("a column of times, or 8760, 17520 or 35040 values (8784, 17568 or 35136 in a leap year)")
        fault = Fault(
            place,
            say("has no times and a wrong length"),
            say("{count} values", count=len(table.lines)),
            needs,
        )
        return Times(faults=(fault,))
    days, minutes = found
    if (days == 366) != leap:
        kind = say("a leap year") if days == 366 else say("a common year")
        what = say("has no times and the length of {kind}, which {year} is not", kind=kind, year=year)
        hint = say(
            "year = {value} where that is the year of the values",
            value=year - year % 4 if days == 366 else year - 1,
        )
        return Times(
            faults=(
                Fault(
                    place, what, say("{count} values", count=len(table.lines)), say("a column of times"), hint
                ),
            )
        )
    named = [(n, v) for n, v in (("label", ask.label), ("date_order", ask.date_order)) if v != "auto"]
    if named:
        what = say("is given, but no column of the file could be a time")
        faults = [
            Fault(Place(file=table.file, field=n), what, v, hint=say("leave {option} out", option=n))
            for n, v in named
        ]
        return Times(faults=tuple(faults))
    begin = np.datetime64(f"{year}-01-01T00:00", "m")
    stamps = np.datetime_as_string(begin + minutes * np.arange(len(table.lines))).tolist()
    what = say(
        "no column could be a time: {rows} rows taken by position, {minutes}-minute steps from 1 January",
        rows=rows,
        minutes=minutes,
    )
    note = Finding("by_position", "note", rows, what)
    return replace(Times(), texts=stamps, findings=(note,), label="" if ask.cumulative is True else "start")
