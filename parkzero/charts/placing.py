"""Names beside points of a map: each where it covers no other name, no point and as little line as may be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

Spot = tuple[float, float]
Stand = tuple[str, int, int]
_Box = tuple[float, float, float, float]

AROUND: Final[tuple[Stand, ...]] = (
    ("center", 0, -12), ("center", 0, 17), ("left", 11, 1), ("right", -11, 1),
    ("left", 0, -12), ("right", 0, -12), ("left", 0, 17), ("right", 0, 17),
)  # fmt: skip
"""How a name may stand by its point: its alignment, and how far its middle is moved [px]; the best first."""

_HIGH: Final = 15.0
_DOT: Final = 7.0
_STEP: Final = 4.0
# What it costs to cover a point of the map, 4 px of a line, or to leave the drawing; names cost their area.
_ON_DOT, _ON_LINE, _OUTSIDE = 400.0, 12.0, 1e6


def beside(
    widths: Mapping[str, float],
    spots: Mapping[str, Spot],
    drawn: Sequence[tuple[Spot, Spot]],
    size: tuple[float, float],
) -> dict[str, Stand]:
    """Choose where each name stands.

    Long names choose first, and all once more when the others stand.

    Args:
        widths: of the names [px], by key.
        spots: their points [px], from the upper left.
        drawn: lines between points [px].
        size: of the drawing [px].
    """
    along = [point for one, two in drawn for point in _points(one, two)]
    stands: dict[str, Stand] = {}
    boxes: dict[str, _Box] = {}
    for key in sorted(widths, key=lambda k: -widths[k]) * 2:
        others = [box for other, box in boxes.items() if other != key]
        dots = [spot for other, spot in spots.items() if other != key]
        found = {stand: _box(stand, spots[key], widths[key]) for stand in AROUND}
        costs = [_cost(found[s], others, dots, along, size) for s in AROUND]
        stands[key] = AROUND[costs.index(min(costs))]
        boxes[key] = found[stands[key]]
    return stands


def _points(one: Spot, two: Spot) -> list[Spot]:
    """Points along a line."""
    length = math.dist(one, two)
    count = max(int(length / _STEP), 1) if math.isfinite(length) else 0
    if not count:
        return []
    return [
        (one[0] + (two[0] - one[0]) * k / count, one[1] + (two[1] - one[1]) * k / count)
        for k in range(count + 1)
    ]


def _box(stand: Stand, spot: Spot, wide: float) -> _Box:
    align, dx, dy = stand
    x, y = spot[0] + dx, spot[1] + dy
    left = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
    return left, left + wide, y - _HIGH / 2, y + _HIGH / 2


def _cost(
    box: _Box, others: Sequence[_Box], dots: Sequence[Spot], along: Sequence[Spot], size: tuple[float, float]
) -> float:
    cost = sum(_shared(box, other) for other in others)
    cost += _ON_DOT * sum(_within(box, dot, _DOT) for dot in dots)
    cost += _ON_LINE * sum(_within(box, point, 0.0) for point in along)
    return cost + _OUTSIDE * (box[0] < 0 or box[1] > size[0] or box[2] < 0 or box[3] > size[1])


def _shared(one: _Box, two: _Box) -> float:
    wide = min(one[1], two[1]) - max(one[0], two[0])
    tall = min(one[3], two[3]) - max(one[2], two[2])
    return max(wide, 0.0) * max(tall, 0.0)


def _within(box: _Box, spot: Spot, room: float) -> bool:
    return box[0] - room <= spot[0] <= box[1] + room and box[2] - room <= spot[1] <= box[3] + room
