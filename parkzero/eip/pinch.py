"""Pinch analysis: the least heating and cooling that a set of streams needs, and where heat must not cross.

Symbols:
    T*          shifted temperature [degC]
    F(T*)       heat that flows down through T* when QH enters at the top [MW]

Rules:
    cascade     F falls by what streams take and rises by what they give on the way down
    QH          smallest heat at the top for which F is nowhere negative
    QC          what leaves at the bottom, less what soft streams may vent
    pinch       where F is zero; a range where it is zero over an interval (parallel curves)

Latent streams act at one temperature: F is checked before and after them, and those at the same T* meet
without a flow. Where F is zero everywhere nothing is pinched.

Source: Linnhoff and Flower (1978); Kemp, Pinch Analysis and Process Integration (2007).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from parkzero.eip.streams import Shifted, Stream, shifted
from parkzero.units import FloatArray

TOLERANCE = 1e-9
"""Flows below this share of all heat are zero."""


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What a set of streams needs at least.

    Attributes:
        heating, cooling: least utilities [MW]; ``vented`` is not in the cooling.
        recovery: heat exchanged between the streams [MW].
        vented: what soft streams may leave uncooled [MW].
        pinches: ranges of shifted temperature without a flow, hottest first, or points [degC].
        levels: shifted temperatures, descending; a latent stream's stands twice [degC].
        flows: grand composite curve: heat flowing down at each level [MW].
    """

    heating: float
    cooling: float
    recovery: float
    vented: float
    pinches: tuple[tuple[float, float], ...]
    levels: FloatArray
    flows: FloatArray


def targets(streams: Sequence[Stream]) -> Targets:
    """Targets of streams that may all exchange with one another.

    Raises:
        StudyError: with every fault of every stream.
    """
    return _targets(shifted(streams))


def _targets(s: Shifted) -> Targets:
    if not len(s.heat):
        return Targets(0.0, 0.0, 0.0, 0.0, (), np.zeros(0), np.zeros(0))
    levels, given = _cascade(s, s.heat)
    total = float(np.abs(s.heat).sum())
    near = TOLERANCE * total
    heating = max(0.0, -float(given.min()))
    heating = 0.0 if heating <= near else heating
    flows = given + heating
    flows[np.abs(flows) <= near] = 0.0
    vented = _ventable(s, flows)
    taken = -float(s.heat[s.heat < 0].sum())
    return Targets(
        heating,
        float(flows[-1]) - vented,
        max(0.0, taken - heating),
        vented,
        _pinches(levels, flows),
        levels,
        flows,
    )


