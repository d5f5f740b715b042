"""Meter files as they really come, read onto a regular grid of steps.

``read_meter`` finds how a file was written (labels, clock, units, registers, marks), reports it, and
raises what must be mended by name. Steps without a value stay NaN until a rule to fill them is named;
``Metered.require_complete`` refuses to go on with NaN.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series.beside import multiplied, told_apart
from parkzero.series.by_position import by_position
from parkzero.series.columns import choose_column
from parkzero.series.figures import Decimal
from parkzero.series.fill import fill_gaps
from parkzero.series.findings import Finding, Mend, assume, mark_mended, raise_unmended
from parkzero.series.grid import (
    Grid,
    Label,
    check_step,
    coarsen,
    covers_a_year,
    find_gaps,
    make_grid,
    place,
    turn_year,
)
from parkzero.series.intervals import Intervals, find_intervals
from parkzero.series.meter_steps import MeterOptions, Steps, column_steps
from parkzero.series.open_table import open_table
from parkzero.series.rows import BoolArray, Rows, order_rows
from parkzero.series.stamps import DateOrder, parse_stamps
from parkzero.series.time_columns import Times, find_times, some
from parkzero.tables import TextTable
from parkzero.texts import say
from parkzero.units import MVAR, MW, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Metered:
    """A metered series on a regular grid.

    Attributes:
        power: mean power of each step [MW], (n,); NaN where the file has no value.
        start: start of the first step, local time.
        step_minutes: length of a step [min].
        findings: what was found in the file, mended or not.
        source: file and column.
        reactive: mean reactive power of each step [Mvar], (n,), when asked for.
        leap_day_dropped: True when 29 February was taken out.
    """

    power: FloatArray
    start: np.datetime64
    step_minutes: int
    findings: tuple[Finding, ...]
    source: str
    reactive: FloatArray | None = None
    leap_day_dropped: bool = False

    @property
    def energy(self) -> float:
        """Energy of the steps that have a value [MWh]."""
        return float(np.nansum(self.power)) * self.step_minutes / 60

    @property
    def peak(self) -> float:
        """Highest mean power of a step [MW]."""
        return float(np.nanmax(self.power))

    @property
    def missing(self) -> int:
        """How many steps have no value."""
        return int((~np.isfinite(self.power)).sum())

    def require_complete(self) -> Metered:
        """Return the series itself.

        Raises:
            StudyError: steps have no value; each cause is named with its place and mend.
        """
        if self.missing:
            raise_unmended(self.source, self.findings, ("missing", "fault"))
            first = int(np.flatnonzero(~np.isfinite(self.power))[0])
            what = say(
                "{missing} steps still have no value, the first is step {first}",
                missing=self.missing,
                first=first + 1,
            )
            hint = say("Mend(fill='interpolate'), or Mend(year_end='repeat_week') at the ends")
            seen = [e for f in self.findings if f.severity == "missing" for e in f.examples if e[0]]
            line, got = min(seen, default=(0, ""))
            place = Place(file=self.source, line=line)
            raise StudyError([Fault(place, what, got, hint=hint)], title=self.source)
        return self


def read_meter(
    path: Path | str,
    *,
    column: str | None = None,
    unit: str | None = None,
    step_minutes: int | None = None,
    label: Label = "auto",
    cumulative: Literal["auto"] | bool = "auto",
    decimal: Decimal = "auto",
    year: int | None = None,
    mend: Mend | None = None,
    reactive: str | None = None,
    date_order: DateOrder = "auto",
    time: str | None = None,
    plain: bool = False,
    digits: int | None = None,
    limit_mw: float | None = None,
) -> Metered:
    """Read a meter file.

    Args:
        path: CSV or other text table, also gzipped.
        column: column of active power or energy; the only such column when None.
        unit: unit of the column ("kW", "kWh", "MW", ...; "2 MW" for per unit of 2 MW); from the
            header when None.
        step_minutes: step wanted [min]; the file's own when None. A coarser step takes means.
        label: whether stamps name the start or the end of their step.
        cumulative: whether the column is a register that only grows.
        decimal: decimal sign.
        year: calendar year wanted; rows outside it are left out.
        mend: the mends allowed; none when None.
        reactive: column of reactive power or energy, in the unit of its header.
        date_order: order of day and month.
        time: column of the time; found when None. A table in which no column could be a time is taken by
            position, where ``year`` is given and its length is that of a year.
        plain: whether values are no power (a price, a share): taken as they stand, in no unit.
        digits: whole digits of a register's counter, which begins again at 0 behind them.
        limit_mw: most that the connection carries [MW].

    Returns:
        The series; steps without a value are NaN.

    Raises:
        StudyError: with every fault, its lines, and the mend to name.
    """
    options = MeterOptions(
        column, unit, step_minutes, label, cumulative, decimal, year, mend or Mend(), reactive, date_order,
        time, plain, digits, limit_mw,
    )  # fmt: skip
    series, faults = _read(path, options)
    faults += [f.as_fault(series.source) for f in series.findings if f.severity == "fault" and not f.mended]
    if faults:
        raise StudyError(faults, title=Path(path).name)
    return series


def inspect_meter(path: Path | str, options: MeterOptions | None = None) -> tuple[Finding, ...]:
    """Return all that ``read_meter`` finds in a file, without raising what can be mended.

    Args:
        path: the file.
        options: how to read it.

    Raises:
        StudyError: the file cannot be read at all.
    """
    series, faults = _read(path, options or MeterOptions())
    if faults:
        raise StudyError(faults, title=Path(path).name)
    return series.findings


def _read(path: Path | str, ask: MeterOptions) -> tuple[Metered, list[Fault]]:
    table = open_table(path)
    empty = Metered(np.zeros(0), np.datetime64(0, "m"), 0, (), table.file)
    times = find_times(table, ask.time)
    if not times.columns and not times.strangers and ask.year is not None:
        times = by_position(table, ask) or times
    name, faults = choose_column(table, ask.column, times.others, say("power or energy"))
    faults = [*times.faults, *faults]
    if faults:
        return empty, faults
    stamps = parse_stamps(
        times.texts, table.lines, table.file, ask.date_order, ask.mend, ", ".join(times.columns)
    )
    if stamps.faults:
        return empty, list(stamps.faults)
    faults = told_apart(table, name, times.columns, stamps.times)
    if ask.unit is None and not ask.plain:
        faults += multiplied(table, name, times.columns)
    if faults:
        return empty, faults
    acting = assume(ask.mend)
    rows = order_rows(stamps.times, table.lines, times.texts, table.file, acting)
    if rows.faults:
        return empty, list(rows.faults)
    intervals, changes = find_intervals(rows.times, rows.step)
    rows = replace(rows, step=intervals.finest)
    findings = [
        *_about_file(table, name, times),
        *times.findings,
        *_zone(stamps.findings, times),
        *rows.findings,
        *changes,
    ]
    step, more_findings, faults = check_step(rows, ask.step_minutes, table.lines, table.file, ask.mend)
    findings += more_findings
    if faults:
        return replace(empty, findings=mark_mended(findings, ask.mend)), faults
    proved = stamps.label or times.label or table.label
    active, reactive = _columns(table, name, rows, step, intervals, proved, ask)
    findings += active.findings + (reactive.findings if reactive else [])
    faults = active.faults + (reactive.faults if reactive else [])
    if faults:
        return replace(empty, findings=mark_mended(findings, ask.mend)), faults
    return _on_grid(table.file, name, active, reactive, step, findings, ask)


def _zone(findings: tuple[Finding, ...], times: Times) -> list[Finding]:
    """Unix times count in UTC by their definition, though some loggers count local time."""
    unix = next((f for f in times.findings if f.kind == "unix"), None)
    if unix is None:
        return list(findings)
    hint = say(
        "Mend(utc_offset_hours=7) for Viet Nam, Mend(utc_offset_hours=0) if the logger counted local time"
    )
    what = say("{finding}: not in local time", finding=unix.what)
    return [replace(f, what=what, mend=hint) if f.kind == "utc" else f for f in findings]


def _columns(
    table: TextTable, name: str, rows: Rows, step: int, intervals: Intervals, proved: str, ask: MeterOptions
) -> tuple[Steps, Steps | None]:
    """The column of active power, and the one of reactive power where it is asked for."""
    active = column_steps(table, name, ask.unit, MW, rows, step, intervals, proved, ask)
    if ask.reactive is None:
        return active, None
    if ask.reactive not in table.columns:
        active.faults.extend(choose_column(table, ask.reactive, (), say("reactive power"))[1])
        return active, None
    return active, column_steps(table, ask.reactive, None, MVAR, rows, step, intervals, proved, ask)


def _about_file(table: TextTable, column: str, times: Times) -> list[Finding]:
    findings = [
        Finding("column", "note", len(table.lines), say("read column {column!r}", column=column[:60]))
    ]
    if table.encoding not in ("utf-8-sig", "utf-8"):
        findings.append(
            Finding("encoding", "note", 1, say("the file is written in {encoding}", encoding=table.encoding))
        )
    if table.delimiter != ",":
        findings.append(
            Finding(
                "delimiter",
                "note",
                1,
                say("fields are separated by {delimiter!r}", delimiter=table.delimiter),
            )
        )
    if table.preamble:
        what = say("lines above the header were left out")
        findings.append(Finding("preamble", "note", len(table.preamble), what))
    unused = [n for n in table.columns if n != column and n not in times.columns]
    if unused:
        what = say("columns not used: {names}", names=some(unused))
        findings.append(Finding("unused", "note", len(unused), what))
    return findings


def _on_grid(
    file: str,
    name: str,
    active: Steps,
    reactive: Steps | None,
    step: int,
    findings: list[Finding],
    ask: MeterOptions,
) -> tuple[Metered, list[Fault]]:
    wanted = ask.step_minutes or step
    empty = Metered(np.zeros(0), np.datetime64(0, "m"), step, mark_mended(findings, ask.mend), file)
    if wanted % step:
        what = say(
            "has steps of {step} minutes, which cannot be made into steps of {wanted}",
            step=step,
            wanted=wanted,
        )
        return empty, [
            Fault(Place(file=file, field="step_minutes"), what, needs=say("a multiple of {step}", step=step))
        ]
    values = _negatives(active, findings, ask.mend, ask.plain)
    starts = active.starts
    turnable = ask.year is not None and covers_a_year(starts, step)
    if turnable and ask.year is not None and ask.mend.year_end == "turn":
        starts, turned = turn_year(starts, ask.year)
        findings.append(turned)
        rank = np.argsort(starts, kind="stable")
        rank = rank[starts[rank] >= 0]
        starts, values = starts[rank], values[rank]
        active = replace(active, starts=starts, lines=tuple(active.lines[i] for i in rank))
    grid, more, faults = make_grid(starts, step, wanted, ask.year, file)
    findings += more
    if faults:
        return replace(empty, findings=mark_mended(findings, ask.mend)), faults
    placed, met = place(grid, starts, values)
    if not any(f.kind == "utc" for f in findings) or ask.mend.utc_offset_hours is not None:
        findings += find_gaps(grid, met, starts, active.lines, turnable and ask.mend.year_end != "turn")
    mend = replace(ask.mend, year_end=None) if turnable else ask.mend
    placed, more = fill_gaps(grid, placed, mend)
    findings += more
    other = None
    if reactive is not None:
        other, _ = place(grid, reactive.starts, reactive.values)
        other = coarsen(fill_gaps(grid, other, mend)[0], wanted // step)
    power = coarsen(placed, wanted // step)
    keep = _leap_days(grid, wanted, len(power), findings, ask.mend)
    series = Metered(
        power[keep],
        np.datetime64(grid.start, "m"),
        wanted,
        mark_mended(findings, ask.mend),
        f"{file}, {name}",
        None if other is None else other[keep],
        leap_day_dropped=not keep.all(),
    )
    return series, []


def _negatives(steps: Steps, findings: list[Finding], mend: Mend, plain: bool) -> FloatArray:
    rows = np.flatnonzero(steps.values < 0)
    if not len(rows):
        return steps.values
    unit = "" if plain else " MW"
    examples = tuple((steps.lines[i], f"{steps.values[i]:g}{unit}") for i in rows[:3])
    what = say("{count} values are negative: does the site export?", count=len(rows))
    if plain:
        what = say("{count} values are negative", count=len(rows))
    hint = say("Mend(negative='keep'), 'zero' or 'missing'")
    findings.append(Finding("negative", "fault", len(rows), what, examples, hint))
    if mend.negative in ("zero", "missing"):
        return np.where(steps.values < 0, 0.0 if mend.negative == "zero" else np.nan, steps.values)
    return steps.values


def _leap_days(grid: Grid, step: int, count: int, findings: list[Finding], mend: Mend) -> BoolArray:
    """Which steps to keep: all, or all but 29 February."""
    days = (grid.start + step * np.arange(count)).astype("datetime64[m]").astype("datetime64[D]")
    month = days.astype("datetime64[M]")
    leap = (month.astype(np.int64) % 12 == 1) & ((days - month).astype(np.int64) == 28)
    if not leap.any():
        return np.ones(count, dtype=bool)
    what = (
        say("29 February was taken out") if mend.drop_leap_day else say("29 February is part of the series")
    )
    findings.append(Finding("leap_day", "note", int(leap.sum()), what))
    return ~leap if mend.drop_leap_day else np.ones(count, dtype=bool)
