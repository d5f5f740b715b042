"""Cumulative registers: readings that only grow, until the counter rolls over or the meter is exchanged.

No step may carry more than the connection can, or where that is not known, than a multiple of what the meter
counts in its busiest steps. A reading that falls or leaps and comes back is a bad reading; one that does not
come back is another meter. A counter rolls over only at the digits that the user names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from parkzero.series.findings import Finding
from parkzero.series.rows import IntArray
from parkzero.texts import NOTHING, Text, joined, say
from parkzero.units import FloatArray

_ENOUGH = 48
_RISES = 3
_TOOTH = 12  # fewest rows in which a counter of the day or the month grows before it begins again
_AHEAD = 12  # readings within which a bad one must have recovered
_MULTIPLE = 5.0
_LEAST_DROPPED, _SHARE_DROPPED = 3, 0.001


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


def begins_again(readings: FloatArray) -> bool:
    """Whether a column of energies counts up and begins again each day or month, as displays show it.

    It grows as a register does, but falls oftener than a register may, and far seldomer than a load.
    """
    known = readings[np.isfinite(readings)]
    if len(known) < _ENOUGH or looks_cumulative(readings):
        return False
    change = np.diff(known)
    falls, rises = int((change < 0).sum()), int((change > 0).sum())
    return falls <= len(change) // _TOOTH and rises > len(change) // 4


def may_be_cumulative(readings: FloatArray) -> bool:
    """Whether a column of energies never falls, yet rises too seldom to be a register for certain."""
    known = readings[np.isfinite(readings)]
    if len(known) < _ENOUGH or looks_cumulative(readings):
        return False
    change = np.diff(known)
    return bool((change >= 0).all() and (change > 0).sum() >= _RISES)


def busiest(rates: FloatArray) -> float:
    """The highest rate that is no rare exception: the thousandth part, at least three, is left out."""
    known = np.sort(rates[np.isfinite(rates) & (rates > 0)])
    dropped = max(_LEAST_DROPPED, int(_SHARE_DROPPED * len(known)))
    return float(known[-1 - dropped]) if len(known) > 2 * dropped else 0.0


def most_plausible(rates: FloatArray, limit: float | None) -> float:
    """The rate above which a step is in doubt: the limit, or a multiple of the busiest steps."""
    if limit is not None:
        return limit
    top = busiest(rates)
    return _MULTIPLE * top if top > 0 else float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What a register counted.

    Attributes:
        kept: which readings are good, (n,).
        energy: between each good reading and the next, NaN where another meter begins.
        findings: what was seen.
    """

    kept: npt.NDArray[np.bool_]
    energy: FloatArray
    findings: list[Finding] = field(default_factory=list)


def energy_from_register(
    readings: FloatArray,
    times: IntArray,
    lines: Sequence[int],
    *,
    digits: int | None = None,
    limit: float | None = None,
    to_kwh: float = 1.0,
) -> Counted:
    """Energy between each good reading and the next.

    Args:
        readings: readings in order of time, (n,).
        times: of each reading [min], (n,), rising.
        lines: line of each reading.
        digits: whole digits of the counter, after which it begins again at 0; None when not known.
        limit: most that the connection carries, in the register's unit per hour; None when not known.
        to_kwh: worth of one unit of the register [kWh].
    """
    hours = np.diff(times) / 60
    most = most_plausible(np.diff(readings) / hours, limit)
    slack = 1e-9 * float(np.abs(readings).max(initial=1.0))
    top = 10.0**digits if digits is not None else 0.0
    seen: dict[str, list[tuple[int, int]]] = {"rollover": [], "blip": [], "reset": [], "jump": []}
    kept = np.ones(len(readings), dtype=bool)
    energy = np.diff(readings)
    odd = np.flatnonzero((energy < 0) | (energy > most * hours + slack))
    done = -1

    def plausible(i: int, j: int, turn: float = 0.0) -> bool:
        change = readings[j] + turn - readings[i]
        return bool(0 <= change <= most * (times[j] - times[i]) / 60 + slack)

    for i in odd.tolist():
        if i < done:
            continue
        if top and energy[i] < 0 and plausible(i, i + 1, top):
            seen["rollover"].append((i, i + 1))
            continue
        back = next((j for j in range(i + 2, min(i + 2 + _AHEAD, len(readings))) if plausible(i, j)), None)
        if back is not None:
            kept[i + 1 : back] = False
            seen["blip"].append((i, back))
            done = back
        else:
            seen["reset" if energy[i] < 0 else "jump"].append((i, i + 1))
    return _counted(readings, hours, lines, kept, seen, top, to_kwh)


def _counted(
    readings: FloatArray,
    hours: FloatArray,
    lines: Sequence[int],
    kept: npt.NDArray[np.bool_],
    seen: dict[str, list[tuple[int, int]]],
    top: float,
    to_kwh: float,
) -> Counted:
    good = np.flatnonzero(kept)
    energy = np.diff(readings[good])
    at = {int(row): k for k, row in enumerate(good)}
    for i, _ in seen["rollover"]:
        energy[at[i]] += top
    for i, _ in seen["reset"] + seen["jump"]:
        energy[at[i]] = np.nan
    usual = float(np.nansum(energy)) / max(float(hours.sum()), 1e-9)
    findings = []
    for kind, rows in seen.items():
        if rows:
            doubt = to_kwh * sum(
                usual * hours[i] if kind == "reset" else abs(readings[j] - readings[i]) for i, j in rows
            )
            total = float(np.nansum(energy)) * to_kwh
            findings.append(_finding(kind, rows, readings, lines, doubt, total))
    return Counted(kept, energy, findings)


def _said(kind: str, count: int) -> tuple[Text, Text]:
    """What was seen, and what would mend it."""
    match kind:
        case "rollover":
            return say("the register rolled over {count} times", count=count), NOTHING
        case "blip":
            return (
                say("{count} readings fall or leap and come back: they are bad readings", count=count),
                say(
                    "Mend(reset='missing'), and Mend(fill='interpolate')"
                    " to share out what was counted meanwhile"
                ),
            )
        case "reset":
            return (
                say(
                    "the register falls {count} times and does not come back: was the meter exchanged?",
                    count=count,
                ),
                say(
                    "Mend(reset='missing'), then fill the steps;"
                    " or digits=5 if a counter of five digits began again"
                ),
            )
    return (
        say(
            "the register leaps {count} times by more than the connection can carry:"
            " was the meter exchanged?",
            count=count,
        ),
        say("Mend(reset='missing'), then fill the steps; or limit='5 MW' if the connection carries so much"),
    )


def _finding(
    kind: str,
    rows: list[tuple[int, int]],
    readings: FloatArray,
    lines: Sequence[int],
    doubt: float,
    total: float,
) -> Finding:
    what, hint = _said(kind, len(rows))
    if kind != "rollover":
        unsure = say(" ({doubt:,.6g} kWh in doubt)", doubt=doubt)
        if total > 0:
            unsure = say(" ({doubt:,.6g} kWh in doubt, {share:.2%} of all)", doubt=doubt, share=doubt / total)
        what = joined([what, unsure], "")
    examples = tuple(
        (lines[i + 1], say("{before:.12g} then {after:.12g}", before=readings[i], after=readings[i + 1]))
        for i, _ in rows[:3]
    )
    return Finding(kind, "note" if kind == "rollover" else "fault", len(rows), what, examples, hint)


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
