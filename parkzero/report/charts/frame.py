"""The frame of a chart: axes with round ticks, grid lines, and the marks that answer to the pointer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from parkzero.report.markup import Attribute, Child, coordinate, tag, told
from parkzero.report.numbers import number
from parkzero.report.words import Both

NARROW = 390
WIDE = 860


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing area of a chart [px] and the range of values that it shows."""

    width: int
    height: int
    low: float
    high: float
    left: int = 50
    right: int = 10
    top: int = 24
    bottom: int = 26

    def y(self, value: float) -> float:
        """Height at which a value stands."""
        span = (self.high - self.low) or 1.0
        inner = self.height - self.top - self.bottom
        return self.height - self.bottom - inner * (min(max(value, self.low), self.high) - self.low) / span

    @property
    def inner(self) -> int:
        """Width between the axes."""
        return self.width - self.left - self.right


def svg(width: int, height: int, *children: Child) -> Markup:
    """A drawing; the figure around it holds its name for screen readers."""
    return tag(
        "svg",
        *children,
        viewbox=f"0 0 {width} {height}",
        class_=f"w{width}",
        aria_hidden="true",
        focusable="false",
    )


def label(text: Both | str, x: float, y: float, anchor: str = "start", **more: Attribute) -> Markup:
    """A text in a drawing."""
    return tag("text", text, x=float(x), y=float(y), text_anchor=anchor, **more)


def line(x1: float, y1: float, x2: float, y2: float, **more: Attribute) -> Markup:
    """A straight line."""
    return tag("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), **more)


def mark(x: float, y: float, width: float, height: float, colour: str, text: Both) -> Markup:
    """A rectangle that says its value when pointed at."""
    return tag(
        "rect",
        x=float(x),
        y=float(y),
        width=float(width),
        height=max(float(height), 0.0),
        fill=colour,
        class_="m",
        **told(text),
    )


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values from ``low`` to ``high``, both reached or passed."""
    low = low if math.isfinite(low) else 0.0
    least = max(1e-9 * max(abs(low), abs(high)), 1e-12) if math.isfinite(high) else math.inf
    if not high - low > least:
        high = low + max(1.0, 0.1 * abs(low))
    raw = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [k * step for k in range(first, last + 1)]


def framed(
    width: int, height: int, low: float, high: float, unit: Both, **margins: int
) -> tuple[Frame, Markup]:
    """A frame over round ticks, with its grid lines, tick labels and unit."""
    marks = ticks(low, high)
    frame = Frame(width, height, marks[0], marks[-1], **margins)
    parts = [label(unit, 2, 12, class_="unit")]
    for value, text in zip(marks, tick_texts(marks), strict=True):
        y = frame.y(value)
        parts.append(line(frame.left, y, width - frame.right, y, class_="grid"))
        parts.append(label(text, frame.left - 6, y + 4, "end"))
    return frame, Markup("").join(parts)


def tick_texts(marks: Sequence[float]) -> list[Both]:
    """Ticks with as many decimals as their step needs."""
    step = marks[1] - marks[0] if len(marks) > 1 else 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1
    return [number(value, decimals) for value in marks]


def zero_line(frame: Frame) -> Markup:
    """The line of zero, drawn over the marks that stand on it."""
    if not frame.low <= 0 <= frame.high:
        return Markup()
    return line(frame.left, frame.y(0), frame.width - frame.right, frame.y(0), class_="zero")


def path(points: Sequence[tuple[float, float]], closed: bool = False) -> str:
    """Points as the ``d`` of a path."""
    text = "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in points)
    return f"M{text}{'Z' if closed else ''}"
