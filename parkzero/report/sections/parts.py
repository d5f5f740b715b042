"""What all sections are made of: headings, figures with unit, source and labels, legends."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from parkzero.report.charts.bars import Layer, Limit, finite
from parkzero.report.charts.frame import NARROW, WIDE
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import MISSING, beside
from parkzero.report.words import Both, both, say


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend."""

    name: Both
    colour: str
    shape: str = ""


def section(name: str, *children: Child) -> Markup:
    """A section with its heading and the sentence that says what it shows."""
    head = tag("h2", say(f"section.{name}.title"), id=f"{name}-title")
    intro = tag("p", say(f"section.{name}.intro"), class_="intro")
    return tag("section", head, intro, *children, id=name, aria_labelledby=f"{name}-title")


def grid(*children: Child) -> Markup:
    """Figures beside one another where there is room."""
    return tag("div", *children, class_="grid")


def legend(keys: Sequence[Key]) -> Markup:
    """Names of the colours, in the order of the stack from the top."""
    items = [
        tag("li", tag("span", class_=f"swatch {k.shape}".strip(), style=f"--c:{k.colour}"), k.name)
        for k in keys
    ]
    return tag("ul", *items, class_="legend")


def labels(facts: Facts, proof: bool = False) -> Markup:
    """What a reader must know of every chart: that series are synthetic, that the plan is not proven."""
    parts = []
    if facts.synthetic and not proof:
        parts.append(
            tag(
                "p",
                tag("strong", say("label.synthetic")),
                " ",
                say("label.synthetic_more"),
                class_="label synthetic",
            )
        )
    if facts.standing == "stopped" and not proof:
        parts.append(tag("p", tag("strong", say("label.stopped")), class_="label stopped"))
    return Markup("").join(parts)


def figure(
    facts: Facts,
    name: str,
    title: Both,
    unit: Both,
    draw: Callable[[int], Markup],
    *,
    source: str,
    keys: Sequence[Key] = (),
    numbers: Markup | None = None,
    wide: bool = False,
    proof: bool = False,
) -> Markup:
    """A chart with title, unit, legend, source, labels and, folded away, its numbers.

    Args:
        facts: the facts.
        name: identifier in the page.
        title: what the chart shows.
        unit: of its values.
        draw: draws it for a width [px].
        source: table of the results that it was drawn from.
        keys: legend.
        numbers: the chart's numbers as a table.
        wide: also draw it for a wide screen, over the whole width.
        proof: whether it shows how the plan was found rather than the plan.
    """
    drawings = [draw(NARROW), draw(WIDE)] if wide else [draw(NARROW)]
    caption = tag(
        "figcaption", tag("strong", title), " ", tag("span", "(", unit, ")", class_="soft"), id=f"{name}-c"
    )
    image = tag("div", *drawings, class_="drawing", role="img", aria_labelledby=f"{name}-c")
    told = tag("p", say("label.source", table=source), class_="source")
    more = tag("details", tag("summary", say("label.numbers")), numbers) if numbers is not None else None
    classes = "wide" if wide else "tile"
    return tag(
        "figure",
        caption,
        labels(facts, proof),
        image,
        legend(keys) if keys else None,
        told,
        more,
        class_=classes,
        id=name,
    )


def layer_table(head: Sequence[Both | str], layers: Sequence[Layer | Limit], total: bool = False) -> Markup:
    """The numbers of a chart: one row for each layer or limit, with decimals after the largest."""
    values = [v for layer in layers for v in layer.values if v is not None and math.isfinite(v)]
    largest = max(map(abs, values), default=0.0)
    rows: list[list[Child]] = [
        [layer.name, *(both(MISSING) if v is None else beside(v, largest) for v in layer.values)]
        for layer in layers
    ]
    if total and layers:
        sums = [
            sum(finite(v or 0.0) for v in column) for column in zip(*(k.values for k in layers), strict=True)
        ]
        rows.append([say("word.sum"), *(beside(v, largest) for v in sums)])
    return table(head, rows)


def note(text: Both) -> Markup:
    """A remark that belongs to a section."""
    return tag("p", text, class_="note")


def empty(key: str) -> Markup:
    """A sentence where there is nothing to draw."""
    return tag("p", say(key), class_="soft")