def _cascade(s: Shifted, heat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Levels, descending, and heat given above each; each stands twice: before and after its latents."""
    levels, where = np.unique(np.concatenate([s.high, s.low]), return_inverse=True)
    levels, where = levels[::-1], len(levels) - 1 - where
    top, bottom = where[: len(heat)], where[len(heat) :]
    sensible = top != bottom
    slope = heat[sensible] / (s.high - s.low)[sensible]
    change = np.zeros(len(levels))
    np.add.at(change, top[sensible], slope)
    np.add.at(change, bottom[sensible], -slope)
    latent = np.zeros(len(levels))
    np.add.at(latent, top[~sensible], heat[~sensible])
    between = np.cumsum(change)[:-1] * -np.diff(levels)
    after = np.cumsum(latent) + np.concatenate([[0.0], np.cumsum(between)])
    flows = np.stack([after - latent, after], axis=1)
    return np.repeat(levels, 2), flows.ravel()


def _ventable(s: Shifted, flows: FloatArray) -> float:
    """Most heat of soft streams that can be left out without a flow below zero.

    What is left out above a level is at most the flow there, so all of it is at most that flow and the soft
    heat below the level: the smallest of these is reached.
    """
    if not s.soft.any():
        return 0.0
    _, soft = _cascade(s, np.where(s.soft, s.heat, 0.0))
    below = soft[-1] - soft
    return max(0.0, min(float(soft[-1]), float((flows + below).min())))


def _pinches(levels: FloatArray, flows: FloatArray) -> tuple[tuple[float, float], ...]:
    if not flows.any():
        return ()
    found: list[tuple[float, float]] = []
    at: int | None = None
    for i, flow in enumerate(flows):
        if flow == 0.0 and at is None:
            at = i
        if at is not None and (flow != 0.0 or i == len(flows) - 1):
            end = i if flow == 0.0 else i - 1
            found.append((float(levels[at]), float(levels[end])))
            at = None
    return tuple(found)


def composite(streams: Sequence[Stream], side: str, *, shift: bool = False) -> tuple[FloatArray, FloatArray]:
    """Composite curve of one side: heat [MW] over temperature [degC], both ascending.

    Args:
        streams: all streams.
        side: ``hot`` or ``cold``.
        shift: at shifted instead of true temperatures.

    Returns:
        Cumulated heat and temperatures; a latent stream is a horizontal part.
    """
    chosen = [s for s in streams if s.side == side]
    if not chosen:
        return np.zeros(0), np.zeros(0)
    s = shifted(chosen)
    back = 0.0 if shift else np.array([x.contribution for x in chosen]) * (1.0 if side == "hot" else -1.0)
    true = Shifted(s.high + back, s.low + back, np.abs(s.heat), s.soft)
    levels, given = _cascade(true, true.heat)
    heat = (given[-1] - given)[::-1]
    return heat, levels[::-1]


def by_period(streams: Mapping[str, Sequence[Stream]], hours: Mapping[str, float]) -> dict[str, Targets]:
    """Targets of each period; a year's least heating is the sum of heating times hours over the periods.

    Raises:
        StudyError: with every fault of every stream.
        ValueError: when a period has no hours or hours name no period.
    """
    if set(streams) != set(hours) or any(h <= 0 for h in hours.values()):
        raise ValueError("every period has hours above zero, and every hours a period")
    return {period: targets(found) for period, found in streams.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Targets of processes that first exchange within themselves and then through the site's utilities.

    Attributes:
        heating, cooling: of the site [MW].
        direct: recovered within the processes [MW].
        indirect: recovered between them [MW].
        processes: targets of each process alone.
        sources, sinks: what is left of the processes, as streams at their own shifted temperatures.
    """

    heating: float
    cooling: float
    direct: float
    indirect: float
    processes: Mapping[str, Targets]
    sources: tuple[Stream, ...]
    sinks: tuple[Stream, ...]


def total_site(streams: Sequence[Stream], contribution: float, levels: Iterable[float] = ()) -> Site:
    """Total site targets: pockets of each process are closed within it, the rest is exchanged by utilities.

    Args:
        streams: all streams with their ``process`` (and ``tenant``).
        contribution: temperature difference between a process and the utility that carries its heat [K].
        levels: temperatures of the utilities that carry heat (steam headers, hot water) [degC]; any
            temperature may carry it where none is given.

    Raises:
        StudyError: with every fault of every stream.
    """
    groups: dict[str, list[Stream]] = {}
    for s in streams:
        groups.setdefault(f"{s.tenant}/{s.process}".strip("/"), []).append(s)
    alone = {name: targets(found) for name, found in groups.items()}
    rest: list[Stream] = []
    for name, found in alone.items():
        rest += _left(name, found, contribution)
    carried = sorted(levels)
    moved = [_carried(s, carried) for s in rest] if carried else rest
    site = targets([s for s in moved if s is not None])
    unmoved = sum(a.heat for a, b in zip(rest, moved, strict=True) if b is None and a.side == "cold")
    heating = site.heating + unmoved
    heat = sum(t.heating for t in alone.values())
    direct = sum(t.recovery for t in alone.values())
    cooling = sum(t.cooling + t.vented for t in alone.values()) - (heat - heating)
    return Site(
        heating, cooling, direct, heat - heating, alone,
        tuple(s for s in rest if s.side == "hot"), tuple(s for s in rest if s.side == "cold"),
    )  # fmt: skip


def _left(name: str, found: Targets, contribution: float) -> list[Stream]:
    """What a process leaves to the site: its grand composite curve without pockets, in parts."""
    parts: list[Stream] = []
    if not len(found.flows):
        return parts
    at = _pinch_index(found.flows)
    for side, order in (("cold", range(at, -1, -1)), ("hot", range(at, len(found.flows)))):
        reached = 0.0
        steps = list(order)
        for i, j in itertools.pairwise(steps):
            low, high = found.flows[i], found.flows[j]
            ahead = found.flows[j : len(found.flows)] if side == "hot" else found.flows[: j + 1]
            floor = float(ahead.min())
            start, end = max(reached, min(low, floor)), min(high, floor)
            if end > start + TOLERANCE * max(1.0, end):
                a, b = _along(found, i, j, start), _along(found, i, j, end)
                parts.append(
                    _part(f"{name}.{side}.{len(parts) + 1}", side, (a, b), end - start, contribution)
                )
                reached = end
    return parts


def _part(name: str, side: str, ends: tuple[float, float], heat: float, contribution: float) -> Stream:
    if side == "hot":
        return Stream(name, "hot", max(ends), min(ends), heat, contribution)
    return Stream(name, "cold", min(ends), max(ends), heat, contribution)


def _pinch_index(flows: FloatArray) -> int:
    return int(np.argmin(flows))


def _along(found: Targets, i: int, j: int, flow: float) -> float:
    low, high = found.flows[i], found.flows[j]
    if high == low:
        return float(found.levels[i])
    share = (flow - low) / (high - low)
    return float(found.levels[i] + share * (found.levels[j] - found.levels[i]))


def _carried(s: Stream, levels: Sequence[float]) -> Stream | None:
    """A part at the temperature of the utility that carries it; None where none fits.

    A source gives its heat to the hottest level that all of it can warm, a sink takes it from the coldest
    that can warm all of it. (Cutting parts at the levels first would recover a little more.)
    """
    if s.side == "hot":
        fitting = [t for t in levels if t <= s.target - s.contribution]
        at = fitting[-1] if fitting else None
    else:
        fitting = [t for t in levels if t >= s.target + s.contribution]
        at = fitting[0] if fitting else None
    if at is None:
        return None
    return Stream(s.name, s.side, at, at, s.heat, 0.0, process=s.process)
