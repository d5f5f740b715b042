"""Lines and points: paths with bands and hatched gaps, fans, duration, frontiers, composites, bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from parkzero.charts.chart import About, Body, Cell, Chart, Key, Margins, Spec, View
from parkzero.charts.marks import (
    Row,
    areas,
    boxes,
    dots,
    halo,
    lines,
    named_axis,
    round_axis,
    rounded,
    rules,
    value_axis,
)
from parkzero.charts.numbers import Number, finite
from parkzero.charts.palette import INK, LOWER, SOFT, UPPER
from parkzero.charts.words import Phrase, Words
from parkzero.texts import say
from parkzero.units import FloatArray

_DASH = {"": None, "dash": [7, 4]}
_HATCHES = 6
MISSING_DATA = say("charts.missing")


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points (x, y), with the bands around it where there are any; NaN parts it.

    Attributes:
        name, colour: for the legend.
        points: from left to right; a value that is none leaves a gap.
        bands: points (x, low, high) of each band, the widest first.
        shape: "dash" for a dashed line.
        step: whether a value holds until the next point.
        dotted: whether each point is marked and says its value.
        names: what is written beside each point, where there is room; the last first.
    """

    name: Words
    colour: str
    points: tuple[tuple[float, float], ...]
    bands: tuple[tuple[tuple[float, float, float], ...], ...] = ()
    shape: str = ""
    step: bool = False
    dotted: bool = True
    names: tuple[Words, ...] = ()


def line_chart(
    about: About,
    curves: Sequence[Curve],
    along: Words = "",
    marks: Sequence[float] | None = None,
    from_zero: bool = True,
    since: float | None = None,
) -> Chart:
    """Lines; where a value is missing the line breaks, and the gap is hatched and named in the legend.

    Args:
        about: what the chart says of itself.
        curves: what is drawn.
        along: name of the horizontal axis; empty where it is plain.
        marks: places named on the horizontal axis, such as years; round ones by default.
        from_zero: whether the vertical axis starts at zero.
        since: where the horizontal axis begins; by default near the first point.
    """
    holes = gaps(curves)

    def body(view: View) -> Body:
        heights = _heights(curves)
        low, high = (min(heights), max(heights)) if heights else (0.0, 1.0)
        y, domain = value_axis(view, min(low, 0.0) if from_zero else low, high, about.unit)
        x, across = _along(view, curves, along, marks, since)
        drawn = [m for curve in curves for m in _curve(view, about, curve, along)]
        room = Margins(bottom=44 if view.say(along) else 26)
        drawn += _named(view, curves, across, domain)
        return Body([*_hatched(holes, domain), *drawn], x, y, across, domain, room)

    keys = [Key(c.name, c.colour, c.shape) for c in curves]
    keys += [Key(MISSING_DATA, SOFT)] if holes else []
    return Chart(
        about, tuple(keys), (along, *(c.name for c in curves)), _table(curves, marks is not None), body
    )


def gaps(curves: Sequence[Curve]) -> list[tuple[float, float]]:
    """Where a line breaks: from the last value before to the first value after."""
    found = []
    for curve in curves:
        known = [i for i, (_, y) in enumerate(curve.points) if math.isfinite(y)]
        found += [(curve.points[i][0], curve.points[k][0]) for i, k in pairwise(known) if k > i + 1]
    return sorted(set(found))


def _heights(curves: Sequence[Curve]) -> list[float]:
    values = [y for c in curves for _, y in c.points]
    values += [v for c in curves for band in c.bands for _, *ends in band for v in ends]
    return [finite(v) for v in values if not math.isnan(v)]


def _along(
    view: View, curves: Sequence[Curve], along: Words, marks: Sequence[float] | None, since: float | None
) -> tuple[Spec, tuple[float, float]]:
    xs = [x for c in curves for x, _ in c.points if math.isfinite(x)] or [0.0]
    title = view.say(along) or None
    if marks is None:
        return round_axis(view, min(xs) if since is None else since, max(xs), title=title, grid=False)
    first, last = min([*xs, *marks]), max([*xs, *marks])
    room = 0.03 * ((last - first) or 1.0)
    return named_axis(view, marks, [f"{x:.0f}" for x in marks], title=title), (first - room, last + room)


