"""Bars: stacked and grouped by year, a waterfall, abatement bars of unequal width, a tornado."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from parkzero.charts.chart import LETTER, About, Body, Cell, Chart, Key, Margins, View
from parkzero.charts.marks import (
    Row,
    box,
    boxes,
    halo,
    named_axis,
    rings,
    round_axis,
    rules,
    texts,
    value_axis,
    zero_line,
)
from parkzero.charts.numbers import Number, finite
from parkzero.charts.palette import ALERT, INK, SOFT, spare
from parkzero.charts.words import Phrase, Words, told
from parkzero.texts import say

_SLIM = 0.34  # half the width of a bar, in slots
LONGEST = 64.0  # px: a bar is no wider


@dataclass(frozen=True, slots=True)
class Layer:
    """One segment of each column: its name, colour and value by year."""

    name: Words
    colour: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit by year; None where there is none."""

    name: Words
    values: tuple[float | None, ...]


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


def _apart(view: View, names: Sequence[Words], kept: list[int]) -> list[int]:
    """Which names stand below their columns: of years every second or third, where all would touch."""
    if not all(isinstance(name, str) and name.isdecimal() for name in names):
        return kept
    long = max((LETTER * max(len(told(n, "vi")), len(told(n, "en"))) for n in names), default=0.0)
    column = (view.width - 60) / max(len(names), 1)
    apart = min((b - a for a, b in itertools.pairwise(kept)), default=1) * column
    return kept[:: max(1, math.ceil((long + 12) / apart))] if apart > 0 else kept


def _half(view: View, slots: int, margins: Margins) -> float:
    """Half the width of a bar, in slots."""
    slot = (view.width - margins.left - margins.right) / max(slots, 1)
    return min(_SLIM, LONGEST / 2 / slot)


def _rows(
    names: Sequence[Words], layers: Sequence[Layer | Limit]
) -> tuple[tuple[Words, ...], tuple[tuple[Cell, ...], ...]]:
    """One row for each layer, one column for each name."""
    rows = tuple((k.name, *(None if v is None else float(v) for v in k.values)) for k in layers)
    return ("", *names), rows


def stacked_bars(
    about: About,
    names: Sequence[Words],
    layers: Sequence[Layer],
    limits: Sequence[Limit] = (),
    net: Words | None = None,
    shown: Sequence[bool] | None = None,
) -> Chart:
    """Stacked columns with limits as dashes; what is negative hangs below zero.

    Args:
        about: what the chart says of itself.
        names: what stands under each column, usually a year.
        layers: segments from the bottom up.
        limits: dashes across the columns.
        net: name of the columns' sums, drawn as rings where something is negative.
        shown: which names are written; all by default.
    """
    ringed = net is not None and dips(layers)

    def body(view: View) -> Body:
        low, high = extent(layers, limits)
        y, domain = value_axis(view, low, high, about.unit)
        across = (0.0, float(max(len(names), 1)))
        half = _half(view, len(names), Margins())
        columns = [r for i in range(len(names)) for r in _column(view, about, names[i], layers, i, half)]
        sums = [
            _sum(view, about, names[i], layers, net, i)
            for i in range(len(names))
            if ringed and _whole(layers, i)
        ]
        kept = _apart(view, names, [i for i in range(len(names)) if shown is None or shown[i]])
        marks = [*boxes(columns), *zero_line(across, domain)]
        marks += rules(_dashes(view, about, names, limits), told=True, strokeWidth=3, strokeDash=[6, 3])
        x = named_axis(view, [i + 0.5 for i in kept], [names[i] for i in kept])
        return Body([*marks, *rings(sums)], x, y, across, domain)

    keys = [Key(k.name, k.colour) for k in reversed(layers)] + [Key(k.name, ALERT, "dash") for k in limits]
    keys += [Key(net, INK, "ring")] if net is not None and ringed else []
    head, rows = _rows(names, [*layers, *limits])
    return Chart(about, tuple(keys), head, rows, body)


def _column(view: View, about: About, name: Words, layers: Sequence[Layer], i: int, half: float) -> list[Row]:
    up, down, rows = 0.0, 0.0, []
    for layer in layers:
        value = finite(layer.values[i])
        if value == 0:
            continue
        base = up if value > 0 else down
        said = view.say(name, " · ", layer.name, ": ", Number(value), " ", about.unit)
        rows.append(box(i + 0.5 - half, i + 0.5 + half, base, base + value, layer.colour, said))
        up, down = (base + value, down) if value > 0 else (up, base + value)
    return rows


def _whole(layers: Sequence[Layer], i: int) -> bool:
    """Whether a column has no value that is none: the sum of what is left would be no sum."""
    return all(math.isfinite(layer.values[i]) for layer in layers)


def _sum(view: View, about: About, name: Words, layers: Sequence[Layer], net: Words | None, i: int) -> Row:
    total = sum(finite(layer.values[i]) for layer in layers)
    said = view.say(name, " · ", net or "", ": ", Number(total), " ", about.unit)
    return {"x": i + 0.5, "y": total, "c": INK, "t": said}


