"""One column of a meter file turned into the power of single steps: energies, powers, registers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from parkzero.errors import Fault, Place
from parkzero.series.columns import find_measure
from parkzero.series.figures import FILL, Decimal, parse_column
from parkzero.series.findings import Finding, Mend
from parkzero.series.grid import Label, find_label
from parkzero.series.register import energy_from_register, looks_cumulative, on_boundaries
from parkzero.series.rows import IntArray, Rows
from parkzero.series.stamps import DateOrder
from parkzero.tables import TextTable
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


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Power of single steps in order of time: starts [min], values [MW or Mvar], line of each."""

    starts: IntArray
    values: FloatArray
    lines: tuple[int, ...]
    findings: list[Finding]
    faults: list[Fault]


def column_steps(
    table: TextTable, name: str, unit: str | None, base: Unit, rows: Rows, step: int, ask: MeterOptions
) -> Steps:
    """Power of each row's step, from one column."""
    measure, faults = find_measure(name, unit, table.file, base)
    figures = parse_column(table.columns[name], table.lines, table.file, name, ask.decimal)
    faults += figures.faults
    values = figures.values[rows.order]
    lines = tuple(table.lines[i] for i in rows.order)
    findings = list(figures.findings)
    energy_column = measure.energy or (not measure.text and ask.cumulative is True)
    is_register = ask.cumulative is True or (
        ask.cumulative == "auto" and energy_column and looks_cumulative(values)
    )
    place_of = Place(file=table.file, field=name)
    if ask.cumulative is True and not energy_column:
        faults.append(
            Fault(place_of, "is a power, so it is no cumulative register", measure.text, "kWh or MWh")
        )
    if faults:
        return Steps(rows.times, values, lines, findings, faults)
    if is_register:
        steps = _from_register(rows, values * measure.factor, lines, step, ask)
        steps.findings[:0] = findings
        return steps
    label, more, faults = find_label(rows, ask.label, table.file)
    findings += more
    off_grid = bool((rows.times % step).any())
    if measure.energy and off_grid:
        faults.append(Fault(place_of, "counts energy between rows off the grid", needs="kW, or a register"))
    starts = rows.times - rows.times % step if label == "start" else rows.times + (-rows.times) % step - step
    hours = step / 60 if measure.energy else 1.0
    what = (
        f"values are {measure.text} in each {step}-minute step"
        if measure.energy
        else f"values are {measure.text}"
    )
    findings.append(Finding("unit", "note", len(values), what))
    return Steps(starts, values * measure.factor / hours, lines, findings, faults)


def _from_register(
    rows: Rows, readings: FloatArray, lines: tuple[int, ...], step: int, ask: MeterOptions
) -> Steps:
    first = np.ones(len(readings), dtype=bool)
    first[1:] = np.diff(rows.times) > 0
    known = np.flatnonzero(np.isfinite(readings) & first)
    nothing = Steps(rows.times[:0], readings[:0], (), [], [])
    if len(known) < 2:
        nothing.faults.append(Fault(Place(), "has fewer than two readings of the register"))
        return nothing
    energy, findings = energy_from_register(readings[known], [lines[i] for i in known])
    what = "the column is a register that only grows; steps take the difference of two readings"
    findings.insert(0, Finding("cumulative", "note", len(known), what))
    longest = float(max(step, rows.step)) * (2 if ask.mend.irregular == "average" else 1)
    if ask.mend.fill == "interpolate":
        longest = max(longest, ask.mend.max_gap_hours * 60)
    starts, steps = on_boundaries(rows.times[known], energy, step, longest)
    at = known[np.clip(np.searchsorted(rows.times[known], starts, side="right") - 1, 0, len(known) - 1)]
    at_lines = tuple(lines[i] for i in at)
    unknown = np.flatnonzero(np.isnan(steps))
    if len(unknown) == len(steps):
        nothing.faults.append(Fault(Place(), "has no two readings one step apart", needs=f"{step} minutes"))
    elif len(unknown):
        what = f"{len(unknown)} steps lie between readings that are missing or too far apart"
        examples = tuple((at_lines[i], f"step {i + 1}") for i in unknown[:3])
        findings.append(Finding("gap", "missing", len(unknown), what, examples, FILL))
    return Steps(starts, steps / (step / 60), at_lines, findings, nothing.faults)
