"""Marks over the plane of a chart, and what stands on its axes, as pieces of Vega-Lite."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from parkzero.charts.chart import WIDE, Spec, View, chosen
from parkzero.charts.numbers import tick_numbers, ticks
from parkzero.charts.palette import INK
from parkzero.charts.words import Words

Row = dict[str, Any]

_LONG = 1e4
_COLOUR: Spec = {"field": "c", "type": "nominal", "scale": None}
_TOLD: Spec = {
    "description": {"field": "t", "type": "nominal"},
    "tooltip": {"field": "t", "type": "nominal"},
}


def box(x: float, x2: float, y: float, y2: float, colour: str, told: str) -> Row:
    """A rectangle that says its value when pointed at."""
    return {"x": x, "x2": x2, "y": y, "y2": y2, "c": colour, "t": told}


def layer(mark: Spec, rows: Iterable[Row], told: bool = True, **encoding: object) -> list[Spec]:
    """Rows as marks of one kind; none where there are no rows."""
    values = list(rows)
    if not values:
        return []
    channels = {"color": _COLOUR, **({**_TOLD} if told else {}), **encoding}
    quiet = {} if told else {"aria": False}
    return [{"data": {"values": values}, "mark": {**mark, **quiet}, "encoding": channels}]


def boxes(rows: Iterable[Row], **mark: object) -> list[Spec]:
    """Rectangles from (x, y) to (x2, y2)."""
    style = {"type": "rect", "stroke": "#fff", "strokeWidth": 0.8, **mark}
    return layer(style, rows, x2={"field": "x2"}, y2={"field": "y2"})


def areas(rows: Iterable[Row], **mark: object) -> list[Spec]:
    """Areas between y and y2 along x, one for each key ``k``."""
    style = {"type": "area", "stroke": "#fff", "strokeWidth": 0.5, **mark}
    detail = {"field": "k", "type": "nominal"}
    return layer(style, rows, told="description" in mark, y2={"field": "y2"}, detail=detail)


def lines(rows: Iterable[Row], **mark: object) -> list[Spec]:
    """Lines along the order of the rows, one for each key ``k``."""
    style = {"type": "line", "strokeWidth": 2.5, **mark}
    detail = {"field": "k", "type": "nominal"}
    return layer(style, rows, told=False, detail=detail, order={"field": "o", "type": "quantitative"})


def dots(rows: Iterable[Row], **mark: object) -> list[Spec]:
    """Points that say their value."""
    style = {
        "type": "point",
        "filled": True,
        "size": 50,
        "opacity": 1,
        "stroke": "#fff",
        "strokeWidth": 1,
        **mark,
    }
    return layer(style, rows)


def rings(rows: Iterable[Row]) -> list[Spec]:
    """Open points that say their value."""
    style = {"type": "point", "filled": False, "size": 55, "opacity": 1, "strokeWidth": 2, "fill": "#fff"}
    return layer(style, rows)


def rules(rows: Iterable[Row], told: bool = False, **mark: object) -> list[Spec]:
    """Straight lines from (x, y) to (x2, y2)."""
    style = {"type": "rule", "strokeWidth": 1, **mark}
    return layer(style, rows, told=told, x2={"field": "x2"}, y2={"field": "y2"})


def texts(rows: Iterable[Row], **mark: object) -> list[Spec]:
    """Texts ``s`` at their places."""
    style = {"type": "text", "fill": INK, "aria": False, **mark}
    return layer(style, rows, told=False, text={"field": "s", "type": "nominal"})


def halo(view: View, rows: Iterable[Row], **mark: object) -> list[Spec]:
    """Texts on a white ground of their own shape; a page's style sheet draws both at once."""
    kept = list(rows)
    ground = texts(kept, stroke="#fff", strokeWidth=4, strokeJoin="round", **mark)
    return ground if view.bare else [*ground, *texts(kept, **mark)]


def named_axis(view: View, places: Sequence[float], names: Sequence[Words], **more: object) -> Spec:
    """An axis with a name at each place."""
    said = [view.say(name) for name in names]
    values = [float(p) for p in places]
    return {
        "values": values,
        "labelExpr": chosen(said, f"indexof({json.dumps(values)},datum.value)"),
        "title": None,
        "grid": False,
        "labelAngle": 0,
        "labelPadding": 6,
        **more,
    }


def round_axis(
    view: View, low: float, high: float, count: int = 5, **more: object
) -> tuple[Spec, tuple[float, float]]:
    """An axis over round ticks that reach both ends, and its range."""
    marks = ticks(low, high, count)
    # Long numbers beside one another would touch on a phone: every second is written.
    lying = "titleX" not in more and view.width < WIDE and max(abs(low), abs(high)) >= _LONG
    written = slice(None, None, 2 if lying else 1)
    axis = named_axis(view, marks[written], tick_numbers(marks)[written], **{"grid": True, **more})
    return axis, (marks[0], marks[-1])


def value_axis(
    view: View, low: float, high: float, unit: Words, left: int = 50
) -> tuple[Spec, tuple[float, float]]:
    """The vertical axis, with its unit above it."""
    return round_axis(
        view,
        low,
        high,
        title=view.say(unit),
        titleAngle=0,
        titleAlign="left",
        titleBaseline="bottom",
        titleX=2 - left,
        titleY=-9,
    )


def zero_line(domain_x: tuple[float, float], domain_y: tuple[float, float]) -> list[Spec]:
    """The line of zero, drawn over the marks that stand on it."""
    if not domain_y[0] <= 0 <= domain_y[1]:
        return []
    return rules([{"x": domain_x[0], "x2": domain_x[1], "y": 0.0, "y2": 0.0, "c": "#5b6675"}])


def rounded(value: float, figures: int = 7) -> float:
    """A coordinate with as many figures as a drawing can show: shorter files, the same picture."""
    return float(f"{value:.{figures}g}") if math.isfinite(value) else 0.0
