"""Series from meter files and other tables of numbers over time."""

from __future__ import annotations

import dataclasses
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.language.fields import Field, Profile
from parkzero.series import Metered, MeterOptions, inspect_meter, read_meter
from parkzero.series.columns import find_measure, find_times, unit_in_header
from parkzero.series.figures import parse_column
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.growth import yearly_factor
from parkzero.study.options import Options
from parkzero.study.values import quantity, step_minutes
from parkzero.tables import TextTable, read_csv_safely
from parkzero.timeline import STEP_MINUTES
from parkzero.units import MW, ONE, FloatArray

FILE_KEYS = (
    "file", "column", "unit", "growth", "factor", "mend", "label", "cumulative", "decimal", "date_order",
    "year", "step",
)  # fmt: skip
_DAY = 1440
# Notes that move values in time, leave rows out or take differences: a reader should know of each.
_TOLD = ("label_end", "cumulative", "outside_year", "offset", "newest_first", "hour_24", "leap_day")


@dataclasses.dataclass(frozen=True, slots=True)
class _Ask:
    """How one column is to be read."""

    column: str | None
    unit: str | None
    year: int
    step: int | None
    meter: tuple[tuple[str, Any], ...]


def from_file(context: Context, path: Path, table: Tree, spec: Field) -> Profile | None:
    """A column of a file, as a series in the field's unit."""
    desk = context.desk
    desk.known(path, table, FILE_KEYS)
    ask = _ask(context, path, table)
    factor = yearly_factor(context, path, table, "growth", context.clock.year)
    scale = 1.0 if spec.unit == MW else _scale(context, path, table, spec)
    if ask is None or factor is None or scale is None:
        return None
    if spec.unit != MW and ask.column is None:
        desk.fault((*path, "column"), "is missing", needs="the name of the column that holds the series")
        return None
    name = table["file"]
    found = context.opened(path, ("table", str(name)), lambda: context.files.table(name))
    if found is None:
        return None
    key = (str(found), ask, spec.unit == MW)
    series = context.opened(path, key, lambda: _measured(found, ask, spec.unit == MW))
    if series is None:
        return None
    _tell(context, path, series, str(name))
    context.source(path, table)
    values = _on_year(context, path, series, ask.year)
    return None if values is None else Profile(values * scale, spec.unit, factor)


def _ask(context: Context, path: Path, table: Tree) -> _Ask | None:
    options = Options(context, path, table)
    column, unit = options.text("column", None), options.text("unit", None)
    year = options.year("year", context.clock.year)
    mend = options.mend()
    meter = {
        "mend": mend,
        "label": options.words("label", ("auto", "start", "end"), "auto"),
        "decimal": options.words("decimal", ("auto", ".", ","), "auto"),
        "date_order": options.words("date_order", ("auto", "dmy", "mdy"), "auto"),
        "cumulative": options.flag("cumulative", False) if "cumulative" in table else "auto",
    }
    step = step_minutes(context.desk, (*path, "step"), table["step"]) if "step" in table else None
    if not options.ok or year is None or ("step" in table and step is None):
        return None
    return _Ask(column, unit, year, step, tuple(meter.items()))


def _scale(context: Context, path: Path, table: Tree, spec: Field) -> float | None:
    """What a number in the file is worth in the field's unit, where that is no power."""
    if "unit" not in table:
        if spec.unit == ONE:
            return 1.0
        context.desk.fault(
            (*path, "unit"), "is missing", needs=f"the unit of the column, such as {spec.unit}"
        )
        return None
    where = (*path, "unit")
    return quantity(context.desk, where, f"1 {table['unit']}", spec.unit, context.money)


def _measured(file: FilePath, ask: _Ask, power: bool) -> Metered:
    """The column on the regular steps of its year, complete.

    A column that is no power is read as if it were one in MW, and taken back: only its steps matter.
    """
    content = read_csv_safely(file)
    if not find_times(content)[0]:
        return _by_position(content, ask, power)
    unit, energy = ask.unit, False
    meter = dict(ask.meter)
    if not power:
        energy = unit_in_header(ask.column or "").endswith("h")
        unit = "MWh" if energy else "MW"
        if meter["mend"].negative is None:
            meter["mend"] = dataclasses.replace(meter["mend"], negative="keep")
        meter["cumulative"] = False
    settings = MeterOptions(column=ask.column, unit=unit, step_minutes=ask.step, year=ask.year, **meter)
    series = _complete(file, settings)
    if energy:
        return dataclasses.replace(series, power=series.power * (series.step_minutes / 60))
    return series


def _complete(file: FilePath, settings: MeterOptions) -> Metered:
    """The series without a gap; where it has faults, its gaps are raised with them."""
    asked = {f.name: getattr(settings, f.name) for f in dataclasses.fields(settings)}
    try:
        return read_meter(file, **asked).require_complete()
    except StudyError as error:
        try:
            findings = inspect_meter(file, settings)
        except StudyError:
            raise error from None
        open_gaps = [f.as_fault(file.name) for f in findings if f.severity == "missing" and not f.mended]
        told = {fault.what for fault in error.faults}
        more = [fault for fault in open_gaps if fault.what not in told]
        raise StudyError([*error.faults, *more], error.title) from None


def _by_position(table: TextTable, ask: _Ask, power: bool) -> Metered:
    """A column without times: it must hold a whole year of steps from 1 January 00:00."""
    name = ask.column or (next(iter(table.columns)) if len(table.columns) == 1 else "")
    if name not in table.columns:
        raise StudyError(find_times(table)[2], title=table.file)
    figures = parse_column(table.columns[name], table.lines, table.file, name)
    faults = list(figures.faults) + [f.as_fault(table.file) for f in figures.findings if f.severity != "note"]
    lengths = {d * _DAY // m: m for d in (366, 365) for m in STEP_MINUTES}
    minutes = lengths.get(len(figures.values))
    if minutes is None:
        needs = "a column of times, or 8760, 17520 or 35040 values (8784, 17568 or 35136 in a leap year)"
        place = Place(table.file, field=name)
        faults.append(Fault(place, "has no times and a wrong length", f"{len(figures.values)} values", needs))
    factor = 1.0
    if power:
        measure, more = find_measure(name, ask.unit, table.file)
        faults += more
        factor = measure.factor * (60 / (minutes or 60) if measure.energy else 1.0)
    if faults or minutes is None:
        raise StudyError(faults, title=table.file)
    start = np.datetime64(f"{ask.year}-01-01T00:00", "m")
    return Metered(figures.values * factor, start, minutes, (), f"{table.file}, {name}")


def _tell(context: Context, path: Path, series: Metered, name: str) -> None:
    for finding in series.findings:
        if finding.mended or finding.severity != "note" or finding.kind in _TOLD:
            context.desk.warn(f"{name}: {finding}")
    if series.step_minutes > context.clock.minutes:
        step = f"{series.step_minutes}-minute values repeated on {context.clock.minutes}-minute steps"
        context.desk.warn(f"{name}: {step}; peaks within them are not seen")


def _on_year(context: Context, path: Path, series: Metered, year: int) -> FloatArray | None:
    days, odd = divmod(len(series.power) * series.step_minutes, _DAY)
    if odd or days not in (365, 366):
        got = f"{len(series.power)} steps of {series.step_minutes} minutes from {series.start}"
        context.desk.fault(path, "is not a whole year", got, f"365 days of {year}")
        return None
    if year != context.clock.year:
        context.desk.warn(
            f"{'.'.join(path)}: values of {year} stand for {context.clock.year}; weekdays are those of {year}"
        )
    return context.clock.fit(series.power, series.step_minutes)
