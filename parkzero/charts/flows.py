"""Flows: energy from source to use (Sankey), and a network on its map coloured by loading.

Vega-Lite knows no Sankey layout; nodes and ribbons are placed here and drawn by it like all else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from parkzero.charts.chart import LETTER, WIDE, About, Body, Chart, Key, Margins, Spec, View
from parkzero.charts.marks import Row, box, boxes, dots, halo, layer, rules
from parkzero.charts.numbers import Number, finite
from parkzero.charts.palette import ALERT, INK, SOFT, ramp
from parkzero.charts.placing import AROUND, beside
from parkzero.charts.words import Phrase, Words, told
from parkzero.texts import say

FROM, TO = say("charts.from"), say("charts.to")


@dataclass(frozen=True, slots=True)
class Node:
    """A source, carrier, converter or use, in a column from the left."""

    key: str
    name: Words
    colour: str
    column: int


@dataclass(frozen=True, slots=True)
class Link:
    """An amount that goes from one node to another, in the chart's unit.

    Attributes:
        source, target: keys of its nodes.
        amount: what goes.
        from_target: whether it has the colour of its target.
    """

    source: str
    target: str
    amount: float
    from_target: bool = False


@dataclass(slots=True)
class Box:
    """Where a node stands [px], and how much of its sides is taken."""

    node: Node
    x: float
    y: float
    height: float
    out: float = 0.0
    into: float = 0.0


_THICK = 13.0
_GAP = 24.0
_TOP = 22.0
_BOTTOM = 22.0
_HIGH = 13.0
_BENDS = 16  # points along a ribbon


def sankey(about: About, nodes: Sequence[Node], links: Sequence[Link]) -> Chart:
    """A Sankey diagram; links that carry nothing are left out.

    Args:
        about: what the chart says of itself.
        nodes: in the order in which they stand in their columns.
        links: what goes from node to node, in the chart's unit.
    """
    kept = [link for link in links if finite(link.amount) > 0]
    used = {key for link in kept for key in (link.source, link.target)}
    shown = [node for node in nodes if node.key in used]
    names = {node.key: node.name for node in nodes}

    def body(view: View) -> Body:
        wide, tall = float(view.width), 430 if view.width >= WIDE else 400
        boxes_ = placed(wide, tall, shown, kept)
        bars = [
            box(
                b.x,
                b.x + _THICK,
                -b.y,
                -b.y - max(b.height, 1.0),
                b.node.colour,
                _through(view, about, b.node, kept),
            )
            for b in boxes_.values()
        ]
        labels = {
            key: b.node.name if view.width < WIDE else Phrase(b.node.name, " ", Number(through(key, kept)))
            for key, b in boxes_.items()
        }
        marks = [*_ribbons(view, about, boxes_, kept), *boxes(bars, stroke=INK, strokeWidth=0.5)]
        marks += _names(view, boxes_, labels)
        return Body(marks, None, None, (0.0, wide), (-float(tall), 0.0), Margins(0, 0, 0, 0), tall)

    rows = tuple((names[k.source], names[k.target], float(k.amount)) for k in kept)
    return Chart(about, (), (FROM, TO, about.unit), rows, body)


def through(key: str, links: Sequence[Link]) -> float:
    """What passes a node: the larger of its two sides."""
    return max(
        sum(k.amount for k in links if k.source == key), sum(k.amount for k in links if k.target == key)
    )


def _through(view: View, about: About, node: Node, links: Sequence[Link]) -> str:
    return view.say(node.name, ": ", Number(through(node.key, links)), " ", about.unit)


def placed(wide: float, tall: float, nodes: Sequence[Node], links: Sequence[Link]) -> dict[str, Box]:
    """Nodes in columns, as high as what passes them, with room between them for their names."""
    columns: dict[int, list[Node]] = {}
    for node in nodes:
        columns.setdefault(node.column, []).append(node)
    place = {column: i for i, column in enumerate(sorted(columns))}
    heights = {node.key: through(node.key, links) for node in nodes}
    free = tall - _TOP - _BOTTOM
    sums = {c: sum(heights[n.key] for n in members) for c, members in columns.items()}
    room = [
        max(free - _GAP * (len(columns[c]) - 1), 0.2 * free) / total for c, total in sums.items() if total > 0
    ]
    per = min(room, default=1.0)
    boxes_ = {}
    step = (wide - 4 - _THICK) / max(len(columns) - 1, 1)
    for column, members in columns.items():
        gap = (free - sums[column] * per) / max(len(members), 1)
        y = _TOP + gap / 2
        for node in members:
            high = heights[node.key] * per
            boxes_[node.key] = Box(node, 2 + step * place[column], y, high)
            y += high + gap
    return boxes_


def _ribbons(view: View, about: About, boxes_: dict[str, Box], links: Sequence[Link]) -> list[Spec]:
    """Links as areas, of one height along: a thick stroke would grow spikes where it bends."""
    along = np.linspace(0.0, 1.0, _BENDS)
    bend = 3 * along**2 - 2 * along**3
    rows: list[Row] = []
    for k, link in enumerate(sorted(links, key=lambda v: (boxes_[v.source].y, boxes_[v.target].y))):
        one, two = boxes_[link.source], boxes_[link.target]
        wide = one.height * link.amount / (through(link.source, links) or 1.0)
        y1, y2 = one.y + one.out, two.y + two.into
        one.out, two.into = one.out + wide, two.into + wide
        said = view.say(one.node.name, " → ", two.node.name, ": ", Number(link.amount), " ", about.unit)
        colour = two.node.colour if link.from_target else one.node.colour
        x = one.x + _THICK + (two.x - one.x - _THICK) * along
        y = y1 + (y2 - y1) * bend
        rows += [
            {
                "x": round(a, 2),
                "y": round(-b, 2),
                "y2": round(-b - max(wide, 0.6), 2),
                "k": k,
                "c": colour,
                "t": said,
            }
            for a, b in zip(x.tolist(), y.tolist(), strict=True)
        ]
    if not rows:
        return []
    detail = {"field": "k", "type": "nominal"}
    style = {"type": "area", "opacity": 0.42, "line": False, "interpolate": "monotone"}
    return layer(style, rows, y2={"field": "y2"}, detail=detail)


def _names(view: View, boxes_: dict[str, Box], labels: dict[str, Words]) -> list[Spec]:
    """The names, each where it covers no other: above, below or beside its node."""
    taken: list[tuple[float, float, float, float]] = []
    rows: dict[str, list[Row]] = {"left": [], "right": []}
    width = float(view.width)
    for key in sorted(
        boxes_, key=lambda k: (boxes_[k].x not in (2.0, width - 2 - _THICK), -boxes_[k].height)
    ):
        b, text = boxes_[key], labels[key]
        wide = 1.1 * _letters(text)
        found = _places(b, wide, _room_below(b, boxes_.values()))
        places = [p for p in found if p[0] >= 0 and p[0] + wide <= width]
        left, base, anchor, x = min(places or found[:1], key=lambda p: _covered(p, wide, taken))
        taken.append((left, left + wide, base - _HIGH, base + 3))
        rows[anchor].append({"x": x, "y": -base, "s": view.say(text), "c": INK})
    return [m for anchor, held in rows.items() for m in halo(view, held, align=anchor, baseline="alphabetic")]


def _room_below(b: Box, others: Iterable[Box]) -> float:
    """How far below a node the next one of its column begins [px]."""
    return min((o.y - b.y - b.height for o in others if o.x == b.x and o.y > b.y), default=math.inf)


def _places(b: Box, wide: float, below: float) -> list[tuple[float, float, str, float]]:
    """Where a name may stand: its left end, base line, anchor and the anchor's place.

    Under its node only where no other node begins there, whose name it would seem to be.
    """
    high = max(b.height, 1.0)
    one, two = b.x, b.x + _THICK
    under = [(b.y + high + 13, False)] if below > 2 * _GAP else []
    levels = ((b.y - 5, False), *under, (b.y + high / 2 + 4, True), (b.y + 14, True), (b.y + high - 4, True))
    found = []
    for base, outside in levels:
        start, end = (two + 4, one - 4) if outside else (one, two)
        found += [(start, base, "left", start), (end - wide, base, "right", end)]
    return found


def _covered(
    place: tuple[float, float, str, float], wide: float, taken: list[tuple[float, float, float, float]]
) -> float:
    """Area of other names that a name at this place would cover."""
    left, base = place[0], place[1]
    area = 0.0
    for x1, x2, y1, y2 in taken:
        over = min(left + wide, x2) - max(left, x1)
        deep = min(base + 3, y2) - max(base - _HIGH, y1)
        area += max(over, 0.0) * max(deep, 0.0)
    return area


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a network, at map coordinates (any, such as metres or degrees)."""

    key: str
    name: Words
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Branch:
    """A line, pipe or transformer between two places, with its loading as a share of what it can carry."""

    name: Words
    source: str
    target: str
    loading: float


