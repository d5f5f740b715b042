"""One column of a meter file turned into the power of single steps: energies, powers, registers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from parkzero.errors import Fault, Place
from parkzero.series.columns import Measure, find_measure
from parkzero.series.figures import FILL, Decimal, parse_column
from parkzero.series.findings import Finding, Mend
from parkzero.series.grid import Label, find_label
from parkzero.series.intervals import Intervals, fine_starts, spread
from parkzero.series.register import (
    begins_again,
    energy_from_register,
    looks_cumulative,
    may_be_cumulative,
    most_plausible,
    on_boundaries,
)
from parkzero.series.rows import IntArray, Rows
from parkzero.series.stamps import DateOrder
from parkzero.tables import TextTable
from parkzero.texts import say
from parkzero.units import FloatArray, Unit


@dataclass(frozen=True, slots=True)
class MeterOptions:
    """How a meter file is to be read; the arguments of ``read_meter``, which explains them."""

    column: str | None = None
    unit: str | None = None
    step_minutes: int | None = None
    label: Label = "auto"
    cumulative: Literal["auto"] | bool = "auto"
    decimal: Decimal = "auto"
    year: int | None = None
    mend: Mend = field(default_factory=Mend)
    reactive: str | None = None
    date_order: DateOrder = "auto"
    time: str | None = None
    plain: bool = False
    digits: int | None = None
    limit_mw: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Power of single steps in order of time: starts [min], values [MW or Mvar], line of each."""

    starts: IntArray
    values: FloatArray
    lines: tuple[int, ...]
    findings: list[Finding]
    faults: list[Fault]


def column_steps(
    table: TextTable,
    name: str,
    unit: str | None,
    base: Unit,
    rows: Rows,
    step: int,
    intervals: Intervals,
    proved: str,
    ask: MeterOptions,
) -> Steps:
    """Power of each row's step, from one column; ``proved`` is a label that the columns of time prove."""
    measure, faults = (
        (Measure(1.0, False, ""), []) if ask.plain else find_measure(name, unit, table.file, base)
    )
    figures = parse_column(table.columns[name], table.lines, table.file, name, ask.decimal)
    faults += figures.faults
    values = figures.values[rows.order]
    lines = tuple(table.lines[i] for i in rows.order)
    findings = list(figures.findings)
    place_of = Place(file=table.file, field=name)
    is_register, wrong = _registered(measure, values, place_of, ask)
    faults += wrong
    if faults:
        return Steps(rows.times, values, lines, findings, faults)
    if is_register:
        steps = _from_register(rows, values, measure.factor, lines, step, intervals, ask)
        steps.findings[:0] = findings
        return steps
    label, more, faults = find_label(rows, ask.label, table.file, proved, intervals)
    findings += more
    off_grid = bool((rows.times % step).any())
    if measure.energy and off_grid:
        faults.append(
            Fault(place_of, say("counts energy between rows off the grid"), needs=say("kW, or a register"))
        )
    starts, lengths, hours = _extents(rows.times, label, step, intervals)
    what = say("values are {unit}", unit=measure.text)
    if measure.energy:
        what = say("values are {unit} in each {step}-minute step", unit=measure.text, step=step)
    if not ask.plain:
        findings.append(Finding("unit", "note", len(values), what))
    power = values * measure.factor / (hours if measure.energy else 1.0)
    if not ask.plain:
        power = spikes(power, lines, hours, findings, ask)
    if lengths is None:
        return Steps(starts, power, lines, findings, faults)
    behind = spread(starts, lengths, step)
    return Steps(
        fine_starts(starts, lengths, step), power[behind], tuple(lines[i] for i in behind), findings, faults
    )


def _registered(
    measure: Measure, values: FloatArray, place: Place, ask: MeterOptions
) -> tuple[bool, list[Fault]]:
    """Whether a column is a register: as the user says, or as it grows; faults where that cannot be."""
    energy = measure.energy or (not measure.text and ask.cumulative is True)
    if ask.cumulative is True and not energy:
        what, needs = say("is a power, so it is no cumulative register"), say("kWh or MWh")
        return True, [Fault(place, what, measure.text, needs)]
    if ask.cumulative != "auto" or not energy:
        return ask.cumulative is True, []
    if not ask.plain and may_be_cumulative(values):
        what = say("never falls: it may be a register, or energy of each step")
        return False, [Fault(place, what, hint=say("name it: cumulative=True or cumulative=False"))]
    if not ask.plain and begins_again(values):
        what = say("grows and begins again, as a counter of the day or the month does")
        hint = say(
            "take the register that is never set back, or write the energy of each step;"
            " cumulative=False if these are energies of steps"
        )
        return False, [Fault(place, what, measure.text, say("energy of each step, or a register"), hint)]
    return looks_cumulative(values), []


