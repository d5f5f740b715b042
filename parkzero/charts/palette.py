"""Colours: told apart by readers with any colour vision, dark enough on white, the same everywhere.

Built on the sets of Okabe and Ito and of Paul Tol. No chart speaks by colour alone: segments are parted by
white lines, legends stand in the order of the stack, and each chart has its table.
"""

from __future__ import annotations

from typing import Final

import numpy as np

INK: Final = "#1b2430"
SOFT: Final = "#4a5666"
GRID: Final = "#d9dee5"
ALERT: Final = "#a3261a"
LOWER: Final = "#0072b2"
UPPER: Final = "#d55e00"

TECHNOLOGY: Final[dict[str, str]] = {
    "grid": "#6b7785",
    "solar": "#e69f00",
    "wind": "#56b4e9",
    "battery": "#aa4499",
    "heat_pump": "#009e73",
    "electric_boiler": "#0072b2",
    "fuel_boiler": "#7a4a21",
    "thermal_store": "#d55e00",
    "feeder": "#b8bfc8",
    "fossil": "#3b3b3b",
    "renewable_fuel": "#999933",
    "electricity_demand": "#332288",
    "heat_demand": "#cc6677",
    "unserved": "#ff2d2d",
    "ambient": "#88ccee",
    "loss": "#c9ced6",
    "export": "#b0b7c1",
    "electricity": "#ddcc77",
    "heat": "#cc6677",
    "fuel": "#3b3b3b",
}

# What a technology takes, drawn below zero in the same hour by hour chart as what it gives.
TAKEN: Final[dict[str, str]] = {
    "grid": "#c3cbd5",
    "battery": "#ffb2fc",
    "thermal_store": "#f2b78a",
}

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
    """A colour for the index-th member of a list that is not known beforehand (tenants, buses)."""
    return _SPARE[index % len(_SPARE)]


def technology(kind: str) -> str:
    """The colour of a kind of component; kinds that came later get one of the spare colours."""
    return TECHNOLOGY.get(kind) or spare(sum(kind.encode("utf-8", "replace")))


def taken(kind: str) -> str:
    """The colour of what a kind of component takes; a lighter one where it gives as well."""
    return TAKEN.get(kind) or technology(kind)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def ramp(count: int) -> np.ndarray:
    """``count`` colours from dark to bright, shape [count, 3], uint8."""
    anchors = np.array([rgb(c) for c in _CIVIDIS], dtype=np.float64)
    where = np.linspace(0, len(anchors) - 1, count)
    columns = [np.interp(where, np.arange(len(anchors)), anchors[:, k]) for k in range(3)]
    return np.round(np.stack(columns, axis=1)).astype(np.uint8)