_CLASSES = ((0.5, "0–50 %"), (0.8, "50–80 %"), (1.0, "80–100 %"), (math.inf, "> 100 %"))
_UNKNOWN = say("charts.unknown")


def _colours() -> list[str]:
    low, middle, high = (ramp(9)[k] for k in (1, 4, 7))
    return [*(f"#{int(r):02x}{int(g):02x}{int(b):02x}" for r, g, b in (low, middle, high)), ALERT]


def loading_class(loading: float) -> int:
    """Index of the class of a loading; the number of classes where it is none."""
    # What an iteration leaves above a limit that is just held is no overload.
    return next((i for i, (end, _) in enumerate(_CLASSES) if loading <= end + 1e-3), len(_CLASSES))


def network(about: About, places: Sequence[Place], branches: Sequence[Branch]) -> Chart:
    """Places and the lines between them, coloured by loading; what is overloaded is red and dashed too.

    Args:
        about: what the chart says of itself; the unit is that of the loading.
        places: nodes with their coordinates, drawn in one scale both ways.
        branches: what joins them, loading 1 where it is full.

    Raises:
        KeyError: when a branch ends at no place.
    """
    at = {p.key: p for p in places}
    ends = [(at[b.source], at[b.target]) for b in branches]
    colours = [*_colours(), SOFT]

    def body(view: View) -> Body:
        room, tall = Margins(30, 30, 26, 20), 320 if view.width < WIDE else 460
        box_x, box_y = _framed(places, (view.width - 60) / (tall - 46))
        marks: list[Spec] = []
        for k, colour in enumerate(colours):
            rows = [
                box(
                    a.x, b.x, a.y, b.y, colour, view.say(line.name, ": ", Number(100 * line.loading, 0), " %")
                )
                for line, (a, b) in zip(branches, ends, strict=True)
                if loading_class(line.loading) == k
            ]
            style = {"strokeDash": [8, 4]} if k == len(_CLASSES) - 1 else {}
            marks += rules(rows, told=True, strokeWidth=2.5 + 1.2 * min(k, 3), **style)
        marks += dots([{"x": p.x, "y": p.y, "c": INK, "t": view.say(p.name)} for p in places], size=90)
        scale = (view.width - 60) / (box_x[1] - box_x[0])
        spots = {p.key: (30 + (p.x - box_x[0]) * scale, 26 + (box_y[1] - p.y) * scale) for p in places}
        drawn = [(spots[a.key], spots[b.key]) for a, b in ends]
        stands = beside({p.key: _letters(p.name) for p in places}, spots, drawn, (view.width, tall))
        for align, dx, dy in AROUND:
            named = [p for p in places if stands[p.key] == (align, dx, dy)]
            words = [{"x": p.x, "y": p.y, "s": view.say(p.name), "c": INK} for p in named]
            marks += halo(view, words, align=align, dx=dx, dy=dy) if words else []
        return Body(marks, None, None, box_x, box_y, room, tall)

    names: list[Words] = [*(name for _, name in _CLASSES), _UNKNOWN]
    seen = {loading_class(b.loading) for b in branches}
    keys = tuple(Key(n, c) for i, (n, c) in enumerate(zip(names, colours, strict=True)) if i in seen)
    rows = tuple(
        (b.name, a.name, c.name, 100 * float(b.loading)) for b, (a, c) in zip(branches, ends, strict=True)
    )
    return Chart(about, keys, ("", FROM, TO, "%"), rows, body)


def _letters(name: Words) -> float:
    """Width of a name in either language [px]."""
    return LETTER * max(len(told(name, "vi")), len(told(name, "en")))


def _framed(places: Sequence[Place], ratio: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ranges that hold all places, with one scale for both axes."""
    xs, ys = [p.x for p in places] or [0.0], [p.y for p in places] or [0.0]
    wide, tall = max(xs) - min(xs), max(ys) - min(ys)
    tall = max(tall, wide / ratio) or 1.0
    wide = max(wide, tall * ratio)
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return (x - wide / 2, x + wide / 2), (y - tall / 2, y + tall / 2)