def _dashes(view: View, about: About, names: Sequence[Words], limits: Sequence[Limit]) -> list[Row]:
    return [
        box(
            i + 0.06,
            i + 0.94,
            finite(v),
            finite(v),
            ALERT,
            view.say(names[i], " · ", k.name, ": ", Number(v), " ", about.unit),
        )
        for k in limits
        for i, v in enumerate(k.values)
        if v is not None and math.isfinite(v)
    ]


def grouped_bars(about: About, names: Sequence[Words], layers: Sequence[Layer]) -> Chart:
    """Columns beside one another for each name."""

    def body(view: View) -> Body:
        values = [finite(v) for layer in layers for v in layer.values]
        y, domain = value_axis(view, min([0.0, *values]), max([0.0, *values]), about.unit)
        across, slot = (0.0, float(max(len(names), 1))), 0.8 / max(len(layers), 1)
        rows = [
            box(
                i + 0.1 + slot * k,
                i + 0.1 + slot * (k + 1),
                0.0,
                finite(layer.values[i]),
                layer.colour,
                view.say(name, " · ", layer.name, ": ", Number(layer.values[i]), " ", about.unit),
            )
            for i, name in enumerate(names)
            for k, layer in enumerate(layers)
            if finite(layer.values[i])
        ]
        kept = _apart(view, names, list(range(len(names))))
        x = named_axis(view, [i + 0.5 for i in kept], [names[i] for i in kept])
        return Body([*boxes(rows), *zero_line(across, domain)], x, y, across, domain)

    head, rows = _rows(names, layers)
    return Chart(about, tuple(Key(k.name, k.colour) for k in layers), head, rows, body)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a waterfall: a change, or, where it is a total, the height that is reached."""

    name: Words
    value: float
    total: bool = False


RISE, FALL = "#d55e00", "#0072b2"


def waterfall(about: About, steps: Sequence[Step]) -> Chart:
    """From one total to another by the changes between them; a total that is given is drawn as it is."""
    ends: list[tuple[float, float]] = []
    level = 0.0
    for step in steps:
        value = finite(step.value)
        start, level = (0.0, value) if step.total else (level, level + value)
        ends.append((start, level))

    def body(view: View) -> Body:
        heights = [v for pair in ends for v in pair]
        x, across = round_axis(
            view, min([0.0, *heights]), max([0.0, *heights]), 4, title=view.say(about.unit)
        )
        rows, names, links = [], [], []
        for i, (step, (start, end)) in enumerate(zip(steps, ends, strict=True)):
            colour = SOFT if step.total else RISE if end > start else FALL
            said = view.say(step.name, ": ", Number(step.value), " ", about.unit)
            rows.append(box(start, end, -i - 0.45, -i - 0.9, colour, said))
            label = view.say(step.name, "  ", Number(step.value))
            names.append({"x": across[0], "y": -i - 0.22, "s": label, "c": INK})
            links.append(
                {"x": end, "x2": end, "y": -i - 0.9, "y2": -min(i + 1.45, len(steps) - 0.1), "c": SOFT}
            )
        marks = [
            *boxes(rows),
            *rules(links, strokeDash=[2, 2]),
            *halo(view, names, align="left", baseline="middle"),
        ]
        return _lying(marks, x, across, len(steps))

    keys = (
        Key(say("charts.increase"), RISE),
        Key(say("charts.decrease"), FALL),
        Key(say("charts.total"), SOFT),
    )
    return Chart(about, keys, ("", about.unit), tuple((s.name, float(s.value)) for s in steps), body)


def _lying(
    marks: list[dict[str, object]], x: dict[str, object], across: tuple[float, float], rows: int
) -> Body:
    """Bars that lie, each under its name: names have the whole width, also on a phone."""
    room = Margins(left=14, right=22, top=8, bottom=44)
    return Body(marks, x, None, across, (-float(max(rows, 1)), 0.0), room, 60 + 44 * max(rows, 1))


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: what it abates a year [t] and what that costs [money/t]."""

    name: Words
    amount: float
    cost: float
    colour: str = ""


