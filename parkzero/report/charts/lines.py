"""Lines over numbers: prices by year, bounds by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from parkzero.charts.palette import GRID
from parkzero.report.charts.bars import finite
from parkzero.report.charts.frame import framed, label, path, svg, tick_texts, ticks
from parkzero.report.markup import tag, told
from parkzero.report.numbers import figure
from parkzero.report.words import Both, both


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points (x, y), with the band around it where there is one."""

    name: Both
    colour: str
    points: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float, float], ...] = ()
    dash: str = ""


def curves(
    width: int,
    lines: Sequence[Curve],
    unit: Both,
    along: Both,
    marks: Sequence[float] | None = None,
    from_zero: bool = True,
    since: float | None = None,
) -> Markup:
    """Lines with points that say their values.

    Args:
        width: of the drawing [px].
        lines: what is drawn.
        unit: of the values.
        along: name of the horizontal axis; empty where it is plain.
        marks: places named on the horizontal axis; round ones by default.
        from_zero: whether the vertical axis starts at zero.
        since: where the horizontal axis begins; by default near the first point.
    """
    ys = [finite(y) for c in lines for _, y in c.points] + [
        finite(v) for c in lines for _, *b in c.band for v in b
    ]
    xs = [x for c in lines for x, _ in c.points] or [0.0]
    low, high = (min(ys, default=0.0), max(ys, default=1.0))
    base = min(low, 0.0) if from_zero else low
    frame, axes = framed(width, 260, base, high, unit, bottom=40 if along.vi else 26)
    names = list(marks) if marks is not None else ticks(min(xs) if since is None else since, max(xs), 5)
    first, last = min([*xs, *names]), max([*xs, *names])
    span = (last - first) or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        return frame.left + 12 + (frame.inner - 24) * (x - first) / span, frame.y(finite(y))

    parts = [axes]
    texts = [both(f"{x:.0f}") for x in names] if marks is not None else tick_texts(names)
    for x, text in zip(names, texts, strict=True):
        parts.append(label(text, place(x, 0)[0], frame.height - frame.bottom + 17, "middle"))
    if along.vi:
        parts.append(label(along, frame.left + frame.inner / 2, frame.height - 6, "middle"))
    for curve in lines:
        band = [place(x, hi) for x, _, hi in curve.band] + [place(x, lo) for x, lo, _ in reversed(curve.band)]
        if band:
            parts.append(tag("path", d=path(band, closed=True), fill=curve.colour, fill_opacity="0.15"))
        parts.append(_line(curve, [place(x, y) for x, y in curve.points], unit))
    return svg(width, frame.height, *parts)


def _line(curve: Curve, places: list[tuple[float, float]], unit: Both) -> Markup:
    if not places:
        return Markup()
    parts = [
        tag(
            "path",
            d=path(places),
            fill="none",
            stroke=curve.colour,
            stroke_width=2.5,
            stroke_dasharray=curve.dash or None,
        )
    ]
    for (x, y), (at, value) in zip(places, curve.points, strict=True):
        text = curve.name + f" · {at:g}: " + figure(value, 4) + " " + unit
        parts.append(tag("circle", cx=x, cy=y, r=4, fill=curve.colour, stroke=GRID, class_="m", **told(text)))
    return Markup("").join(parts)
