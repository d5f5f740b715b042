"""Series of a study: which form one was written in, and what all forms have in common.

Forms::

    "2 MW"                                          the same in every step
    {value = "2 MW", growth = "3 %"}
    {value = "2 MW", shifts = {…}}                  the value while people work, less when they do not
    {months = ["9 USD/kW", …], growth = "3 %"}      twelve values, from January on
    {file = "load.csv", column = "kW", growth = …, mend = {…}}
    {bills = "bills.csv", shifts = {…}, growth = …}
    {tariff = "manufacturing.22_110kV", schedule = "auto", escalation = …}
    {weather = "x.epw", model = "pv" | "wind" | "temperature", …}
    {model = "cop", source = "air" | "30 degC", sink = "bus", carnot_share = "50 %"}
"""

from __future__ import annotations

import numpy as np

from parkzero.language.fields import Field, Profile
from parkzero.series import load_shape
from parkzero.study.bill_series import from_bills, shift_pattern
from parkzero.study.context import Context
from parkzero.study.cop_series import from_temperatures
from parkzero.study.document import Path
from parkzero.study.file_series import from_file
from parkzero.study.growth import yearly_factor
from parkzero.study.tariff_series import from_tariff
from parkzero.study.values import bound, quantity
from parkzero.study.weather_series import from_weather
from parkzero.texts import NOTHING, Text, listed, say
from parkzero.timeline import MONTHS
from parkzero.units import MW, FloatArray

_FORMS = say("a value, or a table with one of: value, months, file, bills, tariff, weather, model")
VALUE_KEYS = ("value", "shifts", "growth", "factor")
MONTH_KEYS = ("months", "growth", "factor")
SERIES_KEYS = frozenset({"value", "months", "file", "bills", "tariff", "weather", "model"})
"""Each form of a series has one of these; no form of a path over the years has."""
_SHAPED = say("a value spread over a pattern of shifts")
_FINEST = 30  # shifts begin on the half hour


def profile(context: Context, path: Path, value: object, spec: Field, sink: str = "") -> Profile | None:
    """A series, in the field's unit, on the study's steps; None after a fault was noted.

    Args:
        context: the study being read.
        path: of the field.
        value: as written.
        spec: the field.
        sink: bus that a heat pump feeds.
    """
    before = len(context.desk.faults)
    made = _read(context, path, value, spec, sink)
    if made is None:
        if len(context.desk.faults) == before and path:
            # The file behind it was already found faulty under another field.
            context.desk.warn(say("{path} was not checked: its file has faults", path=".".join(path)))
        return None
    checked = [_checked(context, path, a, spec) for a in (made.values, *made.years.values())]
    return made if all(checked) else None


def _read(context: Context, path: Path, value: object, spec: Field, sink: str) -> Profile | None:
    if not isinstance(value, dict):
        return _constant(context, path, {"value": value}, spec)
    if "file" in value:
        return from_file(context, path, value, spec)
    if "bills" in value:
        return from_bills(context, path, value, spec)
    if "tariff" in value:
        return from_tariff(context, path, value, spec)
    if value.get("model") == "cop":
        return from_temperatures(context, path, value, spec, sink)
    if "weather" in value or "model" in value:
        return from_weather(context, path, value, spec)
    if "value" in value:
        return _constant(context, path, value, spec)
    if "months" in value:
        return _monthly(context, path, value, spec)
    context.desk.fault(path, say("is not a series"), value, _FORMS)
    return None


def _constant(context: Context, path: Path, table: dict[str, object], spec: Field) -> Profile | None:
    """The same in every step, or in every step that is worked."""
    context.desk.known(path, table, VALUE_KEYS)
    read = quantity(context.desk, path, table["value"], spec.unit, context.money)
    factor = yearly_factor(context, path, table, "growth")
    shape = _shape(context, (*path, "shifts"), table["shifts"], spec) if "shifts" in table else 1.0
    if read is None or factor is None or shape is None:
        return None
    context.source(path, table["value"], synthetic=_SHAPED if "shifts" in table else NOTHING)
    return Profile(np.full(context.clock.timeline.steps, read) * shape, spec.unit, factor)


def _monthly(context: Context, path: Path, table: dict[str, object], spec: Field) -> Profile | None:
    """Twelve values, each for all steps of its month."""
    desk, values = context.desk, table["months"]
    desk.known(path, table, MONTH_KEYS)
    if not isinstance(values, list) or len(values) != MONTHS:
        got = f"{len(values)}" if isinstance(values, list) else values
        desk.fault((*path, "months"), say("is not one value for each month"), got, say("twelve values"))
        return None
    read = [quantity(desk, (*path, "months"), v, spec.unit, context.money) for v in values]
    factor = yearly_factor(context, path, table, "growth")
    known = [v for v in read if v is not None]
    if len(known) < MONTHS or factor is None:
        return None
    context.source(path, values)
    calendar = context.clock.timeline.calendar
    of_days = np.array(known)[calendar.day_months]
    return Profile(np.repeat(of_days, calendar.per_day), spec.unit, factor)


def _shape(context: Context, path: Path, value: object, spec: Field) -> FloatArray | None:
    """Load relative to the full working load, from a pattern of shifts."""
    if spec.unit != MW:
        context.desk.fault(path, say("cannot shape this"), needs=say("a load"))
        return None
    pattern = shift_pattern(context, path, value)
    if pattern is None:
        return None
    minutes = min(context.clock.minutes, _FINEST)
    return context.clock.fit(load_shape(pattern, context.clock.year, minutes), minutes)


def _checked(context: Context, path: Path, values: FloatArray, spec: Field) -> bool:
    """Whether all values keep within the field's limits; the first step that does not is named."""
    outside = ~np.isfinite(values) | (values < spec.least) | (values > spec.most) | (values <= spec.above)
    if not outside.any():
        return True
    first = int(np.argmax(outside))
    start = str(context.clock.timeline.calendar.starts[first]).replace("T", " ")
    limits: list[Text] = []
    if np.isfinite(spec.above):
        limits.append(say("more than {bound}", bound=bound(spec.above, spec.unit)))
    elif np.isfinite(spec.least):
        limits.append(say("at least {bound}", bound=bound(spec.least, spec.unit)))
    if np.isfinite(spec.most):
        limits.append(say("at most {bound}", bound=bound(spec.most, spec.unit)))
    what = say(
        "has {count} steps outside its limits, the first on {start}", count=int(outside.sum()), start=start
    )
    context.desk.fault(path, what, f"{values[first]:g}", listed(limits) or say("finite numbers"))
    return False
