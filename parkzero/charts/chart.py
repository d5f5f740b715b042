"""A chart: what it says of itself, its marks as a Vega-Lite specification, its drawing and its table."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from markupsafe import Markup

from parkzero.charts.draw import fragment, png_of, svg_of
from parkzero.charts.numbers import MISSING, Number, decimals_for, tick_numbers
from parkzero.charts.palette import GRID, INK, SOFT
from parkzero.charts.words import Phrase, Words, told
from parkzero.texts import Lang, say, spoken

Spec = dict[str, Any]
Cell = Words | float | None

NARROW: Final = 390
WIDE: Final = 860
LETTER: Final = 7.0
"""Mean width of a letter of 12 px [px]."""

FONT: Final = "Segoe UI, Noto Sans, DejaVu Sans, Roboto, Helvetica Neue, Arial, Liberation Sans, sans-serif"
"""Fonts that hold all of Vietnamese, those with subscripts first; the renderer brings the last."""

BUNDLED: Final = "Liberation Sans"
"""The font that the renderer brings: pictures are alike everywhere, plots of pages measured soonest."""

SYNTHETIC: Final = say("charts.synthetic")
_SOURCE: Final = say("charts.source")
_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True, slots=True)
class About:
    """What every chart says: its title, the unit of its values, their source, whether they are synthetic."""

    title: Words
    unit: Words
    source: Words
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of the legend."""

    name: Words
    colour: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Margins:
    """Room around the plot [px]; alike in both languages, so that one drawing holds both."""

    left: int = 50
    right: int = 10
    top: int = 24
    bottom: int = 26


@dataclass(frozen=True, slots=True)
class View:
    """For whom a chart is drawn: a language or both, a width, and whether a page says the rest."""

    lang: Lang | None
    width: int
    bare: bool = False

    def say(self, *words: Words) -> str:
        """Words beside each other, in the view's language."""
        return told(words[0] if len(words) == 1 else Phrase(*words), self.lang)