def _extents(
    times: IntArray, label: str, step: int, intervals: Intervals
) -> tuple[IntArray, IntArray | None, FloatArray | float]:
    """Start of each row's step [min], its length where intervals change [min], and its hours."""
    if not intervals.mixed:
        starts = times - times % step if label == "start" else times + (-times) % step - step
        return starts, None, step / 60
    lengths = intervals.after if label == "start" else intervals.before
    return (times if label == "start" else times - lengths), lengths, lengths / 60


def spikes(
    power: FloatArray,
    lines: Sequence[int],
    hours: FloatArray | float,
    findings: list[Finding],
    ask: MeterOptions,
) -> FloatArray:
    """Find steps that carry more than the connection, or far more than the busiest others [MW]."""
    if ask.mend.spike == "keep":
        return power
    most = most_plausible(np.abs(power), ask.limit_mw)
    rows = np.flatnonzero(np.abs(power) > most)
    if not len(rows):
        return power
    kwh = 1e3 * np.abs(power) * hours
    doubt, total = float(kwh[rows].sum()), float(np.nansum(np.delete(kwh, rows)))
    unsure = say("{doubt:,.6g} kWh in doubt", doubt=doubt)
    if total > 0:
        unsure = say("{doubt:,.6g} kWh in doubt, {share:.2%} of all others", doubt=doubt, share=doubt / total)
    known = say("five times the busiest other steps")
    if ask.limit_mw is not None:
        known = say("the connection carries")
    what = say(
        "{count} steps hold more than {known}, {most:,.6g} kW ({unsure})",
        count=len(rows),
        known=known,
        most=1e3 * most,
        unsure=unsure,
    )
    examples = tuple((lines[i], f"{1e3 * power[i]:,.6g} kW") for i in rows[:3])
    findings.append(
        Finding("spike", "fault", len(rows), what, examples, say("Mend(spike='missing') or 'keep'"))
    )
    return np.where(np.abs(power) > most, np.nan, power)


def _from_register(
    rows: Rows,
    readings: FloatArray,
    factor: float,
    lines: tuple[int, ...],
    step: int,
    intervals: Intervals,
    ask: MeterOptions,
) -> Steps:
    first = np.ones(len(readings), dtype=bool)
    first[1:] = np.diff(rows.times) > 0
    known = np.flatnonzero(np.isfinite(readings) & first)
    nothing = Steps(rows.times[:0], readings[:0], (), [], [])
    if len(known) < 2:
        nothing.faults.append(Fault(Place(), say("has fewer than two readings of the register")))
        return nothing
    limit = ask.limit_mw / factor if ask.limit_mw is not None else None
    limit = float("inf") if ask.mend.spike == "keep" else limit
    counted = energy_from_register(
        readings[known],
        rows.times[known],
        [lines[i] for i in known],
        digits=ask.digits,
        limit=limit,
        to_kwh=1e3 * factor,
    )
    findings, known = counted.findings, known[counted.kept]
    energy = counted.energy * factor
    what = say("the column is a register that only grows; steps take the difference of two readings")
    findings.insert(0, Finding("cumulative", "note", len(known), what))
    if ask.label != "auto":
        what, hint = (
            say("is given for a register, whose readings stand at an instant"),
            say("leave label out"),
        )
        nothing.faults.append(Fault(Place(field="label"), what, ask.label, hint=hint))
    longest = float(max(step, int(intervals.before.max(initial=step)))) * (
        2 if ask.mend.irregular == "average" else 1
    )
    if ask.mend.fill == "interpolate":
        longest = max(longest, ask.mend.max_gap_hours * 60)
    starts, steps = on_boundaries(rows.times[known], energy, step, longest)
    at = known[np.clip(np.searchsorted(rows.times[known], starts, side="right") - 1, 0, len(known) - 1)]
    at_lines = tuple(lines[i] for i in at)
    unknown = np.flatnonzero(np.isnan(steps))
    if len(unknown) and ask.mend.reset is None and np.isnan(energy).any():
        # The step of another meter is a fault of its own; here it would be told a second time.
        _, counted_on = on_boundaries(rows.times[known], np.nan_to_num(energy), step, longest)
        unknown = np.flatnonzero(np.isnan(counted_on))
    if len(unknown) == len(steps):
        nothing.faults.append(
            Fault(Place(), say("has no two readings one step apart"), needs=say("{step} minutes", step=step))
        )
    elif len(unknown):
        what = say("{count} steps lie between readings that are missing or too far apart", count=len(unknown))
        examples = tuple((at_lines[i], f"step {i + 1}") for i in unknown[:3])
        findings.append(Finding("gap", "missing", len(unknown), what, examples, FILL))
    return Steps(starts, steps / (step / 60), at_lines, findings, nothing.faults)
