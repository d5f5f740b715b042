"""Heat maps of a year, day by hour, as a small palette picture inside the drawing.

A picture of 365 by 24 points takes some kilobytes where 8,760 rectangles would take half a megabyte and a
phone's patience.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from parkzero.charts.palette import INK, ramp
from parkzero.report.charts.frame import NARROW, label, line, svg, tick_texts, ticks
from parkzero.report.markup import tag
from parkzero.report.words import Both, say
from parkzero.units import FloatArray

_LEVELS = 255
_FEW = 120  # fewer days are drawn as blocks; more are smoothed, so that none is lost on a small screen
_LEFT, _RIGHT, _TOP, _HIGH = 34, 52, 22, 168


def png(levels: np.ndarray, colours: np.ndarray) -> bytes:
    """A palette picture.

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
    values: FloatArray, per_day: int, unit: Both, months: Sequence[tuple[int, int]], high: float | None = None
) -> Markup:
    """A year as days (along) by hours (downwards).

    Args:
        values: of each step, shape [steps].
        per_day: steps in a day.
        unit: of the values.
        months: (first day, number of month) of each month shown.
        high: value of the brightest colour; the largest by default.
    """
    grid = np.nan_to_num(by_day(values, per_day), nan=0.0, posinf=0.0, neginf=0.0)
    top = high if high is not None else float(grid.max(initial=0.0))
    top = top if top > 0 else 1.0
    low = min(float(grid.min(initial=0.0)), 0.0)
    levels = np.clip(np.round((grid - low) / (top - low) * _LEVELS), 0, _LEVELS).astype(np.uint8)
    picture = base64.b64encode(png(levels, ramp(_LEVELS + 1))).decode("ascii")
    wide = NARROW - _LEFT - _RIGHT
    parts = [
        tag(
            "image",
            x=_LEFT,
            y=_TOP,
            width=wide,
            height=_HIGH,
            preserveAspectRatio="none",
            class_="pixels" if grid.shape[1] < _FEW else None,
            href=f"data:image/png;base64,{picture}",
        ),
        tag("rect", x=_LEFT, y=_TOP, width=wide, height=_HIGH, fill="none", stroke=INK, stroke_width="0.5"),
        label(say("axis.hour"), 2, 12, class_="unit"),
        *(label(f"{h}", _LEFT - 5, _TOP + _HIGH * h / 24 + 4, "end") for h in (0, 6, 12, 18, 24)),
        *_months(months, grid.shape[1], wide),
        _scale(low, top, unit),
    ]
    return svg(NARROW, _TOP + _HIGH + 24, *parts)


def _months(months: Sequence[tuple[int, int]], days: int, wide: int) -> list[Markup]:
    parts = []
    for first, month in months:
        x = _LEFT + wide * first / max(days, 1)
        parts.append(line(x, _TOP + _HIGH, x, _TOP + _HIGH + 4, class_="zero"))
        parts.append(label(f"{month}", x + 2, _TOP + _HIGH + 16))
    parts.append(label(say("axis.month"), NARROW - _RIGHT + 4, _TOP + _HIGH + 16))
    return parts


def _scale(low: float, top: float, unit: Both) -> Markup:
    steps, x = 32, NARROW - _RIGHT + 6
    colours = ramp(steps)
    high = _HIGH / steps
    parts = [label(unit, NARROW - 2, 12, "end", class_="unit")]
    for k in range(steps):
        red, green, blue = (int(c) for c in colours[k])
        y = _TOP + _HIGH - high * (k + 1)
        parts.append(
            tag("rect", x=x, y=y, width=10, height=high + 0.4, fill=f"#{red:02x}{green:02x}{blue:02x}")
        )
    marks = ticks(low, top, 4)
    for value, text in zip(marks, tick_texts(marks), strict=True):
        if low <= value <= top * (1 + 1e-9):
            y = _TOP + _HIGH * (1 - (value - low) / (top - low))
            parts.append(label(text, x + 13, y + 4))
    return Markup("").join(parts)
