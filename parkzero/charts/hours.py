"""Hours: a week as stacked areas, a year as a heat map of day by hour, a day's schedule.

Vega-Lite would draw a year of hours as 8,760 rectangles: half a megabyte, and a phone's patience. The heat
map is a palette picture of some kilobytes between Vega-Lite's axes instead.
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from parkzero.charts.chart import About, Body, Chart, Key, Margins, Spec, View
from parkzero.charts.marks import (
    Row,
    areas,
    box,
    boxes,
    halo,
    named_axis,
    rules,
    texts,
    value_axis,
    zero_line,
)
from parkzero.charts.numbers import Number, decimals_for, tick_numbers, ticks
from parkzero.charts.palette import INK, ramp
from parkzero.charts.words import Words
from parkzero.texts import say
from parkzero.units import FloatArray

HOUR, MONTH = say("charts.hour"), say("charts.month")
_LEVELS = 255
_STEPS = (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24)  # hours between the marks of a schedule
_FEW = 120  # fewer days are drawn as blocks; more are smoothed, so that none is lost on a small screen


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """One band of the stack: values of one sign, shape [steps]."""

    name: Words
    colour: str
    values: FloatArray


def week(about: About, bands: Sequence[Band], days: Sequence[Words]) -> Chart:
    """Stacked areas over the steps: supply above zero, use below.

    Args:
        about: what the chart says of itself.
        bands: from zero outwards; positive ones are stacked upwards, negative ones downwards.
        days: name of each day.
    """
    steps = len(bands[0].values) if bands else 1
    clean = [np.nan_to_num(b.values, nan=0.0, posinf=0.0, neginf=0.0) for b in bands]

    def body(view: View) -> Body:
        up, down, rows = np.zeros(steps), np.zeros(steps), []
        for k, (band, values) in enumerate(zip(bands, clean, strict=True)):
            base = up if values.sum() >= 0 else down
            rows += _area(k, band.colour, base, base + values)
            base += values
        y, domain = value_axis(view, float(down.min(initial=0.0)), float(up.max(initial=0.0)), about.unit)
        across, slot = (0.0, float(steps)), steps / max(len(days), 1)
        x = named_axis(view, [slot * (i + 0.5) for i in range(len(days))], days)
        walls = [
            {"x": slot * i, "x2": slot * i, "y": domain[0], "y2": domain[1], "c": "#d9dee5"}
            for i in range(1, len(days))
        ]
        return Body(
            [*areas(rows), *rules(walls), *zero_line(across, domain)], x, y, across, domain, height=300
        )

    keys = {k: Key(b.name, b.colour) for b in bands for k in [(b.name, b.colour)]}
    table = tuple((b.name, *map(float, b.values)) for b in bands)
    return Chart(about, tuple(keys.values()), ("", *(Number(t + 1.0, 0) for t in range(steps))), table, body)


def _area(k: int, colour: str, inner: FloatArray, outer: FloatArray) -> list[Row]:
    """A band's corners; where it is of no height for longer it is interrupted, which keeps drawings small."""
    there = outer != inner
    near = there.copy()
    near[1:] |= there[:-1]
    near[:-1] |= there[1:]
    runs = np.cumsum(~near)
    places = decimals_for(float(np.abs(outer).max(initial=0.0)), 5)
    y, y2 = np.round(outer, places).tolist(), np.round(inner, places).tolist()
    return [
        {"x": t + 0.5, "y": y[t], "y2": y2[t], "k": f"{k}.{runs[t]}", "c": colour}
        for t in np.flatnonzero(near).tolist()
    ]