def _hatched(holes: Sequence[tuple[float, float]], domain: tuple[float, float]) -> list[Spec]:
    rows = []
    for left, right in holes:
        wide = (right - left) / _HATCHES
        rows += [
            {
                "x": left + k * wide,
                "x2": left + (k + 1) * wide,
                "y": domain[0],
                "y2": domain[1],
                "c": "#aab3bf",
            }
            for k in range(_HATCHES)
        ]
    ground = [{"x": a, "x2": b, "y": domain[0], "y2": domain[1], "c": "#eef1f4", "t": ""} for a, b in holes]
    return [*boxes(ground, aria=False), *rules(rows)]


def _curve(view: View, about: About, curve: Curve, along: Words) -> list[Spec]:
    rows: list[Row] = []
    run = 0
    for i, (x, y) in enumerate(curve.points):
        known = math.isfinite(x) and math.isfinite(y)
        run += not known
        if known:
            rows.append({"x": x, "y": rounded(finite(y)), "k": run, "o": i, "c": curve.colour})
    marks: list[Spec] = []
    for band in curve.bands:
        edge = [{"x": x, "y": finite(hi), "y2": finite(lo), "k": 0, "c": curve.colour} for x, lo, hi in band]
        marks += areas(edge, opacity=0.18, strokeWidth=0)
    style: Spec = {"strokeDash": _DASH.get(curve.shape)} if curve.shape else {}
    style |= {"interpolate": "step-after"} if curve.step else {}
    marks += lines(rows, **style)
    if curve.dotted:
        marks += dots([{**r, "t": _said(view, about, curve, r)} for r in rows])
    return marks


def _named(
    view: View, curves: Sequence[Curve], across: tuple[float, float], domain: tuple[float, float]
) -> list[Spec]:
    """Names beside points, each right below its point where it meets no other."""
    wide, tall = view.width / (across[1] - across[0]), 190 / (domain[1] - domain[0])
    taken: list[tuple[float, float]] = []
    rows: list[Row] = []
    for curve in curves:
        for (x, y), name in reversed(list(zip(curve.points, curve.names, strict=False))):
            far = all(abs(x - a) * wide > 90 or abs(y - b) * tall > 15 for a, b in taken)
            if far and math.isfinite(x) and math.isfinite(y):
                taken.append((x, y))
                rows.append({"x": x, "y": y, "s": view.say(name), "c": INK})
    last = [r for r in rows if r["x"] > across[0] + 0.75 * (across[1] - across[0])]
    rest = [r for r in rows if r not in last]
    return [*halo(view, rest, align="left", dx=8, dy=10), *halo(view, last, align="right", dx=-9, dy=-4)]


def _said(view: View, about: About, curve: Curve, row: Row) -> str:
    place = f"{row['x']:.0f}" if float(row["x"]).is_integer() and abs(row["x"]) < 1e4 else Number(row["x"])
    return view.say(curve.name, " · ", place, ": ", Number(row["y"], figures=4), " ", about.unit)


def _table(curves: Sequence[Curve], years: bool) -> tuple[tuple[Cell, ...], ...]:
    """One row for each place, one column for each line."""
    held = [dict(c.points) for c in curves]
    places = sorted({x for h in held for x in h})
    return tuple((f"{x:.0f}" if years else float(x), *(h.get(x) for h in held)) for x in places)


def fan(
    about: About, name: Words, colour: str, quantiles: Mapping[float, Sequence[float]], xs: Sequence[float]
) -> Chart:
    """A middle line in nested bands, from quantiles in pairs around the half.

    Args:
        about: what the chart says of itself.
        name: of the line.
        colour: of the line.
        quantiles: values by share, such as 0.05, 0.25, 0.5, 0.75 and 0.95, each of shape [places].
        xs: places, usually years, shape [places].

    Raises:
        ValueError: when the middle is missing, or a quantile below it has none above.
    """
    shares = sorted(quantiles)
    lower = [q for q in shares if q < 0.5]
    pairs = [(q, next((p for p in shares if math.isclose(p, 1 - q, abs_tol=1e-9)), None)) for q in lower]
    if 0.5 not in quantiles or any(p is None for _, p in pairs) or 2 * len(lower) + 1 != len(shares):
        raise ValueError(f"a fan needs 0.5 and quantiles in pairs around it, not {shares}")
    bands = tuple(
        tuple(
            (float(x), float(lo), float(hi)) for x, lo, hi in zip(xs, quantiles[q], quantiles[p], strict=True)
        )
        for q, p in pairs
        if p is not None
    )
    middle = tuple((float(x), float(v)) for x, v in zip(xs, quantiles[0.5], strict=True))
    drawn = line_chart(about, [Curve(name, colour, middle, bands)], marks=xs)
    head: tuple[Words, ...] = ("", *(Number(100 * q, 0) for q in shares))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f"{x:.0f}", *(float(quantiles[q][i]) for q in shares)) for i, x in enumerate(xs)
    )
    return Chart(about, drawn.keys, head, rows, drawn.body)


