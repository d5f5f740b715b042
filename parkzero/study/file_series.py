"""Series from meter files and other tables of numbers over time."""

from __future__ import annotations

import dataclasses
from pathlib import Path as FilePath
from typing import Any

from parkzero.errors import Fault, Place, StudyError
from parkzero.language.fields import Field, Profile
from parkzero.series import Metered, MeterOptions, inspect_meter, read_meter
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.growth import yearly_factor
from parkzero.study.headed import headed_otherwise
from parkzero.study.options import Options
from parkzero.study.plausible import MOST_LOAD, round_up
from parkzero.study.values import quantity, step_minutes
from parkzero.texts import NOTHING, say
from parkzero.units import MW, ONE, FloatArray

FILE_KEYS = (
    "file", "column", "unit", "growth", "factor", "mend", "label", "cumulative", "decimal", "date_order",
    "year", "step", "time", "digits", "limit",
)  # fmt: skip
_DAY = 1440
# Notes that move values in time, leave rows out or take differences: a reader should know of each.
_TOLD = (
    "label_end", "cumulative", "outside_year", "offset", "newest_first", "hour_24", "leap_day", "by_position",
    "interval_changes", "unix", "serial", "hours", "periods", "turned", "filled", "rollover",
)  # fmt: skip


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
    factor = yearly_factor(context, path, table, "growth")
    scale = 1.0 if spec.unit == MW else _scale(context, path, table, spec)
    if ask is None or factor is None or scale is None:
        return None
    if spec.unit != MW and ask.column is None:
        desk.fault(
            (*path, "column"), say("is missing"), needs=say("the name of the column that holds the series")
        )
        return None
    name = table["file"]
    found = context.opened(path, ("table", str(name)), lambda: context.files.table(name))
    if found is None:
        return None
    key = (str(found), ask, spec.unit == MW)
    series = context.opened(path, key, lambda: _measured(found, ask, spec.unit == MW))
    if series is None:
        return None
    if spec.unit == MW and not _carried(context, path, series, ask):
        return None
    _tell(context, path, series, str(name))
    context.source(path, table)
    values = _on_year(context, path, series, ask.year)
    return None if values is None else Profile(values * scale, spec.unit, factor)


def _carried(context: Context, path: Path, series: Metered, ask: _Ask) -> bool:
    """Whether a load is one that a company can draw, where nothing says what its connection carries."""
    asked = dict(ask.meter)
    if asked["limit_mw"] is not None or asked["mend"].spike == "keep" or series.peak <= MOST_LOAD:
        return True
    what = say("holds more than any company draws: is the unit right?")
    unit = next((f.text() for f in series.findings if f.kind == "unit"), NOTHING)
    got = say("a peak of {peak:,.4g} MW; {unit}", peak=series.peak, unit=unit)
    hint = say('limit = "{most:.0f} MW" if the connection carries so much', most=round_up(1.5 * series.peak))
    context.desk.fault(path, what, got, say("at most {most:,.6g} MW", most=MOST_LOAD), hint)
    return False


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
        "time": options.text("time", None),
        "digits": options.whole("digits", 0, 3, 12) or None,
        "limit_mw": options.number("limit", MW, None, 0),
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
            (*path, "unit"),
            say("is missing"),
            needs=say("the unit of the column, such as {unit}", unit=spec.unit),
        )
        return None
    where = (*path, "unit")
    rates, column = context.money.rates, str(table.get("column", ""))
    headed = headed_otherwise(column, str(table["unit"]), spec.unit, rates)
    if headed:
        what = say("is not what the column is headed in, {headed}", headed=headed)
        hint = say("name the heading's unit, or correct the heading")
        context.desk.fault(where, what, str(table["unit"])[:40], hint=hint)
        return None
    return quantity(context.desk, where, f"1 {table['unit']}", spec.unit, context.money)


def _measured(file: FilePath, ask: _Ask, power: bool) -> Metered:
    """The column on the regular steps of its year, complete."""
    unit = ask.unit if power else None
    meter = dict(ask.meter)
    if not power:
        if meter["mend"].negative is None:
            meter["mend"] = dataclasses.replace(meter["mend"], negative="keep")
        if meter["cumulative"] is True:
            what = say("is for registers of energy, which this is not")
            raise StudyError(
                [Fault(Place(field="cumulative"), what, "true", hint=say("leave cumulative out"))]
            )
        meter["cumulative"] = False
    settings = MeterOptions(
        column=ask.column, unit=unit, step_minutes=ask.step, year=ask.year, plain=not power, **meter
    )
    return _complete(file, settings)


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


def _tell(context: Context, path: Path, series: Metered, name: str) -> None:
    for finding in series.findings:
        if finding.kind in ("unused", "column", "unit"):
            context.desk.note(path, say("{name}: {finding}", name=name, finding=finding.text()))
        if finding.mended or finding.severity != "note" or finding.kind in _TOLD:
            context.desk.warn(say("{name}: {finding}", name=name, finding=finding.text()))
    if series.step_minutes > context.clock.minutes:
        what = say(
            "{file}: {wide}-minute values repeated on {fine}-minute steps; peaks within them are not seen",
            file=name,
            wide=series.step_minutes,
            fine=context.clock.minutes,
        )
        context.desk.warn(what)


def _on_year(context: Context, path: Path, series: Metered, year: int) -> FloatArray | None:
    days, odd = divmod(len(series.power) * series.step_minutes, _DAY)
    if odd or days not in (365, 366):
        got = say(
            "{count} steps of {step_minutes} minutes from {start}",
            count=len(series.power),
            step_minutes=series.step_minutes,
            start=series.start,
        )
        context.desk.fault(path, say("is not a whole year"), got, say("365 days of {year}", year=year))
        return None
    if year != context.clock.year:
        context.desk.warn(
            say(
                "{path}: values of {year} stand for {other}; weekdays are those of {year}",
                path=".".join(path),
                year=year,
                other=context.clock.year,
            )
        )
    return context.clock.fit(series.power, series.step_minutes)
