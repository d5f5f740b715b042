"""Cumulative registers: readings that only grow, until the counter rolls over or the meter is exchanged."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from parkzero.series.findings import Finding
from parkzero.series.rows import IntArray
from parkzero.units import FloatArray

_ENOUGH = 48


def looks_cumulative(readings: FloatArray) -> bool:
    """Whether a column of energies is a register: it falls at most once in a thousand rows, and grows.

    A load that is measured per step falls about as often as it rises; 48 rows that never fall are not
    a load. A constant column is no register.
    """
    known = readings[np.isfinite(readings)]
    if len(known) < _ENOUGH:
        return False
    change = np.diff(known)
    falls = int((change < 0).sum())
    return falls <= max(len(known) // 1000, 1) and int((change > 0).sum()) > len(change) // 4


def energy_from_register(readings: FloatArray, lines: Sequence[int]) -> tuple[FloatArray, list[Finding]]:
    """Energy between each reading and the next.

    Args:
        readings: readings in order of time, (n,).
        lines: line of each reading.

    Returns:
        Energy (n - 1,) in the register's unit, NaN where the register was exchanged, and findings.
    """
    energy = np.diff(readings)
    rolled: list[int] = []
    reset: list[int] = []
    for i in np.flatnonzero(energy < 0):
        top = 10.0 ** math.ceil(math.log10(max(readings[i], 1.0) + 1e-9))
        if readings[i] > 0.9 * top and readings[i + 1] < 0.1 * top and readings[i + 1] >= 0:
            energy[i] += top
            rolled.append(int(i))
        else:
            energy[i] = np.nan
            reset.append(int(i))
    findings = []

    def show(rows: list[int]) -> tuple[tuple[int, str], ...]:
        return tuple((lines[i + 1], f"{readings[i]:g} then {readings[i + 1]:g}") for i in rows[:3])

    if rolled:
        what = f"the register rolled over {len(rolled)} times"
        findings.append(Finding("rollover", "note", len(rolled), what, show(rolled)))
    if reset:
        what = f"the register falls {len(reset)} times without rolling over: was the meter exchanged?"
        hint = "Mend(reset='missing'), then fill the steps"
        findings.append(Finding("reset", "fault", len(reset), what, show(reset), hint))
    return energy, findings


def on_boundaries(
    times: IntArray, energy: FloatArray, step: int, longest: float
) -> tuple[IntArray, FloatArray]:
    """Energy of the steps between two boundaries of the grid, from energy between readings.

    A reading that stands off the grid, or a gap of at most ``longest`` minutes, is bridged by a straight
    line, which keeps the energy that the register counted meanwhile.

    Args:
        times: time of each reading [min], (n,), rising.
        energy: energy between readings, (n - 1,), NaN where unknown.
        step: step of the grid [min].
        longest: longest distance of two readings that may be bridged [min].

    Returns:
        Starts [min] and energies of the steps, NaN where they are not known.
    """
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(energy))])
    edges = np.arange(times[0] + (-times[0]) % step, times[-1] + 1, step)
    if len(edges) < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    steps = np.diff(np.interp(edges, times, total))
    unknown = np.concatenate([[0], np.cumsum(np.isnan(energy) | (np.diff(times) > longest))])
    first = np.searchsorted(times, edges[:-1], side="right") - 1
    last = np.searchsorted(times, edges[1:], side="left")
    known = unknown[np.minimum(last, len(unknown) - 1)] == unknown[first]
    return edges[:-1], np.where(known, steps, np.nan)