def abatement(about: About, measures: Sequence[Measure], along: Words, as_given: bool = False) -> Chart:
    """A marginal abatement cost curve: bars as wide as what they abate, the cheapest first.

    Args:
        about: what the chart says of itself; the unit is that of the cost.
        measures: in any order; those that abate nothing, or have no cost, are in the table only.
        along: name and unit of the width.
        as_given: keep the order of the measures: cost per tonne misleads where measures save money.
    """
    order = list(measures) if as_given else sorted(measures, key=lambda m: finite(m.cost))
    drawn = [m for m in order if finite(m.amount) > 0 and math.isfinite(m.cost)]
    colours = {id(m): m.colour or spare(i) for i, m in enumerate(drawn)}

    def body(view: View) -> Body:
        costs = [finite(m.cost) for m in drawn]
        y, domain = value_axis(view, min([0.0, *costs]), max([0.0, *costs]), about.unit)
        x, across = round_axis(view, 0.0, sum(m.amount for m in drawn), 4, title=view.say(along), grid=False)
        rows, numbers, at = [], [], 0.0
        for i, m in enumerate(drawn):
            said = view.say(
                m.name, ": ", Number(m.cost), " ", about.unit, " · ", Number(m.amount), " ", along
            )
            rows.append(box(at, at + m.amount, 0.0, finite(m.cost), colours[id(m)], said))
            numbers.append({"x": at + m.amount / 2, "y": max(finite(m.cost), 0.0), "s": str(i + 1), "c": INK})
            at += m.amount
        marks = [
            *boxes(rows),
            *zero_line(across, domain),
            *texts(numbers, baseline="bottom", dy=-3, fontSize=11),
        ]
        return Body(marks, x, y, across, domain, Margins(bottom=44), 300)

    keys = tuple(Key(Phrase(f"{i + 1}. ", m.name), colours[id(m)]) for i, m in enumerate(drawn))
    rows = tuple((m.name, float(m.amount), float(m.cost)) for m in order)
    return Chart(about, keys, ("", along, about.unit), rows, body)


@dataclass(frozen=True, slots=True)
class Swing:
    """What one assumption does to the result: its value where the assumption is low, and where it is high."""

    name: Words
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a ranking."""

    name: Words
    value: float
    colour: str


def ranked(about: About, bars: Sequence[Bar], decades: bool = False) -> Chart:
    """Bars that lie under their names, each with its value.

    Args:
        about: what the chart says of itself.
        bars: from the top down.
        decades: on a logarithmic scale, from the power of ten below the smallest; what is not above zero is
            in the table only.
    """
    drawn = [b for b in bars if math.isfinite(b.value) and (b.value > 0 or not decades)]
    ends = [math.log10(b.value) if decades else b.value for b in drawn] or [1.0]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    if decades:
        low, high = math.floor(min(ends) - 1e-9), math.ceil(max(ends))

    def body(view: View) -> Body:
        if decades:
            marks = [float(k) for k in range(int(low), int(high) + 1)]
            names = [Number(10.0**k, max(0, -int(k))) for k in marks]
            x, across = named_axis(view, marks, names, grid=True), (marks[0], marks[-1])
        else:
            x, across = round_axis(view, low, high, 4)
        x["title"] = view.say(about.unit, *([" (", LOGARITHMIC, ")"] if decades else []))
        base = across[0] if decades else 0.0
        rows, texts_ = [], []
        for i, (b, end) in enumerate(zip(drawn, ends, strict=False)):
            said = view.say(b.name, ": ", Number(b.value), " ", about.unit)
            rows.append(box(base, end, -i - 0.45, -i - 0.9, b.colour, said))
            short = Phrase(b.name, ": ", Number(b.value))  # the axis names the unit
            full = Phrase(short, " ", about.unit)
            fits = LETTER * max(len(told(full, "vi")), len(told(full, "en"))) < view.width - 36
            texts_.append({"x": across[0], "y": -i - 0.22, "s": view.say(full if fits else short), "c": INK})
        drawing = [*boxes(rows), *halo(view, texts_, align="left", baseline="middle")]
        return _lying(drawing, x, across, len(drawn))

    return Chart(about, (), ("", about.unit), tuple((b.name, float(b.value)) for b in bars), body)


LOGARITHMIC = say("charts.logarithmic")
LOW, HIGH = say("charts.low"), say("charts.high")


def tornado(about: About, base: float, swings: Sequence[Swing]) -> Chart:
    """Results where each assumption is low and high, around that of the base case, the widest on top."""
    order = sorted(swings, key=lambda s: -abs(finite(s.high) - finite(s.low)))
    base = finite(base)

    def body(view: View) -> Body:
        ends = [base, *(v for s in order for v in (s.low, s.high) if math.isfinite(v))]
        x, across = round_axis(view, min(ends), max(ends), 4, title=view.say(about.unit))
        rows, names = [], []
        for i, s in enumerate(order):
            # The wider of two that lie on the same side is drawn first, so that both are seen.
            sides = sorted(
                ((s.low, FALL, LOW), (s.high, RISE, HIGH)), key=lambda v: -abs(finite(v[0]) - base)
            )
            for value, colour, side in sides:
                said = view.say(s.name, " · ", side, ": ", Number(value), " ", about.unit)
                if math.isfinite(value) and value != base:
                    rows.append(box(base, finite(value), -i - 0.45, -i - 0.9, colour, said))
            names.append({"x": across[0], "y": -i - 0.22, "s": view.say(s.name), "c": INK})
        middle = [{"x": base, "x2": base, "y": 0.0, "y2": -float(max(len(order), 1)), "c": INK}]
        marks = [*boxes(rows), *rules(middle), *halo(view, names, align="left", baseline="middle")]
        return _lying(marks, x, across, len(order))

    table = tuple((s.name, float(s.low), float(s.high)) for s in order)
    return Chart(about, (Key(LOW, FALL), Key(HIGH, RISE)), ("", LOW, HIGH), table, body)
