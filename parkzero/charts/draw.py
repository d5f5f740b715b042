"""The border to vl-convert: Vega-Lite becomes SVG and PNG here, without browser or network.

A drawing is kept by its specification, so that a page made twice is drawn once.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, Final
from xml.etree import ElementTree

from markupsafe import Markup, escape

from parkzero.charts.words import BETWEEN

_SVG: Final = "{http://www.w3.org/2000/svg}"
_NUMBER: Final = re.compile(r"-?\d+\.\d+(?:e-?\d+)?|-?\d+e-\d+")
_SUBSCRIPT: Final = re.compile(r"\\{1,2}u208(\d)")
_KEPT: Final = 512
_DROPPED: Final = {
    "aria-hidden", "aria-roledescription", "class", "font-family", "opacity-none", "pointer-events", "role",
}  # fmt: skip
_DEFAULT: Final = {"fill-opacity": "1", "stroke-opacity": "1", "opacity": "1", "stroke-miterlimit": "10"}


def svg_of(spec: dict[str, Any], title: str, words: str) -> str:
    """A drawing as a file of its own, named for screen readers, as wide as it is given room."""
    drawn = _drawn(_text(spec))
    head, rest = drawn.split(">", 1)
    size = 'style="max-width:100%;height:auto" role="img"'
    return str(
        Markup(f"{head} {size}>")
        + Markup("<title>{}</title><desc>{}</desc>").format(title, words)
        + Markup(rest)
    )


def png_of(spec: dict[str, Any], scale: float) -> bytes:
    """A drawing as a picture, ``scale`` points to the pixel; CO₂ reads CO2, as its font has no ₂."""
    import vl_convert

    made: bytes = vl_convert.vegalite_to_png(
        _SUBSCRIPT.sub(r"\1", _text(spec)), scale=scale, allowed_base_urls=[]
    )
    return made


def picture_of(svg: str, scale: float) -> bytes:
    """A drawing that is made already as a picture, ``scale`` points to the pixel."""
    import vl_convert

    made: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return made


def _fragment(text: str, width: int) -> Markup:
    root = ElementTree.fromstring(_drawn(text))
    box = root.get("viewBox", "0 0 1 1")
    inner = "".join(_compact(child) for child in root if child.tag != f"{_SVG}rect")
    return Markup('<svg viewBox="{}" class="w{}" aria-hidden="true" focusable="false">{}</svg>').format(
        box, width, Markup(inner)
    )


def fragment(spec: dict[str, Any], width: int) -> Markup:
    """A drawing inside a page: without what only a file needs, its texts as pairs of ``tspan``."""
    return _fragment(_text(spec), width)


def _text(spec: dict[str, Any]) -> str:
    return json.dumps(spec, allow_nan=False, separators=(",", ":"))


@lru_cache(maxsize=_KEPT)
def _drawn(text: str) -> str:
    import vl_convert

    made: str = vl_convert.vegalite_to_svg(text, allowed_base_urls=[])
    return made


def _compact(element: ElementTree.Element) -> str:
    """An element of a drawing as short markup; what draws nothing falls away."""
    name = element.tag.removeprefix(_SVG)
    if name == "path" and (element.get("class") == "background" or not element.get("d")):
        return ""
    if name == "text":
        return _said(element)
    inner = "".join(_compact(child) for child in element)
    if name == "g" and not inner:
        return ""
    given = _attributes(element)
    if name == "g" and not given:
        return inner
    return f"<{name}{given}>{inner}</{name}>"


def _attributes(element: ElementTree.Element) -> str:
    parts = []
    for key, value in element.attrib.items():
        name = key.rpartition("}")[2]
        if name == "aria-label":
            if element.get("aria-roledescription") not in ("group mark container", "line mark container"):
                vi, _, en = value.partition(BETWEEN)
                parts.append(f' class="m" data-vi="{escape(vi)}" data-en="{escape(en or vi)}"')
            continue
        if (
            name in _DROPPED
            or _DEFAULT.get(name) == value
            or (name == "transform" and value == "translate(0,0)")
        ):
            continue
        if name in ("font-size", "font-weight") and value in ("12px", "normal"):
            continue  # the page's own
        parts.append(f' {name}="{escape(shortened(value) if name in ("d", "transform") else value)}"')
    return "".join(parts)


def shortened(numbers: str) -> str:
    """Coordinates to a tenth of a pixel."""
    return _NUMBER.sub(
        lambda m: f"{float(m[0]):.1f}".removesuffix(".0").replace("-0", "0", 0) or "0", numbers
    )


def _said(element: ElementTree.Element) -> str:
    text = "".join(element.itertext())
    if not text:
        return ""
    vi, between, en = text.partition(BETWEEN)
    halo = Markup(' class="halo"') if element.attrib.pop("stroke", None) == "#fff" else Markup()
    for key in ("stroke-width", "stroke-linejoin"):
        element.attrib.pop(key, None)
    body = Markup('<tspan class="l" lang="vi">{}</tspan><tspan class="l" lang="en">{}</tspan>').format(vi, en)
    return f"<text{halo}{_attributes(element)}>{body if between else escape(text)}</text>"