@dataclass(frozen=True, slots=True)
class Body:
    """The marks of a chart between its axes.

    Attributes:
        layers: marks over the fields ``x`` and ``y``.
        x, y: what stands on the axes; None where there is none.
        domain_x, domain_y: range of the values shown.
        margins: room around the plot.
        height: of the plot and its margins [px].
    """

    layers: list[Spec]
    x: Spec | None
    y: Spec | None
    domain_x: tuple[float, float]
    domain_y: tuple[float, float]
    margins: Margins = field(default_factory=Margins)
    height: int = 260

    @property
    def room(self) -> Margins:
        """The margins, wide enough at the left for the numbers of the axis."""
        if self.y is None or "titleX" not in self.y:  # only axes of values hold their unit above them
            return self.margins
        letters = max((len(n.of("en")) for n in tick_numbers(self.y["values"])), default=0)
        return replace(self.margins, left=max(self.margins.left, round(LETTER * letters) + 16))


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart, drawn where it is asked for.

    Attributes:
        about: title, unit, source and whether the data are synthetic.
        keys: the legend, from the top of the stack down.
        head, rows: the data as a table, for readers who do not see the drawing.
        body: makes the marks for a view.
    """

    about: About
    keys: tuple[Key, ...]
    head: tuple[Words, ...]
    rows: tuple[tuple[Cell, ...], ...]
    body: Callable[[View], Body]

    def spec(self, lang: Lang, width: int = NARROW) -> Spec:
        """The chart as Vega-Lite, with title, source and legend, for pages and notebooks."""
        view = View(lang, width)
        body = self.body(view)
        spec = _assembled(body, width)
        spec["layer"] = [*spec["layer"], *self._legend(view)]
        spec["title"] = self._title(view)
        spec["description"] = self.alt(lang)
        spec["padding"] = 6
        spec["width"], spec["autosize"] = width, {"type": "fit-x", "contains": "padding"}
        return spec

    def bare(self, width: int) -> Spec:
        """The plot alone, both languages in its texts, for a page that holds title, source and legend."""
        return _assembled(self.body(View(None, width, bare=True)), width, BUNDLED)

    def plot(self, width: int = NARROW) -> tuple[int, int, int, int]:
        """Left, right, upper and lower end of the plot inside ``inline`` [px]."""
        body = self.body(View(None, width, bare=True))
        room = body.room
        return room.left, width - room.right, room.top, body.height - room.bottom

    def svg(self, lang: Lang, width: int = NARROW) -> str:
        """The chart as a file of its own: real text, and a size that follows the room it is given."""
        return svg_of(self.spec(lang, width), told(self.about.title, lang), self.alt(lang))

    def png(self, lang: Lang, width: int = NARROW, scale: float = 2.0) -> bytes:
        """The chart as a picture for documents that know no SVG."""
        spec = self.spec(lang, width)
        return png_of({**spec, "config": {**spec["config"], "font": BUNDLED}}, scale)

    def inline(self, width: int = NARROW) -> Markup:
        """The plot as SVG inside a page of two languages; the style sheet shows one of them."""
        return fragment(self.bare(width), width)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """What a notebook shows: live where it knows Vega-Lite, else the drawing, else the words."""
        lang = spoken()
        return {
            "application/vnd.vegalite.v5+json": self.spec(lang),
            "image/svg+xml": self.svg(lang),
            "text/plain": self.alt(lang),
        }

    def alt(self, lang: Lang) -> str:
        """The chart in words: title, unit, what is shown, its range and source."""
        names = ", ".join(dict.fromkeys(told(key.name, lang) for key in self.keys))
        values = [c for row in self.rows for c in row if isinstance(c, float) and math.isfinite(c)]
        parts = [f"{told(self.about.title, lang)} ({told(self.about.unit, lang)})"]
        parts += [names] if names else []
        if values:
            least, most = Number(min(values)).of(lang), Number(max(values)).of(lang)
            parts.append(f"{least} … {most}")
        parts += [told(line, lang) for line in self._lines()]
        return ". ".join(parts) + "."

    def table(self, lang: Lang) -> list[list[str]]:
        """Heading and rows, numbers as the language writes them, with the decimals of the largest."""
        largest = max(
            (abs(c) for row in self.rows for c in row if isinstance(c, float) and math.isfinite(c)),
            default=0.0,
        )
        decimals = min(decimals_for(largest, 4), 6)

        def cell(value: Cell) -> str:
            if value is None:
                return MISSING
            return told(Number(float(value), decimals) if isinstance(value, (int, float)) else value, lang)

        return [[told(h, lang) for h in self.head], *([cell(c) for c in row] for row in self.rows)]

    def _lines(self) -> list[Words]:
        source = [Phrase(_SOURCE, ": ", self.about.source)] if self.about.source else []
        return [*([SYNTHETIC] if self.about.synthetic else []), *source]

    def _title(self, view: View) -> Spec:
        letters = max(int((view.width - 12) / LETTER), 20)
        wrapped = textwrap.wrap(view.say(self.about.title), int(letters * 0.85))
        lines = [part for line in self._lines() for part in textwrap.wrap(view.say(line), letters)]
        return {
            "text": wrapped or [""],
            "subtitle": lines,
            "anchor": "start",
            "fontSize": 14,
            "subtitleFontSize": 11.5,
            "subtitlePadding": 4,
            "color": INK,
            "subtitleColor": SOFT,
            "offset": 14,
        }

    def _legend(self, view: View) -> list[Spec]:
        """An unseen layer that owns the legend: names may repeat, so that they are told apart by number."""
        if not self.keys:
            return []
        names = [view.say(key.name) for key in self.keys]
        numbers = [str(i) for i in range(len(names))]
        across = max(1, min(len(names), int((view.width - 60) / (LETTER * max(map(len, names)) + 28))))
        legend = {
            "orient": "bottom",
            "direction": "horizontal",
            "columns": across,
            "title": None,
            "labelExpr": chosen(names, "toNumber(datum.value)", int((view.width - 60) / LETTER)),
            "labelLimit": view.width - 60,
            "symbolOpacity": 1,
            "symbolType": "square",
            "symbolSize": 130,
            "symbolStrokeWidth": 0,
            "offset": 8,
        }
        scale = {"domain": numbers, "range": [key.colour for key in self.keys]}
        return [
            {
                "data": {"values": [{"n": n} for n in numbers]},
                "mark": {"type": "square", "opacity": 0, "tooltip": None, "aria": False},
                "encoding": {
                    "x": {"value": 0},
                    "y": {"value": 0},
                    "fill": {"field": "n", "type": "nominal", "scale": scale, "legend": legend},
                },
            }
        ]


def chosen(texts: Sequence[str], index: str, letters: int = 10_000) -> str:
    """An expression that picks a text by its index; texts enter as escaped literals, never as code.

    Texts of more letters are broken into lines.
    """
    return "[" + ",".join(_lines_of(text, letters) for text in texts) + f"][{index}]"


def _lines_of(text: str, letters: int) -> str:
    if len(text) <= letters:
        return literal(text)
    return "[" + ",".join(literal(line) for line in textwrap.wrap(text, letters)) + "]"


def literal(text: str) -> str:
    r"""A text as a literal of Vega's expressions: all but letters, figures and blanks as ``\uXXXX``."""
    units = text.encode("utf-16-be", "replace")
    codes = [int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2)]
    return (
        "'"
        + "".join(chr(c) if c < 128 and (chr(c).isalnum() or c == 32) else f"\\u{c:04x}" for c in codes)
        + "'"
    )


def _assembled(body: Body, width: int, font: str = FONT) -> Spec:
    room = body.room
    return {
        "$schema": _SCHEMA,
        "width": width - room.left - room.right,
        "height": body.height - room.top - room.bottom,
        "padding": {"left": room.left, "right": room.right, "top": room.top, "bottom": room.bottom},
        "autosize": {"type": "none"},
        "background": "#ffffff",
        "config": {"font": font, **_CONFIG},
        "encoding": {"x": _channel("x", body.domain_x, body.x), "y": _channel("y", body.domain_y, body.y)},
        "layer": body.layers,
    }


def _channel(name: str, domain: tuple[float, float], axis: Spec | None) -> Spec:
    scale = {"domain": list(domain), "nice": False, "zero": False}
    return {"field": name, "type": "quantitative", "scale": scale, "axis": axis}


_CONFIG: Final[Spec] = {
    "view": {"stroke": None},
    "axis": {
        "aria": False,
        "labelColor": INK,
        "labelFontSize": 12,
        "titleColor": SOFT,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domain": False,
        "ticks": False,
        "gridColor": GRID,
        "labelOverlap": False,
        "labelBound": False,
        "labelLimit": 0,
    },
    "legend": {"labelColor": INK, "labelFontSize": 12, "rowPadding": 4, "columnPadding": 14},
    "text": {"fontSize": 12, "fill": INK},
}
