"""Stacked columns over milestone years, with limits drawn above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from parkzero.charts.palette import ALERT, INK
from parkzero.report.charts.frame import Frame, framed, label, line, mark, svg, zero_line
from parkzero.report.markup import tag, told
from parkzero.report.numbers import figure
from parkzero.report.words import Both, both


@dataclass(frozen=True, slots=True)
class Layer:
    """One segment of each column: its name, colour and value by year."""

    name: Both
    colour: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit by year; None where there is none."""

    name: Both
    values: tuple[float | None, ...]


def finite(value: float) -> float:
    """The value, or zero where it is none."""
    return value if -1e300 < value < 1e300 else 0.0


def visible(layers: Sequence[Layer], share: float = 1e-5) -> list[Layer]:
    """Layers that can be seen beside the largest; what a solver leaves of nothing falls away."""
    sizes = [max((abs(finite(v)) for v in layer.values), default=0.0) for layer in layers]
    least = share * max(sizes, default=0.0)
    return [layer for layer, size in zip(layers, sizes, strict=True) if size > least]


def dips(layers: Sequence[Layer]) -> bool:
    """Whether something hangs visibly below zero, so that the columns' sums must be marked."""
    low, high = extent(layers)
    return low < -1e-6 * max(high, -low)


def extent(layers: Sequence[Layer], limits: Sequence[Limit] = ()) -> tuple[float, float]:
    """Lowest and highest end of the stacks and limits."""
    columns = list(zip(*(layer.values for layer in layers), strict=True)) if layers else []
    low = min([0.0, *(sum(min(finite(v), 0.0) for v in column) for column in columns)])
    high = max([0.0, *(sum(max(finite(v), 0.0) for v in column) for column in columns)])
    marks = [finite(v) for limit in limits for v in limit.values if v is not None]
    return min([low, *marks]), max([high, *marks])


def stacked_columns(
    width: int,
    names: Sequence[Both | str],
    layers: Sequence[Layer],
    unit: Both,
    limits: Sequence[Limit] = (),
    net: Both | None = None,
    shown: Sequence[bool] | None = None,
) -> Markup:
    """Stacked columns; what is negative hangs below zero.

    Args:
        width: of the drawing [px].
        names: what stands under each column, usually a year.
        layers: segments from the bottom up.
        unit: of the values.
        limits: dashes across the columns.
        net: name of the columns' sums, drawn as points where something is negative.
        shown: which names are written; all by default.
    """
    low, high = extent(layers, limits)
    frame, axes = framed(width, 260, low, high, unit)
    slot = frame.inner / max(len(names), 1)
    parts = [axes]
    for i, name in enumerate(names):
        x = frame.left + slot * i
        parts.append(_column(frame, x, slot, i, name, layers, unit))
        if shown is None or shown[i]:
            parts.append(label(name, x + slot / 2, frame.height - 8, "middle"))
        parts.extend(_limit(frame, x, slot, name, limit, limit.values[i], unit) for limit in limits)
        if net is not None and dips(layers):
            total = sum(finite(layer.values[i]) for layer in layers)
            parts.append(
                tag(
                    "circle",
                    cx=x + slot / 2,
                    cy=frame.y(total),
                    r=4,
                    fill="#fff",
                    stroke=INK,
                    stroke_width=2,
                    class_="m",
                    **told(_told(name, net, total, unit)),
                )
            )
    return svg(width, frame.height, *parts, zero_line(frame))


def _told(column: Both | str, name: Both, value: float, unit: Both) -> Both:
    return both(column) + " · " + name + ": " + figure(value) + " " + unit


def _column(
    frame: Frame, x: float, slot: float, i: int, name: Both | str, layers: Sequence[Layer], unit: Both
) -> Markup:
    up, down, parts = 0.0, 0.0, []
    wide = min(slot * 0.68, 64.0)
    for layer in layers:
        value = finite(layer.values[i])
        if value == 0:
            continue
        base = up if value > 0 else down
        one, two = frame.y(base), frame.y(base + value)
        text = _told(name, layer.name, value, unit)
        parts.append(mark(x + (slot - wide) / 2, min(one, two), wide, abs(two - one), layer.colour, text))
        up, down = (base + value, down) if value > 0 else (up, base + value)
    return Markup("").join(parts)


def _limit(
    frame: Frame, x: float, slot: float, name: Both | str, limit: Limit, value: float | None, unit: Both
) -> Markup:
    if value is None:
        return Markup()
    y = frame.y(value)
    return line(
        x + slot * 0.06,
        y,
        x + slot * 0.94,
        y,
        stroke=ALERT,
        stroke_width=3,
        stroke_dasharray="6 3",
        class_="m",
        **told(_told(name, limit.name, value, unit)),
    )
