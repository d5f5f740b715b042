"""A week as stacked areas: supply above zero, use below; the script names the values under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from parkzero.report.charts.frame import Frame, framed, label, line, path, svg, zero_line
from parkzero.report.markup import tag
from parkzero.report.words import Both
from parkzero.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """One band of the stack: values of one sign, shape [steps]."""

    name: Both
    colour: str
    values: FloatArray


def week(width: int, bands: Sequence[Band], days: Sequence[Both], unit: Both, name: str) -> Markup:
    """Stacked areas over the steps.

    Args:
        width: of the drawing [px].
        bands: from zero outwards; positive ones are stacked upwards, negative ones downwards.
        days: name of each day.
        unit: of the values.
        name: of the data that the script shows under the pointer.
    """
    up = [b for b in bands if b.values.sum() >= 0]
    down = [b for b in bands if b.values.sum() < 0]
    steps = len(bands[0].values) if bands else 1
    tops = np.cumsum([b.values for b in up], axis=0) if up else np.zeros((1, steps))
    bottoms = np.cumsum([b.values for b in down], axis=0) if down else np.zeros((1, steps))
    frame, axes = framed(width, 300, float(bottoms.min()), float(tops.max()), unit)
    areas = [*_areas(frame, up, tops), *_areas(frame, down, bottoms)]
    parts: list[Markup] = [axes, *areas, *_days(frame, days), zero_line(frame)]
    parts.append(line(frame.left, frame.top, frame.left, frame.height - frame.bottom, class_="cross"))
    x1 = frame.left + frame.inner
    drawing = svg(width, frame.height, *parts)
    return tag(
        "div",
        drawing,
        class_=f"pointed p{width}",
        data_of=name,
        data_x0=frame.left,
        data_x1=x1,
        data_width=width,
    )


def _areas(frame: Frame, bands: Sequence[Band], edges: FloatArray) -> list[Markup]:
    parts = []
    for i, band in enumerate(bands):
        inner = edges[i - 1] if i else np.zeros(len(band.values))
        steps = len(band.values)
        xs = frame.left + frame.inner * (np.arange(steps) + 0.5) / steps
        outer = [(x, frame.y(float(y))) for x, y in zip(xs, edges[i], strict=True)]
        back = [(x, frame.y(float(y))) for x, y in zip(xs[::-1], inner[::-1], strict=True)]
        parts.append(tag("path", d=path(outer + back, closed=True), fill=band.colour, class_="area"))
    return parts


def _days(frame: Frame, days: Sequence[Both]) -> list[Markup]:
    slot = frame.inner / max(len(days), 1)
    parts = []
    for i, day in enumerate(days):
        x = frame.left + slot * i
        if i:
            parts.append(line(x, frame.top, x, frame.height - frame.bottom, class_="grid"))
        parts.append(label(day, x + slot / 2, frame.height - 8, "middle"))
    return parts


def week_data(bands: Sequence[Band], times: Sequence[Both], unit: Both) -> dict[str, object]:
    """What the script shows under the pointer: times, and each band's name, colour and rounded values."""

    def texts(pair: Both) -> list[str]:
        return [pair.vi, pair.en]

    return {
        "unit": texts(unit),
        "times": [texts(t) for t in times],
        "bands": [
            [*texts(b.name), b.colour, [float(f"{v:.3g}") for v in np.nan_to_num(b.values)]] for b in bands
        ],
    }


def weekday_names(first: int, count: int, names: Sequence[Both]) -> list[Both]:
    """Names of ``count`` days from the weekday ``first`` (Monday 0) on."""
    return [names[(first + k) % 7] for k in range(count)]