def picture(levels: np.ndarray, colours: np.ndarray) -> bytes:
    """A palette picture (PNG).

    Args:
        levels: index of each point's colour, shape [rows, columns], uint8.
        colours: palette, shape [colours, 3], uint8.
    """
    rows, columns = levels.shape

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    lines = np.concatenate([np.zeros((rows, 1), np.uint8), levels.astype(np.uint8)], axis=1).tobytes()
    head = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"PLTE", colours.astype(np.uint8).tobytes())]
    parts += [chunk(b"IDAT", zlib.compress(lines, 9)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def by_day(values: FloatArray, per_day: int) -> FloatArray:
    """Hourly means, hours downwards and days along, shape [24, days]."""
    days = len(values) // per_day
    shaped = values[: days * per_day].reshape(days, 24, per_day // 24)
    hours: FloatArray = shaped.mean(axis=2).T
    return hours


def heat_map(
    about: About,
    values: FloatArray,
    per_day: int,
    months: Sequence[tuple[int, int]],
    high: float | None = None,
) -> Chart:
    """A year as days (along) by hours (downwards); what is missing is white.

    Args:
        about: what the chart says of itself.
        values: of each step, shape [steps].
        per_day: steps in a day, a multiple of 24.
        months: (first day, number of month) of each month shown.
        high: value of the brightest colour; the largest by default.
    """
    grid = by_day(values, per_day)
    grid = np.where(np.isfinite(grid), grid, np.nan)
    known = grid[np.isfinite(grid)]
    top = high if high is not None else float(known.max(initial=0.0))
    top, low = (top if top > 0 else 1.0), min(float(known.min(initial=0.0)), 0.0)

    def body(view: View) -> Body:
        days = grid.shape[1]
        wide = float(max(days, 1))
        scale = wide * 1.03, wide * 1.06
        marks = [
            *_picture(_levels(grid, low, top), days, 0.0, wide, 24.0),
            *_scale(view, about, low, top, *scale),
        ]
        x = named_axis(view, [float(f) for f, _ in months], [str(m) for _, m in months], labelAlign="left")
        x |= {"ticks": True, "labelOffset": 2, "labelPadding": 3}
        y = named_axis(view, [0, 6, 12, 18, 24], ["0", "6", "12", "18", "24"])
        y |= {
            "title": view.say(HOUR),
            "titleAngle": 0,
            "titleAlign": "left",
            "titleBaseline": "bottom",
            "titleX": -32,
            "titleY": -9,
        }
        return Body(marks, x, y, (0.0, wide * 1.16), (24.0, 0.0), Margins(34, 10, 24, 30), 222)

    means = tuple(
        (str(m), float(np.nanmean(part)), float(np.nanmax(part))) for m, part in _parts(grid, months)
    )
    return Chart(about, (), (MONTH, say("charts.mean"), say("charts.highest")), means, body)


def _parts(grid: FloatArray, months: Sequence[tuple[int, int]]) -> list[tuple[int, FloatArray]]:
    """The days of each month that hold any value."""
    ends = [*(f for f, _ in months[1:]), grid.shape[1]]
    parts = [(m, grid[:, f:end]) for (f, m), end in zip(months, ends, strict=True)] if months else []
    return [(m, part) for m, part in parts if np.isfinite(part).any()]


def _levels(grid: FloatArray, low: float, top: float) -> np.ndarray:
    """Index of each point's colour; the last one is white, for what is missing."""
    share = np.nan_to_num((grid - low) / (top - low), nan=0.0)
    levels = np.clip(np.round(share * (_LEVELS - 1)), 0, _LEVELS - 1)
    return np.where(np.isfinite(grid), levels, _LEVELS).astype(np.uint8)


def _picture(levels: np.ndarray, days: int, x: float, x2: float, hours: float) -> list[Spec]:
    if not levels.size:
        return []
    colours = np.concatenate([ramp(_LEVELS), np.full((1, 3), 255, np.uint8)])
    url = "data:image/png;base64," + base64.b64encode(picture(levels, colours)).decode("ascii")
    row = {"x": x, "x2": x2, "y": 0.0, "y2": hours, "u": url}
    mark: Spec = {"type": "image", "aspect": False, "aria": False, "smooth": days >= _FEW}
    return [
        {
            "data": {"values": [row]},
            "mark": mark,
            "encoding": {
                "x2": {"field": "x2"},
                "y2": {"field": "y2"},
                "url": {"field": "u", "type": "nominal"},
            },
        }
    ]


def _scale(view: View, about: About, low: float, top: float, x: float, x2: float) -> list[Spec]:
    """The colours with the values that they stand for, right of the picture."""
    marks = [v for v in ticks(low, top, 4) if low <= v <= top * (1 + 1e-9)]
    names = [
        {"x": x2, "y": 24.0 * (1 - (v - low) / (top - low)), "s": view.say(n), "c": INK}
        for v, n in zip(marks, tick_numbers(ticks(low, top, 4)), strict=False)
    ]
    unit = [{"x": x, "y": 0.0, "s": view.say(about.unit), "c": INK}]
    month = [{"x": x, "y": 24.0, "s": view.say(MONTH), "c": INK}]
    return [
        *_picture(np.arange(_LEVELS - 1, -1, -4, dtype=np.uint8)[:, None], _FEW, x, x2, 24.0),
        *texts(names, align="left", baseline="middle", dx=3),
        *texts(unit, align="center", baseline="bottom", dx=8, dy=-9),
        *texts(month, align="left", baseline="top", dy=8),
    ]


@dataclass(frozen=True, slots=True)
class Task:
    """What occupies a row of a schedule from one hour to another."""

    row: Words
    start: float
    end: float
    name: Words
    colour: str


def schedule(about: About, tasks: Sequence[Task], low: float = 0.0, high: float = 24.0) -> Chart:
    """Tasks over time, one row for each vehicle, machine or tenant, in the order in which they first occur.

    Args:
        about: what the chart says of itself; the unit is that of time.
        tasks: what is drawn; one without length is in the table only.
        low: first hour shown.
        high: last hour shown.
    """
    rows = list({view_key(t.row): t.row for t in tasks}.items())
    place = {key: i for i, (key, _) in enumerate(rows)}
    step = next((s for s in _STEPS if (high - low) / s <= 7), _STEPS[-1])
    hours = [step * k for k in range(math.ceil(low / step), math.floor(high / step) + 1)]

    def body(view: View) -> Body:
        drawn = [t for t in tasks if math.isfinite(t.start) and math.isfinite(t.end) and t.end > t.start]
        bars = []
        for t in drawn:
            i = place[view_key(t.row)]
            said = view.say(t.row, " · ", t.name, ": ", clock(t.start), "–", clock(t.end))
            bars.append(box(max(t.start, low), min(t.end, high), -i - 0.42, -i - 0.9, t.colour, said))
        names = [{"x": low, "y": -i - 0.2, "s": view.say(name), "c": INK} for i, (_, name) in enumerate(rows)]
        x = named_axis(view, hours, [clock(h) for h in hours], grid=True, title=view.say(about.unit))
        marks = [*boxes(bars), *halo(view, names, align="left", baseline="middle")]
        room = Margins(left=14, right=22, top=8, bottom=44)
        tall = max(len(rows), 1)
        return Body(marks, x, None, (low, high), (-float(tall), 0.0), room, 60 + 40 * tall)

    keys = {(view_key(t.name), t.colour): Key(t.name, t.colour) for t in tasks}
    table = tuple((t.row, t.name, clock(t.start), clock(t.end)) for t in tasks)
    return Chart(about, tuple(keys.values()), ("", "", "", ""), table, body)


def view_key(words: Words) -> tuple[str, str]:
    """A text in both languages, by which equal ones are known."""
    both = View("vi", 0), View("en", 0)
    return both[0].say(words), both[1].say(words)


def clock(hour: float) -> str:
    """An hour of the day as 13:30."""
    minutes = round(hour * 60) if math.isfinite(hour) else 0
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