SHARE_OF_TIME = say("charts.share_of_time")


def duration(about: About, series: Sequence[tuple[Words, str, FloatArray]], most: int = 300) -> Chart:
    """Values from the highest down, over the share of time in which they are reached.

    Args:
        about: what the chart says of itself.
        series: name, colour and values of each line; values that are missing count for no time.
        most: points drawn of each line; the highest and the lowest are always among them.
    """
    curves = []
    for name, colour, values in series:
        kept = np.sort(np.asarray(values, dtype=np.float64)[np.isfinite(values)])[::-1]
        count = len(kept)
        picks = np.unique(np.round(np.linspace(0, max(count - 1, 0), min(count, most))).astype(int)).tolist()
        points = tuple((100.0 * float(i) / max(count - 1, 1), float(kept[i])) for i in picks if count)
        curves.append(Curve(name, colour, points, dotted=False))
    return line_chart(about, curves, SHARE_OF_TIME, from_zero=True, since=0.0)


def closing_gap(about: About, upper: Curve, lower: Curve, along: Words) -> Chart:
    """Two bounds that close on each other as steps: a bound holds until a better one is found."""
    curves = [
        Curve(upper.name, UPPER, upper.points, step=True),
        Curve(lower.name, LOWER, lower.points, shape="dash", step=True),
    ]
    return line_chart(about, curves, along, from_zero=False, since=0.0)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a frontier or a scatter, with the name written beside it where it has one."""

    x: float
    y: float
    name: Words = ""


def implied_prices(points: Sequence[Point]) -> list[float]:
    """What one unit less along costs between neighbours, from the left: minus the slope."""
    order = sorted(points, key=lambda p: p.x)
    return [-(b.y - a.y) / (b.x - a.x) if b.x > a.x else math.nan for a, b in pairwise(order)]


IMPLIED = say("charts.implied")


def frontier(about: About, points: Sequence[Point], along: Words, price: Words, factor: float = 1.0) -> Chart:
    """Cost against carbon: each plan a point, and between neighbours what the last tonne costs.

    Args:
        about: what the chart says of itself; the unit is that of the cost.
        points: plans, x the carbon and y the cost.
        along: name and unit of the carbon.
        price: unit of the implied price.
        factor: what a slope is multiplied by to be in that unit.
    """
    order = sorted((p for p in points if math.isfinite(p.x) and math.isfinite(p.y)), key=lambda p: p.x)
    prices = [v * factor for v in implied_prices(order)]

    def body(view: View) -> Body:
        xs, ys = [p.x for p in order] or [0.0], [p.y for p in order] or [0.0]
        y, domain = value_axis(view, min(ys), max(ys), about.unit)
        x, across = round_axis(view, min(xs), max(xs), 4, title=view.say(along), grid=False)
        path = [{"x": p.x, "y": p.y, "k": 0, "o": i, "c": LOWER} for i, p in enumerate(order)]
        said = [
            view.say(p.name, ": ", Number(p.x), " ", along, " · ", Number(p.y, figures=4), " ", about.unit)
            for p in order
        ]
        between = [
            {"x": (a.x + b.x) / 2, "y": (a.y + b.y) / 2, "s": view.say(Number(v)), "c": INK}
            for (a, b), v in zip(pairwise(order), prices, strict=True)
        ]
        names = [{"x": p.x, "y": p.y, "s": view.say(p.name), "c": INK} for p in order if view.say(p.name)]
        marks = [*lines(path), *dots([{**r, "t": t} for r, t in zip(path, said, strict=True)], size=80)]
        marks += halo(view, names, align="left", dx=7, dy=-9, fontWeight="bold") + halo(
            view, between, align="right", dx=-6, dy=9, fontStyle="italic"
        )
        return Body(marks, x, y, across, domain, Margins(bottom=44, right=46), 300)

    first: list[float | None] = [None, *prices]
    rows = tuple((p.name, p.x, p.y, v) for p, v in zip(order, first, strict=False))
    keys = (Key(Phrase(IMPLIED, " (", price, ")"), LOWER),)
    return Chart(about, keys, ("", along, about.unit, price), rows, body)


def scatter(about: About, groups: Sequence[tuple[Words, str, Sequence[Point]]], along: Words) -> Chart:
    """Points in groups of one colour; those that are no numbers are in the table only."""

    def body(view: View) -> Body:
        kept = [p for _, _, points in groups for p in points if math.isfinite(p.x) and math.isfinite(p.y)]
        xs, ys = [p.x for p in kept] or [0.0], [p.y for p in kept] or [0.0]
        y, domain = value_axis(view, min(ys), max(ys), about.unit)
        x, across = round_axis(view, min(xs), max(xs), title=view.say(along), grid=False)
        rows = [
            {
                "x": p.x,
                "y": p.y,
                "c": c,
                "t": view.say(p.name or n, ": ", Number(p.x), " · ", Number(p.y), " ", about.unit),
            }
            for n, c, points in groups
            for p in points
            if math.isfinite(p.x) and math.isfinite(p.y)
        ]
        return Body(dots(rows, opacity=0.75), x, y, across, domain, Margins(bottom=44))

    keys = tuple(Key(n, c) for n, c, _ in groups)
    rows = tuple((n, p.name, p.x, p.y) for n, _, points in groups for p in points)
    return Chart(about, keys, ("", "", along, about.unit), rows, body)


HOT, COLD = say("charts.hot"), say("charts.cold")
GRAND = say("charts.grand")


def composite(
    about: About, hot: Sequence[tuple[float, float]], cold: Sequence[tuple[float, float]], along: Words
) -> Chart:
    """Composite curves of pinch analysis: temperature over enthalpy of all hot and of all cold streams.

    Args:
        about: what the chart says of itself; the unit is that of temperature.
        hot: corners (enthalpy, temperature).
        cold: corners of the other.
        along: name and unit of the enthalpy.
    """
    curves = [Curve(HOT, "#b2182b", tuple(hot)), Curve(COLD, "#2166ac", tuple(cold), shape="dash")]
    return line_chart(about, curves, along, from_zero=False, since=0.0)


def grand_composite(about: About, corners: Sequence[tuple[float, float]], along: Words) -> Chart:
    """Net heat flow over shifted temperature; it touches zero at the pinch.

    Args:
        about: what the chart says of itself; the unit is that of temperature.
        corners: (net heat flow, shifted temperature), from the hottest down.
        along: name and unit of the heat flow.
    """
    kept = [c for c in corners if math.isfinite(c[0]) and math.isfinite(c[1])]

    def body(view: View) -> Body:
        xs, ys = [c[0] for c in kept] or [0.0], [c[1] for c in kept] or [0.0]
        y, domain = value_axis(view, min(ys), max(ys), about.unit)
        x, across = round_axis(view, min([0.0, *xs]), max(xs), 4, title=view.say(along), grid=False)
        path: list[Row] = [{"x": a, "y": b, "k": 0, "o": i, "c": UPPER} for i, (a, b) in enumerate(kept)]
        said = [
            {**r, "t": view.say(Number(r["y"]), " ", about.unit, ": ", Number(r["x"]), " ", along)}
            for r in path
        ]
        pinch = [r for r in path if abs(r["x"]) <= 1e-9 * max(map(abs, xs))]
        level = [{"x": across[0], "x2": across[1], "y": r["y"], "y2": r["y"], "c": SOFT} for r in pinch]
        return Body(
            [*rules(level, strokeDash=[3, 3]), *lines(path), *dots(said)],
            x,
            y,
            across,
            domain,
            Margins(bottom=44),
        )

    return Chart(
        about,
        (Key(GRAND, UPPER),),
        (along, about.unit),
        tuple((float(a), float(b)) for a, b in corners),
        body,
    )
