"""What all sections are made of: headings, figures with unit, source and labels, legends."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from parkzero.charts import NARROW, WIDE, About, Chart, Key, Layer, Limit
from parkzero.charts.numbers import MISSING, finite
from parkzero.charts.words import Words, told
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import beside
from parkzero.report.words import Both, both, say


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
        tag("li", tag("span", class_=f"swatch {k.shape}".strip(), style=f"--c:{k.colour}"), pair(k.name))
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


def said_of(facts: Facts, title: Both, unit: Both, source: str, proof: bool = False) -> About:
    """What a chart says of itself: drawn from which table, and whether from synthetic series."""
    return About(title, unit, source, bool(facts.synthetic) and not proof)


def pair(words: Words) -> Both:
    """A text of a chart in both languages."""
    return Both(told(words, "vi"), told(words, "en"))


def figure(
    facts: Facts,
    name: str,
    chart: Chart,
    *,
    numbers: Markup | None = None,
    wide: bool = False,
    proof: bool = False,
    pointed: str = "",
) -> Markup:
    """A chart with title, unit, legend, source, labels and, folded away, its numbers.

    Args:
        facts: the facts.
        name: identifier in the page.
        chart: what is drawn.
        numbers: the chart's numbers as a table; those that the chart holds by default.
        wide: also draw it for a wide screen, over the whole width.
        proof: whether it shows how the plan was found rather than the plan.
        pointed: name of the data that the script shows under the pointer, where marks do not tell it.
    """
    drawings = [_drawing(chart, width, pointed) for width in ((NARROW, WIDE) if wide else (NARROW,))]
    title, unit = pair(chart.about.title), pair(chart.about.unit)
    caption = tag(
        "figcaption", tag("strong", title), " ", tag("span", "(", unit, ")", class_="soft"), id=f"{name}-c"
    )
    image = tag("div", *drawings, class_="drawing", role="img", aria_labelledby=f"{name}-c")
    source = tag("p", say("label.source", table=pair(chart.about.source)), class_="source")
    more = tag("details", tag("summary", say("label.numbers")), numbers or chart_table(chart))
    return tag(
        "figure",
        caption,
        labels(facts, proof),
        image,
        legend(chart.keys) if chart.keys else None,
        source,
        more,
        class_="wide" if wide else "tile",
        id=name,
    )


def stated(chart: Chart, name: str = "", label: Markup | None = None) -> Markup:
    """A chart of a statement, drawn for phones and for wide screens, with its numbers folded away.

    Args:
        chart: what is drawn.
        name: identifier in the page.
        label: what a reader must know first.
    """
    title, unit = pair(chart.about.title), pair(chart.about.unit)
    named = {"id": f"{name}-c"} if name else {}
    caption = tag(
        "figcaption", tag("strong", title), " ", tag("span", "(", unit, ")", class_="soft"), **named
    )
    image = tag(
        "div", *(chart.inline(width) for width in (NARROW, WIDE)), class_="drawing", role="img",
        **({"aria_labelledby": f"{name}-c"} if name else {}),
    )  # fmt: skip
    more = tag("details", tag("summary", say("label.numbers")), chart_table(chart))
    keys = legend(chart.keys) if chart.keys else None
    source = tag("p", say("label.stated_source", source=pair(chart.about.source)), class_="source")
    shape = {"id": name} if name else {}
    return tag("figure", caption, label, image, keys, source, more, class_="wide", **shape)


def _drawing(chart: Chart, width: int, pointed: str) -> Markup:
    drawn = chart.inline(width)
    if not pointed:
        return drawn
    x0, x1, y0, y1 = chart.plot(width)
    return tag(
        "div",
        drawn,
        class_=f"pointed p{width}",
        data_of=pointed,
        data_x0=x0,
        data_x1=x1,
        data_y0=y0,
        data_y1=y1,
        data_width=width,
    )


def chart_table(chart: Chart) -> Markup:
    """The numbers that a chart holds."""
    head, *rows = [
        [Both(vi, en) for vi, en in zip(*lines, strict=True)]
        for lines in zip(chart.table("vi"), chart.table("en"), strict=True)
    ]
    return table(head, rows)


def layer_table(head: Sequence[Both | str], layers: Sequence[Layer | Limit], total: bool = False) -> Markup:
    """The numbers of a chart: one row for each layer or limit, with decimals after the largest."""
    values = [v for layer in layers for v in layer.values if v is not None and math.isfinite(v)]
    largest = max(map(abs, values), default=0.0)
    rows: list[list[Child]] = [
        [pair(layer.name), *(both(MISSING) if v is None else beside(v, largest) for v in layer.values)]
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
