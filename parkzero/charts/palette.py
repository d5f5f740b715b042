"""Colours: told apart by readers with any colour vision, dark enough on white, the same everywhere.

Built on the sets of Okabe and Ito and of Paul Tol. No chart speaks by colour alone: segments are parted by
white lines, legends stand in the order of the stack, and each chart has its table.
"""

from __future__ import annotations

import colorsys
from typing import Final

import numpy as np

INK: Final = "#1b2430"
SOFT: Final = "#4a5666"
GRID: Final = "#d9dee5"
ALERT: Final = "#a3261a"
LOWER: Final = "#0072b2"
UPPER: Final = "#d55e00"

UNSERVED: Final = "#ff2d2d"
AMBIENT: Final = "#88ccee"
LOSS: Final = "#c9ced6"
EXPORT: Final = "#b0b7c1"
_CONTRAST: Final = 3.0
_LIGHT: Final = 0.75
_VIVID: Final = 1.5

_SPARE: Final = (
    "#332288",
    "#88ccee",
    "#117733",
    "#ddcc77",
    "#cc6677",
    "#882255",
    "#44aa99",
    "#999933",
    "#aa4499",
    "#0072b2",
    "#e69f00",
    "#3b3b3b",
)

# Anchors of cividis (Nuñez, Anderton, Renslow 2018), which reads alike with and without colour deficiency.
_CIVIDIS: Final = ("#00224e", "#213b6e", "#4c556c", "#6c6e72", "#8e8978", "#b2a570", "#d9c45c", "#fee838")


def spare(index: int) -> str:
    """A colour for the index-th member of a list that is not known beforehand (tenants, buses).

    The second dozen is that of the first, lighter: thirteen actors of a park are all told apart.
    """
    again, place = divmod(index, len(_SPARE))
    return lighter(_SPARE[place]) if again % 2 else _SPARE[place]


def lighter(colour: str) -> str:
    """A colour that is told apart from another and still belongs to it: nearer to white, and as vivid."""
    hue, light, vivid = colorsys.rgb_to_hls(*(part / 255 for part in rgb(colour)))
    parts = colorsys.hls_to_rgb(hue, max(_LIGHT, (1 + light) / 2), min(1.0, _VIVID * vivid))
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def inked(colour: str) -> str:
    """A colour dark enough for a line on white: as it is, or darker until its contrast is 3 to 1."""
    parts = np.array(rgb(colour)) / 255
    while 1.05 / (float(parts**2.2 @ np.array([0.2126, 0.7152, 0.0722])) + 0.05) < _CONTRAST:
        parts *= 0.96
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts.tolist())


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def ramp(count: int) -> np.ndarray:
    """``count`` colours from dark to bright, shape [count, 3], uint8."""
    anchors = np.array([rgb(c) for c in _CIVIDIS], dtype=np.float64)
    where = np.linspace(0, len(anchors) - 1, count)
    columns = [np.interp(where, np.arange(len(anchors)), anchors[:, k]) for k in range(3)]
    return np.round(np.stack(columns, axis=1)).astype(np.uint8)
