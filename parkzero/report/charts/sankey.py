"""Energy from source to use in one year: nodes in columns, links as wide as the energy they carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from parkzero.charts.palette import INK
from parkzero.report.charts.frame import NARROW, label, svg
from parkzero.report.markup import coordinate, tag, told
from parkzero.report.numbers import Scale
from parkzero.report.words import Both


@dataclass(frozen=True, slots=True)
class Node:
    """A source, carrier, converter or use, in a column from the left."""

    key: str
    name: Both
    colour: str
    column: int


@dataclass(frozen=True, slots=True)
class Link:
    """Energy from one node to another [MWh]."""

    source: str
    target: str
    energy: float


@dataclass(slots=True)
class _Box:
    """Where a node stands, and how much of its sides is taken."""

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
_LETTER = 7.0
_HIGH = 13.0


def sankey(width: int, nodes: Sequence[Node], links: Sequence[Link], scale: Scale) -> Markup:
    """A Sankey diagram; links that carry nothing are left out."""
    kept = [link for link in links if link.energy > 0]
    used = {key for link in kept for key in (link.source, link.target)}
    shown = [node for node in nodes if node.key in used]
    tall = 400 if width == NARROW else 430
    boxes = _placed(width, tall, shown, kept)
    parts = [_links(boxes, kept, scale)]
    texts = {}
    for key, box in boxes.items():
        energy = scale.show(through(key, kept))
        texts[key] = box.node.name if width == NARROW else box.node.name + " " + energy
        parts.append(_bar(box))
    parts.append(_names(boxes, texts, width))
    return svg(width, tall, *parts)


def through(key: str, links: Sequence[Link]) -> float:
    """Energy that passes a node: the larger of its two sides."""
    return max(
        sum(k.energy for k in links if k.source == key), sum(k.energy for k in links if k.target == key)
    )


def _placed(width: int, tall: int, nodes: Sequence[Node], links: Sequence[Link]) -> dict[str, _Box]:
    columns: dict[int, list[Node]] = {}
    for node in nodes:
        columns.setdefault(node.column, []).append(node)
    place = {column: i for i, column in enumerate(sorted(columns))}
    heights = {node.key: through(node.key, links) for node in nodes}
    free = tall - _TOP - _BOTTOM
    per = (
        min(
            (free - _GAP * (len(c) - 1)) / total
            for c in columns.values()
            if (total := sum(heights[n.key] for n in c)) > 0
        )
        if nodes
        else 1.0
    )
    boxes = {}
    step = (width - 4 - _THICK) / max(len(columns) - 1, 1)
    for column, members in columns.items():
        used = sum(heights[n.key] for n in members) * per
        gap = (free - used) / max(len(members), 1)
        y = _TOP + gap / 2
        for node in members:
            high = heights[node.key] * per
            boxes[node.key] = _Box(node, 2 + step * place[column], y, high)
            y += high + gap
    return boxes


def _links(boxes: dict[str, _Box], links: Sequence[Link], scale: Scale) -> Markup:
    parts = []
    for link in sorted(links, key=lambda k: (boxes[k.source].y, boxes[k.target].y)):
        one, two = boxes[link.source], boxes[link.target]
        wide = one.height * link.energy / (through(link.source, links) or 1.0)
        y1, y2 = one.y + one.out + wide / 2, two.y + two.into + wide / 2
        one.out, two.into = one.out + wide, two.into + wide
        d = ribbon(one.x + _THICK, y1, two.x, y2, max(wide, 0.6))
        text = one.node.name + " → " + two.node.name + ": " + scale.full(link.energy)
        colour = two.node.colour if one.node.key.startswith("carrier") else one.node.colour
        parts.append(
            tag(
                "path",
                d=d,
                fill=colour,
                fill_opacity="0.42",
                class_="m",
                **told(text),
            )
        )
    return Markup("").join(parts)


def ribbon(x1: float, y1: float, x2: float, y2: float, wide: float) -> str:
    """A band of one height from (x1, y1) to (x2, y2); a thick stroke would grow spikes where it bends."""
    middle, half = (x1 + x2) / 2, wide / 2
    there = (x1, y1 - half, middle, y1 - half, middle, y2 - half, x2, y2 - half)
    back = (x2, y2 + half, middle, y2 + half, middle, y1 + half, x1, y1 + half)
    return "M{} {}C{} {} {} {} {} {}L{} {}C{} {} {} {} {} {}Z".format(*map(coordinate, (*there, *back)))


def _bar(box: _Box) -> Markup:
    return tag(
        "rect",
        x=box.x,
        y=box.y,
        width=_THICK,
        height=max(box.height, 1.0),
        fill=box.node.colour,
        stroke=INK,
        stroke_width="0.5",
    )


def _names(boxes: dict[str, _Box], texts: dict[str, Both], width: int) -> Markup:
    """The names, each where it covers no other: above, below or beside its node."""
    taken: list[tuple[float, float, float, float]] = []
    parts = []
    for key in sorted(boxes, key=lambda k: (boxes[k].x not in (2.0, width - 2 - _THICK), -boxes[k].height)):
        box, text = boxes[key], texts[key]
        wide = _LETTER * max(len(text.vi), len(text.en))
        places = [p for p in _places(box, wide) if p[0] >= 0 and p[0] + wide <= width]
        left, base, anchor, x = min(places or _places(box, wide)[:1], key=lambda p: _covered(p, wide, taken))
        taken.append((left, left + wide, base - _HIGH, base + 3))
        parts.append(label(text, x, base, anchor, class_="halo"))
    return Markup("").join(parts)


def _places(box: _Box, wide: float) -> list[tuple[float, float, str, float]]:
    """Where a name may stand: its left end, base line, anchor and the anchor's place."""
    high = max(box.height, 1.0)
    one, two = box.x, box.x + _THICK
    levels = (box.y - 5, box.y + high + 13, box.y + high / 2 + 4, box.y + 14, box.y + high - 4)
    beside = [(base, i > 1) for i, base in enumerate(levels)]
    found = []
    for base, outside in beside:
        start, end = (two + 4, one - 4) if outside else (one, two)
        found += [(start, base, "start", start), (end - wide, base, "end", end)]
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
