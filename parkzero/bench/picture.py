"""Pictures of a benchmark as SVG, written by hand: bars on a logarithmic scale, and growth as lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

WIDTH, ROW, LEFT, RIGHT = 780, 34, 230, 110
# Labels of points that are closer than this would touch.
CLOSE = 32
BLUE, GREY, INK, FAINT = "#1f6f8b", "#9aa5ab", "#263238", "#e3e8ea"
FONT = 'font-family="system-ui, Segoe UI, Roboto, sans-serif"'


def bars(result: dict[str, Any]) -> str:
    """Seconds and memory of every run of the reference case, on logarithmic scales."""
    seconds, memory = result["seconds"], result["peak_mb"]
    case = result["case"]
    years = len(case["years"])
    title = f"Reference pathway, {years} year{'s' if years != 1 else ''} of {case['days']} days"
    tall = 70 + (ROW * (len(seconds) + 1)) * 2
    parts = [text(20, 28, title, 17, weight="600")]
    parts += panel(52, "Seconds", list(seconds.items()), "{:,.1f} s")
    parts += panel(62 + ROW * (len(seconds) + 1), "Peak memory", list(memory.items()), "{:,.0f} MB")
    return drawing(WIDTH, tall, parts)


def panel(top: float, title: str, values: Sequence[tuple[str, float]], form: str) -> list[str]:
    """One group of bars; PyPSA's are grey."""
    known = [value for _, value in values if value > 0]
    if not known:
        return []
    low = 10 ** math.floor(math.log10(min(known)))
    high = max(known)
    span = max(math.log10(high / low), 1e-9)
    parts = [text(20, top + 16, f"{title} (logarithmic)", 13, colour=INK, weight="600")]
    for number, (name, value) in enumerate(values):
        y = top + ROW * (number + 1) - 8
        wide = (WIDTH - LEFT - RIGHT) * max(math.log10(max(value, low) / low) / span, 0.004)
        colour = GREY if "PyPSA" in name else BLUE
        parts.append(text(20, y + 15, name, 13))
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{wide:.1f}" height="20" rx="2" fill="{colour}"/>')
        parts.append(text(LEFT + wide + 8, y + 15, form.format(value), 13))
    return parts


def growth(points: Sequence[dict[str, Any]], axis: str, title: str) -> str:
    """Seconds over a count, with the line of proportional growth from the first point."""
    chosen = sorted((p for p in points if p["axis"] == axis), key=lambda p: p["count"])
    if not chosen:
        return ""
    wide, tall, left, bottom, top = 560, 360, 70, 290, 50
    most = max(p["count"] for p in chosen)
    first = chosen[0]
    proportional = first["seconds"] * most / first["count"]
    high = nice(max(proportional, *(p["seconds"] for p in chosen)))

    def place(count: float, seconds: float) -> tuple[float, float]:
        return left + (wide - left - 45) * count / most, bottom - (bottom - top) * seconds / high

    parts = [text(20, 26, title, 15, weight="600")]
    for k in range(5):
        x, y = place(0, high * k / 4)
        parts.append(f'<line x1="{x}" y1="{y:.1f}" x2="{wide - 30}" y2="{y:.1f}" stroke="{FAINT}"/>')
        parts.append(text(x - 8, y + 4, f"{high * k / 4:,.4g}", 11, anchor="end"))
    parts.append(text(20, top - 8, "seconds", 11))
    parts.append(line([place(0, 0), place(most, proportional)], GREY, dashed=True))
    parts.append(line([place(p["count"], p["seconds"]) for p in chosen], BLUE))
    places = [place(p["count"], p["seconds"]) for p in chosen]
    for p, (x, y), (at, anchor) in zip(chosen, places, apart([x for x, _ in places]), strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{BLUE}"/>')
        parts.append(
            text(at, y - 10, f"{p['seconds']:,.{0 if p['seconds'] >= 10 else 1}f} s", 11, anchor=anchor)
        )
        parts.append(text(x, bottom + 18, str(p["count"]), 12, anchor="middle"))
        parts.append(text(at, bottom + 33, f"{p['gap']:.1%}", 10, anchor=anchor))
    parts.append(
        text(
            (left + wide) / 2,
            bottom + 54,
            f"number of {axis}, and proven gap (dashed: proportional)",
            12,
            anchor="middle",
        )
    )
    return drawing(wide, tall, parts)


def apart(places: Sequence[float]) -> list[tuple[float, str]]:
    """Where labels stand, and at which end they are held: two that are close lean away from each other."""
    found = []
    for i, x in enumerate(places):
        if i + 1 < len(places) and places[i + 1] - x < CLOSE:
            found.append((x + CLOSE / 4, "end"))
        elif i and x - places[i - 1] < CLOSE:
            found.append((x - CLOSE / 4, "start"))
        else:
            found.append((x, "middle"))
    return found


def nice(value: float) -> float:
    """The next value of 1, 2 or 5 times a power of ten that is not below."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def text(
    x: float, y: float, words: str, size: int, colour: str = INK, weight: str = "400", anchor: str = "start"
) -> str:
    """Words at a place."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" {FONT} font-size="{size}" fill="{colour}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def line(points: Iterable[tuple[float, float]], colour: str, dashed: bool = False) -> str:
    """A line through points."""
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'


def drawing(wide: float, tall: float, parts: Sequence[str]) -> str:
    """A whole SVG file on a white ground, so that it reads on dark pages too."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {tall:g}" role="img">',
            f'<rect width="{wide:g}" height="{tall:g}" fill="white"/>',
            *parts,
            "</svg>\n",
        ]
    )
